package finding

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// day is noon of a day of November.
func day(n int) time.Time { return time.Date(2026, 11, n, 12, 0, 0, 0, time.UTC) }

func waive(id string, on, until int, scope Scope) Word {
	return Word{ID: id, Kind: WaivedFor, By: "mina", At: day(on), Expires: day(until), Scope: scope, Reason: "as given"}
}

func renew(id, waiver string, on, until int) Word {
	return Word{ID: id, Kind: RenewedFor, By: "lee", At: day(on), Expires: day(until), Waiver: waiver, Reason: "as renewed"}
}

func end(id, waiver string, on int) Word {
	return Word{ID: id, Kind: EndedEarly, By: "lee", At: day(on), Waiver: waiver}
}

// days writes stretches as days of November: "2-5 8-".
func days(spans []Span) string {
	var out []string
	for _, s := range spans {
		text := s.From.Format("2") + "-"
		if !s.To.IsZero() {
			text += s.To.Format("2")
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func TestWhatAWaiverComesTo(t *testing.T) {
	one := Scope{Finding: "a"}
	for _, c := range []struct {
		name     string
		words    []Word
		holds    string // empty: no waiver at all
		reason   string
		renewals int
	}{
		{"as given", []Word{waive("w", 2, 9, one)}, "2-9", "as given", 0},
		{"renewed before it lapses", []Word{waive("w", 2, 9, one), renew("r", "w", 5, 20)}, "2-20", "as renewed", 1},
		{"renewed as it lapses", []Word{waive("w", 2, 9, one), renew("r", "w", 9, 20)}, "2-20", "as renewed", 1},
		{"renewed after a lapse", []Word{waive("w", 2, 9, one), renew("r", "w", 12, 20)}, "2-9 12-20", "as renewed", 1},
		{"renewed twice", []Word{waive("w", 2, 9, one), renew("r", "w", 5, 20), renew("s", "w", 6, 24)}, "2-24", "as renewed", 2},
		{"renewed to end sooner", []Word{waive("w", 2, 9, one), renew("r", "w", 5, 7)}, "2-7", "as renewed", 1},
		{"a renewal that is over when it is said", []Word{waive("w", 2, 9, one), renew("r", "w", 5, 4)}, "2-9", "as given", 0},
		{"a renewal without an end", []Word{waive("w", 2, 9, one), {ID: "r", Kind: RenewedFor, Waiver: "w", At: day(5)}}, "2-9", "as given", 0},
		{"ended early", []Word{waive("w", 2, 9, one), end("e", "w", 5)}, "2-5", "as given", 0},
		{"ended when it had lapsed", []Word{waive("w", 2, 9, one), end("e", "w", 12)}, "2-9", "as given", 0},
		{"ended twice", []Word{waive("w", 2, 9, one), end("e", "w", 5), end("f", "w", 7)}, "2-5", "as given", 0},
		{"ended and renewed", []Word{waive("w", 2, 9, one), end("e", "w", 5), renew("r", "w", 7, 20)}, "2-5 7-20", "as renewed", 1},
		{"ended at once", []Word{waive("w", 2, 9, one), end("e", "w", 2)}, "2-2", "as given", 0},
		{"said in the same moment, in any order of ids", []Word{waive("w", 2, 9, one), renew("a", "w", 2, 20)}, "2-20", "as renewed", 1},
		{"over before it was given", []Word{waive("w", 9, 2, one)}, "9-9", "as given", 0},
		{"without an end", []Word{{ID: "w", Kind: WaivedFor, By: "mina", At: day(2), Scope: one, Reason: "as given"}}, "2-2", "as given", 0},
		{"a word about it from before it was given", []Word{waive("w", 5, 9, one), end("e", "w", 2)}, "5-9", "as given", 0},
		{"words about a waiver that nobody gave", []Word{renew("r", "w", 5, 20), end("e", "w", 7)}, "", "", 0},
		{"answers are no waivers", []Word{{ID: "w", Kind: AnsweredSo, At: day(2), Finding: "a"}}, "", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := Waivers(c.words)
			slices.Reverse(c.words)
			if turned := Waivers(c.words); len(turned) != len(all) || len(all) == 1 && days(turned[0].Holds) != days(all[0].Holds) {
				t.Errorf("the other way round it is %+v, not %+v", turned, all)
			}
			if c.holds == "" {
				if len(all) != 0 {
					t.Errorf("waivers = %+v, want none", all)
				}
				return
			}
			if len(all) != 1 {
				t.Fatalf("waivers = %+v, want one", all)
			}
			w := all[0]
			if got := days(w.Holds); got != c.holds || w.Reason != c.reason || w.Renewals != c.renewals || w.By != "mina" {
				t.Errorf("holds %s, because %q, %d renewals, by %s; want %s, %q, %d, mina", got, w.Reason, w.Renewals, w.By, c.holds, c.reason, c.renewals)
			}
		})
	}
}

func TestWhenAWaiverHolds(t *testing.T) {
	w := Waivers([]Word{waive("w", 2, 9, Scope{Finding: "a"}), renew("r", "w", 12, 20)})[0]
	for _, c := range []struct {
		name string
		at   time.Time
		want bool
	}{
		{"before it was given", day(2).Add(-1), false},
		{"as it was given", day(2), true},
		{"just before it expires", day(9).Add(-1), true},
		{"as it expires", day(9), false},
		{"after a lapse", day(11), false},
		{"renewed", day(12), true},
		{"in the end", day(20), false},
	} {
		if got := w.HoldsAt(c.at); got != c.want {
			t.Errorf("%s: holds is %v, want %v", c.name, got, c.want)
		}
	}
	if !w.Given().Equal(day(2)) || !w.Expires().Equal(day(20)) {
		t.Errorf("given %s, expires %s", w.Given(), w.Expires())
	}
}

func TestWhatAScopeCovers(t *testing.T) {
	saved := Seen{ID: "a", Rule: "date-imposed", Labels: []string{"Ops", ""},
		Subject: Subject{Kind: AboutTicket, Source: "jira", ID: "7", Key: "PAY-7"}, Tickets: []string{"PAY-7", "PAY-8"}}
	for _, c := range []struct {
		name  string
		scope Scope
		want  bool
	}{
		{"this finding", Scope{Finding: "a"}, true},
		{"another finding", Scope{Finding: "b"}, false},
		{"its ticket, by any key", Scope{Ticket: TicketScope{Source: "jira", ID: "7", Key: "OLD-1"}}, true},
		{"a ticket of another source", Scope{Ticket: TicketScope{Source: "linear", ID: "7"}}, false},
		{"a ticket it only concerns", Scope{Ticket: TicketScope{Source: "jira", ID: "8", Key: "PAY-8"}}, false},
		{"a ticket by key alone", Scope{Ticket: TicketScope{Source: "jira", Key: "PAY-7"}}, false},
		{"its rule and label", Scope{Rule: "date-imposed", Label: "Ops"}, true},
		{"its label in another case", Scope{Rule: "date-imposed", Label: "oPS"}, true},
		{"another label", Scope{Rule: "date-imposed", Label: "Op"}, false},
		{"another rule", Scope{Rule: "buzzword-driven", Label: "ops"}, false},
		{"a rule without a label", Scope{Rule: "date-imposed"}, false},
		{"a label without a rule", Scope{Label: "ops"}, false},
		{"nothing", Scope{}, false},
	} {
		if got := c.scope.Covers(&saved); got != c.want {
			t.Errorf("%s: covers is %v, want %v", c.name, got, c.want)
		}
	}
	sprint := Seen{ID: "s", Rule: "date-imposed", Subject: Subject{Kind: AboutSprint, Source: "jira", ID: "7"}}
	if (Scope{Ticket: TicketScope{Source: "jira", ID: "7"}}).Covers(&sprint) {
		t.Error("a sprint is covered by the waiver of a ticket with its id")
	}
}
