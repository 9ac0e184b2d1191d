package redis

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
	"github.com/fairlead-dev/fairlead/ticket"
)

const source = "jira acme.atlassian.net"

var monday = time.Date(2026, 11, 9, 8, 0, 0, 0, time.UTC)

func openedAt(tb testing.TB, server *redistest.Server) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), Options{Address: Address{Hosts: []string{server.Addr}}})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

func pageOf(n int, updated time.Time) []ticket.Ticket {
	all := make([]ticket.Ticket, n)
	for i := range all {
		all[i] = ticket.Ticket{Source: source, ID: fmt.Sprintf("%06d", i), Key: fmt.Sprint("PAY-", i), Updated: updated}
	}
	return all
}

// putsOf are the operations that store a page.
func putsOf(t *testing.T, all []ticket.Ticket) (out []string) {
	t.Helper()
	for i := range all {
		body, err := store.EncodeTicket(nil, &all[i])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, pack([]string{"put", all[i].ID, string(tailOf(all[i].Updated, all[i].Key, body))}))
	}
	return append(out, pack([]string{"hset", "head", "cursor", "large"}))
}

func updates(t *testing.T, s *Store) map[time.Time]int {
	t.Helper()
	out := map[time.Time]int{}
	for one, err := range s.Tickets(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out[one.Updated]++
	}
	return out
}

func TestALargePageThatWasLaidReadyAndNotDecidedIsNotThere(t *testing.T) {
	s := openedAt(t, redistest.Start(t))
	save(t, s, pageOf(3000, monday))
	if err := s.stage(t.Context(), s.of(source), rand.Text(), putsOf(t, pageOf(3000, monday.Add(time.Hour)))); err != nil {
		t.Fatal(err)
	}
	if got := updates(t, s); got[monday] != 3000 || len(got) != 1 {
		t.Errorf("tickets by update: %v", got)
	}
}

// Whoever decided a large page may die before it is carried out: whoever looks
// next does that first.
func TestALargePageThatWasDecidedIsThereWhole(t *testing.T) {
	ways := map[string]func(*testing.T, *Store) bool{
		"reading all": func(t *testing.T, s *Store) bool {
			got := updates(t, s)
			return got[monday.Add(time.Hour)] == 3000 && len(got) == 1
		},
		"reading one": func(t *testing.T, s *Store) bool {
			one, err := s.Ticket(t.Context(), source, ticket.Ref{Key: "PAY-2999"})
			return err == nil && one.Updated.Equal(monday.Add(time.Hour))
		},
		"counting": func(t *testing.T, s *Store) bool {
			n, err := s.Count(t.Context(), source)
			return err == nil && n == 3000
		},
		"the cursor": func(t *testing.T, s *Store) bool {
			c, err := s.Cursor(t.Context(), source)
			return err == nil && c == "large"
		},
		"writing": func(t *testing.T, s *Store) bool {
			return save(t, s, pageOf(1, monday)) == 0 // older news than the page
		},
		"comparing": func(t *testing.T, s *Store) bool {
			stale, gone, err := s.Compare(t.Context(), source, func(func([]ticket.Present, error) bool) {})
			return err == nil && len(stale) == 0 && len(gone) == 3000
		},
	}
	for what, look := range ways {
		t.Run(what, func(t *testing.T) {
			server := redistest.Start(t)
			s := openedAt(t, server)
			save(t, s, pageOf(100, monday))
			g, nonce, ops := s.of(source), rand.Text(), putsOf(t, pageOf(3000, monday.Add(time.Hour)))
			if err := s.stage(t.Context(), g, nonce, ops); err != nil {
				t.Fatal(err)
			}
			answer, err := s.script(t.Context(), g, writeScript, s.id, "1", nonce, fmt.Sprint(len(ops)), 0)
			if word, _, _ := s.heard(answer); err != nil || word != "pending" {
				t.Fatalf("decided: %v, %v", answer, err)
			}
			if _, err := s.script(t.Context(), g, finishScript, s.id, nonce, 700, mostBytes); err != nil { // and then it died
				t.Fatal(err)
			}
			if !look(t, openedAt(t, server)) {
				t.Error("it saw something else than the whole page")
			}
		})
	}
}

func save(tb testing.TB, s *Store, all []ticket.Ticket) int {
	tb.Helper()
	changed, err := s.SavePage(tb.Context(), source, all, nil, "saved")
	if err != nil {
		tb.Fatal(err)
	}
	return changed
}

func TestALargePageSaysHowManyChanged(t *testing.T) {
	s := openedAt(t, redistest.Start(t))
	for want, all := range [][]ticket.Ticket{0: nil, 2: pageOf(2, monday), 1998: pageOf(2000, monday)} {
		if all != nil {
			if changed := save(t, s, all); changed != want {
				t.Errorf("changed = %d, want %d", changed, want)
			}
		}
	}
	ids := make([]string, 1500)
	for i, one := range pageOf(1500, monday) {
		ids[i] = one.ID
	}
	if removed, err := s.Remove(t.Context(), source, ids); err != nil || removed != 1500 {
		t.Errorf("removed = %d, %v, want 1500", removed, err)
	}
}

func TestALargeCheckIsStoredWhole(t *testing.T) {
	s := openedAt(t, redistest.Start(t))
	var c store.Check
	for n := range 2000 {
		id := finding.ID(fmt.Sprintf("%05d", n))
		c.Findings = append(c.Findings, finding.Finding{Seen: finding.Seen{ID: id}, State: finding.Open, Spans: []finding.Span{{From: monday}}})
		c.Transitions = append(c.Transitions, finding.Transition{Finding: id, Move: finding.Opened, At: monday})
	}
	for range 2 {
		if err := s.SaveCheck(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Findings(t.Context())
	if err != nil || len(all) != 2000 {
		t.Errorf("%d findings, %v", len(all), err)
	}
	if moves, err := s.Transitions(t.Context(), "01999"); err != nil || len(moves) != 1 {
		t.Errorf("moves = %v, %v, want one", moves, err)
	}
}

func TestWhatIsKeptForReadersGoesWithTheLast(t *testing.T) {
	server := redistest.Start(t)
	s := openedAt(t, server)
	save(t, s, pageOf(600, monday))
	for _, err := range s.Tickets(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		save(t, s, pageOf(600, monday.Add(time.Hour)))
		if _, err := s.Remove(t.Context(), source, []string{"000003", "000599"}); err != nil {
			t.Fatal(err)
		}
		if got := server.Do("EXISTS", s.of(source).key("old")); got != "1" {
			t.Error("nothing is kept for who reads")
		}
		break
	}
	for _, name := range []string{"old", "gone", "readers"} {
		if got := server.Do("EXISTS", s.of(source).key(name)); got != "0" {
			t.Errorf("%s is still there once nobody reads", name)
		}
	}
	if got := server.Do("HLEN", s.of(source).key("tickets")); got != "598" {
		t.Errorf("%s tickets lie there, want 598", got)
	}
}

func TestAReaderThatWasGivenUpIsToldSo(t *testing.T) {
	server := redistest.Start(t)
	s := openedAt(t, server)
	save(t, s, pageOf(3000, monday))
	var last error
	read := 0
	for _, err := range s.Tickets(t.Context()) {
		if last = err; err == nil {
			if read++; read == 1 {
				server.Do("DEL", s.of(source).key("readers")) // as when its time runs out
			}
		}
	}
	if !errors.Is(last, errMissed) {
		t.Errorf("after %d tickets: %v, want it to say that the moment is no longer kept", read, last)
	}
}

func TestOneMomentOfSeveralSources(t *testing.T) {
	s := openedAt(t, redistest.Start(t))
	other := pageOf(1, monday)
	other[0].Source = "linear acme"
	if _, err := s.SavePage(t.Context(), other[0].Source, other, nil, ""); err != nil {
		t.Fatal(err)
	}
	save(t, s, pageOf(1, monday))
	all, err := s.readersOf(t.Context(), []string{source, "linear acme"})
	if err != nil {
		t.Fatal(err)
	}
	defer endAll(t.Context(), all)
	if together, err := s.stood(t.Context(), all); err != nil || !together {
		t.Errorf("nothing moved: %v, %v", together, err)
	}
	save(t, s, pageOf(1, monday.Add(time.Hour)))
	if together, err := s.stood(t.Context(), all); err != nil || together {
		t.Errorf("one moved: %v, %v", together, err)
	}
}

func TestOnlyWhatMayBeLostExpires(t *testing.T) {
	server := redistest.Start(t)
	s := openedAt(t, server)
	save(t, s, pageOf(3000, monday))
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr})
	defer func() { _ = client.Close() }()
	for _, key := range client.Keys(t.Context(), "*").Val() {
		passing := slices.ContainsFunc([]string{":stage:", ":done:", ":told:"}, func(p string) bool { return strings.Contains(key, p) })
		if ttl := client.PTTL(t.Context(), key).Val(); (ttl > 0) != passing {
			t.Errorf("%s lasts %s", key, ttl)
		}
	}
}
