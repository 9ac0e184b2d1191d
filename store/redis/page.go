package redis

import (
	"context"
	"errors"
	"fmt"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Cursor implements store.Store.
func (s *Store) Cursor(ctx context.Context, source string) (string, error) {
	g := s.of(source)
	var cursor *goredis.StringCmd
	err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) { cursor = p.HGet(ctx, g.key("head"), "cursor") })
	if err != nil {
		return "", fmt.Errorf("read cursor of %s: %w", source, err)
	}
	return cursor.Val(), nil
}

// SavePage implements store.Store.
func (s *Store) SavePage(ctx context.Context, source string, tickets []ticket.Ticket, sprints []ticket.Sprint, cursor string) (changed int, err error) {
	changed, err = s.savePage(ctx, source, tickets, sprints, cursor)
	if err != nil {
		return 0, fmt.Errorf("save page of %s: %w", source, err)
	}
	return changed, nil
}

func (s *Store) savePage(ctx context.Context, source string, tickets []ticket.Ticket, sprints []ticket.Sprint, cursor string, when ...condition) (changed int, err error) {
	st := step{when: when, do: []op{{"hset", "head", "cursor", cursor}}}
	for i := range sprints {
		if err := belongs(source, sprints[i].Source, sprints[i].ID); err != nil {
			return 0, fmt.Errorf("sprint %s: %w", sprints[i].ID, err)
		}
		body, err := store.EncodeSprint(nil, &sprints[i])
		if err != nil {
			return 0, err
		}
		st.add("hset", "sprints", sprints[i].ID, string(packed(nil, body)))
	}
	var body []byte
	for _, i := range latest(tickets) {
		t := &tickets[i]
		if err := belongs(source, t.Source, t.ID); err != nil {
			return 0, fmt.Errorf("ticket %s: %w", t.Key, err)
		}
		if body, err = store.EncodeTicket(body[:0], t); err != nil {
			return 0, err
		}
		st.add("put", t.ID, string(tailOf(t.Updated, t.Key, body)))
	}
	st.add("forget", s.mostAltered)
	if err := s.introduce(ctx, source); err != nil {
		return 0, err
	}
	return s.write(ctx, s.of(source), st)
}

// latest are the places of the tickets to store, in order: of several tellings
// of one ticket the latest update, and of those the last.
func latest(tickets []ticket.Ticket) []int {
	place := make(map[string]int, len(tickets))
	for i := range tickets {
		if j, twice := place[tickets[i].ID]; twice && momentOf(tickets[i].Updated) < momentOf(tickets[j].Updated) {
			continue
		}
		place[tickets[i].ID] = i
	}
	out := make([]int, 0, len(place))
	for i := range tickets {
		if place[tickets[i].ID] == i {
			out = append(out, i)
		}
	}
	return out
}

// belongs refuses what could not be found again: without an id, or of another
// source than the page.
func belongs(page, source, id string) error {
	if id == "" {
		return errors.New("it has no id")
	}
	if source != page {
		return fmt.Errorf("it is of %q", source)
	}
	return nil
}

// Remove implements store.Store.
func (s *Store) Remove(ctx context.Context, source string, ids []string) (removed int, err error) {
	if removed, err = s.remove(ctx, source, ids); err != nil {
		return 0, fmt.Errorf("remove tickets of %s: %w", source, err)
	}
	return removed, nil
}

func (s *Store) remove(ctx context.Context, source string, ids []string, when ...condition) (removed int, err error) {
	st := step{when: when}
	for _, id := range ids {
		st.add("drop", id)
	}
	st.add("forget", s.mostAltered)
	if ctx.Err() != nil || len(ids) == 0 {
		return 0, ctx.Err()
	}
	return s.write(ctx, s.of(source), st)
}

// Count implements store.Store.
func (s *Store) Count(ctx context.Context, source string) (int, error) {
	g := s.of(source)
	var count *goredis.StringCmd
	err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) { count = p.HGet(ctx, g.key("head"), "count") })
	if err != nil {
		return 0, fmt.Errorf("count tickets of %s: %w", source, err)
	}
	n, _ := count.Int() // nothing there is none
	return n, nil
}
