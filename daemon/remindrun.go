package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// round of reminders: what is to be sent now, and why other things are not.
type reminders struct {
	reminding
	letters  [][]nudge // one a person
	unclear  []unclear // messages of earlier days that may have arrived
	comments []comment
	rest     []quiet
}

// unclear is a message of an earlier day that may have arrived and may not.
type unclear struct {
	store.Delivery
	list []nudge // what of it is still to be told
}

// decide reads everything and decides who is reminded of what now.
func (f *Fairlead) decide(ctx context.Context) (*reminders, error) {
	f, err := f.steady(ctx)
	if err != nil {
		return nil, err
	}
	now := f.now()
	book, err := f.readLedger(ctx)
	if err != nil {
		return nil, err
	}
	frozen, err := f.frozenNow(ctx, now)
	if err != nil {
		return nil, err
	}
	all, err := f.store.Deliveries(ctx, now.Add(-outboxLookedBack))
	if err != nil {
		return nil, err
	}
	owners := &ownerFinder{ctx: ctx, store: f.store, dir: f.cfg().Directory, found: map[finding.ID]owner{}}
	r := &reminders{reminding: reminding{
		ledger: book.findings, agreed: f.book().Adopted, dir: f.cfg().Directory, frozen: frozen, silent: keptBack(book.silent()),
		owner: owners.of, reach: f.reach, sent: sentReminders(all), now: now,
	}}
	due, rest := r.nudges()
	r.part(due)
	r.rest = append(r.rest, rest...)
	r.comments = f.commentsDue(&r.reminding)
	return r, owners.err
}

// part makes messages of what is due: those that may have arrived already first,
// and none to whom such a one is still to be cleared up with.
func (r *reminders) part(due []nudge) {
	fresh := due[:0:0]
	for len(due) > 0 {
		n := 1
		for n < len(due) && due[n].to == due[0].to {
			n++
		}
		mine := due[:n]
		due = due[n:]
		if old := r.sent.unsure(mine[0].to, mine[0].day(r.now)); len(old) > 0 {
			o := unclear{Delivery: old[0]}
			channel, _ := r.reach(mine[0].to)
			for _, m := range mine {
				if channel == o.Channel && r.sent.planned(&m, o.Report) {
					o.list = append(o.list, m)
				}
			}
			r.unclear = append(r.unclear, o)
			r.rest = append(r.rest, withheld(mine, "waits until it is known whether the message of "+dayOf(old[0].Report)+" arrived")...)
			continue
		}
		fresh = append(fresh, mine...)
	}
	messages, rest := letters(fresh, r.sent, r.now)
	r.letters, r.rest = messages, append(r.rest, rest...)
}

func dayOf(message string) string {
	_, day := messageTo(message)
	return day
}

// frozenNow says of a finding why nothing can be concluded about it now: its
// source was not read lately, or its rule could not be evaluated.
func (f *Fairlead) frozenNow(ctx context.Context, now time.Time) (func(*finding.Finding) string, error) {
	fresh, err := f.freshSources(ctx, now)
	if err != nil {
		return nil, err
	}
	stopped, err := f.stoppedRules(ctx)
	if err != nil {
		return nil, err
	}
	return func(e *finding.Finding) string {
		source := e.Subject.Source
		switch {
		case stopped[e.Rule] != "":
			return "frozen: its rule could not be evaluated"
		case fresh[source]:
			return ""
		case source == everySource:
			return "frozen: not every source could be read lately"
		}
		return "frozen: " + rules.OneLine(source) + " could not be read lately"
	}, nil
}

// ownerFinder finds whose the ticket is that a finding is about. It reads each once;
// the first fault ends all answers and is kept.
type ownerFinder struct {
	ctx   context.Context //nolint:containedctx // lives for one decision
	store store.Store
	dir   *org.Directory
	found map[finding.ID]owner
	err   error
}

func (o *ownerFinder) of(f *finding.Finding) owner {
	if f.Subject.Kind != finding.AboutTicket || o.err != nil {
		return owner{}
	}
	if known, asked := o.found[f.ID]; asked {
		return known
	}
	var out owner
	t, err := o.store.Ticket(o.ctx, f.Subject.Source, ticket.Ref{ID: f.Subject.ID})
	switch {
	case errors.Is(err, store.ErrNotFound):
		out.gone = true
	case err != nil:
		o.err = fmt.Errorf("read %s: %w", f.Subject.Key, err)
	default:
		p, _ := o.dir.Resolve(t.Tracker, t.Assignee.ID, t.Assignee.Email)
		out.person = p.ID
	}
	o.found[f.ID] = out
	return out
}

// Remind sends the reminders that are due now, and leaves the comments that go
// with them. What cannot be sent is tried again in the next round; no comment holds
// up a reminder.
func (f *Fairlead) Remind(ctx context.Context) (out Reminded, err error) {
	ctx, f, end := f.beginRun(ctx, runRemind)
	defer func() { end(err) }()
	return f.remindAll(ctx)
}

func (f *Fairlead) remindAll(ctx context.Context) (Reminded, error) {
	r, err := f.decide(ctx)
	if err != nil {
		return Reminded{}, err
	}
	if err := f.settle(ctx, r.marks()); err != nil {
		return Reminded{}, err
	}
	out := r.shown(f)
	sent, err := f.sendReminders(ctx, r)
	said, troubled := f.leaveComments(ctx, r)
	f.logComments(said)
	out.note(sent, said)
	return out, errors.Join(err, troubled)
}

// RemindersDue tells what Remind would do now, and changes nothing.
func (f *Fairlead) RemindersDue(ctx context.Context) (Reminded, error) {
	r, err := f.decide(ctx)
	if err != nil {
		return Reminded{}, err
	}
	return r.shown(f), nil
}

// sendReminders sends every message, and stores which turns they took.
func (f *Fairlead) sendReminders(ctx context.Context, r *reminders) ([]outcome, error) {
	var parcels []parcel
	messages := map[store.DeliveryKey]*message{}
	add := func(m *message) error {
		p, err := f.messageParcel(m, r)
		if err == nil {
			parcels, messages[p.key] = append(parcels, p), m
		}
		return err
	}
	for _, o := range r.unclear {
		if len(o.list) == 0 {
			continue
		}
		if err := add(&message{key: o.DeliveryKey, due: o.Due, list: o.list}); err != nil {
			return nil, err
		}
	}
	for _, list := range r.letters {
		channel, _ := f.reach(list[0].to)
		key := store.DeliveryKey{Report: messageName(list[0].to, list[0].day(r.now)), Week: list[0].week.String(), Channel: channel}
		if err := add(&message{key: key, due: r.now, list: list}); err != nil {
			return nil, err
		}
	}
	outcomes := f.dispatchAll(ctx, parcels)
	var all []error
	for _, o := range outcomes {
		if o.State == store.Delivered {
			all = append(all, f.turnsTaken(ctx, messages[o.DeliveryKey].told, o.Delivery))
		}
		if o.err != nil {
			all = append(all, fmt.Errorf("%s: %w", o.Report, o.err))
		}
	}
	return outcomes, errors.Join(all...)
}

// message is one to a person: what it is to tell, and what it told.
type message struct {
	key  store.DeliveryKey
	due  time.Time
	list []nudge
	told []nudge
}

// messageParcel is a message on its way to a person. Turns are taken once the
// message is held, so that nobody else is at them.
func (f *Fairlead) messageParcel(m *message, r *reminders) (parcel, error) {
	to, err := f.personal(m.list[0].to)
	if err != nil {
		return parcel{}, err
	}
	return parcel{
		key: m.key, due: m.due, medium: f.switchboard.media[to.from.Medium], kind: string(to.from.Medium),
		channel: func() (reports.Channel, error) { return f.switchboard.channel(to) },
		compose: func(ctx context.Context) (reports.Report, error) {
			told, err := f.takeTurns(ctx, r, m.key.Report, m.list)
			if err != nil {
				return reports.Report{}, err
			}
			if m.told = told; len(told) == 0 {
				return reports.Report{}, fmt.Errorf("%w: others were told of it meanwhile", errNothingToTell)
			}
			return reminderReport(told, r.now, f.linkTo(findingsPath)), nil
		},
	}, nil
}

// takeTurns writes down which message tells of which finding before it leaves, so
// that whoever goes on after a crash knows. What another message tells of is left
// out.
func (f *Fairlead) takeTurns(ctx context.Context, r *reminders, message string, list []nudge) ([]nudge, error) {
	var out []nudge
	for _, n := range list {
		taken := 0
		for _, t := range n.whose {
			ok, err := f.keepTurn(ctx, turnKey(n.about.ID, n.week, t), r.now, func(d *store.Delivery) bool {
				free := d.Ref == "" || d.Ref == message || !r.sent.underWay(d.Ref, r.now)
				if free {
					d.Ref = message
				}
				return free
			})
			if err != nil {
				return nil, err
			}
			if ok {
				taken++
			}
		}
		if taken > 0 {
			out = append(out, n)
		}
	}
	return out, nil
}

// turnsTaken stores that the message arrived.
func (f *Fairlead) turnsTaken(ctx context.Context, list []nudge, message store.Delivery) error {
	for _, n := range list {
		for _, t := range n.whose {
			_, err := f.keepTurn(ctx, turnKey(n.about.ID, n.week, t), message.Delivered, func(d *store.Delivery) bool {
				d.State, d.Delivered, d.Ref, d.Place = store.Delivered, message.Delivered, message.Report, message.Place
				return true
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// keepTurn changes the entry of a turn that is not taken yet, while nobody else
// does. ok tells whether it was changed.
func (f *Fairlead) keepTurn(ctx context.Context, key store.DeliveryKey, now time.Time, change func(*store.Delivery) bool) (ok bool, err error) {
	holder := holderName()
	d, ours, err := f.store.Claim(ctx, store.Delivery{DeliveryKey: key, State: store.Pending, Due: now}, holder, f.now(), f.now().Add(lease))
	if err != nil || !ours {
		return false, err
	}
	ok = change(&d)
	d.Holder, d.Until = "", time.Time{}
	return ok, f.store.SaveDelivery(ctx, holder, d)
}

// marks are the entries of earlier days that nothing will come of any more.
func (r *reminders) marks() []settled {
	wanted := map[string]bool{}
	for _, message := range r.letters {
		wanted[messageName(message[0].to, message[0].day(r.now))] = true
	}
	for _, o := range r.unclear {
		wanted[o.Report] = len(o.list) > 0
	}
	open := map[string]bool{}
	for i := range r.ledger {
		if r.ledger[i].State == finding.Open {
			open[turnReport+string(r.ledger[i].ID)], open[commentReport+string(r.ledger[i].ID)] = true, true
		}
	}
	var out []settled
	for name, all := range r.sent {
		for _, d := range all {
			if m, over := r.over(name, d, wanted, open); over {
				out = append(out, m)
			}
		}
	}
	slices.SortFunc(out, func(a, b settled) int { return strings.Compare(a.Report+a.Channel, b.Report+b.Channel) })
	return out
}

// over decides about one entry.
func (r *reminders) over(name string, d store.Delivery, wanted, open map[string]bool) (settled, bool) {
	if d.State != store.Pending && d.State != store.Refused || d.Holder != "" && d.Until.After(r.now) {
		return settled{}, false
	}
	was := d
	var why string
	person, _ := messageTo(name)
	switch {
	case strings.HasPrefix(name, turnReport) && r.sent.arrived(d.Ref):
		d.State, d.Delivered = store.Delivered, r.now
		return settled{d, &was}, true
	case person != "" && !wanted[name] && r.now.Sub(d.Due) > (remindTo-remindFrom)*time.Hour:
		why = "its day is over; what is still open is told with the next one"
	case strings.HasPrefix(name, turnReport) && !open[name], strings.HasPrefix(name, commentReport) && !open[name]:
		why = "there is nothing to remind of any more"
	case strings.HasPrefix(name, turnReport) && r.now.Sub(d.Due) > aWeek:
		why = "its week is over"
	default:
		return settled{}, false
	}
	return settled{given(d, why), &was}, true
}

// remind is a round of reminders of fairlead serve: what stood in the way is
// logged, and the next round tries again.
func (f *Fairlead) remind(ctx context.Context) error {
	r, err := f.Remind(ctx)
	if err != nil && ctx.Err() == nil {
		f.log.Warn("not every reminder could be sent; the next round tries again", zap.String("trouble", f.withoutSecrets(err.Error())))
	}
	for _, m := range r.Messages {
		if m.Delivered {
			f.log.Info("reminded", zap.String("channel", m.Channel), zap.Int("findings", len(m.Findings)))
		}
	}
	return err
}

// remembrancer reminds people beside the other work of fairlead serve, so that a
// channel that hangs holds up no reading.
type remembrancer struct {
	fresh chan struct{} // tickets and ledger are up to date
	ended chan struct{}
}

func (f *Fairlead) startReminding(ctx context.Context) *remembrancer {
	r := &remembrancer{fresh: make(chan struct{}, 1), ended: make(chan struct{})}
	go func() {
		defer close(r.ended)
		for {
			select {
			case <-r.fresh:
				_ = f.remind(ctx) // it is logged
			case <-ctx.Done():
				return
			}
		}
	}()
	return r
}

// post has everybody reminded of what is due now.
func (r *remembrancer) post() {
	select {
	case r.fresh <- struct{}{}:
	default: // one look is as good as two
	}
}

// wait returns once nothing is under way any more.
func (r *remembrancer) wait() { <-r.ended }

// nextReminders is the next beginning of a working day in a team that has agreed to
// be reminded of something; zero when none has.
func (f *Fairlead) nextReminders(now time.Time) time.Time {
	var next time.Time
	teams := f.cfg().Directory.Teams()
	for i := range teams {
		if at := opens(&teams[i], now); f.reminds(&teams[i]) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}
