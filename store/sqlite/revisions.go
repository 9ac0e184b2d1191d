package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/fairlead-dev/fairlead/store"
)

const (
	revisionColumns = `number, kind, team, name, text, by, why, at`
	addRevision     = `INSERT INTO revisions (kind, team, name, text, by, why, at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING ` + revisionColumns
	latestOf        = `SELECT coalesce(max(number), 0) FROM revisions WHERE kind = ? AND team = ? AND name = ?`
)

// AddRevision implements store.Store.
func (s *Store) AddRevision(ctx context.Context, r store.Revision, after int64) (store.Revision, error) {
	what := fmt.Sprintf("keep a revision of %s %q", r.Kind, r.Name)
	if r.Name == "" || !slices.Contains(store.RevisionKinds(), r.Kind) {
		return store.Revision{}, errors.New(what + ": it does not say of what it is one")
	}
	var kept store.Revision
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var latest int64
		if err := tx.QueryRowContext(ctx, latestOf, string(r.Kind), r.Team, r.Name).Scan(&latest); err != nil {
			return err
		}
		if latest != after {
			return fmt.Errorf("%w: revision %d, and this one was begun from %d", store.ErrOutrun, latest, after)
		}
		var err error
		kept, err = scanRevision(tx.QueryRowContext(ctx, addRevision, string(r.Kind), r.Team, r.Name, r.Text, r.By, r.Why, stamp(r.At)))
		return err
	})
	if err != nil {
		return store.Revision{}, fmt.Errorf("%s: %w", what, err)
	}
	return kept, nil
}

// Revisions implements store.Store.
func (s *Store) Revisions(ctx context.Context) ([]store.Revision, error) {
	all, err := list(ctx, s.readers, `SELECT `+revisionColumns+` FROM revisions ORDER BY number`, nil, func(row *sql.Rows) (store.Revision, error) {
		return scanRevision(row)
	})
	if err != nil {
		return nil, fmt.Errorf("read revisions: %w", err)
	}
	return all, nil
}

// LatestRevision implements store.Store.
func (s *Store) LatestRevision(ctx context.Context) (number int64, err error) {
	err = s.readers.QueryRowContext(ctx, `SELECT coalesce(max(number), 0) FROM revisions`).Scan(&number)
	if err != nil {
		return 0, fmt.Errorf("look for the latest revision: %w", err)
	}
	return number, nil
}

func scanRevision(row interface{ Scan(...any) error }) (store.Revision, error) {
	var r store.Revision
	err := row.Scan(&r.Number, &r.Kind, &r.Team, &r.Name, &r.Text, &r.By, &r.Why, timeIn(&r.At))
	return r, err
}
