package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/daemon"
	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
)

// docsNow is the Monday morning at which the documentation speaks: the demo's end.
var docsNow = time.Date(2026, time.November, 16, 8, 0, 0, 0, time.UTC)

// docsWorld is where commands of the documentation are carried out: the folder that
// the demo leaves, its trackers at their own addresses and at those that the
// documentation names, a Slack, a mail server and a Redis. Nothing leaves the machine.
type docsWorld struct {
	root    string   // of the repository
	targets []string // of its Makefile
	demo    string   // the folder that the demo left; each page works on a copy
	said    string   // what the demo printed
	clock   *morning
	around  daemon.Options
	slack   *simulator.Slack
	redis   string // address of the Redis
	token   string // id of a token of the API
	// standIns are what stands, in this world, for names that are others at everybody's.
	standIns *strings.Replacer
}

// docsTokens are what the documentation puts into the environment.
var docsTokens = map[string]string{"JIRA_TOKEN": "t0ken-jira", "LINEAR_TOKEN": "t0ken-linear", "SLACK_TOKEN": "xoxb-demo"}

// morning is a clock that moves on by a second with each command, and on which waiting
// takes no time.
type morning struct{ seconds atomic.Int64 }

func (m *morning) Now() time.Time                                   { return docsNow.Add(time.Duration(m.seconds.Load()) * time.Second) }
func (m *morning) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// sites answers requests in process, by scheme and host; whoever is not there is away.
type sites map[string]http.Handler

func (s sites) RoundTrip(req *http.Request) (*http.Response, error) {
	site, ok := s[req.URL.Scheme+"://"+req.URL.Host]
	if !ok {
		return nil, fmt.Errorf("the documentation's world has no %s://%s", req.URL.Scheme, req.URL.Host)
	}
	in := req.Clone(req.Context())
	in.RequestURI, in.Host, in.RemoteAddr = req.URL.RequestURI(), req.URL.Host, "192.0.2.1:1234"
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	site.ServeHTTP(w, in)
	resp := w.Result()
	resp.Request = req
	return resp, req.Context().Err()
}

func newDocsWorld(t *testing.T, pages []*page) *docsWorld {
	t.Helper()
	w := &docsWorld{demo: filepath.Join(t.TempDir(), "fairlead-demo"), redis: redistest.Start(t).Addr, clock: new(morning), targets: makeTargets(t)}
	root, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	w.root = root
	teller, story := simulator.Chronicle(46, docsNow)
	teller.Until(docsNow)
	world := teller.World()
	yours := func(o simulator.Options, token string, spaces ...string) simulator.Options {
		o.Token, o.Spaces = token, spaces
		return o
	}
	w.slack = simulator.NewSlack(simulator.SlackOptions{})
	w.around = daemon.Options{Clock: w.clock, Base: sites{
		"http://acme.jira.example":   world.JiraCloud(story.Cloud),
		"http://jira.acme.example":   world.JiraDataCenter(story.DataCenter),
		"http://linear.example":      world.Linear(story.Tracker),
		"https://acme.atlassian.net": world.JiraCloud(yours(story.Cloud, docsTokens["JIRA_TOKEN"], "PAY", "CORE")),
		"https://jira.acme.example":  world.JiraDataCenter(yours(story.DataCenter, docsTokens["JIRA_TOKEN"], "PAY", "CORE")),
		"https://api.linear.app":     world.Linear(yours(story.Tracker, docsTokens["LINEAR_TOKEN"], "GRO")),
		"http://127.0.0.1:1":         w.slack,
	}}
	w.live(t, pages)
	return w
}

// live has the demo live through its half year, and then has its reports go to more
// places, as the pages about those suppose.
func (w *docsWorld) live(t *testing.T, pages []*page) {
	t.Helper()
	d := w.desk(t, filepath.Dir(w.demo))
	w.said = d.fine("demo", "--quiet", "--dir", w.demo).out
	path := filepath.Join(w.demo, "fairlead.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{"127.0.0.1:8080", freeAddress(t)},
		{"  admins: [nkechi]\n", "  admins: [nkechi]\n  sign_in: {local: true}\n"},
		{"\nreports:\n", "\nslack: {token: \"${SLACK_TOKEN}\", url: \"http://127.0.0.1:1/api/\"}\nmail: {server: \"" + newMailServer(t).address + "\", security: none, from: Fairlead <fairlead@acme.example>}\n" +
			"reports:\n  - {to: \"slack:#payments\", teams: [payments]}\n  - {to: [email:em, email:pm]}\n"},
	} {
		if bytes.Count(text, []byte(change[0])) != 1 {
			t.Fatalf("the demo's configuration does not say %q once", change[0])
		}
		text = bytes.Replace(text, []byte(change[0]), []byte(change[1]), 1)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range pages { // the rule that docs/rules/custom.md writes
		for i := range p.blocks {
			if name := p.blocks[i].file(); strings.HasPrefix(name, "rules/") || strings.HasPrefix(name, "tests/") {
				w.desk(t, w.demo).lay(name, p.blocks[i].text, false)
			}
		}
	}
	d = w.desk(t, w.demo)
	if got := d.fairlead("report", "--week", "last", "--to", "all"); !strings.Contains(got.out, "channel_not_found") {
		t.Fatalf("the report that is to be tried again was not refused:\n%s", got.out)
	}
	w.slack.AddChannel("payments")
	waiver := d.made(`Saved as waiver (w[0-9a-f]+)`, "waive", "PAY-230", "--until", "1 week", "--reason", "Waits for the audit", "--yes")
	w.token = d.made(`\b([0-9a-f]{8})\b`, "dashboard", "api-token", "create", "--person", "lee", "--scope", "read")
	d.fine("store", "copy", "--quiet", "--from", "sqlite:./fairlead.db", "--to", "redis://"+w.redis)
	w.standIns = strings.NewReplacer(
		"PAY-231", "PAY-238", "PAY-88", "PAY-188", "PAY-180", "PAY-204",
		"83b131a0f4fad683", "04d0831f7db86a5a", "83b131a0", "04d0831f", "w3fa91c2e07", waiver,
		"jira acme.atlassian.net", "jira acme", "redis://redis.acme.example:6379", "redis://"+w.redis,
		"/etc/fairlead/fairlead.yaml", "fairlead.yaml", "/etc/fairlead", "etc", "/tmp/", "tmp-",
	)
}

// made carries out what makes something, and gives its id.
func (d *desk) made(form string, args ...string) string {
	d.t.Helper()
	got := d.fine(args...)
	m := regexp.MustCompile(form).FindStringSubmatch(got.out)
	if m == nil {
		d.t.Fatalf("fairlead %s tells no id:\n%s", strings.Join(args, " "), got.out)
	}
	return m[1]
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nothing was written
	return l.Addr().String()
}

// desk is where somebody types the commands of a page.
type desk struct {
	t     *testing.T
	world *docsWorld
	dir   string
	env   map[string]string
}

func (w *docsWorld) desk(t *testing.T, dir string) *desk {
	t.Helper()
	env := map[string]string{"FAIRLEAD_PERSON": "lee"}
	for name, value := range docsTokens {
		env[name] = value
	}
	t.Chdir(dir)
	return &desk{t, w, dir, env}
}

// atDemo is a desk in a copy of the folder that the demo left.
func (w *docsWorld) atDemo(t *testing.T) *desk {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "fairlead-demo")
	if err := os.CopyFS(dir, withoutReports{os.DirFS(w.demo)}); err != nil {
		t.Fatal(err)
	}
	return w.desk(t, dir)
}

// withoutReports leaves out what can be written anew, and is many files.
type withoutReports struct{ fs.FS }

func (f withoutReports) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(f.FS, name)
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool { return e.IsDir() && strings.HasPrefix(e.Name(), "reports") }), err
}

// told is the one stream that a terminal shows.
type told struct {
	mu   sync.Mutex
	text strings.Builder
	stop func(said string) // looks at what was said so far
}

func (o *told) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(p)
	if o.stop != nil {
		o.stop(o.text.String())
	}
	return len(p), nil
}

// fairlead carries one command line out.
func (d *desk) fairlead(args ...string) result {
	ctx, stop := context.WithCancel(d.t.Context())
	defer stop()
	var out told
	if args[0] == "serve" { // nobody is there to press Ctrl-C
		args = append(args, "--log-level", "info")
		out.stop = func(said string) {
			if strings.Contains(said, "the dashboard is served") {
				stop()
			}
		}
	}
	env := func(name string) (string, bool) { v, ok := d.env[name]; return v, ok }
	d.world.clock.seconds.Add(1)
	code := (&app{streams: streams{strings.NewReader(""), &out, &out}, env: env, around: d.world.around}).execute(ctx, args)
	return result{code: code, out: out.text.String()}
}

// fine carries out what must go well.
func (d *desk) fine(args ...string) result {
	d.t.Helper()
	got := d.fairlead(args...)
	if got.code != exitFine {
		d.t.Fatalf("fairlead %s: exit code %d\n%s", strings.Join(args, " "), got.code, got.out)
	}
	return got
}

// program runs one of the few programs that a page may use beside fairlead.
func (d *desk) program(words []string) result {
	var all []string
	for _, w := range words {
		if found, _ := filepath.Glob(w); len(found) > 0 {
			all = append(all, found...)
		} else {
			all = append(all, w)
		}
	}
	cmd := exec.CommandContext(d.t.Context(), all[0], all[1:]...) //nolint:gosec // one of usual
	out, err := cmd.CombinedOutput()
	if err != nil {
		return result{code: exitError, out: fmt.Sprintf("%s%v", out, err)}
	}
	return result{out: string(out)}
}
