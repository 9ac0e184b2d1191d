package linear

import (
	"encoding/json"
	"maps"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// cursorVersion rises when a stored cursor can no longer be understood, or when
// everything must be read again.
const cursorVersion = 2

// cursor is how far everything has been read: whatever Linear updated up to
// these moments is stored.
type cursor struct {
	Version int `json:"v"`
	// Issues has a moment for each team, so that a team which comes into view
	// later is read from its beginning.
	Issues      map[string]time.Time `json:"issues"`
	Projects    time.Time            `json:"projects,omitzero"`
	Initiatives time.Time            `json:"initiatives,omitzero"`
	Cycles      time.Time            `json:"cycles,omitzero"`
}

// parseCursor reads a stored cursor. One it does not understand means the
// beginning: reading everything again costs time and loses nothing.
func parseCursor(from connectors.Cursor) cursor {
	var c cursor
	if json.Unmarshal([]byte(from), &c) != nil || c.Version != cursorVersion {
		c = cursor{Version: cursorVersion}
	}
	if c.Issues == nil {
		c.Issues = map[string]time.Time{}
	}
	return c
}

func (c cursor) encode() connectors.Cursor {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // times beyond the year 9999 are kept out by reached
	}
	return connectors.Cursor(text)
}

// endOfTime keeps times out of the cursor that JSON cannot carry and that no
// update can bear.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// reached moves a moment forward, never back.
func reached(mark, to time.Time) time.Time {
	if to = to.UTC(); to.After(mark) && to.Before(endOfTime) {
		return to
	}
	return mark
}

// issuesReached says that every listed issue of these teams up to the moment is
// read. Teams that have gone out of view are forgotten.
func (c cursor) issuesReached(teams []team, to time.Time) cursor {
	marks := make(map[string]time.Time, len(teams))
	for _, t := range teams {
		marks[t.Key] = reached(c.Issues[t.Key], to)
	}
	c.Issues = marks
	return c
}

// restart forgets how far projects, initiatives and cycles were read.
func (c cursor) restart() cursor {
	c.Issues = maps.Clone(c.Issues)
	c.Projects, c.Initiatives, c.Cycles = time.Time{}, time.Time{}, time.Time{}
	return c
}
