package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// AddToken implements store.Store.
func (s *Store) AddToken(ctx context.Context, hash, person string, expires time.Time) error {
	if hash == "" || person == "" {
		return errors.New("keep a sign-in token: it has no hash or no person")
	}
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO sign_in_tokens (hash, person, expires) VALUES (?, ?, ?)`, hash, person, stamp(expires))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a sign-in token of %s: %w", person, err)
	}
	return nil
}

// TakeToken implements store.Store.
func (s *Store) TakeToken(ctx context.Context, hash string, now time.Time) (person string, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sign_in_tokens WHERE expires <= ?`, stamp(now)); err != nil {
			return err
		}
		return orNone(tx.QueryRowContext(ctx, `DELETE FROM sign_in_tokens WHERE hash = ? RETURNING person`, hash).Scan(&person))
	})
	if err != nil {
		return "", fmt.Errorf("take a sign-in token: %w", err)
	}
	return person, nil
}

// Spend implements store.Store.
func (s *Store) Spend(ctx context.Context, id string, now, until time.Time) (first bool, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM spent WHERE until <= ?`, stamp(now)); err != nil {
			return err
		}
		first, err = changedRow(tx.ExecContext(ctx, `INSERT INTO spent (id, until) VALUES (?, ?) ON CONFLICT DO NOTHING`, id, stamp(until)))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("note that a session is over: %w", err)
	}
	return first, nil
}

// Spent implements store.Store.
func (s *Store) Spent(ctx context.Context, id string) (spent bool, err error) {
	err = s.readers.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM spent WHERE id = ?)`, id).Scan(&spent)
	if err != nil {
		return false, fmt.Errorf("look whether a session is over: %w", err)
	}
	return spent, nil
}

// Epoch implements store.Store.
func (s *Store) Epoch(ctx context.Context, person string) (epoch int, err error) {
	err = orNone(s.readers.QueryRowContext(ctx, `SELECT epoch FROM epochs WHERE person = ?`, person).Scan(&epoch))
	if err != nil {
		return 0, fmt.Errorf("read how often %s was signed out: %w", person, err)
	}
	return epoch, nil
}

// NextEpoch implements store.Store.
func (s *Store) NextEpoch(ctx context.Context, person string) (epoch int, err error) {
	const next = `INSERT INTO epochs (person, epoch) VALUES (?, 1) ON CONFLICT (person) DO UPDATE SET epoch = epoch + 1 RETURNING epoch`
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, next, person).Scan(&epoch)
	})
	if err != nil {
		return 0, fmt.Errorf("sign %s out everywhere: %w", person, err)
	}
	return epoch, nil
}

// SharedSecret implements store.Store.
func (s *Store) SharedSecret(ctx context.Context, name, fresh string) (kept string, err error) {
	if name == "" || fresh == "" {
		return "", errors.New("keep a secret: it has no name, or is empty")
	}
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO secrets (name, secret) VALUES (?, ?) ON CONFLICT DO NOTHING`, name, fresh); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT secret FROM secrets WHERE name = ?`, name).Scan(&kept)
	})
	if err != nil {
		return "", fmt.Errorf("keep the secret %s: %w", name, err)
	}
	return kept, nil
}

// orNone takes a row that is not there for a zero one.
func orNone(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}
