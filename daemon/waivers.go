package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
)

// Waived tells of a waiver. Texts are fit for a terminal.
type Waived struct {
	ID       string    `json:"id"`
	Covers   string    `json:"covers"` // in words
	Finding  string    `json:"finding,omitempty"`
	Source   string    `json:"source,omitempty"` // with ticket
	Ticket   string    `json:"ticket,omitempty"` // the key of the ticket
	Rule     string    `json:"rule,omitempty"`   // with label
	Label    string    `json:"label,omitempty"`
	By       string    `json:"by"`
	ByName   string    `json:"by_name"`
	Why      string    `json:"why"`
	Given    time.Time `json:"given"`
	Until    time.Time `json:"until"`    // exclusive
	State    string    `json:"state"`    // holds, expired or ended
	Renewals int       `json:"renewals"` // how often it was renewed
	Now      int       `json:"now"`      // how many findings it holds back now
}

// Breadth is how much a waiver would cover.
type Breadth struct {
	Open  int         `json:"open"` // findings that are open now
	Teams []TeamCount `json:"teams,omitempty"`
	// ForEM is how many of those an EM alone is told of: a waiver holds them back
	// from the EM too, whoever gives it.
	ForEM int `json:"for_em,omitempty"`
	// Lately is how many were open under it at some time of the last 12 weeks.
	Lately int       `json:"lately"`
	Some   []Noticed `json:"some,omitempty"` // of those that are open, at most five
	// Labels are those that findings of the rule have had, where none has the label
	// asked for.
	Labels []string `json:"labels,omitempty"`
}

// TeamCount is how many findings a team has; work that no team owns has an empty
// team.
type TeamCount struct {
	Team string `json:"team"`
	N    int    `json:"open"`
}

// WaiveRequest says what to waive, and until when. One of Finding, Ticket, and Rule
// with Label is set.
type WaiveRequest struct {
	Finding, Ticket, Rule, Label string
	Until                        string // a day, or like 6 weeks
	Reason                       string
	Speaker
}

// WaiverPlan is a waiver that is not saved yet.
type WaiverPlan struct {
	Waiver  Waived  `json:"waiver"`
	Breadth Breadth `json:"breadth"`
	Saved   bool    `json:"saved"`
	word    finding.Word
}

// lately is how far back a waiver's breadth is told: as far as a trend.
const lately = replayedWeeks * aWeek

// PlanWaiver works out what a waiver would cover. It stores nothing.
func (f *Fairlead) PlanWaiver(ctx context.Context, ask WaiveRequest) (WaiverPlan, error) {
	by, err := f.speaker(ask.Speaker)
	if err != nil {
		return WaiverPlan{}, err
	}
	reason, err := reasonGiven(ask.Reason)
	if err != nil {
		return WaiverPlan{}, err
	}
	b, err := f.readLedger(ctx)
	if err != nil {
		return WaiverPlan{}, err
	}
	scope, err := f.scopeAsked(ctx, &b, &ask)
	if err != nil {
		return WaiverPlan{}, err
	}
	w := finding.Word{Kind: finding.WaivedFor, By: by, Reason: reason, Scope: scope}
	if w.Expires, err = waiverEnd(ask.Until, f.now(), f.zoneOf(ctx, &b, scope)); err != nil {
		return WaiverPlan{}, err
	}
	return f.planned(&b, w)
}

// notWaivedYet refuses to waive the same twice.
func (f *Fairlead) notWaivedYet(b *books, scope finding.Scope) error {
	for _, w := range finding.Waivers(b.words) {
		if w.HoldsAt(f.now()) && w.Scope.Same(scope) {
			return requestError{fmt.Sprintf("a waiver for %s holds already, until %s", f.scopeWords(b, scope), moment(w.Expires())),
				fmt.Sprintf("renew it: fairlead waivers renew %s --until … --reason …", w.ID)}
		}
	}
	return nil
}

// planned is a waiver that would be given now, with what it would cover.
func (f *Fairlead) planned(b *books, w finding.Word) (WaiverPlan, error) {
	if err := f.notWaivedYet(b, w.Scope); err != nil {
		return WaiverPlan{}, err
	}
	now, scope := f.now(), w.Scope
	w.At = now
	return WaiverPlan{Waiver: f.waived(b, &finding.Waivers([]finding.Word{w})[0], now), Breadth: b.breadth(scope, now), word: w}, nil
}

// Waive saves a waiver that was planned.
func (f *Fairlead) Waive(ctx context.Context, p WaiverPlan) (WaiverPlan, error) {
	b, err := f.readNoticed(ctx)
	if err != nil {
		return p, err
	}
	w, err := f.give(ctx, &b, p.word)
	if err != nil {
		return p, err
	}
	b.words = append(b.words, w)
	p.Waiver, p.Saved = f.waived(&b, &finding.Waivers([]finding.Word{w})[0], w.At), true
	return p, nil
}

// give keeps the word that gives a waiver.
func (f *Fairlead) give(ctx context.Context, b *books, w finding.Word) (finding.Word, error) {
	if !w.Expires.After(f.now()) {
		return w, requestError{"its day ended while you looked at it", "choose a later day"}
	}
	return f.say(ctx, b, w, func(*finding.Word) bool { return false })
}

// scopeAsked is what is to be waived.
func (f *Fairlead) scopeAsked(ctx context.Context, b *books, ask *WaiveRequest) (finding.Scope, error) {
	var asked []string
	for _, one := range []string{ask.Finding, ask.Ticket, ask.Rule + ask.Label} {
		if one != "" {
			asked = append(asked, one)
		}
	}
	switch {
	case len(asked) != 1:
		return finding.Scope{}, requestError{"it is not clear what to waive", "name a finding, or a ticket with --ticket, or a rule with --rule and --label"}
	case ask.Finding != "":
		e, err := b.theOne(ask.Finding, finding.Open)
		if err == nil && e.State != finding.Open {
			err = f.notThere(b, &e, finding.Open)
		}
		return finding.Scope{Finding: e.ID}, err
	case ask.Ticket != "":
		return f.ticketScope(ctx, ask.Ticket)
	case ask.Rule == "" || strings.TrimSpace(ask.Label) == "":
		return finding.Scope{}, requestError{"a rule is only waived for tickets with a label", "name both --rule and --label; to switch a rule off, see fairlead agreements"}
	}
	if _, known := f.book().Rule(ask.Rule); !known {
		return finding.Scope{}, unknownRule(f.book(), ask.Rule)
	}
	return finding.Scope{Rule: ask.Rule, Label: strings.TrimSpace(ask.Label)}, nil
}

func (f *Fairlead) ticketScope(ctx context.Context, key string) (finding.Scope, error) {
	var found []finding.TicketScope
	var sources []string
	for _, source := range f.SourceNames() {
		t, err := f.ticketNamed(ctx, source, key)
		switch {
		case err == nil:
			found, sources = append(found, finding.TicketScope{Source: source, ID: t.ID, Key: t.Key}), append(sources, source)
		case !errors.Is(err, store.ErrNotFound):
			return finding.Scope{}, err
		}
	}
	switch len(found) {
	case 0:
		return finding.Scope{}, requestError{fmt.Sprintf("no ticket %q is stored", rules.OneLine(key)), "write its key as the tracker does"}
	case 1:
		return finding.Scope{Ticket: found[0]}, nil
	}
	return finding.Scope{}, requestError{fmt.Sprintf("%q is a ticket in %s", rules.OneLine(key), list(sources, "and")), "waive what is open about one of them by its finding: fairlead findings list"}
}

// zoneOf is the zone in which a waiver's days are told: that of the teams it
// concerns, and UTC where they have several or there is none.
func (f *Fairlead) zoneOf(ctx context.Context, b *books, scope finding.Scope) *time.Location {
	concerned := map[string]bool{}
	for i := range b.noticed {
		if scope.Covers(&b.noticed[i].Seen) {
			concerned[b.noticed[i].Team] = true
		}
	}
	if id := scope.Ticket; id.ID != "" {
		if t, err := f.ticketNamed(ctx, id.Source, id.Key); err == nil {
			work := org.Work{JiraProject: t.Project, JiraComponents: t.Components, JiraBoards: t.Boards, LinearTeam: t.Team}
			if owner, owned := f.cfg().Directory.OwnerAt(work, f.now()); owned {
				concerned[owner.ID] = true
			}
		}
	}
	var zone *time.Location
	for _, team := range f.cfg().Directory.Teams() {
		if !concerned[team.ID] && (scope.Rule == "" || !f.book().Has(team.ID, scope.Rule)) || team.Location == nil {
			continue
		}
		if zone != nil && zone.String() != team.Location.String() {
			return time.UTC
		}
		zone = team.Location
	}
	return cmp.Or(zone, time.UTC)
}

// breadth is what the scope covers now, and covered lately.
func (b *books) breadth(scope finding.Scope, now time.Time) Breadth {
	var out Breadth
	teams, labels := map[string]int{}, map[string]bool{}
	some := false
	for i := range b.findings {
		e := &b.findings[i]
		if e.Rule == scope.Rule {
			for _, l := range e.Labels {
				labels[rules.OneLine(l)] = true
			}
		}
		if !scope.Covers(&e.Seen) {
			continue
		}
		some = true
		if e.OpenWithin(now.Add(-lately), now) {
			out.Lately++
		}
		if e.State == finding.Open {
			out.Open++
			teams[e.Team]++
			if e.Audience == finding.ForEM {
				out.ForEM++
			}
			out.Some = append(out.Some, noticed(e))
		}
	}
	for team, n := range teams {
		out.Teams = append(out.Teams, TeamCount{team, n})
	}
	slices.SortFunc(out.Teams, func(a, b TeamCount) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Team, b.Team)) })
	slices.SortFunc(out.Some, func(a, b Noticed) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) })
	out.Some = out.Some[:min(len(out.Some), 5)]
	if !some {
		for l := range labels {
			out.Labels = append(out.Labels, l)
		}
		slices.Sort(out.Labels)
	}
	return out
}

// waived tells of one waiver as it is at the moment.
func (f *Fairlead) waived(b *books, w *finding.Waiver, at time.Time) Waived {
	return f.waivedBy(b, w, finding.Held(b.noticed, b.words, at), at)
}

func (f *Fairlead) waivedBy(b *books, w *finding.Waiver, held func(finding.Scope) int, at time.Time) Waived {
	s := w.Scope
	out := Waived{
		ID: w.ID, Covers: f.scopeWords(b, s), Finding: string(s.Finding), Source: s.Ticket.Source, Ticket: rules.OneLine(s.Ticket.Key), Rule: s.Rule, Label: rules.OneLine(s.Label),
		By: rules.OneLine(w.By), ByName: f.nameOf(w.By), Why: rules.Paragraph(w.Reason), Given: w.Given(), Until: w.Expires(), State: "holds", Renewals: w.Renewals,
	}
	switch {
	case w.HoldsAt(at):
		out.Now = held(s)
	case w.Ended:
		out.State = "ended"
	default:
		out.State = "expired"
	}
	return out
}

// scopeWords says what a waiver covers.
func (f *Fairlead) scopeWords(b *books, s finding.Scope) string {
	switch {
	case s.Finding != "":
		for _, e := range noticedOf(b, s.Finding) {
			return fmt.Sprintf("finding %s, %s about %s", e.ID, e.Rule, rules.OneLine(e.Subject.Key))
		}
		return "finding " + string(s.Finding)
	case s.Ticket.ID != "":
		return "everything about " + rules.OneLine(s.Ticket.Key)
	}
	return fmt.Sprintf("what %s notices about tickets labelled %q", s.Rule, rules.OneLine(s.Label))
}

// Waivers lists the waivers that hold, or all, those that end first first.
func (f *Fairlead) Waivers(ctx context.Context, all bool) ([]Waived, error) {
	b, err := f.readNoticed(ctx)
	if err != nil {
		return nil, err
	}
	now, out := f.now(), []Waived{}
	held := finding.Held(b.noticed, b.words, now)
	for _, w := range finding.Waivers(b.words) {
		if one := f.waivedBy(&b, &w, held, now); all || one.State == "holds" {
			out = append(out, one)
		}
	}
	slices.SortFunc(out, func(a, b Waived) int { return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// WaiverIDs lists the waivers that hold, for a shell to complete.
func (f *Fairlead) WaiverIDs(ctx context.Context) []string {
	all, err := f.Waivers(ctx, false)
	if err != nil {
		return nil
	}
	out := make([]string, len(all))
	for i := range all {
		out[i] = all[i].ID
	}
	return out
}

// RenewRequest says until when to renew a waiver, or that it ends now.
type RenewRequest struct {
	ID     string // or its beginning
	Until  string // of a renewal: a day, or like 6 weeks
	Reason string
	Speaker
	end time.Time // what Until says, where it is known already
}

// Renewed is what came of it.
type Renewed struct {
	Waived
	Changed bool `json:"changed"` // false: this had been said before
}

// RenewWaiver makes a waiver hold for longer, or again after it had ended.
func (f *Fairlead) RenewWaiver(ctx context.Context, ask RenewRequest) (Renewed, error) {
	return f.change(ctx, ask, f.renewal)
}

// EndWaiver ends a waiver before it expires: what it covers is open again.
func (f *Fairlead) EndWaiver(ctx context.Context, ask RenewRequest) (Renewed, error) {
	return f.change(ctx, ask, f.ending)
}

// waiverChange makes the word that changes a waiver as asked for; false where it would
// change nothing.
type waiverChange func(ctx context.Context, b *books, w *finding.Waiver, ask *RenewRequest, word *finding.Word) (bool, error)

func (f *Fairlead) renewal(ctx context.Context, b *books, w *finding.Waiver, ask *RenewRequest, word *finding.Word) (bool, error) {
	now := f.now()
	end, err := ask.end, error(nil)
	if end.IsZero() {
		end, err = waiverEnd(ask.Until, now, f.zoneOf(ctx, b, w.Scope))
	}
	if err != nil {
		return false, err
	}
	word.Kind, word.Expires = finding.RenewedFor, end
	switch {
	case !w.HoldsAt(now) || end.After(w.Expires()):
		return true, nil
	case end.Equal(w.Expires()):
		return false, nil
	}
	return false, requestError{fmt.Sprintf("waiver %s holds until %s already", w.ID, moment(w.Expires())), "to have it end sooner: fairlead waivers end " + w.ID + " --reason …"}
}

func (f *Fairlead) ending(_ context.Context, _ *books, w *finding.Waiver, _ *RenewRequest, word *finding.Word) (bool, error) {
	word.Kind = finding.EndedEarly
	if !w.HoldsAt(f.now()) {
		return false, requestError{fmt.Sprintf("waiver %s holds no longer, since %s", w.ID, moment(w.Expires())), "there is nothing to end"}
	}
	return true, nil
}

// change says something about a waiver that was given, if it makes a difference.
func (f *Fairlead) change(ctx context.Context, ask RenewRequest, wanted waiverChange) (Renewed, error) {
	b, err := f.readNoticed(ctx)
	if err != nil {
		return Renewed{}, err
	}
	w, at, changed, err := f.changeIn(ctx, &b, ask, wanted)
	if err != nil {
		return Renewed{}, err
	}
	return Renewed{Waived: f.waived(&b, &w, at), Changed: changed}, nil
}

// changeIn does so with books that were read, and gives the waiver as it is then.
func (f *Fairlead) changeIn(ctx context.Context, b *books, ask RenewRequest, wanted waiverChange) (w finding.Waiver, at time.Time, changed bool, err error) {
	word := finding.Word{}
	if word.By, err = f.speaker(ask.Speaker); err != nil {
		return w, at, false, err
	}
	if word.Reason, err = reasonGiven(ask.Reason); err != nil {
		return w, at, false, err
	}
	if w, err = waiverNamed(finding.Waivers(b.words), ask.ID); err != nil {
		return w, at, false, err
	}
	word.Waiver = w.ID
	if changed, err = wanted(ctx, b, &w, &ask, &word); err != nil || !changed {
		return w, f.now(), false, err
	}
	if word, err = f.say(ctx, b, word, func(o *finding.Word) bool { return o.ID == w.ID || o.Waiver == w.ID }); err != nil {
		return w, at, false, err
	}
	b.words = append(b.words, word)
	w, err = waiverNamed(finding.Waivers(b.words), w.ID)
	return w, word.At, true, err
}

// waiverNamed finds a waiver by its id or the beginning of it.
func waiverNamed(all []finding.Waiver, name string) (finding.Waiver, error) {
	var found []finding.Waiver
	for _, w := range all {
		if w.ID == name {
			return w, nil
		}
		if len(name) >= 4 && strings.HasPrefix(w.ID, strings.ToLower(name)) {
			found = append(found, w)
		}
	}
	switch len(found) {
	case 0:
		return finding.Waiver{}, requestError{fmt.Sprintf("there is no waiver %q", rules.OneLine(name)), "fairlead waivers lists them, with --all those too that hold no longer"}
	case 1:
		return found[0], nil
	}
	var ids []string
	for _, w := range found {
		ids = append(ids, w.ID)
	}
	return finding.Waiver{}, requestError{fmt.Sprintf("%q stands for %d waivers", rules.OneLine(name), len(found)), "name one: " + list(ids, "or")}
}
