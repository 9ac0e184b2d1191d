package daemon

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/dashboard"
)

// answered counts a request to the dashboard by its route and what came of it.
func (m *meters) answered(route string, status int) {
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, outcomeOf(status)).Inc()
}

// refusing tells whether the configuration as it is now cannot be used.
func (m *meters) refusing(is bool) {
	value := 0.0
	if is {
		value = 1
	}
	m.outdated.Set(value)
}

func outcomeOf(status int) string {
	switch {
	case status == 0:
		return "cut off"
	case status == http.StatusNotModified:
		return "unchanged"
	case status < 300:
		return "answered"
	case status < 400:
		return "redirected"
	case status < 500:
		return "refused"
	}
	return "trouble"
}

// buildInfo says which build runs.
func buildInfo() prometheus.Collector {
	v := ReadVersion()
	g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: buildMetric.Name, Help: buildMetric.Help}, buildMetric.Labels)
	g.WithLabelValues(v.Version, v.Revision, v.Go).Set(1)
	return g
}

// ran tells how long a run took and what came of it.
func (m *meters) ran(run, outcome string, took time.Duration) {
	if m != nil {
		m.runs.WithLabelValues(run, outcome).Observe(took.Seconds())
	}
}

// read tells how long it took to read a source and what came of it.
func (m *meters) read(source, outcome string, took time.Duration) {
	if m != nil {
		m.syncs.WithLabelValues(source, outcome).Observe(took.Seconds())
	}
}

// What requests to trackers wait for.
const (
	forLimit   = "limit"
	forTrouble = "trouble"
)

// expect tells of the sources from the beginning, so that the first trouble is an
// increase.
func (m *meters) expect(sources []string) {
	for _, source := range sources {
		for _, came := range connectors.Outcomes() {
			m.tracker.WithLabelValues(source, string(came))
		}
		m.waited.WithLabelValues(source, forLimit)
		m.waited.WithLabelValues(source, forTrouble)
	}
}

// metered counts what comes of the requests to a source with the meters that f has at
// the time: those of the process, once f has taken another's place.
type metered struct {
	f      *Fairlead
	source string
}

// Sent implements connectors.Meter.
func (t metered) Sent(came connectors.Outcome) {
	if m := t.f.meters; m != nil {
		m.tracker.WithLabelValues(t.source, string(came)).Inc()
	}
}

// Waited implements connectors.Meter.
func (t metered) Waited(ctx context.Context, d time.Duration, limited bool) {
	m, cause := t.f.meters, forTrouble
	if limited {
		cause = forLimit
	}
	if d <= 0 {
		return
	}
	if m != nil {
		m.waited.WithLabelValues(t.source, cause).Add(d.Seconds())
	}
	t.f.traces.waited(ctx, d, cause)
}

// sourceMeter looks how well sources are read when somebody asks.
type sourceMeter struct{ f *Fairlead }

// Describe implements prometheus.Collector.
func (s *sourceMeter) Describe(out chan<- *prometheus.Desc) {
	out <- lagMetric.description()
	out <- staleMetric.description()
	out <- ticketsMetric.description()
}

// Collect implements prometheus.Collector.
func (s *sourceMeter) Collect(out chan<- prometheus.Metric) {
	ctx, done := context.WithTimeout(context.Background(), metricsPatience)
	defer done()
	all, err := s.f.healths(ctx)
	if err != nil {
		s.f.log.Warn("the record of syncs could not be read for the metrics", zap.Error(err))
		out <- prometheus.NewInvalidMetric(lagMetric.description(), err)
		return
	}
	now := s.f.clock.Now()
	for i := range all {
		stale := 0.0
		if all[i].stale(now) {
			stale = 1
		}
		out <- prometheus.MustNewConstMetric(staleMetric.description(), prometheus.GaugeValue, stale, all[i].source)
		if !all[i].lastRead.IsZero() {
			out <- prometheus.MustNewConstMetric(lagMetric.description(), prometheus.GaugeValue, now.Sub(all[i].lastRead).Seconds(), all[i].source)
		}
		if n, err := s.f.store.Count(ctx, all[i].source); err == nil { // the others are told all the same
			out <- prometheus.MustNewConstMetric(ticketsMetric.description(), prometheus.GaugeValue, float64(n), all[i].source)
		}
	}
}

// findingsMeter counts findings when somebody asks.
type findingsMeter struct {
	f       *Fairlead
	figures *dashboard.Figures
}

// Describe implements prometheus.Collector.
func (m *findingsMeter) Describe(out chan<- *prometheus.Desc) {
	out <- findingsMetric.description()
	out <- teamFindingsMetric.description()
}

// Collect implements prometheus.Collector.
func (m *findingsMeter) Collect(out chan<- prometheus.Metric) {
	ctx, done := context.WithTimeout(context.Background(), metricsPatience)
	defer done()
	all, err := m.figures.At(ctx, m.f.clock.Now())
	if err != nil {
		m.f.log.Warn("the ledger could not be read for the metrics", zap.Error(err))
		out <- prometheus.NewInvalidMetric(findingsMetric.description(), err)
		return
	}
	ofRule, ofTeams := findingsMetric.description(), teamFindingsMetric.description()
	for _, one := range all {
		metric, of := ofRule, one.Rule
		if one.Rule == "" {
			metric, of = ofTeams, one.Teams
		}
		out <- prometheus.MustNewConstMetric(metric, prometheus.GaugeValue, float64(one.Count), of, string(one.State))
	}
}

// dashboardMetrics is what the dashboard answers with at /metrics: everything that the
// other listener tells, and how much is open.
func (f *Fairlead) dashboardMetrics(d dashboard.Data) http.Handler {
	return toldBy(withRuntime(f.dashboardRegistry(d)))
}

func (f *Fairlead) dashboardRegistry(d dashboard.Data) *prometheus.Registry {
	r := f.registry()
	r.MustRegister(&findingsMeter{f: f, figures: dashboard.NewFigures(d)})
	return r
}
