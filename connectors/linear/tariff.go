package linear

import (
	"cmp"
	"errors"
	"regexp"
	"strconv"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// queryLimit is how many points Linear allows one query.
	queryLimit = 10_000
	// fill is how much of the limit is aimed for.
	fill = 0.985
	// unsure is how much dearer a document is taken to be than the documented
	// estimate says, until Linear has told. The estimate leaves open whether what
	// tells of further pages counts once a list or once a node.
	unsure = 1.6
	// telling is from how many points on a cost tells something: Linear rounds up.
	telling = 100
	// firstLook is how much is spent on looking whether anything changed at all.
	// Linear charges what is asked for, not what is there.
	firstLook = 500
	// growth is how much more each page of a pass may cost than the one before.
	growth = 5
	// mostShrinks is how often less is asked for in place of what was too much.
	// Halving comes down to a single node sooner.
	mostShrinks = 20
)

// points is what a document costs by Linear's documented estimate: 0.1 a
// property, 1 an object, and what stands in a list times what is asked for.
func (q query) points(vars map[string]any) float64 {
	r := reckoning{q.doc.Fragments, vars}
	return r.set(q.doc.Operations[0].SelectionSet)
}

type reckoning struct {
	fragments ast.FragmentDefinitionList
	vars      map[string]any
}

func (r reckoning) set(set ast.SelectionSet) float64 {
	var sum float64
	for _, s := range set {
		switch s := s.(type) {
		case *ast.FragmentSpread:
			sum += r.set(r.fragments.ForName(s.Name).SelectionSet)
		case *ast.Field:
			sum += r.field(s)
		}
	}
	return sum
}

func (r reckoning) field(f *ast.Field) float64 {
	switch first := f.Arguments.ForName("first"); {
	case len(f.SelectionSet) == 0:
		return 0.1
	case first == nil:
		return 1 + r.set(f.SelectionSet)
	default:
		return r.list(f.SelectionSet, r.number(first.Value))
	}
}

// list is what a connection costs of which so many nodes are asked for.
func (r reckoning) list(set ast.SelectionSet, nodes int) float64 {
	var sum float64
	for _, s := range set {
		if f, ok := s.(*ast.Field); ok && f.Name == "nodes" {
			sum += float64(nodes) * (1 + r.set(f.SelectionSet))
		} else if ok {
			sum += r.field(f)
		}
	}
	return sum
}

func (r reckoning) number(v *ast.Value) int {
	if v.Kind == ast.Variable {
		n, _ := r.vars[v.Raw].(int)
		return n
	}
	n, _ := strconv.Atoi(v.Raw)
	return n
}

// tariff is what Linear's replies told of its way of reckoning.
type tariff struct {
	mu sync.Mutex
	// dearer is how much more a document costs than its points, by operation.
	dearer map[string]float64
	// limit is how many points one query may cost, where Linear told another
	// limit than the documented one. It only shrinks.
	limit float64
	// guess is likewise, after refusals that told no reason. It grows back, in
	// case they were a passing fault.
	guess float64
}

// cost is what Linear will charge for a document of so many points.
func (t *tariff) cost(q query, points float64) float64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return points * t.factor(q)
}

// room is how many points, by our reckoning, a document may have.
func (t *tariff) room(q query) float64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.most() * fill / t.factor(q)
}

func (t *tariff) factor(q query) float64 {
	if f, told := t.dearer[q.name]; told {
		return f
	}
	return unsure
}

func (t *tariff) most() float64 {
	most := float64(queryLimit)
	for _, less := range []float64{t.limit, t.guess} {
		if less > 0 {
			most = min(most, less)
		}
	}
	return most
}

// heard keeps what a document of so many points cost.
func (t *tariff) heard(q query, points, cost float64) {
	if cost < telling || points <= 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dearer == nil {
		t.dearer = map[string]float64{}
	}
	t.dearer[q.name] = cost / points
}

// atMost keeps that one query may not cost more.
func (t *tariff) atMost(cost float64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if cost > 0 && cost < cmp.Or(t.limit, queryLimit) {
		t.limit = cost
	}
}

// hope lets the next pass try twice of what refusals without a reason left.
func (t *tariff) hope() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.guess *= 2; t.guess >= queryLimit {
		t.guess = 0
	}
}

// refused keeps that a document of so many points cost too much. Where its cost
// does not tell why, the next ones aim for half of it.
func (t *tariff) refused(q query, points float64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if cost := points * t.factor(q); cost <= t.most() {
		t.guess = cost / 2
	}
}

// fit sets $first of q to how many of the wanted nodes cost no more than room,
// one at the least.
func (q query) fit(vars map[string]any, want int, room float64) int {
	vars["first"] = 1
	one := q.points(vars)
	vars["first"] = 2
	each := q.points(vars) - one
	n := max(1, min(want, 1+int((room-one)/each)))
	vars["first"] = n
	return n
}

// errTooComplex marks the refusal of a document that asks for too much at once.
var errTooComplex = errors.New("too complex")

// shrinks tells whether err refused q for asking too much and less can be asked
// for. What fits is less from then on. try counts how often it was asked.
func (c *client) shrinks(q query, vars map[string]any, err error, try int) bool {
	if !errors.Is(err, errTooComplex) {
		return false
	}
	c.tariff.refused(q, q.points(vars))
	return units(vars) > 1 && try <= mostShrinks
}

// root is the name of the first field the document asks for; of a listing, of
// its one list.
func (q query) root() string {
	return q.doc.Operations[0].SelectionSet[0].(*ast.Field).Alias
}

// units is how many nodes a document with these variables asks for in the
// longest of its lists.
func units(vars map[string]any) int {
	most := 1
	for _, v := range vars {
		if n, ok := v.(int); ok {
			most = max(most, n)
		}
	}
	return most
}

// tells reads what a query cost and how much it may cost from the words of a
// refusal: "The query is too complex. Complexity: 31375. Maximum allowed
// complexity: 10000."
var tells = regexp.MustCompile(`(?i)complexity[^0-9]{1,20}([0-9]{1,12})\b[^0-9]{1,40}maximum[^0-9]{1,40}([0-9]{1,12})\b`)

// complexity is what the words of a refusal tell; zeros where they do not.
func (r refusal) complexity() (cost, most float64) {
	if !r.tooComplex() {
		return 0, 0
	}
	m := tells.FindStringSubmatch(r.Message + " " + r.Extensions.UserPresentableMessage)
	if m == nil {
		return 0, 0
	}
	return number(m[1]), number(m[2])
}
