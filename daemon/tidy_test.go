package daemon

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

func TestWhatWasKeptLongEnoughGoes(t *testing.T) {
	s := openWritten(t, "sqlite:"+filepath.Join(t.TempDir(), "fairlead.db"))
	ctx, now := t.Context(), copied
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	for _, r := range []store.Run{
		{ID: "latest of b, long ago", Kind: store.RunSync, Source: "b", Started: ago(500)},
		{ID: "before the latest of b", Kind: store.RunSync, Source: "b", Started: ago(501)},
		{ID: "latest of a", Kind: store.RunSync, Source: "a", Started: ago(1)},
		{ID: "day 179", Kind: store.RunSync, Source: "a", Started: ago(179)},
		{ID: "day 181", Kind: store.RunSync, Source: "a", Started: ago(181)},
		{ID: "copy", Kind: store.RunCopy, Source: "x", Started: ago(900), Ended: ago(900)},
	} {
		if err := s.SaveRun(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	deliver := func(report, week string, state store.DeliveryState, due time.Time) {
		t.Helper()
		d := store.Delivery{DeliveryKey: store.DeliveryKey{Report: report, Week: week, Channel: "c"}, State: state, Due: due}
		if _, _, err := s.Claim(ctx, d, "", now, now); err != nil {
			t.Fatal(err)
		}
	}
	deliver("day 399", "2025-W40", store.Delivered, ago(399))
	deliver("day 401", "2025-W39", store.Delivered, ago(401))
	deliver("waits", "2025-W01", store.Pending, ago(900))
	deliver("comment", onceWeek, store.Delivered, ago(900))
	cfg := &config.Config{Retention: config.Retention{Runs: 180 * 24 * time.Hour, Deliveries: 400 * 24 * time.Hour}}
	f := &Fairlead{store: s, log: zap.NewNop(), clock: SystemClock{}, holding: newHolding(cfg, nil, nil)}
	for _, want := range []Tidied{{Runs: 2, Deliveries: 1}, {}} {
		if got, err := f.Tidy(ctx, now); err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	runs, err := s.Runs(ctx, store.RunSync, 9)
	var left []string
	for _, r := range runs {
		left = append(left, r.ID)
	}
	if want := []string{"latest of a", "day 179", "latest of b, long ago"}; err != nil || !slices.Equal(left, want) {
		t.Errorf("left are %q, %v, want %q", left, err, want)
	}
	if all, err := allDeliveries(s, ctx); err != nil || len(all) != 3 {
		t.Errorf("%d deliveries are left, %v", len(all), err)
	}
}

const day = 24 * time.Hour

func TestHistoryIsTidied(t *testing.T) {
	for _, kind := range []string{"sqlite", "redis"} {
		t.Run(kind, func(t *testing.T) {
			at := newPlace(t, kind)
			s, ctx, now := openWritten(t, at), t.Context(), copied
			fillHistory(t, s, now)
			cfg := &config.Config{Experiments: []config.Experiment{{Name: "x", Start: ticket.Date(now.AddDate(0, 0, -900).Format(time.DateOnly))}}}
			f := &Fairlead{store: s, log: zap.NewNop(), clock: SystemClock{}, holding: newHolding(cfg, nil, nil)}
			if got, err := f.Tidy(ctx, now); err != nil || got != (Tidied{}) {
				t.Errorf("where nothing is said, gone are %+v, %v", got, err)
			}
			before, err := f.examineRetention(ctx)
			if err != nil {
				t.Fatal(err)
			}
			cfg.Retention = config.Retention{Findings: 820 * day, Snapshots: 820 * day, Trail: 820 * day}
			for _, want := range []Tidied{{Findings: 1, Snapshots: 3, Trail: 5}, {}} {
				if got, err := f.Tidy(ctx, now); err != nil || got != want {
					t.Errorf("got %+v, %v, want %+v", got, err, want)
				}
			}
			historyIsLeft(t, s)
			after, err := f.examineRetention(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range []string{"findings 820 3 2024-08-10", "snapshots 820 5 2024-05-20", "trail 820 6 2023-02-08"} {
				k := after[i+2]
				if got := fmt.Sprint(k.Kind, " ", k.Days, " ", k.Stored, " ", k.Oldest.Format(time.DateOnly)); got != want || before[i+2].Stored <= k.Stored || before[i+2].Days != 0 {
					t.Errorf("doctor tells %s, want %s; before %+v", got, want, before[i+2])
				}
			}
		})
	}
}

func fillHistory(t *testing.T, s store.Store, now time.Time) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	ended := func(id string, days int) finding.Finding {
		return finding.Finding{
			Seen: finding.Seen{ID: finding.ID(id), Rule: "r"}, State: finding.Settled, LastSeen: ago(days + 1),
			Spans: []finding.Span{{From: ago(days + 2), To: ago(days), End: finding.Settled}},
		}
	}
	open := ended("open", 900)
	open.State, open.Spans = finding.Open, []finding.Span{{From: ago(900)}}
	for _, f := range []finding.Finding{ended("old", 821), ended("answered", 821-39), ended("held", 821), ended("new", 783), open} {
		must(s.SaveCheck(ctx, store.Check{
			Findings: []finding.Finding{f}, Transitions: []finding.Transition{{Finding: f.ID, Move: finding.Opened, At: f.Spans[0].From}},
			Flights: []finding.Flight{{Team: "a", At: f.Spans[0].From, InFlight: 1}},
		}))
	}
	for _, w := range []finding.Word{
		{ID: "about old", Kind: finding.AnsweredSo, By: "lee", At: ago(1000), Finding: "old"},
		{ID: "about old too", Kind: finding.TookBack, By: "lee", At: ago(999), Finding: "old"},
		{ID: "holds", Kind: finding.AnsweredSo, By: "lee", At: ago(1370), Finding: "held"},
		{ID: "waiver over", Kind: finding.WaivedFor, By: "lee", At: ago(1200), Expires: ago(1000), Scope: finding.Scope{Rule: "r", Label: "law"}},
		{ID: "waiver lasts", Kind: finding.WaivedFor, By: "lee", At: ago(100), Expires: ago(-100), Scope: finding.Scope{Rule: "r", Label: "art"}},
	} {
		must(s.AddWord(ctx, w))
	}
	for _, days := range []int{1400, 1030, 1020, 900, 835, 780, 1, 850} {
		year, week := ago(days).ISOWeek()
		must(s.SaveSnapshots(ctx, []store.Snapshot{{Team: "a", Week: fmt.Sprintf("%d-W%02d", year, week), Taken: ago(days)}}))
	}
	last := map[string]int64{}
	for _, r := range []struct {
		kind       store.RevisionKind
		name, text string
		days       int
	}{
		{store.OfFiles, "agreements", `[{"kind":"agreement","name":"r","text":"one"},{"kind":"agreement","name":"q","text":"two"}]`, 1300},
		{store.OfRule, "r", "first", 1200},
		{store.OfFiles, "agreements", `[{"kind":"agreement","name":"q"}]`, 1100},
		{store.OfRule, "r", "second", 1100},
		{store.OfFiles, "agreements", `[{"kind":"agreement","name":"p","text":"three"}]`, 900},
		{store.OfExperiment, "x", "name: X", 900},
		{store.OfRule, "r", "third", 900},
		{store.OfRule, "r", "fourth", 10},
	} {
		kept, err := s.AddRevision(ctx, store.Revision{Kind: r.kind, Name: r.name, Text: r.text, By: "lee", At: ago(r.days)}, last[r.name])
		must(err)
		last[r.name] = kept.Number
	}
}

func historyIsLeft(t *testing.T, s store.Store) {
	t.Helper()
	ctx := t.Context()
	left := func(what string, got []string, err error, want ...string) {
		t.Helper()
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v, want %q", what, got, err, want)
		}
	}
	var ids, said, revised []string
	findings, err := s.Findings(ctx)
	for _, f := range findings {
		ids = append(ids, string(f.ID))
	}
	left("findings", ids, err, "answered", "held", "new", "open")
	words, err := s.Words(ctx)
	for _, w := range words {
		said = append(said, w.ID)
	}
	left("words", said, err, "holds", "waiver lasts")
	revisions, err := s.Revisions(ctx)
	for _, r := range revisions {
		revised = append(revised, fmt.Sprint(r.Number, " ", r.Text))
	}
	left("revisions", revised, err, `5 [{"kind":"agreement","name":"p","text":"three"},{"kind":"agreement","name":"r","text":"one"}]`, "6 name: X", "7 third", "8 fourth")
	if moves, err := s.Transitions(ctx, "old"); err != nil || len(moves) > 0 {
		t.Errorf("moves of what is gone: %v, %v", moves, err)
	}
	flights, err := s.Flights(ctx, "a", time.Time{}, endOfTime)
	if err != nil || len(flights) != 2 {
		t.Errorf("%d flights are left, %v", len(flights), err)
	}
}
