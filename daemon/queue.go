package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	goredis "github.com/redis/go-redis/v9"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/store"
)

// queue has jobs done by whichever process is free. It is a way to hand work around
// and to try it again, and nothing rests on it: what is to be done follows from the
// store at every round, whose turn it is from leases there, and what was delivered
// from the outbox. So a queue that is lost, or that hands a job out twice (it goes by
// the clocks of machines, which may differ), costs work and spoils nothing.
type queue struct {
	f       *Fairlead
	prefix  string
	redis   goredis.UniversalClient
	client  *asynq.Client
	inspect *asynq.Inspector
	working bool // this process does jobs of it
	worth   int  // from how many tickets on a check is made in pieces
}

// queued is a store that has room for a queue beside it.
type queued interface {
	store.Shared
	Client() goredis.UniversalClient
	Prefix() string
}

// openQueue is the queue beside the store; nil where there is none.
func (f *Fairlead) openQueue() *queue {
	s, is := f.store.(queued)
	if !is {
		return nil
	}
	redis := s.Client()
	return &queue{f: f, prefix: s.Prefix(), redis: redis, client: asynq.NewClientFromRedisClient(redis), inspect: asynq.NewInspectorFromRedisClient(redis), worth: worthSharing}
}

func (q *queue) close() error { return q.redis.Close() }

// name is that of the queue of a kind of jobs in Redis.
func (q *queue) name(kind jobKind) string { return q.prefix + ":" + string(kind) }

const (
	// jobTries is how often a job is tried again before it is given up.
	jobTries = 4
	// jobTime bounds a job: longer than any first reading takes.
	jobTime = 7 * 24 * time.Hour
)

// put puts a job into the queue, unless it is there. begun is set when the one that is
// there is being done already.
func (q *queue) put(ctx context.Context, j job) (begun bool, err error) {
	body, err := json.Marshal(j)
	if err != nil {
		return false, err
	}
	name := q.name(j.Kind)
	for ctx.Err() == nil {
		_, err = q.client.EnqueueContext(ctx, asynq.NewTask(string(j.Kind), body),
			asynq.Queue(name), asynq.TaskID(j.key()), asynq.MaxRetry(jobTries), asynq.Timeout(jobTime))
		if !errors.Is(err, asynq.ErrTaskIDConflict) {
			return false, err
		}
		info, err := q.inspect.GetTaskInfo(name, j.key())
		switch {
		case errors.Is(err, asynq.ErrTaskNotFound):
		case err != nil:
			return false, err
		case info.State == asynq.TaskStateArchived: // given up, and asked for anew
			if err := q.inspect.DeleteTask(name, j.key()); err != nil && !errors.Is(err, asynq.ErrTaskNotFound) {
				return false, err
			}
		default:
			return info.State == asynq.TaskStateActive, nil
		}
	}
	return false, ctx.Err()
}

// run implements runner.
func (q *queue) run(ctx context.Context, jobs ...job) error {
	trouble := make([]error, len(jobs))
	var all sync.WaitGroup
	for i, j := range jobs {
		all.Go(func() { trouble[i] = q.runOne(ctx, j) })
	}
	all.Wait()
	return errors.Join(trouble...)
}

// runOne has one job done. One that had begun before it was asked for may not see what
// is known now, so that another follows; a source is read up to its end anyway.
func (q *queue) runOne(ctx context.Context, j job) error {
	for {
		begun, err := q.put(ctx, j)
		if err != nil {
			return fmt.Errorf("put %s into the queue: %w", j.key(), err)
		}
		if err := q.await(ctx, &j, begun); err != nil || !begun || j.Kind == syncJob {
			return err
		}
	}
}

// await waits until a job has ended; with begun only until it is not being done any
// more. A queue that cannot be asked is asked again. A job whose process was killed
// is put into the queue again under another key, long before the queue notices.
func (q *queue) await(ctx context.Context, j *job, begun bool) error {
	var idle time.Time // since when nobody has its turn; zero: somebody has
	for pause := queueAsked; ; pause = min(pause+queueAsked/4, 10*queueAsked) {
		info, err := q.inspect.GetTaskInfo(q.name(j.Kind), j.key())
		switch {
		case errors.Is(err, asynq.ErrTaskNotFound), errors.Is(err, asynq.ErrQueueNotFound):
			return nil
		case err != nil:
		case begun && info.State != asynq.TaskStateActive:
			return nil
		case info.State == asynq.TaskStateArchived:
			return fmt.Errorf("%s was given up: %s", j.key(), info.LastErr)
		case info.State != asynq.TaskStateActive || q.f.hasTurn(ctx, j):
			idle = time.Time{}
		case idle.IsZero():
			idle = time.Now()
		case time.Since(idle) > orphanedAfter:
			idle, j.Again = time.Time{}, j.Again+1
			if _, err := q.put(ctx, *j); err != nil {
				return fmt.Errorf("put %s into the queue again: %w", j.key(), err)
			}
		}
		if err := q.f.clock.Sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// processes is how many make pieces of checks for others.
func (q *queue) processes() int {
	all, err := q.inspect.Servers()
	if err != nil {
		return 0
	}
	n := 0
	for _, s := range all {
		if _, takes := s.Queues[q.name(pieceJob)]; takes {
			n++
		}
	}
	return n
}

// laterError says that a job is for later, and that nothing went wrong.
type laterError struct{ err error }

func (e laterError) Error() string { return e.err.Error() }
func (e laterError) Unwrap() error { return e.err }

// workers do jobs of the queue.
type workers struct {
	q       *queue
	servers []*asynq.Server
	jobs    context.Context //nolint:containedctx // of the jobs that are being done
	end     context.CancelFunc
	doing   sync.WaitGroup
}

// startWorkers has this process do jobs: readings, evaluations and deliveries each in
// places of their own, so that a channel that hangs holds up no reading.
func (q *queue) startWorkers(ctx context.Context) (*workers, error) {
	w := &workers{q: q}
	q.working = true
	w.jobs, w.end = context.WithCancel(context.WithoutCancel(ctx))
	for _, room := range []struct {
		kinds  map[string]int
		places int
	}{
		{map[string]int{q.name(syncJob): 1, q.name(refreshJob): 2}, sourcesAtOnce},
		{map[string]int{q.name(checkJob): 1, q.name(pieceJob): 2}, 1}, // whoever checks makes a piece already
		{map[string]int{q.name(deliverJob): 1, q.name(remindJob): 2}, 8},
	} {
		server := asynq.NewServerFromRedisClient(q.redis, asynq.Config{
			Concurrency: room.places, Queues: room.kinds, BaseContext: func() context.Context { return w.jobs },
			TaskCheckInterval: queueAsked, DelayedTaskCheckInterval: time.Second, ShutdownTimeout: drainFinish + drainEnd,
			RetryDelayFunc: delayOf, IsFailure: isFailure, Logger: queueLog{q.f.log.With(zap.String("component", "queue"))}, LogLevel: asynq.WarnLevel,
		})
		if err := server.Start(w); err != nil {
			return nil, errors.Join(err, w.drain())
		}
		w.servers = append(w.servers, server)
	}
	return w, nil
}

// delayOf is how long a job waits before it is tried again.
func delayOf(tried int, err error, _ *asynq.Task) time.Duration {
	var later laterError
	switch {
	case errors.As(err, &later):
		return laterIn
	case errors.Is(err, asynq.ErrLeaseExpired), errors.Is(err, context.Canceled):
		return 0 // whoever did it is gone: somebody else goes on
	}
	return jobPause(tried)
}

// isFailure reports whether a try counts as one.
func isFailure(err error) bool {
	var later laterError
	return !errors.As(err, &later) && !errors.Is(err, context.Canceled)
}

// ProcessTask implements asynq.Handler.
func (w *workers) ProcessTask(ctx context.Context, t *asynq.Task) error {
	w.doing.Add(1)
	defer w.doing.Done()
	var j job
	if err := json.Unmarshal(t.Payload(), &j); err != nil {
		return fmt.Errorf("a job that cannot be read: %w: %w", err, asynq.SkipRetry)
	}
	ctx, s := w.q.f.traces.begin(ctx, "job", trace.SpanKindConsumer)
	s.word("job", string(j.Kind))
	s.word("source", j.Source)
	err := w.q.f.do(ctx, j)
	var taken takenError
	if errors.As(err, &taken) || errors.Is(err, errElsewhere) {
		w.q.f.log.Debug("a job is for later", zap.String("job", string(j.Kind)), zap.String("about", j.about()), zap.Error(err))
		return laterError{err} // nothing was done: the span goes nowhere
	}
	s.done(err)
	w.q.f.meters.job(j.Kind, ctx.Err() != nil, err)
	if ctx.Err() != nil {
		return fmt.Errorf("handed back: %w", context.Canceled)
	}
	w.q.f.logJob(j, err)
	if err != nil {
		return errors.New(w.q.f.withoutSecrets(err.Error()))
	}
	return nil
}

const (
	// drainFinish is how long jobs may take to finish when the process is to end.
	drainFinish = 15 * time.Second
	// drainEnd is how long they may take to end where they are after that.
	drainEnd = 5 * time.Second
)

// drain takes no more jobs, lets those finish that finish soon, and hands back the others.
func (w *workers) drain() error {
	cut := time.AfterFunc(drainFinish, w.end)
	defer cut.Stop()
	var all sync.WaitGroup
	for _, s := range w.servers {
		all.Go(s.Shutdown)
	}
	all.Wait()
	w.end()
	ended := make(chan struct{})
	go func() { defer close(ended); w.doing.Wait() }()
	select {
	case <-ended:
		return nil
	case <-time.After(drainEnd):
		return errors.New("a job did not end when it was told to; another process does it again")
	}
}

// queueLog tells the log what the queue has to say.
type queueLog struct{ log *zap.Logger }

func said(args []any) string { return strings.TrimSpace(fmt.Sprintln(args...)) }

// Debug implements asynq.Logger.
func (l queueLog) Debug(args ...any) { l.log.Debug(said(args)) }

// Info implements asynq.Logger.
func (l queueLog) Info(args ...any) { l.log.Info(said(args)) }

// Warn implements asynq.Logger.
func (l queueLog) Warn(args ...any) { l.log.Warn(said(args)) }

// Error implements asynq.Logger.
func (l queueLog) Error(args ...any) { l.log.Error(said(args)) }

// Fatal implements asynq.Logger; a queue is no reason to end the process.
func (l queueLog) Fatal(args ...any) { l.log.Error(said(args)) }
