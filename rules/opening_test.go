package rules

import (
	"strings"
	"testing"
)

func TestATextOpensWithAWord(t *testing.T) {
	words := []string{"ship", "shipping", "build", "set", "set up", "launch", "launch of", "deliver", "release"}
	leadIns := []string{"we", "will", "we'll", "let's", "to", "the goal is", "start", "this sprint"}
	for _, c := range []struct{ name, text, want string }{
		{"with the word itself", "Ship the export", "ship"},
		{"of nothing but the word", "Ship!", "ship"},
		{"of nothing but such words", "build & ship", "build"},
		{"in capitals", "SHIP IT", "ship"},
		{"with the longest of several", "Set up the cluster", "set up"},
		{"with words for a thing that is made", "Launch of the export", "launch of"},
		{"after we will", "We will ship the export", "ship"},
		{"after a short form", "We'll ship it", "ship"},
		{"after a short form with another apostrophe", "Let’s ship it", "ship"},
		{"after several lead-ins", "The goal is to start shipping", "shipping"},
		{"in a list", "- Ship the export\n- Build the import", "ship"},
		{"in a numbered list", "1. Ship the export", "ship"},
		{"in a list of boxes", "- [ ] Ship the export", "ship"},
		{"in a lettered list", "a) ship the export", "ship"},
		{"below a line that leads in", "This sprint\n* Ship the export", "ship"},
		{"below a heading", "h2. Goal:\n* Ship the export", "ship"},
		{"in a heading of Markdown", "## Ship the export", "ship"},
		{"after a label", "Sprint goal: ship the export", "ship"},
		{"after a quarter", "Q4 2026: Ship the export", "ship"},
		{"after a label and a dash", "Checkout – build the form", "build"},
		{"after a label and a bar", "Checkout | Build the form", "build"},
		{"after a tag", "[Checkout] Build the form", "build"},
		{"after two tags", "(P1) [Checkout] Build the form", "build"},
		{"as the text of a link", "[Ship the export](https://x.example)", "ship"},
		{"in quotes", `"Ship the export"`, "ship"},
		{"after an emoji", "🚀 Ship the export", "ship"},
		{"with what points at something", "Ship what is ready", "ship"},
		{"with a line that says of a thing below it", "Ship it\nis it ready?", "ship"},
		{"with an outcome", "Refunds take less than a minute", ""},
		{"with the word later", "Refunds that ship fast", ""},
		{"with a longer word", "Shipment of goods", ""},
		{"after a long label", "What we said in the review about it: ship the export", ""},
		{"with a label that is the word", "Launch: Austria", "launch"},
		{"with a thing", "Build is green", ""},
		{"with a thing of two words", "Shipping costs are clear", ""},
		{"with a word to a lead-in that is no word", "To the moon", ""},
		{"in a colour of the terminal", "\x1b[31mShip it", "ship"},
		{"nothing", "", ""},
		{"only marks", "- [", ""},
		{"only a tag", "[Checkout]", ""},
		{"a bracket that is never closed", "[Ship it", "ship"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := opening(c.text, words, leadIns); got != c.want {
				t.Errorf("opening = %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzOpening(f *testing.F) {
	f.Add("- [ ] We will: ship it", "ship", "we will")
	f.Add("((((((((((", "ship", "")
	f.Add("to to to to", "ship", "to")
	f.Fuzz(func(t *testing.T, text, word, leadIn string) {
		got := opening(text, []string{word}, []string{leadIn})
		if got != "" && (got != word || !standsIn(wordsIn(text), word) && strings.ToValidUTF8(text, "") == text) {
			t.Errorf("opening(%q, %q) = %q", text, word, got)
		}
	})
}
