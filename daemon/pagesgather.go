package daemon

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/reports"
)

// gathering keeps what pages need of all tickets fresh, behind them: one pass at a
// time, and none while nothing was read.
type gathering struct {
	mu      sync.Mutex
	ended   chan struct{} // closed when what is under way ends; nil: nothing is
	of      string        // what the latest pass was made from
	notTill time.Time     // so that passes take little of the machine
}

const (
	// gatherPatience is how long a page waits for the first pass of all.
	gatherPatience = 5 * time.Second
	// gatherShare is how many times as long as a pass took comes between two.
	gatherShare = 20
)

// gather begins to pass over the tickets when they have changed since the last time.
func (p *pages) gather(v *pageView) {
	began, due := p.gathering.begin(p.f.clock.Now(), fmt.Sprintf("%p %s", v.cfg, v.mark.readings))
	if !due {
		return
	}
	p.later(func(ctx context.Context) {
		start := p.f.clock.Now()
		err := p.gatherAll(ctx, v, began)
		p.gathering.end(start, p.f.clock.Now(), err)
		if err != nil && ctx.Err() == nil {
			p.f.log.Warn("what pages tell of all tickets could not be gathered; they tell what was gathered before", zap.Error(err))
		}
	})
}

// begin reports whether a pass is due, and whether it is the first of the process.
func (g *gathering) begin(now time.Time, of string) (first, due bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ended != nil || g.of == of || now.Before(g.notTill) {
		return false, false
	}
	first = g.of == ""
	g.of, g.ended = of, make(chan struct{})
	return first, true
}

func (g *gathering) end(start, now time.Time, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.notTill = now.Add(gatherShare * now.Sub(start))
	if err != nil {
		g.of = "" // the next view tries again
	}
	close(g.ended)
	g.ended = nil
}

// gatherAll passes over the tickets until nothing is missing. Where a process has
// only begun, and what is stored was gathered from what is there now, there is nothing
// to do.
func (p *pages) gatherAll(ctx context.Context, v *pageView, began bool) error {
	kept, _, err := p.f.counted(ctx)
	anew := err != nil || !began || kept.Of != v.mark.readings
	for {
		weeks, err := p.f.ungathered(ctx, v.weeksShown(v.at), anew)
		if err != nil || len(weeks) == 0 && !anew {
			return err
		}
		if err := p.f.gather(ctx, weeks, v.mark.readings); err != nil {
			return err
		}
		anew = false
	}
}

// wait waits so long at most for the pass that is under way, and is false where it
// takes longer.
func (g *gathering) wait(ctx context.Context, most time.Duration) bool {
	g.mu.Lock()
	ended := g.ended
	g.mu.Unlock()
	if ended == nil {
		return true // it may just have ended
	}
	patience := time.NewTimer(most)
	defer patience.Stop()
	select {
	case <-ended:
		return true
	case <-ctx.Done():
	case <-patience.C:
	}
	return false
}

// organisationReports are the reports over all teams, by week: one takes as long as
// those of all teams together. One that was made is shown while it is made anew.
type organisationReports struct {
	mu   sync.Mutex
	made map[string]organisationReport
}

type organisationReport struct {
	report  reports.Report
	version string // of the view it was made from
	busy    bool
}

// ofOrganisation is the organisation's report of a week.
func (p *pages) ofOrganisation(ctx context.Context, week string) (reports.Report, error) {
	v, err := p.now(ctx)
	if err != nil {
		return reports.Report{}, err
	}
	o := &p.told
	o.mu.Lock()
	one, there := o.made[week]
	stale := one.version != v.version && !one.busy
	if there && stale {
		one.busy = true
		o.made[week] = one
	}
	o.mu.Unlock()
	if !there {
		return p.tellOrganisation(ctx, v, week)
	}
	if stale {
		p.later(func(ctx context.Context) {
			if _, err := p.tellOrganisation(ctx, v, week); err != nil {
				p.f.log.Warn("the organisation's report could not be made anew; it is shown as it was", zap.Error(err))
				o.mu.Lock()
				one.busy = false
				o.made[week] = one
				o.mu.Unlock()
			}
		})
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.made[week].report, nil
}

// tellOrganisation makes it and keeps it.
func (p *pages) tellOrganisation(ctx context.Context, v *pageView, week string) (reports.Report, error) {
	r, err := v.editionOf(week).organisation(ctx)
	if err != nil {
		return r, err
	}
	p.told.mu.Lock()
	defer p.told.mu.Unlock()
	if p.told.made == nil {
		p.told.made = map[string]organisationReport{}
	}
	p.told.made[week] = organisationReport{report: r, version: v.version}
	return r, nil
}

// prepare lays out the first pages, and makes the organisation's reports of all weeks,
// before anybody asks for one.
func (p *pages) prepare(ctx context.Context) {
	v, err := p.now(ctx)
	if err != nil {
		p.f.log.Warn("the pages could not be laid out yet", zap.Error(err))
		return
	}
	weeks := v.weeks[""]
	for n := len(weeks) - 1; n >= 0 && err == nil && ctx.Err() == nil; n-- {
		_, err = p.tellOrganisation(ctx, v, weeks[n])
	}
	if err != nil && ctx.Err() == nil {
		p.f.log.Warn("the organisation's reports could not be made yet", zap.Error(err))
	}
}
