package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

var priorityNames = map[Priority]string{Urgent: "Highest", High: "High", Medium: "Medium", Low: "Low"}

// jiraType is an issue type with its fixed id and place in the hierarchy.
type jiraType struct {
	name, id, about string
	level           int
}

var jiraTypes = []jiraType{
	{"Objective", "10020", "What several epics are to achieve together.", 2},
	{TypeEpic, "10000", "A big user story that needs to be broken down.", 1},
	{TypeStory, "10001", "Functionality or a feature expressed as a user goal.", 0},
	{TypeTask, "10002", "A small, distinct piece of work.", 0},
	{TypeSubTask, "10003", "A small piece of work that is part of a larger task.", -1},
	{TypeBug, "10004", "A problem or error.", 0},
	{TypeProblem, "10010", "Something users struggle with, before anybody names a solution.", 0},
	{"Improvement", "10011", "An improvement or enhancement to an existing feature.", 0},
	{"New Feature", "10012", "A new feature of the product.", 0},
	{"Spike", "10013", "Time-boxed research.", 0},
}

func typeID(name string) string {
	i := slices.IndexFunc(jiraTypes, func(t jiraType) bool { return t.name == name })
	if i < 0 {
		return "10099"
	}
	return jiraTypes[i].id
}

func (j *jira) renderType(r *http.Request, name string) obj {
	t := jiraType{name: name, id: typeID(name)}
	for _, known := range jiraTypes {
		if known.name == name {
			t = known
		}
	}
	o := obj{
		"self": j.self(r, "api/2/issuetype", t.id), "id": t.id, "name": t.name, "description": t.about,
		"iconUrl": baseURL(r) + "/images/icons/issuetypes/" + t.id + ".svg", "subtask": t.level < 0, "avatarId": 10300,
	}
	if j.cloud {
		o["hierarchyLevel"] = t.level
	}
	return o
}

func (j *jira) listTypes(w http.ResponseWriter, r *http.Request) {
	out := []obj{}
	for _, t := range jiraTypes {
		out = append(out, j.renderType(r, t.name))
	}
	reply(w, out)
}

func (j *jira) renderStatus(r *http.Request, s *State) obj {
	id := strconv.Itoa(s.number)
	return obj{
		"self": j.self(r, "api/2/status", id), "id": id, "name": s.Name, "description": "",
		"iconUrl": baseURL(r) + "/images/icons/statuses/generic.png", "statusCategory": j.renderCategory(r, s.Category),
	}
}

// renderCategory is Jira's own: it knows only new, in progress and done.
func (j *jira) renderCategory(r *http.Request, c Category) obj {
	o := obj{"id": 2, "key": "new", "colorName": "blue-gray", "name": "To Do"}
	switch {
	case c == InProgress:
		o = obj{"id": 4, "key": "indeterminate", "colorName": "yellow", "name": "In Progress"}
	case c.Ended():
		o = obj{"id": 3, "key": "done", "colorName": "green", "name": "Done"}
	}
	o["self"] = j.self(r, "api/2/statuscategory", strconv.Itoa(o["id"].(int)))
	return o
}

func (j *jira) listStatuses(w http.ResponseWriter, r *http.Request) {
	out := []obj{}
	for _, s := range j.w.spaces {
		if j.o.shows(s.Key) {
			for i := range s.Statuses {
				out = append(out, j.renderStatus(r, &s.Statuses[i]))
			}
		}
	}
	reply(w, out)
}

func (j *jira) renderPriority(r *http.Request, p Priority) any {
	if p == NoPriority {
		return nil
	}
	id := strconv.Itoa(int(p))
	return obj{
		"self": j.self(r, "api/2/priority", id), "id": id, "name": priorityNames[p],
		"iconUrl": baseURL(r) + "/images/icons/priorities/" + strings.ToLower(priorityNames[p]) + ".svg",
	}
}

func (j *jira) listPriorities(w http.ResponseWriter, r *http.Request) {
	out := []any{}
	for p := Urgent; p <= Low; p++ {
		o := j.renderPriority(r, p).(obj)
		o["statusColor"], o["description"] = "#ce0000", ""
		out = append(out, o)
	}
	reply(w, out)
}

func resolutionID(c Category) string {
	switch c {
	case Completed:
		return "10000"
	case Duplicate:
		return "10002"
	}
	return "10001"
}

func resolutionName(c Category) string {
	switch c {
	case Completed:
		return "Done"
	case Duplicate:
		return "Duplicate"
	}
	return "Won't Do"
}

func (j *jira) renderResolution(r *http.Request, c Category) obj {
	id := resolutionID(c)
	return obj{"self": j.self(r, "api/2/resolution", id), "id": id, "name": resolutionName(c), "description": ""}
}

func linkTypeID(t LinkType) string {
	return strconv.Itoa(10000 + slices.Index(linkTypes, t))
}

func (j *jira) renderLinkType(r *http.Request, t LinkType) obj {
	id := linkTypeID(t)
	return obj{"id": id, "name": t.Name, "inward": t.Inward, "outward": t.Outward, "self": j.self(r, "api/2/issueLinkType", id)}
}

func (j *jira) listLinkTypes(w http.ResponseWriter, r *http.Request) {
	out := []obj{}
	for _, t := range linkTypes {
		out = append(out, j.renderLinkType(r, t))
	}
	reply(w, obj{"issueLinkTypes": out})
}

// openedAt is where people open the site.
func (j *jira) openedAt(r *http.Request) string {
	if through, _ := r.Context().Value(gateway{}).(bool); through {
		return j.o.Site
	}
	return j.root(r)
}

func (j *jira) serverInfo(w http.ResponseWriter, r *http.Request) {
	o := obj{"baseUrl": j.openedAt(r), "version": "10.3.5", "versionNumbers": []int{10, 3, 5}, "deploymentType": "Server", "buildNumber": 10030005}
	if j.cloud {
		o["version"], o["versionNumbers"], o["deploymentType"], o["buildNumber"] = "1001.0.0-SNAPSHOT", []int{1001, 0, 0}, "Cloud", 100290
	}
	o["serverTitle"], o["serverTime"] = "Jira", j.stamp(j.w.now)
	reply(w, o)
}
