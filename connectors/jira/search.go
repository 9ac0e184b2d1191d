package jira

import "strings"

// jql restricts a search to the projects and puts it in the order in which it can be gone
// on from. since is empty for everything, else a moment as the deployment reads it.
func (s *Source) jql(since string) string {
	quoted := make([]string, len(s.projects))
	for i, p := range s.projects {
		quoted[i] = quote(p)
	}
	q := "project in (" + strings.Join(quoted, ",") + ")"
	if since != "" {
		q += " AND updated >= " + since
	}
	return q + " ORDER BY updated ASC, key ASC"
}

// quote writes a text as a JQL string.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// searchFields lists the fields to ask for. Where the site did not tell its
// fields all are asked for, since sprints and estimates can be anywhere. The
// agile shape's own fields do no harm where they do not exist.
func (c *catalog) searchFields() []string {
	if !c.fields.known {
		return []string{"*all"}
	}
	out := []string{
		"summary", "description", "issuetype", "status", "resolution", "resolutiondate", "priority", "creator", "assignee",
		"project", "parent", "labels", "components", "issuelinks", "duedate", "created", "updated", "comment",
		"sprint", "closedSprints", "epic",
	}
	for _, more := range [][]string{c.fields.sprint, c.fields.epic, c.fields.estimates} {
		out = append(out, more...)
	}
	return out
}
