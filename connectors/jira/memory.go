package jira

import "time"

// rememberedTickets is how many tickets a pass remembers having read. Repeats
// are neighbours: a window that is opened again overlaps by minutes.
const rememberedTickets = 20_000

// memory holds the last tickets read in a pass, at most a fixed number, so that
// windows that overlap do not bring a ticket twice.
type memory struct {
	size  int
	seen  map[string]time.Time // issue id → update time
	order []string             // oldest first, a ring once full
	at    int
}

func newMemory(size int) *memory { return &memory{size: size, seen: make(map[string]time.Time)} }

// only keeps the issues that were not seen in this very state.
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
		m.makeRoom(id)
	}
	m.seen[id] = at
}

// makeRoom puts the id in the place of the one seen longest ago.
func (m *memory) makeRoom(id string) {
	if len(m.order) < m.size {
		m.order = append(m.order, id)
		return
	}
	delete(m.seen, m.order[m.at])
	m.order[m.at] = id
	m.at = (m.at + 1) % m.size
}
