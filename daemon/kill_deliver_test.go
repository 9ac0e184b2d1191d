package daemon

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
)

// deliverProcess names, in the environment of a process started by the test
// below, what it delivers in the place of running tests.
const deliverProcess = "FAIRLEAD_TEST_DELIVER"

// errand is what such a process is to do.
type errand struct {
	Config string        // the configuration
	Kind   string        // of killedChannels
	Server string        // where what is delivered arrives; empty for files
	After  time.Duration // since monday, by its clock
	Die    int           // at which step, counted from 1; 0: at none
}

func init() {
	if text := os.Getenv(deliverProcess); text != "" {
		if err := runErrand(context.Background(), text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// runErrand delivers what is due, and dies where it is told to. It tells each
// step on standard output.
func runErrand(ctx context.Context, text string) error {
	var e errand
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return err
	}
	killedChannels()[e.Kind].join(e.Server)
	cfg, err := config.Load(e.Config, os.LookupEnv)
	if err != nil {
		return err
	}
	f, err := openBare(ctx, cfg, laterClock{monday.Add(e.After), time.Now()})
	if err != nil {
		return err
	}
	steps := 0
	f.onStep = func(step string) {
		fmt.Println(step)
		if steps++; steps == e.Die {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // until it arrives
		}
	}
	if _, err := f.deliverDue(ctx); err != nil { // a channel may want to look again later
		fmt.Fprintln(os.Stderr, err)
	}
	return f.Close()
}

// onlyRule is what the findings of the tests below are of.
const onlyRule = `id: feature-without-problem
fault_line: problem
title: A feature says no problem
scope: ticket
when: ticket.kind == "feature"
evidence: [{fact: status, value: ticket.status}]
promise: Every feature says which problem it solves
message: "{ticket.key} says no problem."
ask: Which one is it?
severity: warn
audience: team
why: It helps to know.
tests:
  - {name: a feature, tickets: [{key: PAY-1, kind: feature}], expect: [{about: PAY-1}]}
`

// openBare is Open without trackers, and with one rule that is never evaluated: to
// make all of them takes time, and they have no part in this.
func openBare(ctx context.Context, cfg *config.Config, clock Clock) (*Fairlead, error) {
	rule, err := rules.Parse("feature-without-problem.yaml", []byte(onlyRule))
	if err != nil {
		return nil, err
	}
	rule.On = true
	book, err := rules.NewBook([]rules.Rule{rule}, nil, teamIDs(cfg))
	if err != nil {
		return nil, err
	}
	f := configured(cfg, book, &Fairlead{log: zap.NewNop(), clock: clock, posting: newPosting(cfg, nil, clock)})
	if err := f.openChannels(); err != nil {
		return nil, err
	}
	f.store, err = openStore(ctx, cfg.Store)
	return f, err
}

// laterClock goes on from a moment.
type laterClock struct{ from, started time.Time }

func (c laterClock) Now() time.Time { return c.from.Add(time.Since(c.started)) }

func (c laterClock) Sleep(ctx context.Context, d time.Duration) error {
	return SystemClock{}.Sleep(ctx, d)
}

// killedChannel is a channel under test.
type killedChannel struct {
	report string // the entry under reports
	// join makes the process deliver to the test's server.
	join func(server string)
	// serve starts that server; nil for none.
	serve func(t *testing.T) killServer
	// once reports whether no message may come twice; otherwise one may be repeated
	// under the same id.
	once bool
}

// more is what the entry has beside.
func (c killedChannel) more() string {
	if strings.HasPrefix(c.report, "webhook:") {
		return "secret: \"${TOKEN}\", "
	}
	return ""
}

// killServer is where messages arrive.
type killServer interface {
	address() string
	// arrived counts messages by id and part.
	arrived() map[string]int
	// onArrival is called with the number of each message once it is accepted, and
	// before it is answered.
	onArrival(func(n int))
}

// killedChannels are the channels under test: a new one is an entry here.
func killedChannels() map[string]killedChannel {
	fake := func(report string, medium config.Medium, asks bool) killedChannel {
		return killedChannel{
			report: report, once: asks, serve: func(t *testing.T) killServer { return newMailroom(t) },
			join: func(server string) {
				media[medium] = kindOfMailroom(server, asks)
			},
		}
	}
	return map[string]killedChannel{
		"a channel that can be asked, in two parts":          fake(`slack:#pay`, config.ToSlack, true),
		"a channel that repeats a message under the same id": fake(`email:em`, config.ToEmail, false),
		"a Slack channel": {report: "slack:#pay", join: func(string) {}, serve: func(t *testing.T) killServer { return newWorkspace(t) }, once: true},
		"a mailbox":       {report: "email:em", join: func(string) {}, serve: func(t *testing.T) killServer { return newPostOffice(t) }},
		"a webhook":       {report: "webhook:${ADDRESS}", join: func(string) {}, serve: func(t *testing.T) killServer { return newReceiver(t) }},
		"a folder":        {report: "file:./reports", join: func(string) {}, once: true},
	}
}

func kindOfMailroom(server string, asks bool) medium {
	return medium{
		open:   func(at *route, _ senders) (reports.Channel, error) { return mailbox{server, at.channel, asks}, nil },
		atOnce: 2, timeout: 20 * time.Second, again: func(*route) again { return repeats },
	}
}

// mailroom keeps what was posted to it.
type mailroom struct {
	url   string
	mu    sync.Mutex
	got   map[string]int
	n     int
	after func(n int)
}

func newMailroom(t *testing.T) *mailroom {
	m := &mailroom{got: map[string]int{}}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	m.url = server.URL
	return m
}

func (m *mailroom) address() string { return m.url }

func (m *mailroom) arrived() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.got)
}

func (m *mailroom) onArrival(do func(int)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.after, m.n = do, 0
}

func (m *mailroom) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	id := r.URL.Query().Get("id")
	if r.Method == http.MethodGet {
		if m.got[id] == 0 {
			w.WriteHeader(http.StatusNotFound)
		}
		m.mu.Unlock()
		return
	}
	m.got[id]++
	m.mu.Unlock()
	m.accepted()
}

// mailbox is the channel to a mailroom. One that asks sends two parts, as a
// message and its thread.
type mailbox struct {
	server, name string
	asks         bool
}

func (m mailbox) Name() string { return m.name }

func (m mailbox) Preview(reports.Delivery) (reports.Preview, error) {
	return reports.Preview{To: []string{m.name}}, nil
}

func (m mailbox) Deliver(ctx context.Context, d reports.Delivery, record func(reports.Receipt) error) (reports.Receipt, error) {
	if d.Earlier.Digest != "" {
		return d.Earlier, nil
	}
	parts := []string{"mail"}
	if m.asks {
		parts = []string{"message", "thread"}
	}
	var r reports.Receipt
	for _, part := range parts {
		if strings.Contains(d.Earlier.Ref, part) {
			r = d.Earlier
			continue
		}
		if err := m.post(ctx, d.ID+" "+part, d.Unsure && m.asks); err != nil {
			return r, err
		}
		r.Ref += part + " "
		if err := record(r); err != nil {
			return r, err
		}
	}
	r.Place, r.Digest = m.server, "all of it"
	return r, nil
}

func (m mailbox) post(ctx context.Context, id string, ask bool) error {
	at := m.server + "?id=" + url.QueryEscape(id)
	if ask {
		if status, err := m.do(ctx, http.MethodGet, at); err != nil || status == http.StatusOK {
			return err
		}
	}
	_, err := m.do(ctx, http.MethodPost, at)
	return err
}

func (m mailbox) do(ctx context.Context, method, at string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, method, at, http.NoBody)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// scene is one configuration with a store of its own and a server.
type scene struct {
	t      *testing.T
	kind   string
	dir    string
	server killServer
}

func newScene(t *testing.T, kind string) *scene {
	t.Helper()
	s := &scene{t: t, kind: kind, dir: t.TempDir()}
	c := killedChannels()[kind]
	if c.serve != nil {
		s.server = c.serve(t)
	}
	for name, text := range map[string]string{
		"fairlead.yaml": "sources:\n  - {jira: \"http://127.0.0.1:1\", deployment: data-center, name: jira, token: \"${TOKEN}\", projects: [PAY]}\norg: org.yaml\n" +
			"slack: {token: \"${TOKEN}\", url: \"" + s.address() + "/api/\"}\nmail: {server: \"" + s.mailServer() + "\", security: none, from: fairlead@acme.example}\n" +
			"reports:\n  - {to: \"" + c.report + "\", " + c.more() + "at: Monday 07:00, timezone: UTC}\n",
		"org.yaml": "people: [{id: lee, name: Lee Park, email: lee@acme.example}]\nteams: [{id: payments, em: lee, owns: {jira: {projects: [PAY]}}}]\n",
	} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.notice()
	return s
}

// notice stores what a report tells of, so that it has details and a trend.
func (s *scene) notice() {
	s.t.Helper()
	st := s.store()
	defer func() { _ = st.Close() }()
	var c store.Check
	for n := range 4 {
		since := monday.AddDate(0, 0, -3-7*n)
		c.Findings = append(c.Findings, finding.Finding{
			Seen: finding.Seen{
				ID: finding.ID(fmt.Sprintf("f%d", n)), Rule: "feature-without-problem", Team: "payments", Severity: finding.Warn, Audience: finding.ForTeam,
				Subject: finding.Subject{Kind: finding.AboutTicket, Source: "jira", ID: fmt.Sprint(n), Key: fmt.Sprintf("PAY-%d", n), Title: "Bulk export"},
				Reason:  "It says no problem.", Ask: "Which one is it?",
			},
			State: finding.Open, LastSeen: monday, Spans: []finding.Span{{From: since}},
		})
	}
	c.Looks = []finding.Look{{LookKey: finding.LookKey{Source: "jira"}, Since: monday.AddDate(0, -6, 0), Live: monday.AddDate(0, -6, 0), Until: monday}}
	if err := st.SaveCheck(s.t.Context(), c); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) store() store.Store {
	s.t.Helper()
	st, err := openStore(s.t.Context(), config.Store{File: filepath.Join(s.dir, "fairlead.db")})
	if err != nil {
		s.t.Fatal(err)
	}
	return st
}

func (s *scene) address() string {
	if s.server == nil {
		return "http://127.0.0.1:1"
	}
	return s.server.address()
}

// mailServer is the address of the server as host and port.
func (s *scene) mailServer() string {
	if u, err := url.Parse(s.address()); err == nil && u.Host != "" {
		return u.Host
	}
	return s.address()
}

// deliver starts a process that delivers what is due so long after monday, and
// dies at the step given, or once the message of that number is accepted. It
// tells the steps it took and whether it died.
func (s *scene) deliver(after time.Duration, step, message int) (steps []string, died bool) {
	s.t.Helper()
	text, err := json.Marshal(errand{Config: filepath.Join(s.dir, "fairlead.yaml"), Kind: s.kind, Server: s.address(), After: after, Die: step})
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.CommandContext(s.t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), deliverProcess+"="+string(text), "TOKEN=xoxb-test", "ADDRESS="+s.address())
	var said, out bytes.Buffer
	cmd.Stderr, cmd.Stdout = &said, &out
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	if s.server != nil {
		s.server.onArrival(func(n int) {
			if n == message {
				_ = cmd.Process.Kill()
				_, _ = cmd.Process.Wait() // it is dead before anybody answers
			}
		})
	}
	err = cmd.Wait()
	state := cmd.ProcessState
	if err != nil && (state == nil || state.ExitCode() != -1) && message == 0 {
		s.t.Fatalf("the delivery ended with %v: %s", err, said.String())
	}
	for scan := bufio.NewScanner(&out); scan.Scan(); {
		steps = append(steps, scan.Text())
	}
	return steps, err != nil
}

// goOn lets fresh processes go on until all is delivered, and checks that it is,
// once.
func (s *scene) goOn(how string, deaths int) {
	s.t.Helper()
	before := s.count()
	s.deliver(time.Minute, 0, 0) // somebody may still be at it
	if now := s.count(); deaths > 0 && now != before {
		s.t.Errorf("%s: while its holder may still live, messages went from %s to %s", how, before, now)
	}
	for _, after := range []time.Duration{2*lease + 5*time.Minute, time.Hour, 2 * time.Hour} {
		s.deliver(after, 0, 0)
	}
	s.check(how, deaths)
}

func (s *scene) count() string {
	if s.server == nil {
		return ""
	}
	return fmt.Sprint(s.server.arrived())
}

func (s *scene) check(how string, deaths int) {
	s.t.Helper()
	if d := s.stored(); d.State != store.Delivered || d.Sending || d.Holder != "" {
		s.t.Errorf("%s: in the end it stands as %+v", how, d)
	}
	if s.server == nil {
		s.checkFolder(how)
		return
	}
	most := 1
	if !killedChannels()[s.kind].once {
		most += deaths
	}
	got := s.server.arrived()
	if len(got) == 0 {
		s.t.Errorf("%s: nothing arrived", how)
	}
	ids := map[string]bool{}
	for message, n := range got {
		id, _, _ := strings.Cut(message, " ")
		ids[id] = true
		if n < 1 || n > most {
			s.t.Errorf("%s: %s arrived %d times", how, message, n)
		}
	}
	if len(ids) != 1 {
		s.t.Errorf("%s: messages of %d ids arrived, want one: %v", how, len(ids), got)
	}
}

func (s *scene) checkFolder(how string) {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "reports", "payments", "*"))
	if err != nil {
		s.t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, filepath.Base(f))
	}
	if want := []string{"2026-W46.html", "team.json"}; !slices.Equal(names, want) {
		s.t.Errorf("%s: the folder holds %q, want %q", how, names, want)
		return
	}
	if page := fileText(s.t, files[0]); !strings.HasSuffix(strings.TrimSpace(page), "</html>") {
		s.t.Errorf("%s: the page is cut off", how)
	}
}

func (s *scene) stored() store.Delivery {
	s.t.Helper()
	st := s.store()
	defer func() { _ = st.Close() }()
	all, err := st.Deliveries(s.t.Context(), time.Time{})
	if err != nil || len(all) != 1 {
		s.t.Fatalf("the outbox holds %+v, %v, want one delivery", all, err)
	}
	return all[0]
}

// A process that delivers is killed at each step of the way, and once the other
// side has accepted each message but not answered; then, in further runs, the
// process that goes on is killed as well. Fresh processes go on from there.
func TestADeliveryThatIsKilledAtAnyStepHappensOnce(t *testing.T) {
	for kind := range killedChannels() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			quiet := newScene(t, kind)
			steps, _ := quiet.deliver(0, 0, 0)
			quiet.goOn("without a kill", 0)
			if len(steps) < 4 || steps[0] != stepClaimed || steps[len(steps)-1] != stepDelivered {
				t.Fatalf("the steps are %q", steps)
			}
			for i, step := range steps {
				how := fmt.Sprintf("killed at step %d, %s", i+1, step)
				s := newScene(t, kind)
				if _, died := s.deliver(0, i+1, 0); !died {
					t.Fatalf("%s: it lives", how)
				}
				deaths := 1
				if second := len(steps) - i; i%2 == 0 { // it may take fewer steps, and live
					if _, died := s.deliver(lease+time.Minute, second, 0); died {
						deaths++
						how += fmt.Sprintf(", then at step %d", second)
						s.deliver(2*lease+2*time.Minute, 0, 0)
					}
				}
				s.goOn(how, deaths)
			}
			killedAtMessages(t, kind, quiet)
		})
	}
}

// killedAtMessages kills once each message was accepted and not answered yet.
func killedAtMessages(t *testing.T, kind string, quiet *scene) {
	if quiet.server == nil {
		return
	}
	messages := 0
	for _, n := range quiet.server.arrived() {
		messages += n
	}
	for n := 1; n <= messages; n++ {
		how := fmt.Sprintf("killed when message %d was accepted", n)
		s := newScene(t, kind)
		if _, died := s.deliver(0, 0, n); !died {
			t.Errorf("%s: it lives", how)
		}
		s.goOn(how, 1)
	}
}
