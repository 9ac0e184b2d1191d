package rules

import (
	"slices"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"

	"github.com/fairlead-dev/fairlead/ticket"
)

func planFacts() noun {
	type P = *plan
	return noun{typ: planType, help: "What a team begins next: a sprint, a cycle or a quarter.", facts: []fact{
		always("kind", cel.StringType, "sprint, cycle or quarter", func(p P) any { return p.kind() }),
		always("name", cel.StringType, "its name; written by anyone", func(p P) any { return p.words() }),
		always("start", cel.TimestampType, "when it begins; a quarter with its first day in the team's time zone", func(p P) any { return p.start() }),
		always("url", cel.StringType, "where a person can open it; may be empty", func(p P) any { return p.url() }),
		always("team", teamType, "the team", func(p P) any { return &team{Team: p.team, w: p.w} }),
		sometimes("sprint", sprintType, "the sprint or cycle; missing for a quarter", func(p P) (any, bool) { return p.sprint, p.sprint != nil }),
		always("goals", cel.ListType(ticketType), "for a quarter: the goals that are due in it or labelled with it, not ended, which the team owns or has work below; none for a sprint, whose goal is a text",
			func(p P) any { return p.goals() }),
		always("tickets", cel.ListType(ticketType), "the open work meant for it: what the sprint holds; what is due in the quarter, labelled with it (2027-Q1, Q1-2027) or below a goal of it. "+
			"What stands below other work of it, such as a sub-task, is left out", func(p P) any { return p.tickets() }),
	}}
}

func planFunctions() []function {
	textList := cel.ListType(cel.StringType)
	return []function{
		{
			name: "has_goal", member: true, usage: "plan.has_goal(min_chars, placeholders)", args: []*cel.Type{planType, cel.IntType, textList}, result: cel.BoolType,
			help: "A sprint or cycle has a goal text of at least so many characters that is none of the placeholders; a quarter has one of its goals.",
			call: func(args []ref.Val) any { return planIn(args[0]).hasGoal(whole(args[1]), texts(args[2])) },
		},
		{
			name: "not_ready", member: true, usage: "plan.not_ready(levels, links, headings, min_chars)",
			args: []*cel.Type{planType, cel.IntType, textList, textList, cel.IntType}, result: cel.ListType(ticketType),
			help: "Its tickets that lack an owner and an estimate, or a problem and a goal. A bug is its own problem; a goal is one above it up to so many levels; a problem is told as says_problem sees it.",
			call: func(args []ref.Val) any {
				says := func(t *workTicket) bool {
					return t.saysProblem(whole(args[1]), texts(args[2]), texts(args[3]), whole(args[4]))
				}
				return planIn(args[0]).notReady(whole(args[1]), says)
			},
		},
	}
}

func planIn(v ref.Val) *plan { p, _ := v.Value().(*plan); return p }

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
