package jira_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/connectors/jira/replay"
	"github.com/fairlead-dev/fairlead/ticket"
)

// shelf is as little of a store as a sync needs. It keeps what it is given and
// counts what was given twice.
type shelf struct {
	tickets map[string]ticket.Ticket
	sprints map[string]ticket.Sprint
	cursor  string
	cursors []string
	repeats int // tickets given again though nothing about them was new
	fail    error
}

func newShelf() *shelf {
	return &shelf{tickets: map[string]ticket.Ticket{}, sprints: map[string]ticket.Sprint{}}
}

func (s *shelf) Cursor(context.Context, string) (string, error) { return s.cursor, nil }

func (s *shelf) SavePage(_ context.Context, _ string, ts []ticket.Ticket, sps []ticket.Sprint, cursor string) (int, error) {
	if s.fail != nil {
		return 0, s.fail
	}
	changed := 0
	for _, t := range ts {
		old, known := s.tickets[t.ID]
		if known && reflect.DeepEqual(old, t) {
			s.repeats++
			continue
		}
		s.tickets[t.ID] = t
		changed++
	}
	for _, sp := range sps {
		s.sprints[sp.ID] = sp
	}
	s.cursor = cursor
	s.cursors = append(s.cursors, cursor)
	return changed, nil
}

// clock stands still and makes nobody wait; it remembers how long it was asked to.
type clock struct {
	at    time.Time
	slept []time.Duration
}

func (c *clock) Now() time.Time { return c.at }

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.slept = append(c.slept, d)
	c.at = c.at.Add(d)
	return ctx.Err()
}

func source(t *testing.T, site *replay.Site, change ...func(*jira.Options)) *jira.Source {
	t.Helper()
	o := jira.Options{
		Name: "jira replay", URL: site.URL, Deployment: jira.DataCenter, Token: replay.Token,
		Projects: site.Projects, Clock: &clock{at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
	}
	if site.Cloud {
		o.Deployment, o.User = jira.Cloud, replay.User
	}
	for _, f := range change {
		f(&o)
	}
	src, err := jira.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// truth is what a capture's file holds, counted without the connector.
type truth struct {
	changes map[string]int      // history items by issue id
	ids     map[string][]string // history ids by issue id
	items   int
}

func count(t *testing.T, file string) truth {
	t.Helper()
	out := truth{changes: map[string]int{}, ids: map[string][]string{}}
	for _, line := range replay.Lines(t, file) {
		var raw struct {
			ID        string
			Changelog struct {
				Histories []struct {
					ID    string
					Items []json.RawMessage
				}
			}
		}
		if err := json.Unmarshal(line, &raw); err != nil {
			t.Fatal(err)
		}
		if _, again := out.changes[raw.ID]; again {
			continue // the same issue a second time
		}
		out.changes[raw.ID] = 0
		for _, h := range raw.Changelog.Histories {
			out.changes[raw.ID] += len(h.Items)
			out.ids[raw.ID] = append(out.ids[raw.ID], h.ID)
			out.items += len(h.Items)
		}
	}
	return out
}

func searches(site *replay.Site) int {
	n := 0
	for _, r := range site.Requests() {
		if strings.HasPrefix(r.Path, "/rest/api/2/search") {
			n++
		}
	}
	return n
}

func TestEveryCapturedIssueArrivesOnceWithItsWholeHistory(t *testing.T) {
	for _, c := range replay.Captures() {
		t.Run(c.File, func(t *testing.T) {
			want := count(t, c.File)
			site := replay.New(t, c)
			store := newShelf()
			src := source(t, site)

			p, err := connectors.Sync(t.Context(), src, store, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(store.tickets) != c.Issues || len(want.changes) != c.Issues {
				t.Errorf("%d issues arrived, the file holds %d, want %d", len(store.tickets), len(want.changes), c.Issues)
			}
			if p.Tickets != c.Issues || store.repeats != 0 {
				t.Errorf("%d tickets were yielded, %d of them again, want each of %d once", p.Tickets, store.repeats, c.Issues)
			}
			if p.Changes != want.items+kinds(store.tickets) || want.items != c.Items {
				t.Errorf("%d changes arrived beside %d of the kind, the file holds %d, want %d", p.Changes, kinds(store.tickets), want.items, c.Items)
			}
			for id, n := range want.changes {
				checkHistory(t, store.tickets[id], n, want.ids[id])
			}
			t.Logf("%d issues, %d changes, %d pages, %d requests, %d sprints, %d gaps",
				len(store.tickets), p.Changes, p.Pages, len(site.Requests()), len(store.sprints), len(p.Gaps))

			checkSecondSync(t, src, site, store)
		})
	}
}

// kinds counts the changes that the connector added to tell of a ticket's kind.
func kinds(ts map[string]ticket.Ticket) int {
	n := 0
	for _, t := range ts {
		for _, c := range t.History {
			if c.Field == ticket.FieldKind {
				n++
			}
		}
	}
	return n
}

func checkHistory(t *testing.T, tk ticket.Ticket, items int, ids []string) {
	t.Helper()
	told := 0
	seen := map[string]bool{}
	for _, c := range tk.History {
		if c.Field == ticket.FieldKind {
			continue
		}
		told++
		id, _, _ := strings.Cut(c.ID, ".")
		seen[id] = true
	}
	if told != items {
		t.Errorf("%s: %d changes, want %d", tk.Key, told, items)
	}
	for _, id := range ids {
		if !seen[id] {
			t.Errorf("%s: history %s is missing", tk.Key, id)
		}
	}
	if !slices.IsSortedFunc(tk.History, func(a, b ticket.Change) int { return a.At.Compare(b.At) }) {
		t.Errorf("%s: its history is not in order", tk.Key)
	}
}

func checkSecondSync(t *testing.T, src *jira.Source, site *replay.Site, store *shelf) {
	t.Helper()
	site.Forget()
	before := len(store.tickets)
	p, err := connectors.Sync(t.Context(), src, store, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.Changed != 0 || len(store.tickets) != before {
		t.Errorf("the second sync changed %d tickets, want none", p.Changed)
	}
	if n := searches(site); n < 1 || n > 2 {
		t.Errorf("the second sync asked for %d pages, want one or two", n)
	}
	for _, r := range site.Requests() {
		if strings.HasPrefix(r.Path, "/rest/api/2/search") && !strings.Contains(query(t, r.Path).Get("jql"), " AND updated >= ") {
			t.Errorf("the second sync read everything again: %s", r.Path)
		}
	}
	if recent := within(store, jira.DefaultOverlap+time.Minute); p.Tickets > recent {
		t.Errorf("the second sync read %d tickets, want at most the %d updated last", p.Tickets, recent)
	}
}

// within counts the tickets updated so shortly before the newest one.
func within(store *shelf, span time.Duration) int {
	var newest time.Time
	for _, tk := range store.tickets {
		if tk.Updated.After(newest) {
			newest = tk.Updated
		}
	}
	n := 0
	for _, tk := range store.tickets {
		if newest.Sub(tk.Updated) <= span {
			n++
		}
	}
	return n
}

func TestOffsetsThatSlideWhileReadingLoseNothing(t *testing.T) {
	site := replay.New(t, replay.Titanium)
	site.PageCap = 50
	store := newShelf()
	keys := site.Keys()
	n := 0
	_, err := connectors.Sync(t.Context(), source(t, site), store, func(connectors.Progress) {
		if n++; n%4 == 0 && n < 60 { // somebody edits a ticket that was read long ago
			site.Touch(keys[n], time.Date(2022, 1, 1, 0, n, 0, 0, time.UTC))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(store.tickets) != site.Issues {
		t.Errorf("%d issues arrived, want %d", len(store.tickets), site.Issues)
	}
}

func TestTheDeltaIsWhatWasEdited(t *testing.T) {
	for _, c := range []replay.Capture{replay.Titanium, replay.CloudSite} {
		t.Run(c.File, func(t *testing.T) {
			site := replay.New(t, c)
			store := newShelf()
			src := source(t, site)
			if _, err := connectors.Sync(t.Context(), src, store, nil); err != nil {
				t.Fatal(err)
			}
			key := site.Keys()[0]
			site.Touch(key, time.Date(2024, 6, 1, 12, 0, 30, 0, time.UTC))
			p, err := connectors.Sync(t.Context(), src, store, nil)
			if err != nil {
				t.Fatal(err)
			}
			if p.Changed != 1 {
				t.Errorf("%d tickets changed, want the one that was edited", p.Changed)
			}
		})
	}
}

func TestASyncCutOffAnywhereGoesOnWhereItWas(t *testing.T) {
	for _, c := range []replay.Capture{replay.Titanium, replay.CloudSite} {
		t.Run(c.File, func(t *testing.T) {
			site := replay.New(t, c)
			store := newShelf()
			small := func(o *jira.Options) { o.PageSize = cmp.Or(c.Issues/20, 1) }
			for round := 0; ; round++ {
				if round > 100 {
					t.Fatal("the sync does not come to an end")
				}
				ctx, stop := context.WithCancel(t.Context())
				pages := 0
				_, err := connectors.Sync(ctx, source(t, site, small), store, func(connectors.Progress) {
					if pages++; pages == 3 {
						stop()
					}
				})
				stop()
				if err == nil {
					break
				}
			}
			if len(store.tickets) != c.Issues {
				t.Errorf("%d issues arrived, want %d", len(store.tickets), c.Issues)
			}
		})
	}
}

// TestEveryCapturedEntryOfAHistoryIsKept hands the captured pages of single
// histories to the connector as the history of one ticket.
func TestEveryCapturedEntryOfAHistoryIsKept(t *testing.T) {
	lines := replay.Lines(t, "jira/cloud-changelog-pages.jsonl")
	items := 0
	for _, line := range lines {
		var h struct{ Items []json.RawMessage }
		if err := json.Unmarshal(line, &h); err != nil {
			t.Fatal(err)
		}
		items += len(h.Items)
	}
	s := newStub(t, answers{
		"GET /rest/api/2/search/jql":           oneIssue(dated),
		"POST /rest/api/3/changelog/bulkfetch": `{"issueChangeLogs":[{"issueId":"100","changeHistories":[` + string(bytes.Join(lines, []byte(","))) + `]}]}`,
	})
	ps, err := pull(t, options(s.URL, jira.Cloud), "")
	if err != nil {
		t.Fatal(err)
	}
	got := tickets(ps)[0]
	if len(got.History) != items || len(lines) != 279 {
		t.Errorf("%d changes from %d entries, want %d from 279", len(got.History), len(lines), items)
	}
	fields := map[ticket.Field]int{}
	for _, c := range got.History {
		fields[c.Field]++
	}
	for f, want := range map[ticket.Field]int{ticket.FieldSprint: 12, ticket.FieldStatus: 10, ticket.FieldLink: 5, ticket.FieldDescription: 2, ticket.FieldPriority: 1} {
		if fields[f] != want {
			t.Errorf("%d changes of %s, want %d", fields[f], f, want)
		}
	}
	if gaps(ps) != "" {
		t.Errorf("gaps: %s", gaps(ps))
	}
}
