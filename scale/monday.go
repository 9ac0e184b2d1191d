package scale

import (
	"context"
	"time"
)

// delivery is the reports of the teams of one zone on one Monday.
type delivery struct {
	due      time.Time
	messages int
	mails    int
	arrived  spread // from when they were due
	last     time.Time
}

// post delivers the reports of the teams whose Monday morning it is: one message to
// each team's channel, and its e-mails. So many of a kind are under way at a time in
// each replica; Slack takes so many a minute.
func (w *world) post(ctx context.Context, due time.Time) {
	d := &delivery{due: due}
	w.mondays = append(w.mondays, d)
	teams := 0
	for n, share := range portions(w.o.Teams, []float64{.2, .2, .2, .2, .2}, 0) {
		_, offset := due.In(zoneOf(n)).Zone()
		if due.Add(time.Duration(offset)*time.Second).UTC().Hour() == 9 {
			teams += share
		}
	}
	d.messages, d.mails = teams, teams*w.o.Costs.Mails
	for lanes, left := w.replicas*DeliveriesAtOnce, d.messages; lanes > 0; lanes-- {
		n := left / lanes
		left -= n
		w.loop.start(func() {
			for range n {
				if w.loop.Sleep(ctx, w.slack.take(w.loop.now, w.o.Costs.PerMinute)) != nil ||
					w.loop.Sleep(ctx, w.o.Costs.Report+time.Duration(w.o.Costs.Slack)*w.o.Answer) != nil {
					return
				}
				d.note(w.loop.now)
			}
		})
	}
	for lanes, left := w.replicas*DeliveriesAtOnce, d.mails; lanes > 0; lanes-- {
		n := left / lanes
		left -= n
		w.loop.start(func() {
			for range n {
				if w.loop.Sleep(ctx, w.o.Costs.Report+w.o.Costs.Mail) != nil {
					return
				}
				d.note(w.loop.now)
			}
		})
	}
}

func (d *delivery) note(now time.Time) {
	d.arrived.add(now.Sub(d.due), 1)
	d.last = now
}

// minutely is what a server takes in each minute.
type minutely struct {
	from time.Time
	left int
}

// take books one, and tells how long until it is taken.
func (m *minutely) take(now time.Time, perMinute int) time.Duration {
	if !now.Before(m.from.Add(time.Minute)) {
		m.from, m.left = now.Truncate(time.Minute), perMinute
	}
	if m.left == 0 {
		m.from, m.left = m.from.Add(time.Minute), perMinute
	}
	m.left--
	return max(m.from.Sub(now), 0)
}
