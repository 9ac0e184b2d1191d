package dashboard_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
	"github.com/fairlead-dev/fairlead/finding"
)

func TestFiguresAreWhatMayBeToldAboveTeams(t *testing.T) {
	all, err := dashboard.NewFigures(dashboardtest.Story()).At(t.Context(), dashboardtest.Now)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []dashboard.Figure{
		{Teams: "payments", State: finding.Open, Count: 5}, // not the two for narrower circles, nor the watched one
		{Teams: "payments", State: finding.Settled, Count: 2},
		{Teams: "payments", State: finding.Waived, Count: 1},
		{Teams: "core", State: finding.Open, Count: 3},
		{Teams: "mobile+search", State: finding.Open, Count: 2},
		{Teams: "core", State: finding.Withdrawn},
		{Rule: "feature-without-problem", State: finding.Open, Count: 4},
	} {
		if !slices.Contains(all, want) {
			t.Errorf("%+v is not among %+v", want, all)
		}
	}
	for _, one := range all {
		if one.Teams == "search" || one.Teams == "mobile" || one.State == dashboard.Watched {
			t.Errorf("%+v speaks of too few people, or of what is told to nobody", one)
		}
		if one.Rule != "" && strings.HasPrefix(one.Rule, "assigned") && one.Count > 0 {
			t.Errorf("%+v counts what is for the EM alone", one)
		}
	}
}

func TestMetricsAreForWhoConfiguresAndTokensMadeForThem(t *testing.T) {
	h := served(dashboardtest.Story())
	for _, c := range []struct {
		name   string
		who    dashboard.Viewer
		scopes []dashboard.Scope
		target string
		want   int
	}{
		{"an admin's token that reads", dashboardtest.Pat, []dashboard.Scope{dashboard.ScopeRead}, "/metrics", 403},
		{"an admin's token for metrics", dashboardtest.Pat, []dashboard.Scope{dashboard.ScopeMetrics}, "/metrics", 200},
		{"a member's token that does everything else", dashboardtest.Mina, []dashboard.Scope{dashboard.ScopeRead, dashboard.ScopeAnswer, dashboard.ScopeConfigure}, "/metrics", 403},
		{"a token made for metrics", dashboardtest.Mina, []dashboard.Scope{dashboard.ScopeMetrics}, "/metrics", 200},
		{"a token made for metrics, of a stranger", dashboardtest.Eve, []dashboard.Scope{dashboard.ScopeMetrics}, "/metrics", 403},
		{"a token made for metrics that reads findings", dashboardtest.Lee, []dashboard.Scope{dashboard.ScopeMetrics}, "/api/v1/findings", 403},
		{"a token made for metrics that opens a page", dashboardtest.Lee, []dashboard.Scope{dashboard.ScopeMetrics}, "/", 403},
	} {
		if w := byToken(h, c.who, c.scopes, "GET", c.target, ""); w.Code != c.want {
			t.Errorf("%s gets %d, want %d", c.name, w.Code, c.want)
		}
	}
}
