package redis

import (
	"context"

	goredis "github.com/redis/go-redis/v9"
)

// field reads one field of a hash of the main group; empty when there is none.
func (s *Store) field(ctx context.Context, name, field string) (string, error) {
	g := s.main()
	var value *goredis.StringCmd
	err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) { value = p.HGet(ctx, g.key(name), field) })
	if err != nil {
		return "", err
	}
	return value.Val(), nil
}

// listed reads all fields of a hash of the main group, in no order.
func listed[T any](ctx context.Context, s *Store, name string, each func(field, value string) (T, error)) (all []T, err error) {
	g := s.main()
	var fields *goredis.MapStringStringCmd
	if err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) { fields = p.HGetAll(ctx, g.key(name)) }); err != nil {
		return nil, err
	}
	for field, value := range fields.Val() {
		one, err := each(field, value)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}
