package reports

import (
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// fate is what a week did to a finding.
type fate int

const (
	absent   fate = iota // closed all week, or opened only later, or withdrawn in it
	stayed               // open before and at the end
	fresh                // open for the first time
	reopened             // closed before, open at the end
	settled              // open before, settled in the week
	agedOut              // open before, aged out in the week
	answered             // open before, answered in the week
	waived               // open before, waived in the week
	passed               // opened and settled within the week
	lapsed               // opened and aged out within the week
	spokenOf             // opened, and answered or waived, within the week
)

// view is a build's look at its inputs: from which moment to which, and what
// the reader may see.
type view struct {
	in  Inputs
	loc *time.Location
	// lang is how the reader writes dates.
	lang dialect
	// asOf is the last moment that counts, before the last one of the week
	// earlier. Weeks end exclusively, so what begins with the next stays out.
	asOf, before time.Time
	// first is the first evaluation known of; zero when there was none.
	first      time.Time
	agreements map[string]Agreement
	names      sourceNames
}

func newView(in Inputs) view {
	v := view{in: in, loc: in.Team.Location, lang: dialectOf(in.Team.Locale), agreements: map[string]Agreement{}, names: namesOf(in.Sources)}
	if v.loc == nil {
		v.loc = time.UTC
	}
	v.before = in.Week.Start.Add(-1)
	v.asOf = in.Week.End.Add(-1)
	if in.Now.Before(v.asOf) {
		v.asOf = in.Now
	}
	for _, a := range in.Agreements {
		if a.Stage != StageWatch {
			v.agreements[a.Rule] = a
		}
	}
	v.first = firstEvaluation(in)
	return v
}

// firstEvaluation is the earliest moment somebody is known to have looked: a
// flight was counted then, or a finding opened.
func firstEvaluation(in Inputs) time.Time {
	var first time.Time
	earlier := func(at time.Time) {
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	for i := range in.Flights {
		earlier(in.Flights[i].At)
	}
	for i := range in.Findings {
		if len(in.Findings[i].Spans) > 0 {
			earlier(in.Findings[i].FirstSeen())
		}
	}
	return first
}

// known reports whether somebody had looked by the moment, so that none open
// means none rather than unknown.
func (v *view) known(at time.Time) bool { return !v.first.IsZero() && !v.first.After(at) }

// running reports whether the week had not ended when the report was made.
func (v *view) running() bool { return v.in.Now.Before(v.in.Week.End) }

// forWhom lists the findings of the audiences that are reported at all.
func (v *view) forWhom(audiences ...finding.Audience) []*finding.Finding {
	var out []*finding.Finding
	for i := range v.in.Findings {
		f := &v.in.Findings[i]
		if v.reported(f) && !v.keptBack(f) && slices.Contains(audiences, v.audience(f)) {
			out = append(out, f)
		}
	}
	return out
}

// reported reports whether somebody still looks for it, and is told.
func (v *view) reported(f *finding.Finding) bool {
	_, inForce := v.agreements[f.Rule]
	return inForce && len(f.Spans) > 0 && f.State != finding.Withdrawn
}

// audience is who may see the finding: those it was made for, or fewer where the
// team agreed so since.
func (v *view) audience(f *finding.Finding) finding.Audience {
	circles := []finding.Audience{finding.ForEM, finding.ForEMPM, finding.ForTeam, finding.ForOrg}
	told := slices.Index(circles, v.agreements[f.Rule].Tell)
	if made := slices.Index(circles, f.Audience); told >= 0 && told < made {
		return circles[told]
	}
	return f.Audience
}

// fate tells what the week did to the finding. What it did in between two
// equal ends of the week does not count: the report compares Sunday with Sunday.
func (v *view) fate(f *finding.Finding) fate {
	was, is := f.OpenAt(v.before), f.OpenAt(v.asOf)
	switch {
	case was && is:
		return stayed
	case is && f.FirstSeen().After(v.before):
		return fresh
	case is:
		return reopened
	}
	s, ok := lastClosed(f, v.asOf)
	if !ok || !s.To.After(v.before) || s.End == finding.Withdrawn {
		return absent
	}
	if was {
		return fateOf(s.End, settled, agedOut, answered, waived)
	}
	return fateOf(s.End, passed, lapsed, spokenOf, spokenOf)
}

// fateOf chooses by how a stretch ended.
func fateOf(end finding.State, otherwise, aged, answered, waived fate) fate {
	switch end {
	case finding.AgedOut:
		return aged
	case finding.Answered:
		return answered
	case finding.Waived:
		return waived
	}
	return otherwise
}

// sortByFate deals the findings out by what the week did to them.
func (v *view) sortByFate(fs []*finding.Finding) map[fate][]*finding.Finding {
	out := map[fate][]*finding.Finding{}
	for _, f := range fs {
		k := v.fate(f)
		out[k] = append(out[k], f)
	}
	return out
}

// spanAt is the stretch in which the finding was open at the moment; zero when
// it was not. The latest stretch will not do: a past week can be reported on
// again.
func spanAt(f *finding.Finding, at time.Time) finding.Span {
	for _, s := range f.Spans {
		if !at.Before(s.From) && (s.To.IsZero() || at.Before(s.To)) {
			return s
		}
	}
	return finding.Span{}
}

// lastClosed is the latest stretch that had ended by the moment. An empty one,
// noticed while a waiver held, was never open to anybody.
func lastClosed(f *finding.Finding, by time.Time) (finding.Span, bool) {
	for i := len(f.Spans) - 1; i >= 0; i-- {
		if s := f.Spans[i]; !s.To.IsZero() && !s.To.After(by) && !s.Empty() {
			return s, true
		}
	}
	return finding.Span{}, false
}
