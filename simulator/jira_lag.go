package simulator

import (
	"slices"
	"time"
)

// indexed is what a search looks at: the world as it is, or as it was when the
// index was last brought up to date. What is to be reconciled is as it is.
func (j *jira) indexed(reconcile []string) []*Issue {
	if j.o.SearchLag == 0 {
		return j.w.issues
	}
	then := j.w.now.Add(-j.o.SearchLag)
	var out []*Issue
	for _, i := range j.w.issues {
		if slices.Contains(reconcile, i.ID()) {
			out = append(out, i)
			continue
		}
		if past, ok := i.asOf(then); ok {
			out = append(out, past)
		}
	}
	for _, g := range j.w.gone {
		if past, ok := g.issue.asOf(then); ok && g.at.After(then) && !slices.Contains(reconcile, g.issue.ID()) {
			out = append(out, past)
		}
	}
	return out
}

// gone is an issue that was deleted.
type gone struct {
	issue *Issue
	at    time.Time
}

// asOf is a copy of the issue as it stood at the moment, ok false where it did
// not exist yet. Who watches it and what it is linked to are told as of now.
func (i *Issue) asOf(then time.Time) (past *Issue, ok bool) {
	if i.Created.After(then) {
		return nil, false
	}
	past = new(Issue)
	*past = *i
	for _, e := range slices.Backward(i.History) {
		if !e.At.After(then) {
			break
		}
		for _, it := range slices.Backward(e.Items) {
			past.takeBack(it)
		}
	}
	past.History = slices.DeleteFunc(slices.Clone(i.History), func(e *Event) bool { return e.At.After(then) })
	past.Comments = slices.DeleteFunc(slices.Clone(i.Comments), func(c *Comment) bool { return c.At.After(then) })
	past.Updated = past.touched()
	return past, true
}

// touched is the time of the last thing that happened to the issue.
func (i *Issue) touched() time.Time {
	last := i.Created
	for _, e := range i.History {
		last = latest(last, e.At)
	}
	for _, c := range i.Comments {
		last = latest(last, c.updated)
	}
	return last
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// takeBack puts the value from before the change back.
func (i *Issue) takeBack(it Item) {
	switch it.Field {
	case FieldStatus:
		i.Status = it.From.(*State)
		if !i.Status.Category.Ended() {
			i.ended = time.Time{}
		}
	case FieldAssignee:
		i.Assignee = it.From.(*Person)
	case FieldSprint:
		i.Sprints = it.From.([]*Sprint)
	case FieldParent:
		i.Parent = it.From.(*Issue)
	case FieldLabels:
		i.Labels = it.From.([]string)
	case FieldComponents:
		i.Components = it.From.([]string)
	case FieldEstimate:
		i.Estimate = it.From.(*float64)
	case FieldPriority:
		i.Priority = it.From.(Priority)
	case FieldVersions:
		i.Versions = it.From.([]*Version)
	case FieldFiles:
		i.Files = it.From.([]*File)
	case FieldSpace:
		from := it.From.(address)
		i.Space, i.Key, i.ordinal = from.space, from.key, from.ordinal
	default:
		i.takeBackText(it)
	}
}

func (i *Issue) takeBackText(it Item) {
	before, _ := it.From.(string)
	switch it.Field {
	case FieldDue:
		i.Due = before
	case FieldType:
		i.Type = before
	case FieldTitle:
		i.Title = before
	case FieldDescription:
		i.Description = before
	case FieldArchived:
		i.archived = time.Time{}
	}
}
