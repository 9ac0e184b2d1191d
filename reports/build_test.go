package reports_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

func TestHeadlines(t *testing.T) {
	changed := func(in reports.Inputs, change func(*reports.Inputs)) reports.Inputs {
		change(&in)
		return in
	}
	only := func(n ...int) func(*reports.Inputs) {
		return func(in *reports.Inputs) {
			var kept []finding.Finding
			for _, i := range n {
				kept = append(kept, in.Findings[i])
			}
			in.Findings = kept
		}
	}
	flying := func(inFlight, free int) func(*reports.Inputs) {
		return func(in *reports.Inputs) { in.Flights[0].InFlight, in.Flights[0].Clear = inFlight, free }
	}
	none := func(in *reports.Inputs) { in.Findings, in.Flights = nil, nil }
	for _, c := range []struct {
		name   string
		in     reports.Inputs
		want   string
		flight string
	}{
		{"fewer than last week", reporttest.NormalWeek(), "5 open exceptions, 3 fewer than last week: 1 new, 4 settled.", "36 of 41 tickets in flight have none."},
		{"no earlier week to compare with", reporttest.FirstReport(), "First report: 5 open exceptions.", "36 of 41 tickets in flight have none."},
		{"nobody ever looked", changed(reporttest.NormalWeek(), none), "First report: nothing open.", ""},
		{"nothing open for a while", reporttest.QuietWeek(), "Nothing open. Last one settled on 3 November.", "38 tickets are in flight."},
		{"nothing ever opened", changed(reporttest.QuietWeek(), only()), "Nothing open.", "38 tickets are in flight."},
		{"the last one settled this week", changed(reporttest.NormalWeek(), only(5)), "Nothing open, 1 fewer than last week: 1 settled.", "41 tickets are in flight."},
		{"one and the same", changed(reporttest.NormalWeek(), only(1)), "1 open exception, as many as last week.", "36 of 41 tickets in flight have none."},
		{"one came for one that went", changed(reporttest.NormalWeek(), only(0, 5)), "1 open exception, as many as last week: 1 new, 1 settled.", "36 of 41 tickets in flight have none."},
		{"more, in every way", reporttest.EveryEnding(), "4 open exceptions, 1 more than last week: 1 new, 1 opened again, 1 aged out.", "36 of 41 tickets in flight have none."},
		{"thousands", reporttest.Crowded(2000), "1,818 open exceptions, 48 fewer than last week: 122 new, 170 settled.", "480 of 2,310 tickets in flight have none."},
		{"fewer than ten tickets", reporttest.FewTickets(), "1 open exception, 1 more than last week: 1 new.", "8 tickets are in flight, too few for a share."},
		{"one ticket", changed(reporttest.FewTickets(), flying(1, 0)), "1 open exception, 1 more than last week: 1 new.", "1 ticket is in flight, too few for a share."},
		{"ten tickets are enough", changed(reporttest.FewTickets(), flying(10, 9)), "1 open exception, 1 more than last week: 1 new.", "9 of 10 tickets in flight have none."},
		{"no tickets", changed(reporttest.FewTickets(), flying(0, 0)), "1 open exception, 1 more than last week: 1 new.", "No tickets are in flight."},
		{"all tickets clear", changed(reporttest.FewTickets(), flying(12, 12)), "1 open exception, 1 more than last week: 1 new.", "None of the 12 tickets in flight has one."},
		{"no ticket clear", changed(reporttest.FewTickets(), flying(12, 0)), "1 open exception, 1 more than last week: 1 new.", "All 12 tickets in flight have one."},
		{"one ticket clear", changed(reporttest.FewTickets(), flying(12, 1)), "1 open exception, 1 more than last week: 1 new.", "1 of 12 tickets in flight has none."},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := reports.Build(c.in)
			if r.Headline != c.want {
				t.Errorf("headline = %q, want %q", r.Headline, c.want)
			}
			if r.InFlight != c.flight {
				t.Errorf("in flight = %q, want %q", r.InFlight, c.flight)
			}
			addsUp(t, r)
		})
	}
}

// addsUp checks the promise of Counts and that nothing is lost between the
// headline and the lists.
func addsUp(t *testing.T, r reports.Report) {
	t.Helper()
	c := r.Counts
	if c.LastWeek != nil {
		if got := *c.LastWeek + c.New + c.Reopened - c.Settled - c.AgedOut - c.Answered - c.Waived; got != c.Open {
			t.Errorf("the counts %+v add up to %d, want %d open", c, got, c.Open)
		}
	}
	open := r.StillOpen.MoreOpen
	for _, l := range r.StillOpen.Lines {
		open += l.Now
		if last := l.Trend[len(l.Trend)-1]; last == nil || *last != l.Now {
			t.Errorf("the trend of %q ends with %v, want %d", l.Promise, last, l.Now)
		}
	}
	if open != c.Open {
		t.Errorf("the agreements have %d open, the headline %d", open, c.Open)
	}
	for name, list := range map[string]struct {
		l    reports.List
		want int
	}{"new": {r.New, c.New}, "reopened": {r.Reopened, c.Reopened}, "settled": {r.Settled, c.Settled}, "aged out": {r.AgedOut, c.AgedOut}} {
		if got := len(list.l.Items) + list.l.More + list.l.Apart; got != list.want {
			t.Errorf("%s: %d listed or counted, want %d", name, got, list.want)
		}
	}
}

func TestAReportDoesNotDependOnTheOrderOfItsInputs(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			want := reports.Build(c.Inputs)
			r := rand.New(rand.NewPCG(1, 2))
			in := c.Inputs
			in.Findings, in.Flights = slices.Clone(in.Findings), slices.Clone(in.Flights)
			in.Agreements = slices.Clone(in.Agreements)
			r.Shuffle(len(in.Findings), func(i, j int) { in.Findings[i], in.Findings[j] = in.Findings[j], in.Findings[i] })
			r.Shuffle(len(in.Flights), func(i, j int) { in.Flights[i], in.Flights[j] = in.Flights[j], in.Flights[i] })
			r.Shuffle(len(in.Agreements), func(i, j int) {
				in.Agreements[i], in.Agreements[j] = in.Agreements[j], in.Agreements[i]
			})
			if got := reports.Build(in); !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestBuildLeavesItsInputsAlone(t *testing.T) {
	in, before := reporttest.ForTheEM(), reporttest.ForTheEM()
	reports.Build(in)
	if !reflect.DeepEqual(in, before) {
		t.Error("the inputs were changed")
	}
}

func TestWhoSeesWhat(t *testing.T) {
	const em, pair, team = "Chargeback letters", "Year-end statements", "Bulk export"
	for _, c := range []struct {
		reader finding.Audience
		sees   []string
	}{
		{finding.ForTeam, []string{team}},
		{finding.ForOrg, []string{team}},
		{"", []string{team}},
		{"everybody", []string{team}},
		{finding.ForEMPM, []string{team, pair}},
		{finding.ForEM, []string{team, pair, em}},
	} {
		t.Run("read as "+string(c.reader), func(t *testing.T) {
			in := reporttest.ForTheEM()
			in.Reader = c.reader
			r := reports.Build(in)
			for _, f := range reports.Formats() {
				text := string(render(t, r, f))
				for _, title := range []string{em, pair, team} {
					if got, want := strings.Contains(text, title), slices.Contains(c.sees, title); got != want {
						t.Errorf("%s as %s: seen is %v, want %v", title, f, got, want)
					}
				}
			}
			if r.Counts.Open != 5 {
				t.Errorf("%d open, want the 5 that the team sees", r.Counts.Open)
			}
		})
	}
}

func TestATeamReportIsTheSameWithAndWithoutNarrowFindings(t *testing.T) {
	with := reporttest.ForTheEM()
	with.Reader, with.FindingPages = finding.ForTeam, ""
	got, want := reports.Build(with), reports.Build(reporttest.NormalWeek())
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestWatchedAndUnknownAgreementsAreLeftOut(t *testing.T) {
	text := string(render(t, reports.Build(reporttest.EveryEnding()), reports.FormatJSON))
	for _, title := range []string{"Only watched", "No longer agreed"} {
		if strings.Contains(text, title) {
			t.Errorf("%q is reported", title)
		}
	}
}

func TestTrendsKnowZeroFromUnknown(t *testing.T) {
	in := reporttest.NormalWeek()
	in.Findings = in.Findings[:1] // open since Tuesday
	in.Flights = in.Flights[:4]
	trend := reports.Build(in).StillOpen.Lines[0].Trend
	for i, n := range trend {
		switch {
		case i < 8 && n != nil:
			t.Errorf("week %d: %d, want unknown", i, *n)
		case i >= 8 && n == nil:
			t.Errorf("week %d is unknown", i)
		case i >= 8 && i < 11 && *n != 0, i == 11 && *n != 1:
			t.Errorf("week %d: %d", i, *n)
		}
	}
}

func TestTheWeekEndsWhenTheTeamsZoneSaysSo(t *testing.T) {
	r := reports.Build(reporttest.ClockChange())
	var keys []string
	for _, i := range r.New.Items {
		keys = append(keys, i.Subject.Key+" "+i.Age)
	}
	// PAY-3 opened one minute later, on Monday 00:00 in Berlin.
	if want := []string{"PAY-1 noticed on Sunday", "PAY-2 noticed on Sunday"}; !slices.Equal(keys, want) {
		t.Errorf("new: %q, want %q", keys, want)
	}
	if got := r.Week.End.Sub(r.Week.Start); got != 169*time.Hour {
		t.Errorf("the week has %v, want 169 hours", got)
	}
	if got := r.Settled.Items[0].Age; got != "open for 7 days" {
		t.Errorf("settled after %q, want 7 days", got)
	}
}

func TestDaysOfWeeks(t *testing.T) {
	for _, c := range []struct{ week, want string }{
		{"2026-W46", "9–15 November"},
		{"2026-W49", "30 November – 6 December"},
		{"2026-W53", "28 December 2026 – 3 January 2027"},
		{"2026-W43", "19–25 October"},
		{"2026-W13", "23–29 March"},
	} {
		in := reporttest.NormalWeek()
		week, err := org.ParseWeek(c.week, reporttest.Berlin)
		if err != nil {
			t.Fatal(err)
		}
		in.Week = week
		if got := reports.Build(in).Week.Days; got != c.want {
			t.Errorf("%s: %q, want %q", c.week, got, c.want)
		}
	}
}

func TestAges(t *testing.T) {
	week := reporttest.NormalWeek().Week
	for _, c := range []struct {
		name  string
		since time.Duration // before the end of the week
		want  string
	}{
		{"this week", 30 * time.Hour, "noticed on Saturday"},
		{"the evening before the week", 7*24*time.Hour + time.Hour, "open for 7 days"},
		{"thirteen days", 13*24*time.Hour + time.Hour, "open for 13 days"},
		{"fourteen days", 14*24*time.Hour + time.Hour, "open for 2 weeks"},
		{"not quite three weeks", 20*24*time.Hour + time.Hour, "open for 2 weeks"},
		{"a year", 365 * 24 * time.Hour, "open for 52 weeks"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := reporttest.NormalWeek()
			in.Findings = in.Findings[:1]
			in.Findings[0].Spans = []finding.Span{{From: week.End.Add(-c.since).UTC()}}
			r := reports.Build(in)
			items := slices.Concat(r.New.Items, r.StillOpen.Lines[0].Items)
			if got := items[0].Age; got != c.want {
				t.Errorf("age = %q, want %q", got, c.want)
			}
		})
	}
}

func TestAPastWeekIsToldAsItWas(t *testing.T) {
	in := reporttest.NormalWeek()
	in.Week = in.Week.Before(1)
	r := reports.Build(in)
	if want := "8 open exceptions"; !strings.HasPrefix(r.Headline, want) {
		t.Errorf("headline = %q, want it to begin with %q", r.Headline, want)
	}
	if strings.Contains(string(render(t, r, reports.FormatText)), "PAY-231") {
		t.Error("a finding of the week after is told")
	}
	addsUp(t, r)
}

func TestManyAgreementsAreCut(t *testing.T) {
	in := reporttest.NormalWeek()
	in.Findings = in.Findings[:0]
	for n := range 30 {
		rule := "rule-" + strings.Repeat("i", n)
		in.Agreements = append(in.Agreements, reports.Agreement{Rule: rule, Promise: "Promise " + rule, Stage: reports.StageReport})
		f := reporttest.NormalWeek().Findings[1]
		f.Rule, f.ID = rule, finding.MakeID(rule, f.Subject, "")
		in.Findings = append(in.Findings, f)
	}
	r := reports.Build(in)
	if got := r.StillOpen; len(got.Lines) != 20 || got.MoreLines != 10 || got.MoreOpen != 10 {
		t.Errorf("%d lines, %d more with %d open", len(got.Lines), got.MoreLines, got.MoreOpen)
	}
	addsUp(t, r)
	if text := string(render(t, r, reports.FormatText)); !strings.Contains(text, "10 more agreements with 10 open exceptions") {
		t.Errorf("the rest is not told:\n%s", text)
	}
}

func TestWhatNobodyLooksForAnyMoreIsNotSettled(t *testing.T) {
	withdrawn := func(in reports.Inputs) finding.Finding {
		f := reporttest.NormalWeek().Findings[1]
		f.ID = finding.MakeID(f.Rule, f.Subject, "withdrawn")
		f.State = finding.Withdrawn
		f.Spans = []finding.Span{{From: in.Week.Before(2).Start.UTC(), To: in.Week.Start.Add(30 * time.Hour).UTC(), End: finding.Withdrawn}}
		return f
	}
	again := func(in reports.Inputs) finding.Finding {
		f := withdrawn(in)
		f.State = finding.Open
		f.Spans = append(f.Spans, finding.Span{From: in.Week.End.Add(time.Hour).UTC()})
		return f
	}
	for _, c := range []struct {
		name string
		add  func(reports.Inputs) finding.Finding
	}{
		{"withdrawn in the week", withdrawn},
		{"withdrawn in the week and open again after it", again},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := reporttest.NormalWeek()
			want := reports.Build(in).Counts
			in.Findings = append(in.Findings, c.add(in))
			r := reports.Build(in)
			if !reflect.DeepEqual(r.Counts, want) {
				t.Errorf("counts = %+v, want %+v", r.Counts, want)
			}
			addsUp(t, r)
		})
	}
}

func TestAFindingWithoutAStretchDoesNoHarm(t *testing.T) {
	in := reporttest.NormalWeek()
	in.Findings = append(in.Findings, finding.Finding{Seen: finding.Seen{Rule: "feature-without-problem", Audience: finding.ForTeam}})
	if got := reports.Build(in).Counts.Open; got != 5 {
		t.Errorf("%d open, want 5", got)
	}
}
