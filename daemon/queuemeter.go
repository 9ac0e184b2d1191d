package daemon

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

// The metrics of the queue, told by every process that shares it.
var (
	queueMetric = Metric{
		"fairlead_queue_jobs", "gauge", "jobs", []string{"kind", "state"},
		"Jobs of all processes as they stand in the queue: waiting, running, again (to be tried again), given-up.", false, true,
	}
	queueOldestMetric = Metric{
		"fairlead_queue_oldest_seconds", "gauge", "seconds", []string{"kind"},
		"How long the oldest waiting job of a kind has waited; 0 when none waits.", false, true,
	}
	queueProcessesMetric = Metric{
		"fairlead_queue_processes", "gauge", "processes", nil,
		"How many processes do jobs of the queue.", false, true,
	}
	scheduleMetric = Metric{
		"fairlead_schedule_kept", "gauge", "1 or 0", nil,
		"1 while some process keeps the schedule.", false, true,
	}
)

func queueMetrics() []Metric {
	return []Metric{queueMetric, queueOldestMetric, queueProcessesMetric, scheduleMetric}
}

// queueMeter reads the queue when somebody asks.
type queueMeter struct{ f *Fairlead }

// Describe implements prometheus.Collector.
func (m *queueMeter) Describe(out chan<- *prometheus.Desc) {
	for _, one := range queueMetrics() {
		out <- one.description()
	}
}

// Collect implements prometheus.Collector. Without a queue nothing is told.
func (m *queueMeter) Collect(out chan<- prometheus.Metric) {
	ctx, done := context.WithTimeout(context.Background(), metricsPatience)
	defer done()
	s, err := m.f.Queue(ctx)
	if err != nil {
		m.f.log.Warn("the queue could not be read for the metrics", zap.Error(err))
		out <- prometheus.NewInvalidMetric(queueMetric.description(), err)
		return
	}
	if s == nil {
		return
	}
	gauge := func(of Metric, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(of.description(), prometheus.GaugeValue, value, labels...)
	}
	for _, k := range s.Kinds {
		for state, n := range map[string]int{"waiting": k.Waiting, "running": k.Running, "again": k.Again, "given-up": k.GivenUp} {
			gauge(queueMetric, float64(n), k.Kind, state)
		}
		gauge(queueOldestMetric, k.Oldest, k.Kind)
	}
	gauge(queueProcessesMetric, float64(s.Processes))
	kept := 0.0
	if s.Scheduler != "" {
		kept = 1
	}
	gauge(scheduleMetric, kept)
}
