package daemon

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/hibiken/asynq"
	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/store"
)

// QueueState is how the work that processes share stands.
type QueueState struct {
	Scheduler string        `json:"scheduler,omitempty"` // who keeps the schedule; empty: nobody just now
	Processes int           `json:"processes"`           // that do jobs
	Kinds     []KindOfJobs  `json:"kinds"`
	Troubled  []TroubledJob `json:"troubled,omitempty"` // to be tried again, or given up; latest first
	// Behind is how far the clock of this machine is behind the store's, in seconds.
	Behind float64 `json:"clock_behind_seconds,omitempty"`
}

// KindOfJobs counts the jobs of a kind.
type KindOfJobs struct {
	Kind    string  `json:"kind"`
	Waiting int     `json:"waiting"`
	Running int     `json:"running"`
	Again   int     `json:"to_be_tried_again"`
	GivenUp int     `json:"given_up"`
	Oldest  float64 `json:"oldest_waits_seconds"`
}

// TroubledJob is a job that something stood in the way of.
type TroubledJob struct {
	Key     string    `json:"key"` // to name it by
	Kind    string    `json:"kind"`
	About   string    `json:"about,omitempty"`
	GivenUp bool      `json:"given_up"`
	Why     string    `json:"why"`
	Tried   int       `json:"tried"`
	Next    time.Time `json:"next,omitzero"` // when it is tried again
}

// whatNow says what is to be done about it.
func (t *TroubledJob) whatNow() string {
	if t.GivenUp {
		return "the next round of the schedule asks for it anew; sooner with: fairlead queue retry " + shellWord(t.Key)
	}
	return "it is tried again by itself"
}

// Queue tells how the work stands that processes share; nil where the store is a
// file, and one process does everything.
func (f *Fairlead) Queue(ctx context.Context) (*QueueState, error) {
	q, done := f.askQueue()
	if q == nil {
		return nil, nil //nolint:nilnil // there is none
	}
	defer done()
	s := &QueueState{Processes: q.processes()}
	if c, is := f.clock.(*sharedClock); is && c.skew().Abs() > clockAskew {
		s.Behind = c.skew().Seconds()
	}
	held, err := f.store.(store.Shared).Leases(ctx) //nolint:forcetypeassert // there is a queue beside it
	if err != nil {
		return nil, err
	}
	for _, h := range held {
		if h.Lease == scheduleTurn {
			s.Scheduler = h.Holder
		}
	}
	for _, kind := range JobKinds() {
		n, troubled, err := q.state(jobKind(kind))
		if err != nil {
			return nil, fmt.Errorf("read the queue: %w", err)
		}
		s.Kinds, s.Troubled = append(s.Kinds, n), append(s.Troubled, troubled...)
	}
	return s, ctx.Err()
}

// askQueue is the queue to be asked, until done; nil where there is none.
func (f *Fairlead) askQueue() (q *queue, done func()) {
	if f.queue != nil {
		return f.queue, func() {}
	}
	if q = f.openQueue(); q == nil {
		return nil, nil
	}
	return q, func() { _ = q.close() }
}

// mostTroubled is how many troubled jobs of a kind are told.
const mostTroubled = 50

// state is how the jobs of a kind stand. A kind that never had a job has no queue.
func (q *queue) state(kind jobKind) (KindOfJobs, []TroubledJob, error) {
	n := KindOfJobs{Kind: string(kind)}
	info, err := q.inspect.GetQueueInfo(q.name(kind))
	if err != nil {
		if strings.Contains(err.Error(), "does not exist") {
			err = nil
		}
		return n, nil, err
	}
	n.Waiting, n.Running, n.Again, n.GivenUp, n.Oldest = info.Pending+info.Scheduled, info.Active, info.Retry, info.Archived, info.Latency.Seconds()
	var out []TroubledJob
	for _, list := range []func(string, ...asynq.ListOption) ([]*asynq.TaskInfo, error){q.inspect.ListArchivedTasks, q.inspect.ListRetryTasks} {
		all, err := list(q.name(kind), asynq.PageSize(mostTroubled))
		if err != nil {
			return n, nil, err
		}
		for _, t := range all {
			out = append(out, troubledJob(t))
		}
	}
	slices.SortStableFunc(out, func(a, b TroubledJob) int {
		if a.GivenUp != b.GivenUp {
			return cmp.Compare(b.state(), a.state())
		}
		return cmp.Compare(a.Key, b.Key)
	})
	return n, out, nil
}

func troubledJob(t *asynq.TaskInfo) TroubledJob {
	var j job
	out := TroubledJob{Key: t.ID, Kind: t.Type, GivenUp: t.State == asynq.TaskStateArchived, Why: t.LastErr, Tried: t.Retried + 1}
	if json.Unmarshal(t.Payload, &j) == nil && (j.Kind != pieceJob || j.Piece != nil) {
		out.About = j.about()
	}
	if errText := asynq.ErrLeaseExpired.Error(); t.LastErr == errText {
		out.Why = "whoever did it ended in the middle"
	}
	if !out.GivenUp {
		out.Next = t.NextProcessAt.UTC()
	}
	return out
}

func (t *TroubledJob) state() string {
	if t.GivenUp {
		return "given up"
	}
	return "again"
}

// errNoQueue says that there is nothing to ask.
var errNoQueue = requestError{"there is no queue: the store is a file, and one process does everything", "several processes share work where the store is a Redis (docs/queue.md)"}

// QueueOrNone is Queue for who asks for it: none is a mistake.
func (f *Fairlead) QueueOrNone(ctx context.Context) (*QueueState, error) {
	s, err := f.Queue(ctx)
	if s == nil && err == nil {
		err = errNoQueue
	}
	return s, err
}

// RetryJob has a job that was given up, or waits to be tried again, done at once; every
// one that was given up with an empty key. It says how many.
func (f *Fairlead) RetryJob(key string) (int, error) {
	return f.eachTroubled(key, func(q *queue, name, id string) error { return q.inspect.RunTask(name, id) })
}

// DropJob takes such a job out of the queue. What is still to be done is asked for again
// by the next round of the schedule.
func (f *Fairlead) DropJob(key, reason string) error {
	if key == "" || strings.TrimSpace(reason) == "" {
		return requestError{"a job is dropped by its key and with a reason", "fairlead queue list shows the keys"}
	}
	_, err := f.eachTroubled(key, func(q *queue, name, id string) error { return q.inspect.DeleteTask(name, id) })
	if err == nil {
		f.log.Warn("a job was dropped", zap.String("job", key), zap.String("reason", reason))
	}
	return err
}

func (f *Fairlead) eachTroubled(key string, do func(q *queue, name, id string) error) (n int, err error) {
	q, done := f.askQueue()
	if q == nil {
		return 0, errNoQueue
	}
	defer done()
	for _, kind := range JobKinds() {
		_, all, err := q.state(jobKind(kind))
		if err != nil {
			return n, fmt.Errorf("read the queue: %w", err)
		}
		for i := range all {
			if t := &all[i]; t.Key != key && (key != "" || !t.GivenUp) {
				continue
			}
			if err := do(q, q.name(jobKind(kind)), all[i].Key); err != nil && !errors.Is(err, asynq.ErrTaskNotFound) {
				return n, fmt.Errorf("%s: %w", all[i].Key, err)
			}
			n++
		}
	}
	if n == 0 && key != "" {
		return 0, requestError{fmt.Sprintf("no job %q was given up or waits to be tried again", key), "fairlead queue list shows them"}
	}
	return n, nil
}

// Text writes how the work stands for people.
func (s *QueueState) Text(w io.Writer) error {
	p := examinationPrinter{}
	p.queue(s)
	_, err := io.WriteString(w, strings.TrimLeft(p.out.String(), "\n"))
	return err
}

// wrong counts what keeps reports from being right.
func (s *QueueState) wrong() int {
	n := 0
	if s == nil {
		return 0
	}
	for i := range s.Troubled {
		if s.Troubled[i].GivenUp {
			n++
		}
	}
	if s.unkept() {
		n++
	}
	return n
}

// unkept says that there are processes and none keeps the schedule.
func (s *QueueState) unkept() bool { return s.Processes > 0 && s.Scheduler == "" }

func (p *examinationPrinter) queue(s *QueueState) {
	if s == nil {
		return
	}
	p.heading("Queue")
	switch {
	case s.unkept():
		p.say(markWrong, "nobody keeps the schedule just now; another process takes over within 15 seconds: look again, and then at the logs")
	case s.Processes == 0:
		p.say(markNote, "no fairlead serve does jobs just now")
	default:
		p.say(markFine, "%s at work; the schedule is kept by %s", numbered(s.Processes, "replica"), shown(s.Scheduler))
	}
	if off := "behind"; s.Behind != 0 {
		if s.Behind < 0 {
			off = "ahead of"
		}
		p.say(markNote, "this machine's clock is %s %s that of Redis, by which fairlead goes: set it right", numbered(int(math.Round(math.Abs(s.Behind))), "second"), off)
	}
	for _, k := range s.Kinds {
		if k.Waiting+k.Running+k.Again+k.GivenUp > 0 {
			p.say(markFine, "%s: %d waiting, %d running, %d to be tried again, %d given up", k.Kind, k.Waiting, k.Running, k.Again, k.GivenUp)
		}
	}
	for i := range s.Troubled {
		t := &s.Troubled[i]
		if i == mostShown {
			p.more(len(s.Troubled))
			return
		}
		mark, what := markNote, "is tried again"
		if t.GivenUp {
			mark, what = markWrong, "was given up for now"
		}
		p.say(mark, "%s %s after %s: %s", shown(strings.TrimSpace(t.Kind+" "+t.About)), what, numbered(t.Tried, "attempt"), shownLong(t.Why))
		p.say("    ", "%s", t.whatNow())
	}
}
