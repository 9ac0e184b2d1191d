package simulator

import "time"

// errand is a small piece of work that goes its own way through a team.
type errand struct {
	Draft
	by, who string        // who writes it, and who takes it
	begun   time.Time     // when who takes it, into the sprint that runs
	lasts   time.Duration // until it is done; 0: it is not told
}

// errand plans the work and leaves the scene around it to the caller: nobody but
// those two has part in it.
func (t *Teller) errand(c *crew, e errand) {
	name := e.Title
	t.at(e.begun.Add(-49*time.Hour), func() { t.keys[name] = t.w.As(e.by).Create(e.Draft) })
	t.at(e.begun, func() {
		t.w.As(e.who).Together(t.key(name), func(a Actor) {
			a.Assign(t.key(name), e.who)
			a.Plan(t.key(name), c.sprintAt(e.begun))
			a.Move(t.key(name), c.states.doing)
		})
	})
	if e.lasts > 0 {
		t.at(e.begun.Add(e.lasts), func() { t.w.As(e.who).Move(t.key(name), c.states.done) })
	}
}

// says plans a comment.
func (t *Teller) says(when time.Time, who, name, text string) {
	t.at(when, func() { t.w.As(who).Comment(t.key(name), text) })
}

// estimates plans how an estimate comes about: who says what, one a day.
func (t *Teller) estimates(from time.Time, name string, says ...estimate) {
	for n, e := range says {
		t.at(from.AddDate(0, 0, n), func() { t.w.As(e.who).Estimate(t.key(name), e.points) })
	}
}

// estimate is what somebody takes a ticket for.
type estimate struct {
	who    string
	points float64
}

// aroundEM plans a ticket that Dana assigns to an engineer without the EM, and
// gives the moment of it.
func (t *Teller) aroundEM(c *crew, title string, week int, day time.Weekday, who string) time.Time {
	when := t.on(week, day, 14, 5+len(title)%40)
	t.at(when.Add(-49*time.Hour), func() {
		t.keys[title] = t.w.As(c.pm).Create(like(c.task, Draft{Title: title, Description: t.brief()}))
	})
	t.at(when, func() { t.w.As("dana").Assign(t.key(title), who) })
	t.at(when.Add(70*time.Minute), func() { t.w.As(who).Move(t.key(title), c.states.doing) })
	t.at(when.Add(75*time.Minute), func() { t.w.As(who).Plan(t.key(title), c.sprintAt(when)) })
	t.at(when.Add(28*time.Hour), func() { t.w.As(who).Comment(t.key(title), "First figures are in the sheet.") })
	t.at(when.AddDate(0, 0, 6), func() { t.w.As(who).Move(t.key(title), c.states.done) })
	return when
}
