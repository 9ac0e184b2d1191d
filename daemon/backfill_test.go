package daemon

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// plainRule fires for every ticket in flight.
func plainRule(t *testing.T, id, replay string) rules.Rule {
	t.Helper()
	text := "id: " + id + "\nscope: ticket\ntitle: t\npromise: We keep " + id + "\nmessage: m\nask: a\nseverity: info\naudience: team\nwhen: ticket.in_flight\nreplay: " + replay + "\n"
	r, err := rules.Parse(id+".yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func shipped(t testing.TB, ids ...string) []rules.Rule {
	t.Helper()
	all, err := rules.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(r rules.Rule) bool { return !slices.Contains(ids, r.ID) })
}

// agreed puts rules with agreements in place of those there were.
func (l *line) agreed(all []rules.Rule, agreements ...rules.Agreement) {
	l.t.Helper()
	var err error
	book, err := rules.NewBook(all, agreements, teamIDs(l.cfg()))
	if err != nil {
		l.t.Fatal(err)
	}
	l.letHold(book)
}

// of is the finding of the rule about the ticket.
func (l *line) of(rule, key string) finding.Finding {
	l.t.Helper()
	ledger, err := l.store.Findings(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	for _, f := range ledger {
		if f.Rule == rule && f.Subject.Key == key {
			return f
		}
	}
	return finding.Finding{}
}

// moves tells the stored moves of the finding, with the days since monday.
func (l *line) moves(f finding.Finding) string {
	l.t.Helper()
	all, err := l.store.Transitions(l.t.Context(), f.ID)
	if err != nil {
		l.t.Fatal(err)
	}
	var out []string
	for _, m := range all {
		out = append(out, fmt.Sprintf("%s %+.1f", m.Move, m.At.Sub(monday).Hours()/24))
	}
	return strings.Join(out, ", ")
}

// later moves the clock and reads everything anew.
func (l *line) later(d time.Duration) {
	l.at = l.at.Add(d)
	l.sync()
}

func TestARuleThatIsNewHasItsPastFilled(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-5*aWeek))}}
	l := newLine(t, s)
	l.sync()
	l.check()
	before := l.finding("PAY-1")
	flights := l.flown("payments")
	l.agreed(append(shipped(t, "feature-without-problem"), plainRule(t, "new", "yes")))
	l.later(24 * time.Hour)
	r := l.check()
	if r.Opened != 0 || r.Past == nil || r.Past.Opened != 1 || r.Past.Settled != 0 {
		t.Errorf("the check did %+v past %+v, want one finding of the new rule opened in the past", r, r.Past)
	}
	if f := l.of("new", "PAY-1"); f.State != finding.Open || l.moves(f) != "opened -28.3" {
		t.Errorf("the new rule's finding is %s, open in %v, moves %s, want it open since the end of its first week", f.State, f.Spans, l.moves(f))
	}
	after := l.of("feature-without-problem", "PAY-1")
	if !reflect.DeepEqual(after.Spans, before.Spans) || l.moves(after) != "opened -28.3" {
		t.Errorf("the other rule's finding was open in %v and is in %v", before.Spans, after.Spans)
	}
	if got := l.flown("payments"); !reflect.DeepEqual(got[:len(flights)], flights) {
		t.Errorf("the flights that were counted were %v and are %v", flights, got)
	}
	if again := l.check(); again.Past != nil {
		t.Errorf("the next check made up for %+v, want nothing", again.Past)
	}
}

// flown are the flights of the team so far.
func (l *line) flown(team string) []finding.Flight {
	l.t.Helper()
	all, err := l.store.Flights(l.t.Context(), team, time.Time{}, l.at.Add(time.Second))
	if err != nil {
		l.t.Fatal(err)
	}
	return all
}

func TestAnAgreementOfOneTeamThatIsNewHasItsPastFilled(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-5*aWeek)), feature("jira", "CORE-1", monday.Add(-5*aWeek))}}
	l := newLine(t, s)
	l.organise(
		org.Team{ID: "payments", Owns: org.Ownership{JiraProjects: []string{"PAY"}}},
		org.Team{ID: "core", Owns: org.Ownership{JiraProjects: []string{"CORE"}}})
	all := shipped(t, "feature-without-problem")
	l.agreed(all, rules.Agreement{Rule: "feature-without-problem", Team: "core", Off: true})
	l.sync()
	l.check()
	if f := l.finding("CORE-1"); f.State != "" {
		t.Fatalf("core has not agreed, and CORE-1 is %s", f.State)
	}
	l.agreed(all)
	l.later(24 * time.Hour)
	l.check()
	if f := l.finding("CORE-1"); f.State != finding.Open || l.moves(f) != "opened -28.3" {
		t.Errorf("it is %s, open in %v, want it open since the end of its first week", f.State, f.Spans)
	}
	l.agreed(all, rules.Agreement{Rule: "feature-without-problem", Team: "core", Off: true})
	l.later(24 * time.Hour)
	l.check()
	l.agreed(all)
	l.later(3 * aWeek)
	l.check()
	if f := l.finding("CORE-1"); f.State != finding.Open || l.moves(f) != "opened -28.3, withdrawn +2.0, reopened +6.7" {
		t.Errorf("given up and agreed again: %s, moves %s, want the weeks between filled", f.State, l.moves(f))
	}
	if f := l.finding("PAY-1"); l.moves(f) != "opened -28.3" {
		t.Errorf("the other team's moves are %s", l.moves(f))
	}
}

func TestAProjectThatIsAddedHasItsPastFilled(t *testing.T) {
	settled := feature("jira", "CORE-2", monday.Add(-6*aWeek))
	settled.Status, settled.Category = "Done", ticket.Done
	settled.History = []ticket.Change{{
		ID: "1", At: monday.Add(-2 * aWeek), Field: ticket.FieldStatus,
		From: []ticket.Value{{Text: "In Progress", Norm: "started"}}, To: []ticket.Value{{Text: "Done", Norm: "done"}},
	}}
	settled.Normalise()
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-5*aWeek))}}
	l := newLine(t, s)
	l.sync()
	l.check()
	s.tickets = append(s.tickets, feature("jira", "CORE-1", monday.Add(-4*aWeek)), settled, feature("jira", "CORE-3", monday.Add(9*24*time.Hour)))
	l.later(10 * 24 * time.Hour)
	r := l.check()
	for _, want := range []struct{ key, moves string }{
		{"PAY-1", "opened -28.3"},
		{"CORE-1", "opened -21.3"},
		{"CORE-2", "opened -35.3, settled -7.3"},
		{"CORE-3", "opened +10.0"},
	} {
		if f := l.finding(want.key); l.moves(f) != want.moves {
			t.Errorf("%s: moves %s, want %s", want.key, l.moves(f), want.moves)
		}
	}
	if r.Open != 3 || r.Opened != 1 || r.Past == nil || r.Past.Opened != 2 || r.Past.Settled != 1 {
		t.Errorf("the check did %+v past %+v, want one opened now, two in the past", r, r.Past)
	}
	l.later(time.Hour)
	if again := l.check(); again.Past != nil {
		t.Errorf("the next check made up for %+v, want nothing", again.Past)
	}
}

func TestARuleWithoutHistoryIsTakenAsItIsForOneWeek(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-5*aWeek))}}
	l := newLine(t, s)
	l.agreed([]rules.Rule{plainRule(t, "forgetful", "no"), plainRule(t, "knowing", "yes"), plainRule(t, "vague", "partly")})
	l.sync()
	l.check()
	for rule, moves := range map[string]string{"forgetful": "opened -0.3", "knowing": "opened -28.3", "vague": "opened -28.3"} {
		if f := l.of(rule, "PAY-1"); l.moves(f) != moves {
			t.Errorf("%s: moves %s, want %s", rule, l.moves(f), moves)
		}
	}
	// Weeks in which nobody looked are not told either.
	done := s.tickets[0]
	done.Status, done.Category, done.Updated = "Done", ticket.Done, monday.Add(24*time.Hour)
	done.History = []ticket.Change{{
		ID: "1", At: monday.Add(24 * time.Hour), Field: ticket.FieldStatus,
		From: []ticket.Value{{Text: "In Progress", Norm: "started"}}, To: []ticket.Value{{Text: "Done", Norm: "done"}},
	}}
	done.Normalise()
	s.tickets = []ticket.Ticket{done}
	l.later(4 * aWeek)
	l.check()
	for rule, moves := range map[string]string{"forgetful": "opened -0.3, settled +27.7", "knowing": "opened -28.3, settled +6.7"} {
		if f := l.of(rule, "PAY-1"); l.moves(f) != moves {
			t.Errorf("four weeks later %s: moves %s, want %s", rule, l.moves(f), moves)
		}
	}
	trend := l.trendOf("forgetful")
	if trend != "" {
		t.Errorf("trend of a settled rule = %s", trend)
	}
}

// trendOf is the line of the rule in last week's report.
func (l *line) trendOf(rule string) string {
	l.t.Helper()
	var page strings.Builder
	if err := l.Report(l.t.Context(), &page, ReportRequest{Team: "payments", Week: "last", For: "team", Format: "text"}); err != nil {
		l.t.Fatal(err)
	}
	for text := range strings.Lines(page.String()) {
		if strings.Contains(text, "We keep "+rule+" ") && strings.HasPrefix(text, "- ") {
			return strings.Join(strings.Fields(strings.TrimPrefix(text, "- We keep "+rule)), " ")
		}
	}
	return ""
}

func TestATrendTellsOnlyWhatHistoryTells(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-5*aWeek))}}
	l := newLine(t, s)
	l.agreed([]rules.Rule{plainRule(t, "forgetful", "no"), plainRule(t, "knowing", "yes"), plainRule(t, "vague", "partly")})
	l.sync()
	l.check()
	for rule, want := range map[string]string{"forgetful": "···········▂ 1", "knowing": "▁▁▁▁▁▁▁▂▂▂▂▂ 1", "vague": "···········▂ 1"} {
		if got := l.trendOf(rule); got != want {
			t.Errorf("%s: trend %q, want %q", rule, got, want)
		}
	}
	l.later(2 * aWeek)
	l.check()
	for rule, want := range map[string]string{"forgetful": "·········▂▂▂ 1", "knowing": "▁▁▁▁▁▂▂▂▂▂▂▂ 1", "vague": "·········▂▂▂ 1"} {
		if got := l.trendOf(rule); got != want {
			t.Errorf("two weeks later %s: trend %q, want %q", rule, got, want)
		}
	}
}

// record is everything the store knows of findings.
func (l *line) record() string {
	l.t.Helper()
	ledger, err := l.store.Findings(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range ledger {
		fmt.Fprintf(&b, "%s %s %s %v %s\n", f.Rule, f.Subject.Key, f.State, f.Spans, l.moves(f))
	}
	looks, err := l.store.Looks(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	fmt.Fprintln(&b, looks, l.flown("payments"))
	return b.String()
}

func (l *line) backfill(weeks int) BackfillResult {
	l.t.Helper()
	r, err := l.Backfill(l.t.Context(), weeks)
	if err != nil {
		l.t.Fatal(err)
	}
	return r
}

func TestABackfillAndACheckGiveWhatACheckGives(t *testing.T) {
	var records []string
	for _, first := range []bool{true, false} {
		s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-5*aWeek)), feature("jira", "PAY-2", monday.Add(-20*aWeek))}}
		l := newLine(t, s)
		l.sync()
		if first {
			r := l.backfill(12)
			if len(r.Weeks) != 12 || r.Weeks[0] != (BackfillWeek{"2026-W35", 1, 0}) || r.Weeks[7] != (BackfillWeek{"2026-W42", 1, 0}) || len(r.Waiting) != 0 {
				t.Errorf("backfill = %+v, want one finding from the beginning and one since week 42", r)
			}
			if again := l.backfill(12); len(again.Weeks) != 0 {
				t.Errorf("a second backfill filled %+v, want nothing", again.Weeks)
			}
		}
		l.check()
		records = append(records, l.record())
	}
	if records[0] != records[1] {
		t.Errorf("after a backfill and a check the record is\n%s\nafter a check alone\n%s", records[0], records[1])
	}
}

func TestABackfillReachesFurtherBackThanACheckDid(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-20*aWeek))}}
	l := newLine(t, s)
	l.sync()
	l.check()
	if f := l.finding("PAY-1"); l.moves(f) != "opened -77.3" {
		t.Fatalf("moves %s, want it open since twelve weeks ago", l.moves(f))
	}
	r := l.backfill(26)
	if f := l.finding("PAY-1"); f.State != finding.Open || l.moves(f) != "opened -133.3" {
		t.Errorf("moves %s, want it open since its first week", l.moves(f))
	}
	if len(r.Weeks) != 14 || !slices.Equal(r.Rules, []string{"feature-without-problem"}) || r.Untold != nil {
		t.Errorf("backfill = %+v, want the fourteen weeks before those that were filled", r)
	}
}

func TestALedgerOfWhichNobodyKnowsSinceWhenItTellsStays(t *testing.T) {
	settled := feature("jira", "PAY-2", monday.Add(-6*aWeek))
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-5*aWeek)), settled}}
	l := newLine(t, s)
	l.sync()
	l.check()
	settled.Kind, settled.Updated = ticket.Task, monday.Add(time.Hour) // trackers keep no history of that here
	s.tickets[1] = settled
	l.later(2 * time.Hour)
	l.check()
	before := []string{l.moves(l.finding("PAY-1")), l.moves(l.finding("PAY-2"))}
	looks, err := l.store.Looks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all []finding.LookKey
	for _, look := range looks {
		all = append(all, look.LookKey)
	}
	if err := l.store.SaveCheck(t.Context(), store.Check{Unlooked: all}); err != nil { // as a store of before has none
		t.Fatal(err)
	}
	l.later(time.Hour)
	if r := l.check(); r.Open != 1 || r.Opened+r.Reopened+r.Settled+r.Withdrawn != 0 || r.Past.Opened+r.Past.Settled+r.Past.Reopened != 0 {
		t.Errorf("the check did %+v past %+v, want nothing moved", r, r.Past)
	}
	if after := []string{l.moves(l.finding("PAY-1")), l.moves(l.finding("PAY-2"))}; !slices.Equal(after, before) {
		t.Errorf("moves %q became %q", before, after)
	}
}

func TestABackfillNeverOverwritesAnAnswer(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-20*aWeek)), feature("jira", "PAY-2", monday.Add(-20*aWeek))}}
	l := newLine(t, s)
	l.staff()
	l.sync()
	l.check()
	l.at = monday.Add(time.Hour)
	l.answer("PAY-1", "Agreed")
	l.later(2 * time.Hour)
	l.backfill(26)
	answered := l.told("PAY-1")
	if last := answered.Spans[len(answered.Spans)-1]; answered.State != finding.Answered || last.End != finding.Answered || !last.To.Equal(monday.Add(time.Hour)) {
		t.Errorf("it is %+v, want it answered an hour after monday", answered)
	}
	for _, key := range []string{"PAY-1", "PAY-2"} {
		if f := l.finding(key); l.moves(f) != "opened -133.4" {
			t.Errorf("the moves of %s are %s, want its past filled", key, l.moves(f))
		}
	}
}

func TestASourceThatWasNotReadWaitsForItsPast(t *testing.T) {
	pay, core := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-5*aWeek))}}, &fakeSource{name: "jira old", trouble: errHalfway, tickets: []ticket.Ticket{feature("jira old", "CORE-1", monday.Add(-5*aWeek))}}
	l := newLine(t, pay, core)
	l.sync()
	r := l.backfill(12)
	if !slices.Equal(r.Waiting, []string{"jira old"}) || l.finding("PAY-1").State != finding.Open || l.finding("CORE-1").State != "" {
		t.Errorf("backfill = %+v, want that jira old waits", r)
	}
}

func TestAPastLongerThanAnyIsRefused(t *testing.T) {
	l := newLine(t, &fakeSource{name: "jira"})
	for _, weeks := range []int{0, -3, 105} {
		if _, err := l.Backfill(t.Context(), weeks); !IsRequestMistake(err) {
			t.Errorf("%d weeks: err = %v, want it refused", weeks, err)
		}
	}
}

func TestALookAtNowFindsWhatACheckFindsAndChangesNothing(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-5*aWeek)), feature("jira", "PAY-2", monday.Add(-time.Hour))}}
	late := &fakeSource{name: "jira late", tickets: []ticket.Ticket{feature("jira late", "CORE-1", monday.Add(-5*aWeek))}}
	gone := &fakeSource{name: "jira gone", tickets: []ticket.Ticket{feature("jira gone", "CORE-7", monday.Add(-5*aWeek))}}
	l := newLine(t, s, late, gone)
	l.sync()
	l.check()
	s.tickets = append(s.tickets, feature("jira", "PAY-3", monday.Add(3*aWeek)))
	late.trouble = errHalfway // frozen from now on
	l.configure(s, late)      // and the third is gone
	for n := range 3 {
		l.later(11 * 24 * time.Hour)
		before := l.record()
		at, err := l.MomentNamed("now")
		if err != nil {
			t.Fatal(err)
		}
		look, err := l.LookAt(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		if after := l.record(); after != before {
			t.Fatalf("the look changed\n%s\nto\n%s", before, after)
		}
		check := l.check()
		if look.Tickets != check.Tickets || look.Open != check.Open || look.Frozen != check.Frozen || !reflect.DeepEqual(look.Rules, check.Rules) ||
			!reflect.DeepEqual(look.Stopped, check.Stopped) || look.Untold != nil {
			t.Errorf("round %d: the look found %+v, the check %+v", n, look, check)
		}
		if got, want := keysOf(look.Findings), l.openKeys(); got != want || n == 2 && want != "CORE-1 PAY-1 PAY-2 PAY-3" {
			t.Errorf("round %d: the look found %s, the check left %s open", n, got, want)
		}
	}
}

func keysOf(all []Noticed) string {
	var keys []string
	for _, n := range all {
		keys = append(keys, n.Key)
	}
	slices.Sort(keys)
	return strings.Join(keys, " ")
}

func (l *line) openKeys() string {
	ledger, err := l.store.Findings(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	var keys []string
	for _, f := range ledger {
		if f.State == finding.Open {
			keys = append(keys, f.Subject.Key)
		}
	}
	slices.Sort(keys)
	return strings.Join(keys, " ")
}

func TestALookAtAPastMoment(t *testing.T) {
	done := feature("jira", "PAY-1", monday.Add(-5*aWeek))
	done.Status, done.Category = "Done", ticket.Done
	done.History = []ticket.Change{{
		ID: "1", At: monday.Add(-3 * aWeek), Field: ticket.FieldStatus,
		From: []ticket.Value{{Text: "In Progress", Norm: "started"}}, To: []ticket.Value{{Text: "Done", Norm: "done"}},
	}}
	done.Normalise()
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{done, feature("jira", "PAY-2", monday.Add(-2*aWeek))}}
	l := newLine(t, s)
	l.sync()
	for _, checked := range []bool{false, true} { // whatever the ledger knows
		if checked {
			l.check()
		}
		for _, c := range []struct{ name, open string }{
			{"2026-10-25", "PAY-1"},                  // a Sunday, to its end
			{"2026-10-26 07:59", "PAY-1"},            // a minute before it was done
			{"2026-10-26T09:00:01+01:00", ""},        // a second after
			{"14 days ago", "PAY-2"},                 // when the second began
			{"2026-11-15", "PAY-2"},                  //
			{"2026-11-16", "PAY-2"},                  // today, which is not over
			{"2025-01-01", ""},                       // before everything
			{"2026-11-02 08:00:00", "PAY-2"},         //
			{"2026-11-02 07:59:59", ""},              //
			{"2026-11-02T07:59:59.999999Z", ""},      //
			{"2026-11-02T08:00:00.000001Z", "PAY-2"}, //
		} {
			at, err := l.MomentNamed(c.name)
			if err != nil {
				t.Fatal(err)
			}
			look, err := l.LookAt(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			if got := keysOf(look.Findings); got != c.open || look.Open != len(look.Findings) {
				t.Errorf("checked %v, as of %s: %q are open, want %q", checked, c.name, got, c.open)
			}
		}
	}
	for _, name := range []string{"tomorrow", "2026-13-01", "46", "\x1b[31m"} {
		if _, err := l.MomentNamed(name); !IsRequestMistake(err) || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: err = %v, want it refused", name, err)
		}
	}
	for _, name := range []string{"2026-11-17", "in 2 hours"} {
		at, err := l.MomentNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.LookAt(t.Context(), at); !IsRequestMistake(err) || !strings.Contains(err.Error(), "has not come yet") {
			t.Errorf("%s: err = %v, want it refused", name, err)
		}
	}
}
