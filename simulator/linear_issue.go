package simulator

import (
	"slices"
	"time"
)

var priorityLabels = []string{"No priority", "Urgent", "High", "Medium", "Low"}

func issueFields() map[string]gqlField {
	f := common[*Issue](map[string]gqlField{
		"identifier":    value(func(i *Issue) any { return i.Key }),
		"number":        value(func(i *Issue) any { return float64(i.ordinal) }),
		"title":         value(func(i *Issue) any { return i.Title }),
		"description":   described(),
		"priority":      value(func(i *Issue) any { return float64(i.Priority) }),
		"priorityLabel": value(func(i *Issue) any { return priorityLabels[i.Priority] }),
		"estimate":      value(func(i *Issue) any { return i.Estimate }),
		"dueDate":       text(func(i *Issue) string { return i.Due }),
		"trashed":       value(func(*Issue) any { return nil }),
		"branchName":    value(func(i *Issue) any { return slug(i.Key + " " + i.Title) }),
		"labelIds": {get: func(l *linear, v any, _ map[string]any) (any, error) {
			return l.labelIDs(v.(*Issue).Labels), nil
		}},
		"previousIdentifiers": value(func(i *Issue) any { return emptyList(i.formerly) }),
		"startedAt":           moment(func(i *Issue) time.Time { return i.started }),
		"completedAt":         moment(func(i *Issue) time.Time { return i.endedAs(Completed) }),
		"canceledAt":          moment(func(i *Issue) time.Time { return i.endedAs(Canceled) }),
		"creator":             one("User", func(_ *linear, i *Issue) *Person { return human(i.Creator) }),
		"assignee":            one("User", func(_ *linear, i *Issue) *Person { return i.Assignee }),
		"delegate":            one("User", func(*linear, *Issue) *Person { return nil }),
		"botActor":            one("ActorBot", func(_ *linear, i *Issue) *bot { return i.integration() }),
		"externalUserCreator": one("ExternalUser", func(*linear, *Issue) *external { return nil }),
		"team":                one("Team", func(_ *linear, i *Issue) *Space { return i.Space }),
		"cycle":               one("Cycle", func(_ *linear, i *Issue) *Sprint { return i.cycle() }),
		"parent":              one("Issue", func(_ *linear, i *Issue) *Issue { return i.Parent }),
		"project":             one("Project", func(_ *linear, i *Issue) *Issue { return i.Container }),
		"projectMilestone":    one("ProjectMilestone", func(_ *linear, i *Issue) *Milestone { return i.Milestone }),
		"state": {shape: object, of: "WorkflowState", get: func(_ *linear, v any, _ map[string]any) (any, error) {
			return stateOf{v.(*Issue).Status, v.(*Issue).Space}, nil
		}},
		"url": {get: func(l *linear, v any, _ map[string]any) (any, error) { return l.issueURL(v.(*Issue)), nil }},
	})
	addIssueConnections(f)
	return f
}

func addIssueConnections(f map[string]gqlField) {
	f["children"] = many("Issue", func(l *linear, i *Issue) []*Issue { return l.w.children(i) })
	f["comments"] = many("Comment", func(_ *linear, i *Issue) []*Comment { return i.Comments })
	f["history"] = many("IssueHistory", func(_ *linear, i *Issue) []entry { return i.entries() })
	f["labels"] = many("IssueLabel", func(l *linear, i *Issue) []label { return l.labelsOf(i) })
	f["attachments"] = many("Attachment", func(_ *linear, i *Issue) []*Page { return i.Pages })
	f["needs"] = many("CustomerNeed", func(_ *linear, i *Issue) []*Need { return i.Needs })
	f["subscribers"] = many("User", func(_ *linear, i *Issue) []*Person { return i.Watchers })
	f["relations"] = many("IssueRelation", func(l *linear, i *Issue) []*link {
		return slices.DeleteFunc(l.w.linksOf(i), func(k *link) bool { return k.from != i })
	})
	f["inverseRelations"] = many("IssueRelation", func(l *linear, i *Issue) []*link {
		return slices.DeleteFunc(l.w.linksOf(i), func(k *link) bool { return k.to != i })
	})
}

func described() gqlField {
	return gqlField{get: func(l *linear, v any, _ map[string]any) (any, error) {
		return textOrNull(l.body(v.(*Issue).Description)), nil
	}}
}

// endedAs is when the issue ended in this way; Linear counts duplicates as
// canceled.
func (i *Issue) endedAs(c Category) time.Time {
	now := i.Status.Category
	if now == c || (now == Duplicate && c == Canceled) {
		return i.ended
	}
	return time.Time{}
}

// integration is what created the issue when no person did.
func (i *Issue) integration() *bot {
	if i.integrate != "" {
		return &bot{id: uuid("bot", i.integrate), name: i.integrate, kind: "integration"}
	}
	return botFor(i.Creator)
}

func (l *linear) labelIDs(names []string) []string {
	out := []string{}
	for _, n := range names {
		out = append(out, label{n, l.w}.gqlID())
	}
	return out
}

func (l *linear) labelsOf(i *Issue) []label {
	var out []label
	for _, n := range i.Labels {
		out = append(out, label{n, l.w})
	}
	return out
}

// entries are the events that Linear keeps a history of.
func (i *Issue) entries() []entry {
	var out []entry
	for _, e := range i.History {
		if slices.ContainsFunc(e.Items, func(it Item) bool { return it.Field != FieldChild && it.Field != FieldComponents }) {
			out = append(out, entry{e, i})
		}
	}
	return out
}
