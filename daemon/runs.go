package daemon

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
)

// The names of runs, as the log, the metrics and traces have them.
const (
	runSync    = "sync"
	runCheck   = "check"
	runReport  = "report"
	runDeliver = "deliver"
	runRemind  = "remind"
)

// beginRun begins a run. Everything that belongs to it is done with the Fairlead and the
// context that it returns, so that each line of the log names the run, and each span is
// part of its own; end is told what came of it.
func (f *Fairlead) beginRun(ctx context.Context, run string) (of context.Context, g *Fairlead, end func(error)) {
	began := f.clock.Now()
	name := runName(run, began)
	ctx, s := f.traces.begin(ctx, run, trace.SpanKindInternal)
	s.word("run", name)
	own := *f
	own.log = f.log.With(zap.String("run", name))
	if id := s.id(); id != "" {
		own.log = own.log.With(zap.String("trace", id))
	}
	return ctx, &own, func(err error) {
		f.meters.ran(run, outcomeOfRun(err), f.clock.Now().Sub(began))
		s.done(err)
	}
}

// runName is what a run is called in the log: what it does, and when it began.
func runName(run string, began time.Time) string {
	return run + "-" + began.UTC().Format("20060102T150405.000000Z")
}

// What came of runs.
const (
	runDone        = "done"
	runTrouble     = "trouble"
	runInterrupted = "interrupted"
)

func outcomeOfRun(err error) string {
	switch {
	case err == nil:
		return runDone
	case errors.Is(err, context.Canceled):
		return runInterrupted
	}
	return runTrouble
}
