package simulator

import (
	"fmt"
	"slices"
)

// address is where an issue is numbered.
type address struct {
	space   *Space
	key     string
	ordinal int
}

// MoveTo takes the issue into another project or team and returns its new key.
// Its id stays, and its old key still leads to it. It lands in the status of
// the same name, else in the first one, and leaves what belongs to its old
// space behind: components, and in Linear its cycle.
func (a Actor) MoveTo(key, space string) string {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	i, to := a.w.must(key), a.w.mustSpace(space)
	if i.Space == to {
		return i.Key
	}
	from := address{i.Space, i.Key, i.ordinal}
	to.issued++
	i.Space, i.ordinal = to, to.issued
	i.Key = fmt.Sprintf("%s-%d", to.Key, i.ordinal)
	i.formerly = append(i.formerly, from.key)
	a.w.byName[i.Key] = i
	items := []Item{{FieldSpace, from, address{to, i.Key, i.ordinal}}}
	items = append(items, i.settle()...)
	a.record(i, items...)
	return i.Key
}

// settle exchanges what the old space gave the issue for what the new one has.
func (i *Issue) settle() []Item {
	var items []Item
	before := i.Status
	i.Status = i.Space.statusLike(before)
	items = append(items, changed(FieldStatus, before, i.Status)...)
	components := i.Components
	i.Components = nil
	items = append(items, listChanged(FieldComponents, components, nil)...)
	if len(i.Sprints) > 0 {
		items = append(items, Item{FieldSprint, i.Sprints, []*Sprint(nil)})
		i.Sprints = nil
	}
	return items
}

// statusLike is the space's own status of the same name, else its first.
func (s *Space) statusLike(other *State) *State {
	n := slices.IndexFunc(s.Statuses, func(o State) bool { return o.Name == other.Name })
	return &s.Statuses[max(n, 0)]
}
