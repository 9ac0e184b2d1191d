package slack

import (
	"cmp"
	"unicode/utf16"

	"github.com/slack-go/slack"

	"github.com/fairlead-dev/fairlead/reports"
)

// mostLines is how many lines of a phone the message takes at the most; the
// rest stands in the thread.
const mostLines = 12

// A header is at most four lines, and 150 UTF-16 units: nobody says whether
// Slack counts those or characters.
const (
	longestTitle = 150
	tallestTitle = 4
)

func title(r reports.Report) string {
	t := piece(cmp.Or(r.Title, r.Team.Name, "Weekly report"))
	for n := longestTitle; len(utf16.Encode([]rune(t))) > longestTitle || lines(t, headerColumns) > tallestTitle && n > 5; n -= 5 {
		t = clipped(t, n)
	}
	return t
}

// page collects what stands at the front, as long as there is room.
type page struct {
	blocks []slack.Block
	left   int // lines
}

// newPage begins with title and headline, which are always there.
func newPage(r reports.Report) *page {
	t := title(r)
	p := &page{left: mostLines - lines(t, headerColumns)}
	p.blocks = append(p.blocks, slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, t, false, false)))
	if r.Headline != "" {
		p.paragraph(bold(within(piece(r.Headline), 3)))
	}
	return p
}

func (p *page) paragraph(r run) {
	if len(r) == 0 {
		return
	}
	p.left -= lines(r.string(), phoneColumns)
	p.blocks = append(p.blocks, slack.NewRichTextBlock("", slack.NewRichTextSection(r...)))
}

// offer adds a paragraph cut to at most most lines, if there is room.
func (p *page) offer(s string, most int) {
	s = within(piece(s), min(most, p.left))
	if s != "" && p.left > 0 && lines(s, phoneColumns) <= p.left {
		p.paragraph(text(s))
	}
}

// bullets adds those lines that there is room for.
func (p *page) bullets(all []run) {
	var items []*slack.RichTextSection
	for _, r := range all {
		n := lines("• "+r.string(), phoneColumns)
		if n > p.left {
			continue
		}
		p.left -= n
		items = append(items, slack.NewRichTextSection(r...))
	}
	if len(items) > 0 {
		p.blocks = append(p.blocks, slack.NewRichTextBlock("", newBullets(0, items...)))
	}
}

// front is the message itself: what somebody reads who reads nothing else.
func front(r reports.Report, more string) Post {
	p := newPage(r)
	foot := foot(r, more)
	p.left -= lines(foot.string(), phoneColumns)
	p.offer(r.InFlight, 2)
	for _, n := range r.Notes {
		p.offer(n, 3)
	}
	p.bullets(highlights(r))
	p.paragraph(foot)
	return Post{Text: summary(r), Blocks: p.blocks}
}

// longestSummary is in characters.
const longestSummary = 500

// summary is for notifications.
func summary(r reports.Report) string {
	return escaped(reports.Shortened(spaced(title(r)+":", piece(r.Headline)), longestSummary))
}

func foot(r reports.Report, more string) run {
	f := text(more)
	if r.Link != "" {
		f = f.and(text(" ")).and(link(r.Link, reports.OpenPage))
	}
	return f
}

// whole puts everything into one message where that is short, as reminders are.
func whole(r reports.Report, sections []section) (Message, bool) {
	p := newPage(r)
	p.offer(r.InFlight, 2)
	if r.Link != "" {
		p.left--
	}
	blocks := packed(sections)
	for _, s := range sections {
		p.left -= s.lines()
	}
	if p.left < 0 || len(blocks) > 1 {
		return Message{}, false
	}
	if len(blocks) == 1 {
		p.blocks = append(p.blocks, blocks[0]...)
	}
	if r.Link != "" {
		p.paragraph(link(r.Link, reports.OpenPage))
	}
	return Message{Main: Post{Text: summary(r), Blocks: p.blocks}}, true
}

// highlights are the lines worth a look, what went well first.
func highlights(r reports.Report) []run {
	var h shortlist
	if r.Kind == reports.Reminder {
		for _, i := range r.New.Items {
			h.add(6, subject(i.Subject), ": "+spaced(i.Beginning(), i.Ask))
		}
		return h
	}
	h.led("Settled: ", r.Settled)
	for _, m := range r.Mirror {
		h.add(3, nil, m.Text)
	}
	for _, l := range r.Letters {
		h.letter(l)
	}
	for _, t := range r.Agenda {
		h.add(2, nil, t.Text)
	}
	for _, i := range r.New.Items[:min(2, len(r.New.Items))] {
		h.add(3, bold(r.NewHeading()+": ").and(subject(i.Subject)), ". "+cmp.Or(i.Ask, i.Reason))
	}
	for _, c := range r.Conditions[:min(1, len(r.Conditions))] {
		h.add(2, bold(reports.ConditionsHeading+": "), c.Promise)
	}
	h.led("Opened again: ", r.Reopened)
	if n := len(r.Shipped.Items); n > 0 {
		h.add(2, bold("Shipped: ").and(subject(r.Shipped.Items[0].Subject)), others(n-1+r.Shipped.More))
	}
	if n := len(r.Slips); n > 0 {
		h.add(2, bold("Slipped: ").and(subject(r.Slips[0].Subject)), others(n-1))
	}
	if r.Retro != nil && r.Retro.Question != "" {
		h.add(3, bold("For the retro: "), r.Retro.Question)
	}
	if lines := r.StillOpen.Lines; len(lines) > 0 {
		h.add(2, bold("Still open: "), lines[0].Promise+others(len(lines)-1+r.StillOpen.MoreLines))
	}
	return h
}

type shortlist []run

// add cuts the rest so that the line takes at most most lines of a phone.
func (h *shortlist) add(most int, lead run, rest string) {
	before := "• " + lead.string()
	rest = piece(rest)
	for n := longestSummary; rest != "" && lines(before+rest, phoneColumns) > most; n -= 10 {
		if n <= 0 {
			rest = ""
			break
		}
		rest = clipped(rest, n)
	}
	if r := lead.and(text(rest)); len(r) > 0 {
		*h = append(*h, r)
	}
}

// led is the first of a list, and how many there are beside it.
func (h *shortlist) led(lead string, l reports.List) {
	if len(l.Items) > 0 {
		i := l.Items[0].Subject
		h.add(2, bold(lead).and(link(i.URL, name(i))), others(len(l.Items)-1+l.More))
	}
}

// letter is the first item of a letter, or its opening where none is open.
func (h *shortlist) letter(l reports.Letter) {
	lead := bold(l.Heading + ": ")
	if len(l.Open.Items) == 0 {
		h.add(2, lead, l.Opening)
		return
	}
	first := l.Open.Items[0]
	rest := ". " + cmp.Or(first.Ask, first.Reason)
	if n := len(l.Open.Items) - 1 + l.Open.More; n > 0 {
		rest = others(n)
	}
	h.add(2, lead.and(subject(first.Subject)), rest)
}

func name(s reports.Subject) string {
	name, _ := s.Names()
	return name
}

func others(n int) string {
	if n == 0 {
		return ""
	}
	return " and " + reports.InWords(n) + " more"
}
