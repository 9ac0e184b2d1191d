package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// Remove implements store.Store.
func (s *Store) Remove(ctx context.Context, source string, ids []string) (removed int, err error) {
	err = s.write(ctx, func(inTx context.Context, tx *sql.Tx) error {
		stmt, err := tx.PrepareContext(inTx, `DELETE FROM tickets WHERE source = ? AND id = ?`)
		if err != nil {
			return err
		}
		removed = 0
		for _, id := range ids {
			if err := ctx.Err(); err != nil {
				return err
			}
			was, err := changedRow(stmt.ExecContext(inTx, source, id))
			if err != nil {
				return fmt.Errorf("ticket %s: %w", id, err)
			}
			if was {
				removed++
			}
		}
		return s.forgetAlterations(inTx, tx)
	})
	if err != nil {
		return 0, fmt.Errorf("remove tickets of %s: %w", source, err)
	}
	return removed, nil
}

// Count implements store.Store.
func (s *Store) Count(ctx context.Context, source string) (int, error) {
	var n int
	err := s.readers.QueryRowContext(ctx, `SELECT count(*) FROM tickets WHERE source = ?`, source).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count tickets of %s: %w", source, err)
	}
	return n, nil
}
