package linear

import (
	"errors"
	"sync"
)

const (
	// nearLimit is where a document comes near the 10,000 points that Linear
	// allows one query, and queryBudget what is aimed for then.
	nearLimit   = 9500
	queryBudget = 8500
)

// errTooComplex marks the refusal of a document that asks for too much at once.
var errTooComplex = errors.New("too complex")

// sizes are how much may be asked for at once, by operation, where Linear has
// shown that what we ship with is too much. They only shrink: Linear's own
// reckoning changes with its releases, not from request to request.
type sizes struct {
	mu   sync.Mutex
	most map[string]int
}

// units is how much a document with these variables asks for: nodes of its
// longest list, or entries of all its histories.
func units(vars map[string]any) int {
	most := 1
	for _, v := range vars {
		if n, ok := v.(int); ok {
			most = max(most, n)
		}
	}
	issues, _ := vars["issues"].(int)
	entries, _ := vars["entries"].(int)
	return max(most, issues*entries)
}

// fit is how many of the wanted units may be asked for at once.
func (s *sizes) fit(q query, want int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if most, known := s.most[q.name]; known {
		return max(1, min(want, most))
	}
	return max(1, want)
}

// cost hears what a document cost, and shrinks the next one where that came near
// the limit.
func (s *sizes) cost(q query, units int, points float64) {
	if points > nearLimit {
		s.atMost(q, int(float64(units)*queryBudget/points))
	}
}

func (s *sizes) atMost(q query, units int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.most == nil {
		s.most = map[string]int{}
	}
	if most, known := s.most[q.name]; !known || units < most {
		s.most[q.name] = max(1, units)
	}
}

// shrinks tells whether err refused q for asking too much and less can be asked
// for; the next fit is then half of what was asked for at the most.
func (c *client) shrinks(q query, vars map[string]any, err error) bool {
	n := units(vars)
	if !errors.Is(err, errTooComplex) || n <= 1 {
		return false
	}
	c.sizes.atMost(q, n/2)
	return true
}
