package replay

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"testing"
)

// What a real site lists apart and a capture of issues holds only inside them.

// gather collects sprints, boards, users, statuses and types from the issues,
// and from the captured lists of the Cloud site.
func (s *Site) gather(t testing.TB) {
	s.sprints, s.boards, s.users = map[string]map[string]any{}, map[string][]string{}, map[string]json.RawMessage{}
	statuses, types := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for _, iss := range s.issues {
		s.gatherSprints(iss)
		keep(statuses, iss.fields["status"])
		keep(types, iss.fields["issuetype"])
		for _, name := range []string{"assignee", "creator", "reporter"} {
			s.gatherUser(iss.fields[name])
		}
		for _, h := range iss.histories {
			var by struct{ Author json.RawMessage }
			if json.Unmarshal(h, &by) == nil {
				s.gatherUser(by.Author)
			}
		}
	}
	for _, boards := range s.boards {
		slices.Sort(boards)
	}
	if s.Cloud {
		s.gatherLists(t)
		return
	}
	s.statuses, s.types = sorted(statuses), sorted(types)
}

func (s *Site) gatherLists(t testing.TB) {
	for _, line := range Lines(t, "jira/cloud-statuses.jsonl") {
		s.statuses = append(s.statuses, line)
	}
	for _, line := range Lines(t, "jira/cloud-issue-types.jsonl") {
		s.types = append(s.types, line)
	}
	for _, line := range Lines(t, "jira/cloud-sprints.jsonl") {
		s.keepSprint("EE", line)
	}
}

// oldSprint is a sprint as old servers wrote it into a custom field.
var oldSprint = regexp.MustCompile(`Sprint@[0-9a-f]+\[id=(\d+),rapidViewId=[^,]*,state=(\w+),name=([^,"]*),startDate=([^,]*),endDate=([^,]*),completeDate=([^,]*),`)

func (s *Site) gatherSprints(iss *issue) {
	s.keepSprint(iss.project, iss.fields["sprint"])
	var closed []json.RawMessage
	if json.Unmarshal(iss.fields["closedSprints"], &closed) == nil {
		for _, raw := range closed {
			s.keepSprint(iss.project, raw)
		}
	}
	for _, raw := range iss.fields {
		for _, m := range oldSprint.FindAllSubmatch(raw, -1) {
			id, _ := strconv.Atoi(string(m[1]))
			s.sprints[string(m[1])] = map[string]any{
				"id": id, "state": string(bytes.ToLower(m[2])), "name": string(m[3]),
				"startDate": string(m[4]), "endDate": string(m[5]), "completeDate": string(m[6]),
			}
		}
	}
}

func (s *Site) keepSprint(project string, raw json.RawMessage) {
	var sp map[string]any
	if json.Unmarshal(raw, &sp) != nil || sp == nil {
		return
	}
	s.sprints[idText(sp["id"])] = sp
	if b := idText(sp["originBoardId"]); b != "" && !slices.Contains(s.boards[project], b) {
		s.boards[project] = append(s.boards[project], b)
	}
}

func (s *Site) gatherUser(raw json.RawMessage) {
	var u struct{ Key string }
	if json.Unmarshal(raw, &u) == nil && u.Key != "" {
		s.users[u.Key] = raw
	}
}

func keep(into map[string]json.RawMessage, raw json.RawMessage) {
	var named struct{ ID string }
	if json.Unmarshal(raw, &named) == nil && named.ID != "" {
		into[named.ID] = raw
	}
}

func sorted(m map[string]json.RawMessage) []json.RawMessage {
	ids := make([]string, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	out := []json.RawMessage{}
	for _, id := range ids {
		out = append(out, m[id])
	}
	return out
}

func idText(v any) string {
	switch v := v.(type) {
	case float64:
		return strconv.Itoa(int(v))
	case int:
		return strconv.Itoa(v)
	case string:
		return v
	}
	return ""
}

// fieldList names the custom fields that the captures' sites had for sprints and
// epics, and Jira's own fields that every site lists.
func (s *Site) fieldList(w http.ResponseWriter, _ *http.Request) {
	list := []map[string]any{
		{"id": "summary", "key": "summary", "name": "Summary", "custom": false, "schema": map[string]any{"type": "string", "system": "summary"}},
	}
	custom := func(id, name, schema string) {
		list = append(list, map[string]any{
			"id": id, "key": id, "name": name, "custom": true,
			"schema": map[string]any{"type": "any", "custom": "com.pyxis.greenhopper.jira:" + schema},
		})
	}
	switch s.File {
	case CloudSite.File:
		custom("customfield_10020", "Sprint", "gh-sprint")
		custom("customfield_10014", "Epic Link", "gh-epic-link")
	case Server2017.File:
		custom("customfield_11930", "Sprint", "gh-sprint")
	}
	answer(w, list)
}
