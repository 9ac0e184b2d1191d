package jira

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	gojira "github.com/andygrunwald/go-jira"

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
	Projects   []string   // project keys; at least one
	Mapping    connectors.Mapping

	// Base sends the requests; nil: a transport of its own that gives up on a
	// server that does not answer for two minutes.
	Base http.RoundTripper
	// Clock is asked only how long to wait, never for the time of a ticket.
	Clock connectors.Clock
	// PageSize is how many tickets to ask for at a time; 0: 100. Servers may give fewer.
	PageSize int
	// Overlap is how far behind the newest ticket of the last pass the next one
	// begins; 0: DefaultOverlap.
	Overlap time.Duration
}

// DefaultOverlap covers what a window by update time can miss: Jira's search
// index trails the database by seconds to minutes, its nodes' clocks differ, and
// an update may be committed after a later one was read. Reading a ticket twice
// costs little and changes nothing.
const DefaultOverlap = 5 * time.Minute

const (
	defaultPageSize = 100
	// largestPage is what the bulk fetch of changelogs takes at a time.
	largestPage = 1000
	// silence is how long a server may take to begin an answer.
	silence = 2 * time.Minute
)

// Source reads one Jira site. It implements connectors.Source and keeps nothing
// between passes but its configuration.
type Source struct {
	name       string
	base       string // the site's address without a trailing slash
	deployment Deployment
	projects   []string
	operators  connectors.Mapping
	pageSize   int
	overlap    time.Duration
	client     *client
}

// New prepares a source. It checks the options and talks to nobody yet.
func New(o Options) (*Source, error) {
	site, err := siteURL(o.URL)
	if err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("jira %s: %w", site.Host, err)
	}
	s := &Source{
		name:       o.Name,
		base:       strings.TrimSuffix(site.String(), "/"),
		deployment: o.Deployment,
		projects:   sortedKeys(o.Projects),
		operators:  connectors.Mapping{}.With(o.Mapping),
		pageSize:   min(orElse(o.PageSize, defaultPageSize), largestPage),
		overlap:    orElse(o.Overlap, DefaultOverlap),
	}
	if s.name == "" {
		s.name = "jira " + site.Host + strings.TrimSuffix(site.Path, "/")
	}
	if s.deployment == "" {
		s.deployment = DeploymentOf(o.URL)
	}
	api, err := gojira.NewClient(httpClient(o), s.base)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	s.client = &client{api: api, source: s.name, deployment: s.deployment, secret: o.Token}
	return s, nil
}

func (o Options) check() error {
	switch {
	case o.Token == "":
		return errors.New("a token is missing")
	case len(o.Projects) == 0:
		return errors.New("name at least one project; reading a whole site is more than its server should be asked for")
	case o.Clock == nil:
		return errors.New("a clock is missing")
	case o.PageSize < 0 || o.Overlap < 0:
		return errors.New("page size and overlap count upwards from nothing")
	case !slices.Contains([]Deployment{"", Cloud, DataCenter}, o.Deployment):
		return fmt.Errorf("deployment %q is neither %q nor %q", o.Deployment, Cloud, DataCenter)
	}
	return nil
}

// siteURL reads the address of a site. What comes with it beyond scheme, host
// and path has no place in an address that is shown to people.
func siteURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return nil, errors.New("jira: the site's url cannot be read; it looks like https://acme.atlassian.net")
	}
	if u.User != nil {
		return nil, fmt.Errorf("jira %s: user and token have lines of their own, they do not belong into the url", u.Host)
	}
	if (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return nil, fmt.Errorf("jira: the url %q names no site; it looks like https://acme.atlassian.net", text)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/")}, nil
}

// httpClient stacks what a request passes through: credentials, then waiting
// and trying again, then the wire. It follows no redirect, because the
// credentials would follow it to wherever it leads.
func httpClient(o Options) *http.Client {
	base := o.Base
	if base == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.ResponseHeaderTimeout = silence
		base = own
	}
	patient := &connectors.Transport{Base: base, Clock: o.Clock, Limited: limited}
	var rt http.RoundTripper = &gojira.BasicAuthTransport{Username: o.User, Password: o.Token, Transport: patient}
	if o.User == "" {
		rt = &gojira.PATAuthTransport{Token: o.Token, Transport: patient}
	}
	return &http.Client{
		Transport:     rt,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
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

// Name implements connectors.Source.
func (s *Source) Name() string { return s.name }
