package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/redis"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
)

// house is a Redis, trackers, a Slack and a mail server, for replicas of fairlead serve.
type house struct {
	server    *redistest.Server
	store     *redis.Store
	workspace *simulator.Slack
	post      *mailServer
	path      string
	env       []string
	running   map[int]*replica // by process
}

// replica is one fairlead serve.
type replica struct {
	cmd  *exec.Cmd
	said *bytes.Buffer
}

// newHouse has a Redis of one server.
func newHouse(t *testing.T) *house {
	t.Helper()
	server := redistest.Start(t)
	h := houseAt(t, "redis://"+server.Addr, redis.Address{Hosts: []string{server.Addr}})
	h.server = server
	return h
}

// houseAt has a Redis that is there, as the configuration names it and where it is.
func houseAt(t *testing.T, name string, at redis.Address) *house {
	t.Helper()
	h := &house{post: newMailServer(t), running: map[int]*replica{}}
	h.workspace = simulator.NewSlack(simulator.SlackOptions{Token: "xoxb-test", Start: time.Now()})
	h.workspace.AddChannel("payments")
	slack := httptest.NewServer(h.workspace)
	t.Cleanup(slack.Close)
	h.path = storySite(t, `
slack: {token: "${SLACK_TOKEN}", url: "`+slack.URL+`/api/"}
mail: {server: "`+h.post.address+`", security: none, from: Fairlead <fairlead@acme.example>}
store: `+name+`
reports:
  - {to: "slack:#payments", teams: [payments]}
  - {to: email:em}
`)
	h.env = append(os.Environ(), asProgram+"=1", hastened+"=1", "SLACK_TOKEN=xoxb-test")
	var err error
	if h.store, err = redis.Open(t.Context(), redis.Options{Address: at}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.store.Close() })
	return h
}

// serve starts a replica, which is killed with the test at the latest.
func (h *house) serve(t *testing.T) *replica {
	t.Helper()
	r := &replica{cmd: exec.Command(os.Args[0], "serve", "--log-level", "info", "-c", h.path), said: &bytes.Buffer{}} //nolint:gosec // this very program
	r.cmd.Env, r.cmd.Stderr = h.env, r.said
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	h.running[r.cmd.Process.Pid] = r
	t.Cleanup(func() {
		_ = r.end(syscall.SIGKILL) // it may have ended
		if t.Failed() {
			t.Logf("replica %d said:\n%s", r.cmd.Process.Pid, r.said)
		}
	})
	return r
}

// end ends the replica with a signal and waits for it.
func (r *replica) end(with syscall.Signal) error {
	_ = r.cmd.Process.Signal(with)
	return r.cmd.Wait()
}

var inProcess = regexp.MustCompile(`process (\d+),`)

// at is the replica whose turn it is; nil when it is nobody's.
func (h *house) at(ctx context.Context, is func(store.Held) bool) *replica {
	held, err := h.store.Leases(ctx)
	if err != nil {
		return nil
	}
	for _, l := range held {
		if m := inProcess.FindStringSubmatch(l.Holder); is(l) && m != nil {
			pid, _ := strconv.Atoi(m[1])
			return h.running[pid]
		}
	}
	return nil
}

func turnOf(name string) func(store.Held) bool {
	return func(l store.Held) bool { return l.Name == name }
}

// await waits for the replica whose turn it is, not being another.
func (h *house) await(t *testing.T, name string, not *replica) *replica {
	t.Helper()
	var r *replica
	if !redistest.Until(time.Minute, func(ctx context.Context) bool {
		r = h.at(ctx, turnOf(name))
		return r != nil && r != not
	}) {
		t.Fatalf("nobody took the turn %s", name)
	}
	return r
}

// delivered waits until every report has arrived, and wants each once.
func (h *house) delivered(t *testing.T, most time.Duration) {
	t.Helper()
	const expected = 4 // one to the channel, one to each of three EMs
	var all []store.Delivery
	if !redistest.Until(most, func(ctx context.Context) bool {
		var err error
		all, err = h.store.Deliveries(ctx, time.Time{})
		n := 0
		for _, d := range all {
			if d.State == store.Delivered {
				n++
			}
		}
		return err == nil && n == expected
	}) {
		t.Fatalf("not everything was delivered: %+v", all)
	}
	h.once(t)
}

// once wants that nothing arrived twice.
func (h *house) once(t *testing.T) {
	t.Helper()
	if n, parts := messagesOf(t, h.workspace, "#payments"); n != parts || n == 0 {
		t.Errorf("#payments holds %d messages, %d of them different", n, parts)
	}
	for id, n := range h.post.arrived() {
		if n != 1 {
			t.Errorf("%s arrived %d times", id, n)
		}
	}
}

func TestReplicasShareTheWorkAndDeliverEachReportOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first, second := h.serve(t), h.serve(t)
	// Told to end in the middle of a reading, a replica ends well and hands it back.
	busy := h.await(t, "sync", nil)
	if err := busy.end(syscall.SIGTERM); err != nil {
		t.Errorf("in the middle of a reading it ended with %v", err)
	}
	if busy == first {
		first = second
	}
	second = h.serve(t)
	h.delivered(t, 2*time.Minute)
	keeper := h.await(t, "schedule", nil)
	other := first
	if keeper == first {
		other = second
	}
	// Told to end, it gives up the schedule at once.
	asked := time.Now()
	if err := keeper.end(syscall.SIGTERM); err != nil {
		t.Errorf("it ended with %v", err)
	}
	if took := time.Since(asked); took > 10*time.Second {
		t.Errorf("it took %s to end with nothing to do", took)
	}
	if got := h.await(t, "schedule", keeper); got != other {
		t.Error("another than the one that is left keeps the schedule")
	}
	// Killed, its turn runs out.
	third := h.serve(t)
	killed := time.Now()
	_ = other.end(syscall.SIGKILL)
	if got := h.await(t, "schedule", other); got != third {
		t.Error("another than the one that is left keeps the schedule")
	}
	if took := time.Since(killed); took > 25*time.Second {
		t.Errorf("it took %s until somebody kept the schedule", took)
	}
	h.once(t)
}

// Each kind of job is killed while it is done; another process goes on.
func TestAWorkerThatIsKilledLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for leases to run out")
	}
	t.Parallel()
	calm, h := newHouse(t), newHouse(t)
	calm.serve(t)
	h.serve(t)
	h.serve(t)
	for _, turn := range []string{"sync", "check"} {
		dead := h.await(t, turn, nil)
		_ = dead.end(syscall.SIGKILL)
		h.serve(t)
	}
	var arrived bool
	if !redistest.Until(2*time.Minute, func(ctx context.Context) bool {
		all, _ := h.store.Deliveries(ctx, time.Time{})
		for _, d := range all {
			if m := inProcess.FindStringSubmatch(d.Holder); m != nil {
				pid, _ := strconv.Atoi(m[1])
				if r := h.running[pid]; r != nil {
					_ = r.end(syscall.SIGKILL)
					return true
				}
			}
			arrived = arrived || d.State == store.Delivered
		}
		return false
	}) {
		t.Fatalf("nobody was seen to deliver (some arrived: %v)", arrived)
	}
	h.serve(t)
	h.delivered(t, 5*time.Minute)
	calm.delivered(t, 2*time.Minute)
	if got, want := h.tickets(t), calm.tickets(t); got != want || want == "" {
		t.Errorf("there are %s tickets, want %s", got, want)
	}
}

// tickets counts what is stored of each source.
func (h *house) tickets(t *testing.T) string {
	t.Helper()
	n := map[string]int{}
	for one, err := range h.store.Tickets(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n[one.Source]++
	}
	findings, err := h.store.Findings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(fmt.Sprint(n, " and ", len(findings), " findings"), "map")
}
