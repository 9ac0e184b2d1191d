package reports

import (
	"cmp"
	"hash/maphash"
	"slices"

	"github.com/fairlead-dev/fairlead/ticket"
)

// lineage is what is kept of every ticket because it may lead others to their
// purpose: a few numbers, and texts of problems and goals alone.
type lineage struct {
	seed   maphash.Seed
	nodes  []node
	ways   []way // of all nodes, one node after the other
	pieces map[int32]Piece
	names  []named // in order once all are gathered
	sorted bool
}

// name stands for the id or the key of a ticket in a source; zero for none. That two
// of two million have the same is as likely as one in ten million, and a purpose
// told wrongly is all that comes of it.
type name uint64

// named says which node has a name.
type named struct {
	name name
	node int32
}

// way leads to a ticket, by its id or else by its key.
type way struct{ id, key name }

// node is a ticket: its ways up begin at above, those to what it is tied to at tied,
// and the next node's after them.
type node struct {
	above, tied uint32
	kind        kind
}

// kind is of a ticket what matters here.
type kind uint8

const (
	otherKind kind = iota
	problemKind
	goalKind
	containerKind
)

func kindOf(k ticket.Kind) kind {
	switch k {
	case ticket.Problem:
		return problemKind
	case ticket.Goal:
		return goalKind
	case ticket.Container:
		return containerKind
	}
	return otherKind
}

// work reports whether what is below such a ticket is a part of it, rather than work
// of its own: what solves a problem is none of its parts.
func (k kind) work() bool { return k == otherKind }

func newLineage() lineage { return lineage{seed: maphash.MakeSeed(), pieces: map[int32]Piece{}} }

func (l *lineage) name(source string, sort byte, text string) name {
	if text == "" {
		return 0
	}
	var h maphash.Hash
	h.SetSeed(l.seed)
	_, _ = h.WriteString(source)
	_ = h.WriteByte(sort)
	_, _ = h.WriteString(text)
	return name(max(h.Sum64(), 1))
}

func (l *lineage) way(source string, r ticket.Ref) way {
	return way{l.name(source, 0, r.ID), l.name(source, 1, r.Key)}
}

// keep notes what may lead to a purpose: problems and goals, what a ticket stands
// below, and its links of kinds that tie.
func (l *lineage) keep(t *ticket.Ticket, w words) int32 {
	at := int32(len(l.nodes)) //nolint:gosec // of tickets there are never two billion
	n := node{kind: kindOf(t.Kind), above: l.end()}
	for _, r := range t.Above() {
		l.ways = append(l.ways, l.way(t.Source, r))
	}
	n.tied = l.end()
	for i := range t.Links {
		if slices.Contains(tying, t.Links[i].Kind) {
			l.ways = append(l.ways, l.way(t.Source, t.Links[i].Target))
		}
	}
	l.nodes = append(l.nodes, n)
	if n.kind == problemKind || n.kind == goalKind {
		l.pieces[at] = w.piece(t)
	}
	self := l.way(t.Source, ticket.Ref{ID: t.ID, Key: t.Key})
	for _, one := range []name{self.id, self.key} {
		if one != 0 {
			l.names = append(l.names, named{one, at})
		}
	}
	return at
}

func (l *lineage) end() uint32 { return uint32(len(l.ways)) } //nolint:gosec // nor of what they lead to

// above and tied are where a node leads.
func (l *lineage) above(n int32) []way { return l.ways[l.nodes[n].above:l.nodes[n].tied] }

func (l *lineage) tied(n int32) []way {
	end := l.end()
	if next := int(n) + 1; next < len(l.nodes) {
		end = l.nodes[next].above
	}
	return l.ways[l.nodes[n].tied:end]
}

// find is the node that a way leads to; -1 where that is none.
func (l *lineage) find(to way) int32 {
	if !l.sorted {
		slices.SortFunc(l.names, func(a, b named) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(b.node, a.node)) })
		l.sorted = true
	}
	for _, one := range []name{to.id, to.key} {
		if one == 0 {
			continue
		}
		i, found := slices.BinarySearchFunc(l.names, one, func(n named, want name) int { return cmp.Compare(n.name, want) })
		if found {
			return l.names[i].node
		}
	}
	return -1
}

// purpose is the nearest problem on the way up, or else the nearest goal.
func (l *lineage) purpose(of int32) *Piece {
	goal := int32(-1)
	for _, n := range l.chain(of) {
		switch {
		case l.nodes[n].kind == problemKind:
			return l.piece(n)
		case l.nodes[n].kind == goalKind && goal < 0:
			goal = n
		}
		for _, to := range l.tied(n) {
			if at := l.find(to); at >= 0 && l.nodes[at].kind == problemKind {
				return l.piece(at)
			}
		}
	}
	if goal < 0 {
		return nil
	}
	return l.piece(goal)
}

func (l *lineage) piece(n int32) *Piece {
	p := l.pieces[n]
	return &p
}

func (l *lineage) chain(n int32) []int32 {
	return ticket.Chain(n, levelsToPurpose, func(n int32) int32 { return n }, func(n int32) []int32 {
		var out []int32
		for _, to := range l.above(n) {
			if up := l.find(to); up >= 0 {
				out = append(out, up)
			}
		}
		return out
	})
}
