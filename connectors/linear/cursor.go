package linear

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// cursorVersion rises when a stored cursor can no longer be understood, or when
// everything must be read again.
const cursorVersion = 3

// cursor is how far everything has been read.
type cursor struct {
	Version int `json:"v"`
	// Teams are those whose projects and cycles the reaches below are about.
	Teams       []string `json:"teams"`
	Initiatives reach    `json:"initiatives,omitzero"`
	Projects    reach    `json:"projects,omitzero"`
	Cycles      reach    `json:"cycles,omitzero"`
	// Issues has a reach for each team, so that a team which comes into view
	// later is read from its beginning.
	Issues map[string]reach `json:"issues"`
	// Owed are issues within the reaches that are yet to be yielded: their lists
	// were longer than their page held.
	Owed []string `json:"owed,omitempty"`
}

// parseCursor reads a stored cursor. One it does not understand means the
// beginning: reading everything again costs time and loses nothing.
func parseCursor(from connectors.Cursor) cursor {
	var c cursor
	if json.Unmarshal([]byte(from), &c) != nil || c.Version != cursorVersion {
		c = cursor{Version: cursorVersion}
	}
	if c.Issues == nil {
		c.Issues = map[string]reach{}
	}
	return c
}

func (c cursor) encode() connectors.Cursor {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // other times are kept out by believable
	}
	return connectors.Cursor(text)
}

// believable keeps times out of the cursor that JSON cannot carry and that no
// update can bear. t is in UTC.
func believable(t time.Time) bool { return t.Year() > 1900 && t.Year() < 9999 }

// reached moves a moment forward, never back.
func reached(mark, to time.Time) time.Time {
	if to = to.UTC(); to.After(mark) && believable(to) {
		return to
	}
	return mark
}

// seen says which teams are in view. Those that have gone out of view are
// forgotten; for one that comes into view the projects and cycles of its past
// are still to be read, so these begin anew.
func (c *cursor) seen(teams []team) {
	issues := map[string]reach{}
	known := true
	for _, t := range teams {
		known = known && slices.Contains(c.Teams, t.Key)
		if r, ok := c.Issues[t.Key]; ok {
			issues[t.Key] = r
		}
	}
	if !known {
		c.Initiatives, c.Projects, c.Cycles = reach{}, reach{}, reach{}
	}
	c.Teams, c.Issues = keysOf(teams), issues
}

// read notes how far the issues of these teams are read.
func (c *cursor) read(teams []team, r reach) {
	for _, t := range teams {
		c.Issues[t.Key] = r
	}
}

func keysOf(teams []team) []string {
	keys := make([]string, 0, len(teams))
	for _, t := range teams {
		keys = append(keys, t.Key)
	}
	return keys
}
