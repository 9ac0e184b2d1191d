package jira

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/connectors"
)

// siteFields are the ids of the custom fields fairlead reads; every site has
// its own.
type siteFields struct {
	known                           bool // the site told its fields
	sprint, epic, parent, estimates []string
	estimateNames                   []string          // folded, for old histories that name no id
	names                           map[string]string // id → the site's name of it
}

const (
	sprintSchema   = "com.pyxis.greenhopper.jira:gh-sprint"
	epicLinkSchema = "com.pyxis.greenhopper.jira:gh-epic-link"
	parentSchema   = "com.atlassian.jpo:jpo-custom-field-parent" // Advanced Roadmaps
	pointsSchema   = "com.pyxis.greenhopper.jira:jsw-story-points"
	// estimateField is the word under which an operator names the field.
	estimateField = "estimate"
)

func findFields(fields []field, operators string) siteFields {
	out := siteFields{known: len(fields) > 0, names: make(map[string]string, len(fields))}
	for _, f := range fields {
		out.names[f.ID] = f.Name
		switch f.Schema.Custom {
		case sprintSchema:
			out.sprint = append(out.sprint, f.ID)
		case epicLinkSchema:
			out.epic = append(out.epic, f.ID)
		case parentSchema:
			out.parent = append(out.parent, f.ID)
		}
	}
	for _, f := range slices.Backward(estimateFields(fields, operators)) {
		out.estimates = append(out.estimates, f.ID)
		out.estimateNames = append(out.estimateNames, connectors.Fold(f.Name))
	}
	if len(out.estimateNames) == 0 {
		out.estimateNames = []string{"story points", "story point estimate"}
	}
	return out
}

// estimateFields lists the fields that may hold a ticket's points, the best
// last: company-managed projects use "Story Points", team-managed ones "Story point
// estimate", and an operator's word is final.
func estimateFields(fields []field, operators string) []field {
	rank := func(f field) int {
		name := connectors.Fold(cmp.Or(f.Untranslated, f.Name))
		switch {
		case operators != "" && (strings.EqualFold(f.ID, operators) || connectors.Fold(f.Name) == connectors.Fold(operators)):
			return 4
		case operators != "":
			return 0
		case f.Schema.Custom == pointsSchema:
			return 3
		case name == "story point estimate":
			return 2
		case name == "story points":
			return 1
		}
		return 0
	}
	out := slices.DeleteFunc(slices.Clone(fields), func(f field) bool { return rank(f) == 0 })
	slices.SortStableFunc(out, func(a, b field) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.ID, b.ID)) })
	return out
}
