package daemon

import (
	"context"
	"errors"
	"net"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/store"
)

// tracing begins spans. The zero value begins none and costs nothing.
//
// What a span says leaves for a collector that many people may read: kinds, numbers, and
// names that the configuration gives to sources. Texts of errors stay in the log, since
// trackers and channels quote titles, people and addresses in them.
type tracing struct {
	tracer trace.Tracer // nil: off
	clock  Clock
}

// tracesInto are those that go to the provider; nil is none.
func tracesInto(p trace.TracerProvider, clock Clock) tracing {
	if p == nil {
		return tracing{}
	}
	return tracing{p.Tracer("github.com/fairlead-dev/fairlead/daemon", trace.WithInstrumentationVersion(ReadVersion().Version)), clock}
}

// span is one that has begun; the zero value is none. What it says is told one by one,
// so that nothing is made of it where there is none.
type span struct {
	trace.Span // nil: none
	clock      Clock
}

// begin begins a span now, below that of ctx.
func (t tracing) begin(ctx context.Context, name string, kind trace.SpanKind) (context.Context, span) {
	if t.tracer == nil {
		return ctx, span{}
	}
	return t.beginAt(ctx, name, kind, t.clock.Now())
}

func (t tracing) beginAt(ctx context.Context, name string, kind trace.SpanKind, at time.Time) (context.Context, span) {
	ctx, s := t.tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithTimestamp(at))
	return ctx, span{s, t.clock}
}

// waited tells of a wait that has just ended.
func (t tracing) waited(ctx context.Context, d time.Duration, cause string) {
	if t.tracer == nil {
		return
	}
	now := t.clock.Now()
	_, s := t.beginAt(ctx, "wait", trace.SpanKindInternal, now.Add(-d))
	s.word("cause", cause)
	s.endAt(now)
}

// id is the trace's; empty where nobody is told of it.
func (s span) id() string {
	if s.Span == nil || !s.IsRecording() {
		return ""
	}
	return s.SpanContext().TraceID().String()
}

func (s span) word(name, value string) {
	if s.Span != nil && value != "" {
		s.SetAttributes(attribute.String(name, value))
	}
}

func (s span) number(name string, value int) {
	if s.Span != nil {
		s.SetAttributes(attribute.Int(name, value))
	}
}

// trouble marks the span as one that did not go well, with the kind of trouble.
func (s span) trouble(kind string) {
	if s.Span != nil && kind != "" {
		s.SetAttributes(attribute.String("trouble", kind))
		s.SetStatus(codes.Error, kind)
	}
}

// end ends the span now.
func (s span) end() {
	if s.Span != nil {
		s.endAt(s.clock.Now())
	}
}

func (s span) endAt(at time.Time) { s.End(trace.WithTimestamp(at)) }

// done ends the span with what came of it.
func (s span) done(err error) {
	if s.Span == nil {
		return
	}
	s.word("outcome", outcomeOfRun(err))
	s.trouble(kindOfTrouble(err))
	s.end()
}

// kindOfTrouble is what kind of trouble an error tells of; empty for none.
func kindOfTrouble(err error) string {
	var network net.Error // what net/http says of a request is one as well
	switch {
	case err == nil:
		return ""
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.Is(err, errNoAnswer), errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, store.ErrLost):
		return "lost"
	case reports.IsRefusal(err):
		return "refused"
	case errors.As(err, &network):
		return "network"
	case IsConfigMistake(err):
		return "configuration"
	}
	return "other"
}
