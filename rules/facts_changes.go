package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/rules/engine"
	"github.com/fairlead-dev/fairlead/ticket"
)

func changeFunctions() []function {
	changes, at := cel.ListType(changeType), cel.TimestampType
	return []function{
		{
			name: "acts", usage: "acts(changes)", args: []*cel.Type{changes}, result: cel.IntType,
			help: "How many acts the changes are: what one person changed in one moment is one, however many fields it were.",
			call: engine.Of1(func(changes list[*change]) int { return countActs(changes) }),
		},
		{
			name: "repeated", usage: "repeated(changes, times)", args: []*cel.Type{changes, cel.IntType}, result: changes,
			help: "Those of the changes whose actor made them in so many acts or more.",
			call: engine.Of2(func(changes list[*change], times int) list[*change] { return repeated(changes, times) }),
		},
		{
			name: "replaced", usage: "replaced(change, until)", args: []*cel.Type{changeType, at}, result: cel.BoolType,
			help: "The same field was changed again after the change and no later than the moment, by whomever.",
			call: engine.Of2(func(c *change, until time.Time) bool { return c.replaced(until) }),
		},
		{
			name: "taken_back", usage: "taken_back(change, wait)", args: []*cel.Type{changeType, waitType}, result: cel.BoolType,
			help: "The change was undone within the wait, or is itself what undid another: before and after, no further apart than the wait, the field held the same. " +
				"A status counts as open, done or cancelled; a description, whose text is not kept, is never taken back.",
			call: engine.Of2(func(c *change, wait *wait) bool { return c.takenBack(wait) }),
		},
		{
			name: "has_trace", usage: "has_trace(change, wait, min_chars)", args: []*cel.Type{changeType, waitType, cel.IntType}, result: cel.BoolType,
			help: "Within the wait before or after the change its actor, its assignee or somebody of the team that owned the ticket commented on it, or made its description longer by so many " +
				"characters or more (Linear tells no length: there any edit counts). Who the org directory does not know may be of the team and counts; a bot does not. Where no team owns it, everybody counts.",
			call: engine.Of3(func(c *change, wait *wait, min_chars int) bool {
				return c.hasTrace(wait, min_chars)
			}),
		},
		{
			name: "in_bulk", usage: "in_bulk(ticket, at, most)", args: []*cel.Type{ticketType, at, cel.IntType}, result: cel.BoolType,
			help: "What was done to the ticket at the moment, creating it included, was one of more than so many changes by one account within ten minutes: an import, a migration.",
			call: engine.Of3(inBulk),
		},
		{
			name: "reestimates", member: true, usage: "ticket.reestimates(most)", args: []*cel.Type{ticketType, cel.IntType}, result: changes,
			help: "How people changed its estimate after it was first set, oldest first. What one person changed within ten minutes is one change, from what stood there at first to what stood there at last, " +
				"and none where that is the same. Left out is what bots did, and what was one of more than so many changes by one account within ten minutes.",
			call: engine.Of2(func(t *workTicket, most int) list[*change] { return t.reestimates(most) }),
		},
		{
			name: "slips", member: true, usage: "ticket.slips(most)", args: []*cel.Type{ticketType, cel.IntType}, result: changes,
			help: "How it slipped, oldest first: its due date was moved later, or it was put into a later sprint or cycle when the one it was in had ended or was about to (a day). " +
				"Slips within ten minutes of one another are one. A carry-over counts whoever made it, since completing a sprint is often automation; " +
				"a due date moved by a bot, or as one of more than so many changes by one account within ten minutes, does not.",
			call: engine.Of2(func(t *workTicket, most int) list[*change] { return t.slips(most) }),
		},
	}
}

// happenedFacts tell more of a change than its two ends.
func happenedFacts() []fact {
	type C = *change
	return []fact{
		always("summary", cel.StringType, "what changed, in a few words: status from Todo to Done, due date set to 2026-12-01", func(c C) string { return c.summary() }),
		always("act", cel.ListType(changeType), "everything the same account changed in the same moment, the change itself among it", func(c C) list[*change] { return c.act() }),
		always("decision", cel.StringType, "the decision it takes about the work: cancelled (not as a duplicate that a link names); descoped, taken out of an active or future sprint without "+
			"completing the one or being put into another; reprioritised, by two levels or more; due date moved, to another date or none. Empty for every other change: "+
			"a first priority or due date moves none", func(c C) string { return c.decision() }),
	}
}

// actKey tells acts apart: who did it to which ticket when.
func (c *change) actKey() string {
	who := "nobody"
	if !c.Actor.IsZero() {
		who = "by " + c.of.w.person(c.of.Tracker, c.Actor).Identity()
	}
	return name(c.of.Identity(), who, c.At.Format(time.RFC3339Nano))
}

func countActs(list []*change) int {
	seen := map[string]bool{}
	for _, c := range list {
		seen[c.actKey()] = true
	}
	return len(seen)
}

func repeated(list []*change, times int) []*change {
	by := map[string][]*change{}
	who := func(c *change) string { return c.of.w.person(c.of.Tracker, c.Actor).Identity() }
	for _, c := range list {
		if !c.Actor.IsZero() {
			by[who(c)] = append(by[who(c)], c)
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(c *change) bool { return c.Actor.IsZero() || countActs(by[who(c)]) < times })
}

// from is where in the history the entries begin that are no earlier than at.
func (t *workTicket) from(at time.Time) int {
	i, _ := slices.BinarySearchFunc(t.History, at, func(c ticket.Change, at time.Time) int { return c.At.Compare(at) })
	return i
}

func (c *change) act() []*change {
	who := accountOf(c.of.Tracker, c.Actor)
	var out []*change
	if !c.At.After(c.of.Created) {
		out = slices.DeleteFunc(c.of.setOnCreation(), func(o *change) bool { return accountOf(c.of.Tracker, o.Actor) != who })
	}
	for _, o := range c.of.changes()[c.of.from(c.At):] {
		if o.At.After(c.At) {
			break
		}
		if accountOf(c.of.Tracker, o.Actor) == who {
			out = append(out, o)
		}
	}
	return out
}

// index is the change's own place in the history; -1 for what was set while
// creating the ticket.
func (c *change) index() int {
	for i := c.of.from(c.At); i < len(c.of.History) && !c.of.History[i].At.After(c.At); i++ {
		if c.of.History[i].ID == c.ID {
			return i
		}
	}
	return -1
}

func (c *change) replaced(until time.Time) bool {
	for _, o := range c.of.History[c.index()+1:] {
		if o.At.After(until) {
			return false
		}
		if o.Field == c.Field {
			return true
		}
	}
	return false
}

// takenBack looks for a way round: a change before it, or itself, that leaves
// what a change after it, or itself, comes back to.
func (c *change) takenBack(within *wait) bool {
	if c.Field == ticket.FieldDescription {
		return false
	}
	own := c.index()
	left := map[string]time.Time{ticket.Stood(c.Field, c.From): c.At} // latest moment by what was left
	for i := own - 1; i >= 0 && !c.At.After(within.after(c.of.History[i].At)); i-- {
		if o := &c.of.History[i]; o.Field == c.Field {
			if key := ticket.Stood(o.Field, o.From); left[key].IsZero() {
				left[key] = o.At
			}
		}
	}
	back := func(o *ticket.Change) bool {
		at, was := left[ticket.Stood(o.Field, o.To)]
		return was && !o.At.After(within.after(at))
	}
	if back(c.Change) {
		return true
	}
	for i := own + 1; i < len(c.of.History) && !c.of.History[i].At.After(within.after(c.At)); i++ {
		if o := &c.of.History[i]; o.Field == c.Field && back(o) {
			return true
		}
	}
	return false
}

// hasTrace looks for what was written about the change.
func (c *change) hasTrace(within *wait, minChars int) bool {
	t := c.of
	near := func(at time.Time) bool { return !at.After(within.after(c.At)) && !c.At.After(within.after(at)) }
	counts := c.chroniclers()
	if slices.ContainsFunc(t.Comments, func(o ticket.Comment) bool { return near(o.Created) && counts(o.Author, o.Created) }) {
		return true
	}
	return slices.ContainsFunc(t.History, func(o ticket.Change) bool {
		return o.Field == ticket.FieldDescription && near(o.At) && !o.Actor.IsZero() && counts(o.Actor, o.At) && added(&o, minChars)
	})
}

// chroniclers tells whose words about the change count.
func (c *change) chroniclers() func(who ticket.Account, at time.Time) bool {
	w, tracker := c.of.w, c.of.Tracker
	before := c.before()
	team := before.owner()
	actor, assignee := w.person(tracker, c.Actor), w.person(tracker, before.Assignee)
	return func(who ticket.Account, at time.Time) bool {
		p := w.person(tracker, who)
		switch {
		case p.bot:
			return false
		case p.id == "" || team == nil:
			return true
		}
		return p.among([]*person{actor, assignee}) || w.inTeam(team, p, at)
	}
}

// added reports whether the edit made the description so much longer. Where the
// tracker tells no length, every edit may have.
func added(c *ticket.Change, minChars int) bool {
	before, toldBefore := length(c.From)
	after, toldAfter := length(c.To)
	return !toldBefore && !toldAfter || after-before >= minChars
}

func length(values []ticket.Value) (n int, told bool) {
	if len(values) == 0 {
		return 0, false
	}
	n, err := strconv.Atoi(values[0].Norm)
	return n, err == nil
}

func inBulk(t *workTicket, at time.Time, most int) bool {
	if t.Created.Equal(at) && t.w.inBulk(accountOf(t.Tracker, t.Creator), at, most) {
		return true
	}
	for _, c := range t.History[t.from(at):] {
		if c.At.After(at) {
			break
		}
		if t.w.inBulk(accountOf(t.Tracker, c.Actor), at, most) {
			return true
		}
	}
	return false
}

// decision is what the change decided about the work.
func (c *change) decision() string {
	switch {
	case c.Field == ticket.FieldStatus && c.cancels():
		return "cancelled"
	case c.Field == ticket.FieldSprint && c.descopes():
		return "descoped"
	case c.Field == ticket.FieldPriority && levels(c.From, c.To) >= 2:
		return "reprioritised"
	case c.Field == ticket.FieldDue && len(c.From) > 0 && ticket.Stood(c.Field, c.From) != ticket.Stood(c.Field, c.To):
		return "due date moved"
	}
	return ""
}

// cancels reports whether the change ended the work undone. Closing a duplicate
// that links to the other ticket ends nothing: the work goes on there.
func (c *change) cancels() bool {
	was := func(vs []ticket.Value) bool { return len(vs) > 0 && vs[0].Norm == string(ticket.Cancelled) }
	return was(c.To) && !was(c.From) && !slices.ContainsFunc(c.of.Links, func(l ticket.Link) bool { return l.Kind == ticket.Duplicates })
}

// levels counts the steps between two priorities. From none to any is none: that
// sets a first one.
func levels(from, to []ticket.Value) int {
	step := func(vs []ticket.Value) int {
		if len(vs) == 0 {
			return len(ticket.Priorities()) - 1 // none
		}
		return slices.Index(ticket.Priorities(), ticket.Priority(vs[0].Norm))
	}
	a, b := step(from), step(to)
	if a < 0 || b < 0 || a == len(ticket.Priorities())-1 {
		return 0
	}
	return max(a-b, b-a)
}

// descopes reports whether the change took unfinished work out of a sprint that
// was running or ahead, and not into another a moment later.
func (c *change) descopes() bool {
	_, went := c.Moved()
	out := slices.ContainsFunc(went, func(v ticket.Value) bool {
		s := c.of.sprintOf(v.ID)
		return s != nil && (s.ActiveAt(c.At) || s.FutureAt(c.At)) && !s.OverAt(c.At.Add(ticket.OneAct))
	})
	if !out || c.before().Category.Ended() {
		return false
	}
	soon := c.of.seen(c.At.Add(ticket.OneAct))
	return !soon.Category.Ended() && !slices.ContainsFunc(soon.sprints(), func(s *sprint) bool { return s.ActiveAt(soon.now) || s.FutureAt(soon.now) })
}

func (t *workTicket) sprintOf(id string) *sprint { return t.w.sprint(t.Source, id) }

// fieldWords are fields as people call them, where that is not their name.
var fieldWords = map[ticket.Field]string{ticket.FieldDue: "due date", ticket.FieldSprint: "sprint or cycle"}

func (c *change) summary() string {
	what := cmp.Or(fieldWords[c.Field], string(c.Field))
	if c.Field == ticket.FieldOther {
		what = cmp.Or(c.Raw, what)
	}
	came, went := c.Moved()
	from, to := c.wordsFor(went), c.wordsFor(came)
	switch {
	case c.Field == ticket.FieldDescription:
		return c.rewritten()
	case from != "" && to != "":
		return fmt.Sprintf("%s from %s to %s", what, from, to)
	case to != "":
		return fmt.Sprintf("%s set to %s", what, to)
	case from != "":
		return fmt.Sprintf("%s %s taken away", what, from)
	}
	return what + " changed"
}

// rewritten tells of a description, whose text is not kept, how its length changed.
func (c *change) rewritten() string {
	before, toldBefore := length(c.From)
	after, toldAfter := length(c.To)
	switch n := after - before; {
	case !toldBefore && !toldAfter:
		return "description changed"
	case n == 0:
		return "description changed, as long as before"
	case n < 0:
		return fmt.Sprintf("description changed, %d characters shorter", -n)
	default:
		return fmt.Sprintf("description changed, %d characters longer", n)
	}
}

// wordsFor gives values as people know them: sprints by name, dates as dates.
func (c *change) wordsFor(values []ticket.Value) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = cmp.Or(v.Text, v.ID, v.Norm)
		switch c.Field {
		case ticket.FieldDue:
			out[i] = cmp.Or(v.ID, v.Text)
		case ticket.FieldSprint:
			if s := c.of.sprintOf(v.ID); s != nil {
				out[i] = cmp.Or(s.Name, out[i])
			}
		}
	}
	return strings.Join(out, ", ")
}
