package simulator

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// Teller tells the story of the demonstration: some weeks of three teams at a
// company called Acme, as edits of a World in the order they happened. The same
// seed and end tell the same story to the last id.
type Teller struct {
	w     *World
	rng   *rand.Rand
	zone  *time.Location
	week1 time.Time // Monday 00:00 of the first of the twelve weeks, in zone
	end   time.Time
	plot  []scene
	next  int
	keys  map[string]string // key of an issue by its name in the story
	// spring draws what happens before the twelve weeks; nil: nothing is told of that.
	spring *rand.Rand
}

// scene is one edit that waits for its moment, with what it draws from: the weeks
// before leave the dice of the twelve weeks alone.
type scene struct {
	at  time.Time
	act func()
	rng *rand.Rand
}

// Tell prepares a story of twelve weeks whose last whole week is the one before
// end, and plays nothing yet. Until moves it on.
func Tell(seed int64, end time.Time) (*Teller, Config) { return tell(seed, end, nil) }

// Chronicle prepares the same story with the fourteen weeks that came before it:
// half a year.
func Chronicle(seed int64, end time.Time) (*Teller, Config) {
	return tell(seed, end, rand.New(rand.NewPCG(uint64(seed), 20))) //nolint:gosec // a story, not a secret
}

func tell(seed int64, end time.Time, spring *rand.Rand) (*Teller, Config) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		zone = time.UTC
	}
	monday := end.In(zone)
	monday = time.Date(monday.Year(), monday.Month(), monday.Day()-(int(monday.Weekday())+6)%7, 0, 0, 0, 0, zone)
	t := &Teller{
		rng: rand.New(rand.NewPCG(uint64(seed), 46)), zone: zone, //nolint:gosec // a story, not a secret
		week1: monday.AddDate(0, 0, -7*weeks), end: end, keys: map[string]string{}, spring: spring,
	}
	begins := t.week1
	if spring != nil {
		begins = t.on(firstSpringWeek, time.Monday, 0, 0)
	}
	t.w = NewWorld(begins.AddDate(0, 0, -28))
	t.people()
	t.payments()
	t.platform()
	t.growth()
	slices.SortStableFunc(t.plot, func(a, b scene) int { return a.at.Compare(b.at) })
	return t, demoConfig(t.week1)
}

// Story tells the whole story up to end. See Tell for hearing it week by week.
func Story(seed int64, end time.Time) (*World, Config) {
	t, c := Tell(seed, end)
	t.Until(end)
	return t.World(), c
}

const (
	// weeks is how long the story is.
	weeks = 12
	// firstSpringWeek is the first of the fourteen weeks before it.
	firstSpringWeek = -13
)

// World is the world the story happens in.
func (t *Teller) World() *World { return t.w }

// Until plays what happens up to the moment at and sets the clock to it.
func (t *Teller) Until(at time.Time) {
	for ; t.next < len(t.plot) && !t.plot[t.next].at.After(at); t.next++ {
		s := t.plot[t.next]
		t.w.Set(later(t.w.Now(), s.at))
		t.rng = s.rng
		s.act()
	}
	t.w.Set(later(t.w.Now(), at))
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// at plans an edit. What lies beyond the end of the story never happens.
func (t *Teller) at(when time.Time, act func()) {
	if !when.After(t.end) {
		t.plot = append(t.plot, scene{when, act, t.rng})
	}
}

// on is a moment of the story: week 1 to 12 (0 and below lie before it), a
// weekday, and a time of day in the zone.
func (t *Teller) on(week int, day time.Weekday, hour, minute int) time.Time {
	return t.week1.AddDate(0, 0, 7*(week-1)+(int(day)+6)%7).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// date is a day of the story as trackers write it.
func (t *Teller) date(week int, day time.Weekday) string {
	return t.on(week, day, 0, 0).Format(time.DateOnly)
}

// about is some moment of the working day, days after the given one, weekends
// left out. Seconds make it look like life.
func (t *Teller) about(from time.Time, days int) time.Time {
	day := from.In(t.zone)
	for ; days > 0; days-- {
		day = workday(day.AddDate(0, 0, 1))
	}
	day = workday(day)
	start := time.Date(day.Year(), day.Month(), day.Day(), 8, 40, 0, 0, t.zone)
	return start.Add(time.Duration(t.rng.IntN(9*60*60)) * time.Second)
}

func workday(day time.Time) time.Time {
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// key is the key of an issue by its name in the story.
func (t *Teller) key(name string) string { return t.keys[name] }

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// crew is one team with the words its tracker uses.
type crew struct {
	space     string
	em        func(at time.Time) string
	pm        string
	engineers []string
	states    states
	problem   Draft // what a problem looks like here
	feature   Draft // what a feature looks like here
	bug, task Draft
	solves    string // phrase of the link from a feature to its problem
	sprints   []*Sprint
	starts    []time.Time // when each sprint begins
	linear    bool
	goal      string            // name of what the epics lead to; empty: nothing stands above them
	part      string            // the component that one person alone looks after for a long time
	rare      map[string]string // who does what in it, by title
	turn      time.Time         // which problems are of the spring: those from before
	spring    bool              // whether it works on those
	beside    *Sprint           // holds chores that run beside its sprints; nil: there is none
}

// sprintAt is the sprint that runs at the moment.
func (c *crew) sprintAt(at time.Time) *Sprint {
	n := 0
	for n+1 < len(c.starts) && !c.starts[n+1].After(at) {
		n++
	}
	return c.sprints[n]
}

// states are the names of the steps of a crew's workflow.
type states struct{ backlog, todo, doing, review, done, dropped string }

// like is d with what is set in over laid over it.
func like(d, over Draft) Draft {
	d.Title, d.Description = over.Title, over.Description
	d.Assignee, d.Parent, d.Container = over.Assignee, over.Parent, over.Container
	d.Type = cmp.Or(over.Type, d.Type)
	d.Labels = append(slices.Clone(d.Labels), over.Labels...)
	if over.Components != nil {
		d.Components = over.Components
	}
	d.Sprint, d.Due = over.Sprint, over.Due
	d.Status, d.Priority, d.Estimate = over.Status, cmp.Or(over.Priority, d.Priority), over.Estimate
	return d
}
