package reports

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// How much of an untrusted text is shown, in runes.
const (
	nameLength  = 80
	titleLength = 120
	textLength  = 400
)

// mostMarks is how many combining marks one letter may carry. Living scripts
// need fewer; a tower of them is a prank that covers the lines around it.
const mostMarks = 4

// escapeSequence matches what a terminal would obey: CSI and OSC sequences,
// other strings, and two-character escapes (ECMA-48).
var escapeSequence = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:\x1b\[|\x{9b})[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x{9d}\x{90}\x{98}\x{9e}\x{9f}])[^\x07\x1b\x{9c}]*(?:\x07|\x1b\\|\x{9c})?|\x1b[ -/]*[0-~]?`)
})

// clean makes untrusted text fit to stand among ours: one line, valid UTF-8, no
// terminal escapes, control characters or invisible characters, nothing that
// turns the direction of the text around it, at most length runes, cut between
// characters as people see them.
func clean(s string, length int) string {
	if plain(s) && len(s) <= length {
		return s
	}
	// A text of megabytes is cut before it is looked at closely.
	if most := 64 * length; len(s) > most {
		s = s[:most]
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = escapeSequence().ReplaceAllString(s, "")
	return shorten(onOneLine(s), length)
}

// plain reports whether a text is printable ASCII with single spaces inside,
// as nearly all are, and so already clean.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return !strings.Contains(s, "  ") && strings.TrimSpace(s) == s
}

func onOneLine(s string) string {
	var b strings.Builder
	marks, space := 0, true
	for _, r := range s {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cc, r):
			if !space {
				b.WriteByte(' ')
			}
			space, marks = true, 0
			continue
		case invisible(r):
			continue
		case unicode.In(r, unicode.Mn, unicode.Me):
			if marks++; marks > mostMarks {
				continue
			}
		default:
			marks = 0
		}
		b.WriteRune(r)
		space = false
	}
	return strings.TrimSuffix(b.String(), " ")
}

// invisible reports whether a character shows nothing of its own and can
// mislead: the directional controls, soft hyphens, zero-width spaces, tags,
// noncharacters. The two joiners stay, since Persian, Indic scripts and emoji
// need them, and so do the variation selectors.
func invisible(r rune) bool {
	switch {
	case r == '\u200c' || r == '\u200d':
		return false
	case unicode.Is(unicode.Cf, r), r == '\u034f', r == '\u115f', r == '\u1160', r == '\u3164', r == '\uffa0':
		return true
	}
	return r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef || r >= 0xe0000 && r <= 0xe0fff
}

// shorten cuts a text to at most length runes, the ellipsis included.
func shorten(s string, length int) string {
	if utf8.RuneCountInString(s) <= length {
		return s
	}
	var b strings.Builder
	left, state := length-1, -1
	for s != "" {
		var character string
		character, s, _, state = uniseg.FirstGraphemeClusterInString(s, state)
		if left -= utf8.RuneCountInString(character); left < 0 {
			break
		}
		b.WriteString(character)
	}
	return strings.TrimRight(b.String(), " ,;:") + "…"
}

// longestURL is the longest address worth a link.
const longestURL = 500

// safeURL is the address if a link to it can do nothing but open a web page:
// http or https, with a host, without a password. Otherwise it is empty, and
// the ticket is shown without a link. Bytes that mean something in HTML,
// Markdown or Slack are percent-encoded.
func safeURL(s string) string {
	if s == "" || len(s) > longestURL {
		return ""
	}
	if surelySafe(s) {
		return s
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Opaque != "" {
		return ""
	}
	if strings.ContainsFunc(u.Host, func(r rune) bool { return !inHost(r) }) {
		return ""
	}
	s = percentEncode(u.String())
	if len(s) > longestURL {
		return ""
	}
	return s
}

// surelySafe reports whether that can be said without taking the address apart, as
// of nearly all: lists have many thousands.
func surelySafe(s string) bool {
	host, path, _ := strings.Cut(strings.TrimPrefix(s, "https://"), "/")
	for i := range len(host) {
		if c := host[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' {
			return false
		}
	}
	for i := range len(path) {
		if c := path[i]; (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("-._~/", rune(c)) {
			return false
		}
	}
	return host != "" && strings.HasPrefix(s, "https://")
}

func inHost(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-:[]_", r)
}

func percentEncode(s string) string {
	const harmless = "-._~:/?#[]@!$&+,;=%"
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(harmless, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

// rightToLeft reports whether a text holds letters that run from right to left.
func rightToLeft(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r >= 0x590 && unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko,
			unicode.Samaritan, unicode.Mandaic, unicode.Adlam, unicode.Hanifi_Rohingya)
	})
}

// prose is clean text to stand among our sentences.
func prose(s string) string { return isolated(clean(s, textLength)) }

// proseSentence is prose that ends like a sentence.
func proseSentence(s string) string { return isolated(sentence(clean(s, textLength))) }

// isolated keeps text that runs from right to left from turning what stands
// beside it: first strong isolate, pop directional isolate.
func isolated(s string) string {
	if !rightToLeft(s) {
		return s
	}
	return "\u2068" + s + "\u2069"
}
