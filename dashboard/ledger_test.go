package dashboard_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
	"github.com/fairlead-dev/fairlead/finding"
)

var someRules = []string{"a", "b", "c", "d", "e"}

func everything(string, finding.Audience) bool { return true }

func yes(*finding.Finding) bool { return true }

// plainly is Find as anybody would write it: the same answer, slowly.
func plainly(l *dashboard.Ledger, q dashboard.Query, in func(f *finding.Finding) bool) (out []*finding.Finding) {
	l.Each(dashboard.Query{Sees: everything}, func(f *finding.Finding) bool {
		if in(f) && q.Sees(f.Team, f.Audience) {
			out = append(out, f)
		}
		return true
	})
	return out
}

func TestFindGivesWhatAPlainLookGives(t *testing.T) {
	l := dashboard.NewLedger(dashboardtest.Many(3000, 7, someRules), yes, dashboardtest.Now, "1")
	if l.Len() != 3000 {
		t.Fatalf("it holds %d findings, want 3000", l.Len())
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		q := dashboard.Query{Sees: func(team string, a finding.Audience) bool { return team != "team-003" && a != finding.ForEM }}
		if random.IntN(2) == 0 {
			q.Team = fmt.Sprintf("team-%03d", random.IntN(9)) // some are not there
		}
		if random.IntN(2) == 0 {
			q.Rule = append(someRules, "z")[random.IntN(6)]
		}
		if random.IntN(2) == 0 {
			q.Severity = []finding.Severity{finding.High, finding.Info, "loud"}[random.IntN(3)]
		}
		if random.IntN(2) == 0 {
			q.State = []finding.State{finding.Open, finding.Settled, finding.Waived, "gone"}[random.IntN(4)]
		}
		if random.IntN(2) == 0 {
			q.OpenFor = time.Duration(random.IntN(60)) * 24 * time.Hour
		}
		age := func(f *finding.Finding) time.Duration {
			last := f.Spans[len(f.Spans)-1]
			if last.To.IsZero() {
				return l.At.Sub(last.From)
			}
			return last.To.Sub(last.From)
		}
		want := plainly(l, q, func(f *finding.Finding) bool {
			return (q.Team == "" || f.Team == q.Team) && (q.Rule == "" || f.Rule == q.Rule) && (q.Severity == "" || f.Severity == q.Severity) &&
				(q.State == "" || f.State == q.State) && age(f) >= q.OpenFor
		})
		offset, most := random.IntN(40), random.IntN(60)
		got := l.Find(q, offset, most)
		if got.Total != len(want) || l.Count(q) != len(want) {
			t.Fatalf("%+v: total %d, counted %d, want %d", q, got.Total, l.Count(q), len(want))
		}
		if page := want[min(offset, len(want)):min(offset+most, len(want))]; !slices.Equal(got.Items, page) {
			t.Fatalf("%+v: a page of %d from %d has %d findings, want %d, or others", q, most, offset, len(got.Items), len(page))
		}
	}
}

// Each count says how many there would be with another choice.
func TestCountsSayWhatAnotherChoiceWouldLeave(t *testing.T) {
	l := dashboard.NewLedger(dashboardtest.Many(4000, 7, someRules), yes, dashboardtest.Now, "1")
	q := dashboard.Query{Sees: everything, Team: "team-002", Rule: "b", Severity: finding.Warn, State: finding.Open}
	found := l.Find(q, 0, 1)
	for team, n := range found.ByTeam {
		other := q
		other.Team = team
		if got := l.Count(other); got != n {
			t.Errorf("of %s there are %d, counted as %d", team, got, n)
		}
	}
	for rule, n := range found.ByRule {
		other := q
		other.Rule = rule
		if got := l.Count(other); got != n {
			t.Errorf("of %s there are %d, counted as %d", rule, got, n)
		}
	}
	for state, n := range found.ByState {
		other := q
		other.State = state
		if got := l.Count(other); got != n {
			t.Errorf("%s are %d, counted as %d", state, got, n)
		}
	}
	for severity, n := range found.BySeverity {
		other := q
		other.Severity = severity
		if got := l.Count(other); got != n {
			t.Errorf("%s are %d, counted as %d", severity, got, n)
		}
	}
	if len(found.ByTeam)*len(found.ByRule)*len(found.ByState)*len(found.BySeverity) == 0 {
		t.Error("something was not counted at all")
	}
}

func TestNobodySeesWithoutLeave(t *testing.T) {
	l := dashboard.NewLedger(dashboardtest.Many(100, 5, someRules), yes, dashboardtest.Now, "1")
	if n := l.Count(dashboard.Query{}); n != 0 {
		t.Errorf("a query that says nothing of who asks finds %d, want none", n)
	}
}

func TestOpenFindingsComeFirstTheGravestAndOldestBeforeOthers(t *testing.T) {
	l := dashboard.NewLedger(dashboardtest.Many(500, 5, someRules), yes, dashboardtest.Now, "1")
	var before *finding.Finding
	l.Each(dashboard.Query{Sees: everything, State: finding.Open}, func(f *finding.Finding) bool {
		if before != nil && (f.Severity.Rank() > before.Severity.Rank() || f.Severity == before.Severity && f.OpenSince().Before(before.OpenSince())) {
			t.Errorf("%s of %s since %s stands behind %s since %s", f.Severity, f.ID, f.OpenSince(), before.Severity, before.OpenSince())
		}
		before = f
		return true
	})
	first := l.Find(dashboard.Query{Sees: everything}, 0, 1).Items[0]
	if first.State != finding.Open {
		t.Errorf("the first of all is %s, want an open one", first.State)
	}
}

func TestWhatIsToldToNobodyIsNotCountedAsOpen(t *testing.T) {
	story := dashboardtest.Story()
	l := story.Judged
	if n := l.Open("", "payments"); n != 5 {
		t.Errorf("Payments has %d open findings for the whole team, want 5", n)
	}
	watched := l.Find(dashboard.Query{Sees: everything, State: dashboard.Watched}, 0, 10)
	if watched.Total != 1 || watched.Items[0].Subject.Key != "PAY-244" {
		t.Errorf("watched are %d, want PAY-244 alone", watched.Total)
	}
	if got := l.StateOf(watched.Items[0]); got != dashboard.Watched {
		t.Errorf("PAY-244 is %s, want watched", got)
	}
}

func TestAWaiverCoversWhatItSays(t *testing.T) {
	l := dashboardtest.Story().Judged
	cover := func(s finding.Scope, keep func(*finding.Finding) bool) dashboard.Breadth {
		return l.CoveredBy(&finding.Waiver{Scope: s}, keep, 10)
	}
	if b := cover(finding.Scope{Finding: dashboardtest.BulkExport}, yes); b.All != 1 || b.Open != 1 || len(b.Shown) != 1 {
		t.Errorf("one finding: %+v", b)
	}
	ticket := finding.Scope{Ticket: finding.TicketScope{Source: dashboardtest.Jira, ID: "id-PAY-231"}}
	if b := cover(ticket, yes); b.Open != 1 || !slices.Equal(b.Teams, []string{"payments"}) {
		t.Errorf("one ticket: %+v", b)
	}
	label := finding.Scope{Rule: "feature-without-problem", Label: "Q4"}
	if b := cover(label, yes); b.Open != 4 || b.All != 5 || !slices.Equal(b.Teams, []string{"core", "mobile", "payments"}) {
		t.Errorf("a label: %d of %d in %v, want 4 of 5 in three teams", b.Open, b.All, b.Teams)
	}
	mine := func(f *finding.Finding) bool { return f.Team == "payments" }
	if b := cover(label, mine); b.Open != 2 || len(b.Teams) != 3 {
		t.Errorf("a label, as Payments sees it: %d in %v, want 2, and all three teams told", b.Open, b.Teams)
	}
	if b := cover(finding.Scope{Finding: "nothing"}, yes); b.All != 0 || b.Teams != nil {
		t.Errorf("what is not there: %+v", b)
	}
}

func TestFindingsAreFoundByTheTicketTheyConcern(t *testing.T) {
	l := dashboardtest.Story().Judged
	if got := l.Concerning("pay-231"); len(got) != 1 || got[0].ID != dashboardtest.BulkExport {
		t.Errorf("pay-231: %d findings", len(got))
	}
}

func BenchmarkFind(b *testing.B) {
	l := dashboard.NewLedger(dashboardtest.Many(100_000, 200, someRules), yes, dashboardtest.Now, "1")
	for _, c := range []struct {
		name string
		q    dashboard.Query
	}{
		{"all open", dashboard.Query{Sees: everything, State: finding.Open}},
		{"one team", dashboard.Query{Sees: everything, Team: "team-017", State: finding.Open}},
		{"deep in all", dashboard.Query{Sees: everything}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Find(c.q, 20_000, 50)
			}
		})
	}
}

func BenchmarkNewLedger(b *testing.B) {
	all := dashboardtest.Many(100_000, 200, someRules)
	b.ReportAllocs()
	for b.Loop() {
		dashboard.NewLedger(all, yes, dashboardtest.Now, "1")
	}
}

func TestALedgerWithWordsIsAsIfItWereLaidOutAnew(t *testing.T) {
	noticed := dashboardtest.Many(800, 7, someRules)
	told := func(f *finding.Finding) bool { return f.Rule != "e" }
	random := rand.New(rand.NewPCG(3, 4))
	late := dashboard.NewLedger(noticed, told, dashboardtest.Now, "0")
	judged := slices.Clone(noticed)
	for round := range 20 {
		var changed []finding.Finding
		for range 1 + random.IntN(30) {
			f := &judged[random.IntN(len(judged))]
			if slices.ContainsFunc(changed, func(o finding.Finding) bool { return o.ID == f.ID }) {
				continue
			}
			f.State = []finding.State{finding.Open, finding.Answered, finding.Waived}[random.IntN(3)]
			changed = append(changed, *f)
		}
		var is bool
		if late, is = late.With(changed, told, dashboardtest.Now, fmt.Sprint(round)); !is {
			t.Fatalf("round %d cannot be laid over", round)
		}
		anew := dashboard.NewLedger(slices.Clone(judged), told, dashboardtest.Now, fmt.Sprint(round))
		sameLedger(t, late, anew, random)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	if _, is := late.With(judged[:1], told, dashboardtest.Now, "x"); !is {
		t.Error("one more cannot be laid over")
	}
	if _, is := late.With([]finding.Finding{{Seen: finding.Seen{ID: "new"}, Spans: judged[0].Spans}}, told, dashboardtest.Now, "x"); is {
		t.Error("what was not there is laid over")
	}
	if _, is := dashboard.NewLedger(dashboardtest.Many(3000, 7, someRules), told, dashboardtest.Now, "0").With(dashboardtest.Many(3000, 7, someRules), told, dashboardtest.Now, "x"); is {
		t.Error("all of it is laid over")
	}
}

// sameLedger compares what two ledgers tell.
func sameLedger(t *testing.T, got, want *dashboard.Ledger, random *rand.Rand) {
	t.Helper()
	ids := func(all []*finding.Finding) (out []string) {
		for _, f := range all {
			out = append(out, string(f.ID)+" "+string(f.State))
		}
		return out
	}
	for _, q := range []dashboard.Query{
		{}, {Team: fmt.Sprintf("team-%03d", random.IntN(7))}, {Rule: someRules[random.IntN(5)]}, {State: finding.Answered}, {State: dashboard.Watched},
		{State: finding.Open, Team: fmt.Sprintf("team-%03d", random.IntN(7)), Rule: someRules[random.IntN(5)]},
	} {
		q.Sees = everything
		offset, most := random.IntN(30), 1+random.IntN(40)
		a, b := got.Find(q, offset, most), want.Find(q, offset, most)
		if !slices.Equal(ids(a.Items), ids(b.Items)) || a.Total != b.Total || fmt.Sprint(a.ByTeam, a.ByRule, a.BySeverity, a.ByState) != fmt.Sprint(b.ByTeam, b.ByRule, b.BySeverity, b.ByState) {
			t.Errorf("%+v: %v of %d, want %v of %d", q, ids(a.Items), a.Total, ids(b.Items), b.Total)
		}
		if got.Count(q) != want.Count(q) {
			t.Errorf("%+v: %d, want %d", q, got.Count(q), want.Count(q))
		}
		if len(b.Items) == 0 {
			continue
		}
		place := dashboard.PlaceOf(b.Items[len(b.Items)-1])
		c, more, ok := got.After(q, place, 5)
		d, wantMore, _ := want.After(q, place, 5)
		if !ok || more != wantMore || !slices.Equal(ids(c), ids(d)) {
			t.Errorf("%+v behind %q: %v %v, want %v %v", q, place, ids(c), more, ids(d), wantMore)
		}
	}
	want.Each(dashboard.Query{Sees: everything}, func(f *finding.Finding) bool {
		if one, known := got.Finding(f.ID); !known || one.State != f.State || got.StateOf(one) != want.StateOf(f) {
			t.Errorf("%s is %v, want %v", f.ID, one, f)
		}
		for _, key := range f.Tickets {
			if !slices.Equal(ids(got.Concerning(key)), ids(want.Concerning(key))) {
				t.Errorf("about %s: %v, want %v", key, ids(got.Concerning(key)), ids(want.Concerning(key)))
			}
		}
		if got.Open(f.Rule, f.Team) != want.Open(f.Rule, f.Team) || got.Open("", f.Team) != want.Open("", f.Team) {
			t.Errorf("%s of %s: %d open, want %d", f.Rule, f.Team, got.Open(f.Rule, f.Team), want.Open(f.Rule, f.Team))
		}
		return !t.Failed()
	})
	w := finding.Waiver{Scope: finding.Scope{Rule: someRules[random.IntN(5)], Label: "q4"}}
	if a, b := got.CoveredBy(&w, yes, 0), want.CoveredBy(&w, yes, 0); fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("covered: %v, want %v", a, b)
	}
}
