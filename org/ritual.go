package org

import "time"

// Ritual is something a team meets for again and again: a retro, a review, a
// demo. Fairlead sees it by the trace it leaves.
type Ritual struct {
	Name     string // "retro"
	Every    time.Duration
	Evidence Trace
	// Since is when the team declared it; zero where that is not known. A ritual
	// is not missed before its cadence has passed once.
	Since time.Time
}

// Trace is what shows that a ritual took place. One of these is enough.
type Trace struct {
	Label string // a ticket of the team that carries the label and was created or moved
	Title string // a ticket of the team whose title holds these words
	// Update: the owner of a project or epic of the team wrote an update.
	Update bool
	// Held are the beginnings of calendar entries that match, read from a
	// calendar; nil where no calendar is named.
	Held []time.Time
	// Calendar says that a calendar is named, although it may hold no entry.
	Calendar bool
	// Unread says why the calendar could not be read; nothing is concluded then.
	Unread string
}
