package dashboard

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/trends"
)

func TestTheWeeksOfATeamAreAsTheyWereKept(t *testing.T) {
	week := func(team, name string, values map[string]float64) trends.Snapshot {
		return trends.Snapshot{Team: team, Week: name, Values: values}
	}
	laid := NewTrends([]trends.Snapshot{
		week("payments", "2026-W46", map[string]float64{trends.Open: 0, trends.OfRule(trends.Open, "stale"): 2, trends.Outside("latency"): 80}),
		week("payments", "2025-W52", map[string]float64{trends.Open: 9}),
		week("payments", "2026-W45", map[string]float64{trends.Open: 4, trends.Throughput: 7}),
		week("search", "2026-W44", map[string]float64{trends.Open: 1}),
	}, "1")
	ofAll := func(m string) bool { return !trends.IsOfRule(m) }
	for _, c := range []struct {
		name, team, from, to string
		wanted               func(string) bool
		want                 string
	}{
		{"the oldest comes first, and zero is known", "payments", "2025-W50", "2026-W46", ofAll, "2025-W52 map[open:9], 2026-W45 map[open:4 throughput:7], 2026-W46 map[open:0 outside:latency:80]"},
		{"both ends are included", "payments", "2026-W45", "2026-W45", ofAll, "2026-W45 map[open:4 throughput:7]"},
		{"a rule's measure where it is wanted", "payments", "2026-W46", "2026-W46", trends.IsOfRule, "2026-W46 map[open:stale:2]"},
		{"a week of another team alone is not there", "payments", "2026-W44", "2026-W44", ofAll, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, s := range laid.Snapshots(c.team, c.from, c.to, c.wanted) {
				if s.Team != c.team {
					t.Errorf("a week of %q", s.Team)
				}
				got = append(got, fmt.Sprintf("%s %v", s.Week, s.Values))
			}
			if text := strings.Join(got, ", "); text != c.want {
				t.Errorf("weeks %s, want %s", text, c.want)
			}
		})
	}
}
