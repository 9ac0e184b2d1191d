package connectors

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/fairlead-dev/fairlead/ticket"
)

// Holder is a source that tells what it holds.
type Holder interface {
	Holdings
	Name() string
}

// Inventory is what reconciliation asks of a store beside what Sync asks.
type Inventory interface {
	Store
	// Count says how many tickets of the source are stored.
	Count(ctx context.Context, source string) (int, error)
	// Compare tells which tickets have to be read again and which are stored
	// though the tracker does not tell of them.
	Compare(ctx context.Context, source string, present iter.Seq2[[]ticket.Present, error]) (stale, gone []string, err error)
	// Remove takes tickets away and says how many were there.
	Remove(ctx context.Context, source string, ids []string) (removed int, err error)
}

// ReconcileOptions say how a reconciliation goes about it. The zero value is
// what runs on a schedule.
type ReconcileOptions struct {
	// AllowRemovals confirms a removal of more than half of what is stored.
	AllowRemovals bool
	// Observe is told after each batch of tickets read; nil: nobody is.
	Observe func(Progress)
}

// Reconciled is what a reconciliation did.
type Reconciled struct {
	Source    string
	Stored    int // tickets stored before it
	Present   int // tickets the tracker listed, repeats counted
	Refetched int // tickets read again because they were missing, older or had another key
	Changes   int // history entries of those
	Changed   int // of those, new or different
	StillHeld int // not listed, but there at the second look
	Removed   int
	Gaps      []string // as many as a person would read, and how many more there are
	left      int      // out of Gaps
}

const (
	// batch is how many tickets are fetched and stored in one step: as many as
	// the trackers give in one page.
	batch = 100
	// fewRemovals are removed without confirmation whatever they are a part of.
	fewRemovals = 20
)

// Reconcile holds everything that is stored of a source against everything its
// tracker holds: what a sync cannot see, because a deleted ticket or one that
// left the project shows up in no list of changes. It reads what is missing or
// out of date and removes what is gone, leaving the cursor where it is.
//
// Removing is the one thing that cannot be taken back by reading on, so it
// happens only after the whole list arrived, was not empty, and a second look at
// each ticket found it gone too; and when it is more than half of what is stored,
// only if the options confirm it. On an error what was read stays stored.
func Reconcile(ctx context.Context, src Holder, store Inventory, o ReconcileOptions) (Reconciled, error) {
	r := reconciliation{source: src, store: store, options: o}
	r.done.Source = src.Name()
	if err := r.run(ctx); err != nil {
		return r.done, fmt.Errorf("reconcile: %w", err)
	}
	return r.done, nil
}

type reconciliation struct {
	source  Holder
	store   Inventory
	options ReconcileOptions
	done    Reconciled
}

func (r *reconciliation) run(ctx context.Context) (err error) {
	if r.done.Stored, err = r.store.Count(ctx, r.done.Source); err != nil {
		return err
	}
	stale, gone, err := r.store.Compare(ctx, r.done.Source, r.counted(ctx))
	if err != nil {
		return err
	}
	if r.done.Present == 0 && r.done.Stored > 0 {
		return r.emptied()
	}
	if r.done.Refetched, err = r.fetch(ctx, stale, nil); err != nil {
		return err
	}
	if len(gone) > fewRemovals && 2*len(gone) > r.done.Stored && !r.options.AllowRemovals {
		return r.tooMany(len(gone))
	}
	return r.remove(ctx, gone)
}

// counted is the tracker's list, counted on the way.
func (r *reconciliation) counted(ctx context.Context) iter.Seq2[[]ticket.Present, error] {
	return func(yield func([]ticket.Present, error) bool) {
		for page, err := range r.source.Present(ctx) {
			r.done.Present += len(page)
			if !yield(page, err) {
				return
			}
		}
		// A source that just ends when it is stopped must not look complete.
		if err := ctx.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// remove looks a second time at what the list did not tell of: lists have gaps
// while tickets change places in them, and search answers trail behind.
func (r *reconciliation) remove(ctx context.Context, gone []string) (err error) {
	held := map[string]bool{}
	if r.done.StillHeld, err = r.fetch(ctx, gone, held); err != nil {
		return err
	}
	gone = slices.DeleteFunc(gone, func(id string) bool { return held[id] })
	if len(gone) == 0 {
		return nil
	}
	r.done.Removed, err = r.store.Remove(ctx, r.done.Source, gone)
	return err
}

// fetch reads tickets by id, batch by batch, and stores each batch before
// asking for the next. It says how many the tracker holds, and notes their ids
// in held unless that is nil.
func (r *reconciliation) fetch(ctx context.Context, ids []string, held map[string]bool) (found int, err error) {
	for some := range slices.Chunk(ids, batch) {
		page, err := r.source.Fetch(ctx, some)
		if err != nil {
			return found, err
		}
		if err := ctx.Err(); err != nil {
			return found, err
		}
		if err := r.save(ctx, page); err != nil {
			return found, err
		}
		found += len(page.Tickets)
		for i := range page.Tickets {
			if held != nil {
				held[page.Tickets[i].ID] = true
			}
		}
		r.observe(found, len(ids))
	}
	return found, nil
}

// save stores a batch and leaves the cursor as it is: the batch says nothing
// about how far the changes were read.
func (r *reconciliation) save(ctx context.Context, page Page) error {
	cursor, err := r.store.Cursor(ctx, r.done.Source)
	if err != nil {
		return err
	}
	changed, err := r.store.SavePage(ctx, r.done.Source, page.Tickets, page.Sprints, cursor)
	if err != nil {
		return err
	}
	for i := range page.Tickets {
		r.done.Changes += len(page.Tickets[i].History)
	}
	r.done.Changed += changed
	r.done.Gaps = keepGaps(r.done.Gaps, page.Gaps, &r.done.left)
	return nil
}

func (r *reconciliation) observe(found, expected int) {
	if r.options.Observe != nil {
		r.options.Observe(Progress{Source: r.done.Source, Tickets: found, Changed: r.done.Changed, Expected: expected, Gaps: r.done.Gaps})
	}
}

// placeOfHoldings is where the refusals below stand.
const placeOfHoldings = "what the tracker holds"

func (r *reconciliation) emptied() error {
	return &Error{
		Source: r.done.Source, Place: placeOfHoldings,
		Said: fmt.Sprintf("it listed no ticket at all, though %d are stored; nothing was removed", r.done.Stored),
		Fix:  "check that this account still sees the configured projects or teams: fairlead doctor",
	}
}

func (r *reconciliation) tooMany(gone int) error {
	return &Error{
		Source: r.done.Source, Place: placeOfHoldings,
		Said: fmt.Sprintf("%d of %d stored tickets are no longer among what it lists; nothing was removed", gone, r.done.Stored),
		Fix: "check that this account still sees all configured projects or teams; " +
			"if these tickets are gone for good, confirm it: fairlead sync --reconcile --allow-removals",
	}
}
