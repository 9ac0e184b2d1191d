package yamlfile

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// Longest line shown, in characters; of a longer one the part around the
// position is.
const (
	shownWidth  = 120
	shownBefore = 60
)

// quote is the line at the spot as it may be shown, and how many columns stand
// before the spot.
func (f *File) quote(at spot) (line string, caret int) {
	raw := f.lines[at.line-1]
	line, offset := mask(raw, f.hidden(at.line), byteOffset(raw, at.column))
	before, after := []rune(printable(line[:offset])), []rune(printable(line[offset:]))
	lead := ""
	if len(before)+len(after) > shownWidth && len(before) > shownBefore {
		before, lead = before[len(before)-shownBefore:], "…"
	}
	trail := ""
	if room := shownWidth - len(before); len(after) > room {
		after, trail = after[:room], "…"
	}
	shown := lead + string(before)
	return shown + string(after) + trail, uniseg.StringWidth(shown)
}

func byteOffset(line string, column int) int {
	for i := range line {
		if column--; column == 0 {
			return i
		}
	}
	return len(line)
}

// printable shows tabs as arrows, since they are so often the mistake, and
// nothing that could move a terminal's cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return '→'
		case !unicode.IsPrint(r):
			return '·'
		}
		return r
	}, s)
}
