package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"

	"github.com/fairlead-dev/fairlead/store"
)

// Amend implements store.Store.
func (s *Store) Amend(ctx context.Context, a store.Amendment) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return errors.Join(reword(ctx, tx, a), takeAway(ctx, tx, a))
	})
	if err != nil {
		return fmt.Errorf("amend what is stored: %w", err)
	}
	return nil
}

func reword(ctx context.Context, tx *sql.Tx, a store.Amendment) error {
	for _, w := range a.Words {
		const update = `UPDATE words SET by = ?, reason = ?, key = ?, label = ? WHERE id = ?`
		if _, err := tx.ExecContext(ctx, update, w.By, w.Reason, w.Scope.Ticket.Key, w.Scope.Label, w.ID); err != nil {
			return fmt.Errorf("word %s: %w", w.ID, err)
		}
	}
	for _, r := range a.Revisions {
		const update = `UPDATE revisions SET text = ?, by = ?, why = ? WHERE number = ?`
		if _, err := tx.ExecContext(ctx, update, r.Text, r.By, r.Why, r.Number); err != nil {
			return fmt.Errorf("revision %d: %w", r.Number, err)
		}
	}
	return nil
}

func takeAway(ctx context.Context, tx *sql.Tx, a store.Amendment) (err error) {
	do := func(statement string, args ...any) {
		if err == nil {
			_, err = tx.ExecContext(ctx, statement, args...)
		}
	}
	for _, id := range a.NoFindings {
		do(`DELETE FROM transitions WHERE finding = ?`, string(id))
		do(`DELETE FROM findings WHERE id = ?`, string(id))
	}
	for _, id := range a.NoWords {
		do(`DELETE FROM words WHERE id = ?`, id)
	}
	if a.Ledger() { // it is another than before
		do(`INSERT INTO marks (name, mark) VALUES ('ledger', ?) ON CONFLICT (name) DO UPDATE SET mark = excluded.mark`, rand.Text())
	}
	for _, number := range a.NoRevisions {
		do(`DELETE FROM revisions WHERE number = ?`, number)
	}
	for _, k := range a.NoSnapshots {
		do(`DELETE FROM snapshots WHERE team = ? AND week = ?`, k.Team, k.Week)
	}
	if !a.FlightsBefore.IsZero() {
		do(`DELETE FROM flights WHERE at < ?`, stamp(a.FlightsBefore))
	}
	for _, id := range a.NoRuns {
		do(`DELETE FROM runs WHERE id = ?`, id)
	}
	for _, k := range a.NoDeliveries {
		do(`DELETE FROM deliveries WHERE report = ? AND week = ? AND channel = ?`, k.Report, k.Week, k.Channel)
	}
	for _, hash := range a.NoTokens {
		do(`DELETE FROM sign_in_tokens WHERE hash = ?`, hash)
	}
	for _, person := range a.NoEpochs {
		do(`DELETE FROM epochs WHERE person = ?`, person)
	}
	if a.Ungathered {
		do(`DELETE FROM gathered`)
	}
	return err
}

// Scrub implements store.Scrubber: the file is written anew without what was taken
// away, and its log is emptied.
func (s *Store) Scrub(ctx context.Context) error {
	if _, err := s.writer.ExecContext(ctx, `VACUUM`); err != nil {
		return fmt.Errorf("write store %s anew: %w", s.path, err)
	}
	var waits, frames, moved int
	err := s.writer.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&waits, &frames, &moved)
	if err == nil && waits != 0 {
		err = errors.New("somebody still reads what there was before: stop every fairlead that uses it, then run this again")
	}
	if err != nil {
		return fmt.Errorf("empty the log of store %s: %w", s.path, err)
	}
	return nil
}
