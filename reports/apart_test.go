package reports_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

func TestWhatIsOpenInMostTeamsIsToldInALine(t *testing.T) {
	in := reporttest.MostTeams()
	r := reports.Build(in)
	addsUp(t, r)
	if want := reports.Build(reporttest.NormalWeek()); r.Headline != want.Headline || r.InFlight != want.InFlight {
		t.Errorf("headline = %q %q, want that of a normal week: %q %q", r.Headline, r.InFlight, want.Headline, want.InFlight)
	}
	if len(r.Conditions) != 1 {
		t.Fatalf("conditions = %+v, want one: of the other nothing is open here that the team sees", r.Conditions)
	}
	c := r.Conditions[0]
	want := `"Every feature says which problem it solves": open in 12 of 15 teams (2 here, 1 of them new this week). ` +
		"This looks like a condition of the whole organisation: one talk above the teams may do more than one in each."
	if c.Text != want || c.Teams != 12 || c.Of != 15 || c.Here != 2 {
		t.Errorf("condition = %+v, want %s", c, want)
	}
	if len(r.New.Items) != 0 || r.New.Apart != 1 || r.New.More != 0 {
		t.Errorf("new = %+v, want the one new told apart", r.New)
	}
	for _, l := range r.StillOpen.Lines {
		if l.Rule == c.Rule && (l.Now != 2 || len(l.Items)+l.More != 0) {
			t.Errorf("line = %+v, want the number without the list", l)
		}
	}
	if i := slices.IndexFunc(r.Settled.Items, func(i reports.Item) bool { return i.Rule == c.Rule }); i < 0 {
		t.Error("what was settled of it is not told: good news is told in any case")
	}
}

func TestWhatARuleNoticedTooMuchOfIsKeptBack(t *testing.T) {
	const moved = "PAY-301"
	for _, c := range []struct {
		reader finding.Audience
		note   string
	}{
		{finding.ForTeam, `6 new exceptions to "Decisions leave a trace" are kept back: far more came up at once than usual. They are told once somebody has looked whether they are right.`},
		{finding.ForEM, "fairlead rules unmute decision-not-recorded tells them"},
	} {
		in := reporttest.KeptBack()
		in.Reader = c.reader
		r := reports.Build(in)
		addsUp(t, r)
		if want := reports.Build(reporttest.NormalWeek()); r.Headline != want.Headline {
			t.Errorf("for %s: headline = %q, want %q", c.reader, r.Headline, want.Headline)
		}
		if !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, c.note) }) {
			t.Errorf("for %s: notes = %q, want %q", c.reader, r.Notes, c.note)
		}
		for _, f := range reports.Formats() {
			if text := string(render(t, r, f)); strings.Contains(text, moved) {
				t.Errorf("for %s as %s: %s is told", c.reader, f, moved)
			}
		}
		in.Silent[0].Lifted = in.Now
		if r := reports.Build(in); r.Counts.Open != 11 {
			t.Errorf("for %s: once lifted %d are open, want 11", c.reader, r.Counts.Open)
		}
	}
}

func TestNobodyIsToldOfWhatIsKeptBackFromThemAnyway(t *testing.T) {
	in := reporttest.ForTheEM()
	in.Silent = []finding.Mute{{Rule: "assigned-bypassing-em", From: in.Week.Start}}
	for _, c := range []struct {
		reader finding.Audience
		notes  int
	}{{finding.ForTeam, 0}, {finding.ForEMPM, 0}, {finding.ForEM, 1}} {
		in.Reader = c.reader
		if r := reports.Build(in); len(r.Notes) != c.notes {
			t.Errorf("for %s: notes = %q, want %d", c.reader, r.Notes, c.notes)
		}
	}
}

func TestWeeksThatHistoryCannotTellAreUnknown(t *testing.T) {
	r := reports.Build(reporttest.WithoutHistory())
	addsUp(t, r)
	unknown := map[string]int{}
	for _, l := range r.StillOpen.Lines {
		for _, n := range l.Trend {
			if n == nil {
				unknown[l.Rule]++
			}
		}
	}
	if unknown["feature-without-problem"] != 0 || unknown["work-without-sprint-goal"] != 11 || unknown["decision-not-recorded"] != 9 {
		t.Errorf("unknown weeks = %v", unknown)
	}
	if want := `Earlier weeks of "Every sprint has a goal" cannot be told: trackers keep no whole history of what it looks at.`; r.StillOpen.Gap != want {
		t.Errorf("gap = %q, want %q", r.StillOpen.Gap, want)
	}
	in := reporttest.WithoutHistory()
	for i := range in.Agreements {
		in.Agreements[i].NoHistory, in.Agreements[i].Known = true, in.Week.End.Add(7*24*time.Hour)
	}
	r = reports.Build(in)
	addsUp(t, r) // the week reported on is told in any case
	if want := `Earlier weeks of "Decisions leave a trace", "Every feature says which problem it solves" and "Every sprint has a goal" cannot be told`; !strings.HasPrefix(r.StillOpen.Gap, want) {
		t.Errorf("gap = %q, want %q", r.StillOpen.Gap, want)
	}
}

func TestTheNarrowerOfTwoAudiencesCounts(t *testing.T) {
	for _, c := range []struct {
		tell, reader finding.Audience
		open         int
	}{
		{"", finding.ForTeam, 5},
		{finding.ForOrg, finding.ForTeam, 5},
		{finding.ForTeam, finding.ForTeam, 5},
		{finding.ForEM, finding.ForTeam, 3},
		{finding.ForEM, finding.ForEM, 3},
	} {
		in := reporttest.ForTheEM()
		in.Reader, in.Agreements = c.reader, slices.Clone(in.Agreements)
		in.Agreements[0].Tell = c.tell
		r := reports.Build(in)
		addsUp(t, r)
		if r.Counts.Open != c.open {
			t.Errorf("told to %q, read as %s: %d open, want %d", c.tell, c.reader, r.Counts.Open, c.open)
		}
		if inLetter := strings.Contains(string(render(t, r, reports.Formats()[0])), "Bulk export"); inLetter != (c.reader == finding.ForEM || c.open == 5) {
			t.Errorf("told to %q, read as %s: PAY-231 is told = %v", c.tell, c.reader, inLetter)
		}
	}
	// A rule whose findings name people is never told to more than it was made for.
	in := reporttest.ForTheEM()
	in.Reader, in.Agreements = finding.ForTeam, slices.Clone(in.Agreements)
	for i := range in.Agreements {
		in.Agreements[i].Tell = finding.ForOrg
	}
	if r := reports.Build(in); r.Counts.Open != 5 {
		t.Errorf("%d are open to the team, want 5", r.Counts.Open)
	}
}
