package reports_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/trends"
)

func TestAnUnknownFormatIsRefused(t *testing.T) {
	err := reports.Render(&bytes.Buffer{}, reports.Report{}, "pdf")
	if err == nil || !strings.Contains(err.Error(), `"pdf"`) || !strings.Contains(err.Error(), "markdown") {
		t.Errorf("err = %v, want one that names pdf and the formats there are", err)
	}
}

// full is a writer with no room.
type full struct{}

var errFull = errors.New("no room")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAWriterWithoutRoomIsTold(t *testing.T) {
	for _, f := range reports.Formats() {
		if err := reports.Render(full{}, reports.Build(reporttest.NormalWeek()), f); !errors.Is(err, errFull) {
			t.Errorf("%s: err = %v, want %v", f, err, errFull)
		}
	}
}

func TestRenderingTwiceGivesTheSame(t *testing.T) {
	for _, c := range reporttest.All() {
		r := c.Report
		for _, f := range reports.Formats() {
			if !bytes.Equal(render(t, r, f), render(t, r, f)) {
				t.Errorf("%s as %s differs from time to time", c.Name, f)
			}
		}
	}
}

func TestAnEmptyReportCanBeRendered(t *testing.T) {
	for _, f := range reports.Formats() {
		render(t, reports.Report{}, f)
		render(t, reports.Build(reports.Inputs{}), f)
	}
}

func TestTextIsAtMost80ColumnsWide(t *testing.T) {
	for _, c := range reporttest.All() {
		t.Run(c.Name, func(t *testing.T) { checkText(t, render(t, c.Report, reports.FormatText)) })
	}
}

// checkText looks for what a terminal would obey or show wrapped.
func checkText(t testing.TB, text []byte) {
	t.Helper()
	if !utf8.Valid(text) {
		t.Errorf("not UTF-8: %q", text)
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if n := uniseg.StringWidth(line); n > 80 {
			t.Errorf("%d columns: %q", n, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("spaces at the end of %q", line)
		}
		for _, r := range line {
			if unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r == 0x2066 || r == 0x2067 {
				t.Errorf("%U in %q", r, line)
			}
		}
	}
}

func TestTextThatRunsRightToLeftIsIsolated(t *testing.T) {
	in := reporttest.FewTickets()
	in.Findings[0].Subject.Title = "שלום 123"
	for _, f := range []reports.Format{reports.FormatText, reports.FormatMarkdown} {
		if got := string(render(t, reports.Build(in), f)); !strings.Contains(got, "\u2068שלום 123\u2069") {
			t.Errorf("%s does not isolate the title:\n%s", f, got)
		}
	}
	if got := string(render(t, reports.Build(in), reports.FormatHTML)); !strings.Contains(got, "<bdi>שלום 123</bdi>") {
		t.Errorf("HTML does not isolate the title:\n%s", got)
	}
}

// written is a week with one new, one old and one settled finding, all with
// texts that a fuzzer wrote.
func written(title, reason, address, name string) reports.Inputs {
	in := reporttest.NormalWeek()
	in.Reader = finding.ForEM
	in.Team.Name, in.Link = name, address
	in.Findings = append(in.Findings, reporttest.ForTheEM().Findings...)
	in.Agreements = append([]reports.Agreement{}, in.Agreements...)
	in.Agreements[0].Promise, in.Agreements[1].Trouble = reason, title
	in.Sources = []reports.Health{{Name: name, LastRead: in.Now, Gaps: []string{title, name}}}
	for i := range in.Findings {
		s := &in.Findings[i].Seen
		s.Subject.Title, s.Subject.URL, s.Reason, s.Ask = title, address, reason, name
		s.Tickets = append(s.Tickets, title, name)
		if i%3 == 0 {
			s.Subject.Key = name
		}
	}
	why := reports.Piece{Source: name, ID: title, Key: reason, Title: title, URL: address}
	in.Finished = append(in.Finished, reports.Finished{Piece: reports.Piece{Key: name, Title: reason, URL: address}, Builders: []string{name, title}, Purpose: &why})
	in.Slipped = append(in.Slipped, reports.Slipped{Piece: why, Times: 2, Into: title}, reports.Slipped{Piece: why, Times: 4, To: ticket.Date(name)})
	in.Trials = append(in.Trials, reports.TrialInput{Name: title, Began: in.Week.Start, Sentence: reason, Verdict: name})
	in.Names = map[string]string{"lee": name}
	for i := range in.Waivers {
		in.Waivers[i].Reason = reason
	}
	for i := range in.Snapshots {
		in.Snapshots[i].Values[trends.Outside(title)] = float64(i * i * len(reason))
	}
	return in
}

func addSeeds(f *testing.F) {
	titles, urls := reporttest.HostileTitles(), reporttest.HostileURLs()
	for i, title := range titles {
		f.Add(title, titles[(i+1)%len(titles)], urls[i%len(urls)], titles[(i+2)%len(titles)])
	}
	f.Add("a", "b", "https://acme.example/", "Payments")
}

func FuzzHTML(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, title, reason, address, name string) {
		page := render(t, reports.Build(written(title, reason, address, name)), reports.FormatHTML)
		parsed(t, page)
		if len(page) >= 100_000 {
			t.Errorf("%d bytes", len(page))
		}
	})
}

func FuzzText(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, title, reason, address, name string) {
		checkText(t, render(t, reports.Build(written(title, reason, address, name)), reports.FormatText))
	})
}

func FuzzMarkdownReport(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, title, reason, address, name string) {
		text := string(render(t, reports.Build(written(title, reason, address, name)), reports.FormatMarkdown))
		for line := range strings.Lines(text) {
			checkMarkdown(t, strings.TrimSuffix(line, "\n"))
		}
	})
}

// checkMarkdown walks over a line: outside of escapes nothing may open an
// element or a link but our own links to checked addresses.
func checkMarkdown(t *testing.T, line string) {
	t.Helper()
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '`', '&', '~', '$':
			t.Errorf("%q works at %d in %q", line[i], i, line)
		case '<':
			end := strings.Index(line[i:], ">)")
			if i < 2 || line[i-2:i] != "](" || end < 0 || !strings.HasPrefix(line[i+1:], "http") {
				t.Errorf("an element opens at %d in %q", i, line)
				return
			}
			i += end
		case '@':
			if i+1 < len(line) && line[i+1] < utf8.RuneSelf && line[i+1] != ' ' {
				t.Errorf("somebody may be mentioned at %d in %q", i, line)
			}
		}
	}
}

func FuzzJSON(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, title, reason, address, name string) {
		var back reports.Report
		text := render(t, reports.Build(written(title, reason, address, name)), reports.FormatJSON)
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if again := render(t, back, reports.FormatJSON); !bytes.Equal(again, text) {
			t.Errorf("read back it is %s, want %s", again, text)
		}
	})
}

// Some trackers let a sprint go without a name; its link must still be seen.
func TestWhatHasNoNameIsSaidToHaveNone(t *testing.T) {
	for _, address := range []string{"", "https://acme.example/sprint/7"} {
		in := reporttest.NormalWeek()
		for i := range in.Findings {
			s := &in.Findings[i].Subject
			s.Kind, s.Key, s.Title, s.URL = finding.AboutSprint, "", "", address
		}
		for _, f := range []reports.Format{reports.FormatText, reports.FormatMarkdown, reports.FormatHTML} {
			if got := string(render(t, reports.Build(in), f)); !strings.Contains(got, "A sprint without a name") {
				t.Errorf("%s does not name the sprint:\n%s", f, got)
			}
		}
	}
}

func TestAPageBeginsAtOnce(t *testing.T) {
	if got := render(t, reports.Build(reporttest.NormalWeek()), reports.FormatHTML); !bytes.HasPrefix(got, []byte("<!DOCTYPE html>")) {
		t.Errorf("the page begins with %q", got[:20])
	}
}
