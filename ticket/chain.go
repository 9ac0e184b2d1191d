package ticket

// MostLevels bounds how far a chain is followed, whatever is asked for.
const MostLevels = 16

// Above names what stands directly above the ticket: its parent first, then what
// else holds it.
func (t *Ticket) Above() []Ref {
	if t.Parent.IsZero() {
		return t.Containers
	}
	return append([]Ref{t.Parent}, t.Containers...)
}

// Chain is what begins with start and everything above it, level by level:
// parent, epic, project, initiative. Each stands once, however many ways lead to
// it or round in a circle. identity tells them apart.
func Chain[T any, K comparable](start T, levels int, identity func(T) K, above func(T) []T) []T {
	out := []T{start}
	seen := map[K]bool{identity(start): true}
	level := out
	for range min(levels, MostLevels) {
		var next []T
		for _, below := range level {
			for _, up := range above(below) {
				if id := identity(up); !seen[id] {
					seen[id] = true
					next = append(next, up)
				}
			}
		}
		if len(next) == 0 {
			break
		}
		out = append(out, next...)
		level = next
	}
	return out
}
