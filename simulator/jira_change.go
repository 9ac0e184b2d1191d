package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// change is one line of a changelog. A nil stands for JSON null.
type change struct {
	field, id, kind string // kind: jira or custom
	from, fromText  any
	to, toText      any
}

func (j *jira) renderItem(it Item, s *Space) []obj {
	switch it.Field {
	case FieldStatus:
		return append(j.resolutionItem(it), j.renderChange(j.change(it)))
	case FieldComponents:
		return j.componentItems(it, s)
	case FieldVersions:
		return j.versionItems(it)
	case FieldSpace:
		return j.moveItems(it)
	}
	return []obj{j.renderChange(j.change(it))}
}

// componentItems are one line for each component that went or came.
func (j *jira) componentItems(it Item, s *Space) []obj {
	from, to := it.From.([]string), it.To.([]string)
	out := []obj{}
	for _, name := range from {
		if !slices.Contains(to, name) {
			out = append(out, j.renderChange(change{"Component", "components", "jira", componentID(s, name), name, nil, nil}))
		}
	}
	for _, name := range to {
		if !slices.Contains(from, name) {
			out = append(out, j.renderChange(change{"Component", "components", "jira", nil, nil, componentID(s, name), name}))
		}
	}
	return out
}

func (j *jira) renderChange(c change) obj {
	o := obj{
		"field": c.field, "fieldtype": c.kind,
		"from": c.from, "fromString": c.fromText, "to": c.to, "toString": c.toText,
	}
	// Data Center tells no fieldId, nor does Cloud for its internal fields.
	if j.cloud && c.id != "" {
		o["fieldId"] = c.id
	}
	if j.cloud && c.field == "assignee" {
		o["tmpFromAccountId"], o["tmpToAccountId"] = c.from, c.to
	}
	return o
}

// change puts an item of history into Jira's words.
func (j *jira) change(it Item) change {
	switch it.Field {
	case FieldStatus:
		from, to := it.From.(*State), it.To.(*State)
		return change{"status", "status", "jira", strconv.Itoa(from.number), from.Name, strconv.Itoa(to.number), to.Name}
	case FieldAssignee:
		c := change{field: "assignee", id: "assignee", kind: "jira"}
		c.from, c.fromText = j.userValue(it.From.(*Person))
		c.to, c.toText = j.userValue(it.To.(*Person))
		return c
	case FieldPriority:
		c := change{field: "priority", id: "priority", kind: "jira"}
		c.from, c.fromText = priorityValue(it.From.(Priority))
		c.to, c.toText = priorityValue(it.To.(Priority))
		return c
	case FieldType:
		from, to := it.From.(string), it.To.(string)
		return change{"issuetype", "issuetype", "jira", typeID(from), from, typeID(to), to}
	case FieldSprint:
		c := change{field: "Sprint", id: j.fields.sprint, kind: "custom"}
		c.from, c.fromText = j.sprintValue(it.From.([]*Sprint))
		c.to, c.toText = j.sprintValue(it.To.([]*Sprint))
		return c
	case FieldEstimate:
		return change{"Story Points", j.fields.points, "custom", nil, pointsValue(it.From), nil, pointsValue(it.To)}
	case FieldParent, FieldChild, FieldContainer:
		return j.parentChange(it)
	case FieldFiles:
		return fileChange(it)
	case FieldLink:
		c := change{field: "Link", kind: "jira"}
		c.from, c.fromText = linkValue(it.From.(end))
		c.to, c.toText = linkValue(it.To.(end))
		return c
	}
	return j.textChange(it)
}

// textChange is for fields that hold text or lists of words.
func (j *jira) textChange(it Item) change {
	switch it.Field {
	case FieldTitle:
		return change{"summary", "summary", "jira", nil, it.From, nil, it.To}
	case FieldDescription:
		from, to := it.From.(string), it.To.(string)
		return change{"description", "description", "jira", nil, textOrNull(j.w.writeMentions(from, j.mention)), nil, textOrNull(j.w.writeMentions(to, j.mention))}
	case FieldLabels:
		var none any // Cloud writes empty text where Data Center writes null
		if j.cloud {
			none = ""
		}
		return change{"labels", "labels", "jira", none, strings.Join(it.From.([]string), " "), none, strings.Join(it.To.([]string), " ")}
	case FieldDue:
		from, to := it.From.(string), it.To.(string)
		return change{"duedate", "duedate", "jira", textOrNull(from), midnight(from), textOrNull(to), midnight(to)}
	case FieldRemoteLink:
		id := strconv.Itoa(10000 + len(it.To.(string)))
		return change{"RemoteIssueLink", "", "jira", nil, nil, id, fmt.Sprintf("This issue links to %q", it.To)}
	}
	return change{string(it.Field), "", "jira", nil, fmt.Sprint(it.From), nil, fmt.Sprint(it.To)}
}

// resolutionItem is what Jira adds when a status ends or takes up work.
func (j *jira) resolutionItem(it Item) []obj {
	from, to := it.From.(*State).Category, it.To.(*State).Category
	if from.Ended() == to.Ended() {
		return nil
	}
	c := change{field: "resolution", id: "resolution", kind: "jira"}
	if from.Ended() {
		c.from, c.fromText = resolutionID(from), resolutionName(from)
	} else {
		c.to, c.toText = resolutionID(to), resolutionName(to)
	}
	return []obj{j.renderChange(c)}
}

// parentChange tells of reparenting: an association of ids on Cloud, an epic
// link or the parent of a sub-task on Data Center.
func (j *jira) parentChange(it Item) change {
	from, to := it.From.(*Issue), it.To.(*Issue)
	c := change{field: "IssueParentAssociation", kind: "jira"}
	switch {
	case it.Field == FieldChild:
		c.field, c.kind = "Epic Child", "custom"
	case it.Field == FieldContainer:
		c.field = "Container"
	case !j.cloud && isEpic(from, to):
		c.field, c.kind = "Epic Link", "custom"
	case !j.cloud:
		c.field = "Parent"
	}
	if from != nil {
		c.from, c.fromText = from.ID(), from.Key
	}
	if to != nil {
		c.to, c.toText = to.ID(), to.Key
	}
	return c
}

func isEpic(issues ...*Issue) bool {
	return slices.ContainsFunc(issues, func(i *Issue) bool { return i != nil && i.Type == TypeEpic })
}

func (j *jira) userValue(p *Person) (id, text any) {
	switch {
	case p == nil:
		return nil, nil
	case j.cloud:
		return p.AccountID(), p.Name
	}
	return p.Handle, p.Name
}

func priorityValue(p Priority) (id, text any) {
	if p == NoPriority {
		return nil, nil
	}
	return strconv.Itoa(int(p)), priorityNames[p]
}

// sprintValue is empty text for no sprint on Cloud, null on Data Center.
func (j *jira) sprintValue(sprints []*Sprint) (ids, names any) {
	if len(sprints) == 0 && !j.cloud {
		return nil, nil
	}
	var i, n []string
	for _, s := range sprints {
		i, n = append(i, s.ID()), append(n, s.Name)
	}
	return strings.Join(i, ", "), strings.Join(n, ", ")
}

func pointsValue(v any) any {
	n := v.(*float64)
	if n == nil {
		return nil
	}
	return strconv.FormatFloat(*n, 'f', -1, 64)
}

func linkValue(e end) (key, text any) {
	if e.other == nil {
		return nil, nil
	}
	return e.other.Key, "This issue " + e.phrase() + " " + e.other.Key
}

func midnight(date string) any {
	if date == "" {
		return nil
	}
	return date + " 00:00:00.0"
}
