package simulator

import (
	"crypto/sha256"
	"fmt"
	"sync"
	"time"
)

// Person is a user of the trackers, or an automation.
type Person struct {
	Handle   string // unique; the user name on Data Center
	Name     string
	Email    string
	TimeZone string // IANA name; empty: Etc/UTC
	Bot      bool
	Inactive bool // switched off, or deleted
	// Hidden keeps the e-mail address out of Jira Cloud's replies, as a
	// user's profile setting does there.
	Hidden bool

	joined  time.Time
	deleted bool
}

// AddPerson makes somebody known to all trackers.
func (w *World) AddPerson(p Person) *Person {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, taken := w.person(p.Handle); taken || p.Handle == "" {
		panic(fmt.Sprintf("simulator: handle %q is empty or taken", p.Handle))
	}
	if p.TimeZone == "" {
		p.TimeZone = "Etc/UTC"
	}
	p.joined = w.now
	w.people = append(w.people, &p)
	return &p
}

// Deactivate switches somebody's account off, as when a person leaves.
func (w *World) Deactivate(handle string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.somebody(handle).Inactive = true
}

// DeleteAccount removes somebody from the trackers. What they did stays, in the
// name of a former user.
func (w *World) DeleteAccount(handle string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.somebody(handle)
	p.Inactive, p.deleted = true, true
}

// AccountID is the Jira Cloud account id, made from the handle.
func (p *Person) AccountID() string { return "712020:" + uuid("jira account", p.Handle) }

// LinearID is the Linear user id, made from the handle.
func (p *Person) LinearID() string { return uuid("linear user", p.Handle) }

// locations are the time zones read so far: every moment a site tells is told in one.
var locations sync.Map

func (p *Person) location() *time.Location {
	if known, ok := locations.Load(p.TimeZone); ok {
		return known.(*time.Location)
	}
	loc, err := time.LoadLocation(p.TimeZone)
	if err != nil {
		loc = time.UTC
	}
	locations.Store(p.TimeZone, loc)
	return loc
}

// uuid makes an identifier that is always the same for the same words, in the
// form of a version 5 UUID.
func uuid(words ...any) string {
	b := sha256.Sum256(fmt.Append(nil, words...))
	b[6], b[8] = b[6]&0x0f|0x50, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}
