package org_test

import (
	"slices"
	"testing"
	"time"

	. "github.com/fairlead-dev/fairlead/org"
)

func on(day string) time.Time {
	if day == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return at
}

func span(from, to string) Span { return Span{From: on(from), To: on(to)} }

func always(person string) Seat { return Seat{Person: person} }

// acme is a small company: Lee led payments until May 2026 and Mina since; Dana
// directs, Pat is the product manager, Jo and Sam build.
func acme(t *testing.T) *Directory {
	t.Helper()
	d, mistakes := New(
		[]Person{
			{ID: "dana", Roles: []Tenure{{Role: Director}}, Emails: []string{"Dana@acme.example"}},
			{ID: "lee", Managers: []Line{{Manager: "dana"}}},
			{ID: "mina", Roles: []Tenure{{TechLead, span("", "2026-05-01")}}, Managers: []Line{{"lee", span("", "2026-05-01")}, {"dana", span("2026-05-01", "")}}},
			{ID: "jo", Roles: []Tenure{{Engineer, span("2025-01-01", "")}}, Accounts: map[string][]string{"jira": {"5b10AC"}, "linear": {"u-jo"}}},
			{ID: "sam", Roles: []Tenure{{Engineer, Span{}}, {TechLead, span("2026-05-01", "2026-09-01")}}, Managers: []Line{{Manager: "dana"}}},
			{ID: "pat", Emails: []string{"pat@acme.example"}},
			{ID: "kim"},
		},
		[]Team{
			{
				ID: "payments", Under: "dana",
				EMs:     []Seat{{Person: "lee", Span: span("", "2026-05-01")}, {Person: "mina", Span: span("2026-05-01", "")}},
				PMs:     []Seat{always("pat")},
				Members: []Seat{{Person: "jo", Span: span("", "2026-10-01")}, always("sam")},
			},
			{ID: "orders", EMs: []Seat{always("lee")}, Members: []Seat{{Person: "jo", Span: span("2026-10-01", "")}}},
		},
		[]Absence{
			{Person: "mina", Delegate: "sam", Span: span("2026-07-01", "2026-08-01")},
			{Person: "mina", Span: span("2026-12-20", "2027-01-07")},
			{Person: "pat", Delegate: "kim", Span: span("2026-07-01", "2026-08-01")},
		},
	)
	if mistakes != nil {
		t.Fatalf("mistakes: %+v", mistakes)
	}
	return d
}

func TestRolesAreDated(t *testing.T) {
	d := acme(t)
	for _, c := range []struct {
		name, person, day string
		want              []Role
	}{
		{"a role without dates holds for ever", "dana", "1999-01-01", []Role{Director}},
		{"a role before it began", "jo", "2024-12-31", nil},
		{"a role on its first day", "jo", "2025-01-01", []Role{Engineer}},
		{"two roles at one time", "sam", "2026-06-01", []Role{Engineer, TechLead}},
		{"on the day a role ended", "sam", "2026-09-01", []Role{Engineer}},
		{"an EM because a team says so", "mina", "2026-05-01", []Role{EM}},
		{"the day before", "mina", "2026-04-30", []Role{TechLead}},
		{"an EM of two teams is one EM", "lee", "2026-01-01", []Role{EM}},
		{"a PM because a team says so", "pat", "2026-01-01", []Role{PM}},
		{"somebody unknown", "nobody", "2026-01-01", nil},
	} {
		if got := d.RolesAt(c.person, on(c.day)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if !d.HoldsRole("sam", on("2026-06-01"), PM, TechLead) || d.HoldsRole("sam", on("2026-06-01"), PM, EM) || d.HoldsRole("sam", on("2026-06-01")) {
		t.Error("sam holds tech lead or PM, neither PM nor EM, and none of none")
	}
}

func TestActing(t *testing.T) {
	d := acme(t)
	payments, _ := d.Team("payments")
	for _, c := range []struct {
		name, day string
		ems, pms  []string
	}{
		{"the first EM", "2026-04-30", []string{"lee"}, []string{"pat"}},
		{"the second EM from the first day on", "2026-05-01", []string{"mina"}, []string{"pat"}},
		{"both away with somebody standing in", "2026-07-15", []string{"sam"}, []string{"kim"}},
		{"back on the day the absence ends", "2026-08-01", []string{"mina"}, []string{"pat"}},
		{"away with nobody standing in", "2026-12-24", nil, []string{"pat"}},
	} {
		if got := d.ActingEMs(payments, on(c.day)); !slices.Equal(got, c.ems) {
			t.Errorf("%s: EMs %v, want %v", c.name, got, c.ems)
		}
		if got := d.ActingPMs(payments, on(c.day)); !slices.Equal(got, c.pms) {
			t.Errorf("%s: PMs %v, want %v", c.name, got, c.pms)
		}
	}
	if a, away := d.AbsenceAt("mina", on("2026-07-31")); !away || a.Delegate != "sam" {
		t.Errorf("absence %+v, %v", a, away)
	}
	if _, away := d.AbsenceAt("jo", on("2026-07-31")); away {
		t.Error("jo was away")
	}
}

func TestManages(t *testing.T) {
	d := acme(t)
	for _, c := range []struct {
		name, boss, person, day string
		want                    bool
	}{
		{"by a written line", "lee", "mina", "2026-04-30", true},
		{"the line ended", "lee", "mina", "2026-05-01", false},
		{"the next line began", "dana", "mina", "2026-05-01", true},
		{"as EM of the team, where no line is written", "mina", "jo", "2026-06-01", true},
		{"as EM before she was one", "mina", "jo", "2026-04-30", false},
		{"as EM of the team the person moved to", "lee", "jo", "2026-10-01", true},
		{"as EM of the team the person left", "mina", "jo", "2026-10-01", false},
		{"a written line counts instead of the team's EM", "mina", "sam", "2026-06-01", false},
		{"two levels up is not direct", "dana", "jo", "2026-06-01", false},
		{"nobody manages themselves", "jo", "jo", "2026-06-01", false},
		{"somebody unknown", "dana", "nobody", "2026-06-01", false},
	} {
		if got := d.Manages(c.boss, c.person, on(c.day)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestMembers(t *testing.T) {
	payments, ok := acme(t).Team("payments")
	if !ok {
		t.Fatal("no team payments")
	}
	for person, want := range map[string]bool{"jo": false, "sam": true, "mina": true, "lee": false, "pat": true, "dana": false} {
		if got := payments.MemberAt(person, on("2026-11-01")); got != want {
			t.Errorf("%s is with payments: %v, want %v", person, got, want)
		}
	}
}

func TestResolve(t *testing.T) {
	d := acme(t)
	for _, c := range []struct{ name, tracker, account, email, want string }{
		{"by account", "jira", "5b10AC", "", "jo"},
		{"by account in another case", "jira", "5B10ac", "", "jo"},
		{"an account of the other tracker is another", "linear", "5b10AC", "", ""},
		{"by e-mail in another case", "jira", "unknown", "DANA@ACME.example", "dana"},
		{"the account decides over the e-mail", "linear", "u-jo", "pat@acme.example", "jo"},
		{"neither is nobody", "jira", "", "", ""},
		{"a tracker nobody has", "github", "5b10AC", "", ""},
	} {
		p, ok := d.Resolve(c.tracker, c.account, c.email)
		if p.ID != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, %v, want %q", c.name, p.ID, ok, c.want)
		}
	}
}

func TestListsAreOrdered(t *testing.T) {
	d := acme(t)
	var people, teams []string
	for _, p := range d.People() {
		people = append(people, p.ID)
	}
	for _, team := range d.Teams() {
		teams = append(teams, team.ID)
		if team.Location != time.UTC {
			t.Errorf("the weeks of %s are those of %v, want UTC", team.ID, team.Location)
		}
	}
	if !slices.IsSorted(people) || len(people) != 7 || !slices.Equal(teams, []string{"orders", "payments"}) {
		t.Errorf("people %v, teams %v", people, teams)
	}
	if _, ok := d.Team("none"); ok {
		t.Error("there is a team none")
	}
}

func TestSpans(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b Span
		want bool
	}{
		{"one after the other", span("2026-01-01", "2026-02-01"), span("2026-02-01", ""), false},
		{"a day in common", span("2026-01-01", "2026-02-02"), span("2026-02-01", ""), true},
		{"one within the other", span("", ""), span("2026-02-01", "2026-02-02"), true},
		{"both without dates", Span{}, Span{}, true},
	} {
		if got := c.a.Meets(c.b); got != c.want || c.b.Meets(c.a) != got {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestSides(t *testing.T) {
	for role, want := range map[Role]Side{Engineer: Engineering, EM: Engineering, PM: Product, Designer: Product, VP: Leadership, "gardener": NoSide} {
		if got := role.Side(); got != want {
			t.Errorf("%s stands on %q, want %q", role, got, want)
		}
	}
	for _, r := range Roles() {
		if r.Side() == NoSide {
			t.Errorf("%s stands on no side", r)
		}
	}
}
