package daemon

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
)

// trail is where everything that ever happened stands, latest first. An entry is put
// into words when a page shows it: there are far more of them than anybody looks at.
type trail struct {
	late []happening // what was said since all else was laid out, and what happened after it
	rest []happening
}

func (t *trail) len() int { return len(t.late) + len(t.rest) }

func (t *trail) at(n int) happening {
	if n < len(t.late) {
		return t.late[n]
	}
	return t.rest[n-len(t.late)]
}

// mostBeside is how much a word may have happened before, and still be added to what
// is laid out: another process may have an earlier clock.
const mostBeside = 256

// with adds words; false where they were said before much else happened.
func (t *trail) with(words []finding.Word, index int) (trail, bool) {
	out := trail{late: slices.Clone(t.late), rest: t.rest}
	for i := range words {
		said := happening{words[i].At.UnixMicro(), saidWord, 0, int32(index + i)} //nolint:gosec // see newTrail
		for n := 0; len(out.rest) > 0 && latestFirst(out.rest[0], said) < 0; n++ {
			if n == mostBeside {
				return trail{}, false
			}
			out.late, out.rest = append(out.late, out.rest[0]), out.rest[1:]
		}
		at, _ := slices.BinarySearchFunc(out.late, said, latestFirst)
		out.late = slices.Insert(out.late, at, said)
	}
	return out, true
}

// happening is a place in the books, and when what stands there happened.
type happening struct {
	at    int64 // microseconds
	kind  happened
	part  uint16 // which stretch of a finding
	index int32  // which finding, word, mute or revision
}

type happened uint8

const (
	beganStretch happened = iota
	endedStretch
	saidWord
	fellSilent
	spokeAgain
	revised
)

// mostStretches is how many stretches of one finding the trail tells of: more than
// anything had.
const mostStretches = 1<<16 - 1

func newTrail(b *books, revisions []toldRevision) trail {
	t := make([]happening, 0, 2*len(b.noticed)+len(b.words)+2*len(b.mutes))
	add := func(at time.Time, kind happened, part, index int) {
		t = append(t, happening{at.UnixMicro(), kind, uint16(part), int32(index)}) //nolint:gosec // bounded by mostStretches and by what fits into memory
	}
	for i := range b.noticed {
		spans := b.noticed[i].Spans
		for n, s := range spans[:min(len(spans), mostStretches)] {
			add(s.From, beganStretch, n, i)
			if _, ended := endedBy[s.End]; ended && !s.To.IsZero() {
				add(s.To, endedStretch, n, i)
			}
		}
	}
	for i := range b.words {
		add(b.words[i].At, saidWord, 0, i)
	}
	for i := range b.mutes {
		add(b.mutes[i].At, fellSilent, 0, i)
		if !b.mutes[i].Lasts() {
			add(b.mutes[i].Lifted, spokeAgain, 0, i)
		}
	}
	for i := range revisions {
		add(revisions[i].At, revised, 0, i)
	}
	slices.SortFunc(t, latestFirst)
	return trail{rest: t}
}

func latestFirst(a, b happening) int {
	return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(a.kind, b.kind), cmp.Compare(a.index, b.index), cmp.Compare(a.part, b.part))
}

var endedBy = map[finding.State]finding.Move{finding.Settled: finding.Settling, finding.AgedOut: finding.Aging, finding.Withdrawn: finding.Leaving}

// Trail tells who changed what, latest first.
func (p *pages) Trail(ctx context.Context, from string, most int) (entries []dashboard.Entry, next string, err error) {
	v, err := p.now(ctx)
	if err != nil {
		return nil, "", err
	}
	begin := v.trail.find(from)
	end := min(begin+max(most, 0), v.trail.len())
	if end < v.trail.len() {
		next = v.trail.place(end)
	}
	for n := begin; n < end; n++ {
		entries = append(entries, p.entry(v, v.trail.at(n)))
	}
	return entries, next, nil
}

// A place in the trail is the moment of the first entry that follows and how many
// of that moment come before it, so that it stays where it is when later entries
// are added.
func (t *trail) place(at int) string {
	n := 0
	for n < at && t.at(at-n-1).at == t.at(at).at {
		n++
	}
	return fmt.Sprintf("%d.%d", t.at(at).at, n)
}

// find finds it again; what is no place is the beginning.
func (t *trail) find(from string) int {
	moment, rest, _ := strings.Cut(from, ".")
	micro, err := strconv.ParseInt(moment, 10, 64)
	n, err2 := strconv.Atoi(rest)
	if err != nil || err2 != nil || n < 0 {
		return 0
	}
	at := sort.Search(t.len(), func(i int) bool { return t.at(i).at <= micro })
	return min(at+min(n, t.len()), t.len())
}

// entry puts what happened into words.
func (p *pages) entry(v *pageView, h happening) dashboard.Entry {
	switch h.kind {
	case beganStretch, endedStretch:
		return noticedEntry(&v.books.noticed[h.index], int(h.part), h.kind == beganStretch)
	case saidWord:
		return p.spoken(v, &v.books.words[h.index])
	case revised:
		return revisedEntry(&v.revisions[h.index])
	}
	return muteEntry(&v.books.mutes[h.index], h.kind == fellSilent)
}

// noticedEntry is what a run noticed when a stretch began or ended.
func noticedEntry(e *finding.Finding, stretch int, begins bool) dashboard.Entry {
	s := e.Spans[stretch]
	m, at := endedBy[s.End], s.To
	if begins {
		if m, at = finding.Reopened, s.From; stretch == 0 {
			m = finding.Opened
		}
	}
	return dashboard.Entry{At: at, What: string(m), Why: whyMoved(m, e), Finding: e.ID, Team: e.Team, Rule: e.Rule}
}

// spoken is what somebody said.
func (p *pages) spoken(v *pageView, w *finding.Word) dashboard.Entry {
	out := dashboard.Entry{At: w.At, By: w.By, Why: w.Reason, Finding: w.Finding}
	scope := w.Scope
	if n := slices.IndexFunc(v.waivers, func(o finding.Waiver) bool { return w.Waiver != "" && o.ID == w.Waiver }); n >= 0 {
		scope = v.waivers[n].Scope
	}
	out.Finding, out.Rule = cmp.Or(out.Finding, scope.Finding), scope.Rule
	if found := noticedOf(&v.books, out.Finding); len(found) > 0 {
		out.Team, out.Rule = found[0].Team, found[0].Rule
	}
	until := lastDay(w.Expires, p.zoneOf(out.Team))
	switch w.Kind {
	case finding.WaivedFor:
		out.What = fmt.Sprintf("waived %s, up to and with %s", v.coversWords(scope), until)
	case finding.RenewedFor:
		out.What = fmt.Sprintf("renewed the waiver for %s, up to and with %s", v.coversWords(scope), until)
	case finding.EndedEarly:
		out.What = "ended the waiver for " + v.coversWords(scope)
	default:
		out.What = spokenWhat[w.Kind]
	}
	return out
}

// lastDay is the last day on which something holds that ends at the moment.
func lastDay(end time.Time, zone *time.Location) string {
	return end.Add(-1).In(zone).Format("Monday 2 January 2006")
}

// coversWords says what a waiver covers, in the words of the pages.
func (v *pageView) coversWords(s finding.Scope) string {
	switch {
	case s.Finding != "":
		for _, e := range noticedOf(&v.books, s.Finding) {
			return fmt.Sprintf("%s (%s)", rules.OneLine(e.Subject.Key), v.ruleTitle(e.Rule))
		}
		return "a finding that is not stored any more"
	case s.Ticket.ID != "":
		return "everything about " + rules.OneLine(cmp.Or(s.Ticket.Key, "a ticket"))
	}
	return fmt.Sprintf("what is noticed of tickets labelled %q (%s)", rules.OneLine(s.Label), v.ruleTitle(s.Rule))
}

// ruleTitle is what a rule looks for, or its id where there is no such rule any more.
func (v *pageView) ruleTitle(id string) string {
	if r, known := v.book.Rule(id); known {
		return rules.OneLine(r.Title)
	}
	return rules.OneLine(id)
}

// revisedEntry is what somebody changed on pages, or in files. The condition of a rule is about how
// fairlead is set up.
func revisedEntry(r *toldRevision) dashboard.Entry {
	out := dashboard.Entry{At: r.At, By: r.By, Why: r.Why, Team: r.Team, Rule: r.Rule, What: r.Text, Configuring: r.kind == store.OfRule}
	what := map[store.RevisionKind]string{store.OfRule: "the rule", store.OfAgreement: "the agreement on"}[r.kind]
	switch {
	case what == "":
	case r.By == "":
		out.What = fmt.Sprintf("found %s %s changed in a file: %s", what, r.name, r.Text)
	default:
		out.What = fmt.Sprintf("changed %s %s: %s", what, r.name, r.Text)
	}
	return out
}

// muteEntry tells when a rule fell silent, or spoke again.
func muteEntry(m *finding.Mute, silent bool) dashboard.Entry {
	if silent {
		return dashboard.Entry{At: m.At, What: "rule fell silent", Why: fmt.Sprintf("%d were new at once, where %.0f a week are usual", m.New, m.Usual), Rule: m.Rule, Configuring: true}
	}
	why := "most of what was kept back is gone"
	if m.Confirmed {
		why = "somebody has had a look"
	}
	return dashboard.Entry{At: m.Lifted, What: "rule speaks again", Why: why, Rule: m.Rule, Configuring: true}
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
	about := v.books.about(e, waivers)
	for _, t := range p.f.trail(&about, e, waivers, moves, p.f.now()) {
		one := dashboard.Entry{At: t.At, By: t.By, What: t.What, Why: t.Why, Finding: id, Team: e.Team, Rule: e.Rule}
		if one.By == runsName {
			one.By = ""
		}
		out = append(out, one)
	}
	return out, nil
}
