package connectors

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What servers tell of the allowance that is left, in the words that Jira Cloud,
// Jira Data Center and Linear share: X-RateLimit-Remaining, -Reset and
// -Interval-Seconds, Linear's with the kind of allowance in the middle
// (X-RateLimit-Complexity-Remaining), and Jira Cloud's RateLimit-Reason.

const (
	limitPrefix     = "X-Ratelimit-" // as http.Header writes it
	remainingSuffix = "Remaining"
	// oneEndpoint is in Linear's names of allowances that count single endpoints.
	oneEndpoint = "Endpoint-"
	// burst begins Jira Cloud's reasons for refusals that concern one endpoint;
	// every other reason, such as a used up quota, concerns the whole site.
	burst = "jira-burst-based"
)

// refusedAt is the endpoint that a refusal is about, or everySite.
func refusedAt(resp *http.Response, endpoint string) string {
	if strings.HasPrefix(resp.Header.Get("RateLimit-Reason"), burst) {
		return endpoint
	}
	return everySite
}

// usedUp reads from an answer of any status which allowances have nothing left
// and for how long: by endpoint, or everySite. Whoever asks again before that is
// refused, and refusals count.
func usedUp(resp *http.Response, endpoint string, now time.Time) map[string]time.Duration {
	out := map[string]time.Duration{}
	for name, values := range resp.Header {
		kind, ok := strings.CutPrefix(name, limitPrefix)
		if !ok || len(values) == 0 {
			continue
		}
		kind, ok = strings.CutSuffix(kind, remainingSuffix)
		if !ok || !isNothing(values[0]) {
			continue
		}
		where := everySite
		if strings.HasPrefix(kind, oneEndpoint) || refusedAt(resp, endpoint) == endpoint {
			where = endpoint
		}
		out[where] = max(out[where], refill(resp.Header, limitPrefix+kind, now))
	}
	return out
}

func isNothing(left string) bool {
	n, err := strconv.ParseFloat(strings.TrimSpace(left), 64)
	return err == nil && n <= 0
}

// refill is how long until an allowance holds something again; 0 when the
// server does not tell.
func refill(h http.Header, prefix string, now time.Time) time.Duration {
	if at := moment(h.Get(prefix + "Reset")); at.After(now) {
		return at.Sub(now)
	}
	if s, err := strconv.ParseFloat(h.Get(prefix+"Interval-Seconds"), 64); err == nil && s > 0 {
		return time.Duration(min(s, endless) * float64(time.Second))
	}
	return 0
}

// latestMoment bounds what is taken for a moment in milliseconds: the year 2248.
const latestMoment = 1 << 43

// moment reads RFC 3339 with or without seconds (Jira Cloud) or milliseconds
// since 1970 (Linear); zero for anything else.
func moment(text string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC()
		}
	}
	if ms, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64); err == nil && ms > 0 && ms < latestMoment {
		return time.UnixMilli(ms).UTC()
	}
	return time.Time{}
}
