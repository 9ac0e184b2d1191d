package replay

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// query are the forms of JQL the connector sends; anything else is refused, as a
// site refuses what it cannot parse.
var query = regexp.MustCompile(`^project in \(([^)]*)\)(?: AND (updated|created) >= ("[^"]*"|\d+))?(?: AND id in \(([\d,]+)\))? ORDER BY (updated|created) (?:ASC, key ASC|(DESC))$`)

// unacceptable is what a site has against a query, in a site's words.
type unacceptable string

func (u unacceptable) Error() string { return string(u) }

// matching lists the issues a JQL finds, in order. A lenient search lets ids pass
// that nothing has.
func (s *Site) matching(jql string, lenient bool) ([]*issue, error) {
	m := query.FindStringSubmatch(jql)
	if m == nil {
		return nil, unacceptable("Error in the JQL Query: " + jql)
	}
	since, err := s.since(m[3])
	if err != nil {
		return nil, err
	}
	projects, err := s.projectsIn(m[1])
	if err != nil {
		return nil, err
	}
	ids, err := s.idsIn(m[4])
	if err != nil && !lenient {
		return nil, err
	}
	var out []*issue
	for _, iss := range s.issues {
		if slices.Contains(projects, iss.project) && !iss.at(m[2]).Before(since) && (ids == nil || slices.Contains(ids, iss.id)) {
			out = append(out, iss)
		}
	}
	order(out, m[5], m[6] != "")
	return out, nil
}

// order sorts by a time, then by key.
func order(list []*issue, by string, newestFirst bool) {
	slices.SortStableFunc(list, func(a, b *issue) int {
		c := a.at(by).Compare(b.at(by))
		if newestFirst {
			c = -c
		}
		return cmp.Or(c, cmp.Compare(a.project, b.project), cmp.Compare(a.number, b.number))
	})
}

// idsIn reads a list of ids; nil without one. The error names one the site does
// not know.
func (s *Site) idsIn(list string) ([]string, error) {
	if list == "" {
		return nil, nil
	}
	ids := strings.Split(list, ",")
	for _, id := range ids {
		if s.find(id) == nil {
			return ids, unacceptable("A value with ID '" + id + "' does not exist for the field 'id'.")
		}
	}
	return ids, nil
}

func (s *Site) projectsIn(list string) ([]string, error) {
	var out []string
	for _, quoted := range strings.Split(list, ",") {
		p, err := strconv.Unquote(strings.TrimSpace(quoted))
		if err != nil {
			return nil, unacceptable("Error in the JQL Query: expecting a string, got " + quoted)
		}
		if !slices.Contains(s.Projects, p) {
			return nil, unacceptable("The value '" + p + "' does not exist for the field 'project'.")
		}
		out = append(out, p)
	}
	return out, nil
}

// since reads a bound of update times: epoch milliseconds on Cloud, a minute of
// the account's wall clock on Data Center.
func (s *Site) since(bound string) (time.Time, error) {
	switch {
	case bound == "":
		return time.Time{}, nil
	case s.Cloud && bound[0] != '"':
		ms, err := strconv.ParseInt(bound, 10, 64)
		return time.UnixMilli(ms), err
	case !s.Cloud && bound[0] == '"':
		return time.ParseInLocation("2006/01/02 15:04", strings.Trim(bound, `"`), s.location)
	}
	return time.Time{}, unacceptable("Date value " + bound + " for field 'updated' is invalid.")
}

// searchByOffset is Data Center's search.
func (s *Site) searchByOffset(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	found, err := s.matching(q.Get("jql"), q.Get("validateQuery") == "false")
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	start, size := number(q, "startAt", 0), min(number(q, "maxResults", 50), s.PageCap)
	end := min(start+size, len(found))
	page := []map[string]any{}
	for _, iss := range found[min(start, end):end] {
		page = append(page, iss.reply(fieldsOf(q), strings.Contains(q.Get("expand"), "changelog")))
	}
	answer(w, map[string]any{"startAt": start, "maxResults": size, "total": len(found), "issues": page})
}

// searchByToken is Cloud's search. Its pages give no histories worth having, so
// none are given.
func (s *Site) searchByToken(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	found, err := s.matching(q.Get("jql"), false)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	start, ok := offsetIn(q.Get("nextPageToken"), q.Get("jql"))
	if !ok {
		refuse(w, http.StatusBadRequest, "The provided next page token is invalid or expired.")
		return
	}
	fields := fieldsOf(q)
	if len(fields) == 0 {
		fields = []string{"id"}
	}
	end := min(start+min(number(q, "maxResults", 50), s.PageCap), len(found))
	page := []map[string]any{}
	for _, iss := range found[min(start, end):end] {
		page = append(page, iss.reply(fields, false))
	}
	out := map[string]any{"issues": page, "isLast": end == len(found)}
	if end < len(found) {
		out["nextPageToken"] = tokenFor(end, q.Get("jql"))
	}
	answer(w, out)
}

func tokenFor(offset int, jql string) string {
	return base64.URLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", offset, jql))
}

func offsetIn(token, jql string) (int, bool) {
	if token == "" {
		return 0, true
	}
	text, err := base64.URLEncoding.DecodeString(token)
	if err != nil {
		return 0, false
	}
	before, after, _ := strings.Cut(string(text), " ")
	offset, err := strconv.Atoi(before)
	return offset, err == nil && after == jql
}

// bulkChangelogs is Cloud's bulk fetch: histories oldest first, pages that cut
// through tickets.
func (s *Site) bulkChangelogs(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		IssueIDsOrKeys []string
		MaxResults     int
		NextPageToken  string
	}
	if err := json.NewDecoder(r.Body).Decode(&ask); err != nil || len(ask.IssueIDsOrKeys) == 0 || len(ask.IssueIDsOrKeys) > 1000 {
		refuse(w, http.StatusBadRequest, "issueIdsOrKeys must hold between 1 and 1000 entries")
		return
	}
	skip, _ := strconv.Atoi(ask.NextPageToken)
	left, seen := min(max(ask.MaxResults, 1), s.BulkCap), 0
	logs := []map[string]any{}
	for _, id := range ask.IssueIDsOrKeys {
		iss := s.find(id)
		if iss == nil {
			refuse(w, http.StatusBadRequest, "Issue does not exist or you do not have permission to see it.")
			return
		}
		from := min(max(skip-seen, 0), len(iss.histories))
		to := min(from+left, len(iss.histories))
		if to > from {
			logs = append(logs, map[string]any{"issueId": iss.id, "changeHistories": iss.histories[from:to]})
		}
		left -= to - from
		seen += len(iss.histories)
	}
	out := map[string]any{"issueChangeLogs": logs}
	if next := skip + min(max(ask.MaxResults, 1), s.BulkCap); next < seen {
		out["nextPageToken"] = strconv.Itoa(next)
	}
	answer(w, out)
}

func fieldsOf(q url.Values) []string {
	var out []string
	for _, list := range q["fields"] {
		out = append(out, strings.Split(list, ",")...)
	}
	return out
}

func number(q url.Values, name string, otherwise int) int {
	n, err := strconv.Atoi(q.Get(name))
	if err != nil || n < 0 {
		return otherwise
	}
	return n
}
