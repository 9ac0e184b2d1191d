package redistest

import (
	"strings"
	"testing"
)

func TestAServerKeepsItsFilesWhenItIsKilled(t *testing.T) {
	s := Start(t)
	s.Do("SET", "a", "1")
	s.Kill()
	s.Start()
	if got := s.Do("GET", "a"); got != "1" {
		t.Errorf("a is %q, want 1", got)
	}
	s.Kill()
	s.Empty()
	s.Start()
	if got := s.Do("DBSIZE"); got != "0" {
		t.Errorf("%s keys in an emptied server", got)
	}
}

func TestSentinelsPutTheReplicaInTheMastersPlace(t *testing.T) {
	r := StartSentinel(t)
	first := r.Master()
	first.Do("SET", "a", "1")
	if !r.Failover() || r.Master() == first {
		t.Fatal("no other master took over")
	}
	if got := r.Master().Do("GET", "a"); got != "1" {
		t.Errorf("a is %q, want 1", got)
	}
}

func TestAClusterServesEverySlot(t *testing.T) {
	c := StartCluster(t, false)
	if got := c.Masters[0].Do("CLUSTER", "INFO"); !strings.Contains(got, "cluster_slots_ok:16384") {
		t.Error(got)
	}
}
