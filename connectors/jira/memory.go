package jira

import "time"

// rememberedTickets is how many tickets a pass remembers having yielded. Repeats
// are neighbours: a window that is opened again overlaps by minutes.
const rememberedTickets = 20_000

// memory holds the last tickets yielded in a pass, at most a fixed number, so
// that windows that overlap do not yield a ticket twice.
type memory struct {
	seen  map[string]time.Time // issue id → update time
	order []string             // oldest first, a ring once full
	at    int
}

func newMemory(size int) *memory {
	return &memory{seen: make(map[string]time.Time), order: make([]string, size)}
}

// only keeps the issues that were not yielded in this very state.
func (m *memory) only(issues []issue) []issue {
	out := issues[:0]
	for i := range issues {
		id, at := string(issues[i].ID), issues[i].updated()
		if last, seen := m.seen[id]; seen && last.Equal(at) {
			continue
		}
		m.note(id, at)
		out = append(out, issues[i])
	}
	return out
}

func (m *memory) note(id string, at time.Time) {
	if _, again := m.seen[id]; !again {
		delete(m.seen, m.order[m.at])
		m.order[m.at] = id
		m.at = (m.at + 1) % len(m.order)
	}
	m.seen[id] = at
}
