package jira

import (
	"context"
	_ "embed" // for the shipped mapping
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

//go:embed mapping.yaml
var mappingText []byte

// Mapping is the shipped mapping of Jira's words. It is shared: lay lines over
// it with With, do not write into it.
func Mapping() (connectors.Mapping, error) { return shippedMapping() }

var shippedMapping = sync.OnceValues(func() (connectors.Mapping, error) {
	return connectors.ParseMapping("connectors/jira/mapping.yaml", mappingText)
})

// catalog is what a site calls things: its fields, statuses and types, read at
// the beginning of each pass, and what they mean.
type catalog struct {
	mapping   connectors.Mapping // shipped, then translated, then the operator's own lines
	operators connectors.Mapping // the operator's own lines alone
	types     []issueType        // as the site lists them
	listed    []status           // as the site lists them
	statuses  map[string]status  // by id
	byName    map[string]status  // by folded name
	fields    siteFields
	location  *time.Location // Data Center: zone of the account that reads
}

// readCatalog asks the site for its words. What it does not tell becomes a gap.
func (s *Source) readCatalog(ctx context.Context, me user) (*catalog, []string, error) {
	shipped, err := Mapping()
	if err != nil {
		return nil, nil, err
	}
	c := &catalog{operators: s.operators, mapping: shipped}
	var gaps []string
	if s.deployment == DataCenter {
		c.location, gaps = zone(me.TimeZone)
	}

	var fields []field
	gap, err := s.list(ctx, "rest/api/2/field", &fields, "sprints, epics and estimates are recognised by their shape only")
	if err != nil {
		return nil, nil, err
	}
	gaps = append(gaps, gap...)
	c.fields = findFields(fields, s.operators.Fields[estimateField])

	var statuses []status
	gap, err = s.list(ctx, "rest/api/2/status", &statuses, "past statuses are understood by their names only")
	if err != nil {
		return nil, nil, err
	}
	gaps = append(gaps, gap...)
	c.indexStatuses(statuses)
	c.listed = statuses

	var types []issueType
	gap, err = s.list(ctx, "rest/api/2/issuetype", &types, "translated types count as tasks unless the mapping names them")
	if err != nil {
		return nil, nil, err
	}
	gaps = append(gaps, gap...)
	c.types = types
	c.mapping = shipped.With(translated(shipped, statuses, types)).With(s.operators)
	return c, gaps, nil
}

// list reads one of the site's lists. A site that keeps it to itself leaves a
// gap with the consequence; any other trouble is an error.
func (s *Source) list(ctx context.Context, path string, into any, consequence string) (gap []string, err error) {
	err = s.client.get(ctx, path, nil, into)
	if refusedWith(err, http.StatusForbidden, http.StatusNotFound) {
		return []string{fmt.Sprintf("%s/%s is not shown to this account: %s", s.base, path, consequence)}, nil
	}
	return nil, err
}

// zone finds the account's time zone. Without it, windows on Data Center begin
// so early that no zone on Earth could lose a ticket.
func zone(name string) (*time.Location, []string) {
	if name == "" {
		return earliest, nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return earliest, []string{fmt.Sprintf("the account's time zone %q is not known here; tickets of up to a day are read twice", oneLine(name, 60))}
	}
	return loc, nil
}

// earliest stands in for an unknown zone: its wall clock is behind every other.
var earliest = time.FixedZone("earliest", -12*60*60)
