package reports

// What channels with a layout of their own share with the renderers here, so
// that the same thing is said in the same words everywhere.

// The headings that are more than a word.
const (
	AgedOutHeading    = agedOutHeading
	ConditionsHeading = conditionsHeading
)

// NewHeading is honest about a first report.
func (r Report) NewHeading() string { return newHeading(r) }

// Beginning is the promise and what was seen, running on from the subject: "we
// agreed that every feature says which problem it solves. It names none."
func (i Item) Beginning() string { return joined(beginning(i), i.concerned()) }

// Promised is the promise behind a colon, for an item that is told in a line.
func (i Item) Promised() string { return promised(i) }

// LetterBody is the item as a letter puts it: what was seen, then the ask.
func (i Item) LetterBody() string { return letterBody(i) }

// Names are what the subject is called by and, where there are both key and
// title, the title; both keep their direction to themselves.
func (s Subject) Names() (name, title string) {
	switch {
	case s.Key == "" && s.Title == "":
		return s.Unnamed(), ""
	case s.Key == "":
		return isolated(s.Title), ""
	case s.Title == "" || s.Title == s.Key:
		return isolated(s.Key), ""
	}
	return isolated(s.Key), quoted(isolated(s.Title))
}

// Rest are the lines about what a list leaves out and what came and went; how
// is the word for how those ended.
func (l List) Rest(how, link string) []string {
	var out []string
	for _, s := range []string{more(l.More, link), passing(l.Passing, how)} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// MoreText says which agreements are not listed; empty when all are.
func (s StillOpen) MoreText() string {
	if s.MoreLines == 0 {
		return ""
	}
	return moreLines(s)
}

// Sparkline draws a line's trend on the scale of all lines.
func (s StillOpen) Sparkline(trend []*int) string { return sparkline(trend, s.tallest()) }

// Sparkline draws a team's trend on the scale of all teams.
func (t Teams) Sparkline(trend []*int) string {
	top := 0
	for _, row := range t.Rows {
		for _, n := range row.Trend {
			if n != nil {
				top = max(top, *n)
			}
		}
	}
	return sparkline(trend, top)
}

// Counted is a number with its noun: "1 exception", "2,000 exceptions".
func Counted(n int, one, many string) string { return counted(n, one, many) }

// InWords writes small numbers out, for the middle of a sentence.
func InWords(n int) string { return inWords(n) }

// Capitalised begins with a capital, for the start of a line.
func Capitalised(s string) string { return upperFirst(s) }

// Running is a text without the capital of its first word, for the middle of a
// sentence; names and abbreviations keep theirs.
func Running(s string) string { return lowerFirst(s) }

// Enumerated joins names as a sentence does: "a, b and c".
func Enumerated(names []string) string { return enumerate(names) }

// Quoted puts a text in quotation marks.
func Quoted(s string) string { return quoted(s) }

// Shortened cuts a text to at most length characters, the ellipsis included,
// never within what people see as one character.
func Shortened(s string, length int) string { return shorten(s, length) }

// What a link to the page of a whole report, and to that of one finding, is called.
const (
	OpenPage    = "Open this week's page"
	OpenItsPage = "Open its page"
)
