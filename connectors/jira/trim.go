package jira

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/fairlead-dev/fairlead/ticket"
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
		page.Comments[j].Body = plainJSON(strings.Join(mention().FindAllString(body, -1), " "))
	}
	i.Fields["comment"] = plainJSON(page)
}

// hushHistories takes out of histories what people wrote: of descriptions and
// other writing only the length is read, of comments nothing.
func (p *cloud) hushHistories(all map[string][]history) {
	for _, hs := range all {
		for it := range itemsOf(hs) {
			switch field := p.names.fieldOf(it); {
			case field == ticket.FieldOther && it.is("comment"):
				it.From, it.FromString, it.To, it.ToString = "", "", "", ""
			case field == ticket.FieldDescription:
				it.FromString, it.ToString = sameLength(it.FromString, 0), sameLength(it.ToString, 0)
			case field == ticket.FieldOther:
				it.FromString, it.ToString = sameLength(it.FromString, otherLimit), sameLength(it.ToString, otherLimit)
			}
		}
	}
}

// sameLength is as many letters, none of them anybody's, if it is more than so many.
func sameLength(words text, most int) text {
	n := utf8.RuneCountInString(string(words))
	if n <= most {
		return words
	}
	return text(strings.Repeat("x", n))
}

// plainJSON writes what was read from JSON, which cannot go wrong.
func plainJSON(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic("jira: what was read cannot be written: " + err.Error())
	}
	return text
}
