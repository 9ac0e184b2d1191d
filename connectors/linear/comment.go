package linear

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// made is what is told of a comment that was made.
type made struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

// Writer implements connectors.Commenter.
func (s *Source) Writer(ctx context.Context) (ticket.Account, error) {
	who, _, _, err := s.whoAmI(ctx)
	return who, err
}

// Comment implements connectors.Commenter. The comment's id follows from the
// note's, and Linear takes no id twice: whatever it says of a second one, the
// comment is there.
func (s *Source) Comment(ctx context.Context, on ticket.Ref, n connectors.Note) (string, error) {
	if !s.writeComments {
		return "", fmt.Errorf("%s: the operator does not allow comments", s.name)
	}
	id := commentID(n)
	var reply struct {
		Create struct {
			Success bool `json:"success"`
			Comment made `json:"comment"`
		} `json:"commentCreate"`
	}
	err := s.client.ask(ctx, docComment, map[string]any{"input": map[string]any{
		"id": id, "issueId": cmp.Or(on.ID, on.Key), "body": markdown(n.Text + "\n\n" + n.Mark()), "doNotSubscribeToIssue": true,
	}}, &reply)
	if err == nil && reply.Create.Success {
		return reply.Create.Comment.URL, nil
	}
	if err == nil {
		err = s.client.odd(docComment, errors.New("the comment was not taken, and nothing says why"))
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if errors.Is(err, errNoAccess) {
		return "", whyNoComment(err)
	}
	var there struct {
		Comment made `json:"comment"`
	}
	if s.client.ask(ctx, docCommentLeft, map[string]any{"id": id}, &there) == nil && there.Comment.ID == id {
		return there.Comment.URL, nil
	}
	return "", whyNoComment(err)
}

// whyNoComment puts what stood in the way into words that fit a comment.
func whyNoComment(err error) error {
	var told *connectors.Error
	if !errors.As(err, &told) {
		return err
	}
	out := *told
	switch {
	case errors.Is(err, errNoAccess):
		out.Fix = "let the token of this source comment: make the API key one that may write or create comments, or give the OAuth application the scope comments:create" +
			" and authorise it once more; or take write_comments out of this source"
		out.Err = errors.Join(connectors.ErrMayNotComment, told.Err)
	case errors.Is(err, errNotFound):
		out.Fix = "the issue was deleted, or is not shown to this account: it gets no comment"
		out.Err = errors.Join(connectors.ErrNoTicket, told.Err)
	case strings.Contains(told.Fix, goesOn):
		out.Fix = strings.Replace(told.Fix, goesOn, "the comment is tried again later, and stands there once however often that is", 1)
	}
	return &out
}

// commentID is the id of the comment with the note: a UUID of version 4 in form,
// which is all that Linear takes, though nothing of it is left to chance.
func commentID(n connectors.Note) string {
	b := sha256.Sum256([]byte("fairlead note\x00" + n.ID))
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// lacksComments finds out whether the token may not comment: by its scopes where
// they are told, otherwise by asking for a comment on an issue that nobody has.
func (s *Source) lacksComments(ctx context.Context) (bool, error) {
	if !s.writeComments {
		return false, nil
	}
	if s.client.scopes != nil {
		if told := s.client.scopes(); len(told) > 0 {
			return !slices.ContainsFunc(told, func(scope string) bool { return scope == "write" || scope == "comments:create" || scope == "admin" }), nil
		}
	}
	var reply map[string]any
	err := s.client.ask(ctx, docComment, map[string]any{"input": map[string]any{
		"issueId": "00000000-0000-4000-8000-000000000000", "body": "May fairlead comment?",
	}}, &reply)
	return errors.Is(err, errNoAccess), ctx.Err()
}

// markdown is plain text as Markdown shows it: every sign stands behind a
// backslash, lines stay lines, and nothing links or mentions.
func markdown(plain string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(connectors.Inert(plain), "\n") {
		if out.Len() > 0 {
			out.WriteByte('\n')
		}
		for _, r := range strings.TrimSpace(line) {
			if strings.ContainsRune("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", r) {
				out.WriteByte('\\')
			}
			out.WriteRune(r)
		}
	}
	return out.String()
}
