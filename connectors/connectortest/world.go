package connectortest

import (
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/simulator"
)

const otherSpace = "SIDE"

// populated is the world of the suite: 24 tickets in the space that is read, a
// few in one that is not. Their names tell what is special about them.
func populated() *simulator.World {
	w := simulator.NewWorld(began)
	people(w)
	for _, key := range []string{space, otherSpace} {
		w.AddSpace(simulator.Space{Key: key, Name: key, Lead: "lee", Statuses: simulator.LinearStatuses()})
		w.AddBoard(key, key+" board", false)
		w.AddBoard(key, key+" support", true)
	}
	w.AddSprint(space, "Sprint 1, the first", "", began, began.Add(14*24*time.Hour))
	plain(w, 16)
	special(w)
	for n := range 3 {
		w.As("sam").Create(simulator.Draft{Space: otherSpace, Title: fmt.Sprintf("Elsewhere %d", n)})
	}
	w.Advance(time.Hour)
	return w
}

func people(w *simulator.World) {
	for _, p := range []simulator.Person{
		{Handle: "reader", Name: "Reader", Email: user, TimeZone: "Europe/Berlin"},
		{Handle: "lee", Name: "Lee Park", Email: "lee@acme.example"},
		{Handle: "mina", Name: "Mina Osei", Email: "mina@acme.example", Hidden: true},
		{Handle: "sam", Name: "Sam Holt", Email: "sam@acme.example", TimeZone: "Asia/Kathmandu"},
		{Handle: "gone", Name: "Gone Person", Email: "gone@acme.example"},
		{Handle: "botty", Name: "Deploy Bot", Bot: true},
	} {
		w.AddPerson(p)
	}
}

// plain makes tickets with a usual life, a minute between the edits.
func plain(w *simulator.World, n int) {
	for i := range n {
		step := func() { w.Advance(61 * time.Second) }
		key := w.As("sam").Create(simulator.Draft{
			Space: space, Type: simulator.TypeStory, Title: fmt.Sprintf("Plain %d", i), Assignee: "lee", Labels: []string{"old"},
			Priority: simulator.Medium,
		})
		step()
		w.As("lee").Move(key, "Todo")
		step()
		w.As("lee").Assign(key, "mina")
		step()
		w.As("mina").Together(key, func(a simulator.Actor) { a.Move(key, "In Progress"); a.Estimate(key, float64(i+1)) })
		step()
		w.As("mina").Label(key, "new", "old")
		w.As("sam").Comment(key, "What about @lee and the second case?")
		step()
		if i%2 == 0 {
			w.As("botty").Move(key, "Done")
		}
	}
}

// special makes one ticket for each thing that goes wrong elsewhere.
func special(w *simulator.World) {
	sprint := w.AddSprint(space, sprintName, "Refunds under a minute", began.Add(24*time.Hour), began.Add(15*24*time.Hour))
	w.StartSprint(sprint)

	busy := w.As("sam").Create(simulator.Draft{Space: space, Title: "Busy"})
	for i := range 47 { // more than any tracker tells within a search
		w.Advance(17 * time.Second)
		w.As("mina").Estimate(busy, float64(i%7+1))
	}
	chatty := w.As("sam").Create(simulator.Draft{Space: space, Title: "Chatty"})
	for i := range 23 {
		w.Advance(5 * time.Second)
		w.As([]string{"mina", "lee"}[i%2]).Comment(chatty, fmt.Sprintf("Remark %d", i))
	}
	orphan := w.As("").Create(simulator.Draft{Space: space, Title: "No creator", Assignee: "gone"})
	w.Advance(time.Minute)
	w.As("").Move(orphan, "In Progress")
	w.As("gone").Assign(orphan, "mina")
	w.As("gone").Comment(orphan, "I hand this over.")
	w.DeleteAccount("gone")

	parent := w.As("sam").Create(simulator.Draft{Space: space, Type: simulator.TypeStory, Title: "Parent", Sprint: sprint, Due: "2026-05-01"})
	child := w.As("sam").Create(simulator.Draft{Space: space, Type: simulator.TypeSubTask, Title: "Child", Parent: parent})
	w.Advance(time.Minute)
	w.As("lee").Link(child, "is blocked by", busy)
	w.As("lee").Link(parent, "solves", chatty)
	w.As("lee").Due(parent, "2026-06-01")
	w.As("lee").Plan(child, sprint)
	w.Advance(time.Minute)
	w.As("lee").Prioritise(child, simulator.Urgent)
	w.As("lee").Rename(child, hostile)
	w.As("lee").Create(simulator.Draft{Space: space, Title: "Mentions", Description: "As @mina and @sam said."})
}

// sprintName is one that breaks whoever cuts Data Center's text at commas.
const sprintName = "Sprint 2, state=CLOSED,goal=[none]"

// hostile is a title that is markup in several places at once.
const hostile = "Child <script>alert(1)</script> \u202ednuof *bold* <!channel> \" ' \\ & 100%s"
