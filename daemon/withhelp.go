package daemon

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
)

// checkPast is an evaluation at a moment by the rules, nil for all, with the help of
// others where there are any.
func (f *Fairlead) checkPast(ctx context.Context, at time.Time, only []string) (rules.Outcome, error) {
	out, err := f.withHelp(ctx, at, only, func(*together, *rules.Outcome) error { return nil })
	if errors.Is(err, errApart) {
		return f.bookOf(only).Check(ctx, f.work(), f.cfg().Directory, at)
	}
	return out, err
}

// checkWithHelp is an evaluation of now with the help of others, which leaves nothing for
// the next; errApart where there are none.
func (f *Fairlead) checkWithHelp(ctx context.Context, b *books, now time.Time) (evaluated, error) {
	out := evaluated{gone: map[ticketKey]bool{}, fresh: map[finding.LookKey]bool{}}
	var err error
	out.Outcome, err = f.withHelp(ctx, now, nil, func(t *together, noticed *rules.Outcome) error {
		for key := range t.holding {
			if _, before := b.looks[key]; !before {
				out.fresh[key] = true
			}
		}
		return t.lookFor(ctx, b, noticed, now, &out)
	})
	return out, err
}

// lookFor finds the tickets that findings are about and that nobody noticed anything of.
func (t *together) lookFor(ctx context.Context, b *books, noticed *rules.Outcome, now time.Time, out *evaluated) error {
	seen := map[finding.ID]bool{}
	for i := range noticed.Seen {
		seen[noticed.Seen[i].ID] = true
	}
	s := &seer{books: b, now: now}
	s.prepare(func(e *finding.Finding) bool { return seen[e.ID] })
	ids := map[string]map[string]bool{}
	ask := func(source, id string) {
		if ids[source] == nil {
			ids[source] = map[string]bool{}
		}
		ids[source][id] = true
	}
	for key := range s.missing {
		ask(key.source, key.id)
	}
	for key := range s.subjects {
		ask(key.Source, key.Part)
	}
	for source, of := range ids {
		for found, err := range t.Named(ctx, source, slices.Sorted(maps.Keys(of))) {
			if err != nil {
				return err
			}
			s.note(&found)
		}
	}
	out.subjects = s.subjects
	return t.f.confirmGone(ctx, s.missing, out.gone)
}

// withHelp evaluates at a moment by the rules, nil for all, with the help of others, and
// does something more while the moment lasts. errApart says that there is nobody, or that
// it is not worth their while.
func (f *Fairlead) withHelp(ctx context.Context, at time.Time, only []string, then func(*together, *rules.Outcome) error) (rules.Outcome, error) {
	n, err := f.judges(ctx)
	if err != nil {
		return rules.Outcome{}, err
	}
	if n < 2 {
		return rules.Outcome{}, errApart
	}
	t := together{f: f, s: f.store.(store.Shared), plan: division{At: at, Only: only}, holding: map[finding.LookKey]bool{}} //nolint:forcetypeassert // there is a queue beside it
	out, err := t.check(ctx, n, then)
	if errors.Is(err, errApart) {
		f.log.Info("nobody else finished a part of the check: it is made in one place", zap.Error(err))
	}
	return out, err
}

// bookOf is the book with these rules alone; nil: all of them.
func (f *Fairlead) bookOf(only []string) *rules.Book {
	if only == nil {
		return f.book()
	}
	return f.book().Only(func(_, rule string) bool { return slices.Contains(only, rule) })
}

// judges is in how many pieces a check is worth making.
func (f *Fairlead) judges(ctx context.Context) (int, error) {
	if f.queue == nil || f.filesName == "" || f.held.Lease != checkTurn {
		return 1, nil
	}
	tickets := 0
	for _, src := range f.sources {
		n, err := f.store.Count(ctx, src.Name())
		if err != nil {
			return 1, err
		}
		tickets += n
	}
	if tickets < f.queue.worth {
		return 1, nil
	}
	if f.queue.working {
		return f.queue.processes(), nil
	}
	return f.queue.processes() + 1, nil
}
