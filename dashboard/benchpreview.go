package dashboard

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
)

// tried is what a draft would have noticed, as far as it is for the viewer.
type tried struct {
	Sentence string // what it comes to
	Compared string // and beside what holds today
	Chart    *chart
	Samples  []sampleRow
	More     sampleGroup
	Fewer    sampleGroup
	Hidden   string // what is not shown, and why
	Stopped  string
	Untold   string
	Mend     []mending // what stands in the way of a preview
	Calm     string    // why there is none
}

// sampleGroup are samples of what only one of two drafts notices.
type sampleGroup struct {
	Title string
	Rows  []sampleRow
}

// sampleRow is something that would have been noticed.
type sampleRow struct {
	Key, Title, URL string
	Team            string // empty where there is only one
	Text            string
	Since           string
	Open            bool
	Audience        string
}

// mending is a mistake with the field that it is about.
type mending struct {
	Field string // empty: the whole
	Label string
	Text  string
	At    string // line and column of the condition, in words
}

// fewestBehind is how many people stand behind a number at least that is told to
// somebody who is in none of their teams.
const fewestBehind = 5

// tells reports whether the viewer may be told how much a draft would notice: for a
// team, what is told to them today and by the draft; for the organisation, where
// enough people stand behind what is not of their own teams.
func (b *bench) tells(d *AgreementDraft) bool {
	if b.id != "" {
		return b.access.SeesAudience(b.id, b.holds.Tell) && b.access.SeesAudience(b.id, b.toldBy(d))
	}
	people := map[string]bool{}
	others := b.teamsThat(func(id string) bool { return !b.inTeam(id) })
	for _, t := range others {
		for _, p := range peopleOf(t, b.now) {
			people[p] = true
		}
	}
	return len(others) == 0 || len(people) >= fewestBehind
}

// toldBy is who is told what the draft notices.
func (b *bench) toldBy(d *AgreementDraft) finding.Audience {
	return cmp.Or(finding.Audience(d.Tell), b.given.Tell)
}

// toldTo is who of a team may be told both what holds and what the draft notices.
func (b *bench) toldTo(d *AgreementDraft) finding.Audience {
	if b.access.SeesAudience(b.id, b.holds.Tell) {
		return b.toldBy(d)
	}
	return b.holds.Tell
}

// preview is what the draft would have noticed; a reason why there is none is part of
// the page, since nothing that was written may get lost.
func (b *bench) preview(d *AgreementDraft) (*tried, Mistakes, error) {
	if wrong := b.tooMuch(d); len(wrong) > 0 {
		return &tried{Mend: b.mendings(wrong)}, wrong, nil
	}
	p, err := b.s.Workbench.Preview(b.r.Context(), *d)
	var wrong Mistakes
	var refusal *Refusal
	switch {
	case errors.As(err, &wrong):
		return &tried{Mend: b.mendings(wrong)}, wrong, nil
	case errors.As(err, &refusal):
		return &tried{Calm: upperFirst(reports.Sentence(reports.Clean(refusal.Text, textLength))) + " It can be saved all the same."}, nil, nil
	case b.r.Context().Err() != nil:
		return nil, nil, err
	case err != nil:
		b.s.Log.Error("a preview could not be made", zap.String("rule", d.Rule), zap.String("team", d.Team), zap.Error(err))
		return &tried{Calm: "The preview could not be made just now; the reason stands in fairlead's log. It can be saved all the same."}, nil, nil
	}
	return b.tried(d, &p), nil, nil
}

// tried tells a preview.
func (b *bench) tried(d *AgreementDraft, p *Preview) *tried {
	out := &tried{Stopped: reports.Clean(p.Stopped, textLength), Untold: reports.Clean(p.Untold, textLength)}
	if !b.tells(d) {
		out.Hidden = "What this rule notices is told to " + tellIs(b.toldTo(d)) + " alone, and so is its preview."
		if b.id == "" {
			out.Hidden = "Too few people stand behind these numbers for them to be told above their teams."
		}
		out.Sentence = "It can be evaluated as it is written."
		return out
	}
	out.Sentence = triedSentence(d, p)
	out.Compared = comparedSentence(d, p)
	out.Chart = b.triedChart(p)
	hidden := 0
	rows := func(all []Sample) []sampleRow {
		shown := make([]sampleRow, 0, len(all))
		for i := range all {
			if !b.seesSample(&all[i]) {
				hidden++
				continue
			}
			shown = append(shown, b.sampleRow(&all[i]))
		}
		return shown
	}
	out.Samples = rows(p.Samples)
	if p.Today != nil {
		out.More = sampleGroup{"Only with this change", rows(p.MoreSamples)}
		out.Fewer = sampleGroup{"No longer with this change", rows(p.FewerSamples)}
	}
	if hidden > 0 {
		out.Hidden = counted(hidden, "example is", "examples are") + " not for you to see."
	}
	return out
}

// seesSample reports whether the viewer may see a sample by name: as it would be told,
// and as the team tells such things today.
func (b *bench) seesSample(s *Sample) bool {
	if !b.access.SeesAudience(s.Team, s.Tell) {
		return false
	}
	if today := b.standingOf(s.Team); today != nil {
		return b.access.SeesAudience(s.Team, today.Tell)
	}
	return true
}

func (b *bench) sampleRow(s *Sample) sampleRow {
	t, _ := b.dir.Team(s.Team)
	row := sampleRow{
		Key: clean(s.Key), Title: reports.Clean(s.Title, titleLength), URL: reports.SafeURL(s.URL), Text: reports.Clean(s.Text, textLength), Open: s.Open, Audience: audienceIs(s.Tell),
	}
	if !s.Since.IsZero() {
		row.Since = b.clock(t).day(s.Since)
	}
	if s.Team != b.id {
		row.Team = b.teamName(s.Team)
	}
	return row
}

func weeksOf(p *Preview) string { return counted(max(len(p.Weeks)-1, 0), "week", "weeks") }

func triedSentence(d *AgreementDraft, p *Preview) string {
	switch {
	case d.Off:
		return "Switched off, it would have raised nothing over the last " + weeksOf(p) + "."
	case p.Raised == 0:
		return "Over the last " + weeksOf(p) + " this would have raised nothing."
	}
	s := "Over the last " + weeksOf(p) + " this would have raised " + counted(p.Raised, "exception", "exceptions")
	if p.Open == 0 {
		return s + ", none of them open now."
	}
	return s + ", " + number(p.Open) + " open now."
}

// comparedSentence holds it against what holds today.
func comparedSentence(d *AgreementDraft, p *Preview) string {
	if p.Today == nil {
		return "Nobody looks for it today."
	}
	today := "What holds today raised " + number(p.Today.Raised) + ", " + number(p.Today.Open) + " open now: "
	switch {
	case p.More == 0 && p.Fewer == 0 && p.MoreOpen == 0 && p.FewerOpen == 0:
		return "That is the same as with what holds today."
	case p.More == 0 && p.Fewer == 0:
		return today + "the same ones, open for another time."
	case p.Fewer == 0:
		return today + number(p.More) + " more with this change."
	case p.More == 0:
		return today + number(p.Fewer) + " fewer with this change."
	}
	return today + "this change adds " + number(p.More) + " and leaves out " + number(p.Fewer) + "."
}

// weekNames are the weeks of a preview; the last is the one that runs.
func (b *bench) weekNames(p *Preview) []string {
	out := make([]string, len(p.Weeks))
	for i, w := range p.Weeks {
		if out[i] = clean(w.Week); i == len(out)-1 {
			out[i] = org.WeekOf(b.now, b.clock(b.team).loc).String()
		}
	}
	return out
}

// triedChart draws what would have been open, and beside it what holds today.
func (b *bench) triedChart(p *Preview) *chart {
	if len(p.Weeks) < 2 {
		return nil
	}
	weeks := b.weekNames(p)
	open := make([]float64, len(p.Weeks))
	for i, w := range p.Weeks {
		open[i] = float64(w.Open)
	}
	lines := []series{{"changed", "accent", open}}
	if p.Today != nil {
		today := make([]float64, len(weeks))
		for i, w := range p.Weeks {
			at := slices.IndexFunc(p.Today.Weeks, func(o PreviewWeek) bool { return o.Week == w.Week })
			if today[i] = math.NaN(); at >= 0 {
				today[i] = float64(p.Today.Weeks[at].Open)
			}
		}
		lines = append(lines, series{"today", "settled", today})
	}
	c := newChart("tried", "Open at the end of each week", "", weeks, lines, nil)
	return &c
}

// mendings are mistakes with the labels of their fields.
func (b *bench) mendings(wrong Mistakes) []mending {
	out := make([]mending, 0, len(wrong))
	order := b.order()
	place := func(m Mistake) int { return slices.Index(order, b.fieldOf(m.Field)) }
	wrong = slices.SortedStableFunc(slices.Values(wrong), func(x, y Mistake) int {
		return cmp.Or(cmp.Compare(place(x), place(y)), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column))
	})
	for _, m := range wrong[:min(len(wrong), mostWrong)] {
		one := mending{Field: b.fieldOf(m.Field), Text: mistakeText(m)}
		one.Label = b.labelOf(one.Field)
		if one.Field == "when" && m.Line > 0 {
			one.At = "line " + number(m.Line)
			if m.Column > 0 {
				one.At += ", column " + number(m.Column)
			}
		}
		out = append(out, one)
	}
	return out
}
