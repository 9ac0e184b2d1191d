package dashboard_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
	"github.com/fairlead-dev/fairlead/trends"
)

func readTrends(t *testing.T, who dashboard.Viewer, query string) api.Trends {
	t.Helper()
	var out api.Trends
	call(t, served(dashboardtest.Story()), who, "GET", "/api/v1/trends"+query, "").into(&out)
	return out
}

// known counts the weeks of which something is told.
func known(s *api.Series) int {
	n := 0
	for _, v := range s.Values {
		if v != nil {
			n++
		}
	}
	return n
}

func TestTrendsOfATeamAreItsSnapshots(t *testing.T) {
	story := dashboardtest.Story()
	got := readTrends(t, dashboardtest.Lee, "?team=payments&measure=open&measure=open:decision-not-recorded&measure=aligned&measure=cycle-time-median&weeks=60")
	if len(got.Weeks) != 60 || got.Weeks[59] != "2026-W47" || len(got.Series) != 4 {
		t.Fatalf("%d weeks to %s, %d series", len(got.Weeks), got.Weeks[len(got.Weeks)-1], len(got.Series))
	}
	for i, measure := range []string{trends.Open, "open:decision-not-recorded"} {
		s := &got.Series[i]
		if s.Measure != measure || s.Name != "Payments" || !slices.Equal(s.Teams, []string{"payments"}) || known(s) != 53 || s.Values[6] != nil {
			t.Errorf("%+v: %d weeks are known", s, known(s))
		}
		for w, week := range got.Weeks {
			want, ok := story.Weekly.Value("payments", measure, week)
			if ok != (s.Values[w] != nil) || ok && *s.Values[w] != want {
				t.Errorf("%s in %s: %v, want %v", measure, week, s.Values[w], want)
			}
		}
	}
	for w, v := range got.Series[2].Values {
		clear, _ := story.Weekly.Value("payments", trends.Clear, got.Weeks[w])
		if all, ok := story.Weekly.Value("payments", trends.InFlight, got.Weeks[w]); ok && (v == nil || *v != 100*clear/all) {
			t.Errorf("aligned in %s: %v, want %v of %v", got.Weeks[w], v, clear, all)
		}
	}
}

// What is told above teams is what the overview tells: groups of five people or more,
// no rule whose margins would tell of fewer, and nothing of one person.
func TestTrendsAboveTeamsSpeakOfNobody(t *testing.T) {
	got := readTrends(t, dashboardtest.Dana, "?measure=open&measure=aligned&measure=open:slip-unacknowledged&measure=throughput")
	for i := range got.Series {
		s := &got.Series[i]
		if len(s.Teams) == 1 && s.Teams[0] != "payments" && s.Teams[0] != "core" {
			t.Errorf("%s is told of %v alone", s.Measure, s.Teams)
		}
		if strings.Contains(s.Measure, ":") && len(s.Teams) != 4 {
			t.Errorf("%s is told of %v", s.Measure, s.Teams)
		}
	}
	byMeasure := map[string]int{}
	for _, s := range got.Series {
		byMeasure[s.Measure]++
	}
	if byMeasure["open"] != 4 || byMeasure["aligned"] != 4 || byMeasure["throughput"] != 1 || byMeasure["open:slip-unacknowledged"] != 1 {
		t.Errorf("series by measure: %v", byMeasure)
	}
	h := served(dashboardtest.Story())
	for target, says := range map[string]string{
		"/api/v1/trends?team=search":                 "Fewer than five people",
		"/api/v1/trends?team=mobile&measure=aligned": "Fewer than five people",
	} {
		if p := call(t, h, dashboardtest.Dana, "GET", target, "").refused(http.StatusForbidden); !strings.Contains(p.Title, says) {
			t.Errorf("%s: %+v", target, p)
		}
	}
	if p := call(t, h, dashboardtest.Dana, "GET", "/api/v1/trends?measure=cycle-time-median", "").refused(http.StatusBadRequest); !strings.Contains(p.Detail, "name a team") {
		t.Errorf("a median of several teams: %+v", p)
	}
	for _, c := range []struct {
		who  dashboard.Viewer
		want int
	}{{dashboardtest.Dana, 0}, {dashboardtest.Mina, 0}, {dashboardtest.Lee, 12}, {dashboardtest.Sam, 12}} {
		if s := readTrends(t, c.who, "?team=payments&measure=em-awareness").Series[0]; known(&s) != c.want {
			t.Errorf("%s is told %d weeks of one person's hours, want %d", c.who.Name, known(&s), c.want)
		}
	}
	if got := readTrends(t, dashboardtest.Pat, ""); len(got.Series) != 0 {
		t.Errorf("an admin in no team is told %+v", got.Series)
	}
}

func TestATeamsNumbersInTheAPIAreThoseOfItsPage(t *testing.T) {
	h := served(dashboardtest.Story())
	for _, c := range []struct {
		who     dashboard.Viewer
		team    string
		numbers bool
		open    int
	}{{dashboardtest.Lee, "payments", true, 5}, {dashboardtest.Dana, "payments", true, 5}, {dashboardtest.Dana, "search", false, 0}, {dashboardtest.Omar, "search", true, 1}} {
		var team api.Team
		call(t, h, c.who, "GET", "/api/v1/teams/"+c.team, "").into(&team)
		if (team.Numbers != nil) != c.numbers || c.numbers && team.Numbers.Open != c.open {
			t.Errorf("%s is told of %s: %+v", c.who.Name, c.team, team.Numbers)
		}
		page := text(parsed(t, ask(t, h, c.who, "GET", "/teams/"+c.team).Body.Bytes()))
		if strings.Contains(page, "Fewer than five people") == c.numbers {
			t.Errorf("the page of %s tells %s something else", c.team, c.who.Name)
		}
	}
}

func TestVotesOfFewerThanFiveAreNotToldThroughTheAPI(t *testing.T) {
	h := served(dashboardtest.Story())
	for rule, want := range map[string]*api.Votes{"feature-without-problem": {Useful: 17, NotUseful: 4}, "decision-not-recorded": nil, "date-imposed": nil} {
		var got api.Rule
		call(t, h, dashboardtest.Lee, "GET", "/api/v1/rules/"+rule, "").into(&got)
		if (got.Votes == nil) != (want == nil) || want != nil && *got.Votes != *want {
			t.Errorf("%s: %+v, want %+v", rule, got.Votes, want)
		}
	}
}
