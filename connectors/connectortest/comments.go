package connectortest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/ticket"
)

// note is what the suite writes: everything that any tracker takes for markup, a
// mention, a macro or a link.
func note(b *bench) connectors.Note {
	lee, _ := b.world.Person("lee")
	return connectors.Note{ID: "83b1c2d3e4f50617-1", Text: strings.Join([]string{
		"A note about \"Bulk export\".",
		"@lee @here @channel and @Lee Park, [~accountid:" + lee.AccountID() + "] [~lee], " + `\[~lee] \\[~accountid:` + lee.AccountID() + "]",
		"https://linear.app/acme/profiles/lee and http://evil.example, www.evil.example, evil.example/x, mailto:lee@acme.example",
		"{code}rm -rf{code} {{x}} {html}<b>{html} !picture.png! !http://evil.example/p.png!",
		"[a link](https://evil.example) ![picture](https://evil.example/p.png) [a|http://evil.example] <https://evil.example>",
		"<script>alert(1)</script> <img src=x onerror=alert(1)> &lt;b&gt; &#64;lee",
		"h1. Loud", "# Loud", "bq. said", "> said", "* a", "- b", "+ c", "1. one", "|| a || b ||", "| a | b |", "----", "***", "===", "```", "    indented",
		"*bold* _italic_ -gone- +added+ ^up^ ~down~ ??cited?? **bold** ~~gone~~ `code` $x$ :smile:",
		"turned \u202eedoc\u202c around \u2066x\u2069 \x1b[31mred\x00",
	}, "\n")}
}

// commenter opens the source as one that writes comments.
func (b *bench) commenter(t *testing.T) connectors.Commenter {
	t.Helper()
	at := b.site()
	at.WriteComments = true
	c, ok := b.tracker.Open(t, at).(connectors.Commenter)
	if !ok {
		t.Skip("this source writes no comments")
	}
	return c
}

// ref is how the rest of fairlead knows the ticket.
func (b *bench) ref(t *testing.T, title string) ticket.Ref {
	t.Helper()
	return ticket.Ref{ID: b.idOf(t, title), Key: key(b, title)}
}

// left are the comments on the ticket that the suite's note is in.
func (b *bench) left(title string) []*simulator.Comment {
	i, _ := b.world.Issue(key(b, title))
	var out []*simulator.Comment
	for _, c := range i.Comments {
		if strings.Contains(c.Body, "Left by fairlead") {
			out = append(out, c)
		}
	}
	return out
}

func noteStandsOnce(t *testing.T, b *bench) {
	on := b.ref(t, "Chatty")
	for _, o := range []simulator.Options{{}, {NoCommentProperties: true}} {
		b.serve(o)
		var first string
		for range 3 {
			url, err := b.commenter(t).Comment(t.Context(), on, note(b))
			if err != nil {
				t.Fatalf("Comment: %v", err)
			}
			if first == "" {
				first = url
			}
			if url != first || !strings.HasPrefix(url, "http") {
				t.Errorf("the comment is at %q, want %q every time", url, first)
			}
			b.world.Advance(time.Minute)
			b.world.As("mina").Comment(key(b, "Chatty"), "And more.")
		}
		if got := b.left("Chatty"); len(got) != 1 {
			t.Fatalf("the note stands there %d times, want once", len(got))
		}
	}
	other := note(b)
	other.ID = "another"
	if _, err := b.commenter(t).Comment(t.Context(), on, other); err != nil {
		t.Fatalf("Comment: %v", err)
	}
	if got := b.left("Chatty"); len(got) != 2 {
		t.Errorf("two notes stand there %d times", len(got))
	}
}

// droppedAnswers breaks each request of a comment in each way, after the tracker
// has done what was asked of it and before, and asks again as often as it takes.
func droppedAnswers(t *testing.T, b *bench) {
	on, other := b.ref(t, "Plain 1"), b.ref(t, "Plain 0")
	b.log.Forget()
	if _, err := b.commenter(t).Comment(t.Context(), other, note(b)); err != nil {
		t.Fatalf("Comment: %v", err)
	}
	requests := b.log.Total()
	b.clear("Plain 0")
	for name, do := range map[string]func(http.Handler) http.Handler{
		"dropped after it was done":  simulator.LoseAnswer,
		"dropped before it was done": simulator.Reset,
		"a 500 after it was done":    doneThen(http.StatusInternalServerError),
		"a 500":                      simulator.Status(http.StatusInternalServerError),
		"half an answer":             simulator.HalfBody,
		"an answer that breaks off":  simulator.CutBody(20),
		"a page for people":          simulator.HTML200,
	} {
		for n := 0; n < requests; n += Every() {
			for _, times := range []int{1, 2, 8} {
				b.clear("Plain 1")
				b.serve(simulator.Options{}, simulator.Fault{After: n, Times: times, Do: do})
				askUntilThere(t, b, on, name)
				if got := b.left("Plain 1"); len(got) != 1 {
					t.Errorf("%s, request %d, %d times: the note stands there %d times, want once", name, n+1, times, len(got))
				}
			}
		}
	}
}

// askUntilThere asks for the comment again after each error, as whoever has it in
// an outbox does.
func askUntilThere(t *testing.T, b *bench, on ticket.Ref, what string) {
	t.Helper()
	for range 10 {
		_, err := b.commenter(t).Comment(t.Context(), on, note(b))
		if err == nil {
			return
		}
		explained(t, what, err)
		b.world.Advance(time.Minute)
	}
	t.Errorf("%s: there was never an answer", what)
}

// clear takes the suite's notes away, with what a tracker remembers of them.
func (b *bench) clear(title string) {
	for _, c := range b.left(title) {
		b.world.As("lee").Uncomment(c)
	}
}

// doneThen does what was asked and answers with a status all the same.
func doneThen(code int) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(discard{http.Header{}}, r)
			w.WriteHeader(code)
		})
	}
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

func inertComments(t *testing.T, b *bench) {
	if _, err := b.commenter(t).Comment(t.Context(), b.ref(t, "Plain 1"), note(b)); err != nil {
		t.Fatalf("Comment: %v", err)
	}
	for _, c := range b.left("Plain 1") {
		for _, p := range c.Mentioned {
			t.Errorf("%s was mentioned", p.Handle)
		}
		if found := b.tracker.Markup(c.Body); len(found) > 0 {
			t.Errorf("the comment holds markup: %q\n%s", found, c.Body)
		}
		if strings.ContainsAny(c.Body, "\u202e\u202c\u2066\u2069\x1b\x00") {
			t.Errorf("the comment holds what turns or controls text: %q", c.Body)
		}
		if !strings.Contains(c.Body, "Bulk export") || !strings.Contains(c.Body, "script") {
			t.Errorf("words were lost: %q", c.Body)
		}
	}
}

func refusedComments(t *testing.T, b *bench) {
	on := b.ref(t, "Plain 1")
	b.serve(simulator.Options{Denied: []string{"ADD_COMMENTS", "write"}})
	_, err := b.commenter(t).Comment(t.Context(), on, note(b))
	explained(t, "an account that may not comment", err)
	if !errors.Is(err, connectors.ErrMayNotComment) {
		t.Errorf("err = %v, want connectors.ErrMayNotComment", err)
	}
	if missing := b.missing(t); len(missing) != 1 || !strings.Contains(missing[0], "comment") {
		t.Errorf("missing = %q, want one line about comments", missing)
	}
	b.serve(simulator.Options{})
	if missing := b.missing(t); len(missing) != 0 {
		t.Errorf("missing = %q, want nothing", missing)
	}
	b.world.As("sam").Delete(key(b, "Plain 1"))
	_, err = b.commenter(t).Comment(t.Context(), on, note(b))
	explained(t, "a ticket that is gone", err)
	if !errors.Is(err, connectors.ErrNoTicket) {
		t.Errorf("err = %v, want connectors.ErrNoTicket", err)
	}
	b.serve(simulator.Options{}, simulator.Fault{Do: simulator.Status(http.StatusForbidden)})
	_, err = b.commenter(t).Comment(t.Context(), b.byKey("Plain 2"), note(b))
	explained(t, "403", err)
	for _, title := range []string{"Plain 0", "Plain 2"} {
		if got := b.left(title); len(got) > 0 {
			t.Errorf("%s has the note", title)
		}
	}
}

// byKey is ref by the key alone, for sites that answer nothing.
func (b *bench) byKey(title string) ticket.Ref { return ticket.Ref{Key: key(b, title)} }

// missing is what the source that writes comments says it may not do.
func (b *bench) missing(t *testing.T) []string {
	t.Helper()
	asked, ok := b.commenter(t).(connectors.Inspector)
	if !ok {
		t.Skip("this source cannot be inspected")
	}
	seen, err := asked.Inspect(t.Context())
	if err != nil {
		t.Fatalf("Inspect: %v", err)
	}
	return seen.Missing
}

func unaskedComments(t *testing.T, b *bench) {
	on := b.ref(t, "Plain 1")
	c, ok := b.open(t).(connectors.Commenter)
	if !ok {
		t.Skip("this source writes no comments")
	}
	b.log.Forget()
	if _, err := c.Comment(t.Context(), on, note(b)); err == nil {
		t.Error("a comment was written that the operator does not allow")
	}
	if b.log.Total() > 0 || len(b.left("Plain 1")) > 0 {
		t.Errorf("%d requests were sent for it", b.log.Total())
	}
}

func limitedComments(t *testing.T, b *bench) {
	on := b.ref(t, "Plain 1")
	b.serve(simulator.Options{Limit: simulator.Limit{Requests: 1, Per: 10 * time.Minute}})
	if _, err := b.commenter(t).Comment(t.Context(), on, note(b)); err != nil {
		t.Fatalf("Comment: %v", err)
	}
	if got := b.left("Plain 1"); len(got) != 1 {
		t.Errorf("the note stands there %d times, want once", len(got))
	}
}

func endedComments(t *testing.T, b *bench) {
	on := b.ref(t, "Plain 1")
	c := b.commenter(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Comment(ctx, on, note(b)); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
}

// ownCommentsAreAutomation reads a ticket before and after fairlead commented on
// it: nothing that a person could have done may be new.
func ownCommentsAreAutomation(t *testing.T, b *bench) {
	c := b.commenter(t)
	before := b.whole(t, "Plain 1")
	if _, err := c.Comment(t.Context(), b.ref(t, "Plain 1"), note(b)); err != nil {
		t.Fatalf("Comment: %v", err)
	}
	writer, err := c.Writer(t.Context())
	if err != nil || writer.ID == "" {
		t.Fatalf("Writer = %+v, %v", writer, err)
	}
	b.world.Advance(time.Minute)
	after := b.whole(t, "Plain 1")
	if len(after.Comments) != len(before.Comments)+1 {
		t.Fatalf("%d comments after, %d before, want one more", len(after.Comments), len(before.Comments))
	}
	people := func(tk ticket.Ticket) (n int) {
		for part := range tk.Parts() {
			if !part.Account.Bot {
				n++
			}
		}
		return n
	}
	if got, want := people(after), people(before); got != want {
		t.Errorf("people took part %d times after the comment, %d times before", got, want)
	}
	if last := after.Comments[len(after.Comments)-1].Author; last.ID != writer.ID || !last.Bot {
		t.Errorf("written by %+v, want %s as automation", last, writer.ID)
	}
}

// whole is the ticket as a source that writes comments reads it.
func (b *bench) whole(t *testing.T, title string) ticket.Ticket {
	t.Helper()
	src, ok := b.commenter(t).(connectors.Source)
	if !ok {
		t.Skip("this source reads nothing")
	}
	s := newShelf()
	if _, err := connectors.Sync(t.Context(), src, s, nil); err != nil {
		t.Fatalf("Sync: %v", err)
	}
	return s.issues()[key(b, title)]
}
