package connectors

import (
	"context"
	"fmt"

	"github.com/fairlead-dev/fairlead/ticket"
)

// Store is what the sync loop asks of a store.
type Store interface {
	// Cursor is where the source's last stored page ended; empty at first.
	Cursor(ctx context.Context, source string) (string, error)
	// SavePage stores tickets, sprints and the cursor together or not at all,
	// and says how many tickets were new or different.
	SavePage(ctx context.Context, source string, tickets []ticket.Ticket, sprints []ticket.Sprint, cursor string) (changed int, err error)
}

// Progress is how far a pass has come.
type Progress struct {
	Source   string
	Pages    int
	Tickets  int      // tickets read, repeats counted
	Changes  int      // history entries of those tickets
	Changed  int      // tickets that were new or different
	Expected int      // tickets the pass will bring; 0 when not known
	Gaps     []string // as many as a person would read, and how many more there are
	left     int      // out of Gaps
}

// Sync makes one pass over the source: it reads page after page and stores each
// with its cursor before asking for the next. On an error everything stored so
// far stays, and the next pass goes on from there. observe is told after each
// page; it may be nil.
func Sync(ctx context.Context, src Source, store Store, observe func(Progress)) (Progress, error) {
	name := src.Name()
	p := Progress{Source: name}
	cursor, err := store.Cursor(ctx, name)
	if err != nil {
		return p, fmt.Errorf("sync %s: read cursor: %w", name, err)
	}
	for page, err := range src.Changed(ctx, Cursor(cursor)) {
		if err != nil {
			return p, fmt.Errorf("sync: %w", err)
		}
		changed, err := store.SavePage(ctx, name, page.Tickets, page.Sprints, string(page.Cursor))
		if err != nil {
			return p, fmt.Errorf("sync %s: save page %d: %w", name, p.Pages+1, err)
		}
		p.add(page, changed)
		if observe != nil {
			observe(p)
		}
	}
	return p, ctx.Err()
}

func (p *Progress) add(page Page, changed int) {
	p.Pages++
	p.Tickets += len(page.Tickets)
	for i := range page.Tickets {
		p.Changes += len(page.Tickets[i].History)
	}
	p.Changed += changed
	p.Expected = max(p.Expected, page.Expected)
	p.Gaps = keepGaps(p.Gaps, page.Gaps, &p.left)
}

// mostGaps is how many gaps are kept of a pass. A field that cannot be read in
// any ticket must not fill the memory with as many lines as there are tickets.
const mostGaps = 500

// keepGaps adds gaps as long as there are not too many; left counts the others,
// which the last line then tells of.
func keepGaps(kept, more []string, left *int) []string {
	room := max(mostGaps-len(kept), 0)
	if len(more) <= room {
		return append(kept, more...)
	}
	*left += len(more) - room
	kept = append(kept, more[:room]...)
	return append(kept[:mostGaps], fmt.Sprintf("and %d more like these", *left))
}
