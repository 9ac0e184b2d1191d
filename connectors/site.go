package connectors

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// Holdings is what reconciliation and hints ask of a source beyond its changes.
// Every Source of this repository is one.
type Holdings interface {
	// Present yields everything the configured projects or teams hold now, page by
	// page and as cheaply as the tracker allows: archived tickets included, unless
	// archiving takes them out of everything that the tracker lists, as in Jira,
	// which makes them gone. Only a sequence that ends without an error is complete.
	Present(ctx context.Context) iter.Seq2[[]ticket.Present, error]
	// Fetch reads these tickets whole, by id, as Changed would give them, with
	// their sprints. What the tracker does not hold, or what has left the
	// configured projects or teams, is missing from the page and is no error.
	// The page has no cursor.
	Fetch(ctx context.Context, ids []string) (Page, error)
}

// Inspector tells an operator how a site looks from here; for doctor.
type Inspector interface {
	Inspect(ctx context.Context) (Inspection, error)
}

// Speaker remembers the words of its tracker, for whoever must not ask it anything.
type Speaker interface {
	// Words are the types and statuses there were when the tracker was read last, and
	// what they mean; nil where this process has not read it yet.
	Words() []Word
}

// Inspection is how a site looks to the account that reads it.
type Inspection struct {
	Who       ticket.Account
	Zone      string        // time zone of the account; empty when the tracker does not tell
	ClockSkew time.Duration // the server's clock less ours, from the Date header
	// Limit is what is left of the tracker's rate limit, in its own words; empty
	// when it does not tell.
	Limit string
	// Missing are permissions or scopes that are needed and not granted, each
	// with what is lost without it.
	Missing []string
	// Words are the tracker's words and what they mean under the mapping in force.
	Words []Word
	// Fields are the custom fields found, our word (sprint, estimate, epic) to
	// the tracker's name and id.
	Fields map[string]string
}

// Word is one of the tracker's words.
type Word struct {
	Sort  string // type, status, priority, link, label
	Text  string // as the tracker writes it
	Means string // the kind, category, priority or link kind
	// Mapped is false when no line of the mapping names it and Means is only
	// what fairlead assumes.
	Mapped bool
}

// Explorer lists what a site has to choose from; for init.
type Explorer interface {
	Explore(ctx context.Context) (Catalogue, error)
}

// Catalogue is what can be read from a site.
type Catalogue struct {
	Spaces []Space
	// People are those who lead or were lately assigned something.
	People []ticket.Account
}

// Space is a Jira project or a Linear team.
type Space struct {
	Key, Name string
	Lead      ticket.Account   // zero when there is none
	Boards    []string         // names of its Jira boards, with their kind
	Assignees []ticket.Account // who was lately assigned something here
}

// ClockSkew is how far a server's clock is ahead of ours. Its Date header drops
// fractions of a second, and the answer took its time: within what that leaves
// open the clocks are taken to agree, and so they are without the header.
func ClockSkew(header http.Header, sent, received time.Time) time.Duration {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return 0
	}
	earliest := sent.Truncate(time.Second)
	switch {
	case date.Before(earliest):
		return date.Sub(earliest)
	case date.After(received):
		return date.Sub(received)
	}
	return 0
}
