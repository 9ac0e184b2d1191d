package jira

import (
	"net/http"
	"testing"
	"time"
)

func TestLimited(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name    string
		code    int
		header  map[string]string
		wait    time.Duration
		limited bool
	}{
		{"Cloud names the seconds", 429, map[string]string{"Retry-After": "7", "X-RateLimit-Reset": "2026-03-02T12:05:00Z"}, 7 * time.Second, true},
		{"Cloud names the moment its quota is full again", 429, map[string]string{"X-RateLimit-Reset": "2026-03-02T12:00:40Z"}, 40 * time.Second, true},
		{"to the minute, as its documents show it", 429, map[string]string{"X-RateLimit-Reset": "2026-03-02T12:01Z"}, time.Minute, true},
		{"in another zone", 429, map[string]string{"X-RateLimit-Reset": "2026-03-02T13:00:40+01:00"}, 40 * time.Second, true},
		{"a moment that has passed", 429, map[string]string{"X-RateLimit-Reset": "2026-03-02T11:00:00Z"}, 0, true},
		{"Data Center names how often it fills its bucket", 429, map[string]string{"X-RateLimit-Interval-Seconds": "5"}, 5 * time.Second, true},
		{"nothing is named", 429, nil, 0, true},
		{"nonsense is named", 429, map[string]string{"X-RateLimit-Reset": "soon", "X-RateLimit-Interval-Seconds": "-3"}, 0, true},
		{"another refusal", 403, map[string]string{"Retry-After": "7"}, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp := &http.Response{StatusCode: c.code, Header: http.Header{}}
			for k, v := range c.header {
				resp.Header.Set(k, v)
			}
			wait, limited := limited(resp, nil, now)
			if wait != c.wait || limited != c.limited {
				t.Errorf("got %v, %v, want %v, %v", wait, limited, c.wait, c.limited)
			}
		})
	}
}
