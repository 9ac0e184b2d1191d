package yamlfile

import "unicode"

// PlaceIn finds where the character at offset, counted from 0, of the text that
// the path leads to stands in the file: also in texts in quotes or over several
// lines, so that a mistake inside an expression can be shown where it is. What
// is no text has no inside; then it is Place.
func (f *File) PlaceIn(offset int, path ...any) Place {
	n := f.find(path)
	value, isText := n.scalar.(string)
	if !isText || n.form != text {
		return f.Place(path...)
	}
	r := reader{lines: f.lines, at: n.at}
	r.enter()
	inside := []rune(value)
	offset = min(max(offset, 0), len(inside))
	for _, c := range inside[:offset] {
		r.pass(c)
	}
	if offset < len(inside) {
		r.find(inside[offset])
	}
	return f.placeAt(r.at)
}

// reader walks the characters of a file as written, in step with the text they
// mean.
type reader struct {
	lines  []string
	at     spot
	quoted bool // in double quotes, where a backslash begins an escape

	line   []rune // the characters of line number, so that each is cut up once
	number int
}

// peek is the character at the position, a line break behind the last one of a
// line, and 0 at the end.
func (r *reader) peek() rune {
	if r.at.line > len(r.lines) {
		return 0
	}
	if r.number != r.at.line {
		r.line, r.number = []rune(r.lines[r.at.line-1]), r.at.line
	}
	if r.at.column <= len(r.line) {
		return r.line[r.at.column-1]
	}
	return '\n'
}

func (r *reader) next() {
	if r.peek() == '\n' {
		r.at = spot{r.at.line + 1, 1}
		return
	}
	r.at.column++
}

// enter steps over what opens the text: a quote, or the mark of a block.
func (r *reader) enter() {
	switch r.peek() {
	case '"':
		r.quoted = true
		r.next()
	case '\'':
		r.next()
	case '|', '>':
		r.at = spot{r.at.line + 1, 1}
	}
}

// find steps over what does not mean want: indentation, and marks of quoting.
func (r *reader) find(want rune) {
	for c := r.peek(); c != 0 && c != want; c = r.peek() {
		if unicode.IsSpace(want) && unicode.IsSpace(c) || r.quoted && c == '\\' {
			return
		}
		r.next()
	}
}

// pass steps over one character of the text.
func (r *reader) pass(want rune) {
	r.find(want)
	if r.quoted && r.peek() == '\\' {
		r.next()
	}
	if r.peek() != 0 {
		r.next()
	}
}
