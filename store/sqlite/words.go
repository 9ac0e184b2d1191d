package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/fairlead-dev/fairlead/finding"
)

const (
	wordColumns = `id, kind, by, at, reason, finding, waiver, source, ticket, key, rule, label, expires`
	addWord     = `INSERT INTO words (` + wordColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
)

// AddWord implements store.Store.
func (s *Store) AddWord(ctx context.Context, w finding.Word) error {
	if w.ID == "" {
		return errors.New("keep a word: it has no id")
	}
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		c := w.Scope
		about := w.Finding
		if about == "" {
			about = c.Finding
		}
		added, err := changedRow(tx.ExecContext(ctx, addWord, w.ID, string(w.Kind), w.By, stamp(w.At), w.Reason, string(about), w.Waiver,
			c.Ticket.Source, c.Ticket.ID, c.Ticket.Key, c.Rule, c.Label, stamp(w.Expires)))
		if err != nil || added {
			return err
		}
		return sameWord(ctx, tx, w)
	})
	if err != nil {
		return fmt.Errorf("keep word %s: %w", w.ID, err)
	}
	return nil
}

// sameWord refuses a word whose id another has.
func sameWord(ctx context.Context, tx *sql.Tx, w finding.Word) error {
	kept, err := scanWord(tx.QueryRowContext(ctx, `SELECT `+wordColumns+` FROM words WHERE id = ?`, w.ID))
	if err != nil {
		return err
	}
	same := stamp(w.At) == stamp(kept.At) && stamp(w.Expires) == stamp(kept.Expires)
	if w.At, w.Expires = kept.At, kept.Expires; !same || kept != w {
		return errors.New("another word has this id")
	}
	return nil
}

// Words implements store.Store.
func (s *Store) Words(ctx context.Context) ([]finding.Word, error) {
	all, err := list(ctx, s.readers, `SELECT `+wordColumns+` FROM words ORDER BY at, rowid`, nil, func(row *sql.Rows) (finding.Word, error) {
		return scanWord(row)
	})
	if err != nil {
		return nil, fmt.Errorf("read what people said: %w", err)
	}
	return all, nil
}

// WordsSince implements store.Store.
func (s *Store) WordsSince(ctx context.Context, id string) ([]finding.Word, error) {
	const query = `SELECT ` + wordColumns + ` FROM words WHERE ?1 = '' OR rowid > (SELECT rowid FROM words WHERE id = ?1) ORDER BY rowid`
	all, err := list(ctx, s.readers, query, []any{id}, func(row *sql.Rows) (finding.Word, error) { return scanWord(row) })
	if err != nil {
		return nil, fmt.Errorf("read what people said since: %w", err)
	}
	return all, nil
}

// WordsAbout implements store.Store.
func (s *Store) WordsAbout(ctx context.Context, id finding.ID) ([]finding.Word, error) {
	const query = `SELECT ` + wordColumns + ` FROM words WHERE kind IN (?, ?, ?) OR finding = ? ORDER BY at, rowid`
	args := []any{string(finding.WaivedFor), string(finding.RenewedFor), string(finding.EndedEarly), string(id)}
	all, err := list(ctx, s.readers, query, args, func(row *sql.Rows) (finding.Word, error) { return scanWord(row) })
	if err != nil {
		return nil, fmt.Errorf("read what people said about finding %s: %w", id, err)
	}
	return all, nil
}

// LastWord implements store.Store.
func (s *Store) LastWord(ctx context.Context) (string, error) {
	var id string
	err := s.readers.QueryRowContext(ctx, `SELECT id FROM words ORDER BY rowid DESC LIMIT 1`).Scan(&id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read what was said last: %w", err)
	}
	return id, nil
}

func scanWord(row interface{ Scan(...any) error }) (finding.Word, error) {
	var w finding.Word
	var about finding.ID
	t := &w.Scope.Ticket
	err := row.Scan(&w.ID, &w.Kind, &w.By, timeIn(&w.At), &w.Reason, &about, &w.Waiver, &t.Source, &t.ID, &t.Key,
		&w.Scope.Rule, &w.Scope.Label, timeIn(&w.Expires))
	if w.Kind == finding.WaivedFor {
		w.Scope.Finding = about
	} else {
		w.Finding = about
	}
	return w, err
}
