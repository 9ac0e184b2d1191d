package daemon

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

var (
	foxed     = ticket.Account{ID: "5b10ac8d82e05b22cc7d4ef5", Name: "Dana Føx-Ö", Email: "dana.fox@acme.example"}
	linearFox = ticket.Account{ID: "lin-77-fox", Name: "D. Føx-Ö", Email: "Dana.Fox@acme.example"} // known by the address alone
	roe       = ticket.Account{ID: "acc-mark", Name: "Mark Roe", Email: "mark@acme.example"}
	whoIsDana = org.Person{ID: "dana", Name: foxed.Name, Emails: []string{foxed.Email}, Accounts: map[string][]string{"jira": {foxed.ID}}, Slack: "U0DANA"}
)

// traces are what must be nowhere once she is erased.
var traces = []string{"Dana Føx-Ö", "D. Føx-Ö", "dana.fox@", "5b10ac8d82e05b22cc7d4ef5", "lin-77-fox", "U0DANA", "dana 20"}

func ticketsOfDana() []ticket.Ticket {
	source := "jira acme.atlassian.net"
	return []ticket.Ticket{
		{
			Source: source, ID: "1", Key: "PAY-1", Updated: copied, Creator: foxed, Assignee: foxed, Watchers: []ticket.Account{foxed, roe},
			Title: "Ask dana.fox@acme.example about marks", Comments: []ticket.Comment{{ID: "c", Author: foxed, Created: copied, Mentions: []string{foxed.ID}}},
			History: []ticket.Change{{ID: "h", At: copied, Actor: foxed, Field: "assignee", From: []ticket.Value{{ID: roe.ID}}, To: []ticket.Value{{ID: foxed.ID, Text: foxed.Name}}}},
		},
		{Source: source, ID: "2", Key: "PAY-2", Updated: copied, Creator: roe, Title: "As dana føx-ö said (@5b10ac8d82e05b22cc7d4ef5), not danadana.foxy"},
		{Source: source, ID: "3", Key: "PAY-9", Updated: copied, Creator: linearFox},
		{Source: source, ID: "4", Key: "PAY-9", Updated: copied.Add(time.Hour), Creator: roe}, // took the key over
	}
}

func fillWithDana(t *testing.T, s store.Store) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, one := range ticketsOfDana() {
		_, err := s.SavePage(ctx, one.Source, []ticket.Ticket{one}, []ticket.Sprint{{Source: one.Source, ID: "23", Goal: "Follow Dana Føx-Ö"}}, "here")
		must(err)
	}
	f := finding.Finding{
		Seen:  finding.Seen{ID: "f", Rule: "r", Reason: "assigned by Dana Føx-Ö", Actor: "dana", Mirror: "you", Evidence: []finding.Evidence{{Fact: "by", Value: foxed.Name}}},
		State: finding.Open, LastSeen: copied, Spans: []finding.Span{{From: copied}},
	}
	must(s.SaveCheck(ctx, store.Check{Findings: []finding.Finding{f}}))
	must(s.AddWord(ctx, finding.Word{ID: "w", Kind: finding.AnsweredSo, By: "dana", At: copied, Reason: "Agreed with mark@acme.example", Finding: "f"}))
	yes := true
	must(s.Vote(ctx, "f", "r", "dana", &yes, copied))
	_, err := s.AddRevision(ctx, store.Revision{Kind: store.OfRule, Name: "r", Text: "ask: dana.fox@acme.example", By: "dana", At: copied}, 0)
	must(err)
	for _, key := range []store.DeliveryKey{
		{Report: "reminder for dana 2026-11-09", Week: "2026-W46", Channel: "slack:@U0DANA"}, {Report: "payments em", Week: "2026-W46", Channel: "email:dana.fox@acme.example"},
		{Report: "payments team", Week: "2026-W46", Channel: "slack:#payments"},
	} {
		_, _, err := s.Claim(ctx, store.Delivery{DeliveryKey: key, State: store.Pending, Due: copied}, "", copied, copied)
		must(err)
	}
	must(s.AddToken(ctx, "hash", "dana", copied))
	_, err = s.NextEpoch(ctx, "dana")
	must(err)
	must(s.AddAPIToken(ctx, store.APIToken{ID: "t", Hash: "h", Person: "dana", Name: "of Dana Føx-Ö", Made: copied, Expires: copied}))
	must(s.SaveRun(ctx, store.Run{ID: "run", Kind: store.RunSync, Started: copied, Ended: copied, Gaps: []string{"no address of " + foxed.ID}}))
	must(s.SaveGathered(ctx, store.Gathered{Name: "work 2025-W01", At: copied, Parts: map[string][]byte{"": []byte(`"Dana Føx-Ö"`)}}))
}

func knowingDana(t *testing.T, written string) *config.Config {
	t.Helper()
	cfg, err := withDana(written)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// withDana is a configuration whose store is written as given and whose org file tells
// of her.
func withDana(written string) (*config.Config, error) {
	at, err := new(config.Config).StoreAt(written)
	if err != nil {
		return nil, err
	}
	all, wrong := org.New([]org.Person{whoIsDana}, nil, nil)
	if len(wrong) > 0 {
		return nil, fmt.Errorf("the test's own people: %v", wrong)
	}
	return &config.Config{Store: at, Directory: all}, nil
}

// whole is every byte of a store.
func whole(t *testing.T, cfg *config.Config) []byte {
	t.Helper()
	if cfg.Store.Redis == nil {
		var all []byte
		for _, end := range []string{"", "-wal"} {
			b, err := os.ReadFile(cfg.Store.File + end)
			if err != nil && end == "" {
				t.Fatal(err)
			}
			all = append(all, b...)
		}
		return all
	}
	c := goredis.NewClient(&goredis.Options{Addr: cfg.Store.Redis.Hosts[0]})
	defer c.Close() //nolint:errcheck // a test's own look
	keys, err := c.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) == 0 {
		t.Fatal(len(keys), err)
	}
	var all []byte
	for _, k := range keys {
		all = append(all, k...)
		for _, ask := range [][]any{{"GET", k}, {"HGETALL", k}, {"SMEMBERS", k}, {"ZRANGE", k, 0, -1}, {"LRANGE", k, 0, -1}} {
			if got, err := c.Do(t.Context(), ask...).Result(); err == nil {
				all = fmt.Append(all, got)
			}
		}
	}
	return all
}

func tracesIn(all []byte) (found []string) {
	for _, one := range traces {
		if bytes.Contains(bytes.ToLower(all), bytes.ToLower([]byte(one))) {
			found = append(found, one)
		}
	}
	return found
}

func TestNothingIsLeftOfAnErasedPerson(t *testing.T) {
	for _, kind := range []string{"sqlite", "redis"} {
		t.Run(kind, func(t *testing.T) {
			at := newPlace(t, kind)
			cfg := knowingDana(t, at)
			fillWithDana(t, openWritten(t, at))
			if found := tracesIn(whole(t, cfg)); kind == "sqlite" && len(found) != len(traces) {
				t.Fatalf("the test's own store holds only %q", found)
			}
			plan, err := Erase(t.Context(), cfg, EraseRequest{ID: "dana", DryRun: true})
			if err != nil {
				t.Fatal(err)
			}
			done, err := Erase(t.Context(), cfg, EraseRequest{ID: "dana"})
			if plan.DryRun, plan.As = false, done.As; err != nil || plan != done {
				t.Errorf("%v: said %+v\n did %+v", err, plan, done)
			}
			want := EraseResult{ID: "dana", As: done.As, Accounts: 2, InOrg: true, Tickets: 3, Sprints: 1, Findings: 1, Words: 1, Revisions: 1, Votes: 1, Runs: 1, Deliveries: 2, Tokens: 3}
			if done != want {
				t.Errorf("got  %+v\nwant %+v", done, want)
			}
			if found := tracesIn(whole(t, cfg)); len(found) > 0 {
				t.Errorf("the store still holds %q", found)
			}
			if again, err := Erase(t.Context(), cfg, EraseRequest{ID: "dana"}); err != nil || !again.Nothing() {
				t.Errorf("again: %+v, %v", again, err)
			}
			othersStay(t, openWritten(t, at), done.As)
			backAgain(t, cfg)
		})
	}
}

func othersStay(t *testing.T, s store.Store, as string) {
	t.Helper()
	one, err := s.Ticket(t.Context(), "jira acme.atlassian.net", ticket.Ref{Key: "PAY-1"})
	if err != nil || one.Creator != (ticket.Account{ID: as, Name: ErasedName}) || one.Watchers[1] != roe || one.History[0].From[0].ID != roe.ID || one.History[0].To[0].ID != as || one.Title != "Ask "+as+" about marks" {
		t.Errorf("%v: %+v", err, one)
	}
	two, err := s.Ticket(t.Context(), "jira acme.atlassian.net", ticket.Ref{Key: "PAY-2"})
	if err != nil || two.Title != "As "+as+" said (@"+as+"), not danadana.foxy" {
		t.Errorf("%v: %q", err, two.Title)
	}
	if holder, err := s.Ticket(t.Context(), "jira acme.atlassian.net", ticket.Ref{Key: "PAY-9"}); err != nil || holder.ID != "4" {
		t.Errorf("the key went to %q, %v", holder.ID, err)
	}
	words, err := s.Words(t.Context())
	if err != nil || words[0].By != as || words[0].Reason != "Agreed with mark@acme.example" {
		t.Errorf("%v: %+v", err, words)
	}
	if cursor, err := s.Cursor(t.Context(), "jira acme.atlassian.net"); err != nil || cursor != "here" {
		t.Errorf("cursor %q, %v", cursor, err)
	}
}

// backAgain stores what the tracker still tells, as a sync does.
func backAgain(t *testing.T, cfg *config.Config) {
	t.Helper()
	s, err := openStore(t.Context(), cfg.Store)
	if err != nil {
		t.Fatal(err)
	}
	f := &Fairlead{store: s, log: zap.NewNop()}
	to, err := f.forgetful(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	told := ticketsOfDana()[:1]
	told[0].Updated, told[0].Status = copied.Add(2*time.Hour), "Done"
	changed, err := to.SavePage(t.Context(), told[0].Source, told, nil, "there")
	if err != nil || changed != 1 {
		t.Errorf("%d stored, %v", changed, err)
	}
	if told[0].Creator != foxed {
		t.Error("the page itself was changed")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if found := tracesIn(whole(t, cfg)); len(found) > 0 {
		t.Errorf("a sync brings back %q", found)
	}
}

// TestAnErasureThatWasStoppedGoesOn stops it after each of its writes.
func TestAnErasureThatWasStoppedGoesOn(t *testing.T) {
	for writes := 0; ; writes++ {
		at := "sqlite:" + filepath.Join(t.TempDir(), "fairlead.db")
		cfg := knowingDana(t, at)
		s := openWritten(t, at)
		fillWithDana(t, s)
		ctx, stop := context.WithCancel(t.Context())
		e := &eraser{store: &stopping{Store: s, left: writes, stop: stop}, res: EraseResult{ID: "dana"}}
		err := e.know(ctx, cfg, EraseRequest{ID: "dana"})
		if err == nil {
			err = e.run(ctx)
		}
		stop()
		if err := s.Close(); err != nil && !strings.Contains(err.Error(), "closed") {
			t.Fatal(err)
		}
		if _, wrong := Erase(t.Context(), cfg, EraseRequest{ID: "dana"}); wrong != nil {
			t.Fatal(wrong)
		}
		if found := tracesIn(whole(t, cfg)); len(found) > 0 {
			t.Errorf("stopped after %d writes: the store still holds %q", writes, found)
		}
		if err == nil {
			if writes < 10 {
				t.Errorf("it made only %d writes", writes)
			}
			return
		}
	}
}

// stopping ends a context once so many writes were made.
type stopping struct {
	store.Store
	left int
	stop func()
}

func (s *stopping) wrote() {
	if s.left--; s.left < 0 {
		s.stop()
	}
}

func (s *stopping) SavePage(ctx context.Context, source string, tickets []ticket.Ticket, sprints []ticket.Sprint, cursor string) (int, error) {
	s.wrote()
	return s.Store.SavePage(ctx, source, tickets, sprints, cursor)
}

func (s *stopping) Amend(ctx context.Context, a store.Amendment) error {
	s.wrote()
	return s.Store.Amend(ctx, a)
}

func (s *stopping) SaveCheck(ctx context.Context, c store.Check) error {
	s.wrote()
	return s.Store.SaveCheck(ctx, c)
}

func (s *stopping) Vote(ctx context.Context, id finding.ID, rule, person string, useful *bool, at time.Time) error {
	s.wrote()
	return s.Store.Vote(ctx, id, rule, person, useful, at)
}
