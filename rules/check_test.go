package rules_test

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/rules/ruletest"
	"github.com/fairlead-dev/fairlead/ticket"
)

var teams = []string{"core", "payments"}

func parse(t testing.TB, text string) rules.Rule {
	t.Helper()
	r, err := rules.Parse("rule.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func catalog(t testing.TB) []rules.Rule {
	t.Helper()
	all, err := rules.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// three are the rules whose verdicts the tests here spell out: one about a
// chain, one about an event, one about a sprint.
func three(t testing.TB) []rules.Rule {
	t.Helper()
	return slices.DeleteFunc(catalog(t), func(r rules.Rule) bool {
		return !slices.Contains([]string{"assigned-bypassing-em", "feature-without-problem", "work-without-sprint-goal"}, r.ID)
	})
}

func book(t testing.TB, all []rules.Rule, agreed ...rules.Agreement) *rules.Book {
	t.Helper()
	b, err := rules.NewBook(all, agreed, teams)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func build(t testing.TB, test rules.Test) (*ruletest.Memory, *org.Directory, time.Time) {
	t.Helper()
	work, dir, now, err := ruletest.Build(&test)
	if err != nil {
		t.Fatal(err)
	}
	return work, dir, now
}

func check(t testing.TB, b *rules.Book, w rules.Work, dir *org.Directory, now time.Time) rules.Outcome {
	t.Helper()
	out, err := b.Check(t.Context(), w, dir, now)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// noticed lists rule and subject of what was seen.
func noticed(out rules.Outcome) string {
	var all []string
	for _, s := range out.Seen {
		all = append(all, s.Rule+" "+s.Subject.Key)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func TestTheBoundsOfGraceAndWindowToTheSecond(t *testing.T) {
	const event = "2026-11-02 10:00:00"
	for _, c := range []struct {
		name, now, comment string
		fires              bool
	}{
		{"a second before the grace ends", "2026-11-04 09:59:59", "", false},
		{"when the grace ends", "2026-11-04 10:00:00", "", true},
		{"an EM who comments when the grace ends", "2026-11-05 10:00:00", "2026-11-04 10:00:00", false},
		{"an EM who comments a second later", "2026-11-05 10:00:00", "2026-11-04 10:00:01", true},
		{"a second before the window ends", "2026-11-16 09:59:59", "", true},
		{"when the window ends", "2026-11-16 10:00:00", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			one := rules.TestTicket{Key: "PAY-1", Created: "2026-10-01 10:00", Changes: []rules.TestChange{{At: event, By: "dana", Field: "assignee", To: "mina"}}}
			if c.comment != "" {
				one.Comments = []rules.TestRemark{{At: c.comment, By: "lee"}}
			}
			work, dir, now := build(t, rules.Test{Now: c.now, Tickets: []rules.TestTicket{one}})
			out := check(t, book(t, three(t)), work, dir, now)
			if got := len(out.Seen) == 1; got != c.fires {
				t.Fatalf("fires = %v, want %v", got, c.fires)
			}
			if !c.fires {
				return
			}
			s, expires := out.Seen[0], time.Date(2026, 11, 16, 10, 0, 0, 0, time.UTC)
			if !s.Expires.Equal(expires) || s.Event != "1" || s.Audience != finding.ForEM || s.Severity != finding.High {
				t.Errorf("seen = %+v, want event 1 that expires %s", s, expires)
			}
			if want := finding.MakeID(s.Rule, s.Subject, s.Event); s.ID != want {
				t.Errorf("id = %s, want %s", s.ID, want)
			}
		})
	}
}

func TestRolesAndTeamsAreThoseOfTheEvent(t *testing.T) {
	reorganised := time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)
	until, since := org.Span{To: reorganised}, org.Span{From: reorganised}
	accounts := func(id string) map[string][]string { return map[string][]string{"jira": {id}} }
	people := []org.Person{
		{ID: "lee", Name: "lee", Accounts: accounts("lee")}, {ID: "kit", Name: "kit", Accounts: accounts("kit")},
		{ID: "mina", Name: "mina", Accounts: accounts("mina"), Roles: []org.Tenure{{Role: org.Engineer}}},
		{ID: "dana", Name: "dana", Accounts: accounts("dana"), Roles: []org.Tenure{{Role: org.EM, Span: until}, {Role: org.Director, Span: since}}},
	}
	all := []org.Team{{ID: "payments", Owns: org.Ownership{JiraProjects: []string{"PAY"}},
		EMs:     []org.Seat{{Person: "lee", Span: until}, {Person: "kit", Span: since}},
		Members: []org.Seat{{Person: "mina"}}}}
	dir, mistakes := org.New(people, all, nil)
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	for _, c := range []struct {
		name, at, commenter, want string
	}{
		{"who became director later was none", "2026-11-09 10:00", "", ""},
		{"who is director since is one", "2026-11-11 10:00", "", "assigned-bypassing-em PAY-1"},
		{"the EM of before does not know of it", "2026-11-11 10:00", "lee", "assigned-bypassing-em PAY-1"},
		{"the EM of then does", "2026-11-11 10:00", "kit", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			one := rules.TestTicket{Key: "PAY-1", Changes: []rules.TestChange{{At: c.at, By: "dana", Field: "assignee", To: "mina"}}}
			if c.commenter != "" {
				one.Comments = []rules.TestRemark{{At: c.at, By: c.commenter}}
			}
			work, _, now := build(t, rules.Test{Tickets: []rules.TestTicket{one}})
			if got := noticed(check(t, book(t, three(t)), work, dir, now)); got != c.want {
				t.Errorf("noticed = %q, want %q", got, c.want)
			}
		})
	}
}

// Work that another team owns since a reorganisation is judged by who owned it
// when something happened to it.
func TestAReorganisationDoesNotRewriteHistory(t *testing.T) {
	reorganised := time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)
	pay := org.Ownership{JiraProjects: []string{"PAY"}}
	work, cast, now := build(t, rules.Test{Tickets: []rules.TestTicket{
		{Key: "PAY-1", Changes: []rules.TestChange{{At: "2026-11-09 10:00", By: "dana", Field: "assignee", To: "mina"}}},
		{Key: "PAY-2", Changes: []rules.TestChange{{At: "2026-11-11 10:00", By: "dana", Field: "assignee", To: "mina"}}},
	}})
	teams := []org.Team{
		{ID: "core", EMs: []org.Seat{{Person: "kit"}}, Owned: []org.Holding{{Ownership: pay, Span: org.Span{From: reorganised}}}},
		{ID: "payments", EMs: []org.Seat{{Person: "lee"}}, Members: []org.Seat{{Person: "mina"}}, Owned: []org.Holding{{Ownership: pay, Span: org.Span{To: reorganised}}}},
	}
	dir, mistakes := org.New(cast.People(), teams, nil)
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	told := map[string]string{}
	for _, s := range check(t, book(t, three(t)), work, dir, now).Seen {
		told[s.Subject.Key] = s.Team
	}
	if told["PAY-1"] != "payments" || told["PAY-2"] != "core" {
		t.Errorf("told to %v, want each team what happened while it owned the work", told)
	}
}

// busy is work in which every rule of the catalog has something to notice.
func busy() rules.Test {
	return rules.Test{
		Sprints: []rules.TestSprint{{ID: "7", Name: "Sprint 7", State: "active"}, {ID: "8", Name: "Sprint 8", Goal: "Refunds under a minute", State: "active"}},
		Tickets: []rules.TestTicket{
			{Key: "PAY-1", Kind: "container", Category: "started"},
			{Key: "PAY-2", Kind: "feature", Category: "started", Parent: "PAY-1", Sprints: []string{"7"}},
			{Key: "PAY-3", Kind: "feature", Category: "started", Parent: "PAY-1", Sprints: []string{"8"}},
			{Key: "PAY-4", Kind: "bug", Category: "started", Creator: "dana", Created: "4 days ago", Assignee: "jo", Sprints: []string{"7", "8"}},
			{Key: "PAY-5", Kind: "task", Category: "started"},
			{Key: "CORE-1", Core: true, Kind: "feature", Category: "started", Links: []rules.TestLink{{Kind: "solves", To: "CORE-2"}}},
			{Key: "CORE-2", Core: true, Kind: "problem", Changes: []rules.TestChange{{At: "3 days ago", By: "dana", Field: "assignee", To: "ola"}}},
			{Key: "IMPORT", Core: true, Copies: 60, Creator: "dana", Created: "5 days ago", Assignee: "ola"},
			{Key: "OPS-1", Nobodys: true, Kind: "feature", Category: "started", Sprints: []string{"7"}},
		},
	}
}

func TestVerdictsDependNeitherOnOrderNorOnTheMachinesTimeZone(t *testing.T) {
	work, dir, now := build(t, busy())
	b := book(t, three(t))
	want := check(t, b, work, dir, now)
	if got, expected := noticed(want), "assigned-bypassing-em CORE-2, assigned-bypassing-em PAY-4, feature-without-problem OPS-1, feature-without-problem PAY-1, work-without-sprint-goal Sprint 7"; got != expected {
		t.Fatalf("noticed = %s\nwant      %s", got, expected)
	}
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	random := rand.New(rand.NewPCG(1, 2))
	for i, hours := range []int{0, -11, 14, 5} {
		time.Local = time.FixedZone("somewhere", hours*3600)
		for range 10 {
			shuffled := &ruletest.Memory{Work: slices.Clone(work.Work), Planned: slices.Clone(work.Planned)}
			random.Shuffle(len(shuffled.Work), func(i, j int) {
				shuffled.Work[i], shuffled.Work[j] = shuffled.Work[j], shuffled.Work[i]
			})
			slices.Reverse(shuffled.Planned)
			if got := check(t, b, shuffled, dir, now.In(time.Local)); !reflect.DeepEqual(got, want) {
				t.Fatalf("round %d: outcome = %+v\nwant %+v", i, got, want)
			}
		}
	}
}

func TestFlightsCountWorkInFlightAndWhatIsClear(t *testing.T) {
	work, dir, now := build(t, busy())
	for _, c := range []struct {
		name   string
		agreed []rules.Agreement
		want   []finding.Flight
	}{
		// PAY-2, PAY-3, PAY-4, PAY-5 and CORE-1 are in flight; the epic PAY-1 is
		// not counted, and what only an EM sees touches nothing.
		{"as shipped", nil, []finding.Flight{{Team: "core", At: now, InFlight: 1, Clear: 1}, {Team: "payments", At: now, InFlight: 4, Clear: 1}}},
		{"watched findings are told to nobody", []rules.Agreement{{Rule: "feature-without-problem", Stage: rules.Watch}},
			[]finding.Flight{{Team: "core", At: now, InFlight: 1, Clear: 1}, {Team: "payments", At: now, InFlight: 4, Clear: 2}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := check(t, book(t, three(t), c.agreed...), work, dir, now)
			if !reflect.DeepEqual(out.Flights, c.want) {
				t.Errorf("flights = %+v, want %+v", out.Flights, c.want)
			}
		})
	}
	empty := check(t, book(t, three(t)), &ruletest.Memory{}, dir, now)
	if len(empty.Flights) != 2 || empty.Tickets != 0 {
		t.Errorf("without work: %+v, want a flight for each team", empty)
	}
}

func TestAPastMomentIsJudgedByWhatWasThen(t *testing.T) {
	work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{
		{Key: "PAY-1", Kind: "feature", Changes: []rules.TestChange{
			{At: "9 days ago", By: "mina", Field: "status", To: "started"}, {At: "2 days ago", By: "mina", Field: "status", To: "done"}}},
		{Key: "PAY-2", Kind: "feature", Category: "started", Created: "1 day ago"},
	}})
	b := book(t, three(t))
	for _, c := range []struct {
		ago  time.Duration
		want string
		seen int
	}{
		{10 * 24 * time.Hour, "", 1},
		{5 * 24 * time.Hour, "feature-without-problem PAY-1", 1},
		{30 * time.Hour, "", 1},
		{0, "feature-without-problem PAY-2", 2},
	} {
		out := check(t, b, work, dir, now.Add(-c.ago))
		if got := noticed(out); got != c.want || out.Tickets != c.seen {
			t.Errorf("%v ago: noticed %q of %d tickets, want %q of %d", c.ago, got, out.Tickets, c.want, c.seen)
		}
	}
}

func TestChainsThatRunInACircleEnd(t *testing.T) {
	work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{
		{Key: "PAY-1", Kind: "feature", Category: "started", Parent: "PAY-2"},
		{Key: "PAY-2", Kind: "container", Parent: "PAY-3"},
		{Key: "PAY-3", Kind: "goal", Parent: "PAY-1", In: []string{"PAY-3", "PAY-2", "GONE-1"}},
		{Key: "PAY-4", Kind: "feature", Category: "started", Parent: "PAY-4"},
	}})
	out := check(t, book(t, three(t)), work, dir, now)
	if got, want := noticed(out), "feature-without-problem PAY-2, feature-without-problem PAY-4"; got != want {
		t.Errorf("noticed = %s, want %s", got, want)
	}
}

func TestARuleThatCannotBeEvaluatedStopsAlone(t *testing.T) {
	remarks := make([]rules.TestRemark, 500)
	for i := range remarks {
		remarks[i] = rules.TestRemark{At: "3 days ago", By: "mina"}
	}
	world := busy()
	world.Tickets = append(world.Tickets, rules.TestTicket{Key: "PAY-9", Comments: remarks})
	work, dir, now := build(t, world)
	want := check(t, book(t, three(t)), work, dir, now)
	for _, c := range []struct{ name, when, want string }{
		{"loops over long lists", `ticket.comments.all(a, ticket.comments.all(b, ticket.comments.all(c, a.at == b.at || true)))`, "rule small stopped at PAY-9: it takes more than 1,000,000 steps"},
		{"an entry that is not there", `ticket.labels[5] == "x"`, "rule small stopped at "},
		{"a division by nothing", `1 / ticket.needs == 1`, "division by zero"},
		{"a fact of something it is not", `dyn(ticket.title).key == "x"`, "rule small stopped at "},
		{"a text where a number is wanted", `int(ticket.title) == 1`, "rule small stopped at "},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := check(t, book(t, append(three(t), parse(t, small(c.when)))), work, dir, now)
			if err := out.Stopped["small"]; err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("stopped = %v, want %q in it", out.Stopped, c.want)
			}
			if !reflect.DeepEqual(out.Seen, want.Seen) {
				t.Errorf("the other rules noticed %q, want %q", noticed(out), noticed(want))
			}
		})
	}
}

func TestAMessageThatCannotBeFilledStopsTheRule(t *testing.T) {
	text := strings.Replace(small("true"), "message: m", `message: "{ticket.labels[3]}"`, 1)
	work, dir, now := build(t, busy())
	out := check(t, book(t, []rules.Rule{parse(t, text)}), work, dir, now)
	if out.Stopped["small"] == nil || len(out.Seen) != 0 {
		t.Errorf("stopped = %v, seen %d; want it stopped and nothing of it seen", out.Stopped, len(out.Seen))
	}
}

func TestAMissingValueIsNoReasonToSpeakUp(t *testing.T) {
	work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{{Key: "PAY-1", Category: "started"}}})
	for when, want := range map[string]string{
		`ticket.estimate > 3`:                             "",
		`!(ticket.estimate > 3)`:                          "",
		`ticket.estimate > 3 || ticket.in_flight`:         "small PAY-1",
		`!has(ticket.estimate)`:                           "small PAY-1",
		`has(ticket.estimate) && ticket.estimate > 3`:     "",
		`ticket.due < now`:                                "",
		`ticket.assignee.known`:                           "",
		`ticket.started < now && !has(ticket.ended)`:      "small PAY-1",
		`has_role(ticket.assignee, ["engineer"], now)`:    "",
		`ticket.creator.name == "mina"`:                   "small PAY-1",
		`side_of(ticket.creator, now) == ["engineering"]`: "small PAY-1",
	} {
		out := check(t, book(t, []rules.Rule{parse(t, small(when))}), work, dir, now)
		if got := noticed(out); got != want || len(out.Stopped) > 0 {
			t.Errorf("%s: noticed %q, stopped %v; want %q", when, got, out.Stopped, want)
		}
	}
}

func TestWhatPeopleWriteIsDataAndNeverTemplate(t *testing.T) {
	text := strings.Replace(small("true", "evidence:", "  - {fact: f, value: ticket.title}"), "message: m", `message: "{{{ticket.title}}} of {ticket.assignee}"`, 1)
	title := "{ticket.key} {{x}}\n\u202eevil\x1b[31m " + strings.Repeat("a", 500)
	work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{{Key: "PAY-1", Title: title}}})
	out := check(t, book(t, []rules.Rule{parse(t, text)}), work, dir, now)
	if len(out.Seen) != 1 {
		t.Fatalf("seen = %v, stopped = %v", out.Seen, out.Stopped)
	}
	shown := "{ticket.key} {{x}} evil "
	want := "{" + shown + strings.Repeat("a", 199-len(shown)) + "…} of not known"
	if got := out.Seen[0].Reason; got != want {
		t.Errorf("reason = %q\nwant     %q", got, want)
	}
	if got := out.Seen[0].Evidence[0].Value; strings.ContainsAny(got, "\n\x1b\u202e") {
		t.Errorf("evidence = %q", got)
	}
}

// broken is a store that fails.
type broken struct {
	*ruletest.Memory
	one, all error
}

func (b broken) Ticket(ctx context.Context, source string, r ticket.Ref) (ticket.Ticket, error) {
	if b.one != nil {
		return ticket.Ticket{}, b.one
	}
	return b.Memory.Ticket(ctx, source, r)
}

func (b broken) Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		for t, err := range b.Memory.Tickets(ctx) {
			if !yield(t, err) {
				return
			}
		}
		if b.all != nil {
			yield(ticket.Ticket{}, b.all)
		}
	}
}

type gone struct{}

func (gone) Error() string  { return "gone" }
func (gone) NotFound() bool { return true }

func TestAFaultOfTheStoreEndsTheCheckAndAnAbsentTicketDoesNot(t *testing.T) {
	work, dir, now := build(t, busy())
	b := book(t, three(t))
	fault := errors.New("disk on fire")
	for name, w := range map[string]rules.Work{"one ticket": broken{Memory: work, one: fault}, "all tickets": broken{Memory: work, all: fault}} {
		if _, err := b.Check(t.Context(), w, dir, now); !errors.Is(err, fault) {
			t.Errorf("%s: err = %v, want %v", name, err, fault)
		}
	}
	if out, err := b.Check(t.Context(), broken{Memory: work, one: gone{}}, dir, now); err != nil || len(out.Stopped) > 0 {
		t.Errorf("absent: err = %v, stopped = %v", err, out.Stopped)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Check(ctx, work, dir, now); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: err = %v", err)
	}
}

func TestAnAgreementSwitchesARuleOffForOneTeam(t *testing.T) {
	work, dir, now := build(t, busy())
	b := book(t, three(t), rules.Agreement{Rule: "feature-without-problem", Team: "payments", Off: true, Because: "we talk about it"},
		rules.Agreement{Rule: "assigned-bypassing-em", Off: true}, rules.Agreement{Rule: "work-without-sprint-goal", Off: true})
	if got, want := noticed(check(t, b, work, dir, now)), "feature-without-problem OPS-1"; got != want {
		t.Errorf("noticed = %s, want %s", got, want)
	}
}

func TestPeopleKnownOnlyByEMailAreRecognisedWhereAHistoryNamesTheirIDAlone(t *testing.T) {
	now := time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)
	person := func(id string, role org.Role) org.Person {
		return org.Person{ID: id, Name: id, Emails: []string{id + "@acme.example"}, Roles: []org.Tenure{{Role: role}}}
	}
	dir, mistakes := org.New(
		[]org.Person{person("lee", org.EM), person("dana", org.Director), person("mina", org.Engineer)},
		[]org.Team{{ID: "payments", EMs: []org.Seat{{Person: "lee"}}, Owns: org.Ownership{JiraProjects: []string{"PAY"}}}}, nil)
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	at := now.Add(-3 * 24 * time.Hour)
	pay := ticket.Ticket{Source: "s", Tracker: "jira", ID: "1", Key: "PAY-1", Project: "PAY", Created: at.Add(-time.Hour), Category: ticket.Todo,
		History: []ticket.Change{{ID: "7", At: at, Field: ticket.FieldAssignee,
			Actor: ticket.Account{ID: "acc-dana", Email: "dana@acme.example"}, To: []ticket.Value{{ID: "acc-mina", Text: "Mina"}}}}}
	told := ticket.Ticket{Source: "s", Tracker: "jira", ID: "2", Key: "PAY-2", Project: "PAY", Created: at, Category: ticket.Todo,
		Creator: ticket.Account{ID: "acc-mina", Email: "mina@acme.example"}}
	mentioned := pay
	mentioned.Comments = []ticket.Comment{{ID: "c", Created: at, Mentions: []string{"acc-lee"}}}
	lee := told
	lee.ID, lee.Key, lee.Creator = "3", "PAY-3", ticket.Account{ID: "acc-lee", Email: "lee@acme.example"}
	for _, c := range []struct {
		name string
		work []ticket.Ticket
		want string
	}{
		{"nobody ever told whose id it is", []ticket.Ticket{pay}, ""},
		{"another ticket told it", []ticket.Ticket{pay, told}, "assigned-bypassing-em PAY-1"},
		{"and told the EM's as well, who was mentioned", []ticket.Ticket{mentioned, told, lee}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := check(t, book(t, three(t)), tickets(c.work), dir, now)
			if got := noticed(out); got != c.want {
				t.Errorf("noticed %q, want %q", got, c.want)
			}
		})
	}
}

// tickets is work without sprints.
type tickets []ticket.Ticket

func (ts tickets) Tickets(context.Context) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		for _, t := range ts {
			if !yield(t, nil) {
				return
			}
		}
	}
}

func (tickets) Ticket(context.Context, string, ticket.Ref) (ticket.Ticket, error) {
	return ticket.Ticket{}, rules.ErrNotStored
}

func (tickets) Sprints(context.Context) ([]ticket.Sprint, error) { return nil, nil }
