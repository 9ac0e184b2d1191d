package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/store"
)

// jobKind is what kind of work a job is.
type jobKind string

// The kinds of jobs.
const (
	syncJob    jobKind = "sync"    // read what changed in a source
	refreshJob jobKind = "refresh" // read what a webhook told of
	checkJob   jobKind = "check"   // apply the agreements
	pieceJob   jobKind = "piece"   // apply those of some teams, for a check
	deliverJob jobKind = "deliver" // bring one report to one channel
	remindJob  jobKind = "remind"  // remind people
)

// JobKinds lists the kinds of jobs.
func JobKinds() []string {
	return []string{string(syncJob), string(refreshJob), string(checkJob), string(pieceJob), string(deliverJob), string(remindJob)}
}

// job is a piece of work that any process that shares the store may do, more than
// once if need be. It holds names alone: what is done follows from what is stored.
type job struct {
	Kind   jobKind  `json:"kind"`
	Source string   `json:"source,omitempty"`
	IDs    []string `json:"ids,omitempty"` // of tickets, sorted
	store.DeliveryKey
	Piece *piece `json:"piece,omitempty"`
	// Again counts how often it was put into the queue because whoever did it died.
	Again int `json:"again,omitempty"`
}

// key is the same for jobs of which one is enough.
func (j *job) key() string {
	key := string(j.Kind)
	switch j.Kind {
	case syncJob:
		key += " " + j.Source
	case refreshJob:
		key += " " + j.Source + " " + strings.Join(j.IDs, ",")
	case pieceJob:
		key += " " + j.Piece.laid("piece")
	case deliverJob:
		key += " " + deliveryID(j.DeliveryKey)
	}
	if j.Again > 0 {
		key += fmt.Sprint(", again ", j.Again)
	}
	return key
}

// turn is whose turn it has to be for the job, by which others also tell that somebody
// is at it; false for no job that is known here.
func (j *job) turn() (store.Lease, bool) {
	switch j.Kind {
	case syncJob, refreshJob:
		return syncTurn(j.Source), true
	case checkJob:
		return checkTurn, true
	case pieceJob:
		return j.Piece.turn(), true
	case deliverJob:
		return store.Lease{Name: "deliver " + deliveryID(j.DeliveryKey)}, true
	case remindJob:
		return store.Lease{Name: "remind"}, true
	}
	return store.Lease{}, false
}

// about is what the job is about, for people.
func (j *job) about() string {
	switch j.Kind {
	case syncJob:
		return j.Source
	case refreshJob:
		return fmt.Sprintf("%s, %s", j.Source, numbered(len(j.IDs), "ticket"))
	case pieceJob:
		return fmt.Sprintf("part %d of %d", j.Piece.Part+1, j.Piece.Of)
	case deliverJob:
		return fmt.Sprintf("%s, %s, to %s", whoseReport(j.Report), j.Week, j.Channel)
	}
	return ""
}

// errElsewhere says that another process has to do it.
var errElsewhere = errors.New("this process does not know it")

// stepOf is the step at which a job of the kind has begun, for tests.
func stepOf(kind jobKind) string { return "doing " + string(kind) }

// do does the job. A takenError says that somebody else is at it.
func (f *Fairlead) do(ctx context.Context, j job) error {
	turn, _ := j.turn()
	switch j.Kind {
	case syncJob, refreshJob:
		at := slices.IndexFunc(f.sources, func(s connectors.Source) bool { return s.Name() == j.Source })
		if at < 0 {
			return fmt.Errorf("no source is called %q here: %w", j.Source, errElsewhere)
		}
		return f.exclusively(ctx, turn, func(ctx context.Context, f *Fairlead) (err error) {
			f.reached(stepOf(j.Kind))
			ctx, f, end := f.beginRun(ctx, runSync)
			defer func() { end(err) }()
			if j.Kind == refreshJob {
				return f.refresh(ctx, f.sources[at], j.IDs)
			}
			_, err = f.syncOne(ctx, f.sources[at], reconciling{})
			return err
		})
	case checkJob:
		return f.exclusively(ctx, turn, func(ctx context.Context, f *Fairlead) error {
			f.reached(stepOf(j.Kind))
			_, err := f.check(ctx)
			return err
		})
	case pieceJob:
		err := f.exclusively(ctx, turn, func(ctx context.Context, f *Fairlead) error { return f.doPiece(ctx, j.Piece) })
		if errors.As(err, new(takenError)) {
			return nil // somebody else makes it
		}
		return err
	case deliverJob:
		return f.exclusively(ctx, turn, func(ctx context.Context, f *Fairlead) error {
			f.reached(stepOf(j.Kind))
			return f.deliverOne(ctx, j.DeliveryKey)
		})
	case remindJob:
		return f.exclusively(ctx, turn, func(ctx context.Context, f *Fairlead) error {
			f.reached(stepOf(j.Kind))
			return f.remind(ctx)
		})
	}
	return fmt.Errorf("no job is called %q here: %w", j.Kind, errElsewhere)
}

// runner has jobs done: in this process, or by all that share the store.
type runner interface {
	// run has the jobs done and waits until each has ended. What stood in the way of
	// one does not hold up the others; all of it is in the error.
	run(ctx context.Context, jobs ...job) error
}

// syncJobs are one for each source.
func (f *Fairlead) syncJobs() []job {
	var out []job
	for _, src := range f.sources {
		out = append(out, job{Kind: syncJob, Source: src.Name()})
	}
	return out
}

// inProcess does jobs where they are asked for, several at a time.
type inProcess struct{ f *Fairlead }

func (p inProcess) run(ctx context.Context, jobs ...job) error {
	trouble := make([]error, len(jobs))
	places := make(chan struct{}, sourcesAtOnce)
	var all sync.WaitGroup
	for i, j := range jobs {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			trouble[i] = p.do(ctx, j)
		})
	}
	all.Wait()
	return errors.Join(trouble...)
}

// do does a job, once it is its turn.
func (p inProcess) do(ctx context.Context, j job) error {
	for {
		err := p.f.do(ctx, j)
		var taken takenError
		if !errors.As(err, &taken) {
			return err
		}
		if err := p.f.clock.Sleep(ctx, turnAsked); err != nil {
			return err
		}
	}
}

// deliverOne makes an attempt at one delivery, if it is still to be made.
func (f *Fairlead) deliverOne(ctx context.Context, key store.DeliveryKey) error {
	started := f.clock.Now()
	p, err := f.planNow(ctx, true, false)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(p.parcels, func(p parcel) bool { return p.key == key })
	if at < 0 {
		return nil // it is there, or somebody else is at it, or nobody waits for it
	}
	outcomes := f.dispatchAll(ctx, p.parcels[at:at+1])
	if len(outcomes) == 0 {
		return ctx.Err()
	}
	written, err := written(ctx, outcomes)
	recorded := f.saveRun(ctx, reportRun(started, f.clock.Now(), len(written), err))
	if outcomes[0].Channel != "" {
		err = nil // the outbox says what stood in the way, and when it is tried again
	}
	return errors.Join(err, recorded)
}

// deliverJobs are those for parcels.
func deliverJobs(parcels []parcel) []job {
	var out []job
	for i := range parcels {
		out = append(out, job{Kind: deliverJob, DeliveryKey: parcels[i].key})
	}
	return out
}

// jobPause is how long to wait after so many attempts that did not go well.
func jobPause(attempts int) time.Duration {
	const first, longest = 5 * time.Second, 5 * time.Minute
	return min(first<<min(attempts, 10), longest)
}

// logJob tells the log how a job ended.
func (f *Fairlead) logJob(j job, err error) {
	about := []zap.Field{zap.String("job", string(j.Kind)), zap.String("about", j.about())}
	if err == nil {
		f.log.Debug("job done", about...)
		return
	}
	f.log.Warn("job not done", append(about, zap.String("trouble", f.withoutSecrets(err.Error())))...)
}
