package daemon

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// DoctorRequest says what to look at.
type DoctorRequest struct {
	Sources []string // names; empty: every source
	Mapping bool     // list every word of the mapping in force, not only a summary
}

// Examination is what doctor saw. Texts that come from a tracker are as the
// tracker gave them: Text makes them fit to be shown.
type Examination struct {
	At       time.Time         `json:"at"`
	Store    *ExaminedStore    `json:"store,omitempty"` // of a store that has a server
	Queue    *QueueState       `json:"queue,omitempty"` // of processes that share the store
	Sources  []ExaminedSource  `json:"sources"`
	Managers []UnknownManager  `json:"unknown_ems,omitempty"`
	People   []UnknownPerson   `json:"unknown_people,omitempty"`
	Unowned  []Unowned         `json:"unowned,omitempty"`
	Stopped  map[string]string `json:"stopped_rules,omitempty"`
	// Calendars are those that the configuration names, at addresses fetched anew.
	Calendars []CalendarState `json:"calendars,omitempty"`
	// Numbers are the outside numbers of the last complete week, asked for anew.
	Numbers []NumberState `json:"outside_numbers,omitempty"`
	// Deliveries is how reports reached people lately, and when the next leave.
	Deliveries ExaminedDeliveries `json:"deliveries"`
	// Reminders are what stands in the way of reminders and comments, once for
	// each address and each source.
	Reminders []ReminderTrouble `json:"reminder_troubles,omitempty"`
	Notes     []string          `json:"notes,omitempty"` // what the configuration leaves out
	// Retention is how long each kind of record is kept, and what is stored of it.
	Retention []KeptRecords `json:"retention,omitempty"`
	// Wrong is how many of these things would make reports wrong.
	Wrong int `json:"wrong"`
}

// Doctor looks at everything that reports rest on: how each site looks from
// here, what of its words has no meaning yet, whom the directory does not know,
// what nobody owns, how fresh the store is, and how reports reached people. It changes nothing. A tracker
// that cannot be asked keeps nothing else from being looked at.
func (f *Fairlead) Doctor(ctx context.Context, ask DoctorRequest) (Examination, error) {
	f, err := f.steady(ctx)
	if err != nil {
		return Examination{}, err
	}
	if err := f.unknownSource(ask.Sources); err != nil {
		return Examination{}, err
	}
	e := Examination{At: f.clock.Now()}
	wanted := func(source string) bool { return len(ask.Sources) == 0 || slices.Contains(ask.Sources, source) }
	e.Store = examineStore(ctx, f.store)
	kept, err := takeStock(f.store.Tickets(ctx), f.cfg().Directory, wanted, e.At)
	if err != nil && e.Store != nil && ctx.Err() == nil { // all else is read from there
		e.Store.Dangers = append(e.Store.Dangers, err.Error())
		e.Wrong = e.countWrong()
		return e, nil
	}
	if err != nil {
		return Examination{}, fmt.Errorf("read the stored tickets: %w", err)
	}
	states, err := f.healths(ctx)
	if err != nil {
		return Examination{}, err
	}
	for i, src := range f.sources {
		if wanted(src.Name()) {
			seen := examine(ctx, src, states[i], kept.of(src.Name()), e.At, ask.Mapping)
			seen.writesAs(f.cfg().Directory, f.cfg().Sources[i])
			e.Sources = append(e.Sources, seen)
		}
	}
	if err := ctx.Err(); err != nil {
		return Examination{}, err
	}
	if e.Stopped, err = f.stoppedRules(ctx); err != nil {
		return Examination{}, err
	}
	e.People = kept.strangers(f.cfg().Directory)
	e.Managers = kept.unknownManagers(f.cfg().Directory, e.People, e.At)
	e.Unowned = kept.unowned()
	if e.Calendars, err = f.examineCalendars(ctx, e.At); err != nil {
		return Examination{}, err
	}
	if e.Numbers, err = f.examineNumbers(ctx, e.At); err != nil {
		return Examination{}, err
	}
	if e.Deliveries, err = f.examineDeliveries(ctx, e.At); err != nil {
		return Examination{}, err
	}
	if e.Reminders, err = f.examineReminders(ctx, e.At); err != nil {
		return Examination{}, err
	}
	if e.Queue, err = f.Queue(ctx); err != nil {
		return Examination{}, err
	}
	if e.Retention, err = f.examineRetention(ctx); err != nil {
		return Examination{}, err
	}
	e.Reminders = slices.DeleteFunc(e.Reminders, e.saidOf)
	e.Notes = slices.Concat(notesOn(f.cfg().Directory), f.unreachable(e.At), f.terms().leftNotes())
	e.Wrong = e.countWrong()
	return e, nil
}

// examineCalendars fetches the calendars at addresses, keeps nothing of them, and
// tells what came of all.
func (f *Fairlead) examineCalendars(ctx context.Context, now time.Time) ([]CalendarState, error) {
	if len(f.cfg().Feeds) == 0 {
		return calendarStates(f.cfg(), nil, now), nil
	}
	f.feeds.fetch(ctx, now, false)
	return calendarStates(f.cfg().WithFeeds(f.feeds.readings()), f.feeds, now), ctx.Err()
}

// unknownSource says that a source asked for is none.
func (f *Fairlead) unknownSource(asked []string) error {
	names := make([]string, len(f.sources))
	for i, src := range f.sources {
		names[i] = src.Name()
	}
	for _, name := range asked {
		if !slices.Contains(names, name) {
			return fmt.Errorf("no source is called %q\n\tthe configuration has %q", name, names)
		}
	}
	return nil
}

func (e *Examination) countWrong() int {
	n := len(e.Reminders) + len(e.Managers) + len(e.Unowned) + wrongCalendars(e.Calendars) + e.Deliveries.unread() + e.Queue.wrong()
	for i := range e.Sources {
		n += e.Sources[i].wrong()
	}
	if e.Store != nil {
		n += len(e.Store.Dangers)
	}
	return n
}

// inspect asks the site. A source that cannot be asked has trouble said in
// words, as one that does not answer.
func inspect(ctx context.Context, src connectors.Source) (seen connectors.Inspection, trouble string) {
	asked, ok := src.(connectors.Inspector)
	if !ok {
		return seen, "this kind of source cannot be asked how it looks"
	}
	seen, err := asked.Inspect(ctx)
	if err != nil {
		return connectors.Inspection{}, err.Error()
	}
	return seen, ""
}
