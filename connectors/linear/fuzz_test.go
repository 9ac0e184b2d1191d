package linear

import (
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/fairlead-dev/fairlead/connectors"
)

func FuzzIssue(f *testing.F) {
	f.Add(`{"id":"i","identifier":"PAY-1","title":"x","description":"@mina","priority":2,"labelIds":["l-bug"],"createdAt":"2026-09-01T00:00:00Z",
		"history":{"nodes":[{"id":"h","createdAt":"2026-09-01T00:00:00Z","toStateId":"s-done","addedLabelIds":["l-bug"]}]}}`)
	f.Add(`{"creator":null,"comments":{"nodes":[{"user":null}]},"relations":{"nodes":[{}]},"dueDate":"2026-99-99"}`)
	f.Add(`{"priority":1e308,"estimate":-0,"subscribers":{"nodes":[{"id":""}],"pageInfo":{"hasNextPage":true}}}`)
	w := table(f)
	f.Fuzz(func(t *testing.T, text string) {
		var i issue
		if json.Unmarshal([]byte(text), &i) != nil {
			return
		}
		got := w.ticket(blank, &i)
		again := w.ticket(blank, &i)
		if !reflect.DeepEqual(got, again) {
			t.Errorf("read twice, the ticket differs:\n%+v\n%+v", got, again)
		}
		if got.Kind == "" || got.Category == "" || got.Priority == "" {
			t.Errorf("a ticket without kind, category or priority: %+v", got)
		}
	})
}

func FuzzHistory(f *testing.F) {
	f.Add(`{"id":"h","actorId":"u-lee","relationChanges":[{"type":"ab","identifier":"X-1"},null,{"type":"zz","identifier":""}]}`)
	f.Add(`{"fromPriority":null,"toPriority":9,"archived":false,"fromCycleId":"","descriptionUpdatedBy":[{},{}]}`)
	f.Add(`{}`)
	w := table(f)
	f.Fuzz(func(t *testing.T, text string) {
		var e entry
		if json.Unmarshal([]byte(text), &e) != nil {
			return
		}
		changes := w.changes(e, present{})
		if len(changes) == 0 {
			t.Error("an entry was lost")
		}
		for _, c := range changes {
			if c.Field == "" || c.Raw == "" || !strings.HasPrefix(c.ID, e.ID+".") || !c.At.Equal(e.CreatedAt) {
				t.Errorf("change = %+v", c)
			}
		}
	})
}

func FuzzErrors(f *testing.F) {
	f.Add(200, "text/html", "<html>", "application")
	f.Add(400, "application/json", `{"errors":[{"message":"m","extensions":{"code":"RATELIMITED"}}]}`, "")
	f.Add(200, "application/json", `{"errors":[{"message":"`+goodToken+`"}]}`, "")
	f.Add(500, "", "\x00\xff\u202e", "")
	f.Fuzz(func(t *testing.T, status int, contentType, body, remaining string) {
		c := newClient("linear acme", Options{URL: DefaultURL, Token: goodToken, Transport: tripper(func(req *http.Request) (*http.Response, error) {
			h := http.Header{"Content-Type": {contentType}, "X-Ratelimit-Requests-Remaining": {remaining}}
			return &http.Response{StatusCode: 100 + abs(status)%500, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
		})})
		var reply map[string]any
		err := c.ask(t.Context(), docStart, nil, &reply)
		if err == nil {
			return
		}
		text := err.Error()
		if strings.Contains(text, goodToken) || !utf8.ValidString(text) || len([]rune(text)) > 1000 || strings.ContainsAny(text, "\x00\u202e") {
			t.Errorf("the error shows what it must not: %q", text)
		}
	})
}

func FuzzLimited(f *testing.F) {
	f.Add(429, "0", "1790000000000", "", "5", "")
	f.Add(400, "-1", "99999999999999999", "NaN", "-7", `{"errors":[{"extensions":{"code":"RATELIMITED"}}]}`)
	f.Fuzz(func(t *testing.T, status int, remaining, reset, cost, retry, body string) {
		h := http.Header{}
		for _, kind := range limitKinds {
			h.Set("X-RateLimit-"+kind+"-Remaining", remaining)
			h.Set("X-RateLimit-"+kind+"-Reset", reset)
		}
		h.Set("X-Complexity", cost)
		h.Set("Retry-After", retry)
		if wait, _ := Limited(&http.Response{StatusCode: status, Header: h}, []byte(body), time.UnixMilli(1_790_000_000_000)); wait < 0 {
			t.Errorf("a wait of %v", wait)
		}
	})
}

func FuzzMentions(f *testing.F) {
	f.Add("@mina and https://linear.app/acme/profiles/jo.")
	f.Add("@Ann Marie@@ann\xff")
	w := table(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, id := range w.people.mentions(text) {
			if _, known := w.people.byID[id]; !known {
				t.Errorf("mention of nobody: %q", id)
			}
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add(`{"v":3,"teams":["PAY"],"issues":{"PAY":{"done":"2026-09-01T00:00:00Z"}},"projects":{"done":"9998-12-31T23:59:59Z"}}`)
	f.Add(`{"v":3,"issues":{"PAY":{"done":"9999-12-31T23:59:59-10:00","top":"9999-12-31T23:59:59-10:00","down":"0001-01-01T00:00:00+10:00"}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		c, pay := parseCursor(connectors.Cursor(text)), []team{{Key: "PAY"}}
		c.seen(pay)
		c.read(pay, c.Issues["PAY"].through([]time.Time{day0}, true))
		again := parseCursor(c.encode())
		if done := again.Issues["PAY"]; len(again.Issues) != 1 || done.underWay() || done.Done.IsZero() {
			t.Errorf("after a round trip: %+v", again)
		}
		if when := again.Issues["PAY"].since(time.Minute); when["gte"] == "" {
			t.Errorf("looks for %v", when)
		}
	})
}

func abs(n int) int {
	if n < 0 {
		return -(n + 1)
	}
	return n
}
