package slack

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"github.com/fairlead-dev/fairlead/reports"
)

// longestPiece bounds every single text, in characters: what Build leaves is
// shorter, and a message stays within Slack's limits whatever a report holds.
const longestPiece = 2000

// piece makes a text one line of bounded length.
func piece(s string) string {
	return reports.Shortened(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s), longestPiece)
}

// run is a line of rich text: pieces one after the other.
type run []slack.RichTextSectionElement

func (r run) and(more run) run { return append(r[:len(r):len(r)], more...) }

// text is words as they are: nothing in them is parsed.
func text(s string) run {
	if s = piece(s); s == "" {
		return nil
	}
	return run{slack.NewRichTextSectionTextElement(s, nil)}
}

func bold(s string) run {
	if s = piece(s); s == "" {
		return nil
	}
	return run{slack.NewRichTextSectionTextElement(s, &slack.RichTextSectionTextStyle{Bold: true})}
}

// link leads to a web page where the address is one, and is text otherwise.
func link(address, s string) run {
	if s = piece(s); s == "" {
		return nil
	}
	if !webAddress(address) {
		return text(s)
	}
	return run{slack.NewRichTextSectionLinkElement(address, s, nil)}
}

// longestAddress is in bytes; Slack takes 3,000.
const longestAddress = 1000

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= longestAddress && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// subject names what something is about, the name being the link.
func subject(s reports.Subject) run {
	name, title := s.Names()
	r := link(s.URL, name)
	if title != "" {
		r = r.and(text(" " + title))
	}
	return r
}

// bulleted is a list at a depth. The library's own writes a field that Slack's
// types do not know.
type bulleted struct {
	Type     slack.RichTextElementType     `json:"type"`
	Style    slack.RichTextListElementType `json:"style"`
	Indent   int                           `json:"indent,omitempty"`
	Elements []*slack.RichTextSection      `json:"elements"`
}

// RichTextElementType implements slack.RichTextElement.
func (b *bulleted) RichTextElementType() slack.RichTextElementType { return b.Type }

func newBullets(indent int, items ...*slack.RichTextSection) *bulleted {
	return &bulleted{Type: slack.RTEList, Style: slack.RTEListBullet, Indent: indent, Elements: items}
}

// spaced joins the parts that are there, in one piece of text each.
func spaced(parts ...string) string {
	var there []string
	for _, p := range parts {
		if p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, " ")
}

// heaviestRow is how heavy a row may be, so that any fits into a message.
const heaviestRow = 9000

// bounded cuts the pieces of a row that is too heavy.
func (r run) bounded() run {
	for most := 1000; weight(slack.NewRichTextSection(r...)) > heaviestRow && most > 50; most -= most / 4 {
		short := make(run, 0, len(r))
		for _, e := range r {
			switch e := e.(type) {
			case *slack.RichTextSectionTextElement:
				short = append(short, slack.NewRichTextSectionTextElement(reports.Shortened(e.Text, most), e.Style))
			case *slack.RichTextSectionLinkElement:
				short = append(short, slack.NewRichTextSectionLinkElement(e.URL, reports.Shortened(e.Text, most), e.Style))
			}
		}
		r = short
	}
	return r
}

// string is the line without its looks.
func (r run) string() string {
	var b strings.Builder
	for _, e := range r {
		switch e := e.(type) {
		case *slack.RichTextSectionTextElement:
			b.WriteString(e.Text)
		case *slack.RichTextSectionLinkElement:
			b.WriteString(e.Text)
		}
	}
	return b.String()
}

// How much of a line a phone shows, in columns of a terminal.
const (
	phoneColumns  = 42
	headerColumns = 30
)

// lines is how many lines a text takes, broken between words as a phone does.
func lines(s string, columns int) int {
	n, used := 1, 0
	for _, word := range strings.Fields(s) {
		w := uniseg.StringWidth(word)
		if used > 0 && used+1+w > columns {
			n, used = n+1, 0
		}
		if used > 0 {
			used++
		}
		for w > columns { // a word longer than a line
			n, w = n+1, w-columns
		}
		used += w
	}
	return n
}

// within cuts a text to so many lines of a phone.
func within(s string, most int) string {
	for n := most * phoneColumns; n > 1 && lines(s, phoneColumns) > most; n -= 4 {
		s = clipped(s, n)
	}
	return s
}

// clipped cuts a text to at most n characters, after a whole word where that is
// not far.
func clipped(s string, n int) string {
	short := reports.Shortened(s, n)
	if short == s {
		return s
	}
	short = strings.TrimSuffix(short, "…")
	if i := strings.LastIndexByte(short, ' '); i > len(short)-20 && i > 0 {
		short = strings.TrimRight(short[:i], " ,;:")
	}
	return short + "…"
}

// escaped makes a text harmless in Slack's own markup: it is what notifications
// show.
func escaped(s string) string { return slackutilsx.EscapeMessage(s) }

// weight is how long the JSON of something is at the most: as long as when
// everything beyond ASCII is written as an escape, since nobody says how Slack
// counts.
func weight(v any) int {
	data, err := json.Marshal(v)
	if err != nil {
		return 1 << 20 // too heavy for any message
	}
	n := 0
	for _, r := range string(data) {
		switch {
		case r < utf8.RuneSelf:
			n++
		case r > 0xffff:
			n += 12
		default:
			n += 6
		}
	}
	return n
}
