package dashboard

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
)

// waiversPage lists the waivers.
type waiversPage struct {
	Headline string
	Holding  []waiverRow
	Ended    []waiverRow
	Empty    *empty
	Latest   string
	Earliest string
	Next     string // what the form to renew proposes
	Wrong    string
	WrongAt  string // which waiver that is about
}

// waiverRow is a waiver in a list.
type waiverRow struct {
	ID       string
	Covers   string
	Href     string
	Why, By  string
	Until    string
	Renewals string
	Back     string // what it holds back now
	Changes  bool
}

const endedWaivers = 20

// waivers lists what is left alone, and for how long.
func (v *visit) waivers() error { return v.waiversWith(http.StatusOK, "", "") }

func (v *visit) waiversWith(status int, at, wrong string) error {
	all, err := v.s.Data.Waivers(v.r.Context())
	if err != nil {
		return err
	}
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return err
	}
	c := v.clock(nil)
	today := v.now.In(c.loc)
	p := waiversPage{
		Wrong: wrong, WrongAt: at, Earliest: today.Format(time.DateOnly), Latest: today.AddDate(0, 0, longestWaiver).Format(time.DateOnly),
		Next: today.AddDate(0, 0, usualWaiver).Format(time.DateOnly),
	}
	slices.SortStableFunc(all, func(a, b finding.Waiver) int { return a.Expires().Compare(b.Expires()) })
	for i := range all {
		row, ok := v.waiverRow(l, &all[i], c)
		switch {
		case !ok:
		case all[i].HoldsAt(v.now):
			p.Holding = append(p.Holding, row)
		default:
			p.Ended = append(p.Ended, row)
		}
	}
	slices.Reverse(p.Ended)
	p.Ended = p.Ended[:min(len(p.Ended), endedWaivers)]
	p.Headline = "Nothing is waived at the moment."
	if n := len(p.Holding); n > 0 {
		p.Headline = counted(n, "waiver holds", "waivers hold") + "; the next one ends on " + p.Holding[0].Until + "."
	} else if len(p.Ended) == 0 {
		p.Empty = &empty{Title: "A waiver leaves something alone for a while", Text: "It is given from a finding, with a reason and a last day, and whatever it holds back comes back by itself.", Next: link{"/findings", "See what is open"}}
	}
	return v.render(status, "waivers", v.frame("Waivers"), p)
}

// waiverRow is false where nothing of what it covers is for the viewer to see.
func (v *visit) waiverRow(l *Ledger, w *finding.Waiver, c clock) (waiverRow, bool) {
	if !v.seesWaiver(l, w) {
		return waiverRow{}, false
	}
	row := waiverRow{
		ID: w.ID, Covers: upperFirst(scopeText(v, w.Scope)), Why: reports.Clean(w.Reason, textLength), By: v.personName(w.By),
		Until: c.day(w.Expires().Add(-time.Second)), Back: counted(v.heldBack(l, w), "finding", "findings"), Changes: v.changesAll(l, w),
	}
	if f, ok := l.Finding(w.Scope.Finding); ok {
		row.Href, row.Covers = findingHref(f.ID), clean(f.Subject.Key)+": "+reports.Clean(f.Reason, titleLength)
	}
	if w.Renewals > 0 {
		row.Renewals = "renewed " + times(w.Renewals)
	}
	return row, true
}

// seesWaiver reports whether something that a waiver covers is for the viewer to see,
// or it is their own.
func (v *visit) seesWaiver(l *Ledger, w *finding.Waiver) bool {
	b := l.CoveredBy(w, func(f *finding.Finding) bool { return v.access.SeesAudience(f.Team, f.Audience) }, 0)
	return b.All > 0 || w.By == v.viewer.Person || len(b.Teams) == 0 && v.access.Configures()
}

// heldBack is how many findings a waiver holds back now, of those the viewer sees.
func (v *visit) heldBack(l *Ledger, w *finding.Waiver) int {
	held := 0
	l.eachCovered(w, func(f *finding.Finding) {
		if f.State == finding.Waived && v.access.SeesAudience(f.Team, f.Audience) {
			held++
		}
	})
	return held
}

// renewWaiver lets a waiver hold on.
func (v *visit) renewWaiver() error {
	reason, wrong := v.reason()
	end, late := v.until(v.clock(nil).loc)
	if wrong+late != "" {
		return v.waiversWith(http.StatusUnprocessableEntity, v.waiver.ID, firstOf(wrong, late))
	}
	return v.saidOfWaiver(v.s.Changes.Renew(v.r.Context(), v.viewer, v.waiver.ID, reason, end), "renewed")
}

// endWaiver ends it at once.
func (v *visit) endWaiver() error {
	reason, wrong := v.reason()
	if wrong != "" {
		return v.waiversWith(http.StatusUnprocessableEntity, v.waiver.ID, wrong)
	}
	return v.saidOfWaiver(v.s.Changes.EndWaiver(v.r.Context(), v.viewer, v.waiver.ID, reason), "ended")
}

func (v *visit) saidOfWaiver(err error, word string) error {
	var r *Refusal
	if errors.As(err, &r) {
		return v.waiversWith(http.StatusUnprocessableEntity, v.waiver.ID, reports.Clean(r.Text, textLength))
	}
	if err != nil {
		return err
	}
	return v.seeOther("/waivers?done=" + word)
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return inWords(n) + " times"
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// eachCovered hands over everything a waiver covers.
func (l *Ledger) eachCovered(w *finding.Waiver, yield func(*finding.Finding)) {
	l.eachPart(func(part *layout, gone gone) {
		for _, n := range part.mayCover(w) {
			if f := part.all[n]; !gone[n] && w.Covers(&f.Seen) {
				yield(f)
			}
		}
	})
}
