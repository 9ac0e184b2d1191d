package redis

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// replicaCounts remembers for a while how many replicas each server has.
type replicaCounts struct {
	mu    sync.Mutex
	known map[*goredis.Client]int
	timer *time.Timer
}

// countedFor is how long a count is taken for true.
const countedFor = 10 * time.Second

// of is how many replicas the server has just now. A server that does not tell
// counts as one without.
func (r *replicaCounts) of(ctx context.Context, c *goredis.Client) (int, error) {
	r.mu.Lock()
	n, known := r.known[c]
	r.mu.Unlock()
	if known {
		return n, nil
	}
	said, err := c.Info(ctx, "replication").Result()
	if err != nil && passing(err) {
		return 0, err
	}
	n, _ = strconv.Atoi(infoOf(said)["connected_slaves"])
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil {
		r.known = map[*goredis.Client]int{}
	}
	r.known[c] = n
	if r.timer == nil {
		r.timer = time.AfterFunc(countedFor, r.forget)
	} else {
		r.timer.Reset(countedFor)
	}
	return n, nil
}

func (r *replicaCounts) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.known)
}

func (r *replicaCounts) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.timer != nil {
		r.timer.Stop()
	}
}

// infoOf reads what INFO answers.
func infoOf(said string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(said) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			out[name] = value
		}
	}
	return out
}
