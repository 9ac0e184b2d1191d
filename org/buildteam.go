package org

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

func (b *builder) checkID(i int, id string) {
	if id == "" {
		b.mistake("give each team a short id, for example payments", "a team has no id", "teams", i)
	} else if first, twice := b.teamAt[id]; twice {
		b.mistake("give each team an id of its own",
			fmt.Sprintf("id %q stands twice: teams %d and %d", id, first+1, i+1), "teams", i, "id")
	} else {
		b.teamAt[id] = i
	}
	if word, _, _ := strings.Cut(id, " "); word == "leader" || word == "reminder" || id == "organisation" {
		b.mistake("choose another id, and keep the name",
			fmt.Sprintf("id %q would be taken for a letter to a leader, a reminder or the report of the organisation", id), "teams", i, "id")
	}
}

func (b *builder) checkTeam(i int, t *Team) {
	if t.Location == nil {
		t.Location = time.UTC
	}
	t.Calendar.Location = t.Location
	if t.Under != "" {
		b.human(t.Under, "the leader above a team", "teams", i, "under")
	}
	if t.PartOf != "" {
		b.checkWhole(i, t)
	}
	if !b.forward(t.Existed, "teams", i, "to") {
		return // every seat would look wrong
	}
	t.EMs = b.seats(t, t.EMs, b.em, "teams", i, "em")
	t.PMs = b.seats(t, t.PMs, b.pm, "teams", i, "pm")
	t.Members = b.seats(t, t.Members, b.member, "teams", i, "members")
	b.oneAtATime(i, t)
	t.Owned = b.holdings(i, t)
}

// checkWhole looks at what the team says it is a part of.
func (b *builder) checkWhole(i int, t *Team) {
	if _, ok := b.teamAt[t.PartOf]; !ok {
		b.mistakes = append(b.mistakes, Mistake{
			At: []any{"teams", i, "part_of"}, Text: fmt.Sprintf("no team has the id %q", t.PartOf), Word: t.PartOf,
			Hint: "add the team under teams, or correct the id",
		})
		return
	}
	chain := []string{t.ID}
	for next := t.PartOf; next != ""; next = b.partOf(next) {
		chain = append(chain, next)
		if next == t.ID {
			b.circleOfTeams(i, chain)
			return
		}
		if len(chain) > len(b.d.teams) {
			return // it leads into a circle of others
		}
	}
}

func (b *builder) partOf(team string) string {
	i, ok := b.teamAt[team]
	if !ok {
		return ""
	}
	return b.d.teams[i].PartOf
}

func (b *builder) circleOfTeams(i int, chain []string) {
	members := slices.Sorted(slices.Values(chain[1:]))
	if one := "teams\x00" + strings.Join(members, "\x00"); !b.circles[one] {
		b.circles[one] = true
		b.mistake("one of them is no part of the next: take that part_of out",
			"teams are parts of each other in a circle: "+strings.Join(chain, " → "), "teams", i, "part_of")
	}
}

func (b *builder) em(person string, at ...any)     { b.human(person, "an EM", at...) }
func (b *builder) pm(person string, at ...any)     { b.human(person, "a PM", at...) }
func (b *builder) member(person string, at ...any) { b.known(person, at...) }

// seats checks a list of seats and ends them with the team.
func (b *builder) seats(t *Team, seats []Seat, check func(person string, at ...any), at ...any) []Seat {
	out := make([]Seat, 0, len(seats))
	for n, s := range seats {
		here := append(slices.Clip(at), n)
		check(s.Person, here...)
		within, ok := s.Within(t.Existed)
		if b.forward(s.Span, here...) && !ok {
			b.mistake("correct the days of the seat, or those of the team",
				fmt.Sprintf("%q has a seat in team %q only while there is no such team", s.Person, t.ID), here...)
		}
		s.Span = within
		out = append(out, s)
	}
	return out
}

// oneAtATime refuses two EMs at one time, unless one of them only acts.
func (b *builder) oneAtATime(i int, t *Team) {
	for n, s := range t.EMs {
		for _, o := range t.EMs[:n] {
			if s.Person != o.Person && !s.Acting && !o.Acting && s.Meets(o.Span) {
				b.mistake("give the first an end (to) or the second a beginning (from); write acting: true for one who stands in",
					fmt.Sprintf("team %q has two EMs at one time: %q and %q", t.ID, o.Person, s.Person), "teams", i, "em", n)
			}
		}
	}
}

// holdings is everything the team ever owned, ended with the team.
func (b *builder) holdings(i int, t *Team) []Holding {
	all := slices.Clone(t.Owned)
	if !t.Owns.IsZero() {
		all = append(all, Holding{Ownership: t.Owns})
	}
	out := make([]Holding, 0, len(all))
	for n, h := range all {
		b.forward(h.Span, "teams", i, "owns", n)
		if within, ok := h.Within(t.Existed); ok {
			out = append(out, Holding{h.Ownership, within})
		}
	}
	return out
}

// eras lists the moments at which some team began or ceased to own something.
func eras(teams []Team) []time.Time {
	var out []time.Time
	for i := range teams {
		for _, h := range teams[i].Owned {
			for _, at := range []time.Time{h.From, h.To} {
				if !at.IsZero() {
					out = append(out, at)
				}
			}
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}
