package reports_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

// elements are those that our templates write, with their attributes.
var elements = map[string][]string{
	"html": {"lang"}, "head": nil, "meta": {"charset", "name", "content"}, "title": nil, "style": nil,
	"body": {"class", "style"}, "div": {"class", "style"}, "span": {"class", "style"}, "p": {"class", "style"}, "bdi": nil,
	"h1": {"class", "style"}, "h2": {"class", "style"}, "h3": {"class", "style"}, "ul": {"class", "style"}, "li": {"class", "style"},
	"a":     {"href", "class", "style"},
	"table": {"role", "aria-label", "width", "cellpadding", "cellspacing", "border", "class", "style"},
	"thead": nil, "tbody": nil, "tr": {"valign"}, "th": {"scope", "class", "style"}, "td": {"align", "colspan", "class", "style"},
}

// parsed reads a page as strict XML, which refuses anything left open or
// unescaped, and checks that every element and attribute is one of ours.
func parsed(t testing.TB, page []byte) []xml.StartElement {
	t.Helper()
	var out []xml.StartElement
	d := xml.NewDecoder(bytes.NewReader(page))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("the page is not well-formed: %v\n%s", err, page)
		}
		if e, ok := tok.(xml.StartElement); ok {
			checkElement(t, e)
			out = append(out, e.Copy())
		}
	}
}

func checkElement(t testing.TB, e xml.StartElement) {
	t.Helper()
	allowed, ok := elements[e.Name.Local]
	if !ok {
		t.Errorf("element %q is not ours", e.Name.Local)
	}
	for _, a := range e.Attr {
		if !slices.Contains(allowed, a.Name.Local) {
			t.Errorf("attribute %s of %s is not ours", a.Name.Local, e.Name.Local)
		}
		if a.Name.Local == "href" && !strings.HasPrefix(a.Value, "https://") && !strings.HasPrefix(a.Value, "http://") {
			t.Errorf("a link leads to %q", a.Value)
		}
		if a.Name.Local == "style" && strings.ContainsAny(a.Value, "<>{}\\") {
			t.Errorf("style %q", a.Value)
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func TestPagesAreMadeOfOurElementsOnly(t *testing.T) {
	for _, c := range reporttest.All() {
		t.Run(c.Name, func(t *testing.T) { parsed(t, render(t, c.Report, reports.FormatHTML)) })
	}
}

func TestAHostileWeekHasTheStructureOfAHarmlessOne(t *testing.T) {
	hostile, harmless := reporttest.Hostile(), reporttest.Hostile()
	for i := range harmless.Findings {
		s := &harmless.Findings[i].Seen
		if s.Subject.Title != "" {
			s.Subject.Title = "A title"
		}
		if s.Ask != "" {
			s.Ask = "An ask."
		}
		s.Reason = "A reason."
	}
	harmless.Team.Name = "Payments"
	shape := func(in reports.Inputs) (out []string) {
		for _, e := range parsed(t, render(t, reports.Build(in), reports.FormatHTML)) {
			out = append(out, e.Name.Local+" "+attr(e, "class"))
		}
		return out
	}
	if got, want := shape(hostile), shape(harmless); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPagesFetchNothing(t *testing.T) {
	for _, c := range reporttest.All() {
		page := string(render(t, c.Report, reports.FormatHTML))
		for _, e := range parsed(t, []byte(page)) {
			if attr(e, "src") != "" || e.Name.Local == "link" || e.Name.Local == "script" || strings.Contains(attr(e, "style"), "url(") {
				t.Errorf("%s: %v fetches something", c.Name, e)
			}
		}
		sheet, _, _ := strings.Cut(page, "</style>")
		if strings.Contains(sheet, "url(") || strings.Contains(sheet, "@import") {
			t.Errorf("%s: the sheet fetches something", c.Name)
		}
	}
}

func TestPagesCanBeListenedTo(t *testing.T) {
	for _, c := range reporttest.All() {
		r := c.Report
		level, tables := 0, 0
		for _, e := range parsed(t, render(t, r, reports.FormatHTML)) {
			switch name := e.Name.Local; name {
			case "html":
				if attr(e, "lang") != "en" {
					t.Errorf("%s: language %q", c.Name, attr(e, "lang"))
				}
			case "h1", "h2", "h3":
				next := int(name[1] - '0')
				if next > level+1 {
					t.Errorf("%s: h%d follows h%d", c.Name, next, level)
				}
				level = next
			case "table":
				switch role := attr(e, "role"); role {
				case "":
					tables++
				case "img":
					if attr(e, "aria-label") == "" {
						t.Errorf("%s: a trend has no words", c.Name)
					}
				case "presentation":
				default:
					t.Errorf("%s: a table has the role %q", c.Name, role)
				}
			case "th":
				if attr(e, "scope") == "" {
					t.Errorf("%s: a header cell says not what it heads", c.Name)
				}
			}
		}
		want := min(1, len(r.StillOpen.Lines))
		if r.Teams != nil {
			want += min(1, len(r.Teams.Rows))
		}
		if tables != want {
			t.Errorf("%s: %d tables of data, want %d", c.Name, tables, want)
		}
		if level == 0 {
			t.Errorf("%s has no heading", c.Name)
		}
	}
}

func TestPagesAreSmallEnoughForMail(t *testing.T) {
	for name, in := range map[string]reports.Inputs{"two thousand": reporttest.Crowded(2000), "everything as long as can be": longest()} {
		page := render(t, reports.Build(in), reports.FormatHTML)
		if len(page) >= 100_000 {
			t.Errorf("%s: %d bytes", name, len(page))
		}
		parsed(t, page)
	}
}

// longest is a report in which every list is full and every text as long as
// can be, in characters that take the most room once escaped.
func longest() reports.Inputs {
	in := reporttest.Crowded(3000)
	in.Reader = finding.ForEM
	wide := strings.Repeat(`"`, 1000)
	in.Agreements = nil
	for i := range in.Findings {
		f := &in.Findings[i]
		f.Rule = fmt.Sprintf("rule-%d", i%40)
		f.Subject.Title, f.Reason, f.Ask = wide, wide, wide
		f.Subject.URL = "https://acme.example/" + strings.Repeat("&", 470)
		f.Audience = []finding.Audience{finding.ForTeam, finding.ForTeam, finding.ForEM, finding.ForEMPM}[i%4]
		if i < 40 {
			in.Agreements = append(in.Agreements, reports.Agreement{Rule: f.Rule, Promise: wide, Stage: reports.StageReport, Trouble: wide})
		}
	}
	return in
}

var colour = regexp.MustCompile(`#[0-9A-Fa-f]{6}\b`)

func TestPagesUseTheTokensOnly(t *testing.T) {
	known := "#FBFAF7 #1D2433 #5B6475 #E3E0D8 #1F5FA8 #9A5B00 #2F6B4F #14171D #E8E6E1 #A3A9B5 #2B313B #8DBBF0 #E5B567 #8CCBA8"
	page := string(render(t, reports.Build(reporttest.StaleSource()), reports.FormatHTML))
	for _, c := range colour.FindAllString(page, -1) {
		if !strings.Contains(known, c) {
			t.Errorf("colour %s is none of the tokens", c)
		}
	}
}
