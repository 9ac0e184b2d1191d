package slack

import (
	"cmp"

	"github.com/slack-go/slack"

	"github.com/fairlead-dev/fairlead/reports"
)

// section is a part of the report with its heading.
type section struct {
	heading string
	rows    []row
}

// row is a paragraph, or a bullet at a depth.
type row struct {
	bullet bool
	indent int
	run    run
}

func (s section) lines() int {
	n := 0
	if s.heading != "" {
		n = lines(s.heading, phoneColumns)
	}
	for _, r := range s.rows {
		n += lines(r.run.string(), phoneColumns-2*r.indent)
	}
	return n
}

func (s *section) paragraph(r run) {
	if len(r) > 0 {
		s.rows = append(s.rows, row{run: r})
	}
}

func (s *section) bullet(r run) { s.below(0, r) }

func (s *section) below(indent int, r run) {
	if len(r) > 0 {
		s.rows = append(s.rows, row{bullet: true, indent: indent, run: r})
	}
}

// details are all sections of a report, in the order in which reports are read.
func details(r reports.Report) []section {
	var out []section
	add := func(s section) {
		if len(s.rows) > 0 {
			out = append(out, s)
		}
	}
	add(told("", r.Notes))
	if r.Kind == reports.Reminder {
		add(reminder(r))
		return out
	}
	add(mirror(r.Mirror, r.MoreMirror))
	add(agenda(r.Agenda))
	for _, l := range r.Letters {
		add(letter(l, r.Link))
	}
	add(teams(r.Teams))
	add(short("Settled", r.Settled, "settled", r.Link))
	add(full(r.NewHeading(), r.New, r.Link))
	add(full("Opened again", r.Reopened, r.Link))
	add(conditions(r.Conditions))
	add(stillOpen(r.StillOpen, r.Link))
	add(short(reports.AgedOutHeading, r.AgedOut, "aged out", r.Link))
	add(shipped(r.Shipped, r.Link))
	add(slips(r.Slips, r.MoreSlips))
	add(numbers(r.Numbers))
	add(trials(r.Experiments, r.MoreExperiments))
	add(retro(r.Retro))
	add(ending(r.Ending, r.MoreEnding))
	add(told("About this report", append(r.Data[:len(r.Data):len(r.Data)], r.Why)))
	return out
}

func told(heading string, sentences []string) section {
	s := section{heading: heading}
	for _, t := range sentences {
		s.paragraph(text(t))
	}
	return s
}

// reminder is one finding and why it is told, without headings: it is short
// enough to need none.
func reminder(r reports.Report) section {
	var s section
	for _, i := range r.New.Items {
		s.paragraph(subject(i.Subject).and(text(": " + i.Beginning())).and(bold(lead(i.Ask))).and(itsPage(i)))
	}
	s.paragraph(text(r.Why))
	return s
}

// lead sets a text off from what stands before it.
func lead(s string) string {
	if s == "" {
		return ""
	}
	return " " + s
}

func agenda(all []reports.Topic) section {
	s := section{heading: "To talk about"}
	for _, t := range all {
		s.bullet(text(t.Text))
		for _, about := range t.Subjects {
			s.below(1, subject(about))
		}
	}
	return s
}

func mirror(all []reports.MirrorItem, more int) section {
	var s section // the title says whom it is for
	for _, m := range all {
		s.bullet(text(m.Text + " ").and(subject(m.Subject)))
	}
	s.rest(reports.List{More: more}, "", "")
	return s
}

func letter(l reports.Letter, address string) section {
	s := section{heading: l.Heading}
	s.paragraph(text(l.Opening))
	for _, i := range l.Open.Items {
		s.bullet(text(i.LetterBody() + " ").and(subject(i.Subject)).and(text(", " + i.Age + ".")).and(itsPage(i)))
	}
	s.rest(l.Open, "", address)
	s.led("Settled since: ", l.Settled, "settled", address)
	s.led("Aged out, not settled: ", l.AgedOut, "aged out", address)
	return s
}

// led lists items behind a lead of their own.
func (s *section) led(lead string, l reports.List, how, address string) {
	for _, i := range l.Items {
		s.bullet(bold(lead).and(subject(i.Subject)).and(aged(i.Promised(), i)))
	}
	s.rest(l, how, address)
}

func (s *section) rest(l reports.List, how, address string) {
	for _, t := range l.Rest(how, address) {
		s.bullet(text(t))
	}
}

func short(heading string, l reports.List, how, address string) section {
	s := section{heading: heading}
	for _, i := range l.Items {
		s.bullet(subject(i.Subject).and(aged(i.Promised(), i)))
	}
	s.rest(l, how, address)
	return s
}

func full(heading string, l reports.List, address string) section {
	s := section{heading: heading}
	if len(l.Items) == 0 {
		return s
	}
	for _, i := range l.Items {
		s.bullet(subject(i.Subject).and(text(": " + i.Beginning())).and(bold(lead(i.Ask))).and(text(" " + reports.Capitalised(i.Age) + ".")).and(itsPage(i)))
	}
	s.rest(l, "", address)
	return s
}

// aged says how long it has been open, behind what comes before, and leads to its
// page where it has one.
func aged(before string, i reports.Item) run {
	if i.Page == "" {
		return text(before + " (" + i.Age + ")")
	}
	return text(before + " (").and(link(i.Page, i.Age)).and(text(")"))
}

// itsPage leads to where the finding is told event by event, where that is.
func itsPage(i reports.Item) run {
	if i.Page == "" {
		return nil
	}
	return text(" ").and(link(i.Page, reports.OpenItsPage))
}

func conditions(all []reports.Condition) section {
	s := section{heading: reports.ConditionsHeading}
	for _, c := range all {
		s.bullet(text(c.Text))
	}
	return s
}

func stillOpen(o reports.StillOpen, address string) section {
	s := section{heading: "Still open, over twelve weeks"}
	for _, l := range o.Lines {
		s.bullet(text(o.Sparkline(l.Trend) + "  ").and(bold(reports.Counted(l.Now, "open", "open"))).and(text("  " + cmp.Or(l.Promise, l.Rule))))
		for _, i := range l.Items {
			s.below(1, subject(i.Subject).and(aged("", i)))
		}
		for _, t := range (reports.List{More: l.More}).Rest("", address) {
			s.below(1, text(t))
		}
	}
	s.bullet(text(o.MoreText()))
	if o.Gap != "" && len(s.rows) > 0 {
		s.paragraph(text(o.Gap))
	}
	return s
}

func teams(t *reports.Teams) section {
	s := section{heading: "Teams, over twelve weeks"}
	if t == nil {
		return s
	}
	for _, row := range t.Rows {
		r := text(t.Sparkline(row.Trend) + "  ").and(bold(reports.Counted(row.Open, "open", "open"))).and(text("  " + cmp.Or(row.Team.Name, row.Team.ID)))
		if row.LastWeek != nil {
			r = r.and(text(", last week " + reports.Counted(*row.LastWeek, "open", "open")))
		}
		s.bullet(r)
	}
	s.bullet(text(t.Left()))
	s.paragraph(text(t.Hidden))
	return s
}

func shipped(all reports.Shipped, address string) section {
	s := section{heading: "Shipped"}
	for _, i := range all.Items {
		if i.Why != "" {
			s.heading = "Shipped, and why it mattered"
		}
		r := subject(i.Subject)
		if len(i.Builders) > 0 {
			r = r.and(text(" (" + reports.Enumerated(i.Builders) + ")"))
		}
		if i.Why != "" {
			r = r.and(text(": " + reports.Quoted(i.Why)))
		}
		if i.Purpose != nil {
			r = r.and(text(" (")).and(link(i.Purpose.URL, name(*i.Purpose))).and(text(")"))
		}
		s.bullet(r)
	}
	s.rest(reports.List{More: all.More}, "", address)
	return s
}

func slips(all []reports.Slip, more int) section {
	s := section{heading: "Slipped, and worth a word"}
	for _, slip := range all {
		s.bullet(subject(slip.Subject).and(text(": " + reports.Running(slip.Text))))
	}
	s.rest(reports.List{More: more}, "", "")
	return s
}

func numbers(all []reports.Number) section {
	s := section{heading: "How the work flowed"}
	for _, n := range all {
		s.bullet(text(n.Text))
	}
	return s
}

func trials(all []reports.Trial, more int) section {
	s := section{heading: "Trying out"}
	for _, t := range all {
		verdict := ""
		if t.Verdict != "" {
			verdict = reports.Capitalised(t.Verdict) + "."
		}
		s.bullet(bold(t.Name + ". ").and(text(spaced(t.Text, verdict))))
	}
	s.rest(reports.List{More: more}, "", "")
	return s
}

func retro(r *reports.Retro) section {
	s := section{heading: "For the retro"}
	if r == nil {
		return s
	}
	s.paragraph(text(r.Question))
	for _, t := range r.Starters {
		s.bullet(text(t))
	}
	s.paragraph(text(r.Standing))
	return s
}

func ending(all []reports.Ending, more int) section {
	s := section{heading: "Waivers that end soon"}
	for _, e := range all {
		s.bullet(text(e.Text))
	}
	s.rest(reports.List{More: more}, "", "")
	return s
}

// What one message may hold, with a margin to Slack's limits: 50 blocks, and
// about 13,000 characters of JSON.
const (
	mostBlocks = 45
	heaviest   = 11_000
)

// packed deals sections out to as few messages as take them; a heading is never
// the last thing in one, and a section that runs on says so.
func packed(sections []section) [][]slack.Block {
	var p packer
	for _, s := range sections {
		p.begin(s.heading)
		for _, r := range s.rows {
			p.add(s.heading, r)
		}
		p.end()
	}
	p.next()
	return p.messages
}

type packer struct {
	messages [][]slack.Block
	blocks   []slack.Block // of the message at hand
	weight   int
	elements []slack.RichTextElement // of the block at hand
	filled   bool                    // whether more than a heading stands in it
}

func (p *packer) begin(heading string) {
	p.elements, p.filled = nil, false
	if heading != "" {
		p.put(slack.NewRichTextSection(bold(heading)...))
	}
}

func (p *packer) put(e slack.RichTextElement) {
	p.elements = append(p.elements, e)
	p.weight += weight(e) + 1
}

// add puts a row into the block at hand, or into the next message where it would
// become too heavy.
func (p *packer) add(heading string, r row) {
	const frame = 120 // what surrounds a list and a block
	e := slack.NewRichTextSection(r.run.bounded()...)
	if full := p.weight+weight(e)+frame > heaviest || len(p.blocks) >= mostBlocks; full && (p.filled || len(p.blocks) > 0) {
		if !p.filled {
			p.elements = nil // the heading goes along
		}
		p.end()
		p.next()
		again := heading
		if p.filled && heading != "" {
			again += ", continued"
		}
		p.begin(again)
	}
	p.filled = true
	if !r.bullet {
		p.put(e)
		return
	}
	if last := p.list(r.indent); last != nil {
		last.Elements = append(last.Elements, e)
		p.weight += weight(e) + 1
		return
	}
	p.put(newBullets(r.indent, e))
}

// list is the last element when it is a list at that depth.
func (p *packer) list(indent int) *bulleted {
	if len(p.elements) == 0 {
		return nil
	}
	l, is := p.elements[len(p.elements)-1].(*bulleted)
	if !is || l.Indent != indent {
		return nil
	}
	return l
}

func (p *packer) end() {
	if len(p.elements) > 0 {
		p.blocks = append(p.blocks, slack.NewRichTextBlock("", p.elements...))
		p.weight += 60
	}
	p.elements = nil
}

func (p *packer) next() {
	if len(p.blocks) > 0 {
		p.messages = append(p.messages, p.blocks)
	}
	p.blocks, p.weight = nil, 0
}
