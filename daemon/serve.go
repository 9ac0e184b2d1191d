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

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// hintPause is how long deliveries are gathered before they are looked at: an
// edit in a tracker often comes as several.
const hintPause = 5 * time.Second

// Serve keeps tickets, ledger and reports current until ctx ends: it syncs and
// checks on the configured schedule and before a report is due, delivers each
// report and reminder when it is due, and listens for webhooks, tells its metrics and
// serves the dashboard where the configuration says so. It returns nil when ctx ended it, after what was under
// way is stored.
func (f *Fairlead) Serve(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	f.remember()
	h := newHooks(f.hooks, f.clock, f.log)
	ended := make(chan error, 3) // webhooks, metrics and pages
	if f.cfg().Webhooks.Listen != "" {
		closeListener, address, err := f.listenAt(ctx, h, ended)
		if err != nil {
			return err
		}
		defer closeListener()
		for path := range f.hooks {
			f.log.Info("webhooks are received", zap.String("address", address), zap.String("path", path))
		}
	}
	if f.cfg().Metrics.Listen != "" {
		closeListener, address, err := f.listenForMetrics(ctx, ended)
		if err != nil {
			return err
		}
		defer closeListener()
		f.log.Info("metrics are told", zap.String("address", address), zap.String("path", metricsPath))
	}
	if f.cfg().Dashboard.Listen != "" {
		closeListener, address, err := f.listenForPages(ctx, ended)
		if err != nil {
			return err
		}
		defer closeListener()
		f.log.Info("the dashboard is served", zap.String("address", address), zap.String("url", f.cfg().Dashboard.URL))
	}
	if q := f.openQueue(); q != nil {
		f.queue, f.filesName = q, f.nameOfFiles()
		return errors.Join(f.serveShared(ctx, q, h.hints, ended), q.close())
	}
	return f.serveAlone(ctx, stop, h.hints, ended)
}

// serveAlone does everything in this process until ctx ends; stop ends it.
func (f *Fairlead) serveAlone(ctx context.Context, stop func(), hints <-chan hint, ended <-chan error) error {
	here := inProcess{f}
	post, nudge := f.startPostman(ctx, f.beginAll), f.startReminding(ctx)
	defer post.wait()
	defer nudge.wait()
	defer stop()
	var tidied time.Time
	for {
		if f.cycle(ctx, here) {
			post.post()
			nudge.post()
		}
		tidied = f.tidyDaily(ctx, tidied)
		if err := f.untilNext(ctx, here, hints, ended); err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// cycle is one round of the schedule, and tells whether reports may be made of
// what is stored now. What goes wrong with a tracker is recorded and logged, and the
// next round tries again; reports say that their data is stale.
func (f *Fairlead) cycle(ctx context.Context, by runner) (fresh bool) {
	if err := by.run(ctx, f.syncJobs()...); err != nil && ctx.Err() == nil {
		f.log.Warn("not everything could be read; the findings concerned are frozen", zap.Error(err))
	}
	if ctx.Err() != nil {
		return false
	}
	if err := by.run(ctx, job{Kind: checkJob}); err != nil {
		if ctx.Err() == nil {
			f.log.Error("the agreements could not be checked", zap.Error(err))
		}
		return false
	}
	return true
}

// pauseBefore is how long to wait before the next round: at most as long as is
// configured, and no longer than until the next report is due or people may be
// reminded, so that both are made of what has just been read.
func (f *Fairlead) pauseBefore(now time.Time) time.Duration {
	pause := f.cfg().Sync.Every
	for _, due := range []time.Time{f.nextDue(now), f.nextReminders(now)} {
		if !due.IsZero() && due.Sub(now) < pause {
			pause = due.Sub(now)
		}
	}
	return pause
}

// untilNext waits for the next round, looking at what webhooks hint at
// meanwhile. The error is the listener's.
func (f *Fairlead) untilNext(ctx context.Context, by runner, hints <-chan hint, ended <-chan error) error {
	round, cancel := context.WithCancel(ctx)
	defer cancel()
	next := make(chan struct{})
	pause := f.pauseBefore(f.clock.Now())
	go func() {
		_ = f.clock.Sleep(round, pause) // ends early with round
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
			f.follow(ctx, by, first, hints)
		}
	}
}

// follow gathers the hints of a moment and reads the tickets they name.
func (f *Fairlead) follow(ctx context.Context, by runner, first hint, more <-chan hint) {
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
	var jobs []job
	for _, src := range f.sources {
		if ids := slices.Sorted(maps.Keys(named[src.Name()])); len(ids) > 0 {
			jobs = append(jobs, job{Kind: refreshJob, Source: src.Name(), IDs: ids})
		}
	}
	_ = by.run(ctx, jobs...) // what stood in the way is logged where it did
	if err := by.run(ctx, job{Kind: checkJob}); err != nil && ctx.Err() == nil {
		f.log.Error("the agreements could not be checked", zap.Error(err))
	}
}

func (f *Fairlead) refresh(ctx context.Context, src connectors.Source, ids []string) (err error) {
	holder, ok := src.(connectors.Holder)
	if !ok {
		return nil // the next sync sees the change
	}
	ctx, s := f.traces.begin(ctx, "source", trace.SpanKindInternal)
	s.word("source", src.Name())
	s.number("tickets", len(ids))
	defer func() { s.done(err) }()
	var done connectors.Reconciled
	to, err := f.forgetful(ctx)
	if err == nil {
		done, err = connectors.Refresh(ctx, holder, to, ids)
	}
	if err != nil && ctx.Err() == nil {
		f.log.Warn("what a webhook told of could not be read; the next sync will", zap.String("source", src.Name()), zap.Error(err))
	}
	if err != nil {
		return err
	}
	f.log.Info("webhook followed", zap.String("source", src.Name()), zap.Int("tickets", len(ids)), zap.Int("changed", done.Changed), zap.Int("removed", done.Removed))
	return nil
}

// listenAt serves webhooks at the configured address until closed is called.
// What ends the listener otherwise is sent to ended.
func (f *Fairlead) listenAt(ctx context.Context, h *hooks, ended chan<- error) (closed func(), address string, err error) {
	at := f.cfg().Webhooks
	return listen(ctx, listener{at.Listen, at.Where, "webhooks cannot be received at", h}, ended)
}

// listener is what answers at an address of the configuration.
type listener struct {
	at      string
	where   yamlfile.Place
	trouble string // what cannot be done where the address cannot be had
	handler http.Handler
}

func listen(ctx context.Context, of listener, ended chan<- error) (closed func(), address string, err error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", of.at)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %s %s: %w\n\tchoose a free address of this machine", of.where, of.trouble, of.at, err)
	}
	server := &http.Server{
		Handler: of.handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 15 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
	}
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			ended <- fmt.Errorf("%s %s any more: %w", of.trouble, of.at, err)
		}
	}()
	return func() { _ = server.Close() }, l.Addr().String(), nil
}
