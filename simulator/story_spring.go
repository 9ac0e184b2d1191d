package simulator

import (
	"fmt"
	"time"
)

// spring is what a team did in the fourteen weeks before the story: a bumpy start,
// a release that everybody hurried for, and a quiet summer.
type spring struct {
	sprint string // how its sprints are called, before their number
	first  int    // number of the first one
	hour   int    // when they begin
	day    time.Weekday
	goals  []string // of its sprints, in their order; empty: none is written
	aim    Draft    // what most of the work led to
	themes []theme
	gaps   []gap
	told   []episode
	also   func(*Teller, *crew) // what only this team did; may be nil
	// keeps are chores with a name for each of what they are done to: quiet work
	// that is always there.
	beside bool   // whether its chores go on beside the sprints through the story as well
	upkeep string // the epic above them
	keeps  []string
	of     []string
}

// before tells a team's spring, where it is to be told. It draws dice of its own,
// and is over when the story begins: nothing of it is left under way.
func (t *Teller) before(of *crew, s *spring) {
	if t.spring == nil {
		return
	}
	of.turn = t.on(beforeTheStory, time.Monday, 0, 0)
	story := t.rng
	t.rng = t.spring
	defer func() { t.rng = story }()
	c := *of
	c.goal, c.part, c.rare, c.spring = c.space+" spring goal", "", nil, true
	names, goals := make([]string, len(s.goals)), map[int]string{}
	for n, goal := range s.goals {
		if goals[n+1] = goal; s.sprint != "" {
			names[n] = s.sprint + " " + itoa(s.first+n)
		}
	}
	t.sprintsOf(&c, t.on(firstSpringWeek, s.day, s.hour, 0), names, goals)
	t.aim(&c, s.aim)
	for _, th := range s.themes {
		t.theme(&c, th)
	}
	for _, g := range s.gaps {
		t.gap(&c, g)
	}
	for _, e := range s.told {
		t.episode(&c, e)
	}
	if s.also != nil {
		s.also(t, &c)
	}
	t.keep(&c, s)
	if s.beside {
		t.beside(&c)
	}
	t.clearTable(&c, t.on(0, time.Friday, 15, 0))
}

// aim founds what the spring's work leads to.
func (t *Teller) aim(c *crew, d Draft) {
	founded := t.on(firstSpringWeek, time.Monday, 9, 0)
	d.Space, d.Status, d.Assignee = c.space, c.states.doing, c.pm
	t.at(founded, func() { t.keys[c.goal] = t.w.As(c.pm).Create(d) })
	t.says(founded.Add(5*time.Hour), c.em(founded), c.goal, "Read with the team. The first half is ours, the second needs the others.")
	t.news(c, c.goal, c.pm, founded, t.on(0, time.Friday, 0, 0))
}

// keep plans the chores: two begin in each sprint and take most of it.
func (t *Teller) keep(c *crew, s *spring) {
	epic := c.space + " spring upkeep"
	known := t.on(firstSpringWeek, time.Monday, 9, 30)
	t.at(known, func() {
		d := Draft{Space: c.space, Type: TypeEpic, Title: s.upkeep, Assignee: c.engineers[0], Status: c.states.backlog, Parent: t.key(c.goal)}
		if c.linear {
			d.Type, d.Container, d.Parent = TypeProject, d.Parent, ""
		}
		t.keys[epic] = t.w.As(c.pm).Create(d)
		t.w.As(c.engineers[0]).Move(t.key(epic), c.states.doing)
	})
	t.news(c, epic, c.engineers[0], known, t.on(0, time.Friday, 0, 0))
	n := 0
	for _, chore := range s.keeps {
		for _, of := range s.of {
			sprint := n/2 + 1
			if sprint > len(c.starts) {
				return
			}
			name, start, who := fmt.Sprintf(chore, of), c.starts[sprint-1], c.engineers[(n+2)%len(c.engineers)]
			t.at(t.about(t.planning(start).AddDate(0, 0, -2), 0), func() {
				d := like(c.task, Draft{Title: name, Description: t.brief(), Parent: t.key(epic)})
				if c.linear {
					d.Container, d.Parent = d.Parent, ""
				}
				t.keys[name] = t.w.As(who).Create(d)
			})
			t.refine(c, name, start, sprint, 3)
			begun := t.about(start, n%4)
			t.at(begun.Add(-6*time.Minute), func() { t.w.As(who).Assign(t.key(name), who) })
			t.at(begun, func() { t.w.As(who).Move(t.key(name), c.states.doing) })
			t.talk(c, name, begun, 0, 2)
			t.at(t.about(begun, 5+n%3), func() { t.w.As(who).Move(t.key(name), c.states.done) })
			n++
		}
	}
}

// clearTable ends what is left of the spring before the summer is over.
func (t *Teller) clearTable(c *crew, when time.Time) {
	t.at(when, func() {
		em := t.w.As(c.em(when))
		for _, i := range t.w.Issues(c.space) {
			if i.Status.Category != InProgress || i.Created.After(t.on(-2, time.Monday, 0, 0)) || c.beside != nil && i.cycle() == c.beside {
				continue
			}
			em.Together(i.Key, func(a Actor) { a.Move(i.Key, c.states.done) })
			em.Comment(i.Key, "Went through it together before autumn begins: this is done, the rest was never needed.")
		}
	})
}
