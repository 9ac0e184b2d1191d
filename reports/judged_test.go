package reports_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

// on is a moment by Berlin's clocks.
func on(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, reporttest.Berlin)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestWhatPeopleSaidInTheWeekIsCounted(t *testing.T) {
	saved := reporttest.NormalWeek().Findings[1] // PAY-212, open since 21 October
	answer := func(at string) finding.Word {
		return finding.Word{ID: "a " + at, Kind: finding.AnsweredSo, By: "mina", At: on(t, at), Finding: saved.ID, Reason: "Agreed"}
	}
	back := func(at string) finding.Word {
		return finding.Word{ID: "b " + at, Kind: finding.TookBack, By: "mina", At: on(t, at), Finding: saved.ID}
	}
	waive := func(at, until string) finding.Word {
		return finding.Word{ID: "w", Kind: finding.WaivedFor, By: "mina", At: on(t, at), Expires: on(t, until),
			Scope: finding.Scope{Finding: saved.ID}, Reason: "Later"}
	}
	since := func(from string, to ...string) func(*finding.Finding) {
		return func(f *finding.Finding) {
			f.Spans = []finding.Span{{From: on(t, from)}}
			if len(to) > 0 {
				f.State, f.Spans[0].To, f.Spans[0].End = finding.Settled, on(t, to[0]), finding.Settled
			}
		}
	}
	for _, c := range []struct {
		name   string
		change func(*finding.Finding)
		words  []finding.Word
		want   string
		age    string
	}{
		{"answered", nil, []finding.Word{answer("2026-11-11 12:00")}, "Nothing open, 1 fewer than last week: 1 answered.", ""},
		{"answered, and settled later in the week", since("2026-10-21 12:00", "2026-11-13 12:00"), []finding.Word{answer("2026-11-11 12:00")},
			"Nothing open, 1 fewer than last week: 1 answered.", ""},
		{"answered the week before", nil, []finding.Word{answer("2026-11-05 12:00")}, "Nothing open.", ""},
		{"noticed and answered within the week", since("2026-11-10 12:00"), []finding.Word{answer("2026-11-11 12:00")}, "Nothing open.", ""},
		{"answered, and taken back", nil, []finding.Word{answer("2026-11-05 12:00"), back("2026-11-11 12:00")},
			"1 open exception, 1 more than last week: 1 opened again.", "answer taken back on Wednesday, open again"},
		{"waived", nil, []finding.Word{waive("2026-11-11 12:00", "2026-12-01 00:00")}, "Nothing open, 1 fewer than last week: 1 waived.", ""},
		{"waived before and still", nil, []finding.Word{waive("2026-11-05 12:00", "2026-12-01 00:00")}, "Nothing open.", ""},
		{"a waiver ended as the week began", nil, []finding.Word{waive("2026-10-28 12:00", "2026-11-09 00:00")},
			"1 open exception, 1 more than last week: 1 opened again.", "waived until 8 November, open again"},
		{"a waiver ended within the week", nil, []finding.Word{waive("2026-10-28 12:00", "2026-11-12 00:00")},
			"1 open exception, 1 more than last week: 1 opened again.", "waived until Wednesday, open again"},
		{"waived since it was noticed, until within the week", nil, []finding.Word{waive("2026-10-20 12:00", "2026-11-12 00:00")},
			"1 open exception, 1 more than last week: 1 opened again.", "waived until Wednesday, open again"},
		{"settled while it was waived", since("2026-10-21 12:00", "2026-11-11 12:00"), []finding.Word{waive("2026-10-28 12:00", "2026-12-01 00:00")}, "Nothing open.", ""},
		{"noticed in the week under a waiver", since("2026-11-10 12:00"), []finding.Word{waive("2026-10-28 12:00", "2026-12-01 00:00")}, "Nothing open.", ""},
		{"waived and open again within the week", nil, []finding.Word{waive("2026-11-10 12:00", "2026-11-12 00:00")}, "1 open exception, as many as last week.", "waived until Wednesday, open again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := reporttest.NormalWeek()
			f := saved
			if c.change != nil {
				c.change(&f)
			}
			in.Findings = finding.Judge([]finding.Finding{f}, c.words, in.Now)
			r := reports.Build(in)
			if r.Headline != c.want {
				t.Errorf("headline = %q, want %q", r.Headline, c.want)
			}
			if got := ageOf(r); got != c.age {
				t.Errorf("age = %q, want %q", got, c.age)
			}
			addsUp(t, r)
		})
	}
}

func ageOf(r reports.Report) string {
	items := slices.Concat(r.New.Items, r.Reopened.Items)
	for _, l := range r.StillOpen.Lines {
		items = append(items, l.Items...)
	}
	var ages []string
	for _, i := range items {
		ages = append(ages, i.Age)
	}
	return strings.Join(ages, "; ")
}

func TestEveryWayToCloseAddsUp(t *testing.T) {
	in := reporttest.NormalWeek()
	var words []finding.Word
	for i := range 40 {
		f := reporttest.NormalWeek().Findings[1]
		f.Subject.ID = fmt.Sprint(i)
		f.ID = finding.MakeID(f.Rule, f.Subject, "")
		in.Findings = append(in.Findings, f)
		w := finding.Word{ID: fmt.Sprint(i), Kind: finding.AnsweredSo, At: on(t, "2026-11-11 12:00"), Finding: f.ID}
		if i%3 == 0 {
			w = finding.Word{ID: w.ID, Kind: finding.WaivedFor, At: w.At, Expires: w.At.AddDate(0, 1, 0), Scope: finding.Scope{Finding: f.ID}}
		}
		words = append(words, w)
	}
	in.Findings = finding.Judge(in.Findings, words, in.Now)
	r := reports.Build(in)
	if want := "5 open exceptions, 43 fewer than last week: 1 new, 4 settled, 26 answered, 14 waived."; r.Headline != want {
		t.Errorf("headline = %q, want %q", r.Headline, want)
	}
	addsUp(t, r)
}
