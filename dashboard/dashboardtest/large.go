package dashboardtest

import (
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
	"github.com/fairlead-dev/fairlead/trends"
)

// Large is an organisation of so many teams of six, with so many findings, a year
// of weeks and every rule of the catalog. Lee is EM and Sam PM of every tenth team.
func Large(teams, findings int) *Data {
	d := Story()
	var people []org.Person
	var all []org.Team
	for _, p := range d.Dir.People() {
		if p.ID == "lee" || p.ID == "sam" || p.ID == "dana" || p.ID == "pat" {
			people = append(people, p)
		}
	}
	for i := range teams {
		t := org.Team{ID: fmt.Sprintf("team-%03d", i), Name: fmt.Sprintf("Team %03d", i), Under: "dana", Location: reporttest.Berlin}
		for n := range 6 {
			id := fmt.Sprintf("p-%d-%d", i, n)
			people = append(people, org.Person{ID: id, Name: fmt.Sprintf("Person %d of %d", n, i), Roles: []org.Tenure{{Role: org.Engineer}}})
			t.Members = append(t.Members, org.Seat{Person: id})
		}
		if i%10 == 0 {
			t.EMs, t.PMs = []org.Seat{{Person: "lee"}}, []org.Seat{{Person: "sam"}}
		}
		all = append(all, t)
	}
	dir, mistakes := org.New(people, all, nil)
	if len(mistakes) > 0 {
		panic(mistakes[0])
	}
	d.Dir = dir
	d.agreements("team-000")
	var rules []string
	for _, r := range d.Agreed.Rules() {
		rules = append(rules, r.ID)
	}
	d.Judged = dashboard.NewLedger(Many(findings, teams, rules), func(*finding.Finding) bool { return true }, Now, "large-1")
	d.Weekly = dashboard.NewTrends(manyWeeks(all, rules), "large-1")
	return d
}

// Many are findings of so many teams, spread over rules, states and ages.
func Many(n, teams int, rules []string) []finding.Finding {
	out := make([]finding.Finding, n)
	severities := []finding.Severity{finding.Info, finding.Warn, finding.High}
	audiences := []finding.Audience{finding.ForTeam, finding.ForTeam, finding.ForTeam, finding.ForEMPM, finding.ForEM}
	ends := []finding.State{finding.Settled, finding.AgedOut, finding.Answered}
	for i := range out {
		key := fmt.Sprintf("T%d-%d", i%teams, i)
		s := finding.Subject{Kind: finding.AboutTicket, Source: Jira, ID: "id-" + key, Key: key, Title: fmt.Sprintf("Piece of work number %d", i), URL: "https://acme.atlassian.net/browse/" + key}
		rule := rules[(i*7)%len(rules)]
		from := Now.Add(-time.Duration(1+i*37%(90*24)) * time.Hour)
		f := finding.Finding{
			Seen: finding.Seen{ID: finding.MakeID(rule, s, ""), Rule: rule, Team: fmt.Sprintf("team-%03d", i%teams), Subject: s, Promise: "We keep what we agreed", Reason: "It has waited for a while.",
				Ask: "What does it need?", Severity: severities[i%3], Audience: audiences[i%5], Tickets: []string{key}, Labels: []string{"q4"}},
			State: finding.Open, LastSeen: Now, Spans: []finding.Span{{From: from}},
		}
		if i%4 != 0 {
			f.State = ends[i%3]
			f.Spans[0].To, f.Spans[0].End = from.Add(Now.Sub(from)/2), f.State
		}
		out[i] = f
	}
	return out
}

func manyWeeks(teams []org.Team, rules []string) []trends.Snapshot {
	last := org.WeekOf(Now, reporttest.Berlin)
	var out []trends.Snapshot
	for i := range teams {
		for n := range 53 {
			s := trends.Snapshot{Team: teams[i].ID, Week: last.Before(n).String(), Values: map[string]float64{}}
			for k, rule := range rules {
				v := float64((n*k + i) % 5)
				s.Values[trends.OfRule(trends.Open, rule)] = v
				s.Values[trends.Open] += v
			}
			s.Values[trends.InFlight], s.Values[trends.Clear] = float64(40+n%9), float64(20+n%9)
			s.Values[trends.Throughput], s.Values[trends.CycleMedian] = float64(5+n%6), float64(3+n%4)
			out = append(out, s)
		}
	}
	return out
}
