package reports_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
	"github.com/fairlead-dev/fairlead/trends"
)

func TestNumbers(t *testing.T) {
	weeks := func(values ...float64) func(*reports.Inputs) { // of throughput, the latest first
		return func(in *reports.Inputs) {
			in.Snapshots = nil
			for n, v := range values {
				in.Snapshots = append(in.Snapshots, trends.Snapshot{Week: in.Week.Before(n).String(), Values: map[string]float64{trends.Throughput: v}})
			}
		}
	}
	part := func(now, of, before, ofBefore float64) func(*reports.Inputs) {
		return func(in *reports.Inputs) {
			in.Snapshots = []trends.Snapshot{
				{Week: in.Week.String(), Values: map[string]float64{trends.CarriedOver: now, trends.CarriedOverOf: of}},
				{Week: in.Week.Before(2).String(), Values: map[string]float64{trends.CarriedOver: before, trends.CarriedOverOf: ofBefore}},
			}
		}
	}
	few := func(in *reports.Inputs) { in.People = 4 }
	em := func(in *reports.Inputs) {
		in.Reader = finding.ForEM
		in.Snapshots = []trends.Snapshot{
			{Week: in.Week.String(), Values: map[string]float64{trends.AwarenessHours: 30, trends.AwarenessOf: 6}},
			{Week: in.Week.Before(1).String(), Values: map[string]float64{trends.AwarenessHours: 5, trends.AwarenessOf: 8}},
		}
	}
	for _, c := range []struct {
		name   string
		change []func(*reports.Inputs)
		want   []string
	}{
		{"one that changed", []func(*reports.Inputs){weeks(12, 9)}, []string{"12 tickets were finished; 9 the week before."}},
		{"one that changed by one alone", []func(*reports.Inputs){weeks(1, 2)}, nil},
		{"none at all", []func(*reports.Inputs){weeks(0, 3)}, []string{"No tickets were finished; 3 the week before."}},
		{"none before", []func(*reports.Inputs){weeks(3, 0)}, []string{"3 tickets were finished; none the week before."}},
		{"none of a part", []func(*reports.Inputs){part(0, 12, 4, 12)}, []string{"None of 12 tickets were unfinished when their sprint ended; 4 of 12 two weeks before."}},
		{"one that hardly changed", []func(*reports.Inputs){weeks(10, 9)}, nil},
		{"one that stands out", []func(*reports.Inputs){weeks(10, 9, 8, 9, 8, 9, 8)}, []string{"10 tickets were finished, more than in any of the six weeks before; 9 the week before."}},
		{"one of a week alone", []func(*reports.Inputs){weeks(12)}, nil},
		{"none of fewer than five people", []func(*reports.Inputs){weeks(12, 9), few}, nil},
		{"a part of ten or more", []func(*reports.Inputs){part(2, 10, 4, 12)}, []string{"2 of 10 tickets were unfinished when their sprint ended; 4 of 12 two weeks before."}},
		{"a part of fewer than ten", []func(*reports.Inputs){part(2, 9, 4, 8)}, []string{"2 tickets were unfinished when their sprint ended; 4 two weeks before."}},
		{"a part of nothing", []func(*reports.Inputs){part(0, 0, 4, 8)}, nil},
		{"what tells of the EM is for the EM", []func(*reports.Inputs){em}, []string{"Half of the 6 tickets begun had you in them within 30 hours; 5 hours the week before."}},
		{"and for nobody else", []func(*reports.Inputs){em, func(in *reports.Inputs) { in.Reader = finding.ForEMPM }}, nil},
		{"nothing was kept", []func(*reports.Inputs){weeks()}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := reporttest.NormalWeek()
			for _, change := range c.change {
				change(&in)
			}
			var got []string
			for _, n := range reports.Build(in).Numbers {
				got = append(got, n.Text)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAtMostFourNumbersAreTold(t *testing.T) {
	if got := len(reports.Build(reporttest.Hostile()).Numbers); got != 4 {
		t.Errorf("%d numbers, want 4", got)
	}
}

func TestDatesAreWrittenAsReadersDo(t *testing.T) {
	for _, c := range []struct{ locale, week, settled, slip string }{
		{"", "9–15 November", "3 November", "20 November to 1 December"},
		{"en-GB", "9–15 November", "3 November", "20 November to 1 December"},
		{"en-US", "November 9–15", "November 3", "November 20 to December 1"},
		{"de", "9.–15. November", "3. November", "20. November to 1. Dezember"},
		{"fr", "9–15 novembre", "3 novembre", "20 novembre to 1er décembre"},
		{"es", "9–15 de noviembre", "3 de noviembre", "20 de noviembre to 1 de diciembre"},
		{"nl", "9–15 november", "3 november", "20 november to 1 december"},
		{"pt", "9–15 de novembro", "3 de novembro", "20 de novembro to 1 de dezembro"},
		{"it", "9–15 novembre", "3 novembre", "20 novembre to 1 dicembre"},
		{"pl", "9–15 listopada", "3 listopada", "20 listopada to 1 grudnia"},
		{"sv", "9–15 november", "3 november", "20 november to 1 december"},
		{"ja", "11月9日～15日", "11月3日", "11月20日 to 12月1日"},
		{"xx", "9–15 November", "3 November", "20 November to 1 December"},
	} {
		t.Run(c.locale, func(t *testing.T) {
			in := reporttest.QuietWeek()
			in.Team.Locale = c.locale
			in.Slipped = reporttest.NormalWeek().Slipped
			r := reports.Build(in)
			if r.Week.Days != c.week {
				t.Errorf("week %q, want %q", r.Week.Days, c.week)
			}
			if want := "Nothing open. Last one settled on " + c.settled + "."; r.Headline != want {
				t.Errorf("headline %q, want %q", r.Headline, want)
			}
			if !strings.Contains(r.Slips[0].Text, "from "+c.slip+",") {
				t.Errorf("slip %q, want it to move from %s", r.Slips[0].Text, c.slip)
			}
		})
	}
	if len(reports.Locales()) != 11 {
		t.Errorf("locales: %q", reports.Locales())
	}
}

func TestWeekdaysAndYearsAreWrittenAsReadersDo(t *testing.T) {
	in := reporttest.NormalWeek()
	in.Team.Locale = "de"
	r := reports.Build(in)
	if got := r.New.Items[0].Age; got != "noticed on Dienstag" {
		t.Errorf("age = %q", got)
	}
	if got := r.Data[0]; got != "Read from Jira on Sonntag 23:40, from Linear at 23:41, nothing missing." {
		t.Errorf("data = %q", got)
	}
	in.Week = in.Week.Before(-7) // week 53
	if got := reports.Build(in).Week.Days; got != "28. Dezember 2026 – 3. Januar 2027" {
		t.Errorf("days = %q", got)
	}
}

// A waiver may hold back something that only the EM sees: nobody else may learn of
// it by the waiver.
func TestWaiversTellNoMoreThanTheirFindings(t *testing.T) {
	in := reporttest.NormalWeek()
	narrow := in.Findings[0]
	narrow.ID, narrow.Audience, narrow.Rule = "narrow", finding.ForEM, "assigned-bypassing-em"
	narrow.State, narrow.Subject.ID, narrow.Subject.Key = finding.Waived, "PAY-777", "PAY-777"
	narrow.Spans = []finding.Span{{From: in.Week.Start, To: in.Week.Start, End: finding.Waived}}
	in.Findings = append(in.Findings, narrow)
	word := func(scope finding.Scope) {
		in.Waivers = append(in.Waivers, finding.Waivers([]finding.Word{{ID: "n" + string(scope.Finding), Kind: finding.WaivedFor, By: "lee", At: in.Week.Start.Add(-time.Hour), Reason: "between Dana and Lee",
			Scope: scope, Expires: in.Week.End.Add(24 * time.Hour)}})...)
	}
	word(finding.Scope{Finding: "narrow"})
	if text := string(render(t, reports.Build(in), reports.FormatJSON)); strings.Contains(text, "between Dana") || strings.Contains(text, "PAY-777") {
		t.Error("the team reads of a waiver for the EM")
	}
	in.Reader = finding.ForEM
	if text := string(render(t, reports.Build(in), reports.FormatJSON)); !strings.Contains(text, "between Dana") {
		t.Error("the EM does not read of their waiver")
	}
}

func TestAWaiverThatCoversNarrowerFindingsGivesNoReason(t *testing.T) {
	in := reporttest.NormalWeek()
	i := slices.IndexFunc(in.Findings, func(f finding.Finding) bool { return f.State == finding.Waived })
	narrow := in.Findings[i]
	narrow.ID, narrow.Audience = "narrow", finding.ForEM
	in.Findings = append(in.Findings, narrow)
	r := reports.Build(in)
	if len(r.Ending) != 1 || strings.Contains(r.Ending[0].Text, "research") || r.Ending[0].Covers != 2 {
		t.Errorf("%+v, want two covered and no reason", r.Ending)
	}
	if e := reports.Build(reporttest.NormalWeek()).Ending; len(e) != 1 || !strings.Contains(e[0].Text, "research") || !strings.Contains(e[0].Text, "renewed once") {
		t.Errorf("%+v, want the reason and the renewal", e)
	}
}

func TestTheAgendaIsForThePair(t *testing.T) {
	in := reporttest.ForThePair()
	in.Trials[0].Ends = in.Week.End.Add(3 * 24 * time.Hour)
	topics := reports.Build(in).Agenda
	if len(topics) != 4 {
		t.Errorf("%d topics: %+v, want findings, slips, waiver and experiment", len(topics), topics)
	}
	for _, topic := range topics {
		if !strings.Contains(topic.Text, "Why now: ") {
			t.Errorf("%q does not say why now", topic.Text)
		}
	}
	for _, reader := range []finding.Audience{finding.ForTeam, finding.ForEM, ""} {
		in.Reader = reader
		if topics := reports.Build(in).Agenda; len(topics) > 0 {
			t.Errorf("%q reads the agenda %+v", reader, topics)
		}
	}
}

func TestTheRetroAsksOneQuestionWhateverTheWeek(t *testing.T) {
	for _, c := range reporttest.Cases() {
		r := reports.Build(c.Inputs).Retro
		if r == nil || r.Standing != "What could we have done better?" || len(r.Starters) > 3 {
			t.Errorf("%s: %+v", c.Name, r)
		}
	}
	team, em := reporttest.ForTheEM(), reporttest.ForTheEM()
	team.Reader = finding.ForTeam
	if a, b := reports.Build(team).Retro, reports.Build(em).Retro; a.Question != b.Question || !slices.Equal(a.Starters, b.Starters) {
		t.Errorf("the team is asked %+v, the EM %+v", a, b)
	}
}

func TestSlipsThatWereTalkedAboutOnceAreLeftAlone(t *testing.T) {
	r := reports.Build(reporttest.NormalWeek())
	var keys []string
	for _, s := range r.Slips {
		keys = append(keys, s.Subject.Key)
	}
	if got := strings.Join(keys, " "); got != "PAY-166 PAY-170" {
		t.Errorf("slips are %q: one that slipped once and was written about is none", got)
	}
}

func TestTwoThousandOfEverythingAreCounted(t *testing.T) {
	r := reports.Build(reporttest.Crowded(2000))
	if len(r.Shipped.Items) != 5 || r.Shipped.More != 1995 {
		t.Errorf("%d shipped and %d more, want 5 and 1,995", len(r.Shipped.Items), r.Shipped.More)
	}
	if len(r.Slips) != 5 || r.MoreSlips != 1995 {
		t.Errorf("%d slips and %d more, want 5 and 1,995", len(r.Slips), r.MoreSlips)
	}
}

func TestAnEmptyTeamIsToldLittle(t *testing.T) {
	r := reports.Build(reporttest.EmptyTeam())
	if r.Headline != "First report: nothing open." || len(r.Numbers)+len(r.Slips)+len(r.Shipped.Items)+len(r.Ending)+len(r.Experiments) > 0 || r.Trend != nil {
		t.Errorf("%+v", r)
	}
}

func TestWhatAnExperimentDidToTheFlowIsToldOfFivePeople(t *testing.T) {
	for _, c := range []struct {
		people int
		flow   bool
		want   string
	}{
		{7, true, "Exceptions a sprint went from 4 to 1; two sprints more before we can say."},
		{4, false, "Exceptions a sprint went from 4 to 1; two sprints more before we can say."},
		{4, true, "Its number is about the flow of work, which is told of five people or more."},
	} {
		in := reporttest.NormalWeek()
		in.People, in.Trials[0].Flow = c.people, c.flow
		if got, want := reports.Build(in).Experiments[0].Text, "Since 12 October, until 18 December. "+c.want; got != want {
			t.Errorf("%d people: %q, want %q", c.people, got, want)
		}
	}
}

func TestAnExperimentThatWasEndedEarlySaysSo(t *testing.T) {
	in := reporttest.NormalWeek()
	one := &in.Trials[0]
	one.Ends = in.Week.Start.AddDate(0, 0, 2)
	for _, c := range []struct {
		early bool
		want  string
	}{{false, "From 12 October to 10 November. "}, {true, "From 12 October to 10 November, which was earlier than planned. "}} {
		one.Early = c.early
		if got := reports.Build(in).Experiments[0].Text; !strings.HasPrefix(got, c.want) {
			t.Errorf("early %v: %q, want it to begin %q", c.early, got, c.want)
		}
	}
}

func TestWhichExperimentsAreTold(t *testing.T) {
	week := reporttest.NormalWeek().Week
	trial := func(name string, began, ends time.Time) reports.TrialInput {
		return reports.TrialInput{Name: name, Began: began, Ends: ends, Verdict: "not moved"}
	}
	in := reporttest.NormalWeek()
	in.Trials = []reports.TrialInput{
		trial("runs", week.Before(3).Start, week.End.AddDate(0, 0, 9)),
		trial("begins", week.Start.AddDate(0, 0, 3), week.End.AddDate(0, 0, 30)),
		trial("ends", week.Before(8).Start, week.Start.AddDate(0, 0, 2)),
		trial("ended before", week.Before(8).Start, week.Start),
		trial("is still to come", week.End, week.End.AddDate(0, 0, 30)),
	}
	var got []string
	for _, e := range reports.Build(in).Experiments {
		got = append(got, e.Name)
	}
	if want := []string{"ends", "runs", "begins"}; !slices.Equal(got, want) {
		t.Errorf("told are %q, want %q", got, want)
	}
	for n := range 9 {
		in.Trials = append(in.Trials, trial(strings.Repeat("i", n+1), week.Start, week.End))
	}
	if r := reports.Build(in); len(r.Experiments) != 5 || r.MoreExperiments != 7 {
		t.Errorf("%d told and %d more, want 5 and 7", len(r.Experiments), r.MoreExperiments)
	}
}
