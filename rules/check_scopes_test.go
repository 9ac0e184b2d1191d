package rules_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/rules"
)

// scoped is a rule of one scope that says what it looked at.
func scoped(scope, when, more string) string {
	return "id: looks\nscope: " + scope + "\ntitle: t\npromise: p\nmessage: \"{subject}\"\nask: a\nseverity: info\naudience: team\nwhen: |\n  " + when + "\n" + more
}

func TestEveryScopeLooksAtWhatItNames(t *testing.T) {
	test := rules.Test{
		Sprints: []rules.TestSprint{
			{ID: "7", Name: "Sprint 7", Goal: "Fewer refunds", State: "active", Team: "payments"},
			{ID: "8", Name: "Sprint 8", State: "future", Team: "core"},
		},
		Rituals: []rules.TestRitual{{Name: "retro", Every: "2 weeks", Label: "retro"}},
		Tickets: []rules.TestTicket{
			{Key: "PAY-9", Kind: "goal", Category: "started"},
			{Key: "PAY-1", Parent: "PAY-9", Sprints: []string{"7"}, Changes: []rules.TestChange{
				{At: "3 days ago", By: "mina", Field: "priority", To: "high"},
				{At: "2 days ago", By: "jo", Field: "status", To: "started"},
				{At: "1 day ago", By: "ci", Field: "due", To: "2026-12-01"},
			}},
			{Key: "CORE-1", Core: true, Due: "2026-12-24", Created: "5 days ago"},
		},
	}
	work, dir, now := build(t, test)
	window := "window: duration('336h')\n"
	for _, c := range []struct{ name, scope, when, more, want string }{
		{"changes, by handwork and within the window", "change", "true", window, "looks PAY-1, looks PAY-1, looks CORE-1"},
		{"changes told together", "change", "true", window + "group_by: ticket\nhaving: size(changes) == 2\n", "looks PAY-1"},
		{"what stood there before a change", "change", "change.before.priority == 'none' && change.after.priority == 'high'", window, "looks PAY-1"},
		{"sprints", "sprint", "sprint.active && sprint.tickets.exists(t, t.key == 'PAY-1')", "", "looks Sprint 7"},
		{"whose a sprint is", "sprint", "sprint.team.id == 'core'", "", "looks Sprint 8"},
		{"goals of tickets and sprints", "goal", "goal.active", "", "looks PAY-9, looks Sprint 7"},
		{"roles", "role", "true", "", "looks EM of Core, looks EM of Payments, looks PM of Payments"},
		{"teams", "team", "true", "", "looks Core, looks Payments"},
		{"rituals of teams", "team", "true", "group_by: team.rituals\n", "looks retro"},
		{"children", "ticket", "ticket.children.exists(t, t.key == 'PAY-1')", "", "looks PAY-9"},
		{"a state that ages, while it is young", "ticket", "true", "happened: ticket.started\n" + window, "looks PAY-1"},
		{"a state that ages, once it is old", "ticket", "true", "happened: ticket.started\nwindow: duration('24h')\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := parse(t, scoped(c.scope, c.when, c.more))
			out := check(t, book(t, []rules.Rule{r}), work, dir, now)
			if err := out.Stopped["looks"]; err != nil {
				t.Fatal(err)
			}
			if got := noticed(out); !sameWords(got, c.want) {
				t.Errorf("noticed %q, want %q", got, c.want)
			}
		})
	}
}

func TestAWaitCountsTheDaysOnWhichTheTeamWorks(t *testing.T) {
	rule := parse(t, scoped("ticket", "now >= ticket.created.plus(settings.grace)", "settings: {grace: {type: wait, default: 2 working days, help: h}}\n"))
	// Monday 16 November, 9:00; the Friday before is a holiday of payments alone.
	at := func(created string) rules.Test {
		return rules.Test{Holidays: []string{"2026-11-13"}, Tickets: []rules.TestTicket{
			{Key: "PAY-1", Created: created}, {Key: "CORE-1", Core: true, Created: created},
		}}
	}
	for _, c := range []struct{ name, created, want string }{
		{"Thursday morning, with a holiday between for one", "2026-11-12 09:00", "looks CORE-1"},
		{"Wednesday evening", "2026-11-11 18:00", "looks CORE-1"},
		{"Wednesday morning", "2026-11-11 09:00", "looks CORE-1, looks PAY-1"},
		{"Friday", "2026-11-13 08:00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			work, dir, now := build(t, at(c.created))
			if got := noticed(check(t, book(t, []rules.Rule{rule}), work, dir, now)); got != c.want {
				t.Errorf("noticed %q, want %q", got, c.want)
			}
		})
	}
}

func TestWhatWasToldTogetherExpiresWithItsFirstChange(t *testing.T) {
	work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{{Key: "PAY-1", Changes: []rules.TestChange{
		{At: "3 days ago", By: "mina", Field: "priority", To: "high"}, {At: "2 days ago", By: "mina", Field: "priority", To: "low"},
	}}}})
	r := parse(t, scoped("change", "true", "window: duration('96h')\ngroup_by: ticket\n"))
	out := check(t, book(t, []rules.Rule{r}), work, dir, now)
	if len(out.Seen) != 1 || !out.Seen[0].Expires.Equal(now.Add(24*time.Hour)) || out.Seen[0].Event != "" {
		t.Errorf("seen = %+v, want one finding without an event that expires in a day", out.Seen)
	}
}

// sameWords compares lists without regard to their order.
func sameWords(a, b string) bool {
	x, y := strings.Split(a, ", "), strings.Split(b, ", ")
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}
