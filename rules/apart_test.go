package rules_test

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"runtime"
	"testing"

	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/rules/ruletest"
	"github.com/fairlead-dev/fairlead/ticket"
)

// by runs with so many processors.
func by(t *testing.T, processors int) {
	t.Helper()
	before := runtime.GOMAXPROCS(processors)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

func TestWhatIsNoticedDoesNotDependOnTheNumberOfProcessors(t *testing.T) {
	work, dir, now := load(t, 3000)
	breaks, err := rules.Parse("breaks.yaml", []byte(`
id: breaks
fault_line: memory
title: Breaks at some tickets
scope: ticket
when: |
  ticket.needs / (ticket.key.endsWith("77") ? 0 : 1) > 0
promise: It breaks
message: "{ticket.key} broke."
ask: Why?
severity: info
audience: team
tests: [{name: nothing, tickets: [{key: PAY-1}]}]
`))
	if err != nil {
		t.Fatal(err)
	}
	bk := book(t, append(catalog(t), breaks))
	by(t, 1)
	want := check(t, bk, work, dir, now)
	if len(want.Seen) == 0 || want.Stopped["breaks"] == nil {
		t.Fatalf("%d findings, stopped: %v: nothing is compared", len(want.Seen), want.Stopped)
	}
	for range 5 {
		by(t, 4)
		got := check(t, bk, work, dir, now)
		if !reflect.DeepEqual(got.Seen, want.Seen) || !reflect.DeepEqual(got.Flights, want.Flights) || got.Tickets != want.Tickets {
			t.Fatalf("four processors notice %d, one %d", len(got.Seen), len(want.Seen))
		}
		if a, b := got.Stopped["breaks"].Error(), want.Stopped["breaks"].Error(); a != b || len(got.Stopped) != len(want.Stopped) {
			t.Errorf("four processors tell %q, one %q", a, b)
		}
	}
}

// unreadable is work of which single tickets cannot be read.
type unreadable struct{ *ruletest.Memory }

var errBroken = errors.New("the disk is gone")

func (unreadable) Ticket(context.Context, string, ticket.Ref) (ticket.Ticket, error) {
	return ticket.Ticket{}, errBroken
}

// ending is work whose reading is cut off.
type ending struct {
	*ruletest.Memory
	end func()
}

func (e ending) Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		n := 0
		for t, err := range e.Memory.Tickets(ctx) {
			if n++; n == 1500 {
				e.end()
			}
			if !yield(t, err) {
				return
			}
		}
	}
}

func TestAFaultOfTheStoreEndsAllProcessors(t *testing.T) {
	work, dir, now := load(t, 3000)
	bk := book(t, catalog(t))
	by(t, 4)
	if _, err := bk.Check(t.Context(), unreadable{work}, dir, now); !errors.Is(err, errBroken) {
		t.Errorf("err = %v, want the store's", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := bk.Check(ctx, ending{work, cancel}, dir, now); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want that it was ended", err)
	}
}
