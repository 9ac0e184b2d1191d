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
	// Limit bounds how often the site may be asked.
	Limit Limit
}

// Limit is a rate limit over fixed windows of the world's clock.
type Limit struct {
	Requests   int           // 0: no limit
	Complexity float64       // Linear; 0: no limit
	Per        time.Duration // 0: an hour for Linear, a minute otherwise
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
	return newCloud(w, o.with(Options{PageCap: 100, ChangelogCap: 40, CommentCap: 100, Limit: Limit{Per: time.Minute}}))
}

// JiraDataCenter serves the world as Jira Data Center does.
func (w *World) JiraDataCenter(o Options) http.Handler {
	return newDataCenter(w, o.with(Options{PageCap: 1000, Limit: Limit{Per: time.Minute}}))
}

// Linear serves the world as Linear does, at /graphql.
func (w *World) Linear(o Options) http.Handler {
	return newLinear(w, o.with(Options{Limit: Limit{Per: time.Hour}}))
}
