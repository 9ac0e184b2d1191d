package jira

import (
	"slices"
	"strings"
)

// byUpdate and byCreation are the two orders in which a site is gone through. A
// ticket's creation never changes, so nothing moves while its order is read.
const (
	byUpdate   = "updated"
	byCreation = "created"
)

// jql restricts a search to the projects and puts it in an order in which it can
// be gone on from. since is empty for everything, else a moment as the deployment
// reads it.
func (s *Source) jql(order, since string) string {
	q := s.inProjects()
	if since != "" {
		q += " AND " + order + " >= " + since
	}
	return q + " ORDER BY " + order + " ASC, key ASC"
}

// inProjects is the restriction every search carries.
func (s *Source) inProjects() string {
	quoted := make([]string, len(s.projects))
	for i, p := range s.projects {
		quoted[i] = quote(p)
	}
	return "project in (" + strings.Join(quoted, ",") + ")"
}

// quote writes a text as a JQL string.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// everyField asks for all fields there are.
const everyField = "*all"

// readFields are the fields that are read on every site; what each site calls by
// ids of its own comes on top. The agile shape's own fields do no harm where they
// do not exist.
var readFields = []string{
	"summary", "description", "issuetype", "status", "resolution", "resolutiondate", "priority", "creator", "assignee",
	"project", "parent", "labels", "components", "issuelinks", "duedate", "created", "updated", "comment",
	"fixVersions", "watches", "attachment", "sprint", "closedSprints", "epic",
}

// searchFields lists the fields to ask for. Where the site did not tell its
// fields all are asked for, since sprints can be anywhere.
func (c *catalog) searchFields() []string {
	if !c.fields.known {
		return []string{everyField}
	}
	out := slices.Clone(readFields)
	for _, more := range [][]string{c.fields.sprint, c.fields.epic, c.fields.parent, c.fields.estimates} {
		out = append(out, more...)
	}
	return out
}
