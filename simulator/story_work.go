package simulator

import (
	"slices"
	"time"
)

// What single tickets do otherwise than their like, by title.
var (
	// unspoken are those about which nobody writes a word, whatever becomes of them.
	unspoken = titles("Pay by phone number", "Preview environments for every branch", "Keyboard shortcuts overview",
		"Colours for log levels", "Tip jar for delivery orders", "Save a basket as a template")
	// overTheWall are planned by the PM a day before anybody else sees them.
	overTheWall = titles("Instalments for orders over 200", "Share a task outside the team")
	// unplanned are begun without standing in a sprint.
	unplanned = titles("Delete test merchants in the sandbox")
	// signals are labels that say who would like it.
	signals = map[string][]string{"Badges for finished projects": {"nps"}, "Answer a comment by e-mail": {"survey"}}
)

func titles(of ...string) map[string]bool {
	out := map[string]bool{}
	for _, title := range of {
		out[title] = true
	}
	return out
}

// piece plans one ticket from its creation to the end of its sprint.
func (t *Teller) piece(c *crew, kind Draft, title, theme string, sprint int) {
	who := pick(t.rng, c.engineers)
	if expert := c.rare[title]; expert != "" {
		who, kind.Components = expert, []string{c.part}
	}
	by := c.pm
	if kind.Type != c.feature.Type || slices.Contains(kind.Labels, "bug") || slices.Contains(kind.Labels, "chore") {
		by = pick(t.rng, append([]string{c.pm, "priya"}, c.engineers...))
	}
	start := c.starts[min(sprint, len(c.starts))-1]
	created := t.about(start.AddDate(0, 0, -6-t.rng.IntN(12)), 0)
	points := pick(t.rng, []float64{2, 2, 3, 3, 3, 5, 5})
	name := c.space + " " + title
	t.at(created, func() { t.create(c, kind, name, title, theme, by) })
	t.talk(c, name, created, 0, 4)
	t.refine(c, name, start, sprint, points)
	t.flow(c, name, who, start.AddDate(0, 0, t.rng.IntN(6)), sprint)
}

// create makes the ticket below its theme. A Linear feature carries its own
// link to the problem, since projects there have no relations to issues.
func (t *Teller) create(c *crew, kind Draft, name, title, theme, by string) {
	d := like(kind, Draft{Title: title, Description: t.describe(title), Labels: signals[title]})
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

// refine estimates the ticket and puts it into its sprint.
func (t *Teller) refine(c *crew, name string, start time.Time, sprint int, points float64) {
	when := t.planning(start).Add(time.Duration(t.rng.IntN(5400)) * time.Second)
	t.at(when, func() {
		em := t.w.As(c.em(when))
		em.Together(t.key(name), func(a Actor) {
			a.Estimate(t.key(name), points)
			a.Plan(t.key(name), c.sprints[min(sprint, len(c.sprints))-1])
			a.Move(t.key(name), c.states.todo)
		})
	})
}

// planning is when a sprint is planned: on the Friday before it starts.
func (t *Teller) planning(start time.Time) time.Time {
	friday := start.AddDate(0, 0, -(int(start.Weekday())+2)%7)
	return time.Date(friday.Year(), friday.Month(), friday.Day(), 13, 30, 0, 0, t.zone)
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

// sprintsOf plans the sprints: created ahead, given a goal in the planning a few
// days before, started and completed, what is left over carried on into the next.
func (t *Teller) sprintsOf(c *crew, first time.Time, names []string, goals map[int]string) {
	for n, name := range names {
		start := first.AddDate(0, 0, 14*n)
		s := t.w.AddSprint(c.space, name, "", start, start.AddDate(0, 0, 14))
		t.at(t.planning(start).Add(2*time.Hour), func() { t.w.SetGoal(s, goals[n+1]) })
		c.sprints, c.starts = append(c.sprints, s), append(c.starts, start)
		t.at(start, func() { t.w.StartSprint(s) })
		end := start.AddDate(0, 0, 14).Add(-15 * time.Minute)
		t.at(end, func() { t.w.CompleteSprint(s) })
		if n+1 < len(names) {
			next := n + 1
			t.at(end.Add(5*time.Minute), func() { t.carryOver(c, s, c.sprints[next]) })
			told := end.Add(11 * time.Minute) // they sit together anyway
			if c.linear {
				told = later(t.about(end.Add(15*time.Minute), 0), end.Add(time.Hour)) // it ended at midnight
			}
			t.at(told, func() { t.explain(c, c.sprints[next]) })
		}
	}
}

// late plans a goal that is written down, or anew, once the sprint runs.
func (t *Teller) late(c *crew, sprint int, when time.Time, goal string) {
	t.at(when, func() { t.w.SetGoal(c.sprints[sprint-1], goal) })
}

// explain is how those concerned say why their work was carried over into the
// sprint.
func (t *Teller) explain(c *crew, s *Sprint) {
	for _, i := range t.w.Issues(c.space) {
		carried := len(i.Sprints) > 1 && i.cycle() == s && !i.Status.Category.Ended()
		if carried && i.Assignee != nil && !i.Assignee.Inactive && !unspoken[i.Title] {
			t.w.As(i.Assignee.Handle).Comment(i.Key, t.said(c, delays))
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
// feature of the theme; a task where the theme is a team's upkeep, or there is none.
type running struct{ theme, title string }

// The themes that hold what nobody outside the team sees.
const (
	paymentsUpkeep = "payments upkeep"
	growthUpkeep   = "growth upkeep"
)

func (t *Teller) running(c *crew, work []running) {
	for n, r := range work {
		kind, name := c.feature, c.space+" "+r.title
		if r.theme == "" || r.theme == paymentsUpkeep || r.theme == growthUpkeep {
			kind = c.task
		}
		start, who := c.starts[5], c.engineers[n%len(c.engineers)]
		created := t.about(start.AddDate(0, 0, -8-t.rng.IntN(9)), 0)
		t.at(created, func() { t.create(c, kind, name, r.title, r.theme, c.pm) })
		if points := pick(t.rng, []float64{2, 3, 5}); !unplanned[r.title] {
			t.refine(c, name, start, 6, points)
		}
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
	until  int // week in which the gap closes; 0: it is still open at the end
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
		t.keys[name] = t.w.As(c.pm).Create(like(c.feature, Draft{Title: g.title, Description: t.brief(), Labels: signals[g.title]}))
	})
	points := pick(t.rng, []float64{2, 3, 5})
	started := t.about(came, 1)
	refined := came
	if overTheWall[g.title] {
		started = t.about(came, 3)
		refined = started.Add(-time.Hour)
	}
	t.at(came, func() {
		t.w.As(c.pm).Together(t.key(name), func(a Actor) {
			a.Plan(t.key(name), c.sprints[g.sprint-1])
			a.Move(t.key(name), c.states.todo)
		})
	})
	t.at(refined, func() {
		t.w.As(c.em(refined)).Together(t.key(name), func(a Actor) {
			a.Estimate(t.key(name), points)
			a.Assign(t.key(name), g.who)
		})
	})
	t.at(started, func() { t.w.As(g.who).Move(t.key(name), c.states.doing) })
	if !unspoken[g.title] {
		t.talk(c, name, started, 1, 2)
	}
	if g.until != 0 {
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
			if !unspoken[g.title] {
				pm.Comment(t.key(name), t.said(c, farewells))
			}
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

// problemsOf lists the names of the team's problems that exist by now and are of its
// time.
func (t *Teller) problemsOf(c *crew) []string {
	var out []string
	for name, key := range t.keys {
		if i, ok := t.w.Issue(key); ok && i.Space.Key == c.space && i.Created.Before(c.turn) == c.spring && len(name) > 8 && name[len(name)-8:] == " problem" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
