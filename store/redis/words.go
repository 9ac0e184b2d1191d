package redis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/finding"
)

// AddWord implements store.Store.
func (s *Store) AddWord(ctx context.Context, w finding.Word) error {
	if w.ID == "" {
		return errors.New("keep a word: it has no id")
	}
	if err := s.decided(ctx, func() (step, error) { return s.word(ctx, w) }); err != nil {
		return fmt.Errorf("keep word %s: %w", w.ID, err)
	}
	return nil
}

func (s *Store) word(ctx context.Context, w finding.Word) (step, error) {
	g := s.main()
	var was, last *goredis.StringCmd
	err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) {
		was = p.HGet(ctx, g.key("words"), w.ID)
		last = p.HGet(ctx, g.key("head"), "words")
	})
	if err != nil {
		return step{}, err
	}
	if was.Val() != "" {
		return step{}, sameWord(was.Val(), w)
	}
	place, _ := strconv.Atoi(last.Val()) // nothing there is none
	body, err := written(wordRecordOf(&w, place+1))
	st := step{when: []condition{{"HGET", "words", w.ID, ""}, {"HGET", "head", "words", last.Val()}}}
	st.add("hset", "words", w.ID, body)
	st.add("hincrby", "head", "words", "1")
	st.add("hset", "head", "lastword", w.ID)
	return st, err
}

// LastWord implements store.Store.
func (s *Store) LastWord(ctx context.Context) (string, error) {
	id, err := s.field(ctx, "head", "lastword")
	if err != nil {
		return "", fmt.Errorf("read what was said last: %w", err)
	}
	return id, nil
}

// sameWord refuses a word whose id another has.
func sameWord(stored string, w finding.Word) error {
	kept, err := readAs[wordRecord](stored)
	if err != nil {
		return err
	}
	if kept != *wordRecordOf(&w, kept.Place) {
		return errors.New("another word has this id")
	}
	return nil
}

// Words implements store.Store.
func (s *Store) Words(ctx context.Context) ([]finding.Word, error) {
	type placed struct {
		finding.Word
		place int
	}
	all, err := listed(ctx, s, "words", func(id, body string) (placed, error) {
		r, err := readAs[wordRecord](body)
		return placed{r.word(id), r.Place}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read what people said: %w", err)
	}
	slices.SortFunc(all, func(a, b placed) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.place, b.place)) })
	var out []finding.Word
	for i := range all {
		out = append(out, all[i].Word)
	}
	return out, nil
}
