package simulator

import (
	"slices"
	"time"
)

// theme is a body of work: a problem somebody found, the epic (or Linear
// project) that answers it, and the work below.
type theme struct {
	name     string // its name in the story
	problem  string
	why      string
	epic     string
	features []string
	tasks    []string
	bugs     []string
	// without leaves the link from the epic to the problem out: there is no
	// problem behind this epic yet.
	without bool
	opened  int // week in which it was opened; 0: before the story
}

// theme plans a body of work over the sprints from first on.
func (t *Teller) theme(c *crew, th theme, first int) {
	opened := t.about(t.on(th.opened, time.Monday, 0, 0), t.rng.IntN(4))
	if !th.without {
		t.at(opened, func() {
			d := like(c.problem, Draft{Title: th.problem, Description: th.why})
			t.keys[th.name+" problem"] = t.w.As(pick(t.rng, []string{c.pm, "priya"})).Create(d)
		})
	}
	t.at(t.about(opened, 1), func() { t.openEpic(c, th) })
	for n, title := range th.features {
		t.piece(c, c.feature, title, th.name, first+n/2)
	}
	for n, title := range th.tasks {
		t.piece(c, c.task, title, th.name, first+n)
	}
	for n, title := range th.bugs {
		t.piece(c, c.bug, title, "", first+n)
	}
}

// openEpic creates the epic and links what it is for.
func (t *Teller) openEpic(c *crew, th theme) {
	pm := t.w.As(c.pm)
	d := Draft{Space: c.space, Type: TypeEpic, Title: th.epic, Assignee: c.engineers[len(th.epic)%len(c.engineers)]}
	if c.linear {
		d.Type, d.Container = TypeProject, t.keys["growth goal"]
		d.Status = c.states.doing
	}
	key := pm.Create(d)
	t.keys[th.name] = key
	if !th.without && !c.linear {
		pm.Link(key, c.solves, t.key(th.name+" problem"))
	}
	if !c.linear {
		pm.Move(key, c.states.doing)
	}
}

// piece plans one ticket from its creation to the end of its sprint.
func (t *Teller) piece(c *crew, kind Draft, title, theme string, sprint int) {
	who := pick(t.rng, c.engineers)
	by := c.pm
	if kind.Type != c.feature.Type || slices.Contains(kind.Labels, "bug") || slices.Contains(kind.Labels, "chore") {
		by = pick(t.rng, append([]string{c.pm, "priya"}, c.engineers...))
	}
	start := c.starts[min(sprint, len(c.starts))-1]
	created := t.about(start.AddDate(0, 0, -6-t.rng.IntN(12)), 0)
	points := pick(t.rng, []float64{1, 2, 2, 3, 3, 3, 5, 5, 8})
	name := c.space + " " + title
	t.at(created, func() { t.create(c, kind, name, title, theme, by) })
	t.talk(c, name, created, 0, 4)
	t.refine(c, name, start, sprint, points)
	t.flow(c, name, who, start.AddDate(0, 0, t.rng.IntN(6)), sprint)
}

// create makes the ticket below its theme. A Linear feature carries its own
// link to the problem, since projects there have no relations to issues.
func (t *Teller) create(c *crew, kind Draft, name, title, theme, by string) {
	d := like(kind, Draft{Title: title, Description: t.describe(title)})
	if theme != "" && c.linear {
		d.Container = t.key(theme)
	} else if theme != "" {
		d.Parent = t.key(theme)
	}
	t.keys[name] = t.w.As(by).Create(d)
	if p := t.key(theme + " problem"); c.linear && p != "" && slices.Contains(d.Labels, "feature") {
		t.w.As(by).Link(t.keys[name], c.solves, p)
	}
}

// refine estimates the ticket and puts it into its sprint, on the Friday before.
func (t *Teller) refine(c *crew, name string, start time.Time, sprint int, points float64) {
	friday := start.AddDate(0, 0, -(int(start.Weekday())+2)%7)
	when := time.Date(friday.Year(), friday.Month(), friday.Day(), 13, 30, 0, 0, t.zone).Add(time.Duration(t.rng.IntN(5400)) * time.Second)
	t.at(when, func() {
		em := t.w.As(c.em(when))
		em.Together(t.key(name), func(a Actor) {
			a.Estimate(t.key(name), points)
			a.Plan(t.key(name), c.sprints[min(sprint, len(c.sprints))-1])
			a.Move(t.key(name), c.states.todo)
		})
	})
}

// flow takes the ticket through the workflow. Some are taken over by a
// colleague, some wait in review, in the last sprint many are still under way.
func (t *Teller) flow(c *crew, name, who string, start time.Time, sprint int) {
	begun := t.about(start, 0)
	review := t.about(begun, 1+t.rng.IntN(3))
	done := t.about(review, 1+t.rng.IntN(2))
	closer := who
	if t.rng.IntN(4) == 0 {
		closer = "deploybot"
	}
	t.at(begun.Add(-4*time.Minute), func() {
		by := who
		if t.rng.IntN(3) == 0 {
			by = c.em(begun)
		}
		t.w.As(by).Assign(t.key(name), who)
	})
	t.at(begun, func() { t.w.As(who).Move(t.key(name), c.states.doing) })
	t.talk(c, name, begun, 1, 3)
	t.at(review.Add(-20*time.Minute), func() { t.w.As("deploybot").RemoteLink(t.key(name), "Pull request for "+t.key(name)) })
	t.at(review, func() { t.w.As(who).Move(t.key(name), c.states.review) })
	if t.rng.IntN(5) == 0 {
		t.at(review.Add(3*time.Hour), func() { t.w.As(pick(t.rng, c.engineers)).Move(t.key(name), c.states.doing) })
		t.at(review.Add(26*time.Hour), func() { t.w.As(who).Move(t.key(name), c.states.review) })
		done = done.AddDate(0, 0, 2)
	}
	if sprint >= len(c.starts)-1 && t.rng.IntN(3) == 0 {
		return // still in review
	}
	t.at(done, func() { t.w.As(closer).Move(t.key(name), c.states.done) })
}

// sprintsOf plans the sprints: created ahead, started and completed, what is
// left over carried on into the next.
func (t *Teller) sprintsOf(c *crew, first time.Time, names []string, goals map[int]string) {
	for n, name := range names {
		start := first.AddDate(0, 0, 14*n)
		goal := goals[n+1]
		s := t.w.AddSprint(c.space, name, goal, start, start.AddDate(0, 0, 14))
		c.sprints, c.starts = append(c.sprints, s), append(c.starts, start)
		t.at(start, func() { t.w.StartSprint(s) })
		end := start.AddDate(0, 0, 14).Add(-15 * time.Minute)
		t.at(end, func() { t.w.CompleteSprint(s) })
		if n+1 < len(names) {
			t.at(end.Add(5*time.Minute), func() { t.carryOver(c, s, c.sprints[n+1]) })
		}
	}
}

func (t *Teller) carryOver(c *crew, from, to *Sprint) {
	em := t.w.As(c.em(t.w.Now()))
	for _, i := range t.w.Issues(c.space) {
		if len(i.Sprints) > 0 && i.cycle() == from && !i.Status.Category.Ended() {
			em.Plan(i.Key, to)
		}
	}
}

// running is work of the last sprint that is still under way at the end: a
// feature of the theme, or without one a task.
type running struct{ theme, title string }

func (t *Teller) running(c *crew, work []running) {
	for n, r := range work {
		kind, name := c.feature, c.space+" "+r.title
		if r.theme == "" {
			kind = c.task
		}
		start, who := c.starts[5], c.engineers[n%len(c.engineers)]
		created := t.about(start.AddDate(0, 0, -8-t.rng.IntN(9)), 0)
		t.at(created, func() { t.create(c, kind, name, r.title, r.theme, c.pm) })
		t.refine(c, name, start, 6, pick(t.rng, []float64{2, 3, 5}))
		begun := t.about(start, n%9)
		t.at(begun.Add(-3*time.Minute), func() { t.w.As(who).Assign(t.key(name), who) })
		t.at(begun, func() { t.w.As(who).Move(t.key(name), c.states.doing) })
		t.talk(c, name, begun, 0, 2)
		if n%3 == 1 {
			t.at(t.about(begun, 3), func() { t.w.As(who).Move(t.key(name), c.states.review) })
		}
	}
}

// gap is a feature without a problem behind it, and what becomes of it.
type gap struct {
	title  string
	week   int // when it came into the sprint
	day    time.Weekday
	until  int // week in which the gap closes; 0: still open at the end
	closed string
	who    string
	sprint int // planned into this sprint
}

// How a gap closes.
const (
	byLink    = "a problem is linked"
	bySection = "two sentences about the problem are written"
	byNeed    = "a customer's request is attached"
	byDrop    = "it is not done after all"
	byDone    = "it is finished"
)

// gap plans a feature that begins without a problem.
func (t *Teller) gap(c *crew, g gap) {
	name := "gap " + g.title
	came := t.about(t.on(g.week, g.day, 0, 0), 0)
	t.at(t.about(came.AddDate(0, 0, -8), 0), func() {
		t.keys[name] = t.w.As(c.pm).Create(like(c.feature, Draft{Title: g.title, Description: t.brief()}))
	})
	t.at(came, func() {
		t.w.As(c.pm).Together(t.key(name), func(a Actor) {
			a.Plan(t.key(name), c.sprints[g.sprint-1])
			a.Move(t.key(name), c.states.todo)
		})
		t.w.As(c.em(came)).Assign(t.key(name), g.who)
	})
	started := t.about(came, 1)
	t.at(started, func() { t.w.As(g.who).Move(t.key(name), c.states.doing) })
	t.talk(c, name, started, 1, 2)
	if g.until > 0 {
		t.closeGap(c, name, g)
	}
}

func (t *Teller) closeGap(c *crew, name string, g gap) {
	day := time.Weekday(1 + t.rng.IntN(4))
	when := t.about(t.on(g.until, day, 0, 0), 0)
	t.at(when, func() {
		pm := t.w.As(c.pm)
		switch g.closed {
		case byLink:
			pm.Link(t.key(name), c.solves, t.key(pick(t.rng, t.problemsOf(c))))
		case bySection:
			pm.Describe(t.key(name), t.problemSection(c))
		case byNeed:
			pm.Need(t.key(name), pick(t.rng, []string{"Hollis & Byrne", "Nordlicht Optik", "Casa Verde"}), "We asked for this in the spring review.")
		case byDrop:
			pm.Move(t.key(name), c.states.dropped)
		case byDone:
			t.w.As(g.who).Move(t.key(name), c.states.done)
		}
	})
	if g.closed == byLink || g.closed == bySection || g.closed == byNeed {
		finished := t.about(when, 3+t.rng.IntN(4))
		t.at(finished, func() { t.w.As(g.who).Move(t.key(name), c.states.done) })
	}
}

// problemsOf lists the names of the team's problems that exist by now.
func (t *Teller) problemsOf(c *crew) []string {
	var out []string
	for name, key := range t.keys {
		if i, ok := t.w.Issue(key); ok && i.Space.Key == c.space && len(name) > 8 && name[len(name)-8:] == " problem" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
