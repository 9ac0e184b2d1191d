// Package simulator holds a Jira Cloud, a Jira Data Center and a Linear that
// speak the real protocols, for the demonstration and for tests. One World of
// people, issues and their whole history stands behind all three; a dialect
// shows part of it the way its tracker would, with that tracker's paging,
// limits, refusals and odd corners.
//
// It leaves out everything that fairlead never asks for: nothing but comments can
// be written through the protocols, and no page is meant for a person. It imports nothing
// of fairlead, so that client and simulator cannot share a mistake.
package simulator

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// World is what the simulated trackers know. Its clock stands still until
// somebody moves it, and every edit happens at the moment the clock shows. It
// is safe for concurrent use; handlers see each edit wholly or not at all.
type World struct {
	mu     sync.Mutex
	now    time.Time
	lastID int
	people []*Person
	spaces []*Space
	issues []*Issue          // in order of creation
	byName map[string]*Issue // by key, by Jira id and by Linear id
	linked []*link
	gone   []gone // deleted, for indexes that trail
	bulk   *bulk  // computes the issues instead of holding them; usually nil
}

// NewWorld is an empty world whose clock shows now.
func NewWorld(now time.Time) *World {
	return &World{now: now.UTC(), lastID: 10000, byName: map[string]*Issue{}}
}

// Now is the moment the world's clock shows, in UTC.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Set moves the clock to the moment at, which may not lie in the past: history
// is written in order.
func (w *World) Set(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.set(at)
}

// Advance moves the clock on by d.
func (w *World) Advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.set(w.now.Add(d))
}

func (w *World) set(at time.Time) {
	if at.Before(w.now) {
		panic(fmt.Sprintf("simulator: the clock cannot go back from %s to %s", w.now, at))
	}
	w.now = at.UTC()
}

// id hands out the next number; trackers number across everything they hold.
func (w *World) id() int {
	w.lastID++
	return w.lastID
}

// Issue finds an issue by key, PAY-12, or by the tracker's id. The result is
// the world's own: read it, change it only through an Actor.
func (w *World) Issue(key string) (*Issue, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.find(key)
}

func (w *World) find(key string) (*Issue, bool) {
	if w.bulk != nil {
		return w.bulk.find(key)
	}
	i, ok := w.byName[key]
	return i, ok
}

// must is find for edits, where an unknown key is a mistake of the caller.
func (w *World) must(key string) *Issue {
	i, ok := w.find(key)
	if !ok {
		panic(fmt.Sprintf("simulator: there is no issue %q", key))
	}
	return i
}

// Issues lists the issues of a space in order of creation; all of the world for
// the empty key.
func (w *World) Issues(space string) []*Issue {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []*Issue
	for _, i := range w.issues {
		if space == "" || i.Space.Key == space {
			out = append(out, i)
		}
	}
	return out
}

// Space finds a space by key.
func (w *World) Space(key string) (*Space, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.space(key)
}

func (w *World) space(key string) (*Space, bool) {
	i := slices.IndexFunc(w.spaces, func(s *Space) bool { return s.Key == key })
	if i < 0 {
		return nil, false
	}
	return w.spaces[i], true
}

// Person finds somebody by handle.
func (w *World) Person(handle string) (*Person, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.person(handle)
}

func (w *World) person(handle string) (*Person, bool) {
	i := slices.IndexFunc(w.people, func(p *Person) bool { return p.Handle == handle })
	if i < 0 {
		return nil, false
	}
	return w.people[i], true
}

// somebody is person for edits: the empty handle is nobody, an unknown one a
// mistake of the caller.
func (w *World) somebody(handle string) *Person {
	if handle == "" {
		return nil
	}
	p, ok := w.person(handle)
	if !ok {
		panic(fmt.Sprintf("simulator: there is nobody called %q", handle))
	}
	return p
}
