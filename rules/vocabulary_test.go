package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/rules"
)

func TestEveryWordOfTheVocabularyIsOneOfTheLanguage(t *testing.T) {
	r := parse(t, small("ticket.in_flight", "settings: {grace: {type: wait, default: 48h, help: how long}}"))
	words := r.Vocabulary()
	for _, w := range words {
		if w.Name == "" || w.Gives == "" || !strings.HasSuffix(w.Help, ".") {
			t.Errorf("%+v says too little", w)
		}
	}
	for _, want := range []rules.Word{
		{Name: "ticket", Gives: "ticket", Help: "The ticket looked at."},
		{Name: "grace", Of: "settings", Gives: "wait", Help: "How long."},
	} {
		if !slices.Contains(words, want) {
			t.Errorf("%+v is missing", want)
		}
	}
	own := words[slices.IndexFunc(words, func(w rules.Word) bool { return w.Name == "has" }):]
	for _, w := range own {
		condition := w.Usage
		switch w.Gives {
		case "whole number":
			condition += " > 1"
		case "duration":
			condition += ` < duration("1h")`
		case "list":
			condition = "size(" + condition + ") > 1"
		}
		parse(t, small(condition)) // it compiles
	}
}

func TestTheVocabularyKnowsWhatTheScopeAndTheGroupingBring(t *testing.T) {
	all, err := rules.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ rule, want string }{
		{"feature-without-problem", "subject ticket"},
		{"assigned-bypassing-em", "assignment ticket"},
		{"work-without-sprint-goal", "subject ticket"},
	} {
		r := all[slices.IndexFunc(all, func(r rules.Rule) bool { return r.ID == c.rule })]
		var got []string
		for _, w := range r.Vocabulary() {
			if w.Of == "" && w.Usage == "" && w.Name != "now" && w.Name != "settings" {
				got = append(got, w.Name)
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s speaks of %v, want %s", c.rule, got, c.want)
		}
	}
}
