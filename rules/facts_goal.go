package rules

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules/engine"
	"github.com/fairlead-dev/fairlead/ticket"
)

// goal is what work is to lead to: a goal-like ticket, or what a sprint says it
// is for. One of ticket and sprint is set.
type goal struct {
	ticket *workTicket
	sprint *sprint
	w      *world
}

func (g *goal) Identity() string {
	if g.ticket != nil {
		return g.ticket.Identity()
	}
	return name("sprint", g.sprint.Identity())
}

func (g *goal) subject() (finding.Subject, bool) {
	if g.ticket != nil {
		return subjectOf(g.ticket)
	}
	return subjectOf(g.sprint)
}

func (g *goal) owner() *org.Team {
	if g.ticket != nil {
		return g.ticket.owner()
	}
	return g.sprint.owner()
}

// text is the goal itself.
func (g *goal) text() string {
	if g.ticket != nil {
		return g.ticket.Title
	}
	return g.sprint.Goal
}

// words is how a sentence names it.
func (g *goal) words() string {
	if g.ticket != nil {
		return g.ticket.Key
	}
	return cmp.Or(g.sprint.Name, "a sprint without a name")
}

// active says that somebody works towards it.
func (g *goal) active() bool {
	if g.ticket != nil {
		return g.ticket.InFlight()
	}
	return g.sprint.active()
}

// open says that it is not over: active, or still ahead.
func (g *goal) open() bool {
	if g.ticket != nil {
		return !g.ticket.Category.Ended()
	}
	return g.active() || g.sprint.future()
}

func goalFacts() noun {
	type G = *goal
	text := cel.StringType
	return noun{typ: goalType, help: "What work is to lead to: a goal-like ticket, or the goal text of a sprint or cycle.", facts: []fact{
		always("name", text, "what people call it: the ticket's key, the sprint's name", func(g G) string { return g.words() }),
		always("text", text, "the goal itself: the ticket's title, the sprint's goal text as it is now; written by anyone", func(g G) string { return g.text() }),
		always("description", text, "the ticket's description as it is now; empty for a sprint", func(g G) string {
			if g.ticket != nil {
				return g.ticket.Description
			}
			return ""
		}),
		always("of_sprint", cel.BoolType, "it is the goal of a sprint or cycle", func(g G) bool { return g.sprint != nil }),
		always("active", cel.BoolType, "somebody works towards it: the ticket is in flight, the sprint is running", func(g G) bool { return g.active() }),
		always("open", cel.BoolType, "it is not over: active, or still ahead", func(g G) bool { return g.open() }),
		always("url", text, "where a person can open it; may be empty", func(g G) string { s, _ := g.subject(); return s.URL }),
		sometimes("ticket", ticketType, "the ticket; missing for a sprint's goal", func(g G) (*workTicket, bool) { return g.ticket, g.ticket != nil }),
		sometimes("sprint", sprintType, "the sprint; missing for a ticket", func(g G) (*sprint, bool) { return g.sprint, g.sprint != nil }),
	}}
}

// isGoal says that the ticket is one.
func (t *workTicket) isGoal() bool { return t.Kind == ticket.Goal }

func goalFunctions() []function {
	return []function{
		{
			name: "says_goal", member: true, usage: "sprint.says_goal(min_chars, placeholders)", args: []*cel.Type{sprintType, cel.IntType, cel.ListType(cel.StringType)}, result: cel.BoolType,
			help: "The sprint's goal is at least so many characters long, without white space at its ends, and none of the placeholders, in the sense of among.",
			call: engine.Of3(func(s *sprint, min_chars int, placeholders []string) bool { return s.saysGoal(min_chars, placeholders) }),
		},
	}
}

func (s *sprint) saysGoal(minChars int, placeholders []string) bool {
	if s == nil {
		return false
	}
	goal := strings.TrimSpace(s.Goal)
	return goal != "" && utf8.RuneCountInString(goal) >= minChars && !among(goal, placeholders)
}
