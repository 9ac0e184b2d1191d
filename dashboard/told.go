package dashboard

import (
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
)

// told says which numbers may be told to somebody who is in none of the teams. It
// is decided by who is in which team and what they agreed to, never by the numbers.
type told struct {
	groups [][]string          // team ids
	group  map[string][]string // which group a team is in
	alone  map[string]bool     // teams that are a group of their own
	rules  map[string]bool     // rules whose sums over all groups may be told
	crowds []reports.Crowd     // what it was worked out from
}

// toldBy is what may be told, by the era: between two moments of eras the same people
// are in the same teams.
type toldBy map[int]told

// tellings remembers what may be told as long as neither people nor agreements
// change: to work it out is more than a request should do.
type tellings struct {
	sync.Mutex
	dir  *org.Directory
	book *rules.Book
	day  string
	eras []time.Time // when anybody came into a team or left one
	of   toldBy
}

// told is what may be told as of now.
func (s *server) told(now time.Time) told { return s.toldIn(now, utc, []string{""})[0] }

// toldIn is what may be told of each of the weeks: teams were other people then. The
// week that runs is judged as of now.
func (s *server) toldIn(now time.Time, loc *time.Location, weeks []string) []told {
	dir, book, day := s.Data.Directory(), s.Data.Book(), now.UTC().Format(time.DateOnly)
	t := &s.tellings
	t.Lock()
	defer t.Unlock()
	if t.dir != dir || t.book != book || t.day != day {
		t.dir, t.book, t.day, t.eras, t.of = dir, book, day, erasOf(dir), toldBy{}
	}
	out := make([]told, len(weeks))
	for i, week := range weeks {
		at := momentOf(week, loc, now)
		era, found := slices.BinarySearchFunc(t.eras, at, time.Time.Compare)
		if found {
			era++
		}
		one, known := t.of[era]
		if !known {
			one = t.of.like(crowdsOf(dir, book, at))
			t.of[era] = one
		}
		out[i] = one
	}
	return out
}

// erasOf are the moments at which somebody comes into a team or leaves one, or a team
// begins or ends.
func erasOf(dir *org.Directory) []time.Time {
	var out []time.Time
	add := func(s org.Span) {
		for _, at := range []time.Time{s.From, s.To} {
			if !at.IsZero() {
				out = append(out, at)
			}
		}
	}
	teams := dir.Teams()
	for i := range teams {
		add(teams[i].Existed)
		for _, s := range slices.Concat(teams[i].EMs, teams[i].PMs, teams[i].Members) {
			add(s.Span)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// momentOf is the last moment of a week that has passed.
func momentOf(week string, loc *time.Location, now time.Time) time.Time {
	w, err := org.ParseWeek(week, loc)
	if err != nil || w.End.After(now) {
		return now
	}
	return w.End.Add(-1)
}

func crowdsOf(dir *org.Directory, book *rules.Book, at time.Time) []reports.Crowd {
	var out []reports.Crowd
	teams := dir.Teams()
	for i := range teams {
		if t := &teams[i]; t.Existed.Holds(at) {
			out = append(out, reports.Crowd{Team: t.ID, People: peopleOf(t, at), Rules: book.RulesOf(t.ID)})
		}
	}
	return out
}

// like is what may be told of the crowds; worked out before, where the same people
// were in the same teams.
func (m toldBy) like(crowds []reports.Crowd) told {
	for _, one := range m {
		if reflect.DeepEqual(one.crowds, crowds) {
			return one
		}
	}
	out := told{crowds: crowds, alone: map[string]bool{}, rules: map[string]bool{}, group: map[string][]string{}}
	var rules []string
	out.groups, rules = reports.ToldGroups(crowds)
	for _, g := range out.groups {
		if len(g) == 1 {
			out.alone[g[0]] = true
		}
		for _, team := range g {
			out.group[team] = g
		}
	}
	for _, r := range rules {
		out.rules[r] = true
	}
	return out
}

// whole reports whether the sum over the teams is one that may be told: it takes no
// group apart. A team of which nothing is told is as if it were not there.
func (t *told) whole(teams map[string]bool) bool {
	for team := range teams {
		for _, other := range t.group[team] {
			if !teams[other] {
				return false
			}
		}
	}
	return true
}

// peopleOf are those who have a seat in the team, each once.
func peopleOf(t *org.Team, at time.Time) []string {
	var out []string
	for _, s := range slices.Concat(t.EMs, t.PMs, t.Members) {
		if s.Holds(at) {
			out = append(out, s.Person)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// tellsNumbers reports whether the viewer may see the numbers of one team: they
// are in it, or lead it and enough people stand behind them.
func (v *visit) tellsNumbers(team string) bool {
	return v.inTeam(team) || v.access.SeesTeam(team) && v.s.told(v.now).alone[team]
}

// tellsRule reports whether the sums of a rule over all teams may be told to the
// viewer.
func (v *visit) tellsRule(rule string) bool {
	return v.seesOrganisation() && v.s.told(v.now).rules[rule]
}

// masked leaves out the weeks of which the sum over the teams may not be told.
func (w window) masked(by []told, teams []string) window {
	if by == nil {
		return w
	}
	set := make(map[string]bool, len(teams))
	for _, t := range teams {
		set[t] = true
	}
	return w.without(func(week int) bool { return !by[week].whole(set) })
}

// without leaves weeks out.
func (w window) without(out func(week int) bool) window {
	left := w
	for i := range w.at {
		if !out(i) {
			continue
		}
		if &left.at[0] == &w.at[0] {
			left.at = slices.Clone(w.at)
		}
		left.at[i] = -1
	}
	return left
}

// onlyNumbers reports whether the viewer is not in all of the teams.
func (v *visit) onlyNumbers(teams []string) bool {
	return slices.ContainsFunc(teams, func(t string) bool { return !v.inTeam(t) })
}
