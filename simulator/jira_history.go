package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// expandedChangelog is the changelog within an issue: newest first and cut
// without a word on Cloud, oldest first on Data Center.
func (j *jira) expandedChangelog(r *http.Request, i *Issue, limit int) obj {
	all := j.renderHistory(r, i.Space, i.History)
	total := len(all)
	if j.cloud {
		slices.Reverse(all)
	}
	if limit > 0 {
		all = all[:min(len(all), limit)]
	}
	return obj{"startAt": 0, "maxResults": len(all), "total": total, "histories": all}
}

// changelog answers GET /issue/{key}/changelog: oldest first, 100 a page.
func (j *jira) changelog(w http.ResponseWriter, r *http.Request) {
	i, ok := j.asked(w, r)
	if !ok {
		return
	}
	start, size := number(r, "startAt", 0), min(number(r, "maxResults", 100), 100)
	total := len(i.History)
	page := i.History[min(start, total):min(start+size, total)]
	out := obj{
		"self": j.self(r, "api/2/issue", i.ID(), "changelog"), "startAt": start, "maxResults": size, "total": total,
		"isLast": start+len(page) >= total, "values": j.renderHistory(r, i.Space, page),
	}
	if start+len(page) < total {
		out["nextPage"] = j.self(r, "api/2/issue", i.ID(), "changelog") + "?startAt=" + strconv.Itoa(start+size)
	}
	reply(w, out)
}

// bulkChangelog answers POST /changelog/bulkfetch: the histories of many
// issues in the order they happened, so that one issue may span pages.
func (j *jira) bulkChangelog(w http.ResponseWriter, r *http.Request) {
	ask := struct {
		IssueIDsOrKeys []string `json:"issueIdsOrKeys"`
		FieldIDs       []string `json:"fieldIds"`
		MaxResults     int      `json:"maxResults"`
		NextPageToken  string   `json:"nextPageToken"`
	}{MaxResults: 1000}
	if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
		jiraError(w, http.StatusBadRequest, "Invalid request payload. Refer to the REST API documentation and try again.")
		return
	}
	if n := len(ask.IssueIDsOrKeys); n == 0 || n > 1000 || len(ask.FieldIDs) > 10 || ask.MaxResults < 1 || ask.MaxResults > 10000 {
		jiraError(w, http.StatusBadRequest, "issueIdsOrKeys takes 1 to 1000 entries, fieldIds at most 10, maxResults 1 to 10000.")
		return
	}
	start := 0
	if ask.NextPageToken != "" {
		if _, err := fmt.Sscanf(ask.NextPageToken, "bulk-%d", &start); err != nil || start < 0 {
			jiraError(w, http.StatusBadRequest, "The provided nextPageToken is invalid.")
			return
		}
	}
	all := j.bulkHistory(r, ask.IssueIDsOrKeys)
	end := min(start+min(ask.MaxResults, j.o.BulkCap), len(all))
	out := obj{"issueChangeLogs": j.groupHistory(r, all[min(start, end):end])}
	if end < len(all) {
		out["nextPageToken"] = "bulk-" + strconv.Itoa(end)
	}
	reply(w, out)
}

type historyOf struct {
	issue *Issue
	event *Event
}

// bulkHistory collects the events of the issues asked for, oldest first.
// Unknown issues are left out without a word.
func (j *jira) bulkHistory(r *http.Request, keys []string) []historyOf {
	var all []historyOf
	seen := map[int]bool{}
	for _, key := range keys {
		i, ok := j.w.find(key)
		if !ok || seen[i.number] || !j.visible(r, i) {
			continue
		}
		seen[i.number] = true
		for _, e := range i.History {
			all = append(all, historyOf{i, e})
		}
	}
	slices.SortStableFunc(all, func(a, b historyOf) int {
		return cmp.Or(a.event.At.Compare(b.event.At), cmp.Compare(a.event.number, b.event.number))
	})
	return all
}

func (j *jira) groupHistory(r *http.Request, all []historyOf) []obj {
	out := []obj{}
	at := map[int]int{}
	for _, h := range all {
		n, ok := at[h.issue.number]
		if !ok {
			n = len(out)
			at[h.issue.number] = n
			out = append(out, obj{"issueId": h.issue.ID(), "changeHistories": []obj{}})
		}
		out[n]["changeHistories"] = append(out[n]["changeHistories"].([]obj), j.renderEvent(r, h.issue.Space, h.event))
	}
	return out
}

func (j *jira) renderHistory(r *http.Request, s *Space, events []*Event) []obj {
	out := make([]obj, 0, len(events))
	for _, e := range events {
		out = append(out, j.renderEvent(r, s, e))
	}
	return out
}

func (j *jira) renderEvent(r *http.Request, s *Space, e *Event) obj {
	items := []obj{}
	for _, it := range e.Items {
		items = append(items, j.renderItem(it, s)...)
	}
	o := obj{"id": strconv.Itoa(e.number), "created": j.stamp(e.At), "items": items}
	if e.By != nil {
		o["author"] = j.renderUser(r, e.By)
	}
	return o
}
