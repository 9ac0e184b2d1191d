package daemon

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/sqlite"
	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/trends"
)

// large is how much a large store holds.
type large struct{ teams, tickets, findings int }

// largeSize is a fiftieth of what the dashboard is built for, and all of it with
// FAIRLEAD_BENCH=full.
func largeSize() large {
	if os.Getenv("FAIRLEAD_BENCH") == "full" {
		return large{200, 1_000_000, 100_000}
	}
	return large{20, 20_000, 2_000}
}

const (
	largeSource = "jira acme"
	largeWeeks  = 52 // of the ledger
	// finishedWeeks are those in which work was finished: four years, in which each team
	// of the full size finishes 24 tickets a week.
	finishedWeeks = 209
	// emailHeader is where the proxy before the large organisation's pages says who asks.
	emailHeader = "X-Forwarded-Email"
)

// largeNow is a Monday morning.
var largeNow = time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC)

// largeStore is a fairlead over a large store. The file is kept, and taken up again,
// in the folder that FAIRLEAD_BENCH_DIR names: to fill it takes minutes.
func largeStore(tb testing.TB, size large) *Fairlead {
	tb.Helper()
	dir := os.Getenv("FAIRLEAD_BENCH_DIR")
	if dir == "" {
		dir = tb.TempDir()
	}
	path := filepath.Join(dir, fmt.Sprintf("large-%d-%d-%d.db", size.teams, size.tickets, size.findings))
	if _, err := os.Stat(path); err != nil {
		fillLarge(tb, path, size)
	}
	return openLarge(tb, path, size)
}

// fillLarge makes the file whole before it has its name.
func fillLarge(tb testing.TB, path string, size large) {
	tb.Helper()
	unfinished := path + ".unfinished"
	for _, end := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(unfinished + end)
	}
	f := openLarge(tb, unfinished, size)
	l := filler{tb, f.store, size, f.book().Rules()}
	l.tickets()
	l.ledger()
	l.said()
	l.weeks()
	l.record()
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	if err := os.Rename(unfinished, path); err != nil {
		tb.Fatal(err)
	}
}

// openLarge opens the file with the organisation around it.
func openLarge(tb testing.TB, path string, size large) *Fairlead {
	tb.Helper()
	dir := largeDirectory(tb, size.teams)
	cfg := &config.Config{Directory: dir, Sources: []config.Source{{Tracker: config.Jira, Name: largeSource}}, Experiments: largeExperiments(size.teams)}
	cfg.Dashboard.Admins = []string{"pat"}
	cfg.Dashboard.SignIn.Proxy = config.ProxySignIn{Header: emailHeader, From: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	clock := &movingClock{}
	clock.at.Store(largeNow.UnixNano())
	f := configured(cfg, nil, &Fairlead{log: zap.NewNop(), clock: clock, sources: []connectors.Source{&fakeSource{name: largeSource}}})
	f.meters = newMeters()
	all, err := rules.Catalog()
	if err != nil {
		tb.Fatal(err)
	}
	book, err := rules.NewBook(all, nil, teamIDs(cfg))
	if err != nil {
		tb.Fatal(err)
	}
	f.letHold(book)
	if f.store, err = sqlite.Open(tb.Context(), path); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = f.Close() })
	return f
}

// largeDirectory has so many teams of six with an EM and a PM: lee and sam those of
// every tenth team. dana leads all of them; pat configures and has no seat.
func largeDirectory(tb testing.TB, teams int) *org.Directory {
	tb.Helper()
	person := func(id string, role org.Role) org.Person {
		return org.Person{
			ID: id, Name: "Person " + id, Emails: []string{id + "@acme.example"}, Accounts: map[string][]string{"jira": {id}}, Roles: []org.Tenure{{Role: role}},
			Managers: []org.Line{{Manager: "dana"}},
		}
	}
	people := []org.Person{person("lee", org.EM), person("sam", org.PM), person("pat", org.Engineer), person("dana", org.Director)}
	people[3].Managers = nil
	all := make([]org.Team, teams)
	for t := range all {
		team := org.Team{
			ID: largeTeam(t), Name: fmt.Sprintf("Team %03d", t), Under: "dana", Location: time.UTC,
			Owned: []org.Holding{{Ownership: org.Ownership{JiraProjects: []string{fmt.Sprintf("T%d", t)}}}},
			EMs:   []org.Seat{{Person: "lee"}}, PMs: []org.Seat{{Person: "sam"}},
		}
		if t%10 != 0 {
			em, pm := fmt.Sprintf("em%d", t), fmt.Sprintf("pm%d", t)
			people = append(people, person(em, org.EM), person(pm, org.PM))
			team.EMs[0].Person, team.PMs[0].Person = em, pm
		}
		for p := range 6 {
			id := fmt.Sprintf("p%d-%d", t, p)
			people = append(people, person(id, org.Engineer))
			team.Members = append(team.Members, org.Seat{Person: id})
		}
		all[t] = team
	}
	dir, mistakes := org.New(people, all, nil)
	if mistakes != nil {
		tb.Fatal(mistakes)
	}
	return dir
}

func largeTeam(n int) string { return fmt.Sprintf("team-%03d", n) }

// largeExperiments are one for every fifth team, and one of everybody.
func largeExperiments(teams int) []config.Experiment {
	out := []config.Experiment{{Name: "Goals for all", Hypothesis: "Less is open", Measure: trends.Open, Expect: "down", Start: "2026-08-03", End: "2026-12-18"}}
	for t := 0; t < teams; t += 5 {
		out = append(out, config.Experiment{
			Name: fmt.Sprintf("Trial %d", t), Hypothesis: "Work flows faster", Team: largeTeam(t), Measure: trends.CycleMedian, Expect: "down", Start: "2026-09-07", End: "2026-11-08",
		})
	}
	return out
}

// filler fills a store.
type filler struct {
	tb    testing.TB
	store store.Store
	size  large
	rules []rules.Rule
}

func (l *filler) must(err error) {
	if err != nil {
		l.tb.Helper()
		l.tb.Fatal(err)
	}
}

func (l *filler) tickets() {
	for from := 0; from < l.size.tickets; from += 1000 {
		var page []ticket.Ticket
		for n := from; n < min(from+1000, l.size.tickets); n++ {
			page = append(page, largeTicket(n, l.size.teams))
		}
		_, err := l.store.SavePage(l.tb.Context(), largeSource, page, nil, fmt.Sprint(from))
		l.must(err)
	}
}

// largeTicket is a ticket of the large store: of every forty the first is the epic that
// holds the others, and the second the problem that they solve.
func largeTicket(n, teams int) ticket.Ticket {
	t := benchTicket(largeSource, n, teams, finishedWeeks)
	t.RawType, t.Description, t.Priority = "Story", strings.Repeat("A merchant needs a file. ", 12), ticket.Medium
	switch n % 40 {
	case 0:
		t.RawType, t.Kind = "Epic", ticket.Container
		return t
	case 1:
		t.RawType, t.Kind = "Problem", ticket.Problem
		return t
	}
	t.Links = []ticket.Link{{Kind: ticket.Solves, Phrase: "solves", Target: ticket.Ref{ID: fmt.Sprint(n/40*40 + 1)}}}
	return t
}

// ledger spreads findings over teams, rules, states and a year.
func (l *filler) ledger() {
	audiences := []finding.Audience{finding.ForTeam, finding.ForTeam, finding.ForTeam, finding.ForEMPM, finding.ForEM}
	ends := []finding.State{finding.Settled, finding.AgedOut, finding.Settled}
	check := store.Check{}
	for n := range l.size.findings {
		key, round := fmt.Sprintf("T%d-%d", n%l.size.teams, n), n/l.size.teams
		subject := finding.Subject{Kind: finding.AboutTicket, Source: largeSource, ID: fmt.Sprint(n), Key: key, Title: "A piece of work number " + key, URL: "https://acme.atlassian.net/browse/" + key}
		rule := l.rules[(n*7)%len(l.rules)].ID
		from := largeNow.Add(-time.Duration(1+n*37%(largeWeeks*7*24)) * time.Hour)
		one := finding.Finding{State: finding.Open, LastSeen: largeNow.Add(-time.Hour), Spans: []finding.Span{{From: from}}}
		one.Seen = finding.Seen{
			ID: finding.MakeID(rule, subject, ""), Rule: rule, Team: largeTeam(n % l.size.teams), Subject: subject, Audience: audiences[round%5],
			Severity: []finding.Severity{finding.Info, finding.Warn, finding.High}[round%3], Promise: "We keep what we agreed", Reason: "It has waited for a while.", Ask: "What does it need?",
			Tickets: []string{key}, Labels: []string{"q4", "export"},
			Evidence: []finding.Evidence{
				{Fact: "created", Value: "by Mina Park", At: from.AddDate(0, 0, -20)}, {Fact: "entered the sprint", Value: "Sprint 23", At: from.AddDate(0, 0, -2)},
				{Fact: "leads to", Value: "no problem and no goal"}, {Fact: "assigned", Value: "to Jo Okafor", At: from.Add(-time.Hour), URL: subject.URL},
			},
		}
		check.Transitions = append(check.Transitions, finding.Transition{Finding: one.ID, At: from, Move: finding.Opened})
		if round%4 != 0 {
			one.State = ends[round%3]
			one.Spans[0].To, one.Spans[0].End = from.Add(largeNow.Sub(from)/2), one.State
			one.LastSeen = one.Spans[0].To
			check.Transitions = append(check.Transitions, finding.Transition{Finding: one.ID, At: one.Spans[0].To, Move: map[finding.State]finding.Move{finding.Settled: finding.Settling, finding.AgedOut: finding.Aging}[one.State]})
		}
		check.Findings = append(check.Findings, one)
	}
	since := largeNow.AddDate(0, 0, -7*largeWeeks)
	check.Looks = append(check.Looks, finding.Look{LookKey: finding.LookKey{Source: largeSource}, Since: since, Live: since, Until: largeNow.Add(-time.Hour)})
	for t := range l.size.teams {
		for _, r := range l.rules {
			check.Looks = append(check.Looks, finding.Look{LookKey: finding.LookKey{Source: largeSource, Rule: r.ID, Team: largeTeam(t)}, Since: since, Live: since})
		}
		for n := range 7 * 24 * 13 {
			check.Flights = append(check.Flights, finding.Flight{Team: largeTeam(t), At: largeNow.Add(-time.Duration(n) * time.Hour), InFlight: 40 + n%9, Clear: 30})
		}
	}
	l.must(l.store.SaveCheck(l.tb.Context(), check))
}

// said are answers to one finding in twenty, a waiver for one in five hundred, and a
// vote on one in ten.
func (l *filler) said() {
	all, err := l.store.Findings(l.tb.Context())
	l.must(err)
	for n := range all {
		e := &all[n]
		w := finding.Word{ID: fmt.Sprintf("word%d", n), By: "lee", At: e.FirstSeen().Add(12 * time.Hour), Reason: "Agreed with each other on Monday"}
		if w.At.After(largeNow) {
			w.At = largeNow.Add(-time.Minute)
		}
		switch {
		case n%500 == 7:
			w.Kind, w.Scope, w.Expires = finding.WaivedFor, finding.Scope{Rule: e.Rule, Label: fmt.Sprintf("label-%d", n)}, w.At.AddDate(0, 2, 0)
			if n%1000 == 7 {
				w.Scope = finding.Scope{Ticket: finding.TicketScope{Source: e.Subject.Source, ID: e.Subject.ID, Key: e.Subject.Key}}
			}
		case n%20 == 3:
			w.Kind, w.Finding = finding.AnsweredSo, e.ID
		default:
			continue
		}
		l.must(l.store.AddWord(l.tb.Context(), w))
	}
	for n := 0; n < len(all); n += 10 {
		useful := n%30 != 0
		l.must(l.store.Vote(l.tb.Context(), all[n].ID, all[n].Rule, "lee", &useful, largeNow))
	}
}

// weeks are a year of snapshots with every number there is.
func (l *filler) weeks() {
	last := org.WeekOf(largeNow, time.UTC).Before(1)
	for t := -1; t < l.size.teams; t++ {
		var all []store.Snapshot
		for back := range largeWeeks {
			s := store.Snapshot{Week: last.Before(back).String(), Taken: largeNow, Values: map[string]float64{}}
			if t >= 0 {
				s.Team = largeTeam(t)
			}
			for i, m := range trends.Measures() {
				s.Values[m.Name] = float64((back*i+t)%40) + 20
			}
			for k, r := range l.rules {
				for _, m := range []string{trends.Open, trends.New, trends.Settled} {
					s.Values[trends.OfRule(m, r.ID)] = float64((back*k + t + 1) % 5)
				}
			}
			all = append(all, s)
		}
		l.must(l.store.SaveSnapshots(l.tb.Context(), all))
	}
}

// record are the runs of a quarter, every hour, and the deliveries of a year.
func (l *filler) record() {
	for n := range 7 * 24 * 13 {
		for _, kind := range []store.RunKind{store.RunSync, store.RunCheck} {
			r := store.Run{ID: fmt.Sprintf("%s-%d", kind, n), Kind: kind, Started: largeNow.Add(-time.Duration(n+1) * time.Hour), Tickets: 1000, Changed: 40}
			if r.Ended = r.Started.Add(time.Minute); kind == store.RunSync {
				r.Source = largeSource
			}
			l.must(l.store.SaveRun(l.tb.Context(), r))
		}
	}
	for t := range l.size.teams {
		for back := range largeWeeks {
			week := org.WeekOf(largeNow, time.UTC).Before(back + 1)
			d := store.Delivery{DeliveryKey: store.DeliveryKey{Report: largeTeam(t) + " team", Week: week.String(), Channel: "slack:#" + largeTeam(t)}, State: store.Pending, Due: week.End}
			d, _, err := l.store.Claim(l.tb.Context(), d, "filler", week.End, week.End.Add(time.Minute))
			l.must(err)
			d.Holder, d.State, d.Attempts, d.Delivered = "", store.Delivered, 1, week.End.Add(time.Second)
			l.must(l.store.SaveDelivery(l.tb.Context(), "filler", d))
		}
	}
}

// movingClock says what time it is told to be.
type movingClock struct{ at atomic.Int64 }

func (c *movingClock) Now() time.Time { return time.Unix(0, c.at.Load()).UTC() }

func (c *movingClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// measured are durations, one a request.
type measured []time.Duration

// at is the duration that so much of all stays below.
func (m measured) at(share float64) time.Duration {
	if len(m) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(m))
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}
