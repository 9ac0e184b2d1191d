package simulator

import (
	"net/http"
	"time"
)

// gqlTypes are the types of Linear's schema as far as the simulator knows them:
// field by field, from a type's name.
var gqlTypes map[string]map[string]gqlField

// The types refer to one another, so they are put together when the program
// starts.
func init() {
	gqlTypes = map[string]map[string]gqlField{
		"Query":                       queryFields(),
		"Mutation":                    mutationFields(),
		"CommentPayload":              commentPayloadFields(),
		"PageInfo":                    pageInfoFields(),
		"Organization":                organizationFields(), //nolint:misspell // the protocol's word
		"User":                        userFields(),
		"ExternalUser":                externalFields(),
		"ActorBot":                    botFields(),
		"Team":                        teamFields(),
		"TeamMembership":              membershipFields(),
		"WorkflowState":               stateFields(),
		"IssueLabel":                  labelFields(),
		"ProjectLabel":                labelFields(),
		"InitiativeLabel":             labelFields(),
		"Cycle":                       cycleFields(),
		"Issue":                       issueFields(),
		"IssueHistory":                historyFields(),
		"IssueRelation":               relationFields(),
		"Comment":                     commentFields(),
		"CustomerNeed":                needFields(),
		"Customer":                    customerFields(),
		"Project":                     projectFields(),
		"ProjectStatus":               projectStatusFields(),
		"ProjectUpdate":               updateFields(),
		"InitiativeUpdate":            updateFields(),
		"ProjectRelation":             projectRelationFields(),
		"ProjectMilestone":            milestoneFields(),
		"ProjectAttachment":           projectAttachmentFields(),
		"EntityExternalLink":          externalLinkFields(),
		"Attachment":                  attachmentFields(),
		"Initiative":                  initiativeFields(),
		"IssueRelationHistoryPayload": relationChangeFields(),
	}
}

// value is a plain property.
func value[T any](read func(T) any) gqlField {
	return gqlField{shape: scalar, get: func(_ *linear, from any, _ map[string]any) (any, error) { return read(from.(T)), nil }}
}

// text is a property that is null when empty.
func text[T any](read func(T) string) gqlField {
	return value(func(v T) any { return textOrNull(read(v)) })
}

// moment is a date-time that is null when zero.
func moment[T any](read func(T) time.Time) gqlField {
	return value(func(v T) any { return read(v) })
}

// one is an object, or null when read gives a nil pointer.
func one[T, U any](of string, read func(*linear, T) *U) gqlField {
	return gqlField{shape: object, of: of, get: func(l *linear, from any, _ map[string]any) (any, error) {
		if v := read(l, from.(T)); v != nil {
			return v, nil
		}
		return nil, nil
	}}
}

// id is the id of an object, or null.
func idOf[T any, U interface {
	comparable
	gqlID() string
}](read func(T) U) gqlField {
	return value(func(v T) any {
		var none U
		if u := read(v); u != none {
			return u.gqlID()
		}
		return nil
	})
}

// many is a connection.
func many[T any, U node](of string, read func(*linear, T) []U) gqlField {
	return gqlField{shape: connection, of: of, get: func(l *linear, from any, _ map[string]any) (any, error) {
		out := []node{}
		for _, n := range read(l, from.(T)) {
			out = append(out, n)
		}
		return out, nil
	}}
}

// byID is a root field that finds one object by id or fails.
func byID[U node](of string, all func(*linear) []U, also func(U) string) gqlField {
	return gqlField{shape: object, of: of, args: []string{"id"}, get: func(l *linear, _ any, args map[string]any) (any, error) {
		for _, n := range all(l) {
			if id := args["id"]; id == n.gqlID() || (also != nil && id == also(n)) {
				return n, nil
			}
		}
		return nil, refusal(http.StatusBadRequest, "INPUT_ERROR", "invalid input", "Entity not found: "+of)
	}}
}

// issueByID finds an issue by id or key, one it had before included.
func issueByID() gqlField {
	return gqlField{shape: object, of: "Issue", args: []string{"id"}, get: func(l *linear, _ any, args map[string]any) (any, error) {
		name, _ := args["id"].(string)
		if i, ok := l.w.find(name); ok && i.plain() && l.o.shows(i.Space.Key) && name != i.ID() {
			return i, nil
		}
		return nil, refusal(http.StatusBadRequest, "INPUT_ERROR", "invalid input", "Entity not found: Issue")
	}}
}

func queryFields() map[string]gqlField {
	root := func(read func(*linear) []*Issue) func(*linear, *linear) []*Issue {
		return func(l, _ *linear) []*Issue { return read(l) }
	}
	return map[string]gqlField{
		"viewer":         one("User", func(l *linear, _ *linear) *Person { return l.viewer() }),
		"organization":   one("Organization", func(l *linear, _ *linear) *linear { return l }), //nolint:misspell // the protocol's word
		"teams":          many("Team", func(l, _ *linear) []*Space { return l.teams() }),
		"team":           byID("Team", (*linear).teams, func(s *Space) string { return s.Key }),
		"users":          many("User", func(l, _ *linear) []*Person { return l.w.people }),
		"user":           byID("User", func(l *linear) []*Person { return l.w.people }, nil),
		"issues":         many("Issue", root((*linear).issues)),
		"issue":          issueByID(),
		"projects":       many("Project", root((*linear).projects)),
		"project":        byID("Project", (*linear).projects, slugOf),
		"initiatives":    many("Initiative", root((*linear).initiatives)),
		"initiative":     byID("Initiative", (*linear).initiatives, slugOf),
		"cycles":         many("Cycle", func(l, _ *linear) []*Sprint { return l.cycles() }),
		"cycle":          byID("Cycle", (*linear).cycles, nil),
		"comments":       many("Comment", func(l, _ *linear) []*Comment { return l.comments() }),
		"comment":        byID("Comment", (*linear).comments, nil),
		"issueLabels":    many("IssueLabel", func(l, _ *linear) []label { return l.labels() }),
		"issueRelations": many("IssueRelation", func(l, _ *linear) []*link { return l.relations() }),
		"workflowStates": many("WorkflowState", func(l, _ *linear) []stateOf { return l.states() }),
		"customerNeeds":  many("CustomerNeed", func(l, _ *linear) []*Need { return l.needs() }),
	}
}

func pageInfoFields() map[string]gqlField {
	cursor := func(p pageInfo, pick func([]node) node) any {
		if len(p.nodes) == 0 {
			return nil
		}
		return placeOf(pick(p.nodes), p.byUpdate).String()
	}
	return map[string]gqlField{
		"hasNextPage":     value(func(p pageInfo) any { return p.more }),
		"hasPreviousPage": value(func(p pageInfo) any { return p.anything }),
		"startCursor":     value(func(p pageInfo) any { return cursor(p, func(n []node) node { return n[0] }) }),
		"endCursor":       value(func(p pageInfo) any { return cursor(p, func(n []node) node { return n[len(n)-1] }) }),
	}
}
