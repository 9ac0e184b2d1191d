package daemon

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
	"github.com/fairlead-dev/fairlead/store/sqlite"
	"github.com/fairlead-dev/fairlead/ticket"
)

// keptAt is a configuration whose store is written as given.
func keptAt(t *testing.T, written string) *config.Config {
	t.Helper()
	at, err := new(config.Config).StoreAt(written)
	if err != nil {
		t.Fatal(err)
	}
	return &config.Config{Store: at}
}

func sums(t *testing.T, written string) []CopiedPart {
	t.Helper()
	parts, err := sumUp(t.Context(), openWritten(t, written), nil)
	if err != nil {
		t.Fatal(err)
	}
	return parts
}

// newPlace is where nothing is stored yet, as a configuration names it.
func newPlace(t *testing.T, kind string) string {
	t.Helper()
	if kind == "redis" {
		return "redis://" + redistest.Start(t).Addr
	}
	return "sqlite:" + filepath.Join(t.TempDir(), "fairlead.db")
}

// TestABackupComesBack takes one of each kind of store and puts it into each kind.
func TestABackupComesBack(t *testing.T) {
	for _, from := range []string{"sqlite", "redis"} {
		held := newPlace(t, from)
		fillWhole(t, openWritten(t, held), 230) // and stays open: the store is in use
		file := filepath.Join(t.TempDir(), "backup.db")
		made, err := Backup(t.Context(), keptAt(t, held), BackupRequest{File: file})
		if err != nil {
			t.Fatalf("from %s: %v", from, err)
		}
		want := sums(t, held)
		if is, err := os.Stat(file); err != nil || is.Mode().Perm() != 0o600 || !reflect.DeepEqual(made.Parts, want) {
			t.Errorf("from %s: %v, %v\n got %v\nwant %v", from, is.Mode(), err, made.Parts, want)
		}
		if names, _ := os.ReadDir(filepath.Dir(file)); len(names) != 1 {
			t.Errorf("from %s: %v lie beside the backup", from, names)
		}
		if _, err := Backup(t.Context(), keptAt(t, held), BackupRequest{File: file}); err == nil || !strings.Contains(err.Error(), "add --force") {
			t.Errorf("from %s: a backup over another: %v", from, err)
		}
		if _, err := Backup(t.Context(), keptAt(t, held), BackupRequest{File: file, Force: true}); err != nil {
			t.Errorf("from %s, with force: %v", from, err)
		}
		for _, to := range []string{"sqlite", "redis"} {
			t.Run(from+" to "+to, func(t *testing.T) { comesBack(t, file, newPlace(t, to), want) })
		}
	}
}

func comesBack(t *testing.T, file, to string, want []CopiedPart) {
	cfg, ask := keptAt(t, to), RestoreRequest{File: file}
	res, err := Restore(t.Context(), cfg, ask)
	if err != nil || res.Unproven != "" || !reflect.DeepEqual(res.Parts, want) {
		t.Fatalf("restored: %v, %+v\nwant %v", err, res, want)
	}
	if got := sums(t, to); !reflect.DeepEqual(got, want) {
		t.Errorf("the store holds\n%v\nwant\n%v", got, want)
	}
	if _, err := Restore(t.Context(), cfg, ask); err == nil {
		t.Error("a backup went over what the store holds, or over one that is open, unasked")
	}
}

func TestAFileThatIsReplacedIsPutAside(t *testing.T) {
	dir := t.TempDir()
	path, file := filepath.Join(dir, "fairlead.db"), filepath.Join(dir, "backup.db")
	cfg := keptAt(t, "sqlite:"+path)
	saved := func(title string) {
		t.Helper()
		s, err := openStore(t.Context(), cfg.Store)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.SavePage(t.Context(), "jira a", []ticket.Ticket{{Source: "jira a", ID: "1", Title: title, Updated: copied}}, nil, ""); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	title := func(path string) string {
		t.Helper()
		one, err := openWritten(t, "sqlite:"+path).Ticket(t.Context(), "jira a", ticket.Ref{ID: "1"})
		if err != nil {
			t.Error(err)
		}
		return one.Title
	}
	saved("first")
	if _, err := Backup(t.Context(), cfg, BackupRequest{File: file}); err != nil {
		t.Fatal(err)
	}
	saved("second")
	if _, err := Restore(t.Context(), cfg, RestoreRequest{File: file}); err == nil || !strings.Contains(err.Error(), "add --replace") {
		t.Errorf("a store that holds something was replaced unasked: %v", err)
	}
	used := openWritten(t, "sqlite:"+path)
	if _, err := Restore(t.Context(), cfg, RestoreRequest{File: file, Replace: true}); err == nil || !strings.Contains(err.Error(), "stop every fairlead") {
		t.Errorf("a store that is in use was replaced: %v", err)
	}
	if err := used.Close(); err != nil {
		t.Fatal(err)
	}
	res, err := Restore(t.Context(), cfg, RestoreRequest{File: file, Replace: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, before := title(path), title(res.Aside); got != "first" || before != "second" {
		t.Errorf("restored %q, put aside %q", got, before)
	}
}

func TestBackupsThatAreRefused(t *testing.T) {
	dir := t.TempDir()
	path, file := filepath.Join(dir, "fairlead.db"), filepath.Join(dir, "backup.db")
	s := openWritten(t, "sqlite:"+path)
	fillWhole(t, s, 20)
	if _, err := Backup(t.Context(), keptAt(t, "sqlite:"+path), BackupRequest{File: file}); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		make func(path string) error
		want string
	}{
		{"a file that is missing", os.Remove, "no such file"},
		{"an empty file", func(path string) error { return os.WriteFile(path, nil, 0o600) }, "it is empty"},
		{"no database", func(path string) error { return os.WriteFile(path, []byte(strings.Repeat("hello ", 200)), 0o600) }, "not an SQLite database"},
		{"half a file", func(path string) error { return os.WriteFile(path, whole[:len(whole)/2], 0o600) }, ""},
		{"one that a newer fairlead wrote", func(path string) error { return sqliteRun(path, `PRAGMA user_version = 99`) }, "a newer fairlead wrote it"},
		{"one where a word is missing", func(path string) error { return sqliteRun(path, `DELETE FROM words WHERE id = 'w99'`) }, "words (59, and it says 60)"},
		{"one where a word was changed", func(path string) error { return sqliteRun(path, `UPDATE words SET reason = 'no' WHERE id = 'w99'`) }, "words (in content)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad, to := filepath.Join(t.TempDir(), "bad.db"), filepath.Join(t.TempDir(), "fairlead.db")
			if err := os.WriteFile(bad, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := c.make(bad); err != nil {
				t.Fatal(err)
			}
			_, err := Restore(t.Context(), keptAt(t, "sqlite:"+to), RestoreRequest{File: bad})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %q", err, c.want)
			}
			if names, _ := os.ReadDir(filepath.Dir(to)); len(names) != 0 {
				t.Errorf("it left %v", names)
			}
		})
	}
}

// TestABackupIsOfOneMoment takes backups while pages are written that belong
// together: in none is one half without the other.
func TestABackupIsOfOneMoment(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fairlead.db")
	s := openWritten(t, "sqlite:"+path)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	began := make(chan struct{})
	go func() {
		for n := 0; ctx.Err() == nil; n++ {
			one := ticket.Ticket{Source: "jira a", ID: fmt.Sprint(n), Updated: copied}
			if _, err := s.SavePage(t.Context(), "jira a", []ticket.Ticket{one}, nil, fmt.Sprint(n+1)); err != nil {
				ended <- err
				return
			}
			if n == 0 {
				close(began)
			}
		}
		ended <- nil
	}()
	<-began
	for n := range 3 {
		file := filepath.Join(t.TempDir(), fmt.Sprint(n, ".db"))
		if _, err := Backup(t.Context(), keptAt(t, "sqlite:"+path), BackupRequest{File: file}); err != nil {
			t.Fatal(err)
		}
		one := openWritten(t, "sqlite:"+file)
		cursor, err := one.Cursor(t.Context(), "jira a")
		count, wrong := one.Count(t.Context(), "jira a")
		if err != nil || wrong != nil || cursor != fmt.Sprint(count) {
			t.Errorf("cursor %s with %d tickets, %v, %v", cursor, count, err, wrong)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestARestoreIsGoneOnWith stops one into Redis midway.
func TestARestoreIsGoneOnWith(t *testing.T) {
	dir := t.TempDir()
	path, file := filepath.Join(dir, "fairlead.db"), filepath.Join(dir, "backup.db")
	fillWhole(t, openWritten(t, "sqlite:"+path), 230)
	if _, err := Backup(t.Context(), keptAt(t, "sqlite:"+path), BackupRequest{File: file}); err != nil {
		t.Fatal(err)
	}
	cfg := keptAt(t, "redis://"+redistest.Start(t).Addr)
	ctx, stop := context.WithCancel(t.Context())
	_, err := Restore(ctx, cfg, RestoreRequest{File: file, Progress: func(p CopyProgress) {
		if p.Doing == "copying" && p.Part == "words" {
			stop()
		}
	}})
	if err == nil {
		t.Fatal("it was not stopped")
	}
	s, err := openStore(t.Context(), cfg.Store)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // a test's own look
	if err := unfinishedCopy(t.Context(), s); err == nil || !strings.Contains(err.Error(), "fairlead restore "+file) {
		t.Errorf("half a store is not refused: %v", err)
	}
	res, err := Restore(t.Context(), cfg, RestoreRequest{File: file})
	if err != nil || !res.Resumed {
		t.Errorf("going on: %v, resumed %v", err, res.Resumed)
	}
	if res, err = Restore(t.Context(), cfg, RestoreRequest{File: file, Replace: true}); err != nil || res.Resumed {
		t.Errorf("replacing: %v, resumed %v", err, res.Resumed)
	}
	if err := unfinishedCopy(t.Context(), s); err == nil {
		t.Error("the store that was there is still read") // it was emptied and another begun
	}
}

func sqliteRun(path, statement string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(context.Background(), statement)
	return errors.Join(err, db.Close())
}

var _ store.Copier = (*sqlite.Store)(nil)
