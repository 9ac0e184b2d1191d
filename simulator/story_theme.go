package simulator

import (
	"cmp"
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
	// problem behind this epic.
	without bool
	aimless bool   // the epic stands below no goal
	goal    string // name of the one it stands below; empty: the crew's
	early   bool   // it counts as under way from the day it was opened
	lead    string // who leads it; empty: one of the engineers
	opened  int    // week in which it was opened; 0: before the story
	first   int    // sprint in which its work begins
	last    int    // sprint after which it is closed; 0: it goes on
	quiet   int    // week from which on its lead writes nothing; 0: always writes
}

// beforeTheStory is the week in which most themes were opened.
const beforeTheStory = -2

// theme plans a body of work over the sprints from its first on.
func (t *Teller) theme(c *crew, th theme) {
	th.lead = cmp.Or(th.lead, c.engineers[len(th.epic)%len(c.engineers)])
	opened := t.about(t.on(cmp.Or(th.opened, beforeTheStory), time.Monday, 0, 0), t.rng.IntN(3))
	if !th.without {
		t.at(opened, func() {
			d := like(c.problem, Draft{Title: th.problem, Description: th.why})
			t.keys[th.name+" problem"] = t.w.As(pick(t.rng, []string{c.pm, "priya"})).Create(d)
		})
	}
	known := t.about(opened, 1)
	t.at(known, func() { t.openEpic(c, th) })
	t.lead(c, th, known)
	for n, title := range th.features {
		t.piece(c, c.feature, title, th.name, th.first+n/2)
	}
	for n, title := range th.tasks {
		t.piece(c, c.task, title, th.name, th.first+n)
	}
	for n, title := range th.bugs {
		t.piece(c, c.bug, title, "", th.first+n)
	}
}

// openEpic creates the epic and links what it is for.
func (t *Teller) openEpic(c *crew, th theme) {
	pm := t.w.As(c.pm)
	d := Draft{Space: c.space, Type: TypeEpic, Title: th.epic, Assignee: th.lead, Status: c.states.backlog}
	goal := t.key(cmp.Or(th.goal, c.goal))
	if th.aimless {
		goal = ""
	}
	if c.linear {
		d.Type, d.Container = TypeProject, goal
	} else {
		d.Parent = goal
	}
	key := pm.Create(d)
	t.keys[th.name] = key
	if !th.without && !c.linear {
		pm.Link(key, c.solves, t.key(th.name+" problem"))
	}
}

// lead plans what the lead of the epic does: begins it with its first sprint,
// writes every so often where it stands, and closes it once all of it is done.
func (t *Teller) lead(c *crew, th theme, known time.Time) {
	begun := c.starts[th.first-1].Add(75 * time.Minute)
	if th.early {
		begun = known.Add(time.Minute)
	}
	t.at(begun, func() { t.w.As(th.lead).Move(t.key(th.name), c.states.doing) })
	until := t.end
	if th.quiet > 0 {
		until = t.on(th.quiet, time.Monday, 0, 0)
	}
	t.news(c, th.name, th.lead, begun, until)
	if th.last == 0 {
		return
	}
	for day := range 14 {
		t.at(c.starts[th.last].AddDate(0, 0, day).Add(3*time.Hour), func() {
			if i, _ := t.w.Issue(t.key(th.name)); !i.Status.Category.Ended() && t.allDone(c, i) {
				t.w.As(th.lead).Move(i.Key, c.states.done)
			}
		})
	}
}

// allDone reports whether nothing is left to do below the epic.
func (t *Teller) allDone(c *crew, epic *Issue) bool {
	return !slices.ContainsFunc(t.w.Issues(c.space), func(i *Issue) bool {
		return (i.Parent == epic || i.Container == epic) && !i.Status.Category.Ended()
	})
}

var standings = []string{
	"Where we are: the first part is live, the second is in review. Nothing blocks us.",
	"Learned this week: most cases are simpler than the two we had in mind. We cut the rest.",
	"Next: half of the customers on Tuesday, then we look at the figures together.",
	"A day behind because of a long review. It changes no date, and @{pm} knows.",
	"The figures look right so far. A comparison follows once two whole weeks are in.",
	"One open question, and it is with legal. Everything else goes on as planned.",
}

// news plans what somebody writes about an epic, project or initiative while it
// is under way: a comment, or what Linear calls an update, every eight working
// days or so.
func (t *Teller) news(c *crew, name, who string, from, until time.Time) {
	for when := t.about(from, 5); when.Before(until); when = t.about(when, 8) {
		text := t.said(c, standings)
		t.at(when, func() {
			switch i, _ := t.w.Issue(t.key(name)); {
			case i.Status.Category != InProgress:
			case c.linear:
				t.w.As(who).Report(i.Key, "onTrack", text)
			default:
				t.w.As(who).Comment(i.Key, text)
			}
		})
	}
}
