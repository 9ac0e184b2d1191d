package simulator

import (
	"fmt"
	"slices"
)

// Actor edits the world in somebody's name. Each method writes the history
// that a tracker would, at the moment the world's clock shows. Unknown keys,
// handles and statuses are mistakes of the calling code and panic.
type Actor struct {
	w  *World
	by *Person
}

// As is the actor for the person with this handle; the empty handle acts
// without a name, as automations sometimes do.
func (w *World) As(handle string) Actor {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.bulk != nil {
		panic("simulator: nobody can edit a bulk world, its issues are computed anew each time")
	}
	return Actor{w: w, by: w.somebody(handle)}
}

// edit runs change on the issue and records what it returns as one event.
func (a Actor) edit(key string, change func(i *Issue) []Item) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	i := a.w.must(key)
	if items := change(i); len(items) > 0 {
		a.record(i, items...)
	}
}

func (a Actor) record(i *Issue, items ...Item) {
	i.History = append(i.History, &Event{At: a.w.now, By: a.by, Items: items, number: a.w.id()})
	i.Updated = a.w.now
	i.watch(a.by)
}

// Assign gives the issue to somebody; the empty handle to nobody.
func (a Actor) Assign(key, to string) {
	a.edit(key, func(i *Issue) []Item {
		before, after := i.Assignee, a.w.somebody(to)
		i.Assignee = after
		i.watch(after)
		return changed(FieldAssignee, before, after)
	})
}

// Move puts the issue into another status.
func (a Actor) Move(key, status string) {
	a.edit(key, func(i *Issue) []Item {
		before, after := i.Status, i.Space.status(status)
		i.Status = after
		i.passed(a.w.now)
		return changed(FieldStatus, before, after)
	})
}

// Label sets the labels to exactly these.
func (a Actor) Label(key string, labels ...string) {
	a.edit(key, func(i *Issue) []Item {
		before, after := i.Labels, sorted(labels)
		i.Labels = after
		return listChanged(FieldLabels, before, after)
	})
}

// Components sets the components to exactly these.
func (a Actor) Components(key string, components ...string) {
	a.edit(key, func(i *Issue) []Item {
		before, after := i.Components, sorted(components)
		i.Components = after
		return listChanged(FieldComponents, before, after)
	})
}

// Plan puts the issue into a sprint or cycle; nil takes it out. As in Jira,
// closed sprints it went through stay with it.
func (a Actor) Plan(key string, s *Sprint) {
	a.edit(key, func(i *Issue) []Item {
		before := i.Sprints
		var after []*Sprint
		for _, old := range before {
			if old != s && old.state() == "closed" {
				after = append(after, old)
			}
		}
		if s != nil {
			after = append(after, s)
		}
		i.Sprints = after
		if slices.Equal(before, after) {
			return nil
		}
		return []Item{{FieldSprint, before, after}}
	})
}

// SetParent moves the issue below another; the empty key below none.
func (a Actor) SetParent(key, parent string) {
	a.edit(key, func(i *Issue) []Item {
		before, after := i.Parent, a.maybe(parent)
		if before == after {
			return nil
		}
		i.Parent = after
		if before != nil && before.Type == TypeEpic {
			a.record(before, Item{FieldChild, i, (*Issue)(nil)})
		}
		if after != nil && after.Type == TypeEpic {
			a.record(after, Item{FieldChild, (*Issue)(nil), i})
		}
		return []Item{{FieldParent, before, after}}
	})
}

// SetContainer moves a Linear issue into a project, or a project into an
// initiative; the empty key into none.
func (a Actor) SetContainer(key, container string) {
	a.edit(key, func(i *Issue) []Item {
		before, after := i.Container, a.maybe(container)
		i.Container = after
		return changed(FieldContainer, before, after)
	})
}

func (a Actor) maybe(key string) *Issue {
	if key == "" {
		return nil
	}
	return a.w.must(key)
}

// Estimate sets the points; a negative number takes them away.
func (a Actor) Estimate(key string, points float64) {
	a.edit(key, func(i *Issue) []Item {
		before := i.Estimate
		i.Estimate = &points
		if points < 0 {
			i.Estimate = nil
		}
		if sameNumber(before, i.Estimate) {
			return nil
		}
		return []Item{{FieldEstimate, before, i.Estimate}}
	})
}

// Due sets the due date, 2006-01-02; empty takes it away.
func (a Actor) Due(key, date string) {
	a.edit(key, func(i *Issue) []Item {
		before := i.Due
		i.Due = date
		return changed(FieldDue, before, date)
	})
}

// Prioritise sets the priority.
func (a Actor) Prioritise(key string, p Priority) {
	a.edit(key, func(i *Issue) []Item {
		before := i.Priority
		i.Priority = p
		return changed(FieldPriority, before, p)
	})
}

// Retype changes the type of issue.
func (a Actor) Retype(key, to string) {
	a.edit(key, func(i *Issue) []Item {
		before := i.Type
		i.Type = to
		return changed(FieldType, before, to)
	})
}

// Rename changes the title.
func (a Actor) Rename(key, title string) {
	a.edit(key, func(i *Issue) []Item {
		before := i.Title
		i.Title = title
		return changed(FieldTitle, before, title)
	})
}

// Describe changes the description.
func (a Actor) Describe(key, text string) {
	a.edit(key, func(i *Issue) []Item {
		before := i.Description
		i.Description = text
		for _, p := range a.w.mentioned(text) {
			i.watch(p)
		}
		return changed(FieldDescription, before, text)
	})
}

// Together makes several edits of one issue in one go: one event of history.
func (a Actor) Together(key string, edits func(Actor)) {
	i, ok := a.w.Issue(key)
	if !ok {
		panic(fmt.Sprintf("simulator: there is no issue %q", key))
	}
	before := len(i.History)
	edits(a)
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	if len(i.History) <= before+1 {
		return
	}
	first := i.History[before]
	for _, e := range i.History[before+1:] {
		first.Items = append(first.Items, e.Items...)
	}
	i.History = i.History[:before+1]
}
