package rules

import (
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
)

// plan is what a team begins next: a sprint, a cycle, a quarter.
type plan struct {
	sprint  *sprint // nil for a quarter
	quarter quarter
	team    *org.Team
	w       *world
	held    []*workTicket // once asked for
	asked   bool
}

func (p *plan) kind() string {
	switch {
	case p.sprint == nil:
		return "quarter"
	case p.sprint.Team != "": // Linear tells it, and Jira does not
		return "cycle"
	}
	return "sprint"
}

func (p *plan) Identity() string {
	if p.sprint == nil {
		return name(p.team.ID, p.kind(), p.quarter.id())
	}
	return name(p.team.ID, p.kind(), p.sprint.Identity())
}

func (p *plan) words() string {
	if p.sprint == nil {
		return p.quarter.String()
	}
	return p.sprint.Name
}

func (p *plan) url() string {
	if p.sprint == nil {
		return ""
	}
	return p.sprint.URL
}

func (p *plan) start() time.Time {
	if p.sprint == nil {
		return p.quarter.start(p.team.Location)
	}
	return p.sprint.Start.UTC()
}

func (p *plan) passes() time.Time { return p.start() }

func (p *plan) subject() finding.Subject {
	s := finding.Subject{Kind: finding.AboutPlan, ID: name(p.team.ID, p.kind(), p.quarter.id()), Key: p.words(), URL: p.url()}
	if p.sprint != nil {
		s.Source, s.ID = p.sprint.Source, name(p.team.ID, p.kind(), p.sprint.ID)
	}
	return s
}

// goals are the goals of the quarter that are the team's; a sprint has none
// beside its text.
func (p *plan) goals() []*workTicket {
	o := p.w.overview
	if p.sprint != nil {
		return nil
	}
	open := slices.DeleteFunc(o.goalsOf(p.quarter, o.teamOf(p.team)), func(n int32) bool { return o.notes[n].ended() })
	return o.tickets(open)
}

// tickets is the open work that is meant for it. What stands below other work of
// it, as a sub-task does, is a part of that and left out.
func (p *plan) tickets() []*workTicket {
	if p.asked {
		return p.held
	}
	all := p.w.overview.tickets(p.planned())
	among := map[string]bool{}
	for _, t := range all {
		among[t.Identity()] = true
	}
	for _, t := range all {
		if !slices.ContainsFunc(t.chain(maxLevels)[1:], func(up *workTicket) bool { return among[up.Identity()] }) {
			p.held = append(p.held, t)
		}
	}
	p.asked = true
	return p.held
}

// planned lists what is meant for it. Of a sprint that several teams share it is
// the team's own part.
func (p *plan) planned() []int32 {
	o := p.w.overview
	team := o.teamOf(p.team)
	if p.sprint == nil {
		return o.workOf(p.quarter, team)
	}
	shared := p.sprint.claimant() == nil
	return slices.DeleteFunc(slices.Clone(p.sprint.held()), func(n int32) bool {
		note := &o.notes[n]
		return note.ended() || note.kind != noteWork || shared && note.team != team
	})
}

// plans lists what the team begins next: the earliest of its sprints that are
// still to start, and the next quarter where it has goals for this one.
func (t *team) plans() []*plan {
	o := t.w.overview
	var out []*plan
	for _, s := range o.sprintTimes(t.Team).open {
		if s.future() && s.Start.After(t.w.now) {
			out = append(out, &plan{sprint: s, team: t.Team, w: t.w})
			break
		}
	}
	now := quarterOf(t.w.now.In(t.Location))
	t.w.turns((now + 1).start(t.Location))
	if len(o.goalsOf(now, o.teamOf(t.Team))) > 0 {
		out = append(out, &plan{quarter: now + 1, team: t.Team, w: t.w})
	}
	return out
}
