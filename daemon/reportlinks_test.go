package daemon

import (
	"strings"
	"testing"
)

func TestReportsLeadToThePagesTheirReadersMaySee(t *testing.T) {
	f := toldStory(t)
	shown := func(team, reader string) string {
		t.Helper()
		var page strings.Builder
		if err := f.Report(t.Context(), &page, ReportRequest{Team: team, Week: "last", For: reader, Format: "json"}); err != nil {
			t.Fatal(err)
		}
		return page.String()
	}
	if page := shown("payments", "em"); strings.Contains(page, "/findings/") || strings.Contains(page, `"link"`) {
		t.Error("a report leads to a dashboard that nobody serves")
	}
	cfg := *f.cfg()
	cfg.Dashboard.Listen = "127.0.0.1:8080"
	cfg.Dashboard.URL = "http://127.0.0.1:8080"
	f.holding.now.Store(&terms{cfg: &cfg, files: &cfg, book: f.book()})
	if page := shown("payments", "em"); strings.Contains(page, "/findings/") {
		t.Error("a report leads to a dashboard that only this machine can open")
	}
	cfg.Dashboard.URL = "https://fairlead.acme.example"
	const week, findings = "2026-W46", "https://fairlead.acme.example/findings/"
	forTheEM := findings + string(openAbout(t, f, "PAY-102").ID)
	forTheTeam := findings + string(openAbout(t, f, "PAY-61").ID)
	for _, c := range []struct {
		tells, team, reader string
		has, hasNot         []string
	}{
		{
			"the team's report leads to its page and to what the team may see", "payments", "team",
			[]string{`"link": "https://fairlead.acme.example/teams/payments/reports/` + week + `"`, forTheTeam}, []string{forTheEM},
		},
		{"that of EM and PM leads to theirs", "payments", "em-pm", []string{"reports/" + week + "?for=em-pm", forTheTeam}, []string{forTheEM}},
		{"the EM's leads to what is for the EM alone as well", "payments", "em", []string{"reports/" + week + "?for=em", forTheTeam, forTheEM}, nil},
		{"the organisation's leads to its page and to no finding", "", "org", []string{`"link": "https://fairlead.acme.example/reports/` + week + `"`}, []string{findings}},
		{"a leader's letter leads nowhere: the finding is the EM's", "", "leader:dana", []string{"PAY-102"}, []string{findings, `"link"`}},
	} {
		page := shown(c.team, c.reader)
		for _, want := range c.has {
			if !strings.Contains(page, want) {
				t.Errorf("%s: %q is missing", c.tells, want)
			}
		}
		for _, never := range c.hasNot {
			if strings.Contains(page, never) {
				t.Errorf("%s: it has %q", c.tells, never)
			}
		}
	}
}
