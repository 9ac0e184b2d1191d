package finding

import (
	"slices"
	"strings"
	"time"
)

// Mute keeps quiet about what a rule noticed when it suddenly noticed far more
// than it usually does: more often than not a word of the tracker changed its
// meaning, or a setting was mistyped. What opened is recorded all the same.
type Mute struct {
	Rule string
	// At is when the rule fell silent, and From the moment since which what
	// opened is not told.
	At, From time.Time
	New      int     // how many had opened since From and were open at At
	Usual    float64 // how many open in a week
	Lifted   time.Time
	// Confirmed says that a person had a look and lifted it; otherwise it lifted
	// itself, when most of what had opened was gone.
	Confirmed bool
}

// Lasts reports whether the rule is silent.
func (m *Mute) Lasts() bool { return m.Lifted.IsZero() }

// Holds reports whether the finding is kept back.
func (m *Mute) Holds(f *Finding) bool {
	return m.Lasts() && m.Rule == f.Rule && f.NoticedSince().After(m.From)
}

// Bounds of what is usual.
const (
	mostNew     = 30 // so many new findings in a week never mute a rule
	timesUsual  = 3
	usualWeeks  = 12 // an average is taken over so many weeks at most
	fewestWeeks = 2  // and over so many at least: before, nothing is usual yet
	aWeek       = 7 * 24 * time.Hour
)

// Known says from when on something is known of what a finding is about: Since
// by the ledger, replayed weeks included, and Live by looking at it as it stood.
type Known struct{ Since, Live time.Time }

// Guard looks for rules that suddenly notice more than 30 new things and more
// than three times their usual, and gives the mutes to store again: those that
// begin, and those that lift because what was kept back has mostly gone.
//
// New is what opened, or opened again, in the seven days before now and is
// still open. It does not count what opened when the finding's part of the work
// was first looked at, or in weeks replayed before that: a backlog is not
// sudden. Usual is the average of what opened a week, over the up to twelve
// weeks before these seven days; with fewer than two weeks to average nothing
// is usual, and nothing falls silent. What a person confirmed is not counted as
// new again.
func Guard(ledger []Finding, known func(*Finding) Known, mutes []Mute, now time.Time) []Mute {
	latest := map[string]Mute{}
	for _, m := range mutes {
		if last, there := latest[m.Rule]; !there || m.At.After(last.At) {
			latest[m.Rule] = m
		}
	}
	var out []Mute
	for rule, of := range byRule(ledger) {
		g := guarded{findings: of, known: known, now: now.UTC()}
		last, there := latest[rule]
		if there && last.Lasts() {
			if n := g.openSince(last.From, false); !sudden(n, last.Usual) {
				last.Lifted = g.now
				out = append(out, last)
			}
			continue
		}
		if m, begins := g.surge(rule, last); begins {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b Mute) int { return strings.Compare(a.Rule, b.Rule) })
	return out
}

func sudden(n int, usual float64) bool { return n > mostNew && float64(n) > timesUsual*usual }

func byRule(ledger []Finding) map[string][]*Finding {
	out := map[string][]*Finding{}
	for i := range ledger {
		out[ledger[i].Rule] = append(out[ledger[i].Rule], &ledger[i])
	}
	return out
}

// guarded is what one rule noticed.
type guarded struct {
	findings []*Finding
	known    func(*Finding) Known
	now      time.Time
}

// surge looks whether the rule falls silent now.
func (g *guarded) surge(rule string, last Mute) (Mute, bool) {
	from := g.now.Add(-aWeek)
	if last.Confirmed && last.Lifted.After(from) {
		from = last.Lifted
	}
	n := g.openSince(from, true)
	if !sudden(n, 0) { // what is usual takes going through all there ever was
		return Mute{}, false
	}
	usual, weeks := g.usual()
	if weeks < fewestWeeks || !sudden(n, usual) {
		return Mute{}, false
	}
	return Mute{Rule: rule, At: g.now, From: from, New: n, Usual: usual}, true
}

// openSince counts what opened after the moment and is open; live leaves out
// what opened before somebody first looked.
func (g *guarded) openSince(from time.Time, live bool) int {
	n := 0
	for _, f := range g.findings {
		if f.State != Open || !f.OpenSince().After(from) {
			continue
		}
		if live {
			if k := g.known(f); k.Live.IsZero() || !f.OpenSince().After(k.Live) {
				continue
			}
		}
		n++
	}
	return n
}

// usual is the average of what opened a week, and over how many weeks. The backlog
// that was there when the ledger began to speak does not count.
func (g *guarded) usual() (average float64, weeks int) {
	var first time.Time
	var opened [usualWeeks + 1]int // after so many weeks before now, and up to one less
	for _, f := range g.findings {
		since := g.known(f).Since
		if !since.IsZero() && (first.IsZero() || since.Before(first)) {
			first = since
		}
		for _, s := range f.Spans {
			if k := g.now.Sub(s.From) / aWeek; k >= 1 && k <= usualWeeks && s.From.After(since) {
				opened[k]++
			}
		}
	}
	all := 0
	for k := 1; k <= usualWeeks; k++ {
		if first.IsZero() || g.now.Add(-time.Duration(k+1)*aWeek).Before(first) {
			break
		}
		weeks++
		all += opened[k]
	}
	if weeks == 0 {
		return 0, 0
	}
	return float64(all) / float64(weeks), weeks
}
