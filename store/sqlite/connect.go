package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The parameters of a connection. They are part of its address and not run
// once, so that they hold on every connection of a pool.
var (
	// looking changes nothing about the file.
	looking = url.Values{
		"_busy_timeout": {"10000"},
		"_query_only":   {"1"},
		"_dqs":          {"0"}, // a misspelt column is an error, not a text
		"_error_rc":     {"1"},
	}
	// The driver takes the _pragma list first, in alphabetical order, which is
	// what lets page_size come before WAL settles it. The cache is small because a
	// page in it takes four times its size: the allocator below the driver hands
	// out anything above 16 kB in units of 64 kB. Four times as large a cache took
	// 50 MB more for each connection and was faster by a few in a hundred
	// at the most (BenchmarkWriteNew, BenchmarkReadAll), since the system keeps
	// the file in memory as well.
	reading = with(looking, url.Values{
		"_pragma": {
			"cache_size(-4096)",            // 4 MB of pages, 16 MB of memory
			"journal_size_limit(67108864)", // a first sync must not leave a huge WAL behind
			"page_size(16384)",             // fits bodies; counts only while the file is empty
		},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"NORMAL"}, // with WAL: a power cut may lose the last commits, never the file
		"_foreign_keys": {"1"},
	})
	writing = with(reading, url.Values{"_query_only": {"0"}, "_txlock": {"immediate"}})
)

func with(base, more url.Values) url.Values {
	all := maps.Clone(base)
	maps.Copy(all, more)
	return all
}

func connect(path string, as url.Values) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if set := as["_pragma"]; len(set) > 0 {
		as = with(as, url.Values{"_pragma": append(slices.Clone(set), besideIt(abs))})
	}
	return sql.Open("sqlite", address(abs, as))
}

// besideIt has SQLite make its temporary files in the folder of the file, which has to
// be writable anyway: in a container nothing else may be. It holds for the whole process;
// a folder that is gone is passed over for the usual ones.
func besideIt(abs string) string {
	return "temp_store_directory('" + strings.ReplaceAll(filepath.Dir(abs), "'", "''") + "')"
}

// address is the file as an SQLite URI, so that any path will do, whatever
// signs it holds.
func address(abs string, as url.Values) string {
	abs = filepath.ToSlash(abs)
	if !strings.HasPrefix(abs, "/") {
		abs = "/" + abs // C:/…
	}
	file := url.URL{Scheme: "file", Path: abs, RawQuery: as.Encode()}
	return file.String()
}

// prepareFile creates the file when it is missing, for its owner only: titles
// and names are nobody else's business. SQLite gives the files beside it the
// same mode.
func prepareFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// inWords puts the errors an operator can meet when opening into words.
func inWords(err error) error {
	var refused *sqlite.Error
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("its folder does not exist: create it first: %w", err)
	}
	if !errors.As(err, &refused) {
		return err
	}
	switch refused.Code() & 0xff {
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("this file is not an SQLite database: name another one, or move it away: %w", err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("another process holds it locked: end that one first: %w", err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("the file and its folder must be writable: %w", err)
	}
	return err
}

// busy reports that somebody else holds the file.
func busy(err error) bool {
	var refused *sqlite.Error
	if !errors.As(err, &refused) {
		return false
	}
	code := refused.Code() & 0xff
	return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
}
