package simulator

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

// Options says what a simulated site shows and how strict it is. The zero value
// shows the whole world to anybody with the real trackers' caps and no rate
// limit.
type Options struct {
	// Spaces are the keys of the projects or teams the site shows; empty: all.
	Spaces []string
	// BasePath is where the site lives below the host: "/jira"; empty: at the root.
	BasePath string
	// User and Token are what a client must show. Jira Cloud wants both, Data
	// Center and Linear the token alone. With an empty Token everybody may read.
	User, Token string
	// Viewer is the handle of the person behind the token, whose time zone
	// JQL dates are read in. Empty: the first person of the world.
	Viewer string
	// Workspace is the word in linear.app/WORKSPACE; empty: acme.
	Workspace string
	// PageCap bounds a page of Jira's issues whatever is asked for. 0: 100 for
	// Jira Cloud, 1000 for Data Center. Linear gives what is asked for, up to 250.
	PageCap int
	// ChangelogCap bounds the histories expanded within a search. 0: 40 for
	// Jira Cloud, none for Data Center.
	ChangelogCap int
	// BulkCap bounds the histories in one page of Jira Cloud's bulk fetch.
	// 0: 1000.
	BulkCap int
	// CommentCap bounds the comments told within an issue; the rest must be
	// asked for. 0: 100 for Jira Cloud, none for Data Center.
	CommentCap int
	// Window is how deep Data Center pages into a search. 0: 10000.
	Window int
	// Anonymous makes Jira answer searches with a wrong token as it answers
	// somebody without an account: 200 and no issues.
	Anonymous bool
	// SearchLag is how far Jira's search trails the database: it answers as of
	// that long ago, while everything else tells the present.
	SearchLag time.Duration
	// ShortPages makes some pages of Jira Cloud's search hold fewer issues than
	// asked for, even none, without being the last. It is the seed by which they
	// are chosen; 0: no page is short.
	ShortPages uint64
	// TokenLife is how long a page token of Jira Cloud is good by the world's
	// clock; 0: for ever.
	TokenLife time.Duration
	// StrictNames makes Jira refuse a search that names an issue it does not
	// hold or does not show, as strict validation does.
	StrictNames bool
	// Denied are permissions of Jira, such as BROWSE_PROJECTS, and scopes of
	// Linear's API keys, such as write, that the viewer does not have.
	Denied []string
	// NoCommentProperties makes Jira keep what programs put beside comments and
	// never show it, as old servers do.
	NoCommentProperties bool
	// OAuth makes the site hand out access tokens at /oauth/token and take them
	// as bearer tokens; Jira Cloud only through its gateway, below /ex/jira.
	OAuth OAuth
	// Site is the address people open a Jira Cloud site at, which its gateway is
	// asked for; empty: https://acme.atlassian.net.
	Site string
	// TokenScopes make the token of Jira Cloud one with these scopes, which is
	// good only at the gateway.
	TokenScopes []string
	// Limit bounds how often the site may be asked: Jira's quota, Linear's
	// requests and complexity. It is shared by everything the site serves.
	Limit Limit
	// Burst bounds how often each single endpoint of Jira may be asked.
	Burst Limit
}

// Limit is a rate limit over fixed windows of the world's clock.
type Limit struct {
	Requests   int           // 0: no limit
	Complexity float64       // Linear; 0: no limit
	Per        time.Duration // 0: an hour for Linear, a minute otherwise, a second for a burst
}

// with fills what is not set from the defaults of a tracker.
func (o Options) with(d Options) Options {
	o.PageCap = cmp.Or(o.PageCap, d.PageCap)
	o.ChangelogCap = cmp.Or(o.ChangelogCap, d.ChangelogCap)
	o.CommentCap = cmp.Or(o.CommentCap, d.CommentCap)
	o.BulkCap = cmp.Or(o.BulkCap, 1000)
	o.Window = cmp.Or(o.Window, 10000)
	o.Workspace = cmp.Or(o.Workspace, "acme")
	o.Limit.Per = cmp.Or(o.Limit.Per, d.Limit.Per)
	o.OAuth.Life = cmp.Or(o.OAuth.Life, d.OAuth.Life)
	if len(o.OAuth.Scopes) == 0 {
		o.OAuth.Scopes = d.OAuth.Scopes
	}
	o.Site = cmp.Or(o.Site, "https://acme.atlassian.net")
	o.Burst.Per = cmp.Or(o.Burst.Per, time.Second)
	return o
}

// shows reports whether the site shows the space.
func (o Options) shows(key string) bool {
	if len(o.Spaces) == 0 {
		return true
	}
	return slices.Contains(o.Spaces, key)
}

// JiraCloud serves the world as Jira Cloud does.
func (w *World) JiraCloud(o Options) http.Handler {
	return newCloud(w, o.with(Options{PageCap: 100, ChangelogCap: 40, CommentCap: 100, Limit: Limit{Per: time.Minute}, OAuth: OAuth{Life: time.Hour, Scopes: JiraScopes()}}))
}

// JiraDataCenter serves the world as Jira Data Center does.
func (w *World) JiraDataCenter(o Options) http.Handler {
	return newDataCenter(w, o.with(Options{PageCap: 1000, Limit: Limit{Per: time.Minute}}))
}

// Linear serves the world as Linear does, at /graphql.
func (w *World) Linear(o Options) http.Handler {
	return newLinear(w, o.with(Options{Limit: Limit{Per: time.Hour}, OAuth: OAuth{Life: 24 * time.Hour, Scopes: []string{"read"}}}))
}
