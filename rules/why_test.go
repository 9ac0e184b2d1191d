package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
)

// explained asks and tells the answer as lines.
func explained(t *testing.T, b *rules.Book, test rules.Test, q rules.Question) string {
	t.Helper()
	work, dir, now := build(t, test)
	if q.Source == "" {
		q.Source = "jira test"
	}
	if q.Near != nil {
		found, err := work.Ticket(t.Context(), q.Source, q.Near.Ref())
		if err != nil {
			t.Fatal(err)
		}
		q.Near = &found
	}
	e, err := b.Explain(t.Context(), work, dir, now, q)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, s := range e.Said {
		fmt.Fprintf(&out, "! %s\n", s)
	}
	for _, r := range e.Rows {
		fmt.Fprintf(&out, "%s (%s) holds=%v left=%q aged=%q about=%q\n", r.About, r.Team, r.Holds, r.Left, r.Aged, r.Subjects)
		for _, p := range r.When {
			writePart(&out, p, "  ")
		}
	}
	for _, g := range e.Together {
		fmt.Fprintf(&out, "together %s, %d rows\n", g.Subject, g.Rows)
		writePart(&out, g.Having, "  ")
	}
	for _, s := range e.Seen {
		fmt.Fprintf(&out, "= %s\n", s.Subject.Key)
	}
	if e.More > 0 || e.Stopped != "" {
		fmt.Fprintf(&out, "more %d, stopped %s\n", e.More, e.Stopped)
	}
	return out.String()
}

func writePart(out *strings.Builder, p rules.Part, indent string) {
	each := ""
	if p.Each != "" {
		each = "[" + p.Each + "] "
	}
	fmt.Fprintf(out, "%s%s%s: %s", indent, each, p.Text, p.Value)
	if p.Of != "" {
		fmt.Fprintf(out, " (%s)", p.Of)
	}
	out.WriteString("\n")
	for _, f := range p.Facts {
		fmt.Fprintf(out, "%s  . %s: %s\n", indent, f.Text, f.Value)
	}
	for _, inner := range p.Parts {
		writePart(out, inner, indent+"  ")
	}
	if p.More > 0 {
		fmt.Fprintf(out, "%s  %d more\n", indent, p.More)
	}
}

func ticketNamed(key string) []ticket.Ref { return []ticket.Ref{{Key: key}} }

// whole is a rule with a bit of everything in its condition.
const whole = `ticket.kind == "feature" && (ticket.in_flight || ticket.priority == "urgent") &&
  !ticket.chain(settings.depth).exists(t, t.kind == "problem" || t.links.exists(l, l.target_kind == "problem")) &&
  !(has(ticket.due) && ticket.due < now) && ticket.links.filter(l, l.kind == "blocks").size() > 0`

func TestAnExplanationTellsEveryPartOfTheCondition(t *testing.T) {
	r := parse(t, small(whole, "settings: {depth: {type: integer, default: 4, help: h}}"))
	got := explained(t, book(t, []rules.Rule{r}), rules.Test{Tickets: []rules.TestTicket{
		{Key: "PAY-1", Kind: "container", Category: "started"},
		{Key: "PAY-2", Kind: "feature", Category: "started", Parent: "PAY-1", Links: []rules.TestLink{{Kind: "blocks", To: "PAY-7", ToKind: "bug"}}},
	}}, rules.Question{Rule: "small", Tickets: ticketNamed("PAY-2")})
	golden(t, "testdata/why-ticket.golden", got)
}

func TestAnExplanationTellsEventByEvent(t *testing.T) {
	assigned := func(at, by, to string) rules.TestChange {
		return rules.TestChange{At: at, By: by, Field: "assignee", To: to}
	}
	test := rules.Test{Tickets: []rules.TestTicket{
		{Key: "PAY-1", Created: "60 days ago", Changes: []rules.TestChange{
			assigned("40 days ago", "dana", "mina"), assigned("5 days ago", "dana", "jo"), assigned("4 days ago", "ci", "ola"), assigned("1 hour ago", "lee", "jo"),
		}},
	}}
	q := rules.Question{Rule: "handed", Tickets: ticketNamed("PAY-1")}
	r := parse(t, "id: handed\nscope: assignment\ntitle: t\npromise: p\nmessage: m\nask: a\nseverity: info\naudience: em\nwindow: duration('336h')\n"+
		"when: has_role(assignment.actor, ['director'], assignment.at) && !took_part(ticket, em_of(ticket, assignment.at), assignment.at)\n")
	b := book(t, []rules.Rule{r})
	golden(t, "testdata/why-events.golden", explained(t, b, test, q))
	q.Event = "2"
	if got := explained(t, b, test, q); strings.Count(got, "PAY-1, assigned to") != 1 || !strings.HasSuffix(got, "= PAY-1\n") {
		t.Errorf("about the one event:\n%s", got)
	}
}

func TestAnExplanationSaysWhatKeepsARuleFromLooking(t *testing.T) {
	feature := rules.TestTicket{Key: "PAY-1", Kind: "feature", Category: "started", Labels: []string{"Spike"}}
	nobodys := rules.TestTicket{Key: "OPS-1", Nobodys: true, Kind: "feature", Category: "started"}
	for _, c := range []struct {
		name   string
		agreed rules.Agreement
		ticket rules.TestTicket
		want   string
	}{
		{"off, with a reason", rules.Agreement{Team: "payments", Off: true, Because: "we talk about it in planning"}, feature,
			"! the rule is off for team payments, because we talk about it in planning\n"},
		{"off", rules.Agreement{Off: true}, feature, "! the rule is off for team payments\n"},
		{"off for work of nobody", rules.Agreement{Off: true, Because: "soon"}, nobodys, "! the rule is off for work that no team owns, because soon\n"},
		{"only watched", rules.Agreement{Stage: rules.Watch}, feature, "! the stage of the rule for team payments is watch: findings are recorded and told to nobody\n"},
		{"excepted by a label", rules.Agreement{Except: rules.Exceptions{Labels: []string{"spike"}}}, feature, `left="the label spike is excepted"`},
		{"excepted by its project", rules.Agreement{Except: rules.Exceptions{Projects: []string{"pay"}}}, feature, `left="the project pay is excepted"`},
		{"of nobody", rules.Agreement{}, nobodys, `OPS-1 () holds=true left=""`},
		{"not there yet", rules.Agreement{}, rules.TestTicket{Key: "PAY-1", Kind: "feature", Created: "in 2 days"},
			"! the rule looks at every ticket, epics, projects and initiatives included, as it stands now, and nothing of that has to do with it\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.agreed.Rule = "feature-without-problem"
			got := explained(t, book(t, catalog(t), c.agreed), rules.Test{Tickets: []rules.TestTicket{c.ticket}},
				rules.Question{Rule: c.agreed.Rule, Tickets: ticketNamed(c.ticket.Key)})
			if !strings.Contains(got, c.want) {
				t.Errorf("got\n%swant %s", got, c.want)
			}
		})
	}
	for _, c := range []struct {
		ticket rules.TestTicket
		want   string
	}{
		{nobodys, "! OPS-1 is stored, and no team owns it: what the organisation agreed holds for it\nOPS-1 () holds=true"},
		{rules.TestTicket{Key: "PAY-1", Created: "in 2 days"}, "! PAY-1 did not exist yet at that moment\n"},
	} {
		got := explained(t, book(t, catalog(t)), rules.Test{Tickets: []rules.TestTicket{c.ticket}},
			rules.Question{Rule: "feature-without-problem", Tickets: ticketNamed(c.ticket.Key), Near: &ticket.Ticket{Key: c.ticket.Key}})
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("got\n%swant %s", got, c.want)
		}
	}
	bulk := rules.Test{Tickets: []rules.TestTicket{{Key: "PAY", Copies: 60, Creator: "dana", Created: "5 days ago", Assignee: "jo"}}}
	got := explained(t, book(t, catalog(t)), bulk, rules.Question{Rule: "assigned-bypassing-em", Tickets: ticketNamed("PAY-7")})
	if want := `left="it is one of more than 50 changes that one account made within ten minutes"`; !strings.Contains(got, want) {
		t.Errorf("got\n%swant %s", got, want)
	}
	off := parse(t, small("ticket.in_flight", "on: false"))
	got = explained(t, book(t, []rules.Rule{off}), rules.Test{Tickets: []rules.TestTicket{feature}}, rules.Question{Rule: "small", Tickets: ticketNamed("PAY-1")})
	if !strings.Contains(got, "! the rule is off for team payments: it ships switched off\n") || !strings.Contains(got, "holds=true") {
		t.Errorf("got\n%s", got)
	}
}

func TestEveryScopeIsExplained(t *testing.T) {
	test := rules.Test{
		Sprints: []rules.TestSprint{{ID: "7", Name: "Sprint 7", State: "active"}, {ID: "8", Name: "Sprint 8", State: "active"}},
		Tickets: []rules.TestTicket{
			{Key: "PAY-1", Kind: "goal", Category: "started", Title: "Refunds"},
			{Key: "PAY-2", Kind: "feature", Category: "started", Parent: "PAY-1", Sprints: []string{"7"}, Labels: []string{"refunds"}, Components: []string{"Refunds"},
				Changes: []rules.TestChange{{At: "2 days ago", By: "dana", Field: "priority", To: "high"}}},
			{Key: "CORE-1", Core: true, Sprints: []string{"8"}},
		},
	}
	for _, c := range []struct{ scope, about, extra string }{
		{"ticket", "PAY-2 (payments)", ""},
		{"change", "PAY-2, priority", "window: duration('336h')"},
		{"sprint", "Sprint 7 (", ""},
		{"goal", "Sprint 7 (", ""},
		{"area", "refunds (payments)", ""},
		{"role", "EM of Payments (payments)", ""},
		{"team", "Payments (payments)", ""},
	} {
		t.Run(c.scope, func(t *testing.T) {
			text := "id: all\nscope: " + c.scope + "\ntitle: t\npromise: p\nmessage: m\nask: a\nseverity: info\naudience: team\nwhen: 'true'\n"
			if c.extra != "" {
				text += c.extra + "\n"
			}
			got := explained(t, book(t, []rules.Rule{parse(t, text)}), test,
				rules.Question{Rule: "all", Tickets: ticketNamed("PAY-2"), Team: "payments", Near: &ticket.Ticket{Key: "PAY-2"}})
			if !strings.Contains(got, c.about) || strings.Contains(got, "CORE") || strings.Contains(got, "Sprint 8") || !strings.Contains(got, "= ") {
				t.Errorf("got\n%swant %s and nothing of the others", got, c.about)
			}
		})
	}
}

func TestWhatIsToldTogetherIsExplainedTogether(t *testing.T) {
	text := "id: many\nscope: change\ntitle: t\npromise: p\nmessage: m\nask: a\nseverity: info\naudience: team\nwindow: duration('336h')\n" +
		"group_by: change.after\nwhen: change.field == 'priority' && subject.key != ''\nhaving: size(changes) >= 2 && size(tickets) == 1\n"
	test := rules.Test{Tickets: []rules.TestTicket{{Key: "PAY-1", Created: "60 days ago", Changes: []rules.TestChange{
		{At: "3 days ago", By: "dana", Field: "priority", To: "high"}, {At: "2 days ago", By: "dana", Field: "priority", To: "low"}, {At: "30 days ago", By: "dana", Field: "priority", To: "low"},
	}}}}
	got := explained(t, book(t, []rules.Rule{parse(t, text)}), test, rules.Question{Rule: "many", Tickets: ticketNamed("PAY-1")})
	golden(t, "testdata/why-together.golden", got)
}

func TestAnExplanationIsBounded(t *testing.T) {
	remarks := make([]rules.TestRemark, 300)
	changes := make([]rules.TestChange, 90)
	for i := range remarks {
		remarks[i] = rules.TestRemark{At: "3 days ago", By: "mina"}
	}
	for i := range changes {
		changes[i] = rules.TestChange{At: fmt.Sprintf("%d minutes ago", 9000-i*20), By: "mina", Field: "assignee", To: []string{"jo", "mina"}[i%2]}
	}
	test := rules.Test{Tickets: []rules.TestTicket{{Key: "PAY-1", Comments: remarks, Changes: changes, Title: "hostile \x1b[31m title\nwith lines"}}}
	costly := parse(t, small("ticket.comments.all(a, ticket.comments.all(b, ticket.comments.all(c, a.at == b.at || c.at == a.at || ticket.title == 'x')))"))
	got := explained(t, book(t, []rules.Rule{costly}), test, rules.Question{Rule: "small", Tickets: ticketNamed("PAY-1")})
	if strings.Contains(got, "\x1b") || len(got) > 100_000 || !strings.Contains(got, "could not be evaluated") && !strings.Contains(got, "stopped") {
		t.Errorf("%d bytes:\n%.2000s", len(got), got)
	}
	many := "id: many\nscope: assignment\ntitle: t\npromise: p\nmessage: m\nask: a\nseverity: info\naudience: team\nwindow: duration('336h')\nwhen: assignment.on_creation || ticket.title == 'x'\n"
	got = explained(t, book(t, []rules.Rule{parse(t, many)}), test, rules.Question{Rule: "many", Tickets: ticketNamed("PAY-1")})
	if strings.Count(got, "assigned to") != 20 || !strings.Contains(got, "more 70") || strings.Contains(got, "\x1b") {
		t.Errorf("%d rows:\n%.3000s", strings.Count(got, "assigned to"), got)
	}
}

// Every rule of the catalog is explained in every world of its own tests, as it
// is judged there.
func TestTheWholeCatalogIsExplained(t *testing.T) {
	for _, r := range catalog(t) {
		for i := range r.Tests {
			test := r.Tests[i]
			work, dir, now := build(t, test)
			b, err := rules.NewBook([]rules.Rule{r}, []rules.Agreement{{Rule: r.ID, Settings: test.Settings}}, teams)
			if err != nil {
				t.Fatal(err)
			}
			out := check(t, b, work, dir, now)
			for _, s := range out.Seen {
				q := rules.Question{Rule: r.ID, Source: s.Subject.Source, Subject: s.Subject, Team: s.Team, Event: s.Event}
				for _, key := range s.Tickets {
					q.Tickets = append(q.Tickets, ticket.Ref{Key: key})
				}
				e, err := b.Explain(t.Context(), work, dir, now, q)
				if err != nil {
					t.Fatal(err)
				}
				if !told(e.Seen, s.ID) || !someHolds(&e) || e.Stopped != "" {
					t.Errorf("%s, %s: about %s the explanation has %d rows, holds=%v, sees %v", r.ID, test.Name, s.Subject.Key, len(e.Rows), someHolds(&e), told(e.Seen, s.ID))
				}
			}
		}
	}
}

func told(all []finding.Seen, id finding.ID) bool {
	for _, s := range all {
		if s.ID == id {
			return true
		}
	}
	return false
}

func someHolds(e *rules.Explanation) bool {
	for _, r := range e.Rows {
		if r.Holds && r.Left == "" && r.Aged == "" {
			return true
		}
	}
	return false
}
