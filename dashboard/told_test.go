package dashboard_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/trends"
)

// cells are the columns of the table behind a chart.
func cells(root *html.Node, chart string) (out []string) {
	for n := range root.Descendants() {
		if n.Data != "figure" || attr(n, "id") != chart {
			continue
		}
		for td := range n.Descendants() {
			if td.Type == html.ElementNode && td.Data == "td" {
				out = append(out, text(td))
			}
		}
	}
	return out
}

// A team of six that was a team of three in spring: a leader sees its numbers from
// when it was large enough on, and its people all of them.
func TestALeaderSeesNoWeekInWhichATeamWasTooSmall(t *testing.T) {
	story := dashboardtest.Story()
	grown := dashboardtest.Now.AddDate(0, 0, -8*7)
	people, teams := story.Dir.People(), story.Dir.Teams()
	for i := range teams {
		if teams[i].ID != "payments" {
			continue
		}
		for k := range teams[i].Members {
			if k > 0 {
				teams[i].Members[k].From = grown
			}
		}
	}
	dir, mistakes := org.New(people, teams, nil)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	story.Dir = dir
	h := served(story)
	known := func(who dashboard.Viewer, path, chart string) string {
		var b strings.Builder
		for i, c := range cells(parsed(t, ask(t, h, who, "GET", path).Body.Bytes()), chart) {
			switch {
			case chart == "open" && i%2 == 1: // the other line
			case c == "not known":
				b.WriteByte('-')
			default:
				b.WriteByte('x')
			}
		}
		return b.String()
	}
	if got, want := known(dashboardtest.Lee, "/teams/payments", "open"), "xxxxxxxxxxxx"; got != want {
		t.Errorf("the EM sees the weeks %s, want %s", got, want)
	}
	if got, want := known(dashboardtest.Dana, "/teams/payments", "open"), "---xxxxxxxxx"; got != want {
		t.Errorf("the director sees the weeks %s, want %s", got, want)
	}
	if got, want := known(dashboardtest.Dana, "/", "aligned"), "xxxxxxxxxxxx"; got != want {
		t.Errorf("of all teams together the director sees the weeks %s, want %s", got, want)
	}
}

// In a small organisation nothing is told above the teams at all.
func TestNothingIsToldOfFewerThanFive(t *testing.T) {
	story := dashboardtest.Story()
	person := func(id string, role org.Role) org.Person {
		return org.Person{ID: id, Name: id, Roles: []org.Tenure{{Role: role}}}
	}
	dir, mistakes := org.New([]org.Person{person("lee", org.EM), person("mina", org.Engineer), person("dana", org.Director)},
		[]org.Team{{ID: "payments", EMs: []org.Seat{{Person: "lee"}}, Members: []org.Seat{{Person: "mina"}}, Under: "dana"}}, nil)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	story.Dir = dir
	h := served(story)
	for path, want := range map[string]string{
		"/": "There is nothing to tell above the teams yet.", "/teams/payments": "payments is told together with other teams.",
		"/rules/feature-without-problem": "A feature is committed and no problem stands behind it.",
	} {
		if got := text(first(parsed(t, ask(t, h, dashboardtest.Dana, "GET", path).Body.Bytes()), "h1")); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if w := ask(t, h, dashboardtest.Lee, "GET", "/"); !strings.Contains(w.Body.String(), "payments: 5 open exceptions") {
		t.Error("the EM of a small team does not see its numbers")
	}
}

// A percentage of fewer than ten tickets is not told.
func TestNoPercentageOfFewerThanTen(t *testing.T) {
	story := dashboardtest.Story()
	week := func(n int) string { return org.WeekOf(dashboardtest.Now, time.UTC).Before(n).String() }
	var all []trends.Snapshot
	for n, inFlight := range []float64{9, 10, 9} {
		all = append(all, trends.Snapshot{Team: "payments", Week: week(n), Values: map[string]float64{trends.InFlight: inFlight, trends.Clear: 5}})
	}
	story.Weekly = dashboard.NewTrends(all, "few")
	got := cells(parsed(t, ask(t, served(story), dashboardtest.Lee, "GET", "/").Body.Bytes()), "aligned")
	if want := []string{"not known", "50", "not known"}; len(got) < 3 || fmt.Sprint(got[len(got)-3:]) != fmt.Sprint(want) {
		t.Errorf("the last weeks read %q, want %q", got, want)
	}
}

// What speaks of the one EM of a team is for who answers for it.
func TestTheTimeUntilTheEMTookPartIsNotForEverybody(t *testing.T) {
	h := served(dashboardtest.Story())
	for who, want := range map[dashboard.Viewer]bool{dashboardtest.Lee: true, dashboardtest.Sam: true, dashboardtest.Mina: false, dashboardtest.Dana: false} {
		if got := strings.Contains(ask(t, h, who, "GET", "/teams/payments").Body.String(), "Until the EM took part"); got != want {
			t.Errorf("%s sees it: %v, want %v", who.Person, got, want)
		}
	}
}
