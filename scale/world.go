package scale

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// world is one simulated organisation with its fairlead.
type world struct {
	o        Organisation
	replicas int
	lasts    time.Duration // how long everyday work is looked at
	loop     *loop
	life     *life
	sites    []*site
	sources  []*source

	from, to time.Time // what lags are counted of; zero before the first reading is over
	stored   spread    // from a change until it is stored
	checked  spread    // and until findings follow from it
	rounds   []round
	// firstRounds are how many of them the first reading took.
	firstRounds int
	firstAsked  int // requests of the first reading
	checks      int
	mondays     []*delivery
	slack       minutely
	failed      error
}

// round is one round of the schedule: everything is read, then checked.
type round struct {
	began, read, ended time.Time
	slowest            *source // the one that was read last
}

// begins is when the first reading begins: a Friday evening.
var begins = time.Date(2026, 10, 30, 18, 0, 0, 0, time.UTC)

// newWorld lays out the organisation.
func newWorld(o Organisation, replicas int, lasts time.Duration) *world {
	random := rand.New(rand.NewPCG(o.Seed, 0x66616972)) //nolint:gosec // no secret
	w := &world{o: o, replicas: replicas, lasts: lasts, loop: newLoop(begins)}
	w.life = newLife(o.Changes, random)
	shares := shared(o.Sites)
	teams, tickets := portions(o.Teams, shares, 1), portions(o.Tickets, shares, 0)
	for n := range o.Sites {
		kind, name := w.kindOf(n)
		s := newSite(name, zoneOf(n), w.loop, o.Answer, kind.limits())
		w.sites = append(w.sites, s)
		sources := pages(teams[n], o.TeamsPerSource)
		if _, one := kind.(linearSite); one {
			// What a workspace allows is counted in points; sources that share it would
			// only run into one another's refusals.
			sources = 1
		}
		even := slices.Repeat([]float64{1 / float64(sources)}, sources)
		parts, each := portions(teams[n], even, 0), portions(tickets[n], even, 0)
		for i := range sources {
			w.sources = append(w.sources, newSource(s, kind, &w.o, parts[i], teams[n], each[i], w.life, random))
		}
	}
	return w
}

// kindOf is what the n-th site runs, and its name.
func (w *world) kindOf(n int) (reading, string) {
	if w.o.Tracker == Linear || w.o.Tracker == Mix && n%4 == 3 {
		return linearSite{}, fmt.Sprintf("Linear workspace %d", n+1)
	}
	return jiraCloud{watched: w.o.Watched, oauth: w.o.OAuth}, fmt.Sprintf("Jira site %d", n+1)
}

// shared is how large each of so many sites is.
func shared(n int) []float64 {
	out, sum := make([]float64, n), 0.0
	for i := range out {
		out[i] = 1 / math.Sqrt(float64(i+1))
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// portions divides n, at least so many each; the first get what is left over.
func portions(n int, shares []float64, least int) []int {
	out, left := make([]int, len(shares)), n
	for i, share := range shares {
		out[i] = max(int(float64(n)*share), least)
		left -= out[i]
	}
	for i := 0; left != 0; i = (i + 1) % len(out) {
		step := max(min(left, 1), -1)
		if out[i]+step >= least {
			out[i] += step
			left -= step
		}
	}
	return out
}

// live lets the organisation live until the given number of weeks is over.
func (w *world) live(ctx context.Context) error {
	w.loop.start(func() {
		if err := w.schedule(ctx); err != nil {
			w.failed = err
		}
	})
	if err := w.loop.run(ctx); err != nil {
		return err
	}
	return w.failed
}

// schedule is what "fairlead serve" does: round after round, with pauses between, and
// the reports of a Monday when they are due.
func (w *world) schedule(ctx context.Context) error {
	var due []time.Time
	for w.to.IsZero() || w.loop.now.Before(w.to) {
		began := w.loop.now
		if err := w.round(ctx); err != nil {
			return err
		}
		if w.from.IsZero() && w.whole() {
			due = w.everyday()
		}
		for len(due) > 0 && !began.Before(due[0]) {
			w.post(ctx, due[0])
			due = due[1:]
		}
		pause := w.o.Every
		if len(due) > 0 && w.loop.now.Before(due[0]) {
			pause = min(pause, due[0].Sub(w.loop.now))
		}
		if len(due) > 0 && !w.loop.now.Before(due[0]) {
			pause = 0
		}
		if err := w.loop.Sleep(ctx, pause); err != nil {
			return err
		}
	}
	return nil
}

// asked is how many requests all sites were asked.
func (w *world) asked() (n int) {
	for _, s := range w.sites {
		n += s.requests
	}
	return n
}

// whole reports whether everything was read once.
func (w *world) whole() bool {
	return !slices.ContainsFunc(w.sources, func(s *source) bool { return s.whole.IsZero() })
}

// everyday begins the weeks that are looked at on the Monday after the first reading:
// it plans what goes wrong in them, and gives the moments at which reports are due.
func (w *world) everyday() (due []time.Time) {
	w.from = time.Date(w.loop.now.Year(), w.loop.now.Month(), w.loop.now.Day(), 0, 0, 0, 0, time.UTC)
	for w.from = w.from.AddDate(0, 0, 1); w.from.Weekday() != time.Monday; {
		w.from = w.from.AddDate(0, 0, 1)
	}
	w.to = w.from.Add(w.lasts)
	w.firstRounds, w.firstAsked = len(w.rounds), w.asked()
	if !w.o.Quiet {
		at := func(day, hour int) time.Time { return w.from.AddDate(0, 0, day).Add(time.Duration(hour) * time.Hour) }
		w.sites[0].away = []span{{at(1, 14), at(1, 16)}} // the largest, two hours of a Tuesday
		if len(w.sites) > 1 {
			w.sites[1].away = []span{{at(3, 9), at(3, 10)}}
		}
		one := w.sources[len(w.sources)/2]
		w.life.bulk = &bulk{source: one, span: span{at(2, 11), at(2, 12)}, tickets: one.tickets / 4}
	}
	for week := range w.o.Weeks {
		for n := range zones {
			local := w.from.AddDate(0, 0, 7*week).In(zoneOf(n))
			_, offset := local.Zone()
			due = append(due, w.from.AddDate(0, 0, 7*week).Add(9*time.Hour-time.Duration(offset)*time.Second))
		}
	}
	slices.SortFunc(due, time.Time.Compare)
	return slices.Compact(due)
}

// round reads every source, as many at a time as the replicas do, then checks.
func (w *world) round(ctx context.Context) error {
	r := round{began: w.loop.now}
	workers := crew{loop: w.loop}
	next := 0
	var trouble error
	for range min(w.replicas*SourcesAtOnce, len(w.sources)) {
		workers.start(func() {
			for next < len(w.sources) && trouble == nil {
				s := w.sources[next]
				next++
				s.passes++
				if err := s.pass(ctx, w.o.ReconcileEvery); err != nil && !errors.Is(err, errUnanswered) {
					trouble = err
				}
				r.slowest = s
			}
		})
	}
	if err := workers.wait(); err != nil {
		return err
	}
	if trouble != nil {
		return trouble
	}
	r.read = w.loop.now
	took := w.checkTime().whole
	switch {
	case w.checks == 0:
		took *= 1 + MadeUpFor
	case w.o.Altered:
		took = min(took, w.again())
	}
	if err := w.loop.Sleep(ctx, took); err != nil {
		return err
	}
	w.checks++
	r.ended = w.loop.now
	w.rounds = append(w.rounds, r)
	w.note()
	return nil
}

// again is how long a check takes of what was altered since the one before, which one
// process makes.
func (w *world) again() time.Duration {
	tickets, altered := 0, 0
	for _, s := range w.sources {
		tickets += s.read
		for _, c := range s.stored {
			altered += c.n
		}
	}
	return time.Duration(altered)*w.o.Costs.AlteredEach + time.Duration(tickets)*w.o.Costs.Remembered
}

// note counts how long changes took that are stored and checked by now.
func (w *world) note() {
	for _, s := range w.sources {
		for _, c := range s.stored {
			if !w.from.IsZero() && !c.at.Before(w.from) {
				w.stored.add(c.stored.Sub(c.at), c.n)
				w.checked.add(w.loop.now.Sub(c.at), c.n)
			}
		}
		s.stored = s.stored[:0]
	}
}

// checkTime is how long a check takes, and what of it each part would take if nothing
// else did.
type checkTime struct {
	whole   time.Duration
	reading time.Duration // of a replica's part of the tickets, which one goroutine does
	judging time.Duration // by all cores of all replicas
	serving time.Duration // by the servers of Redis
}

// checkTime reckons with all tickets that are read by now: every replica reads a part of
// them, and judges it.
func (w *world) checkTime() checkTime {
	n := 0
	for _, s := range w.sources {
		n += s.read
	}
	return checkOf(&w.o, n, w.replicas)
}

func checkOf(o *Organisation, tickets, replicas int) checkTime {
	n, c := float64(tickets), o.Costs
	part := n / float64(replicas)
	read := part * float64(c.Readings) * float64(c.Read)
	judge := part * float64(c.Rules) * float64(c.Judge)
	serve := n * float64(c.Readings) * float64(c.Serve) / float64(o.Nodes)
	cores := float64(o.Cores)
	t := checkTime{reading: time.Duration(read), judging: time.Duration((judge + read) / cores), serving: time.Duration(serve)}
	t.whole = max(t.reading, t.judging, t.serving)
	return t
}

// slowest names the part of a check that bounds it.
func (t checkTime) slowest() string {
	switch t.whole {
	case t.reading:
		return "reading tickets out of the store, which one goroutine of each replica does"
	case t.judging:
		return "judging tickets, which all cores of all replicas share"
	}
	return "Redis handing out the tickets"
}
