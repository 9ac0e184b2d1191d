package daemon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/trends"
)

// pages are what the dashboard reads and what it lets people change. What most
// pages ask for is laid out once and kept until something behind it changes, here
// or in another process over the same store.
type pages struct {
	f     *Fairlead
	view  atomic.Pointer[pageView]
	tried previews

	mu     sync.Mutex // one lays out anew, everybody else goes on with what there is
	looked time.Time  // when somebody last looked whether anything changed
}

var (
	_ dashboard.Data    = (*pages)(nil)
	_ dashboard.Changes = (*pages)(nil)
)

// pageView is everything of one moment. It is never changed once it is there, but
// for what is only worked out when a page asks.
type pageView struct {
	mark    string    // of what it was made from
	f       *Fairlead // with what holds then
	cfg     *config.Config
	books   books
	ledger  *dashboard.Ledger
	trends  *dashboard.Trends
	waivers []finding.Waiver
	sources []dashboard.Source
	weeks   map[string][]string // of snapshots, by team, oldest first

	mu        sync.Mutex
	trail     []dashboard.Entry // nil until somebody asks
	revisions []toldRevision    // as trail
	health    *dashboard.Health
	editions  map[string]*edition
}

const (
	// lookPause is how long a page may show what another process has changed since.
	lookPause = time.Second
	// pageWeeks is how far back pages show weeks: a year and what it is compared with.
	pageWeeks = 53
	// mostEditions is how many weeks of the archive are kept at hand.
	mostEditions = 8
)

// now is what pages show now. The first page waits for it; later ones see what
// there was while somebody lays it out anew.
func (p *pages) now(ctx context.Context) (*pageView, error) {
	v := p.view.Load()
	if v == nil {
		p.mu.Lock()
	} else if !p.mu.TryLock() {
		return v, nil
	}
	defer p.mu.Unlock()
	if v = p.view.Load(); v != nil && p.f.clock.Now().Before(p.looked.Add(lookPause)) {
		return v, nil
	}
	if err := p.f.renew(ctx); err != nil {
		return nil, err
	}
	mark, err := p.mark(ctx)
	if err != nil {
		return nil, err
	}
	p.looked = p.f.clock.Now()
	if v != nil && v.mark == mark {
		return v, nil
	}
	// It is laid out for everybody who asks next, also when this one has gone.
	if v, err = p.lay(context.WithoutCancel(ctx), mark); err != nil {
		return nil, err
	}
	p.view.Store(v)
	return v, nil
}

// changed lets the next page look whether anything changed: somebody has just said
// something.
func (p *pages) changed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looked = time.Time{}
}

// mark tells one state of all that pages show from another: the latest runs, what
// people said, the configuration with its calendars, and the hour, since ages and
// waivers go on when nothing else does.
func (p *pages) mark(ctx context.Context) (string, error) {
	parts := []string{fmt.Sprintf("%p %s", p.f.terms(), p.f.now().Truncate(time.Hour).Format(time.RFC3339))}
	for _, kind := range []store.RunKind{store.RunSync, store.RunCheck, store.RunReconcile} {
		runs, err := p.f.store.Runs(ctx, kind, 1)
		if err != nil {
			return "", err
		}
		for _, r := range runs {
			parts = append(parts, r.ID, r.Ended.String())
		}
	}
	words, err := p.f.store.Words(ctx)
	if err != nil {
		return "", err
	}
	now := p.f.now()
	for _, w := range finding.Waivers(words) {
		if w.HoldsAt(now) {
			parts = append(parts, w.ID)
		}
	}
	mutes, err := p.f.store.Mutes(ctx)
	return fmt.Sprintf("%s %d %d", strings.Join(parts, " "), len(words), len(mutes)), err
}

// lay lays everything out anew.
func (p *pages) lay(ctx context.Context, mark string) (*pageView, error) {
	f, err := p.f.steady(ctx)
	if err != nil {
		return nil, err
	}
	b, err := f.readLedger(ctx)
	if err != nil {
		return nil, err
	}
	now, kept := f.now(), keptBack(b.silent())
	v := &pageView{
		mark: mark, f: f, cfg: f.cfg(), books: b, waivers: finding.Waivers(b.words), editions: map[string]*edition{}, weeks: map[string][]string{},
	}
	v.ledger = dashboard.NewLedger(b.findings, func(e *finding.Finding) bool { return f.told(e) && !kept(e) }, now, dashboardVersion(mark))
	if v.trends, err = p.layTrends(ctx, v, now); err != nil {
		return nil, err
	}
	states, err := f.healths(ctx)
	if err != nil {
		return nil, err
	}
	for _, h := range states {
		v.sources = append(v.sources, dashboard.Source{Name: h.source, LastRead: h.lastRead, Stale: h.stale(now), Gaps: h.gaps})
	}
	return v, nil
}

func (p *pages) layTrends(ctx context.Context, v *pageView, now time.Time) (*dashboard.Trends, error) {
	var all []trends.Snapshot
	to := org.WeekOf(now, time.UTC)
	for _, team := range append([]string{""}, teamIDs(v.cfg)...) {
		kept, err := p.f.store.Snapshots(ctx, team, to.Before(pageWeeks).String(), to.String())
		if err != nil {
			return nil, err
		}
		for _, s := range kept {
			v.weeks[team] = append(v.weeks[team], s.Week)
		}
		all = append(all, weeksOf(kept)...)
	}
	return dashboard.NewTrends(all, dashboardVersion(v.mark)), nil
}

// dashboardVersion is a mark as entity tags want it.
func dashboardVersion(mark string) string {
	sum := sha256.Sum256([]byte(mark))
	return hex.EncodeToString(sum[:8])
}

// formSentence is a message as a sentence of its own.
func formSentence(text string) string {
	first, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[n:] + "."
}

// refusal puts a request that cannot be granted into the words of a form.
func refusal(field string, err error) error {
	var ask requestError
	if errors.As(err, &ask) {
		return &dashboard.Refusal{Field: field, Text: formSentence(ask.text)}
	}
	return err
}
