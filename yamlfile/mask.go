package yamlfile

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// A quoted line must not show a secret, also where the YAML around it is broken
// and nothing can be parsed. So lines are masked by their text alone, and rather
// too much than too little: whatever follows a word that is, or nearly is, the
// name of a secret, up to the next key of a one-line mapping; the lines below
// it that may belong to the same value; user info in URLs; and words that look
// like a token of a well-known kind.

const masked = "•••"

var (
	// wordUse is a word followed by something that may be its value.
	wordUse = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`([\pL_][\pL\pN_.-]*(?: [kK]eys?\b)?)(["']?\s*[:=]\s*|["']?\s+)`)
	})
	// nextKey is the end of one entry of a one-line mapping and the key of the next.
	nextKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[,}\]]+\s*["']?[\pL_][\pL\pN_. -]*["']?:(\s|$)`) })
	// lineKey is a line that begins with a key.
	lineKey = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\s*(?:- +|\? +|[{\[,]\s*)*["']?[\pL_][\pL\pN_. -]*["']?\s*:(\s|$)`)
	})

	// reference names an environment variable and gives nothing away. It is in
	// capitals: a token put between the braces is not.
	reference = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\s*["']?\$\{[A-Z_][A-Z0-9_]{0,63}\}["']?\s*$`) })

	// calendarAddress is where a calendar may be fetched from, or another address
	// with a part that nobody types; many such are secrets, so that nothing behind
	// the host is shown.
	calendarAddress = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\b(?:webcals?://[^/\s"']+|https?://[^/\s"']+)(/[^\s"']*(?:\.ics|ical|calendar|private|[\w-]{20})[^\s"']*)`)
	})

	userInfo  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`://([^/\s"']*)@`) })
	wellKnown = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\b(?:lin_(?:api|oauth)_\w+|AT[AC]TT\S+|xox[a-z]-\S+|gh[pousr]_\w+|glpat-\S+|AKIA\w{12,}|eyJ[\w-]+\.[\w.-]+)`)
	})
	randomWord = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[A-Za-z0-9+/_=-]{24,}`) })
)

// cut is a stretch of a line, in bytes, that must not be shown.
type cut struct{ from, to int }

// hidden is what must not be shown of a line, counted from 1.
func (f *File) hidden(line int) []cut {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cuts == nil {
		f.cuts = f.allCuts()
	}
	return f.cuts[line-1]
}

func (f *File) allCuts() [][]cut {
	all := make([][]cut, len(f.lines))
	var below carry
	for i, l := range f.lines {
		if below.holds(l) {
			all[i] = []cut{{indentOf(l), len(l)}}
			below.closeQuote(l)
			continue
		}
		all[i], below = cutsOf(l, f.values[i+1])
	}
	return all
}

// carry says that a secret may go on in the lines below.
type carry struct {
	on     bool
	column int    // of the secret's key, in bytes
	quote  string // the quote that is still open, if one is
}

// holds reports whether the line still belongs to the secret above it: it
// stands deeper than the secret's key, or does not begin with a key of its own.
func (c carry) holds(line string) bool {
	if !c.on {
		return false
	}
	indent := indentOf(line)
	if c.quote != "" || indent > c.column || indent == c.column && strings.HasPrefix(line[indent:], "-") {
		return true
	}
	return !lineKey().MatchString(line)
}

func (c *carry) closeQuote(line string) {
	if c.quote != "" && strings.Contains(line, c.quote) {
		c.quote = ""
	}
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

// keyEnd is where, in bytes of its line, the key of a secret begins and ends.
type keyEnd struct{ key, end int }

// cutsOf finds the secrets in one line, those after the keys given and those
// told by words, and whether the last may go on below.
func cutsOf(line string, keys []keyEnd) (cuts []cut, below carry) {
	take := func(key, value int) int {
		end, quote := valueEnd(line, value)
		if reference().MatchString(line[value:end]) {
			return end
		}
		cuts = append(cuts, cut{value, end})
		if below = (carry{on: true, column: key, quote: quote}); end < len(line) {
			below.on = false
		}
		return end
	}
	for _, k := range keys {
		rest := line[k.end:]
		take(k.key, k.end+len(rest)-len(strings.TrimLeft(rest, "\"': ")))
	}
	for from := 0; from < len(line); {
		m := wordUse().FindStringSubmatchIndex(line[from:])
		if m == nil {
			break
		}
		if !isSecretName(line[from+m[2] : from+m[3]]) {
			from += m[3]
			continue
		}
		from = take(from+m[2], from+m[5])
	}
	if word, column := lastWord(line); len(cuts) == 0 && !below.on && isSecretName(word) {
		below = carry{on: true, column: column}
	}
	return byShape(line, cuts), below
}

// lastWord is the word, with its column, that ends the line but for a colon.
func lastWord(line string) (word string, column int) {
	end := strings.TrimRight(line, ": \t\"'")
	column = strings.LastIndexAny(end, " \t\"'{[,-") + 1
	return end[column:], column
}

// valueEnd is where the value that begins at from ends: before the next key of
// a one-line mapping, else with the line. A quote that stays open is returned.
func valueEnd(line string, from int) (end int, openQuote string) {
	i := from
	if i < len(line) && (line[i] == '"' || line[i] == '\'') {
		quote := line[i : i+1]
		closing := strings.Index(line[i+1:], quote)
		if closing < 0 {
			return len(line), quote
		}
		i += closing + 2
	}
	for ; i < len(line); i++ {
		if strings.IndexByte(",}]", line[i]) >= 0 && nextKey().MatchString(line[i:]) {
			return i, ""
		}
	}
	return len(line), ""
}

// byShape adds what looks like a secret whatever stands before it.
func byShape(line string, cuts []cut) []cut {
	for _, m := range calendarAddress().FindAllStringSubmatchIndex(line, -1) {
		cuts = append(cuts, cut{m[2], m[3]})
	}
	for _, m := range userInfo().FindAllStringSubmatchIndex(line, -1) {
		cuts = append(cuts, cut{m[2], m[3]})
	}
	for _, m := range wellKnown().FindAllStringIndex(line, -1) {
		cuts = append(cuts, cut{m[0], m[1]})
	}
	for _, m := range randomWord().FindAllStringIndex(line, -1) {
		if looksRandom(line[m[0]:m[1]]) {
			cuts = append(cuts, cut{m[0], m[1]})
		}
	}
	return merge(cuts)
}

// looksRandom tells a generated token from a long name: it mixes upper case,
// lower case and digits.
func looksRandom(w string) bool {
	digits := strings.IndexFunc(w, func(r rune) bool { return r >= '0' && r <= '9' })
	return digits >= 0 && strings.ToLower(w) != w && strings.ToUpper(w) != w
}

func merge(cuts []cut) []cut {
	slices.SortFunc(cuts, func(a, b cut) int { return a.from - b.from })
	var out []cut
	for _, c := range cuts {
		if n := len(out); n > 0 && c.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, c.to)
		} else if c.from < c.to {
			out = append(out, c)
		}
	}
	return out
}

// mask hides the cuts of a line and moves the byte offset of a caret along.
func mask(line string, cuts []cut, caret int) (string, int) {
	var b strings.Builder
	at, moved := 0, -1
	for _, c := range cuts {
		if moved < 0 && caret < c.to {
			moved = b.Len() + max(0, min(caret, c.from)-at)
		}
		b.WriteString(line[at:c.from])
		b.WriteString(masked)
		at = c.to
	}
	if moved < 0 {
		moved = b.Len() + caret - at
	}
	b.WriteString(line[at:])
	return b.String(), min(moved, b.Len())
}

// show makes a word of the file fit for a message: no secret, no control
// characters, not too long.
func show(word string) string {
	const longest = 60
	cuts, _ := cutsOf(word, nil)
	word, _ = mask(word, cuts, 0)
	word = printable(word)
	if utf8.RuneCountInString(word) > longest {
		word = string([]rune(word)[:longest]) + "…"
	}
	return word
}
