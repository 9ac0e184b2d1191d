package reports

import (
	"io"
	"strings"
)

// Markdown writes the report as CommonMark with one table (GFM). Everything
// that people wrote is escaped: it cannot become a link, HTML, a mention or a
// reference to an issue.
func Markdown(w io.Writer, r Report) error {
	var m markdownPage
	m.block("# " + md(r.Title))
	m.block(joined("**"+md(r.Headline)+"**", md(r.InFlight)))
	for _, n := range r.Notes {
		m.block("*" + md(n) + "*")
	}
	m.reminder(r)
	m.mirror(r)
	m.bullets(agendaHeading, mapped(r.Agenda, func(x Topic) string { return joined(md(x.Text), mdNames(x.Subjects)) }), 0)
	for _, l := range r.Letters {
		m.letter(l, r.Link)
	}
	m.teams(r.Teams)
	m.short("## Settled", r.Settled, "settled", r.Link)
	if r.Kind != Reminder {
		m.full("## "+newHeading(r), r.New, r.Link)
	}
	m.full("## Opened again", r.Reopened, r.Link)
	m.conditions(r.Conditions)
	m.stillOpen("Still open", "Agreement", r.StillOpen, r.Link)
	m.short("## "+agedOutHeading, r.AgedOut, "aged out", r.Link)
	m.shipped(r.Shipped, r.Link)
	m.bullets(slipsHeading, mapped(r.Slips, func(s Slip) string { return mdName(s.Subject) + ": " + md(lowerFirst(s.Text)) }), r.MoreSlips)
	m.bullets(numbersHeading, mapped(r.Numbers, func(n Number) string { return md(n.Text) }), 0)
	m.bullets(trialsHeading, mapped(r.Experiments, func(x Trial) string { return joined("**"+md(isolated(x.Name))+"**", md(x.Text)) }), r.MoreExperiments)
	m.retro(r.Retro)
	m.bullets(endingHeading, mapped(r.Ending, func(e Ending) string { return md(e.Text) }), r.MoreEnding)
	m.foot(r)
	_, err := io.WriteString(w, strings.TrimSuffix(m.String(), "\n"))
	return err
}

// markdownPage collects Markdown. A paragraph is one line, so that no word of
// a ticket can come to stand first in a line and mean something there.
type markdownPage struct{ strings.Builder }

func (m *markdownPage) block(s string)  { m.WriteString(s + "\n\n") }
func (m *markdownPage) bullet(s string) { m.WriteString("- " + s + "\n") }
func (m *markdownPage) end()            { m.WriteByte('\n') }

func (m *markdownPage) short(heading string, l List, how, link string) {
	if len(l.Items)+l.Passing == 0 {
		return
	}
	m.block(heading)
	for _, i := range l.Items {
		m.bullet(mdSubject(i) + md(promised(i)) + " (" + mdAge(i) + ")")
	}
	m.rest(l, how, link)
	m.end()
}

func (m *markdownPage) rest(l List, how, link string) {
	for _, s := range []string{more(l.More, link), passing(l.Passing, how)} {
		if s != "" {
			m.bullet(s)
		}
	}
}

func (m *markdownPage) full(heading string, l List, link string) {
	if len(l.Items) == 0 {
		return
	}
	m.block(heading)
	for _, i := range l.Items {
		m.bullet(mdSubject(i) + ": " + joined(md(beginning(i)), md(i.concerned()), bold(i.Ask), md(upperFirst(i.Age))+".", mdItsPage(i)))
	}
	m.rest(l, "", link)
	m.end()
}

func (m *markdownPage) letter(l Letter, link string) {
	m.block("## " + l.Heading)
	m.block(md(l.Opening))
	for _, i := range l.Open.Items {
		m.block(joined(md(letterBody(i)), mdSubject(i)+", "+md(i.Age)+".", mdItsPage(i)))
	}
	if s := more(l.Open.More, link); s != "" {
		m.block(upperFirst(s) + ".")
	}
	m.short("### Settled since", l.Settled, "settled", link)
	m.short("### Aged out, not settled", l.AgedOut, "aged out", link)
}

func (m *markdownPage) stillOpen(heading, column string, s StillOpen, link string) {
	if len(s.Lines) == 0 {
		return
	}
	m.block("## " + heading)
	m.WriteString("| " + column + " | 12 weeks | Now |\n| --- | --- | ---: |\n")
	for _, l := range s.Lines {
		m.WriteString("| " + md(l.Promise) + " | " + sparkline(l.Trend, s.tallest()) + " | " + number(l.Now) + " |\n")
	}
	m.end()
	for _, l := range s.Lines {
		m.underLine(l, link)
	}
	if s.MoreLines > 0 {
		m.block(moreLines(s))
	}
	if s.Gap != "" {
		m.block("*" + md(s.Gap) + "*")
	}
}

func (m *markdownPage) conditions(all []Condition) {
	if len(all) == 0 {
		return
	}
	m.block("## " + conditionsHeading)
	for _, c := range all {
		m.bullet(md(c.Text))
	}
	m.end()
}

// reminder is one matter: the promise, what was seen, the ask.
func (m *markdownPage) reminder(r Report) {
	if r.Kind != Reminder {
		return
	}
	for _, i := range r.New.Items {
		m.block(joined(md(upperFirst(agreed(i.Promise))), md(i.Reason), md(i.concerned())))
		if i.Ask != "" {
			m.block(bold(i.Ask))
		}
		m.block(joined(mdSubject(i)+", "+md(i.Age)+".", mdItsPage(i)))
	}
}

// mirror are a leader's sentences.
func (m *markdownPage) mirror(r Report) {
	for _, one := range r.Mirror {
		m.block(md(one.Text) + " " + mdName(one.Subject) + ".")
	}
	if s := moreOf(r.MoreMirror); s != "" {
		m.block(upperFirst(s) + ".")
	}
}

// bullets is a section of lines that are escaped already.
func (m *markdownPage) bullets(heading string, all []string, more int) {
	if len(all) == 0 {
		return
	}
	m.block("## " + heading)
	for _, s := range all {
		m.bullet(s)
	}
	m.rest(List{More: more}, "", "")
	m.end()
}

func (m *markdownPage) teams(all *Teams) {
	if all == nil {
		return
	}
	m.stillOpen(teamsHeading, "Team", all.asLines(), "")
	for _, s := range []string{all.Left(), all.Hidden} {
		if s != "" {
			m.block(md(s))
		}
	}
}

func (m *markdownPage) shipped(s Shipped, link string) {
	if len(s.Items) == 0 {
		return
	}
	m.block("## " + s.heading())
	for _, i := range s.Items {
		line := mdName(i.Subject) + md(i.builtBy())
		if why := i.mattered(); why != "" {
			line += ": " + md(why)
		}
		m.bullet(line)
	}
	m.rest(List{More: s.More}, "", link)
	m.end()
}

func (m *markdownPage) retro(r *Retro) {
	if r == nil {
		return
	}
	m.block("## " + retroHeading)
	if r.Question != "" {
		m.block("**" + md(r.Question) + "**")
	}
	for _, s := range r.Starters {
		m.bullet(md(s))
	}
	if len(r.Starters) > 0 {
		m.end()
	}
	m.block(md(r.Standing))
}

// mdNames are the names of some subjects as the end of a sentence.
func mdNames(subjects []Subject) string {
	if len(subjects) == 0 {
		return ""
	}
	return enumerate(mapped(subjects, mdName)) + "."
}

func (m *markdownPage) underLine(l Line, link string) {
	if len(l.Items)+l.More == 0 {
		return
	}
	m.block(md(l.Promise) + ":")
	for _, i := range l.Items {
		m.bullet(mdSubject(i) + " (" + mdAge(i) + ")")
	}
	m.rest(List{More: l.More}, "", link)
	m.end()
}

func (m *markdownPage) foot(r Report) {
	m.block("---")
	m.block(joined(md(strings.Join(r.Data, " ")), md(r.Why)))
	if r.Link != "" {
		m.block("[" + OpenPage + "](<" + r.Link + ">)")
	}
}

func bold(s string) string {
	if s == "" {
		return ""
	}
	return "**" + md(s) + "**"
}

// mdAge says how long it has been open, and leads to its page where it has one.
func mdAge(i Item) string {
	if i.Page == "" {
		return md(i.Age)
	}
	return "[" + md(i.Age) + "](<" + i.Page + ">)"
}

func mdItsPage(i Item) string {
	if i.Page == "" {
		return ""
	}
	return "[" + OpenItsPage + "](<" + i.Page + ">)"
}

// mdSubject names what an item is about, the key being the link.
func mdSubject(i Item) string { return mdName(i.Subject) }

func mdName(s Subject) string {
	name, title := s.Key, s.Title
	if name == "" {
		name, title = title, ""
	}
	if name == "" {
		name = s.Unnamed()
	}
	out := md(isolated(name))
	if s.URL != "" {
		out = "[" + out + "](<" + s.URL + ">)"
	}
	if title == "" || title == s.Key {
		return out
	}
	return out + " " + md(quoted(isolated(title)))
}

// apart is a zero-width space. A backslash keeps Markdown's own signs from
// working, but forges look for mentions and addresses in what is rendered:
// those have to be taken apart.
const apart = "\u200b"

var markdownEscaper = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`, `<`, `\<`, `>`, `\>`,
	`|`, `\|`, `~`, `\~`, `&`, `\&`, `$`, `\$`, `{`, `\{`, `}`, `\}`,
	`#`, `\#`+apart, `@`, `@`+apart, `://`, `:`+apart+`//`, `www.`, `www`+apart+`.`, `WWW.`, `WWW`+apart+`.`,
	`mailto:`, `mailto`+apart+`:`, `xmpp:`, `xmpp`+apart+`:`,
)

// md escapes a text for the middle of a line of Markdown.
func md(s string) string {
	s = markdownEscaper.Replace(s)
	if n := listMarker(s); n >= 0 {
		return s[:n] + `\` + s[n:]
	}
	return s
}

// listMarker finds the sign at the start of a text that would begin a list or
// underline a heading: "-", "+", "=", "1." or "1)". It is -1 when there is none.
func listMarker(s string) int {
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	switch {
	case digits == len(s):
		return -1
	case digits > 0 && (s[digits] == '.' || s[digits] == ')'):
		return digits
	case digits == 0 && strings.IndexByte("-+=", s[0]) >= 0:
		return 0
	}
	return -1
}
