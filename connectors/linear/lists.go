package linear

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// list is one of the lists of an object, as far as it is read.
type list interface {
	more() bool
	length() int
	after() any
	extend(next json.RawMessage) error
	lacks() error
}

// object is what is read together with the beginnings of its lists, which come
// in the order of its kind's parts.
type object interface {
	id() string
	lists() []list
}

// more says that a list of the object goes on.
func more(o object) bool { return slices.ContainsFunc(o.lists(), list.more) }

// lacks finds an object that came without one of the lists asked for.
func (c *client) lacks(k *kind, o object) error {
	for n, l := range o.lists() {
		if err := l.lacks(); err != nil {
			return c.odd(k.whole, fmt.Errorf("%s of %s: %w", k.parts[n].name, o.id(), err))
		}
	}
	return nil
}

// open is a list that goes on, as the n-th of its object.
type open struct {
	object
	part int
}

func (o open) list() list { return o.lists()[o.part] }

func openLists(all []object) []open {
	var out []open
	for _, o := range all {
		for n, l := range o.lists() {
			if l.more() {
				out = append(out, open{o, n})
			}
		}
	}
	return out
}

// asked says that so many more nodes of a list are asked for.
type asked struct {
	open
	nodes int
}

const (
	// followPage is how much is asked for at once of what follows in a list; the
	// most Linear gives.
	followPage = 250
	// mostBeside is how many lists one request goes on with.
	mostBeside = 50
)

// complete reads the lists of these objects to their ends, those of many in one
// request. gone are the objects that Linear does not hold any more.
func complete[T object](ctx context.Context, c *client, k *kind, all []T) (whole, gone []T, err error) {
	for _, o := range all {
		if err := c.lacks(k, o); err != nil {
			return nil, nil, err
		}
	}
	lost := map[string]bool{}
	for {
		rest := openLists(objects(all, lost))
		if len(rest) == 0 {
			break
		}
		if err := c.follow(ctx, k, rest, lost); err != nil {
			return nil, nil, err
		}
	}
	for _, o := range all {
		if lost[o.id()] {
			gone = append(gone, o)
			continue
		}
		c.shapes[k].saw(o.lists())
		whole = append(whole, o)
	}
	return whole, gone, nil
}

func objects[T object](all []T, but map[string]bool) []object {
	out := make([]object, 0, len(all))
	for _, o := range all {
		if !but[o.id()] {
			out = append(out, o)
		}
	}
	return out
}

// follow reads on in as many lists as one request bears, and notes whose object
// is gone.
func (c *client) follow(ctx context.Context, k *kind, rest []open, lost map[string]bool) error {
	for try := 1; ; try++ {
		parts := c.bearable(k, rest)
		q, vars := k.more(parts), map[string]any{}
		for n, a := range parts {
			vars[fmt.Sprint("id", n)], vars[fmt.Sprint("first", n)], vars[fmt.Sprint("after", n)] = a.id(), a.nodes, a.list().after()
		}
		var reply further
		if err := c.ask(ctx, q, vars, &reply); c.shrinks(q, vars, err, try) {
			continue
		} else if err != nil {
			return err
		}
		if err := reply.extend(k, parts, lost); err != nil {
			return c.odd(q, err)
		}
		return nil
	}
}

// further is the answer to what kind.more asks: for each part its object, with
// the list that goes on.
type further map[string]struct {
	Nodes []map[string]json.RawMessage `json:"nodes"`
}

func (f further) extend(k *kind, parts []asked, lost map[string]bool) error {
	for n, a := range parts {
		found, name := f[fmt.Sprint("a", n)].Nodes, k.parts[a.part].name
		if found == nil {
			return fmt.Errorf("an answer without %s of %s", name, a.id())
		}
		if len(found) == 0 { // only this says that the object is gone
			lost[a.id()] = true
		} else if err := a.list().extend(found[0][name]); err != nil {
			return fmt.Errorf("%s of %s: %w", name, a.id(), err)
		}
	}
	return nil
}

// bearable is what one request asks for of these lists.
func (c *client) bearable(k *kind, rest []open) []asked {
	room, shape := c.tariff.room(query{name: k.moreName()}), c.shapes[k]
	var out []asked
	for _, o := range rest[:min(len(rest), mostBeside)] {
		node := k.parts[o.part].points
		nodes := shape.following(o.part, o.list().length())
		if k.beside+float64(nodes)*node > room {
			if len(out) > 0 {
				break
			}
			nodes = max(1, int((room-k.beside)/node))
		}
		room -= k.beside + float64(nodes)*node
		out = append(out, asked{o, nodes})
	}
	return out
}

// full says that one request cannot bear more lists than these.
func (c *client) full(k *kind, rest []open) bool {
	return len(rest) >= mostBeside || len(c.bearable(k, rest)) < len(rest)
}

func (k *kind) moreName() string { return k.name + "More" }

// more is the document that reads on in several lists at once. An object that is
// there no more answers with nothing; asked for by itself it would spoil all.
func (k *kind) more(parts []asked) query {
	var vars, text strings.Builder
	for n, a := range parts {
		p := k.parts[a.part]
		fmt.Fprintf(&vars, "$id%d: ID!, $first%d: Int!, $after%d: String, ", n, n, n)
		fmt.Fprintf(&text, "  a%d: %s(first: 1, includeArchived: true, filter: { id: { in: [$id%d] } }) {\n"+
			"    nodes { %s(first: $first%d, after: $after%d) { nodes { %s } pageInfo { ...Next } } }\n  }\n", n, k.root, n, p.name, n, n, p.nodes)
	}
	return compose(fmt.Sprintf("query %s(%s) {\n%s}\n", k.moreName(), strings.TrimSuffix(vars.String(), ", "), text.String()))
}
