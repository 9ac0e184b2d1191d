package daemon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/dashboard/signin"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/simulator"
)

// DemoOptions say where the demo writes and what it shows.
type DemoOptions struct {
	Dir      string // folder for configuration, store and reports
	Team     string // whose report to print
	Log      *zap.Logger
	Progress func(Progress) // may be nil
	// Serve is where to serve the dashboard once everything is read, until the
	// context ends: an address of this machine. Empty: nowhere.
	Serve string
	As    string           // person id of whose eyes the pages are seen with
	Ready func(DemoResult) // is told before the dashboard is served; may be nil
}

// DemoResult is what the demo leaves behind.
type DemoResult struct {
	Report string // the team's report as plain text
	Index  string // page that links every team's report
	ForEMs string // page that links what only the EMs may see
	Config string // the configuration that was used
	URL    string // where the dashboard is; empty where it is not served
	As     string // person id of whose eyes it is seen with
	Viewer string // who that is, in words: Lee Park, EM of Payments
}

// The demo's story is always the same, so that what the documentation shows is
// what everybody sees: it ends on the Monday morning on which week 46 is
// reported.
const demoSeed = 46

func demoEnd() time.Time { return time.Date(2026, time.November, 16, 8, 0, 0, 0, time.UTC) }

// Demo runs fairlead against simulated trackers on this machine: the same
// configuration files, connectors, rules and reports as for real ones.
func Demo(ctx context.Context, o DemoOptions) (DemoResult, error) {
	if !slices.Contains(DemoTeams(), o.Team) {
		return DemoResult{}, requestError{fmt.Sprintf("no team of the demo has the id %q", o.Team), "choose " + list(DemoTeams(), "or")}
	}
	teller, story := simulator.Chronicle(demoSeed, demoEnd())
	network, stop, err := stage(ctx, teller.World(), story)
	if err != nil {
		return DemoResult{}, fmt.Errorf("start a simulated tracker: %w", err)
	}
	defer stop()
	if err := emptyDemo(o.Dir, story.Files(demoSites)); err != nil {
		return DemoResult{}, err
	}
	return runDemo(ctx, &demoYear{
		dir: o.Dir, teller: teller, story: story,
		with: Options{Log: o.Log, Clock: worldClock{teller.World()}, Base: onlyTo(network)},
	}, o)
}

// stage serves the trackers of the story on this machine until stop is called,
// and tells the address of each by its host.
func stage(ctx context.Context, world *simulator.World, story simulator.Config) (network map[string]string, stop func(), err error) {
	network = map[string]string{}
	var stops []func()
	stop = func() {
		for _, s := range stops {
			s()
		}
	}
	for host, site := range map[string]http.Handler{
		demoSites.JiraCloud:      world.JiraCloud(story.Cloud),
		demoSites.JiraDataCenter: world.JiraDataCenter(story.DataCenter),
		demoSites.Linear:         world.Linear(story.Tracker),
	} {
		address, end, err := serve(ctx, site)
		if err != nil {
			stop()
			return nil, nil, err
		}
		network[strings.TrimPrefix(host, "http://")] = address
		stops = append(stops, end)
	}
	return network, stop, nil
}

// DemoTeams lists the teams of the demo, the one that is shown by default first.
func DemoTeams() []string { return []string{"payments", "platform", "growth"} }

// demoSites are the addresses of the simulated trackers. The names are reserved
// for examples and lead nowhere; within the demo they lead to this machine, so
// that configuration and reports read like real ones and are always the same.
var demoSites = simulator.Addresses{
	JiraCloud:      "http://acme.jira.example",
	JiraDataCenter: "http://jira.acme.example",
	Linear:         "http://linear.example",
}

// onlyTo reaches the named hosts at the addresses given, and nothing else.
func onlyTo(network map[string]string) http.RoundTripper {
	var d net.Dialer
	return &http.Transport{DialContext: func(ctx context.Context, kind, to string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(to)
		if err != nil {
			return nil, err
		}
		address, known := network[host]
		if !known {
			return nil, fmt.Errorf("the demo reaches only its own simulated trackers, not %s", to)
		}
		return d.DialContext(ctx, kind, address)
	}}
}

func runDemo(ctx context.Context, y *demoYear, o DemoOptions) (done DemoResult, err error) {
	defer func() { err = errors.Join(err, y.close()) }()
	if err := y.live(ctx, o.Progress); err != nil {
		return DemoResult{}, err
	}
	f := y.f
	var report bytes.Buffer
	ask := ReportRequest{Team: o.Team, Week: "last", For: "team", Format: ReportFormats()[0]}
	if err := f.Report(ctx, &report, ask); err != nil {
		return DemoResult{}, err
	}
	done = DemoResult{
		Report: report.String(), Config: filepath.Join(o.Dir, "fairlead.yaml"),
		Index: filepath.Join(o.Dir, "reports", "index.html"), ForEMs: filepath.Join(o.Dir, "reports-for-ems", "index.em.html"),
	}
	if o.Serve == "" {
		return done, nil
	}
	return done, f.showDemo(ctx, o, done)
}

// showDemo serves the dashboard as one person of the story sees it, until ctx ends.
func (f *Fairlead) showDemo(ctx context.Context, o DemoOptions, done DemoResult) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", o.Serve)
	if err != nil {
		return fmt.Errorf("the dashboard cannot be served at %s: %w\n\tchoose a free address of this machine with --listen", o.Serve, err)
	}
	done.URL, done.As, done.Viewer = "http://"+l.Addr().String(), o.As, f.inWords(o.As)
	h, err := f.dashboardHandler(ctx, l.Addr().String(), done.URL, o.As)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	server, ended := signin.Server(h), make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	if o.Ready != nil {
		o.Ready(done)
	}
	select {
	case <-ctx.Done():
		shut(server)
		return nil
	case err := <-ended:
		return err
	}
}

// inWords says who somebody of the story is: Lee Park, EM of Payments.
func (f *Fairlead) inWords(person string) string {
	now := f.clock.Now()
	dir := f.cfg().Directory
	teams := dir.Teams()
	for i := range teams {
		t := &teams[i]
		for _, seats := range []struct {
			of   []org.Seat
			what string
		}{{t.EMs, "EM of"}, {t.PMs, "PM of"}, {t.Members, "engineer in"}} {
			if slices.ContainsFunc(seats.of, func(s org.Seat) bool { return s.Person == person && s.Holds(now) }) {
				return fmt.Sprintf("%s, %s %s", f.nameOf(person), seats.what, t.Name)
			}
		}
	}
	if roles := dir.RolesAt(person, now); len(roles) > 0 {
		return fmt.Sprintf("%s, %s", f.nameOf(person), roles[0])
	}
	return f.nameOf(person)
}

// worldClock is the clock of the simulated world: it stands at the story's end,
// and waiting takes no time.
type worldClock struct{ world *simulator.World }

func (c worldClock) Now() time.Time { return c.world.Now() }

func (c worldClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// serve answers on a free port of the loopback interface until stop is called.
func serve(ctx context.Context, h http.Handler) (address string, stop func(), err error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }() // ends with http.ErrServerClosed
	return l.Addr().String(), func() { _ = server.Close() }, nil
}

// demoMark begins the demo's own configuration, so that the demo recognises a
// folder of its own and never overwrites somebody's files.
const demoMark = "# Written by fairlead demo"

// nobodys refuses a folder without the demo's configuration that holds a file the
// demo would replace.
func nobodys(dir string, files map[string]string) error {
	for _, name := range append(slices.Sorted(maps.Keys(files)), "fairlead.db") {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Lstat(path); err == nil {
			return fmt.Errorf("%s is not the demo's\n\tname another folder with --dir", path)
		}
	}
	return nil
}

// emptyDemo takes away the store of an earlier demo, whose simulated sites are gone,
// and refuses a folder that holds somebody else's files.
func emptyDemo(dir string, files map[string]string) error {
	switch before, err := os.ReadFile(filepath.Join(dir, "fairlead.yaml")); {
	case err == nil && !strings.HasPrefix(string(before), demoMark):
		return fmt.Errorf("%s holds a configuration that is not the demo's\n\tname another folder with --dir", dir)
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%s is not a folder\n\tname another with --dir", dir)
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("look into the demo's folder: %w", err)
	case err != nil:
		if err := nobodys(dir, files); err != nil {
			return err
		}
	}
	for _, old := range []string{"fairlead.db", "fairlead.db-wal", "fairlead.db-shm"} {
		if err := os.Remove(filepath.Join(dir, old)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("take away the last demo's store: %w", err)
		}
	}
	return nil
}

// writeDemo writes the configuration.
func writeDemo(dir string, files map[string]string) error {
	for name, text := range files {
		if name == "fairlead.yaml" {
			text = demoMark + " on simulated trackers; run it again to make it anew.\n" + text
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("write the demo's configuration: %w", err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return fmt.Errorf("write the demo's configuration: %w", err)
		}
	}
	return nil
}
