package daemon

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/store"
)

// metricsPath is where fairlead serve tells its metrics.
const metricsPath = "/metrics"

// Metric describes a metric.
type Metric struct {
	Name   string
	Kind   string // counter, gauge or histogram
	Unit   string
	Labels []string
	Help   string
	// SignedIn says that only the dashboard tells it, to who may read it there: it is
	// about teams.
	SignedIn bool
	// Shared says that it is told only where several processes share a store.
	Shared bool
}

// The metrics of deliveries. Channels are told by kind alone: an address or a
// channel's name is for the outbox.
var (
	attemptsMetric = Metric{
		"fairlead_delivery_attempts_total", "counter", "attempts", []string{"channel", "outcome"},
		"What came of attempts at deliveries since this process began: delivered, corrected, retry, refused, lost (to another replica), missed, silent.", false, false,
	}
	outboxMetric = Metric{
		"fairlead_deliveries", "gauge", "deliveries", []string{"channel", "state"},
		"Deliveries of the last four weeks as they stand in the outbox: pending, delivered, refused, missed, silent.", false, false,
	}
	pendingMetric = Metric{
		"fairlead_delivery_pending_seconds", "gauge", "seconds", []string{"channel"},
		"How long ago the longest waiting pending delivery was due; 0 when none waits.", false, false,
	}
	troubledMetric = Metric{
		"fairlead_deliveries_troubled", "gauge", "deliveries", []string{"channel"},
		"Pending deliveries of which at least one attempt did not succeed.", false, false,
	}
	nextMetric = Metric{
		"fairlead_delivery_next_due_timestamp_seconds", "gauge", "seconds since 1970", nil,
		"When the next report is due; absent when none will be.", false, false,
	}
)

// The metrics of this process and of what it reads.
var (
	buildMetric = Metric{
		"fairlead_build_info", "gauge", "1", []string{"version", "revision", "go"},
		"Always 1; the labels say which build runs.", false, false,
	}
	outdatedMetric = Metric{
		"fairlead_configuration_outdated", "gauge", "1 or 0", nil,
		"1 while the files of the configuration have changed and cannot be used, so that what they said before holds; 0 otherwise.", false, false,
	}
	lagMetric = Metric{
		"fairlead_source_lag_seconds", "gauge", "seconds", []string{"source"},
		"How long ago the source was last read to the end; absent when it never was.", false, false,
	}
	staleMetric = Metric{
		"fairlead_source_stale", "gauge", "1 or 0", []string{"source"},
		"1 while findings of the source are frozen, because it could not be read.", false, false,
	}
	ticketsMetric = Metric{
		"fairlead_tickets", "gauge", "tickets", []string{"source"},
		"Tickets that are stored of the source.", false, false,
	}
	trackerRequestsMetric = Metric{
		"fairlead_source_requests_total", "counter", "requests", []string{"source", "outcome"},
		"Requests to the source since this process began, each try counted, by what came of them: answered, limited (refused for coming too often), refused, trouble, unanswered, cut off.", false, false,
	}
	waitedMetric = Metric{
		"fairlead_source_waited_seconds_total", "counter", "seconds", []string{"source", "cause"},
		"How long requests to the source waited since this process began, all of them together: for its limits (limit), or after a fault that may pass (trouble).", false, false,
	}
	syncMetric = Metric{
		"fairlead_sync_seconds", "histogram", "seconds", []string{"source", "outcome"},
		"How long readings of what changed in the source took since this process began: done, trouble, interrupted.", false, false,
	}
	runMetric = Metric{
		"fairlead_run_seconds", "histogram", "seconds", []string{"run", "outcome"},
		"How long runs took since this process began: sync (of one source under serve, of all otherwise), check, report and deliver (rounds of deliveries), remind; and what came of them: done, trouble, interrupted.", false, false,
	}
	requestsMetric = Metric{
		"fairlead_http_requests_total", "counter", "requests", []string{"route", "outcome"},
		"Requests to the dashboard and its API since this process began, by the pattern of the route (none where there is none) and what came of them: answered, unchanged, redirected, refused, trouble, cut off.", false, false,
	}
)

// The metrics of jobs.
var jobsMetric = Metric{
	"fairlead_jobs_total", "counter", "jobs", []string{"kind", "outcome"},
	"What came of jobs that this process took from the queue since it began: done, retry (something stood in the way: it is tried again, or given up), back (handed back, because this process was told to end).", false, true,
}

// The metrics of findings. They are sums over five people or more, and of what whole
// teams may see.
var (
	findingsMetric = Metric{
		"fairlead_findings", "gauge", "findings", []string{"rule", "state"},
		"Findings of a rule in all teams together, of those rules that enough people have agreed to.", true, false,
	}
	teamFindingsMetric = Metric{
		"fairlead_team_findings", "gauge", "findings", []string{"teams", "state"},
		"Findings of a team; small teams are told together, their ids joined by +.", true, false,
	}
)

// Metrics lists every metric that fairlead serve tells of itself, beside those of
// the Go runtime and the process.
func Metrics() []Metric {
	return append(append(outboxMetrics(), queueMetrics()...), attemptsMetric, jobsMetric, buildMetric, outdatedMetric, lagMetric, staleMetric, ticketsMetric,
		trackerRequestsMetric, waitedMetric, syncMetric, runMetric, requestsMetric, findingsMetric, teamFindingsMetric)
}

// outboxMetrics are those read from the outbox.
func outboxMetrics() []Metric {
	return []Metric{outboxMetric, pendingMetric, troubledMetric, nextMetric}
}

// meters count what happens in this process. Nil counts nothing.
type meters struct {
	attempts *prometheus.CounterVec
	jobs     *prometheus.CounterVec
	requests *prometheus.CounterVec
	outdated prometheus.Gauge
	tracker  *prometheus.CounterVec
	waited   *prometheus.CounterVec
	syncs    *prometheus.HistogramVec
	runs     *prometheus.HistogramVec
}

func newMeters() *meters {
	return &meters{
		attempts: attemptsMetric.counter(), jobs: jobsMetric.counter(), requests: requestsMetric.counter(),
		outdated: prometheus.NewGauge(prometheus.GaugeOpts{Name: outdatedMetric.Name, Help: outdatedMetric.Help}),
		tracker:  trackerRequestsMetric.counter(), waited: waitedMetric.counter(),
		syncs: syncMetric.histogram(), runs: runMetric.histogram(),
	}
}

func (m Metric) counter() *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: m.Name, Help: m.Help}, m.Labels)
}

// stretches are the bounds of histograms: a check takes less than a second or minutes,
// the first sync of a large tracker hours.
var stretches = []float64{0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 4 * 3600}

func (m Metric) histogram() *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: m.Name, Help: m.Help, Buckets: stretches}, m.Labels)
}

func (m *meters) count(kind, what string) {
	if m != nil && what != outcomeNothing {
		m.attempts.WithLabelValues(kind, what).Inc()
	}
}

// job counts what came of a job; back when it was handed back.
func (m *meters) job(kind jobKind, back bool, err error) {
	if m == nil {
		return
	}
	what := "done"
	switch {
	case back:
		what = "back"
	case err != nil:
		what = "retry"
	}
	m.jobs.WithLabelValues(string(kind), what).Inc()
}

// registry is everything that is told at one request.
func (f *Fairlead) registry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	f.meters.expect(f.SourceNames())
	r.MustRegister(f.meters.attempts, f.meters.jobs, f.meters.requests, f.meters.outdated, f.meters.tracker, f.meters.waited, f.meters.syncs, f.meters.runs)
	r.MustRegister(&outboxMeter{f: f}, &sourceMeter{f: f}, &queueMeter{f}, buildInfo())
	return r
}

// outboxMeter reads the outbox when somebody asks.
type outboxMeter struct{ f *Fairlead }

func (m Metric) description() *prometheus.Desc {
	return prometheus.NewDesc(m.Name, m.Help, m.Labels, nil)
}

// Describe implements prometheus.Collector.
func (o *outboxMeter) Describe(out chan<- *prometheus.Desc) {
	for _, m := range outboxMetrics() {
		out <- m.description()
	}
}

// metricsPatience bounds how long an answer may take.
const metricsPatience = 10 * time.Second

// metricsLookBack is how far back the outbox is told.
const metricsLookBack = 4 * aWeek

// Collect implements prometheus.Collector.
func (o *outboxMeter) Collect(out chan<- prometheus.Metric) {
	ctx, done := context.WithTimeout(context.Background(), metricsPatience)
	defer done()
	now := o.f.clock.Now()
	all, err := o.f.store.Deliveries(ctx, now.Add(-metricsLookBack))
	if err != nil {
		o.f.log.Warn("the outbox could not be read for the metrics", zap.Error(err))
		out <- prometheus.NewInvalidMetric(outboxMetric.description(), err)
		return
	}
	gauge := func(m Metric, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(m.description(), prometheus.GaugeValue, value, labels...)
	}
	for kind, c := range countOutbox(withoutTurns(all), now, o.f.kindsInUse()) {
		for state, n := range c.states {
			gauge(outboxMetric, float64(n), kind, string(state))
		}
		gauge(pendingMetric, c.waiting.Seconds(), kind)
		gauge(troubledMetric, float64(c.troubled), kind)
	}
	if next := o.f.nextDue(now); !next.IsZero() {
		gauge(nextMetric, float64(next.Unix()))
	}
}

// kindsInUse are the kinds of channel that the configuration names.
func (f *Fairlead) kindsInUse() []string {
	var out []string
	for i := range f.cfg().Reports {
		out = append(out, string(f.cfg().Reports[i].Medium))
	}
	return out
}

// outboxCount is what stands in the outbox for a kind of channel.
type outboxCount struct {
	states   map[store.DeliveryState]int
	waiting  time.Duration
	troubled int
}

// countOutbox counts by kind of channel; those in use are told also where nothing
// is there to count.
func countOutbox(all []store.Delivery, now time.Time, inUse []string) map[string]*outboxCount {
	out := map[string]*outboxCount{}
	of := func(kind string) *outboxCount {
		if out[kind] == nil {
			out[kind] = &outboxCount{states: map[store.DeliveryState]int{
				store.Pending: 0, store.Delivered: 0, store.Refused: 0, store.Missed: 0, store.Silent: 0,
			}}
		}
		return out[kind]
	}
	for _, kind := range inUse {
		of(kind)
	}
	for i := range all {
		d := &all[i]
		c := of(kindOf(d.DeliveryKey))
		c.states[d.State]++
		if d.State != store.Pending {
			continue
		}
		c.waiting = max(c.waiting, now.Sub(d.Due))
		if d.Trouble != "" {
			c.troubled++
		}
	}
	return out
}

// listenForMetrics tells the metrics at the configured address, and whoever runs the
// process whether it is well, for where no dashboard is that does.
func (f *Fairlead) listenForMetrics(ctx context.Context, ended chan<- error) (closed func(), address string, err error) {
	mux := http.NewServeMux()
	mux.Handle("GET "+metricsPath, toldBy(withRuntime(f.registry())))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", f.tellReady)
	at := f.cfg().Metrics
	return listen(ctx, listener{at.Listen, at.Where, "metrics cannot be told at", mux}, ended)
}

// tellReady says whether the store answers. Why not is for the log.
func (f *Fairlead) tellReady(w http.ResponseWriter, r *http.Request) {
	ctx, done := context.WithTimeout(r.Context(), metricsPatience)
	defer done()
	if _, err := f.store.LatestRevision(ctx); err != nil {
		f.log.Info("not ready", zap.Error(err))
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "not ready\n")
		return
	}
	_, _ = io.WriteString(w, "ready\n")
}

// toldBy answers with everything in the registry that can be told; what cannot is left
// out.
func toldBy(r *prometheus.Registry) http.Handler {
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// withRuntime adds what the Go runtime and the process tell of themselves.
func withRuntime(r *prometheus.Registry) *prometheus.Registry {
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}
