// Package ticket holds the noun everything else speaks of: a piece of work as
// a tracker knows it, in one shape for Jira and Linear, with its whole history.
//
// Epics, projects and initiatives are tickets too: they have a status, an
// owner, links and a history like any other, and the parent chain runs through
// them. Nothing in this package reads a clock, a tracker or a store.
package ticket

import "time"

// Ticket is one piece of work. Times are UTC; a zero time means "not known" or
// "not yet". Connectors fill it and call Normalise; everyone else reads it.
type Ticket struct {
	Source  string // name of the configured source, for example "jira acme.atlassian.net"
	Tracker string // "jira" or "linear": says whose account ids these are
	ID      string // the tracker's own id, which survives renames and moves
	Key     string // what people call it, for example PAY-231; may change on a move
	URL     string // where a person can open it

	Title       string // untrusted text
	Description string // untrusted text, in the tracker's markup
	Kind        Kind   // what it is, after mapping
	RawType     string // the tracker's word for it, before mapping

	Status     string   // the tracker's word
	Category   Category // what the status means
	Priority   Priority // what the priority means
	Creator    Account  // zero when the tracker names nobody
	Assignee   Account  // for containers: the owner or lead; zero when nobody
	Project    string   // Jira project key; empty for Linear
	Team       string   // Linear team key; empty for Jira
	Boards     []string // Jira boards whose sprints hold the ticket
	Estimate   *float64 // points; nil: not estimated
	Due        Date     // empty: none
	Sprints    []string // ids of the sprints or cycles it is or was planned into
	Labels     []string
	Components []string // Jira components

	Parent     Ref   // the ticket above: story of a sub-task, epic of a story
	Containers []Ref // what else holds it: project of an issue, initiatives of a project
	Links      []Link
	Needs      []Need // customer needs that ask for it

	Releases []Release // versions it is meant for
	Health   string    // what its owner says of a project or initiative: onTrack, atRisk, offTrack; empty when nothing
	Members  []Account // who belongs to a project beside its lead
	Papers   []Paper   // remote links and attachments: documents, runbooks, designs

	Mentions []string  // account ids mentioned in the description
	Watchers []Account // who follows it; known for now only, never for the past
	Comments []Comment
	History  []Change // oldest first

	Created  time.Time
	Updated  time.Time
	Started  time.Time // when work first began
	Resolved time.Time // when it was last done or cancelled; zero while it is not
}

// Ref points at another ticket of the same source. Trackers name the other end
// sometimes by id, sometimes by key, so either may be empty, not both.
type Ref struct{ ID, Key string }

// IsZero says that the reference points nowhere.
func (r Ref) IsZero() bool { return r == Ref{} }

// Is reports whether r points at the ticket with this id and key. Ids decide
// where both sides have one, since keys change when a ticket moves.
func (r Ref) Is(o Ref) bool {
	if r.ID != "" && o.ID != "" {
		return r.ID == o.ID
	}
	return r.Key != "" && r.Key == o.Key
}

// Ref points at t.
func (t *Ticket) Ref() Ref { return Ref{ID: t.ID, Key: t.Key} }

// Present says that a tracker holds a ticket now, and when it last changed.
type Present struct {
	Ref
	Updated time.Time
}

// Account is a user as a tracker names them: not a person of the org directory
// yet, perhaps a bot, perhaps long gone. The zero Account is nobody.
type Account struct {
	ID       string // Jira account id (or user name on Data Center), Linear user id
	Name     string // untrusted text
	Email    string // empty where the tracker hides it
	Bot      bool   // the tracker says it is an app or integration
	Inactive bool   // the tracker says the account is switched off
}

// IsZero says that this is nobody.
func (a Account) IsZero() bool { return a.ID == "" && a.Name == "" && a.Email == "" }

// Link is one end of a relation, read from this ticket: phrase "is blocked by",
// target PAY-3 means that PAY-3 blocks it.
type Link struct {
	Kind       LinkKind
	Phrase     string // the tracker's words, read from this end
	Target     Ref
	TargetKind Kind // kind of the target as told with the link; empty when not told
}

// Need is a customer's request attached to a ticket.
type Need struct {
	ID      string
	Created time.Time
}

// Comment says who wrote when and whom they mentioned.
type Comment struct {
	ID       string
	Author   Account
	Created  time.Time
	Mentions []string // account ids
	Text     string   // untrusted; empty unless the operator allows keeping it
}

// Release is a Jira version or a Linear project milestone.
type Release struct {
	ID       string
	Name     string // untrusted text
	Due      Date
	Released bool
}

// Paper is something outside the tracker that a ticket points at.
type Paper struct {
	Title string // untrusted text
	URL   string
}

// Sprint is a Jira sprint or a Linear cycle.
type Sprint struct {
	Source    string
	ID        string
	Name      string // untrusted text
	Goal      string // untrusted text; for Linear the cycle's description
	State     SprintState
	Board     string // Jira board; empty for Linear
	Team      string // Linear team key; empty for Jira
	URL       string // where a person can open it; empty when not known
	Start     time.Time
	End       time.Time
	Completed time.Time // zero while it is not
}

// SprintState is what the tracker says of a sprint now.
type SprintState string

// The states of a sprint.
const (
	SprintFuture SprintState = "future"
	SprintActive SprintState = "active"
	SprintClosed SprintState = "closed"
)

// ActiveAt reports whether the sprint was running at the moment at. A sprint
// that is still marked as future never ran, whatever start was planned.
func (s Sprint) ActiveAt(at time.Time) bool {
	if s.State == SprintFuture || s.Start.IsZero() || at.Before(s.Start) {
		return false
	}
	ended := s.Ended()
	return ended.IsZero() && s.State != SprintClosed || at.Before(ended)
}

// FutureAt reports whether the sprint was still ahead at the moment at.
func (s Sprint) FutureAt(at time.Time) bool {
	if s.State == SprintFuture {
		return true
	}
	return !s.Start.IsZero() && at.Before(s.Start)
}

// Ended is when the sprint ended: when somebody completed it, not when it was
// planned to end, because Jira keeps an overdue sprint running. Zero while it has
// not.
func (s Sprint) Ended() time.Time {
	switch {
	case !s.Completed.IsZero():
		return s.Completed
	case s.State == SprintClosed:
		return s.End
	}
	return time.Time{}
}
