package dashboard

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// noTeam stands in addresses for work that no team owns; no team's id can be it,
// since ids hold no dot.
const noTeam = "."

// filter is what an address says of a list of findings.
type filter struct {
	Query
	Page   int
	values url.Values
}

// ages are for how long findings have been open, as addresses say it.
var ages = []struct {
	value, text string
	at          time.Duration
}{
	{"1w", "a week or more", 7 * 24 * time.Hour},
	{"2w", "two weeks or more", 14 * 24 * time.Hour},
	{"4w", "four weeks or more", 28 * 24 * time.Hour},
	{"12w", "twelve weeks or more", 84 * 24 * time.Hour},
}

// anyState stands in addresses for findings in whatever state; without a word it is
// the open ones.
const anyState = "any"

// filter reads the address. A word it does not know finds nothing, and is shown, so
// that it can be taken away.
func (v *visit) filter() filter {
	q := v.r.URL.Query()
	f := filter{values: url.Values{}, Page: 1}
	for _, name := range []string{"team", "rule", "severity", "state", "age"} {
		if s := q.Get(name); s != "" && len(s) <= 200 {
			f.values.Set(name, s)
		}
	}
	f.Sees = v.access.SeesAudience
	f.Team, f.Rule = f.values.Get("team"), f.values.Get("rule")
	f.Severity, f.State = finding.Severity(f.values.Get("severity")), finding.State(cmp.Or(f.values.Get("state"), string(finding.Open)))
	if f.Team == noTeam {
		f.Team, f.NoTeam = "", true
	}
	if f.State == anyState {
		f.State = ""
	}
	for _, a := range ages {
		if a.value == f.values.Get("age") {
			f.OpenFor = a.at
		}
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 {
		f.Page = min(n, 1_000_000)
	}
	return f
}

// facet is one thing to narrow a list by: part of the sentence above it.
type facet struct {
	Name    string
	Before  string // the words before the choice
	Options []option
}

type option struct {
	Value, Text string
	Here        bool
}

// facets are the choices, each with how many findings it would leave.
func (v *visit) facets(f *filter, found *Found) []facet {
	return []facet{
		{"state", "Findings that are", f.states(found)},
		{"team", "of", v.teamOptions(f, found)},
		{"rule", "about", v.ruleOptions(f, found)},
		{"severity", "with", f.severities(found)},
		{"age", "open for", f.ages()},
	}
}

func (f *filter) states(found *Found) []option {
	out := []option{}
	for _, s := range states {
		value := string(s)
		if s == finding.Open {
			value = ""
		}
		if n := found.ByState[s]; n > 0 || s == f.State || s == finding.Open {
			out = append(out, option{value, stateIs(s) + " (" + number(n) + ")", s == f.State})
		}
	}
	return f.withOdd("state", append(out, option{anyState, "in any state", f.State == ""}))
}

func (f *filter) severities(found *Found) []option {
	out := []option{{"", "any severity", f.Severity == ""}}
	for _, s := range severities {
		out = append(out, option{string(s), "severity " + string(s) + " (" + number(found.BySeverity[s]) + ")", s == f.Severity})
	}
	return f.withOdd("severity", out)
}

func (f *filter) ages() []option {
	out := []option{{"", "any time", f.OpenFor == 0}}
	for _, a := range ages {
		out = append(out, option{a.value, a.text, a.at == f.OpenFor})
	}
	return out
}

func (v *visit) teamOptions(f *filter, found *Found) []option {
	var out []option
	for id, n := range found.ByTeam {
		value := cmp.Or(id, noTeam)
		out = append(out, option{value, v.teamName(id) + " (" + number(n) + ")", value == f.values.Get("team")})
	}
	slices.SortFunc(out, func(a, b option) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Text), strings.ToLower(b.Text)), strings.Compare(a.Value, b.Value))
	})
	return f.withOdd("team", append([]option{{"", "any team", f.values.Get("team") == ""}}, out...))
}

func (v *visit) ruleOptions(f *filter, found *Found) []option {
	var out []option
	for id, n := range found.ByRule {
		out = append(out, option{id, v.ruleTitle(id) + " (" + number(n) + ")", id == f.Rule})
	}
	slices.SortFunc(out, func(a, b option) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Text), strings.ToLower(b.Text)), strings.Compare(a.Value, b.Value))
	})
	return f.withOdd("rule", append([]option{{"", "any agreement", f.Rule == ""}}, out...))
}

// withOdd keeps a choice that leaves nothing in sight.
func (f *filter) withOdd(name string, all []option) []option {
	value := f.values.Get(name)
	if value != "" && !slices.ContainsFunc(all, func(o option) bool { return o.Value == value }) {
		all = append(all, option{value, clean(value) + " (0)", true})
	}
	return all
}

// chips are what the list is narrowed by, each with a link that takes it away.
func (v *visit) chips(f *filter) []chip {
	var out []chip
	add := func(name, text string) {
		if f.values.Get(name) != "" {
			out = append(out, chip{link{address("/findings", with(f.values, name, "")), text}, true})
		}
	}
	state := "any state"
	if f.State != "" {
		state = stateIs(f.State)
	}
	add("state", state)
	add("team", v.teamName(f.Team))
	add("rule", v.ruleTitle(f.Rule))
	add("severity", "severity "+clean(string(f.Severity)))
	for _, a := range ages {
		if a.at == f.OpenFor {
			add("age", "open for "+a.text)
		}
	}
	return out
}

// sentence says what the list holds.
func (v *visit) sentence(f *filter, n int) string {
	s := number(n)
	if n == 0 {
		s = "No"
	}
	if f.State != "" {
		s += " " + stateIs(f.State)
	}
	s += " " + plural(n, "finding", "findings")
	if f.Severity != "" {
		s += " with severity " + clean(string(f.Severity))
	}
	if f.NoTeam || f.Team != "" {
		s += " of " + v.teamName(f.Team)
	}
	if f.Rule != "" {
		s += " about “" + lowerFirst(v.ruleTitle(f.Rule)) + "”"
	}
	for _, a := range ages {
		if a.at == f.OpenFor {
			s += ", open for " + a.text
		}
	}
	return s + "."
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
