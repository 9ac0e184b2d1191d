package daemon

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/trends"
)

const (
	// snapshotWeeks is how far back weeks are counted that nobody has counted yet.
	snapshotWeeks = 26
	// recountedWeeks is how far back the ledger's numbers follow the ledger; older
	// weeks stay as they were told.
	recountedWeeks = 13
)

// keepSnapshots counts the weeks that have become complete, or that nobody has
// counted yet, for every team and for the organisation, and asks for outside
// numbers. A week is counted once all sources of the team were read after its
// end. Only then are all tickets read: how work flowed is counted once. What the
// ledger says of the last weeks is counted again when the ledger has changed.
//
// An outside number that cannot be had is told in the log and by doctor, and is
// no error.
func (f *Fairlead) keepSnapshots(ctx context.Context, now time.Time, changed bool) error {
	k, err := f.keeper(ctx, now)
	if err != nil {
		return err
	}
	state := k.state()
	if f.memory.weeksTold(f.terms(), state, changed) && (f.outside == nil || now.Sub(f.memory.weeks.at) < askAgainAfter) {
		return nil
	}
	if err := k.readRows(ctx); err != nil {
		return err
	}
	missing := k.missing()
	counting := changed || len(missing) > 0
	if counting {
		if err := k.count(ctx, missing); err != nil {
			return err
		}
	}
	if err := k.askOutside(ctx, missing); err != nil {
		return err
	}
	f.memory.tellWeeks(f.terms(), state, now, counting)
	return nil
}

// keeper works on the snapshots of complete weeks.
type keeper struct {
	*Fairlead
	now   time.Time
	teams []keptTeam // those that some source can hold work of
	// rows are the snapshots by team and week, as stored and as counted; the empty
	// team is the organisation.
	rows  map[string]map[string]trends.Snapshot
	dirty map[rowKey]bool // rows to store again
}

// rowKey names a snapshot.
type rowKey struct{ team, week string }

// keptTeam is a team and its complete weeks.
type keptTeam struct {
	*org.Team
	weeks trends.Weeks
	read  time.Time // up to when all its sources were read; zero: one never was
}

// ready reports whether all there is to know of the week has been read.
func (t *keptTeam) ready(w org.Week) bool { return !t.read.Before(w.End) }

// existed reports whether the team existed when the week ended.
func (t *keptTeam) existed(w org.Week) bool { return t.Existed.Holds(w.End.Add(-time.Second)) }

func (f *Fairlead) keeper(ctx context.Context, now time.Time) (*keeper, error) {
	healths, err := f.healths(ctx)
	if err != nil {
		return nil, err
	}
	k := &keeper{Fairlead: f, now: now, rows: map[string]map[string]trends.Snapshot{}, dirty: map[rowKey]bool{}}
	teams := f.cfg().Directory.Teams()
	for i := range teams {
		t := keptTeam{Team: &teams[i], weeks: trends.WeeksTo(org.WeekOf(now, teams[i].Location).Before(1), snapshotWeeks)}
		sources := f.sourcesOf(t.Team)
		for n, h := range healths {
			if slices.Contains(sources, f.cfg().Sources[n].Name) && (t.read.IsZero() || h.lastRead.Before(t.read)) {
				if t.read = h.lastRead; t.read.IsZero() {
					break
				}
			}
		}
		if len(sources) > 0 {
			k.teams = append(k.teams, t)
		}
	}
	return k, nil
}

// state tells the weeks that are counted, and up to where their sources were read and
// looked at, from all others.
func (k *keeper) state() string {
	if k.memory == nil {
		return ""
	}
	var out strings.Builder
	until := k.memory.books.until
	for i := range k.teams {
		t := &k.teams[i]
		fmt.Fprint(&out, t.ID, " ", t.weeks[len(t.weeks)-1])
		for _, at := range append([]time.Time{t.read}, untils(until, k.sourcesOf(t.Team))...) {
			n := 0
			for _, w := range t.weeks {
				if !at.Before(w.End.Add(-time.Second)) {
					n++
				}
				if !at.Before(w.End) {
					n++
				}
			}
			fmt.Fprint(&out, " ", n)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// untils are up to when each of the sources was looked at.
func untils(until map[string]time.Time, sources []string) []time.Time {
	out := make([]time.Time, len(sources))
	for i, source := range sources {
		out[i] = until[source]
	}
	return out
}

// readRows reads what is stored.
func (k *keeper) readRows(ctx context.Context) error {
	read := func(team string, from, to string) error {
		stored, err := k.store.Snapshots(ctx, team, from, to)
		if err != nil {
			return fmt.Errorf("read the weeks of %s: %w", whose(team), err)
		}
		k.rows[team] = map[string]trends.Snapshot{}
		for _, s := range stored {
			k.rows[team][s.Week] = trends.Snapshot(s)
		}
		return nil
	}
	first, last := "9999", ""
	for i := range k.teams {
		weeks := k.teams[i].weeks
		from, to := weeks[0].String(), weeks[len(weeks)-1].String()
		first, last = min(first, from), max(last, to)
		if err := read(k.teams[i].ID, from, to); err != nil {
			return err
		}
	}
	if len(k.teams) == 0 {
		return nil
	}
	return read("", first, last)
}

// missing are the rows that can be counted and never were.
func (k *keeper) missing() map[rowKey]bool {
	out := map[rowKey]bool{}
	together := map[string]bool{} // weeks that all teams of their time are ready for
	for i := range k.teams {
		t := &k.teams[i]
		for _, w := range t.weeks {
			name := w.String()
			if !t.existed(w) {
				continue
			}
			if before, known := together[name]; !known || before {
				together[name] = t.ready(w)
			}
			if _, have := k.rows[t.ID][name]; t.ready(w) && !have {
				out[rowKey{t.ID, name}] = true
			}
		}
	}
	for name, all := range together {
		if _, have := k.rows[""][name]; all && !have {
			out[rowKey{"", name}] = true
		}
	}
	return out
}

// count counts what is missing, and what the ledger says of the other weeks.
func (k *keeper) count(ctx context.Context, missing map[rowKey]bool) error {
	watches, counted, err := k.ledgerWeeks(ctx)
	if err != nil {
		return err
	}
	flown, err := k.flowWeeks(ctx, missing)
	if err != nil {
		return err
	}
	for i := range k.teams {
		t := &k.teams[i]
		for n, w := range t.weeks {
			key := rowKey{t.ID, w.String()}
			k.lay(key, counted[key], flown[key], missing[key], n >= len(t.weeks)-recountedWeeks)
		}
	}
	k.together(watches, flown, missing)
	return k.save(ctx)
}

// lay puts what was counted into a row: all of it into one that is missing, and
// otherwise what the ledger says.
func (k *keeper) lay(key rowKey, ledger, flow map[string]float64, missing, recent bool) {
	row, have := k.rows[key.team][key.week]
	if !have && !missing {
		return
	}
	values := map[string]float64{}
	maps.Copy(values, row.Values)
	if missing {
		maps.Copy(values, flow)
	}
	whole := true // the ledger still knows all that it was told to
	for measure := range values {
		_, still := ledger[measure]
		whole = whole && (still || !trends.FromLedger(measure))
	}
	for measure, v := range ledger {
		if _, told := values[measure]; !told || recent && whole {
			values[measure] = v
		}
	}
	if missing || !maps.Equal(values, row.Values) {
		k.set(key, values)
	}
}

func (k *keeper) set(key rowKey, values map[string]float64) {
	k.rows[key.team][key.week] = trends.Snapshot{Team: key.team, Week: key.week, Taken: k.now, Values: values}
	k.dirty[key] = true
}

// together lays the organisation's weeks: what adds up of its teams, and what the
// flow of all work was.
func (k *keeper) together(watches []trends.Watch, flown map[rowKey]map[string]float64, missing map[rowKey]bool) {
	rulesOf := map[string]map[string]trends.Watched{}
	for _, w := range watches {
		rulesOf[w.Team] = w.Rules
	}
	agreed := func(team, rule string) bool { _, has := rulesOf[team][rule]; return has }
	byWeek := map[string][]trends.Snapshot{}
	recent := map[string]bool{}
	for i := range k.teams {
		t := &k.teams[i]
		for n, w := range t.weeks {
			if row, have := k.rows[t.ID][w.String()]; have && t.existed(w) && len(rulesOf[t.ID]) > 0 {
				byWeek[w.String()] = append(byWeek[w.String()], row)
			}
			recent[w.String()] = recent[w.String()] || n >= len(t.weeks)-recountedWeeks
		}
	}
	for week := range recent {
		key := rowKey{"", week}
		k.lay(key, trends.Together(week, byWeek[week], agreed).Values, flown[key], missing[key], recent[week])
	}
}

// ledgerWeeks counts what the ledger says of every team's weeks.
func (k *keeper) ledgerWeeks(ctx context.Context) ([]trends.Watch, map[rowKey]map[string]float64, error) {
	book, err := k.readNoticed(ctx)
	if err != nil {
		return nil, nil, err
	}
	var flights []finding.Flight
	watches := make([]trends.Watch, len(k.teams))
	for i := range k.teams {
		t := &k.teams[i]
		watches[i] = trends.Watch{Team: t.ID, Weeks: t.weeks, Rules: k.watchedBy(&book.watching, t)}
		for _, w := range t.weeks { // the latest of each
			_, last, err := k.store.FlightEnds(ctx, t.ID, w.Start, w.End)
			if err != nil {
				return nil, nil, fmt.Errorf("read the flights of %s: %w", t.ID, err)
			}
			if last != nil {
				flights = append(flights, *last)
			}
		}
	}
	kept := keptBack(book.silent())
	told := func(e *finding.Finding) bool { return !kept(e) }
	out := map[rowKey]map[string]float64{}
	judged := finding.EachJudged(book.noticed, book.words, k.now)
	for _, s := range trends.Ledger(judged, flights, told, watches) {
		out[rowKey{s.Team, s.Week}] = s.Values
	}
	return watches, out, nil
}

// watchedBy says from when up to when the ledger speaks of each rule that the
// team has agreed to and that whole teams may see, in all sources that hold its
// work.
func (k *keeper) watchedBy(w *watching, t *keptTeam) map[string]trends.Watched {
	out := map[string]trends.Watched{}
	for _, a := range k.book().InForce(t.ID) {
		if a.Tell != finding.ForTeam && a.Tell != finding.ForOrg {
			continue
		}
		one := trends.Watched{Quiet: a.Stage == rules.Watch, Until: k.now}
		for _, source := range k.sourcesOf(t.Team) {
			l, until := w.ofCell(source, t.ID, a.Rule.ID), w.until[source]
			if l.Since.IsZero() || until.IsZero() {
				one = trends.Watched{}
				break
			}
			since := l.Since
			if a.Rule.Replays != rules.ReplayYes {
				since = later(since, l.Live.Add(-aWeek)) // see buildReport
			}
			if one.Since = later(one.Since, since); until.Before(one.Until) {
				one.Until = until
			}
		}
		out[a.Rule.ID] = one
	}
	return out
}

// flowWeeks counts how work flowed in the weeks that are missing, with one pass
// over all tickets. Without any there is none.
func (k *keeper) flowWeeks(ctx context.Context, missing map[rowKey]bool) (map[rowKey]map[string]float64, error) {
	first, last := "9999", ""
	for key := range missing {
		first, last = min(first, key.week), max(last, key.week)
	}
	weeks := map[string]trends.Weeks{}
	for i := range k.teams {
		t := &k.teams[i]
		for _, w := range t.weeks {
			if name := w.String(); first <= name && name <= last && t.ready(w) {
				weeks[t.ID] = append(weeks[t.ID], w)
			}
		}
	}
	if len(weeks) == 0 {
		return nil, nil
	}
	sprints, err := k.store.Sprints(ctx)
	if err != nil {
		return nil, fmt.Errorf("read sprints: %w", err)
	}
	flow := trends.NewFlow(k.cfg().Directory, sprints, weeks)
	for t, err := range k.store.Tickets(ctx) {
		if err != nil {
			return nil, fmt.Errorf("read tickets: %w", err)
		}
		flow.Add(&t)
	}
	out := map[rowKey]map[string]float64{}
	for _, s := range flow.Weeks() {
		out[rowKey{s.Team, s.Week}] = s.Values
	}
	return out, ctx.Err()
}

// save stores the rows that changed, ordered, so that one outcome is stored one
// way.
func (k *keeper) save(ctx context.Context) error {
	var all []store.Snapshot
	for key := range k.dirty {
		all = append(all, store.Snapshot(k.rows[key.team][key.week]))
	}
	slices.SortFunc(all, func(a, b store.Snapshot) int { return compareRows(a.Team, a.Week, b.Team, b.Week) })
	if len(all) == 0 {
		return nil
	}
	clear(k.dirty)
	return wrapped("store what was counted of past weeks", k.store.SaveSnapshots(ctx, all))
}

// snapshotsOf are so many weeks of a team up to the last, oldest first; the empty
// team is the organisation. A week that was not counted stands there without
// values.
func (f *Fairlead) snapshotsOf(ctx context.Context, team string, last org.Week, weeks int) ([]trends.Snapshot, error) {
	names := trends.WeeksTo(last, weeks)
	if len(names) == 0 {
		return nil, nil
	}
	stored, err := f.store.Snapshots(ctx, team, names[0].String(), last.String())
	if err != nil {
		return nil, fmt.Errorf("read the weeks of %s: %w", whose(team), err)
	}
	out := make([]trends.Snapshot, len(names))
	for i, w := range names {
		out[i] = trends.Snapshot{Team: team, Week: w.String()}
		if n := slices.IndexFunc(stored, func(s store.Snapshot) bool { return s.Week == out[i].Week }); n >= 0 {
			out[i] = trends.Snapshot(stored[n])
		}
	}
	return out, nil
}
