package redis

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Address says where Redis is and how to sign in.
type Address struct {
	Hosts    []string // host:port; several for Sentinel and Cluster
	Master   string   // the name that the Sentinels know it by; empty without Sentinel
	Cluster  bool
	Database int // 0 in a Cluster
	User     string
	Password string
	// SentinelUser and SentinelPassword sign in to the Sentinels themselves.
	SentinelUser, SentinelPassword string
	TLS                            *tls.Config // nil: unencrypted
}

// String is the address as the configuration has it, without secrets.
func (a Address) String() string {
	scheme, hosts := "redis", strings.Join(a.Hosts, ",")
	if a.TLS != nil {
		scheme = "rediss"
	}
	switch {
	case a.Master != "":
		return fmt.Sprintf("%s+sentinel://%s/%s", scheme, hosts, a.Master)
	case a.Cluster:
		return scheme + "+cluster://" + hosts
	}
	return fmt.Sprintf("%s://%s", scheme, hosts)
}

const (
	dialTimeout = 3 * time.Second
	// answerTimeout is longer than any script takes and than confirmTimeout.
	answerTimeout  = 5 * time.Second
	confirmTimeout = 2 * time.Second
	// patience is how long a call waits for a server that is coming back: longer
	// than Sentinel and Cluster take to put another in its place.
	patience = 20 * time.Second
)

// noRetries: retries are ours, since the client's own do not know that a script
// carries a nonce.
const noRetries = -1

// clusterLooked is how often a connection that is in use asks which node of a Cluster
// serves what. By itself go-redis does once a minute, for which the queue would be gone
// after a node was replaced; the store's steps ask whenever a node does not answer.
const clusterLooked = time.Second

// connect makes a client that tries so many times again by itself.
func connect(a Address, retries int) goredis.UniversalClient {
	const firstPause, longestPause = 100 * time.Millisecond, time.Second
	quiet := &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	switch {
	case a.Master != "":
		return goredis.NewFailoverClient(&goredis.FailoverOptions{
			MasterName: a.Master, SentinelAddrs: a.Hosts, SentinelUsername: a.SentinelUser, SentinelPassword: a.SentinelPassword,
			Username: a.User, Password: a.Password, DB: a.Database, TLSConfig: a.TLS,
			Protocol: 2, DisableIdentity: true, MaxRetries: retries, MinRetryBackoff: firstPause, MaxRetryBackoff: longestPause, DialTimeout: dialTimeout, ReadTimeout: answerTimeout, WriteTimeout: answerTimeout,
			DialerRetries: 1,
		})
	case a.Cluster:
		return goredis.NewClusterClient(&goredis.ClusterOptions{
			Addrs: a.Hosts, Username: a.User, Password: a.Password, TLSConfig: a.TLS,
			Protocol: 2, DisableIdentity: true, MaxRetries: retries, MinRetryBackoff: firstPause, MaxRetryBackoff: longestPause, DialTimeout: dialTimeout, ReadTimeout: answerTimeout, WriteTimeout: answerTimeout,
			DialerRetries: 1, MaintNotificationsConfig: quiet, ClusterStateReloadInterval: clusterLooked,
		})
	}
	return goredis.NewClient(&goredis.Options{
		Addr: a.Hosts[0], Username: a.User, Password: a.Password, DB: a.Database, TLSConfig: a.TLS,
		Protocol: 2, DisableIdentity: true, MaxRetries: retries, MinRetryBackoff: firstPause, MaxRetryBackoff: longestPause, DialTimeout: dialTimeout, ReadTimeout: answerTimeout, WriteTimeout: answerTimeout,
		DialerRetries: 1, MaintNotificationsConfig: quiet,
	})
}

// node is the client of the server that holds the group.
func (s *Store) node(ctx context.Context, g group) (*goredis.Client, error) {
	switch c := s.client.(type) {
	case *goredis.ClusterClient:
		return c.MasterForKey(ctx, g.key("head"))
	case *goredis.Client:
		return c, nil
	}
	panic("redis: a client of another kind") // connect makes only these
}

// on runs do on the server that holds the group, again and again while that
// server is away for a moment: killed, restarting, or replaced by another. do
// must bear being run twice.
func (s *Store) on(ctx context.Context, g group, do func(context.Context, *goredis.Client) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	within, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	var last error
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		c, err := s.node(within, g)
		if err == nil {
			err = do(within, c)
		}
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case within.Err() != nil:
			return inWords(firstOf(last, err))
		case !passing(err):
			return inWords(err)
		}
		last = err
		if c, ok := s.client.(*goredis.ClusterClient); ok {
			c.ReloadState(within)
		}
		s.replicas.forget()
		timer := time.NewTimer(pause/2 + rand.N(pause)) //nolint:gosec // jitter
		select {
		case <-within.Done():
			timer.Stop()
		case <-timer.C:
		}
	}
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// passes are how errors begin that go away by themselves when a server starts,
// fails over or hands slots to another.
var passes = []string{"LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK", "NOREPLICAS", "UNBLOCKED", "BUSY"}

// passing reports whether it may help to try again.
func passing(err error) bool {
	var netErr net.Error
	switch {
	case errors.Is(err, goredis.ErrClosed), errors.As(err, new(tls.AlertError)):
		return false
	case errors.Is(err, errUnconfirmed), errors.Is(err, errUnloaded), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &netErr):
		return true
	}
	said := strings.TrimPrefix(err.Error(), "EXECABORT ")
	return strings.Contains(said, "all sentinels specified in configuration are unreachable") ||
		strings.Contains(said, "got 4 elements in cluster info address") ||
		strings.Contains(said, "cluster has no") ||
		slices.ContainsFunc(passes, func(p string) bool { return strings.HasPrefix(said, p+" ") }) ||
		strings.HasPrefix(said, "Transaction discarded")
}

// meanings say what to do about what Redis answers, by how it begins.
var meanings = []struct{ begins, means string }{
	{"OOM", "Redis is full (maxmemory) and takes nothing new: give it more memory; fairlead goes on by itself once there is room"},
	{"MISCONF", "Redis cannot write its own files and takes nothing new: look at its log and its disk; fairlead goes on by itself afterwards"},
	{"READONLY", "this Redis is a read-only replica: name the master, or use the redis+sentinel:// form"},
	{"NOREPLICAS", "Redis has fewer replicas than its min-replicas-to-write asks for and takes nothing new: look at its replicas; fairlead goes on by itself afterwards"},
	{"NOAUTH", "Redis asks for a password: set user and password (or password_file) under redis in the configuration"},
	{"WRONGPASS", "Redis does not know this user or password: look at user and password under redis in the configuration"},
	{"NOPERM", "the Redis user may not do this: docs/redis.md lists the rights that fairlead needs"},
	{"LOADING", "Redis is still reading its files: wait until it is done"},
	{"CLUSTERDOWN", "the Redis Cluster is down: look at redis-cli cluster info"},
	{"MOVED", "this server is part of a Redis Cluster: use the redis+cluster:// form"},
	{"WRONGTYPE", "something else stands under fairlead's key prefix: choose another prefix under redis in the configuration"},
	{"ERR This instance has cluster support disabled", "this Redis is no Cluster: use the redis:// form"},
	{"ERR AUTH", "this Redis has no password or users, and one is configured: leave them out, or configure them in Redis"},
	{"ERR DB index is out of range", "this Redis has no such database: name another number"},
}

// inWords puts what an operator can mend into words.
func inWords(err error) error {
	var netErr net.Error
	for _, m := range meanings {
		if said := err.Error(); strings.HasPrefix(said, m.begins) || strings.HasPrefix(strings.TrimPrefix(said, "EXECABORT "), m.begins) {
			return &told{m.means, err}
		}
	}
	switch {
	case errors.As(err, new(tls.AlertError)):
		return &told{"Redis refuses the certificate that fairlead shows, or its version of TLS: look at cert_file and key_file under redis in the configuration", err}
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return &told{"the certificate that Redis shows is none that fairlead trusts: look at ca_file and server_name under redis in the configuration", err}
	case strings.Contains(err.Error(), "all sentinels specified"):
		return &told{"no Sentinel answers, or none knows this master: look at the addresses and the master's name in store", err}
	case errors.As(err, &netErr), errors.Is(err, io.EOF):
		return &told{"Redis does not answer: look whether it runs and can be reached from here; fairlead goes on by itself once it does", err}
	}
	return err
}

// told is an error with what to do about it.
type told struct {
	means string
	err   error
}

func (t *told) Error() string { return t.means + " (" + t.err.Error() + ")" }
func (t *told) Unwrap() error { return t.err }
