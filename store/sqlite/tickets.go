package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Tickets implements store.Store. One statement reads one moment; what is
// written meanwhile goes unseen.
func (s *Store) Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		more := true
		err := s.eachBody(ctx, `SELECT body FROM tickets ORDER BY source, id`, func(body []byte) (bool, error) {
			t, err := store.DecodeTicket(body)
			if err == nil {
				more = yield(t, nil)
			}
			return more, err
		})
		if err != nil && more {
			yield(ticket.Ticket{}, fmt.Errorf("read tickets: %w", err))
		}
	}
}

// eachBody hands the query's only column to do, row by row, until do wants no
// more or fails. The bytes are good only until do returns.
func (s *Store) eachBody(ctx context.Context, query string, do func(body []byte) (more bool, err error), args ...any) (err error) {
	return eachBodyIn(ctx, s.readers, query, do, args...)
}

func eachBodyIn(ctx context.Context, db lister, query string, do func(body []byte) (more bool, err error), args ...any) (err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var body sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&body); err != nil {
			return err
		}
		if more, err := do(body); err != nil || !more {
			return err
		}
	}
	return rows.Err()
}

// Ticket implements store.Store. Evaluations ask for one ticket after the other, so the
// question is prepared once, and cannot be interrupted: the driver starts a goroutine for
// whatever can.
func (s *Store) Ticket(ctx context.Context, source string, ref ticket.Ref) (ticket.Ticket, error) {
	by, name := s.byID, ref.ID
	if ref.ID == "" {
		by, name = s.byKey, ref.Key
	}
	t, err := s.ticket(ctx, by, source, name)
	if err != nil {
		return ticket.Ticket{}, fmt.Errorf("read ticket %s of %s: %w", name, source, err)
	}
	return t, nil
}

func (s *Store) ticket(ctx context.Context, by *sql.Stmt, source, name string) (ticket.Ticket, error) {
	if err := ctx.Err(); err != nil {
		return ticket.Ticket{}, err
	}
	var body []byte
	err := by.QueryRowContext(context.WithoutCancel(ctx), source, name).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return ticket.Ticket{}, store.ErrNotFound
	}
	if err != nil {
		return ticket.Ticket{}, err
	}
	return store.DecodeTicket(body)
}

// idsAtOnce is for how many tickets one statement asks.
const idsAtOnce = 500

// TicketsByID implements store.Store.
func (s *Store) TicketsByID(ctx context.Context, source string, ids []string) iter.Seq2[ticket.Ticket, error] {
	// CROSS: the ids come first, whatever SQLite knows of the table.
	const query = `SELECT t.body FROM json_each(?) AS asked CROSS JOIN tickets AS t ON t.source = ? AND t.id = asked.value`
	return func(yield func(ticket.Ticket, error) bool) {
		more := true
		for some := range slices.Chunk(ids, idsAtOnce) {
			asked, err := json.Marshal(some)
			if err == nil {
				err = s.eachBody(ctx, query, func(body []byte) (bool, error) {
					t, err := store.DecodeTicket(body)
					if err == nil {
						more = yield(t, nil)
					}
					return more, err
				}, string(asked), source)
			}
			if err != nil && more {
				yield(ticket.Ticket{}, fmt.Errorf("read tickets of %s: %w", source, err))
			}
			if err != nil || !more {
				return
			}
		}
	}
}

// Sprints implements store.Store.
func (s *Store) Sprints(ctx context.Context) ([]ticket.Sprint, error) {
	var all []ticket.Sprint
	err := s.eachBody(ctx, `SELECT body FROM sprints ORDER BY source, id`, func(body []byte) (bool, error) {
		sprint, err := store.DecodeSprint(body)
		all = append(all, sprint)
		return true, err
	})
	if err != nil {
		return nil, fmt.Errorf("read sprints: %w", err)
	}
	return all, nil
}
