package simulator

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

func organizationFields() map[string]gqlField {
	return map[string]gqlField{
		"id":     value(func(l *linear) any { return uuid("workspace", l.o.Workspace) }),
		"name":   value(func(l *linear) any { return strings.ToUpper(l.o.Workspace[:1]) + l.o.Workspace[1:] }),
		"urlKey": value(func(l *linear) any { return l.o.Workspace }),
	}
}

// common are the fields every node has.
func common[T node](more map[string]gqlField) map[string]gqlField {
	more["id"] = value(func(n T) any { return n.gqlID() })
	more["createdAt"] = moment(func(n T) time.Time { return n.moments().created })
	more["updatedAt"] = moment(func(n T) time.Time { return n.moments().updated })
	more["archivedAt"] = moment(func(n T) time.Time { return n.moments().archived })
	return more
}

func userFields() map[string]gqlField {
	return common[*Person](map[string]gqlField{
		"name":        value(func(p *Person) any { return p.Name }),
		"displayName": value(func(p *Person) any { return p.Handle }),
		"email":       value(func(p *Person) any { return p.Email }),
		"active":      value(func(p *Person) any { return !p.Inactive }),
		"app":         value(func(p *Person) any { return p.Bot }),
		"admin":       value(func(*Person) any { return false }),
		"guest":       value(func(*Person) any { return false }),
		"isMe": {get: func(l *linear, v any, _ map[string]any) (any, error) {
			return v.(*Person) == l.viewer(), nil
		}},
		"timezone": text(func(p *Person) string { return p.TimeZone }),
		"title":    value(func(*Person) any { return nil }),
		"url": {get: func(l *linear, v any, _ map[string]any) (any, error) {
			return l.url("profiles", v.(*Person).Handle), nil
		}},
	})
}

func externalFields() map[string]gqlField {
	return map[string]gqlField{
		"id":          value(func(e *external) any { return uuid("external", e.name) }),
		"name":        value(func(e *external) any { return e.name }),
		"displayName": value(func(e *external) any { return e.name }),
		"email":       value(func(*external) any { return nil }),
	}
}

func botFields() map[string]gqlField {
	return map[string]gqlField{
		"id":              text(func(b *bot) string { return b.id }),
		"name":            text(func(b *bot) string { return b.name }),
		"type":            value(func(b *bot) any { return b.kind }),
		"subType":         value(func(*bot) any { return nil }),
		"userDisplayName": value(func(*bot) any { return nil }),
	}
}

func teamFields() map[string]gqlField {
	return common[*Space](map[string]gqlField{
		"key":                 value(func(s *Space) any { return s.Key }),
		"name":                value(func(s *Space) any { return s.Name }),
		"displayName":         value(func(s *Space) any { return s.Name }),
		"description":         value(func(*Space) any { return nil }),
		"timezone":            value(func(s *Space) any { return orUTC(s.TimeZone) }),
		"issueEstimationType": value(func(*Space) any { return "linear" }),
		"triageEnabled": value(func(s *Space) any {
			return slices.ContainsFunc(s.Statuses, func(o State) bool { return o.Category == Triage })
		}),
		"memberships":   many("TeamMembership", (*linear).memberships),
		"cyclesEnabled": value(func(s *Space) any { return len(s.sprints) > 0 }),
		"private":       value(func(*Space) any { return false }),
		"issueCount":    {shape: scalar, args: []string{"includeArchived"}, get: (*linear).issueCount},
		"parent":        one("Team", func(*linear, *Space) *Space { return nil }),
		"cycles":        many("Cycle", func(_ *linear, s *Space) []*Sprint { return s.sprints }),
		"states": many("WorkflowState", func(_ *linear, s *Space) []stateOf {
			var out []stateOf
			for i := range s.Statuses {
				out = append(out, stateOf{&s.Statuses[i], s})
			}
			return out
		}),
		"issues": many("Issue", func(l *linear, s *Space) []*Issue {
			return l.ofType(func(i *Issue) bool { return i.Space == s && i.plain() })
		}),
	})
}

// issueCount is how many issues a team has.
func (l *linear) issueCount(from any, args map[string]any) (any, error) {
	s := from.(*Space)
	if b := l.w.bulk; b != nil && s == b.space {
		return float64(b.size), nil
	}
	return float64(len(l.ofType(func(i *Issue) bool {
		return i.Space == s && i.plain() && (i.archived.IsZero() || args["includeArchived"] == true)
	}))), nil
}

func orUTC(zone string) string {
	if zone == "" {
		return "Etc/UTC"
	}
	return zone
}

func stateFields() map[string]gqlField {
	return common[stateOf](map[string]gqlField{
		"name":        value(func(s stateOf) any { return s.state.Name }),
		"type":        value(func(s stateOf) any { return string(s.state.Category) }),
		"color":       value(func(stateOf) any { return "#95a2b3" }), //nolint:misspell // the protocol\'s word
		"position":    value(func(s stateOf) any { return float64(s.state.number) }),
		"description": value(func(stateOf) any { return nil }),
		"team":        one("Team", func(_ *linear, s stateOf) *Space { return s.team }),
	})
}

func labelFields() map[string]gqlField {
	name := func(l label) string {
		if _, own, ok := strings.Cut(l.name, "/"); ok {
			return own
		}
		return l.name
	}
	parent := func(l label) (label, bool) {
		group, _, ok := strings.Cut(l.name, "/")
		return label{group, l.w}, ok
	}
	return common[label](map[string]gqlField{
		"name":        value(func(l label) any { return name(l) }),
		"color":       value(func(label) any { return "#bec2c8" }), //nolint:misspell // the protocol\'s word
		"description": value(func(label) any { return nil }),
		"isGroup":     value(func(label) any { return false }),
		"team":        one("Team", func(*linear, label) *Space { return nil }),
		"parent": {shape: object, of: "IssueLabel", get: func(_ *linear, v any, _ map[string]any) (any, error) {
			if p, ok := parent(v.(label)); ok {
				return p, nil
			}
			return nil, nil
		}},
	})
}

func cycleFields() map[string]gqlField {
	// A cycle begins and ends by the clock, whatever anybody presses.
	active := func(l *linear, s *Sprint) bool { return !l.w.now.Before(s.Start) && l.w.now.Before(s.End) }
	state := func(is func(*linear, *Sprint) bool) gqlField {
		return gqlField{get: func(l *linear, v any, _ map[string]any) (any, error) { return is(l, v.(*Sprint)), nil }}
	}
	return common[*Sprint](map[string]gqlField{
		"number":      value(func(s *Sprint) any { return float64(s.ordinal) }),
		"name":        text(func(s *Sprint) string { return s.Name }),
		"description": text(func(s *Sprint) string { return s.Goal }),
		"startsAt":    moment(func(s *Sprint) time.Time { return s.Start }),
		"endsAt":      moment(func(s *Sprint) time.Time { return s.End }),
		"completedAt": moment(func(s *Sprint) time.Time { return s.completed }),
		"isActive":    state(active),
		"isFuture":    state(func(l *linear, s *Sprint) bool { return l.w.now.Before(s.Start) }),
		"isPast":      state(func(l *linear, s *Sprint) bool { return !l.w.now.Before(s.End) }),
		"progress":    value(func(*Sprint) any { return 0.0 }),
		"team":        one("Team", func(_ *linear, s *Sprint) *Space { return s.Space }),
		"issues": many("Issue", func(l *linear, s *Sprint) []*Issue {
			return l.ofType(func(i *Issue) bool { return i.plain() && i.cycle() == s })
		}),
	})
}

// commentBody is a comment's text; what came as Markdown goes as Markdown.
func (l *linear) commentBody(c *Comment) string {
	if c.written {
		return c.Body
	}
	return l.body(c.Body)
}

func commentFields() map[string]gqlField {
	return common[*Comment](map[string]gqlField{
		"body": {get: func(l *linear, v any, _ map[string]any) (any, error) {
			return l.commentBody(v.(*Comment)), nil
		}},
		"bodyData": {get: func(l *linear, v any, _ map[string]any) (any, error) {
			return l.bodyData(v.(*Comment).Body), nil
		}},
		"editedAt":     value(func(*Comment) any { return nil }),
		"resolvedAt":   value(func(*Comment) any { return nil }),
		"user":         one("User", func(_ *linear, c *Comment) *Person { return human(c.By) }),
		"botActor":     one("ActorBot", func(_ *linear, c *Comment) *bot { return botFor(c.By) }),
		"externalUser": one("ExternalUser", func(*linear, *Comment) *external { return nil }),
		"parent":       one("Comment", func(*linear, *Comment) *Comment { return nil }),
		"issue":        one("Issue", func(_ *linear, c *Comment) *Issue { return c.Issue }),
		"url": {get: func(l *linear, v any, _ map[string]any) (any, error) {
			c := v.(*Comment)
			return l.issueURL(c.Issue) + "#comment-" + c.UUID()[:8], nil
		}},
	})
}

// human is the person unless an automation acts, which Linear tells apart.
func human(p *Person) *Person {
	if p == nil || p.Bot {
		return nil
	}
	return p
}

func botFor(p *Person) *bot {
	if p == nil || !p.Bot {
		return nil
	}
	return &bot{id: p.LinearID(), name: p.Name, kind: "integration"}
}

// body writes mentions as Linear's markdown does.
func (l *linear) body(s string) string {
	return l.w.writeMentions(s, func(p *Person) string { return "@" + p.Handle })
}

// bodyData is the same text as the editor's document, where mentions carry ids.
func (l *linear) bodyData(s string) string {
	var content []any
	rest := s
	for _, m := range mention.FindAllString(s, -1) {
		p, ok := l.w.person(m[1:])
		if !ok {
			continue
		}
		before, after, _ := strings.Cut(rest, m)
		if before != "" {
			content = append(content, obj{"type": "text", "text": before})
		}
		content = append(content, obj{"type": "suggestion_userMentions", "attrs": obj{"id": p.LinearID(), "label": p.Handle}})
		rest = after
	}
	if rest != "" {
		content = append(content, obj{"type": "text", "text": rest})
	}
	doc, _ := json.Marshal(obj{"type": "doc", "content": []any{obj{"type": "paragraph", "content": content}}})
	return string(doc)
}

func needFields() map[string]gqlField {
	return common[*Need](map[string]gqlField{
		"body":     text(func(n *Need) string { return n.Body }),
		"priority": value(func(*Need) any { return 0.0 }),
		"creator":  one("User", func(_ *linear, n *Need) *Person { return human(n.By) }),
		"customer": one("Customer", func(_ *linear, n *Need) *Need { return n }),
		"issue": one("Issue", func(_ *linear, n *Need) *Issue {
			if n.Issue.plain() {
				return n.Issue
			}
			return nil
		}),
		"project": one("Project", func(_ *linear, n *Need) *Issue {
			if n.Issue.Type == TypeProject {
				return n.Issue
			}
			return nil
		}),
	})
}

func customerFields() map[string]gqlField {
	return map[string]gqlField{
		"id":   value(func(n *Need) any { return uuid("customer", n.Customer) }),
		"name": value(func(n *Need) any { return n.Customer }),
	}
}

func relationFields() map[string]gqlField {
	return common[*link](map[string]gqlField{
		"type":         value(func(l *link) any { return l.kind.Linear }),
		"issue":        one("Issue", func(_ *linear, l *link) *Issue { return l.from }),
		"relatedIssue": one("Issue", func(_ *linear, l *link) *Issue { return l.to }),
	})
}

func (l *linear) url(parts ...string) string {
	return "https://linear.app/" + l.o.Workspace + "/" + strings.Join(parts, "/")
}

func (l *linear) issueURL(i *Issue) string { return l.url("issue", i.Key, slug(i.Title)) }

// slug is a title as it stands in addresses.
func slug(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return strings.Join(words[:min(len(words), 8)], "-")
}
