package jira_test

import (
	"testing"

	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/simulator"
)

func FuzzCommentsHoldWordsOnly(f *testing.F) {
	for _, seed := range []string{
		"plain", "[~lee]", `\[~lee]`, `\\[~lee]`, "{code}x{code}", "https://x.example", "h1. a", "*a* _b_ -c- +d+ ^e^ ~f~", "|a|b|", "a\\\\b", "!x.png!",
		"# a\n* b\n- c\n----", "mailto:a@b.example www.x.example", "\u202eabc",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, words string) {
		body := jira.WikiText(words)
		if found := simulator.WikiMarkup(body); len(found) > 0 {
			t.Errorf("%q became %q, which holds %q", words, body, found)
		}
	})
}
