package scale

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// site is a tracker as those who read it meet it: it answers after a while, allows
// so much an hour, and is away at times.
type site struct {
	name   string
	zone   *time.Location
	loop   *loop
	budget *connectors.Budget
	answer time.Duration
	limits []allowance
	away   []span

	free    int        // places for requests
	waiting []*process // for a place, the first first

	requests, refused int
	hours             map[int64]*spent // by hour since 1970
}

// spent is what was asked of a site in an hour.
type spent struct {
	requests int
	part     float64 // of the allowance that is nearest to its end
}

// span is a stretch of time.
type span struct{ from, to time.Time }

func (s span) holds(at time.Time) bool { return !at.Before(s.from) && at.Before(s.to) }

func newSite(name string, zone *time.Location, l *loop, answer time.Duration, limits []allowance) *site {
	return &site{
		name: name, zone: zone, loop: l, answer: answer, limits: limits, free: RequestsAtOnce, hours: map[int64]*spent{},
		// The places are given away by the site, in the order of asking: whoever waits
		// for one in the budget would hold up the simulation, which is one goroutine. The
		// waits that a server asks for are the budget's.
		budget: connectors.NewBudget(l, 1<<16),
	}
}

// enter waits for a place.
func (s *site) enter() error {
	if s.free > 0 {
		s.free--
		return nil
	}
	s.waiting = append(s.waiting, s.loop.running)
	return s.loop.park()
}

// leave hands the place to whoever waits longest.
func (s *site) leave() {
	if len(s.waiting) == 0 {
		s.free++
		return
	}
	next := s.waiting[0]
	s.waiting = s.waiting[1:]
	s.loop.wake(next, s.loop.now)
}

// door is where one source's requests come to a site.
type door struct {
	site *site
	asks ask
}

// RoundTrip implements http.RoundTripper: all requests that are asked for, as one.
func (d *door) RoundTrip(req *http.Request) (*http.Response, error) {
	s := d.site
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	if s.isAway() {
		if err := s.loop.Sleep(req.Context(), s.answer); err != nil {
			return nil, err
		}
		s.refused++
		return reply(http.StatusServiceUnavailable, nil), nil
	}
	if refusal := s.limited(d.asks); refusal != nil {
		if err := s.loop.Sleep(req.Context(), s.answer); err != nil {
			return nil, err
		}
		s.refused++
		return refusal, nil
	}
	head := s.spend(d.asks)
	if err := s.loop.Sleep(req.Context(), time.Duration(d.asks.requests)*s.answer); err != nil {
		return nil, err
	}
	return reply(http.StatusOK, head), nil
}

func (s *site) isAway() bool {
	for _, a := range s.away {
		if a.holds(s.loop.now) {
			return true
		}
	}
	return false
}

// limited is the refusal of what is more than the site allows in this hour.
func (s *site) limited(a ask) *http.Response {
	for i := range s.limits {
		l := &s.limits[i]
		l.refresh(s.loop.now)
		if l.cost(a) > l.left {
			wait := l.until.Sub(s.loop.now)
			return reply(http.StatusTooManyRequests, http.Header{"Retry-After": {strconv.Itoa(int(wait/time.Second) + 1)}})
		}
	}
	return nil
}

// spend takes what is asked for off the allowances, and tells what is left of them as
// servers do.
func (s *site) spend(a ask) http.Header {
	s.requests += a.requests
	hour := s.hours[s.loop.now.Unix()/3600]
	if hour == nil {
		hour = &spent{}
		s.hours[s.loop.now.Unix()/3600] = hour
	}
	hour.requests += a.requests
	if len(s.limits) == 0 {
		return nil
	}
	head := http.Header{}
	for i := range s.limits {
		l := &s.limits[i]
		l.left -= l.cost(a)
		hour.part = max(hour.part, 1-l.left/l.most)
		head["X-Ratelimit-"+l.kind+"Remaining"] = []string{fmt.Sprintf("%.0f", l.left)}
		head["X-Ratelimit-"+l.kind+"Reset"] = []string{strconv.FormatInt(l.until.UnixMilli(), 10)}
	}
	return head
}

// ahead is how long whoever keeps count waits before asking for so much: Linear's
// connector does, by what the last answer told.
func (s *site) ahead(a ask) (wait time.Duration) {
	for i := range s.limits {
		l := &s.limits[i]
		l.refresh(s.loop.now)
		if l.cost(a) > l.left {
			wait = max(wait, l.until.Sub(s.loop.now))
		}
	}
	return wait
}

func reply(status int, head http.Header) *http.Response {
	return &http.Response{StatusCode: status, Header: head, Body: http.NoBody}
}

// anywhere is the address of all requests: nothing goes out.
var anywhere = &url.URL{Scheme: "https", Host: "tracker.invalid", Path: "/"}
