package daemon

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
)

// longestBackfill bounds how many weeks can be asked for: two years.
const longestBackfill = 104

// BackfillResult is what making up for past weeks brought.
type BackfillResult struct {
	From  time.Time      `json:"from,omitzero"` // the first moment that was looked at; zero when none was
	Weeks []BackfillWeek `json:"weeks,omitempty"`
	// Rules are those that had a past to fill, by id.
	Rules []string `json:"rules,omitempty"`
	// Untold are those of them whose past is not in the trackers' histories.
	Untold []string `json:"untold,omitempty"`
	// Waiting are sources that cannot be replayed until they are read completely.
	Waiting []string `json:"waiting,omitempty"`
}

// BackfillWeek is how findings moved in one week.
type BackfillWeek struct {
	Week   string `json:"week"`
	Opened int    `json:"opened"` // also again
	Closed int    `json:"closed"` // settled, aged out
}

// Backfill makes up for so many past weeks, from the tickets' histories, wherever
// nobody has looked yet: a new installation, a rule or an agreement that is new,
// a project that was added. What is recorded stays.
func (f *Fairlead) Backfill(ctx context.Context, weeks int) (r BackfillResult, err error) {
	err = f.inTurn(ctx, checkTurn, func(ctx context.Context, f *Fairlead) (err error) {
		r, err = f.backfill(ctx, weeks)
		return err
	})
	return r, err
}

func (f *Fairlead) backfill(ctx context.Context, weeks int) (BackfillResult, error) {
	f, err := f.steady(ctx)
	if err != nil {
		return BackfillResult{}, err
	}
	if weeks < 1 || weeks > longestBackfill {
		return BackfillResult{}, requestError{fmt.Sprintf("%d weeks cannot be made up for", weeks), fmt.Sprintf("choose from 1 to %d", longestBackfill)}
	}
	now := f.now()
	if err := f.forwards(ctx, "check", now); err != nil {
		return BackfillResult{}, err
	}
	if err := f.readCalendars(ctx, now); err != nil {
		return BackfillResult{}, err
	}
	fresh, err := f.freshSources(ctx, now)
	if err != nil {
		return BackfillResult{}, err
	}
	if _, err := f.catchUp(ctx, fresh, now); err != nil {
		return BackfillResult{}, err
	}
	filled, err := f.fill(ctx, fresh, weeks, now)
	if err != nil {
		return BackfillResult{}, err
	}
	if err := f.keepSnapshots(ctx, now, true); err != nil {
		return BackfillResult{}, err
	}
	r := filled.result()
	for _, source := range f.SourceNames() {
		if !fresh[source] {
			r.Waiting = append(r.Waiting, source)
		}
	}
	return r, nil
}

// fill replays past weeks wherever the ledger does not speak of them yet, and
// lays what it finds in front of what is recorded, in one step. Sources that
// were not read completely wait: a past that was made of a part of their
// tickets would stay.
func (f *Fairlead) fill(ctx context.Context, fresh map[string]bool, weeks int, now time.Time) (filled, error) {
	book, err := f.readNoticed(ctx)
	if err != nil {
		return filled{}, err
	}
	stopped, err := f.stoppedRules(ctx)
	if err != nil {
		return filled{}, err
	}
	g := gaps{Fairlead: f, books: book, fresh: fresh, ends: f.weekEnds(now, weeks), now: now, oldest: map[finding.LookKey]time.Time{}}
	g.parts = book.partsMatter(now)
	g.find(stopped)
	if len(g.oldest) == 0 {
		return filled{}, nil
	}
	return g.fill(ctx)
}

// gaps are the stretches of the past that the ledger does not speak of.
type gaps struct {
	*Fairlead
	books
	fresh map[string]bool
	ends  []time.Time
	now   time.Time
	// oldest is the first moment to look at, by what is to be looked at.
	oldest map[finding.LookKey]time.Time
	part   *partFinder
	parts  bool // whether it matters which part of its source a finding is of
}

// find notes everything of which the ledger does not speak at some moment. A
// rule that could not be evaluated in the latest check waits until it can be.
func (g *gaps) find(stopped map[string]string) {
	g.cells(g.fresh, func(source, team, rule string) {
		if stopped[rule] != "" {
			return
		}
		l := g.ofCell(source, team, rule)
		for _, at := range g.ends {
			if g.replays(&l, at) {
				g.oldest[l.LookKey] = at
				return
			}
		}
	})
	for key, l := range g.looks {
		if key.Part != "" && g.fresh[key.Source] && len(g.ends) > 0 && l.Since.After(g.ends[0]) {
			g.oldest[key] = g.ends[0]
		}
	}
}

// replays reports whether the cell is to be replayed at the moment: the ledger
// does not speak of it yet, and its rule's past can be told. A rule of which
// trackers keep no history is taken as it is now for the end of one week, so
// that the report of that week has it.
func (g *gaps) replays(l *finding.Look, at time.Time) bool {
	return (l.Since.IsZero() || at.Before(l.Since)) && g.tells(l.Rule, l.Live, at)
}

// tells reports whether history tells of the rule at a moment before somebody
// first looked live; the zero time: nobody has yet.
func (g *gaps) tells(rule string, live, at time.Time) bool {
	if live.IsZero() {
		live = g.now
	}
	return g.book().Replays(rule) != rules.ReplayNo || at.After(live.Add(-aWeek))
}

// fill replays them.
func (g *gaps) fill(ctx context.Context) (filled, error) {
	var err error
	if g.books, err = g.readWhole(ctx); err != nil { // what is over is laid anew, too
		return filled{}, err
	}
	g.part = g.partFinder(ctx)
	past := finding.NewPast(g.noticed, g.since)
	needed := g.needed()
	out := filled{oldest: g.oldest, zone: g.zone(), book: g.book()}
	var flights []finding.Flight
	stops := map[string]int{}
	for _, at := range g.ends {
		if !g.due(at) {
			continue
		}
		outcome, err := g.checkPast(ctx, at, needed)
		if err != nil {
			return out, fmt.Errorf("look at a past week: %w", err)
		}
		for rule := range g.tellStopped(outcome.Stopped) {
			stops[rule]++
		}
		seen := slices.DeleteFunc(outcome.Seen, func(s finding.Seen) bool {
			return !g.fresh[s.Subject.Source] || !g.tells(s.Rule, g.knownOf(&s, g.partOf).Live, at)
		})
		past.Step(seen, func(rule, _ string) bool { return outcome.Stopped[rule] == nil }, at)
		// The flights of teams whose work somebody looked at are recorded, and
		// counted all their agreements.
		outcome.CountClear(g.unspoken(at))
		flights = append(flights, slices.DeleteFunc(outcome.Flights, func(f finding.Flight) bool { return !g.unseen(f.Team, at) })...)
		out.moments = append(out.moments, at)
	}
	if g.part.err != nil {
		return out, fmt.Errorf("look at a past week: %w", g.part.err)
	}
	var next []finding.Finding
	next, out.made, out.undone = past.Lay()
	g.memory.forget()
	err = g.store.SaveCheck(ctx, store.Check{
		Findings: g.unsighted(next), Unsighted: true, Transitions: out.made, Undone: out.undone, Flights: flights,
		Looks: g.looked(func(rule string) bool { return stops[rule] == len(out.moments) }),
	})
	return out, wrapped("store the past", err)
}

// needed are the rules that have a gap; nil, which is all of them, when a part of a
// source has.
func (g *gaps) needed() []string {
	wanted := map[string]bool{}
	for key := range g.oldest {
		if key.Part != "" {
			return nil
		}
		wanted[key.Rule] = true
	}
	return slices.Sorted(maps.Keys(wanted))
}

func (g *gaps) due(at time.Time) bool {
	for key, oldest := range g.oldest {
		l := g.looks[key]
		l.LookKey = key
		if !at.Before(oldest) && (l.Since.IsZero() || at.Before(l.Since)) {
			return true
		}
	}
	return false
}

// since says from when on the ledger speaks of what was seen.
func (g *gaps) since(s *finding.Seen) time.Time { return g.knownOf(s, g.partOf).Since }

// partOf is the part of the source, where that matters: reading it costs.
func (g *gaps) partOf(s *finding.Seen) string {
	if !g.parts {
		return ""
	}
	return g.part.of(s)
}

// looked are the looks to store: the ledger speaks of all that was replayed from
// its oldest moment on, unless the rule could never be evaluated.
func (g *gaps) looked(stopped func(rule string) bool) []finding.Look {
	var out []finding.Look
	for key, oldest := range g.oldest {
		if key.Rule != "" && stopped(key.Rule) {
			continue
		}
		l := g.looks[key]
		l.LookKey, l.Since = key, oldest
		out = append(out, l)
	}
	for source := range g.fresh {
		if g.until[source].IsZero() {
			last := g.ends[len(g.ends)-1]
			out = append(out, finding.Look{LookKey: finding.LookKey{Source: source}, Until: last})
		}
	}
	return out
}

// unseen reports whether nobody had looked at any of the team's work.
func (g *gaps) unseen(team string, at time.Time) bool {
	for _, rule := range g.book().RulesOf(team) {
		for source := range g.fresh {
			l := g.ofCell(source, team, rule)
			if !l.Since.IsZero() && !at.Before(l.Since) {
				return false
			}
		}
	}
	return true
}

// zone is in which weeks are told: that of the first team by id.
func (g *gaps) zone() *time.Location {
	for _, t := range g.cfg().Directory.Teams() {
		return t.Location
	}
	return time.UTC
}

// filled is what a replay of the past found.
type filled struct {
	oldest       map[finding.LookKey]time.Time // what had a gap, and from when on it is filled
	zone         *time.Location
	book         *rules.Book
	moments      []time.Time // that were looked at
	made, undone []finding.Transition
}

// into adds the moves of the replay to those of other past weeks, and takes out
// of a check what turns out to have happened before it.
func (p *filled) into(r, past *CheckResult) *CheckResult {
	if len(p.moments) == 0 {
		return past
	}
	if past == nil {
		past = &CheckResult{At: p.moments[0]}
	}
	moved := tally(p.moments[0], 0, nil, p.made)
	past.addMoves(moved)
	if r != nil {
		undone := tally(r.At, 0, nil, slices.DeleteFunc(slices.Clone(p.undone), func(t finding.Transition) bool { return !t.At.Equal(r.At) }))
		r.Opened, r.Reopened = r.Opened-undone.Opened, r.Reopened-undone.Reopened
	}
	return past
}

// result tells it by week.
func (p *filled) result() BackfillResult {
	var r BackfillResult
	if len(p.moments) == 0 {
		return r
	}
	r.From = p.moments[0]
	by := map[string]*BackfillWeek{}
	for _, at := range p.moments {
		week := org.WeekOf(at, p.zone).String()
		if by[week] == nil {
			by[week] = &BackfillWeek{Week: week}
		}
	}
	for _, t := range p.made {
		w := by[org.WeekOf(t.At, p.zone).String()]
		switch {
		case w == nil: // when somebody first looked
		case t.Move == finding.Opened || t.Move == finding.Reopened:
			w.Opened++
		default:
			w.Closed++
		}
	}
	for _, week := range slices.Sorted(maps.Keys(by)) {
		r.Weeks = append(r.Weeks, *by[week])
	}
	r.Rules, r.Untold = p.rules()
	return r
}

// rules are those that had a gap, and those of them that history cannot tell of.
func (p *filled) rules() (all, untold []string) {
	had := map[string]bool{}
	for key := range p.oldest {
		if key.Rule != "" {
			had[key.Rule] = true
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(had)) {
		all = append(all, rule)
		if p.book.Replays(rule) != rules.ReplayYes {
			untold = append(untold, rule)
		}
	}
	return all, untold
}
