package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
}

// Sync makes one pass over every source, or over those named in only. A source
// that cannot be read does not hold up the others; the error joins what went
// wrong with each. observe is told after each page; it may be nil.
func (f *Fairlead) Sync(ctx context.Context, only []string, observe func(Progress)) ([]SyncResult, error) {
	if err := f.knownSources(only); err != nil {
		return nil, err
	}
	var results []SyncResult
	var all []error
	for _, src := range f.sources {
		if len(only) > 0 && !slices.Contains(only, src.Name()) {
			continue
		}
		r, err := f.syncOne(ctx, src, observe)
		results = append(results, r)
		all = append(all, err)
		if ctx.Err() != nil {
			break
		}
	}
	return results, errors.Join(all...)
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

// syncOne reads one source and records the run, whatever came of it.
func (f *Fairlead) syncOne(ctx context.Context, src connectors.Source, observe func(Progress)) (SyncResult, error) {
	started := f.clock.Now()
	p, err := connectors.Sync(ctx, src, f.store, observe)
	ended := f.clock.Now()
	r := SyncResult{
		Source: src.Name(), Pages: p.Pages, Tickets: p.Tickets, Changes: p.Changes, Changed: p.Changed,
		Seconds: ended.Sub(started).Seconds(), Gaps: p.Gaps,
	}
	if err != nil {
		r.Error = err.Error()
	}
	if errors.Is(err, context.Canceled) {
		r.Error = errInterrupted.Error()
	}
	f.log.Info("source read", zap.String("source", r.Source), zap.Int("pages", r.Pages),
		zap.Int("tickets", r.Tickets), zap.Int("changed", r.Changed), zap.Strings("gaps", r.Gaps), zap.Error(err))
	// The record is kept even when the sync was interrupted: that it was cut
	// short is just what the next check has to know.
	saved := f.store.SaveRun(context.WithoutCancel(ctx), store.Run{
		ID: runID(store.RunSync, r.Source, started), Kind: store.RunSync, Source: r.Source,
		Started: started, Ended: ended, Error: r.Error,
		Tickets: r.Tickets, Changes: r.Changes, Changed: r.Changed, Gaps: r.Gaps,
	})
	return r, errors.Join(err, saved)
}
