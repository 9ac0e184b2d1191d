package linear

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

type cycle struct {
	ID          string    `json:"id"`
	Number      float64   `json:"number"`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	UpdatedAt   time.Time `json:"updatedAt"`
	StartsAt    time.Time `json:"startsAt"`
	EndsAt      time.Time `json:"endsAt"`
	CompletedAt time.Time `json:"completedAt"`
	IsActive    bool      `json:"isActive"`
	IsFuture    bool      `json:"isFuture"`
	IsPast      bool      `json:"isPast"`
	Team        ref       `json:"team"`
}

// title is the cycle's name, or what Linear shows in place of one.
func (c *cycle) title() string {
	if name := strings.TrimSpace(c.Name); name != "" {
		return name
	}
	return fmt.Sprintf("Cycle %s", plainNumber(c.Number))
}

// state is told by Linear's own flags, which its clock decides, not ours.
func (c *cycle) state() ticket.SprintState {
	switch {
	case !c.CompletedAt.IsZero() || c.IsPast:
		return ticket.SprintClosed
	case c.IsActive:
		return ticket.SprintActive
	case c.IsFuture:
		return ticket.SprintFuture
	}
	return ticket.SprintClosed
}

// sprint tells a cycle. Linear has no goal of a cycle; its description is where
// teams write one.
func (s *Source) sprint(c *cycle, workspace string) ticket.Sprint {
	sp := ticket.Sprint{
		Source: s.name, ID: c.ID, Name: c.title(), Goal: c.Description, State: c.state(), Team: c.Team.Key,
		Start: c.StartsAt.UTC(), End: c.EndsAt.UTC(), Completed: c.CompletedAt.UTC(),
	}
	if workspace != "" {
		sp.URL = fmt.Sprintf("https://linear.app/%s/team/%s/cycle/%s",
			url.PathEscape(workspace), url.PathEscape(c.Team.Key), plainNumber(c.Number))
	}
	return sp
}

func (c *cycle) updated() time.Time { return c.UpdatedAt }

// changedCycles reads the cycles changed since the last pass, and all that have not
// ended or ended since: neither beginning nor ending changes a cycle's updatedAt.
func (p *pass) changedCycles(ctx context.Context) error {
	return walk(ctx, p, route[*cycle]{
		listing: listing{query: docCycles, most: mostNodes},
		from:    p.at.Cycles,
		filter:  p.cyclesSince,
		reach:   func(r reach) { p.at.Cycles = r },
		take: func(_ context.Context, page []*cycle) error {
			p.out.Sprints = append(p.out.Sprints, p.sprints(page)...)
			return p.full()
		},
	})
}

func (p *pass) cyclesSince(r reach) map[string]any {
	filter := map[string]any{"team": inTeams(p.teams)}
	when := r.since(p.source.overlap)
	if from, ok := when["gte"]; ok {
		since := map[string]any{"gte": from}
		filter["or"] = []any{map[string]any{"updatedAt": since}, map[string]any{"endsAt": since}}
	}
	if before, ok := when["lt"]; ok {
		filter["updatedAt"] = map[string]any{"lt": before}
	}
	return filter
}

func (p *pass) sprints(found []*cycle) []ticket.Sprint {
	sprints := make([]ticket.Sprint, 0, len(found))
	for _, c := range found {
		sprints = append(sprints, p.source.sprint(c, p.workspace))
	}
	return sprints
}
