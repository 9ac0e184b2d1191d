package reporttest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/trends"
)

// Built is a report worth looking at.
type Built struct {
	Name   string // fit for a file name
	Report reports.Report
}

// All are the reports of every kind, those of teams first. They are made once:
// nobody changes them.
func All() []Built { return all() }

var all = sync.OnceValue(func() []Built {
	var out []Built
	for _, c := range Cases() {
		out = append(out, Built{c.Name, reports.Build(c.Inputs)})
	}
	return append(out,
		Built{"organisation", reports.BuildOrg(Organisation())},
		Built{"organisation-small", reports.BuildOrg(SmallOrganisation())},
		Built{"organisation-hostile", reports.BuildOrg(HostileOrganisation())},
		Built{"organisation-large", reports.BuildOrg(LargeOrganisation(500))},
		Built{"leader", reports.BuildLeader(Leader())},
		Built{"leader-hostile", reports.BuildLeader(HostileLeader())},
		Built{"leader-quiet", reports.BuildLeader(QuietLeader())},
		Built{"reminder", reports.BuildReminder(Nudge())},
		Built{"reminder-hostile", reports.BuildReminder(HostileNudge())},
	)
})

// Organisation is a week of five teams, two of them too small to be told alone.
func Organisation() reports.OrgInputs {
	in := orgOf(NormalWeek())
	for n, t := range []struct {
		name   string
		people int
	}{{"Payments", 7}, {"Growth", 9}, {"Platform", 6}, {"Docs", 2}, {"Tools", 3}} {
		in.Teams = append(in.Teams, orgTeam(n, t.name, t.people, []int{5, 4, 6, 2, 1}[n]))
	}
	in.Teams[0].Trials = NormalWeek().Trials
	in.Widespread = map[string]finding.Spread{problem: {Open: 4, Teams: 5}}
	return in
}

func orgOf(week reports.Inputs) reports.OrgInputs {
	in := reports.OrgInputs{
		Week: org.WeekOf(time.Date(2026, 11, 11, 12, 0, 0, 0, time.UTC), time.UTC), Now: week.Now, Promises: map[string]string{}, Sources: week.Sources,
	}
	for _, a := range agreements {
		in.Promises[a.Rule] = a.Promise
	}
	return in
}

// orgTeam is a team with so many people and open findings.
func orgTeam(n int, name string, people, open int) reports.OrgTeam {
	id := fmt.Sprintf("team-%d", n)
	t := reports.OrgTeam{Team: reports.Team{ID: id, Name: name, Location: Berlin}, Agreements: slices.Clone(agreements)}
	for i := range t.Agreements {
		t.Agreements[i].Tell = map[string]finding.Audience{assigned: finding.ForEM, imposed: finding.ForEMPM}[t.Agreements[i].Rule]
	}
	for p := range people {
		t.Seats = append(t.Seats, org.Seat{Person: fmt.Sprintf("%s-person-%d", id, p)})
	}
	rules := []string{problem, goal, decision}
	for i := range open {
		f := because("It names none.", about(rules[i%len(rules)], fmt.Sprintf("%s-%d", name, i), "Secret title", "2026-10-21 23:45"))
		f.Team = id
		t.Findings = append(t.Findings, f)
	}
	if open > 3 {
		t.Findings[0].Spans[0].From = at("2026-11-11 12:00")
	}
	gone := until("2026-11-12 23:45", finding.Settled, about(problem, name+"-99", "Secret title", "2026-10-20 23:45"))
	gone.Team = id
	narrow := seenBy(finding.ForEM, about(assigned, name+"-77", "Secret title", "2026-11-11 23:45"))
	narrow.Team = id
	t.Findings = append(t.Findings, gone, narrow)
	t.Flights = []finding.Flight{{Team: id, At: at("2026-11-15 23:40"), InFlight: 4 + people*3, Clear: 3 + people*2}}
	for back := 1; back < 13; back++ {
		values := map[string]float64{trends.Open: float64(open + back%3)}
		for i, r := range rules {
			values[trends.OfRule(trends.Open, r)] = float64(open/3 + (back+i)%2)
		}
		t.Snapshots = append(t.Snapshots, trends.Snapshot{Team: id, Week: NormalWeek().Week.Before(back).String(), Values: values})
	}
	return t
}

// SmallOrganisation has four people.
func SmallOrganisation() reports.OrgInputs {
	in := orgOf(NormalWeek())
	in.Teams = []reports.OrgTeam{orgTeam(0, "Payments", 2, 3), orgTeam(1, "Growth", 2, 3)}
	return in
}

// LargeOrganisation has n teams.
func LargeOrganisation(n int) reports.OrgInputs {
	in := orgOf(NormalWeek())
	for i := range n {
		in.Teams = append(in.Teams, orgTeam(i, fmt.Sprintf("Team %03d", i), 2+i%9, 1+i%7))
	}
	in.Link = "https://fairlead.acme.example/reports/2026-W46"
	return in
}

// HostileOrganisation has teams, promises and experiments with bad intentions.
func HostileOrganisation() reports.OrgInputs {
	in, titles := orgOf(NormalWeek()), HostileTitles()
	for i, title := range titles {
		t := orgTeam(i, title, 1+i%8, 3)
		t.Trials = []reports.TrialInput{{Name: title, Began: at("2026-10-12 00:00"), Sentence: title, Verdict: title}}
		in.Teams = append(in.Teams, t)
	}
	in.Name, in.Link = titles[0], HostileURLs()[0]
	in.Promises = map[string]string{problem: titles[1], goal: titles[4], decision: titles[5]}
	in.Widespread = map[string]finding.Spread{problem: {Open: 9, Teams: 15}}
	in.Sources = []reports.Health{{Name: "jira " + titles[0], LastRead: in.Now, Gaps: titles[:4]}}
	return in
}

// Leader is a week in which two acts of a director, and one of somebody else, came
// up.
func Leader() reports.LeaderInputs {
	return reports.LeaderInputs{
		Person: "dana", Name: "Dana Ruiz", Week: NormalWeek().Week, Now: NormalWeek().Now, Location: Berlin,
		Findings: []finding.Finding{
			mirrored("dana", "On Wednesday you assigned PAY-224 to someone in Payments, and their EM had not yet been part of it. If that was agreed, say so and it closes. If not, it may be worth a word with each other.",
				about(assigned, "PAY-224", "Chargeback letters", "2026-11-11 23:45")),
			mirrored("dana", "You set the date 1 December on PAY-228, and nobody from engineering had been part of it by then.",
				until("2026-11-13 23:45", finding.Settled, about(imposed, "PAY-228", "Year-end statements", "2026-11-06 23:45"))),
			mirrored("max", "A sentence for somebody else.", about(assigned, "PAY-999", "Somebody else's", "2026-11-11 23:45")),
			mirrored("dana", "Long ago.", until("2026-11-01 23:45", finding.Settled, about(imposed, "PAY-11", "Long settled", "2026-10-06 23:45"))),
		},
	}
}

func mirrored(actor, sentence string, f finding.Finding) finding.Finding {
	f.Actor, f.Mirror, f.Audience, f.Severity = actor, sentence, finding.ForEM, finding.High
	return f
}

// QuietLeader is a week without anything about the leader.
func QuietLeader() reports.LeaderInputs {
	in := Leader()
	in.Findings = in.Findings[2:]
	return in
}

// HostileLeader is a letter full of bad intentions.
func HostileLeader() reports.LeaderInputs {
	in, urls := Leader(), HostileURLs()
	for i, title := range HostileTitles() {
		f := mirrored("dana", title, about(assigned, fmt.Sprintf("PAY-%d", i), title, "2026-11-11 23:45"))
		f.Subject.URL = urls[i%len(urls)]
		in.Findings = append(in.Findings, f)
	}
	in.Name, in.Link = HostileTitles()[3], urls[0]
	return in
}

// Nudge is a reminder about one finding that has been open for a while.
func Nudge() reports.ReminderInputs {
	week := NormalWeek()
	i := slices.IndexFunc(week.Findings, func(f finding.Finding) bool { return f.Subject.Key == "PAY-159" })
	return reports.ReminderInputs{
		Team: week.Team, Week: org.WeekOf(at("2026-11-18 09:00"), Berlin), Now: at("2026-11-18 09:00"), Finding: week.Findings[i], Agreement: agreements[2],
		Reader: finding.ForTeam, Answer: "Say so with fairlead answer " + string(week.Findings[i].ID) + " and a sentence why, and it closes.",
	}
}

// HostileNudge is a reminder full of bad intentions.
func HostileNudge() reports.ReminderInputs {
	in, titles := Nudge(), HostileTitles()
	in.Team.Name, in.Finding.Subject.Title, in.Finding.Subject.URL = titles[1], titles[0], HostileURLs()[1]
	in.Finding.Reason, in.Finding.Ask, in.Finding.Tickets = titles[6], titles[4], titles[:4]
	in.Agreement.Promise, in.Answer, in.Link = titles[5], titles[2], HostileURLs()[2]
	return in
}
