package simulator

import (
	"fmt"
	"time"
)

// Draft is an issue to be created. Only Space and Title are needed. Whatever
// else is set here stands from the beginning and leaves no history, as in the
// real trackers.
type Draft struct {
	Space       string
	Type        string // empty: Task
	Title       string
	Description string
	Status      string // empty: the first of the space
	Assignee    string // handle
	Parent      string // key
	Container   string // key; Linear
	Priority    Priority
	Labels      []string
	Components  []string
	Sprint      *Sprint
	Milestone   *Milestone
	Versions    []string // names
	Estimate    float64  // 0: none
	Due         string   // 2006-01-02
	// Integration names the outside system that created a Linear issue on
	// nobody's behalf.
	Integration string
}

// Create makes an issue and returns its key.
func (a Actor) Create(d Draft) string {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	s := a.w.mustSpace(d.Space)
	i := &Issue{
		Space: s, Type: d.Type, Title: d.Title, Description: d.Description, Priority: d.Priority,
		Creator: a.by, Assignee: a.w.somebody(d.Assignee),
		Labels: sorted(d.Labels), Components: sorted(d.Components), Due: d.Due,
		Created: a.w.now, Updated: a.w.now, number: a.w.id(), integrate: d.Integration,
	}
	i.uuid = uuid("issue", i.number)
	a.name(i)
	a.place(i, d)
	i.watch(a.by)
	for _, p := range a.w.mentioned(d.Description) {
		i.watch(p)
	}
	a.w.issues = append(a.w.issues, i)
	for _, name := range []string{i.Key, i.ID(), i.UUID()} {
		a.w.byName[name] = i
	}
	if i.Parent != nil && i.Parent.Type == TypeEpic {
		a.record(i.Parent, Item{FieldChild, (*Issue)(nil), i})
	}
	return i.Key
}

// name numbers an issue. Linear's projects and initiatives have numbers of no
// one's; here they count apart, so that issues number without gaps.
func (a Actor) name(i *Issue) {
	if i.Type == "" {
		i.Type = TypeTask
	}
	if !i.plain() {
		i.Key = fmt.Sprintf("%s/%s-%d", i.Space.Key, i.Type, i.number)
		return
	}
	i.Space.issued++
	i.ordinal = i.Space.issued
	i.Key = fmt.Sprintf("%s-%d", i.Space.Key, i.ordinal)
}

func (a Actor) place(i *Issue, d Draft) {
	i.Status = &i.Space.Statuses[0]
	if d.Status != "" {
		i.Status = i.Space.status(d.Status)
	}
	if d.Parent != "" {
		i.Parent = a.w.must(d.Parent)
	}
	if d.Container != "" {
		i.Container = a.w.must(d.Container)
	}
	if d.Sprint != nil {
		i.Sprints = []*Sprint{d.Sprint}
	}
	i.Milestone, i.Versions = d.Milestone, i.Space.versionsNamed(d.Versions)
	if d.Estimate != 0 {
		i.Estimate = &d.Estimate
	}
	i.passed(a.w.now)
}

// passed keeps the times at which work began and ended.
func (i *Issue) passed(now time.Time) {
	if i.Status.Category == InProgress && i.started.IsZero() {
		i.started = now
	}
	switch {
	case !i.Status.Category.Ended():
		i.ended = time.Time{}
	case i.ended.IsZero():
		i.ended = now
	}
}
