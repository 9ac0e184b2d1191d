package finding_test

import (
	"reflect"
	"testing"

	. "github.com/fairlead-dev/fairlead/finding"
)

func TestWithdraw(t *testing.T) {
	theirs := func(id ID, rule, team string) Seen {
		s := seen(id, "")
		s.Rule, s.Team = rule, team
		return s
	}
	kept, gone := theirs("a", "kept", "payments"), theirs("b", "gone", "payments")
	elsewhere := theirs("c", "gone", "orders")
	ledger := []Finding{
		open(kept, day(0), day(0)),
		open(gone, day(0), day(0)),
		open(elsewhere, day(0), day(0)),
		closed(theirs("d", "gone", "payments"), Settled, day(0), day(0), day(3)),
	}
	watched := func(f *Finding) bool { return f.Rule == "kept" || f.Team == "orders" }
	got, moves := Withdraw(ledger, watched, day(7))
	if want := []Finding{closed(gone, Withdrawn, day(0), day(0), day(7))}; !reflect.DeepEqual(got, want) {
		t.Errorf("findings\n got %+v\nwant %+v", got, want)
	}
	if want := []Transition{{Finding: "b", Move: Leaving, At: day(7)}}; !reflect.DeepEqual(moves, want) {
		t.Errorf("moves %+v, want %+v", moves, want)
	}
	if ledger[1].State != Open || !ledger[1].Spans[0].To.IsZero() {
		t.Errorf("the ledger given was changed: %+v", ledger[1])
	}
	again, moves := Step(got, []Seen{gone}, always, day(9))
	if len(again) != 1 || again[0].State != Open || !again[0].Reopened() || moves[0].Move != Reopened {
		t.Errorf("agreed again and seen: %+v, %+v, want it open again", again, moves)
	}
}
