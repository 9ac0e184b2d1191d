package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"net/url"

	"github.com/fairlead-dev/fairlead/ticket"
)

// comparing is for a connection that writes nothing but temporary tables, which
// SQLite counts as writing. Its transactions take no lock on the file, so a
// tracker may take hours over its list while everybody else writes.
var comparing = with(reading, url.Values{"_query_only": {"0"}})

// Compare implements store.Store. What the tracker holds goes into a temporary
// table, which SQLite keeps in a file of its own once it is large, and is then
// compared in one statement each way.
func (s *Store) Compare(ctx context.Context, source string, present iter.Seq2[[]ticket.Present, error]) (stale, gone []string, err error) {
	stale, gone, err = s.compare(ctx, source, present)
	if err != nil {
		return nil, nil, fmt.Errorf("compare %s with its tracker: %w", source, err)
	}
	return stale, gone, nil
}

func (s *Store) compare(ctx context.Context, source string, present iter.Seq2[[]ticket.Present, error]) (stale, gone []string, err error) {
	db, err := connect(s.path, comparing)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }() // and with it the table
	db.SetMaxOpenConns(1)                                 // a temporary table belongs to one connection
	if _, err := db.ExecContext(ctx, createPresent); err != nil {
		return nil, nil, err
	}
	for page, err := range present {
		if err != nil {
			return nil, nil, err
		}
		if err := notePresent(ctx, db, page); err != nil {
			return nil, nil, err
		}
	}
	return differences(ctx, db, source)
}

const createPresent = `
CREATE TEMP TABLE present (
	id      TEXT NOT NULL PRIMARY KEY,
	key     TEXT NOT NULL,
	updated TEXT NOT NULL
)`

const insertPresent = `
INSERT INTO temp.present (id, key, updated) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET key = excluded.key, updated = excluded.updated
WHERE excluded.updated >= present.updated`

func notePresent(ctx context.Context, db *sql.DB, page []ticket.Present) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	inTx := context.WithoutCancel(ctx)
	insert, err := tx.PrepareContext(inTx, insertPresent)
	if err != nil {
		return err
	}
	for _, p := range page {
		if p.ID == "" {
			return fmt.Errorf("ticket %s: it has no id", p.Key)
		}
		if _, err := insert.ExecContext(inTx, p.ID, p.Key, stamp(p.Updated)); err != nil {
			return fmt.Errorf("ticket %s: %w", p.Key, err)
		}
	}
	return tx.Commit()
}

// A stored key is NULL once another ticket took it over; that is another key
// than the one told.
const selectStale = `
SELECT p.id FROM temp.present p LEFT JOIN tickets t ON t.source = ? AND t.id = p.id
WHERE t.id IS NULL OR t.updated < p.updated OR (p.key <> '' AND p.key IS NOT t.key)
ORDER BY p.id`

const selectGone = `
SELECT id FROM tickets WHERE source = ? AND id NOT IN (SELECT id FROM temp.present) ORDER BY id`

// differences reads both lists in one transaction, so from one moment.
func differences(ctx context.Context, db *sql.DB, source string) (stale, gone []string, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	defer tx.Rollback() //nolint:errcheck // it only read
	if stale, err = list(ctx, tx, selectStale, []any{source}, scanText); err != nil {
		return nil, nil, err
	}
	gone, err = list(ctx, tx, selectGone, []any{source}, scanText)
	return stale, gone, err
}

func scanText(row *sql.Rows) (s string, err error) {
	err = row.Scan(&s)
	return s, err
}
