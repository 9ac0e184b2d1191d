package reports

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestWhichTeamsAreToldTogether(t *testing.T) {
	team := func(id string, people ...string) crowd { return crowd{team: id, people: people} }
	five := func(p string) []string { return []string{p + "1", p + "2", p + "3", p + "4", p + "5"} }
	for _, c := range []struct {
		name string
		in   []crowd
		want string
	}{
		{"four people are told nothing of", []crowd{team("a", "1", "2"), team("b", "3", "4")}, ""},
		{"one person in two teams counts once", []crowd{team("a", "1", "2", "3"), team("b", "3", "4")}, ""},
		{"one team of five is told", []crowd{team("a", five("a")...)}, "a"},
		{"large teams are told alone", []crowd{team("b", five("b")...), team("a", five("a")...)}, "a b"},
		{"two small teams are told together", []crowd{team("a", five("a")...), team("b", "1", "2"), team("c", "3", "4", "5")}, "a b+c"},
		{"one small team takes the next smallest with it", []crowd{team("a", five("a")...), team("b", append(five("b"), "b6")...), team("c", "1")}, "a+c b"},
		{"two teams that are too small together take one more", []crowd{team("a", five("a")...), team("b", append(five("b"), "b6")...), team("c", "1"), team("d", "2")}, "a+c+d b"},
		{"a team whose people are elsewhere too is small", []crowd{team("a", five("a")...), team("b", "a1", "b2", "b3", "b4", "b5")}, "a+b"},
		{"a team without people is told with others", []crowd{team("a", five("a")...), team("b", five("b")...), team("c")}, "a+c b"},
		{"all are small", []crowd{team("a", "1", "2"), team("b", "3", "4"), team("c", "5")}, "a+b+c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, g := range toldGroups(c.in) {
				got = append(got, strings.Join(g, "+"))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("told are %q, want %q", got, c.want)
			}
		})
	}
}

// randomOrganisation has a few teams of a few people, some in several teams, and
// agreements that not every team has.
func randomOrganisation(r *rand.Rand) []crowd {
	people := 3 + r.IntN(30)
	var all []crowd
	for n := range 1 + r.IntN(6) {
		c := crowd{team: fmt.Sprintf("t%d", n)}
		for range r.IntN(9) {
			if p := fmt.Sprintf("p%d", r.IntN(people)); !slices.Contains(c.people, p) {
				c.people = append(c.people, p)
			}
		}
		for i := range 4 {
			if r.IntN(4) > 0 {
				c.rules = append(c.rules, fmt.Sprintf("r%d", i))
			}
		}
		if len(c.rules) > 0 {
			all = append(all, c)
		}
	}
	return all
}

// TestNothingCanBeSubtracted tries every sum and difference of what an
// organisation's report tells: the total, the groups' sums over all rules, and the
// rules' sums over all teams. Whenever some groups less some rules leave a set of
// cells behind, and nothing is taken away twice, at least five people stand behind
// those cells.
func TestNothingCanBeSubtracted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	told, tried := 0, 0
	for range 4000 {
		all := randomOrganisation(r)
		groups := toldGroups(all)
		if len(groups) == 0 {
			if n := len(distinct(all, nil)); n >= fewestPeople {
				t.Fatalf("nothing is told of %d people: %v", n, all)
			}
			continue
		}
		rules := toldRules(all, groups)
		told += len(groups) + len(rules)
		for x := range 1 << len(groups) {
			for y := range 1 << len(rules) {
				for _, sign := range []bool{true, false} {
					if cells, pure := left(all, chosen(groups, x), chosen(rules, y), sign); pure && len(cells) > 0 {
						tried++
						if n := len(distinct(cells, nil)); n < fewestPeople {
							t.Fatalf("of %v, groups %v and rules %v leave %v, behind which stand %d people", all, chosen(groups, x), chosen(rules, y), cells, n)
						}
					}
				}
			}
		}
	}
	if told < 5000 || tried < 50_000 {
		t.Errorf("only %d sums were told and %d differences tried", told, tried)
	}
}

func chosen[T any](all []T, mask int) []T {
	var out []T
	for i, one := range all {
		if mask>>i&1 == 1 {
			out = append(out, one)
		}
	}
	return out
}

// left are the teams of the cells that the sum of some groups less the sum of some
// rules leaves, or the other way round; pure is false where something else would be
// taken away.
func left(all []crowd, groups [][]string, rules []string, groupsFirst bool) (out []crowd, pure bool) {
	for _, c := range all {
		in := slices.ContainsFunc(groups, func(g []string) bool { return slices.Contains(g, c.team) })
		keeps := false
		for _, rule := range c.rules {
			taken := slices.Contains(rules, rule)
			switch {
			case groupsFirst && taken && !in, !groupsFirst && in && !taken:
				return nil, false
			case groupsFirst && in && !taken, !groupsFirst && taken && !in:
				keeps = true
			}
		}
		if keeps {
			out = append(out, c)
		}
	}
	return out, true
}

// People who are in several groups cannot be told apart either: what one group has
// and another has not is at least five people.
func TestNoDifferenceOfGroupsIsFewerThanFivePeople(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 4000 {
		all := randomOrganisation(r)
		groups := toldGroups(all)
		for _, g := range groups {
			in, out := parted(all, g)
			if n := len(distinct(in, out)); n < fewestPeople {
				t.Fatalf("%v: the group %v has %d people of its own", all, g, n)
			}
			if len(g) == 1 && len(groups) > 1 {
				continue
			}
			if len(g) == 1 && len(all) > 1 {
				t.Fatalf("%v: %v is told and another team is not", all, g)
			}
		}
		told := 0
		for _, g := range groups {
			told += len(g)
		}
		if len(groups) > 0 && told != len(all) {
			t.Fatalf("%v: %d of %d teams are told", all, told, len(all))
		}
	}
}

func TestGroupsDependOnPeopleAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		all := randomOrganisation(r)
		again := slices.Clone(all)
		r.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		if a, b := fmt.Sprint(toldGroups(all)), fmt.Sprint(toldGroups(again)); a != b {
			t.Fatalf("in another order %s, at first %s", b, a)
		}
	}
}

func TestNoShareIsLeftOfFewerThanTenTickets(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 5000 {
		var counts []*Flight
		total := 0
		for range 1 + r.IntN(7) {
			if r.IntN(5) == 0 {
				counts = append(counts, nil)
				continue
			}
			f := &Flight{InFlight: r.IntN(25)}
			total += f.InFlight
			counts = append(counts, f)
		}
		rest := total
		for i, tell := range toldShares(counts) {
			if !tell {
				continue
			}
			if counts[i].InFlight < fewestForShare {
				t.Fatalf("a share of %d tickets is told", counts[i].InFlight)
			}
			rest -= counts[i].InFlight
		}
		if rest > 0 && rest < fewestForShare && rest != total {
			t.Fatalf("of %d tickets a share of %d can be worked out", total, rest)
		}
	}
}
