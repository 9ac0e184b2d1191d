package reports

import (
	"cmp"
	"slices"
	"strings"
)

// fewestPeople is how many people stand behind every number that is told above
// their team: of fewer it would tell of one of them.
const fewestPeople = 5

// crowd is a team as the organisation's report counts it: who was in it at one
// moment, and which agreements it had.
type crowd struct {
	team   string
	people []string
	rules  []string
}

// toldGroups parts teams into groups that numbers are told of. Most groups are one
// team. Those with fewer than five people whom no other team has are told
// together, and with them, smallest first, as many others as it takes until the
// group holds five people of its own and more than one team. So there is no sum
// of told groups, and no difference between such sums, behind which fewer than
// five people stand. It gives nothing where the organisation is smaller than that.
//
// What it does depends on who is in which team and on nothing else: not on the
// numbers, so that they cannot be guessed from it, and not on the week, so that
// groups stay as long as teams do.
func toldGroups(all []crowd) [][]string {
	all = slices.SortedFunc(slices.Values(all), func(a, b crowd) int { return strings.Compare(a.team, b.team) })
	if len(distinct(all, nil)) < fewestPeople {
		return nil
	}
	var together, alone []crowd
	teams := teamsByPerson(all)
	for _, c := range all {
		if own(c, teams) < fewestPeople {
			together = append(together, c)
		} else {
			alone = append(alone, c)
		}
	}
	slices.SortStableFunc(alone, func(a, b crowd) int { return cmp.Compare(len(a.people), len(b.people)) })
	for len(together) > 0 && len(alone) > 0 && (len(together) == 1 || len(distinct(together, alone)) < fewestPeople) {
		together, alone = append(together, alone[0]), alone[1:]
	}
	var out [][]string
	for _, c := range alone {
		out = append(out, []string{c.team})
	}
	if len(together) > 0 {
		out = append(out, teamsOf(together))
	}
	slices.SortFunc(out, slices.Compare[[]string])
	return out
}

// teamsByPerson says in how many of the teams somebody is.
func teamsByPerson(all []crowd) map[string]int {
	out := map[string]int{}
	for _, c := range all {
		for p := range distinct([]crowd{c}, nil) {
			out[p]++
		}
	}
	return out
}

// own is how many people of a team are in no other.
func own(c crowd, teams map[string]int) int {
	n := 0
	for p := range distinct([]crowd{c}, nil) {
		if teams[p] == 1 {
			n++
		}
	}
	return n
}

func teamsOf(all []crowd) []string {
	out := make([]string, len(all))
	for i, c := range all {
		out[i] = c.team
	}
	slices.Sort(out)
	return out
}

// distinct are the people of some teams, each once, who are in none of the others.
func distinct(some, apart []crowd) map[string]bool {
	out := map[string]bool{}
	for _, c := range some {
		for _, p := range c.people {
			out[p] = true
		}
	}
	for _, c := range apart {
		for _, p := range c.people {
			delete(out, p)
		}
	}
	return out
}

// toldRules are the rules whose sum over all teams may stand beside the groups'
// sums over all rules. Those two are the margins of one table, so that a rule which
// few people of a group have could be taken out of them. A rule is told where in
// every group none or at least five people have it; and what is not told holds, all
// together, none or at least five people of every group, if need be with further
// rules left out.
func toldRules(all []crowd, groups [][]string) []string {
	var told, hidden []string
	for _, rule := range rulesOf(all) {
		if coversEnough(all, groups, []string{rule}) {
			told = append(told, rule)
		} else {
			hidden = append(hidden, rule)
		}
	}
	slices.SortStableFunc(told, func(a, b string) int {
		return cmp.Compare(len(adopters(all, []string{a})), len(adopters(all, []string{b})))
	})
	for len(told) > 0 && len(hidden) > 0 && !coversEnough(all, groups, hidden) {
		told, hidden = told[1:], append(hidden, told[0])
	}
	slices.Sort(told)
	return told
}

func rulesOf(all []crowd) []string {
	var out []string
	for _, c := range all {
		out = append(out, c.rules...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func adopters(all []crowd, rules []string) []crowd {
	var out []crowd
	for _, c := range all {
		if slices.ContainsFunc(c.rules, func(r string) bool { return slices.Contains(rules, r) }) {
			out = append(out, c)
		}
	}
	return out
}

// coversEnough reports whether, of every group, none or at least five people have
// one of the rules. A group of one team has them as a whole.
func coversEnough(all []crowd, groups [][]string, rules []string) bool {
	with := adopters(all, rules)
	for _, g := range groups {
		if len(g) == 1 {
			continue
		}
		in, out := parted(all, g)
		here := intersection(with, in)
		if len(here) > 0 && len(distinct(here, out)) < fewestPeople {
			return false
		}
	}
	return true
}

// parted parts the teams of a group from the others.
func parted(all []crowd, group []string) (in, out []crowd) {
	for _, c := range all {
		if slices.Contains(group, c.team) {
			in = append(in, c)
		} else {
			out = append(out, c)
		}
	}
	return in, out
}

func intersection(a, b []crowd) []crowd {
	return slices.DeleteFunc(slices.Clone(a), func(c crowd) bool {
		return !slices.ContainsFunc(b, func(o crowd) bool { return o.team == c.team })
	})
}

// toldShares says which of the counts of tickets may be told with a share: those
// of ten or more, unless what is left of the total would be fewer than ten; then
// the smallest of them is kept back as well. nil stands for a count that nobody
// made.
func toldShares(counts []*Flight) []bool {
	told := make([]bool, len(counts))
	rest := 0
	for i, f := range counts {
		told[i] = f != nil && f.InFlight >= fewestForShare
		if f != nil && !told[i] {
			rest += f.InFlight
		}
	}
	for rest > 0 && rest < fewestForShare {
		least := -1
		for i, f := range counts {
			if told[i] && (least < 0 || f.InFlight < counts[least].InFlight) {
				least = i
			}
		}
		if least < 0 {
			break
		}
		told[least] = false
		rest += counts[least].InFlight
	}
	return told
}
