package jira

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	gojira "github.com/andygrunwald/go-jira"

	"github.com/fairlead-dev/fairlead/connectors"
)

// Source reads one Jira site. It implements connectors.Source, Holdings, Inspector,
// Explorer and Commenter, and keeps nothing between passes but its configuration.
type Source struct {
	name       string
	base       string // the site's address without a trailing slash
	deployment Deployment
	projects   []string
	operators  connectors.Mapping
	pageSize   int
	overlap    time.Duration
	client     *client
	clock      connectors.Clock

	commentText   bool
	writeComments bool
	mostExtras    int

	spoken atomic.Pointer[[]connectors.Word] // of the latest catalog
}

var errNoProject = errors.New("name at least one project; reading a whole site is more than its server should be asked for")

// New prepares a source. It checks the options and talks to nobody yet.
func New(o Options) (*Source, error) {
	s, err := NewSite(o)
	if err == nil && len(o.Projects) == 0 {
		return nil, fmt.Errorf("jira %s: %w", strings.TrimPrefix(s.base, "https://"), errNoProject)
	}
	return s, err
}

// NewSite prepares a source that may have no projects yet: enough for Explore and
// Inspect, while everything that reads tickets refuses.
func NewSite(o Options) (*Source, error) {
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
		overlap:    orElse(o.Overlap, DefaultOverlap),
		clock:      o.Clock,

		commentText:   o.CommentText,
		writeComments: o.WriteComments,
		mostExtras:    orElse(o.MostExtras, DefaultMostExtras),
	}
	if s.name == "" {
		s.name = "jira " + site.Host + strings.TrimSuffix(site.Path, "/")
	}
	if s.deployment == "" {
		s.deployment = DeploymentOf(o.URL)
	}
	s.pageSize = min(orElse(o.PageSize, dataCenterPage), largestPage)
	if s.deployment == Cloud {
		s.pageSize = min(orElse(o.PageSize, cloudPage), largestPage)
	}
	o.Deployment = s.deployment
	carrier, way := httpClient(s.name, site, o)
	api, err := gojira.NewClient(carrier, s.base)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	s.client = &client{api: api, source: s.name, deployment: s.deployment, secret: o.Token, oauth: o.OAuth, gateway: way}
	return s, nil
}

// Name implements connectors.Source.
func (s *Source) Name() string { return s.name }
