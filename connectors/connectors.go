// Package connectors says what a source of tickets must promise and runs the
// sync loop over it. Each child is one vendor. Nothing here knows a store or a
// rule: the caller hands both ends in.
package connectors

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/fairlead-dev/fairlead/ticket"
)

// Source is all the sync loop asks of a tracker.
//
// The contract, which connectortest checks: every ticket touched since the
// cursor is yielded at least once, complete with its history, and normalised;
// a page's cursor may be stored together with that page and never stands for
// anything not yielded up to and with it; starting again from any stored cursor
// loses nothing; a pass over an unchanged tracker yields tickets equal to those
// yielded before.
type Source interface {
	// Name identifies the source in the store, in findings and to people:
	// "jira acme.atlassian.net". It stays the same from run to run.
	Name() string
	// Changed yields what changed since from, page by page, in the order in which
	// the tracker lists it; the zero Cursor stands for the beginning. A non-nil
	// error ends the sequence; pages yielded before it are good.
	Changed(ctx context.Context, from Cursor) iter.Seq2[Page, error]
}

// Cursor is where a source goes on. Only the source that made it reads it.
type Cursor string

// Page is one portion of a pass.
type Page struct {
	Tickets []ticket.Ticket
	Sprints []ticket.Sprint
	// Cursor is where to go on once this page is stored. A page may hold nothing
	// else: the cursor then carries what was read and is not whole yet, which can
	// be a megabyte.
	Cursor Cursor
	// Expected is how many tickets the whole pass will bring, 0 when the
	// tracker does not tell. For progress only.
	Expected int
	// Gaps are things the tracker should have told and did not, in words for
	// an operator, naming the ticket or URL.
	Gaps []string
}

// Error is a tracker's refusal or nonsense, in words for an operator: the place,
// what the tracker said, and what to do. It never holds a secret.
type Error struct {
	Source string // name of the source
	Place  string // method and URL without query secrets, or a ticket
	Said   string // what the tracker answered, shortened
	Fix    string // what to do
	Err    error  // the cause; may be nil
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: %s", e.Source, e.Place, e.Said)
	if e.Fix != "" {
		fmt.Fprintf(&b, "\n\t%s", e.Fix)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
