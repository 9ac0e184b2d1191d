package rules

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Question asks why a rule noticed something, or why it did not.
type Question struct {
	Rule string
	// Tickets are those whose rows are told, of Source.
	Source  string
	Tickets []ticket.Ref
	// Subject is what a finding is about, where the rule looks at no ticket.
	Subject finding.Subject
	Team    string // of the finding, or of Near; empty when none owns it
	Event   string // only this event; empty: all of them
	// Near also asks for what is no ticket and has to do with one: its sprints,
	// its areas, its team and the people in a role there. Team is found then.
	Near *ticket.Ticket
}

// Explanation tells how a rule looked at something at a moment: every row it
// looked at, with the parts of its condition and the facts in them.
type Explanation struct {
	At   time.Time      `json:"at"`
	Rule string         `json:"rule"`
	Said []string       `json:"said,omitempty"` // what keeps the rule from looking, or from telling
	Rows []ExplainedRow `json:"rows,omitempty"`
	More int            `json:"more,omitempty"` // rows that are not told
	// Together tells the condition on what is told together, by subject.
	Together []ExplainedGroup `json:"together,omitempty"`
	// Seen is what the rule notices about it.
	Seen []finding.Seen `json:"-"`
	// Stopped says why the rule could not be evaluated; empty when it could.
	Stopped string `json:"stopped,omitempty"`
}

// ExplainedRow is one thing that the rule looked at: a ticket, an event, a
// sprint.
type ExplainedRow struct {
	About string    `json:"about"`
	URL   string    `json:"url,omitempty"`
	Team  string    `json:"team"`
	At    time.Time `json:"at,omitzero"` // of an event, or of what a state tells of
	// Left says why it is not looked at; empty when it is.
	Left string `json:"left,omitempty"`
	When []Part `json:"when,omitempty"` // one for each subject where the condition asks for that
	// Subjects are what a finding would be about, where that is something else.
	Subjects []string `json:"subjects,omitempty"`
	// Aged says that what it tells of has left its window.
	Aged  string `json:"aged,omitempty"`
	Holds bool   `json:"holds"` // the condition is met
}

// ExplainedGroup is what one finding would tell together.
type ExplainedGroup struct {
	Subject string `json:"subject"`
	Rows    int    `json:"rows"`
	Having  Part   `json:"having"`
}

// Explain evaluates as Check does, the one rule alone, and tells how it came to
// its verdict. Where the rule is switched off it says so, and tells what it
// would see.
func (b *Book) Explain(ctx context.Context, w Work, dir *org.Directory, now time.Time, q Question) (Explanation, error) {
	r, known := b.rule(q.Rule)
	if !known {
		return Explanation{}, fmt.Errorf("explain: no rule has the id %q", q.Rule)
	}
	t := &tracer{q: q, rule: r, out: Explanation{At: now.UTC(), Rule: q.Rule}, old: map[string]int{}, parts: mostParts, steps: mostSteps}
	outcome, err := b.forced(q.Rule).check(ctx, w, dir, now, t, Share{})
	if err != nil {
		return Explanation{}, err
	}
	t.finish(b)
	for _, s := range outcome.Seen {
		if t.noticed(&s) {
			t.out.Seen = append(t.out.Seen, s)
		}
	}
	if stopped := outcome.Stopped[q.Rule]; stopped != nil {
		t.out.Stopped = oneLine(stopped.Error())
	}
	return t.out, nil
}

// forced is the book with the one rule in force for everybody, as every team has
// agreed it or would.
func (b *Book) forced(rule string) *Book {
	out := &Book{rules: b.rules, standing: b.standing, adopted: map[string][]*Adopted{}}
	for team, list := range b.standing {
		out.adopted[team] = nil
		for _, a := range list {
			if a.Rule.ID == rule {
				out.adopted[team] = []*Adopted{a}
			}
		}
	}
	return out
}

// asks reports whether the question is about the row.
func (q *Question) asks(r *row) bool {
	if q.Event != "" && r.event != "" && r.event != q.Event {
		return false
	}
	if r.ticket != nil {
		return r.ticket.Source == q.Source && slices.ContainsFunc(q.Tickets, r.ticket.Ref().Is)
	}
	s, _ := subjectOf(r.item)
	if s.Kind == q.Subject.Kind && s.Source == q.Subject.Source && s.ID == q.Subject.ID {
		return true
	}
	// What a team declared is told by looking at the team.
	declared := q.Subject.Kind == finding.AboutRitual || q.Subject.Kind == finding.AboutPlan
	_, isTeam := r.item.(*team)
	return declared && isTeam && r.team == q.Team || q.Near != nil && near(r, q.Near, q.Team)
}

// near reports whether what the rule looks at has to do with the ticket of the
// team.
func near(r *row, t *ticket.Ticket, team string) bool {
	switch item := r.item.(type) {
	case *sprint:
		return item.Source == t.Source && slices.Contains(t.Sprints, item.ID)
	case *goal:
		return item.sprint != nil && item.sprint.Source == t.Source && slices.Contains(t.Sprints, item.sprint.ID)
	case *area:
		return item.source == t.Source && r.team == team && inArea(item, t)
	}
	return team != "" && r.team == team
}

func inArea(a *area, t *ticket.Ticket) bool {
	above := []string{t.Project, t.Parent.ID, t.Parent.Key}
	for _, c := range t.Containers {
		above = append(above, c.ID, c.Key)
	}
	switch a.kind {
	case "component":
		return among(a.id, t.Components)
	case "label":
		return among(a.id, t.Labels)
	}
	return among(a.id, above)
}
