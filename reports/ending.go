package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// soonEnds is how long before its end a waiver is told.
const soonEnds = 14 * 24 * time.Hour

// mostEnding is how many waivers are told.
const mostEnding = 5

// ending are the waivers that end within two weeks and hold something back that
// the reader may see. What they hold back of others' is not counted, and where
// there is any the reason is left out, since it may speak of that.
func (v *view) ending() (told []Ending, more int) {
	for i := range v.in.Waivers {
		w := &v.in.Waivers[i]
		if !w.HoldsAt(v.asOf) || w.Expires().After(v.asOf.Add(soonEnds)) {
			continue
		}
		if one, some := v.endingOf(w); some {
			told = append(told, one)
		}
	}
	slices.SortFunc(told, func(a, b Ending) int { return cmp.Or(a.Expires.Compare(b.Expires), strings.Compare(a.Text, b.Text)) })
	more = max(0, len(told)-mostEnding)
	return told[:len(told)-more], more
}

func (v *view) endingOf(w *finding.Waiver) (Ending, bool) {
	var held []*finding.Finding
	narrower := false
	for i := range v.in.Findings {
		f := &v.in.Findings[i]
		if !w.Covers(&f.Seen) || !v.reported(f) {
			continue
		}
		switch seen := slices.Contains(v.readable(), v.audience(f)); {
		case !seen:
			narrower = true
		case f.State == finding.Waived:
			held = append(held, f)
		}
	}
	if len(held) == 0 {
		return Ending{}, false
	}
	slices.SortFunc(held, bySubject)
	e := Ending{Expires: w.Expires().UTC(), Covers: len(held)}
	e.Text = v.endingText(w, held, narrower)
	return e, true
}

func (v *view) endingText(w *finding.Waiver, held []*finding.Finding, narrower bool) string {
	text := v.scope(w, held[0]) + " is waived until " + v.date(w.Expires().Add(-1))
	if !narrower {
		if reason := clean(w.Reason, titleLength); reason != "" {
			text += ", because " + quoted(isolated(reason))
		}
		if name := clean(v.in.Names[w.By], nameLength); name != "" {
			text += " (" + isolated(name) + ")"
		}
	}
	switch w.Renewals {
	case 0:
	case 1:
		text += ", renewed once"
	default:
		text += fmt.Sprintf(", renewed %s times", inWords(w.Renewals))
	}
	if len(held) == 1 {
		return text + ". One exception opens again then, unless it is settled or the waiver renewed."
	}
	return text + fmt.Sprintf(". %s exceptions open again then, unless they are settled or the waiver renewed.", upperFirst(inWords(len(held))))
}

// scope says what a waiver covers.
func (v *view) scope(w *finding.Waiver, first *finding.Finding) string {
	name := textSubject(Item{Subject: subjectOf(&first.Subject)})
	switch {
	case w.Scope.Finding != "":
		return name + " (" + quoted(v.promise(first)) + ")"
	case w.Scope.Label != "":
		return quoted(v.promise(first)) + " for tickets labelled " + quoted(isolated(clean(w.Scope.Label, nameLength)))
	}
	return "Everything about " + name
}
