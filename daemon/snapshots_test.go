package daemon

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/trends"
)

// kept are the snapshots of the team's last weeks: "42: open 1, throughput 0".
func (l *line) kept(team string, weeks int, measures ...string) string {
	l.t.Helper()
	all, err := l.snapshotsOf(l.t.Context(), team, org.WeekOf(l.at, time.UTC).Before(1), weeks)
	if err != nil {
		l.t.Fatal(err)
	}
	var out []string
	for _, s := range all {
		var values []string
		for _, m := range measures {
			if v, known := s.Values[m]; known {
				values = append(values, fmt.Sprintf("%s %v", m, v))
			} else {
				values = append(values, m+" -")
			}
		}
		out = append(out, s.Week[len("2026-W"):]+" "+strings.Join(values, ", "))
	}
	return strings.Join(out, "\n")
}

// finished is a ticket worked on for two days and done at the moment.
func finished(key string, at time.Time) ticket.Ticket {
	t := feature("jira", key, at.Add(-10*aWeek))
	value := func(c ticket.Category) []ticket.Value { return []ticket.Value{{Text: string(c), Norm: string(c)}} }
	t.History = []ticket.Change{
		{ID: "1", At: at.Add(-48 * time.Hour), Field: ticket.FieldStatus, From: value(ticket.Todo), To: value(ticket.Started)},
		{ID: "2", At: at, Field: ticket.FieldStatus, From: value(ticket.Started), To: value(ticket.Done)},
	}
	t.Category, t.Status, t.Started, t.Updated = ticket.Done, "Done", time.Time{}, at
	t.Normalise()
	return t
}

// readings counts how often all tickets are read.
type readings struct {
	store.Store
	n int
}

func (r *readings) Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error] {
	r.n++
	return r.Store.Tickets(ctx)
}

func TestCompleteWeeksAreKeptAndReadOnce(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-3*aWeek)), finished("PAY-2", monday.Add(-72*time.Hour))}}
	l := newLine(t, s)
	counting := &readings{Store: l.store}
	l.store = counting
	l.sync()
	l.check()
	want := "43 open 0, new 0, settled 0, in-flight 0, throughput 0, cycle-time-median -\n" +
		"44 open 1, new 1, settled 0, in-flight 1, throughput 0, cycle-time-median -\n" +
		"45 open 1, new 0, settled 0, in-flight 1, throughput 0, cycle-time-median -\n" +
		"46 open 1, new 0, settled 0, in-flight 1, throughput 1, cycle-time-median 2"
	measures := []string{trends.Open, trends.New, trends.Settled, trends.InFlight, trends.Throughput, trends.CycleMedian}
	if got := l.kept("payments", 4, measures...); got != want {
		t.Errorf("payments\n%s\nwant\n%s", got, want)
	}
	if got := l.kept("", 4, measures...); got != want {
		t.Errorf("the organisation\n%s\nwant the same\n%s", got, want)
	}
	if got := l.kept("payments", 26, trends.Open, trends.Throughput); !strings.HasPrefix(got, "21 open -, throughput -\n") || strings.Count(got, "throughput -") != 16 {
		t.Errorf("weeks before the first ticket are told:\n%s", got)
	}
	counting.n = 0
	l.later(time.Hour)
	l.check()
	if counting.n != 1 { // what a check itself takes
		t.Errorf("the next check read all tickets %d times, want once", counting.n)
	}
	l.later(aWeek)
	counting.n = 0
	l.check()
	l.later(time.Hour)
	l.check()
	if counting.n != 4 { // once a check, once the end of the week that passed, once for its numbers
		t.Errorf("with a week that became complete two checks read all tickets %d times, want 4", counting.n)
	}
	if got := l.kept("payments", 1, measures...); got != "47 open 1, new 0, settled 0, in-flight 1, throughput 0, cycle-time-median -" {
		t.Errorf("the new week is %s", got)
	}
}

func TestWithoutAnyAgreementWeeksAreReadOnceAllTheSame(t *testing.T) {
	l := newLine(t, &fakeSource{name: "jira", tickets: []ticket.Ticket{finished("PAY-2", monday.Add(-72*time.Hour))}})
	l.agree()
	counting := &readings{Store: l.store}
	l.store = counting
	l.sync()
	l.check()
	counting.n = 0
	l.later(time.Hour)
	l.check()
	if counting.n != 1 { // what a check itself takes
		t.Errorf("the next check read all tickets %d times, want once", counting.n)
	}
	if got := l.kept("", 1, trends.Open, trends.Throughput); got != "46 open -, throughput 1" {
		t.Errorf("the organisation has %s", got)
	}
}

func TestAWeekIsCountedOnceAllItsSourcesWereReadAfterItsEnd(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{finished("PAY-2", monday.Add(-2*aWeek))}}
	other := &fakeSource{name: "jira too"}
	l := newLine(t, s, other)
	l.sync()
	l.check()
	s.trouble = errHalfway
	s.tickets = append(s.tickets, finished("PAY-3", monday.Add(48*time.Hour)))
	for range 2 {
		l.later(aWeek)
		l.check()
		if got := l.kept("payments", 1, trends.Open, trends.Throughput); !strings.HasSuffix(got, "open -, throughput -") {
			t.Errorf("a source was not read since, and the week is told as %s", got)
		}
	}
	s.trouble = nil
	l.later(time.Hour)
	l.check()
	if got := l.kept("", 3, trends.Open, trends.Throughput); got != "46 open 0, throughput 0\n47 open 0, throughput 1\n48 open 0, throughput 0" {
		t.Errorf("read late, the weeks are\n%s", got)
	}
}

func TestWhatWasToldOfAWeekStays(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-3*aWeek))}}
	l := newLine(t, s)
	l.sync()
	l.check()
	before := l.kept("payments", 4, trends.Open, trends.Throughput)

	// Tickets that go away take no past with them; those that come late bring none
	// but what the ledger says of the last weeks.
	s.tickets = append(s.tickets, finished("PAY-9", monday.Add(-aWeek)))
	l.later(24 * time.Hour)
	l.check()
	if got := l.kept("payments", 4, trends.Open, trends.Throughput); got != before {
		t.Errorf("a ticket read later makes the weeks\n%s\nwant as told\n%s", got, before)
	}

	// The ledger changes in the last thirteen weeks; of older ones only what was
	// not known is added.
	year, number := monday.AddDate(0, 0, -7*15).ISOWeek()
	old := store.Snapshot{Team: "payments", Week: fmt.Sprintf("%d-W%02d", year, number), Taken: monday, Values: map[string]float64{trends.Open: 99}}
	recent := store.Snapshot{Team: "payments", Week: "2026-W45", Taken: monday, Values: map[string]float64{trends.Open: 99, trends.Throughput: 99}}
	if err := l.store.SaveSnapshots(t.Context(), []store.Snapshot{old, recent}); err != nil {
		t.Fatal(err)
	}
	s.tickets = nil
	l.at = l.at.Add(time.Hour)
	if err := l.keepSnapshots(t.Context(), l.at, true); err != nil {
		t.Fatal(err)
	}
	if got := l.kept("payments", 2, trends.Open, trends.Throughput); got != "45 open 1, throughput 99\n46 open 1, throughput 0" {
		t.Errorf("counted again, the last weeks are\n%s", got)
	}
	if got := l.kept("payments", 15, trends.Open); !strings.HasPrefix(got, "32 open 99\n33 open -\n") {
		t.Errorf("the old weeks are\n%s", got)
	}
}

func TestAnAgreementThatEndsTakesNoPastWithIt(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-3*aWeek))}}
	l := newLine(t, s)
	l.agree(append(shipped(t, "feature-without-problem"), plainRule(t, "other", "yes"))...)
	l.sync()
	l.check()
	want := l.kept("payments", 4, trends.Open, trends.OfRule(trends.Open, "other"))
	l.agree(shipped(t, "feature-without-problem")...)
	l.later(time.Hour)
	if r := l.check(); r.Withdrawn != 1 {
		t.Fatalf("the check did %+v, want one finding withdrawn", r)
	}
	if got := l.kept("payments", 4, trends.Open, trends.OfRule(trends.Open, "other")); got != want {
		t.Errorf("the weeks are\n%s\nwant as told\n%s", got, want)
	}
}

func TestWhatPeopleSaidCounts(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-3*aWeek))}}
	l := newLine(t, s)
	l.sync()
	l.check()
	word := finding.Word{ID: "w", Kind: finding.AnsweredSo, By: "lee", At: monday.Add(time.Hour), Reason: "on purpose", Finding: l.finding("PAY-1").ID}
	if err := l.store.AddWord(t.Context(), word); err != nil {
		t.Fatal(err)
	}
	l.later(aWeek)
	l.check()
	if got := l.kept("payments", 2, trends.Open, trends.Settled); got != "46 open 1, settled 0\n47 open 0, settled 0" {
		t.Errorf("answered on Monday of week 47, the weeks are\n%s", got)
	}
}

// answers is an outside that says what a test wants.
type answers struct {
	asked []string
	say   func(query, team string, week org.Week) (float64, error)
}

func (a *answers) Value(_ context.Context, query, team string, week org.Week) (float64, error) {
	a.asked = append(a.asked, query+" "+team+" "+week.String()[len("2026-W"):])
	return a.say(query, team, week)
}

func (a *answers) reset() []string {
	out := a.asked
	a.asked = nil
	return out
}

func TestOutsideNumbers(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{finished("PAY-2", monday.Add(-72*time.Hour))}}
	l := newLine(t, s)
	core, logs := observer.New(zap.WarnLevel)
	l.log = zap.New(core)
	l.cfg().Numbers = []config.OutsideNumber{{Name: "deploys", Query: "d{t=$team}"}, {Name: "up", Query: "up"}}
	out := &answers{say: func(_, _ string, week org.Week) (float64, error) {
		if week.Number < 45 {
			return 0, trends.Gap{Why: "the query gives no value"}
		}
		return float64(week.Number), nil
	}}
	l.outside = out
	l.sync()
	l.check()
	if n := len(out.reset()); n != 2*26 {
		t.Errorf("at first %d questions were asked, want one for each of 26 weeks and two numbers", n)
	}
	if got := l.kept("payments", 3, "outside:deploys", "outside:up", trends.Throughput); got != "44 outside:deploys -, outside:up -, throughput 0\n45 outside:deploys 45, outside:up -, throughput 0\n46 outside:deploys 46, outside:up -, throughput 1" {
		t.Errorf("payments\n%s", got)
	}
	if got := l.kept("", 2, "outside:deploys", "outside:up"); got != "45 outside:deploys -, outside:up 45\n46 outside:deploys -, outside:up 46" {
		t.Errorf("the organisation\n%s", got)
	}

	// Of what is not known only the last weeks are asked for again, once an hour.
	l.later(time.Minute)
	l.check()
	if got := strings.Join(out.reset(), ", "); got != "d{t=$team} payments 44, d{t=$team} payments 43, up  44, up  43" {
		t.Errorf("then %s", got)
	}
	l.later(time.Minute)
	l.check()
	if got := out.reset(); len(got) != 0 {
		t.Errorf("a minute later %v", got)
	}

	// A server that cannot be asked stops the questions, not the check.
	out.say = func(string, string, org.Week) (float64, error) {
		return 0, trends.Gap{Why: "the server could not be reached", Deaf: true}
	}
	logs.TakeAll()
	l.later(aWeek)
	l.check()
	if got := strings.Join(out.reset(), ", "); got != "d{t=$team} payments 47" {
		t.Errorf("of a server that is not there %s", got)
	}
	if logged := logs.FilterMessage("an outside number is not known").Len(); logged != 1 {
		t.Errorf("it was logged %d times, want once", logged)
	}
	if got := l.kept("payments", 1, "outside:deploys", trends.Throughput); got != "47 outside:deploys -, throughput 0" {
		t.Errorf("the week is %s", got)
	}

	// Doctor asks anew and keeps nothing.
	states, err := l.examineNumbers(t.Context(), l.at)
	if err != nil || len(states) != 2 || states[0].Trouble != "the server could not be reached" || states[1].Trouble != states[0].Trouble || len(out.reset()) != 1 {
		t.Errorf("doctor says %+v, %v", states, err)
	}
	out.say = func(string, string, org.Week) (float64, error) { return 12, nil }
	states, err = l.examineNumbers(t.Context(), l.at)
	var text strings.Builder
	if err := (&Examination{Numbers: states}).Text(&text); err != nil {
		t.Fatal(err)
	}
	if err != nil || !strings.Contains(text.String(), "deploys of team payments in 2026-W47: 12\n") {
		t.Errorf("doctor says %s, %v", text.String(), err)
	}

	// Once it can be asked again, what is missing is made up for.
	l.later(2 * time.Hour)
	l.check()
	if got := l.kept("payments", 1, "outside:deploys"); got != "47 outside:deploys 12" {
		t.Errorf("the week is %s", got)
	}
}

func TestAnInterruptedCheckSaysSo(t *testing.T) {
	l := newLine(t, &fakeSource{name: "jira", tickets: []ticket.Ticket{finished("PAY-2", monday.Add(-72*time.Hour))}})
	l.cfg().Numbers = []config.OutsideNumber{{Name: "up", Query: "up"}}
	ctx, cancel := context.WithCancel(t.Context())
	l.outside = &answers{say: func(string, string, org.Week) (float64, error) {
		cancel()
		return 0, context.Canceled
	}}
	l.sync()
	if _, err := l.Check(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

func TestTrials(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-13*aWeek))}}
	l := newLine(t, s)
	l.sync()
	l.check()
	var rows []store.Snapshot
	for i, n := range []float64{4, 5, 4, 3, 4, 1, 1, 2, 1, 0} {
		rows = append(rows, store.Snapshot{Team: "payments", Week: fmt.Sprintf("2026-W%02d", 37+i), Taken: monday, Values: map[string]float64{"open:feature-without-problem": n}})
	}
	if err := l.store.SaveSnapshots(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	trial := config.Experiment{Name: "Goals", Team: "payments", Measure: "feature-without-problem", Expect: "down by half", Start: "2026-10-12", End: "2026-11-22"}
	over, ahead, all := trial, trial, trial
	over.Name, over.Start, over.End = "Over", "2026-09-01", "2026-11-08"
	ahead.Name, ahead.Start, ahead.End = "Ahead", "2026-11-30", "2026-12-31"
	all.Name, all.Team, all.Measure = "Everybody", "", "throughput"
	l.cfg().Experiments = []config.Experiment{all, trial, over, ahead}
	team, _ := l.cfg().Directory.Team("payments")
	week := org.WeekOf(monday, time.UTC)
	got := func(team *org.Team, w org.Week) string {
		t.Helper()
		trials, err := l.trialsOf(t.Context(), team, w, &laidWeeks{f: l.Fairlead})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, one := range trials {
			out = append(out, fmt.Sprintf("%s: %s after %d", one.Name, one.Verdict, one.After.Weeks))
		}
		return strings.Join(out, ", ")
	}
	for _, c := range []struct {
		name string
		team *org.Team
		week org.Week
		want string
	}{
		{"the last week", team, week.Before(1), "Goals: moved as expected after 5, Everybody: too little data after 5"},
		{"the running week is told as of the one before", team, week, "Goals: moved as expected after 5, Everybody: too little data after 5"},
		{"the week in which one ended", team, week.Before(2), "Goals: moved as expected after 4, Over: too little data after 9, Everybody: too little data after 4"},
		{"three weeks in", team, week.Before(3), "Goals: too little data after 3, Over: too little data after 8, Everybody: too little data after 3"},
		{"before all", team, week.Before(20), ""},
		{"the organisation's own", nil, week.Before(1), "Everybody: too little data after 5"},
	} {
		if text := got(c.team, c.week); text != c.want {
			t.Errorf("%s: %s, want %s", c.name, text, c.want)
		}
	}
	trials, err := l.trialsOf(t.Context(), team, week.Before(1), &laidWeeks{f: l.Fairlead})
	if err != nil || len(trials) != 2 {
		t.Fatalf("trials %+v, %v", trials, err)
	}
	want := `Open exceptions to "Every feature says which problem it solves", a week on average: 4 → 1, over 5 weeks each. It moved as expected (down by half) so far.`
	if trials[0].Text != want || trials[0].Verdict != trends.AsExpected || !trials[0].Running {
		t.Errorf("the team's says %s (%s)\nwant %s", trials[0].Text, trials[0].Verdict, want)
	}
}

func TestSnapshotsOfAWeekThatWasNotCountedHaveNoValues(t *testing.T) {
	l := newLine(t, &fakeSource{name: "jira"})
	all, err := l.snapshotsOf(t.Context(), "payments", org.WeekOf(monday, time.UTC), 3)
	if err != nil || len(all) != 3 || all[0].Week != "2026-W45" || all[2].Week != "2026-W47" || len(all[1].Values) != 0 {
		t.Errorf("got %+v, %v", all, err)
	}
}

func TestTwoTeamsAddUp(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{
		feature("jira", "PAY-1", monday.Add(-3*aWeek)), feature("jira", "CORE-1", monday.Add(-2*aWeek)),
		finished("PAY-2", monday.Add(-72*time.Hour)), finished("CORE-2", monday.Add(-72*time.Hour)),
	}}
	l := newLine(t, s)
	l.organise(
		org.Team{ID: "payments", Owns: org.Ownership{JiraProjects: []string{"PAY"}}},
		org.Team{ID: "core", Owns: org.Ownership{JiraProjects: []string{"CORE"}}},
		org.Team{ID: "elsewhere", Owns: org.Ownership{LinearTeams: []string{"X"}}})
	l.sync()
	l.check()
	if got := l.kept("", 3, trends.Open, trends.InFlight, trends.Throughput); got != "44 open 1, in-flight 1, throughput 0\n45 open 2, in-flight 2, throughput 0\n46 open 2, in-flight 2, throughput 2" {
		t.Errorf("the organisation\n%s", got)
	}
	rows, err := l.store.Snapshots(t.Context(), "elsewhere", "2026-W01", "2026-W53")
	if err != nil || len(rows) != 0 {
		t.Errorf("a team whose trackers nobody reads has the weeks %+v, %v", rows, err)
	}
	one, err := l.snapshotsOf(t.Context(), "core", org.WeekOf(monday, time.UTC).Before(1), 1)
	if err != nil || !maps.Equal(map[string]float64{trends.Open: one[0].Values[trends.Open]}, map[string]float64{trends.Open: 1}) {
		t.Errorf("core has %+v, %v", one, err)
	}
}
