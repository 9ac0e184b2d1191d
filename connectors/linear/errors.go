package linear

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/hasura/go-graphql-client"

	"github.com/fairlead-dev/fairlead/connectors"
)

// codeLimited is Linear's code for a request that came too often.
const codeLimited = "RATELIMITED"

// saidLimit is how many characters of the tracker's words an error shows.
const saidLimit = 300

// errNoAccess marks a refusal of one kind of thing to a token that is otherwise
// good.
var errNoAccess = errors.New("no access")

// errNotFound marks the refusal of something that is not there, or not shown.
var errNotFound = errors.New("not found")

// errUnknownField marks the refusal of a document that asks for something this
// server does not have.
var errUnknownField = errors.New("unknown field")

// refusal is one entry of a reply's errors.
type refusal struct {
	Message    string
	Extensions struct {
		Code                   string
		Type                   string
		UserPresentableMessage string
	}
}

// explain turns what came of an exchange into words for an operator.
func (c *client) explain(q query, x *exchange, err error) *connectors.Error {
	// Err does not carry the cause, which may quote the reply at length.
	out := &connectors.Error{Source: c.source, Place: fmt.Sprintf("POST %s (%s)", c.url, q.name)}
	var grant *connectors.Error
	switch all := x.refusals(err); {
	case errors.As(x.unsent, &grant):
		return grant // the exchange of tokens has told its own place
	case x.response == nil:
		said, fix := connectors.Unreachable(plain(err))
		out.Said, out.Fix = "no reply: "+said, cmp.Or(fix, "check the network between here and Linear, and the address")
	case len(all) > 0:
		out.Said, out.Fix = refused(x, all[0])
		out.Err = all[0].mark()
	case x.isHTML():
		out.Said = fmt.Sprintf("a web page instead of JSON (status %d)%s", x.response.StatusCode, x.title())
		out.Fix = "a proxy or a sign-in page answered in Linear's place; check the address, it is usually " + DefaultURL
	case x.response.StatusCode >= 300:
		out.Said = strings.TrimSpace(fmt.Sprintf("status %d %s", x.response.StatusCode, x.head.String()))
		out.Fix = statusFix(x)
	case cut(err):
		out.Said = "the reply ended in the middle"
		out.Fix = "usually a passing fault; " + goesOn
	default:
		out.Said = "a reply that does not read as promised: " + plain(err).Error()
		out.Fix = "look whether a newer fairlead knows this form; " + goesOn
	}
	out.Said = shorten(c.hide(out.Said))
	return out
}

// mark is what callers look for in a refusal; nil for most.
func (r refusal) mark() error {
	switch {
	case r.forbids():
		return errNoAccess
	case r.tooComplex():
		return errTooComplex
	case r.unknownField():
		return errUnknownField
	case strings.Contains(strings.ToLower(r.Message), "entity not found"):
		return errNotFound
	}
	return nil
}

// plain is the innermost telling part of err, without what the GraphQL client
// and net/http wrap around it.
func plain(err error) error {
	var all graphql.Errors
	if errors.As(err, &all) && len(all) > 0 && all[0].Unwrap() != nil {
		err = all[0].Unwrap()
	}
	var sending *url.Error
	if errors.As(err, &sending) {
		err = sending.Err
	}
	return err
}

// refusals lists the errors Linear gave: in the body of a refusal, or in a
// reply with status 200.
func (x *exchange) refusals(err error) []refusal {
	var reply struct{ Errors []refusal }
	if x.response == nil {
		return nil
	}
	if json.Unmarshal(x.head.Bytes(), &reply) == nil {
		return reply.Errors
	}
	// A reply longer than what was kept: the client has decoded it.
	var said graphql.Errors
	if x.response.StatusCode != http.StatusOK || !errors.As(err, &said) || len(said) == 0 || said[0].Unwrap() != nil {
		return nil
	}
	r := refusal{Message: said[0].Message}
	r.Extensions.Code, _ = said[0].Extensions["code"].(string)
	return []refusal{r}
}

// refused is what Linear said and what to do about it.
func refused(x *exchange, r refusal) (said, fix string) {
	said = cmp.Or(r.Message, "an error without words")
	if more := r.Extensions.UserPresentableMessage; more != "" && more != said {
		said += ": " + more
	}
	if code := r.Extensions.Code; code != "" {
		said += " (" + code + ")"
	}
	return said, refusalFix(x, r)
}

func (x *exchange) isHTML() bool {
	if strings.Contains(x.response.Header.Get("Content-Type"), "html") {
		return true
	}
	return strings.HasPrefix(strings.TrimSpace(x.head.String()), "<")
}

// title is how the web page that answered calls itself: all of it that says
// something to an operator.
func (x *exchange) title() string {
	_, rest, _ := strings.Cut(x.head.String(), "<title>")
	title, _, whole := strings.Cut(rest, "</title>")
	if title = strings.TrimSpace(html.UnescapeString(title)); !whole || title == "" {
		return ""
	}
	return fmt.Sprintf(" titled %q", title)
}

// cut says that the reply's text ended before it should. The client and
// encoding/json tell so in different ways.
func cut(err error) bool {
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) ||
		strings.Contains(err.Error(), "unexpected EOF") || strings.Contains(err.Error(), "unexpected end of JSON")
}

// hider takes the token out of a text, in case a server or proxy echoes it.
func hider(token string) func(string) string {
	bare := strings.TrimSpace(strings.TrimPrefix(token, "Bearer "))
	return func(text string) string {
		if bare == "" {
			return text
		}
		return strings.ReplaceAll(text, bare, "(token)")
	}
}

// shorten brings a tracker's words into one printable line of bounded length.
func shorten(s string) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "�"), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if runes := []rune(s); len(runes) > saidLimit {
		return string(runes[:saidLimit]) + "…"
	}
	return s
}
