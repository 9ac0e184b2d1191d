package simulator

import (
	"net/http"
	"slices"
	"strings"
)

// renderComments is the comment field of an issue: the first ones only where
// the site caps them, but always their total.
func (j *jira) renderComments(r *http.Request, i *Issue) obj {
	shown := i.Comments
	if j.o.CommentCap > 0 {
		shown = shown[:min(len(shown), j.o.CommentCap)]
	}
	return obj{
		"self": j.self(r, "api/2/issue", i.ID(), "comment"), "startAt": 0,
		"maxResults": len(shown), "total": len(i.Comments), "comments": j.renderCommentList(r, shown),
	}
}

func (j *jira) renderCommentList(r *http.Request, comments []*Comment) []obj {
	out := []obj{}
	for _, c := range comments {
		out = append(out, j.renderComment(r, c))
	}
	return out
}

func (j *jira) renderComment(r *http.Request, c *Comment) obj {
	o := obj{
		"id": c.ID(), "self": j.self(r, "api/2/issue", c.Issue.ID(), "comment", c.ID()),
		"body": j.commentBody(r, c), "created": j.stamp(c.At), "updated": j.stamp(c.updated),
	}
	if c.By != nil {
		o["author"], o["updateAuthor"] = j.renderUser(r, c.By), j.renderUser(r, c.By)
	}
	if j.cloud {
		o["jsdPublic"] = true
	}
	if slices.Contains(list(r.URL.Query().Get("expand")), "properties") && !j.o.NoCommentProperties {
		o["properties"] = append([]commentProperty{}, c.properties...)
	}
	return o
}

// commentBody is a comment's text; what was written as wiki text comes back so.
func (j *jira) commentBody(r *http.Request, c *Comment) any {
	if c.written && !strings.HasPrefix(r.URL.Path, "/rest/api/3/") {
		return c.Body
	}
	return j.body(r, c.Body)
}

func (j *jira) comments(w http.ResponseWriter, r *http.Request) {
	i, ok := j.asked(w, r)
	if !ok {
		return
	}
	start, size := number(r, "startAt", 0), number(r, "maxResults", 50)
	if !j.cloud {
		size = number(r, "maxResults", 1<<20)
	}
	all, total := i.Comments, len(i.Comments)
	if r.URL.Query().Get("orderBy") == "-created" {
		all = slices.Clone(all)
		slices.Reverse(all)
	}
	page := all[min(start, total):min(start+size, total)]
	reply(w, obj{"startAt": start, "maxResults": min(size, 5000), "total": total, "comments": j.renderCommentList(r, page)})
}

func (j *jira) watchers(w http.ResponseWriter, r *http.Request) {
	i, ok := j.asked(w, r)
	if !ok {
		return
	}
	people := []any{}
	for _, p := range i.Watchers {
		people = append(people, j.renderUser(r, p))
	}
	reply(w, obj{
		"self": j.self(r, "api/2/issue", i.Key, "watchers"), "watchCount": len(people),
		"isWatching": slices.Contains(i.Watchers, j.viewer()), "watchers": people,
	})
}
