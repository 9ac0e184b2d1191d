package scale

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write golden files and docs/scale.md anew")

// small is an organisation that is simulated in a moment.
func small() Organisation {
	o := Default()
	o.Teams, o.Tickets, o.Sites, o.Replicas, o.Nodes, o.Weeks = 60, 120_000, 4, 1, 1, 1
	return o
}

// still is one source of which nothing changes and nothing goes wrong.
func still(tracker Tracker, tickets int) Organisation {
	o := small()
	o.Tracker, o.Tickets, o.Sites, o.Teams, o.TeamsPerSource = tracker, tickets, 1, 1, 1
	o.Changes, o.Watched, o.Quiet = 0, 0, true
	return o
}

func simulated(t *testing.T, o Organisation) Result {
	t.Helper()
	r, err := Simulate(t.Context(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOneSiteOfJiraIsReadInAsLongAsItsAnswersTake(t *testing.T) {
	o := still(Jira, 200_000)
	r := simulated(t, o)
	requests := 4 + 3*1 + 200_000/100 + 200_000/1000
	if want := time.Duration(requests) * o.Answer; r.FirstSync.Worst != want.Round(time.Second) || r.FirstSync.Requests != requests {
		t.Errorf("%d requests in %v, want %d in %v", r.FirstSync.Requests, r.FirstSync.Worst, requests, want)
	}
}

func TestOneWorkspaceOfLinearIsReadInAsLongAsItsPointsTake(t *testing.T) {
	o := still(Linear, 200_000)
	r := simulated(t, o)
	// 200,000 issues of 103.7 points are 20.74 million: six full hours and a part of the seventh.
	hours := linearEach * 200_000 / linearPoints
	if got := r.FirstSync.Worst.Hours(); got < 6 || got > hours {
		t.Errorf("read in %.2f hours, want six and what the rest takes to answer", got)
	}
	if at := r.Sites[0]; at.OfLimit > 1 {
		t.Errorf("%.2f of the limit was used", at.OfLimit)
	}
}

func TestAnOAuthApplicationReadsWhatItsQuotaAllows(t *testing.T) {
	o := still(Jira, 200_000)
	o.OAuth = true
	r := simulated(t, o)
	points := float64(2*(4+3) + 2000 + 200 + 2*200_000)
	if got, least := r.FirstSync.Worst.Hours(), points/jiraQuota-1; got < least || got > 1.6*points/jiraQuota {
		t.Errorf("read in %.1f hours, want at least %.1f", got, least)
	}
}

func TestACheckTakesWhatItsSlowestPartTakes(t *testing.T) {
	o := Default()
	c := Costs{Rules: 10, Judge: time.Microsecond, Readings: 1, Read: time.Microsecond, Serve: time.Microsecond}
	o.Costs, o.Cores, o.Nodes = c, 1, 1
	if got := checkOf(&o, 1_000_000, 1).whole; got != 11*time.Second {
		t.Errorf("a core that reads and judges takes %v, want 11s", got)
	}
	if got := checkOf(&o, 1_000_000, 10).whole; got != 1100*time.Millisecond {
		t.Errorf("ten of them take %v, want 1.1s", got)
	}
	o.Cores = 100
	if got := checkOf(&o, 1_000_000, 10).whole; got != time.Second {
		t.Errorf("one Redis that serves ten takes %v, want 1s", got)
	}
	o.Nodes = 10
	if got := checkOf(&o, 1_000_000, 1).whole; got != time.Second {
		t.Errorf("reading alone takes %v, want 1s", got)
	}
}

func TestAChangeIsCheckedSoonerWhereOnlyWhatWasAlteredIs(t *testing.T) {
	o := small()
	o.Tickets, o.Quiet = 1_000_000, true
	all := simulated(t, o)
	o.Altered = true
	altered := simulated(t, o)
	if altered.Everyday.Checked.Median >= all.Everyday.Checked.Median || altered.FirstSync.Findings != all.FirstSync.Findings {
		t.Errorf("half of the changes are checked after %v, with all tickets after %v; first findings after %v and %v",
			altered.Everyday.Checked.Median, all.Everyday.Checked.Median, altered.FirstSync.Findings, all.FirstSync.Findings)
	}
}

func TestLagsAreAtLeastWhatAPassTakesAndAtMostARoundMore(t *testing.T) {
	o := small()
	o.Quiet = true
	r := simulated(t, o)
	e := r.Everyday
	if e.Checked.Longest > 2*e.Round.Longest+o.Every || e.Stored.Longest > e.Checked.Longest {
		t.Errorf("lags %+v and %+v with rounds of %+v", e.Stored, e.Checked, e.Round)
	}
	want := o.Changes / 30 * 7 * float64(o.Tickets)
	if got := float64(e.Changes + e.Left); got < 0.9*want || got > 1.1*want {
		t.Errorf("%v changes in a week, want about %v", got, want)
	}
}

func TestASiteThatIsAwayIsReadAfterwards(t *testing.T) {
	o := small()
	disturbed := simulated(t, o)
	o.Quiet = true
	quiet := simulated(t, o)
	if disturbed.Everyday.Stored.Longest < 2*time.Hour || quiet.Everyday.Stored.Longest > 2*time.Hour {
		t.Errorf("the longest lag is %v, undisturbed %v; the site is away for two hours", disturbed.Everyday.Stored.Longest, quiet.Everyday.Stored.Longest)
	}
	if disturbed.Everyday.Refused <= quiet.Everyday.Refused {
		t.Error("nothing was refused while a site was away")
	}
}

// What helps may never make it slower.
func TestMoreOfAnythingIsNeverSlower(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	organisations := 6
	if testing.Short() {
		organisations = 1 // they take minutes, and there is one goroutine
	}
	for range organisations {
		o := small()
		o.Quiet, o.Weeks, o.Changes = true, 1, 0
		o.Teams = 10 + random.IntN(200)
		o.Tickets = random.IntN(300_000)
		o.Sites = 1 + random.IntN(6)
		o.TeamsPerSource = 1 + random.IntN(60)
		o.Replicas = 1 + random.IntN(3)
		base := simulated(t, o)
		for _, better := range []struct {
			what   string
			change func(*Organisation)
		}{
			{"answers twice as fast", func(o *Organisation) { o.Answer /= 2 }},
			{"half as many tickets", func(o *Organisation) { o.Tickets /= 2 }},
			{"no watchers", func(o *Organisation) { o.Watched = 0 }},
		} {
			faster := o
			better.change(&faster)
			if got := simulated(t, faster); got.FirstSync.Worst > base.FirstSync.Worst+time.Minute {
				t.Errorf("%s: the first reading of %+v takes %v, before %v", better.what, o, got.FirstSync.Worst, base.FirstSync.Worst)
			}
		}
		more := o
		more.Replicas *= 2
		if got := simulated(t, more); got.FirstSync.Worst > base.FirstSync.Worst+time.Minute {
			t.Errorf("with %d replicas the first reading takes %v, with %d %v", more.Replicas, got.FirstSync.Worst, o.Replicas, base.FirstSync.Worst)
		}
	}
}

func TestTheSameSeedGivesTheSame(t *testing.T) {
	told := func(o Organisation) string {
		text, err := json.Marshal(simulated(t, o))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	o := small()
	first := told(o)
	if told(o) != first {
		t.Error("the same seed gave something else")
	}
	if o.Seed++; told(o) == first {
		t.Error("another seed gave the same")
	}
}

func TestReplicasAreFoundThatAreEnough(t *testing.T) {
	o := small()
	o.Replicas, o.Within = 0, 40*time.Minute
	r := simulated(t, o)
	if !r.Replicas.Enough || r.Replicas.Number != 1 || len(r.Replicas.Tried) != 1 {
		t.Errorf("%+v, want one", r.Replicas)
	}
	o.Within = time.Minute // the pause alone is longer
	if r := simulated(t, o); r.Replicas.Enough || len(r.Replicas.Tried) != len(crews) {
		t.Errorf("%+v, want none", r.Replicas)
	}
}

func TestEverybodyGetsTheirReport(t *testing.T) {
	o := small()
	r := simulated(t, o)
	messages := 0
	for _, m := range r.Mondays {
		messages += m.Messages
		if m.Last <= 0 || m.Last > 2*time.Hour {
			t.Errorf("the last of %+v", m)
		}
	}
	if messages != o.Teams {
		t.Errorf("%d messages for %d teams", messages, o.Teams)
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	o := Default()
	o.Teams, o.Tickets, o.Sites, o.Tracker, o.Answer, o.Costs.Judge = 0, -1, 99_999_999_999_999, "trello", 0, -1
	_, err := Simulate(t.Context(), o, nil)
	if !IsMistake(err) {
		t.Fatalf("err = %v", err)
	}
	for _, want := range []string{"teams: 0", "tickets: -1", "sites: 99999999999999 is", `"trello"`, "answer: 0s", "costs.judge", "choose"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in:\n%v", want, err)
		}
	}
}

func TestTheOutcomeReadsAsItShould(t *testing.T) {
	r := simulated(t, small())
	var b strings.Builder
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("testdata", "small.txt"), b.String())
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs: look, and run go test ./scale -update\n%s", path, got)
	}
}

func BenchmarkSimulate(b *testing.B) {
	for b.Loop() {
		if _, err := Simulate(b.Context(), Default(), nil); err != nil {
			b.Fatal(err)
		}
	}
}
