package linear

import (
	"strconv"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// entry is one IssueHistory: everything one actor changed at one moment, or in
// a few moments that Linear folded into one.
type entry struct {
	ID                   string            `json:"id"`
	CreatedAt            time.Time         `json:"createdAt"`
	ActorID              string            `json:"actorId"`
	BotActor             *bot              `json:"botActor"`
	DescriptionUpdatedBy []ref             `json:"descriptionUpdatedBy"`
	UpdatedDescription   bool              `json:"updatedDescription"`
	FromStateID          string            `json:"fromStateId"`
	ToStateID            string            `json:"toStateId"`
	FromAssigneeID       string            `json:"fromAssigneeId"`
	ToAssigneeID         string            `json:"toAssigneeId"`
	FromTeamID           string            `json:"fromTeamId"`
	ToTeamID             string            `json:"toTeamId"`
	FromCycleID          string            `json:"fromCycleId"`
	ToCycleID            string            `json:"toCycleId"`
	FromProjectID        string            `json:"fromProjectId"`
	ToProjectID          string            `json:"toProjectId"`
	FromParentID         string            `json:"fromParentId"`
	ToParentID           string            `json:"toParentId"`
	FromPriority         *float64          `json:"fromPriority"`
	ToPriority           *float64          `json:"toPriority"`
	FromEstimate         *float64          `json:"fromEstimate"`
	ToEstimate           *float64          `json:"toEstimate"`
	FromDueDate          string            `json:"fromDueDate"`
	ToDueDate            string            `json:"toDueDate"`
	FromTitle            string            `json:"fromTitle"`
	ToTitle              string            `json:"toTitle"`
	AddedLabelIDs        []string          `json:"addedLabelIds"`
	RemovedLabelIDs      []string          `json:"removedLabelIds"`
	RelationChanges      []*relationChange `json:"relationChanges"`
	Archived             *bool             `json:"archived"`
	Trashed              *bool             `json:"trashed"`
	AttachmentID         string            `json:"attachmentId"`
	ToConvertedProjectID string            `json:"toConvertedProjectId"`
}

// present is what stands around an issue today. It names what a history tells
// by id alone, and only from the issue itself, so that an issue read twice reads
// the same.
type present struct {
	links           []ticket.Link
	parent, project *ref
}

// value is a parent or project from a history, with its key where it is the one
// of today; nil for none.
func (p present) value(id string) []ticket.Value {
	vs := idValue(id)
	switch {
	case vs == nil:
	case idOf(p.parent) == id:
		vs[0].Text = p.parent.Identifier
	case idOf(p.project) == id:
		vs[0].Text = p.project.SlugID
	}
	return vs
}

// changes tells an entry as one change a field. An entry of which nothing is
// understood is kept as one change of something else: it happened, and its actor
// took part.
func (w *words) changes(e entry, now present) []ticket.Change {
	b := changeList{
		entry: e, actor: w.people.either(e.ActorID, nil, e.BotActor),
	}
	b.add(ticket.FieldStatus, "state", w.status(e.FromStateID), w.status(e.ToStateID))
	b.add(ticket.FieldAssignee, "assignee", w.people.value(e.FromAssigneeID), w.people.value(e.ToAssigneeID))
	b.add(ticket.FieldTeam, "team", w.team(e.FromTeamID), w.team(e.ToTeamID))
	b.add(ticket.FieldSprint, "cycle", idValue(e.FromCycleID), idValue(e.ToCycleID))
	b.add(ticket.FieldContainer, "project", now.value(e.FromProjectID), now.value(e.ToProjectID))
	b.add(ticket.FieldParent, "parent", now.value(e.FromParentID), now.value(e.ToParentID))
	b.add(ticket.FieldPriority, "priority", w.priority(e.FromPriority), w.priority(e.ToPriority))
	b.add(ticket.FieldEstimate, "estimate", numberValue(e.FromEstimate), numberValue(e.ToEstimate))
	b.add(ticket.FieldDue, "dueDate", textValue(e.FromDueDate), textValue(e.ToDueDate))
	b.add(ticket.FieldTitle, "title", textValue(e.FromTitle), textValue(e.ToTitle))
	b.add(ticket.FieldLabel, "labels", w.labelValues(e.RemovedLabelIDs), w.labelValues(e.AddedLabelIDs))
	w.relations(&b, now.links)
	w.description(&b)
	b.other("archived", flagValue(e.Archived))
	b.other("trashed", flagValue(e.Trashed))
	b.other("attachment", textValue(e.AttachmentID))
	b.other("convertedToProject", textValue(e.ToConvertedProjectID))
	if len(b.list) == 0 {
		b.put(ticket.FieldOther, "history", nil, nil)
	}
	return b.list
}

// changeList gathers the changes of one entry.
type changeList struct {
	entry entry
	actor ticket.Account
	list  []ticket.Change
}

// add puts a change, unless there was neither a value before nor one after.
func (b *changeList) add(f ticket.Field, raw string, from, to []ticket.Value) {
	if len(from) > 0 || len(to) > 0 {
		b.put(f, raw, from, to)
	}
}

func (b *changeList) other(raw string, now []ticket.Value) {
	b.add(ticket.FieldOther, raw, nil, now)
}

func (b *changeList) put(f ticket.Field, raw string, from, to []ticket.Value) {
	b.list = append(b.list, ticket.Change{
		ID: b.entry.ID + "." + raw, At: b.entry.CreatedAt, Actor: b.actor, Field: f, Raw: raw, From: from, To: to,
	})
}

// relations tells which relations came and went; codes that are not about that
// are kept as something else, one change for all of them.
func (w *words) relations(b *changeList, now []ticket.Link) {
	var came, went, unknown []ticket.Value
	for _, c := range b.entry.RelationChanges {
		if c == nil {
			continue
		}
		switch v, added, ok := w.linkChange(*c, now); {
		case !ok:
			unknown = append(unknown, ticket.Value{ID: c.Identifier, Text: c.Type})
		case added:
			came = append(came, v)
		default:
			went = append(went, v)
		}
	}
	b.add(ticket.FieldLink, "relations", went, came)
	b.other("relationChanges", unknown)
}

// description tells who edited the description: the editors Linear names, each
// as one change, or else the entry's actor. Linear tells no text and no length.
func (w *words) description(b *changeList) {
	editors := b.entry.DescriptionUpdatedBy
	if b.entry.UpdatedDescription && len(editors) == 0 {
		b.put(ticket.FieldDescription, "description", nil, nil)
	}
	for n, editor := range editors {
		b.put(ticket.FieldDescription, "description", nil, nil)
		c := &b.list[len(b.list)-1]
		c.Actor = w.people.account(editor.ID)
		if n > 0 {
			c.ID += "." + editor.ID
		}
	}
}

func (w *words) labelValues(ids []string) []ticket.Value {
	var vs []ticket.Value
	for _, name := range w.labelNames(ids) {
		vs = append(vs, ticket.Value{ID: name, Text: name})
	}
	return vs
}

func (w *words) priority(n *float64) []ticket.Value {
	if n == nil {
		return nil
	}
	id := plainNumber(*n)
	return []ticket.Value{{ID: id, Text: priorityNames[id], Norm: string(w.mapping.Priority(id))}}
}

// idValue is something that only its id is known of; nil for nothing.
func idValue(id string) []ticket.Value {
	if id == "" {
		return nil
	}
	return []ticket.Value{{ID: id}}
}

func numberValue(n *float64) []ticket.Value {
	if n == nil {
		return nil
	}
	return textValue(plainNumber(*n))
}

func textValue(s string) []ticket.Value {
	if s == "" {
		return nil
	}
	return []ticket.Value{{ID: s, Text: s}}
}

func flagValue(b *bool) []ticket.Value {
	if b == nil {
		return nil
	}
	return textValue(strconv.FormatBool(*b))
}

func plainNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
