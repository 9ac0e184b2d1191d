package jira

import (
	"encoding/json"
	"fmt"

	"github.com/fairlead-dev/fairlead/ticket"
)

// The shapes of Jira's answers, as far as fairlead reads them. Ids are text
// even where Jira sends numbers.

// issue is a ticket in a search. Its fields stay raw, so that one odd field is a
// gap in one ticket and not the end of a sync.
type issue struct {
	ID        text                       `json:"id"`
	Key       string                     `json:"key"`
	Fields    map[string]json.RawMessage `json:"fields"`
	Changelog *changelog                 `json:"changelog"`
	// Comments are all comments the site shows, gathered by completeComments.
	Comments []comment `json:"-"`
	// Watchers and Papers are asked for apart, by askExtras.
	Watchers []ticket.Account `json:"-"`
	Papers   []ticket.Paper   `json:"-"`
}

// changelog is the history inside a search, with what shows whether it is whole.
type changelog struct {
	Total     int       `json:"total"`
	Histories []history `json:"histories"`
}

// history is what one person changed in one act.
type history struct {
	ID      text   `json:"id"`
	Author  user   `json:"author"`
	Created moment `json:"created"`
	Items   []item `json:"items"`
}

// item is one changed field. Old servers leave out the field's id everywhere,
// all of them for some fields.
type item struct {
	Field      string `json:"field"`
	FieldType  string `json:"fieldtype"`
	FieldID    string `json:"fieldId"`
	From       text   `json:"from"`
	FromString text   `json:"fromString"`
	To         text   `json:"to"`
	ToString   text   `json:"toString"`
}

// user has an account id on Cloud, a name and a key on Data Center.
type user struct {
	AccountID   string `json:"accountId"`
	Name        string `json:"name"`
	Key         string `json:"key"`
	Email       string `json:"emailAddress"`
	DisplayName string `json:"displayName"`
	Active      *bool  `json:"active"`
	AccountType string `json:"accountType"`
	TimeZone    string `json:"timeZone"`
}

// named is anything of which only id and name matter.
type named struct {
	ID   text   `json:"id"`
	Key  string `json:"key"`
	Name string `json:"name"`
}

// status carries what its category means in a key that is the same in every
// language: new, indeterminate, done.
type status struct {
	ID           text   `json:"id"`
	Name         string `json:"name"`
	Untranslated string `json:"untranslatedName"`
	Category     struct {
		Key string `json:"key"`
	} `json:"statusCategory"`
}

type issueType struct {
	ID           text   `json:"id"`
	Name         string `json:"name"`
	Untranslated string `json:"untranslatedName"`
	// Level is 1 for epics, above for what holds epics; nil on Data Center.
	Level *int `json:"hierarchyLevel"`
}

type field struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Untranslated string `json:"untranslatedName"`
	Schema       struct {
		Custom string `json:"custom"`
	} `json:"schema"`
}

type comment struct {
	ID      text            `json:"id"`
	Author  user            `json:"author"`
	Created moment          `json:"created"`
	Body    json.RawMessage `json:"body"`
}

type commentPage struct {
	Total    int       `json:"total"`
	Max      int       `json:"maxResults"`
	Comments []comment `json:"comments"`
}

// issueLink has the other ticket on one of its two ends.
type issueLink struct {
	Type    linkType     `json:"type"`
	Inward  *linkedIssue `json:"inwardIssue"`
	Outward *linkedIssue `json:"outwardIssue"`
}

// linkType is a kind of link with its phrase for either end.
type linkType struct {
	Name    string `json:"name"`
	Inward  string `json:"inward"`
	Outward string `json:"outward"`
}

type linkedIssue struct {
	ID     text   `json:"id"`
	Key    string `json:"key"`
	Fields struct {
		Type issueType `json:"issuetype"`
	} `json:"fields"`
}

// reader reads the fields of one issue and remembers which it could not read.
type reader struct {
	issue  *issue
	unread []string
}

// read decodes a field into the value given and reports whether it was there.
func (r *reader) read(name string, into any) bool {
	raw, ok := r.issue.Fields[name]
	if !ok || string(raw) == "null" {
		return false
	}
	if err := json.Unmarshal(raw, into); err != nil {
		r.unreadable(name, err)
		return false
	}
	return true
}

// str reads a field that holds one text.
func (r *reader) str(name string) string {
	var s text
	r.read(name, &s)
	return string(s)
}

// time reads a field that holds a time; the zero time where it does not.
func (r *reader) time(name string) moment {
	var m moment
	if !r.read(name, &m) {
		return moment{}
	}
	return m
}

func (r *reader) unreadable(name string, err error) {
	r.unread = append(r.unread, fmt.Sprintf("%s: the field %q could not be read: %s",
		oneLine(r.issue.Key, 40), name, oneLine(err.Error(), 120)))
}
