package dashboard

import (
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// After lists what a query asks for and stands behind a place in the order of lists,
// at most so many, and tells whether there is more. A place is what PlaceOf says of
// the last one of an earlier list, also of another version of the ledger; empty, it is
// the beginning. It is false where the place is none.
func (l *Ledger) After(q Query, place string, most int) (items []*finding.Finding, more, ok bool) {
	var at *finding.Finding
	if place != "" {
		var known bool
		if at, known = readPlace(place); !known {
			return nil, false, false
		}
	}
	l.eachBehind(q, at, func(f *finding.Finding) bool {
		if len(items) == most {
			more = true
			return false
		}
		items = append(items, f)
		return true
	})
	return items, more, true
}

// PlaceOf is where a finding stands in the order of lists.
func PlaceOf(f *finding.Finding) string {
	return keyOf(string(f.State), string(f.Severity), f.OpenSince().UTC().Format(time.RFC3339Nano), string(f.ID))
}

// readPlace is something that stands at the place.
func readPlace(place string) (*finding.Finding, bool) {
	parts := strings.Split(place, "\x00")
	if len(parts) != 4 {
		return nil, false
	}
	since, err := time.Parse(time.RFC3339Nano, parts[2])
	if state := finding.State(parts[0]); err != nil || !slices.Contains(states, state) {
		return nil, false
	}
	return &finding.Finding{
		Seen:  finding.Seen{ID: finding.ID(parts[3]), Severity: finding.Severity(parts[1])},
		State: finding.State(parts[0]), Spans: []finding.Span{{From: since}},
	}, true
}
