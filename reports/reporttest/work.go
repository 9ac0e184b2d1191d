package reporttest

import (
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/trends"
)

// everythingElse adds to a week what stands beside its findings: work that was
// finished and that slipped, numbers, an experiment, a waiver that ends.
func everythingElse(in *reports.Inputs) {
	in.People = 7
	in.Names = map[string]string{"lee": "Lee Park"}
	in.Finished = []reports.Finished{
		finished("PAY-180", "Partial refunds", "2026-11-12 16:00", purpose(ticket.Problem, "PAY-88", "Support spends 6 hours a week on manual refunds"), "Jo Lind", "Mina Osei"),
		finished("PAY-191", "Receipts by e-mail", "2026-11-10 11:00", purpose(ticket.Goal, "GOAL-3", "Nine of ten customers find their receipt on their own"), "Mina Osei"),
		finished("PAY-205", "Log webhooks that time out", "2026-11-11 15:00", nil, "Sam Holt"),
	}
	in.Slipped = []reports.Slipped{
		{Piece: piece("PAY-166", "Invoices in two languages"), At: at("2026-11-12 10:00"), Times: 3, From: "2026-11-20", To: "2026-12-01"},
		{Piece: piece("PAY-170", "Direct debit"), At: at("2026-11-09 09:00"), Times: 2, Into: "Sprint 25", Written: true},
		{Piece: piece("PAY-171", "Faster checkout"), At: at("2026-11-10 09:00"), Times: 1, To: "2026-11-24", From: "2026-11-17", Written: true},
	}
	in.Trials = []reports.TrialInput{{
		Name: "Co-written sprint goals", Hypothesis: "If EM and PM write the goal together, less work starts without one",
		Began: at("2026-10-12 00:00"), Ends: at("2026-12-19 00:00"), Sentence: "Exceptions a sprint went from 4 to 1; two sprints more before we can say.",
	}}
	in.Snapshots = snapshots(in)
	withWaiver(in)
}

func piece(key, title string) reports.Piece {
	return reports.Piece{Source: jira, ID: key, Key: key, Title: title, URL: "https://acme.atlassian.net/browse/" + key, Kind: ticket.Feature}
}

func purpose(kind ticket.Kind, key, title string) *reports.Piece {
	p := piece(key, title)
	p.Kind = kind
	return &p
}

func finished(key, title, when string, why *reports.Piece, builders ...string) reports.Finished {
	return reports.Finished{Piece: piece(key, title), At: at(when), Purpose: why, Builders: builders}
}

// snapshots are thirteen weeks of numbers that change a little, and the last one
// a lot.
func snapshots(in *reports.Inputs) []trends.Snapshot {
	var out []trends.Snapshot
	for n := range 13 {
		odd := float64(n % 3)
		values := map[string]float64{
			trends.Throughput: 9 + odd, trends.CycleMedian: 4.2 + odd/2, trends.BugsIn: 3 + odd, trends.BugsOut: 4,
			trends.Unplanned: 1 + odd, trends.UnplannedOf: 12, trends.AwarenessHours: 5 + odd, trends.AwarenessOf: 11,
			trends.Outside("deployments"): 14 + odd,
		}
		if n%2 == 0 {
			values[trends.CarriedOver], values[trends.CarriedOverOf] = 3+odd, 14
		}
		if n == 0 {
			values[trends.Throughput], values[trends.CycleMedian], values[trends.Unplanned] = 12, 2.4, 5
		}
		out = append(out, trends.Snapshot{Team: in.Team.ID, Week: in.Week.Before(n).String(), Values: values})
	}
	return out
}

// withWaiver adds a waiver by label that holds back two findings, and a judgement
// of everything by it.
func withWaiver(in *reports.Inputs) {
	for n, key := range []string{"PAY-240", "PAY-241"} {
		f := about(problem, key, fmt.Sprintf("Spike %d", n+1), "2026-11-03 23:45")
		f.Labels = []string{"spike"}
		in.Findings = append(in.Findings, f)
	}
	words := []finding.Word{{
		ID: "w1", Kind: finding.WaivedFor, By: "lee", At: at("2026-10-20 10:00"), Reason: "research comes first here",
		Scope: finding.Scope{Rule: problem, Label: "spike"}, Expires: at("2026-11-25 00:00"),
	}, {ID: "w2", Kind: finding.RenewedFor, Waiver: "w1", By: "lee", At: at("2026-11-02 10:00"), Expires: at("2026-11-28 00:00")}}
	in.Findings, in.Waivers = finding.Judge(in.Findings, words, in.Now), append(in.Waivers, finding.Waivers(words)...)
}

// hostileWork fills every text of the week's work with bad intentions.
func hostileWork(in *reports.Inputs) {
	titles, urls := HostileTitles(), HostileURLs()
	in.People, in.Names = 9, map[string]string{"lee": titles[0]}
	hostile := func(i int) reports.Piece {
		return reports.Piece{Source: titles[i%len(titles)], ID: fmt.Sprint(i), Key: titles[(i+4)%len(titles)], Title: titles[i%len(titles)], URL: urls[i%len(urls)], Kind: ticket.Feature}
	}
	for i := range titles {
		why := hostile(i + 1)
		why.Kind = ticket.Problem
		in.Finished = append(in.Finished, reports.Finished{Piece: hostile(i), At: at("2026-11-10 12:00"), Purpose: &why, Builders: titles[i%5 : i%5+6]})
		in.Slipped = append(in.Slipped, reports.Slipped{Piece: hostile(i), At: at("2026-11-10 12:00"), Times: 2 + i%3, Into: titles[i]})
		in.Trials = append(in.Trials, reports.TrialInput{
			Name: titles[i], Hypothesis: titles[i], Began: at("2026-10-12 00:00").Add(time.Duration(i) * time.Minute), Sentence: titles[(i+1)%len(titles)], Verdict: titles[(i+2)%len(titles)],
		})
	}
	in.Slipped[0].From, in.Slipped[0].To, in.Slipped[0].Into = "not a day", "2026-99-99", ""
	in.Snapshots = snapshots(in)
	for i := range in.Snapshots {
		in.Snapshots[i].Values[trends.Outside(titles[i%3])] = float64(i * 100)
	}
	in.Snapshots[0].Values[trends.Outside(titles[0])] = 7e6
	var words []finding.Word
	for i, title := range titles[:9] {
		f := about(problem, fmt.Sprintf("PAY-%d", 300+i), title, "2026-11-03 23:45")
		f.Labels = []string{title}
		in.Findings = append(in.Findings, f)
		words = append(words, finding.Word{
			ID: fmt.Sprintf("h%d", i), Kind: finding.WaivedFor, By: "lee", At: at("2026-11-01 10:00"), Reason: titles[(i+1)%len(titles)],
			Scope: finding.Scope{Rule: problem, Label: title}, Expires: at("2026-11-25 00:00"),
		})
	}
	in.Findings, in.Waivers = finding.Judge(in.Findings, words, in.Now), append(in.Waivers, finding.Waivers(words)...)
}

// EmptyTeam is a team that has nothing yet: no work, no findings, no people.
func EmptyTeam() reports.Inputs {
	in := payments()
	in.Flights = nil
	return in
}

// crowdedWork is n finished tickets and n that slipped.
func crowdedWork(in *reports.Inputs, n int) {
	in.People = 60
	for i := range n {
		key := fmt.Sprintf("PAY-%d", 5000+i)
		in.Finished = append(in.Finished, finished(key, fmt.Sprintf("Finished piece %d", i), "2026-11-10 12:00",
			purpose(ticket.Problem, fmt.Sprintf("PAY-%d", 9000+i%7), fmt.Sprintf("Problem number %d", i%7)), "Jo Lind"))
		in.Slipped = append(in.Slipped, reports.Slipped{Piece: piece(key, "Slipped"), At: at("2026-11-10 12:00"), Times: 1 + i%4, Into: "Sprint 25"})
	}
	in.Snapshots = snapshots(in)
}
