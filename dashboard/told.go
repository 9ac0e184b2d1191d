package dashboard

import (
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
	groups [][]string      // team ids
	alone  map[string]bool // teams that are a group of their own
	rules  map[string]bool // rules whose sums over all groups may be told
}

// tellings remembers what may be told as long as neither people nor agreements
// change: to work it out is more than a request should do.
type tellings struct {
	sync.Mutex
	dir  *org.Directory
	book *rules.Book
	day  string
	told told
}

func (s *server) told(now time.Time) told {
	dir, book, day := s.Data.Directory(), s.Data.Book(), now.UTC().Format(time.DateOnly)
	s.tellings.Lock()
	defer s.tellings.Unlock()
	if s.tellings.dir != dir || s.tellings.book != book || s.tellings.day != day {
		s.tellings.dir, s.tellings.book, s.tellings.day = dir, book, day
		s.tellings.told = toldOf(dir, book, now)
	}
	return s.tellings.told
}

func toldOf(dir *org.Directory, book *rules.Book, now time.Time) told {
	var crowds []reports.Crowd
	teams := dir.Teams()
	for i := range teams {
		if t := &teams[i]; t.Existed.Holds(now) {
			crowds = append(crowds, reports.Crowd{Team: t.ID, People: peopleOf(t, now), Rules: book.RulesOf(t.ID)})
		}
	}
	out := told{alone: map[string]bool{}, rules: map[string]bool{}}
	var rules []string
	out.groups, rules = reports.ToldGroups(crowds)
	for _, g := range out.groups {
		if len(g) == 1 {
			out.alone[g[0]] = true
		}
	}
	for _, r := range rules {
		out.rules[r] = true
	}
	return out
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
