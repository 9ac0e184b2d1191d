package daemon

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// requestError is a request for something there is none of: the question has
// to change, not the configuration.
type requestError struct{ text, hint string }

func (m requestError) Error() string { return m.text + "\n\t" + m.hint }

// IsRequestMistake reports whether what was asked for does not exist: a team, a
// source, a week, a reader.
func IsRequestMistake(err error) bool {
	var s settingError
	if errors.As(err, &s) {
		return true
	}
	var m requestError
	return errors.As(err, &m)
}

// TeamIDs lists the teams of the configuration.
func (f *Fairlead) TeamIDs() []string { return teamIDs(f.cfg()) }

// Readers lists those a report can be for: of a team the widest circle first, then
// the organisation and, with the id of a person, one leader.
func Readers() []string { return []string{"team", "em-pm", "em", forOrg, forLeader + "PERSON"} }

// Weeks lists the weeks that have a name of their own.
func Weeks() []string { return []string{"last", "this"} }

// list writes names as a sentence does; those with spaces are quoted.
func list(names []string, last string) string {
	names = slices.Clone(names)
	for i, n := range names {
		if strings.ContainsAny(n, " ,") {
			names[i] = fmt.Sprintf("%q", n)
		}
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + last + " " + names[len(names)-1]
}

// unknownRule is a rule that neither ships nor stands in a file.
func unknownRule(b *rules.Book, rule string) error {
	var ids []string
	for _, r := range b.Rules() {
		ids = append(ids, r.ID)
	}
	hint := "the rules are " + list(ids, "and")
	if near := yamlfile.Suggest(rule, ids); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return requestError{fmt.Sprintf("no rule has the id %q", rule), hint}
}

// RuleIDs lists the rules of the configuration.
func (f *Fairlead) RuleIDs() []string {
	var ids []string
	for _, r := range f.book().Rules() {
		ids = append(ids, r.ID)
	}
	return ids
}
