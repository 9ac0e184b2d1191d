package daemon

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/trends"
)

// edition is everything that the reports of one week are made from, read once for
// all of them: the ledger as people judged it, the record of runs, and, when the
// first report asks for it, one pass over all tickets. It is as of one moment, so
// that reports made from it agree with each other. It is safe for concurrent use.
type edition struct {
	f      *Fairlead
	week   string // 2026-W46; each team's runs in its own zone
	now    time.Time
	ledger []finding.Finding // as people judged it
	byTeam map[string][]int  // where a team's findings stand in it
	// said are those that somebody said something about since the ledger was read, as
	// they are judged now.
	said    map[finding.ID]finding.Finding
	book    books
	waivers []finding.Waiver // all that were given
	weeks   laidWeeks
	sources []health
	stopped map[string]string
	names   map[string]string // of people, by id
	kept    bool              // work is asked of the store as it was gathered, and no ticket is read

	mu   sync.Mutex
	work *reports.Work // nil until somebody asked
	wide map[time.Time]map[string]finding.Spread
}

// edition reads what the reports of a week are made from: 2026-W46, as weekNamed
// makes it from what people write.
func (f *Fairlead) edition(ctx context.Context, isoWeek string) (*edition, error) {
	if _, err := org.ParseWeek(isoWeek, time.UTC); err != nil {
		return nil, err
	}
	f, err := f.steady(ctx)
	if err != nil {
		return nil, err
	}
	book, err := f.readLedger(ctx)
	if err != nil {
		return nil, err
	}
	return f.editionOf(ctx, book, isoWeek)
}

// editionOf is the edition of a ledger that was read.
func (f *Fairlead) editionOf(ctx context.Context, book books, isoWeek string) (e *edition, err error) {
	e = &edition{f: f, week: isoWeek, now: f.clock.Now(), book: book, ledger: book.findings, byTeam: map[string][]int{}, names: map[string]string{}, waivers: finding.Waivers(waiverWords(book.words)), weeks: laidWeeks{f: f}, wide: map[time.Time]map[string]finding.Spread{}}
	for i := range e.ledger {
		e.byTeam[e.ledger[i].Team] = append(e.byTeam[e.ledger[i].Team], i)
	}
	if e.sources, err = f.healths(ctx); err != nil {
		return nil, err
	}
	if e.stopped, err = f.stoppedRules(ctx); err != nil {
		return nil, err
	}
	for _, p := range f.cfg().Directory.People() {
		e.names[p.ID] = cmp.Or(p.Name, p.ID)
	}
	return e, nil
}

// again is the same ledger told of another week, as of another moment.
func (e *edition) again(isoWeek string, now time.Time) *edition {
	return &edition{
		f: e.f, week: isoWeek, now: now, book: e.book, ledger: e.ledger, byTeam: e.byTeam, said: e.said, names: e.names, sources: e.sources, stopped: e.stopped, kept: e.kept,
		waivers: e.waivers, weeks: e.weeks,
		wide: map[time.Time]map[string]finding.Spread{},
	}
}

// findings are those of a team.
func (e *edition) findings(team string) []finding.Finding {
	out := make([]finding.Finding, len(e.byTeam[team]))
	for i, at := range e.byTeam[team] {
		out[i] = e.ledger[at]
	}
	return e.heard(out)
}

// all are those of all teams.
func (e *edition) all() []finding.Finding {
	if len(e.said) == 0 {
		return e.ledger
	}
	return e.heard(slices.Clone(e.ledger))
}

// heard puts what was said since in its place.
func (e *edition) heard(all []finding.Finding) []finding.Finding {
	for i := range all {
		if len(e.said) == 0 {
			break
		}
		if now, is := e.said[all[i].ID]; is {
			all[i] = now
		}
	}
	return all
}

// weekIn is the edition's week as it passes in a zone.
func (e *edition) weekIn(loc *time.Location) org.Week {
	week, err := org.ParseWeek(e.week, loc)
	if err != nil {
		panic(fmt.Sprintf("edition of %q: %v", e.week, err)) // it came from a week
	}
	return week
}

// team is a team's report for one reader.
func (e *edition) team(ctx context.Context, team *org.Team, reader finding.Audience) (reports.Report, error) {
	in, err := e.inputs(ctx, team, ofAllRules)
	if err != nil {
		return reports.Report{}, err
	}
	work, err := e.workOf(ctx, team.ID)
	if err != nil {
		return reports.Report{}, err
	}
	in.Finished, in.FinishedMore, in.Slipped, in.SlippedMore = work.Finished, work.FinishedMore, work.Slipped, work.SlippedMore
	in.Reader, in.Link, in.FindingPages = reader, e.f.linkTo(reportPath(team.ID, e.week, reader)), e.f.linkTo(findingsPath)
	return reports.Build(in), nil
}

// workOf is what the team finished in the week, and what slipped.
func (e *edition) workOf(ctx context.Context, team string) (weekWork, error) {
	if e.kept {
		return e.f.workOf(ctx, e.week, team)
	}
	work, err := e.tickets(ctx)
	if err != nil {
		return weekWork{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return workTold(work, team), nil
}

// inputs is what a team's report is made from, but for the reader and the work: of its
// weeks the measures that are wanted.
func (e *edition) inputs(ctx context.Context, team *org.Team, wanted func(measure string) bool) (reports.Inputs, error) {
	week := e.weekIn(team.Location)
	first, last, err := e.f.store.FlightEnds(ctx, team.ID, week.Before(replayedWeeks).Start, lastMoment(week, e.now).Add(time.Microsecond))
	if err != nil {
		return reports.Inputs{}, fmt.Errorf("read the flights of %s: %w", team.ID, err)
	}
	var flights []finding.Flight
	if first != nil {
		flights = []finding.Flight{*first, *last}
	}
	snapshots, err := e.weeks.of(ctx, team.ID, week.Before(replayedWeeks).String(), week.String(), wanted)
	if err != nil {
		return reports.Inputs{}, err
	}
	in := reports.Inputs{
		Team: teamOf(team), Week: week, Now: e.now, Findings: e.findings(team.ID), Flights: flights, Agreements: e.agreements(team),
		Silent: e.book.silent(), Widespread: e.widespread(lastMoment(week, e.now)), People: len(peopleAt(team, lastMoment(week, e.now))),
		Waivers: e.waivers, Names: e.names, Snapshots: snapshots,
	}
	for i, h := range e.sources {
		if holdsWorkOf(e.f.cfg().Sources[i], team) {
			in.Sources = append(in.Sources, h.forReport(week, e.now))
		}
	}
	in.Trials, err = e.trials(ctx, team, week)
	return in, err
}

// trials are the experiments of a team, or of the organisation as a whole, that run
// in the week.
func (e *edition) trials(ctx context.Context, team *org.Team, week org.Week) ([]reports.TrialInput, error) {
	all, err := e.f.trialsOf(ctx, team, week, &e.weeks)
	if err != nil {
		return nil, err
	}
	var out []reports.TrialInput
	for i := range all {
		t, loc := &all[i], week.Start.Location()
		one := reports.TrialInput{Name: t.Name, Hypothesis: t.Hypothesis, Began: t.Start.In(loc), Early: t.Early, Sentence: t.Text, Flow: ofFlow(t.Measure)}
		if t.End != "" {
			one.Ends = t.End.In(loc).AddDate(0, 0, 1)
		}
		if t.Outcome.Guardrail != nil && t.Experiment.Guardrail != nil {
			one.Sentence += " " + t.Outcome.Guardrail.Text
			one.Flow = one.Flow || ofFlow(t.Experiment.Guardrail.Measure)
		}
		if !t.Running {
			one.Verdict = string(t.Verdict)
		}
		out = append(out, one)
	}
	return out, nil
}

func teamOf(team *org.Team) reports.Team {
	return reports.Team{ID: team.ID, Name: team.Name, Location: team.Location, Locale: team.Locale}
}

// ofFlow reports whether a measure is about how people's work flows, rather than
// about findings or a number from elsewhere.
func ofFlow(measure string) bool {
	name, _, _ := strings.Cut(measure, ":")
	return !slices.Contains([]string{trends.Open, trends.New, trends.Settled, trends.InFlight, trends.Aligned, strings.TrimSuffix(trends.Outside(""), ":")}, name)
}

// agreements are those of the team in force.
func (e *edition) agreements(team *org.Team) []reports.Agreement {
	var out []reports.Agreement
	sources := e.f.sourcesOf(team)
	for a := range e.f.book().EachInForce(team.ID) {
		known, live := e.book.knownFor(sources, team.ID, a.Rule.ID)
		if a.Rule.Replays != rules.ReplayYes {
			// The end of a week that somebody looked at within a week was much as
			// it was seen then.
			known = later(known, live.Add(-aWeek))
		}
		out = append(out, reports.Agreement{
			Rule: a.Rule.ID, Promise: a.Promise, Stage: string(a.Stage), Trouble: e.stopped[a.Rule.ID],
			Tell: a.Tell, Known: known, NoHistory: a.Rule.Replays != rules.ReplayYes,
		})
	}
	return out
}

// widespread are the conditions of the organisation at a moment, worked out once.
func (e *edition) widespread(at time.Time) map[string]finding.Spread {
	e.mu.Lock()
	defer e.mu.Unlock()
	all, known := e.wide[at.UTC()]
	if !known {
		all = e.f.widespread(e.all(), e.book.silent(), at)
		e.wide[at.UTC()] = all
	}
	return all
}

// tickets is the work of all teams, read in one pass when first asked for.
func (e *edition) tickets(ctx context.Context) (*reports.Work, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.work != nil {
		return e.work, nil
	}
	sprints, err := e.f.store.Sprints(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the sprints: %w", err)
	}
	weeks := map[string]org.Week{}
	for _, t := range e.f.cfg().Directory.Teams() {
		weeks[t.ID] = e.weekIn(t.Location)
	}
	work := reports.NewWork(weeks, e.f.cfg().Directory, sprints)
	for t, err := range e.f.work().Tickets(ctx) {
		if err != nil {
			return nil, fmt.Errorf("read the tickets: %w", err)
		}
		work.Add(&t)
	}
	e.work = work
	return work, nil
}

// organisation is the report over all teams of the week.
func (e *edition) organisation(ctx context.Context) (reports.Report, error) {
	week := e.weekIn(time.UTC)
	at := lastMoment(week, e.now)
	in := reports.OrgInputs{
		Week: week, Now: e.now, Link: e.f.linkTo("/reports/" + e.week), Promises: map[string]string{}, Silent: e.book.silent(), Widespread: e.widespread(at),
	}
	for a := range e.f.book().EachInForce("") {
		in.Promises[a.Rule.ID] = a.Promise
	}
	teams := e.f.cfg().Directory.Teams()
	for i := range teams {
		t := &teams[i]
		if !t.Existed.Meets(org.Span{From: week.Start, To: week.End}) {
			continue
		}
		one, err := e.inputs(ctx, t, ofAllRulesOrOpen)
		if err != nil {
			return reports.Report{}, err
		}
		in.Teams = append(in.Teams, reports.OrgTeam{
			Team: one.Team, Existed: t.Existed, Seats: slices.Concat(t.Members, t.EMs, t.PMs), Agreements: one.Agreements,
			Findings: one.Findings, Flights: one.Flights, Snapshots: one.Snapshots, Trials: one.Trials,
		})
	}
	for _, h := range e.sources {
		in.Sources = append(in.Sources, h.forReport(week, e.now))
	}
	var err error
	if in.Trials, err = e.trials(ctx, nil, week); err != nil {
		return reports.Report{}, err
	}
	return reports.BuildOrg(in), nil
}

// leader is the letter of one leader, in UTC: about their own acts alone.
func (e *edition) leader(person string) (reports.Report, error) {
	p, known := e.f.cfg().Directory.Person(person)
	if !known || p.Bot {
		return reports.Report{}, requestError{fmt.Sprintf("nobody has the id %q", person), "name a person of the org file"}
	}
	week, kept := e.weekIn(time.UTC), keptBack(e.book.silent())
	return reports.BuildLeader(reports.LeaderInputs{
		Person: person, Name: p.Name, Week: week, Now: e.now, Findings: e.all(),
		Told: func(f *finding.Finding) bool { return e.f.told(f) && !kept(f) },
	}), nil
}

// told reports whether the finding's agreement is in force and more than watched.
func (f *Fairlead) told(e *finding.Finding) bool {
	for a := range f.book().EachInForce(e.Team) {
		if a.Rule.ID == e.Rule {
			return a.Stage != rules.Watch
		}
	}
	return false
}

// peopleAt are the members, EMs and PMs of a team at a moment, each once.
func peopleAt(team *org.Team, at time.Time) []string {
	var out []string
	for _, s := range slices.Concat(team.Members, team.EMs, team.PMs) {
		if s.Holds(at) && !slices.Contains(out, s.Person) {
			out = append(out, s.Person)
		}
	}
	return out
}
