package daemon

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
)

const (
	// previewWeeks is how far back a draft is tried.
	previewWeeks = 12
	// previewPatience is how long a draft is tried before that is given up.
	previewPatience = 10 * time.Second
	// previewsAtOnce bounds how many are tried at a time: each reads every ticket
	// twice, and looks at it as of each week.
	previewsAtOnce = 2
	// mostPreviewed is how many of today's previews are kept at hand.
	mostPreviewed = 50
)

// previews tries drafts, a few at a time, and keeps what today's agreements would have
// noticed: it is asked for at every letter that somebody types.
type previews struct {
	mu    sync.Mutex
	free  chan struct{} // holds one for each that is tried now
	mark  pageMark      // of what the rest was made from
	now   time.Time
	today map[subject]*rules.Preview
}

// places has room for as many as are tried at a time.
func (c *previews) places() chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.free == nil {
		c.free = make(chan struct{}, previewsAtOnce)
	}
	return c.free
}

// at is the moment up to which drafts are tried: the same as long as nothing changes,
// so that what was tried can be compared.
func (c *previews) at(mark pageMark, now time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mark != mark {
		c.mark, c.now, c.today = mark, now, map[subject]*rules.Preview{}
	}
	return c.now
}

func (c *previews) known(mark pageMark, of subject) *rules.Preview {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mark != mark {
		return nil
	}
	return c.today[of]
}

func (c *previews) keep(mark pageMark, of subject, p *rules.Preview) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mark != mark {
		return
	}
	if len(c.today) >= mostPreviewed {
		clear(c.today)
	}
	c.today[of] = p
}

// Preview tells what the draft would have noticed over the last weeks.
func (p *pages) Preview(ctx context.Context, d dashboard.AgreementDraft) (dashboard.Preview, error) {
	mark, err := p.mark(ctx)
	if err != nil {
		return dashboard.Preview{}, err
	}
	f := p.f.by(mark.terms)
	draft, err := f.drafted(d)
	if err != nil {
		return dashboard.Preview{}, err
	}
	tried, done := context.WithTimeout(ctx, previewPatience)
	defer done()
	places := p.tried.places()
	select {
	case places <- struct{}{}:
		defer func() { <-places }()
	case <-tried.Done():
		return dashboard.Preview{}, tooLong(ctx, tried.Err(), "Others are trying agreements just now.")
	}
	t := &draftTrial{drafted: draft, f: f, zone: p.zoneOf(d.Team), kept: &p.tried, mark: mark}
	now := p.tried.at(mark, f.now())
	t.moments = append(weekEndsIn(t.zone, now, previewWeeks), now)
	out, err := t.preview(tried)
	return out, tooLong(ctx, err, fmt.Sprintf("Looking at the last %d weeks takes longer than %d seconds.", previewWeeks, int(previewPatience.Seconds())))
}

// tooLong is a refusal for a trial that ran out of its own time, while whoever asked
// still waits.
func tooLong(asked context.Context, err error, text string) error {
	if errors.Is(err, context.DeadlineExceeded) && asked.Err() == nil {
		return &dashboard.Refusal{Text: text + " Try it again in a moment, or on the command line with fairlead rules try, which waits."}
	}
	return err
}

// draftTrial is a draft that is tried.
type draftTrial struct {
	*drafted
	f       *Fairlead
	zone    *time.Location
	moments []time.Time
	kept    *previews
	mark    pageMark
}

func (t *draftTrial) preview(ctx context.Context) (dashboard.Preview, error) {
	tried, today, err := t.look(ctx)
	if err != nil {
		return dashboard.Preview{}, err
	}
	if rules.TooCostly(tried.Stopped) {
		return dashboard.Preview{}, &dashboard.Refusal{Field: "when", Text: formSentence(rules.OneLine(tried.Stopped.Error()))}
	}
	out := t.shown(tried)
	if today == nil {
		return out, nil
	}
	held := t.shown(today)
	out.Today = &held
	diff := tried.Against(today)
	out.More, out.MoreOpen, out.MoreSamples = len(diff.More), diff.MoreOpen, t.samples(diff.More)
	out.Fewer, out.FewerOpen, out.FewerSamples = len(diff.Fewer), diff.FewerOpen, t.samples(diff.Fewer)
	return out, nil
}

// look steps the rule through the moments by the draft and, where it is in force, by
// what holds today; nil where it is not. What holds is looked at once.
func (t *draftTrial) look(ctx context.Context) (tried, today *rules.Preview, err error) {
	books := []*rules.Book{t.ofTeam(t.book)}
	if t.inForce() {
		if today = t.kept.known(t.mark, t.subject()); today == nil {
			books = append(books, t.ofTeam(t.f.book()))
		}
	}
	keep := func(s *finding.Seen) bool { return t.Team == "" || s.Team == t.Team }
	all, err := rules.TryAll(ctx, t.f.work(), t.f.cfg().Directory, t.Rule, keep, t.moments, books...)
	if err != nil {
		return nil, nil, err
	}
	if len(all) > 1 {
		today = &all[1]
		t.kept.keep(t.mark, t.subject(), today)
	}
	return &all[0], today, nil
}

// ofTeam is what the book says for the team that the draft is of: what others keep to
// is looked at by nobody.
func (t *draftTrial) ofTeam(book *rules.Book) *rules.Book {
	return book.Only(func(team, _ string) bool { return t.Team == "" || team == t.Team })
}

// inForce reports whether the rule is, for the team or for anybody.
func (t *draftTrial) inForce() bool {
	if t.Team != "" {
		return t.f.book().Has(t.Team, t.Rule)
	}
	for _, team := range append([]string{""}, t.f.TeamIDs()...) {
		if t.f.book().Has(team, t.Rule) {
			return true
		}
	}
	return false
}

func (t *draftTrial) shown(p *rules.Preview) dashboard.Preview {
	out := dashboard.Preview{Raised: len(p.Findings), Open: p.Open(), Samples: t.samples(p.Samples(mostSamples))}
	for i, m := range p.Moments {
		week := "now"
		if i < len(p.Moments)-1 {
			week = org.WeekOf(m.At, t.zone).String()
		}
		out.Weeks = append(out.Weeks, dashboard.PreviewWeek{Week: week, Opened: m.Opened, Closed: m.Closed, Open: m.Open})
	}
	if p.Stopped != nil {
		out.Stopped = rules.OneLine(p.Stopped.Error())
	}
	if t.rule.Replays != rules.ReplayYes {
		out.Untold = rules.Paragraph(t.rule.ReplayNote)
	}
	return out
}

func (t *draftTrial) samples(all []finding.Finding) []dashboard.Sample {
	var out []dashboard.Sample
	for i := range all[:min(len(all), mostSamples)] {
		e := &all[i]
		out = append(out, dashboard.Sample{
			Key: e.Subject.Key, Title: e.Subject.Title, URL: e.Subject.URL, Team: e.Team, Tell: e.Audience, Text: e.Reason, Since: e.OpenSince(), Open: e.State == finding.Open,
		})
	}
	return out
}
