package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/store"
)

// Progress is how far a sync has come.
type Progress = connectors.Progress

// SyncResult is what one pass over one source brought.
type SyncResult struct {
	Source  string   `json:"source"`
	Pages   int      `json:"pages"`
	Tickets int      `json:"tickets"` // tickets read, repeats counted
	Changes int      `json:"changes"` // history entries of those
	Changed int      `json:"changed"` // tickets that were new or different
	Seconds float64  `json:"seconds"`
	Gaps    []string `json:"gaps,omitempty"`
	Error   string   `json:"error,omitempty"`
	// Reconciled is what the reconciliation after it did; nil when none was due.
	Reconciled *ReconcileResult `json:"reconciled,omitempty"`
}

// sourcesAtOnce bounds how many sources are read at a time. Each holds a page
// or two in memory.
const sourcesAtOnce = 4

// Sync makes one pass over every source, or over those named in only, several
// at a time, and reconciles those for which that is due. A source that cannot be
// read does not hold up the others; the error joins what went wrong with each.
// Results come in the order of the configuration. observe is told after each
// page, never twice at once; it may be nil.
func (f *Fairlead) Sync(ctx context.Context, only []string, observe func(Progress)) ([]SyncResult, error) {
	return f.sync(ctx, only, reconciling{}, observe)
}

// SyncAndReconcile is Sync with a reconciliation of every source, due or not.
// allowRemovals confirms the removal of more than half of what is stored.
func (f *Fairlead) SyncAndReconcile(ctx context.Context, only []string, allowRemovals bool, observe func(Progress)) ([]SyncResult, error) {
	return f.sync(ctx, only, reconciling{forced: true, allowRemovals: allowRemovals}, observe)
}

func (f *Fairlead) sync(ctx context.Context, only []string, how reconciling, observe func(Progress)) (results []SyncResult, err error) {
	chosen, err := f.chosen(only)
	if err != nil {
		return nil, err
	}
	ctx, f, end := f.beginRun(ctx, runSync)
	defer func() { end(err) }()
	how.observe = oneAtATime(observe)
	results = make([]SyncResult, len(chosen))
	trouble := make([]error, len(chosen))
	places := make(chan struct{}, sourcesAtOnce)
	var all sync.WaitGroup
	for i, src := range chosen {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			results[i].Source = src.Name()
			trouble[i] = f.inTurn(ctx, syncTurn(src.Name()), func(ctx context.Context, f *Fairlead) (err error) {
				results[i], err = f.syncOne(ctx, src, how)
				return err
			})
		})
	}
	all.Wait()
	return results, errors.Join(trouble...)
}

// oneAtATime is observe for callers that run side by side.
func oneAtATime(observe func(Progress)) func(Progress) {
	if observe == nil {
		return nil
	}
	var mu sync.Mutex
	return func(p Progress) {
		mu.Lock()
		defer mu.Unlock()
		observe(p)
	}
}

// chosen are the sources named, all of them when none is.
func (f *Fairlead) chosen(only []string) ([]connectors.Source, error) {
	if err := f.knownSources(only); err != nil {
		return nil, err
	}
	if len(only) == 0 {
		return f.sources, nil
	}
	return slices.DeleteFunc(slices.Clone(f.sources), func(src connectors.Source) bool {
		return !slices.Contains(only, src.Name())
	}), nil
}

func (f *Fairlead) knownSources(only []string) error {
	names := f.SourceNames()
	for _, name := range only {
		if !slices.Contains(names, name) {
			return requestError{fmt.Sprintf("no source is called %q", name), "the configuration has " + list(names, "and")}
		}
	}
	return nil
}

// SourceNames lists the configured sources.
func (f *Fairlead) SourceNames() []string {
	names := make([]string, len(f.sources))
	for i, src := range f.sources {
		names[i] = src.Name()
	}
	return names
}

// errInterrupted is a sync that somebody ended: whoever reads the record of it,
// or a report, sees no trouble with the tracker in it.
var errInterrupted = errors.New("the sync was interrupted before it had read everything; the next one goes on from there")

// syncOne reads one source and, once that went well, reconciles it.
func (f *Fairlead) syncOne(ctx context.Context, src connectors.Source, how reconciling) (r SyncResult, err error) {
	ctx, s := f.traces.begin(ctx, "source", trace.SpanKindInternal)
	defer func() { s.read(src.Name(), &r, err) }()
	cursor, err := f.store.Cursor(ctx, src.Name())
	if err != nil {
		return SyncResult{Source: src.Name(), Error: err.Error()}, err
	}
	var run store.Run
	r, run, err = f.readChanges(ctx, src, how.observe)
	if err != nil {
		return r, err
	}
	if cursor == "" && !how.forced {
		return r, f.saveRun(ctx, wholeReading(run))
	}
	r.Reconciled, err = f.reconcile(ctx, src, how)
	return r, err
}

// read ends the span of a source's reading.
func (s span) read(source string, r *SyncResult, err error) {
	s.word("source", source)
	s.number("pages", r.Pages)
	s.number("tickets", r.Tickets)
	s.number("changed", r.Changed)
	s.done(err)
}

// readChanges makes one pass and records the run, whatever came of it.
func (f *Fairlead) readChanges(ctx context.Context, src connectors.Source, observe func(Progress)) (SyncResult, store.Run, error) {
	started := f.clock.Now()
	var p connectors.Progress
	to, err := f.forgetful(ctx)
	if err == nil {
		p, err = connectors.Sync(ctx, src, to, observe)
	}
	run := store.Run{
		ID: runID(store.RunSync, src.Name(), started), Kind: store.RunSync, Source: src.Name(),
		Started: started, Ended: f.clock.Now(), Error: inText(err),
		Tickets: p.Tickets, Changes: p.Changes, Changed: p.Changed, Gaps: p.Gaps,
	}
	f.meters.read(run.Source, outcomeOfRun(err), run.Ended.Sub(started))
	f.log.Info("source read", zap.String("source", run.Source), zap.Int("pages", p.Pages),
		zap.Int("tickets", p.Tickets), zap.Int("changed", p.Changed), zap.Strings("gaps", p.Gaps), zap.Error(err))
	r := SyncResult{
		Source: run.Source, Pages: p.Pages, Tickets: p.Tickets, Changes: p.Changes, Changed: p.Changed,
		Seconds: run.Ended.Sub(started).Seconds(), Gaps: p.Gaps, Error: run.Error,
	}
	return r, run, errors.Join(err, f.saveRun(ctx, run))
}

// saveRun records a run even when it was interrupted: that it was cut short is
// just what the next check has to know.
func (f *Fairlead) saveRun(ctx context.Context, r store.Run) error {
	return f.store.SaveRun(context.WithoutCancel(ctx), r)
}

// inText is what an error says; empty for none.
func inText(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, context.Canceled):
		return errInterrupted.Error()
	}
	return err.Error()
}
