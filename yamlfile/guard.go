package yamlfile

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"
)

// sanitise refuses what is no text of reasonable size and makes line ends alike.
// The text it returns with mistakes is only good for showing lines of it.
func sanitise(name string, raw []byte) (string, Mistakes) {
	whole := Place{File: name, Line: 1, Column: 1}
	if len(raw) > MaxSize {
		return "", Mistakes{{Place: whole, Text: fmt.Sprintf("this file has %d bytes; at most %d are read", len(raw), MaxSize),
			Hint: "is it the right file? Otherwise split it"}}
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	if at := invalidUTF8(raw); at >= 0 {
		line := 1 + bytes.Count(raw[:at], []byte("\n"))
		column := 1 + utf8.RuneCount(raw[bytes.LastIndexByte(raw[:at], '\n')+1:at])
		whole.Line, whole.Column = line, column
		return strings.Repeat("\n", line), Mistakes{{Place: whole, Text: "this is not UTF-8 text", Hint: "save the file as UTF-8"}}
	}
	return string(raw), nil
}

// invalidUTF8 is where raw stops being text, or -1. A NUL is no text either.
func invalidUTF8(raw []byte) int {
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && size == 1 || r == 0 {
			return i
		}
		i += size
	}
	return -1
}

// Bounds that keep the YAML parser, which is recursive and takes time by the
// square of some things, from being kept busy for long. People's files are far
// below them: ten thousand people are read in half a second.
const (
	maxLines   = 50_000
	maxBlank   = 500    // empty lines in a row
	maxEntries = 20_000 // between one [ and its ], or { and }
)

// tooLong refuses more lines than anybody writes.
func (f *File) tooLong() Mistakes {
	if len(f.lines) > maxLines {
		return Mistakes{f.at(spot{maxLines + 1, 1}, fmt.Sprintf("this file has more than %d lines", maxLines), "split it into several files")}
	}
	blank := 0
	for i, l := range f.lines {
		if blank++; strings.TrimSpace(l) != "" {
			blank = 0
		}
		if blank > maxBlank {
			return Mistakes{f.at(spot{i + 1, 1}, fmt.Sprintf("more than %d empty lines in a row", maxBlank), "take them out")}
		}
	}
	return nil
}

// tooDeep refuses nesting beyond maxDepth and overlong lists in brackets.
func (f *File) tooDeep(tokens token.Tokens) Mistakes {
	entries, marks, line := []int{0}, 0, 0 // entries of each open bracket
	for _, t := range tokens {
		if t.Position.Line != line {
			marks, line = 0, t.Position.Line
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			entries = append(entries, 0)
		case token.MappingEndType, token.SequenceEndType:
			entries = entries[:max(1, len(entries)-1)]
		case token.CollectEntryType:
			entries[len(entries)-1]++
		case token.SequenceEntryType, token.MappingKeyType, token.TagType, token.AnchorType:
			marks++
		}
		if len(entries) > maxDepth || marks > maxDepth {
			return Mistakes{f.at(spotOf(t), "this is nested too deeply", fmt.Sprintf("at most %d levels are read", maxDepth))}
		}
		if entries[len(entries)-1] > maxEntries {
			return Mistakes{f.at(spotOf(t), fmt.Sprintf("more than %d entries between two brackets", maxEntries), "write one entry to a line, each with a dash")}
		}
	}
	return nil
}
