package daemon

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
)

// Trail tells who changed what, latest first.
func (p *pages) Trail(ctx context.Context, from string, most int) (entries []dashboard.Entry, next string, err error) {
	v, err := p.now(ctx)
	if err != nil {
		return nil, "", err
	}
	all := p.trail(v)
	begin := trailPlace(all, from)
	end := min(begin+max(most, 0), len(all))
	if end < len(all) {
		next = placeInTrail(all, end)
	}
	return all[begin:end], next, nil
}

// A place in the trail is the moment of the first entry that follows and how many
// of that moment come before it, so that it stays where it is when later entries
// are added.
func placeInTrail(all []dashboard.Entry, at int) string {
	n := 0
	for n < at && all[at-n-1].At.Equal(all[at].At) {
		n++
	}
	return fmt.Sprintf("%d.%d", all[at].At.UnixMicro(), n)
}

// trailPlace finds it again; what is no place is the beginning.
func trailPlace(all []dashboard.Entry, from string) int {
	moment, rest, _ := strings.Cut(from, ".")
	micro, err := strconv.ParseInt(moment, 10, 64)
	n, err2 := strconv.Atoi(rest)
	if err != nil || err2 != nil || n < 0 {
		return 0
	}
	at, _ := slices.BinarySearchFunc(all, micro, func(e dashboard.Entry, micro int64) int { return cmp.Compare(micro, e.At.UnixMicro()) })
	return min(at+min(n, len(all)), len(all))
}

// trail is made when a page asks first: it is as long as everything that ever
// happened.
func (p *pages) trail(v *pageView) []dashboard.Entry {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.trail != nil {
		return v.trail
	}
	out := []dashboard.Entry{}
	byID := make(map[finding.ID]*finding.Finding, len(v.books.noticed))
	for i := range v.books.noticed {
		e := &v.books.noticed[i]
		byID[e.ID] = e
		out = append(out, noticedEntries(e)...)
	}
	given := map[string]finding.Scope{}
	for i := range v.books.words {
		out = append(out, p.spoken(v, &v.books.words[i], byID, given))
	}
	for i := range v.books.mutes {
		out = append(out, muteEntries(&v.books.mutes[i])...)
	}
	if v.revisions == nil {
		v.revisions = toldRevisions(v.f.terms())
	}
	for i := range v.revisions {
		out = append(out, revisedEntry(&v.revisions[i]))
	}
	slices.SortStableFunc(out, func(a, b dashboard.Entry) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Finding, b.Finding), cmp.Compare(a.What, b.What))
	})
	v.trail = out
	return out
}

// noticedEntries are what runs noticed of a finding, stretch by stretch.
func noticedEntries(e *finding.Finding) []dashboard.Entry {
	var out []dashboard.Entry
	add := func(m finding.Move, at finding.Span, begins bool) {
		one := dashboard.Entry{At: at.To, What: string(m), Why: whyMoved(m, e), Finding: e.ID, Team: e.Team, Rule: e.Rule}
		if begins {
			one.At = at.From
		}
		out = append(out, one)
	}
	ends := map[finding.State]finding.Move{finding.Settled: finding.Settling, finding.AgedOut: finding.Aging, finding.Withdrawn: finding.Leaving}
	for i, s := range e.Spans {
		begins := finding.Reopened
		if i == 0 {
			begins = finding.Opened
		}
		add(begins, s, true)
		if m, ended := ends[s.End]; ended && !s.To.IsZero() {
			add(m, s, false)
		}
	}
	return out
}

// spoken is what somebody said. given remembers what the waivers cover.
func (p *pages) spoken(v *pageView, w *finding.Word, byID map[finding.ID]*finding.Finding, given map[string]finding.Scope) dashboard.Entry {
	out := dashboard.Entry{At: w.At, By: w.By, Why: w.Reason, Finding: w.Finding}
	scope := w.Scope
	switch w.Kind {
	case finding.WaivedFor:
		given[w.ID] = scope
		out.What = fmt.Sprintf("waived %s until %s", p.f.scopeWords(&v.books, scope), moment(w.Expires))
	case finding.RenewedFor:
		scope = given[w.Waiver]
		out.What = fmt.Sprintf("renewed the waiver for %s until %s", p.f.scopeWords(&v.books, scope), moment(w.Expires))
	case finding.EndedEarly:
		scope = given[w.Waiver]
		out.What = "ended the waiver for " + p.f.scopeWords(&v.books, scope)
	default:
		out.What = spokenWhat[w.Kind]
	}
	out.Finding, out.Rule = cmp.Or(out.Finding, scope.Finding), scope.Rule
	if e := byID[out.Finding]; e != nil {
		out.Team, out.Rule = e.Team, e.Rule
	}
	return out
}

// revisedEntry is what somebody changed on pages. The condition of a rule is about how
// fairlead is set up.
func revisedEntry(r *toldRevision) dashboard.Entry {
	out := dashboard.Entry{At: r.At, By: r.By, Why: r.Why, Team: r.Team, Rule: r.Rule, What: r.Text, Configuring: r.kind == store.OfRule}
	switch r.kind {
	case store.OfRule:
		out.What = fmt.Sprintf("changed the rule %s: %s", r.name, r.Text)
	case store.OfAgreement:
		out.What = fmt.Sprintf("changed the agreement on %s: %s", r.name, r.Text)
	}
	return out
}

// muteEntries tell when a rule fell silent and spoke again.
func muteEntries(m *finding.Mute) []dashboard.Entry {
	out := []dashboard.Entry{{At: m.At, What: "rule fell silent", Why: fmt.Sprintf("%d were new at once, where %.0f a week are usual", m.New, m.Usual), Rule: m.Rule, Configuring: true}}
	if !m.Lasts() {
		why := "most of what was kept back is gone"
		if m.Confirmed {
			why = "somebody has had a look"
		}
		out = append(out, dashboard.Entry{At: m.Lifted, What: "rule speaks again", Why: why, Rule: m.Rule, Configuring: true})
	}
	return out
}

// TrailOf is everything that happened to one finding, oldest first.
func (p *pages) TrailOf(ctx context.Context, id finding.ID) ([]dashboard.Entry, error) {
	v, err := p.now(ctx)
	if err != nil {
		return nil, err
	}
	found := noticedOf(&v.books, id)
	if len(found) == 0 {
		return nil, finding.ErrNotFound
	}
	e := &found[0]
	moves, err := p.f.store.Transitions(ctx, id)
	if err != nil {
		return nil, err
	}
	waivers := slices.DeleteFunc(slices.Clone(v.waivers), func(w finding.Waiver) bool { return !w.Covers(&e.Seen) })
	var out []dashboard.Entry
	for _, t := range p.f.trail(&v.books, e, waivers, moves, p.f.now()) {
		one := dashboard.Entry{At: t.At, By: t.By, What: t.What, Why: t.Why, Finding: id, Team: e.Team, Rule: e.Rule}
		if one.By == runsName {
			one.By = ""
		}
		out = append(out, one)
	}
	return out, nil
}
