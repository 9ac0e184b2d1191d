package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/finding"
)

// keptBack reports whether a rule fell silent before the finding opened.
func (v *view) keptBack(f *finding.Finding) bool {
	return slices.ContainsFunc(v.in.Silent, func(m finding.Mute) bool { return m.Holds(f) })
}

// readable are the audiences whose findings the reader may see.
func (v *view) readable() []finding.Audience {
	switch v.in.Reader {
	case finding.ForEM:
		return append([]finding.Audience{finding.ForEM, finding.ForEMPM}, openToTeam...)
	case finding.ForEMPM:
		return append([]finding.Audience{finding.ForEMPM}, openToTeam...)
	}
	return openToTeam
}

// keptBackNotes say what is kept back of what the reader may see, and to whoever
// can do something about it, how.
func (v *view) keptBackNotes() []string {
	kept := map[string]int{}
	for i := range v.in.Findings {
		f := &v.in.Findings[i]
		if v.reported(f) && v.keptBack(f) && f.OpenAt(v.asOf) && slices.Contains(v.readable(), v.audience(f)) {
			kept[f.Rule]++
		}
	}
	var out []string
	for rule, n := range kept {
		text := fmt.Sprintf("%s to %s kept back: far more came up at once than usual. They are told once somebody has looked whether they are right.",
			counted(n, "new exception", "new exceptions"), quoted(prose(cmp.Or(v.agreements[rule].Promise, rule)))+isAre(n))
		if v.in.Reader == finding.ForEM {
			name := clean(rule, nameLength)
			text += " fairlead rules try " + name + " shows some, fairlead rules unmute " + name + " tells them."
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

func isAre(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

const conditionsHeading = "In most teams"

// everywhere reports whether the finding is told as a condition of the whole
// organisation.
func (v *view) everywhere(f *finding.Finding) bool {
	_, is := v.in.Widespread[f.Rule]
	return is && slices.Contains(openToTeam, v.audience(f))
}

// conditions tell what is open here and in most other teams: of the organisation
// rather than of this team, it is told in a line instead of a list.
func (v *view) conditions(fs []*finding.Finding) []Condition {
	var out []Condition
	for rule, of := range byRule(fs) {
		spread, wide := v.in.Widespread[rule]
		line := v.line(rule, of)
		if !wide || line.Now == 0 {
			continue
		}
		c := Condition{Rule: line.Rule, Promise: line.Promise, Teams: spread.Open, Of: spread.Teams, Here: line.Now}
		c.Text = c.text(v.beganThisWeek(of))
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Condition) int {
		return cmp.Or(cmp.Compare(b.Teams, a.Teams), strings.Compare(a.Promise, b.Promise), strings.Compare(a.Rule, b.Rule))
	})
	return out
}

func (v *view) beganThisWeek(fs []*finding.Finding) int {
	n := 0
	for _, f := range fs {
		if fate := v.fate(f); fate == fresh || fate == reopened {
			n++
		}
	}
	return n
}

func (c *Condition) text(began int) string {
	here := number(c.Here) + " here"
	if began > 0 {
		here += ", " + number(began) + " of them new this week"
	}
	return fmt.Sprintf("%s: open in %s of %s teams (%s). This looks like a condition of the whole organisation: one talk above the teams may do more than one in each.",
		quoted(cmp.Or(c.Promise, c.Rule)), number(c.Teams), number(c.Of), here)
}
