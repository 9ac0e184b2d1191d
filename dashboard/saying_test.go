package dashboard_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
)

func at(t *testing.T, path string) string {
	t.Helper()
	return named.Replace(path)
}

func TestAnAnswerIsKeptWithItsReason(t *testing.T) {
	story := dashboardtest.Story()
	h := served(story)
	w := ask(t, h, dashboardtest.Lee, "POST", at(t, "/findings/TEAM/answer"), "reason=it+was+a+test%21")
	if got, want := w.Header().Get("Location"), at(t, "/findings/TEAM?done=answered"); w.Code != 303 || got != want {
		t.Errorf("%d to %q, want 303 to %q", w.Code, got, want)
	}
	if got, want := story.Said(), []string{"lee answers " + string(dashboardtest.BulkExport) + ": it was a test!"}; !slices.Equal(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
	page := ask(t, h, dashboardtest.Lee, "GET", w.Header().Get("Location"))
	if !strings.Contains(page.Body.String(), "Answered: it counts as done on purpose from now on.") {
		t.Error("the page does not say that it is answered")
	}
}

func TestAWordWithoutAReasonIsShownBesideTheForm(t *testing.T) {
	for _, c := range []struct{ name, path, form, want string }{
		{"an answer without a reason", "/findings/TEAM/answer", "reason=+", "Write a sentence, so that whoever reads this later knows why."},
		{"an answer that is too long", "/findings/TEAM/answer", "reason=" + strings.Repeat("a", 2001), "That is more than 2,000 characters; the tracker is a better place for so much."},
		{"an answer taken back without a reason", "/findings/TEAM/take-back", "", "Write a sentence, so that whoever reads this later knows why."},
		{"a waiver without a day", "/findings/TEAM/waive", "scope=finding&reason=later", "Choose the last day on which it holds, like 2026-12-30."},
		{"a waiver up to no day", "/findings/TEAM/waive", "scope=finding&reason=later&until=2026-02-30", "Choose the last day on which it holds, like 2026-12-30."},
		{"a waiver up to yesterday", "/findings/TEAM/waive", "scope=finding&reason=later&until=2026-11-17", "That day is over. Choose today or a later day."},
		{"a waiver for two years", "/findings/TEAM/waive", "scope=finding&reason=later&until=2028-11-17", "Choose a day within a year. A waiver can be renewed when its end comes near."},
		{"a waiver for nothing", "/findings/TEAM/waive", "scope=everything&reason=later&until=2026-12-01", "Choose what it covers."},
		{"a waiver for a label that the ticket does not have", "/findings/TEAM/waive", "scope=label:other&reason=later&until=2026-12-01", "Choose what it covers."},
	} {
		t.Run(c.name, func(t *testing.T) {
			story := dashboardtest.Story()
			w := ask(t, served(story), dashboardtest.Lee, "POST", at(t, c.path), c.form)
			if w.Code != 422 {
				t.Errorf("%d, want 422", w.Code)
			}
			if got := wrongs(parsed(t, w.Body.Bytes())); !slices.Contains(got, c.want) {
				t.Errorf("it says %q, want %q", got, c.want)
			}
			if len(story.Said()) > 0 {
				t.Errorf("it was kept all the same: %q", story.Said())
			}
		})
	}
}

// wrongs are what stands beside the fields of a form.
func wrongs(root *html.Node) []string {
	var out []string
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && attr(n, "class") == "wrong" {
			out = append(out, text(n))
		}
	}
	return out
}

func TestAWaiverShowsWhatItCoversBeforeItIsSaved(t *testing.T) {
	story := dashboardtest.Story()
	h := served(story)
	form := "scope=finding&reason=later&until=2026-12-04"
	w := ask(t, h, dashboardtest.Lee, "POST", at(t, "/findings/TEAM/waive"), form)
	root := parsed(t, w.Body.Bytes())
	if got := text(first(root, "h1")); w.Code != 200 || got != "This would hold back 1 open finding." {
		t.Errorf("%d %q", w.Code, got)
	}
	if len(story.Said()) > 0 {
		t.Fatalf("it was saved before it was confirmed: %q", story.Said())
	}
	fields := url.Values{}
	for n := range root.Descendants() {
		if n.Data == "input" {
			fields.Set(attr(n, "name"), attr(n, "value"))
		}
	}
	w = ask(t, h, dashboardtest.Lee, "POST", at(t, "/findings/TEAM/waive"), fields.Encode())
	want := []string{"lee waives {" + string(dashboardtest.BulkExport) + " {  }  } until 2026-12-04T23:00:00Z: later"} // midnight in Berlin
	if got := story.Said(); w.Code != 303 || !slices.Equal(got, want) {
		t.Errorf("%d, kept %q, want %q", w.Code, got, want)
	}
}

// A waiver by label reaches into other teams, whose work is not the EM's to waive.
func TestAWaiverDoesNotReachIntoOtherTeams(t *testing.T) {
	story := dashboardtest.Story()
	h := served(story)
	form := "scope=label:q4&reason=later&until=2026-12-04"
	for _, confirmed := range []string{"", "&confirmed=yes"} {
		w := ask(t, h, dashboardtest.Lee, "POST", at(t, "/findings/TEAM/waive"), form+confirmed)
		if !strings.Contains(w.Body.String(), "It would also cover work of teams that are not yours to answer for.") {
			t.Errorf("%d: it does not say why not", w.Code)
		}
	}
	if len(story.Said()) > 0 {
		t.Errorf("it was saved: %q", story.Said())
	}
}

func TestTheFormIsToldTheBreadthWhileItIsFilledIn(t *testing.T) {
	h := served(dashboardtest.Story())
	for _, c := range []struct {
		scope   string
		code    int
		text    string
		allowed bool
	}{
		{"finding", 200, "This would hold back 1 open finding.", true}, {"ticket", 200, "This would hold back 1 open finding.", true},
		{"label:q4", 200, "This would hold back 2 open findings. It would also cover work of teams that are not yours to answer for. Choose something narrower, or ask somebody who configures fairlead.", false},
		{"nothing", 404, "", false},
	} {
		w := ask(t, h, dashboardtest.Lee, "GET", at(t, "/findings/TEAM/breadth?scope=")+c.scope)
		var got struct {
			Text    string
			Allowed bool
		}
		if w.Code == 200 {
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
		}
		if w.Code != c.code || got.Text != c.text || got.Allowed != c.allowed {
			t.Errorf("%s: %d %+v", c.scope, w.Code, got)
		}
	}
}

func TestVotesAreKept(t *testing.T) {
	story := dashboardtest.Story()
	h := served(story)
	for _, vote := range []string{"useful", "not-useful", "", "perfect"} {
		ask(t, h, dashboardtest.Mina, "POST", at(t, "/findings/TEAM/vote"), "vote="+vote)
	}
	id := string(dashboardtest.BulkExport)
	if got, want := story.Said(), []string{`mina votes "useful" on ` + id, `mina votes "not-useful" on ` + id, `mina votes "" on ` + id}; !slices.Equal(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
}

func TestAnExperimentIsRefusedFieldByField(t *testing.T) {
	story := dashboardtest.Story()
	h := served(story)
	whole := "team=payments&name=Pairs&hypothesis=Two+see+more&measure=open&expect=down&start=2026-12-01&end=2027-02-01"
	for _, c := range []struct{ name, change, want string }{
		{"no name", "name=", "Give it a name that the team will recognise."}, {"no hypothesis", "hypothesis=", "Write what you expect to happen, and why, in a sentence."},
		{"a measure that there is not", "measure=heat", "Choose what it should move."}, {"no expectation", "expect=", "Say by how much it should move, like “down by half”."},
		{"an end before the start", "end=2026-11-01", "Choose a last day that comes after the first."}, {"a start that is no day", "start=soon", "Choose its first day."},
		{"what the keeper refuses", "expect=sideways", "“sideways” is no change that can be predicted: write down by half, up by 2 or below 3."},
	} {
		values, err := url.ParseQuery(whole)
		if err != nil {
			t.Fatal(err)
		}
		name, value, _ := strings.Cut(c.change, "=")
		values.Set(name, value)
		w := ask(t, h, dashboardtest.Lee, "POST", "/experiments", values.Encode())
		if got := wrongs(parsed(t, w.Body.Bytes())); w.Code != 422 || !slices.Contains(got, c.want) {
			t.Errorf("%s: %d %q, want %q", c.name, w.Code, got, c.want)
		}
	}
	if len(story.Said()) > 0 {
		t.Errorf("something was kept: %q", story.Said())
	}
	w := ask(t, h, dashboardtest.Lee, "POST", "/experiments", whole)
	if got := w.Header().Get("Location"); w.Code != 303 || got != "/experiments/begun?done=begun" {
		t.Errorf("%d to %q", w.Code, got)
	}
}

func TestWhatIsManagedElsewhereIsNotChangedHere(t *testing.T) {
	story := dashboardtest.Story()
	story.KeptIn = "git.acme.example/teams"
	h := served(story)
	whole := "team=payments&name=Pairs&hypothesis=Two+see+more&measure=open&expect=down&start=2026-12-01&end=2027-02-01"
	if w := ask(t, h, dashboardtest.Lee, "POST", "/experiments", whole); w.Code != 409 || len(story.Said()) > 0 {
		t.Errorf("%d, kept %q", w.Code, story.Said())
	}
	if w := ask(t, h, dashboardtest.Lee, "GET", "/experiments"); strings.Contains(w.Body.String(), "/experiments/new") || !strings.Contains(w.Body.String(), "Experiments are kept in git.acme.example/teams.") {
		t.Error("the list offers a form, or does not say where experiments are kept")
	}
}

func TestAFormThatIsTooLargeIsRefused(t *testing.T) {
	story := dashboardtest.Story()
	w := ask(t, served(story), dashboardtest.Lee, "POST", at(t, "/findings/TEAM/answer"), "reason=", strings.Repeat("a=b&", 100_000))
	if w.Code != 422 && w.Code != 413 || len(story.Said()) > 0 {
		t.Errorf("%d, kept %q", w.Code, story.Said())
	}
}

// The PM may waive what a ticket's findings are, and is never told of those that
// only the EM sees.
func TestABreadthCountsNothingThatIsNotForTheViewer(t *testing.T) {
	h := served(dashboardtest.Story())
	page := ask(t, h, dashboardtest.Sam, "GET", "/findings?state=any")
	if strings.Contains(page.Body.String(), "PAY-224") {
		t.Error("the PM sees what is told to the EM alone")
	}
	for _, who := range []dashboard.Viewer{dashboardtest.Sam, dashboardtest.Mina, dashboardtest.Dana, dashboardtest.Pat, dashboardtest.Omar} {
		for _, path := range []string{"/", "/teams/payments", "/rules/assigned-bypassing-em", "/findings?state=any", "/findings.csv?state=any", "/findings.json?state=any", "/trail", "/waivers"} {
			if w := ask(t, h, who, "GET", path); strings.Contains(w.Body.String(), "PAY-224") {
				t.Errorf("%s shows %s what is told to the EM alone", path, who.Person)
			}
		}
	}
}

const goalsTrial = "/experiments/co-written-sprint-goals"

func TestAnExperimentIsEndedEarlyOnItsPage(t *testing.T) {
	story := dashboardtest.Story()
	h := served(story)
	if page := ask(t, h, dashboardtest.Lee, "GET", goalsTrial).Body.String(); !strings.Contains(page, `action="`+goalsTrial+`/end"`) || !strings.Contains(page, `formaction="`+goalsTrial+`/withdraw"`) {
		t.Error("the page of the EM's own experiment offers no end, or no way to withdraw it")
	}
	for _, c := range []struct{ reason, says string }{{"", "Write a sentence"}, {"too soon", "It began today"}} {
		if w := ask(t, h, dashboardtest.Lee, "POST", goalsTrial+"/end", "reason="+url.QueryEscape(c.reason)); w.Code != 422 || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("reason %q: %d, want 422 and %q", c.reason, w.Code, c.says)
		}
	}
	w := ask(t, h, dashboardtest.Lee, "POST", goalsTrial+"/end", "reason=We+know+enough")
	if got := w.Header().Get("Location"); w.Code != 303 || got != goalsTrial+"?done=ended-early" {
		t.Fatalf("%d to %q", w.Code, got)
	}
	page := ask(t, h, dashboardtest.Lee, "GET", goalsTrial+"?done=ended-early").Body.String()
	for _, want := range []string{"Co-written sprint goals: moved as expected; ended early.", "The experiment has ended.", "by Lee Park on 18 November; its last day was to be 18 December", "We know enough"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "/end\"") || strings.Contains(page, "/withdraw\"") {
		t.Error("it can be ended, or withdrawn, once more")
	}
	golden(t, "experiment-ended-early.html", hashes.ReplaceAll([]byte(page), []byte("/assets/HASH/")))
}

func TestAnExperimentIsWithdrawn(t *testing.T) {
	h := served(dashboardtest.Story())
	w := ask(t, h, dashboardtest.Lee, "POST", goalsTrial+"/withdraw", "reason=A+slip")
	if got := w.Header().Get("Location"); w.Code != 303 || got != "/experiments?done=withdrawn" {
		t.Fatalf("%d to %q", w.Code, got)
	}
	if w := ask(t, h, dashboardtest.Lee, "GET", goalsTrial); w.Code != 404 {
		t.Errorf("its page answers %d", w.Code)
	}
}

func TestAnExperimentInAFileSaysWhereItStands(t *testing.T) {
	story := dashboardtest.Story()
	story.Trying[0].KeptIn = "teams/payments.yaml:12:5"
	h := served(story)
	page := ask(t, h, dashboardtest.Lee, "GET", goalsTrial).Body.String()
	if !strings.Contains(page, "teams/payments.yaml:12:5") || strings.Contains(page, goalsTrial+"/end") {
		t.Error("the page does not say where the experiment stands, or offers to end it")
	}
	if page := ask(t, h, dashboardtest.Dana, "GET", goalsTrial).Body.String(); strings.Contains(page, "teams/payments.yaml") {
		t.Error("a place in a file is told to who may not change it")
	}
	for _, path := range []string{goalsTrial + "/end", goalsTrial + "/withdraw"} {
		if w := ask(t, h, dashboardtest.Lee, "POST", path, "reason=enough"); w.Code != 409 || !strings.Contains(w.Body.String(), "kept in teams/payments.yaml:12:5") || len(story.Said()) > 0 {
			t.Errorf("%s: %d, said %q", path, w.Code, story.Said())
		}
	}
}
