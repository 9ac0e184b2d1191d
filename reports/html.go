package reports

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"sync"
)

//go:embed html.tmpl
var pageSource string

var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"css":       css,
		"number":    number,
		"openPage":  func() string { return OpenPage },
		"itsPage":   func() string { return OpenItsPage },
		"more":      more,
		"passing":   passing,
		"upper":     upperFirst,
		"together":  together,
		"agreed":    func(i Item) string { return upperFirst(agreed(i.Promise)) },
		"promised":  promised,
		"concerned": Item.concerned,
		"moreLines": moreLines,
		"moreOf":    moreOf,
		"left":      func(n int) List { return List{More: n} },
		"builtBy":   func(i ShippedItem) string { return upperFirst(prefixed("built by ", enumerate(i.Builders))) },
		"mattered":  ShippedItem.mattered,
		"headings":  func(of string) string { return headings[of] },
		"full":      func(p page, l List) section { return section{List: l, Link: p.Link} },
		"settled":   func(p page, l List) section { return section{List: l, Link: p.Link, How: "settled"} },
		"agedOut":   func(p page, l List) section { return section{List: l, Link: p.Link, How: "aged out"} },
	}).Parse(pageSource))
})

// mostHTML is the size above which mail programs cut a message off.
const mostHTML = 100_000

// page is what the template lays out.
type page struct {
	Report
	Sheet      template.CSS
	NewHeading string
	AgedOutBy  string
	// ConditionsBy is the heading of Conditions.
	ConditionsBy string
	Lines        []htmlLine
	// Groups are the rows of the organisation's table.
	Groups []htmlLine
	// ShippedBy is the heading of Shipped.
	ShippedBy string
	// Flow and Ends are sections of sentences.
	Flow, Ends sentences
	// Picture is for e-mail alone: a page has the bars.
	Picture *inMail
}

// headings are those that the template asks for.
var headings = map[string]string{
	"agenda": agendaHeading, "teams": teamsHeading, "slips": slipsHeading, "trials": trialsHeading, "retro": retroHeading,
}

// sentences is a section of nothing else.
type sentences struct {
	Heading string
	Texts   []string
	More    int
}

// inMail is the picture as an e-mail shows it: one for light and one for dark
// ground, by their content ids, which are ours.
type inMail struct {
	Light template.URL
	Dark  template.Srcset
	Alt   string
	Width int
}

// section is a list with what its last lines need.
type section struct {
	List
	Link string
	How  string // how the passing ones ended
}

type htmlLine struct {
	Line
	About  string
	Bars   []bar
	Spoken string
}

// bar is one week of a trend.
type bar struct {
	Style  string
	Height int // in pixels
}

// Attributes stand in the bar's tag. The height is a number of ours.
func (b bar) Attributes() template.HTMLAttr {
	return template.HTMLAttr(strings.Replace(string(attributes()[b.Style]), `style="`, fmt.Sprintf(`style="height:%dpx;`, b.Height), 1))
}

// HTML writes the report as one document that is a page and an e-mail: tables
// for layout, styles in the elements, nothing fetched, no script, under 100 kB.
// It is well-formed XML too, so that strict readers agree with lax ones on
// where an element ends.
func HTML(w io.Writer, r Report) error { return laidOut(w, r, nil) }

// laidOut writes the document, with a picture or without.
func laidOut(w io.Writer, r Report, picture *inMail) error {
	var b bytes.Buffer
	for _, d := range details {
		b.Reset()
		p := newPage(r.fitted(d))
		p.Picture = picture
		if err := pageTemplate().Execute(&b, p); err != nil {
			return err
		}
		if b.Len() < mostHTML {
			break
		}
	}
	_, err := w.Write(bytes.TrimLeft(b.Bytes(), "\n")) // what the definitions leave behind
	return err
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

// newPage prepares a report for the template.
func newPage(r Report) page {
	p := page{
		Report: r, Sheet: styleSheet(), NewHeading: newHeading(r), AgedOutBy: agedOutHeading, ConditionsBy: conditionsHeading, ShippedBy: r.Shipped.heading(),
		Lines: htmlLines(r.StillOpen, r.Week.Running),
		Flow:  sentences{Heading: numbersHeading, Texts: mapped(r.Numbers, func(n Number) string { return n.Text })},
		Ends:  sentences{Heading: endingHeading, Texts: mapped(r.Ending, func(e Ending) string { return e.Text }), More: r.MoreEnding},
	}
	if r.Teams != nil {
		p.Groups = htmlLines(r.Teams.asLines(), r.Week.Running)
		for i := range p.Groups {
			p.Groups[i].About = r.Teams.Rows[i].about()
		}
	}
	return p
}

// htmlLines draws the trends of a table on one scale.
func htmlLines(s StillOpen, running bool) []htmlLine {
	var out []htmlLine
	top := s.tallest()
	for _, l := range s.Lines {
		out = append(out, htmlLine{Line: l, Bars: bars(l.Trend, top, running), Spoken: spoken(l.Trend)})
	}
	return out
}

// tallestBar is in pixels.
const tallestBar = 28

// bars draws a trend on the scale of all trends: none is a line on the ground,
// unknown a stub in the colour of lines, an unfinished week an outline.
func bars(trend []*int, top int, running bool) []bar {
	out := make([]bar, len(trend))
	top = max(top, 6)
	for i, n := range trend {
		switch {
		case n == nil:
			out[i] = bar{Style: "unknown", Height: 1}
		case *n == 0:
			out[i] = bar{Style: "bar", Height: 1}
		default:
			out[i] = bar{Style: "bar", Height: max(3, *n*tallestBar/top)}
		}
	}
	if last := len(out) - 1; running && last >= 0 && out[last].Height > 1 {
		out[last].Style = "running"
		out[last].Height--
	}
	return out
}

// together keeps a short age in one piece at the end of a line.
func together(s string) string {
	if len(s) > 24 {
		return s
	}
	return strings.ReplaceAll(s, " ", "\u00a0")
}

// spoken is a trend for someone who listens to the page.
func spoken(trend []*int) string {
	parts := make([]string, len(trend))
	for i, n := range trend {
		parts[i] = "unknown"
		if n != nil {
			parts[i] = strconv.Itoa(*n)
		}
	}
	return "Open at the end of each of 12 weeks: " + strings.Join(parts, ", ")
}
