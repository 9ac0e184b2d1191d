package jira

import (
	"encoding/json"

	"github.com/fairlead-dev/fairlead/ticket"
)

// version is one of a project's versions, as a ticket names it under fixVersions.
type version struct {
	ID       text   `json:"id"`
	Name     string `json:"name"`
	Released bool   `json:"released"`
	Due      string `json:"releaseDate"`
}

// releases lists the versions a ticket is meant for. A release date that is none
// is no date.
func releases(r *reader) []ticket.Release {
	var versions []version
	r.read("fixVersions", &versions)
	var out []ticket.Release
	for _, v := range versions {
		due, _ := ticket.ParseDate(v.Due)
		out = append(out, ticket.Release{ID: string(v.ID), Name: v.Name, Due: due, Released: v.Released})
	}
	return out
}

// parentLink reads the field by which Advanced Roadmaps names what stands above
// an epic: on Data Center the other ticket's key, on Cloud an object that holds
// it below data, or nothing but how the field may be edited.
func (r *reader) parentLink(name string) ticket.Ref {
	var raw json.RawMessage
	if !r.read(name, &raw) {
		return ticket.Ref{}
	}
	var key text
	if json.Unmarshal(raw, &key) == nil {
		return ticket.Ref{Key: string(key)}
	}
	var linked struct {
		named
		Data named `json:"data"`
	}
	if err := json.Unmarshal(raw, &linked); err != nil {
		r.unreadable(name, err)
	}
	if linked.Data.ID != "" || linked.Data.Key != "" {
		linked.named = linked.Data
	}
	return ticket.Ref{ID: string(linked.ID), Key: linked.Key}
}
