package daemon

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/store"
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
