package daemon

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"go.opentelemetry.io/otel/trace"
	collected "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	wire "go.opentelemetry.io/proto/otlp/trace/v1"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
	"google.golang.org/protobuf/proto"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
	"github.com/fairlead-dev/fairlead/reports"
)

// collector takes spans by OTLP over HTTP, as those of others do.
type collector struct {
	*httptest.Server
	mu       sync.Mutex
	spans    []*wire.Span
	bytes    []byte
	service  string
	header   http.Header
	requests int
}

const collectorToken = "tok-of-the-collector"

// collecting begins a collector, and has the environment name it.
func collecting(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			body, _ = gzip.NewReader(r.Body)
		}
		text, _ := io.ReadAll(body)
		var sent collected.ExportTraceServiceRequest
		if err := proto.Unmarshal(text, &sent); err != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.requests++
		c.bytes, c.header = append(c.bytes, text...), r.Header
		for _, of := range sent.GetResourceSpans() {
			for _, a := range of.GetResource().GetAttributes() {
				if a.GetKey() == "service.name" {
					c.service = a.GetValue().GetStringValue()
				}
			}
			for _, scope := range of.GetScopeSpans() {
				c.spans = append(c.spans, scope.GetSpans()...)
			}
		}
	}))
	t.Cleanup(c.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20"+collectorToken)
	return c
}

// traced begins traces as the environment says.
func traced(t *testing.T, log *zap.Logger) *Traces {
	t.Helper()
	out, err := OpenTraces(t.Context(), os.LookupEnv, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(out.Close)
	return out
}

// named are the spans of a name.
func (c *collector) named(name string) []*wire.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.spans), func(s *wire.Span) bool { return s.GetName() != name })
}

// above is the span that another is part of; nil where there is none.
func (c *collector) above(s *wire.Span) *wire.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, other := range c.spans {
		if bytes.Equal(other.GetSpanId(), s.GetParentSpanId()) && bytes.Equal(other.GetTraceId(), s.GetTraceId()) {
			return other
		}
	}
	return nil
}

func saidBy(s *wire.Span) map[string]string {
	out := map[string]string{}
	for _, a := range s.GetAttributes() {
		out[a.GetKey()] = a.GetValue().GetStringValue()
		if n := a.GetValue().GetIntValue(); n != 0 {
			out[a.GetKey()] = "a number"
		}
	}
	return out
}

func unspoilt(base http.RoundTripper) http.RoundTripper { return base }

func TestARunArrivesAtTheCollectorWithAllThatBelongsToIt(t *testing.T) {
	c := collecting(t)
	lines, seen := observer.New(zapcore.InfoLevel)
	traces := traced(t, zap.NewNop())
	f := company(t, traces, zap.New(lines), unspoilt)
	if _, err := f.Run(t.Context(), "last", nil); err != nil {
		t.Fatal(err)
	}
	traces.Close()
	for child, parents := range map[string][]string{
		"sync": nil, "check": nil, "report": nil, "remind": nil, "source": {"sync"}, "delivery": {"report", "remind"},
		"GET /rest/api/{}/search": {"source", "reconcile"}, "POST /graphql": {"source", "reconcile"},
	} {
		child = strings.Replace(child, "{}", "2", 1)
		spans := c.named(child)
		if len(spans) == 0 {
			t.Errorf("no span is called %q", child)
		}
		for _, s := range spans {
			above := c.above(s)
			if parents == nil && (above != nil || len(s.GetParentSpanId()) > 0) {
				t.Errorf("%s is part of %s, want of nothing", child, above.GetName())
			}
			if parents != nil && !slices.Contains(parents, above.GetName()) {
				t.Errorf("%s is part of %q, want one of %v", child, above.GetName(), parents)
			}
			if at := time.Unix(0, int64(s.GetStartTimeUnixNano())); at.Before(demoEnd().AddDate(0, 0, -1)) || at.After(demoEnd().AddDate(0, 0, 1)) || s.GetEndTimeUnixNano() < s.GetStartTimeUnixNano() {
				t.Errorf("%s began at %s, want a moment of fairlead's clock", child, at)
			}
		}
	}
	for name, want := range map[string][]string{
		"sync": {"run", "outcome"}, "source": {"source", "pages", "tickets", "outcome"}, "delivery": {"channel", "outcome"},
		"POST /graphql": {"http.request.method", "http.route", "server.address", "http.response.status_code"},
	} {
		for _, s := range c.named(name)[:1] {
			for _, key := range want {
				if saidBy(s)[key] == "" {
					t.Errorf("%s does not say %s: %v", name, key, saidBy(s))
				}
			}
		}
	}
	if c.service != "fairlead" || c.header.Get("Authorization") != "Bearer "+collectorToken {
		t.Errorf("service %q, headers %v", c.service, c.header)
	}
	for _, kind := range []string{"sync", "check"} {
		run := c.named(kind)[0]
		for _, line := range seen.All() {
			told := line.ContextMap()
			if told["run"] == saidBy(run)["run"] && told["trace"] != trace.TraceID(run.GetTraceId()).String() {
				t.Errorf("a line of %s names the trace %v, want %x", told["run"], told["trace"], run.GetTraceId())
			}
		}
	}
}

// hostile answers with texts that nobody else may read, as soon as it is told to.
type hostile struct {
	http.RoundTripper
	status int // 0: not yet
}

const hostileText = `tok-hostile Robert'); DROP TABLE of pat@acme.example: "Refund the Smiths quietly"`

func (h *hostile) RoundTrip(r *http.Request) (*http.Response, error) {
	switch h.status {
	case 0:
		return h.RoundTripper.RoundTrip(r)
	case 1:
		return nil, errors.New(hostileText)
	}
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(h.status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errorMessages": []string{hostileText}, "errors": []map[string]string{{"message": hostileText}}})
	return w.Result(), nil
}

func TestSpansHoldNeitherTicketsNorPeopleNorSecrets(t *testing.T) {
	c := collecting(t)
	h := &hostile{}
	traces := traced(t, zap.NewNop())
	f := company(t, traces, zap.NewNop(), func(base http.RoundTripper) http.RoundTripper { h.RoundTripper = base; return h })
	if _, err := f.Run(t.Context(), "last", nil); err != nil {
		t.Fatal(err)
	}
	for _, h.status = range []int{1, http.StatusBadRequest, http.StatusNotImplemented} {
		if _, err := f.Sync(t.Context(), nil, nil); err == nil {
			t.Fatalf("%d was no trouble: the test shows nothing", h.status)
		}
	}
	traces.Close()
	if len(c.named("source")) < 6 {
		t.Fatalf("%d sources were read: the test shows little", len(c.named("source")))
	}
	var private []string
	for _, s := range f.secrets() {
		private = append(private, s.Reveal())
	}
	private = append(private, collectorToken, "tok-hostile", "DROP TABLE", "pat@acme", "Refund the Smiths")
	keys := regexp.MustCompile(`[A-Z]+-[0-9]+`)
	for ticket, err := range f.store.Tickets(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		private = append(private, ticket.Title, ticket.Key)
	}
	for _, p := range f.cfg().Directory.People() {
		private = append(append(private, p.Name), p.Emails...)
	}
	for _, text := range private {
		if len(text) > 3 && bytes.Contains(c.bytes, []byte(text)) {
			t.Errorf("the spans hold %q", text)
		}
	}
	if key := keys.Find(c.bytes); key != nil {
		t.Errorf("the spans hold %q, which looks like a ticket", key)
	}
	for _, s := range c.spans {
		for _, p := range f.cfg().Directory.People() {
			for key, value := range saidBy(s) {
				if slices.Contains(strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" /:-", r) }), p.ID) {
					t.Errorf("%s of %s names %s: %q", key, s.GetName(), p.ID, value)
				}
			}
		}
	}
}

func TestADeliveryTellsItsKindOfChannelAndNoMore(t *testing.T) {
	c := collecting(t)
	traces := traced(t, zap.NewNop())
	p := newPost(t, toRoom("#pay"), toMail("members"))
	p.traces = tracesInto(traces.Provider(), p.clock)
	p.trouble["slack:#pay"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error {
		return errors.New("no room #pay for lee@acme.example " + hostileText)
	}
	if _, err := p.reportOnce(t.Context(), ""); err == nil {
		t.Fatal("no trouble: the test shows nothing")
	}
	traces.Close()
	told := map[string]int{}
	for _, s := range c.named("delivery") {
		told[saidBy(s)["channel"]+" "+saidBy(s)["outcome"]+" "+saidBy(s)["trouble"]]++
		if got := c.above(s).GetName(); got != "report" {
			t.Errorf("a delivery is part of %q", got)
		}
	}
	if told["slack retry other"] != 1 || told["email delivered "] < 2 {
		t.Errorf("deliveries are told as %v", told)
	}
	if s := c.named("report"); len(s) != 1 || saidBy(s[0])["outcome"] != "trouble" || s[0].GetStatus().GetCode() != wire.Status_STATUS_CODE_ERROR {
		t.Errorf("the run is told as %v", s)
	}
	for _, private := range []string{"acme.example", "#pay", "payments", "lee", "tok-"} {
		if bytes.Contains(c.bytes, []byte(private)) {
			t.Errorf("the spans hold %q", private)
		}
	}
}

func TestWaitsForATrackerAreTold(t *testing.T) {
	c := collecting(t)
	traces := traced(t, zap.NewNop())
	p := newPost(t)
	p.traces = tracesInto(traces.Provider(), p.clock)
	ctx, _, end := p.beginRun(t.Context(), runSync)
	metered{p.Fairlead, "jira"}.Waited(ctx, 40*time.Second, true)
	metered{p.Fairlead, "jira"}.Waited(ctx, 0, true)
	end(nil)
	traces.Close()
	waits := c.named("wait")
	if len(waits) != 1 || saidBy(waits[0])["cause"] != "limit" || waits[0].GetEndTimeUnixNano()-waits[0].GetStartTimeUnixNano() != 40e9 || c.above(waits[0]).GetName() != "sync" {
		t.Errorf("waits are told as %v", waits)
	}
}

func TestRequestsToTheDashboardAreTold(t *testing.T) {
	c := collecting(t)
	traces := traced(t, zap.NewNop())
	p := newPost(t)
	p.traces = tracesInto(traces.Provider(), p.clock)
	pages := dashboard.Named(dashboard.New(dashboard.Options{
		Data: dashboardtest.Story(), Changes: dashboardtest.Story(), Now: func() time.Time { return dashboardtest.Now }, Asked: p.countRequest,
	}))
	for _, target := range []string{"/api/v1/findings", "/findings/" + string(dashboardtest.BulkExport), "/lee/nobody/knows?what=Bulk", "/healthz", "/assets/style.css"} {
		r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
		r.Header.Set("X-Request-Id", "of-the-proxy-1")
		r.Header.Set("Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
		pages.ServeHTTP(httptest.NewRecorder(), r.WithContext(dashboard.WithViewer(r.Context(), dashboardtest.Lee)))
	}
	odd := httptest.NewRequest("LEE", "/", http.NoBody)
	pages.ServeHTTP(httptest.NewRecorder(), odd)
	traces.Close()
	var names []string
	for _, s := range c.spans {
		names = append(names, s.GetName()+" "+saidBy(s)["outcome"])
		if len(s.GetParentSpanId()) > 0 {
			t.Errorf("%s goes on with a trace that somebody sent along", s.GetName())
		}
	}
	want := []string{"GET /api/v1/findings answered", "GET /findings/{id} answered", "GET none refused", "other none refused"}
	for i, name := range names {
		if strings.HasPrefix(name, "GET / ") {
			names[i] = strings.Replace(name, "/", "none", 1)
		}
	}
	if slices.Sort(names); !slices.Equal(names, want) {
		t.Errorf("spans are %q, want %q", names, want)
	}
	if got := saidBy(c.named("GET /findings/{id}")[0])["request"]; got != "of-the-proxy-1" {
		t.Errorf("the request is %q", got)
	}
	for _, private := range []string{string(dashboardtest.BulkExport), "Bulk", "nobody/knows", "lee", "LEE"} {
		if bytes.Contains(c.bytes, []byte(private)) {
			t.Errorf("the spans hold %q", private)
		}
	}
}

func TestAJobOfTheQueueIsTold(t *testing.T) {
	c := collecting(t)
	traces := traced(t, zap.NewNop())
	p := newPost(t)
	p.traces = tracesInto(traces.Provider(), p.clock)
	w := &workers{q: &queue{f: p.Fairlead}}
	if err := w.ProcessTask(t.Context(), asynq.NewTask("sync", []byte(`{"kind":"sync","source":"jira"}`))); err != nil {
		t.Fatal(err)
	}
	if err := w.ProcessTask(t.Context(), asynq.NewTask("sync", []byte(`{"kind":"sync","source":"elsewhere"}`))); err == nil {
		t.Fatal("a source that is not here was read")
	}
	traces.Close()
	jobs, runs := c.named("job"), c.named("sync")
	if len(jobs) != 1 || len(runs) != 1 || c.above(runs[0]) != jobs[0] || saidBy(jobs[0])["job"] != "sync" || saidBy(jobs[0])["outcome"] != "done" {
		t.Errorf("jobs are %v, runs %v", jobs, runs)
	}
}

func TestACollectorThatIsAwayHoldsUpNothing(t *testing.T) {
	var lc net.ListenConfig
	gone, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+gone.Addr().String())
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20"+collectorToken)
	lines, seen := observer.New(zapcore.WarnLevel)
	traces := traced(t, zap.New(lines))
	p := newPost(t)
	p.traces = tracesInto(traces.Provider(), p.clock)
	for range 3 {
		if _, err := p.Sync(t.Context(), nil, nil); err != nil {
			t.Fatal(err)
		}
		if err := traces.provider.ForceFlush(t.Context()); err != nil {
			t.Error(err)
		}
	}
	began := time.Now()
	traces.Close()
	if took := time.Since(began); took > time.Second {
		t.Errorf("the end took %s", took)
	}
	if all := seen.All(); len(all) != 1 || strings.Contains(all[0].ContextMap()["error"].(string), collectorToken) {
		t.Errorf("the log warns %d times: %v", len(all), all)
	}
}

func TestACollectorThatDoesNotAnswerHoldsUpTheEndForAMomentOnly(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	lines, seen := observer.New(zapcore.WarnLevel)
	traces := traced(t, zap.New(lines))
	p := newPost(t)
	p.traces = tracesInto(traces.Provider(), p.clock)
	if _, err := p.Sync(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	traces.Close()
	if took := time.Since(began); took > lastSpans+2*time.Second {
		t.Errorf("the end took %s", took)
	}
	if n := len(seen.All()); n != 1 {
		t.Errorf("the log warns %d times: %v", n, seen.All())
	}
}

func TestTheCollectorIsToldOfAgainOnceItIsBack(t *testing.T) {
	lines, seen := observer.New(zapcore.InfoLevel)
	e := &calmExporter{log: zap.New(lines)}
	for _, err := range []error{nil, errors.New("away"), errors.New("still"), nil, nil, errors.New("away")} {
		e.came(err)
	}
	var levels []string
	for _, line := range seen.All() {
		levels = append(levels, line.Level.String())
	}
	if !slices.Equal(levels, []string{"warn", "info", "warn"}) {
		t.Errorf("the log has %v", levels)
	}
}

func TestTracesAreOnOnlyWhereTheEnvironmentAsksForThem(t *testing.T) {
	const endpoint = "http://collector:4318"
	for _, c := range []struct {
		name   string
		env    map[string]string
		on     bool
		refuse string
	}{
		{"nothing", nil, false, ""},
		{"a name alone", map[string]string{"OTEL_SERVICE_NAME": "fairlead"}, false, ""},
		{"an empty endpoint", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": " "}, false, ""},
		{"an endpoint", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}, true, ""},
		{"an endpoint for traces", map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": endpoint + "/v1/traces"}, true, ""},
		{"switched off", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_SDK_DISABLED": "True"}, false, ""},
		{"no exporter", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_TRACES_EXPORTER": "none"}, false, ""},
		{"what is asked for does not matter where nothing is sent", map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, false, ""},
		{"the exporter there is", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_TRACES_EXPORTER": "otlp"}, true, ""},
		{"another exporter", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_TRACES_EXPORTER": "zipkin"}, false, `OTEL_TRACES_EXPORTER asks for "zipkin"`},
		{"the protocol there is", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, true, ""},
		{"grpc", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, false, `OTEL_EXPORTER_OTLP_PROTOCOL asks for "grpc", and fairlead sends traces by http/protobuf`},
		{"grpc for others alone", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf"}, true, ""},
		{"no scheme", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"}, false, "OTEL_EXPORTER_OTLP_ENDPOINT is no address of a collector"},
		{"a header without a name", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_EXPORTER_OTLP_HEADERS": "a=b,Bearer tok-1"}, false, "OTEL_EXPORTER_OTLP_HEADERS: header 2 is not written as name=value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			on, err := tracesWanted(func(name string) (string, bool) { v, is := c.env[name]; return v, is })
			if on != c.on {
				t.Errorf("on = %v, %v", on, err)
			}
			if c.refuse == "" && err != nil || c.refuse != "" && (err == nil || !strings.Contains(err.Error(), c.refuse) || !IsRequestMistake(err)) {
				t.Errorf("refused with %v, want %q", err, c.refuse)
			}
			if err != nil && strings.Contains(err.Error(), "tok-1") {
				t.Errorf("the refusal shows a token: %v", err)
			}
		})
	}
}

func TestTracesThatAreOffConnectToNothing(t *testing.T) {
	c := collecting(t)
	t.Setenv("OTEL_TRACES_EXPORTER", "none")
	traces := traced(t, zap.NewNop())
	if traces != nil || traces.Provider() != nil {
		t.Fatal("there are traces, want none")
	}
	lines, seen := observer.New(zapcore.InfoLevel)
	p := newPost(t)
	p.traces, p.log = tracesInto(traces.Provider(), p.clock), zap.New(lines)
	if _, err := p.Sync(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	traces.Close()
	if c.requests != 0 {
		t.Errorf("the collector was asked %d times", c.requests)
	}
	for _, line := range seen.All() {
		if _, is := line.ContextMap()["trace"]; is {
			t.Errorf("%q names a trace", line.Message)
		}
	}
	if base := http.DefaultTransport; p.traces.carry(base) != base {
		t.Error("requests to trackers pass through what is off")
	}
}

func TestTracesThatAreNotKeptAreNamedNowhere(t *testing.T) {
	c := collecting(t)
	t.Setenv("OTEL_TRACES_SAMPLER", "always_off")
	lines, seen := observer.New(zapcore.InfoLevel)
	traces := traced(t, zap.NewNop())
	p := newPost(t)
	p.traces, p.log = tracesInto(traces.Provider(), p.clock), zap.New(lines)
	if _, err := p.Sync(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	traces.Close()
	for _, line := range seen.All() {
		if _, is := line.ContextMap()["trace"]; is {
			t.Errorf("%q names a trace that is kept nowhere", line.Message)
		}
	}
	if c.requests != 0 || seen.Len() == 0 {
		t.Errorf("the collector was asked %d times, of %d lines", c.requests, seen.Len())
	}
}

// What is off is in the way of every request and delivery: it must cost nothing.
func TestTracesThatAreOffAllocateNothing(t *testing.T) {
	var off tracing
	ctx, fine := t.Context(), error(nil)
	if n := testing.AllocsPerRun(100, func() { spanOnce(ctx, off, fine) }); n != 0 {
		t.Errorf("a span that is none allocates %v times", n)
	}
}

func spanOnce(ctx context.Context, t tracing, err error) {
	of, s := t.begin(ctx, "source", trace.SpanKindInternal)
	s.word("source", "jira")
	s.number("pages", 3)
	t.waited(of, time.Second, forLimit)
	_ = s.id()
	s.done(err)
}

func BenchmarkTracesThatAreOff(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		spanOnce(b.Context(), tracing{}, nil)
	}
}

func TestRoutesOfTrackersHaveNoKeys(t *testing.T) {
	for path, want := range map[string]string{
		"/rest/api/2/search/jql":                        "/rest/api/2/search/jql",
		"/rest/api/2/issue/PAY-17/comment":              "/rest/api/2/issue/{}/comment",
		"/jira/rest/api/2/issue/10042":                  "/jira/rest/api/2/issue/{}",
		"/rest/api/2/project/secret-plan":               "/rest/api/2/project/{}",
		"/rest/agile/1.0/board/5/sprint":                "/rest/agile/1.0/board/{}/sprint",
		"/rest/api/dana":                                "/rest/api/{}",
		"/ex/jira/11223344-a1b2/rest/api/3/issue/x%2Fy": "/ex/jira/{}/rest/api/3/issue/{}",
		"/graphql": "/graphql",
		"":         "",
	} {
		if got := trackerRoute(path); got != want {
			t.Errorf("trackerRoute(%q) = %q, want %q", path, got, want)
		}
	}
}
