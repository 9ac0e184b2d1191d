package simulator

import "time"

// episode is a small thing that happens between people, of a kind that happens more
// than once.
type episode struct {
	kind  happening
	week  int
	day   time.Weekday
	title string
	who   string // the engineer whose work it is
	days  int    // after how many days somebody sees to it; 0: as its kind has it
}

// happening is the kind of an episode.
type happening int

const (
	aroundTheEM  happening = iota // a director hands work out past the EM
	steered                       // a director changes priority and date of work under way
	dated                         // the PM promises a date that engineering has not seen
	hurried                       // urgent work of which the EM hears later
	outOfSprint                   // begun without standing in a sprint
	nobodys                       // agreed in a retro, and nobody's
	backAndForth                  // an estimate that does not settle
	writtenInto                   // another team writes more into work under way
)

// episode plans one.
func (t *Teller) episode(c *crew, e episode) {
	when := t.on(e.week, e.day, 10+len(e.title)%6, 7*len(e.title)%60)
	task := like(c.task, Draft{Title: e.title, Description: t.brief()})
	seen := when.AddDate(0, 0, max(e.days, 3))
	switch e.kind {
	case aroundTheEM:
		t.aroundEM(c, e.title, e.week, e.day, e.who)
	case steered:
		t.errand(c, errand{Draft: task, by: c.pm, who: e.who, begun: when, lasts: 9 * 24 * time.Hour})
		t.at(when.Add(26*time.Hour), func() { t.w.As("dana").Prioritise(t.key(e.title), High) })
		t.at(when.Add(50*time.Hour), func() { t.w.As("dana").Due(t.key(e.title), t.date(e.week+1, time.Friday)) })
		t.says(when.Add(64*time.Hour), e.who, e.title, "Friday, if nothing else comes between.")
		t.says(when.AddDate(0, 0, 8), c.em(when), e.title, "I only see this now. Next time through me, please, then it goes faster.")
	case dated:
		t.at(when, func() {
			d := task
			d.Due = t.date(e.week+4, time.Friday)
			t.keys[e.title] = t.w.As(c.pm).Create(d)
		})
		t.says(seen, e.who, e.title, "The date is tight, but the smaller half will be there.")
		t.at(when.AddDate(0, 0, 18), func() { t.w.As(e.who).Move(t.key(e.title), c.states.done) })
	case hurried:
		t.hurry(c, e, when, seen)
	case outOfSprint:
		t.at(when.Add(-49*time.Hour), func() { t.keys[e.title] = t.w.As(c.pm).Create(task) })
		t.at(when, func() {
			t.w.As(e.who).Assign(t.key(e.title), e.who)
			t.w.As(e.who).Move(t.key(e.title), c.states.doing)
		})
		t.says(when.Add(3*time.Hour), e.who, e.title, "Began with it, since support cannot wait.")
		t.at(seen, func() { t.w.As(e.who).Move(t.key(e.title), c.states.done) })
	case nobodys:
		t.at(when, func() {
			t.keys[e.title] = t.w.As(c.em(when)).Create(Draft{Space: c.space, Title: e.title, Labels: []string{"retro-action"}, Description: "From the retro."})
		})
		t.at(seen, func() { t.w.As(c.em(seen)).Assign(t.key(e.title), e.who) })
		t.at(seen.Add(time.Hour), func() { t.w.As(c.em(seen)).Due(t.key(e.title), t.date(e.week+6, time.Friday)) })
		t.at(seen.AddDate(0, 0, 6), func() { t.w.As(e.who).Move(t.key(e.title), c.states.done) })
	case backAndForth:
		t.at(when.Add(-48*time.Hour), func() { t.keys[e.title] = t.w.As(c.pm).Create(task) })
		t.estimates(when, e.title, estimate{e.who, 8}, estimate{c.pm, 3}, estimate{e.who, 8}, estimate{c.pm, 5})
		t.says(when.AddDate(0, 0, 4), e.who, e.title, "We sat down for ten minutes: five, without the export.")
		t.at(when.AddDate(0, 0, 16), func() { t.w.As(e.who).Move(t.key(e.title), c.states.done) })
	case writtenInto:
		t.errand(c, errand{Draft: task, by: c.pm, who: e.who, begun: when, lasts: 12 * 24 * time.Hour})
		t.at(when.Add(29*time.Hour), func() {
			t.w.As("camila").Describe(t.key(e.title), "The campaign needs this for all countries, with a page that shows what was sent.")
		})
		t.says(when.AddDate(0, 0, 7), e.who, e.title, "I only saw the new text today. All countries is a ticket of its own.")
	}
}

// hurry plans urgent work: others find it, it is begun within the hour, and the EM
// says something in the end.
func (t *Teller) hurry(c *crew, e episode, when, seen time.Time) {
	d := like(c.bug, Draft{Title: e.title, Description: "Customers wrote to us this morning.", Priority: Urgent})
	t.at(when.Add(-40*time.Minute), func() { t.keys[e.title] = t.w.As("priya").Create(d) })
	t.at(when, func() {
		t.w.As(e.who).Together(t.key(e.title), func(a Actor) {
			a.Assign(t.key(e.title), e.who)
			a.Plan(t.key(e.title), c.sprintAt(when))
			a.Move(t.key(e.title), c.states.doing)
		})
	})
	t.says(when.Add(5*time.Hour), e.who, e.title, "Found it, the fix is in review.")
	t.says(seen, c.em(seen), e.title, "Thank you. Call me for the next one, also late.")
	t.at(seen.Add(time.Hour), func() { t.w.As(e.who).Move(t.key(e.title), c.states.done) })
}
