package scale

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// Result is what a simulation foretells. Durations are in nanoseconds as JSON.
type Result struct {
	Organisation Organisation `json:"organisation"`
	Sources      int          `json:"sources"`
	FirstSync    FirstSync    `json:"first_sync"`
	Everyday     Everyday     `json:"everyday"`
	Check        Check        `json:"check"`
	Sites        []Site       `json:"sites"` // the largest first
	Redis        Redis        `json:"redis"`
	Replicas     Replicas     `json:"replicas"`
	Mondays      []Monday     `json:"mondays"`
}

// FirstSync is the first reading of everything.
type FirstSync struct {
	Requests int `json:"requests"`
	// Median is when half of the sources were read, Worst when all were.
	Median   time.Duration `json:"median"`
	Worst    time.Duration `json:"worst"`
	LastSite string        `json:"last_site"` // which was read last
	Bound    string        `json:"bound"`     // what holds it up
	// Findings is when the first check, which makes up for twelve weeks, was done.
	Findings time.Duration `json:"findings"`
}

// Everyday is how the weeks after it went.
type Everyday struct {
	Changes  int `json:"changes"`
	Requests int `json:"requests"` // to all sites
	Refused  int `json:"refused"`  // by limits, or while a site was away
	Rounds   int `json:"rounds"`
	Round    Lag `json:"round"`    // reading and checking, without the pause
	Reading  Lag `json:"reading"`  // of which reading
	Checking Lag `json:"checking"` // and of which checking
	Stored   Lag `json:"stored"`   // from a change until it is stored
	Checked  Lag `json:"checked"`  // and until findings follow from it
	Left     int `json:"unstored"` // changes not read at the end
}

// Check is what looking at all tickets takes, which the first check does in any case.
type Check struct {
	Took    time.Duration `json:"took"`
	Reading time.Duration `json:"reading"` // if nothing else took time
	Judging time.Duration `json:"judging"`
	Serving time.Duration `json:"serving"`
	Bound   string        `json:"bound"`
}

// Site is what one site was asked.
type Site struct {
	Name    string `json:"name"`
	Teams   int    `json:"teams"`
	Tickets int    `json:"tickets"`
	Sources int    `json:"sources"`
	// FirstSync is when all of it was read once.
	FirstSync time.Duration `json:"first_sync"`
	// PerHour is how many requests it was asked in an hour of everyday work on average,
	// and Busiest in the busiest.
	PerHour int `json:"requests_an_hour"`
	Busiest int `json:"busiest_hour"`
	// OfLimit is the largest part of what it allows in an hour that was used; 0 where it
	// counts no hours.
	OfLimit float64 `json:"of_limit"`
}

// Redis is what its servers hold, in bytes.
type Redis struct {
	Tickets  int64 `json:"tickets"`
	Findings int64 `json:"findings"`
	// Needed leaves room for what is replaced while it is read, and for a fork that
	// writes the file.
	Needed  int64 `json:"needed"`
	PerNode int64 `json:"per_node"`
}

// Replicas is how many are needed.
type Replicas struct {
	Number int     `json:"number"`
	Enough bool    `json:"enough"` // for what is wanted
	Bound  string  `json:"bound"`  // what takes most of a round
	Tried  []Tried `json:"tried,omitempty"`
}

// Tried is a number of replicas on an undisturbed day and a half.
type Tried struct {
	Replicas int           `json:"replicas"`
	P95      time.Duration `json:"p95"` // from a change until it is checked
}

// Monday is when the reports of a week's teams arrived.
type Monday struct {
	Due      time.Time     `json:"due"`
	Messages int           `json:"messages"`
	Mails    int           `json:"mails"`
	Median   time.Duration `json:"median"` // after it was due
	Last     time.Duration `json:"last"`
}

// crews are the numbers of replicas that are tried.
var crews = []int{1, 2, 3, 4, 6, 8, 12, 16, 24, 32}

// Simulate lets an organisation live. told hears how far it is; it may be nil.
func Simulate(ctx context.Context, o Organisation, told func(string)) (Result, error) {
	if err := o.check(); err != nil {
		return Result{}, err
	}
	if told == nil {
		told = func(string) {}
	}
	r := Result{Organisation: o, Replicas: Replicas{Number: o.Replicas}}
	if o.Replicas == 0 {
		if err := r.find(ctx, told); err != nil {
			return Result{}, err
		}
	}
	told(fmt.Sprintf("%d weeks with %s", o.Weeks, counted(r.Replicas.Number, "replica")))
	w := newWorld(o, r.Replicas.Number, time.Duration(o.Weeks)*7*24*time.Hour)
	if err := w.live(ctx); err != nil {
		return Result{}, err
	}
	w.tell(&r)
	if o.Replicas != 0 {
		r.Replicas.Enough = r.Everyday.Checked.P95 <= o.Within
	}
	return r, nil
}

// find looks for the least number of replicas with which what is wanted holds on an
// undisturbed day and a half; where none does, the one that comes nearest.
func (r *Result) find(ctx context.Context, told func(string)) error {
	o := r.Organisation
	o.Quiet = true
	best := time.Duration(math.MaxInt64)
	for _, n := range crews {
		told("trying " + counted(n, "replica"))
		w := newWorld(o, n, 36*time.Hour)
		if err := w.live(ctx); err != nil {
			return err
		}
		p95 := w.checked.part(95)
		r.Replicas.Tried = append(r.Replicas.Tried, Tried{n, p95})
		if p95 < best {
			best, r.Replicas.Number = p95, n
		}
		if r.Replicas.Enough = p95 <= o.Within; r.Replicas.Enough {
			return nil
		}
	}
	return nil
}

// tell puts together what came of a world.
func (w *world) tell(r *Result) {
	r.Sources = len(w.sources)
	r.FirstSync = w.firstSync()
	r.Everyday = w.everydayTold()
	t := w.checkTime()
	r.Check = Check{Took: t.whole, Reading: t.reading, Judging: t.judging, Serving: t.serving, Bound: t.slowest()}
	for _, s := range w.sites {
		r.Sites = append(r.Sites, w.siteTold(s))
	}
	slices.SortStableFunc(r.Sites, func(a, b Site) int { return cmp.Compare(b.Tickets, a.Tickets) })
	r.Redis = redisOf(&w.o)
	r.Replicas.Bound = w.bound()
	for _, d := range w.mondays {
		if d.messages > 0 && d.arrived.n == d.messages+d.mails {
			r.Mondays = append(r.Mondays, Monday{d.due, d.messages, d.mails, d.arrived.part(50), d.last.Sub(d.due)})
		}
	}
}

func (w *world) firstSync() FirstSync {
	var took spread
	last := w.sources[0]
	for _, s := range w.sources {
		took.add(s.whole.Sub(begins), 1)
		if s.whole.After(last.whole) {
			last = s
		}
	}
	return FirstSync{
		Requests: w.firstAsked, Median: took.part(50), Worst: took.part(100), LastSite: last.site.name,
		Bound: last.boundBy(), Findings: w.rounds[w.firstRounds-1].ended.Sub(begins),
	}
}

// boundBy is what holds up a first reading of the source.
func (s *source) boundBy() string {
	if len(s.site.limits) > 0 {
		return "what the site allows in an hour"
	}
	return "how long the site takes to answer"
}

func (w *world) everydayTold() Everyday {
	var round, reading, checking spread
	n := 0
	for _, one := range w.rounds[w.firstRounds:] {
		if !one.began.Before(w.from) {
			n++
			round.add(one.ended.Sub(one.began), 1)
			reading.add(one.read.Sub(one.began), 1)
			checking.add(one.ended.Sub(one.read), 1)
		}
	}
	e := Everyday{Changes: w.checked.n, Rounds: n, Round: round.lag(), Reading: reading.lag(), Checking: checking.lag(), Stored: w.stored.lag(), Checked: w.checked.lag()}
	for _, s := range w.sites {
		e.Refused += s.refused
		for hour, of := range s.hours {
			if hour*3600 >= w.from.Unix() {
				e.Requests += of.requests
			}
		}
	}
	for _, s := range w.sources {
		for _, c := range s.unstored {
			e.Left += c.n
		}
	}
	return e
}

func (w *world) siteTold(s *site) Site {
	out := Site{Name: s.name}
	for _, src := range w.sources {
		if src.site == s {
			out.Sources++
			out.Teams += src.parts
			out.Tickets += src.tickets
			out.FirstSync = max(out.FirstSync, src.whole.Sub(begins))
		}
	}
	sum := 0
	for hour, of := range s.hours {
		if hour*3600 >= w.from.Unix() {
			sum += of.requests
			out.Busiest = max(out.Busiest, of.requests)
			out.OfLimit = max(out.OfLimit, of.part)
		}
	}
	out.PerHour = int(float64(sum) / w.lasts.Hours())
	return out
}

// redisOf reckons as docs/redis.md does: a third more while pages are replaced, and twice
// that while a fork writes the file.
func redisOf(o *Organisation) Redis {
	const perFinding = 750
	r := Redis{Tickets: int64(o.Tickets) * int64(o.BytesPerTicket), Findings: int64(o.Teams) * int64(o.Costs.FindingsPerTeam) * perFinding}
	r.Needed = (r.Tickets + r.Findings) * 8 / 3
	r.PerNode = r.Needed / int64(o.Nodes)
	return r
}

// bound names what takes most of an everyday round.
func (w *world) bound() string {
	e := w.everydayTold()
	switch {
	case w.o.Every >= e.Reading.Median && w.o.Every >= e.Checking.Median:
		return fmt.Sprintf("the pause between two rounds (sync: {every: %v})", short(w.o.Every))
	case e.Checking.Median >= e.Reading.Median && w.o.Altered:
		return "the check of what was altered, which one process makes"
	case e.Checking.Median >= e.Reading.Median:
		return "the check: " + w.checkTime().slowest()
	}
	total, most, where := 0, 0.0, ""
	for _, s := range w.sites {
		mine := 0
		for _, src := range w.sources {
			if src.site == s {
				mine++
			}
		}
		total += s.requests
		if each := float64(s.requests) / float64(min(mine, RequestsAtOnce)); each > most {
			most, where = each, s.name
		}
	}
	if float64(total)/float64(w.replicas*SourcesAtOnce) > most {
		return fmt.Sprintf("reading: a replica reads %d sources at a time", SourcesAtOnce)
	}
	return fmt.Sprintf("reading %s, which answers at most %d requests at a time", where, RequestsAtOnce)
}

func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// short writes a duration without zeros: 10m, not 10m0s.
func short(d time.Duration) string {
	switch {
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d >= time.Minute && d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return d.String()
}
