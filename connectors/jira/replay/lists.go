package replay

import (
	"encoding/json"
	"net/http"
	"strings"
)

// What a site lists about itself, gathered from its captured issues.

// permissions grants whatever is asked for.
func (s *Site) permissions(w http.ResponseWriter, r *http.Request) {
	held := map[string]any{}
	for _, key := range strings.Split(r.URL.Query().Get("permissions"), ",") {
		held[key] = map[string]any{"key": key, "havePermission": true}
	}
	answer(w, map[string]any{"permissions": held})
}

func (s *Site) projectList() []map[string]any {
	out := []map[string]any{}
	for _, key := range s.Projects {
		out = append(out, map[string]any{"id": "10000", "key": key, "name": key})
	}
	return out
}

func (s *Site) priorities(w http.ResponseWriter, _ *http.Request) {
	found := map[string]json.RawMessage{}
	for _, iss := range s.issues {
		keep(found, iss.fields["priority"])
	}
	answer(w, sorted(found))
}

func (s *Site) linkTypes(w http.ResponseWriter, _ *http.Request) {
	found := map[string]json.RawMessage{}
	for _, iss := range s.issues {
		var links []struct{ Type json.RawMessage }
		if json.Unmarshal(iss.fields["issuelinks"], &links) != nil {
			continue
		}
		for _, l := range links {
			keep(found, l.Type)
		}
	}
	answer(w, map[string]any{"issueLinkTypes": sorted(found)})
}
