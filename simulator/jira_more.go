package simulator

import (
	"net/http"
	"slices"
	"strconv"
)

func (j *jira) renderVersion(r *http.Request, v *Version) obj {
	o := obj{
		"self": j.self(r, "api/2/version", v.ID()), "id": v.ID(), "name": v.Name, "description": "",
		"archived": false, "released": v.Released, "projectId": v.Space.number,
	}
	if v.Due != "" {
		o["releaseDate"] = v.Due
		o["overdue"] = !v.Released && v.Due < j.w.now.Format("2006-01-02")
	}
	return o
}

// fixVersions is the field of an issue, where versions do not name their project.
func (j *jira) fixVersions(r *http.Request, i *Issue) []obj {
	out := []obj{}
	for _, v := range i.Versions {
		o := j.renderVersion(r, v)
		delete(o, "projectId")
		delete(o, "overdue")
		out = append(out, o)
	}
	return out
}

// versions answers GET /project/{key}/versions.
func (j *jira) versions(w http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	for _, s := range j.w.spaces {
		if j.o.shows(s.Key) && (s.Key == key || strconv.Itoa(s.number) == key) {
			out := []obj{}
			for _, v := range s.versions {
				out = append(out, j.renderVersion(r, v))
			}
			reply(w, out)
			return
		}
	}
	jiraError(w, http.StatusNotFound, "No project could be found with key '"+key+"'.")
}

// versionItems are one line of history for each version that went or came.
func (j *jira) versionItems(it Item) []obj {
	from, to := it.From.([]*Version), it.To.([]*Version)
	out := []obj{}
	for _, v := range from {
		if !slices.Contains(to, v) {
			out = append(out, j.renderChange(change{"Fix Version", "fixVersions", "jira", v.ID(), v.Name, nil, nil}))
		}
	}
	for _, v := range to {
		if !slices.Contains(from, v) {
			out = append(out, j.renderChange(change{"Fix Version", "fixVersions", "jira", nil, nil, v.ID(), v.Name}))
		}
	}
	return out
}

// moveItems are the two lines of history about an issue that changed projects.
func (j *jira) moveItems(it Item) []obj {
	from, to := it.From.(address), it.To.(address)
	return []obj{
		j.renderChange(change{"project", "project", "jira", strconv.Itoa(from.space.number), from.space.Name, strconv.Itoa(to.space.number), to.space.Name}),
		j.renderChange(change{"Key", "", "jira", nil, from.key, nil, to.key}),
	}
}

// remoteLinks answers GET /issue/{key}/remotelink.
func (j *jira) remoteLinks(w http.ResponseWriter, r *http.Request) {
	i, ok := j.asked(w, r)
	if !ok {
		return
	}
	out := []obj{}
	for _, p := range i.Pages {
		out = append(out, obj{
			"id": p.number, "self": j.self(r, "api/2/issue", i.Key, "remotelink", strconv.Itoa(p.number)),
			"globalId": "url=" + p.URL, "application": obj{},
			"object": obj{"url": p.URL, "title": p.Title, "icon": obj{}, "status": obj{"resolved": false, "icon": obj{}}},
		})
	}
	reply(w, out)
}

// jiraPermissions are those the simulator knows of, with their ids.
var jiraPermissions = map[string][3]string{ // key: id, name, type
	"BROWSE_PROJECTS":          {"10", "Browse Projects", "PROJECT"},
	"VIEW_VOTERS_AND_WATCHERS": {"31", "View Voters and Watchers", "PROJECT"},
	"VIEW_READONLY_WORKFLOW":   {"45", "View Read-Only Workflow", "PROJECT"},
	"VIEW_DEV_TOOLS":           {"29", "View Development Tools", "PROJECT"},
	"USER_PICKER":              {"27", "Browse users and groups", "GLOBAL"},
	"ADMINISTER_PROJECTS":      {"23", "Administer Projects", "PROJECT"},
	"EDIT_ISSUES":              {"12", "Edit Issues", "PROJECT"},
	"ADD_COMMENTS":             {"15", "Add Comments", "PROJECT"},
	"ADMINISTER":               {"0", "Administer Jira", "GLOBAL"},
}

// permissions answers GET /mypermissions. Cloud wants to be told which ones are
// of interest; the viewer may read and comment on everything that is not denied
// and change nothing else.
func (j *jira) permissions(w http.ResponseWriter, r *http.Request) {
	asked := list(r.URL.Query().Get("permissions"))
	if j.cloud && len(asked) == 0 {
		jiraError(w, http.StatusBadRequest, "The 'permissions' query parameter is required.")
		return
	}
	out := obj{}
	for key, p := range jiraPermissions {
		if len(asked) > 0 && !slices.Contains(asked, key) {
			continue
		}
		reads := key != "ADMINISTER" && key != "ADMINISTER_PROJECTS" && key != "EDIT_ISSUES"
		out[key] = obj{
			"id": p[0], "key": key, "name": p[1], "type": p[2], "description": p[1] + ".",
			"havePermission": reads && !slices.Contains(j.o.Denied, key),
		}
	}
	for _, key := range asked {
		if _, known := jiraPermissions[key]; !known {
			jiraError(w, http.StatusBadRequest, "Unrecognized permission: "+key) //nolint:misspell // Jira's spelling
			return
		}
	}
	reply(w, obj{"permissions": out})
}
