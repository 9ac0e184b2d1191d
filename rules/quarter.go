package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// quarter is a quarter of the calendar: four times the year, and 0 to 3.
type quarter int

func quarterOf(at time.Time) quarter {
	return quarter(4*at.Year() + (int(at.Month())-1)/3)
}

func (q quarter) year() int  { return int(q) / 4 }
func (q quarter) month() int { return int(q)%4*3 + 1 }

// String is the quarter as people write it: Q4 2026.
func (q quarter) String() string { return fmt.Sprintf("Q%d %d", int(q)%4+1, q.year()) }

// id is how it sorts: 2026-Q4.
func (q quarter) id() string { return fmt.Sprintf("%d-Q%d", q.year(), int(q)%4+1) }

// start is the first moment of the quarter in loc.
func (q quarter) start(loc *time.Location) time.Time {
	return ticket.Date(fmt.Sprintf("%04d-%02d-01", q.year(), q.month())).In(loc).UTC()
}

// quarterDue is the quarter that the day lies in; false for no day.
func quarterDue(d ticket.Date) (quarter, bool) {
	at := d.In(time.UTC)
	return quarterOf(at), !at.IsZero()
}

var (
	yearFirst = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)(?:^|[^a-z0-9])(20\d\d)[-_/. ]?q([1-4])(?:$|[^a-z0-9])`)
	})
	yearLast = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)(?:^|[^a-z0-9])q([1-4])[-_/. ']{0,2}(?:20)?(\d\d)(?:$|[^a-z0-9])`)
	})
)

// quarterNamed reads a label that names a quarter of the calendar: 2026-Q4,
// Q4-2026, 2026Q4, okr/q4-26. A fiscal year (FY26-Q4) may begin in any month, so
// that it names none.
func quarterNamed(label string) (quarter, bool) {
	if !strings.ContainsAny(label, "qQ") { // most labels; looking for more is slower
		return 0, false
	}
	if strings.Contains(strings.ToLower(label), "fy") {
		return 0, false
	}
	m := yearFirst().FindStringSubmatch(label)
	if m == nil {
		if m = yearLast().FindStringSubmatch(label); m == nil {
			return 0, false
		}
		m[1], m[2] = m[2], m[1]
	}
	year, _ := strconv.Atoi(m[1][len(m[1])-2:]) // digits, by the pattern
	return quarter(4*(2000+year) + int(m[2][0]-'1')), true
}

// quartersOf lists the quarters that the ticket is due in or labelled with, each
// once.
func quartersOf(t *ticket.Ticket) []quarter {
	var out []quarter
	if q, ok := quarterDue(t.Due); ok {
		out = append(out, q)
	}
	for _, l := range t.Labels {
		if q, ok := quarterNamed(l); ok && !slices.Contains(out, q) {
			out = append(out, q)
		}
	}
	return out
}

// quartersAround are the quarters that teams are in now and begin next. Teams in
// different time zones may be in different ones.
func quartersAround(now time.Time) map[quarter]bool {
	const widest = 15 * time.Hour // no clock is further from UTC
	out := map[quarter]bool{}
	for _, at := range []time.Time{now.Add(-widest), now.Add(widest)} {
		q := quarterOf(at)
		out[q], out[q+1] = true, true
	}
	return out
}

// gatherQuarters notes the goals of this quarter and the next, and open work that
// is meant for it.
func (o *overview) gatherQuarters(g *gathered) {
	goal := g.Kind == ticket.Goal
	if g.Category == ticket.Cancelled || !goal && g.Category.Ended() {
		return
	}
	for _, q := range quartersOf(&g.Ticket) {
		switch {
		case !o.quarters[q]:
		case goal:
			g.lay(shelfKey{kind: onQuarterGoal, source: int32(q)})
		default:
			g.lay(shelfKey{kind: onQuarterWork, source: int32(q)})
		}
	}
}

// reach is what stands below a goal, and whose that is.
type reach struct {
	below []int32
	teams map[int16]bool
}

// reach follows what stands below the goal, level by level.
func (o *overview) reach(goal int32) reach {
	if o.w.noted != nil { // that would be too much to remember
		noting := o.w.noted
		noting.until, o.w.noted = everyTime, nil
		defer func() { o.w.noted = noting }()
	}
	if r, known := o.reached[goal]; known {
		return r
	}
	r := reach{teams: map[int16]bool{o.notes[goal].team: true}}
	seen, level := map[int32]bool{goal: true}, []int32{goal}
	for depth := 0; depth < maxLevels && len(level) > 0; depth++ {
		var next []int32
		for _, n := range level {
			one := &o.notes[n]
			for _, below := range o.standing(int32(one.source), o.id(one), o.key(one)) {
				if !seen[below] {
					seen[below] = true
					next = append(next, below)
					r.teams[o.notes[below].team] = true
				}
			}
		}
		r.below = append(r.below, next...)
		level = next
	}
	o.reached[goal] = r
	return r
}

// goalsOf lists the goals of the quarter that are the team's: it owns them, or
// work of it stands below.
func (o *overview) goalsOf(q quarter, team int16) []int32 {
	var out []int32
	for _, n := range o.look(shelfKey{kind: onQuarterGoal, source: int32(q)}).notes {
		if o.reach(n).teams[team] {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, o.compare)
	return out
}

// workOf lists the open work of the team that is meant for the quarter: due in
// it, labelled with it, or below a goal of it.
func (o *overview) workOf(q quarter, team int16) []int32 {
	list := slices.Clone(o.look(shelfKey{kind: onQuarterWork, source: int32(q)}).notes)
	for _, n := range o.goalsOf(q, team) {
		list = append(list, o.reach(n).below...)
	}
	list = slices.DeleteFunc(list, func(n int32) bool {
		note := &o.notes[n]
		return note.team != team || note.ended() || note.kind == noteGoal
	})
	slices.SortFunc(list, o.compare)
	return slices.Compact(list)
}
