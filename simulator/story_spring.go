package simulator

import "time"

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
}

// before tells a team's spring, where it is to be told. It draws dice of its own,
// and is over when the story begins: nothing of it is left under way.
func (t *Teller) before(of *crew, s *spring) {
	if t.spring == nil {
		return
	}
	of.since = t.on(beforeTheStory, time.Monday, 0, 0)
	story := t.rng
	t.rng = t.spring
	defer func() { t.rng = story }()
	c := *of
	c.goal, c.part, c.rare, c.since = c.space+" spring goal", "", nil, time.Time{}
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
	t.clearTable(&c, t.on(0, time.Friday, 15, 0))
}

// aim founds what the spring's work leads to, a month after it began.
func (t *Teller) aim(c *crew, d Draft) {
	founded := t.on(firstSpringWeek-1, time.Wednesday, 9, 0)
	d.Space, d.Status, d.Assignee, d.Due = c.space, c.states.doing, c.pm, t.date(2, time.Wednesday)
	t.at(founded, func() { t.keys[c.goal] = t.w.As(c.pm).Create(d) })
	t.says(founded.Add(5*time.Hour), c.em(founded), c.goal, "Read with the team. The first half is ours, the second needs the others.")
	t.news(c, c.goal, c.pm, founded, t.on(0, time.Friday, 0, 0))
}

// clearTable ends what is left of the spring before the summer is over.
func (t *Teller) clearTable(c *crew, when time.Time) {
	t.at(when, func() {
		em := t.w.As(c.em(when))
		for _, i := range t.w.Issues(c.space) {
			if i.Status.Category != InProgress || i.Created.After(t.on(-2, time.Monday, 0, 0)) {
				continue
			}
			em.Together(i.Key, func(a Actor) { a.Move(i.Key, c.states.done) })
			em.Comment(i.Key, "Went through it together before autumn begins: this is done, the rest was never needed.")
		}
	})
}
