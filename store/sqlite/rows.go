package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// lister is a database or a transaction in it.
type lister interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// list reads every row of a query.
func list[T any](ctx context.Context, db lister, query string, args []any, read func(*sql.Rows) (T, error)) ([]T, error) {
	return listed(ctx, db, nil, query, args, read)
}

// listed is list for whoever knows about how many there will be: they are put behind
// what all holds.
func listed[T any](ctx context.Context, db lister, all []T, query string, args []any, read func(*sql.Rows) (T, error)) (_ []T, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one, err := read(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
