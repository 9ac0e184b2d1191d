package rules

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
)

// Preview is what a rule would have noticed at a row of moments, stepped through
// in memory: no ledger is touched.
type Preview struct {
	Moments []PreviewMoment
	// Findings are all that would have opened, as they stand at the last moment,
	// ordered by id.
	Findings []finding.Finding
	// Stopped says why the rule could not be evaluated the last time it could
	// not; nil when it always could. What is open was frozen then.
	Stopped error
}

// PreviewMoment is how findings moved at one of the moments.
type PreviewMoment struct {
	At     time.Time
	Opened int // also again
	Closed int // settled, aged out
	Open   int // afterwards
}

// Try looks at all work at each of the moments, oldest first, and tells what the
// rule notices by what the book has agreed. keep says which of it counts.
func (b *Book) Try(ctx context.Context, w Work, dir *org.Directory, rule string, keep func(*finding.Seen) bool, moments []time.Time) (Preview, error) {
	all, err := TryAll(ctx, w, dir, rule, keep, moments, b)
	if err != nil {
		return Preview{}, err
	}
	return all[0], nil
}

// TryAll is Try by several books, one preview for each. All moments by all books are
// looked at side by side, so that the work is read twice in all: once for what is told
// across tickets, and once for each ticket.
func TryAll(ctx context.Context, w Work, dir *org.Directory, rule string, keep func(*finding.Seen) bool, moments []time.Time, books ...*Book) ([]Preview, error) {
	only := make([]*Book, len(books))
	for i, b := range books {
		only[i] = b.Only(func(_, r string) bool { return r == rule })
	}
	outcomes, failed := make([]Outcome, len(books)*len(moments)), make([]error, len(books)*len(moments))
	sideBySide(ctx, w, len(outcomes), func(i int, w Work) {
		outcomes[i], failed[i] = only[i/len(moments)].Check(ctx, w, dir, moments[i%len(moments)])
	})
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	out := make([]Preview, len(books))
	for i := range books {
		out[i] = stepped(outcomes[i*len(moments):(i+1)*len(moments)], rule, keep, moments)
	}
	return out, nil
}

// stepped is what comes of the rule's outcomes at the moments, one after the other.
func stepped(outcomes []Outcome, rule string, keep func(*finding.Seen) bool, moments []time.Time) Preview {
	ledger := map[finding.ID]finding.Finding{}
	var t Preview
	for i, at := range moments {
		out := &outcomes[i]
		if err := out.Stopped[rule]; err != nil {
			t.Stopped = err
		}
		seen := slices.DeleteFunc(out.Seen, func(s finding.Seen) bool { return !keep(&s) })
		next, moves := finding.Step(byID(ledger), seen, func(string, string) bool { return out.Stopped[rule] == nil }, at)
		for _, f := range next {
			ledger[f.ID] = f
		}
		t.Moments = append(t.Moments, momentOf(at, moves, ledger))
	}
	t.Findings = byID(ledger)
	return t
}

func byID(ledger map[finding.ID]finding.Finding) []finding.Finding {
	return slices.SortedFunc(maps.Values(ledger), func(a, b finding.Finding) int { return strings.Compare(string(a.ID), string(b.ID)) })
}

func momentOf(at time.Time, moves []finding.Transition, ledger map[finding.ID]finding.Finding) PreviewMoment {
	m := PreviewMoment{At: at}
	for _, t := range moves {
		switch t.Move {
		case finding.Opened, finding.Reopened:
			m.Opened++
		case finding.Settling, finding.Aging:
			m.Closed++
		}
	}
	for _, f := range ledger {
		if f.State == finding.Open {
			m.Open++
		}
	}
	return m
}

// Open is how many are open at the last moment.
func (t *Preview) Open() int {
	n := 0
	for _, f := range t.Findings {
		if f.State == finding.Open {
			n++
		}
	}
	return n
}

// Samples are some of what would have opened, for a person to look at: what is
// open first, the latest first.
func (t *Preview) Samples(most int) []finding.Finding { return samples(t.Findings, most) }

func samples(all []finding.Finding, most int) []finding.Finding {
	out := slices.Clone(all)
	closed := func(f *finding.Finding) int {
		if f.State == finding.Open {
			return 0
		}
		return 1
	}
	slices.SortFunc(out, func(a, b finding.Finding) int {
		return cmp.Or(cmp.Compare(closed(&a), closed(&b)), b.OpenSince().Compare(a.OpenSince()),
			strings.Compare(a.Subject.Key, b.Subject.Key), strings.Compare(string(a.ID), string(b.ID)))
	})
	return out[:min(most, len(out))]
}

// Difference is how a preview of a changed rule differs from one of today's.
type Difference struct {
	More, Fewer         []finding.Finding // that would have opened, and that would not have, the samples first
	MoreOpen, FewerOpen int               // of them open at the last moment
}

// Against tells how the preview differs from that of today's agreement.
func (t *Preview) Against(today *Preview) Difference {
	var d Difference
	d.More, d.MoreOpen = beyond(t.Findings, today.Findings)
	d.Fewer, d.FewerOpen = beyond(today.Findings, t.Findings)
	return d
}

// beyond are those of the one list that are not in the other, and how many of
// all that are open in the one are not open in the other.
func beyond(one, other []finding.Finding) (out []finding.Finding, open int) {
	states := make(map[finding.ID]finding.State, len(other))
	for _, f := range other {
		states[f.ID] = f.State
	}
	for _, f := range one {
		if states[f.ID] == "" {
			out = append(out, f)
		}
		if f.State == finding.Open && states[f.ID] != finding.Open {
			open++
		}
	}
	return samples(out, len(out)), open
}

// TooCostly reports whether a rule was stopped since its condition runs on.
func TooCostly(err error) bool { return errors.Is(err, errTooCostly) }

// Variant is agreements under which the rule is in force, as if nothing about it
// were pinned, with the settings in place of those agreed. A team, if given, is
// the only one that it concerns; otherwise it is everybody. Settings are of the
// types that Setting.Read gives.
func Variant(agreed []Agreement, r *Rule, team string, settings map[string]any) []Agreement {
	out := slices.Clone(agreed)
	found := false
	for i := range out {
		a := &out[i]
		if a.Rule != r.ID {
			continue
		}
		a.Pin = Pin{}
		if team == "" || a.Team == team {
			a.Off, a.Settings = false, mergedSettings(a.Settings, r, settings)
			found = found || a.Team == team
		}
	}
	if !found {
		out = append(out, Agreement{Rule: r.ID, Team: team, Settings: mergedSettings(nil, r, settings)})
	}
	return out
}

// mergedSettings are the settings as a file would hold them, with the changed
// ones laid over.
func mergedSettings(agreed map[string]any, r *Rule, changed map[string]any) map[string]any {
	out := map[string]any{}
	maps.Copy(out, agreed)
	for name, v := range changed {
		if s, ok := r.Setting(name); ok {
			out[name] = s.Type.fromText(s.Type.words(v))
		}
	}
	return out
}

// ReadSetting reads NAME=VALUE. The error says what the rule has instead of a
// setting it does not know.
func (r *Rule) ReadSetting(text string) (name string, value any, err error) {
	name, written, ok := strings.Cut(text, "=")
	name = strings.TrimSpace(name)
	if !ok {
		return "", nil, settingError{show(text) + " sets nothing", "write NAME=VALUE, for example " + r.exampleSetting()}
	}
	s, known := r.Setting(name)
	if !known {
		names := settingNames(r.Settings)
		hint := didYouMean(name, names, r.ID+" has: "+words(names))
		if len(names) == 0 {
			hint = r.ID + " has no settings"
		}
		return "", nil, settingError{"unknown setting " + show(name) + " of " + r.ID, hint}
	}
	value, err = s.Read(written)
	return name, value, err
}

func (r *Rule) exampleSetting() string {
	for _, s := range r.Settings {
		return s.Name + "=" + s.Words()
	}
	return "min_chars=120"
}

// settingError is a setting that cannot be understood, and what to write instead.
type settingError struct{ text, hint string }

func (e settingError) Error() string { return e.text + "\n\t" + e.hint }
