package rules

import (
	"slices"
	"testing"
)

func TestATextNamesWholeWords(t *testing.T) {
	words := []string{"AI", "machine learning", "next-gen", "synergy", "Überblick", "web 3", "- -", ""}
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"a word", "Use AI for refunds", []string{"AI"}},
		{"in another case", "use ai", []string{"AI"}},
		{"as a part of a compound", "AI-powered search", []string{"AI"}},
		{"in brackets", "[AI] search", []string{"AI"}},
		{"at the very end", "Search with AI.", []string{"AI"}},
		{"within a longer word", "Maintain the mailer", nil},
		{"several words in a row", "A Machine  Learning model", []string{"machine learning"}},
		{"several words with others between", "machine for learning", nil},
		{"the first words of a row alone", "one more machine", nil},
		{"joined by a hyphen or by a space", "next gen ledger, Next-Gen search", []string{"next-gen"}},
		{"several of them, in the order of the list", "Synergy of AI", []string{"AI", "synergy"}},
		{"beyond ASCII", "mehr ÜBERBLICK", []string{"Überblick"}},
		{"with a digit", "Web 3 wallet", []string{"web 3"}},
		{"a letter that folds to one of ASCII", "\u212Aubernetes and aI", []string{"AI"}},
		{"no text", "", nil},
		{"nothing but marks", "-- !!", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := named(c.text, words); !slices.Equal(got, c.want) {
				t.Errorf("named = %q, want %q", got, c.want)
			}
		})
	}
	if got := named("\u212Aafka", []string{"kafka"}); len(got) != 1 {
		t.Error("the Kelvin sign is no k")
	}
}

func TestLabelsAreLikeWordsWhateverJoinsTheirParts(t *testing.T) {
	have := []string{"Action_Item", "retro/action", "ACTION", "action-item-2", "follow up", "--"}
	got := labelsLike(have, []string{"action-item", "retro-action", "follow-up", ""})
	if want := []string{"Action_Item", "retro/action", "follow up"}; !slices.Equal(got, want) {
		t.Errorf("labels = %q, want %q", got, want)
	}
}

// The short cut by first letters changes no answer.
func FuzzNamed(f *testing.F) {
	f.Add("AI-powered search", "ai")
	f.Add("ſynergy", "Synergy")
	f.Add("\u212A", "k")
	f.Add("K", "\u212A")
	f.Fuzz(func(t *testing.T, text, word string) {
		got := len(named(text, []string{word})) > 0
		if want := standsIn(wordsIn(text), word); got != want {
			t.Errorf("named(%q, %q) = %v, want %v", text, word, got, want)
		}
	})
}
