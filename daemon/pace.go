package daemon

import "time"

// How long processes that share a store wait for one another. They change only in
// tests, before anything is opened: see Hasten.
var (
	// turnLength is how long a turn lasts without a sign of life.
	turnLength = 15 * time.Second
	// turnRenewed is how often it is given.
	turnRenewed = 3 * time.Second
	// turnAsked is how often somebody who waits for a turn asks for it.
	turnAsked = 2 * time.Second
	// queueAsked is how often an idle process asks for a job, and somebody who waits
	// whether a job has ended.
	queueAsked = 200 * time.Millisecond
	// orphanedAfter is for how long nobody has had the turn of a job that is said to
	// be done, before it is given to somebody else.
	orphanedAfter = 4 * time.Second
	// laterIn is how long a job waits that is somebody else's turn.
	laterIn = 3 * time.Second
	// pieceComing is how long a check waits for others that could help.
	pieceComing = 2 * time.Second
	// storeAway is how long the schedule waits for a store that cannot be asked.
	storeAway = 10 * time.Second
	// lease is how long a delivery is held without a sign of life. It is renewed
	// while an attempt goes on, so that it bounds only how long a crash holds it up.
	lease = 2 * time.Minute
)

// Hasten shortens how long processes wait for one another, for tests of processes that
// are killed. All that share a store need the same; a busy machine loses turns so short.
func Hasten() {
	for _, d := range []*time.Duration{&turnLength, &turnRenewed, &turnAsked, &queueAsked, &orphanedAfter, &laterIn, &storeAway} {
		*d /= 4
	}
	lease /= 30
	pieceComing *= 10 // they come at once, unless the machine is busy with much else
}
