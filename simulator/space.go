package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Category is what a status means, in Linear's words. Jira knows three of
// them: backlog, triage and unstarted are its "new", completed, canceled and
// duplicate its "done".
type Category string

// The categories.
const (
	Triage     Category = "triage"
	Backlog    Category = "backlog"
	Unstarted  Category = "unstarted"
	InProgress Category = "started"
	Completed  Category = "completed"
	Canceled   Category = "canceled"
	Duplicate  Category = "duplicate"
)

// Ended says that no more work is expected.
func (c Category) Ended() bool { return c == Completed || c == Canceled || c == Duplicate }

// State is one step of a space's workflow.
type State struct {
	Name     string
	Category Category

	number int
}

// Space is what issues are numbered in: a Jira project or a Linear team.
type Space struct {
	Key      string
	Name     string
	Lead     string // handle
	Statuses []State
	TimeZone string // of a Linear team; empty: Etc/UTC

	number   int
	created  time.Time
	issued   int // how many issues were ever created in it
	boards   []*Board
	sprints  []*Sprint
	versions []*Version
}

// ScrumStatuses is a usual Jira workflow.
func ScrumStatuses() []State {
	return []State{
		{Name: "Backlog", Category: Backlog}, {Name: "Selected for Development", Category: Unstarted},
		{Name: "In Progress", Category: InProgress}, {Name: "In Review", Category: InProgress},
		{Name: "Done", Category: Completed}, {Name: "Won't Do", Category: Canceled},
	}
}

// LinearStatuses is the workflow Linear gives a new team.
func LinearStatuses() []State {
	return []State{
		{Name: "Triage", Category: Triage}, {Name: "Backlog", Category: Backlog}, {Name: "Todo", Category: Unstarted},
		{Name: "In Progress", Category: InProgress}, {Name: "In Review", Category: InProgress},
		{Name: "Done", Category: Completed}, {Name: "Canceled", Category: Canceled}, {Name: "Duplicate", Category: Duplicate},
	}
}

// AddSpace makes a project or team; without statuses it gets the Scrum ones.
func (w *World) AddSpace(s Space) *Space {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, taken := w.space(s.Key); taken || s.Key == "" {
		panic(fmt.Sprintf("simulator: space %q has no key or it is taken", s.Key))
	}
	if len(s.Statuses) == 0 {
		s.Statuses = ScrumStatuses()
	}
	s.Statuses = slices.Clone(s.Statuses)
	for i := range s.Statuses {
		s.Statuses[i].number = w.id()
	}
	s.number, s.created = w.id(), w.now
	w.spaces = append(w.spaces, &s)
	return &s
}

// UUID is the Linear id of the team.
func (s *Space) UUID() string { return uuid("team", s.Key) }

func (s *Space) status(name string) *State {
	for i := range s.Statuses {
		if s.Statuses[i].Name == name {
			return &s.Statuses[i]
		}
	}
	panic(fmt.Sprintf("simulator: %s has no status %q", s.Key, name))
}

// Board is a Jira board over a space.
type Board struct {
	Name   string
	Kanban bool
	Space  *Space

	number int
}

// AddBoard gives the space a board. Scrum boards hold sprints; a kanban board
// refuses to be asked for them.
func (w *World) AddBoard(space, name string, kanban bool) *Board {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.mustSpace(space)
	b := &Board{Name: name, Kanban: kanban, Space: s, number: w.id()}
	s.boards = append(s.boards, b)
	return b
}

// ID is the board's number.
func (b *Board) ID() int { return b.number }

// Sprint is a Jira sprint or a Linear cycle.
type Sprint struct {
	Name  string
	Goal  string // a cycle's description
	Start time.Time
	End   time.Time
	Space *Space

	number    int
	ordinal   int // 1 for the first of its space
	created   time.Time
	updated   time.Time
	started   time.Time // when somebody pressed start; zero: not yet
	completed time.Time
}

// AddSprint plans a sprint or cycle. In a space with boards it belongs to the
// first scrum board. A Linear cycle starts and completes by itself; a Jira
// sprint waits for StartSprint and CompleteSprint.
func (w *World) AddSprint(space, name, goal string, start, end time.Time) *Sprint {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.mustSpace(space)
	sp := &Sprint{
		Name: name, Goal: goal, Start: start.UTC(), End: end.UTC(), Space: s,
		number: w.id(), ordinal: len(s.sprints) + 1, created: w.now, updated: w.now,
	}
	s.sprints = append(s.sprints, sp)
	return sp
}

// SetGoal writes the goal of a sprint, which no tracker keeps a history of.
func (w *World) SetGoal(s *Sprint, goal string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s.Goal, s.updated = goal, w.now
}

// StartSprint starts a Jira sprint now; what was planned as its start is
// replaced by the moment it began.
func (w *World) StartSprint(s *Sprint) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s.started, s.Start, s.updated = w.now, w.now, w.now
}

// CompleteSprint ends a sprint or cycle now.
func (w *World) CompleteSprint(s *Sprint) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s.completed, s.updated = w.now, w.now
}

// ID is the sprint's number in Jira.
func (s *Sprint) ID() string { return strconv.Itoa(s.number) }

// UUID is the cycle's id in Linear.
func (s *Sprint) UUID() string { return uuid("cycle", s.Space.Key, s.number) }

// state is closed, active or future, as Jira says it.
func (s *Sprint) state() string {
	switch {
	case !s.completed.IsZero():
		return "closed"
	case !s.started.IsZero():
		return "active"
	}
	return "future"
}

func (s *Space) board() *Board {
	for _, b := range s.boards {
		if !b.Kanban {
			return b
		}
	}
	return nil
}

func (w *World) mustSpace(key string) *Space {
	s, ok := w.space(key)
	if !ok {
		panic(fmt.Sprintf("simulator: there is no space %q", key))
	}
	return s
}
