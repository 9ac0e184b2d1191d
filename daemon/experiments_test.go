package daemon_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/daemon"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

const labFiles = `sources: [{jira: "https://j.acme.example", token: "${TOKEN}", projects: [PAY]}]
org: org.yaml
teams: [payments.yaml]
prometheus: {url: "https://prom.acme.example"}
numbers:
  - {name: deploys, query: 'sum(d{team="$team"})', teams: [payments]}
  - {name: uptime, query: up}
`

// configured are mistakes that only show where rules and measures are known.
func configured(t *testing.T, main, team string) error {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"fairlead.yaml": labFiles + main, "payments.yaml": team,
		"org.yaml": "people: [{id: lee}]\nteams: [{id: payments, em: lee, owns: {jira: {projects: [PAY]}}}, {id: core}]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Load(filepath.Join(dir, "fairlead.yaml"), func(string) (string, bool) { return "t0ken", true })
	if err != nil {
		t.Fatal(err)
	}
	_, verified := daemon.Verify(cfg)
	f, opened := daemon.Open(t.Context(), cfg, daemon.Options{})
	if opened == nil {
		_ = f.Close()
	}
	if (verified == nil) != (opened == nil) {
		t.Errorf("to verify says %v, to open %v", verified, opened)
	}
	return verified
}

func TestWhatExperimentsMayMeasure(t *testing.T) {
	trial := func(measure, expect, guardrail string) string {
		if guardrail != "" {
			guardrail = ", guardrail: " + guardrail
		}
		return "experiments:\n  - {name: a, start: 2026-10-12, end: 2026-12-20, measure: \"" + measure + "\", expect: " + expect + guardrail + "}\n"
	}
	for _, c := range []struct {
		name, main, team string
		at, text         string // none: it is fine
	}{
		{name: "a rule", team: trial("work-without-goal", "down by half", "")},
		{name: "a measure, and one that must be left alone", team: trial("cycle-time-median", "down by 20%", "{measure: throughput, expect: not down by more than 20%}")},
		{name: "a share", main: trial("aligned", "above 80%", "")},
		{name: "a number of the team", team: trial("outside:deploys", "up by half", "")},
		{name: "a number of the organisation", main: trial("outside:uptime", "up", "")},
		{name: "the team's own number", team: "numbers: [{name: usage, query: sum(u)}]\n" + trial("outside:usage", "up", "")},
		{name: "a slip in a rule's name", team: trial("work-without-gaol", "down", ""), at: "payments.yaml:2:60", text: `did you mean "work-without-goal"?`},
		{name: "a slip in a measure's name", main: trial("throughputt", "up", ""), at: "fairlead.yaml:9:60", text: `did you mean "throughput"?`},
		{name: "a slip in a number's name", team: trial("outside:deploy", "up", ""), at: "payments.yaml:2:60", text: `did you mean "outside:deploys"?`},
		{name: "a number of another", main: trial("outside:deploys", "up", ""), at: "fairlead.yaml:9:60", text: `no number of the organisation is called "deploys"`},
		{name: "nothing near", main: trial("happiness", "up", ""), at: "fairlead.yaml:9:60", text: `nothing is measured by the name "happiness"`},
		{
			name: "a rule that is off", team: "agreements: [{rule: work-without-goal, off: true}]\n" + trial("work-without-goal", "down", ""),
			at: "payments.yaml:3:60", text: "team payments has not agreed to work-without-goal",
		},
		{name: "a rule for the EM alone", team: trial("em-out-of-the-loop", "down", ""), at: "payments.yaml:2:60", text: "for few people alone"},
		{name: "an expectation that is none", team: trial("throughput", "better", ""), at: "payments.yaml:2:82", text: `"better" is no change that can be predicted`},
		{name: "a guardrail's name", team: trial("throughput", "up", "{measure: cycle-tim-median, expect: not up}"), at: "payments.yaml:2:107", text: `did you mean "cycle-time-median"?`},
		{name: "a guardrail that moves", team: trial("throughput", "up", "{measure: bugs-in, expect: down by half}"), at: "payments.yaml:2:124", text: "what an experiment wants to move"},
		{name: "a placeholder that is none", team: "numbers: [{name: usage, query: 'sum(u{t=$tem})'}]\n", at: "payments.yaml:1:32", text: "$tem stands for nothing"},
		{name: "two numbers of one name for a team", team: "numbers: [{name: deploys, query: sum(u)}]\n", at: "payments.yaml:1:18", text: `team payments has a number "deploys" already`},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := configured(t, c.main, c.team)
			if c.text == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var found yamlfile.Mistakes
			if !errors.As(err, &found) || len(found) != 1 || !strings.HasSuffix(found[0].String(), c.at) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %v\nwant %s: %s", err, c.at, c.text)
			}
		})
	}
}

func TestEveryMistakeInExperimentsIsToldAtOnce(t *testing.T) {
	err := configured(t, "experiments: [{name: a, start: 2026-10-12, end: 2026-12-20, measure: x, expect: y, guardrail: {measure: z, expect: up}}]\n",
		"numbers: [{name: usage, query: $x}]\n")
	var found yamlfile.Mistakes
	if !errors.As(err, &found) || len(found) != 5 {
		t.Errorf("got %v, want five mistakes", err)
	}
}

// The demo's experiment has something to say, and what it says is true of the
// weeks that the demo counts.
func TestTheDemosExperimentHasSomethingToSay(t *testing.T) {
	dir := t.TempDir()
	runDemo(t, dir)
	cfg, err := config.Load(filepath.Join(dir, "fairlead.yaml"), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	f, err := daemon.Open(t.Context(), cfg, daemon.Options{Clock: &stillClock{date(2026, 11, 16, 8)}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	all, err := f.Experiments(t.Context(), "payments")
	if err != nil || len(all) != 2 {
		t.Fatalf("experiments %+v, %v", all, err)
	}
	e := all[slices.IndexFunc(all, func(e daemon.ExperimentShown) bool { return e.Name == "Co-written sprint goals" })]
	if e.State != "running" || e.Verdict != "moved as expected" || e.Before.Known != 6 || e.After.Known != 6 || e.Guardrail.Verdict != "held" {
		t.Errorf("it says %+v %+v %+v, guardrail %+v", e, e.Before, e.After, e.Guardrail)
	}
	weeks, err := f.Trends(t.Context(), daemon.TrendsRequest{Team: "payments", Weeks: 12})
	if err != nil {
		t.Fatal(err)
	}
	var before, after float64
	for i, w := range weeks.Weeks {
		v, known := w.Values[e.Measure]
		if !known {
			t.Errorf("%s is not known of %s", e.Measure, w.Week)
		}
		if i < 6 {
			before += v / 6
		} else {
			after += v / 6
		}
	}
	if d := *e.Before.Mean - before + *e.After.Mean - after; d > 1e-9 || d < -1e-9 {
		t.Errorf("the weeks say %v and %v, the experiment %v and %v", before, after, *e.Before.Mean, *e.After.Mean)
	}
	if len(weeks.Marks) != 1 || weeks.Marks[0].Week != "2026-W41" || weeks.Marks[0].Text != "Co-written sprint goals begins" {
		t.Errorf("marks %+v", weeks.Marks)
	}
}
