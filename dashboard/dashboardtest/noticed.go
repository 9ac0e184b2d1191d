package dashboardtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

// made is a made-up piece of work that a rule may notice.
type made struct {
	team, key, title string
	weight           int // how much it takes to notice it
	from, to         int // weeks ago
}

var madeWork = []struct{ title string }{
	{"Bulk export"}, {"Invoice templates"}, {"Refund reasons"}, {"Card tokens"}, {"Payout calendar"}, {"Dispute inbox"}, {"Currency rounding"}, {"Ledger clean-up"},
	{"Partner settlement report"}, {"Chargeback hotfix"}, {"SEPA instant"}, {"Saved filters"}, {"Dark receipts"}, {"Retry failed refunds"},
}

// previewWeeks is how many whole weeks a preview looks back.
const previewWeeks = 12

func audience(s string) finding.Audience { return finding.Audience(s) }

// tellOf is who would be told.
func (d *Data) tellOf(w whose, draft dashboard.AgreementDraft) finding.Audience {
	for _, a := range d.Agreed.Standing(w.team) {
		if a.Rule.ID == w.rule {
			return cmp.Or(audience(draft.Tell), a.Tell)
		}
	}
	return finding.ForTeam
}

// noticed is what of the made-up work a draft notices.
func (d *Data) noticed(w whose, draft dashboard.AgreementDraft) []made {
	r, ok := d.Agreed.Rule(w.rule)
	if !ok || draft.Off {
		return nil
	}
	reach := 6.0
	for i := range r.Settings {
		s := &r.Settings[i]
		if shipped, is := s.Default.(int64); is && draft.Settings[s.Name] != "" && shipped > 0 {
			reach *= float64(atoi(draft.Settings[s.Name])) / float64(shipped)
		}
	}
	if draft.When != "" {
		reach += 2 - float64(strings.Count(draft.When, "&&"))
	}
	teams := []string{w.team}
	if w.team == "" {
		teams = d.bench.teamsAre
	}
	var out []made
	for t, team := range teams {
		owned, _ := d.Dir.Team(team)
		project := strings.ToUpper(team)
		if owned != nil && len(owned.Owns.JiraProjects) > 0 {
			project = owned.Owns.JiraProjects[0]
		}
		for i, m := range madeWork {
			one := made{team: team, key: fmt.Sprintf("%s-%d", project, 180+7*i+t), title: m.title, weight: (i*5+len(w.rule))%12 + 1, from: (i*3+t)%previewWeeks + 1}
			if one.to = one.from - 2 - i%3; i%4 == 0 || one.to < 0 {
				one.to = -1 // still open
			}
			if float64(one.weight) <= reach && !slices.Contains(draft.ExceptProjects, project) {
				out = append(out, one)
			}
		}
	}
	return out
}

// previewOf counts the work week by week, and shows some of it.
func previewOf(all []made, tell finding.Audience) dashboard.Preview {
	last := org.WeekOf(Now, reporttest.Berlin)
	p := dashboard.Preview{Raised: len(all)}
	for n := previewWeeks; n >= 0; n-- {
		w := dashboard.PreviewWeek{Week: last.Before(n).String()}
		if n == 0 {
			w.Week = "now"
		}
		for _, m := range all {
			if m.from == n {
				w.Opened++
			}
			if m.to == n {
				w.Closed++
			}
			if m.from >= n && m.to < n {
				w.Open++
			}
		}
		p.Weeks = append(p.Weeks, w)
	}
	p.Open = p.Weeks[previewWeeks].Open
	sorted := slices.SortedStableFunc(slices.Values(all), func(a, b made) int {
		return cmp.Or(cmp.Compare(min(a.to, 0), min(b.to, 0)), cmp.Compare(a.from, b.from))
	})
	for _, m := range sorted[:min(len(sorted), 5)] {
		p.Samples = append(p.Samples, dashboard.Sample{
			Key: m.key, Title: m.title, URL: "https://acme.atlassian.net/browse/" + m.key, Team: m.team, Tell: tell, Text: "It has been under way for a while, and neither it nor anything above says which problem it solves.",
			Since: last.Start.AddDate(0, 0, -7*m.from).Add(10 * time.Hour), Open: m.to < 0,
		})
	}
	return p
}
