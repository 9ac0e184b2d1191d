package redis

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Ticket implements store.Store.
func (s *Store) Ticket(ctx context.Context, source string, ref ticket.Ref) (ticket.Ticket, error) {
	t, err := s.ticket(ctx, s.of(source), ref)
	if err != nil {
		return ticket.Ticket{}, fmt.Errorf("read ticket %s of %s: %w", cmp.Or(ref.ID, ref.Key), source, err)
	}
	return t, nil
}

func (s *Store) ticket(ctx context.Context, g group, ref ticket.Ref) (ticket.Ticket, error) {
	for {
		id := ref.ID
		if id == "" {
			var err error
			if id, err = s.holder(ctx, g, ref.Key); err != nil {
				return ticket.Ticket{}, err
			}
		}
		var stored, holder *goredis.StringCmd
		err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) {
			stored = p.HGet(ctx, g.key("tickets"), id)
			holder = p.HGet(ctx, g.key("keys"), ref.Key)
		})
		if err != nil {
			return ticket.Ticket{}, err
		}
		if ref.ID == "" && holder.Val() != id {
			continue // the key changed hands just now
		}
		if stored.Val() == "" {
			return ticket.Ticket{}, store.ErrNotFound
		}
		k, err := keptOf(stored.Val())
		if err == nil && !k.there {
			err = store.ErrNotFound
		}
		if err != nil {
			return ticket.Ticket{}, err
		}
		return k.ticket(nil)
	}
}

// holder is the id of the ticket with the key; store.ErrNotFound when there is none.
func (s *Store) holder(ctx context.Context, g group, key string) (string, error) {
	var id *goredis.StringCmd
	err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) { id = p.HGet(ctx, g.key("keys"), key) })
	if err == nil && id.Val() == "" {
		err = store.ErrNotFound
	}
	if err != nil {
		return "", err
	}
	return id.Val(), nil
}

func (k *kept) ticket(scratch []byte) (ticket.Ticket, error) {
	body, err := unpacked(scratch, k.body)
	if err != nil {
		return ticket.Ticket{}, err
	}
	return store.DecodeTicket(body)
}

// Sprints implements store.Store.
func (s *Store) Sprints(ctx context.Context) ([]ticket.Sprint, error) {
	all, err := s.sprints(ctx)
	if err != nil {
		return nil, fmt.Errorf("read sprints: %w", err)
	}
	return all, nil
}

func (s *Store) sprints(ctx context.Context) ([]ticket.Sprint, error) {
	names, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	var all []ticket.Sprint
	for _, name := range names {
		g := s.of(name)
		var bodies *goredis.MapStringStringCmd
		if err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) { bodies = p.HGetAll(ctx, g.key("sprints")) }); err != nil {
			return nil, err
		}
		for _, body := range bodies.Val() {
			raw, err := unpacked(nil, []byte(body))
			if err != nil {
				return nil, err
			}
			one, err := store.DecodeSprint(raw)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b ticket.Sprint) int { return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// TicketsByID implements store.Store.
func (s *Store) TicketsByID(ctx context.Context, source string, ids []string) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		for some := range slices.Chunk(ids, fetchIDs) {
			more, err := s.eachByID(ctx, s.of(source), some, yield)
			if err != nil {
				yield(ticket.Ticket{}, fmt.Errorf("read tickets of %s: %w", source, err))
			}
			if err != nil || !more {
				return
			}
		}
	}
}

func (s *Store) eachByID(ctx context.Context, g group, ids []string, yield func(ticket.Ticket, error) bool) (more bool, err error) {
	var stored *goredis.SliceCmd
	err = s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) { stored = p.HMGet(ctx, g.key("tickets"), ids...) })
	if err != nil {
		return true, err
	}
	for i, v := range stored.Val() {
		body, there := v.(string)
		if !there {
			continue
		}
		k, err := keptOf(body)
		if err != nil {
			return true, fmt.Errorf("ticket with id %s: %w", ids[i], err)
		}
		if !k.there {
			continue
		}
		t, err := k.ticket(nil)
		if err != nil {
			return true, fmt.Errorf("ticket with id %s: %w", ids[i], err)
		}
		if !yield(t, nil) {
			return false, nil
		}
	}
	return true, nil
}
