package redis

import (
	"context"
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/store"
)

// SaveGathered implements store.Store.
func (s *Store) SaveGathered(ctx context.Context, g store.Gathered) error {
	name := "gathered:" + g.Name
	st := step{do: []op{{"del", name}}}
	var err error
	for part, body := range g.Parts {
		var stored string
		if stored, err = written(&gatheredRecord{At: momentOf(g.At), Body: packed(nil, body)}); err != nil {
			break
		}
		st.add("hset", name, part, stored)
	}
	if err == nil {
		_, err = s.write(ctx, s.main(), st)
	}
	if err != nil {
		return fmt.Errorf("keep what was gathered of %s: %w", g.Name, err)
	}
	return nil
}

// Gathered implements store.Store.
func (s *Store) Gathered(ctx context.Context, name, part string) (at time.Time, body []byte, err error) {
	stored, err := s.field(ctx, "gathered:"+name, part)
	if err == nil && stored == "" {
		err = store.ErrNotFound
	}
	var r gatheredRecord
	if err == nil {
		r, err = readAs[gatheredRecord](stored)
	}
	if err == nil {
		body, err = unpacked(nil, r.Body)
	}
	if err != nil {
		return time.Time{}, nil, fmt.Errorf("read what was gathered of %s: %w", name, err)
	}
	return r.At.time(), body, nil
}
