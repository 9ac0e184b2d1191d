package simulator

import (
	"fmt"
	"time"
)

// besides are the quiet chores of Payments that run all the time beside its sprints,
// ten at once: what to do, and to what.
var (
	besideDoes = []string{"Move %s to the new logs", "Take %s out of the old build", "Write a rehearsal for %s", "Cut the memory of %s", "Read the contract of %s", "Name a second person for %s"}
	besideOf   = []string{
		"the receipt printer", "the rate feed", "the payout file", "the card form", "the voucher check", "the tax table", "the refund queue", "the bank calendar",
		"the fee table", "the merchant mail", "the dispute reader", "the wallet bridge",
	}
)

// beside plans them over all 26 weeks, one every third day and a month each, in a
// sprint of their own that lasts a quarter.
func (t *Teller) beside(c *crew) {
	first := t.besideSprint(c, "Upkeep, spring and summer", "Thirty parts of the checkout that anybody can restart", firstSpringWeek)
	second := t.besideSprint(c, "Upkeep, autumn", "All 60 parts of the checkout that anybody can restart", 1)
	turn := t.on(1, time.Monday, 9, 20)
	t.at(turn, func() { t.w.CompleteSprint(first) })
	t.at(turn.Add(15*time.Minute), func() { t.carryOver(c, first, second) })
	t.at(turn.Add(40*time.Minute), func() { t.explain(c, second) })
	c.beside = first
	for n := range len(besideDoes) * len(besideOf) {
		title := fmt.Sprintf(besideDoes[n%len(besideDoes)], besideOf[n%len(besideOf)])
		day, lasts := max(0, n-8)*3, min(30, 3*n+6)+n%4
		begun := t.about(t.on(firstSpringWeek, time.Monday, 13, 0).AddDate(0, 0, day), 0)
		who, name := c.engineers[n%len(c.engineers)], "beside "+title
		t.at(begun.Add(-26*time.Hour), func() { t.keys[name] = t.w.As(who).Create(like(c.task, Draft{Title: title, Description: t.brief()})) })
		t.at(begun, func() {
			s := first
			if !begun.Before(turn) {
				s = second
			}
			t.w.As(who).Together(t.key(name), func(a Actor) {
				a.Assign(t.key(name), who)
				a.Plan(t.key(name), s)
				a.Move(t.key(name), c.states.doing)
			})
		})
		t.talk(c, name, begun, 0, 2)
		t.at(t.about(begun.AddDate(0, 0, lasts), 0), func() { t.w.As(who).Move(t.key(name), c.states.done) })
	}
}

func (t *Teller) besideSprint(c *crew, name, goal string, week int) *Sprint {
	start := t.on(week, time.Monday, 9, 25)
	s := t.w.AddSprint(c.space, name, goal, start, start.AddDate(0, 0, 14*7))
	t.at(start, func() { t.w.StartSprint(s) })
	return s
}
