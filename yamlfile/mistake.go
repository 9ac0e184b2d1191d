package yamlfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Place is a position in a file that a person wrote.
type Place struct {
	File   string
	Line   int    // from 1; 0 when there is no position
	Column int    // from 1, in characters
	Text   string // the line as written, secrets masked

	caret int // columns before the caret under Text, as a terminal counts them
}

// String is file:line:column.
func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Mistake is one thing to mend, and where.
type Mistake struct { //nolint:errname // the word of the documents
	Place
	Text string // what is wrong, in the writer's own words where possible
	Hint string // what to do about it; may be empty
}

// Error is the place and the text, then the line with a caret under the column,
// then the hint.
func (m Mistake) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", m.Place, m.Text)
	if strings.TrimSpace(m.Place.Text) != "" {
		fmt.Fprintf(&b, "\n\t%s\n\t%s^", m.Place.Text, strings.Repeat(" ", m.caret))
	}
	if m.Hint != "" {
		fmt.Fprintf(&b, "\n\t%s", strings.ReplaceAll(m.Hint, "\n", "\n\t"))
	}
	return b.String()
}

// Mistakes is everything found wrong.
type Mistakes []Mistake //nolint:errname // as above

// Err is nil when there are no mistakes.
func (m Mistakes) Err() error {
	if len(m) == 0 {
		return nil
	}
	return m
}

// Error lists every mistake, ordered by file, line and column.
func (m Mistakes) Error() string {
	texts := make([]string, len(m))
	for i, one := range m.Sorted() {
		texts[i] = one.Error()
	}
	return strings.Join(texts, "\n")
}

// Sorted is a copy ordered by file, line and column, each mistake once.
func (m Mistakes) Sorted() Mistakes {
	out := slices.Clone(m)
	slices.SortStableFunc(out, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(out)
}
