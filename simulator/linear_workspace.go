package simulator

import (
	"slices"
	"strings"
)

// What the workspace shows of the world.

func (l *linear) viewer() *Person {
	if p, ok := l.w.person(l.o.Viewer); ok || len(l.w.people) == 0 {
		return p
	}
	return l.w.people[0]
}

func (l *linear) teams() []*Space {
	return slices.DeleteFunc(slices.Clone(l.w.spaces), func(s *Space) bool { return !l.o.shows(s.Key) })
}

func (l *linear) ofType(is func(*Issue) bool) []*Issue {
	var out []*Issue
	for _, i := range l.w.issues {
		if l.o.shows(i.Space.Key) && is(i) {
			out = append(out, i)
		}
	}
	return out
}

func (l *linear) issues() []*Issue { return l.ofType((*Issue).plain) }

func (l *linear) projects() []*Issue {
	return l.ofType(func(i *Issue) bool { return i.Type == TypeProject })
}

func (l *linear) initiatives() []*Issue {
	return l.ofType(func(i *Issue) bool { return i.Type == TypeInitiative })
}

func (l *linear) cycles() []*Sprint {
	var out []*Sprint
	for _, s := range l.teams() {
		out = append(out, s.sprints...)
	}
	return out
}

func (l *linear) comments() []*Comment {
	var out []*Comment
	for _, i := range l.w.issues {
		if l.o.shows(i.Space.Key) {
			out = append(out, i.Comments...)
		}
	}
	return out
}

func (l *linear) needs() []*Need {
	var out []*Need
	for _, i := range l.w.issues {
		if l.o.shows(i.Space.Key) {
			out = append(out, i.Needs...)
		}
	}
	return out
}

func (l *linear) relations() []*link {
	return slices.DeleteFunc(slices.Clone(l.w.linked), func(k *link) bool { return !l.o.shows(k.from.Space.Key) })
}

func (l *linear) states() []stateOf {
	var out []stateOf
	for _, s := range l.teams() {
		for i := range s.Statuses {
			out = append(out, stateOf{&s.Statuses[i], s})
		}
	}
	return out
}

// labels are those that some issue carries or carried.
func (l *linear) labels() []label {
	names := map[string]bool{}
	if l.w.bulk != nil {
		names["bulk"] = true
		for _, n := range bulkWords {
			names[n] = true
		}
	}
	for _, i := range l.w.issues {
		if !l.o.shows(i.Space.Key) {
			continue
		}
		for _, n := range i.Labels {
			names[n] = true
		}
		for _, e := range i.History {
			for _, it := range e.Items {
				if it.Field == FieldLabels {
					for _, n := range append(slices.Clone(it.From.([]string)), it.To.([]string)...) {
						names[n] = true
					}
				}
			}
		}
	}
	var out []label
	for n := range names {
		out = append(out, label{n, l.w})
		if group, _, ok := strings.Cut(n, "/"); ok && !names[group] {
			out = append(out, label{group, l.w})
		}
	}
	slices.SortFunc(out, func(a, b label) int { return strings.Compare(a.name, b.name) })
	return slices.Compact(out)
}
