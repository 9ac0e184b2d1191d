package daemon

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/redis"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
)

// replica is a fairlead over the Redis, beside others.
func replica(t *testing.T, server *redistest.Server, src *fakeSource) *line {
	t.Helper()
	l := newLine(t, src)
	if err := l.store.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := redis.Open(t.Context(), redis.Options{Address: redis.Address{Hosts: []string{server.Addr}}})
	if err != nil {
		t.Fatal(err)
	}
	l.store, l.clock = s, &sharedClock{own: SystemClock{}}
	l.queue = l.openQueue()
	q := l.queue
	t.Cleanup(func() { _ = q.close() })
	return l
}

// skewedClock is a machine's clock that is wrong.
type skewedClock struct {
	SystemClock
	by time.Duration
}

func (c skewedClock) Now() time.Time { return c.SystemClock.Now().Add(c.by) }

func TestReplicasWhoseClocksDifferHaveOneTime(t *testing.T) {
	server := redistest.Start(t)
	src := &fakeSource{name: "jira"}
	ahead, behind := replica(t, server, src), replica(t, server, src)
	for l, by := range map[*line]time.Duration{ahead: 5 * time.Minute, behind: -5 * time.Minute} {
		l.clock = &sharedClock{own: skewedClock{by: by}}
		if err := l.setClock(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if d := ahead.clock.Now().Sub(behind.clock.Now()); d.Abs() > time.Second {
		t.Errorf("their times differ by %s", d)
	}
	// Each goes on where the other was, in either order.
	for _, l := range []*line{ahead, behind, ahead, behind} {
		if _, err := l.Sync(t.Context(), nil, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for l, want := range map[*line]string{behind: "300 seconds behind that of Redis", ahead: "300 seconds ahead of that of Redis"} {
		s, err := l.Queue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		if err := s.Text(&text); err != nil || !strings.Contains(text.String(), want) {
			t.Errorf("doctor says not %q (%v):\n%s", want, err, &text)
		}
	}
}

func TestOneOfTwoKeepsTheSchedule(t *testing.T) {
	server := redistest.Start(t)
	src := &fakeSource{name: "jira"}
	var at [2]chan struct{}
	for i, l := range []*line{replica(t, server, src), replica(t, server, src)} {
		at[i] = make(chan struct{})
		ctx, stop := context.WithCancel(t.Context())
		if i == 0 {
			entered := make(chan error, 1)
			go func() {
				entered <- l.exclusively(ctx, scheduleTurn, func(ctx context.Context, _ *Fairlead) error {
					close(at[0])
					<-ctx.Done()
					return nil
				})
			}()
			<-at[0]
			t.Cleanup(func() {
				stop()
				if err := <-entered; err != nil {
					t.Error(err)
				}
			})
			continue
		}
		err := l.exclusively(ctx, scheduleTurn, func(context.Context, *Fairlead) error { t.Error("both keep it"); return nil })
		stop()
		if !errors.As(err, new(takenError)) {
			t.Errorf("err = %v, want that it is another's turn", err)
		}
	}
}

func TestAJobIsInTheQueueOnce(t *testing.T) {
	server := redistest.Start(t)
	l := replica(t, server, &fakeSource{name: "jira"})
	for _, j := range []job{
		{Kind: syncJob, Source: "jira"}, {Kind: syncJob, Source: "jira"}, {Kind: checkJob}, {Kind: checkJob}, {Kind: remindJob},
		{Kind: refreshJob, Source: "jira", IDs: []string{"1"}}, {Kind: refreshJob, Source: "jira", IDs: []string{"1", "2"}},
		{Kind: deliverJob, DeliveryKey: store.DeliveryKey{Report: "payments team", Week: "2026-W46", Channel: "slack:#payments"}},
		{Kind: deliverJob, DeliveryKey: store.DeliveryKey{Report: "payments team", Week: "2026-W46", Channel: "slack:#payments"}},
	} {
		if begun, err := l.queue.put(t.Context(), j); err != nil || begun {
			t.Errorf("%s: begun %v, %v", j.key(), begun, err)
		}
	}
	s, err := l.Queue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, k := range s.Kinds {
		got[k.Kind] = k.Waiting
	}
	for kind, want := range map[string]int{"sync": 1, "refresh": 2, "check": 1, "piece": 0, "deliver": 1, "remind": 1} {
		if got[kind] != want {
			t.Errorf("%d jobs of kind %s wait, want %d", got[kind], kind, want)
		}
	}
}

func TestAJobThatIsGivenUpIsShownTriedAgainAndDropped(t *testing.T) {
	server := redistest.Start(t)
	l := replica(t, server, &fakeSource{name: "jira"})
	give := func() *QueueState {
		t.Helper()
		j := job{Kind: syncJob, Source: "jira"}
		if _, err := l.queue.put(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		if err := l.queue.inspect.ArchiveTask(l.queue.name(syncJob), j.key()); err != nil {
			t.Fatal(err)
		}
		s, err := l.Queue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := give()
	var text strings.Builder
	if err := s.Text(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"! sync jira was given up for now", `fairlead queue retry "sync jira"`, "no fairlead serve does jobs"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("it says not %q:\n%s", want, &text)
		}
	}
	if n, err := l.RetryJob(""); err != nil || n != 1 {
		t.Errorf("%d were asked for again, %v, want 1", n, err)
	}
	if s, err := l.Queue(t.Context()); err != nil || len(s.Troubled) != 0 || s.Kinds[0].Waiting != 1 {
		t.Errorf("afterwards %+v, %v, want one that waits", s, err)
	}
	if err := l.DropJob("sync jira", ""); !IsRequestMistake(err) {
		t.Errorf("dropped without a reason: %v", err)
	}
	give()
	if err := l.DropJob("sync jira", "the site is gone"); err != nil {
		t.Error(err)
	}
	if err := l.DropJob("sync jira", "the site is gone"); !IsRequestMistake(err) {
		t.Errorf("dropped twice: %v", err)
	}
	// What was given up is asked for anew by the next round.
	give()
	if _, err := l.queue.put(t.Context(), job{Kind: syncJob, Source: "jira"}); err != nil {
		t.Error(err)
	}
	if s, err := l.Queue(t.Context()); err != nil || s.wrong() != 0 || s.Kinds[0].Waiting != 1 {
		t.Errorf("afterwards %+v, %v, want one that waits", s, err)
	}
}

func TestWithoutARedisThereIsNoQueue(t *testing.T) {
	l := newLine(t, &fakeSource{name: "jira"})
	if s, err := l.Queue(t.Context()); s != nil || err != nil {
		t.Errorf("%+v, %v, want none", s, err)
	}
	for what, err := range map[string]error{"list": second(l.QueueOrNone(t.Context())), "retry": second(l.RetryJob("")), "drop": l.DropJob("x", "y")} {
		if !IsRequestMistake(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestTheQueueIsTold(t *testing.T) {
	l := replica(t, redistest.Start(t), &fakeSource{name: "jira"})
	l.meters.job(syncJob, false, nil)
	r := prometheus.NewRegistry()
	r.MustRegister(&queueMeter{l.Fairlead}, l.meters.jobs)
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, f := range families {
		told[f.GetName()] = true
	}
	for _, m := range Metrics() {
		if m.Shared != told[m.Name] {
			t.Errorf("%s: told %v, documented %v", m.Name, told[m.Name], m.Shared)
		}
	}
}

// A process that is told to end finishes what it does, and takes nothing more.
func TestADrainFinishesWhatIsFinishedSoon(t *testing.T) {
	server := redistest.Start(t)
	src := &fakeSource{name: "jira"}
	l := replica(t, server, src)
	w, err := l.queue.startWorkers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := l.queue.run(t.Context(), job{Kind: syncJob, Source: "jira"}, job{Kind: checkJob}); err != nil {
		t.Fatal(err)
	}
	if err := w.drain(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.queue.put(t.Context(), job{Kind: checkJob}); err != nil {
		t.Fatal(err)
	}
	s, err := l.Queue(t.Context())
	if err != nil || !slices.ContainsFunc(s.Kinds, func(k KindOfJobs) bool { return k.Kind == "check" && k.Waiting == 1 }) {
		t.Errorf("%+v, %v, want the check to wait for another process", s, err)
	}
}

// The rights that docs/redis.md gives a user are enough for jobs too.
func TestTheDocumentedRightsAreEnough(t *testing.T) {
	doc, err := os.ReadFile("../docs/redis.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rights, found := strings.Cut(string(doc), "ACL SETUSER fairlead on >PASSWORD ")
	rights, _, ended := strings.Cut(rights, "\n")
	if !found || !ended {
		t.Fatal("docs/redis.md gives no rights")
	}
	server := redistest.Start(t)
	ask := []any{"ACL", "SETUSER", "fairlead", "on", ">s3cr3t"}
	for _, right := range strings.Fields(rights) {
		ask = append(ask, right)
	}
	if said := server.Do(ask...); said != "OK" {
		t.Fatal(said)
	}
	l := replica(t, server, &fakeSource{name: "jira"})
	s, err := redis.Open(t.Context(), redis.Options{Address: redis.Address{Hosts: []string{server.Addr}, User: "fairlead", Password: "s3cr3t"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.store.Close(); err != nil {
		t.Fatal(err)
	}
	l.store = s
	l.queue = l.openQueue()
	var logged bytes.Buffer
	l.log = zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.Lock(zapcore.AddSync(&logged)), zap.WarnLevel))
	w, err := l.queue.startWorkers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := l.queue.run(t.Context(), job{Kind: syncJob, Source: "jira"}, job{Kind: checkJob}); err != nil {
		t.Error(err)
	}
	if _, err := l.Queue(t.Context()); err != nil {
		t.Error(err)
	}
	if err := errors.Join(w.drain(), l.queue.close()); err != nil {
		t.Error(err)
	}
	if strings.Contains(logged.String(), "NOPERM") {
		t.Errorf("it lacks rights: %s", &logged)
	}
}
