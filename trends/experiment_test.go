package trends_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/trends"
)

// series are snapshots of weeks 30 and on, with numbers of the measures: one
// text for each, values parted by spaces, "-" for what is not known.
func series(t testing.TB, numbers map[string]string) []trends.Snapshot {
	t.Helper()
	var out []trends.Snapshot
	for measure, text := range numbers {
		for i, word := range strings.Fields(text) {
			for len(out) <= i {
				out = append(out, trends.Snapshot{Team: "payments", Week: fmt.Sprintf("2026-W%02d", 30+len(out)), Values: map[string]float64{}})
			}
			var v float64
			if _, err := fmt.Sscan(word, &v); err == nil {
				out[i].Values[measure] = v
			} else if word != "-" {
				t.Fatal(err)
			}
		}
	}
	return out
}

func expectation(t testing.TB, text string) trends.Expectation {
	t.Helper()
	e, err := trends.ParseExpectation(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// trial begins on the Monday of week 36, six weeks into the series, and ends on
// the Sunday of week 41.
func trial(t testing.TB, expect string) trends.Experiment {
	return trends.Experiment{Name: "Co-written goals", Team: "payments", Measure: trends.Open, Expect: expectation(t, expect), Start: "2026-08-31", End: "2026-10-11"}
}

func week(t testing.TB, number int) org.Week {
	return weeksOf(t, zone(t, "Europe/Berlin"), number, number)[0]
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		name, expect, numbers string
		last                  int // 0: week 41, with which it ends
		want                  trends.Verdict
		text                  string
	}{
		{"from four to one, where half was expected", "down by half", "4 5 4 3 4 4 1 1 2 1 0 1", 0, trends.AsExpected, "Exceptions open at the end of a week, a week on average: 4 → 1, over 6 weeks each. It moved as expected (down by half)."},
		{"the same, while it runs", "down by half", "4 5 4 3 4 4 1 1 2 1 0 1", 39, trends.AsExpected, "over 4 weeks each. It moved as expected (down by half) so far."},
		{"down, by less than expected", "down by half", "4 5 4 5 4 5 3 3 3 4 3 3", 0, trends.NotMoved, "It moved in the expected direction, by less than expected (down by half)."},
		{"any move down is as expected", "down", "4 5 4 5 4 5 3 3 3 4 3 3", 0, trends.AsExpected, "It moved as expected (down)."},
		{"up where down was expected", "down by half", "1 1 2 1 0 1 4 5 4 3 4 4", 0, trends.OtherWay, "It moved the other way (down by half was expected)."},
		{"no more than chance", "down by 10%", "4 1 5 2 6 3 3 2 5 1 4 4", 0, trends.NotMoved, "It has not moved by more than chance may do (down by 10% was expected)."},
		{"always the same", "down by half", "3 3 3 3 3 3 3 3 3 3 3 3", 0, trends.NotMoved, "3 → 3"},
		{"nothing ever happened", "down by half", "0 0 0 0 0 0 0 0 0 0 0 0", 0, trends.TooLittle, "Nothing happened on either side, so there is nothing to compare."},
		{"it began at nothing and stays there but once", "up by 20%", "0 0 0 0 0 0 0 0 1 0 0 0", 0, trends.NotMoved, ""},
		{"from nothing to something", "up by 20%", "0 0 0 0 0 0 2 1 2 1 2 3", 0, trends.AsExpected, ""},
		{"nothing before cannot go down", "down by half", "0 0 0 0 0 0 2 1 2 1 2 3", 0, trends.OtherWay, ""},
		{"up by two", "up by 2", "1 2 1 2 1 2 4 4 3 4 5 4", 0, trends.AsExpected, "1.5 → 4"},
		{"up by three was too much to expect", "up by 3", "1 2 1 2 1 2 4 4 3 4 5 4", 0, trends.NotMoved, "by less than expected"},
		{"below three", "below 3", "5 6 5 4 5 5 3 2 2 3 2 2", 0, trends.AsExpected, ""},
		{"not below two", "below 2", "5 6 5 4 5 5 3 2 2 3 2 2", 0, trends.NotMoved, "by less than expected"},
		{"nothing was to change, and nothing did", "no change", "4 1 5 2 6 3 3 2 5 1 4 4", 0, trends.NotMoved, "It has not moved by more than chance may do, as expected."},
		{"nothing was to change, and it did", "no change", "1 1 2 1 0 1 4 5 4 3 4 4", 0, trends.OtherWay, "It moved, which was not expected."},
		{"three weeks are too few", "down by half", "4 5 4 3 4 4 1 1 2", 38, trends.TooLittle, "over 3 weeks each. One week more before we can say."},
		{"none has passed", "down by half", "4 5 4 3 4 4", 35, trends.TooLittle, "Four weeks more before we can say."},
		{"gaps are left out", "down by half", "4 - 4 3 4 4 1 1 - 1 0 1", 0, trends.AsExpected, "over 5 weeks each"},
		{"and may leave too little", "down by half", "4 5 - 3 - - 1 1 2 1 0 1", 0, trends.TooLittle, "the number is known of 3 weeks before it began"},
		{"on the other side too", "down by half", "4 5 4 3 4 4 1 - - 1 - 1", 0, trends.TooLittle, "it takes 4 weeks on each side of which the number is known"},
		{"sides may differ", "down by half", "4 - 4 3 4 4 1 1 2 1 0 1", 0, trends.AsExpected, "over 5 weeks before and 6 since"},
	} {
		t.Run(c.name, func(t *testing.T) {
			last := c.last
			if last == 0 {
				last = 41
			}
			got := trends.Judge(trial(t, c.expect), week(t, last), series(t, map[string]string{trends.Open: c.numbers}))
			if got.Verdict != c.want || !strings.Contains(got.Text, c.text) {
				t.Errorf("got %q: %s\nwant %q: %s", got.Verdict, got.Text, c.want, c.text)
			}
			if got.Running != (last < 41) {
				t.Errorf("running = %v at week %d", got.Running, last)
			}
		})
	}
}

func TestGuardrails(t *testing.T) {
	for _, c := range []struct {
		name, expect, numbers string
		want                  trends.Verdict
		text                  string
	}{
		{"left alone", "not down by more than 20%", "9 8 9 10 9 9 9 9 8 9 10 9", trends.Held, "9 → 9. It was."},
		{"a little down", "not down by more than 20%", "9 8 9 10 9 9 8 8 7 8 9 8", trends.Held, "9 → 8. It was."},
		{"far down", "not down by more than 20%", "9 8 9 10 9 9 5 6 5 4 5 5", trends.Tripped, "9 → 5. It was not: worth a talk before going on."},
		{"far up is no matter", "not down by more than 20%", "5 6 5 4 5 5 9 8 9 10 9 9", trends.Held, ""},
		{"down by as much as chance may do", "not down by more than 20%", "1 20 2 9 4 18 1 3 19 2 1 8", trends.Unclear, "which is beyond that, and no more than chance may do"},
		{"up by more than two", "not up by more than 2", "1 2 1 2 1 2 4 4 3 4 5 4", trends.Tripped, ""},
		{"not up at all", "not up", "1 2 1 2 1 2 4 4 3 4 5 4", trends.Tripped, ""},
		{"stays above", "above 7", "9 8 9 10 9 9 9 9 8 9 10 9", trends.Held, ""},
		{"no change, and there was one", "no change", "9 8 9 10 9 9 5 6 5 4 5 5", trends.Tripped, ""},
		{"not known", "not up", "- - - - - - 1 1 1 1 1 1", trends.TooLittle, "too little data to say"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := trial(t, "down by half")
			g, err := trends.ParseGuardrail(c.expect)
			if err != nil {
				t.Fatal(err)
			}
			e.Guardrail = &trends.Guardrail{Measure: trends.Throughput, Expect: g}
			got := trends.Judge(e, week(t, 41), series(t, map[string]string{trends.Open: "4 5 4 3 4 4 1 1 2 1 0 1", trends.Throughput: c.numbers}))
			if got.Verdict != trends.AsExpected || got.Guardrail.Verdict != c.want || !strings.Contains(got.Guardrail.Text, c.text) {
				t.Errorf("got %q: %s\nwant %q: %s", got.Guardrail.Verdict, got.Guardrail.Text, c.want, c.text)
			}
		})
	}
}

func TestSides(t *testing.T) {
	for _, c := range []struct {
		name       string
		start, end ticket.Date
		last       int
		want       string
	}{
		{"from a Monday to a Sunday", "2026-08-31", "2026-10-11", 45, "2026-W30–2026-W35 2026-W36–2026-W41 of 6"},
		{"what is over of it so far", "2026-08-31", "2026-10-11", 37, "2026-W34–2026-W35 2026-W36–2026-W37 of 6"},
		{"a week begun on a Wednesday belongs to neither side", "2026-09-02", "2026-10-11", 45, "2026-W31–2026-W35 2026-W37–2026-W41 of 5"},
		{"nor does one in which it ends on a Saturday", "2026-08-31", "2026-10-10", 45, "2026-W31–2026-W35 2026-W36–2026-W40 of 5"},
		{"twelve a side at most, those next to its beginning", "2026-03-02", "2026-12-31", 45, "2025-W50–2026-W09 2026-W10–2026-W21 of 12"},
		{"before it begins", "2026-08-31", "2026-10-11", 35, " of 6"},
		{"over the turn of the year, whose last week is the 53rd", "2026-12-28", "2027-01-10", 53, "2026-W52–2026-W52 2026-W53–2026-W53 of 2"},
	} {
		e := trends.Experiment{Start: c.start, End: c.end}
		before, after, all := e.Sides(week(t, c.last))
		got := fmt.Sprintf(" of %d", all)
		if len(after) > 0 {
			got = fmt.Sprintf("%s–%s %s–%s of %d", before[0], before[len(before)-1], after[0], after[len(after)-1], all)
		}
		if got != c.want || len(before) != len(after) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestExpectations(t *testing.T) {
	for _, text := range []string{"down by half", "Down  by a third", "up by a quarter", "down by 30%", "down by 30 %", "up by 2", "up by 2.5", "down", "below 3", "above 80%", "no change"} {
		if _, err := trends.ParseExpectation(text); err != nil {
			t.Error(err)
		}
	}
	for text, why := range map[string]string{
		"": "no change that can", "better": "no change that can", "down by": "no change that can", "down by -2": "no change that can", "down by 130%": "more than the whole",
		"half": "no change that can", "up by 1e9": "no change that can", "not up": "what a guardrail expects", "not down by more than 2": "what a guardrail expects", "below": "no change that can",
	} {
		if _, err := trends.ParseExpectation(text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %s", text, err, why)
		}
	}
	for _, text := range []string{"not up by more than 20%", "not down by more than half", "not up", "not down by more than 2", "below 3", "above 80%", "no change"} {
		if _, err := trends.ParseGuardrail(text); err != nil {
			t.Error(err)
		}
	}
	for _, text := range []string{"down by half", "up", "", "not"} {
		if _, err := trends.ParseGuardrail(text); err == nil {
			t.Errorf("%q is taken for a guardrail's", text)
		}
	}
}

// The exact test against all deals, one after the other.
func TestThePermutationTestCountsEveryDeal(t *testing.T) {
	random := rand.New(rand.NewPCG(19, 37))
	for range 300 {
		var before, after []float64
		for range 1 + random.IntN(6) {
			before = append(before, float64(random.IntN(8))/[]float64{1, 3, 10}[random.IntN(3)])
		}
		for range 1 + random.IntN(6) {
			after = append(after, float64(random.IntN(8))/[]float64{1, 3, 10}[random.IntN(3)])
		}
		down, up := trends.Permuted(before, after)
		wantDown, wantUp := dealt(before, after)
		if math.Abs(down-wantDown) > 1e-12 || math.Abs(up-wantUp) > 1e-12 {
			t.Fatalf("%v against %v: %v and %v, want %v and %v", before, after, down, up, wantDown, wantUp)
		}
	}
	down, up := trends.Permuted([]float64{4, 5, 4, 3}, []float64{1, 1, 2, 1})
	if down != 1./70 || up != 1 {
		t.Errorf("of four and four without overlap %v and %v, want 1 of 70 and 1", down, up)
	}
}

func dealt(before, after []float64) (down, up float64) {
	all := append(append([]float64(nil), before...), after...)
	observed, total := 0.0, 0.0
	for _, v := range after {
		observed += v
	}
	for group := range 1 << len(all) {
		n, s := 0, 0.0
		for i, v := range all {
			if group>>i&1 == 1 {
				n, s = n+1, s+v
			}
		}
		if n != len(after) {
			continue
		}
		total++
		if s <= observed+1e-9 {
			down++
		}
		if s >= observed-1e-9 {
			up++
		}
	}
	return down / total, up / total
}

func BenchmarkJudgeTwelveWeeksASide(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	before, after := make([]float64, 12), make([]float64, 12)
	for i := range before {
		before[i], after[i] = random.Float64(), random.Float64()
	}
	for b.Loop() {
		trends.Permuted(before, after)
	}
}

func TestMarks(t *testing.T) {
	all := []trends.Experiment{trial(t, "down"), {Name: "Fewer meetings", Start: "2026-10-12", End: "2026-12-18"}}
	var got []string
	for _, m := range trends.Marks(all, weeksOf(t, zone(t, "Europe/Berlin"), 36, 45)) {
		got = append(got, fmt.Sprintf("%s %s %s", m.Week, m.At.Format("2006-01-02T15:04"), m.Text))
	}
	want := []string{
		"2026-W36 2026-08-30T22:00 Co-written goals begins", "2026-W41 2026-10-11T22:00 Co-written goals ends", "2026-W42 2026-10-11T22:00 Fewer meetings begins",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAnExperimentRunsInTheWeeksOfItsDays(t *testing.T) {
	e := trends.Experiment{Start: "2026-09-02", End: "2026-10-12"}
	for number, want := range map[int]bool{35: false, 36: true, 41: true, 42: true, 43: false} {
		if got := e.RunsIn(week(t, number)); got != want {
			t.Errorf("in week %d: %v, want %v", number, got, want)
		}
	}
}

func TestNumbersAreWrittenShortly(t *testing.T) {
	for v, want := range map[float64]string{4: "4", 1.04: "1", 1.25: "1.2", 0.5: "0.5", 9.94: "9.9", 9.96: "10", 41.6: "42", 0: "0"} {
		if got := trends.Number(v); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}

func FuzzExpectation(f *testing.F) {
	for _, text := range []string{"down by half", "not up by more than 20%", "above 80%", "up by 2.5", "no change"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := trends.ParseExpectation(text)
		if err != nil {
			return
		}
		x := trial(t, "down")
		x.Expect = e
		got := trends.Judge(x, week(t, 41), series(t, map[string]string{trends.Open: "4 5 4 3 4 4 1 1 2 1 0 1"}))
		if got.Verdict == trends.TooLittle || math.IsNaN(got.Chance) {
			t.Errorf("%q: %+v", text, got)
		}
	})
}
