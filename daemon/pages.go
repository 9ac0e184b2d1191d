package daemon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/trends"
)

// pages are what the dashboard reads and what it lets people change. What most
// pages ask for is laid out once and kept until something behind it changes, here
// or in another process over the same store; then it is laid out anew behind the
// pages, which show what there was for as long as that takes.
type pages struct {
	f     *Fairlead
	tried previews
	// behind starts work that no request waits for; nil: it is done at once.
	behind func(func(context.Context))
	// patience is how long a page waits for what is gathered for the first time.
	patience time.Duration
	view     atomic.Pointer[pageView]

	mu     sync.Mutex // one lays out anew, everybody else goes on with what there is
	looked time.Time  // when somebody last looked whether anything changed

	gathering gathering
	told      organisationReports
}

var (
	_ dashboard.Data    = (*pages)(nil)
	_ dashboard.Changes = (*pages)(nil)
)

// pageView is everything of one moment. It is never changed once it is there, but
// for what is only worked out when a page asks.
type pageView struct {
	mark        pageMark  // of what it was made from
	f           *Fairlead // with what held then
	version     string
	at          time.Time
	cfg         *config.Config
	book        *rules.Book
	books       books          // its findings are as they were before what edition holds as said
	words       []finding.Word // those of the books, with room for more
	ledger      *dashboard.Ledger
	trends      *dashboard.Trends
	trail       trail
	waivers     []finding.Waiver
	experiments []dashboard.Experiment
	sources     []dashboard.Source
	weeks       map[string][]string // of snapshots, by team, oldest first
	edition     *edition            // of the week that runs
	revisions   []toldRevision      // oldest first

	mu       sync.Mutex
	editions map[string]*edition // of other weeks
}

const (
	// lookPause is how long a page may show what another process has changed since.
	lookPause = time.Second
	// pageWeeks is how far back pages show weeks: a year and what it is compared with.
	pageWeeks = 53
)

// now is what pages show now. The first page waits for it; later ones see what
// there was while it is laid out anew.
func (p *pages) now(ctx context.Context) (*pageView, error) {
	v := p.view.Load()
	if v == nil {
		return p.first(ctx)
	}
	if !p.mu.TryLock() {
		return v, nil
	}
	now := p.f.clock.Now()
	if now.Before(p.looked.Add(lookPause)) {
		p.mu.Unlock()
		return v, nil
	}
	p.looked = now
	m, err := p.mark(ctx)
	if err != nil || !v.outdatedBy(&m, now) {
		p.mu.Unlock()
		return v, err
	}
	p.later(func(ctx context.Context) {
		defer p.mu.Unlock()
		if _, err := p.anew(ctx, m); err != nil {
			p.f.log.Warn("the pages could not be laid out anew; they show what they showed before", zap.Error(err))
		}
	})
	return p.view.Load(), nil
}

// first lays out the first view, for all who wait for it.
func (p *pages) first(ctx context.Context) (*pageView, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if v := p.view.Load(); v != nil {
		return v, nil
	}
	m, err := p.mark(ctx)
	if err != nil {
		return nil, err
	}
	p.looked = p.f.clock.Now()
	return p.anew(context.WithoutCancel(ctx), m) // also for who asks next, when this one has gone
}

// changed shows what somebody has just said, before they look at it. What else
// happened since is laid out behind the pages, when the next is looked at.
func (p *pages) changed(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looked = time.Time{} // should it not work, the next page looks again
	old := p.view.Load()
	if old == nil {
		return
	}
	ctx = context.WithoutCancel(ctx)
	m, err := p.mark(ctx)
	if err == nil && m.terms == old.mark.terms { // who changed an agreement looks for that
		word := old.mark
		word.word = m.word
		var v *pageView
		if v, err = p.layWords(ctx, &word, old); v != nil {
			p.show(v)
			return
		}
	}
	if err == nil {
		_, err = p.anew(ctx, m)
	}
	if err != nil {
		p.f.log.Warn("the pages could not be laid out anew; they show what they showed before", zap.Error(err))
	}
}

// anew lays out a view and shows it from now on.
func (p *pages) anew(ctx context.Context, m pageMark) (*pageView, error) {
	v, err := p.lay(ctx, m, p.view.Load())
	if err != nil {
		return nil, err
	}
	p.show(v)
	return v, nil
}

// show shows the view from now on.
func (p *pages) show(v *pageView) {
	p.view.Store(v)
	p.gather(v)
}

func (p *pages) later(do func(context.Context)) {
	if p.behind == nil {
		do(context.Background())
		return
	}
	p.behind(do)
}

// pageMark tells one state of all that pages show from another.
type pageMark struct {
	terms    *terms
	hour     time.Time // ages go on when nothing else does
	readings string    // the latest of each source, and the latest look for what is gone
	check    string    // the latest
	word     string    // the latest thing that people said
	mutes    string
}

func (p *pages) mark(ctx context.Context) (pageMark, error) {
	f, err := p.f.steady(ctx)
	if err != nil {
		return pageMark{}, err
	}
	m := pageMark{terms: f.terms(), hour: p.f.now().Truncate(time.Hour)}
	for _, r := range []struct {
		kind store.RunKind
		in   *string
	}{{store.RunSync, &m.readings}, {store.RunReconcile, &m.readings}, {store.RunCheck, &m.check}} {
		runs, err := p.f.store.Runs(ctx, r.kind, 1)
		if err != nil {
			return m, err
		}
		for _, one := range runs {
			*r.in += one.ID + " " + one.Ended.String() + " "
		}
	}
	mutes, err := p.f.store.Mutes(ctx)
	if err != nil {
		return m, err
	}
	m.mutes = fmt.Sprint(mutes)
	m.word, err = p.f.store.LastWord(ctx)
	return m, err
}

// outdatedBy reports whether there is more to show: something else was read or said,
// or a waiver has begun or ceased to hold.
func (v *pageView) outdatedBy(m *pageMark, now time.Time) bool {
	if v.mark != *m {
		return true
	}
	for i := range v.waivers {
		if v.waivers[i].HoldsAt(now) != v.waivers[i].HoldsAt(v.at) {
			return true
		}
	}
	return false
}

// lay lays everything out anew, but for what stays as it was: of a word alone
// nothing has to be read again but words.
func (p *pages) lay(ctx context.Context, m pageMark, old *pageView) (*pageView, error) {
	f := p.f.by(m.terms)
	if v, err := p.layWords(ctx, &m, old); err != nil || v != nil {
		return v, err
	}
	v := &pageView{mark: m, f: f, at: f.now(), cfg: m.terms.cfg, book: m.terms.book, revisions: toldRevisions(m.terms), editions: map[string]*edition{}, weeks: map[string][]string{}}
	spoken := m // had nothing happened but that somebody said something
	if old != nil {
		spoken.word, spoken.hour = old.mark.word, old.mark.hour
	}
	same := old != nil && spoken == old.mark
	var err error
	if same {
		v.books, v.weeks = old.books, old.weeks
		if v.books.words, err = f.store.Words(ctx); err == nil {
			v.books.findings = v.books.told(v.books.noticed, v.at)
		}
	} else {
		v.books, err = f.readLedger(ctx)
	}
	if err != nil {
		return nil, err
	}
	v.hear(v.books.words)
	v.waivers = finding.Waivers(v.books.words)
	v.version = v.versionNow()
	v.ledger = dashboard.NewLedger(v.books.findings, v.tells(), v.at, v.version)
	if same && m.hour.Equal(old.mark.hour) {
		v.trends, v.experiments = old.trends, old.experiments
	} else if err := p.layWeeks(ctx, v); err != nil {
		return nil, err
	}
	if v.edition, err = f.editionOf(ctx, v.books, org.WeekOf(v.at, time.UTC).String()); err != nil {
		return nil, err
	}
	v.edition.kept, v.edition.weeks = true, v.laidWeeks()
	for _, h := range v.edition.sources {
		v.sources = append(v.sources, dashboard.Source{Name: h.source, LastRead: h.lastRead, Stale: h.stale(v.at), Gaps: h.gaps})
	}
	v.trail = newTrail(&v.books, v.revisions)
	return v, nil
}

// versionNow is another one whenever anything is.
func (v *pageView) versionNow() string {
	m := &v.mark
	return versionOf(fmt.Sprintf("%p %v %s %s %s %s %d", m.terms, m.hour, m.readings, m.check, m.word, m.mutes, v.holding()))
}

// tells reports of each finding whether anybody is told of it.
func (v *pageView) tells() func(*finding.Finding) bool {
	told, kept := toldIn(v.book), keptBack(v.books.silent())
	return func(e *finding.Finding) bool { return told(e) && !kept(e) }
}

// holding is how many waivers hold.
func (v *pageView) holding() int {
	n := 0
	for i := range v.waivers {
		if v.waivers[i].HoldsAt(v.at) {
			n++
		}
	}
	return n
}

// toldIn reports of each finding whether its agreement is in force and more than
// watched, asking once for each team.
func toldIn(book *rules.Book) func(*finding.Finding) bool {
	byTeam := map[string]map[string]bool{}
	return func(e *finding.Finding) bool {
		told, known := byTeam[e.Team]
		if !known {
			told = map[string]bool{}
			for a := range book.EachInForce(e.Team) {
				told[a.Rule.ID] = a.Stage != rules.Watch
			}
			byTeam[e.Team] = told
		}
		return told[e.Rule]
	}
}

// layWeeks lays out what the weekly snapshots tell.
func (p *pages) layWeeks(ctx context.Context, v *pageView) error {
	v.weeks = map[string][]string{}
	var all []trends.Snapshot
	to := org.WeekOf(v.at, time.UTC)
	for _, team := range append([]string{""}, teamIDs(v.cfg)...) {
		kept, err := p.f.store.Snapshots(ctx, team, to.Before(pageWeeks).String(), to.String())
		if err != nil {
			return err
		}
		for _, s := range kept {
			v.weeks[team] = append(v.weeks[team], s.Week)
		}
		all = append(all, weeksOf(kept)...)
	}
	v.trends = dashboard.NewTrends(all, v.version)
	var err error
	v.experiments, err = p.judged(ctx, v)
	return err
}

// versionOf is a text as entity tags want it.
func versionOf(text string) string {
	sum := sha256.Sum256([]byte(text))
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
