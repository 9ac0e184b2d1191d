package ruletest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
)

// change makes one change of a ticket and writes it into its history, in the
// form in which the connectors tell it.
func (w *world) change(t *ticket.Ticket, id string, c rules.TestChange) {
	out := ticket.Change{ID: id, At: w.at(c.At, ""), Actor: w.account(c.By), Field: ticket.Field(c.Field), Raw: c.Field}
	switch out.Field {
	case ticket.FieldAssignee:
		out.From, out.To = who(t.Assignee), who(w.account(c.To))
		t.Assignee = w.account(c.To)
	case ticket.FieldStatus:
		out.From = []ticket.Value{{Text: t.Status, Norm: string(t.Category)}}
		out.To = []ticket.Value{{Text: c.To, Norm: c.To}}
		t.Status, t.Category = c.To, ticket.Category(c.To)
	case ticket.FieldTitle:
		out.From, out.To = one(t.Title), one(c.To)
		t.Title = c.To
	case ticket.FieldDescription:
		out.From, out.To = characters(c.From), characters(c.To)
	case ticket.FieldDue:
		due := w.date(c.To)
		out.From, out.To = one(string(t.Due)), one(string(due))
		t.Due = due
	case ticket.FieldEstimate:
		out.From, out.To = estimate(t.Estimate), one(c.To)
		t.Estimate = w.number(c.To)
	case ticket.FieldPriority:
		to := or(ticket.Priority(c.To), ticket.NoPriority)
		out.From = []ticket.Value{{Text: string(t.Priority), Norm: string(t.Priority)}}
		out.To = []ticket.Value{{Text: string(to), Norm: string(to)}}
		t.Priority = to
	case ticket.FieldKind:
		out.From, out.To = []ticket.Value{{Norm: string(t.Kind)}}, []ticket.Value{{Norm: c.To}}
		t.Kind = ticket.Kind(c.To)
	case ticket.FieldParent:
		out.From, out.To = ref(t.Parent), ref(ticket.Ref{Key: c.To})
		t.Parent = ticket.Ref{Key: c.To}
	case ticket.FieldLink:
		out.To = []ticket.Value{{ID: c.To, Text: "relates to", Norm: string(ticket.Relates)}}
		t.Links = append(t.Links, ticket.Link{Kind: ticket.Relates, Phrase: "relates to", Target: ticket.Ref{Key: c.To}})
	default:
		w.listChange(t, &out, c)
	}
	t.History = append(t.History, out)
}

// listChange changes a field that holds several values.
func (w *world) listChange(t *ticket.Ticket, out *ticket.Change, c rules.TestChange) {
	lists := map[ticket.Field]*[]string{ticket.FieldSprint: &t.Sprints, ticket.FieldLabel: &t.Labels, ticket.FieldComponent: &t.Components}
	list := lists[out.Field]
	switch {
	case list != nil:
		to := split(c.To)
		out.From, out.To = several(*list), several(to)
		*list = to
	case out.Field == ticket.FieldContainer:
		out.To = ref(ticket.Ref{Key: c.To})
		t.Containers = append(t.Containers, ticket.Ref{Key: c.To})
	}
}

func split(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func several(values []string) []ticket.Value {
	var out []ticket.Value
	for _, v := range values {
		out = append(out, ticket.Value{ID: v, Text: v})
	}
	return out
}

func one(value string) []ticket.Value {
	if value == "" {
		return nil
	}
	return []ticket.Value{{ID: value, Text: value}}
}

// characters is how a description is told: by its length alone, by Linear not
// even that.
func characters(length string) []ticket.Value {
	if length == "" {
		return nil
	}
	return []ticket.Value{{Norm: length}}
}

func ref(r ticket.Ref) []ticket.Value {
	if r.IsZero() {
		return nil
	}
	return []ticket.Value{{ID: r.ID, Text: r.Key}}
}

func estimate(points *float64) []ticket.Value {
	if points == nil {
		return nil
	}
	return one(strconv.FormatFloat(*points, 'f', -1, 64))
}

func (w *world) number(s string) *float64 {
	if s == "" {
		return nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil && w.err == nil {
		w.err = err
	}
	return &n
}

// inOrder puts changes that belong to one act at the moment of the act.
func inOrder(changes []rules.TestChange) []rules.TestChange {
	out := slices.Clone(changes)
	for i := range out {
		if out[i].Same && i > 0 {
			out[i].At = out[i-1].At
		}
	}
	return out
}
