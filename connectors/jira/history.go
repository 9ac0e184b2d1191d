package jira

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// history turns a ticket's changelog into changes, one for each changed field,
// none left out. t must hold the ticket as it is now.
func (p *pass) history(t *ticket.Ticket, r *reader, hs []history) []ticket.Change {
	hs = slices.Clone(hs)
	slices.SortStableFunc(hs, func(a, b history) int {
		return cmp.Or(a.Created.Compare(b.Created.Time), cmp.Compare(number(a.ID), number(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	var resolution named
	r.read("resolution", &resolution)
	tr := translator{pass: p, ticket: t, resolution: resolution.Name}
	var out []ticket.Change
	for i := len(hs) - 1; i >= 0; i-- {
		out = append(out, tr.changes(&hs[i])...)
	}
	return out
}

func number(id text) uint64 {
	n, _ := strconv.ParseUint(string(id), 10, 64)
	return n
}

// translator reads histories from the newest to the oldest, because what a
// status meant can depend on the resolution that stood beside it.
type translator struct {
	pass       *pass
	ticket     *ticket.Ticket
	resolution string // as it stood after the history being read
}

func (tr *translator) changes(h *history) []ticket.Change {
	after, before := tr.resolution, tr.resolution
	if it := h.item("resolution"); it != nil {
		before = string(it.FromString)
	}
	tr.resolution = before

	out := make([]ticket.Change, len(h.Items))
	for i := range h.Items {
		it := &h.Items[i]
		c := ticket.Change{
			ID: h.changeID(i), At: h.Created.Time, Actor: h.Author.account(),
			Field: tr.pass.catalog.fieldOf(it), Raw: it.Field,
		}
		if c.Field == ticket.FieldStatus {
			c.From, c.To = tr.status(it.From, it.FromString, before), tr.status(it.To, it.ToString, after)
		} else {
			c.From, c.To = tr.values(c.Field, h, it)
		}
		out[i] = c
	}
	return out
}

// changeID names one change of a history; it stays the same however often and
// with whatever else the history is read.
func (h *history) changeID(i int) string {
	id := cmp.Or(string(h.ID), strconv.FormatInt(h.Created.UnixMilli(), 10))
	if len(h.Items) > 1 {
		id += "." + strconv.Itoa(i)
	}
	return id
}

// item finds the history's change of one of Jira's own fields.
func (h *history) item(name string) *item {
	for i := range h.Items {
		if it := &h.Items[i]; it.FieldType != "custom" && it.is(name) {
			return it
		}
	}
	return nil
}

func (it *item) is(name string) bool {
	return strings.EqualFold(cmp.Or(it.FieldID, it.Field), name)
}

// systemFields are Jira's own fields, by id or, where a history has none, by
// name; both in lower case.
var systemFields = map[string]ticket.Field{
	"status": ticket.FieldStatus, "assignee": ticket.FieldAssignee, "priority": ticket.FieldPriority,
	"duedate": ticket.FieldDue, "due date": ticket.FieldDue, "issuetype": ticket.FieldType, "issue type": ticket.FieldType,
	"labels": ticket.FieldLabel, "component": ticket.FieldComponent, "components": ticket.FieldComponent,
	"summary": ticket.FieldTitle, "description": ticket.FieldDescription, "project": ticket.FieldProject,
	"link": ticket.FieldLink, "issuelinks": ticket.FieldLink,
	"parent": ticket.FieldParent, "issueparentassociation": ticket.FieldParent,
}

// fieldOf tells which field a history speaks of: by its id, or by its name
// where there is no id. A custom field is never taken for one of Jira's own,
// whatever its owner called it.
func (c *catalog) fieldOf(it *item) ticket.Field {
	if it.FieldType == "custom" || customField(it.FieldID) {
		return c.customFieldOf(it)
	}
	for _, name := range []string{it.FieldID, it.Field} {
		if f, ok := systemFields[strings.ToLower(name)]; ok {
			return f
		}
	}
	return ticket.FieldOther
}

func customField(id string) bool { return strings.HasPrefix(id, "customfield_") }

func (c *catalog) customFieldOf(it *item) ticket.Field {
	name := connectors.Fold(it.Field)
	byID := it.FieldID != "" && c.fields.known
	switch {
	case slices.Contains(c.fields.sprint, it.FieldID), !byID && name == "sprint":
		return ticket.FieldSprint
	case slices.Contains(c.fields.epic, it.FieldID), slices.Contains(c.fields.parent, it.FieldID),
		!byID && (name == "epic link" || name == "parent link"):
		return ticket.FieldParent
	case slices.Contains(c.fields.estimates, it.FieldID), !byID && slices.Contains(c.fields.estimateNames, name):
		return ticket.FieldEstimate
	}
	return ticket.FieldOther
}
