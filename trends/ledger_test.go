package trends_test

import (
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/trends"
)

// entry is a finding of the team that was open in stretches: pairs of moments, an
// empty one for the end of what lasts, each with how it ended.
func entry(t testing.TB, rule, team string, stretches ...string) finding.Finding {
	f := finding.Finding{Seen: finding.Seen{ID: finding.ID(fmt.Sprint(rule, team, stretches)), Rule: rule, Team: team, Audience: finding.ForTeam}}
	for i := 0; i+2 < len(stretches); i += 3 {
		s := finding.Span{From: when(t, stretches[i]), End: finding.State(stretches[i+2])}
		if stretches[i+1] != "" {
			s.To = when(t, stretches[i+1])
		}
		f.Spans = append(f.Spans, s)
	}
	return f
}

func everything(*finding.Finding) bool { return true }

func since(t testing.TB, from string) trends.Watched {
	return trends.Watched{Since: when(t, from), Until: when(t, "53 mon 9:00")}
}

func TestLedgerNumbers(t *testing.T) {
	em := entry(t, "a", "payments", "44 tue 9:00", "", "")
	em.Audience = finding.ForEM
	kept := entry(t, "a", "payments", "44 tue 10:00", "", "")
	for _, c := range []struct {
		name   string
		ledger []finding.Finding
		rules  map[string]trends.Watched
		want   map[string]map[string]float64 // by week; what is not named is not told
	}{
		{
			"what is open at the end, new and settled, for all rules and for each",
			[]finding.Finding{
				entry(t, "a", "payments", "43 tue 9:00", "45 wed 9:00", "settled"),
				entry(t, "a", "payments", "45 mon 0:00", "", ""),
				entry(t, "b", "payments", "44 sun 23:59", "46 mon 0:00", "settled"),
				entry(t, "a", "core", "44 tue 9:00", "", ""),
			},
			map[string]trends.Watched{"a": since(t, "40 mon 0:00"), "b": since(t, "40 mon 0:00")},
			map[string]map[string]float64{
				"2026-W44": {"open": 2, "new": 1, "settled": 0, "open:a": 1, "new:a": 0, "settled:a": 0, "open:b": 1, "new:b": 1, "settled:b": 0},
				"2026-W45": {"open": 2, "new": 1, "settled": 1, "open:a": 1, "new:a": 1, "settled:a": 1, "open:b": 1, "new:b": 0, "settled:b": 0},
			},
		},
		{
			"only settling is settling",
			[]finding.Finding{
				entry(t, "a", "payments", "43 tue 9:00", "45 wed 9:00", "aged-out"), entry(t, "a", "payments", "43 tue 9:00", "45 wed 9:00", "answered"),
				entry(t, "a", "payments", "43 tue 9:00", "45 wed 9:00", "waived"), entry(t, "a", "payments", "43 tue 9:00", "45 wed 9:00", "withdrawn"),
			},
			map[string]trends.Watched{"a": since(t, "40 mon 0:00")},
			map[string]map[string]float64{
				"2026-W44": {"open": 4, "new": 0, "settled": 0, "open:a": 4, "new:a": 0, "settled:a": 0},
				"2026-W45": {"open": 0, "new": 0, "settled": 0, "open:a": 0, "new:a": 0, "settled:a": 0},
			},
		},
		{
			"what opened again is new again, what was waived from the first moment on never was, what is for the EM alone or kept back does not count",
			[]finding.Finding{
				entry(t, "a", "payments", "43 tue 9:00", "44 wed 9:00", "settled", "44 thu 9:00", "", ""),
				entry(t, "a", "payments", "44 tue 9:00", "44 tue 9:00", "waived"), em, kept,
			},
			map[string]trends.Watched{"a": since(t, "40 mon 0:00")},
			map[string]map[string]float64{
				"2026-W44": {"open": 1, "new": 1, "settled": 1, "open:a": 1, "new:a": 1, "settled:a": 1},
				"2026-W45": {"open": 1, "new": 0, "settled": 0, "open:a": 1, "new:a": 0, "settled:a": 0},
			},
		},
		{
			"of a week in which somebody first looked only its end is told, of one before nothing, and nothing after nobody looked any more",
			[]finding.Finding{entry(t, "a", "payments", "44 sun 23:59", "", "")},
			map[string]trends.Watched{
				"a": {Since: when(t, "44 sun 23:59"), Until: when(t, "45 sun 23:59").Add(time.Minute)},
				"b": {Since: when(t, "45 tue 9:00"), Until: when(t, "45 wed 9:00")}, "c": {},
			},
			map[string]map[string]float64{
				"2026-W44": {"open": 1, "open:a": 1},
				"2026-W45": {"open": 1, "new": 0, "settled": 0, "open:a": 1, "new:a": 0, "settled:a": 0},
			},
		},
		{
			"what is recorded only counts for its rule alone",
			[]finding.Finding{entry(t, "a", "payments", "44 tue 9:00", "", "")},
			map[string]trends.Watched{"a": {Since: when(t, "40 mon 0:00"), Until: when(t, "53 mon 0:00"), Quiet: true}},
			map[string]map[string]float64{"2026-W44": {"open:a": 1, "new:a": 1, "settled:a": 0}, "2026-W45": {"open:a": 1, "new:a": 0, "settled:a": 0}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			watches := []trends.Watch{{Team: "payments", Weeks: weeksOf(t, zone(t, "Europe/Berlin"), 44, 45), Rules: c.rules}}
			told := func(f *finding.Finding) bool { return f.ID != kept.ID }
			for _, s := range trends.Ledger(judged(c.ledger), nil, told, watches) {
				if !maps.Equal(s.Values, c.want[s.Week]) {
					t.Errorf("%s: got %v\nwant %v", s.Week, s.Values, c.want[s.Week])
				}
			}
		})
	}
}

// judged is a ledger about which nobody said anything.
func judged(ledger []finding.Finding) iter.Seq[*finding.Finding] {
	return finding.EachJudged(ledger, nil, time.Time{})
}

func TestTheLatestFlightOfAWeekIsTold(t *testing.T) {
	flights := []finding.Flight{
		{Team: "payments", At: when(t, "44 sun 23:59"), InFlight: 41, Clear: 36}, {Team: "payments", At: when(t, "44 tue 9:00"), InFlight: 12, Clear: 12},
		{Team: "core", At: when(t, "45 tue 9:00"), InFlight: 3, Clear: 1},
	}
	watches := []trends.Watch{{Team: "payments", Weeks: weeksOf(t, zone(t, "Europe/Berlin"), 44, 45)}}
	got := trends.Ledger(judged(nil), flights, everything, watches)
	if want := map[string]float64{"in-flight": 41, "clear": 36}; !maps.Equal(got[0].Values, want) || len(got[1].Values) != 0 {
		t.Errorf("got %v and %v, want %v and nothing", got[0].Values, got[1].Values, want)
	}
	if v, known := got[0].Value(trends.Aligned); !known || v < 87.8 || v > 87.9 {
		t.Errorf("aligned work %v, %v, want 36 of 41 in percent", v, known)
	}
}

func TestNoPercentageOfFewerThanTen(t *testing.T) {
	for _, c := range []struct {
		of    float64
		known bool
	}{{10, true}, {9, false}, {0, false}} {
		s := trends.Snapshot{Values: map[string]float64{trends.Unplanned: 0, trends.UnplannedOf: c.of}}
		if v, known := s.Value(trends.UnplannedShare); known != c.known || v != 0 {
			t.Errorf("0 of %v gives %v, %v, want known = %v", c.of, v, known, c.known)
		}
		if part, of, known := s.Part(trends.UnplannedShare); !known || part != 0 || of != c.of {
			t.Errorf("the counts behind it are %v of %v, %v", part, of, known)
		}
	}
}

func TestTogetherKnowsWhatEveryTeamKnows(t *testing.T) {
	teams := []trends.Snapshot{
		{Team: "a", Values: map[string]float64{"open": 2, "open:x": 2, "in-flight": 7, "new": 1, "cycle-time-median": 3, "outside:deploys": 9}},
		{Team: "b", Values: map[string]float64{"open": 3, "open:x": 1, "open:y": 2, "in-flight": 4, "cycle-time-median": 5}},
	}
	agreed := func(team, rule string) bool { return team == "b" || rule == "x" }
	got := trends.Together("2026-W46", teams, agreed).Values
	if want := map[string]float64{"open": 5, "open:x": 3, "open:y": 2, "in-flight": 11}; !maps.Equal(got, want) {
		t.Errorf("together %v, want %v", got, want)
	}
}

// Whatever the stretches: what is open at the end of a week is what was at the
// end of the one before, with what opened and without what closed; all rules are
// the sum of each; and the order of findings makes no difference.
func TestLedgerWeeksAddUp(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 46))
	loc := zone(t, "Europe/Berlin")
	weeks := weeksOf(t, loc, 40, 47)
	for range 200 {
		var ledger []finding.Finding
		closed := map[string]float64{}
		for n := range 30 {
			f := finding.Finding{Seen: finding.Seen{ID: finding.ID(fmt.Sprint(n)), Rule: []string{"a", "b"}[n%2], Team: "payments", Audience: finding.ForTeam}}
			at := weeks[0].Start.Add(-time.Duration(random.IntN(500)) * time.Hour)
			for range 1 + random.IntN(3) {
				s := finding.Span{From: at.Add(time.Duration(1+random.IntN(300)) * time.Hour)}
				if at = s.From.Add(time.Duration(1+random.IntN(300)) * time.Hour); random.IntN(4) > 0 {
					s.To, s.End = at, []finding.State{finding.Settled, finding.AgedOut, finding.Answered}[random.IntN(3)]
					closed[org.WeekOf(s.To, loc).String()]++
				}
				f.Spans = append(f.Spans, s)
				if s.To.IsZero() {
					break
				}
			}
			ledger = append(ledger, f)
		}
		from := trends.Watched{Since: weeks[0].Start.AddDate(-1, 0, 0), Until: weeks[7].End}
		watches := []trends.Watch{{Team: "payments", Weeks: weeks, Rules: map[string]trends.Watched{"a": from, "b": from}}}
		got := trends.Ledger(judged(ledger), nil, everything, watches)
		for i, s := range got {
			for _, m := range []string{trends.Open, trends.New, trends.Settled} {
				if s.Values[m] != s.Values[trends.OfRule(m, "a")]+s.Values[trends.OfRule(m, "b")] {
					t.Fatalf("%s of all rules is not the sum of each: %v", m, s.Values)
				}
			}
			if i > 0 && s.Values[trends.Open] != got[i-1].Values[trends.Open]+s.Values[trends.New]-closed[s.Week] {
				t.Fatalf("%s: open %v, before %v, new %v, closed %v", s.Week, s.Values[trends.Open], got[i-1].Values[trends.Open], s.Values[trends.New], closed[s.Week])
			}
		}
		random.Shuffle(len(ledger), func(i, j int) { ledger[i], ledger[j] = ledger[j], ledger[i] })
		if !reflect.DeepEqual(trends.Ledger(judged(ledger), nil, everything, watches), got) {
			t.Fatal("another order gives other numbers")
		}
	}
}

func BenchmarkLedger(b *testing.B) {
	loc := zone(b, "Europe/Berlin")
	random := rand.New(rand.NewPCG(1, 2))
	weeks := trends.WeeksTo(org.WeekOf(when(b, "46 mon 12:00"), loc), 26)
	var watches []trends.Watch
	for team := range 50 {
		w := trends.Watch{Team: fmt.Sprint("team ", team), Weeks: weeks, Rules: map[string]trends.Watched{}}
		for rule := range 25 {
			w.Rules[fmt.Sprint("rule ", rule)] = trends.Watched{Since: weeks[0].Start, Until: weeks[25].End}
		}
		watches = append(watches, w)
	}
	ledger := make([]finding.Finding, 100_000)
	for i := range ledger {
		from := weeks[0].Start.Add(time.Duration(random.IntN(26*7*24)) * time.Hour)
		ledger[i] = finding.Finding{
			Seen:  finding.Seen{Rule: fmt.Sprint("rule ", i%25), Team: fmt.Sprint("team ", i%50), Audience: finding.ForTeam},
			Spans: []finding.Span{{From: from, To: from.AddDate(0, 0, random.IntN(60)), End: finding.Settled}},
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if got := trends.Ledger(judged(ledger), nil, everything, watches); len(got) != 50*26 {
			b.Fatalf("%d weeks", len(got))
		}
	}
}
