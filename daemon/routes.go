package daemon

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/store"
)

// route is the way of one report to one channel, week after week.
type route struct {
	report  string // "payments team", "organisation", "leader dana": as the outbox names it
	channel string // "slack:#payments", "email:lee@acme.example": the same
	from    config.Report

	kind   reports.Kind
	team   *org.Team        // of a team's report
	reader finding.Audience // of a team's report
	person org.Person       // who reads it, where it goes to one person
	zone   *time.Location   // whose weeks

	when schedule
}

func (r *route) key(week org.Week) store.DeliveryKey {
	return store.DeliveryKey{Report: r.report, Week: week.String(), Channel: r.channel}
}

// address is the mailbox of an e-mail, as it is written.
func (r *route) address() string { return strings.TrimPrefix(r.channel, "email:") }

// muted says why nothing is sent; empty when something is.
func (r *route) muted() string {
	if slices.Contains(r.person.Mutes, "reports") {
		return r.person.ID + " has muted reports in the org file"
	}
	return ""
}

// teamID is whose report it is; empty for the organisation's and a leader's.
func (r *route) teamID() string {
	if r.team == nil {
		return ""
	}
	return r.team.ID
}

// existed reports whether there was something to report on in the week.
func (r *route) existed(week org.Week) bool {
	return r.team == nil || r.team.Existed.Meets(org.Span{From: week.Start, To: week.End})
}

// routes are the ways of all reports as things stand now: who holds which seat
// changes. What a team chose for itself comes before what the organisation lists,
// so that where both name a place it leaves when the team says.
func (f *Fairlead) routes(now time.Time) ([]route, error) {
	p := planner{dir: f.cfg().Directory, now: now, at: map[string]int{}}
	entries := slices.Clone(f.cfg().Reports)
	slices.SortStableFunc(entries, func(a, b config.Report) int { return ownFirst(a) - ownFirst(b) })
	for i := range entries {
		var err error
		switch entries[i].Of {
		case config.OfOrganisation:
			err = p.organisation(&entries[i])
		case config.OfLeader:
			err = p.leaders(&entries[i])
		default:
			err = p.teams(&entries[i])
		}
		if err != nil {
			return nil, err
		}
	}
	return p.routes, nil
}

func ownFirst(r config.Report) int {
	if r.Own {
		return 0
	}
	return 1
}

// planner gathers routes, each once.
type planner struct {
	dir    *org.Directory
	now    time.Time
	routes []route
	at     map[string]int // by whose report and channel: index into routes
}

// add takes a route unless the same leads there already. Of a team's reports a
// person gets the one that tells them most.
func (p *planner) add(r route) error {
	var err error
	if r.when, err = newSchedule(r.from.When, r.zone); err != nil {
		return err
	}
	whose := r.report
	if r.team != nil && r.from.Medium == config.ToEmail {
		whose = "team " + r.team.ID
	}
	name := whose + "\n" + r.channel
	i, taken := p.at[name]
	switch {
	case !taken:
		p.at[name] = len(p.routes)
		p.routes = append(p.routes, r)
	case detail(r.reader) > detail(p.routes[i].reader):
		p.routes[i].reader, p.routes[i].report = r.reader, r.report
	}
	return nil
}

// detail orders readers by how much they are told.
func detail(reader finding.Audience) int {
	return slices.Index([]finding.Audience{finding.ForTeam, finding.ForEMPM, finding.ForEM}, reader)
}

func (p *planner) teams(from *config.Report) error {
	all := p.dir.Teams()
	for i := range all {
		if len(from.Teams) > 0 && !slices.Contains(from.Teams, all[i].ID) {
			continue
		}
		if err := p.team(from, &all[i]); err != nil {
			return err
		}
	}
	return nil
}

func (p *planner) team(from *config.Report, team *org.Team) error {
	r := route{channel: from.Channel, from: *from, kind: reports.OfTeam, team: team, zone: cmp.Or(team.Location, time.UTC)}
	if from.Medium != config.ToEmail {
		r.reader = finding.Audience(cmp.Or(from.For, config.OfTeam))
		r.report = team.ID + " " + string(r.reader)
		return p.add(r)
	}
	for _, to := range p.recipients(from, team) {
		r.person, r.channel = to.person, "email:"+strings.ToLower(to.address)
		r.reader = p.entitled(team, to.person.ID)
		if asked := finding.Audience(from.For); asked != "" && detail(asked) < detail(r.reader) {
			r.reader = asked
		}
		r.report = team.ID + " " + string(r.reader)
		if err := p.add(r); err != nil {
			return err
		}
	}
	return nil
}

// entitled is the most that somebody may be told of a team's week.
func (p *planner) entitled(team *org.Team, person string) finding.Audience {
	switch {
	case person == "":
	case sits(team.EMs, person, p.now):
		return finding.ForEM
	case sits(team.PMs, person, p.now):
		return finding.ForEMPM
	}
	return finding.ForTeam
}

func sits(seats []org.Seat, person string, at time.Time) bool {
	return slices.ContainsFunc(seats, func(s org.Seat) bool { return s.Person == person && s.Holds(at) })
}

// recipient is a mailbox and, where it is known, whose.
type recipient struct {
	address string
	person  org.Person
}

// recipients are those whom an entry names for a team. Somebody whom the
// organisation names gets the reports of the teams they belong to or lead, unless
// it names the teams as well.
func (p *planner) recipients(from *config.Report, team *org.Team) []recipient {
	var out []recipient
	switch from.Email {
	case config.TheEM:
		return p.seated(team.EMs)
	case config.ThePM:
		return p.seated(team.PMs)
	case config.TheMembers:
		return p.seated(team.Members)
	}
	for _, to := range p.named(from.Email) {
		if to.person.ID == "" || len(from.Teams) > 0 || team.MemberAt(to.person.ID, p.now) || team.Under == to.person.ID {
			out = append(out, to)
		}
	}
	return out
}

// named is who has the address or the id.
func (p *planner) named(word string) []recipient {
	if strings.Contains(word, "@") {
		person, _ := p.dir.Resolve("", "", word)
		return []recipient{{word, person}}
	}
	return p.people(word)
}

func (p *planner) seated(seats []org.Seat) []recipient {
	var ids []string
	for _, s := range seats {
		if s.Holds(p.now) {
			ids = append(ids, s.Person)
		}
	}
	return p.people(ids...)
}

// people are the mailboxes of those who are still there.
func (p *planner) people(ids ...string) []recipient {
	var out []recipient
	for _, id := range ids {
		who, known := p.dir.Person(id)
		if known && !who.Bot && len(who.Emails) > 0 && !p.dir.Left(id, p.now) {
			out = append(out, recipient{who.Emails[0], who})
		}
	}
	return out
}

func (p *planner) organisation(from *config.Report) error {
	r := route{
		report: string(reports.OfOrganisation), channel: from.Channel, from: *from, kind: reports.OfOrganisation,
		reader: finding.ForOrg, zone: time.UTC,
	}
	if from.Medium != config.ToEmail {
		return p.add(r)
	}
	var to []recipient
	all := p.dir.Teams()
	for i := range all {
		switch from.Email {
		case config.TheEM, config.ThePM, config.TheMembers:
			to = append(to, p.recipients(from, &all[i])...)
		}
	}
	switch {
	case from.Email == config.TheLeaders:
		to = p.people(p.leaderIDs()...)
	case !from.IsCircle():
		to = p.named(from.Email)
	}
	return p.addEach(r, to)
}

// leaders are told, each for themselves, what is about them alone.
func (p *planner) leaders(from *config.Report) error {
	to := p.people(p.leaderIDs()...)
	if from.Email != config.TheLeaders {
		to = p.named(from.Email)
	}
	return p.addEach(route{from: *from, kind: reports.ToLeader, zone: time.UTC}, to)
}

func (p *planner) addEach(r route, to []recipient) error {
	for _, one := range to {
		r.person, r.channel = one.person, "email:"+strings.ToLower(one.address)
		if r.kind == reports.ToLeader {
			if one.person.ID == "" {
				continue
			}
			r.report = leaderReport + one.person.ID
		}
		if err := p.add(r); err != nil {
			return err
		}
	}
	return nil
}

// leaderIDs are those who lead now: by their role, or as the one above a team.
func (p *planner) leaderIDs() []string {
	var ids []string
	for _, who := range p.dir.People() {
		above := slices.ContainsFunc(p.dir.Teams(), func(t org.Team) bool { return t.Under == who.ID && t.Existed.Holds(p.now) })
		leads := slices.ContainsFunc(p.dir.RolesAt(who.ID, p.now), func(r org.Role) bool { return r.Side() == org.Leadership })
		if above || leads {
			ids = append(ids, who.ID)
		}
	}
	return ids
}
