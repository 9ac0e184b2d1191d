package rules

import (
	"slices"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

func TestLabelsThatNameAQuarter(t *testing.T) {
	for _, c := range []struct{ label, want string }{
		{"2026-Q4", "2026-Q4"}, {"Q4-2026", "2026-Q4"}, {"2026Q4", "2026-Q4"}, {"q4_2026", "2026-Q4"}, {"2026.q1", "2026-Q1"},
		{"Q4 2026", "2026-Q4"}, {"Q4/26", "2026-Q4"}, {"Q4'26", "2026-Q4"}, {"q4 '26", "2026-Q4"}, {"okr/2027-Q1", "2027-Q1"}, {"okr-q1-2027", "2027-Q1"},
		{"(2027-Q2)", "2027-Q2"},
		{"FY26-Q4", ""}, {"fy2026-q4", ""}, {"FY-2026-Q4", ""}, {"Q5-2026", ""}, {"Q0 2026", ""}, {"Q4", ""}, {"2026", ""}, {"Q4-2", ""}, {"Q4-20267", ""},
		{"12026-Q4", ""}, {"1999-Q4", ""}, {"2026-Q42", ""}, {"faq4-2026", ""}, {"quality", ""}, {"", ""}, {"q", ""},
	} {
		q, ok := quarterNamed(c.label)
		got := ""
		if ok {
			got = q.id()
		}
		if got != c.want {
			t.Errorf("%q names %q, want %q", c.label, got, c.want)
		}
	}
}

func TestAQuarterBeginsWithItsFirstDayInTheTeamsZone(t *testing.T) {
	auckland, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatal(err)
	}
	q := quarterOf(time.Date(2026, 12, 31, 12, 0, 0, 0, time.UTC))
	if q.String() != "Q4 2026" || (q+1).String() != "Q1 2027" {
		t.Errorf("quarters = %s and %s", q, q+1)
	}
	if got := (q + 1).start(time.UTC); !got.Equal(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("it begins at %s", got)
	}
	if got := (q + 1).start(auckland); !got.Equal(time.Date(2026, 12, 31, 11, 0, 0, 0, time.UTC)) || got.Location() != time.UTC {
		t.Errorf("in Auckland it begins at %s", got)
	}
	for _, month := range []time.Month{1, 4, 7, 10} {
		first := time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC)
		if quarterOf(first) != quarterOf(first.AddDate(0, 2, 27)) || quarterOf(first.Add(-time.Nanosecond)) != quarterOf(first)-1 {
			t.Errorf("the quarter that begins with %s has other bounds", first)
		}
	}
}

func TestQuartersOfATicketStandOnce(t *testing.T) {
	one := ticket.Ticket{Due: "2026-12-31", Labels: []string{"2026-Q4", "Q1-2027", "refunds"}}
	if got, want := quartersOf(&one), []quarter{4*2026 + 3, 4 * 2027}; !slices.Equal(got, want) {
		t.Errorf("quarters = %v, want %v", got, want)
	}
	for _, due := range []ticket.Date{"", "soon", "2026-13-40"} {
		if got := quartersOf(&ticket.Ticket{Due: due}); len(got) > 0 {
			t.Errorf("due %q is in %v", due, got)
		}
	}
}

// A clock of one team may be in a quarter that another's is not in yet.
func TestTheQuartersOfEveryTimeZoneAreGathered(t *testing.T) {
	now := time.Date(2026, 12, 31, 11, 30, 0, 0, time.UTC)
	for _, hours := range []int{-12, 0, 14} {
		q := quarterOf(now.In(time.FixedZone("", hours*3600)))
		for _, want := range []quarter{q, q + 1} {
			if !quartersAround(now)[want] {
				t.Errorf("%+d hours from UTC: %s is not gathered", hours, want)
			}
		}
	}
}
