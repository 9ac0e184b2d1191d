package redis

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/store"
)

// Claim implements store.Store.
func (s *Store) Claim(ctx context.Context, d store.Delivery, holder string, now, until time.Time) (stored store.Delivery, claimed bool, err error) {
	key := d.DeliveryKey
	err = s.revise(ctx, key, func(is *store.Delivery) (bool, error) {
		begun := is == nil
		if begun {
			is = &store.Delivery{DeliveryKey: key, State: d.State, Due: d.Due, Trouble: d.Trouble}
		}
		claimed = free(is, holder, now) && is.State == store.Pending && !is.NotBefore.After(now)
		if claimed {
			is.Holder, is.Until = holder, until
		}
		stored = *is
		return begun || claimed, nil
	}, &stored)
	if err != nil {
		return store.Delivery{}, false, inDelivery("claim", key, err)
	}
	return stored, claimed, nil
}

// free reports whether the holder may have it: nobody else holds it, or no longer.
func free(d *store.Delivery, holder string, now time.Time) bool {
	return d.Holder == "" || d.Holder == holder || !d.Until.After(now)
}

// Take implements store.Store.
func (s *Store) Take(ctx context.Context, key store.DeliveryKey, holder string, now, until time.Time) (stored store.Delivery, taken bool, err error) {
	err = s.revise(ctx, key, func(is *store.Delivery) (bool, error) {
		if is == nil {
			return false, store.ErrNotFound
		}
		if taken = free(is, holder, now); taken {
			is.Holder, is.Until = holder, until
		}
		stored = *is
		return taken, nil
	}, &stored)
	if err != nil {
		return store.Delivery{}, false, inDelivery("take", key, err)
	}
	return stored, taken, nil
}

// SaveDelivery implements store.Store.
func (s *Store) SaveDelivery(ctx context.Context, holder string, d store.Delivery) error {
	err := s.revise(ctx, d.DeliveryKey, func(is *store.Delivery) (bool, error) {
		if is == nil || holder == "" || is.Holder != holder {
			return false, store.ErrLost
		}
		return true, nil
	}, &d)
	if err != nil {
		return inDelivery("keep", d.DeliveryKey, err)
	}
	return nil
}

func inDelivery(doing string, key store.DeliveryKey, err error) error {
	return fmt.Errorf("%s the delivery of %s, %s, to %s: %w", doing, key.Report, key.Week, key.Channel, err)
}

// revise looks at a delivery, nil for none, and when decide wants it, stores what
// becomes of it, unless somebody came between: then it begins again. Times of
// becomes are as they are stored afterwards.
func (s *Store) revise(ctx context.Context, key store.DeliveryKey, decide func(is *store.Delivery) (bool, error), becomes *store.Delivery) error {
	name := joined(key.Report, key.Week, key.Channel)
	return s.decided(ctx, func() (step, error) {
		was, err := s.field(ctx, "deliveries", name)
		if err != nil {
			return step{}, err
		}
		var is *store.Delivery
		if was != "" {
			r, err := readAs[deliveryRecord](was)
			if err != nil {
				return step{}, err
			}
			d := r.delivery()
			is = &d
		}
		save, err := decide(is)
		if err != nil || !save {
			return step{}, err
		}
		r := deliveryRecordOf(becomes)
		*becomes = r.delivery()
		body, err := written(r)
		return step{
			when: []condition{{"HGET", "deliveries", name, was}},
			do:   []op{{"hset", "deliveries", name, body}, {"zadd", "due", score(becomes.Due), name}},
		}, err
	})
}

// Delivery implements store.Store.
func (s *Store) Delivery(ctx context.Context, key store.DeliveryKey) (store.Delivery, error) {
	body, err := s.field(ctx, "deliveries", joined(key.Report, key.Week, key.Channel))
	if err == nil && body == "" {
		err = store.ErrNotFound
	}
	var r deliveryRecord
	if err == nil {
		r, err = readAs[deliveryRecord](body)
	}
	if err != nil {
		return store.Delivery{}, inDelivery("read", key, err)
	}
	return r.delivery(), nil
}

// Deliveries implements store.Store.
func (s *Store) Deliveries(ctx context.Context, from time.Time) ([]store.Delivery, error) {
	all, err := s.dueFrom(ctx, from)
	if err != nil {
		return nil, fmt.Errorf("read the deliveries: %w", err)
	}
	slices.SortFunc(all, func(a, b store.Delivery) int {
		return cmp.Or(b.Due.Compare(a.Due), cmp.Compare(a.Report, b.Report), cmp.Compare(a.Week, b.Week), cmp.Compare(a.Channel, b.Channel))
	})
	return all, nil
}

func (s *Store) dueFrom(ctx context.Context, from time.Time) (all []store.Delivery, err error) {
	g := s.main()
	var names *goredis.StringSliceCmd
	err = s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) {
		names = p.ZRangeByScore(ctx, g.key("due"), &goredis.ZRangeBy{Min: score(from), Max: "+inf"})
	})
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(names.Val(), mostOps) {
		var bodies *goredis.SliceCmd
		if err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) { bodies = p.HMGet(ctx, g.key("deliveries"), part...) }); err != nil {
			return nil, err
		}
		for _, v := range bodies.Val() {
			body, _ := v.(string)
			r, err := readAs[deliveryRecord](body)
			if err != nil {
				return nil, err
			}
			if d := r.delivery(); !d.Due.Before(from) {
				all = append(all, d)
			}
		}
	}
	return all, nil
}
