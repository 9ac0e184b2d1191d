package simulator

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// mayWrite refuses a mutation to a token that is good for reading only. OAuth
// tokens need the scope write or comments:create; API keys may write unless the
// options deny it.
func (l *linear) mayWrite(r *http.Request, op *ast.OperationDefinition) error {
	if op.Operation != ast.Mutation {
		return nil
	}
	denied := slices.Contains(l.o.Denied, "write")
	if l.o.OAuth.granting() && r.Header.Get("Authorization") != l.o.Token {
		denied = !slices.Contains(l.o.OAuth.Scopes, "write") && !slices.Contains(l.o.OAuth.Scopes, "comments:create")
	}
	if denied {
		return refusal(http.StatusForbidden, "FORBIDDEN", "forbidden", "Invalid scope: `write` required")
	}
	return nil
}

func mutationFields() map[string]gqlField {
	return map[string]gqlField{
		"commentCreate": {shape: object, of: "CommentPayload", args: []string{"input"}, get: func(l *linear, _ any, args map[string]any) (any, error) {
			return l.createComment(args["input"])
		}},
	}
}

func commentPayloadFields() map[string]gqlField {
	return map[string]gqlField{
		"success":    value(func(*Comment) any { return true }),
		"lastSyncId": value(func(c *Comment) any { return float64(c.number) }),
		"comment":    one("Comment", func(_ *linear, c *Comment) *Comment { return c }),
	}
}

// commentInput is CommentCreateInput, as far as the simulator takes it.
type commentInput struct {
	ID          string `json:"id"`
	IssueID     string `json:"issueId"`
	Body        string `json:"body"`
	NoSubscribe bool   `json:"doNotSubscribeToIssue"`
}

var uuid4 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// createComment keeps a comment in the name of the viewer.
func (l *linear) createComment(input any) (any, error) {
	var in commentInput
	text, _ := json.Marshal(input)
	strict := json.NewDecoder(strings.NewReader(string(text)))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&in); err != nil {
		return nil, badInput("Variable \"$input\" got invalid value; %v.", err)
	}
	i, ok := l.w.find(in.IssueID)
	switch {
	case !ok || !i.plain() || !l.o.shows(i.Space.Key) || in.IssueID == i.ID():
		return nil, refusal(http.StatusBadRequest, "INPUT_ERROR", "invalid input", "Entity not found: Issue")
	case in.Body == "":
		return nil, refusal(http.StatusBadRequest, "INVALID_INPUT", "invalid input", "Argument Validation Error")
	case in.ID != "" && !uuid4.MatchString(in.ID):
		return nil, refusal(http.StatusBadRequest, "INVALID_INPUT", "invalid input", "Argument Validation Error: id must be a UUID")
	case in.ID != "" && slices.ContainsFunc(l.comments(), func(c *Comment) bool { return c.UUID() == in.ID }):
		return nil, refusal(http.StatusBadRequest, "INPUT_ERROR", "invalid input", "Entity already exists: Comment with id "+in.ID)
	}
	c := l.w.written(i, l.viewer(), in.Body, l.w.mentionedInMarkdown(in.Body))
	c.id = in.ID
	if !in.NoSubscribe {
		i.watch(c.By)
	}
	return c, nil
}

var (
	markdownEscape = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")
	profileAddress = regexp.MustCompile(`https?://linear\.app/[^/\s]+/profiles/([A-Za-z0-9._-]+)`)
)

// mentionedInMarkdown lists whom a Markdown text mentions: by name behind an @,
// or by the address of their page, which is how programs do it. An escape in
// between keeps nobody from being found, to be on the strict side.
func (w *World) mentionedInMarkdown(text string) []*Person {
	text = markdownEscape.ReplaceAllString(text, "$1")
	out := w.mentioned(text)
	for _, m := range profileAddress.FindAllStringSubmatch(text, -1) {
		if p, ok := w.person(m[1]); ok && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}
