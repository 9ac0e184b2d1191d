package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

const oneTrial = "{name: Goals, measure: throughput, expect: up, start: 2026-10-12, end: 2026-12-20}"

func TestExperimentsAndNumbers(t *testing.T) {
	cfg, err := loadText(oneSource+`teams: payments.yaml
experiments: [`+oneTrial+`]
prometheus: {url: "https://prom.acme.example/", token_file: token}
numbers:
  - {name: deploys, query: 'sum(deploys{team="$team"})', teams: core}
`, "payments.yaml", `experiments:
  - {name: Goals, hypothesis: why, measure: work-without-goal, expect: down by half, guardrail: {measure: throughput, expect: not down}, start: 2026-10-12, end: 2026-10-12}
numbers: [{name: usage, query: sum(usage), unit: users, help: who used it}]
`)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(cfg.Experiments); n != 2 || cfg.Experiments[0].Team != "" || cfg.Experiments[1].Team != "payments" {
		t.Fatalf("experiments %+v, want the organisation's and one of payments", cfg.Experiments)
	}
	got := cfg.Experiments[1]
	if got.Guardrail != (Guardrail{"throughput", "not down"}) || got.Start != "2026-10-12" || got.Hypothesis != "why" {
		t.Errorf("experiment %+v", got)
	}
	if at := got.Place("guardrail", "measure").String(); at != "payments.yaml:2:107" {
		t.Errorf("the guardrail's measure stands at %s", at)
	}
	if cfg.Prometheus.URL != "https://prom.acme.example" || cfg.Prometheus.Token.Reveal() != "from-file" {
		t.Errorf("prometheus %+v", cfg.Prometheus)
	}
	if strings.Contains(fmt.Sprintf("%+v %#v", cfg.Prometheus, cfg.Prometheus), "from-file") {
		t.Error("the token is shown")
	}
	if cfg.Numbers[0].Teams[0] != "core" || cfg.Numbers[1].Team != "payments" || cfg.Numbers[1].Unit != "users" {
		t.Errorf("numbers %+v", cfg.Numbers)
	}
}

// The files that docs/trends.md shows are read without a mistake.
func TestTheFilesInTheTrendsDocsLoad(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "trends.md"))
	if err != nil {
		t.Fatal(err)
	}
	env := environ(map[string]string{"JIRA_TOKEN": "t", "PROMETHEUS_TOKEN": "p"})
	blocks := block.FindAllStringSubmatch(string(text), -1)
	for _, b := range blocks {
		fsys := fstest.MapFS{"fairlead.yaml": {Data: []byte(oneSource)}, "org.yaml": {Data: []byte(whoIsWho + "teams: [{id: payments}]\n")}}
		if strings.HasPrefix(b[2], "# teams/payments.yaml") {
			fsys["fairlead.yaml"].Data = append(fsys["fairlead.yaml"].Data, "teams: payments.yaml\n"...)
			fsys["payments.yaml"] = &fstest.MapFile{Data: []byte(b[2])}
		} else {
			fsys["fairlead.yaml"].Data = append(fsys["fairlead.yaml"].Data, b[2]...)
		}
		if _, err := LoadFS(fsys, "fairlead.yaml", env); err != nil {
			t.Errorf("%v\nin\n%s", err, b[2])
		}
	}
	if len(blocks) != 2 {
		t.Errorf("%d blocks of YAML, want two", len(blocks))
	}
}

func TestMistakesInExperimentsAndNumbers(t *testing.T) {
	const prom = "prometheus: {url: https://prom.acme.example}\n"
	for name, c := range map[string]struct{ main, team, at, text string }{
		"it ends before it begins":            {main: "experiments: [{name: a, measure: m, expect: up, start: 2026-10-12, end: 2026-10-11}]\n", at: "fairlead.yaml:3:73", text: "ends before it begins"},
		"twice of one name":                   {main: "experiments: [" + oneTrial + ", " + oneTrial + "]\n", at: "fairlead.yaml:3:", text: `experiment "Goals" stands twice`},
		"without an end":                      {main: "experiments: [{name: a, measure: m, expect: up, start: 2026-10-12}]\n", at: "fairlead.yaml:3:15", text: "end"},
		"a day that is none":                  {main: "experiments: [{name: a, measure: m, expect: up, start: 2026-10-32, end: 2026-12-01}]\n", at: "fairlead.yaml:3:56", text: "2026-10-32"},
		"half a guardrail":                    {main: "experiments: [{name: a, measure: m, expect: up, guardrail: {measure: m}, start: 2026-10-12, end: 2026-12-01}]\n", at: "fairlead.yaml:3:", text: "expect"},
		"a number, and nowhere to ask":        {main: "numbers: [{name: a, query: q}]\n", at: "fairlead.yaml:3:28", text: "nowhere to ask"},
		"a name that is none":                 {main: prom + "numbers: [{name: A b, query: q}]\n", at: "fairlead.yaml:4:18", text: "A b"},
		"a team that there is not":            {main: prom + "numbers: [{name: a, query: q, teams: [core, paymnts]}]\n", at: "fairlead.yaml:4:45", text: `no team has the id "paymnts"`},
		"one team that there is not":          {main: prom + "numbers: [{name: a, query: q, teams: paymnts}]\n", at: "fairlead.yaml:4:38", text: `no team has the id "paymnts"`},
		"teams in a team's file":              {main: prom + "teams: payments.yaml\n", team: "numbers: [{name: a, query: q, teams: core}]\n", at: "payments.yaml:1:38", text: "of that team alone"},
		"prometheus in a team's file":         {main: "teams: payments.yaml\n", team: prom, at: "payments.yaml:1:1", text: "prometheus"},
		"no address":                          {main: "prometheus: {url: prom.acme.example}\n", at: "fairlead.yaml:3:19", text: "does not say http"},
		"a password in the address":           {main: "prometheus: {url: 'https://me:hunter22@prom.acme.example'}\n", at: "fairlead.yaml:3:", text: "holds a user or a password"},
		"a token in the file":                 {main: "prometheus: {url: https://prom.acme.example, token: hunter22}\n", at: "fairlead.yaml:3:", text: "must not stand in a file"},
		"two tokens":                          {main: "prometheus: {url: https://prom.acme.example, token: \"${JIRA_TOKEN}\", token_file: token}\n", at: "fairlead.yaml:3:", text: "given twice"},
		"a token and a user":                  {main: "prometheus: {url: https://prom.acme.example, token: \"${JIRA_TOKEN}\", user: me}\n", at: "fairlead.yaml:3:", text: "side by side"},
		"a user without a password":           {main: "prometheus: {url: https://prom.acme.example, user: me}\n", at: "fairlead.yaml:3:52", text: "password is missing"},
		"a password without a user":           {main: "prometheus: {url: https://prom.acme.example, password_file: token}\n", at: "fairlead.yaml:3:13", text: "user is missing"},
		"a password file that does not exist": {main: "prometheus: {url: https://prom.acme.example, user: me, password_file: nowhere}\n", at: "fairlead.yaml:3:71", text: "does not exist"},
		"a variable for the token, not set":   {main: "prometheus: {url: https://prom.acme.example, token: \"${NOT_SET}\"}\n", at: "fairlead.yaml:3:", text: "NOT_SET is not set"},
		"two places to ask":                   {main: "include: more.yaml\n" + prom, team: prom, at: "more.yaml:1:", text: "prometheus stands twice"},
	} {
		t.Run(name, func(t *testing.T) {
			file := "payments.yaml"
			if strings.Contains(c.main, "more.yaml") {
				file = "more.yaml"
			}
			_, err := loadText(oneSource+c.main, file, c.team)
			var found yamlfile.Mistakes
			if !errors.As(err, &found) {
				t.Fatalf("err = %v", err)
			}
			if !strings.HasPrefix(found.Sorted()[0].String(), c.at) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %v\nwant %s: %s", err, c.at, c.text)
			}
			if strings.Contains(err.Error(), "hunter22") {
				t.Error("the secret is shown")
			}
		})
	}
}
