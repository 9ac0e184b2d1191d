package scale

import (
	"time"
)

// ask is what is asked of a site: so many requests, one after the other, and what
// they cost together in the points by which the site counts.
type ask struct {
	requests int
	points   float64
}

func (a ask) plus(b ask) ask { return ask{a.requests + b.requests, a.points + b.points} }

// reading is what it takes to read a kind of tracker, as the connectors do it.
// TestTheModelAsksAsOftenAsTheConnectors compares.
type reading interface {
	// begin is what a pass takes before it comes to tickets, of a source of so many
	// projects or teams on a site that has so many in all.
	begin(parts, site int) ask
	// all is what so many tickets take in a first pass.
	all(tickets int) ask
	// changed is what it takes to look for changes, and to read so many.
	changed(tickets int) ask
	// census is what it takes to list so many tickets.
	census(tickets int) ask
	// limits are what a site allows in an hour.
	limits() []allowance
}

// Jira Cloud.
const (
	jiraPage      = 100    // tickets a search gives
	jiraBulk      = 1_000  // tickets a bulk fetch of histories takes
	jiraFixed     = 4      // who one is, fields, statuses, types
	jiraEach      = 3      // for each project: itself, its boards, a board's sprints
	jiraQuota     = 65_000 // points an hour, for an OAuth application
	jiraMostExtra = 2_000  // requests a pass spends on watchers and remote links
)

// jiraCloud reads Jira Cloud. A request costs a point and each ticket it tells of
// another.
type jiraCloud struct {
	watched float64
	oauth   bool
}

func (j jiraCloud) begin(parts, _ int) ask {
	n := jiraFixed + jiraEach*parts
	return ask{n, float64(2 * n)}
}

func (j jiraCloud) all(tickets int) ask { return j.tickets(tickets) }

func (j jiraCloud) changed(tickets int) ask {
	if tickets == 0 {
		return ask{1, 1} // a search that finds nothing
	}
	return j.tickets(tickets)
}

func (j jiraCloud) tickets(n int) ask {
	requests := pages(n, jiraPage) + pages(n, jiraBulk)
	extras := min(int(float64(n)*j.watched), jiraMostExtra)
	return ask{requests + extras, float64(requests+2*n) + 2*float64(extras)}
}

func (j jiraCloud) census(tickets int) ask {
	n := 1 + pages(tickets, jiraPage)
	return ask{n, float64(n + tickets)}
}

func (j jiraCloud) limits() []allowance {
	if !j.oauth {
		return nil // only bursts are bounded, which requests one after the other never reach
	}
	return []allowance{{kind: "", most: jiraQuota, points: true}}
}

// Linear.
const (
	linearQuery  = 9_850.0     // points of a document that is filled
	linearEach   = 103.7       // points an issue with six entries of history costs
	linearLearn  = 11_000.0    // points more until it is known how long issues' lists are
	linearNodes  = 250         // of a list, in one request
	linearList   = 327.0       // points of a page of such a list
	linearFixed  = 6           // who one is, counts, initiatives, projects, cycles, whether issues changed
	linearLook   = 9_300.0     // points these cost
	linearPerDay = 8           // people for each team, who are read with the words
	linearAsks   = 2_500.0     // requests an hour
	linearPoints = 3_000_000.0 // points an hour
)

// linearSite reads Linear.
type linearSite struct{}

func (linearSite) begin(_, site int) ask {
	words := pages(linearPerDay*site, linearNodes) + pages(6*site, linearNodes) + 1
	return ask{linearFixed + words, linearLook + 300*float64(words)}
}

func (linearSite) all(tickets int) ask {
	points := linearEach * float64(tickets)
	return ask{pages(int(points), int(linearQuery)), points + linearLearn}
}

// changed looks with a small page first, and with larger ones as long as there is more.
func (linearSite) changed(tickets int) ask {
	var out ask
	for room := 500.0; tickets > 0; room = min(5*room, linearQuery) {
		tickets -= max(int(room/linearEach), 1)
		out = out.plus(ask{1, room})
	}
	return out
}

func (linearSite) census(tickets int) ask {
	n := 3 + pages(tickets, linearNodes)
	return ask{n, linearList * float64(n)}
}

func (linearSite) limits() []allowance {
	return []allowance{{kind: "Requests-", most: linearAsks}, {kind: "Complexity-", most: linearPoints, points: true}}
}

func pages(n, size int) int { return (n + size - 1) / size }

// allowance is what a site allows in an hour by the clock.
type allowance struct {
	kind   string // as in the names of headers
	most   float64
	points bool // counts points, otherwise requests

	left  float64
	until time.Time
}

func (a *allowance) cost(of ask) float64 {
	if a.points {
		return of.points
	}
	return float64(of.requests)
}

// refresh fills the allowance when its hour is over.
func (a *allowance) refresh(now time.Time) {
	if !now.Before(a.until) {
		a.left, a.until = a.most, now.Truncate(time.Hour).Add(time.Hour)
	}
}
