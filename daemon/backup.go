package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/sqlite"
)

// BackupRequest says where a backup goes.
type BackupRequest struct {
	File     string // a file, or a folder that is there: the file gets a name of its own in it
	Force    bool   // in place of a file that is there
	Clock    Clock
	Progress func(CopyProgress) // nil: nobody watches
}

// BackupResult is a backup that was made and read again.
type BackupResult struct {
	File  string       `json:"file"`
	From  string       `json:"from"`
	Taken time.Time    `json:"taken"`
	Bytes int64        `json:"bytes"`
	Parts []CopiedPart `json:"parts"`
}

// backupRun is the id of the record that a backup keeps of itself. Its gaps are one
// line for each part, with count and sum, and at the end which fairlead wrote it.
const backupRun = "backup"

// backupTries is how often a store that cannot copy itself is copied until nothing
// was written to it meanwhile.
const backupTries = 5

// Backup writes everything that the configured store holds into an SQLite file while
// others work with the store, reads it again, and only then gives it its name.
func Backup(ctx context.Context, cfg *config.Config, ask BackupRequest) (BackupResult, error) {
	if ask.Clock == nil {
		ask.Clock = SystemClock{}
	}
	res := BackupResult{From: storeName(cfg.Store), Taken: ask.Clock.Now().UTC()}
	var err error
	if res.File, err = backupFile(ask, res.Taken); err != nil {
		return res, err
	}
	if cfg.Store.Redis == nil {
		if _, err := os.Stat(cfg.Store.File); err != nil {
			return res, fmt.Errorf("there is nothing to back up: %w\n\tthe configuration names the store: %s", err, res.From)
		}
	}
	from, err := openStore(ctx, cfg.Store)
	if err != nil {
		return res, err
	}
	defer from.Close() //nolint:errcheck // it was only read
	if err := unfinishedCopy(ctx, from); err != nil {
		return res, err
	}
	temporary, err := emptyBeside(res.File)
	if err != nil {
		return res, err
	}
	defer removeStore(temporary)
	if res.Parts, err = writeBackup(ctx, from, temporary, &res, ask); err != nil {
		return res, fmt.Errorf("back up %s: %w", res.From, err)
	}
	res.Bytes, err = settle(temporary, res.File, ask.Force)
	return res, err
}

// backupFile is the file a backup goes to. One that is there is refused at once, and
// not once everything was copied.
func backupFile(ask BackupRequest, taken time.Time) (string, error) {
	file := ask.File
	is, err := os.Stat(file)
	if err == nil && is.IsDir() {
		file = filepath.Join(file, "fairlead-"+taken.Format("20060102T150405Z")+".db")
		is, err = os.Stat(file)
	}
	switch {
	case err == nil && !ask.Force:
		return "", fmt.Errorf("%s is there already: name another file, or add --force to write over it", file)
	case err == nil && !is.Mode().IsRegular():
		return "", fmt.Errorf("%s is no plain file: name another", file)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", err
	}
	return file, nil
}

// emptyBeside makes an empty file in the folder of another, for its owner only.
func emptyBeside(file string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*") // 0600
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("its folder does not exist: create it first: %w", err)
	}
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// removeStore takes an SQLite file away with what lies beside it while it is open.
func removeStore(path string) {
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		_ = os.Remove(path + end)
	}
}

// settle gives a whole file its name, once the disk has it.
func settle(temporary, file string, over bool) (int64, error) {
	f, err := os.OpenFile(temporary, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	is, err := f.Stat()
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return 0, err
	}
	if over {
		err = os.Rename(temporary, file)
	} else { // somebody may have made one of the name meanwhile
		err = os.Link(temporary, file)
		if err != nil && !errors.Is(err, fs.ErrExist) { // not every file system knows links
			err = os.Rename(temporary, file)
		}
	}
	if err != nil {
		return 0, err
	}
	if folder, err := os.Open(filepath.Dir(file)); err == nil {
		_ = folder.Sync() // not every system can
		_ = folder.Close()
	}
	return is.Size(), nil
}

// writeBackup fills the file and reads it again.
func writeBackup(ctx context.Context, from store.Store, file string, res *BackupResult, ask BackupRequest) (parts []CopiedPart, err error) {
	if itself, ok := from.(store.Copier); ok {
		if err := itself.WriteCopy(ctx, file); err != nil {
			return nil, err
		}
		return completeBackup(ctx, file, res, ask, nil)
	}
	for try := 1; ; try++ {
		// The same copy as fairlead store copy makes: it notices what is written meanwhile.
		parts, err = copyInto(ctx, from, file, res, ask)
		if !errors.Is(err, errDiffer) {
			break
		}
		if try == backupTries {
			return nil, fmt.Errorf("something was written to the store during each of %d copies: run this again at a quieter moment: %w", backupTries, err)
		}
		removeStore(file)
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	return completeBackup(ctx, file, res, ask, parts)
}

func copyInto(ctx context.Context, from store.Store, file string, res *BackupResult, ask BackupRequest) (_ []CopiedPart, err error) {
	to, err := sqlite.Open(ctx, file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	c := &copier{from: from, to: to, batch: copyBatch, ask: CopyRequest{From: res.From, To: file, Clock: ask.Clock, Progress: ask.Progress}}
	done, err := c.run(ctx)
	return done.Parts, err
}

// completeBackup looks through the file and writes into it what is in it. Parts that
// were compared with the store already are not summed up again.
func completeBackup(ctx context.Context, file string, res *BackupResult, ask BackupRequest, parts []CopiedPart) (_ []CopiedPart, err error) {
	s, err := sqlite.Open(ctx, file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Sound(ctx); err != nil {
		return nil, err
	}
	if parts == nil {
		if parts, err = sumUp(ctx, s, ask.Progress); err != nil {
			return nil, err
		}
	}
	r := store.Run{ID: backupRun, Kind: store.RunBackup, Source: res.From, Started: res.Taken, Ended: ask.Clock.Now()}
	for _, p := range parts {
		r.Gaps = append(r.Gaps, fmt.Sprintf("%s: %d %s", p.Name, p.Count, p.SHA256))
	}
	r.Gaps = append(r.Gaps, writtenBy())
	return parts, s.SaveRun(ctx, r)
}

// writtenBy names this fairlead. Sums are of how it holds things in memory, so that
// only the same one can compare them; counts say the same to all.
func writtenBy() string { return "written by " + ReadVersion().String() }

// sumUp counts every part of a store and sums it up.
func sumUp(ctx context.Context, s store.Store, progress func(CopyProgress)) (parts []CopiedPart, err error) {
	c := &copier{from: s, to: s, batch: copyBatch, ask: CopyRequest{Progress: progress}}
	for _, p := range copyParts {
		n, sum, err := p.digest(ctx, c, s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		parts = append(parts, CopiedPart{Name: p.name, Count: n, SHA256: sum})
	}
	return parts, nil
}

// recorded is what a backup says of itself.
func recorded(r store.Run) (parts map[string]CopiedPart, by string) {
	parts = map[string]CopiedPart{}
	for _, line := range r.Gaps {
		name, rest, found := strings.Cut(line, ": ")
		if !found {
			by = line
			continue
		}
		n, sum, _ := strings.Cut(rest, " ")
		count, _ := strconv.Atoi(n) // what is no number differs from every count
		parts[name] = CopiedPart{Name: name, Count: count, SHA256: sum}
	}
	return parts, by
}

// storeName is a store as the configuration writes it, without what lets one in.
func storeName(at config.Store) string {
	if at.Redis == nil {
		return "sqlite:" + at.File
	}
	where, err := redisAddress(at.Redis)
	if err != nil {
		return "Redis"
	}
	return where.String()
}
