package daemon

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/simulator"
)

// mondays are those of the story's end on which the tests below look.
func mondays() []time.Time {
	var out []time.Time
	for w := -3; w <= 0; w++ {
		out = append(out, demoEnd().AddDate(0, 0, 7*w))
	}
	return out
}

// storyteller plays the demo's story and looks on mondays.
type storyteller struct {
	*Fairlead
	t      *testing.T
	teller *simulator.Teller
}

func newStoryteller(t *testing.T) *storyteller {
	t.Helper()
	teller, story := simulator.Tell(demoSeed, demoEnd())
	network, stop, err := stage(t.Context(), teller.World(), story)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	f := openDemo(t, story.Files(demoSites), Options{Clock: worldClock{teller.World()}, Base: onlyTo(network)})
	return &storyteller{f, t, teller}
}

func (s *storyteller) until(at time.Time) {
	s.t.Helper()
	s.teller.Until(at)
	look(s.t, s.Fairlead)
}

// headline is the sentence that last week's report of the team begins with, and
// the lines that tell of the ticket.
func (s *storyteller) headline(team, ticket string) (headline, about string) {
	s.t.Helper()
	var page strings.Builder
	if err := s.Report(s.t.Context(), &page, ReportRequest{Team: team, Week: "last", For: "team", Format: "text"}); err != nil {
		s.t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(page.String()) {
		if headline == "" && (strings.Contains(line, "open exception") || strings.HasPrefix(line, "Nothing open")) {
			headline = strings.TrimSpace(line)
		}
		if strings.Contains(line, ticket) || strings.Contains(line, "open again") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return headline, strings.Join(lines, "\n")
}

func (s *storyteller) about(key, rule string) Listed {
	s.t.Helper()
	all, err := s.Findings(s.t.Context(), ListRequest{State: "all", Rule: rule})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, one := range all {
		if one.Key == key {
			return one
		}
	}
	s.t.Fatalf("%s noticed nothing about %s", rule, key)
	return Listed{}
}

func TestWhatPeopleSayIsHeardThroughTheStory(t *testing.T) {
	const rule = "feature-without-problem"
	days := mondays()
	s := newStoryteller(t)
	s.until(days[0])
	s.until(days[1]) // 2 November

	person := s.PersonIDs()[0]
	answered := s.about("PAY-73", rule)
	if _, err := s.Answer(t.Context(), AnswerRequest{Finding: string(answered.ID), Reason: "The regulator asked for it", Speaker: by(person)}); err != nil {
		t.Fatal(err)
	}
	plan, err := s.PlanWaiver(t.Context(), WaiveRequest{Rule: rule, Label: "FEATURE", Until: "1 week", Reason: "Growth is new to this", Speaker: by(person)})
	if err != nil {
		t.Fatal(err)
	}
	if b := plan.Breadth; b.Open != 2 || !slices.Equal(b.Teams, []TeamCount{{"growth", 2}}) || b.Lately < 4 {
		t.Errorf("the waiver would cover %+v, want two in growth, and more lately", b)
	}
	if plan, err = s.Waive(t.Context(), plan); err != nil {
		t.Fatal(err)
	}

	s.until(days[2]) // 9 November, the last day of the waiver
	for _, c := range []struct{ team, want string }{{"payments", "1 answered"}, {"growth", "2 waived"}} {
		if got, _ := s.headline(c.team, "no ticket"); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q in it", c.team, got, c.want)
		}
	}
	if got := s.about("PAY-73", rule).State; got != "answered" {
		t.Errorf("what was answered is %s when it is gone, want answered", got)
	}
	if got := s.about("GRO-91", rule); got.State != "waived" || got.Weeks != 0 {
		t.Errorf("what came up under the waiver is %s for %d weeks, want it waived", got.State, got.Weeks)
	}

	s.until(days[3]) // 16 November
	headline, about := s.headline("growth", "GRO-91")
	if !strings.Contains(headline, "1 opened again") || !strings.Contains(about, "Waived until Monday, open again.") {
		t.Errorf("growth: %q\n%s\nwant GRO-91 open again", headline, about)
	}
	if got := s.about("GRO-91", rule); got.State != "open" || got.Weeks != 1 || got.First.After(days[2]) || !got.Since.Equal(plan.Waiver.Until) {
		t.Errorf("it is %s for %d weeks, since %s, first seen %s; want it open since the waiver ended", got.State, got.Weeks, got.Since, got.First)
	}
	shown, err := s.Show(t.Context(), string(s.about("GRO-91", rule).ID))
	if err != nil {
		t.Fatal(err)
	}
	var trail []string
	for _, e := range shown[0].Trail {
		what, _, _ := strings.Cut(e.What, " until ")
		trail = append(trail, fmt.Sprintf("%s %s: %s", e.By, strings.TrimSuffix(what, " (waiver "+plan.Waiver.ID+")"), e.State))
	}
	want := []string{
		person + ` waived what feature-without-problem notices about tickets labelled "FEATURE": not noticed yet`,
		"fairlead opened: waived", "fairlead the waiver expired: open",
	}
	if !slices.Equal(trail, want) {
		t.Errorf("its trail is\n%s\nwant\n%s", strings.Join(trail, "\n"), strings.Join(want, "\n"))
	}
	s.sameWithoutWords(days)
}

// sameWithoutWords plays the story once more while nobody says anything: runs must
// have noticed the same.
func (s *storyteller) sameWithoutWords(days []time.Time) {
	s.t.Helper()
	silent := newStoryteller(s.t)
	for _, at := range days {
		silent.until(at)
	}
	got, want := ledgerOf(s.t, s.Fairlead), ledgerOf(s.t, silent.Fairlead)
	if len(got) != len(want) {
		s.t.Fatalf("runs noticed %d findings, and %d where nobody said anything", len(got), len(want))
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], want[i]) {
			s.t.Errorf("runs noticed %+v, and where nobody said anything %+v", got[i], want[i])
		}
	}
	if slices.ContainsFunc(got, func(e finding.Finding) bool { return e.State == finding.Answered || e.State == finding.Waived }) {
		s.t.Error("a run stored what a person said")
	}
}
