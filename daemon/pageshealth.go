package daemon

import (
	"context"
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

// Ready says why pages cannot be shown yet.
func (p *pages) Ready(ctx context.Context) error {
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
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.health == nil {
		h, err := p.examine(ctx, v)
		if err != nil {
			return dashboard.Health{}, err
		}
		v.health = &h
	}
	out := *v.health
	out.Deliveries, err = p.deliveries(ctx)
	return out, err
}

// examine reads every stored ticket once.
func (p *pages) examine(ctx context.Context, v *pageView) (dashboard.Health, error) {
	kept, err := takeStock(p.f.store.Tickets(ctx), v.cfg.Directory, p.f.configured, p.f.clock.Now())
	if err != nil {
		return dashboard.Health{}, err
	}
	out := dashboard.Health{Silent: v.books.silent()}
	if out.Sources, err = p.closely(ctx, v, kept); err != nil {
		return out, err
	}
	for _, s := range kept.strangers(v.cfg.Directory) {
		out.People = append(out.People, dashboard.Stranger{Source: s.Tracker, Name: s.Name, Account: s.ID, Tickets: s.Tickets})
	}
	for _, u := range kept.unowned() {
		out.Unowned = append(out.Unowned, dashboard.Unowned{Source: u.Source, What: u.Space, Tickets: u.Tickets})
	}
	stopped, err := p.f.stoppedRules(ctx)
	for rule, why := range stopped {
		out.Stopped = append(out.Stopped, dashboard.Stopped{Rule: rule, Why: why})
	}
	slices.SortFunc(out.Stopped, func(a, b dashboard.Stopped) int { return strings.Compare(a.Rule, b.Rule) })
	return out, err
}

// closely tells of each source what is stored of it and how the latest reading went.
func (p *pages) closely(ctx context.Context, v *pageView, kept *stock) ([]dashboard.SourceHealth, error) {
	states, err := p.f.healths(ctx)
	if err != nil {
		return nil, err
	}
	runs, err := p.f.store.Runs(ctx, store.RunSync, runsLookedAt)
	if err != nil {
		return nil, err
	}
	var out []dashboard.SourceHealth
	for i, s := range v.sources {
		one := dashboard.SourceHealth{Source: s, Tickets: kept.of(s.Name).tickets, Trouble: states[i].trouble}
		if n := slices.IndexFunc(runs, func(r store.Run) bool { return r.Source == s.Name }); n >= 0 {
			one.Took = runs[n].Ended.Sub(runs[n].Started)
		}
		out = append(out, one)
	}
	return out, nil
}

// shownDeliveries is how far back the data page tells of deliveries.
const shownDeliveries = 5 * aWeek

func (p *pages) deliveries(ctx context.Context) ([]dashboard.Delivery, error) {
	all, err := p.f.store.Deliveries(ctx, p.f.clock.Now().Add(-shownDeliveries))
	if err != nil {
		return nil, err
	}
	var out []dashboard.Delivery
	for _, d := range all {
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
