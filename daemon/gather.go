package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/store"
)

// What a page needs of all tickets is gathered in one pass over them, behind
// the pages, and kept in the store: a million tickets are not read while somebody waits.

// counted is what the data page tells of all tickets.
type counted struct {
	Of      string               `json:"of"`      // the readings of sources it was made from
	Tickets map[string]int       `json:"tickets"` // by source
	People  []dashboard.Stranger `json:"people"`
	Unowned []dashboard.Unowned  `json:"unowned"`
	// Unmapped are words without a meaning that tickets use, by source.
	Unmapped map[string][]dashboard.Unmapped `json:"unmapped"`
}

// weekWork is what a report tells of what a team finished in a week, and of what
// slipped, and how much more there is.
type weekWork struct {
	Finished     []reports.Finished `json:"finished"`
	FinishedMore int                `json:"finished_more"`
	Slipped      []reports.Slipped  `json:"slipped"`
	SlippedMore  int                `json:"slipped_more"`
}

func workTold(w *reports.Work, team string) (out weekWork) {
	out.Finished, out.FinishedMore = reports.TellFinished(w.Finished(team))
	out.Slipped, out.SlippedMore = reports.TellSlipped(w.Slipped(team))
	return out
}

const (
	stockName = "stock"
	// gatheredAtOnce is how many weeks one pass gathers.
	// It bounds what is held meanwhile: of each piece of finished work a few hundred
	// bytes.
	gatheredAtOnce = 6
)

func workName(week string) string { return "work " + week }

// gather passes over all tickets once and keeps what it tells: of is what it was
// made from.
func (f *Fairlead) gather(ctx context.Context, weeks []string, of string) error {
	now := f.now()
	works, first, err := f.worksOf(ctx, weeks)
	if err != nil {
		return err
	}
	s := newStock(f.cfg().Directory, now)
	for t, err := range f.work().Tickets(ctx) {
		if err != nil {
			return fmt.Errorf("read the tickets: %w", err)
		}
		s.add(&t)
		if first != nil {
			first.Add(&t)
		}
	}
	if err := f.saveStock(ctx, s, of, now); err != nil {
		return err
	}
	for i, week := range weeks {
		g := store.Gathered{Name: workName(week), At: now, Parts: map[string][]byte{"": []byte("{}")}}
		for _, team := range teamIDs(f.cfg()) {
			w := workTold(works[i], team)
			if len(w.Finished)+len(w.Slipped) == 0 {
				continue
			}
			if g.Parts[team], err = json.Marshal(w); err != nil {
				return err
			}
		}
		if err := f.store.SaveGathered(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// worksOf are collections for the weeks; what is added to the first is added to all.
func (f *Fairlead) worksOf(ctx context.Context, weeks []string) (all []*reports.Work, first *reports.Work, err error) {
	sprints, err := f.store.Sprints(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read the sprints: %w", err)
	}
	for _, name := range weeks {
		inZones := map[string]org.Week{}
		for _, t := range f.cfg().Directory.Teams() {
			if inZones[t.ID], err = org.ParseWeek(name, t.Location); err != nil {
				return nil, nil, err
			}
		}
		if first == nil {
			first = reports.NewWork(inZones, f.cfg().Directory, sprints)
			all = append(all, first)
			continue
		}
		all = append(all, first.Also(inZones))
	}
	return all, first, nil
}

func (f *Fairlead) saveStock(ctx context.Context, s *stock, of string, now time.Time) error {
	before, _, err := f.counted(ctx)
	if err != nil && !errors.Is(err, dashboard.ErrNotYet) {
		return err
	}
	c := counted{Of: of, Tickets: map[string]int{}, Unmapped: map[string][]dashboard.Unmapped{}}
	for source, kept := range s.shelves {
		c.Tickets[source] = kept.tickets
	}
	for _, p := range s.strangers(f.cfg().Directory) {
		c.People = append(c.People, dashboard.Stranger{Source: p.Tracker, Name: p.Name, Account: p.ID, Tickets: p.Tickets})
	}
	for _, u := range s.unowned() {
		c.Unowned = append(c.Unowned, dashboard.Unowned{Source: u.Source, What: u.Space, Tickets: u.Tickets})
	}
	for _, src := range f.sources {
		c.Unmapped[src.Name()] = before.Unmapped[src.Name()] // until this process has read the source
		if speaker, is := src.(connectors.Speaker); is && speaker.Words() != nil {
			c.Unmapped[src.Name()] = unmappedOf(speaker.Words(), s.of(src.Name()))
		}
	}
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return f.store.SaveGathered(ctx, store.Gathered{Name: stockName, At: now, Parts: map[string][]byte{"": body}})
}

// unmappedOf are the words without a meaning that stored tickets use.
func unmappedOf(words []connectors.Word, kept *shelf) []dashboard.Unmapped {
	what := map[string]string{"type": "issue type", "status": "status"}
	var out []dashboard.Unmapped
	listed := map[word]bool{}
	for _, w := range words {
		u, is := unmapped(w, kept)
		same := word{u.Sort, connectors.Fold(u.Word)}
		if !is || what[u.Sort] == "" || listed[same] {
			continue
		}
		listed[same] = true
		out = append(out, dashboard.Unmapped{What: what[u.Sort], Word: u.Word, Tickets: u.Tickets})
	}
	return out
}

// counted is what was counted last; ErrNotYet before anything was.
func (f *Fairlead) counted(ctx context.Context) (c counted, at time.Time, err error) {
	at, body, err := f.store.Gathered(ctx, stockName, "")
	if errors.Is(err, store.ErrNotFound) {
		return c, at, dashboard.ErrNotYet
	}
	if err == nil {
		err = json.Unmarshal(body, &c)
	}
	return c, at, err
}

// workOf is what was gathered of a team's week; ErrNotYet before anything was.
func (f *Fairlead) workOf(ctx context.Context, week, team string) (w weekWork, err error) {
	_, body, err := f.store.Gathered(ctx, workName(week), team)
	if errors.Is(err, store.ErrNotFound) {
		if _, _, err = f.store.Gathered(ctx, workName(week), ""); errors.Is(err, store.ErrNotFound) {
			return w, fmt.Errorf("the work of %s: %w", week, dashboard.ErrNotYet)
		}
		return w, err
	}
	if err == nil {
		err = json.Unmarshal(body, &w)
	}
	return w, err
}

// ungathered are the weeks, of those given, latest first, whose work was not gathered
// since the week after them ended, as many as one pass gathers. Until then people
// still tidy up.
func (f *Fairlead) ungathered(ctx context.Context, weeks []string, anew bool) ([]string, error) {
	var out []string
	for _, name := range weeks {
		week, err := org.ParseWeek(name, time.UTC)
		if err != nil {
			continue
		}
		at, _, err := f.store.Gathered(ctx, workName(name), "")
		switch {
		case errors.Is(err, store.ErrNotFound):
			out = append(out, name)
		case err != nil:
			return nil, err
		case anew && at.Before(week.End.AddDate(0, 0, 7)):
			out = append(out, name)
		}
	}
	return out[:min(len(out), gatheredAtOnce)], nil
}

// weeksShown are the weeks that pages show reports of, latest first.
func (v *pageView) weeksShown(now time.Time) []string {
	out := []string{org.WeekOf(now, time.UTC).String()}
	for _, weeks := range v.weeks {
		out = append(out, weeks...)
	}
	for _, t := range v.cfg.Directory.Teams() {
		out = append(out, org.WeekOf(now, t.Location).String())
	}
	slices.Sort(out)
	out = slices.Compact(out)
	slices.Reverse(out)
	return out
}
