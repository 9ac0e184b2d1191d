package rules_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/rules/ruletest"
	"github.com/fairlead-dev/fairlead/ticket"
)

// unfolding is work to which things happen while time passes.
type unfolding struct {
	chance
	work    *ruletest.Memory
	dir     *org.Directory
	now     time.Time
	removed []ticket.Ticket
	altered []rules.Altered
	said    []string // what happened since the latest look
	made    int
}

func live(t testing.TB, c chance) *unfolding {
	test := c.world()
	for i := range test.People {
		if c.IntN(2) == 0 {
			test.People[i].Until = fmt.Sprintf("in %d hours", 1+c.IntN(200))
		}
	}
	for _, who := range []string{"lee", "sam", "mina", "kit", "rob"} {
		if c.IntN(2) == 0 {
			from := c.IntN(100)
			test.Away = append(test.Away, rules.TestAbsence{Person: who, From: fmt.Sprintf("in %d hours", from), To: fmt.Sprintf("in %d hours", from+1+c.IntN(200)), Delegate: c.of("", "jo", "eve")})
		}
	}
	work, dir, now := build(t, test)
	return &unfolding{chance: c, work: work, dir: dir, now: now}
}

func (l *unfolding) say(format string, args ...any) {
	l.said = append(l.said, fmt.Sprintf(format, args...))
}

// store puts the ticket in the place of what is stored under its id.
func (l *unfolding) store(t ticket.Ticket) {
	t.Updated = l.now
	t.Normalise()
	l.altered = append(l.altered, rules.Altered{Source: t.Source, ID: t.ID})
	for i := range l.work.Work {
		if l.work.Work[i].ID == t.ID {
			l.work.Work[i] = t
			return
		}
	}
	l.work.Work = append(l.work.Work, t)
}

// copied is a ticket that can be changed without changing what is stored.
func copied(t ticket.Ticket) ticket.Ticket {
	t.History, t.Comments = slices.Clone(t.History), slices.Clone(t.Comments)
	t.Labels, t.Components, t.Sprints = slices.Clone(t.Labels), slices.Clone(t.Components), slices.Clone(t.Sprints)
	t.Links, t.Containers, t.Watchers = slices.Clone(t.Links), slices.Clone(t.Containers), slices.Clone(t.Watchers)
	return t
}

func (l *unfolding) any() ticket.Ticket { return copied(l.work.Work[l.IntN(len(l.work.Work))]) }

func (l *unfolding) account() ticket.Account {
	a := ticket.Account{ID: l.of("lee", "sam", "mina", "jo", "dana", "kit", "ola", "eve", "rob", "gone", "stranger")}
	a.Name = a.ID
	switch l.IntN(12) {
	case 0:
		a.Email = a.ID + "@acme.example"
	case 1:
		a.Email = "known-as-" + a.ID + "@acme.example"
	case 2:
		a.Bot = true
	case 3:
		a.Inactive = true
	}
	return a
}

// when is about now; now and then later, as by a clock that is wrong.
func (l *unfolding) when() time.Time {
	switch l.IntN(14) {
	case 0:
		return l.now.Add(time.Duration(l.IntN(200)) * time.Minute)
	case 1:
		return l.now.Add(-time.Duration(l.IntN(40*24)) * time.Hour)
	}
	return l.now.Add(-time.Duration(l.IntN(600)) * time.Second)
}

// change changes one field and writes it into the history.
func (l *unfolding) change(t *ticket.Ticket, field ticket.Field, by ticket.Account, at time.Time) {
	l.made++
	c := ticket.Change{ID: "again " + strconv.Itoa(l.made), At: at, Actor: by, Field: field, Raw: string(field)}
	text := func(s string) []ticket.Value {
		if s == "" {
			return nil
		}
		return []ticket.Value{{ID: s, Text: s, Norm: s}}
	}
	switch field {
	case ticket.FieldStatus:
		to := ticket.Category(l.of("todo", "started", "started", "done", "done", "cancelled"))
		c.From, c.To = text(string(t.Category)), text(string(to))
		t.Category, t.Status = to, string(to)
	case ticket.FieldAssignee:
		to := l.account()
		c.From, c.To = text(t.Assignee.ID), text(to.ID)
		t.Assignee = to
	case ticket.FieldPriority:
		to := l.of("urgent", "high", "low", "none")
		c.From, c.To = text(string(t.Priority)), text(to)
		t.Priority = ticket.Priority(to)
	case ticket.FieldDue:
		to := ticket.Date(l.now.AddDate(0, 0, l.IntN(60)-20).Format(time.DateOnly))
		c.From, c.To = text(string(t.Due)), text(string(to))
		t.Due = to
	case ticket.FieldEstimate:
		to := float64(l.IntN(20))
		if t.Estimate != nil {
			c.From = text(strconv.FormatFloat(*t.Estimate, 'f', -1, 64))
		}
		c.To, t.Estimate = text(strconv.FormatFloat(to, 'f', -1, 64)), &to
	case ticket.FieldSprint:
		c.From = values(t.Sprints)
		t.Sprints = []string{l.of("6", "7", "8", "9")}
		c.To = values(t.Sprints)
	case ticket.FieldLabel:
		c.From = values(t.Labels)
		t.Labels = []string{l.of("retro", "nps", "ops", "action-item", "2026-Q4", "2027-Q1")}
		c.To = values(t.Labels)
	case ticket.FieldComponent:
		c.From = values(t.Components)
		t.Components = []string{l.of("Refunds", "Ledger", "Export")}
		c.To = values(t.Components)
	case ticket.FieldTitle:
		to := l.of("Refunds", "Ship the AI page", "Launch export", "Reduce refunds by 30 %")
		c.From, c.To = text(t.Title), text(to)
		t.Title = to
	case ticket.FieldProject:
		to := l.of("PAY", "CORE", "OPS")
		c.From, c.To = text(t.Project), text(to)
		t.Project = to
		if t.Tracker == "linear" {
			t.Team = to
		}
	case ticket.FieldKind:
		to := ticket.Kind(l.of("feature", "bug", "task", "problem", "goal", "container", "action-item"))
		c.From, c.To = []ticket.Value{{Norm: string(t.Kind)}}, []ticket.Value{{Norm: string(to)}}
		t.Kind = to
	case ticket.FieldDescription:
		c.From, c.To = []ticket.Value{{Norm: "10"}}, []ticket.Value{{Norm: "400"}}
		t.Description = l.of("", "h2. Problem\nNobody knows what refunds cost us in a month, and nobody can tell without asking three people.\n", "Build it.")
	}
	t.History = append(t.History, c)
}

func values(list []string) []ticket.Value {
	var out []ticket.Value
	for _, s := range list {
		out = append(out, ticket.Value{ID: s, Text: s})
	}
	return out
}

var livelyFields = []ticket.Field{
	ticket.FieldStatus, ticket.FieldStatus, ticket.FieldAssignee, ticket.FieldPriority, ticket.FieldDue, ticket.FieldEstimate, ticket.FieldSprint, ticket.FieldSprint,
	ticket.FieldLabel, ticket.FieldComponent, ticket.FieldTitle, ticket.FieldProject, ticket.FieldKind, ticket.FieldDescription,
}

// happen lets something happen to the work.
func (l *unfolding) happen() {
	switch n := l.IntN(40); {
	case n < 20:
		t := l.any()
		field, at := livelyFields[l.IntN(len(livelyFields))], l.when()
		l.change(&t, field, l.account(), at)
		l.say("%s of %s at %s", field, t.Key, at)
		l.store(t)
	case n < 24:
		t := l.any()
		l.made++
		t.Comments = append(t.Comments, ticket.Comment{ID: "again " + strconv.Itoa(l.made), Author: l.account(), Created: l.when()})
		l.say("comment on %s", t.Key)
		l.store(t)
	case n < 27:
		t, up := l.any(), l.any()
		switch l.IntN(6) {
		case 0:
			t.Parent = ticket.Ref{}
		case 4, 5:
			t.Parent = ticket.Ref{ID: up.ID}
		case 1:
			t.Parent = ticket.Ref{Key: up.Key}
		case 2:
			t.Parent = ticket.Ref{ID: up.ID, Key: up.Key}
		case 3:
			t.Containers = []ticket.Ref{{ID: up.ID}}
		}
		l.say("%s stands below %s", t.Key, up.Key)
		l.store(t)
	case n < 28:
		t, to := l.any(), l.any()
		t.Links = append(t.Links, ticket.Link{Kind: ticket.LinkKind(l.of("relates", "solves", "duplicates")), Target: to.Ref(), TargetKind: to.Kind})
		l.say("%s links to %s", t.Key, to.Key)
		l.store(t)
	case n < 30 && len(l.work.Work) > 8:
		i := l.IntN(len(l.work.Work))
		t := l.work.Work[i]
		l.work.Work = slices.Delete(slices.Clone(l.work.Work), i, i+1)
		l.removed = append(l.removed, t)
		l.altered = append(l.altered, rules.Altered{Source: t.Source, ID: t.ID})
		l.say("%s is removed", t.Key)
	case n < 32 && len(l.removed) > 0:
		t := l.removed[l.IntN(len(l.removed))]
		if !slices.ContainsFunc(l.work.Work, func(o ticket.Ticket) bool { return o.ID == t.ID || o.Key == t.Key }) {
			l.say("%s is back", t.Key)
			l.store(copied(t))
		}
	case n < 33:
		t := l.any()
		l.made++
		t.ID, t.Key, t.Created = "new "+strconv.Itoa(l.made), "PAY-N"+strconv.Itoa(l.made), l.when()
		t.History, t.Comments, t.Started, t.Resolved = nil, nil, time.Time{}, time.Time{}
		l.say("%s is new", t.Key)
		l.store(t)
	case n < 34:
		t := l.any()
		l.made++
		l.say("%s is called PAY-M%d now", t.Key, l.made)
		t.Key = "PAY-M" + strconv.Itoa(l.made)
		l.store(t)
	case n < 35:
		l.bulk()
	case n < 36:
		t := l.any()
		t.Watchers = append(t.Watchers, l.account())
		l.say("somebody watches %s", t.Key)
		l.store(t)
	case n < 39:
		l.sprint()
	default:
		l.altered = append(l.altered, rules.Altered{Source: "nowhere", ID: "1"}, rules.Altered{Source: l.work.Work[0].Source, ID: "never stored"})
	}
}

// bulk lets one account change many tickets within minutes.
func (l *unfolding) bulk() {
	who := ticket.Account{ID: l.of("mina", "dana", "sam")}
	field := livelyFields[l.IntN(len(livelyFields))]
	n := 45 + l.IntN(20)
	l.say("%s changes the %s of %d", who.ID, field, n)
	for i := range n {
		t := copied(l.work.Work[i%len(l.work.Work)])
		l.change(&t, field, who, l.now.Add(-time.Duration(i)*time.Second*time.Duration(1+l.IntN(12))))
		l.store(t)
	}
}

func (l *unfolding) sprint() {
	l.work.Planned = slices.Clone(l.work.Planned)
	i := l.IntN(len(l.work.Planned))
	s := &l.work.Planned[i]
	switch l.IntN(6) {
	case 0:
		s.Goal = l.of("", "TBD", "Refunds under a minute for 9 of 10", "Build the page")
	case 1:
		s.State, s.Start = ticket.SprintActive, l.now.Add(-time.Hour)
	case 2:
		s.State, s.Completed = ticket.SprintClosed, l.now
	case 3:
		s.Start, s.End = l.now.Add(time.Duration(l.IntN(72))*time.Hour), l.now.Add(time.Duration(80+l.IntN(200))*time.Hour)
	case 4:
		s.Board, s.Team = "", ""
	case 5:
		l.made++
		l.work.Planned = append(l.work.Planned, ticket.Sprint{
			Source: s.Source, ID: strconv.Itoa(9 + l.IntN(3)), Name: "Sprint " + strconv.Itoa(l.made), State: ticket.SprintState(l.of("future", "active")),
			Start: l.now.Add(time.Duration(l.IntN(60)-20) * time.Hour), End: l.now.AddDate(0, 0, 14),
		})
		l.work.Planned = slices.CompactFunc(l.work.Planned, func(a, b ticket.Sprint) bool { return a.ID == b.ID })
	}
	l.say("sprint %s: %+v", s.ID, *s)
}

// pass lets time pass.
func (l *unfolding) pass() {
	by := []time.Duration{
		0, 0, time.Nanosecond, time.Second, time.Minute, 15 * time.Minute, time.Hour, 5 * time.Hour, 24 * time.Hour, 48 * time.Hour, 7 * 24 * time.Hour, 40 * 24 * time.Hour,
	}[min(l.IntN(12), l.IntN(14))]
	by += time.Duration(l.Int64N(int64(by)/3 + 1))
	l.now = l.now.Add(by)
	l.say("%s pass", by)
}

// asRead is the work as a store has it now.
func (l *unfolding) asRead() *ruletest.Memory {
	return &ruletest.Memory{Work: slices.Clone(l.work.Work), Planned: slices.Clone(l.work.Planned)}
}

// follow lets things happen and looks again after each, for so many steps.
func follow(t *testing.T, b *rules.Book, seed uint64, c chance, steps int) (looked, all int) {
	t.Helper()
	l := live(t, c)
	for i := range l.work.Work {
		l.work.Work[i].Normalise()
	}
	var m rules.Memory
	for step := range steps {
		work := l.asRead()
		want := check(t, b, work, l.dir, l.now)
		got, err := b.CheckAgain(t.Context(), work, l.dir, l.now, &m, l.altered, step > 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Stopped) > 0 || len(want.Stopped) > 0 {
			if fmt.Sprint(got.Stopped) != fmt.Sprint(want.Stopped) {
				t.Fatalf("seed %d, step %d: stopped %v, want %v", seed, step, got.Stopped, want.Stopped)
			}
			got.Stopped, want.Stopped = nil, nil
		}
		if !reflect.DeepEqual(got, want) {
			for _, r := range b.Rules() {
				if len(b.Rules()) < 5 {
					t.Logf("%s: %s\n%s", r.ID, r.When, r.GroupBy)
				}
			}
			t.Fatalf("seed %d, step %d: %s\n%s", seed, step, strings.Join(l.said, "; "), differ(got, want))
		}
		looked, all = looked+m.Worked(), all+len(l.work.Work)
		l.altered, l.said = nil, nil
		for range l.IntN(4) {
			l.happen()
		}
		l.pass()
	}
	return looked, all
}

// differ tells where two outcomes differ.
func differ(got, want rules.Outcome) string {
	var out []string
	have := map[finding.ID]finding.Seen{}
	for _, s := range got.Seen {
		have[s.ID] = s
	}
	for _, s := range want.Seen {
		g, seen := have[s.ID]
		delete(have, s.ID)
		switch {
		case !seen:
			out = append(out, fmt.Sprintf("missing: %s %s: %s", s.Rule, s.Subject.Key, s.Reason))
		case !reflect.DeepEqual(g, s):
			out = append(out, fmt.Sprintf("got:  %+v\nwant: %+v", g, s))
		}
	}
	for _, s := range have {
		out = append(out, fmt.Sprintf("too much: %s %s: %s", s.Rule, s.Subject.Key, s.Reason))
	}
	if !reflect.DeepEqual(got.Flights, want.Flights) || got.Tickets != want.Tickets {
		out = append(out, fmt.Sprintf("got %d %+v\nwant %d %+v", got.Tickets, got.Flights, want.Tickets, want.Flights))
	}
	if len(out) == 0 {
		out = append(out, fmt.Sprintf("got  %+v\nwant %+v", got, want))
	}
	return strings.Join(out[:min(len(out), 4)], "\n")
}

// Whatever happens to the work, and however much time passes: who looks again and
// remembers sees what who looks for the first time does.
func TestLookingAgainSeesWhatAFirstLookDoes(t *testing.T) {
	b := book(t, catalog(t), everyRuleOn(t)...)
	seeds, steps := uint64(16), 60
	if n, err := strconv.Atoi(os.Getenv("FAIRLEAD_SEEDS")); err == nil {
		seeds = uint64(n)
	}
	if testing.Short() {
		seeds = 2
	}
	looked, all := 0, 0
	for seed := range seeds {
		n, of := follow(t, b, seed, chance{rand.New(rand.NewPCG(seed, 21))}, steps)
		looked, all = looked+n, all+of
	}
	t.Logf("%d of %d tickets were looked at", looked, all)
	if looked*2 > all {
		t.Errorf("%d of %d tickets were looked at: it hardly remembers anything", looked, all)
	}
}

// oddRules ask of now whatever can be asked.
func oddRules(t testing.TB, c chance) []rules.Rule {
	t.Helper()
	when := []struct{ scope, when, more string }{
		{"ticket", "now - ticket.created > duration('700h') && now < ticket.last_moved + duration('300h')", ""},
		{"ticket", "now.getHours() % 2 == 0 && ticket.in_flight", ""},
		{"ticket", "string(now) > string(ticket.created.plus(duration_of))", ""},
		{"ticket", "[now, ticket.created].exists(x, x > ticket.last_moved + duration('30h'))", ""},
		{"ticket", "(ticket.in_flight ? now : ticket.created) > ticket.last_moved + duration('48h')", ""},
		{"ticket", "(now - ticket.created).getHours() / 24 % 3 == 1", ""},
		{"ticket", "(now - ticket.last_moved).getMinutes() > 3000", ""},
		{"ticket", "ticket.last_moved - now < duration('-50h')", ""},
		{"ticket", "now + (now - ticket.last_moved) > ticket.created + duration('2000h')", ""},
		{"ticket", "now - ticket.last_moved == duration('24h') || now == ticket.created", ""},
		{"ticket", "has(ticket.assignee) && has_role(ticket.assignee, ['em', 'engineer'], now - duration('72h')) && ticket.assignee.away", ""},
		{"ticket", "has(ticket.team) && size(ticket.team.ems(now)) > 0 && size(em_of(ticket, now)) > 0", ""},
		{"ticket", "has(ticket.assignee) && has_role(ticket.assignee, ['engineer', 'pm'], now)", ""},
		{"ticket", "has(ticket.assignee) && is_engineer(ticket.assignee, now - duration('30h')) && !ticket.assignee.left", ""},
		{"ticket", "side_took_part(ticket, 'engineering', has(ticket.started) ? ticket.started : now)", ""},
		{"ticket", "took_part(ticket, em_of(ticket, now), now) || (has(ticket.team) && size(ticket.team.pms(now)) > 1)", ""},
		{"ticket", "has(ticket.team) && size(ticket.team.finished(duration('720h'))) > 2", ""},
		{"ticket", "has(ticket.team) && ticket.team.plans.exists(p, p.start < now + duration('240h'))", ""},
		{"ticket", "has(ticket.team) && ticket.team.sprints.exists(s, s.active && s.tickets.exists(x, x.in_flight))", ""},
		{"ticket", "ticket.children.exists(c, c.overdue) || ticket.overdue", ""},
		{"ticket", "ticket.chain(4).exists(c, c.in_flight && c.outside_sprint_since < now)", ""},
		{"ticket", "in_bulk(ticket, ticket.created, 3) || ticket.parts > 2 || ticket.share_of_container(1) > 0.5", ""},
		{"ticket", "ticket.changes.exists(c, in_bulk(ticket, c.at, 2))", ""},
		{"ticket", "commented_since(ticket, now - duration('100h'))", ""},
		{"ticket", "has(ticket.team) && ticket.team.rituals.exists(r, has(r.due) && r.due < now)", ""},
		{"ticket", "ticket.in_flight", "happened: ticket.in_flight_since\nwindow: duration('200h')\n"},
		{"ticket", "ticket.in_flight", "happened: 'ticket.overdue ? ticket.due : now'\nwindow: duration('200h')\n"},
		{"ticket", "ticket.in_flight", "group_by: ticket.highest(4)\nhaving: size(tickets) > 1 && now > tickets[0].last_moved + duration('20h')\n"},
		{"ticket", "has(ticket.team)", "group_by: ticket.team\nhaving: size(tickets.filter(t, t.overdue)) > 1\n"},
		{"ticket", "size(ticket.sprints) > 0", "group_by: ticket.sprints\n"},
		{"change", "change.at + duration('60h') < now", "window: duration('400h')\n"},
		{"change", "change.before.sprints.exists(s, s.future)", "window: duration('400h')\ngroup_by: change.before.sprints\n"},
		{"assignment", "has(assignment.assignee) && assignment.assignee.away", "window: duration('400h')\n"},
		{"goal", "goal.open", "group_by: 'has(goal.ticket) ? goal.ticket.team : goal.sprint.team'\n"},
		{"goal", "goal.active", ""},
		{"team", "team.finished(duration('700h')).exists(t, now - t.ended < duration('90h'))", ""},
		{"area", "area.finished_count(duration('900h')) > 1 && area.in_flight > 0", ""},
	}
	var out []rules.Rule
	add := func(scope, when, more string) bool {
		id := "odd-" + strconv.Itoa(len(out))
		text := strings.Replace(scoped(scope, strings.ReplaceAll(when, "\n", " "), more), "id: looks", "id: "+id, 1)
		text = strings.Replace(text, `message: "{subject}"`, `message: "{subject} for {now - now} {now} {tickets}"`, 1)
		r, err := rules.Parse("rule.yaml", []byte(text))
		if err == nil {
			out = append(out, r)
		}
		return err == nil
	}
	for i, w := range when {
		if !add(w.scope, w.when, w.more) && i != 2 {
			_, err := rules.Parse("rule.yaml", []byte(scoped(w.scope, w.when, w.more)))
			t.Fatalf("%s: %v", w.when, err)
		}
	}
	for range 30 {
		scope := c.of("ticket", "ticket", "ticket", "change", "goal", "sprint", "team")
		more := ""
		if scope == "change" {
			more = "window: duration('400h')\n"
		}
		add(scope, rules.GeneratedCondition(c.Rand, scope), more)
	}
	return out
}

// The same of rules that ask of now whatever can be asked.
func TestLookingAgainByOddRules(t *testing.T) {
	seeds, steps := uint64(60), 40
	if n, err := strconv.Atoi(os.Getenv("FAIRLEAD_SEEDS")); err == nil {
		seeds = uint64(n)
	}
	if testing.Short() {
		seeds = 5
	}
	looked, tickets, rulesLooked := 0, 0, 0
	for seed := range seeds {
		c := chance{rand.New(rand.NewPCG(seed, 22))}
		all := oddRules(t, c)
		// One that cannot be evaluated makes every evaluation start anew.
		for range 3 {
			work, dir, now := build(t, c.world())
			out := check(t, book(t, all, on(all)...), work, dir, now)
			all = slices.DeleteFunc(all, func(r rules.Rule) bool { return out.Stopped[r.ID] != nil })
		}
		// Few of them, since one alone may make every ticket due each time.
		c.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		all = all[:1+c.IntN(3)]
		n, of := follow(t, book(t, all, on(all)...), seed, c, steps)
		looked, tickets = looked+n, tickets+of
		rulesLooked += len(all)
	}
	t.Logf("%d of %d tickets were looked at, by %d rules each time", looked, tickets, rulesLooked/int(seeds))
}

// Nothing happens but that time passes: every answer that turns out otherwise by that
// alone does so at the right moment.
func TestTimeAloneTurnsAnswers(t *testing.T) {
	seeds := uint64(6)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		c := chance{rand.New(rand.NewPCG(seed, 24))}
		all := append(oddRules(t, c), catalog(t)...)
		l := live(t, c)
		for _, r := range all {
			b := book(t, []rules.Rule{r}, rules.Agreement{Rule: r.ID})
			now := l.now
			var m rules.Memory
			for step := range 40 {
				got, err := b.CheckAgain(t.Context(), l.work, l.dir, now, &m, nil, true)
				if err != nil {
					t.Fatal(err)
				}
				if want := check(t, b, l.work, l.dir, now); !reflect.DeepEqual(got.Seen, want.Seen) {
					t.Fatalf("seed %d, %s, step %d: %s\n%s", seed, r.ID, step, r.When, differ(got, want))
				}
				now = now.Add(time.Duration(c.IntN(1+c.IntN(20))) * time.Hour)
			}
		}
	}
}

// What a ticket's answers depend on is looked at again when that is altered, and
// nothing else is.
func TestWhatDependsOnATicketIsLookedAtWithIt(t *testing.T) {
	made := func(id string, up ticket.Ref) ticket.Ticket {
		return ticket.Ticket{Source: "jira test", Tracker: "jira", ID: id, Key: "PAY-" + id, Project: "PAY", Kind: ticket.Task, Title: "t", Category: ticket.Started, Parent: up,
			Created: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)}
	}
	linked := made("2", ticket.Ref{})
	linked.Links = []ticket.Link{{Kind: ticket.Solves, Target: ticket.Ref{ID: "1"}}}
	assigned := made("2", ticket.Ref{})
	assigned.Assignee = ticket.Account{ID: "9"}
	dir, mistakes := org.New([]org.Person{{ID: "mina", Name: "Mina", Emails: []string{"mina@acme.example"}}}, nil, nil)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	now := time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, when string
		other      ticket.Ticket // beside ticket 1, which is altered
		alter      func(*ticket.Ticket)
		worked     int
	}{
		{"above by id", "ticket.chain(3).exists(t, t.title == 'x')", made("2", ticket.Ref{ID: "1"}), func(t *ticket.Ticket) { t.Title = "x" }, 2},
		{"above by key", "ticket.chain(3).exists(t, t.title == 'x')", made("2", ticket.Ref{Key: "PAY-1"}), func(t *ticket.Ticket) { t.Title = "x" }, 2},
		{"another key", "ticket.chain(3).exists(t, t.title == 't' && t.key != ticket.key)", made("2", ticket.Ref{Key: "PAY-9"}), func(t *ticket.Ticket) { t.Key = "PAY-9" }, 2},
		{"linked to", "ticket.links.exists(l, l.target_kind == 'problem')", linked, func(t *ticket.Ticket) { t.Kind = ticket.Problem }, 2},
		{"below", "ticket.children.exists(c, c.title == 'x')", made("2", ticket.Ref{}), func(t *ticket.Ticket) { t.Title, t.Parent = "x", ticket.Ref{ID: "2"} }, 2},
		{"the sum of what is below", "ticket.parts > 0", made("2", ticket.Ref{}), func(t *ticket.Ticket) { t.Parent = ticket.Ref{Key: "PAY-2"} }, 2},
		{"done below", "ticket.delivered", made("2", ticket.Ref{}), func(t *ticket.Ticket) { t.Category, t.Parent = ticket.Done, ticket.Ref{Key: "PAY-2"} }, 2},
		{"the address of an account", "has(ticket.assignee) && ticket.assignee.known", assigned, func(t *ticket.Ticket) { t.Creator = ticket.Account{ID: "9", Email: "mina@acme.example"} }, 2},
		{"nothing", "ticket.title == 'x'", made("2", ticket.Ref{ID: "1"}), func(t *ticket.Ticket) { t.Title = "x" }, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := book(t, []rules.Rule{parse(t, scoped("ticket", c.when, ""))})
			work := &ruletest.Memory{Work: []ticket.Ticket{made("1", ticket.Ref{}), c.other}}
			var m rules.Memory
			for step := range 3 {
				altered := []rules.Altered{{Source: "jira test", ID: "1"}}
				got, err := b.CheckAgain(t.Context(), work, dir, now, &m, altered, true)
				if err != nil {
					t.Fatal(err)
				}
				if want := check(t, b, work, dir, now); !reflect.DeepEqual(got, want) {
					t.Fatalf("step %d: %s", step, differ(got, want))
				}
				if step == 1 && m.Worked() != c.worked {
					t.Errorf("%d tickets were looked at, want %d", m.Worked(), c.worked)
				}
				one := made("1", ticket.Ref{})
				if step == 0 {
					c.alter(&one)
				}
				work = &ruletest.Memory{Work: []ticket.Ticket{one, c.other}}
			}
		})
	}
}

// What one ticket tells of an account counts for what others finished by it.
func TestWhatIsToldOfAnAccountCountsForAreasOfOthers(t *testing.T) {
	at := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	made := func(id string, by ticket.Account) ticket.Ticket {
		return ticket.Ticket{Source: "jira test", Tracker: "jira", ID: id, Key: "PAY-" + id, Project: "PAY", Components: []string{"c" + id}, Kind: ticket.Task, Category: ticket.Done,
			Created: at, Resolved: at.Add(time.Hour), Assignee: by}
	}
	dir, mistakes := org.New(nil, []org.Team{{ID: "payments", Name: "Payments", Owns: org.Ownership{JiraProjects: []string{"PAY"}}}}, nil)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	b := book(t, []rules.Rule{parse(t, scoped("area", "area.finished_count(duration('900h')) > 0", ""))})
	var m rules.Memory
	for step, bot := range []bool{false, true, false} {
		work := &ruletest.Memory{Work: []ticket.Ticket{made("1", ticket.Account{ID: "z", Bot: bot}), made("2", ticket.Account{ID: "z"})}}
		got, err := b.CheckAgain(t.Context(), work, dir, at.AddDate(0, 0, 9), &m, []rules.Altered{{Source: "jira test", ID: "1"}}, true)
		if err != nil {
			t.Fatal(err)
		}
		if want := check(t, b, work, dir, at.AddDate(0, 0, 9)); !reflect.DeepEqual(got, want) || bot != (len(want.Seen) == 0) {
			t.Errorf("step %d: %s", step, differ(got, want))
		}
	}
}

// failing is work that cannot be read at times.
type failing struct {
	*ruletest.Memory
	fails bool
}

var errUnreadable = errors.New("the disk is gone")

func (f *failing) Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error] {
	if f.fails {
		return func(yield func(ticket.Ticket, error) bool) { yield(ticket.Ticket{}, errUnreadable) }
	}
	return f.Memory.Tickets(ctx)
}

func (f *failing) Ticket(ctx context.Context, source string, r ticket.Ref) (ticket.Ticket, error) {
	if f.fails {
		return ticket.Ticket{}, errUnreadable
	}
	return f.Memory.Ticket(ctx, source, r)
}

// What is remembered of other rules, other people or a later moment is no help, and
// neither is anything after an evaluation that broke off: then all is looked at.
func TestAMemoryThatDoesNotFitStartsAnew(t *testing.T) {
	all := catalog(t)
	b := book(t, all, everyRuleOn(t)...)
	l := live(t, chance{rand.New(rand.NewPCG(1, 23))})
	work := &failing{Memory: l.asRead()}
	n := len(l.work.Work)
	var m rules.Memory
	look := func(name string, b *rules.Book, dir *org.Directory, now time.Time, known bool, worked int) {
		t.Helper()
		got, err := b.CheckAgain(t.Context(), work, dir, now, &m, nil, known)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := check(t, b, work, dir, now); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %s", name, differ(got, want))
		}
		if m.Worked() != worked {
			t.Errorf("%s: %d tickets were looked at, want %d", name, m.Worked(), worked)
		}
	}
	look("nothing is remembered", b, l.dir, l.now, true, n)
	look("nothing has happened", b, l.dir, l.now, true, 0)
	look("it is not known what has", b, l.dir, l.now, false, n)
	fewer := book(t, all[:5], on(all[:5])...)
	look("other rules", fewer, l.dir, l.now, true, n)
	look("the first rules again", b, l.dir, l.now, true, n)
	_, others, _ := build(t, l.world())
	look("other people", b, others, l.now, true, n)
	look("an earlier moment", b, others, l.now.Add(-time.Minute), true, n)

	work.fails = true
	if _, err := b.CheckAgain(t.Context(), work, others, l.now, &m, []rules.Altered{{Source: l.work.Work[0].Source, ID: l.work.Work[0].ID}}, true); !errors.Is(err, errUnreadable) {
		t.Fatalf("err = %v, want that of the work", err)
	}
	work.fails = false
	look("after an error", b, others, l.now, true, n)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.CheckAgain(ctx, work, others, l.now, &m, nil, false); !errors.Is(err, context.Canceled) {
		t.Fatalf("err = %v, want that it was called off", err)
	}
	look("after it was called off", b, others, l.now, true, n)
}

// A rule that cannot be evaluated stops at the same place, however little is looked
// at, and is evaluated again once it can be.
func TestARuleThatStopsDoesSoAtTheSamePlace(t *testing.T) {
	r := parse(t, scoped("ticket", "1 / (ticket.title == 'breaks' ? 0 : 1) == 1", ""))
	b := book(t, []rules.Rule{r})
	l := live(t, chance{rand.New(rand.NewPCG(2, 23))})
	var m rules.Memory
	for step, titles := range []map[int]string{{}, {7: "breaks", 3: "breaks"}, {5: "breaks"}, {7: "Refunds", 3: "Refunds", 5: "Refunds"}, {}} {
		l.altered = nil
		for i, title := range titles {
			one := copied(l.work.Work[i])
			one.Title = title
			l.store(one)
		}
		work := l.asRead()
		got, err := b.CheckAgain(t.Context(), work, l.dir, l.now, &m, l.altered, true)
		if err != nil {
			t.Fatal(err)
		}
		want := check(t, b, work, l.dir, l.now)
		if fmt.Sprint(got.Stopped) != fmt.Sprint(want.Stopped) || !reflect.DeepEqual(got.Seen, want.Seen) {
			t.Errorf("step %d: stopped %v, want %v; %s", step, got.Stopped, want.Stopped, differ(got, want))
		}
		if stops := step == 1 || step == 2; stops != (len(got.Stopped) > 0) {
			t.Errorf("step %d: stopped %v", step, got.Stopped)
		}
	}
}
