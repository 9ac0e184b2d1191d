package daemon

import (
	"context"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/store"
)

const (
	// weeksLookedBack is how many past weeks a plan looks at: more than the longest
	// that anything is caught up for.
	weeksLookedBack = 5
	// outboxLookedBack is how far back the outbox is read for it.
	outboxLookedBack = 10 * aWeek
	// correctedAfter is how long fairlead serve leaves a report alone before it
	// looks whether it has changed; fairlead run looks every time.
	correctedAfter = 24 * time.Hour
)

// plan is what is to be done with the outbox now.
type plan struct {
	parcels []parcel
	marks   []settled // deliveries that nothing is sent for
	next    time.Time // when there will be more to do that has begun; zero: not known of
}

// settled is a delivery whose state changes without an attempt.
type settled struct {
	store.Delivery
	was *store.Delivery // as stored when the plan was made; nil: there is no entry yet
}

// soon notes a moment at which to look again.
func (p *plan) soon(at time.Time) {
	if p.next.IsZero() || at.Before(p.next) {
		p.next = at
	}
}

// outbox is what is stored of deliveries, beside what the configuration asks for.
type outbox struct {
	now     time.Time
	from    *editions
	routes  []route
	stored  map[store.DeliveryKey]store.Delivery
	began   map[[2]string]time.Time // by report and channel: the earliest due by schedule
	byRoute map[[2]string]*route
}

func (f *Fairlead) readOutbox(ctx context.Context, now time.Time) (*outbox, error) {
	routes, err := f.routes(now)
	if err != nil {
		return nil, err
	}
	all, err := f.store.Deliveries(ctx, now.Add(-outboxLookedBack))
	if err != nil {
		return nil, err
	}
	o := &outbox{
		now: now, from: f.newEditions(), routes: routes, stored: make(map[store.DeliveryKey]store.Delivery, len(all)),
		began: map[[2]string]time.Time{}, byRoute: make(map[[2]string]*route, len(routes)),
	}
	for i := range routes {
		o.byRoute[[2]string{routes[i].report, routes[i].channel}] = &o.routes[i]
	}
	for _, d := range all {
		o.stored[d.DeliveryKey] = d
		way := [2]string{d.Report, d.Channel}
		if first, known := o.began[way]; o.byRoute[way].scheduled(&d) && (!known || d.Due.Before(first)) {
			o.began[way] = d.Due
		}
	}
	return o, nil
}

// scheduled reports whether the schedule had the delivery leave, rather than
// somebody who asked for an old week.
func (r *route) scheduled(d *store.Delivery) bool {
	if r == nil {
		return false
	}
	week, err := org.ParseWeek(d.Week, r.zone)
	return err == nil && (d.Due.Equal(r.when.due(week)) || d.Due.Equal(week.End))
}

// planNow looks at what is due now. With fresh, tickets and ledger are up to
// date, so that what is due for the first time may leave; otherwise only what has
// begun goes on. every asks for a look at what was delivered and may have changed.
func (f *Fairlead) planNow(ctx context.Context, fresh, every bool) (*plan, error) {
	o, err := f.readOutbox(ctx, f.clock.Now())
	if err != nil {
		return nil, err
	}
	p := &plan{}
	for _, d := range o.stored {
		if !isReminder(d.DeliveryKey) {
			f.goOn(p, o, d, fresh, every)
		}
	}
	if fresh {
		for i := range o.routes {
			f.begin(p, o, &o.routes[i], every)
		}
	}
	return p, nil
}

// begin plans what a route is due for the first time. once is set where this
// process looks once: whoever has it run at some time has said when reports leave,
// unless the configuration says so too.
func (f *Fairlead) begin(p *plan, o *outbox, r *route, once bool) {
	first, known := o.began[[2]string{r.report, r.channel}]
	this := org.WeekOf(o.now, r.zone)
	for n := 1; n <= weeksLookedBack; n++ {
		week := this.Before(n)
		due := r.when.due(week)
		if once && !r.from.When.Written {
			due = week.End
		}
		if due.IsZero() || due.After(o.now) {
			continue
		}
		if _, there := o.stored[r.key(week)]; !there && r.existed(week) && (!known || first.Before(due)) {
			f.beginWeek(p, o, r, week, due)
		}
		if !known {
			return // of a report that is new nobody waits for more than the latest
		}
	}
}

// beginWeek plans what becomes of a report that is due.
func (f *Fairlead) beginWeek(p *plan, o *outbox, r *route, week org.Week, due time.Time) {
	fresh := store.Delivery{DeliveryKey: r.key(week), Due: due}
	_, known := o.began[[2]string{r.report, r.channel}]
	switch {
	case r.late(due, o.now) && !known:
	case r.late(due, o.now):
		fresh.State, fresh.Trouble = store.Missed, "fairlead did not run when it was due, nor within the time in which it is made up for (catch_up)"
		p.marks = append(p.marks, settled{fresh, nil})
	case r.muted() != "":
		fresh.State, fresh.Trouble = store.Silent, r.muted()
		p.marks = append(p.marks, settled{fresh, nil})
	default:
		p.parcels = append(p.parcels, f.parcelOf(o.from, r, week, due))
	}
}

// late reports whether it is too late to make up for what was due.
func (r *route) late(due, now time.Time) bool {
	// Whole days are days of the calendar, so that a week is one when clocks change.
	const aDay = 24 * time.Hour
	end := due.In(r.when.zone).AddDate(0, 0, int(r.from.When.CatchUp/aDay)).Add(r.from.When.CatchUp % aDay)
	return !now.Before(end)
}

// goOn plans what happens to a delivery that is in the outbox.
func (f *Fairlead) goOn(p *plan, o *outbox, d store.Delivery, fresh, every bool) {
	r := o.byRoute[[2]string{d.Report, d.Channel}]
	held := d.Holder != "" && d.Until.After(o.now)
	switch {
	case held:
		p.soon(d.Until)
	case d.State != store.Pending && d.Due.After(o.now):
		f.undo(p, r, d)
	case d.State == store.Pending && r == nil:
		p.marks = append(p.marks, settled{given(d, "nothing in the configuration leads there any more"), &d})
	case r == nil:
	case d.State == store.Pending:
		f.retry(p, o, r, d, fresh)
	case d.State == store.Refused && !r.late(d.Due, o.now):
		if d.NotBefore.After(o.now) {
			p.soon(d.NotBefore)
		} else if r.muted() != "" {
			was := d
			d.State, d.Trouble = store.Silent, r.muted()
			p.marks = append(p.marks, settled{d, &was})
		} else if again, ok := f.parcelFor(o.from, r, d); ok {
			again.taken = true
			p.parcels = append(p.parcels, again)
		}
	case d.State == store.Delivered:
		f.amend(p, o, r, d, every)
	}
}

// given is a delivery that is given up: one that was there before and only could
// not be corrected stays delivered.
func given(d store.Delivery, why string) store.Delivery {
	if d.State = store.Missed; !d.Delivered.IsZero() {
		d.State = store.Delivered
	}
	if d.Trouble == "" || d.State == store.Missed && d.Attempts == 0 {
		d.Trouble = why
	}
	d.NotBefore, d.Sending = time.Time{}, d.Sending && d.State == store.Missed
	return d
}

// retry plans the next attempt at what has not arrived.
func (f *Fairlead) retry(p *plan, o *outbox, r *route, d store.Delivery, fresh bool) {
	was := d
	again, ok := f.parcelFor(o.from, r, d)
	switch {
	case !ok:
		p.marks = append(p.marks, settled{given(d, "this is no week"), &was})
	case r.muted() == "" && r.late(d.Due, o.now): // at once: a pause between attempts may be longer than what is left
		p.marks = append(p.marks, settled{given(d, "it could not be delivered within the time in which it is made up for (catch_up)"), &was})
	case d.NotBefore.After(o.now):
		p.soon(d.NotBefore)
	case d.NotBefore.Equal(d.Due) && !fresh: // put back by undo: it leaves as if for the first time
	case r.muted() != "":
		d.State, d.Trouble = store.Silent, r.muted()
		p.marks = append(p.marks, settled{d, &was})
	default:
		p.parcels = append(p.parcels, again)
	}
}

// undo puts back what a clock that was ahead had done before it was due. What
// readers would get twice stays as it is, and says so.
func (f *Fairlead) undo(p *plan, r *route, d store.Delivery) {
	was := d
	if r == nil {
		return
	}
	if d.State == store.Delivered && f.switchboard.media[r.from.Medium].again(r) == repeats {
		if d.Trouble == "" {
			d.Trouble = "it left before it was due, when the clock here was ahead, and may not tell the whole week"
			p.marks = append(p.marks, settled{d, &was})
		}
		return
	}
	d.State, d.NotBefore, d.Trouble = store.Pending, d.Due, ""
	p.marks = append(p.marks, settled{d, &was})
	p.soon(d.Due)
}

// amend plans a look at whether the latest report has changed since it was
// delivered, where the channel follows such changes.
func (f *Fairlead) amend(p *plan, o *outbox, r *route, d store.Delivery, every bool) {
	if f.switchboard.media[r.from.Medium].again(r) != follows || !every && o.now.Sub(d.Delivered) < correctedAfter {
		return
	}
	if d.Week != org.WeekOf(o.now, r.zone).Before(1).String() {
		return
	}
	if again, ok := f.parcelFor(o.from, r, d); ok {
		again.taken = true
		p.parcels = append(p.parcels, again)
	}
}

// parcelFor is the parcel of a delivery in the outbox; false when its week is none.
func (f *Fairlead) parcelFor(from *editions, r *route, d store.Delivery) (parcel, bool) {
	week, err := org.ParseWeek(d.Week, r.zone)
	if err != nil {
		return parcel{}, false
	}
	return f.parcelOf(from, r, week, d.Due), true
}

func (f *Fairlead) parcelOf(from *editions, r *route, week org.Week, due time.Time) parcel {
	via := f.switchboard.media[r.from.Medium]
	return parcel{
		key: r.key(week), due: due, medium: via, kind: string(r.from.Medium), repeats: via.again(r) == repeats,
		channel: func() (reports.Channel, error) { return f.switchboard.channel(r) },
		compose: func(ctx context.Context) (reports.Report, error) { return from.report(ctx, r, week) },
	}
}

// settle stores what needs no attempt.
func (f *Fairlead) settle(ctx context.Context, marks []settled) error {
	for _, m := range marks {
		if err := f.settleOne(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (f *Fairlead) settleOne(ctx context.Context, m settled) error {
	now, holder := f.clock.Now(), holderName()
	if m.was == nil {
		_, _, err := f.store.Claim(ctx, m.Delivery, holder, now, now)
		if err == nil {
			f.meters.count(kindOf(m.DeliveryKey), string(m.State))
		}
		return err
	}
	held, ours, err := f.store.Take(ctx, m.DeliveryKey, holder, now, now.Add(lease))
	if err != nil || !ours {
		return err
	}
	if held.State == m.was.State && held.Attempts == m.was.Attempts { // nobody was there meanwhile
		held = m.Delivery
		if m.State == store.Missed || m.State == store.Silent {
			f.meters.count(kindOf(m.DeliveryKey), string(m.State))
		}
	}
	held.Holder, held.Until = "", time.Time{}
	return f.store.SaveDelivery(ctx, holder, held)
}

// kindOf is the kind of channel that a delivery goes to.
func kindOf(k store.DeliveryKey) string {
	kind, _, _ := strings.Cut(k.Channel, ":")
	return kind
}

// isReminder tells nudges about findings from reports: they have a schedule of
// their own.
func isReminder(k store.DeliveryKey) bool { return strings.HasPrefix(k.Report, reminderReports) }
