package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/sqlite"
)

// RestoreRequest says which backup to put into the configured store.
type RestoreRequest struct {
	File     string
	Replace  bool // in place of what the store holds
	Clock    Clock
	Progress func(CopyProgress) // nil: nobody watches
}

// RestoreResult is what was put back, and that the store holds the same.
type RestoreResult struct {
	File  string    `json:"file"`
	To    string    `json:"to"`
	From  string    `json:"from,omitempty"` // the store that the backup was made of
	Taken time.Time `json:"taken,omitzero"`
	// Unproven says why the backup could not be compared with what it says of itself.
	Unproven string       `json:"unproven,omitempty"`
	Resumed  bool         `json:"resumed,omitempty"`
	Aside    string       `json:"aside,omitempty"` // where the file is now that was replaced
	Parts    []CopiedPart `json:"parts"`
}

// ofBackup begins the source of a copy that restores one.
const ofBackup = "backup:"

// Restore puts a backup into the configured store, which nobody may be using. The
// backup is not touched: a copy of it is looked through, brought to this fairlead's
// form and compared with what it says of itself before the store is.
func Restore(ctx context.Context, cfg *config.Config, ask RestoreRequest) (res RestoreResult, err error) {
	if ask.Clock == nil {
		ask.Clock = SystemClock{}
	}
	res = RestoreResult{To: storeName(cfg.Store)}
	if res.File, err = filepath.Abs(ask.File); err != nil {
		return res, err
	}
	beside := filepath.Join(os.TempDir(), "fairlead.db")
	if cfg.Store.Redis == nil {
		beside = cfg.Store.File // on the same disk: it becomes the store
		if err := freeFile(ctx, beside, ask); err != nil {
			return res, err
		}
	}
	temporary, err := emptyBeside(beside)
	if err != nil {
		return res, err
	}
	defer removeStore(temporary)
	if err := copyFile(res.File, temporary); err != nil {
		return res, fmt.Errorf("read the backup: %w", err)
	}
	if err := proveBackup(ctx, temporary, &res, ask.Progress); err != nil {
		return res, fmt.Errorf("the backup %s: %w", ask.File, err)
	}
	if cfg.Store.Redis != nil {
		return res, restoreRedis(ctx, cfg, temporary, &res, ask)
	}
	return res, restoreFile(ctx, cfg.Store.File, temporary, &res, ask)
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // it was only read
	if is, err := in.Stat(); err != nil || !is.Mode().IsRegular() {
		return errors.Join(err, fmt.Errorf("%s is no file", from))
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// freeFile refuses a store's file that somebody works with, or that holds something
// which is not to be replaced.
func freeFile(ctx context.Context, file string, ask RestoreRequest) error {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	used, err := sqlite.InUse(ctx, file)
	switch {
	case used:
		return fmt.Errorf("another process works with %s: stop every fairlead that uses it, then run this again", file)
	case ask.Replace: // also a damaged one, which is put aside
		return nil
	case err != nil:
		return fmt.Errorf("look at the store %s: %w\n\tto put it aside and restore the backup in its place, add --replace", file, err)
	}
	s, err := sqlite.Open(ctx, file)
	if err != nil {
		return err
	}
	return errors.Join(refuseHeld(ctx, s), s.Close())
}

func refuseHeld(ctx context.Context, s store.Store) error {
	holds, err := (&copier{to: s}).holds(ctx)
	if err == nil && len(holds) > 0 {
		err = fmt.Errorf("the store is not empty: it holds %s\n\tto restore the backup in its place, add --replace", strings.Join(holds, ", "))
	}
	return err
}

// proveBackup looks through a backup's copy, which opening brings to this fairlead's
// form, and compares it with what the backup says of itself.
func proveBackup(ctx context.Context, file string, res *RestoreResult, progress func(CopyProgress)) (err error) {
	if is, err := os.Stat(file); err != nil || is.Size() == 0 {
		return errors.Join(err, errors.New("it is empty: name a file that fairlead backup made"))
	}
	s, err := sqlite.Open(ctx, file)
	if err != nil {
		return inBackup(err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Sound(ctx); err != nil {
		return err
	}
	if err := unfinishedCopy(ctx, s); err != nil {
		return err
	}
	if res.Parts, err = sumUp(ctx, s, progress); err != nil {
		return err
	}
	runs, err := s.Runs(ctx, store.RunBackup, 1)
	if err != nil {
		return err
	}
	if len(runs) == 0 {
		res.Unproven = "it says nothing of itself, so it was not made by fairlead backup: it was only looked through"
		return nil
	}
	res.From, res.Taken = runs[0].Source, runs[0].Started
	return compareWithRecord(runs[0], res)
}

// inBackup is an error of opening the copy; its name means nothing to anybody.
func inBackup(err error) error {
	if cause := errors.Unwrap(err); cause != nil {
		return cause
	}
	return err
}

func compareWithRecord(r store.Run, res *RestoreResult) error {
	parts, by := recorded(r)
	same := by == writtenBy()
	var differ []string
	for _, p := range res.Parts {
		said, is := parts[p.Name]
		switch {
		case !is: // the fairlead that wrote it knew of no such part
		case said.Count != p.Count:
			differ = append(differ, fmt.Sprintf("%s (%d, and it says %d)", p.Name, p.Count, said.Count))
		case same && said.SHA256 != p.SHA256:
			differ = append(differ, p.Name+" (in content)")
		}
	}
	if len(differ) > 0 {
		return fmt.Errorf("it was changed since it was made: it differs from what it says of itself in %s\n\tuse another backup", strings.Join(differ, ", "))
	}
	if !same {
		res.Unproven = "it was " + by + ", another than this: counts were compared, and sums could not be"
	}
	return nil
}

// restoreFile gives the copy the store's name. What was there is put aside.
func restoreFile(ctx context.Context, file, temporary string, res *RestoreResult, ask RestoreRequest) error {
	if err := freeFile(ctx, file, ask); err != nil { // again: the copy took its time
		return err
	}
	if _, err := os.Stat(file); err == nil {
		aside := file + ".before-" + ask.Clock.Now().UTC().Format("20060102T150405Z")
		for _, end := range []string{"-wal", "-shm", ""} { // the file last: without it nothing is lost
			if err := os.Rename(file+end, aside+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("put the store aside that is there: %w", err)
			}
		}
		res.Aside = aside
	}
	_, err := settle(temporary, file, true)
	if err != nil && res.Aside != "" {
		err = fmt.Errorf("%w\n\twhat was there is in %s", err, res.Aside)
	}
	return err
}

// restoreRedis copies into a Redis that is empty, or emptied before, and compares.
func restoreRedis(ctx context.Context, cfg *config.Config, temporary string, res *RestoreResult, ask RestoreRequest) (err error) {
	from, err := sqlite.Open(ctx, temporary)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	c := &copier{from: from, batch: copyBatch, ask: CopyRequest{From: ofBackup + res.File, To: res.To, Clock: ask.Clock, Progress: ask.Progress}}
	if c.to, err = openStore(ctx, cfg.Store); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.to.Close()) }()
	if err := makeRoom(ctx, cfg, c, ask.Replace); err != nil {
		return err
	}
	done, err := c.run(ctx)
	res.Parts, res.Resumed = done.Parts, done.Resumed
	if err != nil {
		return fmt.Errorf("restore to %s: %w", res.To, err)
	}
	return nil
}

// makeRoom empties the target where that was asked for, but for the beginning of the
// same, which is gone on with.
func makeRoom(ctx context.Context, cfg *config.Config, c *copier, replace bool) error {
	runs, err := c.to.Runs(ctx, store.RunCopy, 1)
	if err != nil && !replace {
		return err
	}
	if err == nil && len(runs) > 0 && runs[0].Source == c.ask.From && runs[0].Ended.IsZero() {
		return nil
	}
	if !replace {
		return refuseHeld(ctx, c.to)
	}
	there, ok := c.to.(store.Emptier)
	if !ok {
		return fmt.Errorf("%s cannot be emptied: name an empty store in the configuration", c.ask.To)
	}
	if err := errors.Join(there.Empty(ctx), c.to.Close()); err != nil {
		return err
	}
	c.to, err = openStore(ctx, cfg.Store)
	return err
}
