package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/store"
)

const apiTokenColumns = `id, hash, person, name, scopes, made, expires`

// AddAPIToken implements store.Store.
func (s *Store) AddAPIToken(ctx context.Context, t store.APIToken) error {
	if t.ID == "" || t.Hash == "" || t.Person == "" {
		return errors.New("keep an API token: it has no id, no hash or no person")
	}
	scopes, err := json.Marshal(t.Scopes)
	if err == nil {
		err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO api_tokens (`+apiTokenColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?)`,
				t.ID, t.Hash, t.Person, t.Name, string(scopes), stamp(t.Made), stamp(t.Expires))
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("keep API token %s: %w", t.ID, err)
	}
	return nil
}

// APITokenOwner implements store.Store.
func (s *Store) APITokenOwner(ctx context.Context, hash string, now time.Time) (person string, scopes []string, err error) {
	row := s.readers.QueryRowContext(ctx, `SELECT `+apiTokenColumns+` FROM api_tokens WHERE hash = ? AND expires > ?`, hash, stamp(now))
	t, err := scanAPIToken(row)
	if err := orNone(err); err != nil {
		return "", nil, fmt.Errorf("look up an API token: %w", err)
	}
	return t.Person, t.Scopes, nil
}

// APITokens implements store.Store.
func (s *Store) APITokens(ctx context.Context) ([]store.APIToken, error) {
	const query = `SELECT ` + apiTokenColumns + ` FROM api_tokens ORDER BY made, id`
	all, err := list(ctx, s.readers, query, nil, func(row *sql.Rows) (store.APIToken, error) { return scanAPIToken(row) })
	if err != nil {
		return nil, fmt.Errorf("read the API tokens: %w", err)
	}
	return all, nil
}

// RevokeAPIToken implements store.Store.
func (s *Store) RevokeAPIToken(ctx context.Context, id string) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		gone, err := changedRow(tx.ExecContext(ctx, `DELETE FROM api_tokens WHERE id = ?`, id))
		if err == nil && !gone {
			err = store.ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("revoke API token %s: %w", id, err)
	}
	return nil
}

func scanAPIToken(row interface{ Scan(...any) error }) (store.APIToken, error) {
	var t store.APIToken
	var scopes []byte
	err := row.Scan(&t.ID, &t.Hash, &t.Person, &t.Name, &scopes, timeIn(&t.Made), timeIn(&t.Expires))
	if err == nil {
		err = json.Unmarshal(scopes, &t.Scopes)
	}
	if len(t.Scopes) == 0 {
		t.Scopes = nil
	}
	return t, err
}
