package connectors_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// scripted yields its pages and then its error.
type scripted struct {
	pages []connectors.Page
	err   error
	asked connectors.Cursor
	ended bool // the loop stopped asking before the script was through
}

func (s *scripted) Name() string { return "jira test" }

func (s *scripted) Changed(_ context.Context, from connectors.Cursor) iter.Seq2[connectors.Page, error] {
	s.asked = from
	return func(yield func(connectors.Page, error) bool) {
		for _, p := range s.pages {
			if !yield(p, nil) {
				s.ended = true
				return
			}
		}
		if s.err != nil {
			yield(connectors.Page{}, s.err)
		}
	}
}

// pageStore remembers what was stored, page by page.
type pageStore struct {
	at      string
	readErr error
	saveErr error // from the second page on
	cursors []string
	keys    []string
	sprints int
}

func (s *pageStore) Cursor(context.Context, string) (string, error) { return s.at, s.readErr }

func (s *pageStore) SavePage(_ context.Context, _ string, ts []ticket.Ticket, sps []ticket.Sprint, cursor string) (int, error) {
	if s.saveErr != nil && len(s.cursors) > 0 {
		return 0, s.saveErr
	}
	for _, t := range ts {
		s.keys = append(s.keys, t.Key)
	}
	s.sprints += len(sps)
	s.cursors = append(s.cursors, cursor)
	return len(ts), nil
}

func twoPages() []connectors.Page {
	return []connectors.Page{
		{Cursor: "a", Expected: 3, Gaps: []string{"PAY-1 is cut"}, Sprints: []ticket.Sprint{{ID: "7"}},
			Tickets: []ticket.Ticket{{Key: "PAY-1", History: make([]ticket.Change, 2)}, {Key: "PAY-2"}}},
		{Cursor: "b", Tickets: []ticket.Ticket{{Key: "PAY-3", History: make([]ticket.Change, 1)}}},
	}
}

func TestSyncStoresEachPageWithItsCursor(t *testing.T) {
	src, store := &scripted{pages: twoPages()}, &pageStore{at: "before"}
	var told []connectors.Progress
	p, err := connectors.Sync(t.Context(), src, store, func(p connectors.Progress) { told = append(told, p) })
	if err != nil {
		t.Fatal(err)
	}
	if src.asked != "before" {
		t.Errorf("the pass began at %q, want the stored cursor", src.asked)
	}
	if got := strings.Join(store.cursors, " "); got != "a b" {
		t.Errorf("cursors stored: %q, want %q", got, "a b")
	}
	if got := strings.Join(store.keys, " "); got != "PAY-1 PAY-2 PAY-3" {
		t.Errorf("tickets stored: %q", got)
	}
	if p.Pages != 2 || p.Tickets != 3 || p.Changes != 3 || p.Changed != 3 || p.Expected != 3 || len(p.Gaps) != 1 || store.sprints != 1 {
		t.Errorf("got %+v", p)
	}
	if len(told) != 2 || told[0].Tickets != 2 || told[1].Tickets != 3 {
		t.Errorf("progress was told as %+v", told)
	}
}

func TestSyncKeepsWhatCameBeforeAnError(t *testing.T) {
	refusal := &connectors.Error{Source: "jira test", Place: "GET /search", Said: "answered 500", Fix: "wait"}
	store := &pageStore{}
	p, err := connectors.Sync(t.Context(), &scripted{pages: twoPages(), err: refusal}, store, nil)
	var told *connectors.Error
	if !errors.As(err, &told) || told != refusal {
		t.Fatalf("err = %v, want the source's own", err)
	}
	if p.Tickets != 3 || len(store.cursors) != 2 || store.cursors[1] != "b" {
		t.Errorf("got %+v and cursors %v, want both pages stored", p, store.cursors)
	}
}

func TestSyncStopsWhereTheStoreDoes(t *testing.T) {
	src, store := &scripted{pages: twoPages()}, &pageStore{saveErr: errors.New("disk full")}
	_, err := connectors.Sync(t.Context(), src, store, nil)
	if err == nil || !strings.Contains(err.Error(), "sync jira test: save page 2: disk full") {
		t.Errorf("err = %v", err)
	}
	if !src.ended || len(store.cursors) != 1 {
		t.Errorf("ended = %v, cursors = %v: want nothing read or stored after the error", src.ended, store.cursors)
	}
}

func TestSyncNeedsToKnowWhereItWas(t *testing.T) {
	store := &pageStore{readErr: errors.New("locked")}
	_, err := connectors.Sync(t.Context(), &scripted{pages: twoPages()}, store, nil)
	if err == nil || !strings.Contains(err.Error(), "read cursor: locked") || len(store.cursors) != 0 {
		t.Errorf("err = %v, cursors = %v", err, store.cursors)
	}
}

func TestSyncSaysThatItWasStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := connectors.Sync(ctx, &scripted{}, &pageStore{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want %v", err, context.Canceled)
	}
}

func TestAnErrorTellsPlaceWordsAndRemedy(t *testing.T) {
	cause := errors.New("cause")
	err := error(&connectors.Error{Source: "jira a", Place: "GET /x", Said: "answered 401", Fix: "check the token", Err: cause})
	if got, want := err.Error(), "jira a: GET /x: answered 401\n\tcheck the token"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost")
	}
	if got := (&connectors.Error{Source: "s", Place: "p", Said: "x"}).Error(); got != "s: p: x" {
		t.Errorf("without a remedy: got %q", got)
	}
}

func TestGapsDoNotPileUp(t *testing.T) {
	page := connectors.Page{Cursor: "c"}
	for i := range 300 {
		page.Gaps = append(page.Gaps, fmt.Sprintf("PAY-%d: odd", i))
	}
	for pages, want := range map[int]string{1: "PAY-299: odd", 2: "and 100 more like these", 4: "and 700 more like these"} {
		src := &scripted{pages: slices.Repeat([]connectors.Page{page}, pages)}
		p, err := connectors.Sync(t.Context(), src, &pageStore{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Gaps[len(p.Gaps)-1]; got != want || len(p.Gaps) > 501 {
			t.Errorf("of %d pages %d gaps were kept, the last %q, want %q", pages, len(p.Gaps), got, want)
		}
	}
}
