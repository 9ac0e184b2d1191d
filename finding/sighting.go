package finding

import "time"

// Sighting says that an evaluation at a moment saw whatever the ledger holds open of a
// rule in a source. It stands for the LastSeen of all of them, so that what is as it
// was need not be stored again after every evaluation.
type Sighting struct {
	Rule, Source string
	At           time.Time
}

// Sightings finds them for findings.
type Sightings map[sighted]time.Time

type sighted struct{ rule, source string }

// SightingsOf puts sightings where they can be found.
func SightingsOf(all []Sighting) Sightings {
	out := make(Sightings, len(all))
	for _, s := range all {
		out[sighted{s.Rule, s.Source}] = s.At
	}
	return out
}

// Over lets an entry that is open have been seen when its like was.
func (s Sightings) Over(f *Finding) {
	if f.State != Open {
		return
	}
	if at := s[sighted{f.Rule, f.Subject.Source}]; at.After(f.LastSeen) {
		f.LastSeen = at
	}
}
