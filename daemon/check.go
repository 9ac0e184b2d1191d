package daemon

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/store"
)

// replayedWeeks is how far back the first check goes: as far as a report's
// trend is long.
const replayedWeeks = 12

// CheckResult is what one evaluation did to the ledger.
type CheckResult struct {
	At        time.Time         `json:"at"`
	Tickets   int               `json:"tickets"`
	Open      int               `json:"open"`
	Opened    int               `json:"opened"`
	Reopened  int               `json:"reopened"`
	Settled   int               `json:"settled"`
	AgedOut   int               `json:"aged_out"`
	Withdrawn int               `json:"withdrawn"`
	Frozen    int               `json:"frozen"`
	Rules     []RuleCount       `json:"rules"`
	Stopped   map[string]string `json:"stopped,omitempty"` // rules that could not be evaluated, and why
}

// RuleCount is how many findings of a rule are open.
type RuleCount struct {
	Rule string `json:"rule"`
	Open int    `json:"open"`
}

// Check applies the agreements in force to the stored tickets, now, and moves
// the ledger on. The first check replays the ends of the past twelve weeks
// before it, so that the ledger has a history from the beginning.
func (f *Fairlead) Check(ctx context.Context) (CheckResult, error) {
	now := f.clock.Now()
	runs, err := f.store.Runs(ctx, store.RunCheck, 1)
	if err != nil {
		return CheckResult{}, fmt.Errorf("read the record of checks: %w", err)
	}
	if len(runs) == 0 {
		for _, at := range f.weekEnds(now) {
			if _, err := f.checkAt(ctx, at); err != nil {
				return CheckResult{}, err
			}
		}
	}
	r, err := f.checkAt(ctx, now)
	if err != nil {
		return CheckResult{}, err
	}
	err = f.store.SaveRun(ctx, store.Run{
		ID: runID(store.RunCheck, "", now), Kind: store.RunCheck, Started: now, Ended: f.clock.Now(),
		Tickets: r.Tickets, Changed: r.Opened + r.Settled + r.Reopened + r.AgedOut + r.Withdrawn,
		Gaps: gapsOf(r.Stopped),
	})
	return r, err
}

// gapsOf writes rules that could not be evaluated as the gaps of a run, and
// stoppedRules reads them back: "rule: why".
func gapsOf(stopped map[string]string) []string {
	var out []string
	for rule, why := range stopped {
		out = append(out, rule+": "+why)
	}
	slices.Sort(out)
	return out
}

// stoppedRules tells which rules could not be evaluated in the latest check.
func (f *Fairlead) stoppedRules(ctx context.Context) (map[string]string, error) {
	runs, err := f.store.Runs(ctx, store.RunCheck, 1)
	if err != nil {
		return nil, fmt.Errorf("read the record of checks: %w", err)
	}
	out := map[string]string{}
	for _, r := range runs {
		for _, gap := range r.Gaps {
			rule, why, _ := strings.Cut(gap, ": ")
			out[rule] = why
		}
	}
	return out, nil
}

// weekEnds lists the last seconds of the past weeks, in the zone of every team,
// oldest first.
func (f *Fairlead) weekEnds(now time.Time) []time.Time {
	var ends []time.Time
	for _, team := range f.cfg.Directory.Teams() {
		this := org.WeekOf(now, team.Location)
		for n := replayedWeeks; n >= 1; n-- {
			ends = append(ends, this.Before(n).End.Add(-time.Second).UTC())
		}
	}
	slices.SortFunc(ends, time.Time.Compare)
	return slices.CompactFunc(ends, time.Time.Equal)
}

// checkAt evaluates at one moment and stores the outcome in one step.
func (f *Fairlead) checkAt(ctx context.Context, now time.Time) (CheckResult, error) {
	ledger, err := f.store.Findings(ctx)
	if err != nil {
		return CheckResult{}, fmt.Errorf("read the ledger: %w", err)
	}
	sources, err := f.healths(ctx)
	if err != nil {
		return CheckResult{}, err
	}
	outcome, err := f.book.Check(ctx, work{f.store}, f.cfg.Directory, now)
	if err != nil {
		return CheckResult{}, fmt.Errorf("check: %w", err)
	}
	fresh := covered(sources, outcome.Stopped, now)
	// A stale source opens nothing either: that nobody reacted in time may only
	// mean that the reaction was not read yet.
	seen := slices.DeleteFunc(outcome.Seen, func(s finding.Seen) bool { return !fresh(s.Rule, s.Subject.Source) })
	left, leaving := finding.Withdraw(ledger, f.inForce, now)
	next, moves := finding.Step(replaced(ledger, left), seen, fresh, now)
	err = f.store.SaveCheck(ctx, store.Check{
		Findings: replaced(left, next), Transitions: append(leaving, moves...), Flights: outcome.Flights,
	})
	if err != nil {
		return CheckResult{}, fmt.Errorf("store the check: %w", err)
	}
	r := tally(now, outcome.Tickets, replaced(replaced(ledger, left), next), append(leaving, moves...))
	r.Stopped = f.tellStopped(outcome.Stopped)
	return r, nil
}

// covered says of which rules and sources an evaluation can conclude anything.
func covered(sources []health, stopped map[string]error, now time.Time) finding.Covered {
	stale := map[string]bool{}
	for _, h := range sources {
		stale[h.source] = h.stale(now)
	}
	return func(rule, source string) bool {
		gone, known := stale[source]
		return known && !gone && stopped[rule] == nil
	}
}

// inForce reports whether the team still has the agreement.
func (f *Fairlead) inForce(rule, team string) bool {
	for _, a := range f.book.InForce(team) {
		if a.Rule.ID == rule {
			return true
		}
	}
	return false
}

// replaced is the ledger with newer entries in place of those of the same id,
// ordered by id.
func replaced(ledger, newer []finding.Finding) []finding.Finding {
	byID := make(map[finding.ID]finding.Finding, len(ledger)+len(newer))
	for _, f := range ledger {
		byID[f.ID] = f
	}
	for _, f := range newer {
		byID[f.ID] = f
	}
	out := make([]finding.Finding, 0, len(byID))
	for _, f := range byID {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b finding.Finding) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func tally(now time.Time, tickets int, ledger []finding.Finding, moves []finding.Transition) CheckResult {
	r := CheckResult{At: now, Tickets: tickets}
	counters := map[finding.Move]*int{
		finding.Opened: &r.Opened, finding.Reopened: &r.Reopened, finding.Settling: &r.Settled,
		finding.Aging: &r.AgedOut, finding.Leaving: &r.Withdrawn, finding.Frozen: &r.Frozen,
	}
	for _, m := range moves {
		if n := counters[m.Move]; n != nil {
			*n++
		}
	}
	open := map[string]int{}
	for _, f := range ledger {
		if f.State == finding.Open {
			open[f.Rule]++
			r.Open++
		}
	}
	for rule, n := range open {
		r.Rules = append(r.Rules, RuleCount{Rule: rule, Open: n})
	}
	slices.SortFunc(r.Rules, func(a, b RuleCount) int { return cmp.Compare(a.Rule, b.Rule) })
	return r
}

func (f *Fairlead) tellStopped(stopped map[string]error) map[string]string {
	if len(stopped) == 0 {
		return nil
	}
	out := make(map[string]string, len(stopped))
	for rule, err := range stopped {
		f.log.Warn("rule could not be evaluated; its findings are frozen", zap.String("rule", rule), zap.Error(err))
		out[rule] = err.Error()
	}
	return out
}
