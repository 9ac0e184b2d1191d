package daemon

import (
	"context"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/store"
)

// pagesOver are pages over a small store, whose work behind them is done when the
// test says so.
func pagesOver(t *testing.T) (f *Fairlead, data *pages, behind func()) {
	t.Helper()
	f = largeStore(t, large{4, 400, 200})
	var waiting []func(context.Context)
	data = &pages{f: f, behind: func(do func(context.Context)) { waiting = append(waiting, do) }}
	return f, data, func() {
		for len(waiting) > 0 {
			do := waiting[0]
			waiting = waiting[1:]
			do(t.Context())
		}
	}
}

func shownLedger(t *testing.T, data *pages) *dashboard.Ledger {
	t.Helper()
	l, err := data.Ledger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func firstOpen(l *dashboard.Ledger) (open *finding.Finding) {
	l.Each(dashboard.Query{Sees: func(string, finding.Audience) bool { return true }, State: finding.Open}, func(e *finding.Finding) bool {
		open = e
		return false
	})
	return open
}

// pass moves the clock of a large store.
func pass(f *Fairlead, d time.Duration) {
	clock, _ := f.clock.(*movingClock)
	clock.at.Add(int64(d))
}

func TestPagesShowWhatThereWasWhileTheyAreLaidOutAnew(t *testing.T) {
	f, data, behind := pagesOver(t)
	before := shownLedger(t, data)
	behind()
	pass(f, 2*time.Second)
	if again := shownLedger(t, data); again != before {
		t.Error("nothing happened, and the ledger is another one")
	}
	run := store.Run{ID: "check of another process", Kind: store.RunCheck, Started: f.now(), Ended: f.now()}
	if err := f.store.SaveRun(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	pass(f, 2*time.Second)
	for range 3 {
		if during := shownLedger(t, data); during != before {
			t.Fatal("a page waited for the ledger to be laid out anew")
		}
	}
	behind()
	if after := shownLedger(t, data); after.Version == before.Version {
		t.Error("the check of another process is not shown")
	}
}

func TestAWordOfOnesOwnShowsAtOnce(t *testing.T) {
	f, data, behind := pagesOver(t)
	l := shownLedger(t, data)
	behind()
	open := firstOpen(l)
	if err := data.Answer(t.Context(), dashboard.Viewer{Person: "lee"}, open.ID, "agreed"); err != nil {
		t.Fatal(err)
	}
	if shown, _ := shownLedger(t, data).Finding(open.ID); shown.State != finding.Answered {
		t.Errorf("it is %s at once, want answered", shown.State)
	}
	behind()
	// What was laid out of a word alone is what is laid out from the beginning.
	fresh := shownLedger(t, &pages{f: f})
	kept := shownLedger(t, data)
	if kept.Len() != fresh.Len() {
		t.Fatalf("%d findings, want %d", kept.Len(), fresh.Len())
	}
	fresh.Each(dashboard.Query{Sees: func(string, finding.Audience) bool { return true }}, func(e *finding.Finding) bool {
		if one, ok := kept.Finding(e.ID); !ok || kept.StateOf(one) != fresh.StateOf(e) {
			t.Errorf("%s is %v, want %s", e.ID, one, fresh.StateOf(e))
		}
		return true
	})
}

func TestAWordShowsAtOnceWhenMuchElseHappenedSince(t *testing.T) {
	f, data, behind := pagesOver(t)
	l := shownLedger(t, data)
	behind()
	open := firstOpen(l)
	pass(f, 2*time.Hour) // all ages are others by now
	run := store.Run{ID: "check of another process", Kind: store.RunCheck, Started: f.now(), Ended: f.now()}
	if err := f.store.SaveRun(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	laid := data.view.Load().mark
	if err := data.Answer(t.Context(), dashboard.Viewer{Person: "lee"}, open.ID, "agreed"); err != nil {
		t.Fatal(err)
	}
	if now := data.view.Load().mark; now.check != laid.check || now.word == laid.word {
		t.Errorf("who spoke waited for everything to be laid out anew: %v", now)
	}
	if shown, _ := shownLedger(t, data).Finding(open.ID); shown.State != finding.Answered {
		t.Errorf("it is %s at once, want answered", shown.State)
	}
	behind()
	if now := data.view.Load().mark; now.check == laid.check || now.hour.Equal(laid.hour) {
		t.Errorf("what happened before is not laid out behind the pages: %v", now)
	}
	if shown, _ := shownLedger(t, data).Finding(open.ID); shown.State != finding.Answered {
		t.Errorf("it is %s afterwards, want answered", shown.State)
	}
}

// However many words come one by one, by whatever clocks, the trail is the one of
// all of them.
func TestTheTrailWithMoreWordsIsTheTrailOfAll(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // of a test
		at := func() time.Time { return time.UnixMicro(int64(1_000_000 + r.IntN(300))) }
		var b books
		for range r.IntN(300) {
			b.mutes = append(b.mutes, finding.Mute{At: at()})
		}
		for range r.IntN(5) {
			b.words = append(b.words, finding.Word{At: at()})
		}
		kept, ok := newTrail(&b, nil), true
		for range 20 {
			var more []finding.Word
			for range 1 + r.IntN(3) {
				more = append(more, finding.Word{At: at()})
			}
			with, added := kept.with(more, len(b.words))
			b.words = append(b.words, more...)
			want := newTrail(&b, nil)
			if !added {
				ok, kept = false, want
				continue
			}
			kept = with
			for n := range want.len() {
				if kept.len() != want.len() || kept.at(n) != want.at(n) {
					t.Fatalf("seed %d: entry %d of %d is %v, want %v of %d", seed, n, kept.len(), kept.at(n), want.at(n), want.len())
				}
			}
		}
		if !ok && len(b.mutes) < mostBeside {
			t.Errorf("seed %d: a word was not added although little happened", seed)
		}
	}
}

func TestAWaiverThatRunsOutShowsWithoutAnyWord(t *testing.T) {
	f, data, behind := pagesOver(t)
	open := firstOpen(shownLedger(t, data))
	behind()
	w := finding.Word{ID: "short", Kind: finding.WaivedFor, By: "lee", At: f.now(), Reason: "for a moment", Scope: finding.Scope{Finding: open.ID}, Expires: f.now().Add(10 * time.Second)}
	if err := f.store.AddWord(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after time.Duration
		want  finding.State
	}{{2 * time.Second, finding.Waived}, {10 * time.Second, finding.Open}} {
		pass(f, c.after)
		shownLedger(t, data)
		behind()
		if e, _ := shownLedger(t, data).Finding(open.ID); e.State != c.want {
			t.Errorf("after %v more it is %s, want %s", c.after, e.State, c.want)
		}
	}
}

func TestReportsTellTheWorkThatWasGathered(t *testing.T) {
	f, data, behind := pagesOver(t)
	shownLedger(t, data)
	behind()
	counting := &readings{Store: f.store}
	f.store = counting
	for _, week := range []string{"2026-W46", "2026-W45", "2026-W40"} {
		for _, team := range f.cfg().Directory.Teams() {
			got, err := data.Report(t.Context(), dashboard.ReportKey{Team: team.ID, Week: week, Reader: finding.ForTeam})
			if err != nil {
				t.Fatal(err)
			}
			if counting.n > 0 {
				t.Fatal("a page read all tickets")
			}
			e, err := f.edition(t.Context(), week)
			if err != nil {
				t.Fatal(err)
			}
			want, err := e.team(t.Context(), &team, finding.ForTeam)
			if err != nil {
				t.Fatal(err)
			}
			counting.n = 0
			if !reflect.DeepEqual(got.Shipped, want.Shipped) || got.Headline != want.Headline || len(got.Slips) != len(want.Slips) {
				t.Errorf("%s of %s tells\n%+v\n%s\nwant\n%+v\n%s", week, team.ID, got.Shipped, got.Headline, want.Shipped, want.Headline)
			}
		}
	}
}

func TestTicketsAreOnlyPassedOverWhenSomethingWasRead(t *testing.T) {
	f, data, behind := pagesOver(t)
	counting := &readings{Store: f.store}
	f.store = counting
	shownLedger(t, data)
	behind()
	if counting.n == 0 {
		t.Fatal("nothing was gathered")
	}
	passes := func(what string, want int) {
		t.Helper()
		counting.n = 0
		pass(f, 2*time.Second)
		shownLedger(t, data)
		behind()
		if counting.n != want {
			t.Errorf("%s: %d passes over all tickets, want %d", what, counting.n, want)
		}
	}
	save := func(id string, kind store.RunKind) {
		t.Helper()
		r := store.Run{ID: id, Kind: kind, Started: f.now(), Ended: f.now()}
		if kind == store.RunSync {
			r.Source = largeSource
		}
		if err := f.store.SaveRun(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	passes("nothing happened", 0)
	save("a check", store.RunCheck)
	passes("after a check", 0)
	save("a reading", store.RunSync)
	passes("after a reading", 1)

	data = &pages{f: f, behind: data.behind}
	passes("in a new process, over what was gathered", 0)
	h, err := data.Health(t.Context())
	if err != nil || len(h.Sources) != 1 || h.Sources[0].Tickets != 400 || h.Counted.IsZero() {
		t.Errorf("the data page tells %+v, %v, want 400 tickets", h.Sources, err)
	}
}

func TestThePageSaysThatNothingWasGatheredYet(t *testing.T) {
	_, data, _ := pagesOver(t)
	shownLedger(t, data)
	if h, err := data.Health(t.Context()); err != nil || !h.Counted.IsZero() {
		t.Errorf("counted at %v, %v, want not yet", h.Counted, err)
	}
	week := org.WeekOf(largeNow, time.UTC).String()
	if _, err := data.Report(t.Context(), dashboard.ReportKey{Team: largeTeam(0), Week: week, Reader: finding.ForTeam}); err == nil || !strings.Contains(err.Error(), dashboard.ErrNotYet.Error()) {
		t.Errorf("the report gives %v, want ErrNotYet", err)
	}
}

func TestTheOrganisationsReportIsShownWhileItIsMadeAnew(t *testing.T) {
	f, data, behind := pagesOver(t)
	key := dashboard.ReportKey{Week: "2026-W45", Reader: finding.ForOrg}
	first, err := data.Report(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	behind()
	pass(f, 2*time.Hour)
	shownLedger(t, data)
	behind()
	second, err := data.Report(t.Context(), key)
	if err != nil || !second.Made.Equal(first.Made) {
		t.Errorf("made at %v, %v, want the one that is there, of %v", second.Made, err, first.Made)
	}
	behind()
	if third, err := data.Report(t.Context(), key); err != nil || !third.Made.After(first.Made) {
		t.Errorf("made at %v, %v, want it made anew after %v", third.Made, err, first.Made)
	}
}

func TestTheTrailTellsAllThatHappenedLatestFirst(t *testing.T) {
	f, data, _ := pagesOver(t)
	all, next, err := data.Trail(t.Context(), "", 10_000)
	if err != nil || next != "" {
		t.Fatal(next, err)
	}
	if !slices.IsSortedFunc(all, func(a, b dashboard.Entry) int { return b.At.Compare(a.At) }) {
		t.Error("it is not in order")
	}
	count := map[string]int{}
	for i := range all {
		what, _, _ := strings.Cut(all[i].What, " ")
		count[what]++
	}
	b, err := f.readLedger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{}
	for i := range b.noticed {
		want[string(finding.Opened)]++
		if m, ended := endedBy[b.noticed[i].State]; ended {
			want[string(m)]++
		}
	}
	for _, w := range b.words {
		if w.Kind == finding.WaivedFor {
			want["waived"]++
		} else {
			want["answered"]++
		}
	}
	for what, n := range want {
		if count[what] != n {
			t.Errorf("%d entries say %q, want %d", count[what], what, n)
		}
	}
}

func TestTheTrailOfAFindingHearsOnlyWhatConcernsIt(t *testing.T) {
	f, _, _ := pagesOver(t)
	b, err := f.readLedger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	waivers := finding.Waivers(b.words)
	for i := range b.noticed {
		e := &b.noticed[i]
		covering := slices.DeleteFunc(slices.Clone(waivers), func(w finding.Waiver) bool { return !w.Covers(&e.Seen) })
		moves, err := f.store.Transitions(t.Context(), e.ID)
		if err != nil {
			t.Fatal(err)
		}
		about := b.about(e, covering)
		if got, want := f.trail(&about, e, covering, moves, f.now()), f.trail(&b, e, covering, moves, f.now()); !slices.Equal(got, want) {
			t.Errorf("%s:\n%+v\nwant\n%+v", e.ID, got, want)
		}
	}
}
