package redis

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/store"
)

var _ store.Inspector = (*Store)(nil)

// Inspect implements store.Inspector: it asks every server that takes writes how
// it keeps them.
func (s *Store) Inspect(ctx context.Context) (store.Inspection, error) {
	var out store.Inspection
	out.About = append(out.About, s.about(ctx))
	all, err := s.masters(ctx)
	if err != nil {
		return out, fmt.Errorf("inspect store %s: %w", s.address, inWords(err))
	}
	for _, one := range all {
		name := "it"
		if len(all) > 1 {
			name = one.addr
		}
		e := examined{Inspection: &out, name: name, info: one.info, config: one.config, sentinel: s.address.Master != ""}
		e.look()
	}
	return out, nil
}

// about says which store it is and when it was begun: one that is younger than
// expected has replaced another that was lost.
func (s *Store) about(ctx context.Context) string {
	text := fmt.Sprintf("%s, keys begin with {%s", s.address, s.prefix)
	begun, err := s.field(ctx, "head", "begun")
	if seconds, wrong := strconv.ParseInt(begun, 10, 64); err == nil && wrong == nil {
		text += ", begun on " + time.Unix(seconds, 0).UTC().Format("2 January 2006, 15:04 UTC")
	}
	return text
}

// master is what one server told.
type master struct {
	addr   string
	info   map[string]string
	config map[string]string // nil: it does not tell
}

func (s *Store) masters(ctx context.Context) (all []master, err error) {
	var mu sync.Mutex
	ask := func(ctx context.Context, c *goredis.Client) error {
		m := master{addr: c.Options().Addr}
		said, err := c.Info(ctx).Result()
		if err != nil {
			return err
		}
		m.info = infoOf(said)
		m.config = settings(ctx, c)
		mu.Lock()
		defer mu.Unlock()
		all = append(all, m)
		return nil
	}
	if c, ok := s.client.(*goredis.ClusterClient); ok {
		err = c.ForEachMaster(ctx, ask)
	} else if c, ok := s.client.(*goredis.Client); ok {
		err = ask(ctx, c)
	}
	slices.SortFunc(all, func(a, b master) int { return strings.Compare(a.addr, b.addr) })
	return all, err
}

// settings are those that matter; nil where the server does not tell, as managed
// ones.
func settings(ctx context.Context, c *goredis.Client) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"appendfsync", "min-replicas-to-write"} {
		got, err := c.ConfigGet(ctx, name).Result()
		if err != nil {
			return nil
		}
		for k, v := range got {
			out[k] = v
		}
	}
	return out
}

// examined judges what one server told.
type examined struct {
	*store.Inspection
	name     string
	info     map[string]string
	config   map[string]string
	sentinel bool
}

func (e *examined) danger(format string, args ...any) {
	e.Dangers = append(e.Dangers, e.name+" "+fmt.Sprintf(format, args...))
}

func (e *examined) note(format string, args ...any) {
	e.Notes = append(e.Notes, e.name+" "+fmt.Sprintf(format, args...))
}

func (e *examined) look() {
	e.About = append(e.About, fmt.Sprintf("%s is Redis %s with %s of memory in use", e.name, e.info["redis_version"], e.info["used_memory_human"]))
	if old(e.info["redis_version"]) {
		e.danger("is Redis %s: fairlead needs 6.2 or newer", e.info["redis_version"])
	}
	if e.info["role"] == "slave" {
		e.danger("is a replica and takes no writes: name the master")
	}
	e.persistence()
	e.memory()
	e.replicas()
	if e.config == nil {
		e.note("does not tell its settings (CONFIG is not allowed), so whether each write reaches the disk (appendfsync) and a replica (min-replicas-to-write) cannot be told: look in the console of whoever runs it")
	}
}

// old reports a version before 6.2.
func old(version string) bool {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, err := strconv.Atoi(major)
	b, _ := strconv.Atoi(minor)
	return err == nil && (a < 6 || a == 6 && b < 2)
}

func (e *examined) persistence() {
	switch {
	case e.info["aof_enabled"] == "0":
		e.danger("keeps no append-only file: what it took since its last dump is lost when it restarts. Run CONFIG SET appendonly yes and write it into redis.conf")
	case e.config["appendfsync"] == "no":
		e.danger("leaves writing its append-only file to the system (appendfsync no): a power cut loses up to half a minute. Run CONFIG SET appendfsync everysec and write it into redis.conf")
	case e.config["appendfsync"] == "everysec" && e.info["connected_slaves"] == "0":
		e.note("writes its append-only file once a second: a power cut may lose the last second. With appendfsync always, or a replica elsewhere, it loses nothing")
	}
	if is := e.info["aof_last_write_status"]; is != "" && is != "ok" {
		e.danger("could not write its append-only file and takes nothing new until it can: look at its log and its disk")
	}
	if is := e.info["rdb_last_bgsave_status"]; is != "" && is != "ok" {
		e.danger("could not write its dump and may take nothing new until it can: look at its log and its disk")
	}
}

// nearlyFull is the share of maxmemory, in hundredths, from which on to say so.
const nearlyFull = 90

func (e *examined) memory() {
	most, _ := strconv.ParseInt(e.info["maxmemory"], 10, 64)
	used, _ := strconv.ParseInt(e.info["used_memory"], 10, 64)
	policy := e.info["maxmemory_policy"]
	switch evicts := policy != "" && policy != "noeviction"; {
	case evicts && most > 0:
		e.danger("throws keys away when it is full (maxmemory-policy %s): run CONFIG SET maxmemory-policy noeviction and write it into redis.conf", policy)
	case evicts:
		e.note("would throw keys away once it is given a maxmemory (maxmemory-policy %s): run CONFIG SET maxmemory-policy noeviction and write it into redis.conf", policy)
	}
	if most > 0 && used*100 >= most*nearlyFull {
		e.danger("is nearly full: %s of %s (maxmemory) are in use, and once it is full it takes nothing new. Give it more memory", e.info["used_memory_human"], e.info["maxmemory_human"])
	}
}

// slow is from when on a replica counts as lagging.
const slow = 10

func (e *examined) replicas() {
	n, _ := strconv.Atoi(e.info["connected_slaves"])
	if e.sentinel && n == 0 {
		e.danger("has no replica just now, so no other can take its place: look at the replicas")
	}
	for i := range n {
		for _, part := range strings.Split(e.info["slave"+strconv.Itoa(i)], ",") {
			if lag, err := strconv.Atoi(strings.TrimPrefix(part, "lag=")); err == nil && strings.HasPrefix(part, "lag=") && lag > slow {
				e.note("has a replica that is %d seconds behind", lag)
			}
		}
	}
	if e.sentinel && e.config["min-replicas-to-write"] == "0" {
		e.note("goes on taking writes when it is cut off from its replicas, and those are lost once another has taken its place. Run CONFIG SET min-replicas-to-write 1 where it has two replicas or more, and write it into redis.conf")
	}
}
