package jira

import (
	"net/http"
	"strconv"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// limited reads Jira's ways of saying "too often". Cloud sends Retry-After or
// the moment at which the quota is full again; Data Center's token bucket sends
// retry-after or how often it is filled.
func limited(resp *http.Response, _ []byte, now time.Time) (time.Duration, bool) {
	if resp.StatusCode != http.StatusTooManyRequests {
		return 0, false
	}
	if wait := connectors.RetryAfter(resp, now); wait > 0 {
		return wait, true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if at, err := time.Parse(layout, resp.Header.Get("X-RateLimit-Reset")); err == nil && at.After(now) {
			return at.Sub(now), true
		}
	}
	if s, err := strconv.Atoi(resp.Header.Get("X-RateLimit-Interval-Seconds")); err == nil && s > 0 {
		return time.Duration(s) * time.Second, true
	}
	return 0, true
}
