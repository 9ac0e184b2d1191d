package yamlfile

import "unicode/utf8"

// Place finds the position of what the path leads to: string elements are keys,
// ints are places in a list. Where the path ends in nothing it is the nearest
// thing above that exists. A value on its key's line is shown itself, otherwise
// the key is.
func (f *File) Place(path ...any) Place {
	n := f.find(path)
	at := n.at
	if n.keyAt.line != 0 && n.keyAt.line != n.at.line {
		at = n.keyAt
	}
	return f.placeAt(at)
}

// KeyPlace is Place, but shows the key itself.
func (f *File) KeyPlace(path ...any) Place {
	n := f.find(path)
	if n.keyAt.line != 0 {
		return f.placeAt(n.keyAt)
	}
	return f.placeAt(n.at)
}

// LinePlace is a position in a file that is no YAML: a line of it and a column,
// both from 1, columns in characters. The line is shown like any other.
func LinePlace(file string, line, column int, text string) Place {
	f := &File{name: file, lines: []string{text}, root: &node{}}
	p := f.placeAt(spot{1, column})
	p.Line = line
	return p
}

// Mistake is a mistake at the place the path leads to.
func (f *File) Mistake(hint, text string, path ...any) Mistake {
	return Mistake{Place: f.Place(path...), Text: text, Hint: hint}
}

// Has reports whether the path leads to a value that was written.
func (f *File) Has(path ...any) bool {
	n := f.root
	for _, p := range path {
		if n = n.step(p); n == nil {
			return false
		}
	}
	return n.form != nothing
}

func (f *File) find(path []any) *node {
	n := f.root
	for _, p := range path {
		next := n.step(p)
		if next == nil {
			break
		}
		n = next
	}
	return n
}

func (n *node) step(p any) *node {
	switch p := p.(type) {
	case string:
		return n.get(p)
	case int:
		if p >= 0 && p < len(n.items) {
			return n.items[p]
		}
	}
	return nil
}

func (f *File) at(at spot, text, hint string) Mistake {
	return Mistake{Place: f.placeAt(at), Text: text, Hint: hint}
}

func (f *File) placeAt(at spot) Place {
	at = f.clamp(at)
	p := Place{File: f.name, Line: at.line, Column: at.column}
	p.Text, p.caret = f.quote(at)
	return p
}

// clamp moves a position into the file, since the parser's own may point past
// the end of a line or of the text.
func (f *File) clamp(at spot) spot {
	at.line = min(max(at.line, 1), len(f.lines))
	width := utf8.RuneCountInString(f.lines[at.line-1])
	at.column = min(max(at.column, 1), width+1)
	return at
}
