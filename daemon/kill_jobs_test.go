package daemon

import (
	"context"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
)

// jobOf is a job of the kind.
func jobOf(kind jobKind) job {
	j := job{Kind: kind}
	switch kind {
	case syncJob, refreshJob:
		j.Source = "jira"
	case deliverJob:
		j.DeliveryKey = store.DeliveryKey{Report: "team-000 team", Week: "2026-W46", Channel: "slack:#nowhere"}
	}
	if kind == refreshJob {
		j.IDs = []string{"0000001"}
	}
	return j
}

// A process is killed in the middle of a job of each kind; another one does it. What the
// jobs themselves may be killed at, step by step, other tests show.
func TestAJobWhoseProcessIsKilledIsDoneByAnother(t *testing.T) {
	server := redistest.Start(t)
	for _, kind := range JobKinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			j := &judging{Addr: server.Addr, Prefix: "killed-" + kind, Teams: 3, Hasty: true, Worth: worthSharing}
			if kind == string(pieceJob) {
				j.Worth = few
			}
			f := j.opened(t, few)
			j.looked(t, f)
			q := f.openQueue()
			t.Cleanup(func() { _ = q.close() })
			before := f.checksAndReadings(t)
			dies, goesOn := j.process(t, 0), j.process(t, 1)
			dies.do(t, "hang-"+kind)
			if !redistest.Until(time.Minute, func(context.Context) bool { return q.processes() == 1 }) {
				t.Fatal("nobody does jobs")
			}
			if kind == string(pieceJob) {
				dies.whileItChecks(t, goesOn)
			} else {
				if _, err := q.put(t.Context(), jobOf(jobKind(kind))); err != nil {
					t.Fatal(err)
				}
				dies.told(t) // that it is in the middle
				dies.kill()
				goesOn.do(t, "run-"+kind)
			}
			done := map[jobKind]store.RunKind{syncJob: store.RunSync, checkJob: store.RunCheck, pieceJob: store.RunCheck}[jobKind(kind)]
			if after := f.checksAndReadings(t); done != "" && after[done] <= before[done] {
				t.Errorf("there are %v runs, as before", after)
			}
		})
	}
}

// whileItChecks kills the process while it helps another one to check, which comes to
// its end all the same.
func (p *judgeAt) whileItChecks(t *testing.T, asks *judgeAt) {
	t.Helper()
	done := make(chan spending, 1)
	go func() { done <- asks.do(t, "check") }()
	helps := make(chan spending, 1)
	go func() { helps <- p.told(t) }()
	select {
	case <-helps:
	case <-done:
		p.kill()
		t.Fatal("the check ended before anybody helped")
	}
	p.kill()
	if told := <-done; told.apart != 1 {
		t.Errorf("%d checks were made in one place, want this one", told.apart)
	}
}

// checksAndReadings counts the runs that are recorded, by kind.
func (f *Fairlead) checksAndReadings(t *testing.T) map[store.RunKind]int {
	t.Helper()
	out := map[store.RunKind]int{}
	for _, kind := range []store.RunKind{store.RunSync, store.RunCheck} {
		all, err := f.store.Runs(t.Context(), kind, 100)
		if err != nil {
			t.Fatal(err)
		}
		out[kind] = len(all)
	}
	return out
}
