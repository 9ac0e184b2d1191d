package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/fairlead-dev/fairlead/store"
)

// Altered implements store.Store. A position is what this opening of the file is
// called, and the number of a row: rows have ever higher numbers for as long as the
// file is the same.
func (s *Store) Altered(ctx context.Context, since string) (store.Alterations, error) {
	out, err := s.alteredSince(ctx, since)
	if err != nil {
		return store.Alterations{}, fmt.Errorf("read which tickets are different: %w", err)
	}
	return out, nil
}

func (s *Store) alteredSince(ctx context.Context, since string) (out store.Alterations, err error) {
	tx, err := s.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // one moment
	if err != nil {
		return out, err
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	var first, last int64
	if err := tx.QueryRowContext(ctx, `SELECT coalesce((SELECT min(position) FROM altered), 1), coalesce((SELECT max(position) FROM altered), 0)`).Scan(&first, &last); err != nil {
		return out, err
	}
	out.Position = s.opening + " " + strconv.FormatInt(last, 10)
	opening, row, _ := strings.Cut(since, " ")
	from, wrong := strconv.ParseInt(row, 10, 64)
	if out.Known = wrong == nil && opening == s.opening && from >= first-1 && from <= last; !out.Known {
		return out, nil
	}
	names, err := listed(ctx, tx, make([]store.TicketName, 0, last-from), `SELECT source, id FROM altered WHERE position > ?`, []any{from},
		func(rows *sql.Rows) (n store.TicketName, err error) { return n, rows.Scan(&n.Source, &n.ID) })
	if len(names) > 0 {
		out.Tickets = store.EachOnce(names)
	}
	return out, err
}

// forgetAlterations keeps the latest alone.
func (s *Store) forgetAlterations(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM altered WHERE position <= (SELECT max(position) FROM altered) - ?`, s.mostAltered)
	return err
}
