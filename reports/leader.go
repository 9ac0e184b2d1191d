package reports

import (
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
)

// LeaderInputs is all that a leader's letter is made from.
type LeaderInputs struct {
	// Person is the id of the leader and Name what they are called.
	Person, Name string
	// Week reported on, in the leader's zone, and when the letter is made.
	Week org.Week
	Now  time.Time
	// Location and Locale are those of the leader.
	Location *time.Location
	Locale   string
	// Findings is the whole ledger, in any order. Only what is about an act of the
	// leader is looked at.
	Findings []finding.Finding
	// Told reports whether a finding is told to anybody at all: its agreement is in
	// force, and it is not kept back. nil: every finding is.
	Told func(*finding.Finding) bool
	// Link is the address of a page that shows more; may be empty.
	Link string
}

// ForLeader is who reads a leader's letter: that leader and nobody else.
const ForLeader finding.Audience = "leader"

// mostMirrored is how many sentences stand in a letter.
const mostMirrored = 10

// BuildLeader makes the letter of one leader: the mirror sentences of what is about
// their own acts, opened or still open in the week. Nobody else gets them, and they
// get nobody else's.
func BuildLeader(in LeaderInputs) Report {
	v := newView(Inputs{Team: Team{Location: in.Location, Locale: in.Locale}, Week: in.Week, Now: in.Now})
	r := Report{
		Version: Version, Kind: ToLeader, For: clean(in.Person, nameLength), Week: v.week(), Made: in.Now.UTC().Truncate(time.Second), Reader: ForLeader,
		Team:    TeamName{Name: teamName(Team{ID: in.Person, Name: in.Name}), Zone: v.loc.String()},
		Settled: noItems(), New: noItems(), Reopened: noItems(), AgedOut: noItems(),
		StillOpen: StillOpen{Weeks: []string{}, Lines: []Line{}}, Shipped: Shipped{Items: []ShippedItem{}}, Data: []string{},
		Mirror: []MirrorItem{}, Link: safeURL(in.Link),
		Why: "You get this because it is about your own part in the work, and nobody else gets it. If something was agreed, say so where the ticket is, and it closes.",
	}
	mine := v.mirrored(in)
	for _, f := range mine[:min(mostMirrored, len(mine))] {
		r.Mirror = append(r.Mirror, MirrorItem{ID: f.ID, Subject: subjectOf(&f.Subject), Text: proseSentence(f.Mirror)})
	}
	r.MoreMirror = len(mine) - len(r.Mirror)
	r.Counts.Open = len(slices.DeleteFunc(slices.Clone(mine), func(f *finding.Finding) bool { return !f.OpenAt(v.asOf) }))
	r.Title = title("For you alone", in.Week, r.Week.Days)
	r.Headline = mirrorHeadline(len(mine), r.Counts.Open)
	return r
}

// mirrored are the findings about the leader's acts that were open in the week,
// the latest first.
func (v *view) mirrored(in LeaderInputs) []*finding.Finding {
	var out []*finding.Finding
	for i := range in.Findings {
		f := &in.Findings[i]
		if in.Person == "" || f.Actor != in.Person || f.Mirror == "" || len(f.Spans) == 0 || f.State == finding.Withdrawn {
			continue
		}
		openInWeek := slices.ContainsFunc(f.Spans, func(s finding.Span) bool {
			began := !s.From.After(v.asOf) && (s.To.IsZero() || s.To.After(s.From))
			return began && (s.To.IsZero() || s.To.After(v.before))
		})
		if openInWeek && (in.Told == nil || in.Told(f)) {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b *finding.Finding) int {
		if c := b.OpenSince().Compare(a.OpenSince()); c != 0 {
			return c
		}
		return bySubject(a, b)
	})
	return out
}

func mirrorHeadline(all, open int) string {
	switch {
	case all == 0:
		return "Nothing this week about your own part in the work."
	case all == 1 && open == 1:
		return "One thing may be worth a word with each other."
	case open == 0:
		return fmt.Sprintf("%s came up this week and closed again.", upperFirst(inWords(all)))
	case open == all:
		return upperFirst(inWords(all)) + " things may be worth a word with each other."
	}
	return fmt.Sprintf("%s of %s may still be worth a word with each other.", upperFirst(inWords(open)), inWords(all))
}
