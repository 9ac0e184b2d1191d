package rules

import (
	"fmt"
	"strings"
	"time"
)

// Duration reads a duration as tests and settings write it: 48h, 2 weeks.
func Duration(s string) (time.Duration, error) {
	d, ok := parseDuration(s)
	if !ok {
		return 0, fmt.Errorf("%s is not a duration: write it like 48h or 2 weeks", show(s))
	}
	return d, nil
}

// testNow is the moment that tests look at unless they say otherwise.
const testNow = "2026-11-16 09:00"

// minuteLayout is how tests write a moment; always UTC.
const minuteLayout = "2006-01-02 15:04"

// Moment is the moment the test looks at.
func (t *Test) Moment() (time.Time, error) {
	if t.Now == "" {
		return time.Parse(minuteLayout, testNow)
	}
	return ParseMoment(t.Now, time.Time{})
}

// ParseMoment reads a moment as tests write it: 3 days ago, 50h ago, in 2 days,
// 2026-11-10, 2026-11-10 14:00 or with seconds in UTC.
func ParseMoment(s string, now time.Time) (time.Time, error) {
	if span, ago := strings.CutSuffix(s, " ago"); ago {
		if d, ok := parseDuration(span); ok {
			return now.Add(-d), nil
		}
	}
	if span, ahead := strings.CutPrefix(s, "in "); ahead {
		if d, ok := parseDuration(span); ok {
			return now.Add(d), nil
		}
	}
	for _, layout := range []string{minuteLayout, time.DateTime, time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s is not a moment: write it like 3 days ago, in 2 days, or 2026-11-10 14:00", show(s))
}
