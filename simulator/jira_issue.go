package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// issue answers GET /issue/{key}.
func (j *jira) issue(w http.ResponseWriter, r *http.Request) {
	i, ok := j.askedOrArchived(w, r)
	if !ok {
		return
	}
	fields := list(r.URL.Query().Get("fields"))
	if len(fields) == 0 {
		fields = []string{"*all"}
	}
	expand := list(r.URL.Query().Get("expand"))
	out := j.renderIssue(r, i, fields, nil)
	if slices.Contains(expand, "changelog") {
		limit := j.o.ChangelogCap
		if j.cloud {
			limit = max(limit, 100) // one issue may tell more than a search
		}
		out["changelog"] = j.expandedChangelog(r, i, limit)
	}
	reply(w, out)
}

// asked finds the issue the path names, or answers 404.
func (j *jira) asked(w http.ResponseWriter, r *http.Request) (*Issue, bool) {
	i, ok := j.w.find(r.PathValue("key"))
	return j.orNone(w, i, ok && j.visible(r, i))
}

// askedOrArchived also finds what was archived: no search tells of it, but who
// knows its key can look at it.
func (j *jira) askedOrArchived(w http.ResponseWriter, r *http.Request) (*Issue, bool) {
	i, ok := j.w.find(r.PathValue("key"))
	return j.orNone(w, i, ok && (j.visible(r, i) || i.Archived() && j.reachable(r, i)))
}

func (j *jira) orNone(w http.ResponseWriter, i *Issue, ok bool) (*Issue, bool) {
	if !ok {
		jiraError(w, http.StatusNotFound, "Issue does not exist or you do not have permission to see it.")
		return nil, false
	}
	return i, true
}

// renderIssue is the issue with the fields asked for.
func (j *jira) renderIssue(r *http.Request, i *Issue, wanted, expand []string) obj {
	fields := obj{}
	for name, value := range j.allFields(r, i) {
		if wants(wanted, name) {
			fields[name] = value
		}
	}
	out := obj{
		"expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields",
		"id":     i.ID(), "key": i.Key, "self": j.self(r, "api/2/issue", i.ID()), "fields": fields,
	}
	if slices.Contains(expand, "changelog") {
		out["changelog"] = j.expandedChangelog(r, i, j.o.ChangelogCap)
	}
	return out
}

// wants reads the fields parameter: names, *all, *navigable, and -name to leave
// one out.
func wants(wanted []string, name string) bool {
	if slices.Contains(wanted, "-"+name) {
		return false
	}
	if slices.Contains(wanted, "*navigable") && name != "comment" {
		return true
	}
	return slices.Contains(wanted, "*all") || slices.Contains(wanted, name)
}

func (j *jira) allFields(r *http.Request, i *Issue) obj {
	f := obj{
		"summary":     i.Title,
		"description": j.body(r, i.Description),
		"issuetype":   j.renderType(r, i.Type),
		"project":     j.renderProject(r, i.Space),
		"status":      j.renderStatus(r, i.Status),
		"priority":    j.renderPriority(r, i.Priority),
		"creator":     j.renderUser(r, i.Creator),
		"reporter":    j.renderUser(r, i.Creator),
		"assignee":    j.renderUser(r, i.Assignee),
		"labels":      emptyList(i.Labels),
		"components":  j.renderComponents(r, i),
		"created":     j.stamp(i.Created),
		"updated":     j.stamp(i.Updated),
		"duedate":     textOrNull(i.Due),
		"issuelinks":  j.renderLinks(r, i),
		"subtasks":    j.renderSubTasks(r, i),
		"fixVersions": j.fixVersions(r, i),
		"attachment":  j.attachments(r, i),
		"comment":     j.renderComments(r, i),
		"watches": obj{
			"self": j.self(r, "api/2/issue", i.Key, "watchers"), "watchCount": len(i.Watchers),
			"isWatching": slices.Contains(i.Watchers, j.viewer()),
		},
		"votes":        obj{"self": j.self(r, "api/2/issue", i.Key, "votes"), "votes": 0, "hasVoted": false},
		j.fields.rank:  "0|i" + strconv.FormatInt(int64(i.number), 36) + ":",
		"workratio":    -1,
		"timeestimate": nil, "timespent": nil, "environment": nil,
	}
	if i.Archived() {
		f["archiveddate"] = j.stamp(i.archived)
	}
	j.addPlanning(r, f, i)
	return f
}

func (j *jira) addPlanning(r *http.Request, f obj, i *Issue) {
	f[j.fields.points], f[j.fields.sprint], f[j.fields.epicLink] = nil, nil, nil
	if i.Estimate != nil {
		f[j.fields.points] = *i.Estimate
	}
	if len(i.Sprints) > 0 {
		f[j.fields.sprint] = j.renderSprintField(i.Sprints)
	}
	if i.Parent != nil {
		// Data Center tells only the parent of a sub-task; an epic is a link.
		if j.cloud || i.Parent.Type != TypeEpic {
			f["parent"] = j.renderBrief(r, i.Parent)
		}
		if i.Parent.Type == TypeEpic {
			f[j.fields.epicLink] = i.Parent.Key
		}
	}
	f["resolution"], f["resolutiondate"] = nil, nil
	if i.Status.Category.Ended() {
		f["resolution"] = j.renderResolution(r, i.Status.Category)
		f["resolutiondate"] = j.stamp(i.ended)
	}
}

// renderBrief is how an issue looks from another one.
func (j *jira) renderBrief(r *http.Request, i *Issue) obj {
	return obj{
		"id": i.ID(), "key": i.Key, "self": j.self(r, "api/2/issue", i.ID()),
		"fields": obj{
			"summary": i.Title, "status": j.renderStatus(r, i.Status),
			"priority": j.renderPriority(r, i.Priority), "issuetype": j.renderType(r, i.Type),
		},
	}
}

func (j *jira) renderSubTasks(r *http.Request, i *Issue) []obj {
	out := []obj{}
	for _, c := range j.w.children(i) {
		if c.Type == TypeSubTask {
			out = append(out, j.renderBrief(r, c))
		}
	}
	return out
}

func (j *jira) renderLinks(r *http.Request, i *Issue) []obj {
	out := []obj{}
	for _, l := range j.w.linksOf(i) {
		e := l.read(i)
		end := "inwardIssue"
		if e.outward {
			end = "outwardIssue"
		}
		out = append(out, obj{
			"id": strconv.Itoa(l.number), "self": j.self(r, "api/2/issueLink", strconv.Itoa(l.number)),
			"type": j.renderLinkType(r, l.kind), end: j.renderBrief(r, e.other),
		})
	}
	return out
}

func (j *jira) renderComponents(r *http.Request, i *Issue) []obj {
	out := []obj{}
	for _, c := range i.Components {
		id := componentID(i.Space, c)
		out = append(out, obj{"id": id, "name": c, "self": j.self(r, "api/2/component", id)})
	}
	return out
}

func componentID(s *Space, name string) string {
	n := 20000
	for _, c := range s.Key + "/" + name {
		n = (n*31 + int(c)) % 80000
	}
	return strconv.Itoa(20000 + n)
}

// body writes text as the API version does: wiki text below /2, a document of
// nodes below /3.
func (j *jira) body(r *http.Request, text string) any {
	if text == "" {
		return nil
	}
	text = j.w.writeMentions(text, j.mention)
	if !strings.HasPrefix(r.URL.Path, "/rest/api/3/") {
		return text
	}
	return obj{"type": "doc", "version": 1, "content": []obj{
		{"type": "paragraph", "content": []obj{{"type": "text", "text": text}}},
	}}
}

func (j *jira) mention(p *Person) string {
	if j.cloud {
		return "[~accountid:" + p.AccountID() + "]"
	}
	return "[~" + p.Handle + "]"
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func emptyList(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
