package simulator

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// slugOf is the short id that stands in a project's address.
func slugOf(i *Issue) string { return i.UUID()[:12] }

func projectFields() map[string]gqlField {
	f := containerFields("project")
	f["content"] = text(func(i *Issue) string { return i.Description })
	f["description"] = value(func(i *Issue) any { return firstSentence(i.Description) })
	f["priority"] = value(func(i *Issue) any { return int(i.Priority) })
	f["state"] = value(func(i *Issue) any { return projectState(i) })
	f["progress"] = value(func(*Issue) any { return 0.0 })
	f["startDate"] = value(func(*Issue) any { return nil })
	f["status"] = one("ProjectStatus", func(_ *linear, i *Issue) *Issue { return i })
	f["lead"] = one("User", func(_ *linear, i *Issue) *Person { return i.Assignee })
	f["teams"] = many("Team", func(_ *linear, i *Issue) []*Space { return []*Space{i.Space} })
	f["labels"] = many("ProjectLabel", func(l *linear, i *Issue) []label { return l.labelsOf(i) })
	f["needs"] = many("CustomerNeed", func(_ *linear, i *Issue) []*Need { return i.Needs })
	f["comments"] = many("Comment", func(*linear, *Issue) []*Comment { return nil })
	f["projectUpdates"] = many("ProjectUpdate", func(_ *linear, i *Issue) []*update { return i.updates() })
	f["attachments"] = many("ProjectAttachment", func(*linear, *Issue) []*Page { return nil })
	f["externalLinks"] = many("EntityExternalLink", func(_ *linear, i *Issue) []*Page { return i.Pages })
	f["members"] = many("User", func(_ *linear, i *Issue) []*Person { return i.Members })
	f["projectMilestones"] = many("ProjectMilestone", func(_ *linear, i *Issue) []*Milestone { return i.milestones })
	f["lastUpdate"] = one("ProjectUpdate", func(_ *linear, i *Issue) *update { return i.lastUpdate() })
	f["relations"] = many("ProjectRelation", func(*linear, *Issue) []nothing { return nil })
	f["inverseRelations"] = many("ProjectRelation", func(*linear, *Issue) []nothing { return nil })
	f["issues"] = many("Issue", func(l *linear, i *Issue) []*Issue {
		return l.ofType(func(c *Issue) bool { return c.plain() && c.Container == i })
	})
	f["initiatives"] = many("Initiative", func(_ *linear, i *Issue) []*Issue {
		if i.Container == nil {
			return nil
		}
		return []*Issue{i.Container}
	})
	return f
}

func initiativeFields() map[string]gqlField {
	f := containerFields("initiative")
	f["content"] = text(func(i *Issue) string { return i.Description })
	f["description"] = text(func(i *Issue) string { return firstSentence(i.Description) })
	f["priority"] = value(func(i *Issue) any { return int(i.Priority) })
	f["status"] = value(func(i *Issue) any { return initiativeStatus(i) })
	f["owner"] = one("User", func(_ *linear, i *Issue) *Person { return i.Assignee })
	f["parentInitiative"] = one("Initiative", func(_ *linear, i *Issue) *Issue { return i.Parent })
	f["labels"] = many("InitiativeLabel", func(l *linear, i *Issue) []label { return l.labelsOf(i) })
	f["links"] = many("EntityExternalLink", func(_ *linear, i *Issue) []*Page { return i.Pages })
	f["initiativeUpdates"] = many("InitiativeUpdate", func(_ *linear, i *Issue) []*update { return i.updates() })
	f["projects"] = many("Project", func(l *linear, i *Issue) []*Issue {
		return l.ofType(func(c *Issue) bool { return c.Type == TypeProject && c.Container == i })
	})
	return f
}

// containerFields are what projects and initiatives have in common.
func containerFields(where string) map[string]gqlField {
	return common[*Issue](map[string]gqlField{
		"name":    value(func(i *Issue) any { return i.Title }),
		"slugId":  value(func(i *Issue) any { return slugOf(i) }),
		"trashed": value(func(*Issue) any { return nil }),
		"health":  value(func(i *Issue) any { return i.health() }),
		"healthUpdatedAt": moment(func(i *Issue) time.Time {
			if n := len(i.Comments); n > 0 {
				return i.Comments[n-1].At
			}
			return time.Time{}
		}),
		"targetDate":  text(func(i *Issue) string { return i.Due }),
		"startedAt":   moment(func(i *Issue) time.Time { return i.started }),
		"completedAt": moment(func(i *Issue) time.Time { return i.endedAs(Completed) }),
		"canceledAt":  moment(func(i *Issue) time.Time { return i.endedAs(Canceled) }),
		"creator":     one("User", func(_ *linear, i *Issue) *Person { return human(i.Creator) }),
		"url": {get: func(l *linear, v any, _ map[string]any) (any, error) {
			i := v.(*Issue)
			return l.url(where, slug(i.Title)+"-"+slugOf(i)), nil
		}},
	})
}

func firstSentence(s string) string {
	sentence, _, _ := strings.Cut(s, "\n")
	return sentence
}

// projectState is a project's status in Linear's words.
func projectState(i *Issue) string {
	switch c := i.Status.Category; c {
	case InProgress, Completed, Canceled:
		return string(c)
	case Unstarted:
		return "planned"
	case Duplicate:
		return "canceled"
	}
	return "backlog"
}

func projectStatusFields() map[string]gqlField {
	names := map[string]string{
		"backlog": "Backlog", "planned": "Planned", "started": "In Progress", "completed": "Completed", "canceled": "Canceled",
	}
	return map[string]gqlField{
		"id":    value(func(i *Issue) any { return uuid("project status", projectState(i)) }),
		"name":  value(func(i *Issue) any { return names[projectState(i)] }),
		"type":  value(func(i *Issue) any { return projectState(i) }),
		"color": value(func(*Issue) any { return "#bec2c8" }), //nolint:misspell // the protocol\'s word
		"position": value(func(i *Issue) any {
			return float64(slices.Index([]string{"backlog", "planned", "started", "completed", "canceled"}, projectState(i)))
		}),
	}
}

func initiativeStatus(i *Issue) string {
	switch i.Status.Category {
	case InProgress:
		return "Active"
	case Completed:
		return "Completed"
	case Canceled, Duplicate:
		return "Canceled"
	}
	return "Planned"
}

// updates are the news of a project or initiative: what is written at an issue
// as a comment is written there as an update.
func (i *Issue) updates() []*update {
	var out []*update
	for _, c := range i.Comments {
		out = append(out, &update{c})
	}
	return out
}

func (i *Issue) lastUpdate() *update {
	if len(i.Comments) == 0 {
		return nil
	}
	return &update{i.Comments[len(i.Comments)-1]}
}

// health is what the last update says.
func (i *Issue) health() any {
	if u := i.lastUpdate(); u != nil {
		return u.health()
	}
	return nil
}

func (u *update) health() string { return cmp.Or(u.comment.health, "onTrack") }

func updateFields() map[string]gqlField {
	return common[*update](map[string]gqlField{
		"body": {get: func(l *linear, v any, _ map[string]any) (any, error) {
			return l.body(v.(*update).comment.Body), nil
		}},
		"health": value(func(u *update) any { return u.health() }),
		"user":   one("User", func(_ *linear, u *update) *Person { return human(u.comment.By) }),
	})
}

func projectRelationFields() map[string]gqlField {
	never := func(*linear, nothing) *Issue { return nil }
	return common[nothing](map[string]gqlField{
		"type":           value(func(nothing) any { return "dependency" }),
		"project":        one("Project", never),
		"relatedProject": one("Project", never),
	})
}
