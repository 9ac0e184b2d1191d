package jira

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// cursorVersion changes when a fairlead of before could no longer go on from a
// cursor of ours: version 1 knows nothing of what is held. firstVersion is the
// oldest we can go on from.
const (
	cursorVersion = 2
	firstVersion  = 1
)

// cursor is where to go on: between passes the newest update time seen, inside
// a pass also its window, the place in it and what is held.
type cursor struct {
	Version  int       `json:"v"`
	Projects []string  `json:"projects"`
	Since    time.Time `json:"since,omitzero"` // newest update time of any ticket handed on
	// Sprints are those that ran or waited when the boards were read last. One
	// that is no longer listed was completed, perhaps without touching a ticket.
	Sprints []string `json:"sprints,omitempty"`
	Window  *window  `json:"window,omitempty"`
	Held    *held    `json:"held,omitempty"`

	// reached is the newest update time of any ticket read. It is newer than Since
	// while tickets are held.
	reached time.Time
}

// window is the part of a pass under way: tickets updated at or after From.
type window struct {
	From  time.Time `json:"from,omitzero"`
	Token string    `json:"token,omitempty"` // Cloud: the next page
	Start int       `json:"start,omitempty"` // Data Center: how many tickets were read
	Last  string    `json:"last,omitempty"`  // Data Center: id of the last of them
}

// What a pass tells when it cannot go on from where the last one ended.
const (
	allAgain  = "the place where the last sync ended is of no use any more (a project was added, or fairlead changed): everything is read again"
	heldAgain = "what the last sync had read and not yet stored as tickets is of no use any more (a project was taken away, or the store was changed): that part is read again"
)

// readCursor goes on from a stored cursor. Where it cannot, because the text is
// not one of ours or because a project was added whose old tickets are all
// still to be read, it begins anew; what it cannot use of the tickets held is
// read again. Neither loses anything. gap says so.
func readCursor(stored connectors.Cursor, projects []string, overlap time.Duration) (c cursor, gap string) {
	begin := cursor{Version: cursorVersion, Projects: projects, Window: &window{}}
	if stored == "" {
		return begin, ""
	}
	if err := json.Unmarshal([]byte(stored), &c); err != nil || !c.sound() {
		return begin, allAgain
	}
	for _, p := range projects {
		if !slices.Contains(c.Projects, p) {
			return begin, allAgain
		}
	}
	fewer := len(c.Projects) != len(projects)
	if c.Held != nil && (fewer || !c.unpack()) {
		c.letGo(overlap)
		gap = heldAgain
	}
	if c.done() || fewer {
		c.restart(overlap)
	}
	c.Version, c.Projects = cursorVersion, projects
	return c, gap
}

// sound refuses a cursor that no pass of ours can have left behind.
func (c *cursor) sound() bool {
	from, start := time.Time{}, 0
	if c.Window != nil {
		from, start = c.Window.From, c.Window.Start
	}
	return c.Version >= firstVersion && c.Version <= cursorVersion && start >= 0 && believable(c.Since) && believable(from)
}

// unpack makes what is held usable and reports whether it is.
func (c *cursor) unpack() bool {
	if c.Held.unpack() != nil {
		return false
	}
	for i := range c.Held.Pages {
		c.reach(byUpdate, c.Held.Pages[i].content)
	}
	return true
}

// letGo drops what is held and opens a window in which it is read again.
func (c *cursor) letGo(overlap time.Duration) {
	c.Held, c.reached = nil, time.Time{}
	c.restart(overlap)
}

// believable keeps clear of the years a time can no longer be written in.
func believable(t time.Time) bool { return t.IsZero() || t.Year() > 1900 && t.Year() < 9999 }

// restart opens a window that reaches the overlap behind the newest ticket seen.
func (c *cursor) restart(overlap time.Duration) {
	c.Window = &window{}
	if newest := later(c.Since, c.reached); !newest.IsZero() {
		c.Window.From = newest.Add(-overlap)
	}
}

// advance notes the times of tickets about to be handed on.
func (c *cursor) advance(order string, issues []issue) { c.Since = newestOf(c.Since, order, issues) }

// reach notes the times of tickets that were read.
func (c *cursor) reach(order string, issues []issue) { c.reached = newestOf(c.reached, order, issues) }

func newestOf(newest time.Time, order string, issues []issue) time.Time {
	for i := range issues {
		if at := issues[i].moment(order); believable(at) {
			newest = later(newest, at)
		}
	}
	return newest
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// finish says that the window is read to its end.
func (c *cursor) finish() { c.Window = nil }

// done says that the pass is: nothing is left to be read or handed on.
func (c *cursor) done() bool { return c.Window == nil && c.Held == nil }

func (c *cursor) text() connectors.Cursor {
	if c.Held != nil {
		c.Held.pack()
	}
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
