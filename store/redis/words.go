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

// placedWord is a word, and which of all it was.
type placedWord struct {
	finding.Word
	place int
}

// placedWords reads all words, in the order in which they were kept.
func (s *Store) placedWords(ctx context.Context) ([]placedWord, error) {
	all, err := listed(ctx, s, "words", func(id, body string) (placedWord, error) {
		r, err := readAs[wordRecord](body)
		return placedWord{r.word(id), r.Place}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read what people said: %w", err)
	}
	slices.SortFunc(all, func(a, b placedWord) int { return cmp.Compare(a.place, b.place) })
	return all, nil
}

func wordsOf(all []placedWord) []finding.Word {
	var out []finding.Word
	for i := range all {
		out = append(out, all[i].Word)
	}
	return out
}

// Words implements store.Store.
func (s *Store) Words(ctx context.Context) ([]finding.Word, error) {
	all, err := s.placedWords(ctx)
	slices.SortStableFunc(all, func(a, b placedWord) int { return a.At.Compare(b.At) })
	return wordsOf(all), err
}

// WordsSince implements store.Store.
func (s *Store) WordsSince(ctx context.Context, id string) ([]finding.Word, error) {
	all, err := s.placedWords(ctx)
	if id != "" {
		at := slices.IndexFunc(all, func(w placedWord) bool { return w.ID == id })
		if at < 0 {
			return nil, err
		}
		all = all[at+1:]
	}
	return wordsOf(all), err
}

// WordsAbout implements store.Store.
func (s *Store) WordsAbout(ctx context.Context, id finding.ID) ([]finding.Word, error) {
	all, err := s.Words(ctx)
	var out []finding.Word
	for i := range all {
		switch w := &all[i]; {
		case w.Kind == finding.WaivedFor, w.Kind == finding.RenewedFor, w.Kind == finding.EndedEarly, w.Finding == id:
			out = append(out, *w)
		}
	}
	return out, err
}
