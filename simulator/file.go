package simulator

import (
	"net/http"
	"slices"
	"strconv"
)

// File is a file that somebody attached to a Jira issue. Its content is not
// simulated.
type File struct {
	Name string

	by     *Person
	at     lifetime
	number int
}

// AddFile attaches a file to the issue, which leaves history.
func (a Actor) AddFile(key, name string) {
	a.edit(key, func(i *Issue) []Item {
		before := i.Files
		f := &File{Name: name, by: a.by, number: a.w.id()}
		f.at = lifetime{created: a.w.now, updated: a.w.now}
		i.Files = slices.Concat(before, []*File{f})
		return []Item{{FieldFiles, before, i.Files}}
	})
}

// attachments is the field of an issue.
func (j *jira) attachments(r *http.Request, i *Issue) []obj {
	out := []obj{}
	for _, f := range i.Files {
		id := strconv.Itoa(f.number)
		content := j.root(r) + "/secure/attachment/" + id + "/" + f.Name
		if j.cloud {
			content = j.self(r, "api/3/attachment/content", id)
		}
		out = append(out, obj{
			"self": j.self(r, "api/2/attachment", id), "id": id, "filename": f.Name, "author": j.renderUser(r, f.by),
			"created": j.stamp(f.at.created), "size": 4096, "mimeType": "application/octet-stream", "content": content,
		})
	}
	return out
}

// fileChange is the line of history about a file that came.
func fileChange(it Item) change {
	files := it.To.([]*File)
	last := files[len(files)-1]
	return change{"Attachment", "attachment", "jira", nil, nil, strconv.Itoa(last.number), last.Name}
}
