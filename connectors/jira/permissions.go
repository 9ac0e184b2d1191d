package jira

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// permission is one of Jira's that fairlead needs, and what is lost without it.
type permission struct{ key, name, lost string }

// Reading needs no other permission: comments, sprints, histories and links are
// shown to whoever may browse the project.
var (
	perProject = []permission{
		{"BROWSE_PROJECTS", "Browse Projects", "none of its tickets can be read"},
		{"VIEW_VOTERS_AND_WATCHERS", "View Voters and Watchers", "nobody is known to follow a ticket by watching it"},
	}
	onDataCenter = permission{"USER_PICKER", "Browse Users", "past assignees who appear nowhere else are known by their internal keys only"}
)

// missing lists what the account may not do and what is lost by it, project by
// project.
func (s *Source) missing(ctx context.Context) ([]string, error) {
	var out []string
	for _, project := range s.projects {
		lines, err := s.missingIn(ctx, project)
		if err != nil {
			return out, err
		}
		out = append(out, lines...)
	}
	if s.deployment != DataCenter {
		return out, nil
	}
	lines, err := s.ungranted(ctx, "", []permission{onDataCenter})
	return append(out, lines...), err
}

func (s *Source) missingIn(ctx context.Context, project string) ([]string, error) {
	err := s.checkProject(ctx, project)
	if refusedWith(err, http.StatusNotFound, http.StatusForbidden, http.StatusUnauthorized) {
		return []string{fmt.Sprintf("%s: the site does not know this project, or does not show it to this account: none of its tickets can be read", project)}, nil
	}
	if err != nil {
		return nil, err
	}
	return s.ungranted(ctx, project, perProject)
}

// ungranted asks which of the permissions the account holds in a project, or
// anywhere without one. A permission the site does not speak of is taken for
// granted; so are all where the site does not answer the question, which is a
// line of its own.
func (s *Source) ungranted(ctx context.Context, project string, needed []permission) ([]string, error) {
	keys := make([]string, len(needed))
	for i, p := range needed {
		keys[i] = p.key
	}
	query := url.Values{"permissions": {strings.Join(keys, ",")}}
	where := "everywhere"
	if project != "" {
		query.Set("projectKey", project)
		where = project
	}
	var told struct {
		Permissions map[string]struct {
			Held bool `json:"havePermission"`
		} `json:"permissions"`
	}
	err := s.client.get(ctx, "rest/api/2/mypermissions", query, &told)
	if refusedWith(err, http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound) {
		return []string{fmt.Sprintf("%s: the site does not tell which permissions this account has; whether any is missing is not known", where)}, nil
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range needed {
		if answer, spoken := told.Permissions[p.key]; spoken && !answer.Held {
			out = append(out, fmt.Sprintf("%s: %s (%s) is not granted: %s", where, p.name, p.key, p.lost))
		}
	}
	return out, nil
}
