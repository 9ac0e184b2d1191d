package daemon

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
)

// MutedRule is a rule that suddenly noticed far more than it usually does. What
// opened is recorded and told to nobody until a person has had a look.
type MutedRule struct {
	Rule  string    `json:"rule"`
	Since time.Time `json:"since"` // when it fell silent
	New   int       `json:"new"`   // how many had opened by then
	Usual float64   `json:"usual"` // how many open in a usual week
	Held  int       `json:"held"`  // how many are kept back now
}

// LoudRule is a rule that had much open in a source when it was first looked at.
// Nothing is usual then, so that it is not silent; it may still be a mistake in
// the mapping.
type LoudRule struct {
	Rule   string `json:"rule"`
	Source string `json:"source"`
	Open   int    `json:"open"` // of what was open then
}

// muchAtFirst is how many open findings of a first look are worth a word.
const muchAtFirst = 30

// silent are the mutes that last.
func (b *books) silent() []finding.Mute {
	return slices.DeleteFunc(slices.Clone(b.mutes), func(m finding.Mute) bool { return !m.Lasts() })
}

// guard looks whether a rule falls silent, or speaks again, and notes it in the
// books. It gives the mutes to store.
func (f *Fairlead) guard(ctx context.Context, b *books, of *evaluated, now time.Time) ([]finding.Mute, error) {
	parts := f.partFinder(ctx)
	part := func(*finding.Seen) string { return "" }
	if b.partsMatter(now) {
		if part = parts.of; of.subjects != nil {
			parts.found = of.subjects
		}
	}
	changed := finding.Guard(b.noticed, func(e *finding.Finding) finding.Known { return b.knownOf(&e.Seen, part) }, b.mutes, now)
	for _, m := range changed {
		b.mutes = slices.DeleteFunc(b.mutes, func(o finding.Mute) bool { return o.Rule == m.Rule && o.At.Equal(m.At) })
	}
	b.mutes = append(b.mutes, changed...)
	return changed, wrapped("look for rules that notice too much", parts.err)
}

// keptBack reports whether one of the mutes keeps the finding back.
func keptBack(silent []finding.Mute) func(*finding.Finding) bool {
	return func(e *finding.Finding) bool {
		return slices.ContainsFunc(silent, func(m finding.Mute) bool { return m.Holds(e) })
	}
}

// toldTeams are the teams of the moment that are told what a rule notices in
// their work, with names, by rule.
func (f *Fairlead) toldTeams(at time.Time) map[string][]string {
	out := map[string][]string{}
	for _, team := range f.cfg().Directory.Teams() {
		if !team.Existed.Holds(at) {
			continue
		}
		for a := range f.book().EachInForce(team.ID) {
			if a.Stage != rules.Watch && (a.Tell == finding.ForTeam || a.Tell == finding.ForOrg) {
				out[a.Rule.ID] = append(out[a.Rule.ID], team.ID)
			}
		}
	}
	return out
}

// widespread are the rules that are told as conditions of the whole organisation
// at the moment.
func (f *Fairlead) widespread(ledger []finding.Finding, silent []finding.Mute, at time.Time) map[string]finding.Spread {
	kept := keptBack(silent)
	open := finding.OpenTeams(ledger, func(e *finding.Finding) bool { return !kept(e) }, at)
	return finding.Widespread(open, f.toldTeams(at))
}

// flights counts the flights by what is told at the moment: what is kept back,
// answered or waived touches no ticket. ledger is as runs noticed it.
func (b *books) flights(o *rules.Outcome, ledger []finding.Finding, at time.Time) []finding.Flight {
	unspoken := b.unspoken(at)
	silent := b.silent()
	if len(silent) == 0 {
		o.CountClear(unspoken)
		return o.Flights
	}
	kept, quiet := keptBack(silent), map[finding.ID]bool{}
	for i := range ledger {
		if kept(&ledger[i]) {
			quiet[ledger[i].ID] = true
		}
	}
	o.CountClear(func(s *finding.Seen) bool { return !quiet[s.ID] && unspoken(s) })
	return o.Flights
}

// tellGuard tells the operator which rules are silent, and which had much open
// when they were first looked at.
func (f *Fairlead) tellGuard(r *CheckResult, b *books, ledger []finding.Finding, changed []finding.Mute) {
	r.Muted = mutedRules(b.silent(), ledger)
	r.Loud = loudRules(ledger, &b.watching)
	for _, m := range changed {
		at := []zap.Field{zap.String("rule", m.Rule), zap.Int("new", m.New), zap.Float64("usual_a_week", m.Usual)}
		if m.Lasts() {
			f.log.Warn("rule suddenly noticed far more than it usually does; what is new is recorded and told to nobody "+
				"until somebody has had a look (fairlead rules unmute "+m.Rule+")", at...)
		} else {
			f.log.Info("rule speaks again: most of what was kept back is gone", at...)
		}
	}
	for _, l := range r.Loud {
		if b.begins(l, r.At) {
			f.log.Warn("rule has much open at the first look; if that is more than expected, look at the mapping (fairlead doctor --mapping)",
				zap.String("rule", l.Rule), zap.String("source", l.Source), zap.Int("open", l.Open))
		}
	}
}

// begins reports whether the rule was looked at for the first time at the moment.
func (w *watching) begins(l LoudRule, at time.Time) bool {
	for key, look := range w.looks {
		if key.Rule == l.Rule && key.Source == l.Source && look.Live.Equal(at) {
			return true
		}
	}
	return false
}

func mutedRules(silent []finding.Mute, ledger []finding.Finding) []MutedRule {
	var out []MutedRule
	for _, m := range silent {
		one := MutedRule{Rule: m.Rule, Since: m.At, New: m.New, Usual: m.Usual}
		for i := range ledger {
			if ledger[i].State == finding.Open && m.Holds(&ledger[i]) {
				one.Held++
			}
		}
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b MutedRule) int { return cmp.Compare(a.Rule, b.Rule) })
	return out
}

// loudRules count what was open when a rule was first looked at in a source, and
// still is.
func loudRules(ledger []finding.Finding, w *watching) []LoudRule {
	type place struct{ rule, source string }
	open := map[place]int{}
	for i := range ledger {
		e := &ledger[i]
		if look, known := w.looks.Of(&e.Seen); known && e.State == finding.Open && !look.Live.IsZero() && !e.NoticedSince().After(look.Live) {
			open[place{e.Rule, e.Subject.Source}]++
		}
	}
	var out []LoudRule
	for at, n := range open {
		if n > muchAtFirst {
			out = append(out, LoudRule{Rule: at.rule, Source: at.source, Open: n})
		}
	}
	slices.SortFunc(out, func(a, b LoudRule) int { return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Source, b.Source)) })
	return out
}

// MutedRules lists the rules that are silent now.
func (f *Fairlead) MutedRules(ctx context.Context) ([]MutedRule, error) {
	b, err := f.readLedger(ctx)
	if err != nil {
		return nil, err
	}
	return mutedRules(b.silent(), b.findings), nil
}

// Unmute lets a rule speak again, after somebody has had a look: what was kept
// back is told from now on, and is not called sudden again.
func (f *Fairlead) Unmute(ctx context.Context, rule string) (MutedRule, error) {
	b, err := f.readLedger(ctx)
	if err != nil {
		return MutedRule{}, err
	}
	silent := b.silent()
	all := mutedRules(silent, b.findings)
	at := slices.IndexFunc(all, func(m MutedRule) bool { return m.Rule == rule })
	if at < 0 {
		return MutedRule{}, f.notMuted(rule, all)
	}
	for _, m := range silent {
		if m.Rule == rule {
			m.Lifted, m.Confirmed = f.now(), true
			if err := f.store.SaveCheck(ctx, store.Check{Mutes: []finding.Mute{m}}); err != nil {
				return MutedRule{}, fmt.Errorf("let %s speak again: %w", rule, err)
			}
		}
	}
	f.log.Info("rule speaks again: somebody has had a look", zap.String("rule", rule), zap.Int("told_again", all[at].Held))
	return all[at], nil
}

func (f *Fairlead) notMuted(rule string, all []MutedRule) error {
	if _, known := f.book().Rule(rule); !known {
		return unknownRule(f.book(), rule)
	}
	names := make([]string, len(all))
	for i, m := range all {
		names[i] = m.Rule
	}
	if len(names) == 0 {
		return requestError{fmt.Sprintf("%s is not silent", rule), "no rule is"}
	}
	return requestError{fmt.Sprintf("%s is not silent", rule), "silent are " + list(names, "and")}
}
