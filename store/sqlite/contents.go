package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/fairlead-dev/fairlead/store"
)

// Sources implements store.Store.
func (s *Store) Sources(ctx context.Context) ([]string, error) {
	return listAll(ctx, s, "sources", `SELECT name FROM sources ORDER BY name`, scanText)
}

// RunKinds implements store.Store.
func (s *Store) RunKinds(ctx context.Context) ([]store.RunKind, error) {
	return listAll(ctx, s, "kinds of runs", `SELECT DISTINCT kind FROM runs ORDER BY kind`, func(row *sql.Rows) (k store.RunKind, err error) {
		err = row.Scan(&k)
		return k, err
	})
}

// FlightTeams implements store.Store.
func (s *Store) FlightTeams(ctx context.Context) ([]string, error) {
	return listAll(ctx, s, "teams with flights", `SELECT DISTINCT team FROM flights ORDER BY team`, scanText)
}

// SnapshotTeams implements store.Store.
func (s *Store) SnapshotTeams(ctx context.Context) ([]string, error) {
	return listAll(ctx, s, "teams with snapshots", `SELECT DISTINCT team FROM snapshots ORDER BY team`, scanText)
}

// Votes implements store.Store.
func (s *Store) Votes(ctx context.Context) ([]store.Vote, error) {
	const query = `SELECT finding, person, rule, useful, at FROM votes ORDER BY finding, person`
	return listAll(ctx, s, "votes", query, func(row *sql.Rows) (v store.Vote, err error) {
		err = row.Scan(&v.Finding, &v.Person, &v.Rule, &v.Useful, timeIn(&v.At))
		return v, err
	})
}

// Tokens implements store.Store.
func (s *Store) Tokens(ctx context.Context) ([]store.Token, error) {
	const query = `SELECT hash, person, expires FROM sign_in_tokens ORDER BY hash`
	return listAll(ctx, s, "sign-in tokens", query, func(row *sql.Rows) (t store.Token, err error) {
		err = row.Scan(&t.Hash, &t.Person, timeIn(&t.Expires))
		return t, err
	})
}

// AllSpent implements store.Store.
func (s *Store) AllSpent(ctx context.Context) ([]store.SpentID, error) {
	return listAll(ctx, s, "ids that are used up", `SELECT id, until FROM spent ORDER BY id`, func(row *sql.Rows) (one store.SpentID, err error) {
		err = row.Scan(&one.ID, timeIn(&one.Until))
		return one, err
	})
}

// Epochs implements store.Store.
func (s *Store) Epochs(ctx context.Context) ([]store.PersonEpoch, error) {
	return listAll(ctx, s, "epochs", `SELECT person, epoch FROM epochs ORDER BY person`, func(row *sql.Rows) (e store.PersonEpoch, err error) {
		err = row.Scan(&e.Person, &e.Epoch)
		return e, err
	})
}

// Secrets implements store.Store.
func (s *Store) Secrets(ctx context.Context) ([]store.Secret, error) {
	return listAll(ctx, s, "secrets", `SELECT name, secret FROM secrets ORDER BY name`, func(row *sql.Rows) (one store.Secret, err error) {
		err = row.Scan(&one.Name, &one.Text)
		return one, err
	})
}

func listAll[T any](ctx context.Context, s *Store, what, query string, read func(*sql.Rows) (T, error)) ([]T, error) {
	all, err := list(ctx, s.readers, query, nil, read)
	if err != nil {
		return nil, fmt.Errorf("list the %s: %w", what, err)
	}
	return all, nil
}
