package ticket

import (
	"fmt"
	"time"
)

// Kind is what a ticket is, after mapping the tracker's types and labels.
type Kind string

// The kinds. A ticket whose type is not mapped is a Task.
const (
	Feature    Kind = "feature"
	Bug        Kind = "bug"
	Task       Kind = "task"
	Problem    Kind = "problem"
	Goal       Kind = "goal"      // an initiative, an objective
	Container  Kind = "container" // an epic, a project
	ActionItem Kind = "action-item"
)

// Kinds lists every kind, in the order documents show them.
func Kinds() []Kind {
	return []Kind{Feature, Bug, Task, Problem, Goal, Container, ActionItem}
}

// Category is what a status means.
type Category string

// The categories, in the order work passes through them.
const (
	Backlog   Category = "backlog"   // nobody has promised it
	Todo      Category = "todo"      // planned, not begun
	Started   Category = "started"   // being worked on
	Done      Category = "done"      // finished as meant
	Cancelled Category = "cancelled" // ended without being done
)

// Categories lists every category, in the order work passes through them.
func Categories() []Category { return []Category{Backlog, Todo, Started, Done, Cancelled} }

// Ended says that no more work is expected.
func (c Category) Ended() bool { return c == Done || c == Cancelled }

// Priority is what a priority means.
type Priority string

// The priorities, most pressing first.
const (
	Urgent     Priority = "urgent"
	High       Priority = "high"
	Medium     Priority = "medium"
	Low        Priority = "low"
	NoPriority Priority = "none"
)

// Priorities lists every priority, most pressing first.
func Priorities() []Priority { return []Priority{Urgent, High, Medium, Low, NoPriority} }

// LinkKind is what a relation means, read from the ticket that carries it.
type LinkKind string

// The kinds of link. OtherLink is one whose phrase no mapping names.
const (
	Relates       LinkKind = "relates"
	Blocks        LinkKind = "blocks"
	BlockedBy     LinkKind = "blocked-by"
	Duplicates    LinkKind = "duplicates"
	DuplicatedBy  LinkKind = "duplicated-by"
	Clones        LinkKind = "clones"
	ClonedBy      LinkKind = "cloned-by"
	Causes        LinkKind = "causes"
	CausedBy      LinkKind = "caused-by"
	Solves        LinkKind = "solves"
	SolvedBy      LinkKind = "solved-by"
	Implements    LinkKind = "implements"
	ImplementedBy LinkKind = "implemented-by"
	OtherLink     LinkKind = "other"
)

// LinkKinds lists every kind of link.
func LinkKinds() []LinkKind {
	return []LinkKind{
		Relates, Blocks, BlockedBy, Duplicates, DuplicatedBy, Clones, ClonedBy,
		Causes, CausedBy, Solves, SolvedBy, Implements, ImplementedBy, OtherLink,
	}
}

// Date is a calendar day without a zone, as trackers keep due dates: written
// 2006-01-02, empty for none. Dates compare and sort as text.
type Date string

// ParseDate reads 2006-01-02; an empty text is no date.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return "", nil
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", fmt.Errorf("%q is not a date like 2026-01-31", s)
	}
	return Date(s), nil
}

// In is the beginning of the day in loc; the zero time for no date.
func (d Date) In(loc *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), loc)
	if err != nil {
		return time.Time{}
	}
	return t
}
