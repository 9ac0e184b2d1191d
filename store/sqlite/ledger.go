package sqlite

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
)

// Findings implements store.Store.
func (s *Store) Findings(ctx context.Context) ([]finding.Finding, error) {
	return s.findings(ctx, store.DecodeFinding)
}

// Outlines implements store.Store.
func (s *Store) Outlines(ctx context.Context) ([]finding.Finding, error) {
	var outlines store.Outlines
	return s.findings(ctx, outlines.Decode)
}

func (s *Store) findings(ctx context.Context, decode func([]byte) (finding.Finding, error)) (all []finding.Finding, err error) {
	defer func() {
		if err != nil {
			all, err = nil, fmt.Errorf("read findings: %w", err)
		}
	}()
	tx, err := s.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // one moment
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	sightings, err := readSightings(ctx, tx)
	if err != nil {
		return nil, err
	}
	err = eachBodyIn(ctx, tx, `SELECT body FROM findings ORDER BY id`, func(body []byte) (bool, error) {
		f, err := decode(body)
		if err == nil {
			sightings.Over(&f)
			all = append(all, f)
		}
		return true, err
	})
	return all, err
}

func readSightings(ctx context.Context, db lister) (finding.Sightings, error) {
	all, err := list(ctx, db, `SELECT rule, source, at FROM sightings`, nil, func(row *sql.Rows) (one finding.Sighting, err error) {
		return one, row.Scan(&one.Rule, &one.Source, timeIn(&one.At))
	})
	return finding.SightingsOf(all), err
}

// LedgerMark implements store.Store.
func (s *Store) LedgerMark(ctx context.Context) (string, error) {
	var mark string
	err := s.readers.QueryRowContext(ctx, `SELECT mark FROM marks WHERE name = 'ledger'`).Scan(&mark)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read the mark of the ledger: %w", err)
	}
	return mark, nil
}

// Finding implements store.Store.
func (s *Store) Finding(ctx context.Context, id finding.ID) (finding.Finding, error) {
	f, err := s.finding(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = finding.ErrNotFound
	}
	if err != nil {
		return finding.Finding{}, fmt.Errorf("read finding %s: %w", id, err)
	}
	return f, nil
}

func (s *Store) finding(ctx context.Context, id finding.ID) (finding.Finding, error) {
	tx, err := s.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // one moment
	if err != nil {
		return finding.Finding{}, err
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	sightings, err := readSightings(ctx, tx)
	if err != nil {
		return finding.Finding{}, err
	}
	var body []byte
	if err := tx.QueryRowContext(ctx, `SELECT body FROM findings WHERE id = ?`, string(id)).Scan(&body); err != nil {
		return finding.Finding{}, err
	}
	f, err := store.DecodeFinding(body)
	if err == nil {
		sightings.Over(&f)
	}
	return f, err
}

// SaveCheck implements store.Store.
func (s *Store) SaveCheck(ctx context.Context, c store.Check) error {
	err := s.write(ctx, func(inTx context.Context, tx *sql.Tx) error {
		if err := saveFindings(inTx, tx, c.Findings); err != nil {
			return err
		}
		if err := undoTransitions(inTx, tx, c.Undone); err != nil {
			return err
		}
		if err := saveTransitions(inTx, tx, c.Transitions); err != nil {
			return err
		}
		if err := saveFlights(inTx, tx, c.Flights); err != nil {
			return err
		}
		if err := saveLooks(inTx, tx, c.Unlooked, c.Looks); err != nil {
			return err
		}
		if err := saveMutes(inTx, tx, c.Mutes); err != nil {
			return err
		}
		if err := saveSightings(inTx, tx, c.Unsighted, c.Sightings); err != nil {
			return err
		}
		if _, err := tx.ExecContext(inTx, `INSERT OR REPLACE INTO marks (name, mark) VALUES ('ledger', ?)`, cmp.Or(c.Mark, rand.Text())); err != nil {
			return fmt.Errorf("mark: %w", err)
		}
		return ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("save check: %w", err)
	}
	return nil
}

const saveFinding = `
INSERT INTO findings (id, rule, team, state, severity, audience, source, subject, subject_id, key,
	first_seen, open_since, last_seen, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
	rule = excluded.rule, team = excluded.team, state = excluded.state, severity = excluded.severity,
	audience = excluded.audience, source = excluded.source, subject = excluded.subject,
	subject_id = excluded.subject_id, key = excluded.key, first_seen = excluded.first_seen,
	open_since = excluded.open_since, last_seen = excluded.last_seen, body = excluded.body`

func saveFindings(ctx context.Context, tx *sql.Tx, all []finding.Finding) error {
	save, err := tx.PrepareContext(ctx, saveFinding)
	if err != nil {
		return err
	}
	var body []byte
	for i := range all {
		f := &all[i]
		if body, err = store.EncodeFinding(body[:0], f); err != nil {
			return err
		}
		_, err := save.ExecContext(ctx, string(f.ID), f.Rule, f.Team, string(f.State), string(f.Severity), string(f.Audience),
			f.Subject.Source, string(f.Subject.Kind), f.Subject.ID, f.Subject.Key,
			stamp(f.FirstSeen()), stamp(f.OpenSince()), stamp(f.LastSeen), body)
		if err != nil {
			return fmt.Errorf("finding %s: %w", f.ID, err)
		}
	}
	return save.Close()
}

func saveSightings(ctx context.Context, tx *sql.Tx, anew bool, all []finding.Sighting) error {
	if anew {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sightings`); err != nil {
			return fmt.Errorf("sightings: %w", err)
		}
	}
	for _, s := range all {
		if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO sightings (rule, source, at) VALUES (?, ?, ?)`, s.Rule, s.Source, stamp(s.At)); err != nil {
			return fmt.Errorf("sighting of %s: %w", s.Rule, err)
		}
	}
	return nil
}

// saveTransitions keeps each move once, so that a check may be saved again
// when nobody knows whether it was.
func saveTransitions(ctx context.Context, tx *sql.Tx, all []finding.Transition) error {
	for _, t := range all {
		if t.Move == finding.Stayed || t.Move == finding.Frozen {
			continue
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO transitions (finding, at, move) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			string(t.Finding), stamp(t.At), string(t.Move))
		if err != nil {
			return fmt.Errorf("finding %s %s: %w", t.Finding, t.Move, err)
		}
	}
	return nil
}

func undoTransitions(ctx context.Context, tx *sql.Tx, all []finding.Transition) error {
	for _, t := range all {
		_, err := tx.ExecContext(ctx, `DELETE FROM transitions WHERE finding = ? AND at = ? AND move = ?`, string(t.Finding), stamp(t.At), string(t.Move))
		if err != nil {
			return fmt.Errorf("finding %s no longer %s: %w", t.Finding, t.Move, err)
		}
	}
	return nil
}

func saveFlights(ctx context.Context, tx *sql.Tx, all []finding.Flight) error {
	for _, f := range all {
		_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO flights (team, at, in_flight, clear) VALUES (?, ?, ?, ?)`,
			f.Team, stamp(f.At), f.InFlight, f.Clear)
		if err != nil {
			return fmt.Errorf("flight of team %s: %w", f.Team, err)
		}
	}
	return nil
}

// Transitions implements store.Store.
func (s *Store) Transitions(ctx context.Context, id finding.ID) ([]finding.Transition, error) {
	const query = `SELECT at, move FROM transitions WHERE finding = ? ORDER BY at, rowid`
	all, err := list(ctx, s.readers, query, []any{string(id)}, func(row *sql.Rows) (finding.Transition, error) {
		t := finding.Transition{Finding: id}
		err := row.Scan(timeIn(&t.At), &t.Move)
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("read transitions of finding %s: %w", id, err)
	}
	return all, nil
}

// Flights implements store.Store.
func (s *Store) Flights(ctx context.Context, team string, from, to time.Time) ([]finding.Flight, error) {
	const query = `SELECT at, in_flight, clear FROM flights WHERE team = ? AND at >= ? AND at < ? ORDER BY at`
	all, err := list(ctx, s.readers, query, []any{team, stamp(from), stamp(to)}, func(row *sql.Rows) (finding.Flight, error) {
		f := finding.Flight{Team: team}
		err := row.Scan(timeIn(&f.At), &f.InFlight, &f.Clear)
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("read flights of team %s: %w", team, err)
	}
	return all, nil
}

// FlightEnds implements store.Store.
func (s *Store) FlightEnds(ctx context.Context, team string, from, to time.Time) (first, last *finding.Flight, err error) {
	const query = `SELECT at, in_flight, clear FROM flights WHERE team = ? AND at >= ? AND at < ? ORDER BY at `
	end := func(order string) (*finding.Flight, error) {
		f := finding.Flight{Team: team}
		err := s.readers.QueryRowContext(ctx, query+order+` LIMIT 1`, team, stamp(from), stamp(to)).Scan(timeIn(&f.At), &f.InFlight, &f.Clear)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil //nolint:nilnil // none is an answer
		}
		return &f, err
	}
	if first, err = end("ASC"); err == nil && first != nil {
		last, err = end("DESC")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read flights of team %s: %w", team, err)
	}
	return first, last, nil
}
