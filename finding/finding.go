// Package finding holds what fairlead notices: a rule, a subject and the
// evidence that made it fire, and the ledger step that turns one evaluation
// after the other into a history of what opened, stayed, settled and reopened.
// Everything here is pure: no clock, no store.
package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"
)

// ErrNotFound says that no finding has the id asked for.
var ErrNotFound = errors.New("no such finding")

// ID identifies a finding for good: made from rule, subject and event.
type ID string

// MakeID derives the identity. Event is empty for rules about a state.
func MakeID(rule string, s Subject, event string) ID {
	sum := sha256.Sum256([]byte(strings.Join([]string{rule, string(s.Kind), s.Source, s.ID, event}, "\x00")))
	return ID(hex.EncodeToString(sum[:8]))
}

// SubjectKind says what a finding is about.
type SubjectKind string

// The kinds of subject.
const (
	AboutTicket SubjectKind = "ticket"
	AboutSprint SubjectKind = "sprint"
	AboutArea   SubjectKind = "area"   // a component, project, epic or label
	AboutRole   SubjectKind = "role"   // somebody in a role
	AboutTeam   SubjectKind = "team"   // no source of its own
	AboutRitual SubjectKind = "ritual" // no source of its own
	AboutPlan   SubjectKind = "plan"   // a sprint, cycle or quarter ahead
)

// Subject is what a finding is about, with what a reader needs to recognise it.
type Subject struct {
	Kind   SubjectKind
	Source string // empty for what is told from all sources together
	ID     string // the tracker's id
	Key    string // PAY-231; for all but tickets a name
	Title  string // untrusted text
	URL    string
}

// Severity is how much a finding asks for attention.
type Severity string

// The severities, gravest last.
const (
	Info Severity = "info"
	Warn Severity = "warn"
	High Severity = "high"
)

// Rank orders severities: higher is graver.
func (s Severity) Rank() int {
	switch s {
	case High:
		return 2
	case Warn:
		return 1
	}
	return 0
}

// Audience is who may see a finding with names.
type Audience string

// The audiences, widest last.
const (
	ForEM   Audience = "em"
	ForEMPM Audience = "em-pm"
	ForTeam Audience = "team"
	ForOrg  Audience = "org"
)

// Evidence is one fact that made the rule fire.
type Evidence struct {
	Fact  string    // what it is, for a reader: "assigned by"
	Value string    // untrusted text
	At    time.Time // when it happened; zero when it is a state
	URL   string    // where to see it; may be empty
}

// Seen is what one evaluation noticed.
type Seen struct {
	ID       ID
	Rule     string
	Team     string // team id; empty when no team owns the subject
	Subject  Subject
	Event    string // empty for rules about a state
	Promise  string // what the team agreed, in its words
	Reason   string // the plain reason, blameless
	Ask      string
	Severity Severity
	Audience Audience
	Evidence []Evidence
	Tickets  []string // keys of the tickets it concerns, sorted; at least the subject's own
	// Expires is when an event leaves its rule's window; zero for rules about a
	// state. A finding that goes away after it has aged out, not been settled.
	Expires time.Time
	// Labels are those of the ticket it is about, for waivers by label.
	Labels []string
	// Mirror is the sentence for Actor alone, whose act it is about: the person id
	// of a leader. Both are empty where a rule has no such sentence.
	Actor, Mirror string
}

// State is where a finding stands.
type State string

// The states.
const (
	Open    State = "open"
	Settled State = "settled"  // what was missing is there
	AgedOut State = "aged-out" // the event left its rule's window, unanswered
	// Withdrawn: the agreement, the source or the ticket is gone, so nobody looks
	// any more.
	Withdrawn State = "withdrawn"
	// Answered and Waived come from people's words, never from a run: see Judge.
	Answered State = "answered" // done on purpose, with a reason
	Waived   State = "waived"   // left alone until a waiver expires
)

// Finding is an entry of the ledger. Times are UTC.
type Finding struct {
	Seen
	State    State
	LastSeen time.Time
	Spans    []Span // when it was open, oldest first; never empty
	// Outlined says that it is an outline: see Outline.
	Outlined bool
}

// Outline leaves of a finding that is over what counting asks for: whose it was, what
// it was about and when, without the texts that only a reader of it wants. Ledgers grow,
// and most of what they hold is over. What is open is left as it is, since evaluations
// compare all that is told of it. An outline is never stored.
func (f *Finding) Outline() Finding {
	if f.State == Open {
		return *f
	}
	return Finding{
		Seen: Seen{
			ID: f.ID, Rule: f.Rule, Team: f.Team, Severity: f.Severity, Audience: f.Audience, Expires: f.Expires, Labels: f.Labels,
			Subject: Subject{Kind: f.Subject.Kind, Source: f.Subject.Source, ID: f.Subject.ID, Key: f.Subject.Key},
		},
		State: f.State, LastSeen: f.LastSeen, Spans: f.Spans, Outlined: true,
	}
}

// Span is a stretch in which a finding was open: from From, inclusive, to To,
// exclusive; To is zero while it lasts.
type Span struct {
	From, To time.Time
	End      State // how it ended; empty while it lasts
	// After is Answered or Waived where the stretch goes on because that ceased to
	// hold, and empty where a run noticed it. Only Judge sets it.
	After State
}

// Empty reports whether it lasted no time at all: it marks that something was
// noticed while an answer or a waiver held.
func (s Span) Empty() bool { return s.To.Equal(s.From) }

// FirstSeen is when it opened first.
func (f *Finding) FirstSeen() time.Time { return f.Spans[0].From }

// OpenSince is when the latest stretch began.
func (f *Finding) OpenSince() time.Time { return f.Spans[len(f.Spans)-1].From }

// NoticedSince is when a run noticed it that had not been there before: as
// OpenSince, but for waivers and answers that held in between.
func (f *Finding) NoticedSince() time.Time {
	i := len(f.Spans) - 1
	for i > 0 && f.Spans[i].After != "" {
		i--
	}
	return f.Spans[i].From
}

// OpenAt reports whether it was open at the moment.
func (f *Finding) OpenAt(at time.Time) bool { return holdsAt(f.Spans, at) }

// OpenWithin reports whether it was open at some moment from the first to the
// second, both included.
func (f *Finding) OpenWithin(from, to time.Time) bool {
	return slices.ContainsFunc(f.Spans, func(s Span) bool {
		return !s.Empty() && !s.From.After(to) && (s.To.IsZero() || s.To.After(from))
	})
}

// Spoken reports whether a person's word lies over it, so that it is what people
// are told and not what a run noticed.
func (f *Finding) Spoken() bool {
	said := func(s State) bool { return s == Answered || s == Waived }
	return said(f.State) || slices.ContainsFunc(f.Spans, func(s Span) bool { return s.After != "" || said(s.End) })
}

// Reopened reports whether it was closed before and opened again.
func (f *Finding) Reopened() bool { return len(f.Spans) > 1 }

// Streak is for how many weeks, begun weeks counted, it has been open at the
// moment; 0 when it is not.
func (f *Finding) Streak(at time.Time) int {
	if !f.OpenAt(at) {
		return 0
	}
	for i := len(f.Spans) - 1; i >= 0; i-- {
		if s := f.Spans[i]; !at.Before(s.From) {
			return int(at.Sub(s.From)/(7*24*time.Hour)) + 1
		}
	}
	return 0
}

// Flight is how much of a team's work was in flight at an evaluation, and how
// much of that had no open finding. It counts tickets, never people.
type Flight struct {
	Team     string
	At       time.Time
	InFlight int
	Clear    int // tickets in flight without an open finding that the whole team may see
}
