package daemon

import (
	"slices"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
)

// What the spotlight takes for a tie between work and a problem is what the rule
// takes for one.
func TestTheSpotlightAndTheRuleAgreeOnLinks(t *testing.T) {
	all, err := rules.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	var ties []string
	for _, r := range all {
		for _, s := range r.Settings {
			if r.ID == "feature-without-problem" && s.Name == "problem_links" {
				ties, _ = s.Default.([]string)
			}
		}
	}
	if len(ties) == 0 {
		t.Fatal("the rule has no links to problems")
	}
	l := newsroom(t)
	week := org.WeekOf(monday.AddDate(0, 0, -1), time.UTC)
	for _, kind := range ticket.LinkKinds() {
		problem, done := feature("jira", "PAY-88", monday.AddDate(0, -2, 0)), shippedTicket("jira")
		problem.Kind, done.Links[0].Kind = ticket.Problem, kind
		w := reports.NewWork(map[string]org.Week{"payments": week}, l.cfg().Directory, nil)
		w.Add(&problem)
		w.Add(&done)
		found := w.Finished("payments")
		if len(found) != 1 {
			t.Fatalf("finished: %+v", found)
		}
		if got, want := found[0].Purpose != nil, slices.Contains(ties, string(kind)); got != want {
			t.Errorf("a link of the kind %s ties: %v, want %v as the rule has it", kind, got, want)
		}
	}
}
