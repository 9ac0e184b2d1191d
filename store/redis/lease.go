package redis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

var _ store.Shared = (*Store)(nil)

// Client is a connection of its own to the same Redis, for what is kept there
// beside the store: commands that may be sent twice. Whoever asks closes it.
func (s *Store) Client() goredis.UniversalClient {
	const retries = 3
	return connect(s.address, retries)
}

// Prefix is how the store's keys begin.
func (s *Store) Prefix() string { return s.prefix }

// Hold implements store.Shared.
func (s *Store) Hold(ctx context.Context, l store.Lease, holder string, length time.Duration) (by string, err error) {
	by, err = s.lease(ctx, l, holder, strconv.FormatInt(max(length.Milliseconds(), 1), 10))
	if err != nil {
		return "", fmt.Errorf("take the lease %s: %w", l.Name, err)
	}
	return by, nil
}

// Release implements store.Shared.
func (s *Store) Release(ctx context.Context, l store.Lease, holder string) error {
	if _, err := s.lease(ctx, l, holder, ""); err != nil {
		return fmt.Errorf("give up the lease %s: %w", l.Name, err)
	}
	return nil
}

// lease asks for a lease until no step stands in the way.
func (s *Store) lease(ctx context.Context, l store.Lease, holder, milliseconds string) (by string, err error) {
	if l.Source != "" {
		if err := s.introduce(ctx, l.Source); err != nil {
			return "", err
		}
	}
	g := s.leased(l)
	for {
		answer, err := s.confirmed(ctx, g, leaseScript, []any{s.id, flag(g.known), l.Name, holder, milliseconds})
		if err != nil {
			return "", err
		}
		word, rest, err := s.heard(answer)
		switch {
		case err != nil:
			return "", err
		case word == "done":
			by, _ := rest.(string)
			return by, nil
		}
		if err := s.finish(ctx, g, rest); err != nil {
			return "", err
		}
	}
}

// leased is the group that a lease lies in: that of what it guards.
func (s *Store) leased(l store.Lease) group {
	if l.Source == "" {
		return s.main()
	}
	return s.of(l.Source)
}

// Leases implements store.Shared.
func (s *Store) Leases(ctx context.Context) ([]store.Held, error) {
	sources, err := s.names(ctx)
	var now time.Time
	if err == nil {
		now, err = s.Now(ctx)
	}
	var all []store.Held
	for _, source := range append([]string{""}, sources...) {
		if err != nil {
			return nil, fmt.Errorf("read the leases: %w", err)
		}
		g := s.leased(store.Lease{Source: source})
		var holders, ends *goredis.MapStringStringCmd
		err = s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) {
			holders, ends = p.HGetAll(ctx, g.key("leases")), p.HGetAll(ctx, g.key("leaseEnds"))
		})
		if err != nil {
			continue // nothing was asked where Redis cannot be reached
		}
		for name, holder := range holders.Val() {
			ms, _ := strconv.ParseInt(ends.Val()[name], 10, 64) // none has run out long ago
			if until := time.UnixMilli(ms).UTC(); until.After(now) {
				all = append(all, store.Held{Lease: store.Lease{Source: source, Name: name}, Holder: holder, Until: until})
			}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read the leases: %w", err)
	}
	slices.SortFunc(all, func(a, b store.Held) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Name, b.Name))
	})
	return all, nil
}

// Now implements store.Shared.
func (s *Store) Now(ctx context.Context) (now time.Time, err error) {
	err = s.on(ctx, s.main(), func(ctx context.Context, c *goredis.Client) error {
		now, err = c.Time(ctx).Result()
		return err
	})
	return now.UTC(), err
}

// Under implements store.Shared.
func (s *Store) Under(l store.Lease, holder string) store.Store {
	return &fenced{Store: s, lease: l, when: condition{"HGET", "leases", l.Name, holder}}
}

// fenced is the store as the holder of a lease works on it.
type fenced struct {
	*Store
	lease store.Lease
	when  condition
}

// SavePage implements store.Store.
func (f *fenced) SavePage(ctx context.Context, source string, tickets []ticket.Ticket, sprints []ticket.Sprint, cursor string) (changed int, err error) {
	if source != f.lease.Source {
		return f.Store.SavePage(ctx, source, tickets, sprints, cursor)
	}
	changed, err = f.savePage(ctx, source, tickets, sprints, cursor, f.when)
	if err != nil {
		return 0, fmt.Errorf("save page of %s: %w", source, f.lost(err))
	}
	return changed, nil
}

// Remove implements store.Store.
func (f *fenced) Remove(ctx context.Context, source string, ids []string) (removed int, err error) {
	if source != f.lease.Source {
		return f.Store.Remove(ctx, source, ids)
	}
	removed, err = f.remove(ctx, source, ids, f.when)
	if err != nil {
		return 0, fmt.Errorf("remove tickets of %s: %w", source, f.lost(err))
	}
	return removed, nil
}

// SaveCheck implements store.Store.
func (f *fenced) SaveCheck(ctx context.Context, c store.Check) error {
	if f.lease.Source != "" {
		return f.Store.SaveCheck(ctx, c)
	}
	err := f.decided(ctx, func() (step, error) {
		// A conflict may be another check's or the fence's: the former goes by.
		if by, err := f.field(ctx, "leases", f.lease.Name); err != nil || by != f.when.want {
			return step{}, errors.Join(err, f.lost(errConflict))
		}
		st, err := f.check(ctx, c)
		st.when = append(st.when, f.when)
		return st, err
	})
	if err != nil {
		return fmt.Errorf("save check: %w", err)
	}
	return nil
}

// lost says what it means that the fence does not hold.
func (f *fenced) lost(err error) error {
	if errors.Is(err, errConflict) {
		return store.ErrLost
	}
	return err
}
