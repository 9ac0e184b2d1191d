package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fairlead-dev/fairlead/ticket"
)

func opened(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func newFile(t testing.TB) string { return filepath.Join(t.TempDir(), "fairlead.db") }

func run(t testing.TB, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // a test's own look at the file
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// The settings are part of the address, so they hold on every connection of
// both pools: on the second and third as on the first.
func TestSettingsHoldOnEveryConnection(t *testing.T) {
	s := opened(t, newFile(t))
	want := map[string]string{
		"page_size": "16384", "journal_mode": "wal", "synchronous": "1", "foreign_keys": "1",
		"busy_timeout": "10000", "cache_size": "-4096", "temp_store_directory": filepath.Dir(s.path),
	}
	look := func(pool *sql.DB, n int, queryOnly string) {
		for i := range n {
			c, err := pool.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close() //nolint:errcheck // held so that the next is another one
			want["query_only"] = queryOnly
			for name, value := range want {
				var got string
				if err := c.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got); err != nil || got != value {
					t.Errorf("connection %d: %s = %s, %v, want %s", i, name, got, err, value)
				}
			}
		}
	}
	look(s.readers, 3, "1")
	look(s.writer, 1, "0")
}

func TestALoopLeftEarlyGivesItsConnectionBack(t *testing.T) {
	s := opened(t, newFile(t))
	page := []ticket.Ticket{{Source: "s", ID: "1"}, {Source: "s", ID: "2"}}
	if _, err := s.SavePage(t.Context(), "s", page, nil, ""); err != nil {
		t.Fatal(err)
	}
	for range 50 {
		for _, err := range s.Tickets(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	if got := s.readers.Stats().InUse; got != 0 {
		t.Errorf("%d connections are still in use", got)
	}
	if got := s.readers.Stats().OpenConnections; got > idleReaders {
		t.Errorf("%d connections are open, want at most %d", got, idleReaders)
	}
}

func TestAnyPathWillDo(t *testing.T) {
	for _, name := range []string{"a file.db", "what?.db", "50%20.db", "#1.db", "ünï&x=y.db", "?_pragma=foreign_keys(0)"} {
		path := filepath.Join(t.TempDir(), name)
		s, err := Open(t.Context(), path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%s: the file is not where it was asked for: %v", name, err)
		}
	}
}

func TestARelativePathIsTakenFromTheWorkingFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	opened(t, "here.db")
	if _, err := os.Stat("here.db"); err != nil {
		t.Error(err)
	}
}

func TestTheFileIsForItsOwnerOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("file modes are not kept on Windows")
	}
	path := newFile(t)
	opened(t, path)
	for _, f := range []string{path, path + "-wal"} {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("%s has mode %o, want 600", filepath.Base(f), got)
		}
	}
}

func TestWhatCannotBeOpenedSaysWhy(t *testing.T) {
	text := func(t *testing.T, path string) {
		if err := os.WriteFile(path, []byte(strings.Repeat("dear diary, ", 2000)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, says string
		prepare    func(t *testing.T, path string)
	}{
		{"a text file", "not an SQLite database", text},
		{"a newer fairlead's file", fmt.Sprintf("a newer fairlead wrote it (version 99 of the store, this one knows %d)", newest(t)), func(t *testing.T, path string) {
			opened(t, path)
			run(t, path, "PRAGMA user_version = 99")
		}},
		{"another program's database", "belongs to another program", func(t *testing.T, path string) {
			run(t, path, "CREATE TABLE bookmarks (url TEXT)")
		}},
		{"another program's database with the same number", "belongs to another program", func(t *testing.T, path string) {
			run(t, path, "CREATE TABLE bookmarks (url TEXT)", "PRAGMA user_version = 1")
		}},
		{"a folder", "is a directory", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := newFile(t)
			c.prepare(t, path)
			before, _ := os.ReadFile(path) // a folder has no content to keep
			s, err := Open(t.Context(), path)
			if err == nil {
				_ = s.Close()
				t.Fatal("it was opened")
			}
			if !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("err = %v\nwant it to name %s and say %q", err, path, c.says)
			}
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Error("the file was changed by looking at it")
			}
		})
	}
	t.Run("a folder that does not exist", func(t *testing.T) {
		_, err := Open(t.Context(), filepath.Join(t.TempDir(), "none", "fairlead.db"))
		if err == nil || !strings.Contains(err.Error(), "its folder does not exist") {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("a context that has ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := Open(ctx, newFile(t)); err == nil {
			t.Error("it was opened")
		}
	})
}

// newest is the number of the store's last migration.
func newest(t *testing.T) int {
	t.Helper()
	names, err := numbered(migrations)
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

// withOneMore is the store's migrations and one more, NNNN_more.sql.
func withOneMore(t *testing.T, script string) fs.FS {
	t.Helper()
	steps := fstest.MapFS{fmt.Sprintf("%04d_more.sql", newest(t)+1): {Data: []byte(script)}}
	names, err := numbered(migrations)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(migrations, name)
		if err != nil {
			t.Fatal(err)
		}
		steps[name] = &fstest.MapFile{Data: text}
	}
	return steps
}

func userVersion(t *testing.T, s *Store) (version int) {
	t.Helper()
	if err := s.readers.QueryRowContext(t.Context(), "PRAGMA user_version").Scan(&version); err != nil {
		t.Fatal(err)
	}
	return version
}

func TestAMigrationIsTakenOnceAndKeepsWhatIsThere(t *testing.T) {
	s := opened(t, newFile(t))
	want := ticket.Ticket{Source: "s", ID: "1", Title: "kept"}
	if _, err := s.SavePage(t.Context(), "s", []ticket.Ticket{want}, nil, "page 3"); err != nil {
		t.Fatal(err)
	}
	steps := withOneMore(t, "ALTER TABLE tickets ADD COLUMN mood TEXT; CREATE TABLE moods (name TEXT);")
	for range 2 { // a second time there is nothing left to do
		if err := migrate(t.Context(), s.writer, steps); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := userVersion(t, s), newest(t)+1; got != want {
		t.Errorf("version %d, want %d", got, want)
	}
	run := `UPDATE tickets SET mood = 'fine'`
	if _, err := s.writer.ExecContext(t.Context(), run); err != nil {
		t.Error(err)
	}
	if got, err := s.Ticket(t.Context(), "s", ticket.Ref{ID: "1"}); err != nil || got.Title != "kept" {
		t.Errorf("ticket %+v, %v", got, err)
	}
}

func TestAMigrationThatFailsChangesNothing(t *testing.T) {
	s := opened(t, newFile(t))
	err := migrate(t.Context(), s.writer, withOneMore(t, "CREATE TABLE moods (name TEXT); INSERT INTO nowhere VALUES (1);"))
	if err == nil || !strings.Contains(err.Error(), "_more.sql") {
		t.Errorf("err = %v, want it to name the migration", err)
	}
	if got, want := userVersion(t, s), newest(t); got != want {
		t.Errorf("version %d, want %d", got, want)
	}
	var tables int
	if err := s.readers.QueryRowContext(t.Context(), "SELECT count(*) FROM sqlite_schema WHERE name = 'moods'").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("%d tables of the migration are there, %v", tables, err)
	}
}

func TestMigrationsAreNumberedWithoutAGap(t *testing.T) {
	for _, names := range [][]string{{"0002_second.sql"}, {"0001_first.sql", "0003_third.sql"}, {"first.sql"}} {
		steps := fstest.MapFS{}
		for _, n := range names {
			steps[n] = &fstest.MapFile{}
		}
		if _, err := numbered(steps); err == nil {
			t.Errorf("%v were taken as numbered", names)
		}
	}
	if names, err := numbered(migrations); err != nil || len(names) == 0 {
		t.Errorf("the store's own: %v, %v", names, err)
	}
}

// A commit that fails at the last moment, as a full disk makes it, must leave
// nothing behind and the connection usable.
func TestAFailingCommitKeepsNothing(t *testing.T) {
	s := opened(t, newFile(t))
	exec := func(statement string) {
		t.Helper()
		if _, err := s.writer.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	before := []ticket.Ticket{{Source: "s", ID: "1", Title: "before"}}
	if _, err := s.SavePage(t.Context(), "s", before, nil, "before"); err != nil {
		t.Fatal(err)
	}
	exec(`CREATE TABLE late (source TEXT REFERENCES sources (name) DEFERRABLE INITIALLY DEFERRED)`)
	exec(`CREATE TRIGGER spoil AFTER INSERT ON tickets BEGIN INSERT INTO late VALUES ('nobody'); END`)
	page := []ticket.Ticket{{Source: "s", ID: "1", Title: "after"}, {Source: "s", ID: "2"}}
	changed, err := s.SavePage(t.Context(), "s", page, nil, "after")
	if err == nil || !strings.HasPrefix(err.Error(), "save page of s: ") || changed != 0 {
		t.Errorf("changed %d, err = %v, want an error that says what was done", changed, err)
	}
	if got, err := s.Cursor(t.Context(), "s"); err != nil || got != "before" {
		t.Errorf("cursor %q, %v, want before", got, err)
	}
	if got, err := s.Ticket(t.Context(), "s", ticket.Ref{ID: "1"}); err != nil || got.Title != "before" {
		t.Errorf("ticket %+v, %v, want as before", got, err)
	}
	exec(`DROP TRIGGER spoil`)
	if changed, err := s.SavePage(t.Context(), "s", page, nil, "after"); err != nil || changed != 2 {
		t.Errorf("afterwards: changed %d, %v, want 2", changed, err)
	}
}

// countdown is a context that ends by itself after its error was asked for n
// times: in the middle of a page.
type countdown struct {
	context.Context
	left *int
}

func (c countdown) Err() error {
	if *c.left--; *c.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestAContextThatEndsInTheMiddleOfAPageKeepsNothing(t *testing.T) {
	s := opened(t, newFile(t))
	page := make([]ticket.Ticket, 50)
	for i := range page {
		page[i] = ticket.Ticket{Source: "s", ID: fmt.Sprint(i)}
	}
	left := 25
	if _, err := s.SavePage(countdown{context.Background(), &left}, "s", page, nil, "on"); err == nil {
		t.Fatal("the page was stored")
	}
	for one, err := range s.Tickets(t.Context()) {
		t.Fatalf("ticket %s, %v is there", one.ID, err)
	}
	if got, err := s.Cursor(t.Context(), "s"); err != nil || got != "" {
		t.Errorf("cursor %q, %v, want none", got, err)
	}
}

// A body that cannot be read is named, not skipped.
func TestADamagedBodyIsAnError(t *testing.T) {
	path := newFile(t)
	s := opened(t, path)
	if _, err := s.SavePage(t.Context(), "s", []ticket.Ticket{{Source: "s", ID: "1"}}, nil, ""); err != nil {
		t.Fatal(err)
	}
	run(t, path, `UPDATE tickets SET body = x'dd'`)
	for _, err := range s.Tickets(t.Context()) {
		if err == nil {
			t.Error("it was read as a ticket")
		}
	}
	if _, err := s.Ticket(t.Context(), "s", ticket.Ref{ID: "1"}); err == nil {
		t.Error("it was read as a ticket")
	}
}

// The columns are what people query: they say the same as the bodies.
func TestColumnsForPeople(t *testing.T) {
	s := opened(t, newFile(t))
	one := ticket.Ticket{
		Source: "s", ID: "1", Key: "PAY-1", Project: "PAY", Kind: ticket.Feature, Status: "Doing", Category: ticket.Started,
		Priority: ticket.High, Assignee: ticket.Account{ID: "5b"}, Due: "2026-12-01",
		Created: at("2026-11-09T08:00:00Z"), Updated: at("2026-11-10T08:00:00.123456Z"), Started: at("2026-11-10T07:00:00+01:00"),
	}
	if _, err := s.SavePage(t.Context(), "s", []ticket.Ticket{one}, nil, ""); err != nil {
		t.Fatal(err)
	}
	const query = `SELECT key, project, kind, status, category, priority, assignee, due, created, updated, started,
		resolved IS NULL, date(updated, '+1 day') FROM tickets`
	row := make([]string, 13)
	into := make([]any, len(row))
	for i := range row {
		into[i] = &row[i]
	}
	if err := s.readers.QueryRowContext(t.Context(), query).Scan(into...); err != nil {
		t.Fatal(err)
	}
	got, want := strings.Join(row, " "), "PAY-1 PAY feature Doing started high 5b 2026-12-01 "+
		"2026-11-09T08:00:00.000000Z 2026-11-10T08:00:00.123456Z 2026-11-10T06:00:00.000000Z 1 2026-11-11"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
