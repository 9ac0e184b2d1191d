package jira

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// Deployment is the kind of Jira a site runs; the two differ in paging, in how
// histories are told and in how users are named.
type Deployment string

// The deployments.
const (
	Cloud      Deployment = "cloud"
	DataCenter Deployment = "data-center" // Jira Server included
)

// DeploymentOf tells from its address which kind of Jira a site runs: Atlassian's
// own hosts are Cloud, everything else is somebody's own server.
func DeploymentOf(site string) Deployment {
	u, err := url.Parse(site)
	if err != nil {
		return DataCenter
	}
	host := strings.ToLower(u.Hostname())
	for _, cloud := range []string{"atlassian.net", "jira.com", "jira-dev.com", "atlassian.com", "atlassian-us-gov-mod.net"} {
		if host == cloud || strings.HasSuffix(host, "."+cloud) {
			return Cloud
		}
	}
	return DataCenter
}

// Options say which site to read and how.
type Options struct {
	Name       string     // name of the source; empty: "jira" and the host
	URL        string     // address of the site, with its path if it has one
	Deployment Deployment // empty: told by DeploymentOf
	User       string     // e-mail on Cloud, user name with a password on Data Center; empty: the token stands alone
	Token      string     // API token, personal access token or password; never shown
	// OAuth, in place of User and Token, makes and renews bearer tokens of Jira
	// Cloud: a grant of an Application.
	OAuth    *connectors.Grant
	Projects []string // project keys; at least one
	Mapping  connectors.Mapping

	// Base sends the requests; nil: a transport of its own that gives up on a
	// server that does not answer for two minutes.
	Base http.RoundTripper
	// Clock is asked how long to wait and how far the site's clock is from ours,
	// never for the time of a ticket.
	Clock connectors.Clock
	// PageSize is how many tickets to ask for and to hand on at a time; 0: 1000.
	// Servers may give fewer; on Cloud small pages are then gathered, on Data Center
	// a server that cannot give as many is asked for fewer.
	PageSize int
	// Overlap is how far behind the newest ticket of the last pass the next one
	// begins; 0: DefaultOverlap.
	Overlap time.Duration
	// CommentText keeps what comments say, not only who wrote them and when.
	CommentText bool
	// WriteComments lets Comment write. Whatever the account behind the token does
	// then counts as automation.
	WriteComments bool
	// MostExtras is how many requests a pass spends at the most on watchers and
	// remote links, which Jira tells ticket by ticket; 0: DefaultMostExtras, less
	// than 0: none.
	MostExtras int
}

// DefaultOverlap covers what a window by update time can miss: Jira's search
// index trails the database by seconds to minutes, its nodes' clocks differ, and
// an update may be committed after a later one was read. Reading a ticket twice
// costs little and changes nothing.
const DefaultOverlap = 5 * time.Minute

// DefaultMostExtras lets the usual pass, which brings some dozens of tickets, ask
// whatever it wants to know, and keeps the first pass over a large site from
// asking for weeks of old watchers.
const DefaultMostExtras = 2_000

const (
	// cloudPage is what the bulk fetch of changelogs takes at a time: on Cloud so
	// many tickets are held before their histories are asked for, and asked for at
	// a time, though sites give a hundred. Half as many would take a tenth more
	// requests than the least there are; see BenchmarkSyncJiraCloud.
	cloudPage = largestPage
	// dataCenterPage is as many as servers usually give.
	dataCenterPage = 1000
	// largestPage is what the bulk fetch of changelogs takes at a time.
	largestPage = 1000
	// silence is how long a server may take to begin an answer.
	silence = 2 * time.Minute
)

func (o Options) check() error {
	switch {
	case o.Token == "" && o.OAuth == nil:
		return errors.New("a token is missing")
	case o.OAuth != nil && (o.Token != "" || o.User != ""):
		return errors.New("OAuth stands alone: leave user and token out")
	case o.OAuth != nil && orElse(o.Deployment, DeploymentOf(o.URL)) != Cloud:
		return errors.New("OAuth is for Jira Cloud: give Data Center a personal access token")
	case o.Clock == nil:
		return errors.New("a clock is missing")
	case o.PageSize < 0 || o.Overlap < 0:
		return errors.New("page size and overlap count upwards from nothing")
	case !slices.Contains([]Deployment{"", Cloud, DataCenter}, o.Deployment):
		return fmt.Errorf("deployment %q is neither %q nor %q", o.Deployment, Cloud, DataCenter)
	}
	return nil
}

func sortedKeys(keys []string) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = strings.ToUpper(strings.TrimSpace(k))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
