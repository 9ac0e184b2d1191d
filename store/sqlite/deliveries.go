package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/store"
)

const (
	deliveryColumns = `report, week, channel, state, due, holder, until, sending, attempts, first, not_before, delivered, place, ref, digest, trouble`
	beginDelivery   = `INSERT INTO deliveries (` + deliveryColumns + `)
VALUES (?, ?, ?, ?, ?, '', '', 0, 0, '', '', '', '', '', '', ?) ON CONFLICT DO NOTHING`
	// Stamps are of one width, so that they compare as text; an empty one is before all others.
	takeDelivery = `UPDATE deliveries SET holder = ?, until = ?
WHERE report = ? AND week = ? AND channel = ? AND (holder = '' OR holder = ? OR until <= ?)`
	claimDelivery = takeDelivery + ` AND state = 'pending' AND not_before <= ?`
	saveDelivery  = `UPDATE deliveries SET state = ?, due = ?, holder = ?, until = ?, sending = ?, attempts = ?, first = ?, not_before = ?,
	delivered = ?, place = ?, ref = ?, digest = ?, trouble = ?
WHERE report = ? AND week = ? AND channel = ? AND holder = ? AND holder <> ''`
	deliveryOf = `SELECT ` + deliveryColumns + ` FROM deliveries WHERE report = ? AND week = ? AND channel = ?`
)

// Claim implements store.Store.
func (s *Store) Claim(ctx context.Context, d store.Delivery, holder string, now, until time.Time) (stored store.Delivery, claimed bool, err error) {
	key := d.DeliveryKey
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, beginDelivery, key.Report, key.Week, key.Channel, string(d.State), stamp(d.Due), d.Trouble)
		if err != nil {
			return err
		}
		stored, claimed, err = takeRow(ctx, tx, key, claimDelivery, holder, stamp(until), key.Report, key.Week, key.Channel,
			holder, stamp(now), stamp(now))
		return err
	})
	if err != nil {
		return store.Delivery{}, false, inDelivery("claim", key, err)
	}
	return stored, claimed, nil
}

// Take implements store.Store.
func (s *Store) Take(ctx context.Context, key store.DeliveryKey, holder string, now, until time.Time) (stored store.Delivery, taken bool, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		stored, taken, err = takeRow(ctx, tx, key, takeDelivery, holder, stamp(until), key.Report, key.Week, key.Channel, holder, stamp(now))
		return err
	})
	if err != nil {
		return store.Delivery{}, false, inDelivery("take", key, err)
	}
	return stored, taken, nil
}

// takeRow runs the update and reads the row as it then stands.
func takeRow(ctx context.Context, tx *sql.Tx, key store.DeliveryKey, update string, args ...any) (stored store.Delivery, taken bool, err error) {
	if taken, err = changedRow(tx.ExecContext(ctx, update, args...)); err != nil {
		return stored, false, err
	}
	stored, err = scanDelivery(tx.QueryRowContext(ctx, deliveryOf, key.Report, key.Week, key.Channel))
	return stored, taken, err
}

func inDelivery(doing string, key store.DeliveryKey, err error) error {
	return fmt.Errorf("%s the delivery of %s, %s, to %s: %w", doing, key.Report, key.Week, key.Channel, err)
}

// SaveDelivery implements store.Store.
func (s *Store) SaveDelivery(ctx context.Context, holder string, d store.Delivery) error {
	key := d.DeliveryKey
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		saved, err := changedRow(tx.ExecContext(ctx, saveDelivery, string(d.State), stamp(d.Due), d.Holder, stamp(d.Until), d.Sending, d.Attempts,
			stamp(d.First), stamp(d.NotBefore), stamp(d.Delivered), d.Place, d.Ref, d.Digest, d.Trouble,
			key.Report, key.Week, key.Channel, holder))
		switch {
		case err != nil:
			return err
		case !saved:
			return store.ErrLost
		}
		return nil
	})
	if err != nil {
		return inDelivery("keep", key, err)
	}
	return nil
}

// Delivery implements store.Store.
func (s *Store) Delivery(ctx context.Context, key store.DeliveryKey) (store.Delivery, error) {
	d, err := scanDelivery(s.readers.QueryRowContext(ctx, deliveryOf, key.Report, key.Week, key.Channel))
	if err != nil {
		return store.Delivery{}, inDelivery("read", key, err)
	}
	return d, nil
}

// Deliveries implements store.Store.
func (s *Store) Deliveries(ctx context.Context, from time.Time) ([]store.Delivery, error) {
	const query = `SELECT ` + deliveryColumns + ` FROM deliveries WHERE due >= ? ORDER BY due DESC, report, week, channel`
	var n int // so that the list need not grow: it may be long
	err := s.readers.QueryRowContext(ctx, `SELECT count(*) FROM deliveries WHERE due >= ?`, stamp(from)).Scan(&n)
	if err == nil && n == 0 {
		return nil, nil
	}
	all := make([]store.Delivery, 0, n)
	if err == nil {
		all, err = listed(ctx, s.readers, all, query, []any{stamp(from)}, func(row *sql.Rows) (store.Delivery, error) { return scanDelivery(row) })
	}
	if err != nil {
		return nil, fmt.Errorf("read the deliveries: %w", err)
	}
	return all, nil
}

func scanDelivery(row interface{ Scan(...any) error }) (store.Delivery, error) {
	var d store.Delivery
	err := row.Scan(&d.Report, &d.Week, &d.Channel, &d.State, timeIn(&d.Due), &d.Holder, timeIn(&d.Until), &d.Sending, &d.Attempts,
		timeIn(&d.First), timeIn(&d.NotBefore), timeIn(&d.Delivered), &d.Place, &d.Ref, &d.Digest, &d.Trouble)
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	return d, err
}
