// Package sqlite keeps everything in one SQLite file, the default store: no
// server, and a file that anyone can open with sqlite3. What the columns mean
// stands in the schema itself (.schema shows it).
//
// Writes go through one connection, one transaction each; reads through
// connections of their own, which see a consistent moment and wait for nobody
// (WAL).
package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"

	"github.com/fairlead-dev/fairlead/store"
)

// Store is a store.Store in an SQLite file.
type Store struct {
	path    string
	writer  *sql.DB // one connection
	readers *sql.DB // as many as are asked for: a reader may read again while it reads
	// byID and byKey ask readers for the body of one ticket of a source.
	byID, byKey *sql.Stmt
	// opening tells this opening of the file from all others.
	opening     string
	mostAltered int // store.MostAltered, but in tests
}

var _ store.Store = (*Store)(nil)

// idleReaders is how many reading connections are kept for the next reader.
const idleReaders = 4

// Open opens the store in the file at path, creating and migrating it where
// needed. It refuses, in words for an operator, a file that is no SQLite
// database, that belongs to another program, or that a newer fairlead wrote.
// The file may be open in several processes at once.
func Open(ctx context.Context, path string) (*Store, error) {
	s, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, inWords(err))
	}
	return s, nil
}

func open(ctx context.Context, path string) (*Store, error) {
	if err := prepareFile(path); err != nil {
		return nil, err
	}
	if err := inspect(ctx, path, migrations); err != nil {
		return nil, err
	}
	writer, err := connect(path, writing)
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	if err := migrate(ctx, writer, migrations); err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	readers, err := connect(path, reading)
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	readers.SetMaxIdleConns(idleReaders)
	s := &Store{path: path, writer: writer, readers: readers, opening: rand.Text(), mostAltered: store.MostAltered}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// prepare makes ready what is asked very often.
func (s *Store) prepare(ctx context.Context) (err error) {
	if s.byID, err = s.readers.PrepareContext(ctx, `SELECT body FROM tickets WHERE source = ? AND id = ?`); err != nil {
		return err
	}
	s.byKey, err = s.readers.PrepareContext(ctx, `SELECT body FROM tickets WHERE source = ? AND key = ?`)
	return err
}

// Close implements store.Store.
func (s *Store) Close() error {
	if err := errors.Join(s.readers.Close(), s.writer.Close()); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// write runs do in one transaction, which it commits when do returns nil. The
// driver starts a goroutine for every statement whose context can end; do gets
// a context that cannot, and looks at the outer one between its steps.
func (s *Store) write(ctx context.Context, do func(context.Context, *sql.Tx) error) (err error) {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(context.WithoutCancel(ctx), tx); err != nil {
		if rb := tx.Rollback(); rb != nil && !errors.Is(rb, sql.ErrTxDone) {
			err = errors.Join(err, fmt.Errorf("roll back: %w", rb))
		}
		return err
	}
	return tx.Commit()
}
