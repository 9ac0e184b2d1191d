package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/fairlead-dev/fairlead/store"
)

const saveRun = `
INSERT OR REPLACE INTO runs (id, kind, source, started, ended, error, tickets, changes, changed, gaps)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// SaveRun implements store.Store.
func (s *Store) SaveRun(ctx context.Context, r store.Run) error {
	if len(r.Gaps) == 0 {
		r.Gaps = nil // read back as it is for every store
	}
	gaps, err := json.Marshal(r.Gaps)
	if err == nil {
		err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, saveRun, r.ID, string(r.Kind), r.Source, stamp(r.Started), stamp(r.Ended),
				r.Error, r.Tickets, r.Changes, r.Changed, string(gaps))
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("save %s run %s: %w", r.Kind, r.ID, err)
	}
	return nil
}

// Runs implements store.Store.
func (s *Store) Runs(ctx context.Context, kind store.RunKind, limit int) ([]store.Run, error) {
	const query = `
SELECT id, source, started, ended, error, tickets, changes, changed, gaps
FROM runs WHERE kind = ? ORDER BY started DESC, id DESC LIMIT ?`
	all, err := list(ctx, s.readers, query, []any{string(kind), max(limit, 0)}, func(row *sql.Rows) (store.Run, error) {
		r := store.Run{Kind: kind}
		var gaps []byte
		err := row.Scan(&r.ID, &r.Source, timeIn(&r.Started), timeIn(&r.Ended), &r.Error, &r.Tickets, &r.Changes, &r.Changed, &gaps)
		if err == nil {
			err = json.Unmarshal(gaps, &r.Gaps)
		}
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("read %s runs: %w", kind, err)
	}
	return all, nil
}
