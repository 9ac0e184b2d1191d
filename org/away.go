package org

import (
	"slices"
	"time"
)

// Absence is a stretch in which somebody is away.
type Absence struct {
	Person   string
	Delegate string // person id of who stands in; empty when nobody does
	Span
}

// agenda is one person's absences by their beginnings, each with the latest end
// up to it, so that those of a moment are found without looking at all.
type agenda struct {
	absences []Absence
	until    []time.Time // zero: without an end
}

func agendas(all []Absence) map[string]agenda {
	byPerson := map[string][]Absence{}
	for _, a := range all {
		byPerson[a.Person] = append(byPerson[a.Person], a)
	}
	out := make(map[string]agenda, len(byPerson))
	for id, list := range byPerson {
		slices.SortStableFunc(list, func(a, b Absence) int { return a.From.Compare(b.From) })
		until := make([]time.Time, len(list))
		for i, a := range list {
			until[i] = a.To
			if i > 0 && !a.To.IsZero() && (until[i-1].IsZero() || until[i-1].After(a.To)) {
				until[i] = until[i-1]
			}
		}
		out[id] = agenda{list, until}
	}
	return out
}

// at lists the absences that hold at the moment, the latest beginning first.
func (a agenda) at(at time.Time) []Absence {
	n, _ := slices.BinarySearchFunc(a.absences, at, func(have Absence, at time.Time) int {
		if have.From.After(at) {
			return 1
		}
		return -1
	})
	var out []Absence
	for i := n - 1; i >= 0 && (a.until[i].IsZero() || a.until[i].After(at)); i-- {
		if a.absences[i].Holds(at) {
			out = append(out, a.absences[i])
		}
	}
	return out
}

// Absences lists every absence known, in the order they were given.
func (d *Directory) Absences() []Absence { return d.absences }

// AbsencesOf lists somebody's absences by their beginnings.
func (d *Directory) AbsencesOf(person string) []Absence { return d.away[person].absences }

// AbsenceAt finds the absence somebody was on at the moment. Of several, one
// with a delegate goes first.
func (d *Directory) AbsenceAt(person string, at time.Time) (Absence, bool) {
	now := d.away[person].at(at)
	if len(now) == 0 {
		return Absence{}, false
	}
	if i := slices.IndexFunc(now, func(a Absence) bool { return a.Delegate != "" }); i >= 0 {
		return now[i], true
	}
	return now[0], true
}

// ActingEMs lists who acted as the team's EM at the moment: its EMs, those who
// only act included, and for each who was away whoever stood in. A delegate who
// was away too is stood in for by their own delegate. It is empty when the team
// had no EM then, or when its EM was away and nobody stood in.
func (d *Directory) ActingEMs(team *Team, at time.Time) []string { return d.acting(team.EMs, at) }

// EMsAt lists who counted as the team's EM at the moment, ordered by id: who acted
// as EM and, beside a delegate, an EM who was away, since what they did before
// they left shows that they knew. It is empty where nobody acted.
func (d *Directory) EMsAt(team *Team, at time.Time) []string {
	ids := d.ActingEMs(team, at)
	if len(ids) == 0 {
		return nil
	}
	for _, s := range team.EMs {
		if s.Holds(at) {
			ids = append(ids, s.Person)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// ActingPMs is ActingEMs for the product side.
func (d *Directory) ActingPMs(team *Team, at time.Time) []string { return d.acting(team.PMs, at) }

func (d *Directory) acting(seats []Seat, at time.Time) []string {
	var out []string
	for _, s := range seats {
		if s.Holds(at) {
			out = append(out, d.StandIns(s.Person, at)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// StandIns lists who is there for somebody at the moment: they themselves, or
// while they are away their delegates, or those of a delegate who is away too.
// It is empty when nobody is.
func (d *Directory) StandIns(person string, at time.Time) []string {
	return d.standIns(person, at, map[string]bool{})
}

func (d *Directory) standIns(person string, at time.Time, asked map[string]bool) []string {
	if asked[person] {
		return nil // delegates of one another, all away
	}
	asked[person] = true
	absences := d.away[person].at(at)
	if len(absences) == 0 {
		return []string{person}
	}
	var out []string
	for _, a := range absences {
		if a.Delegate != "" {
			out = append(out, d.standIns(a.Delegate, at, asked)...)
		}
	}
	return out
}
