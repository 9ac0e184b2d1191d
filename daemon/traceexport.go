package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
)

// Traces carry spans to a collector by OTLP, in the background.
type Traces struct {
	provider *sdk.TracerProvider
	out      *calmExporter
}

// The variables that decide whether there are traces, and how they leave. OpenTelemetry
// reads them, and the others of its own, from the process's environment.
const (
	tracesEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"
	tracesOff      = "OTEL_SDK_DISABLED"
	tracesExporter = "OTEL_TRACES_EXPORTER"
	tracesProtocol = "OTEL_EXPORTER_OTLP_PROTOCOL"
	tracesHeaders  = "OTEL_EXPORTER_OTLP_HEADERS"
)

// alone is the form of a variable that is for traces alone, and goes before the other.
func alone(name string) string {
	return strings.Replace(name, "_OTLP_", "_OTLP_TRACES_", 1)
}

// OpenTraces prepares traces where the environment asks for them; otherwise it is nil.
// Nothing is sent, nor any connection made, before a span has ended. A collector that
// cannot be reached costs spans, and holds up nothing.
func OpenTraces(ctx context.Context, env func(string) (string, bool), log *zap.Logger) (*Traces, error) {
	wanted, err := tracesWanted(env)
	if err != nil || !wanted {
		return nil, err
	}
	log = log.With(zap.String("component", "traces"))
	keepQuiet(log)
	to, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("prepare to send traces: %w", err)
	}
	v := ReadVersion()
	who, err := resource.New(ctx, resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", "fairlead"), attribute.String("service.version", v.Version)), resource.WithFromEnv())
	if err != nil {
		log.Warn("not all of OTEL_RESOURCE_ATTRIBUTES can be used", zap.Error(err))
	}
	out := &calmExporter{SpanExporter: to, log: log}
	return &Traces{sdk.NewTracerProvider(sdk.WithBatcher(out), sdk.WithResource(who)), out}, nil
}

// Provider is what spans are made by; nil where there are no traces.
func (t *Traces) Provider() trace.TracerProvider {
	if t == nil {
		return nil
	}
	return t.provider
}

const (
	// lastSpans is how long the last spans may take to leave when the process ends.
	lastSpans = 3 * time.Second
	// lastSpansAway is the same where the collector did not take those before.
	lastSpansAway = 100 * time.Millisecond
)

// Close sends what has not left yet, if that is soon done.
func (t *Traces) Close() {
	if t == nil {
		return
	}
	patience := lastSpans
	if t.out.isAway() {
		patience = lastSpansAway
	}
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	if err := t.provider.Shutdown(ctx); err != nil {
		t.out.came(err)
	}
}

// calmExporter says once that a collector does not take spans, and once that it does
// again.
type calmExporter struct {
	sdk.SpanExporter
	log  *zap.Logger
	mu   sync.Mutex
	away bool
}

// ExportSpans implements sdk.SpanExporter. What went wrong is told here, and to nobody else.
func (e *calmExporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	e.came(e.SpanExporter.ExportSpans(ctx, spans))
	return nil
}

func (e *calmExporter) came(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case err != nil && !e.away:
		e.log.Warn("the collector does not take traces; they are dropped until it does, and nothing else is held up", zap.Error(err))
	case err == nil && e.away:
		e.log.Info("the collector takes traces again")
	}
	e.away = err != nil
}

func (e *calmExporter) isAway() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.away
}

// keepQuiet has what OpenTelemetry says of itself told to the log. It writes to standard
// error otherwise, headers with tokens included, and there is no other place than
// its globals to tell it.
func keepQuiet(log *zap.Logger) {
	otel.SetLogger(logr.Discard())
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		log.Warn("a setting of OpenTelemetry is not used as it stands", zap.Error(err))
	}))
}

// tracesWanted tells whether the environment asks for traces, and what it asks for that
// there is not.
func tracesWanted(env func(string) (string, bool)) (bool, error) {
	of := func(name string) string {
		value, _ := env(name)
		return strings.TrimSpace(value)
	}
	endpoint := cmp.Or(of(alone(tracesEndpoint)), of(tracesEndpoint))
	if endpoint == "" || strings.EqualFold(of(tracesOff), "true") || of(tracesExporter) == "none" {
		return false, nil
	}
	var wrong []error
	mistake := func(text, hint string) { wrong = append(wrong, requestError{text, hint}) }
	if by := of(tracesExporter); by != "" && by != "otlp" {
		mistake(fmt.Sprintf("%s asks for %q, and fairlead sends traces by OTLP", tracesExporter, by), "leave it out, or write otlp; none sends nothing")
	}
	if by := cmp.Or(of(alone(tracesProtocol)), of(tracesProtocol)); by != "" && by != "http/protobuf" {
		mistake(fmt.Sprintf("%s asks for %q, and fairlead sends traces by http/protobuf", tracesProtocol, by),
			"leave it out, and name the collector's port for HTTP, most often 4318")
	}
	for _, name := range []string{tracesEndpoint, alone(tracesEndpoint)} {
		if at := of(name); at != "" && !isEndpoint(at) {
			mistake(name+" is no address of a collector", "write it with http:// or https://, like http://collector:4318")
		}
	}
	for _, name := range []string{tracesHeaders, alone(tracesHeaders)} {
		if at := wrongHeader(of(name)); at > 0 { // which is not shown: it may be a token
			mistake(fmt.Sprintf("%s: header %d is not written as name=value", name, at), "write name=value, several with commas between them, and % and , in a value as %25 and %2C")
		}
	}
	return len(wrong) == 0, errors.Join(wrong...)
}

func isEndpoint(text string) bool {
	at, err := url.Parse(text)
	return err == nil && (at.Scheme == "http" || at.Scheme == "https") && at.Host != ""
}

// wrongHeader is the number of the first header that cannot be read, from 1 on; 0: all
// can.
func wrongHeader(text string) int {
	if text == "" {
		return 0
	}
	for i, pair := range strings.Split(text, ",") {
		name, value, is := strings.Cut(pair, "=")
		if _, err := url.PathUnescape(value); !is || strings.TrimSpace(name) == "" || err != nil {
			return i + 1
		}
	}
	return 0
}
