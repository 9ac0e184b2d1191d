package simulator

import (
	"fmt"
	"math/rand/v2"
	"time"
)

var bulkWords = []string{
	"export", "refund", "ledger", "invoice", "signup", "search", "report", "payment", "webhook", "import", "login", "schedule",
}

// issue computes the n-th issue whole.
func (b *bulk) issue(n int) *Issue {
	i := b.head(n)
	m := maker{bulk: b, n: n, rng: rand.New(rand.NewPCG(b.seed, uint64(n))), issue: i}
	m.present()
	if i.Type != TypeEpic {
		i.Parent = b.epic(n)
	}
	m.past()
	m.talk()
	i.passed(i.Updated)
	i.ended = i.Updated
	return i
}

// epic is what stands above the n-th issue, as far as it shows from below.
func (b *bulk) epic(n int) *Issue {
	n -= n % bulkEpic
	i := b.head(n)
	m := maker{bulk: b, n: n, rng: rand.New(rand.NewPCG(b.seed, uint64(n))), issue: i}
	m.present()
	return i
}

// maker makes one issue up.
type maker struct {
	*bulk
	n     int
	rng   *rand.Rand
	issue *Issue
	count int // numbers used for events and comments
}

// present says what the issue is now.
func (m *maker) present() {
	i := m.issue
	i.Type = pick(m.rng, []string{TypeStory, TypeStory, TypeTask, TypeBug})
	if m.n%bulkEpic == 0 {
		i.Type = TypeEpic
	}
	i.Title = fmt.Sprintf("%s the %s of %s %d", pick(m.rng, []string{"Improve", "Rework", "Repair", "Extend"}),
		pick(m.rng, bulkWords), pick(m.rng, bulkWords), m.n)
	i.Description = fmt.Sprintf("The %s does not say what became of the %s. We noticed when customers asked, see the notes of %s. "+
		"It should tell, and stay as fast as it is.", pick(m.rng, bulkWords), pick(m.rng, bulkWords), i.Created.Format(time.DateOnly))
	i.Priority = Priority(1 + m.rng.IntN(4))
	i.Creator, i.Assignee = m.person(), m.person()
	i.Labels = sorted([]string{pick(m.rng, bulkWords), "bulk"})
	i.Status = m.space.status("Done")
	points := float64(1 + m.rng.IntN(8))
	i.Estimate = &points
	i.Sprints = []*Sprint{m.sprint()}
	i.Watchers = []*Person{i.Creator, i.Assignee}
}

func (m *maker) person() *Person { return m.w.people[m.rng.IntN(len(m.w.people)-1)] }

// sprint is the one that ran when the issue was created.
func (m *maker) sprint() *Sprint {
	for _, s := range m.space.sprints {
		if m.issue.Created.Before(s.End) {
			return s
		}
	}
	return m.space.sprints[len(m.space.sprints)-1]
}

// past makes up how the issue became what it is, between four and eight
// entries. The last one is the moment of its last update.
func (m *maker) past() {
	i, space := m.issue, m.space
	steps := [][]Item{
		{{FieldAssignee, (*Person)(nil), i.Assignee}},
		{{FieldSprint, []*Sprint(nil), i.Sprints}, {FieldEstimate, (*float64)(nil), i.Estimate}},
	}
	if m.rng.IntN(2) == 0 {
		steps = append(steps, []Item{{FieldLabels, []string{"bulk"}, i.Labels}})
	}
	at := space.status("Backlog")
	for _, name := range m.way() {
		next := space.status(name)
		steps = append(steps, []Item{{FieldStatus, at, next}})
		at = next
	}
	for n, items := range steps {
		when := i.Created.Add(bulkLife * time.Duration(n+1) / time.Duration(len(steps)))
		by := i.Assignee
		if n == len(steps)-1 && m.rng.IntN(4) == 0 {
			by = m.w.people[len(m.w.people)-1]
		}
		i.History = append(i.History, &Event{At: when, By: by, Items: items, number: m.next()})
	}
	i.started = i.History[len(i.History)-2].At
}

// way is the issue's way through the workflow.
func (m *maker) way() []string {
	return pick(m.rng, [][]string{
		{"In Progress", "Done"},
		{"Todo", "In Progress", "Done"},
		{"Todo", "In Progress", "In Review", "Done"},
		{"In Progress", "In Review", "In Progress", "In Review", "Done"},
	})
}

// talk makes up none to two comments.
func (m *maker) talk() {
	i := m.issue
	for k := range m.rng.IntN(3) {
		at := i.Created.Add(bulkLife * time.Duration(k+1) / 4)
		i.Comments = append(i.Comments, &Comment{
			By: m.person(), At: at, updated: at, Issue: i, number: m.next(),
			Body: fmt.Sprintf("What about the %s? I asked @%s.", pick(m.rng, bulkWords), i.Creator.Handle),
		})
	}
}

// next is a number nothing else in the world has.
func (m *maker) next() int {
	m.count++
	return 1_000_000_000 + m.n*bulkEvents + m.count
}
