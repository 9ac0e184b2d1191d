package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
	"github.com/fairlead-dev/fairlead/simulator"
)

var update = flag.Bool("update", false, "write the golden files anew")

const token = "xoxb-1234-SECRET-token"

// workspace is a simulated Slack that can be told what to do wrong.
type workspace struct {
	*simulator.Slack
	url  string
	log  simulator.Log
	mu   sync.Mutex
	next http.Handler
}

func newWorkspace(t *testing.T, scopes ...string) *workspace {
	t.Helper()
	w := &workspace{Slack: simulator.NewSlack(simulator.SlackOptions{Token: token, Scopes: scopes})}
	w.AddChannel("payments")
	w.AddPerson("Dana", "dana@acme.example")
	w.next = w.Slack
	s := httptest.NewServer(w.log.Watch(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		next := w.next
		w.mu.Unlock()
		next.ServeHTTP(rw, r)
	})))
	t.Cleanup(s.Close)
	w.url = s.URL
	return w
}

// spoil makes requests go wrong from now on.
func (w *workspace) spoil(faults ...simulator.Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = simulator.Faulty(w.Slack, faults...)
}

// channel posts to a channel of the workspace, with a picture.
func (w *workspace) channel(t *testing.T, name string) *Channel {
	t.Helper()
	c, err := New(Options{Token: token, Channel: name, URL: w.url + "/api/"})
	if err != nil {
		t.Fatal(err)
	}
	c.pictures = somePicture
	return c
}

func somePicture(r reports.Report) ([]reports.Picture, error) {
	i := image.NewGray(image.Rect(0, 0, 120, 40))
	for n := range i.Pix {
		i.Pix[n] = 255
	}
	for x := range 120 {
		i.Pix[len(r.Headline)%40*i.Stride+x] = 0
	}
	var b bytes.Buffer
	err := png.Encode(&b, i)
	return []reports.Picture{{ID: "trend", Alt: "Open exceptions over twelve weeks", PNG: b.Bytes()}}, err
}

// delivered are the messages by the place that receipts name, each with its thread.
func (w *workspace) delivered(t *testing.T, label string) map[string]string {
	t.Helper()
	out, top := map[string]string{}, map[string]string{}
	for _, m := range w.Messages(label) {
		text := words(t, m)
		if len(m.Pings) > 0 {
			t.Errorf("a message calls %v", m.Pings)
		}
		if m.Thread == "" {
			top[m.TS] = label + ", message " + m.TS
			out[top[m.TS]] = text
			continue
		}
		out[top[m.Thread]] += text
	}
	return out
}

// words are what a message shows, its fallback included.
func words(t *testing.T, m simulator.SlackMessage) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(m.Text + "\n")
	for _, f := range m.Files {
		fmt.Fprintf(&b, "picture %s of %d bytes\n", f.Title, len(f.Content))
	}
	var blocks any
	if len(m.Blocks) > 0 {
		if err := json.Unmarshal(m.Blocks, &blocks); err != nil {
			t.Fatal(err)
		}
	}
	gather(&b, blocks)
	return b.String()
}

func gather(b *strings.Builder, v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			gather(b, e)
		}
	case map[string]any:
		if s, is := v["text"].(string); is {
			b.WriteString(s)
		}
		gather(b, v["text"])
		gather(b, v["elements"])
		if v["type"] == "rich_text_section" || v["type"] == "header" {
			b.WriteString("\n")
		}
	}
}

func TestChannelKeepsThePromises(t *testing.T) {
	for _, label := range []string{"#payments", "dana@acme.example"} {
		t.Run(label, func(t *testing.T) {
			reporttest.Run(t, func(t *testing.T) reporttest.Harness { return harness(t, label) })
		})
	}
}

func harness(t *testing.T, label string) reporttest.Harness {
	w := newWorkspace(t, simulator.SlackScopes()...)
	answers := func(word string) func(*testing.T) {
		return func(*testing.T) {
			w.spoil(simulator.Fault{Do: simulator.Reply(200, `{"ok":false,"error":"`+word+`"}`)})
		}
	}
	return reporttest.Harness{
		Channel:   w.channel(t, label),
		Delivered: func(t *testing.T) map[string]string { return w.delivered(t, label) },
		Sent:      func(t *testing.T) map[string][]byte { return sent(t, w.Messages(label)) },
		Lose: func(*testing.T) {
			w.spoil(simulator.Fault{Match: simulator.PathHas("chat.postMessage"), Times: 1, Do: simulator.LoseAnswer})
		},
		Secrets: []string{token, "SECRET"},
		Troubles: map[string]func(*testing.T){
			"a channel that does not exist":    answers("channel_not_found"),
			"a revoked token":                  func(*testing.T) { w.Revoke("token_revoked") },
			"an answer that repeats the token": answers("no " + token),
			"an archived channel":              func(*testing.T) { w.Archive(label); w.spoil(archived(label)...) },
			"a page instead of an answer":      func(*testing.T) { w.spoil(simulator.Fault{Do: simulator.HTML200}) },
			"a proxy that refuses":             func(*testing.T) { w.spoil(simulator.Fault{Do: simulator.Status(403)}) },
			"a redirect that would take the token": func(*testing.T) {
				w.spoil(simulator.Fault{Do: simulator.Status(307, "Location", "http://127.0.0.1:1/")})
			},
			"too many requests":                       func(*testing.T) { w.spoil(simulator.Fault{Do: simulator.Status(429, "Retry-After", "30")}) },
			"half an answer":                          func(*testing.T) { w.spoil(simulator.Fault{Do: simulator.HalfBody}) },
			"a server error":                          func(*testing.T) { w.spoil(simulator.Fault{Do: simulator.Status(503)}) },
			"a connection that breaks":                func(*testing.T) { w.spoil(simulator.Fault{Do: simulator.Reset}) },
			"a word that nobody knows, in a terminal": answers(`\u001b[31m<!channel>`),
		},
	}
}

// archived is for direct messages, which do not exist before they are opened.
func archived(label string) []simulator.Fault {
	if !isAddress(label) {
		return nil
	}
	return []simulator.Fault{{Match: simulator.PathHas("chat."), Do: simulator.Reply(200, `{"ok":false,"error":"is_archived"}`)}}
}

// sent are the messages as they came, in the form of a preview.
func sent(t *testing.T, all []simulator.SlackMessage) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	var thread [][]byte
	for i, m := range all {
		if len(m.Files) > 0 {
			out[m.Files[0].Name] = m.Files[0].Content
			continue
		}
		form := struct {
			Text     string          `json:"text"`
			Blocks   json.RawMessage `json:"blocks"`
			Metadata json.RawMessage `json:"metadata,omitempty"`
		}{m.Text, m.Blocks, m.Metadata}
		data, err := json.MarshalIndent(form, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if data = append(data, '\n'); i == 0 {
			out["message.json"] = data
		} else {
			thread = append(thread, data)
		}
	}
	if len(thread) > 0 {
		out["thread.json"] = list(thread)
	}
	return out
}

func TestWebhookKeepsThePromises(t *testing.T) {
	reporttest.Run(t, func(t *testing.T) reporttest.Harness {
		w := newWorkspace(t, simulator.SlackScopes()...)
		hook := w.Hook("payments")
		c, err := New(Options{WebhookURL: w.url + hook, Channel: "#payments"})
		if err != nil {
			t.Fatal(err)
		}
		n := &noted{Channel: c, w: w, places: map[string]string{}}
		return reporttest.Harness{
			Channel: n, Final: true, Unasked: true,
			Delivered: func(t *testing.T) map[string]string {
				out := map[string]string{}
				for at, text := range w.delivered(t, "#payments") {
					out[n.places[at]] = text
				}
				return out
			},
			Sent: func(t *testing.T) map[string][]byte { return sent(t, w.Messages("payments")) },
			Lose: func(*testing.T) {
				w.spoil(simulator.Fault{Times: 1, Do: simulator.LoseAnswer})
			},
			Secrets: []string{hook, strings.TrimPrefix(hook, "/services/")},
			Troubles: map[string]func(*testing.T){
				"the webhook is gone":        func(*testing.T) { w.Unhook("payments") },
				"the channel is archived":    func(*testing.T) { w.Archive("payments") },
				"too many requests":          func(*testing.T) { w.spoil(simulator.Fault{Do: simulator.Status(429, "Retry-After", "30")}) },
				"a server error":             func(*testing.T) { w.spoil(simulator.Fault{Do: simulator.Status(500)}) },
				"a server that is not there": func(*testing.T) { c.webhook = func() string { return "http://127.0.0.1:1" + hook } },
			},
		}
	})
}

// noted is a channel that notes which message a delivery became: a webhook does
// not learn that.
type noted struct {
	*Channel
	w      *workspace
	mu     sync.Mutex
	places map[string]string // by the place of the message
}

func (n *noted) Deliver(ctx context.Context, d reports.Delivery, record func(reports.Receipt) error) (reports.Receipt, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	before := len(n.w.Messages("payments"))
	receipt, err := n.Channel.Deliver(ctx, d, record)
	for _, m := range n.w.Messages("payments")[before:] {
		n.places["#payments, message "+m.TS] = receipt.Place
	}
	return receipt, err
}

func build(in reports.Inputs) reports.Report { return reports.Build(in) }

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run the test with -update to write it)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (run the test with -update and look at the diff); got:\n%.3000s", path, got)
	}
}

// rich is a report with every section there is.
func rich() reports.Report {
	r := build(reporttest.ForTheEM())
	ticket := func(key, title string) reports.Subject {
		return reports.Subject{Kind: finding.AboutTicket, Key: key, Title: title, URL: "https://acme.atlassian.net/browse/" + key}
	}
	purpose := ticket("PAY-88", "Support spends 6 hours a week on manual refunds")
	five := 5
	r.Link = "https://fairlead.acme.example/teams/payments/reports/2026-W46"
	r.Agenda = []reports.Topic{{Text: "PAY-166 moved for the third time: what does it need?", Subjects: []reports.Subject{ticket("PAY-166", "Invoices in two languages")}}}
	r.Mirror = []reports.MirrorItem{{Subject: ticket("PAY-224", "Chargeback letters"), Text: "You assigned PAY-224 past the team's EM on Wednesday."}}
	r.Teams = &reports.Teams{Weeks: r.StillOpen.Weeks, Hidden: "Two teams of fewer than five people are told together.",
		Rows: []reports.TeamRow{{Team: reports.TeamName{ID: "payments", Name: "Payments"}, Open: 5, LastWeek: &five, Trend: r.StillOpen.Lines[0].Trend}}}
	r.Shipped = reports.Shipped{More: 3, Items: []reports.ShippedItem{{
		Subject: ticket("PAY-180", "Partial refunds"), Builders: []string{"Jo", "Mina"}, Why: "support spends 6 hours a week on manual refunds", Purpose: &purpose,
	}}}
	r.Slips = []reports.Slip{{Subject: ticket("PAY-166", "Invoices in two languages"), Text: "Moved for the third time, and nobody has written why."}}
	r.Numbers = []reports.Number{{Measure: "cycle-time-median", Text: "Half of 14 tickets took less than 6 days, 2 days fewer than last week."}}
	r.Experiments = []reports.Trial{{Name: "Co-written sprint goals", Text: "since 12 October. Exceptions per sprint 4 → 1; two sprints more before we can say.", Began: "2026-10-12", Verdict: "moved as expected"}}
	r.Retro = &reports.Retro{Question: "What could we have done better in how PAY-231 came into the sprint?", Starters: []string{"What helped most this week?"}, Standing: "What could we have done better?"}
	r.Ending = []reports.Ending{{Text: "PAY-150 may go without a problem until 20 November: it is tried out. Then it opens again.", Covers: 1}}
	return r
}

// drawn is a picture in a page, whose bytes are the matter of whoever draws it.
var drawn = regexp.MustCompile(`data:image/png;base64,[A-Za-z0-9+/=&#;]+`)

func TestMessagesLookAsTheyShould(t *testing.T) {
	c := newWorkspace(t).channel(t, "#payments")
	for _, one := range []struct {
		name string
		r    reports.Report
	}{
		{"normal-week", build(reporttest.NormalWeek())}, {"quiet-week", build(reporttest.QuietWeek())}, {"for-the-em", build(reporttest.ForTheEM())},
		{"hostile", build(reporttest.Hostile())}, {"every-section", rich()},
	} {
		p, err := c.Preview(reporttest.Parcel(one.r))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range p.Parts {
			if part.Type != "image/png" {
				golden(t, one.name+"."+part.Name, drawn.ReplaceAll(part.Content, []byte("data:image/png;base64,(a picture)")))
			}
		}
	}
}
