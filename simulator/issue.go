package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Issue is one piece of work, and every epic, Linear project and initiative:
// their Type says which. Its fields hold the present; the past is in its
// history. Only an Actor changes it.
type Issue struct {
	Key         string
	Space       *Space
	Type        string // see the Type constants
	Title       string
	Description string
	Status      *State
	Priority    Priority
	Creator     *Person // nil: the tracker names nobody
	Assignee    *Person // the lead of a project, the owner of an initiative
	Parent      *Issue  // Jira: epic of a story, story of a sub-task; Linear: the issue above a sub-issue
	Container   *Issue  // Linear only: project of an issue, initiative of a project
	Labels      []string
	Components  []string
	Sprints     []*Sprint // closed ones first; Linear shows only the last
	Estimate    *float64
	Due         string // 2006-01-02
	Watchers    []*Person
	Comments    []*Comment
	Needs       []*Need
	Versions    []*Version // Jira: releases it is to be part of
	Pages       []*Page    // web pages linked to it
	Files       []*File    // Jira: files attached to it
	Milestone   *Milestone // Linear: of its project
	Members     []*Person  // Linear: of a project, beside its lead
	History     []*Event
	Created     time.Time
	Updated     time.Time

	number    int
	archived  time.Time
	started   time.Time // first time in progress
	ended     time.Time // zero while it is not
	ordinal   int       // the number in the key
	uuid      string    // the id in Linear
	integrate string    // name of the integration that created it, for Linear
	formerly  []string  // keys it had in other spaces

	milestones []*Milestone // of a Linear project
}

// The types of issue the simulator knows how to show. In Linear only TypeProject
// and TypeInitiative make a difference, all others are issues.
const (
	TypeStory      = "Story"
	TypeTask       = "Task"
	TypeBug        = "Bug"
	TypeProblem    = "Problem"
	TypeEpic       = "Epic"
	TypeSubTask    = "Sub-task"
	TypeProject    = "Project"    // Linear
	TypeInitiative = "Initiative" // Linear, and the Jira level above epics
)

// Priority is Linear's number: 0 none, 1 urgent, 2 high, 3 medium, 4 low.
type Priority int

// The priorities.
const (
	NoPriority Priority = iota
	Urgent
	High
	Medium
	Low
)

// ID is the issue's number in Jira, as text.
func (i *Issue) ID() string { return strconv.Itoa(i.number) }

// UUID is the issue's id in Linear.
func (i *Issue) UUID() string { return i.uuid }

// Archived reports whether the issue was put away.
func (i *Issue) Archived() bool { return !i.archived.IsZero() }

func (i *Issue) plain() bool { return i.Type != TypeProject && i.Type != TypeInitiative }

// cycle is the one sprint that Linear shows.
func (i *Issue) cycle() *Sprint {
	if len(i.Sprints) == 0 {
		return nil
	}
	return i.Sprints[len(i.Sprints)-1]
}

// Field names what an edit changed, independent of any tracker's words.
type Field string

// The fields that history knows.
const (
	FieldStatus      Field = "status"
	FieldAssignee    Field = "assignee"
	FieldSprint      Field = "sprint"
	FieldParent      Field = "parent"
	FieldContainer   Field = "container"
	FieldChild       Field = "child" // what Jira writes at an epic when it gains or loses a child
	FieldLabels      Field = "labels"
	FieldComponents  Field = "components"
	FieldLink        Field = "link"
	FieldEstimate    Field = "estimate"
	FieldDue         Field = "due"
	FieldPriority    Field = "priority"
	FieldType        Field = "type"
	FieldTitle       Field = "title"
	FieldDescription Field = "description"
	FieldArchived    Field = "archived"
	FieldRemoteLink  Field = "remote link"
	FieldVersions    Field = "versions"
	FieldFiles       Field = "files"
	FieldMilestone   Field = "milestone"
	FieldSpace       Field = "space" // the project or team it is numbered in
)

// Event is one entry of an issue's history: what one person changed in one go.
type Event struct {
	At    time.Time
	By    *Person // nil: the tracker names nobody
	Items []Item

	number int
}

// Item is one changed field. From and To hold the whole value before and after,
// except for links, where they hold what went and what came.
type Item struct {
	Field    Field
	From, To any
}

// Comment is one comment. Body mentions people as "@handle", which each
// tracker's dialect writes its own way.
type Comment struct {
	By      *Person
	At      time.Time
	Body    string
	Issue   *Issue
	number  int
	updated time.Time
	health  string // of a project update; empty: on track

	// Mentioned are those whom a comment that came through a protocol mentions:
	// they were told of it.
	Mentioned []*Person
	// written says that Body came through a protocol, in that one's own markup.
	written    bool
	id         string            // the id that the client gave, in Linear
	properties []commentProperty // in Jira
}

// commentProperty is something that a program keeps beside a comment.
type commentProperty struct {
	Key   string `json:"key"`
	Value any    `json:"value"`
}

// ID is the comment's number in Jira.
func (c *Comment) ID() string { return strconv.Itoa(c.number) }

// UUID is the comment's id in Linear.
func (c *Comment) UUID() string {
	if c.id != "" {
		return c.id
	}
	return uuid("comment", c.number)
}

// Need is a customer's request, as Linear keeps them.
type Need struct {
	Customer string
	Body     string
	By       *Person
	At       time.Time
	Issue    *Issue
	number   int
}

// LinkType names a relation with its two readings, as Jira does. Linear shows
// the ones it knows by their Linear name and all others as related.
type LinkType struct{ Name, Inward, Outward, Linear string }

// The relations of a Jira site. "Problem" is one that an administrator added.
var linkTypes = []LinkType{
	{"Blocks", "is blocked by", "blocks", "blocks"},
	{"Cloners", "is cloned by", "clones", "related"},
	{"Duplicate", "is duplicated by", "duplicates", "duplicate"},
	{"Relates", "relates to", "relates to", "related"},
	{"Problem", "is solved by", "solves", "related"},
}

type link struct {
	kind     LinkType
	from, to *Issue // from reads the outward phrase
	number   int
	at       time.Time
}

func linkTypeOf(phrase string) (t LinkType, outward bool) {
	for _, t := range linkTypes {
		if t.Outward == phrase {
			return t, true
		}
		if t.Inward == phrase {
			return t, false
		}
	}
	panic(fmt.Sprintf("simulator: no relation reads %q", phrase))
}

// linksOf lists the links an issue is an end of, oldest first.
func (w *World) linksOf(i *Issue) []*link {
	var out []*link
	for _, l := range w.linked {
		if l.from.number == i.number || l.to.number == i.number {
			out = append(out, l)
		}
	}
	return out
}

// children lists the issues whose parent is i, oldest first.
func (w *World) children(i *Issue) []*Issue {
	var out []*Issue
	for _, c := range w.issues {
		if c.Parent != nil && c.Parent.number == i.number {
			out = append(out, c)
		}
	}
	return out
}

func (i *Issue) watch(p *Person) {
	if p != nil && !slices.Contains(i.Watchers, p) {
		i.Watchers = append(i.Watchers, p)
	}
}
