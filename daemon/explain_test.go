package daemon

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
)

// overdue fires for work in flight that is urgent or blocks something.
const overdue = `id: urgent-work
scope: ticket
title: Urgent work is under way
promise: Urgent work is looked at
message: "{ticket.key} is urgent"
ask: Look at it
severity: info
audience: team
evidence: [{fact: under way, value: ticket.status, at: ticket.started, url: ticket.url}]
when: ticket.in_flight && (ticket.priority == "urgent" || ticket.links.exists(l, l.kind == "blocks")) && ticket.kind != "goal"
`

func (l *line) rule(text string) rules.Rule {
	l.t.Helper()
	r, err := rules.Parse("rule.yaml", []byte(text))
	if err != nil {
		l.t.Fatal(err)
	}
	return r
}

// text is what the explanations say on a terminal.
func (l *line) text(all []Explained, err error) string {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
	var b strings.Builder
	for i := range all {
		if err := all[i].Text(&b); err != nil {
			l.t.Fatal(err)
		}
	}
	return b.String()
}

func urgent(key string, since time.Time) ticket.Ticket {
	t := feature("jira", key, since)
	t.Priority, t.URL = ticket.Urgent, "https://jira.acme.example/browse/"+key
	return t
}

func TestAFindingIsExplained(t *testing.T) {
	hostile := urgent("PAY-1", monday.Add(-2*aWeek))
	hostile.Title, hostile.Status = "Refunds \x1b[31mred\x1b[0m\nand more \u202e", "In\x07 Progress"
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{hostile, feature("jira", "PAY-2", monday.Add(-2*aWeek))}}
	l := newLine(t, s)
	l.agreed([]rules.Rule{l.rule(overdue)})
	l.sync()
	l.check()
	id := l.finding("PAY-1").ID
	got := l.text(l.Explain(t.Context(), "pay-1", monday))
	golden(t, "explain.txt", got)
	for _, name := range []string{string(id), string(id[:6]), strings.ToUpper(string(id))} {
		if other := l.text(l.Explain(t.Context(), name, monday)); other != got {
			t.Errorf("named %s it says\n%s", name, other)
		}
	}
	l.sync()
	if past := l.text(l.Explain(t.Context(), "PAY-1", monday.Add(-3*aWeek))); !strings.Contains(past, "Nothing is noticed.") || !strings.Contains(past, "nothing of that has to do with it") {
		t.Errorf("before the ticket was there it says\n%s", past)
	}
	for _, name := range []string{"PAY-2", "zzzz", "\x1b[31m"} {
		if _, err := l.Explain(t.Context(), name, monday); !IsRequestMistake(err) || strings.Contains(err.Error(), "\x1b") || !strings.Contains(err.Error(), "--why-not") {
			t.Errorf("%q: err = %v", name, err)
		}
	}
	before := l.record()
	l.text(l.Explain(t.Context(), "PAY-1", monday))
	if after := l.record(); after != before {
		t.Error("an explanation changed what is stored")
	}
}

// golden compares with a file under testdata; -update writes it anew.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got\n%s", path, got)
	}
}

func TestANameThatStandsForSeveralFindings(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{urgent("PAY-1", monday.Add(-2*aWeek))}}
	l := newLine(t, s)
	var all []rules.Rule
	for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
		all = append(all, plainRule(t, id, "yes"))
	}
	l.agreed(all[:3])
	l.sync()
	l.check()
	if several, err := l.Explain(t.Context(), "PAY-1", monday); err != nil || len(several) != 3 {
		t.Errorf("%d explanations, %v, want 3", len(several), err)
	}
	l.agreed(all)
	l.check()
	if _, err := l.Explain(t.Context(), "PAY-1", monday); !IsRequestMistake(err) || !strings.Contains(err.Error(), `"PAY-1" stands for 6 findings`) {
		t.Errorf("err = %v", err)
	}
	l.agreed(all[:1])
	l.at = l.at.Add(time.Hour)
	l.check()
	open, err := l.Explain(t.Context(), "PAY-1", monday)
	if err != nil || len(open) != 1 || open[0].Finding.State != string(finding.Open) {
		t.Errorf("%d explanations, %v, want the open one", len(open), err)
	}
	gone, err := l.Explain(t.Context(), string(l.of("b", "PAY-1").ID), monday)
	if text := l.text(gone, err); !strings.Contains(text, "the rule is gone") || !strings.Contains(text, "then withdrawn") {
		t.Errorf("of a rule that is gone it says\n%s", text)
	}
}

func TestWhyARuleNoticesNothing(t *testing.T) {
	elsewhere := urgent("OPS-1", monday.Add(-2*aWeek))
	elsewhere.Project = "OPS"
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{urgent("PAY-1", monday.Add(-2*aWeek)), feature("jira", "PAY-2", monday.Add(-2*aWeek)), elsewhere}}
	l := newLine(t, s)
	all := []rules.Rule{l.rule(overdue)}
	l.agreed(all)
	l.sync()
	for _, c := range []struct {
		name   string
		agreed []rules.Agreement
		key    string
		want   []string
	}{
		{"a part of the condition is not met", nil, "pay-2", []string{"✗ PAY-2, of payments", "✗ one of", "(nothing)", "Nothing is noticed."}},
		{"it is noticed", nil, "PAY-1", []string{"✓ PAY-1, of payments https://jira.acme.example/browse/PAY-1", "It is noticed: PAY-1. PAY-1 is urgent"}},
		{"no team owns it", nil, "OPS-1", []string{"! OPS-1 is stored, and no team owns it", "✓ OPS-1, no team's"}},
		{"the rule is off", []rules.Agreement{{Rule: "urgent-work", Team: "payments", Off: true, Because: "we are all ears"}}, "PAY-1",
			[]string{"! the rule is off for team payments, because we are all ears"}},
		{"an exception", []rules.Agreement{{Rule: "urgent-work", Except: rules.Exceptions{Projects: []string{"PAY"}}}}, "PAY-1",
			[]string{"- PAY-1, of payments https://jira.acme.example/browse/PAY-1: left out, because the project PAY is excepted", "Nothing is noticed."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l.t = t
			l.agreed(all, c.agreed...)
			got := l.text(l.WhyNot(t.Context(), "urgent-work", c.key, monday))
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("it says\n%swant %s", got, want)
				}
			}
		})
	}
	l.t = t
	l.agreed(all)
	for _, c := range []struct{ rule, key, want string }{
		{"urgent-wor", "PAY-1", `did you mean "urgent-work"?`},
		{"urgent-work", "PAY-99", `no ticket "PAY-99" is stored`},
	} {
		if _, err := l.WhyNot(t.Context(), c.rule, c.key, monday); !IsRequestMistake(err) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("err = %v, want %s", err, c.want)
		}
	}
	s.trouble = errHalfway
	l.later(time.Hour)
	if got := l.text(l.WhyNot(t.Context(), "urgent-work", "PAY-2", l.at)); !strings.Contains(got, "! jira was not read lately; its findings are frozen") {
		t.Errorf("with a source that is stale it says\n%s", got)
	}
}
