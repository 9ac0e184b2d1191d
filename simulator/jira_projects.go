package simulator

import (
	"net/http"
	"slices"
	"strconv"
)

func (j *jira) renderProject(r *http.Request, s *Space) obj {
	o := obj{
		"self": j.self(r, "api/2/project", strconv.Itoa(s.number)), "id": strconv.Itoa(s.number), "key": s.Key, "name": s.Name,
		"projectTypeKey": "software", "avatarUrls": avatars(r),
	}
	if j.cloud {
		o["simplified"] = false
	}
	return o
}

func (j *jira) project(w http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	for _, s := range j.w.spaces {
		if j.o.shows(s.Key) && (s.Key == key || strconv.Itoa(s.number) == key) {
			o := j.renderProject(r, s)
			if lead, ok := j.w.person(s.Lead); ok {
				o["lead"] = j.renderUser(r, lead)
			}
			reply(w, o)
			return
		}
	}
	jiraError(w, http.StatusNotFound, "No project could be found with key '"+key+"'.")
}

// projects answers Cloud's GET /project/search.
func (j *jira) projects(w http.ResponseWriter, r *http.Request) {
	all := j.visibleProjects(r)
	start, size := number(r, "startAt", 0), min(number(r, "maxResults", 50), 100)
	page := all[min(start, len(all)):min(start+size, len(all))]
	reply(w, obj{
		"self": j.self(r, "api/2/project/search"), "startAt": start, "maxResults": size, "total": len(all),
		"isLast": start+len(page) >= len(all), "values": page,
	})
}

// allProjects answers Data Center's GET /project.
func (j *jira) allProjects(w http.ResponseWriter, r *http.Request) { reply(w, j.visibleProjects(r)) }

func (j *jira) visibleProjects(r *http.Request) []obj {
	keys := r.URL.Query()["keys"]
	out := []obj{}
	for _, s := range j.w.spaces {
		if j.o.shows(s.Key) && (len(keys) == 0 || slices.Contains(keys, s.Key)) {
			o := j.renderProject(r, s)
			if lead, ok := j.w.person(s.Lead); ok && slices.Contains(list(r.URL.Query().Get("expand")), "lead") {
				o["lead"] = j.renderUser(r, lead)
			}
			out = append(out, o)
		}
	}
	return out
}
