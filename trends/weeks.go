package trends

import (
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/org"
)

// Weeks are weeks of one zone, oldest first, each ending where the next begins.
type Weeks []org.Week

// WeeksTo are so many weeks up to the last.
func WeeksTo(last org.Week, n int) Weeks {
	out := make(Weeks, n)
	for i := range out {
		out[i] = last.Before(n - 1 - i)
	}
	return out
}

// lastSecond is the moment that stands for the end of a week: checks of the past
// are made then.
func lastSecond(w org.Week) time.Time { return w.End.Add(-time.Second) }

// of is the index of the week that holds the moment; -1 when none does.
func (ws Weeks) of(at time.Time) int {
	n, _ := slices.BinarySearchFunc(ws, at, func(w org.Week, at time.Time) int {
		if w.End.After(at) {
			return 1
		}
		return -1
	})
	if n == len(ws) || at.Before(ws[n].Start) {
		return -1
	}
	return n
}

// from is the index of the first week whose last second is not before the moment.
func (ws Weeks) from(at time.Time) int {
	n, _ := slices.BinarySearchFunc(ws, at, func(w org.Week, at time.Time) int {
		if !lastSecond(w).Before(at) {
			return 1
		}
		return -1
	})
	return n
}

// span is from the first week's beginning to the last week's end.
func (ws Weeks) span() org.Span {
	if len(ws) == 0 {
		return org.Span{}
	}
	return org.Span{From: ws[0].Start, To: ws[len(ws)-1].End}
}
