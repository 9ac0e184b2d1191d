package org

import (
	"slices"
	"time"
)

// Dates are the moments at which anything that is dated in a directory begins or
// ends: roles, reporting lines, seats, absences, teams and what they own. Between
// two of them the directory gives the same answers.
type Dates []time.Time

// Dates finds them.
func (d *Directory) Dates() *Dates {
	var out Dates
	note := func(s Span) {
		for _, at := range []time.Time{s.From, s.To} {
			if !at.IsZero() {
				out = append(out, at)
			}
		}
	}
	seats := func(list []Seat) {
		for _, s := range list {
			note(s.Span)
		}
	}
	for _, p := range d.people {
		for _, r := range p.Roles {
			note(r.Span)
		}
		for _, l := range p.Managers {
			note(l.Span)
		}
	}
	for i := range d.teams {
		t := &d.teams[i]
		note(t.Existed)
		seats(t.EMs)
		seats(t.PMs)
		seats(t.Members)
		for _, h := range t.Owned {
			note(h.Span)
		}
	}
	for _, a := range d.absences {
		note(a.Span)
	}
	slices.SortFunc(out, time.Time.Compare)
	out = slices.CompactFunc(out, time.Time.Equal)
	return &out
}

// After is the first of them after the moment; zero when there is none.
func (d *Dates) After(at time.Time) time.Time {
	n, found := slices.BinarySearchFunc(*d, at, time.Time.Compare)
	if found {
		n++
	}
	if n == len(*d) {
		return time.Time{}
	}
	return (*d)[n]
}
