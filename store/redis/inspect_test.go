package redis_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/redis"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
	"github.com/fairlead-dev/fairlead/ticket"
)

func inspected(t *testing.T, at redis.Address) store.Inspection {
	t.Helper()
	seen, err := opened(t, redis.Options{Address: at}).Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

func TestWhatCouldLoseSomethingIsSaid(t *testing.T) {
	for _, c := range []struct {
		name     string
		settings []string
		dangers  []string // in order, part of each
		notes    []string
	}{
		{"everything is kept", []string{"--appendfsync", "always"}, nil, nil},
		{"a power cut loses a second", nil, nil, []string{"may lose the last second"}},
		{"no append-only file", []string{"--appendonly", "no"}, []string{"keeps no append-only file"}, nil},
		{"the system writes when it likes", []string{"--appendfsync", "no"}, []string{"leaves writing its append-only file to the system"}, nil},
		{"keys are thrown away", []string{"--appendfsync", "always", "--maxmemory", "1gb", "--maxmemory-policy", "allkeys-lru"}, []string{"throws keys away when it is full (maxmemory-policy allkeys-lru)"}, nil},
		{"keys would be thrown away", []string{"--appendfsync", "always", "--maxmemory-policy", "volatile-ttl"}, nil, []string{"would throw keys away"}},
		{"settings that are not told", []string{"--rename-command", "CONFIG", ""}, nil, []string{"does not tell its settings"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen := inspected(t, redis.Address{Hosts: []string{redistest.Start(t, c.settings...).Addr}})
			wantLines(t, "dangers", seen.Dangers, c.dangers)
			wantLines(t, "notes", seen.Notes, c.notes)
			if about := strings.Join(seen.About, "; "); !strings.Contains(about, "begun on") || !strings.Contains(about, "is Redis ") {
				t.Errorf("about: %s", about)
			}
		})
	}
}

func TestANearlyFullServerIsSaid(t *testing.T) {
	server := redistest.Start(t, "--appendfsync", "always")
	s := opened(t, redis.Options{Address: redis.Address{Hosts: []string{server.Addr}}})
	used, err := strconv.Atoi(server.Told("memory", "used_memory"))
	must(t, err)
	server.Do("CONFIG", "SET", "maxmemory", used+used/20)
	seen, err := s.Inspect(t.Context())
	must(t, err)
	wantLines(t, "dangers", seen.Dangers, []string{"is nearly full: "})
}

func wantLines(t *testing.T, what string, got, want []string) {
	t.Helper()
	for i, line := range got {
		if i >= len(want) || !strings.Contains(line, want[i]) {
			t.Errorf("%s say %q", what, line)
		}
	}
	if len(got) < len(want) {
		t.Errorf("%s say %q, want %q", what, got, want)
	}
}

func TestAMasterWithoutReplicaIsSaid(t *testing.T) {
	r := redistest.StartSentinel(t)
	at := redis.Address{Hosts: r.Addrs(), Master: r.Name}
	wantLines(t, "dangers", inspected(t, at).Dangers, nil)
	wantLines(t, "notes", inspected(t, at).Notes, []string{"cut off from its replicas"})
	for _, s := range r.Servers {
		if s != r.Master() {
			s.Kill()
		}
	}
	if !redistest.Until(time.Minute, func(context.Context) bool {
		return strings.Contains(r.Master().Do("INFO", "replication"), "connected_slaves:0")
	}) {
		t.Fatal("the master still counts its replica")
	}
	wantLines(t, "dangers", inspected(t, at).Dangers, []string{"has no replica just now"})
}

func TestEveryNodeOfAClusterIsLookedAt(t *testing.T) {
	c := redistest.StartCluster(t, false)
	c.Masters[1].Do("CONFIG", "SET", "appendonly", "no")
	seen := inspected(t, redis.Address{Hosts: c.Addrs(), Cluster: true})
	wantLines(t, "dangers", seen.Dangers, []string{c.Masters[1].Addr + " keeps no append-only file"})
}

// TestTheRightsInTheDocsAreEnough makes the user that docs/redis.md shows and does
// everything as that user.
func TestTheRightsInTheDocsAreEnough(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "redis.md"))
	must(t, err)
	line := regexp.MustCompile(`(?m)^ACL SETUSER .*$`).FindString(string(text))
	server := redistest.Start(t, "--appendfsync", "always")
	var args []any
	for _, word := range strings.Fields(line) {
		args = append(args, strings.ReplaceAll(word, ">PASSWORD", ">s3cr3t"))
	}
	if got := server.Do(args...); got != "OK" {
		t.Fatalf("%q: %s", line, got)
	}
	at := redis.Address{Hosts: []string{server.Addr}, User: "fairlead", Password: "s3cr3t"}
	s := opened(t, redis.Options{Address: at})
	for what, err := range attempts(t, s) {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	many := make([]ticket.Ticket, 2000)
	for n := range many {
		many[n] = numbered(n)
	}
	must(t, second(s.SavePage(t.Context(), source, many, nil, "2000")))
	_, _, err = s.Compare(t.Context(), source, func(yield func([]ticket.Present, error) bool) { yield([]ticket.Present{{Ref: many[0].Ref()}}, nil) })
	must(t, err)
	wantAll(t, s, 2000)
	seen := inspected(t, at)
	wantLines(t, "dangers", seen.Dangers, nil)
	wantLines(t, "notes", seen.Notes, nil)
	if _, err := redis.Open(t.Context(), redis.Options{Address: at, Prefix: "other"}); err == nil || !strings.Contains(err.Error(), "may not do this") {
		t.Errorf("opened under another prefix: %v", err)
	}
}
