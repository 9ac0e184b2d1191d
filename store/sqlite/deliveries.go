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
VALUES (?, ?, ?, ?, ?, '', '', 0, 0, '', '', '', '', '', '', '') ON CONFLICT DO NOTHING`
	claimDelivery = `UPDATE deliveries SET holder = ?, until = ?
WHERE report = ? AND week = ? AND channel = ? AND state = 'pending' AND not_before <= ? AND (holder = '' OR holder = ? OR until <= ?)`
	saveDelivery = `UPDATE deliveries SET state = ?, due = ?, holder = ?, until = ?, sending = ?, attempts = ?, first = ?, not_before = ?,
	delivered = ?, place = ?, ref = ?, digest = ?, trouble = ?
WHERE report = ? AND week = ? AND channel = ? AND holder = ?`
	deliveryOf = `SELECT ` + deliveryColumns + ` FROM deliveries WHERE report = ? AND week = ? AND channel = ?`
)

// Claim implements store.Store.
func (s *Store) Claim(ctx context.Context, d store.Delivery, holder string, now, until time.Time) (stored store.Delivery, claimed bool, err error) {
	key := d.DeliveryKey
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, beginDelivery, key.Report, key.Week, key.Channel, string(d.State), stamp(d.Due)); err != nil {
			return err
		}
		claimed, err = changedRow(tx.ExecContext(ctx, claimDelivery, holder, stamp(until), key.Report, key.Week, key.Channel,
			stamp(now), holder, stamp(now)))
		if err != nil {
			return err
		}
		stored, err = scanDelivery(tx.QueryRowContext(ctx, deliveryOf, key.Report, key.Week, key.Channel))
		return err
	})
	if err != nil {
		return store.Delivery{}, false, fmt.Errorf("claim the delivery of %s, %s, to %s: %w", key.Report, key.Week, key.Channel, err)
	}
	return stored, claimed, nil
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
		return fmt.Errorf("keep the delivery of %s, %s, to %s: %w", key.Report, key.Week, key.Channel, err)
	}
	return nil
}

// Deliveries implements store.Store.
func (s *Store) Deliveries(ctx context.Context, from time.Time) ([]store.Delivery, error) {
	const query = `SELECT ` + deliveryColumns + ` FROM deliveries WHERE due >= ? ORDER BY due DESC, report, channel`
	all, err := list(ctx, s.readers, query, []any{stamp(from)}, func(row *sql.Rows) (store.Delivery, error) { return scanDelivery(row) })
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
