package linear

import (
	"math"
	"sync"
)

// kind is a sort of object that is read together with the beginnings of its
// lists.
type kind struct {
	name  string // of the operation that reads more of it: "Issue"
	root  string // the field of a query that lists such objects
	whole query  // asks for them, with a variable for each of the lists
	parts []part
	// beside is what it costs to ask for a list beside its object, without the
	// nodes.
	beside float64
}

// part is one of the lists of an object.
type part struct {
	name  string // of the field
	nodes string // what is asked of each node
	// first is how many nodes are asked for along with the object, until it is
	// known how long such lists are.
	first int
	// points is what a node costs.
	points float64
}

// newKind completes the parts with what a node of each costs.
func newKind(name, root string, whole query, parts ...part) *kind {
	k := &kind{name: name, root: root, whole: whole, parts: parts}
	for n := range k.parts {
		alone := k.more([]asked{{open: open{part: n}, nodes: 1}})
		one := alone.points(map[string]any{"first0": 1})
		k.parts[n].points = alone.points(map[string]any{"first0": 2}) - one
		k.beside = one - k.parts[n].points
	}
	return k
}

const (
	// longList is the length from which on lists are not told apart.
	longList = 100
	// mostAlong is how many nodes of a list are asked for along with its object,
	// at the most.
	mostAlong = 50
	// enough is how many objects are looked at before sizes follow what was
	// seen, and fresh how many count before older ones count half.
	enough, fresh = 50, 2000
	// few is as little as is worth a request of its own.
	few = 5
)

// shape is how long the lists of a kind of object really are. What is asked for
// of each list is paid for with every object, whether it is there or not; what
// was not asked for is read later at a higher price.
type shape struct {
	kind *kind

	mu   sync.Mutex
	seen [][]int // by part: how many objects had so many nodes
	size int     // objects that count in seen
}

func newShapes() map[*kind]*shape {
	all := map[*kind]*shape{}
	for _, k := range kinds {
		s := &shape{kind: k}
		for range k.parts {
			s.seen = append(s.seen, make([]int, longList+1))
		}
		all[k] = s
	}
	return all
}

// saw counts an object whose lists were read to their ends.
func (s *shape) saw(lists []list) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n, l := range lists {
		s.seen[n][min(l.length(), longList)]++
	}
	if s.size++; s.size >= fresh {
		s.fade()
	}
}

func (s *shape) fade() {
	s.size = 0
	for _, lengths := range s.seen {
		for n := range lengths {
			lengths[n] /= 2
		}
	}
	for _, objects := range s.seen[0] {
		s.size += objects
	}
}

// vars are how many nodes of each list to ask for along with the object.
func (s *shape) vars() map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	vars := map[string]any{}
	for n, p := range s.kind.parts {
		vars[p.name] = p.first
		if s.size >= enough {
			vars[p.name] = cheapest(s.seen[n], p.points, s.kind.beside)
		}
	}
	return vars
}

// least asks for one node of each list.
func (s *shape) least() map[string]any {
	vars := map[string]any{}
	for _, p := range s.kind.parts {
		vars[p.name] = 1
	}
	return vars
}

// following is how many nodes to ask for next of a list of which so many were
// read.
func (s *shape) following(part, read int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return following(s.seen[part], read)
}

// cheapest is how many nodes to ask for along with an object so that lists as
// long as those seen cost least, what is read later included. A request reads on
// in so many lists and no more, so each of them costs its share of one.
func cheapest(seen []int, node, beside float64) int {
	best, least := 1, math.Inf(1)
	for first := 1; first <= mostAlong; first++ {
		var paid float64
		for length, objects := range seen {
			if objects > 0 {
				paid += float64(objects) * (float64(first)*node + later(seen, length, first, node, beside+queryLimit/mostBeside))
			}
		}
		if paid < least {
			best, least = first, paid
		}
	}
	return best
}

// later is what the rest of a list costs of which so many nodes were read.
func later(seen []int, length, read int, node, beside float64) float64 {
	var paid float64
	for read < length {
		more := following(seen, read)
		paid += beside + float64(more)*node
		read += more
	}
	return paid
}

// following asks for what nine in ten of the longer lists would hold, or, where
// few were seen, for as many as were read so far.
func following(seen []int, read int) int {
	longer, covered := 0, 0
	for _, objects := range seen[min(read+1, len(seen)):] {
		longer += objects
	}
	if longer < few {
		return max(few, min(read, followPage))
	}
	for n, objects := range seen[read+1:] {
		if covered += objects; covered*10 >= longer*9 && read+1+n < longList {
			return n + 1
		}
	}
	return max(few, min(read, followPage))
}
