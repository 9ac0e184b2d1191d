package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// list reads every row of a query.
func list[T any](ctx context.Context, db *sql.DB, query string, args []any, read func(*sql.Rows) (T, error)) (all []T, err error) {
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
