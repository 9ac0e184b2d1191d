package daemon

import "sync"

// recentIDs remembers the latest ids it was given, up to a number. It is safe
// for concurrent use.
type recentIDs struct {
	mu   sync.Mutex
	ring []string
	next int
	have map[string]bool
}

func newRecentIDs(size int) *recentIDs {
	return &recentIDs{ring: make([]string, size), have: make(map[string]bool, size)}
}

// add reports whether the id is new.
func (r *recentIDs) add(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.have[id] {
		return false
	}
	delete(r.have, r.ring[r.next])
	r.ring[r.next], r.have[id] = id, true
	r.next = (r.next + 1) % len(r.ring)
	return true
}
