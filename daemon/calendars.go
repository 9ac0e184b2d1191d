package daemon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/calendar"
	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/store"
)

const (
	// calendarsEvery is how old what came of an address may be before it is
	// fetched again, and how long one that brought nothing is left alone.
	calendarsEvery = 15 * time.Minute
	// calendarsAtOnce bounds how many are fetched at a time.
	calendarsAtOnce = 4
)

// calendarReader fetches what stands at an https address. Its error is in words
// for the operator and never holds the address.
type calendarReader interface {
	Read(ctx context.Context, address string) ([]byte, error)
}

// feeds are the calendars at addresses: what came of each last, and a copy of it
// beside the store, so that one that cannot be fetched leaves in force what was
// known of it.
type feeds struct {
	list   []config.Feed
	states []feedState // one for each of list
	folder string
	reader calendarReader
	log    *zap.Logger
}

// feedState is what is known of one feed.
type feedState struct {
	calendar *calendar.Calendar // nil: it was never read
	read     time.Time          // when that came
	tried    time.Time          // when it was fetched last; zero: not by this process
	trouble  string             // why the latest fetch brought nothing; empty when it did
}

func newFeeds(cfg *config.Config, reader calendarReader, log *zap.Logger) *feeds {
	f := &feeds{
		list: cfg.Feeds, states: make([]feedState, len(cfg.Feeds)), folder: cfg.Store.CalendarFolder(),
		reader: reader, log: log.With(zap.String("component", "calendars")),
	}
	for i := range f.list {
		f.states[i] = f.recall(f.list[i])
	}
	return f
}

// keyOf tells feeds apart without giving their addresses away.
func keyOf(f config.Feed) string {
	sum := sha256.Sum256([]byte(f.Address.Reveal()))
	return hex.EncodeToString(sum[:16])
}

func (f *feeds) copyOf(feed config.Feed) string { return filepath.Join(f.folder, keyOf(feed)+".ics") }

// recall reads the copy of what came last. Its time is that of the file.
func (f *feeds) recall(feed config.Feed) feedState {
	path := f.copyOf(feed)
	text, err := os.ReadFile(path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			f.log.Warn("the copy of a calendar cannot be read", zap.String("calendar", feed.Name), zap.Error(err))
		}
		return feedState{trouble: "it has not been fetched yet"}
	}
	parsed, err := calendar.Parse(text)
	at, statErr := os.Stat(path)
	if err = errors.Join(err, statErr); err != nil {
		f.log.Warn("the copy of a calendar cannot be used", zap.String("calendar", feed.Name), zap.Error(err))
		return feedState{trouble: "it has not been fetched yet"}
	}
	return feedState{calendar: parsed, read: at.ModTime().UTC()}
}

// keep stores a copy, whole or not at all; only we may read it.
func (f *feeds) keep(feed config.Feed, text []byte, now time.Time) error {
	if err := os.MkdirAll(f.folder, 0o700); err != nil {
		return err
	}
	path := f.copyOf(feed)
	if err := replaceFile(path, string(text)); err != nil {
		return err
	}
	return os.Chtimes(path, now, now)
}

// forget removes copies of calendars that are no longer configured: they are
// about people.
func (f *feeds) forget() error {
	have, err := os.ReadDir(f.folder)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	var all []error
	for _, file := range have {
		wanted := slices.ContainsFunc(f.list, func(feed config.Feed) bool { return keyOf(feed)+".ics" == file.Name() })
		if !wanted && filepath.Ext(file.Name()) == ".ics" {
			all = append(all, os.Remove(filepath.Join(f.folder, file.Name())))
		}
	}
	return errors.Join(all...)
}

// due reports that a feed has to be fetched. A time in the future is that of a
// clock that was wrong.
func (s *feedState) due(now time.Time) bool {
	latest := s.read
	if s.tried.After(latest) {
		latest = s.tried
	}
	return latest.After(now) || now.Sub(latest) >= calendarsEvery
}

// fetch fetches every feed that is due, several at a time, and names those it
// tried. With keeping, what came is copied for later.
func (f *feeds) fetch(ctx context.Context, now time.Time, keeping bool) (tried []int) {
	places := make(chan struct{}, calendarsAtOnce)
	var all sync.WaitGroup
	for i := range f.list {
		if !f.states[i].due(now) {
			continue
		}
		tried = append(tried, i)
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			f.fetchOne(ctx, i, now, keeping)
		})
	}
	all.Wait()
	return tried
}

// fetchOne leaves what was known of the feed as it is when nothing came that can
// be read: an error page must not make everybody present.
func (f *feeds) fetchOne(ctx context.Context, i int, now time.Time, keeping bool) {
	feed, state := f.list[i], &f.states[i]
	text, err := f.reader.Read(ctx, feed.Address.Reveal())
	if ctx.Err() != nil {
		return
	}
	state.tried = now
	var parsed *calendar.Calendar
	if err == nil {
		parsed, err = calendar.Parse(text)
	}
	if err != nil {
		state.trouble = err.Error()
		f.log.Warn("a calendar could not be read; what was known of it stays in force", zap.String("calendar", feed.Name),
			zap.Stringer("where", feed.Where), zap.Bool("known", state.calendar != nil), zap.Time("since", state.read), zap.Error(err))
		return
	}
	state.calendar, state.read, state.trouble = parsed, now, ""
	if !keeping {
		return
	}
	if err := f.keep(feed, text, now); err != nil {
		f.log.Warn("no copy of a calendar could be kept: after a restart it is not known until it can be fetched", zap.String("calendar", feed.Name), zap.Error(err))
	}
}

// readings are what the configuration is filled in with.
func (f *feeds) readings() []config.Reading {
	out := make([]config.Reading, len(f.states))
	for i, s := range f.states {
		out[i] = config.Reading{Calendar: s.calendar, Trouble: s.trouble}
	}
	return out
}

// readCalendars fetches the calendars that are due and lets the directory know
// what they hold. One that cannot be fetched keeps nothing from going on.
func (f *Fairlead) readCalendars(ctx context.Context, now time.Time) error {
	if len(f.cfg().Feeds) == 0 {
		return nil
	}
	tried := f.feeds.fetch(ctx, now, true)
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := f.feeds.forget(); err != nil {
		f.log.Warn("copies of calendars that are no longer configured could not be removed", zap.Error(err))
	}
	for _, i := range tried {
		if err := f.saveRun(ctx, f.feeds.run(i)); err != nil {
			return err
		}
	}
	if len(tried) > 0 {
		f.readingFeeds(f.feeds.readings())
	}
	return nil
}

// run records the latest fetch of a feed, over the record of the one before.
func (f *feeds) run(i int) store.Run {
	s := f.states[i]
	r := store.Run{
		ID: string(store.RunCalendar) + " " + keyOf(f.list[i]), Kind: store.RunCalendar, Source: f.list[i].Name,
		Started: s.tried, Ended: s.tried, Error: s.trouble,
	}
	if s.calendar != nil {
		r.Tickets = len(s.calendar.Entries)
	}
	return r
}

// remember takes over from the record why the latest fetches of other processes
// brought nothing.
func (f *feeds) remember(runs []store.Run) {
	for i := range f.list {
		for _, r := range runs {
			if r.ID == f.run(i).ID && r.Error != "" && !r.Started.Before(f.states[i].read) {
				f.states[i].trouble = r.Error
			}
		}
	}
}

// replaceFile writes a file that only we may read, whole or not at all.
func replaceFile(path, text string) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".fairlead-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }() // gone already when all went well
	_, err = temp.WriteString(text)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
