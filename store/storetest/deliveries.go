package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store"
)

// lease is how long a claim lasts in these tests.
const lease = 2 * time.Minute

// toChannel is a delivery that is due on monday.
func toChannel(channel string) store.Delivery {
	return store.Delivery{
		DeliveryKey: store.DeliveryKey{Report: "payments team", Week: "2026-W45", Channel: channel},
		State:       store.Pending, Due: monday,
	}
}

// claim claims at a moment and fails when the store does not answer.
func claim(t *testing.T, st store.Store, d store.Delivery, holder string, now time.Time) (store.Delivery, bool) {
	t.Helper()
	stored, claimed, err := st.Claim(t.Context(), d, holder, now, now.Add(lease))
	must(t, err)
	return stored, claimed
}

// claimed is claim that must succeed.
func claimed(t *testing.T, st store.Store, d store.Delivery, holder string, now time.Time) store.Delivery {
	t.Helper()
	stored, ok := claim(t, st, d, holder, now)
	if !ok {
		t.Fatalf("%s did not get %+v", holder, stored)
	}
	return stored
}

func wantDeliveries(t *testing.T, st store.Store, from time.Time, want ...store.Delivery) {
	t.Helper()
	got, err := st.Deliveries(t.Context(), from)
	must(t, err)
	same(t, got, want)
}

func (s suite) deliveries(t *testing.T) {
	s.promise(t, "a delivery comes back as it was saved, to the last field", func(t *testing.T, st store.Store) {
		want := Fill[store.Delivery](rand.New(rand.NewPCG(11, 12)))
		d := want
		d.State = store.Pending
		claimed(t, st, d, want.Holder, monday)
		must(t, st.SaveDelivery(t.Context(), want.Holder, want))
		got, err := st.Delivery(t.Context(), want.DeliveryKey)
		must(t, err)
		same(t, got, want)
		wantDeliveries(t, st, time.Time{}, want)
	})
	s.promise(t, "every state is kept", func(t *testing.T, st store.Store) {
		for _, state := range []store.DeliveryState{store.Pending, store.Delivered, store.Refused, store.Missed, store.Silent} {
			d := claimed(t, st, toChannel(string(state)), "one", monday)
			d.State, d.Holder, d.Until = state, "", time.Time{}
			must(t, st.SaveDelivery(t.Context(), "one", d))
			got, err := st.Delivery(t.Context(), d.DeliveryKey)
			must(t, err)
			same(t, got, d)
			if _, again := claim(t, st, toChannel(string(state)), "two", monday); again != (state == store.Pending) {
				t.Errorf("one that is %s can be claimed: %v", state, again)
			}
		}
	})
	s.promise(t, "an outbox without anything in it is no error", func(t *testing.T, st store.Store) {
		wantDeliveries(t, st, time.Time{})
		for _, err := range []error{
			second(st.Delivery(t.Context(), toChannel("a").DeliveryKey)),
			second(first(st.Take(t.Context(), toChannel("a").DeliveryKey, "one", monday, monday))),
		} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("err = %v, want store.ErrNotFound", err)
			}
		}
		if err := st.SaveDelivery(t.Context(), "one", toChannel("a")); !errors.Is(err, store.ErrLost) {
			t.Errorf("err = %v, want store.ErrLost for what nobody claimed", err)
		}
		wantDeliveries(t, st, time.Time{})
	})
	t.Run("claiming", s.claiming)
	t.Run("many at once", s.claimingAtOnce)
	s.promise(t, "they come from a due moment on, latest first, those of a moment by report, week and channel", func(t *testing.T, st store.Store) {
		at := func(hours int, report, week, channel string) store.Delivery {
			return store.Delivery{
				DeliveryKey: store.DeliveryKey{Report: report, Week: week, Channel: channel}, State: store.Missed, Due: monday.Add(time.Duration(hours) * time.Hour),
			}
		}
		a, b, c := at(0, "growth team", "2026-W45", "b"), at(0, "payments team", "2026-W44", "a"), at(0, "payments team", "2026-W45", "a")
		d, e := at(0, "payments team", "2026-W45", "b"), at(5, "growth team", "2026-W45", "a")
		for _, one := range []store.Delivery{d, e, a, c, b} {
			if _, got := claim(t, st, one, "one", monday.Add(time.Hour)); got {
				t.Errorf("%s was claimed, which is missed", one.Channel)
			}
		}
		wantDeliveries(t, st, monday, e, a, b, c, d)
		wantDeliveries(t, st, monday.Add(time.Microsecond), e)
		wantDeliveries(t, st, monday.Add(6*time.Hour))
	})
	for what, text := range hostile {
		s.promise(t, what+" in every text of a delivery", func(t *testing.T, st store.Store) {
			d := store.Delivery{DeliveryKey: store.DeliveryKey{Report: text, Week: text, Channel: text}, State: store.Pending, Due: monday, Trouble: text}
			d = claimed(t, st, d, "holder "+text, monday)
			d.Place, d.Ref, d.Digest = text, text, text
			must(t, st.SaveDelivery(t.Context(), "holder "+text, d))
			wantDeliveries(t, st, monday, d)
		})
	}
}

func (s suite) claiming(t *testing.T) {
	s.promise(t, "a delivery is begun once, as it was first asked for", func(t *testing.T, st store.Store) {
		d := toChannel("a")
		d.Trouble = "told first"
		want := claimed(t, st, d, "one", monday)
		if want.State != store.Pending || !want.Due.Equal(monday) || want.Trouble != "told first" || want.Holder != "one" || !want.Until.Equal(monday.Add(lease)) {
			t.Errorf("begun as %+v", want)
		}
		d.State, d.Due, d.Trouble = store.Silent, monday.Add(time.Hour), "told later"
		if _, again := claim(t, st, d, "two", monday); again {
			t.Error("it was claimed twice")
		}
		wantDeliveries(t, st, time.Time{}, want)
	})
	s.promise(t, "nobody else gets it before its time has run out, and then somebody does", func(t *testing.T, st store.Store) {
		claimed(t, st, toChannel("a"), "one", monday)
		for _, c := range []struct {
			after time.Duration
			want  bool
		}{{0, false}, {lease - time.Microsecond, false}, {lease, true}} {
			if _, got := claim(t, st, toChannel("a"), "two", monday.Add(c.after)); got != c.want {
				t.Errorf("claimed after %s: %v, want %v", c.after, got, c.want)
			}
		}
	})
	s.promise(t, "who holds it gets it again", func(t *testing.T, st store.Store) {
		claimed(t, st, toChannel("a"), "one", monday)
		if d := claimed(t, st, toChannel("a"), "one", monday.Add(time.Minute)); !d.Until.Equal(monday.Add(time.Minute + lease)) {
			t.Errorf("held until %s, want the new end", d.Until)
		}
	})
	s.promise(t, "whoever lost it saves nothing", func(t *testing.T, st store.Store) {
		old := claimed(t, st, toChannel("a"), "one", monday)
		want := claimed(t, st, toChannel("a"), "two", monday.Add(lease))
		old.State, old.Place = store.Delivered, "written by the dead"
		for _, holder := range []string{"one", "", "three"} {
			if err := st.SaveDelivery(t.Context(), holder, old); !errors.Is(err, store.ErrLost) {
				t.Errorf("saved by %q: err = %v, want store.ErrLost", holder, err)
			}
		}
		wantDeliveries(t, st, time.Time{}, want)
	})
	s.promise(t, "whose time has run out may still save while nobody took it over", func(t *testing.T, st store.Store) {
		d := claimed(t, st, toChannel("a"), "one", monday)
		d.Ref, d.Until = "late", monday.Add(2*lease)
		must(t, st.SaveDelivery(t.Context(), "one", d))
		if _, got := claim(t, st, toChannel("a"), "two", monday.Add(lease)); got {
			t.Error("it was claimed within the time that was made longer")
		}
		wantDeliveries(t, st, time.Time{}, d)
	})
	s.promise(t, "one that is let go belongs to nobody", func(t *testing.T, st store.Store) {
		d := claimed(t, st, toChannel("a"), "one", monday)
		d.Holder, d.Until, d.Sending, d.Attempts = "", time.Time{}, true, 3
		must(t, st.SaveDelivery(t.Context(), "one", d))
		if err := st.SaveDelivery(t.Context(), "one", d); !errors.Is(err, store.ErrLost) {
			t.Errorf("err = %v, want store.ErrLost once it is let go", err)
		}
		if err := st.SaveDelivery(t.Context(), "", d); !errors.Is(err, store.ErrLost) {
			t.Errorf("err = %v, want store.ErrLost for nobody", err)
		}
		if again := claimed(t, st, toChannel("a"), "two", monday); !again.Sending || again.Attempts != 3 {
			t.Errorf("claimed as %+v, want what was saved", again)
		}
	})
	s.promise(t, "none is claimed before it may be tried again", func(t *testing.T, st store.Store) {
		d := claimed(t, st, toChannel("a"), "one", monday)
		d.Holder, d.Until, d.NotBefore = "", time.Time{}, monday.Add(time.Hour)
		must(t, st.SaveDelivery(t.Context(), "one", d))
		if _, got := claim(t, st, toChannel("a"), "two", monday.Add(time.Hour-time.Microsecond)); got {
			t.Error("it was claimed too early")
		}
		claimed(t, st, toChannel("a"), "two", monday.Add(time.Hour))
	})
	s.promise(t, "what a person asks for is taken in any state, but not from somebody else's hands", func(t *testing.T, st store.Store) {
		for _, state := range []store.DeliveryState{store.Pending, store.Delivered, store.Refused, store.Missed, store.Silent} {
			d := claimed(t, st, toChannel(string(state)), "one", monday)
			d.State, d.NotBefore = state, monday.Add(time.Hour)
			must(t, st.SaveDelivery(t.Context(), "one", d))
			if _, got, err := st.Take(t.Context(), d.DeliveryKey, "two", monday, monday.Add(lease)); err != nil || got {
				t.Errorf("%s: taken while it was held: %v, %v", state, got, err)
			}
			later := monday.Add(lease)
			got, taken, err := st.Take(t.Context(), d.DeliveryKey, "two", later, later.Add(lease))
			must(t, err)
			d.Holder, d.Until = "two", later.Add(lease)
			if same(t, got, d); !taken {
				t.Errorf("%s: it was not taken", state)
			}
		}
	})
}

// claimingAtOnce lets several stores in one place claim the same deliveries side
// by side, as replicas do.
func (s suite) claimingAtOnce(t *testing.T) {
	const replicas, channels = 4, 25
	place := s.newPlace(t)
	var got [channels]atomic.Int32
	var all sync.WaitGroup
	for r := range replicas {
		st := opened(t, place)
		for worker := range 2 {
			all.Go(func() {
				for n := range channels {
					holder := fmt.Sprintf("replica %d, worker %d", r, worker)
					d, ok, err := st.Claim(t.Context(), toChannel(fmt.Sprint(n)), holder, monday, monday.Add(lease))
					if err != nil {
						t.Error(err)
						return
					}
					if !ok {
						continue
					}
					got[n].Add(1)
					d.State, d.Holder, d.Place = store.Delivered, "", holder
					if err := st.SaveDelivery(t.Context(), holder, d); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	for n := range channels {
		if times := got[n].Load(); times != 1 {
			t.Errorf("delivery %d was claimed %d times, want once", n, times)
		}
	}
	stored, err := opened(t, place).Deliveries(t.Context(), time.Time{})
	must(t, err)
	for _, d := range stored {
		if d.State != store.Delivered || d.Place == "" || d.Holder != "" {
			t.Errorf("stored as %+v, want it delivered and let go", d)
		}
	}
	if len(stored) != channels {
		t.Errorf("%d deliveries, want %d", len(stored), channels)
	}
}

// first drops the middle of three results.
func first(d store.Delivery, _ bool, err error) (store.Delivery, error) { return d, err }

func second(_ store.Delivery, err error) error { return err }
