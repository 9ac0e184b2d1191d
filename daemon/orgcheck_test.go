package daemon

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/ticket"
)

// orgConfig loads an org file with files beside it: name, content, name, content.
func orgConfig(t *testing.T, orgYAML string, more ...string) *config.Config {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"fairlead.yaml": "sources:\n  - {jira: \"https://jira.acme.example\", name: jira acme, token: \"${TOKEN}\", projects: [PAY]}\norg: org.yaml\n", "org.yaml": orgYAML,
	}
	for i := 0; i+1 < len(more); i += 2 {
		files[more[i]] = more[i+1]
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Load(filepath.Join(dir, "fairlead.yaml"), func(string) (string, bool) { return "t0ken", true })
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func orgChecked(t *testing.T, cfg *config.Config) OrgCheck {
	t.Helper()
	c, err := CheckOrg(t.Context(), cfg, Options{Clock: fixedClock{}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// shortened leaves out of a text the folder in which a test's files are.
func shortened(text string, cfg *config.Config) string {
	return strings.ReplaceAll(text, filepath.Dir(cfg.Store.File)+string(filepath.Separator), "")
}

// theTeam is a company in which nothing is missing.
const theTeam = `
people:
  - {id: lee, name: Lee Park, email: lee@acme.example}
  - {id: sam, name: Sam Holt, email: sam@acme.example}
  - {id: ana, name: Ana Soto, email: ana@acme.example, role: tech-lead}
  - {id: dana, email: dana@acme.example, role: director}
  - {id: ci, jira: ci-bot, bot: true}
`

func TestWhatPeopleAndTeamsLack(t *testing.T) {
	const team = "teams:\n  - {id: x, em: lee, pm: sam, members: [ana], under: dana, owns: {jira: {projects: [PAY]}}}\n"
	one := func(person string) string {
		return strings.Replace(theTeam, "people:\n", "people:\n  - "+person+"\n", 1)
	}
	for _, c := range []struct {
		name  string
		org   string
		wrong int
		want  string // the lines that are marked, without the file's folder
	}{
		{"nothing", theTeam + team, 0, ""},
		{"an identity", one("{id: mina, name: Mina Osei}") + strings.Replace(team, "[ana]", "[ana, mina]", 1), 1,
			"! org.yaml:3:10: mina (Mina Osei) has no account and no e-mail address, so what they do in a tracker looks like nobody's"},
		{"an identity of a bot", one("{id: deploy, bot: true}") + team, 1, "! org.yaml:3:10: deploy has no account and no e-mail address, so what they do in a tracker looks like nobody's"},
		{"no identity of somebody who left", one("{id: old, role: engineer, to: 2026-01-31}") + team, 0, ""},
		{"a team", one("{id: mina, email: m@acme.example, role: engineer}") + team, 0, "- org.yaml:3:10: mina is in no team"},
		{"no team of somebody whose seat begins later", one("{id: mina, email: m@acme.example}") + strings.Replace(team, "[ana]", "[ana, {person: mina, from: 2027-01-01}]", 1), 0, ""},
		{"an EM", theTeam + strings.Replace(team, "em: lee, ", "", 1), 0, "- org.yaml:9:10: x has no EM\n- org.yaml:3:10: lee (Lee Park) is in no team"},
		{"an EM and a PM now", theTeam + strings.Replace(team, "em: lee, pm: sam", "em: {person: lee, from: 2027-01-01}, pm: {person: sam, to: 2026-01-01}", 1), 0,
			"- org.yaml:9:10: x has no EM and no PM\n- org.yaml:4:10: sam (Sam Holt) is in no team"},
		{"no EM of a team that is over", theTeam + team + "  - {id: y, members: [ana], to: 2026-01-01}\n", 0, ""},
		{"no EM of a team that holds others together", theTeam + strings.Replace(team, "under", "part_of: all, under", 1) + "  - {id: all}\n", 0, ""},
		{"one owner of a project", theTeam + team + "  - {id: y, em: lee, pm: sam, owns: {jira: {projects: [CORE, PAY]}}}\n", 1,
			`! org.yaml:10:62: Jira project "PAY" is claimed by two teams: x and y`},
		{"one owner of a project, next year", theTeam + team + "  - {id: y, em: lee, pm: sam, owns: [{jira: {projects: [PAY]}, from: 2027-01-01, to: 2027-03-31}]}\n", 1,
			`! org.yaml:10:57: Jira project "PAY" is claimed by two teams from 1 January 2027 until 31 March 2027: x and y`},
		{"one owner after another", theTeam + strings.Replace(team, "owns", "to: 2026-12-31, owns", 1) + "  - {id: y, em: lee, pm: sam, from: 2027-01-01, owns: {jira: {projects: [PAY]}}}\n", 0, ""},
		{"a line without a circle", theTeam + strings.Replace(team, "[ana]", "[ana, dana]", 1), 1,
			"! org.yaml:6:10: reporting lines run in a circle through teams: dana → lee → dana"},
		{"cover for the EM", theTeam + team + "absences: [{person: lee, from: 2026-12-21, to: 2027-01-03}]\n", 0,
			"- org.yaml:9:17: lee (Lee Park), EM of x, is away from 21 December 2026 until 3 January 2027 and nobody stands in"},
		{"cover for the PM, who is away already", theTeam + team + "absences: [{person: sam, from: 2026-11-02, to: 2026-11-27}]\n", 0,
			"- org.yaml:9:26: sam (Sam Holt), PM of x, is away from 17 November 2026 until 27 November 2026 and nobody stands in"},
		{"cover by somebody who is there", theTeam + team + "absences: [{person: lee, from: 2026-12-21, to: 2027-01-03, delegate: ana}, {person: ana, from: 2026-12-30, to: 2027-01-09}]\n", 0,
			"- org.yaml:9:17: lee (Lee Park), EM of x, is away from 30 December 2026 until 3 January 2027, and so is ana (Ana Soto), who would stand in"},
		{"no cover for two days", theTeam + team + "absences: [{person: lee, from: 2026-12-21, to: 2026-12-22}]\n", 0, ""},
		{"no cover beside an acting EM", theTeam + strings.Replace(team, "em: lee", "em: [lee, {person: ana, acting: true}]", 1) + "absences: [{person: lee, from: 2026-12-21}]\n", 0, ""},
		{"no cover of what is over or far off", theTeam + team + "absences: [{person: lee, from: 2026-01-01, to: 2026-11-16}, {person: lee, from: 2027-06-01, to: 2027-07-01}]\n", 0, ""},
		{"cover until nobody knows when", theTeam + team + "absences: [{person: lee, from: 2026-12-01}]\n", 0,
			"- org.yaml:9:17: lee (Lee Park), EM of x, is away from 1 December 2026 on and nobody stands in"},
		{"cover for both", theTeam + team + "absences: [{person: lee, from: 2026-12-21, to: 2027-01-03}, {person: sam, from: 2026-12-28, to: 2027-01-10}]\n", 0,
			"- org.yaml:9:17: lee (Lee Park), EM of x, is away from 21 December 2026 until 3 January 2027 and nobody stands in\n" +
				"- org.yaml:9:26: sam (Sam Holt), PM of x, is away from 28 December 2026 until 10 January 2027 and nobody stands in\n" +
				"- org.yaml:9:10: EM and PM of x are both away from 28 December 2026 until 3 January 2027, and nobody stands in for either"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := orgConfig(t, c.org)
			found := orgChecked(t, cfg)
			text := shortened(orgText(t, &found), cfg)
			var marked []string
			for line := range strings.Lines(text) {
				if strings.HasPrefix(line, markWrong) || strings.HasPrefix(line, markNote) {
					marked = append(marked, strings.TrimSuffix(line, "\n"))
				}
			}
			if got := strings.Join(marked, "\n"); got != c.want || found.Wrong != c.wrong {
				t.Errorf("%d are wrong, want %d:\n%s\nwant\n%s", found.Wrong, c.wrong, got, c.want)
			}
		})
	}
}

func TestOrgCheckBeforeAnythingIsStored(t *testing.T) {
	cfg := orgConfig(t, theTeam)
	found := orgChecked(t, cfg)
	if text := orgText(t, &found); found.Stored != nil || !strings.Contains(text, "Nothing is stored yet") {
		t.Errorf("got %+v:\n%s", found.Stored, text)
	}
	if _, err := os.Stat(cfg.Store.File); err == nil {
		t.Error("a store was made")
	}
}

// An org check of much that is amiss, with a store, as a person reads it.
func TestAnOrgCheckReadsWell(t *testing.T) {
	cfg := orgConfig(t, `
people:
  - {id: lee, name: Lee Park, email: lee@acme.example}
  - {id: mina, name: Mina Osei}
  - crew.csv
week: {holidays: days.ics}
teams:
  - {id: payments, em: lee, members: [mina, jo], owns: {jira: {projects: [PAY]}}}
  - {id: core, em: ana, pm: lee, members: [lee], owns: {jira: {projects: [CORE, PAY]}}}
absences:
  - away.ics
  - {person: lee, from: 2026-12-21, to: 2027-01-03}
`, "crew.csv", "id,name,email,role,manager\njo,Jo Brandt,jo@acme.example,engineer,\nana,Ana Soto,ana@acme.example,,\nvera,Vera Lind,vera@acme.example,qa,ana\n",
		"days.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Christmas\nDTSTART:20261225\nDTEND:20261227\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:Party\nDTSTART:20261218T180000Z\nEND:VEVENT\nEND:VCALENDAR\n",
		"away.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Ana Soto: off\\n\x1b[2J\nDTSTART:20261130\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:Vacation \u202e of\x1b[2J somebody\nDTSTART:20261207\nEND:VEVENT\n"+
			"BEGIN:VEVENT\nSUMMARY:Vacation long ago\nDTSTART:20260107\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR\n")
	f, err := Open(t.Context(), cfg, Options{Clock: fixedClock{}})
	if err != nil {
		t.Fatal(err)
	}
	tickets := []ticket.Ticket{
		story("1", func(t *ticket.Ticket) { t.Creator = ticket.Account{ID: "a-77", Name: "Lee Park"} }),
		story("2", func(t *ticket.Ticket) { t.Project, t.Key = "OPS", "OPS-2" }),
	}
	if _, err := f.store.SavePage(t.Context(), "jira acme", tickets, nil, "c"); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	found := orgChecked(t, cfg)
	got, path := shortened(orgText(t, &found), cfg), filepath.Join("testdata", "orgcheck.txt")
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if n := strings.Count("\n"+got, "\n! "); n != found.Wrong {
		t.Errorf("%d lines are marked, %d are wrong", n, found.Wrong)
	}
	text, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"kind":"claimed twice","wrong":true,"place":"`, `"stored":{`, `"why":"it names nobody whom the org file knows"`, `"for":"holidays"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("JSON lacks %s:\n%s", want, text)
		}
	}
}

func TestATeamThatEndedGetsNoReport(t *testing.T) {
	cfg := orgConfig(t, theTeam+`
teams:
  - {id: now, em: lee}
  - {id: over, em: lee, to: 2026-11-01}
  - {id: later, em: lee, from: 2026-11-17}
  - {id: ending, em: lee, to: 2026-11-09}
`)
	cfg.Reports = []config.Report{toFolder(filepath.Join(filepath.Dir(cfg.Store.File), "out"))}
	f, err := Open(t.Context(), cfg, Options{Clock: fixedClock{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	written, err := f.deliver(t.Context(), "last") // 9 to 15 November
	if err != nil {
		t.Fatal(err)
	}
	var teams []string
	for _, w := range written {
		teams = append(teams, w.Team)
	}
	if got := strings.Join(teams, " "); got != "ending now" {
		t.Errorf("reports went to %q, want to those that were there", got)
	}
}
