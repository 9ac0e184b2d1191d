package rules

import (
	"context"
	"iter"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

var testMoment = time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)

// made is work that is made anew whenever it is read, as a store decodes it.
type made struct {
	n    int
	one  func(int) ticket.Ticket
	held []ticket.Sprint
}

func (m made) Tickets(context.Context) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		for i := range m.n {
			if !yield(m.one(i), nil) {
				return
			}
		}
	}
}

func (m made) Ticket(_ context.Context, source string, r ticket.Ref) (ticket.Ticket, error) {
	for i := range m.n {
		if t := m.one(i); t.Source == source && t.Ref().Is(r) {
			return t, nil
		}
	}
	return ticket.Ticket{}, ErrNotStored
}

func (m made) Sprints(context.Context) ([]ticket.Sprint, error) { return m.held, nil }

// everyPart is what a rule of every kind asks for.
func everyPart() map[string]bool {
	out := map[string]bool{}
	for _, p := range (&overview{}).overviewParts() {
		for _, fact := range p.wanted {
			out[fact] = true
		}
	}
	return out
}

func testWorld(t testing.TB, w Work, teams ...org.Team) *world {
	t.Helper()
	engineer := []org.Tenure{{Role: org.Engineer}}
	dir, mistakes := org.New([]org.Person{
		{ID: "lee", Name: "Lee Park", Accounts: map[string][]string{"jira": {"557058:lee"}}},
		{ID: "mina", Name: "Mina Osei", Roles: engineer, Emails: []string{"mina@acme.example"}}, {ID: "jo", Name: "J. O'Neill-Wu", Roles: engineer},
	}, teams, nil)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	out, err := newWorld(t.Context(), w, dir, testMoment)
	if err != nil {
		t.Fatal(err)
	}
	out.emails = ticket.Addresses{}
	out.overview = newOverview(out, everyPart())
	return out
}

func gatherAll(t testing.TB, w *world, all []ticket.Ticket) {
	t.Helper()
	emails := ticket.Addresses{}
	w.emails = emails
	for i := range all {
		all[i].Normalise()
		emails.Gather(&all[i])
		w.overview.gather(w.as(all[i]))
	}
	w.overview.sort()
}

func payments() org.Team {
	return org.Team{ID: "payments", Name: "Payments", Owns: org.Ownership{JiraProjects: []string{"PAY"}, LinearTeams: []string{"PAY"}},
		Members: []org.Seat{{Person: "mina"}, {Person: "jo"}}}
}

func TestNotesOfAnAccountDoNotDependOnTheOrderOfReading(t *testing.T) {
	told := []ticket.Account{{ID: "7"}, {ID: "7", Name: "Robo"}, {ID: "7", Name: "Auto", Bot: true}, {ID: "7", Email: "robo@acme.example"}}
	var want knownAs
	for i, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}} {
		var o overview
		for _, n := range order {
			by := o.people.number("jira", told[n])
			if got := o.people.told[by].account; got != 0 {
				t.Fatalf("number = %d, want one account", got)
			}
			o.count(&note{who: by}, nil, 1)
		}
		if i == 0 {
			want = o.people.together(0)
		}
		if got := o.people.together(0); got != want {
			t.Errorf("order %v: %+v, want %+v", order, got, want)
		}
		gone := o.people.number("jira", told[2])
		o.count(&note{who: gone}, nil, -1)
		if got := o.people.together(0); got.Bot || got.Name != "Robo" {
			t.Errorf("order %v: %+v is told still, once nobody does any more", order, got)
		}
	}
	if !want.Bot || want.Name != "Auto" || want.Email != "robo@acme.example" {
		t.Errorf("account = %+v, want what all told laid together", want)
	}
	var as accounts
	if n := as.number("jira", ticket.Account{}); n != -1 {
		t.Errorf("nobody has the number %d", n)
	}
	if as.number("jira", told[0]) == as.number("linear", told[0]) {
		t.Error("accounts of two trackers are one")
	}
}

func TestWhatEndedLongAgoIsNotRemembered(t *testing.T) {
	one := func(id string, c ticket.Category, at time.Time) ticket.Ticket {
		return ticket.Ticket{Source: "jira", Tracker: "jira", ID: id, Key: "PAY-" + id, Project: "PAY", Kind: ticket.Task, Category: c,
			Created: at.Add(-time.Hour), Resolved: at, Parent: ticket.Ref{ID: "9"}, Components: []string{"Refunds"}}
	}
	w := testWorld(t, made{}, payments())
	delete(w.overview.wants, "children")
	gatherAll(t, w, []ticket.Ticket{
		one("1", ticket.Done, testMoment.Add(-lookBack)), one("2", ticket.Done, testMoment.Add(-lookBack+time.Second)),
		one("3", ticket.Started, testMoment.Add(-2*lookBack)),
	})
	o := w.overview
	jira := o.sources.find("jira")
	if got := len(o.look(shelfKey{kind: onDone, team: 0}).notes); got != 1 {
		t.Errorf("%d finishes are remembered, want that of the last year", got)
	}
	below := o.below(jira, ticket.Ref{ID: "9"})
	if got := len(below.notes); got != 2 {
		t.Errorf("%d tickets stand below, want the open one and that of the last year", got)
	}
	if got := below.sum; got.parts != 3 || got.done != 2 {
		t.Errorf("sum = %+v, want all of them", got)
	}
	w = testWorld(t, made{}, payments())
	gatherAll(t, w, []ticket.Ticket{one("1", ticket.Done, testMoment.Add(-2*lookBack))})
	if got := len(w.overview.below(0, ticket.Ref{ID: "9"}).notes); got != 1 {
		t.Error("a rule that asks for children gets those of long ago as well")
	}
}

func TestOnlyWhatARuleAsksForIsGathered(t *testing.T) {
	w := testWorld(t, made{}, payments())
	for _, c := range []struct {
		wants string
		parts int
	}{{"kind", 0}, {"children", 1}, {"scope area", 2}, {"plans", 3}, {"scope role", 1}} {
		if got := newOverview(w, map[string]bool{c.wants: true}); len(got.parts) != c.parts || got.empty() != (c.parts == 0) {
			t.Errorf("%s: %d parts are gathered, want %d", c.wants, len(got.parts), c.parts)
		}
	}
}

func TestReferencesByIDAndByKeyNameOneTicket(t *testing.T) {
	epic := ticket.Ticket{Source: "jira", Tracker: "jira", ID: "1", Key: "PAY-1", Project: "PAY", Kind: ticket.Container, Category: ticket.Started, Created: testMoment.AddDate(0, 0, -30)}
	below := func(id string, up ...ticket.Ref) ticket.Ticket {
		return ticket.Ticket{Source: "jira", Tracker: "jira", ID: id, Key: "PAY-" + id, Project: "PAY", Kind: ticket.Task, Category: ticket.Done, Containers: up,
			Assignee: ticket.Account{ID: "x"}, Created: epic.Created, Resolved: testMoment.Add(-time.Hour)}
	}
	all := []ticket.Ticket{epic, below("2", ticket.Ref{ID: "1"}), below("3", ticket.Ref{Key: "PAY-1"}), below("4", ticket.Ref{ID: "1", Key: "PAY-1"}, ticket.Ref{Key: "PAY-1"})}
	w := testWorld(t, made{n: len(all), one: func(i int) ticket.Ticket { return all[i] }}, payments())
	gatherAll(t, w, all)
	var keys []string
	for _, c := range w.as(all[0]).children() {
		keys = append(keys, c.Key)
	}
	if !slices.Equal(keys, []string{"PAY-2", "PAY-3", "PAY-4"}) {
		t.Errorf("children = %q", keys)
	}
	if s := w.as(all[0]).sum(); s.parts != 3 || s.done != 3 {
		t.Errorf("sum = %+v, want each child once", s)
	}
	for _, a := range w.areas() {
		if a.read(); a.kind == "epic" && len(a.finished) != 3 {
			t.Errorf("%d finishes in the epic, want 3", len(a.finished))
		}
	}
}

// many is work of the usual mixture: one in ten an epic, most of it done over
// the years, in sprints, with labels and components.
func many(n int) made {
	team := func(i int) string { return []string{"PAY", "CORE", "WEB", "APP", "NOBODYS"}[i/100%5] }
	begun := func(i int) time.Time {
		return testMoment.Add(-time.Duration(n-i) * (4 * 365 * day / time.Duration(n)))
	}
	out := made{n: n, one: func(i int) ticket.Ticket {
		t := ticket.Ticket{
			Source: "jira acme.atlassian.net", Tracker: "jira", ID: strconv.Itoa(1_000_000 + i), Key: team(i) + "-" + strconv.Itoa(i), Project: team(i), Kind: ticket.Feature,
			Category: ticket.Done, Created: begun(i),
			Sprints: []string{strconv.Itoa(i / 40), strconv.Itoa(i/40 + 1)}, Labels: []string{"label-" + strconv.Itoa(i%200)}, Components: []string{"component " + strconv.Itoa(i%50)},
			Assignee: ticket.Account{ID: "557058:00000000-0000-0000-0000-" + strconv.Itoa(100_000_000_000+i%300), Name: "Somebody " + strconv.Itoa(i%300)},
		}
		points := float64(i%5 + 1)
		t.Estimate = &points
		up := ticket.Ref{ID: strconv.Itoa(1_000_000 + i/10*10), Key: team(i) + "-" + strconv.Itoa(i/10*10)}
		if i%10 == 0 {
			t.Kind, up = ticket.Container, ticket.Ref{}
		}
		t.Parent = up
		t.Resolved = t.Created.Add(10 * day)
		if i%20 == 1 || t.Resolved.After(testMoment) {
			t.Category, t.Resolved = []ticket.Category{ticket.Backlog, ticket.Todo, ticket.Started}[i%3], time.Time{}
		}
		return t
	}}
	for i := range n/40 + 1 {
		out.held = append(out.held, ticket.Sprint{Source: "jira acme.atlassian.net", ID: strconv.Itoa(i), State: ticket.SprintClosed, Start: begun(40 * i), End: begun(40 * i).Add(14 * day)})
	}
	return out
}

func manyTeams() []org.Team {
	var out []org.Team
	for _, key := range []string{"PAY", "CORE", "WEB", "APP"} {
		out = append(out, org.Team{ID: key, Name: key, Owns: org.Ownership{JiraProjects: []string{key}},
			Rituals: []org.Ritual{{Name: "retro", Every: 14 * day, Evidence: org.Trace{Label: "label-7"}}}})
	}
	return out
}

// shippedParts is what the catalog asks for, every rule of it in force.
func shippedParts(t testing.TB) map[string]bool {
	t.Helper()
	all, err := Catalog()
	if err != nil {
		t.Fatal(err)
	}
	var agreed []Agreement
	for _, r := range all {
		agreed = append(agreed, Agreement{Rule: r.ID})
	}
	b, err := NewBook(all, agreed, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b.wants()
}

func BenchmarkOverview(b *testing.B) {
	b.Run("catalog", func(b *testing.B) { benchmarkOverview(b, shippedParts(b)) })
	b.Run("every part", func(b *testing.B) { benchmarkOverview(b, everyPart()) })
}

func benchmarkOverview(b *testing.B, wants map[string]bool) {
	const n = 100_000
	work := many(n)
	for b.Loop() {
		w := testWorld(b, work, manyTeams()...)
		w.overview = newOverview(w, wants)
		before := heap()
		for i := range work.n {
			w.overview.gather(w.as(work.one(i)))
		}
		w.overview.sort()
		b.ReportMetric(float64(heap()-before)/n, "bytes/ticket")
		runtime.KeepAlive(w)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/ticket")
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestTheOverviewStaysSmall(t *testing.T) {
	const n, most = 20_000, 250
	work := many(n)
	w := testWorld(t, work, manyTeams()...)
	w.overview = newOverview(w, shippedParts(t))
	before := heap()
	for i := range work.n {
		w.overview.gather(w.as(work.one(i)))
	}
	w.overview.sort()
	if each := (heap() - before) / n; each > most {
		t.Errorf("the overview takes %d bytes a ticket, want at most %d", each, most)
	}
	if len(w.overview.notes) < n/4 || len(w.areas()) == 0 {
		t.Errorf("%d tickets were noted, in %d areas", len(w.overview.notes), len(w.areas()))
	}
	runtime.KeepAlive(w)
}
