package simulator

import (
	"net/http"
	"strconv"
	"strings"
)

func (j *jira) listFields(w http.ResponseWriter, _ *http.Request) {
	out := []obj{}
	for _, f := range [][3]string{
		{"summary", "Summary", "string"}, {"description", "Description", "string"}, {"issuetype", "Issue Type", "issuetype"},
		{"project", "Project", "project"}, {"status", "Status", "status"}, {"priority", "Priority", "priority"},
		{"creator", "Creator", "user"}, {"reporter", "Reporter", "user"}, {"assignee", "Assignee", "user"},
		{"labels", "Labels", "array"}, {"components", "Components", "array"}, {"fixVersions", "Fix versions", "array"}, {"created", "Created", "datetime"},
		{"updated", "Updated", "datetime"}, {"duedate", "Due date", "date"}, {"issuelinks", "Linked Issues", "array"},
		{"subtasks", "Sub-tasks", "array"}, {"comment", "Comment", "comments-page"}, {"resolution", "Resolution", "resolution"},
		{"resolutiondate", "Resolved", "datetime"}, {"watches", "Watchers", "watches"}, {"attachment", "Attachment", "array"},
	} {
		out = append(out, j.renderField(f[0], f[1], obj{"type": f[2], "system": f[0]}))
	}
	const vendor = "com.pyxis.greenhopper.jira:"
	out = append(out,
		j.renderField(j.fields.sprint, "Sprint", custom(j.fields.sprint, "array", vendor+"gh-sprint")),
		j.renderField(j.fields.epicLink, "Epic Link", custom(j.fields.epicLink, "any", vendor+"gh-epic-link")),
		j.renderField(j.fields.rank, "Rank", custom(j.fields.rank, "any", vendor+"gh-lexo-rank")),
		j.renderField(j.fields.points, "Story Points", custom(j.fields.points, "number", "com.atlassian.jira.plugin.system.customfieldtypes:float")),
	)
	reply(w, out)
}

func (j *jira) renderField(id, name string, schema obj) obj {
	_, isCustom := schema["custom"]
	if schema["type"] == "array" {
		schema["items"] = "string"
	}
	o := obj{
		"id": id, "name": name, "custom": isCustom, "orderable": true, "navigable": true, "searchable": true,
		"clauseNames": []string{strings.ToLower(name)}, "schema": schema,
	}
	if j.cloud {
		o["key"] = id
	}
	return o
}

func custom(id, kind, vendor string) obj {
	n, _ := strconv.Atoi(strings.TrimPrefix(id, "customfield_"))
	return obj{"type": kind, "custom": vendor, "customId": n}
}
