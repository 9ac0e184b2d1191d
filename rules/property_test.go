package rules_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/rules/ruletest"
)

// chance makes worlds in which anything may have happened to any ticket.
type chance struct{ *rand.Rand }

func (c chance) of(words ...string) string { return words[c.IntN(len(words))] }

func (c chance) ago(days int) string { return fmt.Sprintf("%dh ago", 1+c.IntN(24*days)) }

func (c chance) world() rules.Test {
	t := rules.Test{
		Tracker: c.of("jira", "linear"),
		Sprints: []rules.TestSprint{
			{ID: "6", Name: "Sprint 6", State: "closed", Team: "payments", Goal: c.of("", "Ship it")},
			{ID: "7", Name: "Sprint 7", State: "active", Team: "payments", Goal: c.of("", "Refunds under a minute for 9 of 10", "Build the page")},
			{ID: "8", Name: "Sprint 8", State: "future", Start: "in 1 day", Team: c.of("payments", "core"), Goal: c.of("", "Fewer refunds")},
		},
		Rituals: []rules.TestRitual{{Name: "retro", Every: "2 weeks", Label: "retro"}},
		People:  []rules.TestPerson{{ID: "eve", Role: "pm"}, {ID: "rob", Role: "engineer", Member: true}, {ID: "gone", Role: "engineer", Until: "20 days ago"}},
	}
	if c.IntN(3) == 0 {
		t.Away = []rules.TestAbsence{{Person: c.of("lee", "sam", "mina"), From: "4 days ago", To: "in 4 days", Delegate: c.of("", "jo")}}
	}
	n := 20 + c.IntN(40)
	for i := range n {
		t.Tickets = append(t.Tickets, c.ticket(i))
	}
	return t
}

var everybody = []string{"lee", "sam", "mina", "jo", "dana", "ci", "kit", "ola", "eve", "rob", "gone", "a stranger", ""}

func (c chance) ticket(i int) rules.TestTicket {
	points := float64(c.IntN(20))
	t := rules.TestTicket{
		Key: fmt.Sprintf("PAY-%d", i), Kind: c.of("feature", "feature", "bug", "task", "problem", "goal", "container", "container", "action-item"),
		Title: c.of("Refunds", "Ship the AI page", "Launch export", "Reduce refunds by 30 %"), Category: c.of("backlog", "todo", "todo"),
		Core: c.IntN(4) == 0, Creator: c.of("sam", "dana", "mina", "jo", "eve", "ci"), Assignee: c.of(everybody...),
		Created: fmt.Sprintf("%d days ago", 46+c.IntN(60)), Priority: c.of("none", "urgent", "high", "low"),
		Due: c.of("", "", "2026-11-10", "2026-12-01"), Labels: []string{c.of("retro", "nps", "ops", "action-item")}, Components: []string{c.of("Refunds", "Ledger")},
	}
	if c.IntN(2) == 0 {
		t.Estimate = &points
	}
	if i > 0 && c.IntN(2) == 0 {
		t.Parent = fmt.Sprintf("PAY-%d", c.IntN(i))
	}
	if i > 0 && c.IntN(4) == 0 {
		t.Links = []rules.TestLink{{Kind: c.of("relates", "solves", "blocks"), To: fmt.Sprintf("PAY-%d", c.IntN(i))}}
	}
	for range c.IntN(8) {
		t.Changes = append(t.Changes, c.change())
	}
	slices.SortFunc(t.Changes, func(a, b rules.TestChange) int { return -ageOf(a).compare(ageOf(b)) })
	for range c.IntN(3) {
		t.Comments = append(t.Comments, rules.TestRemark{At: c.ago(40), By: c.of(everybody[:12]...)})
	}
	return t
}

type age time.Duration

func (a age) compare(b age) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func ageOf(c rules.TestChange) age {
	var hours int
	_, _ = fmt.Sscanf(c.At, "%dh ago", &hours)
	return age(time.Duration(hours) * time.Hour)
}

func (c chance) change() rules.TestChange {
	out := rules.TestChange{At: c.ago(45), By: c.of(everybody...), Field: c.of("assignee", "status", "due", "estimate", "priority", "sprint", "label", "description")}
	switch out.Field {
	case "assignee":
		out.To = c.of(everybody...)
	case "status":
		out.To = c.of("todo", "started", "started", "done", "cancelled")
	case "due":
		out.To = c.of("", "2026-11-20", "2026-12-05", "2027-01-10")
	case "estimate":
		out.To = c.of("", "1", "5", "21")
	case "priority":
		out.To = c.of("urgent", "high", "low", "none")
	case "sprint":
		out.To = c.of("", "6", "7", "8", "6, 7")
	case "description":
		out.From, out.To = "10", c.of("20", "400")
	}
	return out
}

// Whatever the work: the verdict depends neither on the order in which tickets
// are read, nor on the machine's time zone, nor on how often one looks.
func TestVerdictsOverAnyWorkDependOnTheWorkAlone(t *testing.T) {
	zone := time.Local
	defer func() { time.Local = zone }()
	b := book(t, catalog(t), everyRuleOn(t)...)
	fired := map[string]int{}
	for seed := range uint64(150) {
		c := chance{rand.New(rand.NewPCG(seed, 7))}
		work, dir, now := build(t, c.world())
		want := check(t, b, work, dir, now)
		for rule, err := range want.Stopped {
			t.Fatalf("seed %d: %s: %v", seed, rule, err)
		}
		for _, s := range want.Seen {
			fired[s.Rule]++
		}
		time.Local = time.FixedZone("far away", (c.IntN(27)-13)*3600)
		c.Shuffle(len(work.Work), func(i, j int) { work.Work[i], work.Work[j] = work.Work[j], work.Work[i] })
		again := &ruletest.Memory{Work: work.Work, Planned: work.Planned}
		sameVerdict(t, seed, want, check(t, b, again, dir, now))
		sameVerdict(t, seed, want, check(t, b, again, dir, now))
		time.Local = zone
	}
	for _, r := range catalog(t) {
		if fired[r.ID] == 0 {
			t.Logf("%s never fired in these worlds", r.ID)
		}
	}
}

func sameVerdict(t *testing.T, seed uint64, want, got rules.Outcome) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("seed %d: another order, zone or look gives another verdict:\ngot  %s\nwant %s", seed, noticed(got), noticed(want))
	}
}

// A moment in the past, seen later, gives what was seen then: nothing that
// happened since changes it, but for what trackers keep no history of.
func TestAPastMomentIsSeenAsItWas(t *testing.T) {
	var some []rules.Rule
	for _, r := range catalog(t) {
		if r.Replays == rules.ReplayYes {
			some = append(some, r)
		}
	}
	b := book(t, some, on(some)...)
	for seed := range uint64(80) {
		c := chance{rand.New(rand.NewPCG(seed, 11))}
		test := c.world()
		work, dir, now := build(t, test)
		then := now.Add(-time.Duration(1+c.IntN(20*24)) * time.Hour)
		past := &ruletest.Memory{Planned: work.Planned}
		for _, one := range work.Work {
			if old, ok := one.AsOf(then); ok {
				past.Work = append(past.Work, old)
			}
		}
		asOf, thenSeen := check(t, b, work, dir, then), check(t, b, past, dir, then)
		if got, want := noticed(asOf), noticed(thenSeen); got != want {
			t.Fatalf("seed %d: replayed: %s\nseen then: %s", seed, got, want)
		}
	}
}

// everyRuleOn agrees to the whole catalog, what ships switched off included.
func everyRuleOn(t testing.TB) []rules.Agreement { return on(catalog(t)) }

func on(all []rules.Rule) []rules.Agreement {
	var out []rules.Agreement
	for _, r := range all {
		out = append(out, rules.Agreement{Rule: r.ID})
	}
	return out
}
