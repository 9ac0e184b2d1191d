package finding

import "time"

// Spread is in how many of the teams with an agreement something is open.
type Spread struct{ Open, Teams int }

// fewestTeams is how many teams it takes to speak of the whole organisation: of
// three or four, most is no more than two or three that happen to be alike.
const fewestTeams = 5

// wide reports whether it is a condition of the organisation rather than of its
// teams.
func (s Spread) wide() bool { return s.Teams >= fewestTeams && 2*s.Open > s.Teams }

// Widespread finds the rules of which something is open in more than half of the
// teams that have the agreement, where at least five have it: that is told once,
// as a condition of the organisation. open are the teams in which something is, and
// adopted those that have the agreement, by rule.
func Widespread(open map[string]map[string]bool, adopted map[string][]string) map[string]Spread {
	out := map[string]Spread{}
	for rule, teams := range adopted {
		s := Spread{Teams: len(teams)}
		for _, team := range teams {
			if open[rule][team] {
				s.Open++
			}
		}
		if s.wide() {
			out[rule] = s
		}
	}
	return out
}

// ForWholeTeams reports whether a whole team may see it. What narrower circles
// see is never counted across teams: to count it would tell it to wider ones.
func (s *Seen) ForWholeTeams() bool { return s.Audience == ForTeam || s.Audience == ForOrg }

// OpenTeams are the teams in which something was open at the moment that whole
// teams may see, by rule. told says what is told at all.
func OpenTeams(ledger []Finding, told func(*Finding) bool, at time.Time) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for i := range ledger {
		f := &ledger[i]
		if !f.ForWholeTeams() || !f.OpenAt(at) || !told(f) {
			continue
		}
		if out[f.Rule] == nil {
			out[f.Rule] = map[string]bool{}
		}
		out[f.Rule][f.Team] = true
	}
	return out
}
