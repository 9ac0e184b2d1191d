package yamlfile

import (
	"strings"
	"unicode"
)

// heldColon stands for a colon while the parser looks at the text. It is a code
// point that Unicode keeps for such use.
const heldColon = '\ufdd0'

// holdColons keeps the parser from taking the colon of a:b in {to: [a:b]} for the
// end of a key, which it is not without a space behind it: within braces the
// parser sees one wherever it finds a colon, and then a comment in what follows
// it. Only lists within braces are looked at; elsewhere it knows better. Each
// character stays in its place.
func holdColons(text string) string {
	if !strings.ContainsRune(text, '{') || strings.ContainsRune(text, heldColon) {
		return text
	}
	in := []rune(text)
	out := []rune(text)
	var open brackets
	for i := 0; i < len(in); i++ {
		before, after := ' ', '\n'
		if i > 0 {
			before = in[i-1]
		}
		if i+1 < len(in) {
			after = in[i+1]
		}
		switch begins := unicode.IsSpace(before) || strings.ContainsRune("[{,:", before); {
		case in[i] == '#' && (i == 0 || unicode.IsSpace(before)):
			i = endOf(in, i, '\n')
		case (in[i] == '"' || in[i] == '\'') && begins:
			i = endOf(in, i+1, in[i])
		case in[i] == ':' && open.list() && !begins && !unicode.IsSpace(after) && !strings.ContainsRune(",[]{}\"'", after):
			out[i] = heldColon
		default:
			open.see(in[i])
		}
	}
	return string(out)
}

// colons takes a text back to what was written.
func (f *File) colons(text string) string {
	if !f.held {
		return text
	}
	return strings.ReplaceAll(text, string(heldColon), ":")
}

// given is the node with its text as written.
func (f *File) given(n *node) *node {
	if s, ok := n.scalar.(string); ok {
		n.scalar = f.colons(s)
	}
	return n
}

// endOf is where the stretch that has begun ends: at the first of its closing
// marks that is none of the text's own, or with all text.
func endOf(in []rune, from int, closing rune) int {
	for i := from; i < len(in); i++ {
		switch {
		case in[i] == '\\' && closing == '"':
			i++
		case in[i] == '\'' && closing == '\'' && i+1 < len(in) && in[i+1] == '\'':
			i++ // two of them are one
		case in[i] == closing:
			return i
		}
	}
	return len(in)
}

// brackets are those open, outermost first.
type brackets []rune

func (b *brackets) see(r rune) {
	switch r {
	case '[', '{':
		*b = append(*b, r)
	case ']', '}':
		*b = (*b)[:max(0, len(*b)-1)]
	}
}

// list reports whether the innermost bracket is a list's, within braces.
func (b brackets) list() bool {
	return len(b) > 1 && b[len(b)-1] == '[' && strings.ContainsRune(string(b), '{')
}
