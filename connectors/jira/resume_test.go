package jira_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/connectortest"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/ticket"
)

// narrow is a simulated Jira Cloud whose pages are small, so that a pass over
// its tickets takes many, and which remembers what it was asked.
type narrow struct {
	URL    string
	World  *simulator.World
	noBulk bool // the site has no bulk fetch of histories

	mu     sync.Mutex
	asked  []string
	before func(n int) // called before the n-th request is answered, from 1 on; may be nil
}

func newNarrow(t *testing.T, tickets int, change ...func(*simulator.Options)) *narrow {
	t.Helper()
	w := simulator.NewWorld(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	for _, handle := range []string{"reader", "lee", "mina"} {
		w.AddPerson(simulator.Person{Handle: handle, Name: handle})
	}
	w.AddSpace(simulator.Space{Key: "PAY", Name: "Payments", Lead: "lee", Statuses: simulator.LinearStatuses()})
	for i := range tickets {
		key := w.As("lee").Create(simulator.Draft{Space: "PAY", Type: simulator.TypeStory, Title: fmt.Sprintf("Story %d", i)})
		w.Advance(7 * time.Minute) // beyond the overlap
		w.As("lee").Move(key, "Todo")
		w.As("lee").Assign(key, "mina")
		w.As("mina").Comment(key, "Ask @lee about the rosebud.")
		w.As("mina").Describe(key, "The whereabouts of the sledge.")
		w.As("mina").Describe(key, "Nothing to see here.")
		w.As("mina").Move(key, []string{"In Progress", "Done"}[i%2])
	}
	o := simulator.Options{PageCap: 4}
	for _, f := range change {
		f(&o)
	}
	site := w.JiraCloud(o)
	n := &narrow{World: w}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		n.note(r, body)
		if n.noBulk && strings.HasSuffix(r.URL.Path, "/bulkfetch") {
			http.NotFound(rw, r)
			return
		}
		site.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	n.URL = server.URL
	return n
}

func (n *narrow) note(r *http.Request, body []byte) {
	n.mu.Lock()
	n.asked = append(n.asked, r.Method+" "+r.URL.RequestURI()+" "+string(body))
	before, count := n.before, len(n.asked)
	n.mu.Unlock()
	if before != nil {
		before(count)
	}
}

// forget begins to remember anew; before is called from now on.
func (n *narrow) forget(before func(int)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked, n.before = nil, before
}

// requests lists what was asked that is a page of tickets or of histories, or
// about one ticket; what every pass begins with is left out.
func (n *narrow) requests() (pages, single []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, line := range n.asked {
		switch {
		case strings.Contains(line, "/bulkfetch") && n.noBulk: // each pass finds out anew
		case strings.Contains(line, "/search/jql?"), strings.Contains(line, "/bulkfetch"):
			pages = append(pages, line)
		case strings.Contains(line, "/issue/"):
			single = append(single, line)
		}
	}
	return pages, single
}

// source holds at most ten tickets at a time, which are two and a half pages.
func (n *narrow) source(t *testing.T, change ...func(*jira.Options)) *jira.Source {
	t.Helper()
	o := options(n.URL, jira.Cloud, append([]func(*jira.Options){func(o *jira.Options) { o.PageSize = 10 }}, change...)...)
	src, err := jira.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// sync makes a pass into the shelf; an error ends the test.
func (n *narrow) sync(t *testing.T, s *shelf) {
	t.Helper()
	if _, err := connectors.Sync(t.Context(), n.source(t), s, nil); err != nil {
		t.Fatal(err)
	}
}

// killedAt makes a pass that ends when the request at is on its way.
func (n *narrow) killedAt(t *testing.T, s *shelf, at int) {
	t.Helper()
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	n.mu.Lock()
	asked := len(n.asked)
	n.before = func(count int) {
		if count-asked == at {
			kill()
		}
	}
	n.mu.Unlock()
	_, _ = connectors.Sync(ctx, n.source(t), s, nil)
	n.mu.Lock()
	n.before = nil
	n.mu.Unlock()
}

// repeats counts what was asked more than once.
func repeats(lines []string) (n int) {
	seen := map[string]bool{}
	for _, line := range lines {
		if seen[line] {
			n++
		}
		seen[line] = true
	}
	return n
}

func sameTickets(t *testing.T, what string, got, want *shelf) {
	t.Helper()
	if len(got.tickets) != len(want.tickets) {
		t.Errorf("%s: %d tickets arrived, want %d", what, len(got.tickets), len(want.tickets))
	}
	for id, tk := range want.tickets {
		if !reflect.DeepEqual(got.tickets[id], tk) {
			t.Errorf("%s: %s differs:\n got %+v\nwant %+v", what, tk.Key, got.tickets[id], tk)
		}
	}
}

func TestAPassThatIsCutOffAnywhereReadsNothingTwiceButWhatWasInFlight(t *testing.T) {
	for _, c := range []struct {
		name     string
		site     func(*simulator.Options)
		noBulk   bool
		inFlight int // pages at the most: one, or the histories of a batch of tickets
		single   int // requests about single tickets, at the most: those of one page of four
	}{
		{"histories of a batch on one page", func(*simulator.Options) {}, false, 1, 4},
		{"histories of a batch on three pages", func(o *simulator.Options) { o.BulkCap = 10 }, false, 3, 4},
		{"histories ticket by ticket", func(*simulator.Options) {}, true, 1, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			site := newNarrow(t, 26, c.site)
			site.noBulk = c.noBulk
			want := newShelf()
			site.sync(t, want)
			all := len(site.asked)
			least, _ := site.requests()
			for at := 1; at <= all; at += connectortest.Every() {
				site.forget(nil)
				got := newShelf()
				site.killedAt(t, got, at)
				site.sync(t, got)
				pages, single := site.requests()
				if n := repeats(pages); n > c.inFlight {
					t.Errorf("cut off at request %d: %d of %d pages were read twice, want %d at the most:\n%s", at, n, len(least), c.inFlight, strings.Join(pages, "\n"))
				}
				if n := repeats(single); n > c.single {
					t.Errorf("cut off at request %d: %d things about single tickets were asked twice, want %d at the most", at, n, c.single)
				}
				sameTickets(t, fmt.Sprintf("cut off at request %d", at), got, want)
			}
		})
	}
}

func TestAPassThatIsCutOffBehindEveryPageEndsAllTheSame(t *testing.T) {
	site := newNarrow(t, 26)
	want := newShelf()
	site.sync(t, want)
	least, _ := site.requests()
	site.forget(nil)
	got, cuts := newShelf(), 0
	for ; got.cursor == "" || strings.Contains(got.cursor, `"window"`) || strings.Contains(got.cursor, `"held"`); cuts++ {
		if cuts > 5*len(least) {
			t.Fatal("the passes get nowhere")
		}
		pages := 0
		for page, err := range site.source(t).Changed(t.Context(), connectors.Cursor(got.cursor)) {
			if err != nil {
				t.Fatal(err)
			}
			_, _ = got.SavePage(t.Context(), "", page.Tickets, page.Sprints, string(page.Cursor))
			if pages++; pages == 2 { // the sprints come first
				break
			}
		}
	}
	pages, _ := site.requests()
	// Going on where the search was at its end, a pass looks whether there is
	// something new, and finds the newest ticket once more.
	pages = slices.DeleteFunc(pages, func(line string) bool { return strings.Contains(line, "+AND+updated") })
	if len(pages) > len(least)+1 || repeats(pages) > 0 {
		t.Errorf("%d pages were read with a cut behind each, %d of them twice, want %d:\n%s", len(pages), repeats(pages), len(least), strings.Join(pages, "\n"))
	}
	if cuts < len(least) {
		t.Errorf("%d passes began, want one for each of %d pages", cuts, len(least))
	}
	sameTickets(t, "cut off again and again", got, want)
}

func values(s *shelf) []ticket.Ticket { return slices.Collect(maps.Values(s.tickets)) }

// holding are the cursors of an undisturbed pass that hold something, each with
// what was stored by then.
func (n *narrow) holding(t *testing.T) []*shelf {
	t.Helper()
	var out []*shelf
	s := newShelf()
	for page, err := range n.source(t).Changed(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		_, _ = s.SavePage(t.Context(), "", page.Tickets, page.Sprints, string(page.Cursor))
		if strings.Contains(s.cursor, `"held"`) {
			then := newShelf()
			_, _ = then.SavePage(t.Context(), "", values(s), nil, s.cursor)
			out = append(out, then)
		}
	}
	return out
}

func TestTicketsThatChangeWhileTheyAreHeldComeOutRight(t *testing.T) {
	for n := range len(newNarrow(t, 26).holding(t)) {
		site := newNarrow(t, 26)
		got := site.holding(t)[n]
		site.World.Advance(48 * time.Hour)
		for i := 2; i <= 26; i += 3 {
			key := fmt.Sprintf("PAY-%d", i)
			site.World.As("mina").Move(key, "In Review")
			site.World.As("lee").Rename(key, "Edited while it was held")
			site.World.As("lee").Comment(key, "One more thing.")
			site.World.Advance(time.Second)
		}
		site.World.As("lee").Delete("PAY-4")
		site.World.As("lee").Create(simulator.Draft{Space: "PAY", Title: "Born while others were held"})
		site.World.Advance(time.Hour)
		site.sync(t, got)
		site.sync(t, got)
		want := newShelf()
		site.sync(t, want)
		for id, tk := range got.tickets {
			if tk.Key == "PAY-4" {
				delete(got.tickets, id) // only a reconciliation sees that
			}
		}
		sameTickets(t, fmt.Sprintf("from cursor %d", n+1), got, want)
	}
}

func TestWhatIsHeldInADamagedCursorIsReadAgain(t *testing.T) {
	site := newNarrow(t, 26)
	want := newShelf()
	site.sync(t, want)
	for name, damage := range map[string]func(string) string{
		"letters changed":       func(c string) string { return strings.Replace(c, `{"gz":"H4sI`, `{"gz":"H4sJ`, 1) },
		"letters lost":          func(c string) string { return strings.Replace(c, `AAAA`, ``, 1) },
		"no packing":            func(c string) string { return strings.Replace(c, `{"gz":"`, `{"gz":"","was":"`, 1) },
		"histories of nothing":  func(c string) string { return strings.Replace(c, `"held":{`, `"held":{"told":1,`, 1) },
		"more told than held":   func(c string) string { return strings.Replace(c, `"told":`, `"told":9`, 1) },
		"less than nothing":     func(c string) string { return strings.Replace(c, `"told":`, `"told":-`, 1) },
		"histories for no page": func(c string) string { return strings.Replace(c, `"told":`, `"of old":`, 1) },
		"nothing in it":         func(c string) string { return holdingOnly(c, `{"pages":[]}`) },
		"larger than any would be": func(c string) string {
			return holdingOnly(c, `{"pages":[{"gz":`+quoted(t, bomb(t))+`}]}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			for n, got := range site.holding(t) {
				damaged := damage(got.cursor)
				if damaged == got.cursor {
					continue
				}
				got.cursor = damaged
				p, err := connectors.Sync(t.Context(), site.source(t), got, nil)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(strings.Join(p.Gaps, ""), "is read again") {
					t.Errorf("cursor %d: nobody was told: %q", n+1, p.Gaps)
				}
				sameTickets(t, fmt.Sprintf("cursor %d", n+1), got, want)
				return
			}
			t.Error("the damage fits no cursor")
		})
	}
}

// holdingOnly is the cursor with something else held, which stands at its end.
func holdingOnly(cursor, held string) string {
	before, _, _ := strings.Cut(cursor, `"held":`)
	return before + `"held":` + held + `}`
}

// bomb is a small text that unpacks to far more than is ever held.
func bomb(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	for range 70 {
		if _, err := w.Write(bytes.Repeat([]byte(" "), 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func quoted(t *testing.T, packed []byte) string {
	t.Helper()
	text, err := json.Marshal(packed)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// unpackedCursor is everything a cursor carries, in plain text.
func unpackedCursor(t *testing.T, cursor string) string {
	t.Helper()
	var c struct {
		Held struct {
			Pages     []struct{ GZ []byte }
			Histories struct{ GZ []byte }
		}
	}
	if err := json.Unmarshal([]byte(cursor), &c); err != nil {
		t.Fatal(err)
	}
	out := cursor
	for _, p := range append(c.Held.Pages, c.Held.Histories) {
		if p.GZ == nil {
			continue
		}
		r, err := gzip.NewReader(bytes.NewReader(p.GZ))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out += string(text)
	}
	return out
}

func TestACursorHoldsNoWordsOfCommentsUnlessTheyMayBeKept(t *testing.T) {
	site := newNarrow(t, 26)
	for _, allowed := range []bool{false, true} {
		want, seen := newShelf(), false
		for page, err := range site.source(t, func(o *jira.Options) { o.CommentText = allowed }).Changed(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			_, _ = want.SavePage(t.Context(), "", page.Tickets, nil, string(page.Cursor))
			text := unpackedCursor(t, string(page.Cursor))
			seen = seen || strings.Contains(text, "Story 3")
			if strings.Contains(text, "rosebud") && !allowed || strings.Contains(text, "sledge") {
				t.Fatalf("the cursor holds the words of a comment or of a description of before: %.2000s", text)
			}
		}
		if !seen {
			t.Error("no cursor held the fourth ticket: the test shows nothing")
		}
		for _, tk := range want.tickets {
			if len(tk.Comments) != 1 || len(tk.Comments[0].Mentions) != 1 || strings.Contains(tk.Comments[0].Text, "rosebud") != allowed {
				t.Errorf("%s has the comments %+v, want one that mentions lee", tk.Key, tk.Comments)
			}
		}
	}
}

func TestWhatNobodyReadsIsNotHeld(t *testing.T) {
	const sprint = `"customfield_7":[{"id":5,"name":"Sprint 5","state":"active","boardId":1,"goal":"x"}]`
	const other = `"customfield_8":"a diary","environment":"a diary","comment":{"total":"many","comments":"a riddle"}`
	one := strings.Replace(found(1, 1), `"fields":{`, `"fields":{`+sprint+`,`+other+`,`, 1)
	s := newStub(t, answers{
		"GET /rest/api/2/field": status(403, `{}`),
		"GET /rest/api/2/search/jql": byToken(map[string]string{
			"": `{"issues":[` + one + `],"nextPageToken":"a"}`, "a": `{"issues":[` + found(2, 2) + `]}`,
		}),
	})
	ps, err := pull(t, options(s.URL, jira.Cloud), "")
	if err != nil {
		t.Fatal(err)
	}
	text := unpackedCursor(t, string(ps[1].Cursor))
	if strings.Contains(text, "diary") || !strings.Contains(text, "Sprint 5") {
		t.Errorf("the cursor holds %s, want the sprint and no diary", text)
	}
	if got := tickets(ps)[0]; len(got.Sprints) != 1 || !strings.Contains(gaps(ps), `the field "comment" could not be read`) {
		t.Errorf("sprints %v, gaps %q, want the sprint, and to be told of the comments", got.Sprints, gaps(ps))
	}
}

func TestDataCenterReadsAgainWhatCloudHeld(t *testing.T) {
	site := newNarrow(t, 8)
	want := newShelf()
	server := httptest.NewServer(site.World.JiraDataCenter(simulator.Options{}))
	t.Cleanup(server.Close)
	src, err := jira.New(options(server.URL, jira.DataCenter))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connectors.Sync(t.Context(), src, want, nil); err != nil {
		t.Fatal(err)
	}
	for n, got := range site.holding(t) {
		got.tickets = map[string]ticket.Ticket{}
		if _, err := connectors.Sync(t.Context(), src, got, nil); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			sameTickets(t, "with nothing stored yet", got, want)
		}
	}
}
