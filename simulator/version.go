package simulator

import (
	"fmt"
	"slices"
	"strconv"
)

// Version is a release of a Jira project.
type Version struct {
	Name     string
	Due      string // 2006-01-02; empty: no date
	Released bool
	Space    *Space

	number int
}

// ID is the version's number.
func (v *Version) ID() string { return strconv.Itoa(v.number) }

// AddVersion plans a release of a project; due is 2006-01-02 or empty.
func (w *World) AddVersion(space, name, due string) *Version {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.mustSpace(space)
	v := &Version{Name: name, Due: due, Space: s, number: w.id()}
	s.versions = append(s.versions, v)
	return v
}

// Release marks a version as released, which leaves no history.
func (w *World) Release(v *Version) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v.Released = true
}

// FixIn sets the versions in which the issue is to be released to exactly those
// of its project with these names.
func (a Actor) FixIn(key string, names ...string) {
	a.edit(key, func(i *Issue) []Item {
		before, after := i.Versions, i.Space.versionsNamed(names)
		i.Versions = after
		if slices.Equal(before, after) {
			return nil
		}
		return []Item{{FieldVersions, before, after}}
	})
}

func (s *Space) versionsNamed(names []string) []*Version {
	var out []*Version
	for _, name := range names {
		n := slices.IndexFunc(s.versions, func(v *Version) bool { return v.Name == name })
		if n < 0 {
			panic(fmt.Sprintf("simulator: %s has no version %q", s.Key, name))
		}
		out = append(out, s.versions[n])
	}
	return out
}
