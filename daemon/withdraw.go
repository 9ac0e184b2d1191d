package daemon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// withdraw ends the open findings that nobody can settle any more: those that
// are not watched, and those about tickets that are no longer stored because
// their tracker no longer holds them. Those that are still seen are neither.
func (f *Fairlead) withdraw(ctx context.Context, ledger []finding.Finding, still map[finding.ID]bool, watched func(*finding.Finding) bool, now time.Time) ([]finding.Finding, []finding.Transition, error) {
	gone, err := f.aboutRemoved(ctx, ledger, still)
	if err != nil {
		return nil, nil, err
	}
	next, moves := finding.Withdraw(ledger, func(e *finding.Finding) bool { return still[e.ID] || !gone[e.ID] && watched(e) }, now)
	return next, moves, nil
}

// aboutRemoved are the open findings about tickets that are not stored; the ticket of
// what is still seen was just read.
func (f *Fairlead) aboutRemoved(ctx context.Context, ledger []finding.Finding, still map[finding.ID]bool) (map[finding.ID]bool, error) {
	gone := map[finding.ID]bool{}
	for _, one := range ledger {
		if one.State != finding.Open || one.Subject.Kind != finding.AboutTicket || still[one.ID] {
			continue
		}
		_, err := f.store.Ticket(ctx, one.Subject.Source, ticket.Ref{ID: one.Subject.ID})
		switch {
		case errors.Is(err, store.ErrNotFound):
			gone[one.ID] = true
		case err != nil:
			return nil, fmt.Errorf("look for the ticket of finding %s: %w", one.ID, err)
		}
	}
	return gone, nil
}
