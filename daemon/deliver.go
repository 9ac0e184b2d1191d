package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/store"
)

// Written is one report that was delivered.
type Written struct {
	Team  string `json:"team"` // empty for the organisation's and a leader's
	Week  string `json:"week"`
	For   string `json:"for"`
	Place string `json:"place"`
	// Channel is where it went, as the outbox names it.
	Channel string `json:"channel"`
	// Corrected is set when it had been delivered before and is now as the report is.
	Corrected bool `json:"corrected,omitempty"`
}

// deliverDue makes an attempt at everything that is due, and looks whether what
// was delivered last has to be corrected. What stood in the way of one does not
// hold up the others; all of it is in the error.
func (f *Fairlead) deliverDue(ctx context.Context) ([]Written, error) {
	p, err := f.planNow(ctx, true, true)
	if err != nil {
		return nil, err
	}
	marked := f.settle(ctx, p.marks)
	written, err := written(ctx, f.dispatchAll(ctx, p.parcels))
	return written, errors.Join(marked, err)
}

// deliver brings every report of the week to every configured channel that has
// not got it, due or not, and corrects it where a channel follows corrections. A
// week that is not over is only told where it can be corrected.
func (f *Fairlead) deliver(ctx context.Context, weekName string) ([]Written, error) {
	all, err := f.askedFor(ctx, weekName, nil)
	if err != nil {
		return nil, err
	}
	var parcels []parcel
	var marks []settled
	for _, a := range all {
		again := f.switchboard.media[a.from.Medium].again(a.route)
		switch {
		case a.running && again != follows:
		case a.muted() != "":
			fresh := store.Delivery{DeliveryKey: a.parcel.key, Due: a.parcel.due, State: store.Silent, Trouble: a.muted()}
			marks = append(marks, settled{fresh, nil}) // one that is there stays as it is
		case a.stored.State == store.Silent || a.stored.State == store.Delivered && again != follows:
		default:
			parcels = append(parcels, a.parcel)
		}
	}
	marked := f.settle(ctx, marks)
	written, err := written(ctx, f.dispatchAll(ctx, parcels))
	return written, errors.Join(marked, err)
}

// asking is a route that somebody asked for, whatever its schedule.
type asking struct {
	*route
	week    org.Week
	running bool           // the week is not over
	stored  store.Delivery // as it stands in the outbox; without a state: not at all
	parcel  parcel
}

// askedFor are the routes of a week, those that wanted takes; all when it is nil.
func (f *Fairlead) askedFor(ctx context.Context, weekName string, wanted func(*route) bool) ([]asking, error) {
	now := f.clock.Now()
	routes, err := f.routes(now)
	if err != nil {
		return nil, err
	}
	var out []asking
	from := f.newEditions()
	for i := range routes {
		r := &routes[i]
		if wanted != nil && !wanted(r) {
			continue
		}
		week, err := f.weekNamed(weekName, r.zone)
		if err != nil {
			return nil, err
		}
		if !r.existed(week) {
			continue
		}
		a := asking{route: r, week: week, running: week.End.After(now)}
		a.stored, err = f.store.Delivery(ctx, r.key(week))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		a.parcel = f.parcelOf(from, r, week, dueOnRequest(r, week, now))
		a.parcel.taken = true
		out = append(out, a)
	}
	return out, nil
}

// dueOnRequest is when a report is due that somebody asks for: when its schedule
// says, unless that was too long ago.
func dueOnRequest(r *route, week org.Week, now time.Time) time.Time {
	due := r.when.due(week)
	if due.IsZero() || r.late(due, now) {
		return now
	}
	return due
}

// written tells what arrived, and in the error what did not.
func written(ctx context.Context, outcomes []outcome) ([]Written, error) {
	var out []Written
	var all []error
	for _, o := range outcomes {
		if o.err != nil {
			all = append(all, notArrived(o))
			continue
		}
		if o.what == outcomeDelivered || o.what == outcomeCorrected {
			team, reader := readBy(o.Report)
			out = append(out, Written{Team: team, Week: o.Week, For: reader, Place: o.Place, Channel: o.Channel, Corrected: o.what == outcomeCorrected})
		}
	}
	slices.SortFunc(out, func(a, b Written) int {
		return cmp.Or(cmp.Compare(a.Team, b.Team), cmp.Compare(a.For, b.For), cmp.Compare(a.Channel, b.Channel))
	})
	slices.SortFunc(all, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	if ctx.Err() != nil {
		all = append(all, ctx.Err())
	}
	return out, errors.Join(all...)
}

// notArrived says which report did not arrive, why, and what happens now.
func notArrived(o outcome) error {
	what := fmt.Sprintf("report of %s to %s", whoseReport(o.Report), o.Channel)
	if o.Channel == "" {
		return o.err
	}
	var refusal *reports.Refusal
	switch {
	case errors.As(o.err, &refusal) && refusal.Unsure:
		return fmt.Errorf("%s: %w\n\tto have it sent then: %s", what, o.err, retryLine(o.DeliveryKey))
	case o.what == outcomeRefused:
		return fmt.Errorf("%s: %w\n\tit is tried again once a day; sooner with: %s", what, o.err, retryLine(o.DeliveryKey))
	case !o.NotBefore.IsZero():
		return fmt.Errorf("%s: %w\n\tit is tried again from %s on", what, o.err, moment(o.NotBefore))
	}
	return fmt.Errorf("%s: %w", what, o.err)
}

// deliveryError is why something did not arrive, in words that hold no secret.
type deliveryError struct {
	text string
	err  error
}

func (e *deliveryError) Error() string { return e.text }
func (e *deliveryError) Unwrap() error { return e.err }

// leaderReport is what the names of letters to leaders begin with; the person's id
// follows.
const leaderReport = "leader "

// readBy is whose week a report tells, and who reads it, by its name: "payments em"
// is a team's for its EM. Of a letter to a leader, and of the organisation's report,
// the team is empty. A team's id may have spaces, and begins with none of the words
// that other reports are known by: org sees to that.
func readBy(report string) (team, reader string) {
	if leader, is := strings.CutPrefix(report, leaderReport); is {
		return "", leader
	}
	if at := strings.LastIndexByte(report, ' '); at >= 0 && !strings.HasPrefix(report, reminderReports) {
		return report[:at], report[at+1:]
	}
	return "", report
}

// whoseReport reads "payments em" as a person would say it.
func whoseReport(report string) string {
	team, reader := readBy(report)
	switch {
	case strings.HasPrefix(report, commentReport):
		return "comment on what " + strings.TrimPrefix(report, commentReport) + " is about"
	case team == "":
		return report
	case reader == config.OfTeam:
		return team
	}
	return team + " for " + reader
}

// retryLine is the command that tries a delivery again.
func retryLine(k store.DeliveryKey) string {
	return fmt.Sprintf("fairlead deliveries retry %s %s %s", shellWord(k.Report), k.Week, shellWord(k.Channel))
}

// shellWord quotes a text for a shell, which would put a secret in the place of
// ${NAME} between double quotes.
func shellWord(text string) string {
	if strings.ContainsAny(text, "$`\"\\!") {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	return `"` + text + `"`
}

// nextDue is the first moment at which a report leaves that is not due yet; zero
// when there is none.
func (f *Fairlead) nextDue(now time.Time) time.Time {
	routes, err := f.routes(now)
	if err != nil {
		return time.Time{} // said where reports are delivered
	}
	var next time.Time
	for i := range routes {
		if at := routes[i].when.next(now); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}

// postman delivers beside the other work of fairlead serve, so that a channel
// that hangs holds up no reading and no other channel.
type postman struct {
	f     *Fairlead
	begin func(ctx context.Context, all []parcel, again chan<- struct{})
	fresh chan struct{} // tickets and ledger are up to date
	ended chan struct{}
}

// startPostman begins deliveries by begin, which tells again when they have ended.
func (f *Fairlead) startPostman(ctx context.Context, begin func(ctx context.Context, all []parcel, again chan<- struct{})) *postman {
	p := &postman{f: f, begin: begin, fresh: make(chan struct{}, 1), ended: make(chan struct{})}
	go p.work(ctx)
	return p
}

// post has everything delivered that is due now.
func (p *postman) post() {
	select {
	case p.fresh <- struct{}{}:
	default: // one look is as good as two
	}
}

// wait returns once nothing is under way any more.
func (p *postman) wait() { <-p.ended }

func (p *postman) work(ctx context.Context) {
	defer close(p.ended)
	defer p.f.lanes.all.Wait()
	again := make(chan struct{}, 1)
	for fresh := false; ctx.Err() == nil; {
		fresh = p.until(ctx, p.look(ctx, fresh, again), again)
	}
}

// until waits for the moment, the end of a round or news, and tells whether it
// was news.
func (p *postman) until(ctx context.Context, next time.Time, again <-chan struct{}) (fresh bool) {
	var wake <-chan time.Time
	if !next.IsZero() {
		timer := time.NewTimer(max(next.Sub(p.f.clock.Now()), time.Second))
		defer timer.Stop()
		wake = timer.C
	}
	select {
	case <-p.fresh:
		return true
	case <-ctx.Done():
	case <-again:
	case <-wake:
	}
	return false
}

// look begins what can be begun and tells when there will be more.
func (p *postman) look(ctx context.Context, fresh bool, again chan<- struct{}) time.Time {
	plan, err := p.f.planNow(ctx, fresh, false)
	if err == nil {
		err = p.f.settle(ctx, plan.marks)
	}
	if err != nil {
		if ctx.Err() == nil {
			p.f.log.Error("the outbox could not be read; it is tried again in a minute", zap.Error(err))
		}
		return p.f.clock.Now().Add(time.Minute)
	}
	p.begin(ctx, plan.parcels, again)
	return plan.next
}

// beginAll begins the deliveries of one look, and records the round once all
// have ended.
func (f *Fairlead) beginAll(ctx context.Context, all []parcel, again chan<- struct{}) {
	ctx, f, end := f.beginRun(ctx, runDeliver)
	started := f.clock.Now()
	r := f.dispatch(ctx, all)
	if r.begun == 0 {
		return // nothing was to be done, which is no run
	}
	f.lanes.all.Go(func() {
		r.left.Wait()
		written, err := written(ctx, r.outcomes)
		end(err)
		if len(r.outcomes) > 0 {
			if err := f.saveRun(ctx, reportRun(started, f.clock.Now(), len(written), err)); err != nil {
				f.log.Error("the round of deliveries could not be recorded", zap.Error(err))
			}
		}
		select {
		case again <- struct{}{}:
		default:
		}
	})
}

// logOutcome tells the log what came of an attempt.
func (f *Fairlead) logOutcome(ctx context.Context, o outcome) {
	about := []zap.Field{zap.String("report", o.Report), zap.String("week", o.Week), zap.String("channel", o.Channel)}
	switch {
	case ctx.Err() != nil || o.what == outcomeNothing:
	case o.err != nil:
		f.log.Warn("report not delivered", append(about, zap.String("outcome", o.what), zap.String("trouble", o.err.Error()), zap.Time("again", o.NotBefore))...)
	default:
		f.log.Info("report delivered", append(about, zap.String("outcome", o.what), zap.String("place", o.Place))...)
	}
}
