package reports

import (
	"strings"

	"github.com/rivo/uniseg"
)

// columns is how wide the plain text may be.
const columns = 80

// width is how many columns a text takes in a terminal: wide characters take
// two, marks none.
func width(s string) int { return uniseg.StringWidth(s) }

// wrapped breaks a text into lines of at most columns, first and rest being
// what the first line and those after it begin with.
func wrapped(s, first, rest string) string {
	var out strings.Builder
	line, used := first, width(first)
	empty := true
	for _, word := range strings.Fields(s) {
		for word != "" {
			room := columns - used
			if !empty {
				room--
			}
			if n := width(word); n <= room {
				line, used = appendWord(line, word, empty), used+n
				if !empty {
					used++
				}
				empty, word = false, ""
				continue
			}
			if empty {
				var head string
				head, word = split(word, room)
				line += head
			}
			out.WriteString(line + "\n")
			line, used, empty = rest, width(rest), true
		}
	}
	out.WriteString(line + "\n")
	return out.String()
}

func appendWord(line, word string, first bool) string {
	if first {
		return line + word
	}
	return line + " " + word
}

// split cuts a word that is wider than a whole line, between characters.
func split(word string, room int) (head, tail string) {
	state, tail := -1, word
	for tail != "" {
		character, left, n, next := uniseg.FirstGraphemeClusterInString(tail, state)
		if room -= n; room < 0 && head != "" {
			break
		}
		head, tail, state = head+character, left, next
	}
	return head, tail
}

// padded fills a text up to a width.
func padded(s string, to int) string {
	return s + strings.Repeat(" ", max(0, to-width(s)))
}
