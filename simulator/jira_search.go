package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
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
	reconcile  []string // ids whose newest state Cloud's index must know first
}

func readSearch(r *http.Request) (search, error) {
	if r.Method == http.MethodPost {
		return readSearchBody(r)
	}
	q := r.URL.Query()
	return search{
		jql: q.Get("jql"), fields: list(q.Get("fields")), expand: list(q.Get("expand")),
		startAt: number(r, "startAt", 0), maxResults: number(r, "maxResults", 50), token: q.Get("nextPageToken"),
		reconcile: list(strings.Join(q["reconcileIssues"], ",")),
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
		Reconcile     []int64  `json:"reconcileIssues"`
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
	for _, id := range body.Reconcile {
		s.reconcile = append(s.reconcile, strconv.FormatInt(id, 10))
	}
	if body.MaxResults != nil {
		s.maxResults = *body.MaxResults
	}
	return s, nil
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
	if len(s.reconcile) > 50 {
		err = refuse("The reconcileIssues parameter takes at most 50 issues.")
	}
	if err != nil {
		badRequest(w, err)
		return
	}
	all, err := j.find(r, q, s.reconcile)
	start := 0
	if err == nil {
		start, err = j.after(all, q, s)
	}
	if err != nil {
		badRequest(w, err)
		return
	}
	size := j.sized(s, start)
	page := cut(all, start, start+size)
	out := obj{"isLast": start+size >= all.len(), "issues": j.shown(r, page, s)}
	if start+size < all.len() {
		out["nextPageToken"] = j.pageToken(s, page)
	}
	reply(w, out)
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
	all, err := j.find(r, q, nil)
	if err != nil {
		badRequest(w, err)
		return
	}
	issues := cut(all, s.startAt, s.startAt+size)
	if len(s.fields) == 0 {
		s.fields = []string{"*navigable"}
	}
	page := make([]obj, 0, len(issues))
	for _, i := range issues {
		page = append(page, j.renderIssue(r, i, s.fields, s.expand))
	}
	reply(w, obj{"expand": "names,schema", "startAt": s.startAt, "maxResults": size, "total": all.len(), "issues": page})
}
