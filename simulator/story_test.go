package simulator_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/fairlead-dev/fairlead/simulator"
)

// told is everything that can be compared of a story.
func told(seed int64, end time.Time) string {
	w, _ := simulator.Story(seed, end)
	var b strings.Builder
	for _, i := range w.Issues("") {
		fmt.Fprintln(&b, i.Key, i.ID(), i.UUID(), i.Title, i.Status.Name, i.Created, i.Updated, len(i.History), len(i.Comments))
	}
	return b.String()
}

func TestTheSameSeedTellsTheSameStory(t *testing.T) {
	once, again := told(1, storyEnd), told(1, storyEnd)
	if once != again {
		t.Error("two stories of one seed differ")
	}
	if told(1, storyEnd) == told(2, storyEnd) {
		t.Error("stories of two seeds are the same")
	}
}

func TestTheStoryHasItsSize(t *testing.T) {
	for seed := range int64(5) {
		w, _ := simulator.Story(seed, storyEnd)
		for _, key := range []string{"PAY", "CORE", "GRO"} {
			issues := w.Issues(key)
			var flying, history, comments int
			for _, i := range issues {
				history, comments = history+len(i.History), comments+len(i.Comments)
				if i.Status.Category == simulator.InProgress {
					flying++
				}
			}
			if n := len(issues); n < 60 || n > 110 {
				t.Errorf("seed %d: %s has %d issues, want 60 to 110", seed, key, n)
			}
			if flying < 10 || flying > 35 || history < 3*len(issues) || comments < len(issues) {
				t.Errorf("seed %d: %s has %d in flight, %d changes, %d comments", seed, key, flying, history, comments)
			}
		}
	}
}

func TestTheStoryCanBeHeardWeekByWeek(t *testing.T) {
	teller, _ := simulator.Tell(46, storyEnd)
	seen := 0
	for week := range 12 {
		at := storyEnd.AddDate(0, 0, -7*(11-week))
		teller.Until(at)
		if now := teller.World().Now(); !now.Equal(at) {
			t.Fatalf("the clock shows %v, want %v", now, at)
		}
		n := len(teller.World().Issues(""))
		if n <= seen {
			t.Errorf("nothing was created in week %d", week+1)
		}
		seen = n
		for _, i := range teller.World().Issues("") {
			if i.Updated.After(at) {
				t.Errorf("%s was updated %v, after %v", i.Key, i.Updated, at)
			}
		}
	}
	var b strings.Builder
	for _, i := range teller.World().Issues("") {
		fmt.Fprintln(&b, i.Key, i.ID(), i.UUID(), i.Title, i.Status.Name, i.Created, i.Updated, len(i.History), len(i.Comments))
	}
	if b.String() != told(46, storyEnd) {
		t.Error("heard week by week the story is another")
	}
}

// assigned is one assignment by Dana, and what the EM had to do with it.
type assigned struct {
	issue  *simulator.Issue
	at     time.Time
	emLate bool // no EM took part within 48 hours
}

// danas lists the assignments by Dana that were no import.
func danas(w *simulator.World) []assigned {
	ems := []string{"lee", "nkechi", "gregor", "camila", "ananya"}
	var out []assigned
	for _, i := range w.Issues("") {
		for _, e := range i.History {
			for _, it := range e.Items {
				if it.Field == simulator.FieldAssignee && e.By != nil && e.By.Handle == "dana" && !contains(i.Labels, "from-infra") {
					out = append(out, assigned{i, e.At, !joined(i, ems, e.At.Add(48*time.Hour))})
				}
			}
		}
	}
	return out
}

// joined reports whether one of them touched, wrote or was mentioned by then.
func joined(i *simulator.Issue, who []string, until time.Time) bool {
	for _, e := range i.History {
		if e.By != nil && contains(who, e.By.Handle) && !e.At.After(until) {
			return true
		}
	}
	for _, c := range i.Comments {
		for _, h := range who {
			if !c.At.After(until) && (c.By != nil && c.By.Handle == h || strings.Contains(c.Body, "@"+h)) {
				return true
			}
		}
	}
	return i.Creator != nil && contains(who, i.Creator.Handle)
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func TestTheStoryHasEveryCaseOfAuthority(t *testing.T) {
	w, _ := simulator.Story(46, storyEnd)
	alone := map[string]int{}
	recent := 0
	for _, a := range danas(w) {
		away := a.issue.Space.Key == "CORE" && strings.HasPrefix(a.issue.Title, "Certificate")
		back := strings.HasPrefix(a.issue.Title, "Explain the September")
		if a.emLate && !away && !back {
			alone[a.issue.Space.Key]++
			if storyEnd.Sub(a.at) < 14*24*time.Hour {
				recent++
			}
		}
	}
	if want := map[string]int{"PAY": 3, "CORE": 2, "GRO": 2}; !reflect.DeepEqual(alone, want) {
		t.Errorf("assignments around the EM by team = %v, want %v", alone, want)
	}
	if recent != 2 {
		t.Errorf("%d of them lie within 14 days, want 2", recent)
	}
	for what, title := range map[string]string{
		"the EM joined in time": "Chargeback letters", "handed back": "Explain the September", "the EM was away": "Certificate of",
		"the EM of another team": "Referral bonus is paid", "assigned while creating": "Checklist for the new office",
		"a delegate answered": "Log retention", "the EM was mentioned": "Second language",
	} {
		if !titled(w, title) {
			t.Errorf("the story lacks the case %q", what)
		}
	}
}

func titled(w *simulator.World, prefix string) bool {
	for _, i := range w.Issues("") {
		if strings.HasPrefix(i.Title, prefix) {
			return true
		}
	}
	return false
}

func TestTheStoryHasAnImport(t *testing.T) {
	w, _ := simulator.Story(46, storyEnd)
	var acts []time.Time
	for _, i := range w.Issues("CORE") {
		if contains(i.Labels, "from-infra") {
			acts = append(acts, i.Created, i.History[0].At)
		}
	}
	if len(acts) <= 50 {
		t.Fatalf("the import is %d acts, want more than 50", len(acts))
	}
	first, last := acts[0], acts[0]
	for _, at := range acts {
		if at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	if last.Sub(first) > 10*time.Minute {
		t.Errorf("the import took %v, want at most ten minutes", last.Sub(first))
	}
}

func TestTheStoryHasItsOddities(t *testing.T) {
	w, _ := simulator.Story(46, storyEnd)
	var noCreator, nameless, gone, hostile, needs, archived, botMoves int
	for _, i := range w.Issues("") {
		switch {
		case i.Creator == nil:
			noCreator++
		case i.Creator.Handle == "ivo" && i.Creator.Inactive:
			gone++
		}
		if strings.Contains(i.Title, "<script>") && strings.Contains(i.Title, "\u202e") && strings.Contains(i.Title, "<!channel>") {
			hostile++
		}
		if i.Archived() {
			archived++
		}
		needs += len(i.Needs)
		for _, e := range i.History {
			switch {
			case e.By == nil:
				nameless++
			case e.By.Bot:
				botMoves++
			}
		}
	}
	for what, n := range map[string]int{
		"tickets without creator": noCreator, "changes without author": nameless, "tickets by somebody who left": gone,
		"hostile titles": hostile, "customer needs": needs, "archived issues": archived, "changes by bots": botMoves,
	} {
		if n == 0 {
			t.Errorf("the story has no %s", what)
		}
	}
}

func TestTheConfigurationIsYAMLAndPointsAtTheSites(t *testing.T) {
	_, c := simulator.Story(46, storyEnd)
	files := c.Files(simulator.Addresses{JiraCloud: "http://cloud.example", JiraDataCenter: "http://dc.example", Linear: "http://linear.example"})
	for name, text := range files {
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(text, "{{") || strings.Contains(text, "<no value>") {
			t.Errorf("%s is not filled in", name)
		}
		for secret, token := range files {
			if strings.HasPrefix(secret, "secrets/") && name != secret && strings.Contains(text, token) {
				t.Errorf("%s shows what %s holds", name, secret)
			}
		}
	}
	for _, want := range []string{"jira: http://cloud.example", "jira: http://dc.example", "url: http://linear.example/graphql", "token_file: secrets/jira", "token_file: secrets/core", "token_file: secrets/linear"} {
		if !strings.Contains(files["fairlead.yaml"], want) {
			t.Errorf("fairlead.yaml lacks %q", want)
		}
	}
	if !strings.Contains(files["org.yaml"], "from: 2026-10-12, to: 2026-10-18") {
		t.Error("org.yaml lacks the EM's week away")
	}
}

func TestTheSitesServeTheStory(t *testing.T) {
	w, c := simulator.Story(46, storyEnd)
	dc := serve(t, w.JiraDataCenter(c.DataCenter), "", c.DataCenter.Token)
	page := dc.get(t, "/rest/api/2/search?jql=project=CORE&maxResults=1000&expand=changelog")
	if got, want := int(page["total"].(float64)), len(w.Issues("CORE")); got != want {
		t.Errorf("Data Center shows %d issues, want %d", got, want)
	}
	text, err := json.Marshal(page)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "greenhopper.service.sprint.Sprint@") || strings.Contains(string(text), "accountId") || strings.Contains(string(text), "fieldId") {
		t.Error("Data Center tells sprints as text, no account ids and no fieldId")
	}
}
