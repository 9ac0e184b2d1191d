package jira

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// cursorVersion changes when an older cursor can no longer be gone on from.
const cursorVersion = 1

// cursor is where to go on: between passes the newest update time seen, inside
// a pass also its window and the place in it.
type cursor struct {
	Version  int       `json:"v"`
	Projects []string  `json:"projects"`
	Since    time.Time `json:"since,omitzero"` // newest update time of any ticket stored
	// Sprints are those that ran or waited when the boards were read last. One
	// that is no longer listed was completed, perhaps without touching a ticket.
	Sprints []string `json:"sprints,omitempty"`
	Window  *window  `json:"window,omitempty"`
}

// window is the part of a pass under way: tickets updated at or after From.
type window struct {
	From  time.Time `json:"from,omitzero"`
	Token string    `json:"token,omitempty"` // Cloud: the next page
	Start int       `json:"start,omitempty"` // Data Center: how many tickets were read
	Last  string    `json:"last,omitempty"`  // Data Center: id of the last of them
}

// readCursor goes on from a stored cursor. Where it cannot, because the text is
// not one of ours or because a project was added whose old tickets are all
// still to be read, it begins anew, which loses nothing; fresh says so.
func readCursor(stored connectors.Cursor, projects []string, overlap time.Duration) (c cursor, fresh bool) {
	begin := cursor{Version: cursorVersion, Projects: projects, Window: &window{}}
	if stored == "" {
		return begin, false
	}
	if err := json.Unmarshal([]byte(stored), &c); err != nil || c.Version != cursorVersion || !c.sound() {
		return begin, true
	}
	for _, p := range projects {
		if !slices.Contains(c.Projects, p) {
			return begin, true
		}
	}
	if c.Window == nil || len(c.Projects) != len(projects) {
		c.restart(overlap)
	}
	c.Projects = projects
	return c, false
}

// sound refuses a cursor that no pass of ours can have left behind.
func (c *cursor) sound() bool {
	from, start := time.Time{}, 0
	if c.Window != nil {
		from, start = c.Window.From, c.Window.Start
	}
	return start >= 0 && believable(c.Since) && believable(from)
}

// believable keeps clear of the years a time can no longer be written in.
func believable(t time.Time) bool { return t.IsZero() || t.Year() > 1900 && t.Year() < 9999 }

// restart opens a window that reaches the overlap behind the newest ticket seen.
func (c *cursor) restart(overlap time.Duration) {
	c.Window = &window{}
	if !c.Since.IsZero() {
		c.Window.From = c.Since.Add(-overlap)
	}
}

// advance notes the times of tickets about to be yielded.
func (c *cursor) advance(order string, issues []issue) {
	for i := range issues {
		if at := issues[i].moment(order); at.After(c.Since) && believable(at) {
			c.Since = at
		}
	}
}

// finish ends the pass.
func (c *cursor) finish() { c.Window = nil }

func (c *cursor) text() connectors.Cursor {
	out, err := json.Marshal(c)
	if err != nil {
		panic("jira: a cursor that cannot be written: " + err.Error()) // times are checked when read
	}
	return connectors.Cursor(out)
}

// updated is the issue's update time; the zero time when it tells none.
func (i *issue) updated() time.Time { return i.moment(byUpdate) }

// moment is a time of the issue; the zero time when it tells none.
func (i *issue) moment(name string) time.Time {
	r := reader{issue: i}
	return r.time(name).Time
}
