package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Cursor implements store.Store.
func (s *Store) Cursor(ctx context.Context, source string) (string, error) {
	var cursor string
	err := s.readers.QueryRowContext(ctx, `SELECT cursor FROM sources WHERE name = ?`, source).Scan(&cursor)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read cursor of %s: %w", source, err)
	}
	return cursor, nil
}

// SavePage implements store.Store.
func (s *Store) SavePage(ctx context.Context, source string, tickets []ticket.Ticket, sprints []ticket.Sprint, cursor string) (changed int, err error) {
	err = s.write(ctx, func(inTx context.Context, tx *sql.Tx) error {
		p := page{source: source, changed: map[string]bool{}}
		if err := p.prepare(inTx, tx); err != nil {
			return err
		}
		if _, err := tx.ExecContext(inTx, saveCursor, source, cursor); err != nil {
			return fmt.Errorf("cursor: %w", err)
		}
		for i := range sprints {
			if err := p.saveSprint(inTx, &sprints[i]); err != nil {
				return fmt.Errorf("sprint %s: %w", sprints[i].ID, err)
			}
		}
		for i := range tickets {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := p.saveTicket(inTx, &tickets[i]); err != nil {
				return fmt.Errorf("ticket %s: %w", tickets[i].Key, err)
			}
		}
		changed = len(p.changed)
		return s.forgetAlterations(inTx, tx)
	})
	if err != nil {
		return 0, fmt.Errorf("save page of %s: %w", source, err)
	}
	return changed, nil
}

const saveCursor = `
INSERT INTO sources (name, cursor) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor WHERE excluded.cursor <> sources.cursor`

// What is older than the stored ticket, or the same to the byte, changes no
// row: that is what counts as changed.
const saveTicket = `
INSERT INTO tickets (source, id, key, project, team, kind, status, category, priority, assignee,
	created, updated, started, resolved, due, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source, id) DO UPDATE SET
	key = excluded.key, project = excluded.project, team = excluded.team, kind = excluded.kind,
	status = excluded.status, category = excluded.category, priority = excluded.priority,
	assignee = excluded.assignee, created = excluded.created, updated = excluded.updated,
	started = excluded.started, resolved = excluded.resolved, due = excluded.due, body = excluded.body
WHERE excluded.updated >= tickets.updated AND excluded.body <> tickets.body`

// takeKeyOver keeps a key with the ticket that was stored with it last. The
// former holder's body still tells the key it had.
const takeKeyOver = `UPDATE tickets SET key = NULL WHERE source = ? AND key = ? AND id <> ?`

const saveSprint = `
INSERT INTO sprints (source, id, name, goal, state, board, team, starts, ends, completed, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source, id) DO UPDATE SET
	name = excluded.name, goal = excluded.goal, state = excluded.state, board = excluded.board,
	team = excluded.team, starts = excluded.starts, ends = excluded.ends, completed = excluded.completed,
	body = excluded.body
WHERE excluded.body <> sprints.body`

// page saves one page within one transaction, which closes its statements.
type page struct {
	source              string
	ticket, key, sprint *sql.Stmt
	body                []byte          // used again and again
	changed             map[string]bool // ids of tickets that were new or different
}

func (p *page) prepare(ctx context.Context, tx *sql.Tx) (err error) {
	for query, stmt := range map[string]**sql.Stmt{saveTicket: &p.ticket, takeKeyOver: &p.key, saveSprint: &p.sprint} {
		if *stmt, err = tx.PrepareContext(ctx, query); err != nil {
			return err
		}
	}
	return nil
}

func (p *page) saveTicket(ctx context.Context, t *ticket.Ticket) (err error) {
	if err := p.belongs(t.Source, t.ID); err != nil {
		return err
	}
	if p.body, err = store.EncodeTicket(p.body[:0], t); err != nil {
		return err
	}
	saved, err := changedRow(p.ticket.ExecContext(ctx, t.Source, t.ID, orNull(t.Key), t.Project, t.Team,
		string(t.Kind), t.Status, string(t.Category), string(t.Priority), orNull(t.Assignee.ID),
		stamp(t.Created), stamp(t.Updated), stampOrNull(t.Started), stampOrNull(t.Resolved), orNull(string(t.Due)), p.body))
	if err != nil || !saved {
		return err
	}
	p.changed[t.ID] = true
	_, err = p.key.ExecContext(ctx, t.Source, t.Key, t.ID)
	return err
}

func (p *page) saveSprint(ctx context.Context, s *ticket.Sprint) (err error) {
	if err := p.belongs(s.Source, s.ID); err != nil {
		return err
	}
	if p.body, err = store.EncodeSprint(p.body[:0], s); err != nil {
		return err
	}
	_, err = p.sprint.ExecContext(ctx, s.Source, s.ID, s.Name, s.Goal, string(s.State), s.Board, s.Team,
		stampOrNull(s.Start), stampOrNull(s.End), stampOrNull(s.Completed), p.body)
	return err
}

// belongs refuses what could not be found again: without an id, or of another
// source than the page.
func (p *page) belongs(source, id string) error {
	if id == "" {
		return errors.New("it has no id")
	}
	if source != p.source {
		return fmt.Errorf("it is of %q", source)
	}
	return nil
}

// changedRow says whether the statement changed a row.
func changedRow(r sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n > 0, err
}
