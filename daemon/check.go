package daemon

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
)

// CheckResult is what a check did to the ledger.
type CheckResult struct {
	At        time.Time         `json:"at"`
	Tickets   int               `json:"tickets"`
	Open      int               `json:"open"` // what is answered or waived is not
	Opened    int               `json:"opened"`
	Reopened  int               `json:"reopened"`
	Settled   int               `json:"settled"`
	AgedOut   int               `json:"aged_out"`
	Withdrawn int               `json:"withdrawn"`
	Frozen    int               `json:"frozen"`
	Past      *CheckResult      `json:"past,omitempty"` // how findings moved in the weeks it made up for; nil when there were none
	Rules     []RuleCount       `json:"rules,omitempty"`
	Muted     []MutedRule       `json:"muted,omitempty"`   // rules that are silent
	Loud      []LoudRule        `json:"loud,omitempty"`    // rules that had much open when they were first looked at
	Stopped   map[string]string `json:"stopped,omitempty"` // rules that could not be evaluated, and why
}

// RuleCount is how many findings of a rule are open.
type RuleCount struct {
	Rule string `json:"rule"`
	Open int    `json:"open"`
}

// Check applies the agreements in force to the stored tickets, now, and moves
// the ledger on. The ends of weeks that passed since a source was looked at last
// are made up for first, and so is the past of what nobody has looked at yet, as
// far as a trend is long: the ledger has a history from the beginning, and a
// report is the same however often checks are made. The first check by a
// configuration also keeps what its files say of agreements otherwise than before.
func (f *Fairlead) Check(ctx context.Context) (r CheckResult, err error) {
	err = f.inTurn(ctx, checkTurn, func(ctx context.Context, f *Fairlead) (err error) {
		r, err = f.check(ctx)
		return err
	})
	return r, err
}

// check is Check for whoever has the turn.
func (f *Fairlead) check(ctx context.Context) (r CheckResult, err error) {
	ctx, f, end := f.beginRun(ctx, runCheck)
	defer func() { end(err) }()
	if f, err = f.steady(ctx); err != nil {
		return CheckResult{}, err
	}
	f, done := f.remembering()
	defer done()
	now := f.now()
	if err := f.forwards(ctx, "check", now); err != nil {
		return CheckResult{}, err
	}
	if err := f.noteFiles(ctx, now); err != nil {
		return CheckResult{}, err
	}
	if f, err = f.steadyAnew(ctx); err != nil { // by what was noted, as whoever helps
		return CheckResult{}, err
	}
	if err := f.readCalendars(ctx, now); err != nil {
		return CheckResult{}, err
	}
	fresh, err := f.freshSources(ctx, now)
	if err != nil {
		return CheckResult{}, err
	}
	past, err := f.makeUp(ctx, fresh, replayedWeeks, now)
	if err != nil {
		return CheckResult{}, err
	}
	r, err = f.checkNow(ctx, fresh, now)
	if err != nil {
		return CheckResult{}, err
	}
	// Parts of a source that hold tickets for the first time are only known now.
	late, err := f.fill(ctx, fresh, replayedWeeks, now)
	if err != nil {
		return CheckResult{}, err
	}
	r.Past = late.into(&r, past)
	if err := f.keepSnapshots(ctx, now, r.moved()); err != nil {
		return CheckResult{}, err
	}
	err = f.store.SaveRun(ctx, store.Run{
		ID: runID(store.RunCheck, "", now), Kind: store.RunCheck, Started: now, Ended: f.clock.Now(),
		Tickets: r.Tickets, Changed: r.Opened + r.Settled + r.Reopened + r.AgedOut + r.Withdrawn,
		Gaps: gapsOf(r.Stopped),
	})
	return r, err
}

// moved reports whether the check changed anything that is told of past weeks.
func (r *CheckResult) moved() bool {
	return r.Past != nil || r.Opened+r.Reopened+r.Settled+r.AgedOut+r.Withdrawn > 0
}

// now is the moment, as exactly as stores keep it.
func (f *Fairlead) now() time.Time { return f.clock.Now().UTC().Truncate(time.Microsecond) }

// checkNow evaluates now and stores the outcome in one step, with which rules
// fall silent and what has been looked at.
func (f *Fairlead) checkNow(ctx context.Context, fresh map[string]bool, now time.Time) (CheckResult, error) {
	book, err := f.readNoticed(ctx)
	if err != nil {
		return CheckResult{}, err
	}
	e, err := f.evaluate(ctx, &book, now)
	if err != nil {
		return CheckResult{}, err
	}
	f.memory.lend()
	m := f.turn(&book, &e, fresh, now)
	looks, gone := f.lookedLive(&book.watching, fresh, m.outcome.Stopped, e.fresh, now)
	book.record(looks, gone)
	mutes, err := f.guard(ctx, &book, &e, now)
	if err != nil {
		return CheckResult{}, err
	}
	m.save.Mark, m.save.Looks, m.save.Unlooked, m.save.Mutes = rand.Text(), looks, gone, mutes
	m.save.Flights = book.flights(&m.outcome, m.ledger, now)
	if err := f.store.SaveCheck(ctx, m.save); err != nil {
		return CheckResult{}, fmt.Errorf("store the check: %w", err)
	}
	if f.memory.stored(&e, &book, &m); len(gone) > 0 || len(mutes) > 0 {
		f.memory.forget() // so seldom that reading is simpler than following
	}
	told := book.toldOpen(now)
	r := tally(now, m.outcome.Tickets, told, m.moves)
	r.Stopped = f.tellStopped(m.outcome.Stopped)
	f.tellGuard(&r, &book, told, mutes)
	return r, nil
}

// forwards refuses to do something at a moment before the latest check: a finding
// would end before it began.
func (f *Fairlead) forwards(ctx context.Context, doing string, now time.Time) error {
	runs, err := f.store.Runs(ctx, store.RunCheck, 1)
	if err != nil {
		return fmt.Errorf("read the record of checks: %w", err)
	}
	if len(runs) > 0 && runs[0].Started.After(now) {
		return fmt.Errorf("%s: the clock says %s, which is before the latest check, made at %s; nothing was changed\n\t"+
			"set this machine's clock right; if it was wrong then, go back to a copy of the store from before that check",
			doing, now.UTC().Format(time.RFC3339), runs[0].Started.Format(time.RFC3339))
	}
	return nil
}

// freshSources names the sources of which an evaluation can conclude anything.
func (f *Fairlead) freshSources(ctx context.Context, now time.Time) (map[string]bool, error) {
	sources, err := f.healths(ctx)
	if err != nil {
		return nil, err
	}
	fresh := map[string]bool{}
	for _, h := range sources {
		if !h.stale(now) {
			fresh[h.source] = true
		}
	}
	if len(fresh) == len(sources) {
		fresh[everySource] = true // what is told of a team or a role needs all of them
	}
	return fresh, nil
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

// watched reports whether anybody still looks for such a finding: its source is
// configured, and the team has the agreement.
func (f *Fairlead) watched(e *finding.Finding) bool {
	return f.configured(e.Subject.Source) && f.book().Has(e.Team, e.Rule)
}

func (f *Fairlead) configured(source string) bool {
	return source == everySource || slices.ContainsFunc(f.sources, func(s connectors.Source) bool { return s.Name() == source })
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
