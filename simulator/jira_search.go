package simulator

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// newCloud is a Jira Cloud site.
func newCloud(w *World, o Options) http.Handler {
	j := newJira(w, o, true, jiraFields{"customfield_10016", "customfield_10020", "customfield_10014", "customfield_10019"})
	j.both("GET", "/search/jql", j.searchJQL)
	j.both("POST", "/search/jql", j.searchJQL)
	j.both("GET", "/search", j.gone)
	j.both("POST", "/search", j.gone)
	j.both("GET", "/project/search", j.projects)
	j.both("GET", "/issue/{key}/changelog", j.changelog)
	j.mux.HandleFunc("POST /rest/api/3/changelog/bulkfetch", j.bulkChangelog)
	return j
}

// newDataCenter is a Jira Data Center site.
func newDataCenter(w *World, o Options) http.Handler {
	j := newJira(w, o, false, jiraFields{"customfield_10106", "customfield_10104", "customfield_10101", "customfield_10105"})
	j.mux.HandleFunc("GET /rest/api/2/search", j.searchPaged)
	j.mux.HandleFunc("POST /rest/api/2/search", j.searchPaged)
	j.mux.HandleFunc("GET /rest/api/2/project", j.allProjects)
	return j
}

// search is a request to search, in whichever way it came.
type search struct {
	jql        string
	fields     []string
	expand     []string
	startAt    int
	maxResults int
	token      string
}

func readSearch(r *http.Request) (search, error) {
	if r.Method == http.MethodPost {
		return readSearchBody(r)
	}
	q := r.URL.Query()
	return search{
		jql: q.Get("jql"), fields: list(q.Get("fields")), expand: list(q.Get("expand")),
		startAt: number(r, "startAt", 0), maxResults: number(r, "maxResults", 50), token: q.Get("nextPageToken"),
	}, nil
}

func readSearchBody(r *http.Request) (search, error) {
	body := struct {
		JQL           string   `json:"jql"`
		Fields        []string `json:"fields"`
		Expand        any      `json:"expand"` // Cloud: text; Data Center: a list
		StartAt       int      `json:"startAt"`
		MaxResults    *int     `json:"maxResults"`
		NextPageToken string   `json:"nextPageToken"`
	}{}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return search{}, fmt.Errorf("Invalid request payload. Refer to the REST API documentation and try again.") //nolint:staticcheck // Jira's words
	}
	s := search{jql: body.JQL, fields: body.Fields, startAt: body.StartAt, maxResults: 50, token: body.NextPageToken}
	switch e := body.Expand.(type) {
	case string:
		s.expand = list(e)
	case []any:
		for _, v := range e {
			s.expand = append(s.expand, fmt.Sprint(v))
		}
	}
	if body.MaxResults != nil {
		s.maxResults = *body.MaxResults
	}
	return s, nil
}

// found runs a query and gives what the caller may see, in order.
func (j *jira) found(r *http.Request, q query) ([]*Issue, error) {
	known := func(key string) bool {
		_, ok := j.w.space(key)
		return ok && j.o.shows(key) && j.allowed(r)
	}
	if j.o.Anonymous {
		known = func(string) bool { return true }
	}
	holds, err := q.compile(known, j.viewer().location())
	if err != nil {
		return nil, err
	}
	var out []*Issue
	for _, i := range j.w.issues {
		if j.visible(r, i) && holds(i) {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, q.compare)
	return out, nil
}

// compare orders as the query asks, then newest issue first, as Jira does.
func (q query) compare(a, b *Issue) int {
	for _, o := range q.order {
		if c := o.compare(a, b); c != 0 {
			return c
		}
	}
	return cmp.Compare(b.number, a.number)
}

func (o ordering) compare(a, b *Issue) int {
	var c int
	switch o.field {
	case "updated":
		c = a.Updated.Compare(b.Updated)
	case "created":
		c = a.Created.Compare(b.Created)
	case "id":
		c = cmp.Compare(a.number, b.number)
	default:
		c = cmp.Or(cmp.Compare(a.Space.Key, b.Space.Key), cmp.Compare(a.ordinal, b.ordinal))
	}
	if o.descending {
		return -c
	}
	return c
}

func (j *jira) gone(w http.ResponseWriter, _ *http.Request) {
	jiraError(w, http.StatusGone, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "+
		"A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046")
}

// searchJQL is Cloud's search: bounded queries, page tokens, no total.
func (j *jira) searchJQL(w http.ResponseWriter, r *http.Request) {
	s, err := readSearch(r)
	if err != nil {
		badRequest(w, err)
		return
	}
	q, err := parseJQL(s.jql)
	if err == nil && len(q.clauses) == 0 {
		err = refuse("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
	}
	if err != nil {
		badRequest(w, err)
		return
	}
	issues, err := j.found(r, q)
	if err == nil {
		issues, err = j.after(issues, q, s)
	}
	if err != nil {
		badRequest(w, err)
		return
	}
	size := min(max(s.maxResults, 1), j.o.PageCap)
	out := obj{"isLast": len(issues) <= size}
	if len(issues) > size {
		issues = issues[:size]
		out["nextPageToken"] = pageToken(s.jql, issues[size-1])
	}
	out["issues"] = j.shown(r, issues, s)
	reply(w, out)
}

// A page token remembers the query it belongs to and where the last page
// ended. An issue that moved behind that place is shown again, one that moved
// before it is missed; nothing shifts.
func pageToken(jql string, last *Issue) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s|%d|%d|%d",
		uuid(jql), last.number, last.Updated.UnixNano(), last.Created.UnixNano()))
}

// after drops what earlier pages showed.
func (j *jira) after(issues []*Issue, q query, s search) ([]*Issue, error) {
	if s.token == "" {
		return issues, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(s.token)
	parts := strings.Split(string(raw), "|")
	if err != nil || len(parts) != 4 || parts[0] != uuid(s.jql) {
		return nil, refuse("The provided nextPageToken is invalid or belongs to another query.")
	}
	var n [3]int64
	for i := range n {
		if n[i], err = strconv.ParseInt(parts[i+1], 10, 64); err != nil {
			return nil, refuse("The provided nextPageToken is invalid or belongs to another query.")
		}
	}
	last := &Issue{number: int(n[0]), Updated: time.Unix(0, n[1]), Created: time.Unix(0, n[2]), Space: &Space{}}
	if i, ok := j.w.find(strconv.Itoa(last.number)); ok {
		last.Space, last.ordinal = i.Space, i.ordinal
	}
	return slices.DeleteFunc(issues, func(i *Issue) bool { return q.compare(i, last) <= 0 }), nil
}

// shown renders a page of Cloud's search, where an issue is only its id unless
// fields are asked for.
func (j *jira) shown(r *http.Request, issues []*Issue, s search) []obj {
	out := make([]obj, 0, len(issues))
	for _, i := range issues {
		if len(s.fields) == 0 || (len(s.fields) == 1 && s.fields[0] == "id") {
			o := obj{"id": i.ID()}
			if slices.Contains(s.expand, "changelog") {
				o["changelog"] = j.expandedChangelog(r, i, j.o.ChangelogCap)
			}
			out = append(out, o)
			continue
		}
		out = append(out, j.renderIssue(r, i, s.fields, s.expand))
	}
	return out
}

// searchPaged is Data Center's search: an offset, a total, a silent cap.
func (j *jira) searchPaged(w http.ResponseWriter, r *http.Request) {
	s, err := readSearch(r)
	if err != nil {
		badRequest(w, err)
		return
	}
	q, err := parseJQL(s.jql)
	if err != nil {
		badRequest(w, err)
		return
	}
	size := min(s.maxResults, j.o.PageCap)
	if s.startAt+size > j.o.Window {
		badRequest(w, refuse("Result window is too large, from + size must be less than or equal to: [%d] but was [%d].",
			j.o.Window, s.startAt+size))
		return
	}
	issues, err := j.found(r, q)
	if err != nil {
		badRequest(w, err)
		return
	}
	total := len(issues)
	issues = issues[min(s.startAt, total):min(s.startAt+size, total)]
	if len(s.fields) == 0 {
		s.fields = []string{"*navigable"}
	}
	page := make([]obj, 0, len(issues))
	for _, i := range issues {
		page = append(page, j.renderIssue(r, i, s.fields, s.expand))
	}
	reply(w, obj{"expand": "names,schema", "startAt": s.startAt, "maxResults": size, "total": total, "issues": page})
}
