package daemon

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/storetest"
	"github.com/fairlead-dev/fairlead/ticket"
)

// pair is one organisation twice: the one line remembers, the other checks fully every
// time.
type pair struct {
	t       *testing.T
	rng     *rand.Rand
	lines   [2]*line
	sources [2][2]*fakeSource
	next    int // number of the next ticket
	live    []ticket.Ticket
}

func newPair(t *testing.T, seed uint64) *pair {
	t.Helper()
	p := &pair{t: t, rng: rand.New(rand.NewPCG(seed, 7)), next: 1}
	all, err := rules.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.lines {
		p.sources[i] = [2]*fakeSource{{name: "jira"}, {name: "jira too"}}
		l := newLine(t, p.sources[i][0], p.sources[i][1])
		l.organise(
			org.Team{ID: "core", Owns: org.Ownership{JiraProjects: []string{"CORE"}}},
			org.Team{ID: "payments", Owns: org.Ownership{JiraProjects: []string{"PAY", "OPS"}}},
		)
		l.agree(all...)
		p.lines[i] = l
	}
	p.lines[0].remember()
	return p
}

// write stores tickets in both.
func (p *pair) write(all ...ticket.Ticket) {
	p.t.Helper()
	for i := range all {
		for _, l := range p.lines {
			if _, err := l.store.SavePage(p.t.Context(), all[i].Source, all[i:i+1], nil, fmt.Sprint(p.next)); err != nil {
				p.t.Fatal(err)
			}
		}
	}
}

// somebody edits, removes or says something.
func (p *pair) step() string {
	p.t.Helper()
	at := p.lines[0].at
	switch n := p.rng.IntN(12); {
	case n < 5 || len(p.live) == 0:
		source := []string{"jira", "jira", "jira too"}[p.rng.IntN(3)]
		project := []string{"PAY", "CORE", "OPS", "NEW"}[p.rng.IntN(4)]
		t := feature(source, fmt.Sprintf("%s-%d", project, p.next), at.Add(-time.Duration(p.rng.IntN(30*24))*time.Hour))
		t.Updated, t.Labels = at, []string{[]string{"q4", "export"}[p.rng.IntN(2)]}
		if p.rng.IntN(3) == 0 && len(p.live) > 0 {
			up := p.live[p.rng.IntN(len(p.live))]
			t.Parent = up.Ref()
		}
		p.next++
		p.live = append(p.live, t)
		p.write(t)
		return "a new ticket " + t.Key
	case n < 8:
		i := p.rng.IntN(len(p.live))
		t := &p.live[i]
		t.Updated = at
		switch p.rng.IntN(4) {
		case 0:
			t.Category, t.Status = ticket.Done, "Done"
			t.History = append(t.History, ticket.Change{
				ID: fmt.Sprint(len(t.History)), At: at.Add(-time.Minute), Field: ticket.FieldStatus, Actor: ticket.Account{ID: "mina"},
				From: []ticket.Value{{Text: "In Progress", Norm: "started"}}, To: []ticket.Value{{Text: "Done", Norm: "done"}},
			})
		case 1:
			t.Project = []string{"PAY", "CORE", "OPS", "NEW"}[p.rng.IntN(4)]
		case 2:
			t.Labels = []string{"regulatory"}
		default:
			t.Links = []ticket.Link{{Kind: ticket.Solves, Phrase: "solves", Target: p.live[p.rng.IntN(len(p.live))].Ref()}}
		}
		t.Normalise()
		p.write(*t)
		return "an edit of " + t.Key
	case n == 8:
		i := p.rng.IntN(len(p.live))
		t := p.live[i]
		p.live = slices.Delete(p.live, i, i+1)
		for _, l := range p.lines {
			if _, err := l.store.Remove(p.t.Context(), t.Source, []string{t.ID}); err != nil {
				p.t.Fatal(err)
			}
		}
		return "a removal of " + t.Key
	case n == 9:
		return p.say()
	case n == 10:
		trouble := []error{nil, nil, errHalfway}[p.rng.IntN(3)]
		for i := range p.sources {
			p.sources[i][1].trouble = trouble
		}
		return fmt.Sprintf("trouble %v with a source", trouble)
	}
	return "nothing"
}

func (p *pair) say() string {
	ledger, err := p.lines[0].store.Findings(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	if len(ledger) == 0 {
		return "nothing to say anything about"
	}
	e := ledger[p.rng.IntN(len(ledger))]
	at := p.lines[0].at
	w := finding.Word{ID: fmt.Sprint("w", p.next), By: "lee", At: at, Reason: "Agreed"}
	switch p.next++; p.rng.IntN(3) {
	case 0:
		w.Kind, w.Finding = finding.AnsweredSo, e.ID
	case 1:
		w.Kind, w.Finding = finding.TookBack, e.ID
	default:
		w.Kind, w.Expires, w.Scope = finding.WaivedFor, at.AddDate(0, 0, 3), finding.Scope{Rule: e.Rule, Label: "regulatory"}
	}
	for _, l := range p.lines {
		if err := l.store.AddWord(p.t.Context(), w); err != nil {
			p.t.Fatal(err)
		}
	}
	return "a word about " + e.Subject.Key
}

// check checks both and holds what is stored then against each other.
func (p *pair) check(after string) {
	p.t.Helper()
	var results [2]CheckResult
	for i, l := range p.lines {
		for n := range p.sources[i] { // what is stored stays; only that it was read is recorded
			src := p.sources[i][n]
			r := store.Run{ID: runID(store.RunSync, src.name, l.at), Kind: store.RunSync, Source: src.name, Started: l.at, Ended: l.at}
			if src.trouble != nil {
				r.Error = "cut off"
			}
			if err := l.store.SaveRun(p.t.Context(), r); err != nil {
				p.t.Fatal(err)
			}
		}
		results[i] = l.check()
	}
	expectSame(p.t, after+": the outcome", results[0], results[1])
	for _, what := range []struct {
		name string
		of   func(*line) any
	}{
		{"the ledger", func(l *line) any { return l.all(l.store.Findings(p.t.Context())) }},
		{"the moves", func(l *line) any { return l.all(allMoves(l.store, p.t.Context())) }},
		{"the flights", func(l *line) any { return l.all(allFlights(l.store, p.t.Context())) }},
		{"the snapshots", func(l *line) any { return l.all(allSnapshots(l.store, p.t.Context())) }},
		{"the looks", func(l *line) any { return l.all(l.store.Looks(p.t.Context())) }},
		{"the mutes", func(l *line) any { return l.all(l.store.Mutes(p.t.Context())) }},
	} {
		expectSame(p.t, after+": "+what.name, what.of(p.lines[0]), what.of(p.lines[1]))
	}
	if p.t.Failed() {
		p.t.FailNow()
	}
}

func (l *line) all(list any, err error) any {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
	return list
}

func expectSame(t *testing.T, what string, got, want any) {
	t.Helper()
	if place, g, w := storetest.Differ(reflect.ValueOf(got), reflect.ValueOf(want), ""); place != "" {
		t.Errorf("%s: %s = %.600s, want %.600s", what, place, g, w)
	}
}

func (p *pair) later(d time.Duration) {
	for _, l := range p.lines {
		l.at = l.at.Add(d)
	}
}

func TestADaemonThatRemembersStoresWhatFullChecksStore(t *testing.T) {
	seeds := uint64(4)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			p := newPair(t, seed)
			for range 12 {
				p.step()
			}
			p.check("the first check")
			for n := range 40 {
				var done []string
				for range p.rng.IntN(3) {
					done = append(done, p.step())
				}
				p.later(time.Duration(1+p.rng.IntN(20)) * time.Hour)
				if n%13 == 12 {
					p.later(aWeek)
				}
				p.check(fmt.Sprintf("round %d after %q", n, done))
			}
			if m := p.lines[0].holding.memory.Load(); m.mark == "" || m.position == "" {
				t.Error("nothing is remembered in the end")
			}
		})
	}
}

// What another process does to the ledger, or to people's words, is seen all the same.
func TestADaemonThatRemembersSeesWhatOthersStore(t *testing.T) {
	p := newPair(t, 11)
	for range 20 {
		p.step()
	}
	counting := &readings{Store: p.lines[0].store}
	p.lines[0].store = counting
	p.check("the first check")
	counting.n = 0
	p.later(time.Hour)
	p.check("a check of nothing new")
	p.step()
	p.later(time.Hour)
	p.check("a check after one edit")
	if counting.n != 0 {
		t.Errorf("all tickets were read %d times, want none", counting.n)
	}
	for _, l := range p.lines {
		ledger, err := l.store.Findings(t.Context())
		if err != nil || len(ledger) == 0 {
			t.Fatal(len(ledger), err)
		}
		open := slices.IndexFunc(ledger, func(e finding.Finding) bool { return e.State == finding.Open })
		e := ledger[open]
		e.State, e.Spans[0].To, e.Spans[0].End = finding.Settled, l.at, finding.Settled
		if err := l.store.SaveCheck(t.Context(), store.Check{Findings: []finding.Finding{e}, Transitions: []finding.Transition{{Finding: e.ID, Move: finding.Settling, At: l.at}}}); err != nil {
			t.Fatal(err)
		}
	}
	p.later(time.Hour)
	p.check("a check after another process settled a finding")
}
