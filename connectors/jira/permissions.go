package jira

import (
	"context"
	"errors"
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
	toComment    = permission{"ADD_COMMENTS", "Add Comments", "reminders leave no comment on its tickets"}
	onDataCenter = permission{"USER_PICKER", "Browse Users", "past assignees who appear nowhere else are known by their internal keys only"}
)

// The scopes that a token with scopes needs: the first two are Jira's classic
// ones, the others granular, since Jira Software knows no classic ones.
const (
	scopeWork    = "read:jira-work"
	scopeUser    = "read:jira-user"
	scopeBoards  = "read:board-scope:jira-software"
	scopeProject = "read:project:jira" // which the list of boards wants beside the one for boards
	scopeSprints = "read:sprint:jira-software"
)

// scopeComment is the scope that comments take.
const scopeComment = "write:jira-work"

// scopeFix is what to do about a scope that is missing.
const scopeFix = "give the token the scopes " + scopeWork + " and " + scopeUser + ", and for sprints " + scopeBoards + ", " + scopeProject + " and " + scopeSprints +
	": an API token by making a new one, an OAuth application by adding them to it and authorising it once more"

// missing lists what the account may not do and what is lost by it, project by
// project.
func (s *Source) missing(ctx context.Context) ([]string, error) {
	var out []string
	lacks := s.lackedScopes(ctx)
	if strings.Contains(lacks, scopeWork) {
		return []string{lacks}, nil // which keeps everything else from being told
	}
	if lacks != "" {
		out = append(out, lacks)
	}
	if s.lacksCommentScope(ctx) {
		out = append(out, "the scope "+scopeComment+" is not granted: reminders leave no comments")
	}
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

// lackedScopes names what a token with scopes lacks and what is lost by it, by
// asking for what each is for: an API token does not tell its scopes. Other
// trouble is left to whoever meets it next.
func (s *Source) lackedScopes(ctx context.Context) string {
	if !s.client.scoped() || len(s.projects) == 0 {
		return ""
	}
	if err := s.checkProject(ctx, s.projects[0]); errors.Is(err, errScope) {
		return "the scope " + scopeWork + " is not granted: no ticket can be read"
	}
	boards, err := everyPage[board](ctx, s.client, "rest/agile/1.0/board", url.Values{"projectKeyOrId": {s.projects[0]}})
	if errors.Is(err, errScope) {
		return "the scopes " + scopeBoards + " and " + scopeProject + " are not both granted: sprints and their goals are known only as far as tickets tell"
	}
	for _, b := range boards {
		var page agilePage[sprint]
		err := s.client.get(ctx, "rest/agile/1.0/board/"+url.PathEscape(string(b.ID))+"/sprint", url.Values{"maxResults": {"1"}}, &page)
		if errors.Is(err, errScope) {
			return "the scope " + scopeSprints + " is not granted: dates and goals of sprints are known only as far as tickets tell"
		}
		if err == nil {
			return ""
		}
	}
	return ""
}

func (s *Source) missingIn(ctx context.Context, project string) ([]string, error) {
	err := s.checkProject(ctx, project)
	if refusedWith(err, http.StatusNotFound, http.StatusForbidden, http.StatusUnauthorized) {
		return []string{fmt.Sprintf("%s: the site does not know this project, or does not show it to this account: none of its tickets can be read", project)}, nil
	}
	if err != nil {
		return nil, err
	}
	needed := perProject
	if s.writeComments {
		needed = append(needed[:len(needed):len(needed)], toComment)
	}
	return s.ungranted(ctx, project, needed)
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
