package daemon

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/store"
)

// Sources says how fresh each source is.
func (p *pages) Sources() []dashboard.Source {
	if v := p.view.Load(); v != nil {
		return v.sources
	}
	return nil
}

// Ready says why requests cannot be answered. Before the pages are laid out for the
// first time, which takes as long as the ledger is large, it is enough that the store
// answers: whoever asks for a page meanwhile waits for that.
func (p *pages) Ready(ctx context.Context) error {
	if p.view.Load() == nil {
		_, err := p.mark(ctx)
		return err
	}
	_, err := p.now(ctx)
	return err
}

// Health is what the data rest on: what doctor tells of the store, without asking
// the trackers anything.
func (p *pages) Health(ctx context.Context) (dashboard.Health, error) {
	v, err := p.now(ctx)
	if err != nil {
		return dashboard.Health{}, err
	}
	out := dashboard.Health{Silent: v.books.silent()}
	all, at, err := p.f.counted(ctx)
	if errors.Is(err, dashboard.ErrNotYet) && p.gathering.wait(ctx, p.patience) {
		all, at, err = p.f.counted(ctx)
	}
	if err != nil && !errors.Is(err, dashboard.ErrNotYet) {
		return dashboard.Health{}, err
	}
	out.People, out.Unowned, out.Counted = all.People, all.Unowned, at
	if out.Sources, err = p.closely(ctx, v, &all); err != nil {
		return dashboard.Health{}, err
	}
	for rule, why := range v.edition.stopped {
		out.Stopped = append(out.Stopped, dashboard.Stopped{Rule: rule, Why: why})
	}
	slices.SortFunc(out.Stopped, func(a, b dashboard.Stopped) int { return strings.Compare(a.Rule, b.Rule) })
	if out.Deliveries, err = p.deliveries(ctx); err != nil {
		return dashboard.Health{}, err
	}
	q, err := p.f.Queue(ctx)
	out.Queue = shownQueue(q)
	return out, err
}

// shownQueue is the queue as the data page shows it.
func shownQueue(q *QueueState) *dashboard.Queue {
	if q == nil {
		return nil
	}
	out := &dashboard.Queue{Scheduler: q.Scheduler, Processes: q.Processes}
	for _, k := range q.Kinds {
		out.Kinds = append(out.Kinds, dashboard.QueueKind{Kind: k.Kind, Waiting: k.Waiting, Running: k.Running, Again: k.Again, GivenUp: k.GivenUp})
	}
	for i := range q.Troubled {
		t := &q.Troubled[i]
		out.Troubled = append(out.Troubled, dashboard.QueuedTrouble{Kind: t.Kind, About: t.About, Why: t.Why, Do: t.whatNow(), GivenUp: t.GivenUp, Tried: t.Tried})
	}
	return out
}

// closely tells of each source what is stored of it and how the latest reading went.
func (p *pages) closely(ctx context.Context, v *pageView, all *counted) ([]dashboard.SourceHealth, error) {
	runs, err := p.f.store.Runs(ctx, store.RunSync, latestRuns)
	if err != nil {
		return nil, err
	}
	var out []dashboard.SourceHealth
	for i, s := range v.sources {
		one := dashboard.SourceHealth{Source: s, Tickets: all.Tickets[s.Name], Unmapped: all.Unmapped[s.Name], Trouble: v.edition.sources[i].trouble}
		if n := slices.IndexFunc(runs, func(r store.Run) bool { return r.Source == s.Name }); n >= 0 {
			one.Took = runs[n].Ended.Sub(runs[n].Started)
		}
		out = append(out, one)
	}
	return out, nil
}

// latestRuns is how far back the data page looks for how long a reading took.
const latestRuns = 50

// shownDeliveries is how far back the data page tells of deliveries.
const shownDeliveries = 5 * aWeek

func (p *pages) deliveries(ctx context.Context) ([]dashboard.Delivery, error) {
	all, err := p.f.store.Deliveries(ctx, p.f.clock.Now().Add(-shownDeliveries))
	if err != nil {
		return nil, err
	}
	out := make([]dashboard.Delivery, 0, len(all))
	for i := range all {
		d := &all[i]
		if isReminder(d.DeliveryKey) {
			continue
		}
		team, _ := readBy(d.Report)
		if _, known := p.f.cfg().Directory.Team(team); !known {
			team = ""
		}
		out = append(out, dashboard.Delivery{
			Report: d.Report, Team: team, Week: d.Week, Channel: d.Channel, State: string(d.State), Due: d.Due, Delivered: d.Delivered,
			NotBefore: d.NotBefore, Attempts: d.Attempts, Trouble: d.Trouble,
		})
	}
	return out, nil
}
