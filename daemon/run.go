package daemon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/store"
)

// RunResult is what one run of everything did.
type RunResult struct {
	Syncs   []SyncResult `json:"syncs"`
	Check   *CheckResult `json:"check,omitempty"`
	Reports []Written    `json:"reports,omitempty"`
	// Reminded is set when anybody was to be reminded of anything.
	Reminded *Reminded `json:"reminded,omitempty"`
}

// Run reads what changed, applies the agreements, and delivers the reports and
// reminders that are due and not delivered yet; with a week, every report of that week, due or not. A source
// that cannot be read does not keep the reports from being written: they say so,
// and the error is returned in the end.
func (f *Fairlead) Run(ctx context.Context, week string, observe func(Progress)) (RunResult, error) {
	if _, err := f.weekNamed(week, time.UTC); err != nil {
		return RunResult{}, err
	}
	r, synced := f.ReadAndCheck(ctx, observe)
	if r.Check == nil {
		return r, synced
	}
	var err error
	r.Reports, err = f.reportOnce(ctx, week)
	if ctx.Err() != nil {
		return r, errors.Join(synced, err)
	}
	reminded, unsent := f.Remind(ctx)
	if len(reminded.Messages)+len(reminded.Comments) > 0 {
		r.Reminded = &reminded
	}
	_, untidy := f.Tidy(ctx, f.clock.Now())
	return r, errors.Join(synced, err, unsent, untidy)
}

// ReadAndCheck is the first half of Run: it leaves what is due to another run. Without a
// check in what it returns there was none.
func (f *Fairlead) ReadAndCheck(ctx context.Context, observe func(Progress)) (RunResult, error) {
	syncs, synced := f.Sync(ctx, nil, observe)
	r := RunResult{Syncs: syncs}
	if ctx.Err() != nil {
		return r, synced
	}
	check, err := f.Check(ctx)
	if err != nil {
		return r, errors.Join(synced, err)
	}
	r.Check = &check
	return r, synced
}

// reportOnce delivers the reports of the week, or what is due, and records that.
func (f *Fairlead) reportOnce(ctx context.Context, week string) (written []Written, err error) {
	ctx, f, end := f.beginRun(ctx, runReport)
	defer func() { end(err) }()
	started := f.clock.Now()
	if week == "" {
		written, err = f.deliverDue(ctx)
	} else {
		written, err = f.deliver(ctx, week)
	}
	recorded := f.store.SaveRun(ctx, reportRun(started, f.clock.Now(), len(written), err))
	return written, errors.Join(err, recorded)
}

func reportRun(started, ended time.Time, written int, err error) store.Run {
	r := store.Run{ID: runID(store.RunReport, "", started), Kind: store.RunReport, Started: started, Ended: ended, Changed: written}
	if err != nil {
		r.Error = err.Error()
	}
	return r
}

// runID names a run: kind, source and the moment it began are enough, since one
// process does one thing with a source at a time.
func runID(kind store.RunKind, source string, started time.Time) string {
	return fmt.Sprintf("%s %s %s", started.UTC().Format(time.RFC3339Nano), kind, source)
}
