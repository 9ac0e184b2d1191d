package jira

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// trimmed takes out of tickets what nothing of fairlead reads, before they are
// held: a cursor is stored, and what people wrote in comments is not, unless the
// operator allows it.
func (p *cloud) trimmed(issues []issue) []issue {
	for i := range issues {
		if slices.Contains(p.fields, everyField) {
			issues[i].dropUnread()
		}
		if !p.source.commentText {
			issues[i].hushComments()
		}
	}
	return issues
}

// dropUnread takes out fields that came only because the site did not tell
// which to ask for.
func (i *issue) dropUnread() {
	sprints := i.sprintLike()
	for name := range i.Fields {
		if !slices.Contains(readFields, name) && !slices.Contains(sprints, name) {
			delete(i.Fields, name)
		}
	}
}

// hushComments leaves of each comment's words those that mention somebody. What
// cannot be read stays, to be told of as such.
func (i *issue) hushComments() {
	r := reader{issue: i}
	var page commentPage
	if !r.read("comment", &page) || len(page.Comments) == 0 {
		return
	}
	for j := range page.Comments {
		var body string
		_ = json.Unmarshal(page.Comments[j].Body, &body) // what is no text mentions nobody
		page.Comments[j].Body = plainJSON(strings.Join(mention.FindAllString(body, -1), " "))
	}
	i.Fields["comment"] = plainJSON(page)
}

// hush takes out of a history what people wrote in descriptions and comments: of
// a description only the length is read, of a comment nothing.
func (h *history) hush() {
	for i := range h.Items {
		it := &h.Items[i]
		switch strings.ToLower(cmp.Or(it.FieldID, it.Field)) {
		case "description":
			it.FromString, it.ToString = sameLength(it.FromString), sameLength(it.ToString)
		case "comment":
			it.FromString, it.ToString, it.From, it.To = "", "", "", ""
		}
	}
}

// sameLength is as many letters, none of them anybody's.
func sameLength(words text) text {
	return text(strings.Repeat("x", utf8.RuneCountInString(string(words))))
}

// plainJSON writes what was read from JSON, which cannot go wrong.
func plainJSON(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic("jira: what was read cannot be written: " + err.Error())
	}
	return text
}
