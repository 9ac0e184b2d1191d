package main

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/daemon"
)

func shownTrends() *daemon.TrendsShown {
	return &daemon.TrendsShown{
		Team: "=cmd()", Name: "Payments", Outside: []string{"deploys"},
		Weeks: []daemon.TrendWeek{
			{Week: "2026-W45", Values: map[string]float64{}},
			{Week: "2026-W46", Values: map[string]float64{
				"open": 5, "new": 0, "settled": 3, "in-flight": 41, "clear": 36, "cycle-time-median": 3.04, "cycle-time-85": 12.4, "throughput": 8,
				"unplanned": 1, "unplanned-of": 3, "outside:deploys": -1.5, "open:-rule": 2,
			}},
		},
		Marks: []daemon.TrendMark{{Week: "2026-W46", Day: "Monday 9 November 2026", Text: "Goals begins"}},
	}
}

func TestTrendsAsATable(t *testing.T) {
	var out strings.Builder
	if err := describeTrends(&out, shownTrends()); err != nil {
		t.Fatal(err)
	}
	const want = `Payments

      week  open  new  settled  aligned work  cycle days  85th  finished  bugs in  out  carried over  unplanned  EM aware h  deploys
  2026-W45     -    -        -             -           -     -         -        -    -             -          -           -        -
  2026-W46     5    0        3      36 of 41           3    12         8        -    -             -     1 of 3           -     -1.5

2026-W46: Goals begins (Monday 9 November 2026)

- is not known. What each number counts: docs/trends.md
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	if strings.Contains(out.String(), "%") {
		t.Error("a percentage of fewer than ten is told")
	}
}

func TestTrendsAsCSV(t *testing.T) {
	var out strings.Builder
	if err := writeTrendsCSV(&out, shownTrends()); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%v\n%s", err, out.String())
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	for name, want := range map[string]string{"team": "'=cmd()", "week": "2026-W46", "open": "5", "new": "0", "outside:deploys": "-1.5", "open:-rule": "2"} {
		if got := rows[2][at[name]]; got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if got := rows[1][at["open"]]; got != "" {
		t.Errorf("what is not known is written %q", got)
	}
	for text, want := range map[string]string{"@x": "'@x", "+1": "'+1", "\tx": "'\tx", "plain": "plain", "": ""} {
		if got := daemon.NoFormula(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestExperimentsAsText(t *testing.T) {
	half, chance := 4.25, 0.012
	two := 2.
	all := []daemon.ExperimentShown{
		{
			Name: "Goals", Team: "payments", Hypothesis: "If so, then that", Measure: "open", Expect: "down by half", Start: "2026-10-12", End: "2026-12-20", State: "running",
			Before: &daemon.SideShown{First: "2026-W37", Last: "2026-W41", Weeks: 5, Known: 4, Mean: &half}, After: &daemon.SideShown{First: "2026-W42", Last: "2026-W46", Weeks: 5, Known: 5, Mean: &two},
			Verdict: "moved as expected", Chance: &chance, Text: "It moved.", Guardrail: &daemon.GuardrailShown{Verdict: "held", Text: "It was."},
		},
		{Name: "Later", Measure: "throughput", Expect: "up", Start: "2027-01-04", End: "2027-02-28", State: "ahead", Guardrail: &daemon.GuardrailShown{Measure: "bugs-in", Expect: "not up"}},
	}
	var out strings.Builder
	describeExperiments(&out, all)
	const want = `Goals (team payments), 2026-10-12 to 2026-12-20, running
  If so, then that
  measured by open, expected: down by half
  before 2026-W37 to 2026-W41: 4.2 on average, known in 4 of 5 weeks
  since  2026-W42 to 2026-W46: 2 on average, known in 5 of 5 weeks
  moved as expected: It moved.
  chance alone would do as much in 1.2 of 100 ways to deal the weeks out
  guardrail held: It was.

Later (the whole organisation), 2027-01-04 to 2027-02-28, ahead
  measured by throughput, expected: up
  guardrail: bugs-in, not up

Method: `
	if !strings.HasPrefix(out.String(), want) {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	out.Reset()
	if describeExperiments(&out, nil); !strings.Contains(out.String(), "Nothing is tried out") {
		t.Errorf("without any it says %q", out.String())
	}
}

func TestTrendsAndExperimentsOfAStore(t *testing.T) {
	a := newAcme(t, "experiments: [{name: Everybody, measure: throughput, expect: up, start: 2026-01-05, end: 2099-12-31}]\n")
	a.fine("check")
	var told daemon.TrendsShown
	if err := json.Unmarshal([]byte(a.fine("trends", "--team", "payments", "--weeks", "4", "--format", "json")), &told); err != nil {
		t.Fatal(err)
	}
	if len(told.Weeks) != 4 || told.Weeks[3].Values["in-flight"] == 0 || told.Name != "Payments" {
		t.Errorf("trends say %+v", told)
	}
	if out := a.fine("trends", "--weeks", "2"); !strings.HasPrefix(out, "The whole organisation\n") || strings.Count(out, "\n") < 5 {
		t.Errorf("of the organisation\n%s", out)
	}
	if out := a.fine("experiments", "--team", "payments"); !strings.Contains(out, "Everybody (team payments)") {
		t.Errorf("experiments say\n%s", out)
	}
	var shown struct {
		Experiments []daemon.ExperimentShown
		Method      string
	}
	if err := json.Unmarshal([]byte(a.fine("experiments", "--format", "json")), &shown); err != nil || len(shown.Experiments) != 1 || shown.Experiments[0].Team != "" || shown.Method == "" {
		t.Errorf("as JSON %+v, %v", shown, err)
	}
	a.refused(`no team has the id "finance"`, "trends", "--team", "finance")
	a.refused(`no team has the id "finance"`, "experiments", "--team", "finance")
	a.refused("0 weeks cannot be shown", "trends", "--weeks", "0")
	a.refused("choose text, json or csv", "trends", "--format", "xml")
}
