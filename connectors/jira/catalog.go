package jira

import (
	"cmp"
	"context"
	_ "embed" // for the shipped mapping
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
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
	statuses  map[string]status  // by id
	byName    map[string]status  // by folded name
	fields    siteFields
	location  *time.Location // Data Center: zone of the account that reads
}

// siteFields are the ids of the custom fields fairlead reads; every site has
// its own.
type siteFields struct {
	known                   bool // the site told its fields
	sprint, epic, estimates []string
	estimateNames           []string // folded, for old histories that name no id
}

const (
	sprintSchema   = "com.pyxis.greenhopper.jira:gh-sprint"
	epicLinkSchema = "com.pyxis.greenhopper.jira:gh-epic-link"
	pointsSchema   = "com.pyxis.greenhopper.jira:jsw-story-points"
	// estimateField is the word under which an operator names the field.
	estimateField = "estimate"
)

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

	var types []issueType
	gap, err = s.list(ctx, "rest/api/2/issuetype", &types, "translated types count as tasks unless the mapping names them")
	if err != nil {
		return nil, nil, err
	}
	gaps = append(gaps, gap...)
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

func findFields(fields []field, operators string) siteFields {
	out := siteFields{known: len(fields) > 0}
	for _, f := range fields {
		switch f.Schema.Custom {
		case sprintSchema:
			out.sprint = append(out.sprint, f.ID)
		case epicLinkSchema:
			out.epic = append(out.epic, f.ID)
		}
	}
	for _, f := range slices.Backward(estimateFields(fields, operators)) {
		out.estimates = append(out.estimates, f.ID)
		out.estimateNames = append(out.estimateNames, connectors.Fold(f.Name))
	}
	if len(out.estimateNames) == 0 {
		out.estimateNames = []string{"story points", "story point estimate"}
	}
	return out
}

// estimateFields lists the fields that may hold a ticket's points, the best
// last: company-managed projects use "Story Points", team-managed ones "Story point
// estimate", and an operator's word is final.
func estimateFields(fields []field, operators string) []field {
	rank := func(f field) int {
		name := connectors.Fold(cmp.Or(f.Untranslated, f.Name))
		switch {
		case operators != "" && (strings.EqualFold(f.ID, operators) || connectors.Fold(f.Name) == connectors.Fold(operators)):
			return 4
		case operators != "":
			return 0
		case f.Schema.Custom == pointsSchema:
			return 3
		case name == "story point estimate":
			return 2
		case name == "story points":
			return 1
		}
		return 0
	}
	out := slices.DeleteFunc(slices.Clone(fields), func(f field) bool { return rank(f) == 0 })
	slices.SortStableFunc(out, func(a, b field) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.ID, b.ID)) })
	return out
}

func (c *catalog) indexStatuses(statuses []status) {
	c.statuses, c.byName = make(map[string]status, len(statuses)), make(map[string]status, len(statuses))
	for _, s := range statuses {
		c.statuses[string(s.ID)] = s
		c.byName[connectors.Fold(s.Name)] = s
	}
}

// translated maps the words of a site that speaks another language, by the
// untranslated names it tells beside them. Types that no name maps but that
// stand above ordinary tickets are containers, those above epics goals.
func translated(m connectors.Mapping, statuses []status, types []issueType) connectors.Mapping {
	out := connectors.Mapping{}.With(connectors.Mapping{})
	for _, s := range statuses {
		if meant, ok := m.Statuses[connectors.Fold(s.Untranslated)]; ok {
			out.Statuses[connectors.Fold(s.Name)] = meant
		}
	}
	for _, t := range types {
		name := connectors.Fold(t.Name)
		if _, mapped := m.Types[name]; mapped {
			continue
		}
		if meant, ok := m.Types[connectors.Fold(t.Untranslated)]; ok {
			out.Types[name] = meant
		} else if k := kindOfLevel(t.Level); k != "" {
			out.Types[name] = k
		}
	}
	return out
}

func kindOfLevel(level *int) ticket.Kind {
	switch {
	case level == nil || *level <= 0:
		return ""
	case *level == 1:
		return ticket.Container
	}
	return ticket.Goal
}

// category tells what a status means. key is Jira's own word for its category
// where the ticket told it; otherwise the site's list of statuses is asked. A
// shipped line only refines Jira's word (cancelled is a way of being done, backlog a way
// of being to do), so that a status called "Rejected" in the middle of somebody's workflow
// is not taken for an end; an operator's line is final. A resolution that means
// cancelled makes done cancelled.
func (c *catalog) category(id, name, key, resolution string) ticket.Category {
	meant := c.plainCategory(id, name, key)
	if meant == ticket.Done && c.mapping.Statuses[connectors.Fold(resolution)] == ticket.Cancelled {
		return ticket.Cancelled
	}
	return meant
}

func (c *catalog) plainCategory(id, name, key string) ticket.Category {
	word := connectors.Fold(name)
	if meant, ok := c.operators.Statuses[word]; ok {
		return meant
	}
	if key == "" {
		key = c.categoryKey(id, word)
	}
	meant, mapped := c.mapping.Statuses[word]
	told := map[string][]ticket.Category{
		"new":           {ticket.Todo, ticket.Backlog},
		"indeterminate": {ticket.Started},
		"done":          {ticket.Done, ticket.Cancelled},
	}[key]
	switch {
	case len(told) > 0 && slices.Contains(told, meant):
		return meant
	case len(told) > 0:
		return told[0]
	case mapped:
		return meant
	}
	return ticket.Todo // nothing known: the meaning that claims least
}

func (c *catalog) categoryKey(id, word string) string {
	if s, ok := c.statuses[id]; ok {
		return s.Category.Key
	}
	return c.byName[word].Category.Key
}

// priority tells what a priority means, by name or else by id: the five of
// Jira's default scheme have the same ids in every language.
func (c *catalog) priority(id, name string) ticket.Priority {
	if p, ok := c.mapping.Priorities[connectors.Fold(name)]; ok {
		return p
	}
	return c.mapping.Priority(id)
}
