package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/fairlead-dev/fairlead/simulator"
)

// workspace is a simulated Slack that tells when it has done what it was asked.
type workspace struct {
	*simulator.Slack
	url string
	mailroom
}

func newWorkspace(t *testing.T) *workspace {
	w := &workspace{Slack: simulator.NewSlack(simulator.SlackOptions{Token: "xoxb-test"})}
	w.AddChannel("pay")
	server := httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// serve answers only after the hook has run.
func (w *workspace) serve(out http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	w.Slack.ServeHTTP(answer, r)
	for _, call := range []string{"/api/chat.postMessage", "/api/files.completeUploadExternal", "/upload/"} {
		if strings.HasPrefix(r.URL.Path, call) {
			w.accepted()
		}
	}
	for name, values := range answer.Header() {
		out.Header()[name] = values
	}
	out.WriteHeader(answer.Code)
	_, _ = answer.Body.WriteTo(out)
}

func (w *workspace) address() string { return w.url }

// arrived counts what stands in the channel: messages by delivery and part, as
// their metadata says, and files by name.
func (w *workspace) arrived() map[string]int {
	out := map[string]int{}
	id := ""
	for _, m := range w.Messages("#pay") {
		var about struct {
			Payload struct {
				Delivery string `json:"delivery"`
				Part     int    `json:"part"`
			} `json:"event_payload"`
		}
		if err := json.Unmarshal(m.Metadata, &about); err == nil && about.Payload.Delivery != "" {
			id = about.Payload.Delivery
			out[fmt.Sprintf("%s part %d", id, about.Payload.Part)]++
		}
		for _, f := range m.Files {
			out[id+" file "+f.Name]++
		}
	}
	return out
}

// accepted runs the hook for the next message.
func (m *mailroom) accepted() {
	m.mu.Lock()
	m.n++
	after, n := m.after, m.n
	m.mu.Unlock()
	if after != nil {
		after(n)
	}
}

// postOffice is an SMTP server that tells when it has taken a mail.
type postOffice struct {
	mailroom
	addr string
}

func newPostOffice(t *testing.T) *postOffice {
	t.Helper()
	p := &postOffice{mailroom: mailroom{got: map[string]int{}}}
	s := smtp.NewServer(p)
	s.Domain, s.EnableSMTPUTF8, s.ErrorLog = "mail.acme.example", true, quietLog{}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.addr = l.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { _, _ = s.Close(), l.Close(); <-done })
	return p
}

type quietLog struct{}

func (quietLog) Printf(string, ...any) {}
func (quietLog) Println(...any)        {}

func (p *postOffice) address() string { return "http://" + p.addr }

// NewSession implements smtp.Backend.
func (p *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &mailSession{p}, nil }

type mailSession struct{ office *postOffice }

func (s *mailSession) Reset()                               {}
func (s *mailSession) Logout() error                        { return nil }
func (s *mailSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *mailSession) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (s *mailSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil || m.Header.Get("Message-Id") == "" {
		return errors.New("that is no mail with a Message-ID")
	}
	s.office.mu.Lock()
	s.office.got[m.Header.Get("Message-Id")+" mail"]++
	s.office.mu.Unlock()
	s.office.accepted()
	return nil
}

// receiver takes signed webhooks.
type receiver struct {
	mailroom
	url string
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{mailroom: mailroom{got: map[string]int{}}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Fairlead-Signature") == "" || req.Header.Get("Idempotency-Key") == "" {
			http.Error(w, "not signed", http.StatusUnauthorized)
			return
		}
		r.mu.Lock()
		r.got[req.Header.Get("Idempotency-Key")+" request"]++
		r.mu.Unlock()
		r.accepted()
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func (r *receiver) address() string { return r.url }
