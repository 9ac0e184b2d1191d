package daemon

import (
	"context"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

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

// sourceMeter looks how well sources are read when somebody asks.
type sourceMeter struct{ f *Fairlead }

// Describe implements prometheus.Collector.
func (s *sourceMeter) Describe(out chan<- *prometheus.Desc) {
	out <- lagMetric.description()
	out <- staleMetric.description()
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
