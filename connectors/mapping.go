package connectors

import (
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/ticket"
)

// Mapping says what a tracker's words mean. Each connector ships one as
// mapping.yaml; an operator's own lines are laid over it. Words are matched
// without regard to case: the keys of a Mapping are in lower case, which
// ParseMapping and With see to.
type Mapping struct {
	Types      map[string]ticket.Kind     // by the tracker's type
	Labels     map[string]ticket.Kind     // by label; a mapped label says more than the type
	Statuses   map[string]ticket.Category // by status, and by resolution where a tracker has them
	Links      map[string]ticket.LinkKind // by the phrase, read from the ticket that carries the link
	Priorities map[string]ticket.Priority
	// Fields names the tracker's own fields that hold what fairlead looks for:
	// our word (estimate) to the field's name or id there.
	Fields map[string]string
}

// With is m with the lines of over laid over it: where both know a word, over
// decides. Neither is changed.
func (m Mapping) With(over Mapping) Mapping {
	return Mapping{
		Types:      laid(m.Types, over.Types),
		Labels:     laid(m.Labels, over.Labels),
		Statuses:   laid(m.Statuses, over.Statuses),
		Links:      laid(m.Links, over.Links),
		Priorities: laid(m.Priorities, over.Priorities),
		Fields:     laid(m.Fields, over.Fields),
	}
}

func laid[V any](under, over map[string]V) map[string]V {
	out := make(map[string]V, len(under)+len(over))
	for word, v := range under {
		out[Fold(word)] = v
	}
	for word, v := range over {
		out[Fold(word)] = v
	}
	return out
}

// Fold brings a tracker's word into the form in which mappings keep it: lower
// case, single spaces, straight apostrophes.
func Fold(word string) string {
	word = strings.ReplaceAll(word, "’", "'")
	return strings.ToLower(strings.Join(strings.Fields(word), " "))
}

// Kind tells what a ticket of this type with these labels is. People put a
// label on a ticket to say what its type cannot, so a mapped label decides
// before the type; of several mapped labels the first by name does, so that the
// answer is the same every time. What no line names is a task.
func (m Mapping) Kind(rawType string, labels []string) ticket.Kind {
	best, kind := "", ticket.Kind("")
	for _, l := range labels {
		l = Fold(l)
		if k, ok := m.Labels[l]; ok && (kind == "" || l < best) {
			best, kind = l, k
		}
	}
	if kind != "" {
		return kind
	}
	if k, ok := m.Types[Fold(rawType)]; ok {
		return k
	}
	return ticket.Task
}

// Link tells what a phrase means, read from the ticket that carries the link.
func (m Mapping) Link(phrase string) ticket.LinkKind {
	if k, ok := m.Links[Fold(phrase)]; ok {
		return k
	}
	return ticket.OtherLink
}

// Priority tells what a priority's name means; none for what no line names.
func (m Mapping) Priority(name string) ticket.Priority {
	if p, ok := m.Priorities[Fold(name)]; ok {
		return p
	}
	return ticket.NoPriority
}

// kindSuffix marks the changes that DeriveKinds adds to a history.
const kindSuffix = ".kind"

// DeriveKinds sets the kind of a normalised ticket and makes its history tell
// how the kind came about, so that AsOf rewinds it: changes of the type carry
// the kind before and after, and where a change of labels altered the kind, a
// change of the kind by the same actor at the same moment stands right behind
// it. Deriving twice gives the same history.
func (m Mapping) DeriveKinds(t *ticket.Ticket) {
	t.History = slices.DeleteFunc(t.History, func(c ticket.Change) bool {
		return c.Field == ticket.FieldKind && strings.HasSuffix(c.ID, kindSuffix)
	})
	d := deriving{mapping: m, rawType: t.RawType, labels: slices.Clone(t.Labels)}
	t.Kind = d.kind()
	for i := len(t.History) - 1; i >= 0; i-- {
		if added, ok := d.rewind(&t.History[i]); ok {
			t.History = slices.Insert(t.History, i+1, added)
		}
	}
}

// deriving is what decides a ticket's kind while its history is walked from the
// newest change to the oldest.
type deriving struct {
	mapping Mapping
	rawType string
	labels  []string
}

func (d *deriving) kind() ticket.Kind { return d.mapping.Kind(d.rawType, d.labels) }

// rewind takes one change back. added tells of the kind where a change of
// labels altered it.
func (d *deriving) rewind(c *ticket.Change) (added ticket.Change, ok bool) {
	after := d.kind()
	switch c.Field {
	case ticket.FieldType:
		if len(c.From) > 0 {
			d.rawType = c.From[0].Text
		}
		c.From, c.To = meaning(c.From, d.kind()), meaning(c.To, after)
	case ticket.FieldLabel:
		d.rewindLabels(*c)
		before := d.kind()
		return ticket.Change{
			ID: c.ID + kindSuffix, At: c.At, Actor: c.Actor, Field: ticket.FieldKind, Raw: c.Raw,
			From: []ticket.Value{{ID: string(before), Text: string(before), Norm: string(before)}},
			To:   []ticket.Value{{ID: string(after), Text: string(after), Norm: string(after)}},
		}, before != after
	}
	return ticket.Change{}, false
}

// meaning is vs with the kind written on its one value.
func meaning(vs []ticket.Value, k ticket.Kind) []ticket.Value {
	if len(vs) == 0 {
		return vs
	}
	v := vs[0]
	v.Norm = string(k)
	return []ticket.Value{v}
}

// rewindLabels takes away what the change brought and puts back what it took;
// trackers tell either whole lists or only the difference.
func (d *deriving) rewindLabels(c ticket.Change) {
	holds := func(vs []ticket.Value, label string) bool {
		return slices.ContainsFunc(vs, func(v ticket.Value) bool { return v.ID == label })
	}
	d.labels = slices.DeleteFunc(d.labels, func(l string) bool { return holds(c.To, l) && !holds(c.From, l) })
	for _, v := range c.From {
		if !holds(c.To, v.ID) && !slices.Contains(d.labels, v.ID) {
			d.labels = append(d.labels, v.ID)
		}
	}
}
