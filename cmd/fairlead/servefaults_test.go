package main

import (
	"context"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/fairlead-dev/fairlead/store/redis"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
)

// doctor is what fairlead doctor says here.
func (h *house) doctor(t *testing.T) string {
	t.Helper()
	r := run(t, map[string]string{"SLACK_TOKEN": "xoxb-test"}, "doctor", "-c", h.path)
	return r.out + r.err
}

func TestAReplicaThatIsCutOffHandsOverAndComesBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop()), "redis", "127.0.0.1:0", h.server.Addr)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	straight, err := os.ReadFile(h.path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(h.path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(strings.ReplaceAll(string(straight), h.server.Addr, p.Listen))
	far := h.serve(t)
	h.await(t, "schedule", nil)
	write(string(straight))
	near := h.serve(t)
	h.delivered(t, 2*time.Minute)

	p.Stop()
	if got := h.await(t, "schedule", far); got != near {
		t.Error("another than the one that is left keeps the schedule")
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	_ = near.end(syscall.SIGKILL)
	if got := h.await(t, "schedule", near); got != far {
		t.Error("the one that was cut off does not come back")
	}
	h.once(t)
}

func TestReplicasOutlastWhatHappensToRedis(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.serve(t)
	h.serve(t)
	h.delivered(t, 2*time.Minute)
	kept := func(why string) {
		t.Helper()
		if !redistest.Until(90*time.Second, func(ctx context.Context) bool { return h.at(ctx, turnOf("schedule")) != nil }) {
			t.Fatalf("%s: nobody keeps the schedule", why)
		}
	}
	unkept := func(why string) {
		t.Helper()
		if !redistest.Until(90*time.Second, func(ctx context.Context) bool { return h.at(ctx, turnOf("schedule")) == nil }) {
			t.Fatalf("%s: the schedule is kept all the same", why)
		}
	}

	h.server.Do("CONFIG", "SET", "maxmemory", "1")
	unkept("full")
	if said := h.doctor(t); !strings.Contains(said, "full") || !strings.Contains(said, "memory") {
		t.Errorf("doctor says nothing of a full Redis:\n%s", said)
	}
	h.server.Do("CONFIG", "SET", "maxmemory", "0")
	kept("room again")

	h.server.Do("REPLICAOF", "127.0.0.1", "1") // of nobody: read-only
	unkept("read-only")
	h.server.Do("REPLICAOF", "NO", "ONE")
	kept("writable again")

	everything := h.server.Dump()
	h.server.Kill()
	h.server.Empty()
	h.server.Start()
	unkept("emptied")
	h.once(t)
	h.server.Restore(everything)
	kept("put back")
	h.once(t)
}

// The server is killed while a source is read: what holds the ledger and all turns.
func TestReplicasOutlastTheServerThatIsKilled(t *testing.T) {
	for name, start := range map[string]func(t *testing.T) (h *house, kill func() bool){
		"the master under Sentinel": func(t *testing.T) (*house, func() bool) {
			r := redistest.StartSentinel(t)
			at := redis.Address{Hosts: r.Addrs(), Master: r.Name}
			return houseAt(t, "redis+sentinel://"+strings.Join(r.Addrs(), ",")+"/"+r.Name, at), r.Failover
		},
		"one node of a Cluster": func(t *testing.T) (*house, func() bool) {
			c := redistest.StartCluster(t, true)
			at := redis.Address{Hosts: c.Addrs(), Cluster: true}
			return houseAt(t, "redis+cluster://"+strings.Join(c.Addrs(), ","), at), func() bool { return c.Failover("{fairlead}:head") }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, kill := start(t)
			h.serve(t)
			h.serve(t)
			h.await(t, "sync", nil)
			if !kill() {
				t.Fatal("no other server is in its place")
			}
			h.delivered(t, 2*time.Minute)
			h.await(t, "schedule", nil)
			h.once(t)
			// Replicas tell of themselves every few seconds.
			said := h.doctor(t)
			for until := time.Now().Add(20 * time.Second); !strings.Contains(said, "the schedule is kept by") && time.Now().Before(until); {
				said = h.doctor(t)
			}
			if !strings.Contains(said, "the schedule is kept by") {
				t.Errorf("doctor says not that all is well:\n%s", said)
			}
		})
	}
}
