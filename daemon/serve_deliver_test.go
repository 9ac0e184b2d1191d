package daemon

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/store"
)

// A bubble begins on Saturday, 1 January 2000: week 52 of 1999 is due on the
// Monday after.
func TestServeReadsBeforeAReportIsDueAndDeliversIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &held{fakeSource: &fakeSource{name: "jira"}}
		p := newPost(t, toRoom("#pay"))
		p.clock, p.sources = bubbleClock{}, []connectors.Source{src}
		p.cfg().Sync.Every = 7 * time.Hour // 04:00 on that Monday, then 11:00
		p.cfg().Reports[0].When.CatchUp = time.Hour
		p.cfg().Reports[0].When.Zone = time.UTC
		readBefore := 0
		p.trouble["slack:#pay"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error {
			src.mu.Lock()
			defer src.mu.Unlock()
			readBefore = src.read
			return nil
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- p.Serve(ctx) }()
		due := time.Date(2000, time.January, 3, 9, 0, 0, 0, time.UTC)
		time.Sleep(time.Until(due) - time.Second)
		synctest.Wait()
		src.mu.Lock()
		read := src.read
		src.mu.Unlock()
		if got := p.got("slack:#pay"); got != "" {
			t.Errorf("before it was due %q arrived", got)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := p.got("slack:#pay"); got != "1999-W52" || readBefore != read+1 {
			t.Errorf("when it was due %q arrived, after %d readings, want one more than %d", got, readBefore, read)
		}
		time.Sleep(7 * 24 * time.Hour)
		synctest.Wait()
		if got := p.got("slack:#pay"); got != "1999-W52 2000-W01" {
			t.Errorf("a week later %q had arrived", got)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestServeTriesAgainBetweenReadings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, toRoom("#pay"))
		p.clock = bubbleClock{}
		p.cfg().Sync.Every = 24 * time.Hour
		var tried []time.Duration
		started := time.Now()
		p.trouble["slack:#pay"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error {
			if tried = append(tried, time.Since(started)); len(tried) < 4 {
				return errors.New("503")
			}
			return nil
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- p.Serve(ctx) }()
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := p.got("slack:#pay"); got == "" || len(tried) != 4 || tried[3] > 10*time.Minute {
			t.Errorf("%q arrived after attempts at %v, want the fourth within ten minutes", got, tried)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// A process that is stopped lets go of what it holds, so that the next goes on at
// once; what may have left stays in doubt.
func TestAProcessThatIsStoppedLetsGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, toRoom("#pay"))
		p.clock = bubbleClock{}
		p.cfg().Sync.Every = time.Hour
		p.trouble["slack:#pay"] = func(ctx context.Context, _ reports.Delivery, _ func(reports.Receipt) error) error {
			<-ctx.Done()
			return ctx.Err()
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- p.Serve(ctx) }()
		time.Sleep(10 * time.Second)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		all, err := p.store.Deliveries(t.Context(), time.Time{})
		if err != nil || len(all) != 1 {
			t.Fatalf("the outbox holds %+v, %v", all, err)
		}
		if d := all[0]; d.Holder != "" || !d.Sending || !d.NotBefore.IsZero() || d.State != store.Pending || d.Trouble != "" {
			t.Errorf("it stands as %+v", d)
		}
		p.trouble["slack:#pay"] = func(_ context.Context, d reports.Delivery, _ func(reports.Receipt) error) error {
			if !d.Unsure {
				t.Error("the next attempt is not told that a message may have left")
			}
			return nil
		}
		if err := p.run(); err != nil || p.got("slack:#pay") == "" {
			t.Errorf("the next process: %v, %q arrived", err, p.got("slack:#pay"))
		}
	})
}

func TestARunOnceDeliversLastWeekOnAnyDayUnlessATimeIsWritten(t *testing.T) {
	for day := range 7 {
		p := newPost(t, toFolder(t.TempDir()))
		p.line.at = monday.Add(-7*time.Hour + time.Duration(day)*24*time.Hour) // from Monday 02:00 in Berlin on
		written, err := p.deliverDue(t.Context())
		if err != nil || len(written) != 1 || written[0].Week != "2026-W46" || written[0].Corrected {
			t.Errorf("on day %d: %+v, %v, want the report of week 46", day, written, err)
		}
	}
	p := newPost(t, with(toRoom("#pay"), func(r *config.Report) { r.When.Cron = "0 15 * * 4" }))
	for _, c := range []struct {
		at   time.Duration
		want string
	}{
		{-7 * 24 * time.Hour, "2026-W44"}, // of Thursday before
		{0, "2026-W44 2026-W45"},
		{3*24*time.Hour + 5*time.Hour, "2026-W44 2026-W45"},
		{3*24*time.Hour + 6*time.Hour, "2026-W44 2026-W45 2026-W46"},
	} {
		p.line.at = monday.Add(c.at)
		if err := p.run(); err != nil {
			t.Fatal(err)
		}
		if got := p.got("slack:#pay"); got != c.want {
			t.Errorf("at %s %q had arrived, want %q", p.line.at, got, c.want)
		}
	}
	if d := p.stands("slack:#pay", "2026-W46"); !d.Due.Equal(time.Date(2026, time.November, 19, 14, 0, 0, 0, time.UTC)) {
		t.Errorf("week 46 was due %s", d.Due)
	}
}

func TestAWeekThatIsAskedForLeavesDueOrNot(t *testing.T) {
	p := newPost(t, with(toRoom("#pay"), func(r *config.Report) { r.When.Cron = "0 15 * * 4" }), toFolder(t.TempDir()), toMail("em"))
	for range 2 {
		if _, err := p.deliver(t.Context(), "last"); err != nil {
			t.Fatal(err)
		}
	}
	if p.got("slack:#pay") != "2026-W46" || p.got("email:lee@acme.example") != "2026-W46" {
		t.Errorf("%q and %q arrived, want week 46 once", p.got("slack:#pay"), p.got("email:lee@acme.example"))
	}
	p.line.at = monday.Add(4 * 24 * time.Hour)
	if err := p.run(); err != nil || p.got("slack:#pay") != "2026-W46" {
		t.Errorf("when it was due: %v, %q", err, p.got("slack:#pay"))
	}
	// Of a week that runs, only what is corrected by itself is delivered.
	written, err := p.deliver(t.Context(), "this")
	if err != nil || len(written) != 1 || written[0].Channel != "file:reports" || written[0].Week != "2026-W47" {
		t.Errorf("of the running week %+v was delivered, %v, want the file", written, err)
	}
	p.line.at = monday.Add(aWeek + 3*24*time.Hour + 7*time.Hour)
	if err := p.run(); err != nil || p.got("slack:#pay") != "2026-W46 2026-W47" {
		t.Errorf("a week later: %v, %q", err, p.got("slack:#pay"))
	}
	if text := fileText(t, p.stands("file:reports", "2026-W47").Place); strings.Contains(text, "still running") || !strings.Contains(text, "week 47") {
		t.Errorf("the file of the week that ran tells\n%s", text)
	}
}
