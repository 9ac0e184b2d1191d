package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// evaluations are what evaluations of now leave for the next.
type evaluations struct {
	by         evaluatedBy
	remembered rules.Memory
	// position is up to which of the store's positions all tickets are known; empty:
	// nothing is.
	position string
	// fresh are the parts of sources that hold tickets and that nobody has looked at yet.
	fresh freshParts
	// subjects are the parts that hold what findings are about, as far as anybody asked.
	subjects map[finding.LookKey]string
	// helped says that others helped with the latest, which left nothing: the next is
	// made here and leaves all.
	helped bool
}

// evaluatedBy is what else than tickets an evaluation depends on.
type evaluatedBy struct {
	book      *rules.Book
	directory *org.Directory
	sources   []string
}

func (f *Fairlead) evaluatedBy() evaluatedBy {
	return evaluatedBy{f.book(), f.cfg().Directory, f.SourceNames()}
}

func (e *evaluatedBy) is(o *evaluatedBy) bool {
	return e.book == o.book && e.directory == o.directory && slices.Equal(e.sources, o.sources)
}

// evaluated is what an evaluation of now saw, and what it was told of tickets.
type evaluated struct {
	rules.Outcome
	gone map[ticketKey]bool // tickets of open findings that are not stored any more
	// fresh are the parts of sources that hold tickets and that nobody has looked at yet.
	fresh    map[finding.LookKey]bool
	subjects map[finding.LookKey]string // see evaluations
	position string
}

// evaluate evaluates now. Where the latest evaluation is remembered, only what has
// changed since is looked at; where nothing is, others help once, and the next remembers.
func (f *Fairlead) evaluate(ctx context.Context, b *books, now time.Time) (evaluated, error) {
	e := f.memory.lasting()
	if e == nil {
		e = &evaluations{} // for this check alone
	}
	if by := f.evaluatedBy(); !e.by.is(&by) {
		*e = evaluations{by: by}
	}
	// Before any ticket is read: what changes meanwhile is told the next time as well.
	altered, err := f.store.Altered(ctx, e.position)
	if err != nil {
		return evaluated{}, err
	}
	e.position = ""

	if !altered.Known && !e.helped {
		out, err := f.checkWithHelp(ctx, b, now)
		if !errors.Is(err, errApart) {
			*e = evaluations{by: e.by, helped: err == nil}
			return out, wrapped("check", err)
		}
	}
	e.helped = false
	s := &seer{work: f.work(), books: b, now: now}
	out := evaluated{gone: map[ticketKey]bool{}}
	if out.Outcome, err = f.evaluateAgain(ctx, s, now, e, &altered); err != nil && altered.Known && ctx.Err() == nil {
		// A ticket may be gone since it was asked what is different.
		altered.Known = false
		out.Outcome, err = f.evaluateAgain(ctx, s, now, e, &altered)
	}
	if err != nil {
		return evaluated{}, fmt.Errorf("check: %w", err)
	}
	if s.complete {
		e.fresh, e.subjects = s.fresh, s.subjects
		err = f.confirmGone(ctx, s.missing, out.gone)
	} else {
		err = f.followAltered(ctx, b, e, altered.Tickets, out.gone)
	}
	if err != nil {
		return evaluated{}, fmt.Errorf("check: %w", err)
	}
	out.fresh, out.subjects, out.position = e.fresh.all(), e.subjects, altered.Position
	return out, nil
}

// stored lets the next evaluation go on from this one, whose outcome is stored.
func (e *evaluations) stored(of *evaluated, looks finding.Looks) {
	if e.fresh.looked(looks); !e.fresh.over {
		e.position = of.position
	}
}

// evaluateAgain evaluates now, from what is remembered where it can.
func (f *Fairlead) evaluateAgain(ctx context.Context, w rules.Work, now time.Time, e *evaluations, altered *store.Alterations) (rules.Outcome, error) {
	if f.memory.lasting() == nil {
		return f.book().Check(ctx, w, f.cfg().Directory, now)
	}
	names := make([]rules.Altered, len(altered.Tickets))
	for i, name := range altered.Tickets {
		names[i] = rules.Altered(name)
	}
	return f.book().CheckAgain(ctx, w, f.cfg().Directory, now, &e.remembered, names, altered.Known)
}

// confirmGone notes which of the tickets are still not stored.
func (f *Fairlead) confirmGone(ctx context.Context, missing map[ticketKey]bool, gone map[ticketKey]bool) error {
	for key := range missing {
		_, err := f.store.Ticket(ctx, key.source, ticket.Ref{ID: key.id})
		switch {
		case errors.Is(err, store.ErrNotFound):
			gone[key] = true
		case err != nil:
			return err
		}
	}
	return nil
}

// followAltered looks at the tickets that are different.
func (f *Fairlead) followAltered(ctx context.Context, b *books, e *evaluations, altered []store.TicketName, gone map[ticketKey]bool) error {
	for _, name := range altered {
		key := ticketKey{name.Source, name.ID}
		delete(e.subjects, finding.LookKey{Source: key.source, Part: key.id})
		e.fresh.leave(key)
		t, err := f.store.Ticket(ctx, key.source, ticket.Ref{ID: key.id})
		switch {
		case errors.Is(err, store.ErrNotFound):
			gone[key] = true
		case err != nil:
			return err
		case f.configured(key.source):
			e.fresh.enter(b, &t)
		}
	}
	return nil
}
