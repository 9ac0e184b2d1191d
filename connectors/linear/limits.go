package linear

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// limitKinds are Linear's budgets as they stand in header names: requests,
// complexity points, and requests of one endpoint.
var limitKinds = []string{"Requests", "Complexity", "Endpoint-Requests"}

// Limited is for connectors.Transport: it tells whether Linear refused a request
// for coming too often, and how long until the budget that is used up is full
// again. Linear says so with status 400 and the code RATELIMITED, or with 429.
func Limited(resp *http.Response, body []byte, now time.Time) (wait time.Duration, limited bool) {
	if resp.StatusCode != http.StatusTooManyRequests && !ratelimited(body) {
		return 0, false
	}
	wait = connectors.RetryAfter(resp, now)
	if reset := resetTime(resp.Header); reset.After(now) {
		wait = max(wait, reset.Sub(now))
	}
	return wait, true
}

// resetTime is when the budget that stopped a request is full again; zero where
// the headers do not tell.
func resetTime(h http.Header) time.Time {
	var latest time.Time
	cost := number(h.Get("X-Complexity"))
	for _, kind := range limitKinds {
		left, told := finite(h.Get("X-RateLimit-" + kind + "-Remaining"))
		used := told && (left <= 0 || (kind == "Complexity" && left < cost))
		if reset := millis(h.Get("X-RateLimit-" + kind + "-Reset")); used && reset.After(latest) {
			latest = reset
		}
	}
	return latest
}

// number reads an amount; zero for anything else.
func number(s string) float64 {
	n, _ := finite(s)
	return max(n, 0)
}

// finite reads a number that can be reckoned with.
func finite(s string) (n float64, ok bool) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0, false
	}
	return n, true
}

// latestReset bounds reset times: a larger number is no time at all, and a
// duration could not hold it.
const latestReset = 1 << 43 // milliseconds: the year 2248

// millis reads a moment in milliseconds since 1970; zero for anything else.
func millis(s string) time.Time {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n <= 0 || n > latestReset {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// ratelimited looks for the code in the errors of a reply.
func ratelimited(body []byte) bool {
	var reply struct{ Errors []refusal }
	if json.Unmarshal(body, &reply) != nil {
		return strings.Contains(string(body), `"RATELIMITED"`)
	}
	for _, e := range reply.Errors {
		if strings.EqualFold(e.Extensions.Code, codeLimited) {
			return true
		}
	}
	return false
}
