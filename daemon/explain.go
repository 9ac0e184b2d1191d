package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Explained tells why a finding is there, or why there is none.
type Explained struct {
	// Finding is the entry of the ledger that was asked for; nil for a question
	// why there is none.
	Finding *ExplainedFinding `json:"finding,omitempty"`
	Title   string            `json:"title"` // of the rule
	// Noticed are the findings that the rule sees at the moment about what was
	// asked for.
	Noticed []Noticed `json:"noticed,omitempty"`
	rules.Explanation
}

// ExplainedFinding is an entry of the ledger with its history.
type ExplainedFinding struct {
	Noticed
	State    string   `json:"state"`
	Promise  string   `json:"promise"`
	Ask      string   `json:"ask"`
	Severity string   `json:"severity"`
	Labels   []string `json:"labels,omitempty"`
	// Actor is the person id of the leader whose act it is about, and Mirror the
	// sentence that only they read.
	Actor    string          `json:"actor,omitempty"`
	Mirror   string          `json:"mirror,omitempty"`
	Spans    []ExplainedSpan `json:"spans"`
	Evidence []ExplainedFact `json:"evidence,omitempty"`
	Tickets  []string        `json:"tickets,omitempty"`
	Expires  time.Time       `json:"expires,omitzero"` // when its event leaves the window
}

// ExplainedSpan is a stretch in which a finding was open.
type ExplainedSpan struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to,omitzero"`
	End  string    `json:"end,omitempty"` // how it ended; empty while it lasts
	// After is answered or waived where it goes on because that holds no longer.
	After string `json:"after,omitempty"`
}

// ExplainedFact is one fact that made the rule fire.
type ExplainedFact struct {
	Fact  string    `json:"fact"`
	Value string    `json:"value"`
	At    time.Time `json:"at,omitzero"`
	URL   string    `json:"url,omitempty"`
}

// Explain tells why findings are there: how their rules look at what they are
// about at the moment, part by part and event by event. A finding is named by
// its id, the beginning of it, or the ticket or sprint it is about; a name may
// stand for several, of which the open ones are told. It stores nothing.
func (f *Fairlead) Explain(ctx context.Context, name string, at time.Time) ([]Explained, error) {
	book, err := f.readLedger(ctx)
	if err != nil {
		return nil, err
	}
	found, err := book.named(name, finding.Open)
	if err != nil {
		return nil, err
	}
	var out []Explained
	for i := range found {
		one, err := f.explainOne(ctx, &found[i], at)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func (f *Fairlead) explainOne(ctx context.Context, e *finding.Finding, at time.Time) (Explained, error) {
	out := Explained{Finding: explainedFinding(e)}
	if _, known := f.book().Rule(e.Rule); !known {
		out.Rule, out.At = e.Rule, at
		out.Said = []string{"the rule is gone: no file of the configuration holds it any more"}
		return out, nil
	}
	q := rules.Question{Rule: e.Rule, Source: e.Subject.Source, Subject: e.Subject, Team: e.Team, Event: e.Event}
	for _, key := range e.Tickets {
		q.Tickets = append(q.Tickets, ticket.Ref{Key: key})
	}
	if e.Subject.Kind == finding.AboutTicket {
		q.Tickets = append(q.Tickets, ticket.Ref{ID: e.Subject.ID})
	}
	return f.explained(ctx, out, q, at)
}

func explainedFinding(e *finding.Finding) *ExplainedFinding {
	out := &ExplainedFinding{
		Noticed: noticed(e), State: string(e.State), Promise: rules.Paragraph(e.Promise), Ask: rules.Paragraph(e.Ask), Severity: string(e.Severity), Expires: e.Expires,
		Actor: rules.OneLine(e.Actor), Mirror: rules.Paragraph(e.Mirror),
	}
	for _, s := range e.Spans {
		out.Spans = append(out.Spans, ExplainedSpan{From: s.From, To: s.To, End: string(s.End), After: string(s.After)})
	}
	for _, one := range e.Evidence {
		out.Evidence = append(out.Evidence, ExplainedFact{Fact: rules.OneLine(one.Fact), Value: rules.OneLine(one.Value), At: one.At, URL: rules.OneLine(one.URL)})
	}
	for _, key := range e.Tickets {
		out.Tickets = append(out.Tickets, rules.OneLine(key))
	}
	for _, label := range e.Labels {
		out.Labels = append(out.Labels, rules.OneLine(label))
	}
	return out
}

// explained asks the rules and adds what only the daemon knows.
func (f *Fairlead) explained(ctx context.Context, out Explained, q rules.Question, at time.Time) (Explained, error) {
	why, err := f.book().Explain(ctx, f.work(), f.cfg().Directory, at, q)
	if err != nil {
		return Explained{}, fmt.Errorf("explain %s: %w", q.Rule, err)
	}
	out.Explanation = why
	rule, _ := f.book().Rule(q.Rule)
	out.Title = rules.Paragraph(rule.Title)
	for i := range why.Seen {
		e := finding.Finding{Seen: why.Seen[i], State: finding.Open, Spans: []finding.Span{{From: at}}}
		out.Noticed = append(out.Noticed, noticed(&e))
	}
	out.Said = slices.Concat(f.standing(ctx, q, at), f.spoken(ctx, why.Seen, at), out.Said)
	return out, nil
}

// standing says what keeps findings from being told or moved, beside the
// agreement itself.
func (f *Fairlead) standing(ctx context.Context, q rules.Question, at time.Time) []string {
	var out []string
	sources, err := f.healths(ctx)
	if err != nil {
		return nil // the explanation is right without
	}
	for _, h := range sources {
		if (q.Source == "" || h.source == q.Source) && h.stale(at) && at.Equal(f.now()) {
			out = append(out, h.source+" was not read lately; its findings are frozen")
		}
	}
	if muted, err := f.MutedRules(ctx); err == nil && slices.ContainsFunc(muted, func(m MutedRule) bool { return m.Rule == q.Rule }) {
		out = append(out, "the rule is silent: it suddenly noticed far more than usual (fairlead rules unmute "+q.Rule+")")
	}
	return out
}

// spoken says of what is noticed what people said about it, so that it is told to
// nobody.
func (f *Fairlead) spoken(ctx context.Context, seen []finding.Seen, at time.Time) []string {
	book := books{}
	var err error
	if book.words, err = f.store.Words(ctx); err != nil {
		return nil // the explanation is right without
	}
	var out []string
	for i := range seen {
		if said := f.saidOf(&book, &seen[i], at); said != "" {
			out = append(out, fmt.Sprintf("%s is %s", rules.OneLine(seen[i].Subject.Key), said))
		}
	}
	return out
}

// WhyNot tells why the rule notices nothing about a ticket, or that it does. It
// stores nothing.
func (f *Fairlead) WhyNot(ctx context.Context, rule, key string, at time.Time) ([]Explained, error) {
	if _, known := f.book().Rule(rule); !known {
		return nil, unknownRule(f.book(), rule)
	}
	var out []Explained
	for _, source := range f.SourceNames() {
		t, err := f.ticketNamed(ctx, source, key)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		q := rules.Question{Rule: rule, Source: source, Tickets: []ticket.Ref{t.Ref()}, Near: &t}
		one, err := f.explained(ctx, Explained{}, q, at)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	if len(out) == 0 {
		return nil, requestError{fmt.Sprintf("no ticket %q is stored", rules.OneLine(key)),
			"look whether its project stands under sources and was read since it was created: fairlead doctor tells"}
	}
	return out, nil
}

// ticketNamed finds a ticket as somebody types its key.
func (f *Fairlead) ticketNamed(ctx context.Context, source, key string) (ticket.Ticket, error) {
	t, err := f.store.Ticket(ctx, source, ticket.Ref{Key: key})
	if errors.Is(err, store.ErrNotFound) {
		return f.store.Ticket(ctx, source, ticket.Ref{Key: strings.ToUpper(key)})
	}
	return t, err
}
