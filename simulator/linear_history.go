package simulator

import "slices"

func historyFields() map[string]gqlField {
	f := common[entry](map[string]gqlField{
		"issue":                one("Issue", func(_ *linear, e entry) *Issue { return e.issue }),
		"actor":                one("User", func(_ *linear, e entry) *Person { return human(e.By) }),
		"actorId":              idOf(func(e entry) *Person { return human(e.By) }),
		"botActor":             one("ActorBot", func(_ *linear, e entry) *bot { return e.automation() }),
		"archived":             value(func(e entry) any { return e.flag(FieldArchived) }),
		"trashed":              value(func(entry) any { return nil }),
		"updatedDescription":   value(func(e entry) any { return e.flag(FieldDescription) }),
		"attachmentId":         value(func(e entry) any { return e.attachment() }),
		"toConvertedProjectId": value(func(entry) any { return nil }),
		"fromDelegate":         one("User", func(*linear, entry) *Person { return nil }),
		"toDelegate":           one("User", func(*linear, entry) *Person { return nil }),
	})
	for _, side := range []string{"from", "to"} {
		addHistorySide(f, side)
	}
	addHistoryLists(f)
	return f
}

// addHistorySide adds the fields that tell a value before or after.
func addHistorySide(f map[string]gqlField, side string) {
	assignee := func(e entry) *Person { return sideOf[*Person](e, FieldAssignee, side) }
	state := func(e entry) *State { return sideOf[*State](e, FieldStatus, side) }
	cycle := func(e entry) *Sprint { return lastSprint(sideOf[[]*Sprint](e, FieldSprint, side)) }
	parent := func(e entry) *Issue { return sideOf[*Issue](e, FieldParent, side) }
	project := func(e entry) *Issue { return sideOf[*Issue](e, FieldContainer, side) }

	f[side+"Assignee"] = one("User", func(_ *linear, e entry) *Person { return assignee(e) })
	f[side+"AssigneeId"] = idOf(assignee)
	f[side+"StateId"] = idOf(state)
	f[side+"State"] = gqlField{shape: object, of: "WorkflowState", get: func(_ *linear, v any, _ map[string]any) (any, error) {
		if s := state(v.(entry)); s != nil {
			return stateOf{s, v.(entry).issue.Space}, nil
		}
		return nil, nil
	}}
	f[side+"Cycle"] = one("Cycle", func(_ *linear, e entry) *Sprint { return cycle(e) })
	f[side+"CycleId"] = idOf(cycle)
	f[side+"Parent"] = one("Issue", func(_ *linear, e entry) *Issue { return parent(e) })
	f[side+"ParentId"] = idOf(parent)
	f[side+"Project"] = one("Project", func(_ *linear, e entry) *Issue { return project(e) })
	f[side+"ProjectId"] = idOf(project)
	milestone := func(e entry) *Milestone { return sideOf[*Milestone](e, FieldMilestone, side) }
	team := func(e entry) *Space { return sideOf[address](e, FieldSpace, side).space }
	f[side+"ProjectMilestone"] = one("ProjectMilestone", func(_ *linear, e entry) *Milestone { return milestone(e) })
	f[side+"Team"] = one("Team", func(_ *linear, e entry) *Space { return team(e) })
	f[side+"TeamId"] = idOf(team)
	f[side+"Title"] = value(func(e entry) any { return textOrNull(sideOf[string](e, FieldTitle, side)) })
	f[side+"DueDate"] = value(func(e entry) any { return textOrNull(sideOf[string](e, FieldDue, side)) })
	f[side+"Estimate"] = value(func(e entry) any { return sideOf[*float64](e, FieldEstimate, side) })
	f[side+"Priority"] = value(func(e entry) any {
		if _, ok := e.item(FieldPriority); !ok {
			return nil
		}
		return float64(sideOf[Priority](e, FieldPriority, side))
	})
}

func addHistoryLists(f map[string]gqlField) {
	f["addedLabelIds"] = labelChange("to", "from")
	f["removedLabelIds"] = labelChange("from", "to")
	f["descriptionUpdatedBy"] = gqlField{shape: objects, of: "User", get: func(_ *linear, v any, _ map[string]any) (any, error) {
		e := v.(entry)
		if _, ok := e.item(FieldDescription); !ok || human(e.By) == nil {
			return []any(nil), nil
		}
		return []any{e.By}, nil
	}}
	f["relationChanges"] = gqlField{shape: objects, of: "IssueRelationHistoryPayload", get: func(_ *linear, v any, _ map[string]any) (any, error) {
		return v.(entry).relationChanges(), nil
	}}
}

// sideOf reads the value before or after from what the entry says of a field;
// the zero value when it says nothing.
func sideOf[T any](e entry, f Field, side string) T {
	var none T
	it, ok := e.item(f)
	if !ok {
		return none
	}
	v := it.To
	if side == "from" {
		v = it.From
	}
	return v.(T)
}

func lastSprint(s []*Sprint) *Sprint {
	if len(s) == 0 {
		return nil
	}
	return s[len(s)-1]
}

// labelChange is the ids of labels that stand on one side only; null when the
// entry is not about labels.
func labelChange(on, not string) gqlField {
	return gqlField{get: func(l *linear, v any, _ map[string]any) (any, error) {
		here, there := sideOf[[]string](v.(entry), FieldLabels, on), sideOf[[]string](v.(entry), FieldLabels, not)
		only := slices.DeleteFunc(slices.Clone(here), func(s string) bool { return slices.Contains(there, s) })
		if len(only) == 0 {
			return nil, nil
		}
		return l.labelIDs(only), nil
	}}
}

func (e entry) relationChanges() []any {
	var out []any
	for _, it := range e.Items {
		if it.Field != FieldLink {
			continue
		}
		if gone := it.From.(end); gone.other != nil {
			gone.gone = true
			out = append(out, gone)
		}
		if came := it.To.(end); came.other != nil {
			out = append(out, came)
		}
	}
	return out
}

// flag is true when the entry is about the field, else null, as Linear says it.
func (e entry) flag(f Field) any {
	if _, ok := e.item(f); ok {
		return true
	}
	return nil
}

// attachment is the id of the page the entry speaks of.
func (e entry) attachment() any {
	if it, ok := e.item(FieldRemoteLink); ok {
		for _, p := range e.issue.Pages {
			if p.Title == it.To && p.at.created.Equal(e.At) {
				return p.gqlID()
			}
		}
	}
	return nil
}

// automation tells who acted when no person did.
func (e entry) automation() *bot {
	if e.By == nil {
		return &bot{name: "Linear", kind: "workflow"}
	}
	return botFor(e.By)
}

func relationChangeFields() map[string]gqlField {
	return map[string]gqlField{
		"identifier": value(func(e end) any { return e.other.Key }),
		"type":       value(func(e end) any { return relationCode(e) }),
	}
}
