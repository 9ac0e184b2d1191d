package daemon

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/store"
)

// The outbox makes each delivery happen once, whoever is killed when. Before a
// message leaves, it is stored that one is about to; each step that cannot be
// taken back is stored before the next; what was delivered is stored in the end.
// Whoever finds a delivery about to leave, whose holder's time has run out, does not
// know whether it arrived: the channel is told so and asks, or repeats it
// in a way that recipients see once.

// parcel is a report on its way to a channel.
type parcel struct {
	key     store.DeliveryKey
	due     time.Time
	taken   bool // take it whatever its state: a person asked, or it is corrected
	anew    bool // a person wants it sent, whatever may have arrived
	repeats bool // what is sent a second time arrives a second time
	medium  medium
	kind    string // the medium's name
	channel func() (reports.Channel, error)
	compose func(ctx context.Context) (reports.Report, error)
}

// The outcomes of an attempt. They are the words of the metrics too.
const (
	outcomeDelivered = "delivered" // it arrived
	outcomeCorrected = "corrected" // it was there before, and is as the report is now
	outcomeRetry     = "retry"     // something stood in the way: it is tried again
	outcomeRefused   = "refused"   // only a person can mend what stands in the way
	outcomeLost      = "lost"      // somebody else took it over meanwhile
	outcomeMissed    = "missed"    // too late to be caught up
	outcomeSilent    = "silent"    // whoever it is for has muted it
	outcomeNothing   = ""          // it was somebody else's, or not to be tried now
)

// outcome is what came of an attempt, and how the delivery stands.
type outcome struct {
	what string
	store.Delivery
	err error // why it did not arrive
}

// steps of a delivery, in order. Those of the channel come once for each part.
const (
	stepClaimed   = "claimed"
	stepSending   = "about to send"
	stepSent      = "sent, not recorded"
	stepRecorded  = "recorded"
	stepDone      = "all sent, not recorded as delivered"
	stepDelivered = "recorded as delivered"
)

// attempt is one try at a delivery, by somebody who holds it.
type attempt struct {
	f      *Fairlead
	parcel parcel
	holder string
	lose   context.CancelCauseFunc // ends the attempt once it is somebody else's

	mu       sync.Mutex
	d        store.Delivery // as stored
	over     bool           // it is let go, or lost: nothing is stored any more
	closed   bool           // nobody waits for the channel any more: it records nothing
	renewed  time.Time      // by the process's own clock
	recorded bool           // a receipt was stored in this attempt
}

// try makes one attempt. What it does is stored, so that an error is told in the
// outcome alone.
func (f *Fairlead) try(ctx context.Context, p parcel) outcome {
	a := &attempt{f: f, parcel: p, holder: holderName()}
	now := f.clock.Now()
	d, ours, err := a.claim(ctx, now)
	switch {
	case err != nil:
		return a.told(outcome{err: err})
	case !ours:
		return outcome{Delivery: d}
	}
	a.d, a.renewed = d, time.Now()
	f.reached(stepClaimed)
	return a.told(a.run(ctx))
}

// told counts the outcome, and takes out of its error what nobody may read.
func (a *attempt) told(o outcome) outcome {
	if o.err != nil {
		o.what = cmp.Or(o.what, outcomeRetry)
		o.err = &deliveryError{a.f.withoutSecrets(o.err.Error()), o.err}
	}
	a.f.meters.count(a.parcel.kind, o.what)
	return o
}

func (a *attempt) claim(ctx context.Context, now time.Time) (store.Delivery, bool, error) {
	until := now.Add(lease)
	if a.parcel.taken {
		d, ours, err := a.f.store.Take(ctx, a.parcel.key, a.holder, now, until)
		if !errors.Is(err, store.ErrNotFound) {
			return d, ours, err
		}
	}
	begun := store.Delivery{DeliveryKey: a.parcel.key, State: store.Pending, Due: a.parcel.due}
	return a.f.store.Claim(ctx, begun, a.holder, now, until)
}

// holderName is a name that no other attempt has, and says where it is made.
func holderName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "somewhere"
	}
	return fmt.Sprintf("%s, process %d, %s", host, os.Getpid(), rand.Text()[:8])
}

// deliveryID is the same for every attempt at a delivery, and different for all
// others.
func deliveryID(k store.DeliveryKey) string {
	sum := sha256.Sum256([]byte(k.Report + "\x00" + k.Week + "\x00" + k.Channel))
	return "fl-" + hex.EncodeToString(sum[:16])
}

// id is what the channel knows the sending by.
func (a *attempt) id(before store.Delivery) string {
	id := deliveryID(a.parcel.key)
	if a.parcel.medium.newEachTime && !before.Delivered.IsZero() {
		id += "-" + strconv.FormatInt(before.Delivered.UnixMicro(), 36)
	}
	return id
}

// run sends what is held.
func (a *attempt) run(ctx context.Context) outcome {
	held, lose := context.WithCancelCause(ctx)
	a.lose = lose
	before := a.d // nobody else looks at it yet
	renewing := make(chan struct{})
	go func() { defer close(renewing); a.renew(held) }()
	defer func() { lose(nil); <-renewing }()

	unsure := before.Sending && !a.parcel.anew
	report, channel, err := a.prepare(held)
	if err == nil {
		err = a.about()
	}
	switch {
	case errors.Is(err, errNothingToTell):
		return a.nothing(err)
	case err != nil:
		return a.end(ctx, err, unsure)
	}
	now := a.stored()
	if before.Delivered.IsZero() {
		// As its date: what is repeated is the same to the letter where nothing else
		// has changed.
		report.Made = now.First
	}
	a.f.reached(stepSending)
	receipt, err := a.send(held, channel, reports.Delivery{
		ID: a.id(before), Report: report, At: now.First, Unsure: unsure,
		Earlier: reports.Receipt{Place: now.Place, Ref: now.Ref, Digest: now.Digest},
	})
	if lost := context.Cause(held); errors.Is(lost, store.ErrLost) {
		err = lost
	}
	if err != nil {
		return a.end(ctx, err, unsure && !a.hasRecorded())
	}
	a.f.reached(stepDone)
	return a.arrived(receipt, !before.Delivered.IsZero())
}

// stored is the delivery as it was stored last.
func (a *attempt) stored() store.Delivery {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.d
}

// hasRecorded reports whether the channel recorded anything in this attempt.
func (a *attempt) hasRecorded() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.recorded
}

func (a *attempt) prepare(ctx context.Context) (reports.Report, reports.Channel, error) {
	channel, err := a.parcel.channel()
	if err != nil {
		return reports.Report{}, nil, err
	}
	report, err := a.parcel.compose(ctx)
	return report, channel, err
}

// about stores that a message is about to leave.
func (a *attempt) about() error {
	return a.save(func(d *store.Delivery, now time.Time) {
		if d.First.IsZero() {
			d.First = now.Truncate(time.Microsecond) // as it is stored
		}
		if a.parcel.anew {
			if a.parcel.medium.newEachTime && !d.Delivered.IsZero() {
				d.First = now.Truncate(time.Microsecond) // it is dated today
			}
			d.Place, d.Ref, d.Digest = "", "", ""
		}
		d.State, d.NotBefore = store.Pending, time.Time{}
		d.Attempts++
		d.Sending = true
		d.Until = now.Add(lease)
	})
}

// save changes what is stored, as long as it is ours.
func (a *attempt) save(change func(d *store.Delivery, now time.Time)) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over {
		return errors.New("the attempt is over")
	}
	d := a.d
	change(&d, a.f.clock.Now())
	// The end of the process must not keep from being stored what has happened.
	ctx, done := context.WithTimeout(context.Background(), storePatience)
	defer done()
	err := a.f.store.SaveDelivery(ctx, a.holder, d)
	switch {
	case err == nil:
		a.d, a.renewed, a.over = d, time.Now(), d.Holder == ""
	case errors.Is(err, store.ErrLost):
		a.over = true
		a.lose(err)
	}
	return err
}

// storePatience is how long it may take to store a step.
const storePatience = 30 * time.Second

// renew shows that the attempt goes on until ctx ends. Once the lease may be over
// without having been renewed, the attempt ends.
func (a *attempt) renew(ctx context.Context) {
	tick := time.NewTicker(lease / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := a.save(func(d *store.Delivery, now time.Time) { d.Until = now.Add(lease) })
		a.mu.Lock()
		silent := time.Since(a.renewed)
		a.mu.Unlock()
		if err != nil && silent > lease/2 {
			a.lose(fmt.Errorf("%w: the store could not be told that it goes on: %v", store.ErrLost, err)) //nolint:errorlint // one cause is enough
			return
		}
	}
}

// record stores a receipt before the channel goes on.
func (a *attempt) record(r reports.Receipt) error {
	a.f.reached(stepSent)
	a.mu.Lock()
	closed := a.closed
	a.mu.Unlock()
	if closed {
		return errNoAnswer
	}
	err := a.save(func(d *store.Delivery, now time.Time) {
		d.Place, d.Ref, d.Digest = r.Place, r.Ref, r.Digest
		d.Until = now.Add(lease)
	})
	if err != nil {
		return fmt.Errorf("record what was delivered: %w", err)
	}
	a.mu.Lock()
	a.recorded = true
	a.mu.Unlock()
	a.f.reached(stepRecorded)
	return nil
}

// errNoAnswer is what a channel comes to that takes longer than it may.
var errNoAnswer = errors.New("no answer in time")

// grace is how long a channel that was told to end may take to do so.
const grace = 10 * time.Second

// send hands the report to the channel, and stops waiting for one that does not
// end when it is told to.
func (a *attempt) send(ctx context.Context, to reports.Channel, d reports.Delivery) (reports.Receipt, error) {
	ctx, done := context.WithTimeoutCause(ctx, a.parcel.medium.timeout, errNoAnswer)
	defer done()
	type answer struct {
		receipt reports.Receipt
		err     error
	}
	answers := make(chan answer, 1)
	go func() {
		receipt, err := to.Deliver(ctx, d, a.record)
		answers <- answer{receipt, err}
	}()
	select {
	case got := <-answers:
		if got.err != nil && errors.Is(context.Cause(ctx), errNoAnswer) {
			got.err = fmt.Errorf("%w: %w", errNoAnswer, got.err)
		}
		return got.receipt, got.err
	case <-ctx.Done():
	}
	select {
	case got := <-answers:
		if got.err == nil {
			return got.receipt, nil // just in time
		}
		return got.receipt, errors.Join(context.Cause(ctx), got.err)
	case <-time.After(grace):
		a.mu.Lock()
		a.closed = true
		a.mu.Unlock()
		return reports.Receipt{}, context.Cause(ctx)
	}
}

// arrived stores that all is delivered.
func (a *attempt) arrived(r reports.Receipt, corrects bool) outcome {
	err := a.save(func(d *store.Delivery, now time.Time) {
		d.Place, d.Ref, d.Digest = r.Place, r.Ref, r.Digest
		d.State, d.Delivered, d.Trouble = store.Delivered, now, ""
		d.Sending, d.Holder, d.Until = false, "", time.Time{}
	})
	if err != nil {
		return outcome{what: a.whatOf(err), Delivery: a.stored(), err: fmt.Errorf("it arrived, and that could not be stored: %w", err)}
	}
	a.f.reached(stepDelivered)
	if corrects && !a.parcel.anew {
		return outcome{what: outcomeCorrected, Delivery: a.stored()}
	}
	return outcome{what: outcomeDelivered, Delivery: a.stored()}
}

// nothing stores that there is nothing to send.
func (a *attempt) nothing(why error) outcome {
	err := a.save(func(d *store.Delivery, _ time.Time) {
		d.State, d.Trouble = store.Silent, why.Error()
		d.Holder, d.Until, d.NotBefore = "", time.Time{}, time.Time{}
	})
	return outcome{what: outcomeSilent, Delivery: a.stored(), err: err}
}

// end stores what stood in the way and lets go. unsure says that even so a
// message of an earlier attempt may have arrived.
func (a *attempt) end(ctx context.Context, err error, unsure bool) outcome {
	a.mu.Lock()
	a.over = errors.Is(err, store.ErrLost)
	lost := a.over
	a.mu.Unlock()
	if lost {
		return outcome{what: outcomeLost, Delivery: a.stored(), err: err}
	}
	interrupted := ctx.Err() != nil
	stored := a.save(func(d *store.Delivery, now time.Time) {
		d.Holder, d.Until = "", time.Time{}
		if interrupted {
			return // not the channel's trouble: the next process goes on at once
		}
		d.Trouble = a.f.withoutSecrets(err.Error())
		d.State, d.NotBefore = afterTrouble(err, d, now)
		var refusal *reports.Refusal
		switch {
		case errors.As(err, &refusal):
			d.Sending = unsure || refusal.Unsure // it said no
		case isDelay(err):
			d.Sending = unsure // it said not now
		}
	})
	what := outcomeRetry
	if reports.IsRefusal(err) {
		what = outcomeRefused
	}
	return outcome{what: what, Delivery: a.stored(), err: errors.Join(err, stored)}
}

func (a *attempt) whatOf(err error) string {
	if errors.Is(err, store.ErrLost) {
		return outcomeLost
	}
	return outcomeRetry
}

// withoutSecrets takes secrets of the configuration out of a text. Channels show
// none; this is for the one that does all the same.
func (f *Fairlead) withoutSecrets(text string) string {
	var known []string
	for _, s := range f.secrets() {
		if secret := s.Reveal(); len(secret) > 3 {
			known = append(known, secret, "[secret]")
		}
	}
	text = strings.NewReplacer(known...).Replace(text)
	const longest = 2000
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return text
}
