package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/fairlead-dev/fairlead/finding"
)

// Looks implements store.Store.
func (s *Store) Looks(ctx context.Context) ([]finding.Look, error) {
	const query = `SELECT source, part, rule, team, since, live, until FROM looks ORDER BY source, part, rule, team`
	all, err := list(ctx, s.readers, query, nil, func(row *sql.Rows) (finding.Look, error) {
		var l finding.Look
		err := row.Scan(&l.Source, &l.Part, &l.Rule, &l.Team, timeIn(&l.Since), timeIn(&l.Live), timeIn(&l.Until))
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("read what was looked at: %w", err)
	}
	return all, nil
}

func saveLooks(ctx context.Context, tx *sql.Tx, gone []finding.LookKey, all []finding.Look) error {
	for _, k := range gone {
		_, err := tx.ExecContext(ctx, `DELETE FROM looks WHERE source = ? AND part = ? AND rule = ? AND team = ?`, k.Source, k.Part, k.Rule, k.Team)
		if err != nil {
			return fmt.Errorf("no look at %q any more: %w", k, err)
		}
	}
	const save = `INSERT OR REPLACE INTO looks (source, part, rule, team, since, live, until) VALUES (?, ?, ?, ?, ?, ?, ?)`
	stmt, err := tx.PrepareContext(ctx, save)
	if err != nil {
		return err
	}
	for _, l := range all {
		_, err := stmt.ExecContext(ctx, l.Source, l.Part, l.Rule, l.Team, stamp(l.Since), stamp(l.Live), stamp(l.Until))
		if err != nil {
			return fmt.Errorf("look at %q: %w", l.LookKey, err)
		}
	}
	return stmt.Close()
}

// Mutes implements store.Store.
func (s *Store) Mutes(ctx context.Context) ([]finding.Mute, error) {
	const query = `SELECT rule, at, opened, new, usual, lifted, confirmed FROM mutes ORDER BY rule, at`
	all, err := list(ctx, s.readers, query, nil, func(row *sql.Rows) (finding.Mute, error) {
		var m finding.Mute
		err := row.Scan(&m.Rule, timeIn(&m.At), timeIn(&m.From), &m.New, &m.Usual, timeIn(&m.Lifted), &m.Confirmed)
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("read which rules are silent: %w", err)
	}
	return all, nil
}

func saveMutes(ctx context.Context, tx *sql.Tx, all []finding.Mute) error {
	const save = `INSERT OR REPLACE INTO mutes (rule, at, opened, new, usual, lifted, confirmed) VALUES (?, ?, ?, ?, ?, ?, ?)`
	for _, m := range all {
		_, err := tx.ExecContext(ctx, save, m.Rule, stamp(m.At), stamp(m.From), m.New, m.Usual, stamp(m.Lifted), m.Confirmed)
		if err != nil {
			return fmt.Errorf("mute of rule %s: %w", m.Rule, err)
		}
	}
	return nil
}
