package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/fairlead-dev/fairlead/daemon"
	"github.com/fairlead-dev/fairlead/simulator"
)

// asProgram has a process of the tests be the program itself.
const asProgram = "FAIRLEAD_TEST_AS_PROGRAM"

// hastened has such a process wait less for others.
const hastened = "FAIRLEAD_TEST_HASTENED"

func init() {
	if os.Getenv(hastened) != "" {
		daemon.Hasten()
	}
	if os.Getenv(asProgram) != "" {
		main()
	}
}

// Two replicas are started at the same moment on a store that is not there yet, and
// once more when all is delivered.
func TestTwoProcessesThatRunAtOnceDeliverEachReportOnce(t *testing.T) {
	workspace := simulator.NewSlack(simulator.SlackOptions{Token: "xoxb-test", Start: time.Now()})
	workspace.AddChannel("payments")
	workspace.AddChannel("eng")
	slack := httptest.NewServer(workspace)
	t.Cleanup(slack.Close)
	post := newMailServer(t)
	path := storySite(t, `
slack: {token: "${SLACK_TOKEN}", url: "`+slack.URL+`/api/"}
mail: {server: "`+post.address+`", security: none, from: Fairlead <fairlead@acme.example>}
reports:
  - {to: "slack:#payments", teams: [payments]}
  - {to: "slack:${SLACK_HOOK}", of: organisation}
  - {to: email:em}
  - {to: file:./reports}
`)
	env := append(os.Environ(), asProgram+"=1", "SLACK_TOKEN=xoxb-test", "SLACK_HOOK="+slack.URL+strings.TrimPrefix(workspace.Hook("eng"), slack.URL))
	for round := range 2 {
		runAtOnce(t, 2, env, "run", "--quiet", "-c", path)
		if n, parts := messagesOf(t, workspace, "#payments"); n != parts || n == 0 {
			t.Errorf("round %d: #payments holds %d messages, %d of them different", round, n, parts)
		}
		if n := len(workspace.Messages("#eng")); n != 1 {
			t.Errorf("round %d: #eng holds %d messages, want 1", round, n)
		}
		got := post.arrived()
		if len(got) != 3 {
			t.Errorf("round %d: mails %v, want one to each of three EMs", round, got)
		}
		for id, n := range got {
			if n != 1 {
				t.Errorf("round %d: %s arrived %d times", round, id, n)
			}
		}
	}
	listed := run(t, map[string]string{"SLACK_TOKEN": "xoxb-test", "SLACK_HOOK": slack.URL + "/services/x"}, "deliveries", "list", "-c", path, "--format", "json")
	var all []struct{ Report, Channel, State string }
	if err := json.Unmarshal([]byte(listed.out), &all); err != nil || len(all) != 8 {
		t.Fatalf("%d deliveries, want 8 (%v): %s%s", len(all), err, listed.out, listed.err)
	}
	for _, d := range all {
		if d.State != "delivered" {
			t.Errorf("%s to %s is %s", d.Report, d.Channel, d.State)
		}
	}
}

// storySite is a folder with the story's configuration, its trackers served here,
// and the rest of its main file.
func storySite(t *testing.T, rest string) (path string) {
	t.Helper()
	world, story := simulator.Story(7, time.Date(2026, time.November, 16, 8, 0, 0, 0, time.UTC))
	jira, core, linear := httptest.NewServer(world.JiraCloud(story.Cloud)), httptest.NewServer(world.JiraDataCenter(story.DataCenter)), httptest.NewServer(world.Linear(story.Tracker))
	t.Cleanup(func() { jira.Close(); core.Close(); linear.Close() })
	files := story.Files(simulator.Addresses{JiraCloud: jira.URL, JiraDataCenter: core.URL, Linear: linear.URL})
	main, _, found := strings.Cut(files["fairlead.yaml"], "# Where the weekly reports go.")
	if !found {
		t.Fatal("the story's configuration has no reports to put others in place of")
	}
	files["fairlead.yaml"] = main + rest
	return filepath.Join(writeFiles(t, files), "fairlead.yaml")
}

// runAtOnce runs so many processes of the program at the same time.
func runAtOnce(t *testing.T, n int, env []string, args ...string) {
	t.Helper()
	said := make([]bytes.Buffer, n)
	all := make([]*exec.Cmd, n)
	for i := range all {
		all[i] = exec.CommandContext(t.Context(), os.Args[0], args...) //nolint:gosec // this very program
		all[i].Env, all[i].Stderr = env, &said[i]
		if err := all[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	for i, cmd := range all {
		if err := cmd.Wait(); err != nil {
			t.Errorf("process %d: %v\n%s", i, err, &said[i])
		}
	}
}

// messagesOf counts the messages of a channel, and how many are different parts of
// a delivery.
func messagesOf(t *testing.T, workspace *simulator.Slack, channel string) (all, parts int) {
	t.Helper()
	seen := map[string]bool{}
	for _, m := range workspace.Messages(channel) {
		all++
		seen[fmt.Sprintf("%s %s", m.Metadata, names(m.Files))] = true
	}
	return all, len(seen)
}

func names(files []simulator.SlackFile) (out []string) {
	for _, f := range files {
		out = append(out, f.Name)
	}
	return out
}

// mailServer counts the mails that arrive, by recipient and Message-ID.
type mailServer struct {
	address string
	mu      sync.Mutex
	got     map[string]int
}

func newMailServer(t *testing.T) *mailServer {
	t.Helper()
	m := &mailServer{got: map[string]int{}}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := smtp.NewServer(m)
	s.Domain, s.EnableSMTPUTF8 = "mail.acme.example", true
	m.address = l.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }() // ends with an error when it is closed
	t.Cleanup(func() { _ = s.Close(); <-done })
	return m
}

func (m *mailServer) arrived() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[string]int{}
	for id, n := range m.got {
		out[id] = n
	}
	return out
}

// NewSession implements smtp.Backend.
func (m *mailServer) NewSession(*smtp.Conn) (smtp.Session, error) { return &letterbox{office: m}, nil }

type letterbox struct {
	office *mailServer
	to     string
}

func (l *letterbox) Reset()                                    {}
func (l *letterbox) Logout() error                             { return nil }
func (l *letterbox) Mail(string, *smtp.MailOptions) error      { return nil }
func (l *letterbox) Rcpt(to string, _ *smtp.RcptOptions) error { l.to = to; return nil }
func (l *letterbox) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	l.office.mu.Lock()
	defer l.office.mu.Unlock()
	l.office.got[l.to+" "+m.Header.Get("Message-Id")]++
	return nil
}
