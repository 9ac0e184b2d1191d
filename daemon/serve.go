package daemon

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/store"
)

// hintPause is how long deliveries are gathered before they are looked at: an
// edit in a tracker often comes as several.
const hintPause = 5 * time.Second

// Serve keeps tickets, ledger and reports current until ctx ends: it syncs and
// checks on the configured schedule, delivers each week's reports once the week
// is over, and listens for webhooks when the configuration says where. It
// returns nil when ctx ended it, after what was under way is stored.
func (f *Fairlead) Serve(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	h := newHooks(f.hooks, f.clock, f.log)
	ended := make(chan error, 1)
	if f.cfg.Webhooks.Listen != "" {
		closeListener, address, err := f.listenAt(ctx, h, ended)
		if err != nil {
			return err
		}
		defer closeListener()
		for path := range f.hooks {
			f.log.Info("webhooks are received", zap.String("address", address), zap.String("path", path))
		}
	}
	for {
		f.cycle(ctx)
		if err := f.untilNext(ctx, h.hints, ended); err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// cycle is one round of the schedule. What goes wrong with a tracker or a channel
// is recorded and logged, and the next round tries again.
func (f *Fairlead) cycle(ctx context.Context) {
	if _, err := f.Sync(ctx, nil, nil); err != nil && ctx.Err() == nil {
		f.log.Warn("not everything could be read; the findings concerned are frozen", zap.Error(err))
	}
	if ctx.Err() != nil {
		return
	}
	if _, err := f.Check(ctx); err != nil && ctx.Err() == nil {
		f.log.Error("the agreements could not be checked", zap.Error(err))
		return
	}
	if err := f.deliverDue(ctx); err != nil && ctx.Err() == nil {
		f.log.Error("reports are due and could not all be delivered", zap.Error(err))
	}
}

// deliverDue delivers last week's reports when no complete delivery was made
// since a team's week ended.
func (f *Fairlead) deliverDue(ctx context.Context) error {
	runs, err := f.store.Runs(ctx, store.RunReport, runsLookedAt)
	if err != nil {
		return fmt.Errorf("read the record of reports: %w", err)
	}
	delivered := time.Time{}
	for _, r := range runs {
		if r.Error == "" {
			delivered = r.Started
			break
		}
	}
	for _, team := range f.cfg.Directory.Teams() {
		week, err := f.weekNamed("last", team.Location)
		if err != nil {
			return err
		}
		if delivered.Before(week.End) {
			_, err := f.reportOnce(ctx, "last")
			return err
		}
	}
	return nil
}

// untilNext waits for the next round, looking at what webhooks hint at
// meanwhile. The error is the listener's.
func (f *Fairlead) untilNext(ctx context.Context, hints <-chan hint, ended <-chan error) error {
	round, cancel := context.WithCancel(ctx)
	defer cancel()
	next := make(chan struct{})
	go func() {
		_ = f.clock.Sleep(round, f.cfg.Sync.Every) // ends early with round
		close(next)
	}()
	for {
		select {
		case <-next:
			return nil
		case <-ctx.Done():
			return nil
		case err := <-ended:
			return err
		case first := <-hints:
			f.follow(ctx, first, hints)
		}
	}
}

// follow gathers the hints of a moment and reads the tickets they name.
func (f *Fairlead) follow(ctx context.Context, first hint, more <-chan hint) {
	named := map[string]map[string]bool{}
	note := func(h hint) {
		if named[h.source] == nil {
			named[h.source] = map[string]bool{}
		}
		for _, id := range h.Tickets {
			named[h.source][id] = true
		}
	}
	note(first)
	if f.clock.Sleep(ctx, hintPause) != nil {
		return
	}
	for range len(more) {
		note(<-more)
	}
	for _, src := range f.sources {
		if ids := slices.Sorted(maps.Keys(named[src.Name()])); len(ids) > 0 {
			f.refresh(ctx, src, ids)
		}
	}
	if _, err := f.Check(ctx); err != nil && ctx.Err() == nil {
		f.log.Error("the agreements could not be checked", zap.Error(err))
	}
}

func (f *Fairlead) refresh(ctx context.Context, src connectors.Source, ids []string) {
	holder, ok := src.(connectors.Holder)
	if !ok {
		return // the next sync sees the change
	}
	done, err := connectors.Refresh(ctx, holder, f.store, ids)
	if err != nil && ctx.Err() == nil {
		f.log.Warn("what a webhook told of could not be read; the next sync will", zap.String("source", src.Name()), zap.Error(err))
		return
	}
	f.log.Info("webhook followed", zap.String("source", src.Name()), zap.Int("tickets", len(ids)), zap.Int("changed", done.Changed), zap.Int("removed", done.Removed))
}

// listenAt serves webhooks at the configured address until closed is called.
// What ends the listener otherwise is sent to ended.
func (f *Fairlead) listenAt(ctx context.Context, h *hooks, ended chan<- error) (closed func(), address string, err error) {
	at := f.cfg.Webhooks
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", at.Listen)
	if err != nil {
		return nil, "", fmt.Errorf("%s: webhooks cannot be received at %s: %w\n\tchoose a free address of this machine", at.Where, at.Listen, err)
	}
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 15 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
	}
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			ended <- fmt.Errorf("webhooks at %s: %w", at.Listen, err)
		}
	}()
	return func() { _ = server.Close() }, l.Addr().String(), nil
}
