package reports

import (
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// How much fits on one screen.
const (
	mostNew      = 5
	mostClosed   = 3
	mostLines    = 20
	mostPerLine  = 3
	mostInLetter = 10
	mostConcerns = 5
	mostGaps     = 3
)

// openToTeam are the audiences that the whole team may see. An audience this
// package does not know is shown to nobody.
var openToTeam = []finding.Audience{finding.ForTeam, finding.ForOrg}

// Build makes the report of a team's week. It is pure: the same inputs, in
// whatever order, give the same report.
func Build(in Inputs) Report {
	v := newView(in)
	fs := v.forWhom(openToTeam...)
	by := v.sortByFate(fs)
	r := Report{
		Version:    Version,
		Kind:       OfTeam,
		Team:       TeamName{ID: clean(in.Team.ID, nameLength), Name: teamName(in.Team), Zone: v.loc.String()},
		Week:       v.week(),
		Made:       in.Now.UTC().Truncate(time.Second),
		Reader:     reader(in.Reader),
		Counts:     v.counts(by),
		Letters:    v.letters(),
		Settled:    v.closed(by[settled]),
		New:        v.opened(by[fresh], mostNew),
		Reopened:   v.opened(by[reopened], mostNew),
		StillOpen:  v.stillOpen(fs),
		Conditions: v.conditions(fs),
		AgedOut:    v.closed(by[agedOut]),
		Data:       v.data(),
		Sources:    v.sources(),
		Link:       safeURL(in.Link),
	}
	r.Trend = v.total(fs)
	r.Shipped = v.shipped()
	r.Slips, r.MoreSlips = v.slips()
	r.Numbers = v.numbers()
	r.Experiments, r.MoreExperiments = v.trials(in.Trials)
	r.Ending, r.MoreEnding = v.ending()
	r.Agenda = v.agenda()
	r.Settled.Passing, r.AgedOut.Passing = len(by[passed]), len(by[lapsed])
	r.Title = title(isolated(r.Team.Name), in.Week, r.Week.Days)
	r.Headline = v.headline(r.Counts, fs)
	r.InFlight = inFlight(r.Counts)
	r.Notes = v.notes()
	r.Retro = v.retro(&r, by)
	r.Why = why(r.Reader, isolated(r.Team.Name))
	return r
}

// reader is the audience a report is made for: whoever is not known to be
// entitled to more is shown what the team sees.
func reader(a finding.Audience) finding.Audience {
	switch a {
	case finding.ForEM, finding.ForEMPM:
		return a
	}
	return finding.ForTeam
}

func teamName(t Team) string {
	if name := clean(t.Name, nameLength); name != "" {
		return name
	}
	return clean(t.ID, nameLength)
}

func (v *view) week() Week {
	w := v.in.Week
	return Week{
		ID:      w.String(),
		Start:   w.Start.UTC(),
		End:     w.End.UTC(),
		Days:    v.lang.days(w.Start.In(v.loc), w.End.In(v.loc).AddDate(0, 0, -1)),
		Running: v.running(),
	}
}

func (v *view) counts(by map[fate][]*finding.Finding) Counts {
	c := Counts{
		Open:     len(by[stayed]) + len(by[fresh]) + len(by[reopened]),
		New:      len(by[fresh]),
		Reopened: len(by[reopened]),
		Settled:  len(by[settled]),
		AgedOut:  len(by[agedOut]),
		Answered: len(by[answered]),
		Waived:   len(by[waived]),
		Passing:  len(by[passed]) + len(by[lapsed]) + len(by[spokenOf]),
		Flight:   v.flight(),
	}
	if v.known(v.before) {
		last := len(by[stayed]) + c.Settled + c.AgedOut + c.Answered + c.Waived
		c.LastWeek = &last
	}
	return c
}

// flight is the latest count of tickets made within the week.
func (v *view) flight() *Flight {
	var latest *finding.Flight
	for i := range v.in.Flights {
		f := &v.in.Flights[i]
		if f.At.After(v.before) && !f.At.After(v.asOf) && (latest == nil || f.At.After(latest.At)) {
			latest = f
		}
	}
	if latest == nil {
		return nil
	}
	return &Flight{InFlight: latest.InFlight, Clear: latest.Clear}
}
