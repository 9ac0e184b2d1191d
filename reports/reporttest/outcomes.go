package reporttest

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/reports"
)

func crowded(t *testing.T, h Harness) {
	r := reports.Build(Crowded(2000))
	place := deliver(t, h, r)
	if got := h.Delivered(t)[place]; !strings.Contains(got, r.Headline) {
		t.Errorf("at %q stands %.200q, want something with %q", place, got, r.Headline)
	}
}

func previewed(t *testing.T, h Harness) {
	d := parcel(reports.Build(Hostile()))
	p, err := h.Channel.Preview(d)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.To) == 0 || len(p.Parts) == 0 {
		t.Errorf("the preview goes to %q with %d parts", p.To, len(p.Parts))
	}
	hand(t, h, d)
	if h.Sent == nil {
		return
	}
	sent := h.Sent(t)
	for _, part := range p.Parts {
		if got, is := sent[part.Name]; is && !bytes.Equal(got, part.Content) {
			t.Errorf("%s was sent as\n%s\nand previewed as\n%s", part.Name, got, part.Content)
		}
		delete(sent, part.Name)
	}
	for name := range sent {
		t.Errorf("%s was sent, and the preview does not show it", name)
	}
}

func previewSendsNothing(t *testing.T, h Harness) {
	if _, err := h.Channel.Preview(parcel(reports.Build(NormalWeek()))); err != nil {
		t.Fatal(err)
	}
	if found := h.Delivered(t); len(found) > 0 {
		t.Errorf("the preview delivered %q", found)
	}
}

func keepsSecrets(t *testing.T, h Harness) {
	p, err := h.Channel.Preview(parcel(reports.Build(NormalWeek())))
	if err != nil {
		t.Fatal(err)
	}
	receipt := hand(t, h, parcel(reports.Build(NormalWeek())))
	h.hides(t, h.Channel.Name(), fmt.Sprintf("%v %+v %#v", h.Channel, h.Channel, h.Channel), fmt.Sprintf("%s", p), fmt.Sprintf("%+v", receipt))
}

// hides looks for secrets in texts.
func (h Harness) hides(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		for _, secret := range h.Secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%q holds the secret %q", text, secret)
			}
		}
	}
}

// trouble wants an error that tells an operator something, and no secret.
func trouble(t *testing.T, h Harness, name string) {
	h.Troubles[name](t)
	_, err := h.Channel.Deliver(t.Context(), parcel(reports.Build(NormalWeek())), keep)
	if err == nil {
		t.Fatal("it was delivered all the same")
	}
	h.hides(t, err.Error(), fmt.Sprintf("%+v %#v", err, err))
	if refusal := (*reports.Refusal)(nil); errors.As(err, &refusal) && refusal.Fix == "" {
		t.Errorf("%v: nothing says what to do", err)
	}
	if strings.Contains(err.Error(), "%!") || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("err = %q", err)
	}
}

var errCrash = errors.New("the process ended here")

// outbox is what a store keeps of one delivery.
type outbox struct {
	latest  reports.Receipt
	crashAt int  // the how-manieth receipt the process ends at; 0: none
	stored  bool // whether that one was stored before
	seen    int
}

func (o *outbox) record(r reports.Receipt) error {
	o.seen++
	crash := o.seen == o.crashAt
	if !crash || o.stored {
		o.latest = r
	}
	if crash {
		return errCrash
	}
	return nil
}

// crashes ends the process at every receipt, before and after it is stored, and
// delivers again with what was stored: what readers find is what an undisturbed
// delivery leaves.
func crashes(t *testing.T, open func(t *testing.T) Harness) {
	d := parcel(reports.Build(ForTheEM()))
	calm, steps := open(t), &outbox{}
	if _, err := calm.Channel.Deliver(t.Context(), d, steps.record); err != nil {
		t.Fatal(err)
	}
	want := texts(calm.Delivered(t))
	for n := 1; n <= steps.seen; n++ {
		for _, stored := range []bool{false, true} {
			h, o := open(t), &outbox{crashAt: n, stored: stored}
			if _, err := h.Channel.Deliver(t.Context(), d, o.record); !errors.Is(err, errCrash) {
				t.Fatalf("step %d of %d: err = %v, want the one of the store", n, steps.seen, err)
			}
			again := d
			again.Earlier, again.Unsure = o.latest, true
			o.insist(t, h, again)
			if got := texts(h.Delivered(t)); !slices.Equal(got, want) {
				t.Errorf("after a crash at step %d of %d (stored: %v) there is\n%q, want\n%q", n, steps.seen, stored, got, want)
			}
		}
	}
}

// insist delivers until nothing asks for another attempt any more, as a daemon
// does: it forgets that an attempt was unsure once it knows how that ended.
func (o *outbox) insist(t *testing.T, h Harness, d reports.Delivery) {
	t.Helper()
	for range 5 {
		_, err := h.Channel.Deliver(t.Context(), d, o.record)
		switch {
		case err == nil, h.Unasked && reports.IsRefusal(err):
			return
		case reports.IsRefusal(err):
			t.Fatalf("it was refused: %v", err)
		}
		d.Earlier, d.Unsure = o.latest, false
	}
	t.Fatal("five attempts did not deliver it")
}

// lost lets the message arrive and the answer get lost.
func lost(t *testing.T, h Harness) {
	if h.Lose == nil {
		return
	}
	d, o := parcel(reports.Build(NormalWeek())), &outbox{}
	h.Lose(t)
	_, err := h.Channel.Deliver(t.Context(), d, o.record)
	if err == nil {
		t.Fatal("the lost answer was not noticed")
	}
	h.hides(t, err.Error())
	d.Earlier, d.Unsure = o.latest, true
	o.insist(t, h, d)
	if found := h.Delivered(t); len(found) != 1 || !strings.Contains(joined(found), d.Report.Headline) {
		t.Errorf("delivered %q, want one text with %q", found, d.Report.Headline)
	}
}

// texts are what was delivered wherever, in order.
func texts(found map[string]string) []string { return slices.Sorted(maps.Values(found)) }
