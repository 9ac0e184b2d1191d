package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// gatewayPath is what comes before a site's id where Atlassian's gateway answers
// for it.
const gatewayPath = "/ex/jira/"

// gateway marks a request's context: it came through the gateway.
type gateway struct{}

// The scopes that reading takes.
const (
	scopeWork    = "read:jira-work"
	scopeUser    = "read:jira-user"
	scopeBoards  = "read:board-scope:jira-software"
	scopeProject = "read:project:jira"
	scopeSprints = "read:sprint:jira-software"
)

// scopeWrite is the scope that writing a comment takes.
const scopeWrite = "write:jira-work"

// JiraScopes are all scopes that reading Jira Cloud takes.
func JiraScopes() []string {
	return []string{scopeWork, scopeUser, scopeBoards, scopeProject, scopeSprints}
}

// CloudID is the id of the Jira Cloud site with this address.
func CloudID(site string) string { return uuid("site", site) }

// platform answers what belongs to no site but to Atlassian's platform, and
// reports whether that was asked for.
func (j *jira) platform(w http.ResponseWriter, r *http.Request, path string) bool {
	switch {
	case path == "/_edge/tenant_info":
		reply(w, obj{"cloudId": CloudID(j.o.Site)})
	case path == tokenPath && j.o.OAuth.granting():
		j.w.mu.Lock()
		defer j.w.mu.Unlock()
		j.grants.exchange(j.w.now, w, r, atlassianRefusals)
	case path == resourcesPath && j.o.OAuth.granting():
		j.w.mu.Lock()
		defer j.w.mu.Unlock()
		j.resources(w, r)
	default:
		return false
	}
	return true
}

// resources lists the sites that the access token is good for, once for each
// product, as the platform does.
func (j *jira) resources(w http.ResponseWriter, r *http.Request) {
	if !j.grants.bearer(j.w.now, r) {
		gatewayRefusal(w, http.StatusUnauthorized, noToken)
		return
	}
	site := func(name string, scopes []string) obj {
		return obj{"id": CloudID(j.o.Site), "name": name, "url": j.o.Site, "scopes": scopes, "avatarUrl": j.o.Site + "/avatar.png"}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode([]obj{site("wiki", []string{"read:confluence-content.all"}), site("acme", j.o.OAuth.Scopes)})
}

// throughGateway takes the gateway's part off a path.
func (j *jira) throughGateway(path string) (rest string, through bool) {
	if !j.cloud {
		return path, false
	}
	rest, through = strings.CutPrefix(path, gatewayPath+CloudID(j.o.Site))
	return rest, through
}

// pass lets a request through the gateway that shows a token which is good for
// what it asks, and answers all others.
func (j *jira) pass(w http.ResponseWriter, r *http.Request) bool {
	var has []string
	switch {
	case j.o.OAuth.granting() && j.grants.bearer(j.w.now, r):
		has = j.o.OAuth.Scopes
	case len(j.o.TokenScopes) > 0 && r.Header.Get("Authorization") == j.basic():
		has = j.o.TokenScopes
	default:
		gatewayRefusal(w, http.StatusUnauthorized, noToken)
		return false
	}
	for _, needed := range scopesFor(r.Method, r.URL.Path) {
		if !slices.Contains(has, needed) {
			gatewayRefusal(w, http.StatusUnauthorized, noToken+"; scope does not match")
			return false
		}
	}
	return true
}

// scopesFor are the scopes that a request wants.
func scopesFor(method, path string) []string {
	switch {
	case method == http.MethodPost && strings.HasSuffix(path, "/comment"):
		return []string{scopeWrite}
	case strings.HasSuffix(path, "/serverInfo"):
		return nil
	case path == "/rest/agile/1.0/board":
		return []string{scopeBoards, scopeProject}
	case strings.HasPrefix(path, "/rest/agile/"):
		return []string{scopeSprints}
	case strings.HasSuffix(path, "/myself"), strings.HasSuffix(path, "/user"):
		return []string{scopeUser}
	}
	return []string{scopeWork}
}

// noToken is what the gateway says of a token that is no good.
const noToken = "Unauthorized" //nolint:misspell // Atlassian's spelling

func gatewayRefusal(w http.ResponseWriter, code int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(obj{"code": code, "message": message})
}
