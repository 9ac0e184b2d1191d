package reports

import (
	"fmt"
	"io"
	"strings"
)

// Text writes the report as plain text of at most 80 columns, for terminals and
// for the text part of an e-mail. An address too long for a line is left out;
// the ticket's key is there in any case.
func Text(w io.Writer, r Report) error {
	var t textPage
	t.paragraph(r.Title)
	t.paragraph(joined(r.Headline, r.InFlight))
	for _, n := range r.Notes {
		t.paragraph(n)
	}
	t.reminder(r)
	t.mirror(r)
	t.agenda(r.Agenda)
	for _, l := range r.Letters {
		t.letter(l, r.Link)
	}
	t.teams(r.Teams)
	t.short("Settled", r.Settled, "settled", r.Link)
	if r.Kind != Reminder {
		t.full(newHeading(r), r.New, r.Link)
	}
	t.full("Opened again", r.Reopened, r.Link)
	t.conditions(r.Conditions)
	t.stillOpen("Still open", r.StillOpen, r.Link)
	t.short(agedOutHeading, r.AgedOut, "aged out", r.Link)
	t.shipped(r.Shipped, r.Link)
	t.slips(r)
	t.bullets(numbersHeading, mapped(r.Numbers, func(n Number) string { return n.Text }), 0)
	t.bullets(trialsHeading, mapped(r.Experiments, func(x Trial) string { return isolated(x.Name) + ". " + x.Text }), r.MoreExperiments)
	t.retro(r.Retro)
	t.bullets(endingHeading, mapped(r.Ending, func(e Ending) string { return e.Text }), r.MoreEnding)
	t.foot(r)
	_, err := io.WriteString(w, t.String())
	return err
}

const agedOutHeading = "Aged out: too long ago to be looked at any more, not settled"

// newHeading is honest about a first report: what is seen for the first time
// need not be new.
func newHeading(r Report) string {
	if r.Counts.LastWeek == nil {
		return "Seen for the first time"
	}
	return "New"
}

// textPage collects plain text.
type textPage struct{ strings.Builder }

func (t *textPage) paragraph(s string) { t.WriteString(wrapped(s, "", "")) }
func (t *textPage) bullet(s string)    { t.WriteString(wrapped(s, "- ", "  ")) }
func (t *textPage) heading(s string)   { t.WriteByte('\n'); t.paragraph(s) }

// short lists items in a line each.
func (t *textPage) short(heading string, l List, how, link string) {
	if len(l.Items)+l.Passing == 0 {
		return
	}
	t.heading(heading)
	t.shortItems(l, how, link)
}

func (t *textPage) shortItems(l List, how, link string) {
	for _, i := range l.Items {
		t.bullet(textSubject(i) + promised(i) + " (" + i.Age + ")")
	}
	t.rest(l, how, link)
}

func (t *textPage) rest(l List, how, link string) {
	for _, s := range []string{more(l.More, link), passing(l.Passing, how)} {
		if s != "" {
			t.bullet(s)
		}
	}
}

// full lists items with promise, reason, ask, age and address.
func (t *textPage) full(heading string, l List, link string) {
	if len(l.Items) == 0 {
		return
	}
	t.heading(heading)
	for _, i := range l.Items {
		t.bullet(textSubject(i) + ": " + joined(beginning(i), i.concerned(), i.Ask))
		t.whereabouts(upperFirst(i.Age)+".", i.Subject.URL)
		t.itsPage(i)
	}
	t.rest(l, "", link)
}

// whereabouts puts age and address on one line where they fit.
func (t *textPage) whereabouts(age, url string) {
	const indent = "  "
	switch room := columns - len(indent); {
	case url == "" || len(url) > room:
		t.WriteString(wrapped(age, indent, indent))
	case width(age)+1+len(url) <= room:
		t.WriteString(indent + age + " " + url + "\n")
	default:
		t.WriteString(wrapped(age, indent, indent))
		t.WriteString(indent + url + "\n")
	}
}

// itsPage is where the finding is told event by event.
func (t *textPage) itsPage(i Item) {
	if i.Page != "" && len(i.Page) < columns-len("  Its page: ") {
		t.WriteString("  Its page: " + i.Page + "\n")
	}
}

func (t *textPage) letter(l Letter, link string) {
	t.heading(l.Heading)
	t.paragraph(l.Opening)
	for _, i := range l.Open.Items {
		t.WriteByte('\n')
		t.WriteString(wrapped(letterBody(i), "  ", "  "))
		t.whereabouts(textSubject(i)+", "+i.Age+".", i.Subject.URL)
		t.itsPage(i)
	}
	if s := more(l.Open.More, link); s != "" {
		t.paragraph(upperFirst(s) + ".")
	}
	t.letterEnd("Settled since:", l.Settled, "settled", link)
	t.letterEnd("Aged out, not settled:", l.AgedOut, "aged out", link)
}

func (t *textPage) letterEnd(heading string, l List, how, link string) {
	if len(l.Items)+l.Passing > 0 {
		t.heading(heading)
		t.shortItems(l, how, link)
	}
}

// How wide the columns beside the promise are in the table of agreements.
const (
	bulletWidth = 2
	trendWidth  = trendWeeks + 3
	nowWidth    = 6
)

func (t *textPage) stillOpen(heading string, s StillOpen, link string) {
	if len(s.Lines) == 0 {
		return
	}
	wide := s.promiseWidth()
	t.WriteString("\n" + padded(heading, bulletWidth+wide+3) + padded("12 weeks", trendWeeks) + padLeft("now", nowWidth) + "\n")
	for _, l := range s.Lines {
		t.line(l, wide, s.tallest())
		t.underLine(l, link)
	}
	if s.MoreLines > 0 {
		t.bullet(moreLines(s))
	}
	if s.Gap != "" {
		t.WriteString(wrapped(s.Gap, "  ", "  "))
	}
}

func (t *textPage) conditions(all []Condition) {
	if len(all) == 0 {
		return
	}
	t.heading(conditionsHeading)
	for _, c := range all {
		t.bullet(c.Text)
	}
}

// reminder is one matter: the promise, what was seen, the ask.
func (t *textPage) reminder(r Report) {
	if r.Kind != Reminder {
		return
	}
	for _, i := range r.New.Items {
		t.WriteByte('\n')
		t.paragraph(joined(upperFirst(agreed(i.Promise)), i.Reason, i.concerned()))
		t.WriteByte('\n')
		t.paragraph(i.Ask)
		about := upperFirst(i.Age) + "."
		if len(r.New.Items) > 1 { // the headline names the only one
			about = textSubject(i) + ", " + i.Age + "."
		}
		t.whereabouts(about, i.Subject.URL)
		t.itsPage(i)
	}
}

// mirror are a leader's sentences.
func (t *textPage) mirror(r Report) {
	for _, m := range r.Mirror {
		t.WriteByte('\n')
		t.WriteString(wrapped(m.Text, "  ", "  "))
		t.whereabouts(textName(m.Subject)+".", m.Subject.URL)
	}
	if s := moreOf(r.MoreMirror); s != "" {
		t.paragraph(upperFirst(s) + ".")
	}
}

func (t *textPage) agenda(all []Topic) {
	t.bullets(agendaHeading, mapped(all, func(x Topic) string { return joined(x.Text, names(x.Subjects)) }), 0)
}

// bullets is a section of sentences.
func (t *textPage) bullets(heading string, all []string, more int) {
	if len(all) == 0 {
		return
	}
	t.heading(heading)
	for _, s := range all {
		t.bullet(s)
	}
	if s := moreOf(more); s != "" {
		t.bullet(s)
	}
}

func (t *textPage) teams(all *Teams) {
	if all == nil {
		return
	}
	t.stillOpen(teamsHeading, all.asLines(), "")
	if s := all.Left(); s != "" {
		t.bullet(s)
	}
	if all.Hidden != "" {
		t.WriteString(wrapped(all.Hidden, "  ", "  "))
	}
}

func (t *textPage) shipped(s Shipped, link string) {
	if len(s.Items) == 0 {
		return
	}
	t.heading(s.heading())
	for _, i := range s.Items {
		line := textName(i.Subject) + i.builtBy()
		if why := i.mattered(); why != "" {
			line += ": " + why
		}
		t.bullet(line)
	}
	t.rest(List{More: s.More}, "", link)
}

func (t *textPage) slips(r Report) {
	t.bullets(slipsHeading, mapped(r.Slips, func(s Slip) string { return textName(s.Subject) + ": " + lowerFirst(s.Text) }), r.MoreSlips)
}

func (t *textPage) retro(r *Retro) {
	if r == nil {
		return
	}
	t.heading(retroHeading)
	if r.Question != "" {
		t.paragraph(r.Question)
	}
	for _, s := range r.Starters {
		t.bullet(s)
	}
	t.paragraph(r.Standing)
}

// promiseWidth is as wide as the widest promise, as far as there is room.
func (s StillOpen) promiseWidth() int {
	wide := len("Still open")
	for _, l := range s.Lines {
		wide = max(wide, width(l.Promise))
	}
	return min(wide, columns-bulletWidth-trendWidth-nowWidth)
}

func (t *textPage) line(l Line, wide, top int) {
	lines := strings.Split(strings.TrimSuffix(wrapped(l.Promise, strings.Repeat(" ", columns-wide), strings.Repeat(" ", columns-wide)), "\n"), "\n")
	for n, s := range lines {
		lead := "  "
		if n == 0 {
			lead = "- "
		}
		s = lead + strings.TrimPrefix(s, strings.Repeat(" ", columns-wide))
		if n == len(lines)-1 {
			s = padded(s, bulletWidth+wide+3) + sparkline(l.Trend, top) + padLeft(number(l.Now), nowWidth)
		}
		t.WriteString(s + "\n")
	}
}

func (t *textPage) underLine(l Line, link string) {
	for _, i := range l.Items {
		t.WriteString(wrapped(textSubject(i)+" ("+i.Age+")", "    ", "    "))
	}
	if s := more(l.More, link); s != "" {
		t.WriteString("    " + s + "\n")
	}
}

func (t *textPage) foot(r Report) {
	t.WriteByte('\n')
	t.paragraph(strings.Join(append(r.Data[:len(r.Data):len(r.Data)], r.Why), " "))
	if r.Link != "" && len(r.Link) < columns-len("This week's page: ") {
		t.WriteString("This week's page: " + r.Link + "\n")
	}
}

// textSubject names what an item is about: PAY-231 "Bulk export".
func textSubject(i Item) string { return textName(i.Subject) }

func textName(s Subject) string {
	switch {
	case s.Key == "" && s.Title == "":
		return s.Unnamed()
	case s.Key == "":
		return quoted(isolated(s.Title))
	case s.Title == "" || s.Title == s.Key:
		return isolated(s.Key)
	}
	return isolated(s.Key) + " " + quoted(isolated(s.Title))
}

// beginning is the promise and what was seen, running on from the subject.
func beginning(i Item) string { return joined(agreed(i.Promise), i.Reason) }

// promised is the promise of an item that is told in a line.
func promised(i Item) string {
	if i.Promise == "" {
		return ""
	}
	return ": " + strings.TrimRight(lowerFirst(i.Promise), ".")
}

// letterBody is an item as a letter puts it: what was seen, then the ask.
func letterBody(i Item) string { return joined(i.Reason, i.concerned(), i.Ask) }

func moreLines(s StillOpen) string {
	return fmt.Sprintf("%s with %s", counted(s.MoreLines, "more agreement", "more agreements"),
		counted(s.MoreOpen, "open exception", "open exceptions"))
}

func padLeft(s string, to int) string { return strings.Repeat(" ", max(0, to-width(s))) + s }
