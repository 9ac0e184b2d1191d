package reports_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

func TestTheOrganisationHearsOfNoTicketAndNobody(t *testing.T) {
	for _, f := range reports.Formats() {
		text := string(render(t, reports.BuildOrg(reporttest.Organisation()), f))
		for _, secret := range []string{"Secret title", "person", "Growth-0", "PAY-", "browse"} {
			if f == reports.FormatHTML {
				_, text, _ = strings.Cut(text, "<body")
			}
			if strings.Contains(text, secret) {
				t.Errorf("as %s it tells %q", f, secret)
			}
		}
	}
}

func TestTheOrganisationCountsWhatWholeTeamsSeeAndNothingElse(t *testing.T) {
	in := reporttest.Organisation()
	with := reports.BuildOrg(in)
	for i := range in.Teams {
		in.Teams[i].Findings = in.Teams[i].Findings[:len(in.Teams[i].Findings)-1] // the one for the EM
	}
	without := reports.BuildOrg(in)
	if got, want := string(render(t, with, reports.FormatJSON)), string(render(t, without, reports.FormatJSON)); got != want {
		t.Errorf("with what only EMs see it is %s, without %s", got, want)
	}
	open := 0
	for _, row := range with.Teams.Rows {
		open += row.Open
	}
	if open != with.Counts.Open || with.Counts.Open != 18 {
		t.Errorf("the rows have %d open, the headline %d, want 18", open, with.Counts.Open)
	}
}

func TestASmallOrganisationIsToldNothing(t *testing.T) {
	r := reports.BuildOrg(reporttest.SmallOrganisation())
	if r.Teams != nil || r.Trend != nil || len(r.StillOpen.Lines) > 0 || len(r.Conditions) > 0 || r.Counts != (reports.Counts{}) {
		t.Errorf("%+v is told of four people", r)
	}
	if !strings.Contains(r.Headline, "five people or more") {
		t.Errorf("headline = %q, want it to say why", r.Headline)
	}
}

// A team that grew is told alone now. What was told of it together with another
// must not become two numbers in hindsight.
func TestGroupsOfThePastStayAsTheyWere(t *testing.T) {
	in := reporttest.Organisation()
	grew := in.Week.Before(4).Start
	for i := range in.Teams {
		if in.Teams[i].Team.Name != "Tools" {
			continue
		}
		for _, who := range []string{"new-1", "new-2", "new-3"} {
			in.Teams[i].Seats = append(in.Teams[i].Seats, org.Seat{Person: who, Span: org.Span{From: grew}})
		}
	}
	r := reports.BuildOrg(in)
	for _, row := range r.Teams.Rows {
		for n, v := range row.Trend {
			switch past := n < 7; {
			case row.Team.Name == "Tools" && past && v != nil:
				t.Errorf("week %d of Tools is told, when it had three people", n)
			case row.Team.Name == "Tools" && !past && v == nil:
				t.Errorf("week %d of Tools is not told", n)
			case row.Team.Name == "Growth" && v == nil:
				t.Errorf("week %d of Growth is not told", n)
			}
		}
	}
	if !strings.Contains(r.Teams.Hidden, "Docs") {
		t.Errorf("%q does not name the team that is too small", r.Teams.Hidden)
	}
}

func TestEarlierWeeksAreToldAsTheyWereKept(t *testing.T) {
	in := reporttest.Organisation()
	before := reports.BuildOrg(in)
	for i := range in.Teams { // an agreement ends, and its findings with it
		in.Teams[i].Findings = in.Teams[i].Findings[1:]
	}
	after := reports.BuildOrg(in)
	for n := range 11 {
		if *before.Trend.Open[n] != *after.Trend.Open[n] {
			t.Errorf("week %d was %d and is %d now", n, *before.Trend.Open[n], *after.Trend.Open[n])
		}
	}
	in.Teams[2].Snapshots = in.Teams[2].Snapshots[:3]
	if r := reports.BuildOrg(in); r.Trend.Open[3] != nil || r.Trend.Open[9] == nil {
		t.Errorf("the trend is %v, want unknown where a team's week was not kept", r.Trend.Open)
	}
}

func TestARuleThatFewHaveIsNotTold(t *testing.T) {
	in := reporttest.Organisation()
	rare := reports.Agreement{Rule: "rare", Promise: "Something of Docs alone", Stage: reports.StageReport}
	docs := &in.Teams[3]
	docs.Agreements = append(append([]reports.Agreement{}, docs.Agreements...), rare)
	f := docs.Findings[0]
	f.Rule, f.ID = "rare", "rare-1"
	docs.Findings = append(docs.Findings, f)
	r := reports.BuildOrg(in)
	sum := 0
	for _, l := range r.StillOpen.Lines {
		if l.Rule == "rare" {
			t.Errorf("%+v is told of two people", l)
		}
		sum += l.Now
	}
	if rest := r.Counts.Open - sum; rest == 1 {
		t.Error("the one exception of the rule can be worked out from the others")
	}
}

func TestALeaderReadsOfTheirOwnActsAlone(t *testing.T) {
	r := reports.BuildLeader(reporttest.Leader())
	var keys []string
	for _, m := range r.Mirror {
		keys = append(keys, m.Subject.Key)
	}
	if got := strings.Join(keys, " "); got != "PAY-224 PAY-228" {
		t.Errorf("told are %q, want what was open in the week", got)
	}
	for _, f := range reports.Formats() {
		text := string(render(t, r, f))
		if strings.Contains(text, "PAY-999") || strings.Contains(text, "somebody else") {
			t.Errorf("as %s it tells of somebody else's act", f)
		}
	}
	in := reporttest.Leader()
	in.Person = ""
	if r := reports.BuildLeader(in); len(r.Mirror) > 0 {
		t.Errorf("nobody reads %v", r.Mirror)
	}
	in = reporttest.Leader()
	in.Told = func(f *finding.Finding) bool { return f.Subject.Key != "PAY-224" }
	if r := reports.BuildLeader(in); len(r.Mirror) != 1 {
		t.Errorf("%d told, want one: the other is kept back", len(r.Mirror))
	}
}

func TestAReminderIsShort(t *testing.T) {
	r := reports.BuildReminder(reporttest.Nudge())
	text := string(render(t, r, reports.FormatText))
	if n := strings.Count(text, "\n"); n > 14 {
		t.Errorf("%d lines:\n%s", n, text)
	}
	for _, want := range []string{"PAY-159", "We agreed that decisions leave a trace.", "Why was it decided?", "open for 4 weeks", "fairlead answer"} {
		if !strings.Contains(strings.ToLower(strings.Join(strings.Fields(text), " ")), strings.ToLower(want)) {
			t.Errorf("%q is missing from:\n%s", want, text)
		}
	}
}

func TestATeamsWeekCountsInItsOwnZone(t *testing.T) {
	in := reporttest.Organisation()
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	in.Teams[0].Team.Location = tokyo
	f := in.Teams[0].Findings[0]
	// Sunday 16:00 by UTC is Monday 01:00 in Tokyo, and belongs to the next week.
	f.ID, f.Spans = "late", []finding.Span{{From: in.Week.End.Add(-8 * time.Hour)}}
	in.Teams[0].Findings = append(in.Teams[0].Findings, f)
	if got := reports.BuildOrg(in).Counts.Open; got != 18 {
		t.Errorf("%d open, want 18", got)
	}
}
