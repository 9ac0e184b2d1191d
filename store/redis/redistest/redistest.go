// Package redistest starts real Redis servers for tests: one alone, a master with
// a replica under three Sentinels, or a Cluster of three masters with a replica
// each. A test skips where redis-server is not installed, and fails there with
// CI=true.
package redistest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// Server is a Redis server of its own, on a free port, with its files in a
// folder of its own. It writes every change to its file before it answers.
type Server struct {
	Addr string

	tb      testing.TB
	dir     string
	args    []string
	process *exec.Cmd
	said    *bytes.Buffer
	mu      sync.Mutex
}

// Start starts a server that ends with the test. More settings go as on its
// command line: "--maxmemory", "8mb".
func Start(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	s := newServer(tb, settings...)
	s.Start()
	return s
}

func newServer(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	need(tb)
	dir := tb.TempDir()
	port := freePort(tb)
	s := &Server{tb: tb, Addr: net.JoinHostPort("127.0.0.1", port), dir: dir}
	s.args = append([]string{
		"--port", port, "--bind", "127.0.0.1", "--dir", dir, "--logfile", filepath.Join(dir, "log"), "--save", "",
		"--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction",
		"--repl-diskless-sync-delay", "0", "--loglevel", "notice",
	}, settings...)
	tb.Cleanup(s.Kill)
	return s
}

// need skips the test, or with CI=true fails it, where there is no Redis.
func need(tb testing.TB) {
	tb.Helper()
	if _, err := exec.LookPath("redis-server"); err == nil {
		return
	}
	const missing = "redis-server is not installed: apt-get install redis-server"
	if os.Getenv("CI") == "true" {
		tb.Fatal(missing)
	}
	tb.Skip(missing)
}

// given are the ports handed out: the system may offer one twice while nobody
// listens there yet.
var given sync.Map

// freePort is a port whose bus port, 10,000 above, is free as well.
func freePort(tb testing.TB) string {
	tb.Helper()
	for range 100 {
		l, err := listen(tb, "127.0.0.1:0")
		if err != nil {
			tb.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		_ = l.Close()
		if port > 55000 {
			port -= 20000
		}
		bus, err := listen(tb, fmt.Sprintf("127.0.0.1:%d", port+10000))
		if err != nil {
			continue
		}
		_ = bus.Close()
		if again, err := listen(tb, fmt.Sprintf("127.0.0.1:%d", port)); err != nil {
			continue
		} else {
			_ = again.Close()
		}
		if _, taken := given.LoadOrStore(port, true); !taken {
			return strconv.Itoa(port)
		}
	}
	tb.Fatal("no free port")
	return ""
}

func listen(tb testing.TB, at string) (net.Listener, error) {
	tb.Helper()
	return new(net.ListenConfig).Listen(tb.Context(), "tcp", at)
}

// Start starts the server again, with the files that it has.
func (s *Server) Start() {
	s.tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = &bytes.Buffer{}
	s.process = exec.CommandContext(context.WithoutCancel(s.tb.Context()), "redis-server", s.args...) //nolint:gosec // arguments of a test
	s.process.Stdout, s.process.Stderr = s.said, s.said
	if err := s.process.Start(); err != nil {
		s.tb.Fatal(err)
	}
	if !s.answers() {
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		s.tb.Fatalf("redis-server at %s did not answer:\n%s%s", s.Addr, s.said, log)
	}
}

func (s *Server) answers() bool {
	client := s.client()
	defer func() { _ = client.Close() }()
	return Until(20*time.Second, func(ctx context.Context) bool {
		err := client.Ping(ctx).Err()
		return err == nil || strings.HasPrefix(err.Error(), "NOAUTH")
	})
}

// Until asks again and again, every few milliseconds, until the answer is yes; it
// gives up after a while.
func Until(most time.Duration, ask func(context.Context) bool) bool {
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if ask(ctx) {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}

// Kill ends the server as kill -9 does. It is over when Kill returns.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		_ = s.process.Process.Kill()
		_ = s.process.Wait()
		s.process = nil
	}
}

// Empty takes away the files of a server that does not run.
func (s *Server) Empty() {
	s.tb.Helper()
	for _, name := range []string{"appendonlydir", "appendonly.aof", "dump.rdb"} {
		if err := os.RemoveAll(filepath.Join(s.dir, name)); err != nil {
			s.tb.Fatal(err)
		}
	}
}

func (s *Server) client() *goredis.Client {
	return goredis.NewClient(&goredis.Options{Addr: s.Addr, Protocol: 2, DisableIdentity: true, DialerRetries: 1})
}

// Do sends a command and gives the answer, or the error in words.
func (s *Server) Do(args ...any) string {
	client := s.client()
	defer func() { _ = client.Close() }()
	answer, err := client.Do(context.Background(), args...).Result()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(answer)
}

// Dump is everything in the server, by key, without when keys expire.
func (s *Server) Dump() map[string]string {
	s.tb.Helper()
	client := s.client()
	defer func() { _ = client.Close() }()
	ctx := context.Background()
	out := map[string]string{}
	keys, err := client.Keys(ctx, "*").Result()
	for _, key := range keys {
		if err != nil {
			break
		}
		var value string
		switch value, err = client.Dump(ctx, key).Result(); {
		case err == nil:
			out[key] = value
		case errors.Is(err, goredis.Nil):
			err = nil // it has gone meanwhile
		}
	}
	if err != nil {
		s.tb.Fatal(err)
	}
	return out
}

// Restore puts back what Dump gave.
func (s *Server) Restore(dump map[string]string) {
	s.tb.Helper()
	client := s.client()
	defer func() { _ = client.Close() }()
	for key, value := range dump {
		if err := client.RestoreReplace(context.Background(), key, 0, value).Err(); err != nil {
			s.tb.Fatal(err)
		}
	}
}

// Told is one line of what the server tells about itself.
func (s *Server) Told(section, field string) string {
	for line := range strings.Lines(s.Do("INFO", section)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && name == field {
			return value
		}
	}
	return ""
}

// Replicated is a master with a replica, watched by Sentinels.
type Replicated struct {
	Name      string // of the master, for the Sentinels
	Servers   []*Server
	Sentinels []*Server
}

// StartSentinel starts a master, a replica and three Sentinels, which put the
// replica in the master's place about a second after it stopped answering.
func StartSentinel(tb testing.TB, settings ...string) *Replicated {
	tb.Helper()
	r := &Replicated{Name: "fairlead-test"}
	master := Start(tb, settings...)
	_, port, _ := net.SplitHostPort(master.Addr)
	replica := Start(tb, append([]string{"--replicaof", "127.0.0.1 " + port}, settings...)...)
	r.Servers = []*Server{master, replica}
	if !Until(20*time.Second, func(context.Context) bool { return replica.Told("replication", "master_link_status") == "up" }) {
		tb.Fatal("the replica does not follow")
	}
	for range 3 {
		r.Sentinels = append(r.Sentinels, startSentinel(tb, r.Name, port))
	}
	if !Until(30*time.Second, func(context.Context) bool { return r.watched() }) {
		tb.Fatal("the Sentinels do not know one another")
	}
	return r
}

func startSentinel(tb testing.TB, name, masterPort string) *Server {
	tb.Helper()
	s := newServer(tb)
	_, port, _ := net.SplitHostPort(s.Addr)
	file := filepath.Join(s.dir, "sentinel.conf")
	conf := fmt.Sprintf("port %s\nbind 127.0.0.1\ndir %s\nlogfile %s\nsentinel monitor %s 127.0.0.1 %s 2\n"+
		"sentinel down-after-milliseconds %s 3000\nsentinel failover-timeout %s 3000\nsentinel parallel-syncs %s 1\n",
		port, s.dir, filepath.Join(s.dir, "log"), name, masterPort, name, name, name)
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		tb.Fatal(err)
	}
	s.args = []string{file, "--sentinel"}
	s.Start()
	return s
}

// watched reports whether every Sentinel knows the replica and the others.
func (r *Replicated) watched() bool {
	for _, s := range r.Sentinels {
		said := s.Do("SENTINEL", "MASTER", r.Name)
		if !strings.Contains(said, "num-slaves:1") && !strings.Contains(said, "num-slaves 1") ||
			!strings.Contains(said, "num-other-sentinels:2") && !strings.Contains(said, "num-other-sentinels 2") {
			return false
		}
	}
	return true
}

// Addrs are the addresses of the Sentinels.
func (r *Replicated) Addrs() []string { return addrs(r.Sentinels) }

// Master is the server that the Sentinels take for the master just now.
func (r *Replicated) Master() *Server {
	said := r.Sentinels[0].Do("SENTINEL", "GET-MASTER-ADDR-BY-NAME", r.Name)
	for _, s := range r.Servers {
		if _, port, _ := net.SplitHostPort(s.Addr); strings.Contains(said, port) {
			return s
		}
	}
	return nil
}

// Cluster is a Redis Cluster.
type Cluster struct {
	Masters, Replicas []*Server // as they began
}

// StartCluster starts three masters; with replicas, one for each, which takes
// over about a second after its master stopped answering.
func StartCluster(tb testing.TB, replicas bool) *Cluster {
	tb.Helper()
	c := &Cluster{}
	start := func() *Server {
		return Start(tb, "--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-config-file", "nodes.conf",
			"--cluster-require-full-coverage", "yes", "--cluster-replica-validity-factor", "0")
	}
	for range 3 {
		c.Masters = append(c.Masters, start())
	}
	for range 3 {
		if replicas {
			c.Replicas = append(c.Replicas, start())
		}
	}
	args := []string{"--cluster", "create"}
	args = append(args, addrs(c.Masters)...)
	args = append(args, addrs(c.Replicas)...)
	if replicas {
		args = append(args, "--cluster-replicas", "1")
	}
	out, err := exec.CommandContext(tb.Context(), "redis-cli", append(args, "--cluster-yes")...).CombinedOutput() //nolint:gosec // arguments of a test
	if err != nil {
		tb.Fatalf("redis-cli --cluster create: %v\n%s", err, out)
	}
	if !Until(30*time.Second, func(context.Context) bool { return c.whole() }) {
		tb.Fatal("the Cluster does not come up")
	}
	return c
}

func (c *Cluster) whole() bool {
	for _, s := range append(c.Masters, c.Replicas...) {
		if !strings.Contains(s.Do("CLUSTER", "INFO"), "cluster_state:ok") {
			return false
		}
	}
	for _, s := range c.Replicas {
		if s.Told("replication", "role") == "slave" && s.Told("replication", "master_link_status") != "up" {
			return false
		}
	}
	return true
}

// Addrs are the addresses of all servers.
func (c *Cluster) Addrs() []string { return append(addrs(c.Masters), addrs(c.Replicas)...) }

func addrs(all []*Server) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = s.Addr
	}
	return out
}

// Failover kills the master and waits until another is in its place.
func (r *Replicated) Failover() bool {
	was := r.Master()
	was.Kill()
	return Until(30*time.Second, func(context.Context) bool {
		is := r.Master()
		return is != nil && is != was && is.Told("replication", "role") == "master"
	})
}

// Failover kills the master of the key's slot and waits until its replica is in its
// place.
func (c *Cluster) Failover(key string) bool {
	was := c.Of(key)
	was.Kill()
	return Until(30*time.Second, func(context.Context) bool {
		is := c.Of(key)
		return is != nil && is != was && strings.Contains(is.Do("CLUSTER", "INFO"), "cluster_state:ok")
	})
}

// Of is the server that serves the key's slot; nil when nobody does.
func (c *Cluster) Of(key string) *Server {
	all := append(append([]*Server(nil), c.Masters...), c.Replicas...)
	for _, s := range all {
		// A master answers for its own slots, and sends others away.
		if s.Told("replication", "role") == "master" && !strings.HasPrefix(s.Do("EXISTS", key), "MOVED") {
			return s
		}
	}
	return nil
}
