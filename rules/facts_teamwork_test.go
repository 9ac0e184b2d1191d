package rules

import (
	"slices"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

func TestWhomATextNames(t *testing.T) {
	w := testWorld(t, made{}, payments())
	lee, jo := w.byID("lee"), w.byID("jo")
	for _, c := range []struct {
		text    string
		lee, jo bool
	}{
		{text: "Refunds under a minute (Lee)", lee: true},
		{text: "LEE, together with o'neill", lee: true, jo: true},
		{text: "a walk in the park", lee: true}, // a surname is a word as well
		{text: "the fleet sleeps"},
		{text: "agreed with 557058:lee", lee: true},
		{text: "J. and W. agreed"},
		{text: "jo!", jo: true},
		{text: ""},
	} {
		if got := mentionsOne(c.text, []*person{lee}); got != c.lee {
			t.Errorf("%q names Lee: %v, want %v", c.text, got, c.lee)
		}
		if got := mentionsOne(c.text, []*person{jo}); got != c.jo {
			t.Errorf("%q names Jo: %v, want %v", c.text, got, c.jo)
		}
	}
	if mentionsOne("anybody", nil) {
		t.Error("a text names nobody of nobody")
	}
}

func TestLabelsAreComparedByTheirWords(t *testing.T) {
	words := []string{"action-item", "bug", "-"}
	for _, c := range []struct {
		label string
		want  bool
	}{
		{"Action_Item", true}, {"action item", true}, {"type/Bug", true}, {"type/sub/bug", true}, {"debug", false}, {"bugs", false},
		{"bug-bash", false}, {"item", false}, {"", false}, {"-", false},
	} {
		if got := labelAmong(c.label, words); got != c.want {
			t.Errorf("%q is among %q: %v, want %v", c.label, words, got, c.want)
		}
	}
}

func TestWhoseATicketWas(t *testing.T) {
	at := func(hours int) time.Time { return testMoment.Add(time.Duration(hours) * time.Hour) }
	change := func(id string, hours int, by, from, to string) ticket.Change {
		value := func(id string) []ticket.Value {
			if id == "" {
				return nil
			}
			return []ticket.Value{{ID: id}}
		}
		return ticket.Change{ID: id, At: at(hours), Actor: ticket.Account{ID: by}, Field: ticket.FieldAssignee, From: value(from), To: value(to)}
	}
	done := ticket.Change{ID: "9", At: at(-5), Actor: ticket.Account{ID: "mover"}, Field: ticket.FieldStatus,
		From: []ticket.Value{{Norm: "started"}}, To: []ticket.Value{{Norm: "done"}}}
	for _, c := range []struct {
		name    string
		now     string
		history []ticket.Change
		want    string
	}{
		{"since it was created", "mina", nil, "mina"},
		{"who came after it was done does not count", "jo", []ticket.Change{change("1", -4, "lee", "mina", "jo")}, "mina"},
		{"who was made assignee in the same act does", "jo", []ticket.Change{change("1", -5, "lee", "mina", "jo")}, "jo"},
		{"nobody's then, so whose who moved it", "jo", []ticket.Change{change("1", -4, "lee", "", "jo")}, "mover"},
		{"handed on twice since", "ada", []ticket.Change{change("1", -4, "lee", "mina", "jo"), change("2", -3, "lee", "jo", "ada")}, "mina"},
	} {
		t.Run(c.name, func(t *testing.T) {
			one := ticket.Ticket{ID: "1", Category: ticket.Done, Created: at(-50), Assignee: ticket.Account{ID: c.now}, History: append(c.history, done)}
			if c.now == "" {
				one.Assignee = ticket.Account{}
			}
			one.Normalise()
			if got := (&workTicket{Ticket: one}).Finisher(); got.ID != c.want {
				t.Errorf("it was %q's, want %q's", got.ID, c.want)
			}
		})
	}
	silent := ticket.Ticket{ID: "1", Category: ticket.Done, Created: at(-50), Resolved: at(-5)}
	if got := (&workTicket{Ticket: silent}).Finisher(); !got.IsZero() {
		t.Errorf("without a history it was %+v's", got)
	}
}

func TestAbsencesThatRunIntoOneAnother(t *testing.T) {
	on := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	span := func(from, to int) org.Span {
		var s org.Span
		if from > 0 {
			s.From = on(from)
		}
		if to > 0 {
			s.To = on(to)
		}
		return s
	}
	for _, c := range []struct {
		name string
		away []org.Span
		want org.Span
		days int // -1: not known
	}{
		{"one", []org.Span{span(15, 18)}, span(15, 18), 3},
		{"side by side, whatever their order", []org.Span{span(17, 18), span(14, 15), span(15, 17), span(20, 22)}, span(14, 18), 4},
		{"one within another", []org.Span{span(16, 17), span(10, 20)}, span(10, 20), 10},
		{"with a day between", []org.Span{span(16, 17), span(18, 20)}, span(16, 17), 1},
		{"without an end", []org.Span{span(16, 17), span(17, 0)}, span(16, 0), -1},
		{"without a beginning", []org.Span{span(0, 16), span(16, 17)}, span(0, 17), -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var all []org.Absence
			for _, s := range c.away {
				all = append(all, org.Absence{Person: "lee", Span: s})
			}
			dir, mistakes := org.New([]org.Person{{ID: "lee", Name: "lee"}}, nil, all)
			if len(mistakes) > 0 {
				t.Fatal(mistakes)
			}
			w := &world{dir: dir, now: testMoment}
			got, away := (&role{person: &person{id: "lee", w: w}, w: w}).absence()
			if !away || got.Span != c.want {
				t.Fatalf("away %v: %+v, want %+v", away, got, c.want)
			}
			days, known := got.days()
			if known != (c.days >= 0) || known && days != c.days {
				t.Errorf("it lasts %d days (known: %v), want %d", days, known, c.days)
			}
		})
	}
}

func TestEngineersOfATeam(t *testing.T) {
	left := testMoment.AddDate(0, 0, -10)
	payments := payments()
	payments.Members = append(payments.Members, org.Seat{Person: "mina", Span: org.Span{From: testMoment.AddDate(0, 0, -1)}}, org.Seat{Person: "lee"})
	payments.Members[1].To = left
	payments.EMs = []org.Seat{{Person: "lee"}}
	w := testWorld(t, made{}, payments)
	at := func(moment time.Time) []string {
		one, _ := w.team(&w.dir.Teams()[0])
		var out []string
		for _, p := range one.engineers(moment) {
			out = append(out, p.id)
		}
		slices.Sort(out)
		return out
	}
	if got := at(left.Add(-time.Second)); !slices.Equal(got, []string{"jo", "mina"}) {
		t.Errorf("before Jo left: %q; each once, and an EM is none", got)
	}
	if got := at(left); !slices.Equal(got, []string{"mina"}) {
		t.Errorf("since Jo left: %q", got)
	}
}

func TestEstimatesThatAreNoSize(t *testing.T) {
	of := func(f float64) *float64 { return &f }
	nan := of(0)
	*nan /= *nan
	for _, c := range []struct {
		points *float64
		want   int64
	}{{nil, 0}, {of(0), 0}, {of(-3), 0}, {nan, 0}, {of(1e300), 0}, {of(0.5), 500}, {of(13), 13000}} {
		if got := thousandths(c.points); got != c.want {
			t.Errorf("%v points are %d thousandths, want %d", c.points, got, c.want)
		}
	}
}
