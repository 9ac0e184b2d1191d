package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// Vote implements store.Store.
func (s *Store) Vote(ctx context.Context, id finding.ID, rule, person string, useful *bool, at time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if useful == nil {
			_, err := tx.ExecContext(ctx, `DELETE FROM votes WHERE finding = ? AND person = ?`, string(id), person)
			return err
		}
		const save = `INSERT OR REPLACE INTO votes (finding, person, rule, useful, at) VALUES (?, ?, ?, ?, ?)`
		_, err := tx.ExecContext(ctx, save, string(id), person, rule, *useful, stamp(at))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a vote on finding %s: %w", id, err)
	}
	return nil
}

// VoteOf implements store.Store.
func (s *Store) VoteOf(ctx context.Context, id finding.ID, person string) (*bool, error) {
	var useful bool
	err := s.readers.QueryRowContext(ctx, `SELECT useful FROM votes WHERE finding = ? AND person = ?`, string(id), person).Scan(&useful)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil //nolint:nilnil // nothing said is an answer
	case err != nil:
		return nil, fmt.Errorf("read a vote on finding %s: %w", id, err)
	}
	return &useful, nil
}

// CountVotes implements store.Store.
func (s *Store) CountVotes(ctx context.Context, rule string) (useful, not int, err error) {
	const query = `SELECT count(*) FILTER (WHERE useful = 1), count(*) FILTER (WHERE useful = 0) FROM votes WHERE rule = ?`
	if err := s.readers.QueryRowContext(ctx, query, rule).Scan(&useful, &not); err != nil {
		return 0, 0, fmt.Errorf("count the votes on %s: %w", rule, err)
	}
	return useful, not, nil
}
