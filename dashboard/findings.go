package dashboard

import (
	"strconv"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// findingsPage is a list of findings.
type findingsPage struct {
	Headline string
	Lead     string
	Facets   []facet
	Chips    []chip
	Items    []item
	Pages    pager
	Exports  []link
	Bars     []bar
	Empty    *empty
}

// pager says which part of a list is shown.
type pager struct {
	First, Last, Total int
	Before, After      link
}

const findingsAPage = 50

// findings lists what the address asks for, of what the viewer may see.
func (v *visit) findings() error {
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return err
	}
	f := v.filter()
	found := l.Find(f.Query, (f.Page-1)*findingsAPage, findingsAPage)
	if last := max(1, (found.Total+findingsAPage-1)/findingsAPage); f.Page > last {
		f.Page = last
		found = l.Find(f.Query, (f.Page-1)*findingsAPage, findingsAPage)
	}
	p := findingsPage{
		Headline: v.sentence(&f, found.Total), Facets: v.facets(&f, &found), Chips: v.chips(&f), Items: v.items(l, found.Items),
		Pages:   pagerOf(&f, found.Total, len(found.Items)),
		Exports: []link{{address("/findings.csv", f.values), "CSV"}, {address("/findings.json", f.values), "JSON"}},
	}
	if found.Total == 0 {
		p.Empty = v.noFindings(l, &f)
	} else {
		p.Bars = v.ageBars(l, &f)
	}
	return v.show("findings", v.frame("Findings"), p)
}

func pagerOf(f *filter, total, shown int) pager {
	p := pager{Total: total}
	if shown == 0 {
		return p
	}
	p.First = (f.Page-1)*findingsAPage + 1
	p.Last = p.First + shown - 1
	to := func(page int) string {
		value := strconv.Itoa(page)
		if page == 1 {
			value = ""
		}
		return address("/findings", with(f.values, "page", value))
	}
	if f.Page > 1 {
		p.Before = link{to(f.Page - 1), "Before"}
	}
	if p.Last < total {
		p.After = link{to(f.Page + 1), "Next"}
	}
	return p
}

// noFindings teaches what an empty list means: when the last one settled, or that
// it is narrowed too far.
func (v *visit) noFindings(l *Ledger, f *filter) *empty {
	if len(f.values) > 0 {
		return &empty{Title: "Nothing is narrowed down to this", Text: "Take one of the conditions away, or look at all open findings.", Next: link{"/findings", "All open findings"}}
	}
	var last time.Time
	l.Each(Query{Sees: f.Sees, State: finding.Settled}, func(one *finding.Finding) bool {
		if to := one.Spans[len(one.Spans)-1].To; to.After(last) {
			last = to
		}
		return true
	})
	if last.IsZero() {
		return &empty{Title: "Nothing has been noticed yet", Text: "Findings stand here after the first check of what the trackers hold.", Next: link{"/data", "See what has been read"}}
	}
	return &empty{Title: "No open exceptions", Text: "The last one settled on " + v.clock(nil).day(last) + ".", Next: link{"/findings?state=settled", "See what settled"}}
}

// bar is a count as a length.
type bar struct {
	Text  string
	Count int
	Wide  string // percent of the longest
	Label string // in place of the count
	Late  bool
}

// ageBars are the findings of the list by how long they have been open.
func (v *visit) ageBars(l *Ledger, f *filter) []bar {
	steps := []struct {
		text    string
		from    time.Duration
		address string
	}{{"less than a week", 0, ""}, {"one week", ages[0].at, "1w"}, {"two to four weeks", ages[1].at, "2w"}, {"four to twelve weeks", ages[2].at, "4w"}, {"twelve weeks or more", ages[3].at, "12w"}}
	counts, most := make([]int, len(steps)), 1
	l.Each(f.Query, func(one *finding.Finding) bool {
		i, age := 0, ageOf(one, l.At)
		for i+1 < len(steps) && age >= steps[i+1].from {
			i++
		}
		counts[i]++
		most = max(most, counts[i])
		return true
	})
	out := make([]bar, len(steps))
	for i, s := range steps {
		out[i] = bar{Text: s.text, Count: counts[i], Wide: coordinate(float64(counts[i]) * 100 / float64(most))}
	}
	return out
}
