package daemon

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
)

// terms are what holds at a moment: what the files say, with what people changed on
// pages laid over. They are never changed once they are there: others take their
// place as a whole.
type terms struct {
	cfg  *config.Config
	book *rules.Book
	// latest is the number of the latest revision that was looked at.
	latest int64
	// revisions are those up to that one, oldest first; only those of files where
	// agreements are managed in files.
	revisions []store.Revision
	left      []leftOut

	files  *config.Config // what the files say, with the calendars as they were read last
	base   []rules.Rule   // those of the catalog and of files
	layers []layer        // what is laid over both
}

// leftOut is a revision that does not hold although nothing later took its place:
// what it is about is not there any more, or has another shape.
type leftOut struct {
	store.Revision
	why string
}

// holding keeps what holds now.
type holding struct {
	now atomic.Pointer[terms]
	mu  sync.Mutex // whoever makes other terms holds it
	// noted says that what the files say was held against what they said before.
	noted atomic.Bool

	behind sync.WaitGroup // what goes on behind the pages

	// memory is for the checks of a process that goes on; nil in all others.
	memory atomic.Pointer[memory]
}

// newHolding is what the files say.
func newHolding(cfg *config.Config, all []rules.Rule, book *rules.Book) *holding {
	h := &holding{}
	h.now.Store(&terms{cfg: cfg, book: book, files: cfg, base: all})
	return h
}

// terms are those that hold: now, or for as long as a run takes.
func (f *Fairlead) terms() *terms {
	if f.pinned != nil {
		return f.pinned
	}
	return f.holding.now.Load()
}

// cfg is the configuration as it stands: one with calendars that were fetched since,
// or with agreements that were changed on pages, takes its place while reports are on
// their way and pages are looked at.
func (f *Fairlead) cfg() *config.Config { return f.terms().cfg }

// book is what everybody has agreed.
func (f *Fairlead) book() *rules.Book { return f.terms().book }

// steady is f for one run, in which nothing that holds changes: by the newest that
// anybody, in this process or another, has made hold before it began.
func (f *Fairlead) steady(ctx context.Context) (*Fairlead, error) {
	if f.pinned != nil {
		return f, nil
	}
	if err := f.renew(ctx); err != nil {
		return nil, err
	}
	return f.by(f.terms()), nil
}

// steadyAnew is steady for a run that has changed what holds.
func (f *Fairlead) steadyAnew(ctx context.Context) (*Fairlead, error) {
	g := *f
	g.pinned = nil
	return g.steady(ctx)
}

// by is f as long as the terms hold.
func (f *Fairlead) by(t *terms) *Fairlead {
	g := *f
	g.pinned = t
	return &g
}

// renew looks whether somebody changed anything on pages, and lets it hold. What
// cannot be read leaves in force what holds.
func (f *Fairlead) renew(ctx context.Context) error {
	latest, err := f.store.LatestRevision(ctx)
	if err != nil || latest == f.holding.now.Load().latest {
		return err
	}
	f.holding.mu.Lock()
	defer f.holding.mu.Unlock()
	before := f.holding.now.Load()
	all, err := f.store.Revisions(ctx)
	if err != nil || lastNumber(all) <= before.latest {
		return err
	}
	if !f.cfg().Dashboard.AgreementsOnPages || onlyOfFiles(all, before.latest) {
		f.holding.now.Store(before.knowing(all))
		return nil
	}
	t, err := laid(before.files, before.base, all)
	if err != nil {
		return fmt.Errorf("lay over the files what was changed on pages: %w", err)
	}
	f.holding.now.Store(t)
	f.logTerms(before, t)
	return nil
}

// onlyOfFiles reports whether nothing was changed on pages since the revision of the
// number.
func onlyOfFiles(all []store.Revision, since int64) bool {
	return !slices.ContainsFunc(all, func(r store.Revision) bool { return r.Number > since && r.Kind != store.OfFiles })
}

// knowing are the same terms, by which the same holds, with what has been kept of
// revisions by now.
func (t *terms) knowing(all []store.Revision) *terms {
	out := *t
	out.latest, out.revisions = lastNumber(all), all
	if !t.cfg.Dashboard.AgreementsOnPages {
		out.revisions = slices.DeleteFunc(slices.Clone(all), func(r store.Revision) bool { return r.Kind != store.OfFiles })
	}
	return &out
}

func lastNumber(all []store.Revision) int64 {
	if len(all) == 0 {
		return 0
	}
	return all[len(all)-1].Number
}

// logTerms tells what holds from now on, and once of each revision that does not.
func (f *Fairlead) logTerms(before, now *terms) {
	f.log.Info("agreements that were changed on pages hold", zap.Int64("revision", now.latest), zap.Int64("before", before.latest))
	known := map[int64]bool{}
	for _, l := range before.left {
		known[l.Number] = true
	}
	for _, l := range now.left {
		if !known[l.Number] {
			f.log.Warn("a revision is left out, and what held before it holds: "+l.why, zap.Int64("revision", l.Number), zap.String("kind", string(l.Kind)),
				zap.String("team", l.Team), zap.String("name", l.Name), zap.String("by", l.By))
		}
	}
}

// readingFeeds lets the directory know what calendars at addresses hold.
func (f *Fairlead) readingFeeds(readings []config.Reading) {
	f.holding.mu.Lock()
	defer f.holding.mu.Unlock()
	t := *f.holding.now.Load()
	t.cfg, t.files = t.cfg.WithFeeds(readings), t.files.WithFeeds(readings)
	f.holding.now.Store(&t)
	if f.pinned != nil {
		f.pinned = &t // f is a run's own
	}
}
