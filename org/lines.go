package org

import (
	"slices"
	"strings"
	"time"
)

// Circles lists the reporting lines that run in a circle at some moment from at
// on, those included that are not written down: a member reports to the EM of
// their team, an EM to the leader their team is under. New has refused circles
// of written lines alone. Each is a list of person ids that ends with the one it
// begins with.
func (d *Directory) Circles(at time.Time) [][]string {
	var out [][]string
	found := map[string]bool{}
	for _, moment := range d.turns(at) {
		bosses := d.bosses(moment)
		for _, person := range sorted(bosses) {
			circle := climb(bosses, person, person, nil, map[string]bool{})
			members := slices.Sorted(slices.Values(circle))
			if key := strings.Join(slices.Compact(members), "\x00"); circle != nil && !found[key] {
				found[key] = true
				out = append(out, append([]string{person}, circle...))
			}
		}
	}
	return out
}

// turns lists at and the later moments at which a line or a seat begins: a
// circle exists from the beginning of its youngest line on.
func (d *Directory) turns(at time.Time) []time.Time {
	out := []time.Time{at}
	note := func(s Span) {
		if s.From.After(at) {
			out = append(out, s.From)
		}
	}
	for _, p := range d.people {
		for _, l := range p.Managers {
			note(l.Span)
		}
	}
	for i := range d.teams {
		for _, s := range slices.Concat(d.teams[i].EMs, d.teams[i].Members) {
			note(s.Span)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// bosses is whom everybody reports to at the moment, nobody to themselves.
func (d *Directory) bosses(at time.Time) map[string][]string {
	out := map[string][]string{}
	add := func(person, boss string) {
		if boss != "" && boss != person && !slices.Contains(out[person], boss) {
			out[person] = append(out[person], boss)
		}
	}
	written := map[string]bool{}
	for id, p := range d.people {
		for _, l := range p.Managers {
			if l.Holds(at) {
				written[id] = true
				add(id, l.Manager)
			}
		}
	}
	for i := range d.teams {
		t := &d.teams[i]
		for _, em := range t.EMs {
			if !em.Holds(at) {
				continue
			}
			if !written[em.Person] {
				add(em.Person, t.Under)
			}
			for _, m := range t.Members {
				if m.Holds(at) && !written[m.Person] {
					add(m.Person, em.Person)
				}
			}
		}
	}
	return out
}

func sorted(bosses map[string][]string) []string {
	ids := make([]string, 0, len(bosses))
	for id := range bosses {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// climb follows the lines upwards from next until they lead to start, and gives
// the way there; nil when none does.
func climb(bosses map[string][]string, start, next string, way []string, been map[string]bool) []string {
	for _, boss := range bosses[next] {
		here := append(slices.Clip(way), boss)
		if boss == start {
			return here
		}
		if been[boss] {
			continue
		}
		been[boss] = true
		if whole := climb(bosses, start, boss, here, been); whole != nil {
			return whole
		}
	}
	return nil
}
