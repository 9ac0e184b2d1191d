package dashboard

import (
	"cmp"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/org"
)

var utc = time.UTC

// mark is something that happened and may explain why a line bends.
type mark struct {
	At   time.Time
	Week string
	Text string
	Href string
}

// mostMarks is how many marks stand on an axis; the latest are kept.
const mostMarks = 8

// marks are the beginnings and ends of experiments and the changes of agreements of
// some teams, since the first of the weeks, oldest first.
func (v *visit) marks(weeks []string, loc *time.Location, concerns func(team, rule string) bool) ([]mark, error) {
	var out []mark
	experiments, err := v.s.Data.Experiments(v.r.Context())
	if err != nil {
		return nil, err
	}
	for i := range experiments {
		if e := &experiments[i]; concerns(e.Team, ruleOf(e.Measure)) && v.seesExperiment(e) {
			out = append(out, experimentMarks(e, loc)...)
		}
	}
	revisions, err := v.s.Data.Revisions(v.r.Context())
	if err != nil {
		return nil, err
	}
	for _, r := range revisions {
		if concerns(r.Team, r.Rule) && v.seesRevision(&r) {
			out = append(out, mark{At: r.At, Text: v.revisionText(&r), Href: v.revisionHref(&r)})
		}
	}
	return latestMarks(out, weeks, loc, v.now), nil
}

// revisionHref is where the agreement stands, or would, had its rule not gone since.
func (v *visit) revisionHref(r *Revision) string {
	if _, known := v.s.Data.Book().Rule(r.Rule); !known {
		return agreementsHref(r.Team)
	}
	return agreementHref(r.Team, r.Rule)
}

func experimentMarks(e *Experiment, loc *time.Location) []mark {
	href := "/experiments/" + pathEscape(e.ID)
	out := []mark{{At: e.Start.In(loc), Text: clean(e.Name) + " began", Href: href}}
	if end := e.End.In(loc); !end.IsZero() {
		out = append(out, mark{At: end, Text: clean(e.Name) + " ended", Href: href})
	}
	return out
}

// latestMarks keeps what lies in the weeks and has happened.
func latestMarks(all []mark, weeks []string, loc *time.Location, now time.Time) []mark {
	out := slices.DeleteFunc(all, func(m mark) bool { return m.At.IsZero() || m.At.After(now) })
	for i := range out {
		out[i].Week = org.WeekOf(out[i].At, loc).String()
	}
	out = slices.DeleteFunc(out, func(m mark) bool { return !slices.Contains(weeks, m.Week) })
	slices.SortFunc(out, func(a, b mark) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Text, b.Text)) })
	return out[max(0, len(out)-mostMarks):]
}
