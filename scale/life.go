package scale

import (
	"math"
	"math/rand/v2"
	"time"
)

// life is how people work: by day more than by night, five days a week, much at the
// beginning of a sprint.
type life struct {
	random *rand.Rand
	// each is how many changes a ticket has in a minute of an average hour of work.
	each float64
	bulk *bulk
}

// bulk is a change that somebody makes to many tickets of a source at once.
type bulk struct {
	source *source
	span
	tickets int
}

// hours is how much of a day's changes fall into each hour, by the clock of the site.
var hours = [24]float64{0: .004, .003, .003, .003, .004, .006, .012, .03, .07, .105, .115, .096, .06, .08, .105, .1, .085, .05, .025, .015, .01, .008, .006, .005}

// days is how a week's changes fall on its days, Sunday first.
var days = [7]float64{.008, .215, .205, .2, .2, .164, .008}

// zones are where sites are, in hours east of Greenwich; one after the other.
var zones = []int{1, 0, -5, -8, 5}

// zoneOf is where the n-th site is, or the n-th team for those who spread likewise.
func zoneOf(n int) *time.Location {
	h := zones[n%len(zones)]
	return time.FixedZone(clockName(h), h*3600)
}

func clockName(h int) string {
	name := time.FixedZone("", h*3600)
	return time.Unix(0, 0).In(name).Format("UTC-07")
}

// newLife spreads so many changes a ticket and month.
func newLife(changes float64, random *rand.Rand) *life {
	const weeksOfMonth = 30.0 / 7
	return &life{random: random, each: changes / weeksOfMonth}
}

// rate is how many changes a minute that begins at the moment has on average.
func (l *life) rate(s *source, at time.Time) float64 {
	local := at.In(s.site.zone)
	rate := l.each * float64(s.tickets) * days[local.Weekday()] * hours[local.Hour()] / 60
	if _, week := local.ISOWeek(); week%2 == 0 && local.Weekday() == time.Monday && local.Hour() == 10 {
		rate *= 3 // a sprint begins
	}
	return rate
}

// between draws the changes from where the source was read up to the moment, minute
// by minute.
func (l *life) between(s *source, to time.Time) []change {
	var out []change
	var hour time.Time
	var rate float64
	for at := s.seen; at.Before(to); at = at.Add(time.Minute) {
		if h := at.Truncate(time.Hour); !h.Equal(hour) { // zones are whole hours apart
			hour, rate = h, l.rate(s, at)
		}
		part := min(to.Sub(at).Minutes(), 1)
		n := poisson(l.random, part*rate)
		if b := l.bulk; b != nil && b.source == s && b.holds(at) {
			n += int(part * float64(b.tickets) / b.to.Sub(b.from).Minutes())
		}
		if n > 0 {
			out = append(out, change{at: at, n: n})
		}
	}
	return out
}

// expected is how many changes there are on average.
func (l *life) expected(s *source, from, to time.Time) int {
	return int(math.Round(l.rate(s, from) * to.Sub(from).Minutes()))
}

// poisson draws how often something happens that happens so often on average.
func poisson(random *rand.Rand, mean float64) int {
	if mean <= 0 {
		return 0
	}
	if mean > 50 { // then it is as good as normal
		return max(0, int(math.Round(mean+math.Sqrt(mean)*random.NormFloat64())))
	}
	n, p, limit := 0, 1.0, math.Exp(-mean)
	for p *= random.Float64(); p > limit; p *= random.Float64() {
		n++
	}
	return n
}
