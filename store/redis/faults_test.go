package redis_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/redis"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
	"github.com/fairlead-dev/fairlead/ticket"
)

const source = "jira acme.atlassian.net"

var monday = time.Date(2026, 11, 9, 8, 0, 0, 0, time.UTC)

func numbered(n int) ticket.Ticket {
	return ticket.Ticket{Source: source, ID: fmt.Sprintf("%06d", n), Key: fmt.Sprint("PAY-", n), Title: "Bulk export", Updated: monday}
}

func opened(t *testing.T, o redis.Options) *redis.Store {
	t.Helper()
	s, err := redis.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// writing stores one ticket after the other until it is told to stop, and says how
// many were acknowledged.
type writing struct {
	stop chan struct{}
	done sync.WaitGroup
	mu   sync.Mutex
	n    int
}

func write(t *testing.T, s store.Store) *writing {
	w := &writing{stop: make(chan struct{})}
	w.done.Go(func() {
		for {
			select {
			case <-w.stop:
				return
			default:
			}
			n := w.acknowledged()
			changed, err := s.SavePage(t.Context(), source, []ticket.Ticket{numbered(n)}, nil, fmt.Sprint(n+1))
			if err != nil || changed != 1 {
				t.Errorf("ticket %d: changed %d, %v", n, changed, err)
				return
			}
			w.mu.Lock()
			w.n++
			w.mu.Unlock()
		}
	})
	return w
}

func (w *writing) acknowledged() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.n
}

// reach waits until so many more were acknowledged.
func (w *writing) reach(t *testing.T, more int) {
	t.Helper()
	want := w.acknowledged() + more
	if !redistest.Until(time.Minute, func(context.Context) bool { return w.acknowledged() >= want || t.Failed() }) {
		t.Fatalf("%d were written, want %d", w.acknowledged(), want)
	}
}

func (w *writing) end(t *testing.T, s store.Store) {
	t.Helper()
	close(w.stop)
	w.done.Wait()
	wantAll(t, s, w.acknowledged())
}

// wantAll wants exactly the first n tickets, by every way of reading.
func wantAll(t *testing.T, s store.Store, n int) {
	t.Helper()
	read := 0
	for one, err := range s.Tickets(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if one.ID != numbered(read).ID {
			t.Fatalf("ticket %d has the id %s", read, one.ID)
		}
		read++
	}
	count, err := s.Count(t.Context(), source)
	cursor, err2 := s.Cursor(t.Context(), source)
	if want := fmt.Sprint(n); err != nil || err2 != nil || read != n || count != n || cursor != want && n > 0 {
		t.Errorf("%d tickets read, %d counted, cursor %s, %v, %v; want all %d that were acknowledged", read, count, cursor, err, err2, n)
	}
}

func TestNothingAcknowledgedIsLostWhenTheMasterIsKilled(t *testing.T) {
	r := redistest.StartSentinel(t)
	at := redis.Options{Address: redis.Address{Hosts: r.Addrs(), Master: r.Name}}
	s := opened(t, at)
	w := write(t, s)
	w.reach(t, 100)
	killed := r.Master()
	if !r.Failover() {
		t.Fatal("no other master took over")
	}
	w.reach(t, 100)
	killed.Start() // comes back as a replica
	w.reach(t, 100)
	w.end(t, s)
	wantAll(t, opened(t, at), w.acknowledged())
}

func TestNothingAcknowledgedIsLostWhenANodeOfTheClusterIsKilled(t *testing.T) {
	c := redistest.StartCluster(t, true)
	s := opened(t, redis.Options{Address: redis.Address{Hosts: c.Addrs(), Cluster: true}})
	w := write(t, s)
	w.reach(t, 100)
	if !c.Failover("{fairlead:jira+acme.atlassian.net}:head") {
		t.Fatal("no replica took over")
	}
	w.reach(t, 100)
	if !c.Failover("{fairlead}:head") {
		t.Fatal("no replica took over")
	}
	w.reach(t, 20)
	w.end(t, s)
}

func TestAServerThatIsKilledIsWaitedFor(t *testing.T) {
	server := redistest.Start(t, "--appendfsync", "always")
	s := opened(t, redis.Options{Address: redis.Address{Hosts: []string{server.Addr}}})
	w := write(t, s)
	for range 3 {
		w.reach(t, 50)
		server.Kill()
		server.Start()
	}
	w.reach(t, 50)
	w.end(t, s)
}

// proxied is a server behind Toxiproxy.
type proxied struct {
	proxy *toxiproxy.Proxy
	addr  string
}

func behindProxy(t *testing.T, server *redistest.Server) *proxied {
	t.Helper()
	metrics := toxiproxy.NewMetricsContainer(prometheus.NewRegistry())
	p := toxiproxy.NewProxy(toxiproxy.NewServer(metrics, zerolog.Nop()), "redis", "127.0.0.1:0", server.Addr)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return &proxied{p, p.Listen}
}

func (p *proxied) poison(t *testing.T, toxic string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(toxic))
	if _, err := p.proxy.Toxics.AddToxicJson(r.Body); err != nil {
		t.Fatal(err)
	}
}

func TestACutLineIsSaidAndHealsByItself(t *testing.T) {
	server := redistest.Start(t)
	p := behindProxy(t, server)
	s := opened(t, redis.Options{Address: redis.Address{Hosts: []string{p.addr}}, Patience: 200 * time.Millisecond})
	must(t, second(s.SavePage(t.Context(), source, []ticket.Ticket{numbered(0)}, nil, "1")))
	p.proxy.Stop()
	for what, err := range attempts(t, s) {
		if err == nil || !strings.Contains(err.Error(), "does not answer") {
			t.Errorf("%s over a cut line: %v", what, err)
		}
	}
	must(t, p.proxy.Start())
	// Its client dials again once a second after many dials in vain.
	if !redistest.Until(time.Minute, func(ctx context.Context) bool {
		var last error
		for _, last = range s.Tickets(ctx) {
			continue
		}
		return last == nil
	}) {
		t.Fatal("it does not go on once the line is there again")
	}
	wantAll(t, s, 1)
}

// attempts reads and writes in several ways.
func attempts(t *testing.T, s store.Store) map[string]error {
	out := map[string]error{
		"a page":    second(s.SavePage(t.Context(), source, []ticket.Ticket{numbered(1)}, nil, "2")),
		"a cursor":  second(s.Cursor(t.Context(), source)),
		"a finding": second(s.Findings(t.Context())),
		"a run":     s.SaveRun(t.Context(), store.Run{ID: "r", Kind: store.RunSync, Started: monday}),
	}
	for _, err := range s.Tickets(t.Context()) {
		out["reading"] = err
	}
	return out
}

func TestWhatIsDoneOnceIsDoneOnceOverAPoorLine(t *testing.T) {
	server := redistest.Start(t)
	p := behindProxy(t, server)
	s := opened(t, redis.Options{Address: redis.Address{Hosts: []string{p.addr}}})
	// Answers get lost on the way while the commands arrive.
	p.poison(t, `{"name": "cut", "type": "limit_data", "stream": "downstream", "toxicity": 1, "attributes": {"bytes": 600}}`)
	for n := range 40 {
		changed, err := s.SavePage(t.Context(), source, []ticket.Ticket{numbered(n)}, nil, fmt.Sprint(n+1))
		if err != nil || changed != 1 {
			t.Errorf("page %d: changed %d, %v", n, changed, err)
		}
		id := fmt.Sprint("state ", n)
		if first, err := s.Spend(t.Context(), id, monday, monday.Add(time.Hour)); err != nil || !first {
			t.Errorf("%s: first %v, %v", id, first, err)
		}
		if epoch, err := s.NextEpoch(t.Context(), "lee"); err != nil || epoch != n+1 {
			t.Errorf("epoch %d, %v, want %d", epoch, err, n+1)
		}
		hash := fmt.Sprint("hash ", n)
		must(t, s.AddToken(t.Context(), hash, "lee", monday.Add(time.Hour)))
		if person, err := s.TakeToken(t.Context(), hash, monday); err != nil || person != "lee" {
			t.Errorf("%s was %q's, %v", hash, person, err)
		}
		d := store.Delivery{DeliveryKey: store.DeliveryKey{Report: "r", Week: fmt.Sprint(n), Channel: "c"}, State: store.Pending, Due: monday}
		d, claimed, err := s.Claim(t.Context(), d, "one", monday, monday.Add(time.Minute))
		if err != nil || !claimed {
			t.Errorf("delivery %d: claimed %v, %v", n, claimed, err)
		}
		d.Holder, d.State = "", store.Delivered
		must(t, s.SaveDelivery(t.Context(), "one", d))
	}
	must(t, p.proxy.Toxics.RemoveToxic(t.Context(), "cut"))
	wantAll(t, s, 40)
	if n, err := strconv.Atoi(server.Told("stats", "total_connections_received")); err != nil || n < 20 {
		t.Errorf("only %d connections were made, %v: the line was not poor", n, err)
	}
}

func TestAFullServerTakesNothingAndSaysSo(t *testing.T) {
	server := redistest.Start(t)
	s := opened(t, redis.Options{Address: redis.Address{Hosts: []string{server.Addr}}})
	must(t, second(s.SavePage(t.Context(), source, []ticket.Ticket{numbered(0)}, nil, "1")))
	server.Do("CONFIG", "SET", "maxmemory", "1")
	for what, err := range attempts(t, s) {
		switch what {
		case "a page", "a run":
			if err == nil || !strings.Contains(err.Error(), "Redis is full (maxmemory)") {
				t.Errorf("%s in a full server: %v", what, err)
			}
		default:
			if err != nil {
				t.Errorf("%s in a full server: %v", what, err)
			}
		}
	}
	wantAll(t, s, 1)
	server.Do("CONFIG", "SET", "maxmemory", "0")
	must(t, second(s.SavePage(t.Context(), source, []ticket.Ticket{numbered(1)}, nil, "2")))
	wantAll(t, s, 2)
}

func TestAReadOnlyServerTakesNothingAndSaysSo(t *testing.T) {
	server := redistest.Start(t)
	at := redis.Options{Address: redis.Address{Hosts: []string{server.Addr}}, Patience: 300 * time.Millisecond}
	s := opened(t, at)
	must(t, second(s.SavePage(t.Context(), source, []ticket.Ticket{numbered(0)}, nil, "1")))
	server.Do("REPLICAOF", "127.0.0.1", "1")
	_, err := s.SavePage(t.Context(), source, []ticket.Ticket{numbered(1)}, nil, "2")
	if err == nil || !strings.Contains(err.Error(), "read-only replica") {
		t.Errorf("a page in a read-only server: %v", err)
	}
	wantAll(t, s, 1)
	server.Do("REPLICAOF", "NO", "ONE")
	must(t, second(s.SavePage(t.Context(), source, []ticket.Ticket{numbered(1)}, nil, "2")))
	wantAll(t, s, 2)
}

func TestAServerThatCameBackEmptyIsNoticed(t *testing.T) {
	server := redistest.Start(t)
	s := opened(t, redis.Options{Address: redis.Address{Hosts: []string{server.Addr}}})
	must(t, second(s.SavePage(t.Context(), source, []ticket.Ticket{numbered(0)}, nil, "1")))
	dump := server.Dump()
	server.Do("FLUSHALL")
	for what, err := range attempts(t, s) {
		if !errors.Is(err, redis.ErrLost) {
			t.Errorf("%s in an emptied server: %v", what, err)
		}
	}
	server.Restore(dump)
	wantAll(t, s, 1)

	server.Do("DEL", "{fairlead:jira+acme.atlassian.net}:head")
	if _, err := redis.Open(t.Context(), redis.Options{Address: redis.Address{Hosts: []string{server.Addr}}}); !errors.Is(err, redis.ErrLost) {
		t.Errorf("opened without a source that was there: %v", err)
	}
}

func TestTheServerMayForgetItsScripts(t *testing.T) {
	server := redistest.Start(t)
	s := opened(t, redis.Options{Address: redis.Address{Hosts: []string{server.Addr}}})
	for n := range 3 {
		must(t, second(s.SavePage(t.Context(), source, []ticket.Ticket{numbered(n)}, nil, fmt.Sprint(n+1))))
		server.Do("SCRIPT", "FLUSH")
		wantAll(t, s, n+1)
		server.Do("SCRIPT", "FLUSH")
	}
}

func TestWhatCannotBeOpenedSaysWhy(t *testing.T) {
	server := redistest.Start(t)
	locked := redistest.Start(t, "--requirepass", "correct")
	taken := redistest.Start(t)
	taken.Do("SET", "{fairlead}:head", "somebody else's")
	newer := redistest.Start(t)
	newer.Do("HSET", "{fairlead}:head", "store", "x", "format", "2")
	for what, c := range map[string]struct {
		at   redis.Address
		want string
	}{
		"nobody listens":          {redis.Address{Hosts: []string{"127.0.0.1:1"}}, "does not answer"},
		"no password":             {redis.Address{Hosts: []string{locked.Addr}}, "asks for a password"},
		"a wrong password":        {redis.Address{Hosts: []string{locked.Addr}, User: "default", Password: "hunter2"}, "does not know this user or password"},
		"keys of somebody else":   {redis.Address{Hosts: []string{taken.Addr}}, "choose another prefix"},
		"a store of a newer kind": {redis.Address{Hosts: []string{newer.Addr}}, "a newer fairlead"},
		"no Cluster":              {redis.Address{Hosts: []string{server.Addr}, Cluster: true}, "redis:// form"},
		"no Sentinel":             {redis.Address{Hosts: []string{server.Addr}, Master: "m"}, "no Sentinel answers"},
	} {
		s, err := redis.Open(t.Context(), redis.Options{Address: c.at, Patience: 300 * time.Millisecond})
		if err == nil {
			_ = s.Close()
			t.Errorf("%s: opened", what)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want it to say %q", what, err, c.want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
