package connectors

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/fairlead-dev/fairlead/ticket"
)

// Commenter writes comments on tickets. It is the only thing that a source ever
// changes in its tracker, and only where the operator allows it.
type Commenter interface {
	// Writer is the account that comments stand under.
	Writer(ctx context.Context) (ticket.Account, error)
	// Comment leaves the note on the ticket and gives the comment's address, or
	// finds it there already: a note stands on a ticket once however often it is
	// asked for, by whom, and whatever became of the answers. Two callers at one
	// moment are the exception: let one ask at a time. Errors are *Error, save for
	// the context's own, and wrap ErrMayNotComment or ErrNoTicket where that is why.
	Comment(ctx context.Context, on ticket.Ref, n Note) (url string, err error)
}

// Note is what a comment says.
type Note struct {
	// ID is the note's own: letters, digits and hyphens.
	ID string
	// Text is plain text in lines. Nothing in it becomes markup, a mention, a macro
	// or a link, whatever the tracker's markup is.
	Text string
}

// Mark is the last line of the comment, by which it is known for what it is.
func (n Note) Mark() string { return "Left by fairlead, note " + n.ID }

// Why a comment cannot be left, beside faults that pass.
var (
	ErrMayNotComment = errors.New("the account may not comment")
	ErrNoTicket      = errors.New("the ticket is not there")
)

// onceKey marks a context whose requests are sent once.
type onceKey struct{}

// Once is a context for requests that change something: a Transport sends them
// again only after what shows that they did nothing, which is a refusal for
// coming too often and a connection that never came to be.
func Once(ctx context.Context) context.Context { return context.WithValue(ctx, onceKey{}, true) }

func isOnce(ctx context.Context) bool {
	once, _ := ctx.Value(onceKey{}).(bool)
	return once
}

// wordJoiner is invisible, and lets no address or mention go on (U+2060).
const wordJoiner = '\u2060'

// Inert is text in which no tracker finds a mention or an address to link, since
// an invisible character parts what would make one. What controls a terminal or
// turns the direction of the words is left out; lines stay. Escaping of markup is
// the connectors' own.
func Inert(text string) string {
	runes := slices.DeleteFunc([]rune(strings.ToValidUTF8(text, "\uFFFD")), func(r rune) bool {
		return r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	})
	var out []rune
	for i, r := range runes {
		if before(runes, i) {
			out = append(out, wordJoiner)
		}
		out = append(out, r)
		if after(runes, i) {
			out = append(out, wordJoiner)
		}
	}
	return string(out)
}

// before says that an invisible character has to stand before this one, which
// joins an address: scheme://, mailto:name, www.name, name.example.
func before(runes []rune, i int) bool {
	if i == 0 || i+1 == len(runes) || !letterOrDigit(runes[i-1]) {
		return false
	}
	next := runes[i+1]
	return runes[i] == ':' && !unicode.IsSpace(next) || runes[i] == '.' && letterOrDigit(next)
}

// after says that one has to stand behind this one, which begins a mention, a
// reference or an escape.
func after(runes []rune, i int) bool {
	switch runes[i] {
	case '@', '~', '#':
		return i+1 < len(runes) && !unicode.IsSpace(runes[i+1])
	case '\\':
		return true
	}
	return false
}

func letterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
