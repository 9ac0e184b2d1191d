// Package connectortest is what every source of tickets must keep: one suite
// that runs a connector against a simulated tracker and checks each promise of
// connectors.Source, and what happens when the tracker misbehaves. A new
// connector needs a simulated tracker and one call of Run.
package connectortest

import (
	"net/http"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/simulator"
)

// Tracker is what a connector brings to the suite.
type Tracker struct {
	// Serve gives the simulated tracker that shows the world.
	Serve func(*simulator.World, simulator.Options) http.Handler
	// Open gives a new source that reads the site. It is called several times
	// for one site; sources share nothing but their configuration.
	Open func(t *testing.T, at Site) connectors.Source
	// Limited is how the tracker refuses a request for longer than anybody
	// would wait. Nil: status 429 with Retry-After of a day.
	Limited func(next http.Handler) http.Handler
	// Small are the tightest caps the tracker may have; the suite reads
	// everything through them once more.
	Small simulator.Options
	// Markup lists what the tracker would make of a comment's body beyond plain
	// words; nil: it is not looked at.
	Markup func(body string) []string
	// NoBots says that the tracker cannot tell automation from people.
	NoBots bool
}

// Site is where a source finds the simulated tracker.
type Site struct {
	URL      string // without a slash at the end
	User     string
	Token    string
	Space    string // key of the project or team to read
	PageSize int    // tickets to ask for at a time; 0: as the connector ships
	Clock    connectors.Clock
	// WriteComments says that the operator allows comments.
	WriteComments bool
}

// Run checks every promise.
func Run(t *testing.T, tracker Tracker) {
	if tracker.Limited == nil {
		tracker.Limited = simulator.Status(http.StatusTooManyRequests, "Retry-After", "86400")
	}
	if tracker.Markup == nil {
		tracker.Markup = func(string) []string { return nil }
	}
	for name, check := range map[string]func(*testing.T, *bench){
		"a full pass brings every ticket in its final state":         fullPass,
		"histories are complete":                                     completeHistories,
		"a ticket rewinds to any past moment":                        rewinds,
		"tickets arrive normalised":                                  normalised,
		"odd tickets arrive as they are":                             oddTickets,
		"what the operator does not name stays out":                  otherSpaces,
		"sprints arrive with goal and dates":                         sprints,
		"a second pass changes nothing and asks for two pages":       secondPass,
		"a pass can begin again at any stored cursor":                anyCursor,
		"a later pass brings what changed and little else":           incremental,
		"a change within the minute of the last pass is found":       sameMinute,
		"a reader may stop at any page":                              earlyStop,
		"nothing is lost when tickets change while pages are read":   changesWhilePaging,
		"a ticket that is deleted while pages are read does no harm": deletedWhilePaging,
		"faults that pass are waited out":                            passingFaults,
		"rate limits are waited out":                                 rateLimits,
		"after a lasting fault the next pass goes on":                lastingFaults,
		"refusals say where and what to do":                          refusals,
		"the end of the context ends the pass":                       cancelled,
		"the end of the context ends waiting":                        cancelledWhileWaiting,
		"short pages lose nothing":                                   shortPages,
		"a search that trails its database loses nothing":            laggingSearch,
		"a page token that expires loses nothing":                    expiringTokens,
		"bursts are waited out":                                      bursts,
		"what is present is what a full pass brings":                 presentIsWhatChangedBrings,
		"what was deleted or moved away is present no more":          presentFollowsTheTracker,
		"a ticket read by id is the ticket a pass brings":            fetchIsWhatChangedBrings,
		"a list of what is present that breaks off says so":          brokenPresentIsNotComplete,
		"a note stands on its ticket once":                           noteStandsOnce,
		"a comment whose answer is dropped stands there once":        droppedAnswers,
		"a comment holds words only":                                 inertComments,
		"what keeps a comment from being written is told":            refusedComments,
		"no comment is written that nobody allows":                   unaskedComments,
		"comments wait out rate limits":                              limitedComments,
		"the end of the context ends a comment":                      endedComments,
		"fairlead's own comments are nobody's taking part":           ownCommentsAreAutomation,
	} {
		t.Run(name, func(t *testing.T) { check(t, newBench(t, tracker)) })
	}
	t.Run("small pages and cut lists lose nothing", func(t *testing.T) { smallCaps(t, tracker) })
	t.Run("times from any zone are the same times", func(t *testing.T) { foreignZones(t, tracker) })
}

// began is when the worlds of the suite begin.
var began = time.Date(2026, 3, 27, 9, 0, 0, 0, time.UTC)
