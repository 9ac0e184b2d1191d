package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// limiter counts what is used within one window of the world's clock. It is
// used under the world's lock.
type limiter struct {
	limit      Limit
	until      time.Time
	requests   int
	complexity float64
}

// spend takes one request of the given complexity from the budget and says
// whether there was enough left.
func (l *limiter) spend(now time.Time, complexity float64) bool {
	if !now.Before(l.until) {
		l.until, l.requests, l.complexity = now.Add(l.limit.Per), 0, 0
	}
	if l.limit.Requests > 0 && l.requests >= l.limit.Requests {
		return false
	}
	if l.limit.Complexity > 0 && l.complexity+complexity > l.limit.Complexity {
		return false
	}
	l.requests++
	l.complexity += complexity
	return true
}

func (l *limiter) left() int { return max(0, l.limit.Requests-l.requests) }

// wait is how long until the budget is whole again, in whole seconds.
func (l *limiter) wait(now time.Time) int {
	return max(1, int((l.until.Sub(now)+time.Second-1)/time.Second))
}

// admit spends one request of the site's quota and of the endpoint's burst and
// writes Jira's headers; when nothing is left it answers 429.
func (j *jira) admit(w http.ResponseWriter, endpoint string) bool {
	if !j.admitted(w, &j.limiter, "jira-quota-global-based") {
		return false
	}
	if j.bursts[endpoint] == nil {
		j.bursts[endpoint] = &limiter{limit: j.o.Burst}
	}
	return j.admitted(w, j.bursts[endpoint], "jira-burst-based")
}

func (j *jira) admitted(w http.ResponseWriter, l *limiter, reason string) bool {
	if l.limit.Requests == 0 {
		return true
	}
	ok := l.spend(j.w.now, 0)
	h := w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(l.limit.Requests))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(l.left()))
	if j.cloud {
		h.Set("X-RateLimit-Reset", l.until.UTC().Format("2006-01-02T15:04Z"))
		if l.left()*5 < l.limit.Requests {
			h.Set("X-RateLimit-NearLimit", "true")
		}
	} else {
		h.Set("X-RateLimit-FillRate", strconv.Itoa(l.limit.Requests))
		h.Set("X-RateLimit-Interval-Seconds", strconv.Itoa(int(l.limit.Per/time.Second)))
	}
	if !ok {
		j.tooMany(w, l, reason)
	}
	return ok
}

func (j *jira) tooMany(w http.ResponseWriter, l *limiter, reason string) {
	w.Header().Set("Retry-After", strconv.Itoa(l.wait(j.w.now)))
	if j.cloud {
		w.Header().Set("RateLimit-Reason", reason)
		jiraError(w, http.StatusTooManyRequests, "Rate limit exceeded.")
		return
	}
	w.WriteHeader(http.StatusTooManyRequests)
	_, _ = fmt.Fprintln(w, "Rate limit exceeded.")
}
