package replay

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// routes are the paths of a real site, each kind of deployment its own.
func (s *Site) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /rest/api/2/myself", s.myself)
	mux.HandleFunc("GET /rest/api/2/project/{key}", s.project)
	mux.HandleFunc("GET /rest/api/2/field", s.fieldList)
	mux.HandleFunc("GET /rest/api/2/status", func(w http.ResponseWriter, _ *http.Request) { answer(w, s.statuses) })
	mux.HandleFunc("GET /rest/api/2/issuetype", func(w http.ResponseWriter, _ *http.Request) { answer(w, s.types) })
	mux.HandleFunc("GET /rest/api/2/user", s.user)
	mux.HandleFunc("GET /rest/api/2/issue/{id}", s.oneIssue)
	mux.HandleFunc("GET /rest/api/2/issue/{id}/comment", s.comments)
	mux.HandleFunc("GET /rest/api/2/mypermissions", s.permissions)
	mux.HandleFunc("GET /rest/api/2/priority", s.priorities)
	mux.HandleFunc("GET /rest/api/2/issueLinkType", s.linkTypes)
	mux.HandleFunc("GET /rest/agile/1.0/board", s.boardList)
	mux.HandleFunc("GET /rest/agile/1.0/board/{id}/sprint", s.boardSprints)
	mux.HandleFunc("GET /rest/agile/1.0/sprint/{id}", s.sprint)
	if s.Cloud {
		mux.HandleFunc("GET /rest/api/2/search/jql", s.searchByToken)
		mux.HandleFunc("POST /rest/api/3/changelog/bulkfetch", s.bulkChangelogs)
		mux.HandleFunc("GET /rest/api/2/issue/{id}/changelog", s.changelogPage)
		mux.HandleFunc("GET /rest/api/2/project/search", func(w http.ResponseWriter, r *http.Request) { agile(w, r, s.projectList()) })
		mux.HandleFunc("GET /rest/api/2/search", func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusGone, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.")
		})
	} else {
		mux.HandleFunc("GET /rest/api/2/search", s.searchByOffset)
		mux.HandleFunc("GET /rest/api/2/project", func(w http.ResponseWriter, _ *http.Request) { answer(w, s.projectList()) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(mux, w, r) })
}

// serve records the request, lets a test answer it, and checks the credentials.
func (s *Site) serve(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.mu.Lock()
	s.requests = append(s.requests, Request{r.Method, r.URL.RequestURI(), body, r.Header.Clone()})
	s.mu.Unlock()
	if s.Intercept != nil && s.Intercept(w, r) {
		return
	}
	if r.Header.Get("Authorization") != s.expected() {
		refuse(w, http.StatusUnauthorized, "Client must be authenticated to access this resource.")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	mux.ServeHTTP(w, r)
}

func (s *Site) expected() string {
	if s.Cloud {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(User+":"+Token))
	}
	return "Bearer " + Token
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(v) // the client has gone; nobody is left to tell
}

func refuse(w http.ResponseWriter, code int, why string) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"errorMessages": []string{why}, "errors": map[string]string{}})
}

func (s *Site) myself(w http.ResponseWriter, _ *http.Request) {
	me := map[string]any{"displayName": "Reader", "active": true, "timeZone": s.Zone, "emailAddress": User}
	if s.Cloud {
		me["accountId"], me["accountType"] = "557058:reader", "atlassian"
	} else {
		me["name"], me["key"] = "reader", "reader"
	}
	answer(w, me)
}

func (s *Site) project(w http.ResponseWriter, r *http.Request) {
	if !slices.Contains(s.Projects, r.PathValue("key")) {
		refuse(w, http.StatusNotFound, "No project could be found with key '"+r.PathValue("key")+"'.")
		return
	}
	answer(w, map[string]any{"id": "10000", "key": r.PathValue("key"), "name": r.PathValue("key")})
}

func (s *Site) user(w http.ResponseWriter, r *http.Request) {
	u, ok := s.users[r.URL.Query().Get("key")]
	if !ok {
		refuse(w, http.StatusNotFound, "The user does not exist.")
		return
	}
	answer(w, u)
}

func (s *Site) oneIssue(w http.ResponseWriter, r *http.Request) {
	iss := s.find(r.PathValue("id"))
	if iss == nil {
		refuse(w, http.StatusNotFound, "Issue Does Not Exist")
		return
	}
	q := r.URL.Query()
	answer(w, iss.reply(fieldsOf(q), strings.Contains(q.Get("expand"), "changelog")))
}

func (s *Site) comments(w http.ResponseWriter, r *http.Request) {
	iss := s.find(r.PathValue("id"))
	if iss == nil {
		refuse(w, http.StatusNotFound, "Issue Does Not Exist")
		return
	}
	var all struct {
		Total    int
		Comments []json.RawMessage
	}
	_ = json.Unmarshal(iss.fields["comment"], &all)
	size := number(r.URL.Query(), "maxResults", 50)
	start := min(number(r.URL.Query(), "startAt", 0), len(all.Comments))
	end := min(start+size, len(all.Comments))
	answer(w, map[string]any{"startAt": start, "maxResults": size, "total": all.Total, "comments": all.Comments[start:end]})
}

func (s *Site) changelogPage(w http.ResponseWriter, r *http.Request) {
	iss := s.find(r.PathValue("id"))
	if iss == nil {
		refuse(w, http.StatusNotFound, "Issue does not exist or you do not have permission to see it.")
		return
	}
	start := min(number(r.URL.Query(), "startAt", 0), len(iss.histories))
	end := min(start+min(number(r.URL.Query(), "maxResults", 100), 100), len(iss.histories))
	answer(w, map[string]any{
		"startAt": start, "maxResults": 100, "total": len(iss.histories),
		"isLast": end == len(iss.histories), "values": iss.histories[start:end],
	})
}

func (s *Site) boardList(w http.ResponseWriter, r *http.Request) {
	values := []map[string]any{}
	for _, id := range s.boards[r.URL.Query().Get("projectKeyOrId")] {
		n, _ := strconv.Atoi(id)
		values = append(values, map[string]any{"id": n, "name": "Board " + id, "type": "scrum"})
	}
	agile(w, r, values)
}

func (s *Site) boardSprints(w http.ResponseWriter, r *http.Request) {
	states := strings.Split(r.URL.Query().Get("state"), ",")
	values := []map[string]any{}
	for _, sp := range s.sprints {
		state, _ := sp["state"].(string)
		if idText(sp["originBoardId"]) == r.PathValue("id") && slices.Contains(states, state) {
			values = append(values, sp)
		}
	}
	slices.SortFunc(values, func(a, b map[string]any) int { return strings.Compare(idText(a["id"]), idText(b["id"])) })
	agile(w, r, values)
}

func (s *Site) sprint(w http.ResponseWriter, r *http.Request) {
	sp, ok := s.sprints[r.PathValue("id")]
	if !ok {
		refuse(w, http.StatusNotFound, "Sprint does not exist")
		return
	}
	answer(w, sp)
}

// agile pages a list as the agile API does, 50 at a time whatever is asked.
func agile(w http.ResponseWriter, r *http.Request, values []map[string]any) {
	start := min(number(r.URL.Query(), "startAt", 0), len(values))
	end := min(start+50, len(values))
	answer(w, map[string]any{
		"startAt": start, "maxResults": 50, "total": len(values), "isLast": end == len(values), "values": values[start:end],
	})
}
