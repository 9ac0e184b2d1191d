package dashboard

import (
	"cmp"
	"slices"

	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/reports"
)

// metricsPath is where fairlead tells of itself.
const metricsPath = "/metrics"

// metrics answers with what fairlead tells of itself, for who may read it.
func (v *visit) metrics() error {
	if v.s.Metrics == nil {
		return notThere
	}
	v.s.Metrics.ServeHTTP(v.w, v.r)
	return nil
}

// apiHealth answers with how fresh the data are, and with what an operator has to
// look after to who configures.
func (v *visit) apiHealth() error {
	h, err := v.healthSeen()
	if err != nil {
		return err
	}
	out := api.Health{Sources: []api.Source{}, Deliveries: []api.Delivery{}}
	if v.access.Configures() {
		for i := range h.Sources {
			one := sourceOf(&h.Sources[i].Source)
			one.Close = closeOf(&h.Sources[i])
			out.Sources = append(out.Sources, one)
		}
		out.Close = closer(&h)
	} else {
		for _, s := range v.s.Data.Sources() {
			out.Sources = append(out.Sources, sourceOf(&s))
		}
	}
	for i := range h.Deliveries {
		if d := &h.Deliveries[i]; v.seesDelivery(d) && len(out.Deliveries) < mostAPage {
			out.Deliveries = append(out.Deliveries, deliveryOf(d))
		}
	}
	return v.answerJSON(out)
}

func sourceOf(s *Source) api.Source {
	return api.Source{Name: clean(s.Name), LastRead: s.LastRead.UTC(), Stale: s.Stale, Gaps: texts(s.Gaps, mostAPage)}
}

func closeOf(s *SourceHealth) *api.SourceClose {
	out := &api.SourceClose{Tickets: s.Tickets, TookSeconds: s.Took.Seconds(), Trouble: reports.Clean(s.Trouble, textLength), Resets: s.Resets.UTC(), Unmapped: []api.Unmapped{}}
	if s.Of > 0 {
		out.RequestsLeft, out.RequestsOf = &s.Left, &s.Of
	}
	for _, u := range mostOf(s.Unmapped, func(u Unmapped) int { return u.Tickets }) {
		out.Unmapped = append(out.Unmapped, api.Unmapped{What: clean(u.What), Word: clean(u.Word), Tickets: u.Tickets})
	}
	return out
}

// mostOf are the most frequent, as many as a page holds.
func mostOf[T any](all []T, tickets func(T) int) []T {
	out := slices.SortedStableFunc(slices.Values(all), func(a, b T) int { return cmp.Compare(tickets(b), tickets(a)) })
	return out[:min(len(out), mostAPage)]
}

func closer(h *Health) *api.HealthClose {
	out := &api.HealthClose{Counted: h.Counted.UTC(), People: []api.Stranger{}, Unowned: []api.Unowned{}, Stopped: []api.Stopped{}, Silent: []api.Silent{}}
	for _, s := range mostOf(h.People, func(s Stranger) int { return s.Tickets }) {
		out.People = append(out.People, api.Stranger{Source: clean(s.Source), Name: clean(s.Name), Account: clean(s.Account), Tickets: s.Tickets})
	}
	for _, u := range mostOf(h.Unowned, func(u Unowned) int { return u.Tickets }) {
		out.Unowned = append(out.Unowned, api.Unowned{Source: clean(u.Source), What: clean(u.What), Tickets: u.Tickets})
	}
	for _, s := range h.Stopped {
		out.Stopped = append(out.Stopped, api.Stopped{Rule: s.Rule, Why: reports.Clean(s.Why, textLength)})
	}
	for _, m := range h.Silent {
		if m.Lasts() {
			out.Silent = append(out.Silent, api.Silent{Rule: m.Rule, Since: m.At.UTC(), New: m.New})
		}
	}
	return out
}

func deliveryOf(d *Delivery) api.Delivery {
	return api.Delivery{
		Report: clean(d.Report), Team: d.Team, Week: clean(d.Week), Channel: clean(d.Channel), State: clean(d.State), Due: d.Due.UTC(), Delivered: d.Delivered.UTC(), NotBefore: d.NotBefore.UTC(),
		Attempts: d.Attempts, Trouble: reports.Clean(d.Trouble, textLength),
	}
}
