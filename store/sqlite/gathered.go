package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/store"
)

// SaveGathered implements store.Store.
func (s *Store) SaveGathered(ctx context.Context, g store.Gathered) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM gathered WHERE name = ?`, g.Name); err != nil {
			return err
		}
		for part, body := range g.Parts {
			const save = `INSERT INTO gathered (name, part, at, body) VALUES (?, ?, ?, ?)`
			if _, err := tx.ExecContext(ctx, save, g.Name, part, stamp(g.At), body); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep what was gathered of %s: %w", g.Name, err)
	}
	return nil
}

// Gathered implements store.Store.
func (s *Store) Gathered(ctx context.Context, name, part string) (at time.Time, body []byte, err error) {
	err = s.readers.QueryRowContext(ctx, `SELECT at, body FROM gathered WHERE name = ? AND part = ?`, name, part).Scan(timeIn(&at), &body)
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	if err != nil {
		return time.Time{}, nil, fmt.Errorf("read what was gathered of %s: %w", name, err)
	}
	return at, body, nil
}
