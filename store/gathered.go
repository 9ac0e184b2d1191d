package store

import "time"

// Gathered is what a pass over all tickets told, kept so that nobody who asks has to
// wait for one. What is in it is for whoever gathers.
type Gathered struct {
	Name string    // what it tells of
	At   time.Time // as of when
	// Parts are by team id; empty for what is no team's.
	Parts map[string][]byte
}
