package daemon

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/org"
)

const (
	// shortAbsence is not worth naming a delegate for.
	shortAbsence = 3 * 24 * time.Hour
	// coverAhead is how far ahead absences are looked at.
	coverAhead = 183 * 24 * time.Hour
)

// gap is a time in which somebody who leads a team is away and nobody stands in.
type gap struct {
	org.Span
	person string
	role   string // "EM" or "PM"
}

// cover notes when nobody stands in for a team's EM or PM, soon, and when that
// is so of both at one time.
func (c *orgChecker) cover() {
	teams := c.dir.Teams()
	for i := range teams {
		t := &teams[i]
		ems := c.gaps(t, "EM", t.EMs, c.dir.ActingEMs)
		pms := c.gaps(t, "PM", t.PMs, c.dir.ActingPMs)
		for _, g := range slices.Concat(ems, pms) {
			c.add(OrgFinding{
				Kind: noCover, Text: fmt.Sprintf("%s, %s of %s, is away%s%s", c.called(g.person), g.role, t.ID, awayWords(g.Span), c.whyNobody(g)),
				Hint: "add delegate: to the absence or to the person, or a seat with acting: true to the team",
			}, c.cfg.TeamPlace(t.ID, map[string]string{"EM": "em", "PM": "pm"}[g.role], g.person))
		}
		for _, em := range ems {
			for _, pm := range pms {
				if both, ok := em.Within(pm.Span); ok {
					c.add(OrgFinding{
						Kind: noCover, Text: fmt.Sprintf("EM and PM of %s are both away%s, and nobody stands in for either", t.ID, awayWords(both)),
						Hint: "name a delegate for one of them",
					}, c.cfg.TeamPlace(t.ID, "id", ""))
				}
			}
		}
	}
}

func awayWords(s org.Span) string {
	if s.To.IsZero() {
		return " from " + dayWords(s.From) + " on"
	}
	return " from " + dayWords(s.From) + " until " + dayWords(s.To.Add(-time.Nanosecond))
}

// whyNobody says that nobody was named, or that whoever was is away too.
func (c *orgChecker) whyNobody(g gap) string {
	a, _ := c.dir.AbsenceAt(g.person, g.From)
	if a.Delegate == "" {
		return " and nobody stands in"
	}
	return fmt.Sprintf(", and so is %s, who would stand in", c.called(a.Delegate))
}

// gaps lists the longer stretches, from now on, of somebody's absence in which
// nobody acts. Nothing changes between two moments at which somebody leaves or
// comes back.
func (c *orgChecker) gaps(t *org.Team, role string, seats []org.Seat, acting func(*org.Team, time.Time) []string) []gap {
	ahead := org.Span{From: c.now, To: c.now.Add(coverAhead)}
	turns := c.turns(t)
	var out []gap
	for _, s := range seats {
		soon, ok := s.Within(ahead)
		if !ok {
			continue
		}
		for _, a := range c.dir.AbsencesOf(s.Person) {
			away, ok := a.Within(soon)
			if !ok {
				continue
			}
			out = append(out, uncovered(t, away, turns, acting, gap{person: s.Person, role: role})...)
		}
	}
	out = slices.DeleteFunc(joinGaps(out), func(g gap) bool { return g.To.Sub(g.From) < shortAbsence })
	for i := range out {
		if !out[i].To.Before(ahead.To) {
			out[i].To = time.Time{} // as far as anybody looked
		}
	}
	return out
}

// turns are the moments at which who is there for the team may change.
func (c *orgChecker) turns(t *org.Team) []time.Time {
	var out []time.Time
	note := func(s org.Span) {
		for _, at := range []time.Time{s.From, s.To} {
			if at.After(c.now) && at.Before(c.now.Add(coverAhead)) {
				out = append(out, at)
			}
		}
	}
	for _, s := range slices.Concat(t.EMs, t.PMs) {
		note(s.Span)
	}
	for _, a := range c.dir.Absences() {
		note(a.Span)
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// uncovered are the parts of an absence in which nobody acts.
func uncovered(t *org.Team, away org.Span, turns []time.Time, acting func(*org.Team, time.Time) []string, as gap) []gap {
	var out []gap
	from := away.From
	for _, at := range append(slices.Clone(turns), away.To) {
		if !at.After(from) || at.After(away.To) {
			continue
		}
		if len(acting(t, from)) == 0 {
			as.Span = org.Span{From: from, To: at}
			out = append(out, as)
		}
		from = at
	}
	return out
}

// joinGaps makes one of gaps of one person that touch.
func joinGaps(list []gap) []gap {
	slices.SortFunc(list, func(a, b gap) int { return cmp.Or(cmp.Compare(a.person, b.person), a.From.Compare(b.From)) })
	var out []gap
	for _, g := range list {
		if n := len(out); n > 0 && out[n-1].person == g.person && !g.From.After(out[n-1].To) {
			if g.To.After(out[n-1].To) {
				out[n-1].To = g.To
			}
			continue
		}
		out = append(out, g)
	}
	return out
}
