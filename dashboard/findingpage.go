package dashboard

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/ticket"
)

// findingPage is one finding: what was seen, event by event, and what people can
// say to it.
type findingPage struct {
	item
	Headline string
	Lead     string
	Ask      string
	URL      string // of the subject, in its tracker
	TeamHref string
	Streak   string
	Strip    []stretch
	StripOf  string
	Evidence []evidence
	Timeline []moment
	Earlier  int    // moments that are not shown
	Untold   string // why there is no timeline
	Trail    []trailRow
	Others   []item // about the same ticket
	Change   *changeForms
	Vote     Vote
	Voted    bool
}

// stretch is a part of the strip of weeks: while it was open.
type stretch struct{ X, Wide string }

// evidence is a fact that made the rule fire.
type evidence struct {
	Fact, Value, URL string
	Day              string
	At               time.Time
}

// moment is a line of the ticket's timeline.
type moment struct {
	At   time.Time
	Day  string
	Who  string
	Text string
	Said string // what was written, where the operator keeps it
	Kind string // evidence, noticed, change
}

// changeForms are the forms for who answers for the team.
type changeForms struct {
	Answered bool
	Reason   string // as somebody wrote it, when it could not be saved
	Until    string
	Latest   string // the last day a waiver may be given for
	Earliest string
	Scopes   []option
	Errors   map[string]string
}

// finding shows the one in the address.
func (v *visit) finding() error { return v.findingWith(200, nil, nil) }

// findingWith shows it with what somebody wrote, and what is wrong with that.
func (v *visit) findingWith(status int, written *changeForms, wrong map[string]string) error {
	f := v.found
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return err
	}
	t, _ := v.dir.Team(f.Team)
	c := v.clock(t)
	p := findingPage{
		item: v.item(l, f), Headline: reports.Sentence(reports.Clean(f.Reason, reasonLength)), Ask: reports.Sentence(reports.Clean(f.Ask, reasonLength)),
		URL: reports.SafeURL(f.Subject.URL), Streak: v.streak(f, c), Evidence: evidenceOf(f, c),
	}
	p.Lead = v.standing(l, f, c)
	p.Strip, p.StripOf = strip(f, v.now, 26)
	if t != nil && v.access.SeesTeam(t.ID) {
		p.TeamHref = teamHref(t.ID)
	}
	if err := v.timeline(&p, f, c); err != nil {
		return err
	}
	if p.Trail, err = v.trailOf(f, c); err != nil {
		return err
	}
	p.Others = v.others(l, f)
	if p.Vote, err = v.s.Data.VoteOf(v.r.Context(), f.ID, v.viewer.Person); err != nil {
		return err
	}
	p.Voted = p.Vote != NoVote
	if v.access.Changes(f.Team) {
		p.Change = v.forms(f, t, written, wrong)
	}
	fr := v.frame(cmp.Or(p.Key, p.Rule))
	return v.render(status, "finding", fr, p)
}

// standing says where it stands, in a sentence.
func (v *visit) standing(l *Ledger, f *finding.Finding, c clock) string {
	last := f.Spans[len(f.Spans)-1]
	switch state := l.StateOf(f); state {
	case finding.Open:
		return "Open for " + lasted(ageOf(f, v.now)) + ", since " + c.day(last.From) + "."
	case Watched:
		return "Noticed on " + c.day(last.From) + " and told to nobody yet: the agreement is only watched, or its rule has fallen silent."
	case finding.Answered:
		return "Done on purpose, somebody said. Noticed first on " + c.day(f.FirstSeen()) + "."
	case finding.Waived:
		return "Left alone while a waiver holds. Noticed first on " + c.day(f.FirstSeen()) + "."
	default:
		return upperFirst(stateIs(state)) + " on " + c.day(last.To) + ", after " + lasted(ageOf(f, v.now)) + "."
	}
}

// streak tells for how many weeks and how often.
func (v *visit) streak(f *finding.Finding, c clock) string {
	s := ""
	if n := f.Streak(v.now); n > 0 {
		s = counted(n, "week", "weeks") + " in a row"
	}
	if n := len(f.Spans); n > 1 {
		if s != "" {
			s += ", "
		}
		s += "opened " + inWords(n) + " times since " + c.day(f.FirstSeen())
	}
	return s
}

// strip is when it was open within the last weeks.
func strip(f *finding.Finding, now time.Time, weeks int) ([]stretch, string) {
	return stripOf(f.Spans, now, weeks), fmt.Sprintf("The last %d weeks; filled while it was open", weeks)
}

// stripOf are the parts of stretches of time that lie in the last weeks, in percent of
// them.
func stripOf(spans []finding.Span, now time.Time, weeks int) []stretch {
	whole := time.Duration(weeks) * 7 * 24 * time.Hour
	from := now.Add(-whole)
	var out []stretch
	for _, s := range spans {
		part, ok := (org.Span{From: s.From, To: s.To}).Within(org.Span{From: from, To: now})
		if !ok {
			continue
		}
		x := float64(part.From.Sub(from)) * 100 / float64(whole)
		wide := float64(part.To.Sub(part.From)) * 100 / float64(whole)
		out = append(out, stretch{coordinate(x), coordinate(max(wide, 0.8))})
	}
	return out
}

func evidenceOf(f *finding.Finding, c clock) []evidence {
	out := make([]evidence, 0, len(f.Evidence))
	for _, e := range f.Evidence {
		one := evidence{Fact: upperFirst(clean(e.Fact)), Value: reports.Clean(e.Value, textLength), URL: reports.SafeURL(e.URL), At: e.At}
		if !e.At.IsZero() {
			one.Day = c.moment(e.At)
		}
		out = append(out, one)
	}
	return out
}

// others are what else the viewer sees about the same ticket.
func (v *visit) others(l *Ledger, f *finding.Finding) []item {
	var out []*finding.Finding
	for _, o := range l.Concerning(f.Subject.Key) {
		if o.ID != f.ID && v.access.SeesAudience(o.Team, o.Audience) && len(out) < findingsOfTeam {
			out = append(out, o)
		}
	}
	return v.items(l, out)
}

// timeline tells the history of the ticket a finding is about.
func (v *visit) timeline(p *findingPage, f *finding.Finding, c clock) error {
	if f.Subject.Kind != finding.AboutTicket {
		p.Untold = "This is not about one ticket, so there is no timeline of one."
		return nil
	}
	t, err := v.s.Data.Ticket(v.r.Context(), f.Subject.Source, ticket.Ref{ID: f.Subject.ID, Key: f.Subject.Key})
	if errors.Is(err, ErrNotFound) {
		p.Untold = "The ticket is no longer stored: its tracker does not hold it any more, or it moved out of what is read."
		return nil
	}
	if err != nil {
		return err
	}
	p.Timeline, p.Earlier = timelineOf(&t, f, c)
	return nil
}
