package daemon

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// waive has mina leave something alone.
func (l *line) waive(ask WaiveRequest) WaiverPlan {
	l.t.Helper()
	ask.Speaker = by("mina")
	if ask.Reason == "" {
		ask.Reason = "Waits for the audit"
	}
	p, err := l.PlanWaiver(l.t.Context(), ask)
	if err != nil {
		l.t.Fatal(err)
	}
	if p, err = l.Waive(l.t.Context(), p); err != nil {
		l.t.Fatal(err)
	}
	return p
}

func TestAWaiverShowsHowBroadItIsBeforeItIsSaved(t *testing.T) {
	l, s := checkedLine(t)
	s.tickets[1].Category = ticket.Done // PAY-2 settles
	l.later(24 * time.Hour)
	l.check()
	p, err := l.PlanWaiver(t.Context(), WaiveRequest{Rule: "feature-without-problem", Label: "REGULATORY", Until: "6 weeks", Reason: "The law", Speaker: by("lee")})
	if err != nil {
		t.Fatal(err)
	}
	b := p.Breadth
	if b.Open != 1 || b.Lately != 2 || len(b.Teams) != 1 || b.Teams[0] != (TeamCount{"payments", 1}) || len(b.Some) != 1 || b.Some[0].Key != "PAY-1" || b.Labels != nil {
		t.Errorf("breadth = %+v, want one open in payments and two lately", b)
	}
	if p.Saved || p.Waiver.ByName != "Lee Park" || l.words() != 0 {
		t.Errorf("planned: %+v, %d words kept", p, l.words())
	}
	saved, err := l.Waive(t.Context(), p)
	if err != nil || !saved.Saved || saved.Waiver.Now != 1 || saved.Waiver.ID == "" {
		t.Errorf("saved: %+v, %v", saved, err)
	}
	if p, err = l.PlanWaiver(t.Context(), WaiveRequest{Rule: "feature-without-problem", Label: "regulatry", Until: "6 weeks", Reason: "x", Speaker: by("lee")}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"Regulatory", "q4", "regulatory"}; !slices.Equal(p.Breadth.Labels, want) {
		t.Errorf("of a label that nothing has it names %q, want %q", p.Breadth.Labels, want)
	}
	ticket, err := l.PlanWaiver(t.Context(), WaiveRequest{Ticket: "core-3", Until: "6 weeks", Reason: "x", Speaker: by("lee")})
	if err != nil || ticket.Waiver.Covers != "everything about CORE-3" || ticket.Breadth.Open != 1 {
		t.Errorf("a ticket's: %+v, %v", ticket, err)
	}
}

func TestAWaiverTellsOfWhatOnlyTheEMWouldMiss(t *testing.T) {
	l, _ := checkedLine(t)
	b, err := l.readLedger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(b.findings, func(f finding.Finding) bool { return f.Subject.Key == "PAY-1" })
	alone := b.findings[i]
	alone.ID, alone.Rule, alone.Audience = "e1", "assigned-bypassing-em", finding.ForEM
	if err := l.store.SaveCheck(t.Context(), store.Check{Findings: []finding.Finding{alone}}); err != nil {
		t.Fatal(err)
	}
	p, err := l.PlanWaiver(t.Context(), WaiveRequest{Ticket: "PAY-1", Until: "6 weeks", Reason: "x", Speaker: by("lee")})
	if err != nil || p.Breadth.Open != 2 || p.Breadth.ForEM != 1 {
		t.Errorf("breadth = %+v, %v, want two, one of them for the EM alone", p.Breadth, err)
	}
}

func TestAWaiverIsRenewedAndEnded(t *testing.T) {
	l, _ := checkedLine(t)
	id := l.waive(WaiveRequest{Finding: "PAY-1", Until: "2026-11-20"}).Waiver.ID
	state := func(at time.Duration) string {
		t.Helper()
		l.at = monday.Add(at)
		all, err := l.Waivers(t.Context(), true)
		if err != nil || len(all) != 1 {
			t.Fatalf("waivers: %+v, %v", all, err)
		}
		holding, err := l.Waivers(t.Context(), false)
		if err != nil || (len(holding) == 1) != (all[0].State == "holds") {
			t.Errorf("those that hold: %+v, %v", holding, err)
		}
		return fmt.Sprintf("%s until %s, %d renewals, holds back %d; the finding is %s", all[0].State, all[0].Until.Format("2 Jan 15:04"), all[0].Renewals, all[0].Now, l.told("PAY-1").State)
	}
	is := func(at time.Duration, want string) {
		t.Helper()
		if got := state(at); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	renew := func(until string) (Renewed, error) {
		return l.RenewWaiver(t.Context(), RenewRequest{ID: id[:6], Until: until, Reason: "It is late", Speaker: by("lee")})
	}
	const day = 24 * time.Hour
	is(time.Hour, "holds until 20 Nov 23:00, 0 renewals, holds back 1; the finding is waived")
	if r, err := renew("2026-11-27"); err != nil || !r.Changed || r.Renewals != 1 || r.Why != "It is late" || r.By != "mina" {
		t.Errorf("renewed: %+v, %v", r, err)
	}
	if r, err := renew("2026-11-27"); err != nil || r.Changed || r.Renewals != 1 {
		t.Errorf("renewed so once more: %+v, %v", r, err)
	}
	if _, err := renew("2026-11-25"); !IsRequestMistake(err) || !strings.Contains(err.Error(), "fairlead waivers end") {
		t.Errorf("renewed to end sooner: err = %v", err)
	}
	is(8*day, "holds until 27 Nov 23:00, 1 renewals, holds back 1; the finding is waived")
	is(12*day, "expired until 27 Nov 23:00, 1 renewals, holds back 0; the finding is open")
	if _, err := l.EndWaiver(t.Context(), RenewRequest{ID: id, Reason: "x", Speaker: by("lee")}); !IsRequestMistake(err) || !strings.Contains(err.Error(), "holds no longer") {
		t.Errorf("ended when it had expired: err = %v", err)
	}
	if r, err := renew("2 weeks"); err != nil || !r.Changed || r.Renewals != 2 {
		t.Errorf("renewed after a lapse: %+v, %v", r, err)
	}
	is(13*day, "holds until 12 Dec 23:00, 2 renewals, holds back 1; the finding is waived")
	if r, err := l.EndWaiver(t.Context(), RenewRequest{ID: id, Reason: "It is done", Speaker: by("mina")}); err != nil || r.State != "ended" {
		t.Errorf("ended: %+v, %v", r, err)
	}
	is(14*day, "ended until 29 Nov 08:00, 2 renewals, holds back 0; the finding is open")
	golden(t, "findings-show.txt", l.shown("PAY-1"))
}

// shown is what is shown of a finding on a terminal.
func (l *line) shown(name string) string {
	l.t.Helper()
	all, err := l.Show(l.t.Context(), name)
	if err != nil {
		l.t.Fatal(err)
	}
	var b bytes.Buffer
	for i := range all {
		if err := all[i].Text(&b); err != nil {
			l.t.Fatal(err)
		}
	}
	return b.String()
}

func TestTheTrailTellsWhoChangedWhatWhenAndWhy(t *testing.T) {
	l, s := checkedLine(t)
	s.tickets[0].Title = "Refunds \x1b[31mred\n\u202e"
	l.waive(WaiveRequest{Rule: "feature-without-problem", Label: "regulatory", Until: "2026-11-20", Reason: "The law\x1b[0m\nsays so"})
	l.waive(WaiveRequest{Ticket: "CORE-3", Until: "2026-12-20", Reason: "Another ticket"})
	const day = 24 * time.Hour
	l.at = monday.Add(5 * day)
	l.sync()
	l.check()
	l.answer("PAY-1", "Agreed")
	s.tickets[0].Category = ticket.Done
	l.later(day)
	l.check()
	all, err := l.Show(t.Context(), "PAY-1")
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	var got []string
	for _, e := range all[0].Trail {
		got = append(got, fmt.Sprintf("%+.2f %s %s; %s", e.At.Sub(monday).Hours()/24, e.By, e.What, e.State))
		if e.Why == "" || strings.ContainsAny(e.Why+e.Name+e.What, "\x1b\n\u202e") {
			t.Errorf("%s, because %q", e.What, e.Why)
		}
	}
	id := l.waiverOf(t, "Regulatory")
	want := []string{
		"-7.38 fairlead opened; open",
		"+0.04 mina waived what feature-without-problem notices about tickets labelled \"regulatory\" until Friday 20 November 2026, 23:00 UTC (waiver " + id + "); waived",
		"+4.62 fairlead the waiver expired (waiver " + id + "); open",
		"+5.00 mina answered; answered",
		"+6.00 fairlead settled; answered",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the trail is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if text := l.shown("PAY-1"); strings.ContainsAny(text, "\x1b\u202e") {
		t.Errorf("it would colour a terminal:\n%q", text)
	}
	if _, err := json.Marshal(all); err != nil {
		t.Error(err)
	}
}

func (l *line) waiverOf(t *testing.T, label string) string {
	t.Helper()
	all, err := l.Waivers(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range all {
		if strings.EqualFold(w.Label, label) {
			return w.ID
		}
	}
	return ""
}

func TestWhenAWaiverEnds(t *testing.T) {
	zone := func(name string) *time.Location {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return loc
	}
	for _, c := range []struct {
		name, until, now, zone string
		want                   string // empty: refused
	}{
		{"a day ends with its last moment", "2026-12-31", "2026-11-16T08:00:00Z", "UTC", "2027-01-01T00:00:00Z"},
		{"in the team's zone", "2026-12-31", "2026-11-16T08:00:00Z", "Europe/Berlin", "2026-12-31T23:00:00Z"},
		{"weeks end with a day", "6 weeks", "2026-11-16T08:00:00Z", "UTC", "2026-12-29T00:00:00Z"},
		{"one week", "1 week", "2026-11-16T08:00:00Z", "UTC", "2026-11-24T00:00:00Z"},
		{"days, written close", "3DAYS", "2026-11-16T08:00:00Z", "UTC", "2026-11-20T00:00:00Z"},
		{"months", "2 months", "2026-11-16T08:00:00Z", "UTC", "2027-01-17T00:00:00Z"},
		{"over a change of clocks", "3 weeks", "2026-10-16T08:00:00Z", "Europe/Berlin", "2026-11-06T23:00:00Z"},
		{"where midnight does not exist", "2026-09-05", "2026-08-16T08:00:00Z", "America/Santiago", "2026-09-06T04:00:00Z"},
		{"on a day without a midnight", "2026-09-06", "2026-08-16T08:00:00Z", "America/Santiago", "2026-09-07T03:00:00Z"},
		{"today", "2026-11-16", "2026-11-16T22:59:59Z", "Europe/Berlin", "2026-11-16T23:00:00Z"},
		{"a leap day", "2028-02-29", "2027-12-16T08:00:00Z", "UTC", "2028-03-01T00:00:00Z"},
		{"as far as it goes", "366 days", "2026-11-16T08:00:00Z", "UTC", "2027-11-18T00:00:00Z"},
		{"a day further", "367 days", "2026-11-16T08:00:00Z", "UTC", ""},
		{"yesterday, as it has just become", "2026-11-16", "2026-11-16T23:00:00Z", "Europe/Berlin", ""},
		{"no day of the calendar", "2026-02-30", "2026-11-16T08:00:00Z", "UTC", ""},
		{"no time at all", "0 weeks", "2026-11-16T08:00:00Z", "UTC", ""},
		{"more than a number holds", "99999999999999999999 weeks", "2026-11-16T08:00:00Z", "UTC", ""},
		{"backwards", "-6 weeks", "2026-11-16T08:00:00Z", "UTC", ""},
		{"for ever", "for ever", "2026-11-16T08:00:00Z", "UTC", ""},
		{"nothing", "", "2026-11-16T08:00:00Z", "UTC", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, c.now)
			if err != nil {
				t.Fatal(err)
			}
			got, err := waiverEnd(c.until, now, zone(c.zone))
			if c.want == "" {
				if !IsRequestMistake(err) {
					t.Errorf("it ends %s, %v; want it refused", got, err)
				}
				return
			}
			if err != nil || got.Format(time.RFC3339) != c.want {
				t.Errorf("it ends %s, %v; want %s", got.Format(time.RFC3339), err, c.want)
			}
		})
	}
}

func TestAWaiverOfTeamsInSeveralZonesEndsByUTC(t *testing.T) {
	l, _ := checkedLine(t)
	ends := func(ask WaiveRequest) string {
		t.Helper()
		ask.Until, ask.Reason, ask.Speaker = "2026-12-31", "x", by("mina")
		p, err := l.PlanWaiver(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		return p.Waiver.Until.Format("2 Jan 15:04")
	}
	byLabel := WaiveRequest{Rule: "feature-without-problem", Label: "q4"}
	if got := ends(byLabel); got != "31 Dec 23:00" {
		t.Errorf("of one team it ends %s", got)
	}
	people, teams := l.cfg().Directory.People(), slices.Clone(l.cfg().Directory.Teams())
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	dir, mistakes := org.New(people, append(teams, org.Team{ID: "growth", Location: tokyo}), nil)
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	l.cfg().Directory = dir
	l.agreed(l.book().Rules())
	if got := ends(byLabel); got != "1 Jan 00:00" {
		t.Errorf("of two teams it ends %s", got)
	}
	if got := ends(WaiveRequest{Ticket: "PAY-1"}); got != "31 Dec 23:00" {
		t.Errorf("of a ticket of one team it ends %s", got)
	}
}

func TestFindingsAreListed(t *testing.T) {
	l, s := checkedLine(t)
	s.tickets[2].Title, s.tickets[2].Labels = "=cmd|' /C calc'!A0\x1b[31m", []string{"@SUM(1)"}
	l.answer("PAY-1", "Agreed")
	l.waive(WaiveRequest{Ticket: "PAY-2", Until: "2 weeks"})
	l.later(24 * time.Hour)
	l.check()
	keys := func(ask ListRequest) string {
		t.Helper()
		all, err := l.Findings(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, one := range all {
			out = append(out, one.Key+" "+one.State)
		}
		slices.Sort(out)
		return strings.Join(out, ", ")
	}
	for _, c := range []struct {
		name string
		ask  ListRequest
		want string
	}{
		{"what is open unless asked otherwise", ListRequest{}, "CORE-3 open"},
		{"everything", ListRequest{State: "all"}, "CORE-3 open, PAY-1 answered, PAY-2 waived"},
		{"what is waived", ListRequest{State: "waived"}, "PAY-2 waived"},
		{"what is answered", ListRequest{State: "answered"}, "PAY-1 answered"},
		{"what is settled", ListRequest{State: "settled"}, ""},
		{"a team's", ListRequest{Team: "payments"}, "CORE-3 open"},
		{"a rule's", ListRequest{Rule: "feature-without-problem", State: "all"}, "CORE-3 open, PAY-1 answered, PAY-2 waived"},
		{"of a severity", ListRequest{Severity: "warn"}, "CORE-3 open"},
		{"of another severity", ListRequest{Severity: "high"}, ""},
		{"what moved since the morning", ListRequest{State: "all", Since: "2026-11-16"}, "PAY-1 answered, PAY-2 waived"},
		{"what moved within the hour", ListRequest{State: "all", Since: "1h ago"}, ""},
		{"what moved since long ago", ListRequest{State: "all", Since: "2026-01-01"}, "CORE-3 open, PAY-1 answered, PAY-2 waived"},
	} {
		if got := keys(c.ask); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	for _, ask := range []ListRequest{{State: "closed"}, {Team: "growth"}, {Rule: "no-such-rule"}, {Severity: "grave"}, {Since: "yesteryear"}} {
		if _, err := l.Findings(t.Context(), ask); !IsRequestMistake(err) {
			t.Errorf("%+v: err = %v", ask, err)
		}
	}
	all, err := l.Findings(t.Context(), ListRequest{})
	if err != nil || len(all) != 1 || all[0].Weeks != 2 {
		t.Fatalf("%+v, %v; want one open for two weeks begun", all, err)
	}
	row := all[0].Record()
	if len(row) != len(ListedHeader()) {
		t.Fatalf("%d cells under %d names", len(row), len(ListedHeader()))
	}
	if title := row[slices.Index(ListedHeader(), "title")]; title != "'=cmd|' /C calc'!A0" {
		t.Errorf("the title is %q in a table", title)
	}
	if labels := row[slices.Index(ListedHeader(), "labels")]; labels != "'@SUM(1)" {
		t.Errorf("the labels are %q in a table", labels)
	}
}

// FuzzARowOfATableIsNoFormula holds what people write in tickets against what
// spreadsheets compute.
func FuzzARowOfATableIsNoFormula(f *testing.F) {
	for _, seed := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "plain", "", "'=1", "\"\n,=1", "\x00=1", "\u202e=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e := finding.Finding{
			Seen:  finding.Seen{ID: "a", Team: text, Reason: text, Subject: finding.Subject{Key: text, Title: text, URL: text}, Labels: []string{text}},
			Spans: []finding.Span{{From: monday}},
		}
		l := listed(&e, monday, false)
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		if err := w.Write(l.Record()); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(rows) != 1 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, cell := range rows[0] {
			if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
				t.Errorf("a spreadsheet would compute %q", cell)
			}
		}
	})
}
