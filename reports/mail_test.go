package reports_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	_ "image/png"
	"io"
	"strings"
	"testing"
	"unicode"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

func mail(t testing.TB, r reports.Report) reports.Mail {
	t.Helper()
	m, err := reports.NewMail(r)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func built(t testing.TB, name string) reports.Report {
	t.Helper()
	for _, c := range reporttest.All() {
		if c.Name == name {
			return c.Report
		}
	}
	t.Fatalf("there is no report %q", name)
	return reports.Report{}
}

func TestMailGolden(t *testing.T) {
	for _, name := range []string{"normal-week", "for-the-em", "for-the-pair", "hostile", "organisation", "leader", "reminder", "stale-source"} {
		t.Run(name, func(t *testing.T) {
			m := mail(t, built(t, name))
			golden(t, name+".mail.html", m.HTML)
			golden(t, name+".subject.txt", []byte(m.Subject+"\n"))
		})
	}
}

func TestSubjectsSayTheEssence(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"normal-week", "Payments, week 46: 5 open exceptions, 3 fewer"},
		{"first-report", "Payments, week 46: first report, 5 open exceptions"},
		{"quiet-week", "Payments, week 46: nothing open"},
		{"for-the-em", "Payments, week 46: 5 open exceptions, 3 fewer"},
		{"organisation", "All teams, week 46: 18 open exceptions in 5 teams, 5 fewer"},
		{"leader", "For you alone, week 46: one of two may still be worth a word with each other"},
		{"reminder", `A reminder for Payments: PAY-159 "Retry webhooks sooner" is still open`},
	} {
		if got := mail(t, built(t, c.name)).Subject; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestMailsAreSafeAndSmall(t *testing.T) {
	for _, c := range reporttest.All() {
		m := mail(t, c.Report)
		if len(m.HTML) >= 100_000 {
			t.Errorf("%s: %d bytes", c.Name, len(m.HTML))
		}
		if strings.ContainsFunc(m.Subject, unicode.IsControl) || len([]rune(m.Subject)) > 120 || m.Subject == "" {
			t.Errorf("%s: subject %q", c.Name, m.Subject)
		}
		checkText(t, m.Text)
		shown := shownIn(t, m.HTML)
		if len(m.Pictures) != len(shown) {
			t.Errorf("%s: %d pictures, shown are %q", c.Name, len(m.Pictures), shown)
		}
		for i, p := range m.Pictures {
			if shown[1-i] != "cid:"+p.ID || p.Alt == "" || strings.ContainsFunc(p.ID, func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
				t.Errorf("%s: picture %q with words %q, shown are %q", c.Name, p.ID, p.Alt, shown)
			}
		}
	}
}

// shownIn lists what a mail shows, in the order it stands there.
func shownIn(t *testing.T, page []byte) []string {
	t.Helper()
	var out []string
	d := xml.NewDecoder(bytes.NewReader(page))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		e, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		for _, name := range []string{"src", "srcset"} {
			if v := attr(e, name); v != "" {
				out = append(out, v)
			}
		}
		if e.Name.Local == "img" && attr(e, "alt") == "" {
			t.Error("a picture has no words")
		}
	}
}

func TestPicturesAreSmallAndTheSameEveryTime(t *testing.T) {
	for _, name := range []string{"normal-week", "stale-source", "two-thousand", "hostile", "organisation"} {
		first, again := mail(t, built(t, name)), mail(t, built(t, name))
		if len(first.Pictures) != 2 {
			t.Fatalf("%s: %d pictures, want two", name, len(first.Pictures))
		}
		for i, p := range first.Pictures {
			if !bytes.Equal(p.PNG, again.Pictures[i].PNG) {
				t.Errorf("%s: %s differs from time to time", name, p.ID)
			}
			if len(p.PNG) > 40_000 {
				t.Errorf("%s: %s has %d bytes", name, p.ID, len(p.PNG))
			}
			drawn, _, err := image.Decode(bytes.NewReader(p.PNG))
			if err != nil {
				t.Fatal(err)
			}
			if size := drawn.Bounds().Size(); size.X != 880 || size.Y != 420 {
				t.Errorf("%s: %s is %v", name, p.ID, size)
			}
		}
		if bytes.Equal(first.Pictures[0].PNG, first.Pictures[1].PNG) {
			t.Errorf("%s: light and dark are the same", name)
		}
	}
}

func TestThePictureSaysWhatItShows(t *testing.T) {
	want := `Open exceptions at the end of each week from 2026-W35 to 2026-W46: 4; 5; 6; 6; 6; 5; 5; 5; 3; 5; 8; 5. "Co-written sprint goals" began in 2026-W42.`
	if got := mail(t, built(t, "normal-week")).Pictures[0].Alt; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := mail(t, built(t, "stale-source")).Pictures[0].Alt; !strings.Contains(got, "still running") {
		t.Errorf("%q does not say that the week is running", got)
	}
}

func TestLettersAndFirstReportsHaveNoPicture(t *testing.T) {
	for _, name := range []string{"leader", "reminder", "first-report", "organisation-small"} {
		if m := mail(t, built(t, name)); len(m.Pictures) > 0 || bytes.Contains(m.HTML, []byte("<img")) {
			t.Errorf("%s has a picture", name)
		}
	}
}
