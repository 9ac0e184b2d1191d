package rules

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/rules/engine"
	"github.com/fairlead-dev/fairlead/ticket"
)

func planFacts() noun {
	type P = *plan
	return noun{typ: planType, help: "What a team begins next: a sprint, a cycle or a quarter.", facts: []fact{
		always("kind", cel.StringType, "sprint, cycle or quarter", func(p P) string { return p.kind() }),
		always("name", cel.StringType, "its name; written by anyone", func(p P) string { return p.words() }),
		always("start", cel.TimestampType, "when it begins; a quarter with its first day in the team's time zone", func(p P) time.Time { return p.start() }),
		always("url", cel.StringType, "where a person can open it; may be empty", func(p P) string { return p.url() }),
		always("team", teamType, "the team", func(p P) *team { return &team{Team: p.team, w: p.w} }),
		sometimes("sprint", sprintType, "the sprint or cycle; missing for a quarter", func(p P) (*sprint, bool) { return p.sprint, p.sprint != nil }),
		always("goals", cel.ListType(ticketType), "for a quarter: the goals that are due in it or labelled with it, not ended, which the team owns or has work below; none for a sprint, whose goal is a text",
			func(p P) list[*workTicket] { return p.goals() }),
		always("tickets", cel.ListType(ticketType), "the open work meant for it: what the sprint holds; what is due in the quarter, labelled with it (2027-Q1, Q1-2027) or below a goal of it. "+
			"What stands below other work of it, such as a sub-task, is left out", func(p P) list[*workTicket] { return p.tickets() }),
	}}
}

func planFunctions() []function {
	textList := cel.ListType(cel.StringType)
	return []function{
		{
			name: "has_goal", member: true, usage: "plan.has_goal(min_chars, placeholders)", args: []*cel.Type{planType, cel.IntType, textList}, result: cel.BoolType,
			help: "A sprint or cycle has a goal text of at least so many characters that is none of the placeholders; a quarter has one of its goals.",
			call: engine.Of3(func(p *plan, min_chars int, placeholders []string) bool { return p.hasGoal(min_chars, placeholders) }),
		},
		{
			name: "not_ready", member: true, usage: "plan.not_ready(levels, links, headings, min_chars)",
			args: []*cel.Type{planType, cel.IntType, textList, textList, cel.IntType}, result: cel.ListType(ticketType),
			help: "Its tickets that lack an owner and an estimate, or a problem and a goal. A bug is its own problem; a goal is one above it up to so many levels; a problem is told as says_problem sees it.",
			call: engine.Of5(func(p *plan, levels int, links []string, headings []string, min_chars int) list[*workTicket] {
				says := func(t *workTicket) bool {
					return t.saysProblem(levels, links, headings, min_chars)
				}
				return p.notReady(levels, says)
			}),
		},
	}
}

func (p *plan) hasGoal(minChars int, placeholders []string) bool {
	if p.sprint == nil {
		return len(p.goals()) > 0
	}
	text := strings.TrimSpace(p.sprint.Goal)
	return utf8.RuneCountInString(text) >= minChars && !among(text, placeholders)
}

func (p *plan) notReady(levels int, says func(*workTicket) bool) []*workTicket {
	var out []*workTicket
	for _, t := range p.tickets() {
		sized := t.Estimate != nil || t.inHands()
		if !sized || t.Kind != ticket.Bug && !t.reachesGoal(levels) && !says(t) {
			out = append(out, t)
		}
	}
	return out
}

// inHands says that the ticket is somebody's, not a bot's.
func (t *workTicket) inHands() bool {
	return !t.Assignee.IsZero() && !t.w.person(t.Tracker, t.Assignee).bot
}

func (t *workTicket) reachesGoal(levels int) bool {
	return slices.ContainsFunc(t.chain(levels), (*workTicket).isGoal)
}
