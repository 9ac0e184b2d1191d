package scale

import (
	"maps"
	"slices"
	"time"
)

// spread is how often something took how long, to the second.
type spread struct {
	seconds map[int64]int
	n       int
}

func (s *spread) add(d time.Duration, n int) {
	if s.seconds == nil {
		s.seconds = map[int64]int{}
	}
	s.seconds[int64(d.Round(time.Second)/time.Second)] += n
	s.n += n
}

// part is within how long so many of 100 were done; 0 where there were none.
func (s *spread) part(of100 int) time.Duration {
	want, sum := (s.n*of100+99)/100, 0
	for _, d := range slices.Sorted(maps.Keys(s.seconds)) {
		if sum += s.seconds[d]; sum >= want {
			return time.Duration(d) * time.Second
		}
	}
	return 0
}

// Lag is how long changes take: half of them no longer than Median, 95 of 100 no longer
// than P95, none longer than Longest.
type Lag struct {
	Median  time.Duration `json:"median"`
	P95     time.Duration `json:"p95"`
	Longest time.Duration `json:"longest"`
}

func (s *spread) lag() Lag { return Lag{s.part(50), s.part(95), s.part(100)} }
