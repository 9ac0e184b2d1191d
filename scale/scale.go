// Package scale foretells how fairlead does in an organisation of any size: how
// long the first reading takes, how far the store trails the trackers, what Redis
// holds, how many replicas that needs, and when Monday's reports have arrived.
//
// It is a simulation, event by event, by a clock of its own. Reading goes through
// the product's own budget and transport (connectors.Budget, connectors.Transport)
// with their waits and back-offs; the trackers answer as their documentation says;
// tickets are only counted. What takes time on the machine (looking at a ticket,
// serving it) is reckoned from what was measured, see Costs. Nothing here sleeps,
// and the same organisation and seed give the same figures to the digit.
//
// It leaves out webhooks, pages and people who use them, and does not know how many
// tickets a check keeps in memory.
package scale

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Tracker says what an organisation's sites run.
type Tracker string

// The trackers.
const (
	Jira   Tracker = "jira" // Jira Cloud
	Linear Tracker = "linear"
	Mix    Tracker = "mix" // three sites of Jira Cloud for each workspace of Linear
)

// Trackers lists them.
func Trackers() []string { return []string{string(Mix), string(Jira), string(Linear)} }

// Organisation is what is simulated.
type Organisation struct {
	Teams   int     `json:"teams"`
	Tickets int     `json:"tickets"`
	Sites   int     `json:"sites"` // of unlike size: the n-th holds 1/√n of what the first holds
	Tracker Tracker `json:"tracker"`
	// TeamsPerSource is how many projects of Jira one entry under sources names. A
	// workspace of Linear is one entry.
	TeamsPerSource int `json:"teams_per_source"`
	// Changes is how often a ticket is changed in a month of 30 days, on average over
	// all tickets, old ones too.
	Changes float64 `json:"changes_per_ticket_and_month"`
	// Watched is how many requests a changed ticket of Jira takes for watchers and
	// remote links, which are told ticket by ticket.
	Watched float64 `json:"watched"`
	// Answer is how long a tracker takes to answer a request, on average.
	Answer time.Duration `json:"answer"`
	// OAuth reads Jira with an OAuth application, whose quota is counted in points,
	// instead of with API tokens.
	OAuth bool `json:"oauth"`

	Replicas int `json:"replicas"` // 0: as many as are needed
	Cores    int `json:"cores"`    // of each replica
	// Altered has checks after the first look only at what was altered since the one
	// before, and at what depends on that, instead of at all tickets.
	Altered bool `json:"altered"`
	// Nodes is over how many servers of Redis the sources are spread.
	Nodes          int           `json:"redis_nodes"`
	BytesPerTicket int           `json:"bytes_per_ticket"`
	Every          time.Duration `json:"sync_every"`
	ReconcileEvery time.Duration `json:"reconcile_every"`
	// Within is what is wanted: within so long, 95 of 100 changes are read and checked.
	Within time.Duration `json:"within"`
	Weeks  int           `json:"weeks"` // of everyday work, after the first reading
	// Quiet leaves out what goes wrong otherwise: sites that are away for hours, and a
	// bulk change.
	Quiet bool   `json:"quiet"`
	Seed  uint64 `json:"seed"`
	// Grain is how many requests in a row of one source are looked at as one.
	Grain int   `json:"grain"`
	Costs Costs `json:"costs"`
}

// Default is an organisation of 10,000 teams and 20,000,000 tickets.
func Default() Organisation {
	return Organisation{
		Teams: 10_000, Tickets: 20_000_000, Sites: 40, Tracker: Mix, TeamsPerSource: 50,
		Changes: 0.5, Watched: 0.8, Answer: 400 * time.Millisecond,
		Cores: 4, Nodes: 4, BytesPerTicket: 1350, Every: 10 * time.Minute, ReconcileEvery: 7 * 24 * time.Hour,
		Within: time.Hour, Weeks: 2, Seed: 1, Grain: 40, Costs: Measured(),
	}
}

// Mistake is what is wrong with an organisation: one line for each mistake, all at
// once.
type Mistake struct{ Lines []string } //nolint:errname // what is told is a mistake, as in a configuration

// Error implements error.
func (m *Mistake) Error() string { return strings.Join(m.Lines, "\n") }

// check finds every mistake.
func (o *Organisation) check() error {
	m := &Mistake{}
	within := func(name string, got, least, most float64) {
		if !(got >= least && got <= most) { // also what is no number
			m.Lines = append(m.Lines, fmt.Sprintf("%s: %v is out of range\n\tchoose from %v to %v", name, plain(got), plain(least), plain(most)))
		}
	}
	long := func(name string, got, least, most time.Duration) {
		if got < least || got > most {
			m.Lines = append(m.Lines, fmt.Sprintf("%s: %v is out of range\n\tchoose from %v to %v", name, got, least, most))
		}
	}
	within("teams", float64(o.Teams), 1, 1_000_000)
	within("tickets", float64(o.Tickets), 0, 1_000_000_000)
	within("sites", float64(o.Sites), 1, 1_000)
	if o.Sites > o.Teams && o.Teams > 0 {
		m.Lines = append(m.Lines, fmt.Sprintf("sites: %d sites are more than there are teams, %d\n\tgive each site a team at least", o.Sites, o.Teams))
	}
	if !slices.Contains(Trackers(), string(o.Tracker)) {
		m.Lines = append(m.Lines, fmt.Sprintf("tracker: %q is none\n\tchoose %s", o.Tracker, strings.Join(Trackers(), ", ")))
	}
	within("teams-per-source", float64(o.TeamsPerSource), 1, 10_000)
	within("changes", o.Changes, 0, 100)
	within("watched", o.Watched, 0, 10)
	long("answer", o.Answer, time.Millisecond, time.Minute)
	within("replicas", float64(o.Replicas), 0, 1_000)
	within("cores", float64(o.Cores), 1, 256)
	within("redis-nodes", float64(o.Nodes), 1, 1_000)
	within("bytes-per-ticket", float64(o.BytesPerTicket), 100, 1_000_000)
	long("sync-every", o.Every, time.Minute, 24*time.Hour)
	long("reconcile-every", o.ReconcileEvery, time.Hour, 90*24*time.Hour)
	long("within", o.Within, time.Minute, 30*24*time.Hour)
	within("weeks", float64(o.Weeks), 1, 52)
	within("grain", float64(o.Grain), 1, 1_000)
	m.Lines = append(m.Lines, o.Costs.mistakes()...)
	if len(m.Lines) > 0 {
		return m
	}
	return nil
}

// plain writes a number without an exponent.
func plain(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// IsMistake reports whether err names mistakes in what was asked for.
func IsMistake(err error) bool { return errors.As(err, new(*Mistake)) }
