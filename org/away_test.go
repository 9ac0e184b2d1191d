package org_test

import (
	"fmt"
	"slices"
	"testing"

	. "github.com/fairlead-dev/fairlead/org"
)

func away(person, delegate, from, to string) Absence {
	return Absence{Person: person, Delegate: delegate, Span: span(from, to)}
}

func TestWhoActs(t *testing.T) {
	const july, noon = "2026-07-01", "2026-07-15"
	standIn := Seat{Person: "ana", Span: span(july, "2026-08-01"), Acting: true}
	for _, c := range []struct {
		name     string
		seats    []Seat
		absences []Absence
		want     []string
	}{
		{"the EM", []Seat{always("lee")}, nil, []string{"lee"}},
		{"nobody where there is no EM", nil, nil, nil},
		{"an acting EM beside the EM", []Seat{always("lee"), standIn}, nil, []string{"ana", "lee"}},
		{"the acting EM alone while the EM is away", []Seat{always("lee"), standIn}, []Absence{away("lee", "", july, "")}, []string{"ana"}},
		{"the acting EM and the delegate of the EM", []Seat{always("lee"), standIn}, []Absence{away("lee", "jo", july, "")}, []string{"ana", "jo"}},
		{"the EM while the acting EM is away", []Seat{always("lee"), standIn}, []Absence{away("ana", "", july, "")}, []string{"lee"}},
		{"the acting EM as delegate too", []Seat{always("lee"), standIn}, []Absence{away("lee", "ana", july, "")}, []string{"ana"}},
		{"an acting EM alone", []Seat{standIn}, nil, []string{"ana"}},
		{"the delegate of a delegate who is away", []Seat{always("lee")}, []Absence{away("lee", "jo", july, ""), away("jo", "ana", july, "")}, []string{"ana"}},
		{"nobody where the delegate is away with nobody standing in", []Seat{always("lee")}, []Absence{away("lee", "jo", july, ""), away("jo", "", july, "")}, nil},
		{"nobody where two stand in for each other and both are away", []Seat{always("lee")}, []Absence{away("lee", "jo", july, ""), away("jo", "lee", july, "")}, nil},
		{"the delegate of either of two absences", []Seat{always("lee")}, []Absence{away("lee", "", "2026-06-01", ""), away("lee", "jo", july, "")}, []string{"jo"}},
		{"the delegates of both", []Seat{always("lee")}, []Absence{away("lee", "ana", "2026-06-01", ""), away("lee", "jo", july, "")}, []string{"ana", "jo"}},
		{"the standing delegate where the absence names nobody", []Seat{always("kim")}, []Absence{away("kim", "", july, "")}, []string{"jo"}},
		{"whom the absence names instead of the standing delegate", []Seat{always("kim")}, []Absence{away("kim", "ana", july, "")}, []string{"ana"}},
		{"one who was EM until the day before", []Seat{{Person: "lee", Span: span("", noon)}, {Person: "ana", Span: span(noon, "")}}, nil, []string{"ana"}},
	} {
		people := append(named("lee", "ana", "jo"), Person{ID: "kim", Delegate: "jo"})
		d, mistakes := New(people, []Team{{ID: "x", EMs: c.seats, PMs: c.seats}}, c.absences)
		if mistakes != nil {
			t.Fatalf("%s: %+v", c.name, mistakes)
		}
		x, _ := d.Team("x")
		if got := d.ActingEMs(x, on(noon)); !slices.Equal(got, c.want) {
			t.Errorf("%s: EMs %v, want %v", c.name, got, c.want)
		}
		if got := d.ActingPMs(x, on(noon)); !slices.Equal(got, c.want) {
			t.Errorf("%s: PMs %v, want %v", c.name, got, c.want)
		}
	}
}

func TestTheAbsenceOfAMoment(t *testing.T) {
	all := []Absence{
		away("lee", "", "2026-07-06", "2026-07-25"), away("lee", "", "2026-01-01", "2026-01-02"),
		away("lee", "jo", "2026-07-10", "2026-07-12"), away("lee", "", "2026-09-01", ""), away("lee", "", "2026-12-24", "2026-12-27"),
	}
	d, mistakes := New(named("lee", "jo"), nil, all)
	if mistakes != nil {
		t.Fatalf("mistakes: %+v", mistakes)
	}
	for _, c := range []struct{ name, day, from, delegate string }{
		{"on the first day", "2026-07-06", "2026-07-06", ""},
		{"the day before", "2026-07-05", "", ""},
		{"within a longer one, one with a delegate goes first", "2026-07-11", "2026-07-10", "jo"},
		{"after the shorter one within it", "2026-07-20", "2026-07-06", ""},
		{"on the day it is over", "2026-07-25", "", ""},
		{"without an end", "2030-01-01", "2026-09-01", ""},
		{"of two that hold the later beginning", "2026-12-25", "2026-12-24", ""},
		{"after the later one is over", "2026-12-28", "2026-09-01", ""},
	} {
		a, ok := d.AbsenceAt("lee", on(c.day))
		if ok != (c.from != "") || !a.From.Equal(on(c.from)) || a.Delegate != c.delegate {
			t.Errorf("%s: %+v, %v, want from %q with delegate %q", c.name, a, ok, c.from, c.delegate)
		}
	}
	if got := d.Absences(); !slices.Equal(got, all) {
		t.Errorf("they are listed as %v, want the order given", got)
	}
	if got := d.AbsencesOf("lee"); len(got) != len(all) || !got[0].From.Equal(on("2026-01-01")) {
		t.Errorf("lee's are %v, want them by their beginnings", got)
	}
}

func BenchmarkAbsenceAt(b *testing.B) {
	var people []Person
	var all []Absence
	for n := range 500 {
		id := fmt.Sprint("p", n)
		people = append(people, Person{ID: id})
		for day := on("2020-01-03"); day.Year() < 2030; day = day.AddDate(0, 0, 7) {
			all = append(all, Absence{Person: id, Span: Span{From: day, To: day.AddDate(0, 0, 1)}})
		}
	}
	d, _ := New(people, nil, all)
	at := on("2026-07-15")
	b.ReportAllocs()
	for b.Loop() {
		d.AbsenceAt("p250", at)
	}
}
