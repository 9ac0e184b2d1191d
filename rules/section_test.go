package rules

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSectionsAreFoundUnderTheirHeadings(t *testing.T) {
	wanted := []string{"problem", "user need"}
	for _, c := range []struct{ name, description, want string }{
		{"Jira markup", "h1. Idea\nx\nh2. Problem\nRefunds are slow.\n\nVery.\nh2. Idea\ny", "Refunds are slow. Very."},
		{"Jira markup with bold", "h2. *Problem*\nslow", "slow"},
		{"Jira markup with a numbered list", "h2. Problem\n# Refunds are slow.\n## Very.\nh2. Idea\n# y", "# Refunds are slow. ## Very."},
		{"Markdown", "# Idea\n\n## The Problem ##\nslow\n### Idea\ny", "slow"},
		{"Markdown with a line in bold", "**Problem**\nslow\n\n**Idea**\ny", "slow"},
		{"bold with a colon inside", "**Problem:** slow\nand odd\n**Idea:** y", "slow and odd"},
		{"bold with a colon outside", "*Problem*: slow\n*Idea*: y", "slow"},
		{"bold with underscores", "__Problem__\nslow", "slow"},
		{"a question", "## What problem does it solve?\nslow", "slow"},
		{"several words", "## User need (draft)\nslow", "slow"},
		{"another case", "H2. PROBLEM\nslow", "slow"},
		{"the longest of several", "## Problem\nslow\n## Problem again\nslower still", "slower still"},
		{"a word that only begins alike", "## Problems\nslow", ""},
		{"a plain line", "Problem\nslow", ""},
		{"a bullet", "* Problem\nslow", ""},
		{"a tag", "#problem\nslow", ""},
		{"bold words within a sentence", "*Problem* solved, we think\nslow", ""},
		{"a heading inside code", "```\n## Problem\nslow\n```", ""},
		{"code inside a section", "## Problem\n```\n# not a heading\n```\nslow", "# not a heading slow"},
		{"Jira code on one line", "h2. Problem\n{code}h2. x{code}\nslow", "{code}h2. x{code} slow"},
		{"Jira code over several lines", "h2. Problem\n{code:sql}\nh2. select\n{code}\nslow", "h2. select slow"},
		{"a template's remark", "## Problem\n<!-- say in two sentences what the problem is and whose it is -->\n", ""},
		{"a remark without an end", "## Problem\nslow <!-- and", "slow"},
		{"lines without a word", "## Problem\n----\n\n***\nslow", "slow"},
		{"white space", "## Problem\n  slow \t and\u00a0 odd  \r\n", "slow and odd"},
		{"no description", "", ""},
		{"no heading", "slow", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := section(c.description, wanted); got != c.want {
				t.Errorf("section = %q, want %q", got, c.want)
			}
		})
	}
	if got := section("## \nslow", []string{"", " - "}); got != "" {
		t.Errorf("a heading without a word was found: %q", got)
	}
}

func TestWordsAreComparedWithoutWhatStandsAroundThem(t *testing.T) {
	words := []string{"tbd", "n/a", "?", "to do"}
	for s, want := range map[string]bool{
		"TBD": true, " *tbd*!": true, "N/A": true, "?": true, "??": false, "To Do": true, "todo": false, "tbd soon": false, "": false, " ": false,
	} {
		if got := among(s, words); got != want {
			t.Errorf("among(%q) = %v, want %v", s, got, want)
		}
	}
}

func FuzzSection(f *testing.F) {
	f.Add("h2. Problem\nslow\n{code}\nx", "problem")
	f.Add("**Problem:** slow <!-- x -->", "problem")
	f.Add("~~~\n```\n## Problem", "Problem, need")
	f.Fuzz(func(t *testing.T, description, heading string) {
		got := section(description, []string{heading})
		if utf8.ValidString(description) && utf8.RuneCountInString(got) > utf8.RuneCountInString(description) {
			t.Errorf("the section is longer than the description: %q", got)
		}
		if strings.ContainsAny(got, "\n\r\t") || got != strings.TrimSpace(got) {
			t.Errorf("white space is left: %q", got)
		}
	})
}

func FuzzTemplate(f *testing.F) {
	l := newLanguage(nil, Scopes()[0].vars...)
	for _, seed := range []string{"{ticket.key} is {{late}}", `{"}" + ticket.key}`, "{", "}", "{{{now}}}", `{ {"a": 1}["a"] }`, "{}", `{'\''}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if !utf8.ValidString(src) {
			t.Skip("files that are not UTF-8 are refused before")
		}
		compiled, issues := l.template(src)
		if compiled == nil {
			t.Fatal("no template")
		}
		for _, i := range issues {
			if i.offset < 0 || i.offset > utf8.RuneCountInString(src)+1 || i.text == "" {
				t.Errorf("issue %+v is out of %q", i, src)
			}
		}
		if issues == nil && !strings.ContainsAny(src, "{}") && (len(compiled.pieces) > 1 || len(compiled.pieces) == 1 && compiled.pieces[0].text != src) {
			t.Errorf("plain text %q became %+v", src, compiled.pieces)
		}
	})
}
