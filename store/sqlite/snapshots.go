package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/fairlead-dev/fairlead/store"
)

// SaveSnapshots implements store.Store.
func (s *Store) SaveSnapshots(ctx context.Context, all []store.Snapshot) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, one := range all {
			numbers, err := json.Marshal(one.Values)
			if err != nil {
				return fmt.Errorf("%s of team %q: %w", one.Week, one.Team, err)
			}
			const save = `INSERT OR REPLACE INTO snapshots (team, week, taken, numbers) VALUES (?, ?, ?, ?)`
			if _, err := tx.ExecContext(ctx, save, one.Team, one.Week, stamp(one.Taken), string(numbers)); err != nil {
				return fmt.Errorf("%s of team %q: %w", one.Week, one.Team, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep snapshots: %w", err)
	}
	return nil
}

// Snapshots implements store.Store.
func (s *Store) Snapshots(ctx context.Context, team, from, to string) ([]store.Snapshot, error) {
	const query = `SELECT week, taken, numbers FROM snapshots WHERE team = ? AND week >= ? AND week <= ? ORDER BY week`
	all, err := list(ctx, s.readers, query, []any{team, from, to}, func(row *sql.Rows) (store.Snapshot, error) {
		one := store.Snapshot{Team: team}
		var numbers []byte
		err := row.Scan(&one.Week, timeIn(&one.Taken), &numbers)
		if err == nil {
			err = json.Unmarshal(numbers, &one.Values)
		}
		if len(one.Values) == 0 {
			one.Values = nil
		}
		return one, err
	})
	if err != nil {
		return nil, fmt.Errorf("read snapshots of team %q: %w", team, err)
	}
	return all, nil
}
