package jira

import (
	"context"
	"iter"

	"github.com/fairlead-dev/fairlead/ticket"
)

// The largest pages there are: Cloud gives up to 5,000 tickets of which hardly
// anything is asked, Data Center as many as its administrator lets it.
const (
	widestCloud      = 5_000
	widestDataCenter = 1_000
)

// Present implements connectors.Holdings. Tickets come in the order of their
// creation, which no edit changes, so that none moves while pages are read. On
// Data Center offsets stay shallow: after some thousand tickets a new window
// begins at the creation time reached. A ticket may come twice. Jira's search
// does not find archived tickets, so they are missing and count as gone; one that
// is restored is found again.
func (s *Source) Present(ctx context.Context) iter.Seq2[[]ticket.Present, error] {
	return func(yield func([]ticket.Present, error) bool) {
		walk, err := s.census(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		at := cursor{Window: &window{}}
		for at.Window != nil {
			issues, _, err := walk.page(ctx, &at)
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(present(issues), nil) {
				return
			}
		}
	}
}

// census is a pager that asks for nothing but what Present tells.
func (s *Source) census(ctx context.Context) (pager, error) {
	me, err := s.admitted(ctx)
	if err != nil {
		return nil, err
	}
	fields := []string{byUpdate}
	if s.deployment == Cloud {
		return &cloud{source: s, order: byCreation, fields: fields, size: widestCloud}, nil
	}
	location, _ := zone(me.TimeZone)
	fields = append(fields, byCreation) // where the next window begins
	return &dataCenter{source: s, order: byCreation, fields: fields, size: widestDataCenter, location: location}, nil
}

// present lists the issues that can be told from one another.
func present(issues []issue) []ticket.Present {
	out := make([]ticket.Present, 0, len(issues))
	for i := range issues {
		if id := string(issues[i].ID); id != "" {
			out = append(out, ticket.Present{Ref: ticket.Ref{ID: id, Key: issues[i].Key}, Updated: issues[i].updated()})
		}
	}
	return out
}
