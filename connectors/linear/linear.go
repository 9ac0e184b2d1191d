// Package linear reads issues, projects, initiatives and cycles from Linear's
// GraphQL API, whole and with their histories, and brings them into the nouns of
// package ticket. It only reads, but for comments where the operator allows them.
// What it learns from a webhook is only what to
// look at; which stored tickets are gone, its caller finds from what is present.
//
// A pass reads lists newest update first, as Linear gives them, and yields
// page after page with how far down it came. Stopped anywhere, the next pass
// goes on downwards from there and then reads what was updated in the
// meantime. An issue that changes while the pass runs moves to the front of
// its list, where the next pass finds it, whether or not this one has read it
// already; the overlap covers changes that Linear shows later than it dates
// them.
//
// Linear charges for what is asked, not for what is there: a list inside an issue
// costs as many nodes as it may have. So a page asks for as much of each list as
// such lists mostly hold, for as many issues as one query may cost by then, and
// what was not asked for is read later for many issues at once.
package linear

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// DefaultURL is where Linear's API is.
const DefaultURL = "https://api.linear.app/graphql"

const (
	tracker        = "linear"
	defaultOverlap = 2 * time.Minute
)

// Options say which workspace to read, and how.
type Options struct {
	Name string // of the source; empty: "linear" and the workspace
	URL  string // of the API; empty: DefaultURL
	// Workspace is the word in linear.app/WORKSPACE. Given, a token of another
	// workspace is refused instead of filling the store with strange issues.
	Workspace string
	// Token is a personal API key, sent as it is: "lin_api_…"; an OAuth token
	// is written "Bearer …".
	Token string
	// OAuth, in place of Token, makes and renews bearer tokens: a grant of an
	// Application.
	OAuth *connectors.Grant
	// Teams are the keys of the teams to read; empty: all that the token may read.
	Teams []string
	// Mapping is laid over DefaultMapping.
	Mapping connectors.Mapping
	// Transport carries the requests: a connectors.Transport with Limited from
	// this package. Nil: http.DefaultTransport, which does not wait for limits.
	Transport http.RoundTripper
	// Clock is what limits are waited for by; nil: the Transport's. Without any,
	// nothing is waited for ahead of a refusal.
	Clock connectors.Clock
	// CommentText keeps what people wrote in comments and updates. Without it
	// only who wrote when, and whom they mentioned, is kept.
	CommentText bool
	// WriteComments lets Comment write. Whatever the account behind the token does
	// then counts as automation.
	WriteComments bool
	PageSize      int           // issues a page, at most; 0: as many as Linear allows
	Overlap       time.Duration // how far a pass looks back behind the last one; 0: two minutes
}

// Source reads one Linear workspace. It implements connectors.Source and is
// safe for concurrent use.
type Source struct {
	name      string
	workspace string
	teams     []string
	mapping   connectors.Mapping
	pageSize  int
	overlap   time.Duration
	client    *client
	// commentText says that the operator allows keeping what people wrote.
	commentText bool
	// writeComments says that the operator allows writing some.
	writeComments bool

	spoken atomic.Pointer[[]connectors.Word] // of the latest reading
}

// New prepares a source; it sends nothing yet.
func New(o Options) (*Source, error) {
	if o.URL == "" {
		o.URL = DefaultURL
	}
	if err := check(o); err != nil {
		return nil, err
	}
	shipped, err := DefaultMapping()
	if err != nil {
		return nil, err
	}
	s := &Source{
		name: o.Name, workspace: o.Workspace, teams: o.Teams,
		mapping:  shipped.With(o.Mapping),
		pageSize: o.PageSize, overlap: o.Overlap, commentText: o.CommentText, writeComments: o.WriteComments,
	}
	if s.name == "" {
		s.name = nameOf(o.Workspace)
	}
	if s.pageSize <= 0 || s.pageSize > mostNodes {
		s.pageSize = mostNodes
	}
	if s.overlap <= 0 {
		s.overlap = defaultOverlap
	}
	s.client = newClient(s.name, o)
	return s, nil
}

func check(o Options) error {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return fmt.Errorf("linear: %q is not the address of an API\n\tleave it out, or write %s", o.URL, DefaultURL)
	case u.User != nil:
		return errors.New("linear: the address of the API holds a password\n\tgive the API key as token instead")
	case o.Token != "" && o.OAuth != nil:
		return errors.New("linear: there are both a token and OAuth\n\tgive one of them")
	case o.Token == "" && o.OAuth == nil:
		return errors.New("linear: there is no token\n\tmake a personal API key in Linear under Settings, Security & access")
	}
	return nil
}

func nameOf(workspace string) string {
	if workspace == "" {
		return tracker
	}
	return tracker + " " + workspace
}

//go:embed mapping.yaml
var mappingFile []byte

// DefaultMapping is what Linear's words mean unless an operator says otherwise.
func DefaultMapping() (connectors.Mapping, error) {
	return connectors.ParseMapping("connectors/linear/mapping.yaml", mappingFile)
}

// Name implements connectors.Source.
func (s *Source) Name() string { return s.name }

// Changed implements connectors.Source. Initiatives, projects and cycles come
// first, then issues; each from the newest change to the oldest.
func (s *Source) Changed(ctx context.Context, from connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		p := &pass{source: s, at: parseCursor(from), stored: from, yield: yield}
		if err := p.run(ctx); err != nil && !errors.Is(err, errEnough) {
			yield(connectors.Page{}, err)
		}
	}
}

// blank is a ticket of this source with nothing known about it yet.
func (s *Source) blank() ticket.Ticket { return ticket.Ticket{Source: s.name, Tracker: tracker} }
