package rules_test

import (
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/rules/ruletest"
)

// load is so many tickets of two teams: epics with features, bugs and tasks
// below, in sprints, with histories, some of it without a problem or a goal.
func load(b testing.TB, n int) (*ruletest.Memory, *org.Directory, time.Time) {
	kinds := []string{"feature", "bug", "task", "feature"}
	categories := []string{"todo", "backlog", "started", "done"}
	test := rules.Test{Sprints: []rules.TestSprint{{ID: "7", Name: "Sprint 7", State: "active"}, {ID: "8", Name: "Sprint 8", Goal: "Refunds under a minute", State: "active"}}}
	for i := range n {
		one := rules.TestTicket{
			Key: "PAY-" + strconv.Itoa(i), Kind: kinds[i%4], Category: categories[i/4%4], Core: i%3 == 0,
			Title: "Bulk export of refunds", Description: "h2. Idea\nA page that lists every refund with its state.\nh2. Problem\nNobody knows.\n",
			Sprints: []string{strconv.Itoa(6 + i%4)}, Parent: "PAY-" + strconv.Itoa(i/10*10),
			Links: []rules.TestLink{{Kind: "relates", To: "PAY-" + strconv.Itoa((i+1)%n)}},
			Changes: []rules.TestChange{
				{At: "12 days ago", By: "lee", Field: "assignee", To: "jo"}, {At: "11 days ago", By: "jo", Field: "title", To: "x"},
				{At: "5 days ago", By: "jo", Field: "other"}, {At: "4 days ago", By: "mina", Field: "assignee", To: "mina"},
				{At: "3 days ago", By: "mina", Field: "label"}, {At: "2 days ago", By: "jo", Field: "due"},
			},
			Comments: []rules.TestRemark{{At: "3 days ago", By: "mina"}, {At: "1 day ago", By: "jo"}},
		}
		if i%10 == 0 {
			one.Kind, one.Parent = "container", ""
		}
		if i%500 == 1 {
			one.Changes[3].By = "dana"
		}
		test.Tickets = append(test.Tickets, one)
	}
	work, dir, now := build(b, test)
	return work, dir, now
}

// BenchmarkCheck looks at 10,000 tickets rule by rule and with the whole catalog;
// with FAIRLEAD_BENCH=full at 100,000.
func BenchmarkCheck(b *testing.B) {
	n := 10_000
	if os.Getenv("FAIRLEAD_BENCH") == "full" {
		n = 100_000
	}
	work, dir, now := load(b, n)
	all := catalog(b)
	run := func(name string, some []rules.Rule) {
		b.Run(name, func(b *testing.B) {
			bk := book(b, some)
			b.ReportAllocs()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			seen := 0
			for b.Loop() {
				out := check(b, bk, work, dir, now)
				if len(out.Stopped) > 0 {
					b.Fatal(out.Stopped)
				}
				seen = len(out.Seen)
			}
			runtime.ReadMemStats(&after)
			each := float64(b.N) * float64(n) * float64(max(len(some), 1))
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/each, "ns/ticket/rule")
			b.ReportMetric(float64(after.Mallocs-before.Mallocs)/each, "allocs/ticket/rule")
			b.ReportMetric(float64(seen), "seen")
		})
	}
	run("no rule", nil)
	for _, r := range all {
		run(r.ID, []rules.Rule{r})
	}
	run("catalog", all)
}

// BenchmarkLargeTeam is feature-factory, which loops over all that a team
// finished, for a team that finished 12,000 tickets.
func BenchmarkLargeTeam(b *testing.B) {
	test := rules.Test{}
	for i := range 12_000 {
		kind := "feature"
		if i%50 == 0 {
			kind = "bug"
		}
		test.Tickets = append(test.Tickets, rules.TestTicket{
			Key: "PAY-" + strconv.Itoa(i), Kind: kind, Category: "started", Changes: []rules.TestChange{{At: strconv.Itoa(1+i%50) + " days ago", By: "jo", Field: "status", To: "done"}},
		})
	}
	work, dir, now := build(b, test)
	var some []rules.Rule
	for _, r := range catalog(b) {
		if r.ID == "feature-factory" {
			some = append(some, r)
		}
	}
	bk := book(b, some)
	for b.Loop() {
		out := check(b, bk, work, dir, now)
		if len(out.Stopped) > 0 || len(out.Seen) != 1 {
			b.Fatalf("%d findings, stopped: %v", len(out.Seen), out.Stopped)
		}
	}
}
