package reports_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
	"github.com/fairlead-dev/fairlead/ticket"
)

// office has two teams, with a bot and somebody known by e-mail alone.
func office(t *testing.T) *org.Directory {
	t.Helper()
	dir, mistakes := org.New([]org.Person{
		{ID: "mina", Name: "Mina Osei", Accounts: map[string][]string{"jira": {"acc-mina"}}},
		{ID: "jo", Name: "Jo Lind", Emails: []string{"jo@acme.example"}},
		{ID: "ci", Name: "CI", Accounts: map[string][]string{"jira": {"acc-ci"}}, Bot: true},
	}, []org.Team{
		{ID: "payments", Location: reporttest.Berlin, Rituals: []org.Ritual{{Name: "retro", Evidence: org.Trace{Label: "retro", Title: "demo day"}}}, Owned: []org.Holding{{Ownership: org.Ownership{JiraProjects: []string{"PAY"}}}}},
		{ID: "growth", Owned: []org.Holding{{Ownership: org.Ownership{JiraProjects: []string{"GRO"}}}}},
	}, nil)
	if len(mistakes) > 0 {
		t.Fatalf("%v", mistakes)
	}
	return dir
}

var (
	mina = ticket.Account{ID: "acc-mina"}
	jo   = ticket.Account{ID: "acc-jo"}
	ci   = ticket.Account{ID: "acc-ci"}
)

func day(s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, reporttest.Berlin)
	if err != nil {
		panic(err)
	}
	return at.UTC()
}

// done is a ticket that somebody finished.
func done(key string, by ticket.Account, when string, change ...func(*ticket.Ticket)) ticket.Ticket {
	project, _, _ := strings.Cut(key, "-")
	t := ticket.Ticket{
		Source: "jira", Tracker: "jira", ID: "id-" + key, Key: key, Title: "Title of " + key, Kind: ticket.Feature, Project: project,
		Status: "Done", Category: ticket.Done, Assignee: by, Created: day("2026-10-01 09:00"), Updated: day(when),
		History: []ticket.Change{
			{ID: "1", At: day("2026-10-02 09:00"), Actor: by, Field: ticket.FieldStatus, From: status(ticket.Todo), To: status(ticket.Started)},
			{ID: "2", At: day(when), Actor: by, Field: ticket.FieldStatus, From: status(ticket.Started), To: status(ticket.Done)},
		},
	}
	for _, c := range change {
		c(&t)
	}
	t.Normalise()
	return t
}

func status(c ticket.Category) []ticket.Value {
	return []ticket.Value{{ID: string(c), Norm: string(c)}}
}

func open(key string, change ...func(*ticket.Ticket)) ticket.Ticket {
	t := done(key, mina, "2026-11-10 12:00", func(t *ticket.Ticket) {
		t.Status, t.Category, t.History = "In progress", ticket.Started, t.History[:1]
	})
	for _, c := range change {
		c(&t)
	}
	t.Normalise()
	return t
}

func kind(k ticket.Kind) func(*ticket.Ticket) { return func(t *ticket.Ticket) { t.Kind = k } }
func below(key string) func(*ticket.Ticket) {
	return func(t *ticket.Ticket) { t.Parent = ticket.Ref{ID: "id-" + key, Key: key} }
}
func linked(k ticket.LinkKind, key string) func(*ticket.Ticket) {
	return func(t *ticket.Ticket) {
		t.Links = append(t.Links, ticket.Link{Kind: k, Phrase: string(k), Target: ticket.Ref{Key: key}})
	}
}

// moved adds a change of the due date.
func moved(id, when, from, to string, by ticket.Account) func(*ticket.Ticket) {
	return func(t *ticket.Ticket) {
		date := func(s string) []ticket.Value {
			if s == "" {
				return nil
			}
			return []ticket.Value{{ID: s}}
		}
		t.Due = ticket.Date(to)
		t.History = append(t.History, ticket.Change{ID: id, At: day(when), Actor: by, Field: ticket.FieldDue, From: date(from), To: date(to)})
	}
}

func gather(t *testing.T, all ...ticket.Ticket) *reports.Work {
	t.Helper()
	week, err := org.ParseWeek("2026-W46", reporttest.Berlin)
	if err != nil {
		t.Fatal(err)
	}
	other, err := org.ParseWeek("2026-W46", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	w := reports.NewWork(map[string]org.Week{"payments": week, "growth": other}, office(t), []ticket.Sprint{
		{Source: "jira", ID: "5", Name: "Sprint 5", State: ticket.SprintClosed, Start: day("2026-10-26 09:00"), End: day("2026-11-09 09:00")},
		{Source: "jira", ID: "6", Name: "Sprint 6", State: ticket.SprintActive, Start: day("2026-11-09 10:00"), End: day("2026-11-23 09:00")},
	})
	for i := range all {
		w.Add(&all[i])
	}
	return w
}

// tellFinished writes what was finished in short: key (builders) why.
func tellFinished(w *reports.Work, team string) string {
	var out []string
	for _, f := range w.Finished(team) {
		s := f.Key
		if len(f.Builders) > 0 {
			s += " (" + strings.Join(f.Builders, ", ") + ")"
		}
		if f.Purpose != nil {
			s += " for " + f.Purpose.Key
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

func TestWhatAWeekFinished(t *testing.T) {
	withMail := jo
	withMail.Email = "jo@acme.example"
	for _, c := range []struct {
		name string
		in   []ticket.Ticket
		want string
	}{
		{"in the week", []ticket.Ticket{done("PAY-1", mina, "2026-11-10 12:00")}, "PAY-1 (Mina Osei)"},
		{"on Sunday night in the team's zone", []ticket.Ticket{done("PAY-1", mina, "2026-11-15 23:59")}, "PAY-1 (Mina Osei)"},
		{"the week before, and after", []ticket.Ticket{done("PAY-1", mina, "2026-11-08 23:59"), done("PAY-2", mina, "2026-11-16 00:00")}, ""},
		{"of another team", []ticket.Ticket{done("GRO-1", mina, "2026-11-10 12:00")}, ""},
		{"cancelled", []ticket.Ticket{done("PAY-1", mina, "2026-11-10 12:00", func(t *ticket.Ticket) {
			t.Category, t.History[1].To = ticket.Cancelled, status(ticket.Cancelled)
		})}, ""},
		{"finished and taken up again after the week", []ticket.Ticket{done("PAY-1", mina, "2026-11-10 12:00", func(t *ticket.Ticket) {
			t.Category, t.Status = ticket.Started, "In progress"
			t.History = append(t.History, ticket.Change{ID: "3", At: day("2026-11-17 09:00"), Field: ticket.FieldStatus, From: status(ticket.Done), To: status(ticket.Started)})
		})}, "PAY-1 (Mina Osei)"},
		{"a bot finished it", []ticket.Ticket{done("PAY-1", ci, "2026-11-10 12:00")}, "PAY-1"},
		{"somebody the directory does not know", []ticket.Ticket{done("PAY-1", ticket.Account{ID: "x", Name: "Stranger"}, "2026-11-10 12:00")}, "PAY-1"},
		{"somebody known by an e-mail that another ticket tells", []ticket.Ticket{done("PAY-1", jo, "2026-11-10 12:00"), done("GRO-1", withMail, "2026-09-10 12:00")}, "PAY-1 (Jo Lind)"},
		{"a goal and an epic are no work", []ticket.Ticket{done("PAY-1", mina, "2026-11-10 12:00", kind(ticket.Goal)), done("PAY-2", mina, "2026-11-10 12:00", kind(ticket.Container))}, ""},
		{"what was held is not shipped", []ticket.Ticket{
			done("PAY-1", mina, "2026-11-10 12:00", func(t *ticket.Ticket) { t.Labels = []string{"Retro"} }),
			done("PAY-2", mina, "2026-11-10 12:00", func(t *ticket.Ticket) { t.Title = "Demo Day in November" }),
		}, ""},
		{"a linked problem", []ticket.Ticket{done("PAY-1", mina, "2026-11-10 12:00", linked(ticket.Solves, "PAY-88")), open("PAY-88", kind(ticket.Problem))}, "PAY-1 (Mina Osei) for PAY-88"},
		{"a link of a kind that ties nothing", []ticket.Ticket{done("PAY-1", mina, "2026-11-10 12:00", linked(ticket.Blocks, "PAY-88")), open("PAY-88", kind(ticket.Problem))}, "PAY-1 (Mina Osei)"},
		{"a link to no problem", []ticket.Ticket{done("PAY-1", mina, "2026-11-10 12:00", linked(ticket.Solves, "PAY-88")), open("PAY-88")}, "PAY-1 (Mina Osei)"},
		{"a problem above the epic, before the goal", []ticket.Ticket{
			done("PAY-1", mina, "2026-11-10 12:00", below("PAY-2")), open("PAY-2", kind(ticket.Container), below("PAY-3"), linked(ticket.Relates, "PAY-88")),
			open("PAY-3", kind(ticket.Goal)), open("PAY-88", kind(ticket.Problem)),
		}, "PAY-1 (Mina Osei) for PAY-88"},
		{"right below the problem", []ticket.Ticket{done("PAY-1", mina, "2026-11-10 12:00", below("PAY-88")), open("PAY-88", kind(ticket.Problem))}, "PAY-1 (Mina Osei) for PAY-88"},
		{"a goal where there is no problem", []ticket.Ticket{done("PAY-1", mina, "2026-11-10 12:00", below("PAY-2")), open("PAY-2", kind(ticket.Container), below("PAY-3")), open("PAY-3", kind(ticket.Goal))}, "PAY-1 (Mina Osei) for PAY-3"},
		{"a chain that runs in a circle", []ticket.Ticket{done("PAY-1", mina, "2026-11-10 12:00", below("PAY-2")), open("PAY-2", kind(ticket.Container), below("PAY-2"))}, "PAY-1 (Mina Osei)"},
		{"parts are told with their whole, by whom they were built", []ticket.Ticket{
			done("PAY-1", mina, "2026-11-10 12:00"), done("PAY-2", withMail, "2026-11-03 12:00", below("PAY-1")), done("PAY-3", ci, "2026-11-10 12:00", below("PAY-1")),
		}, "PAY-1 (Jo Lind, Mina Osei)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := tellFinished(gather(t, c.in...), "payments"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			slices.Reverse(c.in)
			if got := tellFinished(gather(t, c.in...), "payments"); got != c.want {
				t.Errorf("read the other way round: got %q, want %q", got, c.want)
			}
		})
	}
}

func TestWhatSlippedInAWeek(t *testing.T) {
	said := func(when string, by ticket.Account) func(*ticket.Ticket) {
		return func(t *ticket.Ticket) {
			t.Comments = append(t.Comments, ticket.Comment{ID: when, Author: by, Created: day(when)})
		}
	}
	carried := func(t *ticket.Ticket) {
		t.Sprints = []string{"5", "6"}
		t.History = append(t.History, ticket.Change{ID: "9", At: day("2026-11-09 09:30"), Actor: ci, Field: ticket.FieldSprint,
			From: []ticket.Value{{ID: "5"}}, To: []ticket.Value{{ID: "5"}, {ID: "6"}}})
	}
	twice := []func(*ticket.Ticket){moved("3", "2026-11-02 09:00", "2026-11-03", "2026-11-10", mina), moved("4", "2026-11-10 09:00", "2026-11-10", "2026-11-20", mina)}
	var bulk []ticket.Ticket
	for n := range 60 {
		key := "PAY-" + string(rune('a'+n%26)) + string(rune('a'+n/26))
		bulk = append(bulk, open(key, moved("4", "2026-11-10 09:00", "2026-11-10", "2026-11-20", mina)))
		bulk[n].History[1].At = bulk[n].History[1].At.Add(time.Duration(n) * time.Second)
	}
	for _, c := range []struct {
		name string
		in   []ticket.Ticket
		want string
	}{
		{"a due date moved later", []ticket.Ticket{open("PAY-1", moved("3", "2026-11-10 09:00", "2026-11-10", "2026-11-20", mina))}, "PAY-1 once to 2026-11-20"},
		{"a due date moved earlier", []ticket.Ticket{open("PAY-1", moved("3", "2026-11-10 09:00", "2026-11-20", "2026-11-10", mina))}, ""},
		{"moved before the week", []ticket.Ticket{open("PAY-1", moved("3", "2026-11-02 09:00", "2026-11-10", "2026-11-20", mina))}, ""},
		{"moved twice", []ticket.Ticket{open("PAY-1", twice...)}, "PAY-1 twice to 2026-11-20"},
		{"with a comment since", []ticket.Ticket{open("PAY-1", append(twice, said("2026-11-11 09:00", jo))...)}, "PAY-1 twice to 2026-11-20, written"},
		{"with a comment before", []ticket.Ticket{open("PAY-1", append(twice, said("2026-11-09 09:00", jo))...)}, "PAY-1 twice to 2026-11-20"},
		{"with a bot's comment", []ticket.Ticket{open("PAY-1", append(twice, said("2026-11-11 09:00", ci))...)}, "PAY-1 twice to 2026-11-20"},
		{"with a comment after the week", []ticket.Ticket{open("PAY-1", append(twice, said("2026-11-17 09:00", jo))...)}, "PAY-1 twice to 2026-11-20"},
		{"a bot moved it", []ticket.Ticket{open("PAY-1", moved("3", "2026-11-10 09:00", "2026-11-10", "2026-11-20", ci))}, ""},
		{"carried over by automation", []ticket.Ticket{open("PAY-1", carried)}, "PAY-1 once into Sprint 6"},
		{"finished since", []ticket.Ticket{done("PAY-1", mina, "2026-11-12 12:00", moved("3", "2026-11-10 09:00", "2026-11-10", "2026-11-20", mina))}, ""},
		{"a migration", bulk, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, s := range gather(t, c.in...).Slipped("payments") {
				text := s.Key + " " + []string{"", "once", "twice"}[s.Times]
				if s.To != "" {
					text += " to " + string(s.To)
				}
				if s.Into != "" {
					text += " into " + s.Into
				}
				if s.Written {
					text += ", written"
				}
				got = append(got, text)
			}
			if strings.Join(got, "; ") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
