package linear

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// meter is a server's budget of complexity points and requests, full again
// every hour by the hand clock.
type meter struct {
	clock            *handClock
	points, requests float64
	leftP, leftR     float64
	until            time.Time
	refused          int
}

func (m *meter) spend(h http.Header, cost float64) (ok bool) {
	if !m.clock.now.Before(m.until) {
		m.until, m.leftP, m.leftR = m.clock.now.Add(time.Hour), m.points, m.requests
	}
	if ok = m.leftP >= cost && m.leftR >= 1; ok {
		m.leftP -= cost
		m.leftR--
	} else {
		m.refused++
	}
	h.Set("X-Complexity", fmt.Sprint(cost))
	for kind, left := range map[string]float64{"Complexity": m.leftP, "Requests": m.leftR} {
		h.Set("X-RateLimit-"+kind+"-Remaining", fmt.Sprint(left))
		h.Set("X-RateLimit-"+kind+"-Reset", fmt.Sprint(m.until.UnixMilli()))
	}
	return ok
}

func TestAPassWaitsForTheBudgetInsteadOfRunningIntoARefusal(t *testing.T) {
	for name, m := range map[string]*meter{
		"points run short":   {points: 30_000, requests: 1e6},
		"requests run short": {points: 1e9, requests: 7},
	} {
		t.Run(name, func(t *testing.T) {
			f := newWorkspace(t, 400)
			m.clock = &handClock{now: time.UnixMilli(1_790_000_000_000).UTC()}
			f.head = func(h http.Header, cost float64) { m.spend(h, cost) }
			s := f.source(t, func(o *Options) { o.Transport = &connectors.Transport{Clock: m.clock, Limited: Limited} })
			store := newMemory()
			syncOnce(t, s, store)
			if len(store.tickets) != 402 || m.refused != 0 {
				t.Errorf("%d tickets, %d requests beyond the budget, want 402 and none", len(store.tickets), m.refused)
			}
			if len(m.clock.slept) == 0 {
				t.Error("nothing was waited for, so the budget was never short")
			}
			for _, d := range m.clock.slept {
				if d > time.Hour {
					t.Errorf("waited %v", d)
				}
			}
		})
	}
}

func TestAResetThatNobodyCanWaitForIsNotWaitedFor(t *testing.T) {
	clock := &handClock{now: day0}
	f := newWorkspace(t, 3)
	f.head = func(h http.Header, _ float64) {
		h.Set("X-RateLimit-Requests-Remaining", "0")
		h.Set("X-RateLimit-Requests-Reset", "4102444800000") // the year 2100
	}
	syncOnce(t, f.source(t, func(o *Options) { o.Clock = clock }), newMemory())
	if len(clock.slept) != 0 {
		t.Errorf("waited %v", clock.slept)
	}
}

func TestWaitingForTheBudgetEndsWithTheContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	f := newWorkspace(t, 3)
	clock := &handClock{now: day0}
	f.head = func(h http.Header, _ float64) {
		h.Set("X-RateLimit-Requests-Remaining", "0")
		h.Set("X-RateLimit-Requests-Reset", fmt.Sprint(day0.Add(time.Minute).UnixMilli()))
		stop()
	}
	_, err := connectors.Sync(ctx, f.source(t, func(o *Options) { o.Clock = clock }), newMemory(), nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
}

const limitedReply = `{"data":null,"errors":[{"message":"Rate limit exceeded","extensions":{"code":"RATELIMITED"}}]}`

func TestALimitToldWithStatus200IsWaitedForToo(t *testing.T) {
	clock := &handClock{now: day0}
	f := newWorkspace(t, 30)
	f.answer = func(w http.ResponseWriter, _ *http.Request, op string, n int) bool {
		if op != "Issues" || n > 2 {
			return false
		}
		w.Header().Set("X-RateLimit-Requests-Remaining", "0")
		w.Header().Set("X-RateLimit-Requests-Reset", fmt.Sprint(clock.now.Add(40*time.Second).UnixMilli()))
		return status(w, 200, "application/json", limitedReply)
	}
	s := f.source(t, func(o *Options) { o.Transport = &connectors.Transport{Clock: clock, Limited: Limited} })
	m := newMemory()
	syncOnce(t, s, m)
	if len(m.tickets) != 32 || f.count("Issues") != 3 {
		t.Errorf("%d tickets after %d tries, want 32 after 3", len(m.tickets), f.count("Issues"))
	}
	if clock.now.Sub(day0) < 80*time.Second {
		t.Errorf("waited %v, want 40s twice", clock.slept)
	}
}

func TestALimitToldWithStatus200WithoutEndIsAnError(t *testing.T) {
	clock := &handClock{now: day0}
	f := newWorkspace(t, 4)
	f.answer = func(w http.ResponseWriter, _ *http.Request, op string, _ int) bool {
		return op == "Issues" && status(w, 200, "application/json", limitedReply)
	}
	s := f.source(t, func(o *Options) { o.Clock = clock })
	_, err := connectors.Sync(t.Context(), s, newMemory(), nil)
	var refused *connectors.Error
	if !errors.As(err, &refused) || f.count("Issues") != limitTries {
		t.Errorf("err = %v after %d tries, want a refusal after %d", err, f.count("Issues"), limitTries)
	}
}

// A server that reckons more strictly than documented gets smaller pages, and
// everything arrives all the same.
func TestPagesShrinkWhereLinearFindsThemTooComplex(t *testing.T) {
	for _, limit := range []float64{5000, 1500, 700} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			f := newWorkspace(t, 120)
			one := f.lists["issues"][5]
			for n := range 90 {
				one["history"] = append(one["history"].([]obj), obj{"id": fmt.Sprint("x", n), "createdAt": at(n), "actorId": "u-lee"})
			}
			f.limit = limit
			s, m := f.source(t, nil), newMemory()
			p := syncOnce(t, s, m)
			if len(m.tickets) != 122 || len(p.Gaps) != 0 || len(m.tickets["issue-00005"].History) != 91 {
				t.Errorf("%d tickets, gaps %q, history of %d, want 122, none and 91", len(m.tickets), p.Gaps, len(m.tickets["issue-00005"].History))
			}
			refused := f.count("") - len(f.costs)
			if refused == 0 || refused > 30 {
				t.Errorf("%d refusals, want a few", refused)
			}
			f.forget()
			if _, err := s.Fetch(t.Context(), []string{"issue-00001"}); err != nil || f.count("") != len(f.costs) {
				t.Errorf("afterwards: %d refusals, %v, want none: the sizes are remembered", f.count("")-len(f.costs), err)
			}
		})
	}
}

func TestWhatLinearChargesDecidesHowMuchIsAskedFor(t *testing.T) {
	c := newClient("linear acme", Options{URL: DefaultURL, Token: goodToken})
	l := listing{query: docIssues, most: mostNodes, kind: issueKind}
	ask := func() (points float64, first int) {
		vars := c.paged(l, queryLimit)
		return docIssues.points(vars), vars["first"].(int)
	}
	points, first := ask()
	if points*unsure > queryLimit {
		t.Errorf("at first %.0f points are asked for, more than is sure to be taken", points)
	}
	c.tariff.heard(docIssues, points, points) // as documented
	exact, more := ask()
	if exact > queryLimit || exact < 0.95*queryLimit || more <= first {
		t.Errorf("when the cost is known, %.0f points are asked for", exact)
	}
	c.tariff.heard(docIssues, exact, 2*exact)
	if half, _ := ask(); half*2 > queryLimit || half*2 < 0.95*queryLimit {
		t.Errorf("at twice the cost, %.0f points are asked for", half)
	}
	c.tariff.heard(docIssues, 3, 40) // rounded up: tells nothing
	if again, _ := ask(); again*2 < 0.95*queryLimit {
		t.Errorf("after a small document, %.0f points are asked for", again)
	}
	c.tariff.atMost(500)
	if less, _ := ask(); less*2 > 500 {
		t.Errorf("where 500 is the limit, %.0f points are asked for", less)
	}
	c.tariff.atMost(20)
	if least, first := ask(); first != 1 || least >= points/float64(first) || units(c.paged(l, queryLimit)) != 1 {
		t.Errorf("where nearly nothing is allowed, %.0f points for %d issues", least, first)
	}
}

// A refusal tells in words what the document cost and what is the most.
func TestARefusalForComplexityIsUnderstood(t *testing.T) {
	for words, want := range map[string][2]float64{
		"The query is too complex. Complexity: 31375. Maximum allowed complexity: 10000.": {31375, 10000},
		"Query too complex: the query has a complexity of 12000, the maximum is 9000.":    {12000, 9000},
		"The query is too complex.": {},
		"The query is too complex. Complexity: many. Maximum: 99999999999999999999999":                   {},
		"Complexity: 31375. Maximum allowed complexity: 10000. But this is no refusal for being costly.": {31375, 10000},
		"Rate limit exceeded": {},
	} {
		r := refusal{Message: "Query too complex"}
		r.Extensions.UserPresentableMessage = words
		if words == "Rate limit exceeded" {
			r.Message = words
		}
		if cost, most := r.complexity(); cost != want[0] || most != want[1] {
			t.Errorf("%q: %v of %v, want %v", words, cost, most, want)
		}
	}
}

func TestARefusalThatTellsTheCostIsHeededAtOnce(t *testing.T) {
	f := newWorkspace(t, 120)
	f.answer = func(w http.ResponseWriter, _ *http.Request, op string, n int) bool {
		if op != "Issues" || n != 1 {
			return false
		}
		w.WriteHeader(http.StatusBadRequest)
		reply(w, obj{"errors": []obj{{"message": "Query too complex", "extensions": obj{"code": "INPUT_ERROR", "type": "invalid input",
			"userPresentableMessage": "The query is too complex. Complexity: 30000. Maximum allowed complexity: 10000."}}}})
		return true
	}
	m := newMemory()
	syncOnce(t, f.source(t, nil), m)
	if refused := f.count("") - len(f.costs); len(m.tickets) != 122 || refused != 1 {
		t.Errorf("%d tickets after %d refusals, want 122 after one", len(m.tickets), refused)
	}
}

// How much is asked for of each list follows what such lists hold.
func TestListsAreAskedForAsLongAsTheyAre(t *testing.T) {
	s := newShapes()[issueKind]
	first := s.vars()
	for n := range enough {
		lists := make([]list, len(issueKind.parts))
		for k := range lists {
			lists[k] = &connection[ref]{Nodes: make([]ref, n%2)} // none or one
		}
		lists[6] = &connection[ref]{Nodes: make([]ref, 8+n%2)}
		lists[0] = &connection[ref]{Nodes: make([]ref, map[bool]int{true: 400, false: 3}[n == 0])}
		s.saw(lists)
	}
	now := s.vars()
	if now["history"] != 9 || now["comments"] != 3 || now["needs"] != 1 || now["relations"] != 1 {
		t.Errorf("asked for %v, at first %v; want 9 of the history, 3 comments and 1 of most", now, first)
	}
	for range 10 * fresh { // and then histories are short
		lists := make([]list, len(issueKind.parts))
		for k := range lists {
			lists[k] = &connection[ref]{Nodes: make([]ref, 2)}
		}
		s.saw(lists)
	}
	if now = s.vars(); now["history"] != 2 || now["comments"] != 2 {
		t.Errorf("asked for %v later, want 2 of each", now)
	}
}

func TestWhatIsReadLaterIsWeighedAgainstWhatIsPaidForEveryObject(t *testing.T) {
	for name, tt := range map[string]struct {
		seen map[int]int // lengths, and how many have it
		node float64
		want int
	}{
		"all the same":             {map[int]int{7: 100}, 5, 7},
		"a few long ones":          {map[int]int{2: 998, 60: 2}, 5, 2},
		"many a little longer":     {map[int]int{2: 50, 3: 50}, 5, 3},
		"most of them empty, dear": {map[int]int{0: 95, 9: 5}, 20, 1},
		"nothing anywhere":         {map[int]int{0: 100}, 5, 1},
		"all of them long":         {map[int]int{40: 100}, 5, 40},
	} {
		seen := make([]int, longList+1)
		for length, n := range tt.seen {
			seen[length] = n
		}
		if got := cheapest(seen, tt.node, 3); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}

func TestADocumentThatIsTooComplexForOneIssueIsAnError(t *testing.T) {
	f := newWorkspace(t, 3)
	f.answer = func(w http.ResponseWriter, _ *http.Request, op string, _ int) bool {
		if op != "Issues" {
			return false
		}
		refuse(w, 400, "INPUT_ERROR", "Query too complex")
		return true
	}
	_, err := connectors.Sync(t.Context(), f.source(t, nil), newMemory(), nil)
	var refused *connectors.Error
	if !errors.As(err, &refused) || f.count("Issues") > 15 {
		t.Errorf("err = %v after %d tries", err, f.count("Issues"))
	}
}
