package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// WriteCopy implements store.Copier: everything as of one moment, in a file of its
// own that is there already and empty, while others read and write the store.
func (s *Store) WriteCopy(ctx context.Context, path string) error {
	if err := s.vacuumInto(ctx, path); err != nil {
		return fmt.Errorf("copy store %s to %s: %w", s.path, path, err)
	}
	return nil
}

func (s *Store) vacuumInto(ctx context.Context, path string) (err error) {
	// The connection of its own may write, and to no file but the copy: the one that
	// writes the store is not kept from it.
	db, err := connect(s.path, with(looking, map[string][]string{"_query_only": {"0"}}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, path)
	return err
}

// Sound reads every page of the file and says what is damaged in it.
func (s *Store) Sound(ctx context.Context) error {
	var said string
	if err := s.readers.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&said); err != nil {
		return fmt.Errorf("look through %s: %w", s.path, err)
	}
	if said != "ok" {
		return fmt.Errorf("%s is damaged: %s", s.path, said)
	}
	return nil
}

// InUse says whether a process has the file open, this one included. A file that is
// not there is in nobody's use.
func InUse(ctx context.Context, path string) (used bool, err error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	db, err := connect(path, with(looking, map[string][]string{"_query_only": {"0"}, "_busy_timeout": {"500"}}))
	if err != nil {
		return false, err
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	// Alone, this connection may keep the index of the log in its own memory; while
	// somebody shares it, SQLite refuses that.
	var mode string
	if err := db.QueryRowContext(ctx, `PRAGMA locking_mode = EXCLUSIVE`).Scan(&mode); err != nil {
		return false, err
	}
	err = alone(ctx, db)
	if busy(err) {
		return true, nil
	}
	return false, err
}

func alone(ctx context.Context, db *sql.DB) error {
	for _, statement := range []string{`BEGIN EXCLUSIVE`, `COMMIT`} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	// What the log still holds goes into the file, so that the file alone is the store.
	_, err := db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return err
}
