package jira

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// noteProperty is the property of a comment that says which note it is.
const noteProperty = "fairlead"

// left is a comment as far as it is looked at to find a note.
type left struct {
	ID         text            `json:"id"`
	Author     user            `json:"author"`
	Body       json.RawMessage `json:"body"`
	Properties []property      `json:"properties"` // nil where the server does not show any
}

type property struct {
	Key   string `json:"key"`
	Value any    `json:"value"`
}

// noteValue is what the property holds.
type noteValue struct {
	Note string `json:"note"`
}

// Writer implements connectors.Commenter.
func (s *Source) Writer(ctx context.Context) (ticket.Account, error) {
	me, err := s.whoAmI(ctx)
	return me.account(), err
}

// Comment implements connectors.Commenter. Jira takes the same comment twice, so
// that those on the ticket are looked at first, and once more where it stayed
// unknown what became of a new one.
func (s *Source) Comment(ctx context.Context, on ticket.Ref, n connectors.Note) (string, error) {
	if !s.writeComments {
		return "", fmt.Errorf("%s: the operator does not allow comments", s.name)
	}
	me, err := s.whoAmI(ctx)
	if err != nil {
		return "", err
	}
	path := "rest/api/2/issue/" + url.PathEscape(cmp.Or(on.ID, on.Key)) + "/comment"
	at, err := s.findNote(ctx, path, me, n)
	if at == "" && err == nil {
		at, err = s.leave(ctx, path, n)
		if unsure(err) && ctx.Err() == nil {
			if found, again := s.findNote(ctx, path, me, n); again == nil && found != "" {
				at, err = found, nil
			}
		}
	}
	if err != nil {
		return "", s.whyNoComment(ctx, on, err)
	}
	return s.base + "/browse/" + url.PathEscape(cmp.Or(on.Key, on.ID)) + "?focusedCommentId=" + url.QueryEscape(at), nil
}

// leave writes the comment and gives its id.
func (s *Source) leave(ctx context.Context, path string, n connectors.Note) (string, error) {
	body := struct {
		Body       string     `json:"body"`
		Properties []property `json:"properties"`
	}{wikiText(n.Text + "\n\n" + n.Mark()), []property{{noteProperty, noteValue{n.ID}}}}
	var made left
	if err := s.client.post(connectors.Once(ctx), path, body, &made); err != nil {
		return "", err
	}
	return string(made.ID), nil
}

// unsure says of an error that the comment may have been written all the same.
func unsure(err error) bool {
	var status refusal
	return err != nil && (!errors.As(err, &status) || status >= http.StatusInternalServerError)
}

// findNote looks for the note among the ticket's comments, the newest first, and
// gives the comment's id; empty when there is none.
func (s *Source) findNote(ctx context.Context, path string, me user, n connectors.Note) (string, error) {
	const size = 100
	for start := 0; ; start += size {
		query := url.Values{"startAt": {strconv.Itoa(start)}, "maxResults": {strconv.Itoa(size)}, "orderBy": {"-created"}, "expand": {"properties"}}
		var page struct {
			Total    int    `json:"total"`
			Comments []left `json:"comments"`
		}
		if err := s.client.get(ctx, path, query, &page); err != nil {
			return "", err
		}
		if i := slices.IndexFunc(page.Comments, func(c left) bool { return c.is(n, me) }); i >= 0 {
			return string(page.Comments[i].ID), nil
		}
		if len(page.Comments) == 0 || start+len(page.Comments) >= page.Total {
			return "", nil
		}
	}
}

// is reports whether the comment is the note: by its property, or where the server
// shows no properties by who wrote it and its last line.
func (c *left) is(n connectors.Note, me user) bool {
	for _, p := range c.Properties {
		if value, ok := p.Value.(map[string]any); ok && p.Key == noteProperty && value["note"] == n.ID {
			return true
		}
	}
	if c.Properties != nil || c.Author.account().ID != me.account().ID {
		return false
	}
	var body string
	_ = json.Unmarshal(c.Body, &body) // a body of another shape is no note
	return strings.HasSuffix(strings.TrimSpace(body), wikiText(n.Mark()))
}

// whyNoComment puts what stood in the way into words that fit a comment.
func (s *Source) whyNoComment(ctx context.Context, on ticket.Ref, err error) error {
	var told *connectors.Error
	if !errors.As(err, &told) {
		return err
	}
	out := *told
	switch {
	case refusedWith(err, http.StatusNotFound):
		out.Fix, out.Err = "the ticket was deleted, or is not shown to this account: it gets no comment", errors.Join(connectors.ErrNoTicket, told.Err)
	case s.mayNot(ctx, on, err):
		out.Fix, out.Err = "let the account of this source comment: grant it "+toComment.name+" in the project, and a token with scopes "+scopeComment+
			"; or take write_comments out of this source", errors.Join(connectors.ErrMayNotComment, told.Err)
	case refusedWith(err, http.StatusUnauthorized):
		// What it says of the token is right for reading and writing alike.
	default:
		out.Fix = "the comment is tried again later, and stands there once however often that is"
	}
	return &out
}

// mayNot finds out whether a refusal means that the account may not comment. Jira
// says so with status 400 and words in the account's language, and so the
// permission is asked for.
func (s *Source) mayNot(ctx context.Context, on ticket.Ref, err error) bool {
	if errors.Is(err, errScope) || refusedWith(err, http.StatusForbidden) {
		return true
	}
	if !refusedWith(err, http.StatusBadRequest) {
		return false
	}
	project, _, _ := strings.Cut(on.Key, "-")
	lacks, err := s.ungranted(ctx, project, []permission{toComment})
	return err == nil && len(lacks) > 0
}

// lacksCommentScope finds out whether a token with scopes lacks that for comments,
// by asking for one on a ticket that no project has: no number is 0.
func (s *Source) lacksCommentScope(ctx context.Context) bool {
	if !s.writeComments || !s.client.scoped() || len(s.projects) == 0 {
		return false
	}
	path := "rest/api/2/issue/" + url.PathEscape(s.projects[0]) + "-0/comment"
	err := s.client.post(connectors.Once(ctx), path, map[string]any{"body": "May fairlead comment?"}, &left{})
	return errors.Is(err, errScope)
}

// automate marks the account that fairlead itself writes with as automation wherever
// the ticket speaks of it, so that no comment of its own counts as a person's
// taking part. An empty id is nobody's.
func automate(t *ticket.Ticket, id string) {
	if id == "" {
		return
	}
	own := func(a *ticket.Account) { a.Bot = a.Bot || a.ID == id }
	own(&t.Creator)
	own(&t.Assignee)
	for i := range t.Watchers {
		own(&t.Watchers[i])
	}
	for i := range t.Members {
		own(&t.Members[i])
	}
	for i := range t.Comments {
		own(&t.Comments[i].Author)
	}
	for i := range t.History {
		own(&t.History[i].Actor)
	}
}

// heading is what begins a heading or a quotation, which no backslash prevents.
var heading = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^([ \t]*(?:h[1-6]|bq))\.`) })

// wikiText is plain text as Jira's wiki text shows it: every character that could
// be markup stands behind a backslash, and nothing links or mentions.
func wikiText(plain string) string {
	const special = `![]^~+?%{}()*_|@#-`
	var out strings.Builder
	for _, r := range heading().ReplaceAllString(connectors.Inert(plain), "$1\u2060.") {
		if strings.ContainsRune(special, r) {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}
