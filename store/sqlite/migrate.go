package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var embedded embed.FS

// migrations are the numbered files, 0001_… first.
var migrations = func() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil {
		panic(err) // the folder is part of this binary
	}
	return sub
}()

// applicationID marks a file as fairlead's (PRAGMA application_id): "fair".
const applicationID = 0x66616972

// migrate brings the database to the newest version that steps know, each step
// in a transaction of its own together with its number (PRAGMA user_version).
// Several processes may do so at once.
func migrate(ctx context.Context, db *sql.DB, steps fs.FS) error {
	names, err := numbered(steps)
	if err != nil {
		return err
	}
	for {
		done, err := migrateOnce(ctx, db, steps, names)
		if done || err != nil {
			return err
		}
	}
}

// numbered lists the steps in order; their numbers run from 1 without a gap.
func numbered(steps fs.FS) ([]string, error) {
	names, err := fs.Glob(steps, "*.sql") // in the order of their names
	if err != nil {
		return nil, err
	}
	for i, name := range names {
		number, _, _ := strings.Cut(name, "_")
		if n, err := strconv.Atoi(number); err != nil || n != i+1 {
			return nil, fmt.Errorf("migration %s stands at place %d", name, i+1)
		}
	}
	return names, nil
}

// inspect refuses what migrate would refuse, before any connection is made
// that changes the file: a mistyped path must not turn somebody else's database
// into one of ours.
func inspect(ctx context.Context, path string, steps fs.FS) error {
	names, err := numbered(steps)
	if err != nil {
		return err
	}
	db, err := connect(path, looking)
	if err != nil {
		return err
	}
	_, err = version(ctx, db, len(names))
	return errors.Join(err, db.Close())
}

// migrateOnce takes the next step, if there is one.
func migrateOnce(ctx context.Context, db *sql.DB, steps fs.FS, names []string) (done bool, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	version, err := version(ctx, tx, len(names))
	if err != nil || version == len(names) {
		return true, err
	}
	script, err := fs.ReadFile(steps, names[version])
	if err != nil {
		return false, err
	}
	mark := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, version+1)
	if _, err := tx.ExecContext(ctx, string(script)+";\n"+mark); err != nil {
		return false, fmt.Errorf("migration %s: %w", names[version], err)
	}
	return false, tx.Commit()
}

// querier is a database or a transaction in it.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// version is the number of the last migration taken; 0 for an empty file. A
// database of another program, or of a newer fairlead, is refused.
func version(ctx context.Context, db querier, known int) (int, error) {
	var version, application, tables int
	err := db.QueryRowContext(ctx, `SELECT
		(SELECT user_version FROM pragma_user_version),
		(SELECT application_id FROM pragma_application_id),
		(SELECT count(*) FROM sqlite_schema)`).Scan(&version, &application, &tables)
	switch {
	case err != nil:
		return 0, err
	case application != applicationID && (tables > 0 || application != 0 || version != 0):
		return 0, errors.New("this SQLite database belongs to another program: name another file")
	case version > known:
		return 0, fmt.Errorf("a newer fairlead wrote it (version %d of the store, this one knows %d): "+
			"use that fairlead, or a copy of the file from before", version, known)
	}
	return version, nil
}
