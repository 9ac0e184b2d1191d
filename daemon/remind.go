package daemon

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
)

// When and how much people are reminded.
const (
	remindFrom, remindTo = 9, 17 // o'clock on working days, in the team's zone
	mostInReminder       = 5     // findings in one message; there is one message a person and day
)

// seat is why somebody is reminded of a finding.
type seat string

const (
	asEM    seat = "em"
	asPM    seat = "pm"
	asOwner seat = "owner" // of the ticket
)

// nudge is a word to one person about one finding.
type nudge struct {
	about *finding.Finding
	said  rules.Adopted // the agreement
	team  *org.Team
	week  org.Week // of now, in the team's zone
	to    string   // person id
	whose []turn
}

// turn is what is used up by a nudge: there is one a week for each person whom a
// finding concerns, also when somebody stands in for them.
type turn struct {
	seat   seat
	person string
}

// quiet is why nobody, or somebody, is not reminded of a finding now.
type quiet struct {
	about *finding.Finding
	team  *org.Team
	to    string // person id; empty: it concerns everybody
	why   string
}

// reminding is all that decides who is reminded of what. It is pure.
type reminding struct {
	ledger []finding.Finding // judged
	agreed func(team, rule string) (rules.Adopted, bool)
	dir    *org.Directory
	frozen func(*finding.Finding) string // why nothing can be said of it now; empty when it can
	silent func(*finding.Finding) bool   // kept back because its rule is silent
	owner  func(*finding.Finding) owner
	reach  func(person string) (channel, trouble string) // how somebody is reached
	sent   sentBefore
	now    time.Time
}

// owner is whose the ticket is that a finding is about.
type owner struct {
	person string // person id; empty for nobody that the directory knows
	gone   bool   // there is no such ticket any more
}

// nudges decides who is reminded of what now, and why others are not. Both come in
// an order that does not depend on anything but the findings: by person, and for
// each the gravest and oldest first.
func (r *reminding) nudges() (due []nudge, rest []quiet) {
	for i := range r.ledger {
		f := &r.ledger[i]
		a, ok := r.agreed(f.Team, f.Rule)
		if !ok || a.Stage != rules.Remind {
			continue
		}
		mine, others := r.of(f, a)
		due, rest = append(due, mine...), append(rest, others...)
	}
	slices.SortFunc(due, compareNudges)
	slices.SortFunc(rest, func(a, b quiet) int { return cmp.Or(compareFindings(a.about, b.about), cmp.Compare(a.to, b.to)) })
	return due, rest
}

func compareNudges(a, b nudge) int {
	return cmp.Or(cmp.Compare(a.to, b.to), compareFindings(a.about, b.about))
}

// compareFindings orders by severity, the gravest first, then by age.
func compareFindings(a, b *finding.Finding) int {
	return cmp.Or(cmp.Compare(b.Severity.Rank(), a.Severity.Rank()), a.OpenSince().Compare(b.OpenSince()), cmp.Compare(a.Subject.Key, b.Subject.Key), cmp.Compare(a.ID, b.ID))
}

// of decides about one finding.
func (r *reminding) of(f *finding.Finding, a rules.Adopted) (due []nudge, rest []quiet) {
	team, known := r.dir.Team(f.Team)
	if why := r.whyNot(f, a, team, known); why != "" {
		return nil, []quiet{{about: f, team: team, why: why}}
	}
	if f.State != finding.Open {
		return nil, nil
	}
	turns, why := r.concerned(f, a, team)
	if why != "" {
		return nil, []quiet{{about: f, team: team, why: why}}
	}
	week := org.WeekOf(r.now, team.Location)
	for _, t := range turns {
		to, why := r.instead(f, team, t)
		if why == "" && r.sent.used(f.ID, week, t, r.holds(team)) {
			why = "was reminded this week"
		}
		if why != "" {
			rest = append(rest, quiet{about: f, team: team, to: t.person, why: why})
			continue
		}
		for _, person := range to {
			due, rest = r.add(due, rest, nudge{about: f, said: a, team: team, week: week, to: person, whose: []turn{t}})
		}
	}
	return due, rest
}

// add adds a nudge, unless the person cannot or will not be reminded. Who is
// concerned twice gets one.
func (r *reminding) add(due []nudge, rest []quiet, n nudge) ([]nudge, []quiet) {
	if i := slices.IndexFunc(due, func(d nudge) bool { return d.to == n.to }); i >= 0 {
		due[i].whose = append(due[i].whose, n.whose...)
		return due, rest
	}
	var why string
	if p, _ := r.dir.Person(n.to); muted(p) {
		why = "has muted reminders"
	} else if _, why = r.reach(n.to); why == "" {
		return append(due, n), rest
	}
	return due, append(rest, quiet{about: n.about, team: n.team, to: n.to, why: why})
}

// muted reports whether somebody asked not to be reminded.
func muted(p org.Person) bool { return slices.Contains(p.Mutes, "reminders") }

// whyNot says why nobody at all is reminded of the finding now; empty when
// somebody may be, and for what is over, of which there is nothing to say.
func (r *reminding) whyNot(f *finding.Finding, a rules.Adopted, team *org.Team, known bool) string {
	switch f.State {
	case finding.Answered:
		return "answered: it was done on purpose"
	case finding.Waived:
		return "waived"
	case finding.Open:
	default:
		return ""
	}
	if !known {
		return "no team owns it"
	}
	if !team.Existed.Holds(r.now) {
		return "its team is no more"
	}
	if r.silent(f) {
		return "its rule is silent until somebody has had a look at it"
	}
	if why := r.frozen(f); why != "" {
		return why
	}
	if r.owner(f).gone {
		return "its ticket is gone"
	}
	if from := team.Calendar.Add(f.OpenSince(), a.RemindAfter); r.now.Before(from) {
		return fmt.Sprintf("too soon: people have until %s to mend it first", from.In(team.Location).Format("Monday 2 January 15:04"))
	}
	if !working(team, r.now) {
		return fmt.Sprintf("reminders leave on working days between %d:00 and %d:00, and it is %s for the team", remindFrom, remindTo, r.now.In(team.Location).Format("Monday 15:04"))
	}
	return ""
}

// working reports whether it is a working day of the team, and the time of day at
// which people may be disturbed.
func working(team *org.Team, now time.Time) bool {
	hour := now.In(team.Location).Hour()
	return team.Calendar.Works(now) && hour >= remindFrom && hour < remindTo
}

// opens is the next moment after now at which a working day of the team begins, as
// far as reminders go.
func opens(team *org.Team, now time.Time) time.Time {
	local := now.In(team.Location)
	at := time.Date(local.Year(), local.Month(), local.Day(), remindFrom, 0, 0, 0, team.Location)
	for range 366 { // a calendar without any working day has no such moment
		if at.After(now) && team.Calendar.Works(at) {
			break
		}
		at = at.AddDate(0, 0, 1)
	}
	return at
}

// concerned lists whom the finding concerns among those who may know of it. The
// narrower counts of what the agreement says now and what it said when the finding
// was seen.
func (r *reminding) concerned(f *finding.Finding, a rules.Adopted, team *org.Team) (turns []turn, why string) {
	audience := narrower(a.Tell, f.Audience)
	if audience == finding.ForTeam || audience == finding.ForOrg {
		if o := r.owner(f).person; o != "" && r.ofTeam(o, team) {
			return []turn{{asOwner, o}}, ""
		}
	}
	add := func(as seat, seats []org.Seat) {
		for _, s := range seats {
			if s.Holds(r.now) {
				turns = append(turns, turn{as, s.Person})
			}
		}
	}
	add(asEM, team.EMs)
	if audience == finding.ForEMPM {
		add(asPM, team.PMs)
	}
	if len(turns) == 0 {
		return nil, "the team has nobody in the seat that it is for"
	}
	return turns, ""
}

// narrower is the audience that sees less.
func narrower(a, b finding.Audience) finding.Audience {
	order := []finding.Audience{finding.ForEM, finding.ForEMPM, finding.ForTeam, finding.ForOrg}
	if i, k := slices.Index(order, a), slices.Index(order, b); i >= 0 && (k < 0 || i < k) {
		return a
	}
	return b
}

// ofTeam reports whether somebody is a person of the team who may be reminded of a
// ticket of their own: neither automation nor a leader.
func (r *reminding) ofTeam(person string, team *org.Team) bool {
	p, known := r.dir.Person(person)
	return known && !p.Bot && team.MemberAt(person, r.now) && !r.leads(person, team)
}

// leads reports whether somebody is a leader, and not in a seat of the team.
func (r *reminding) leads(person string, team *org.Team) bool {
	return r.dir.HoldsRole(person, r.now, org.Director, org.VP, org.Executive) && !r.holds(team)(turn{asEM, person}) && !r.holds(team)(turn{asPM, person})
}

// holds reports whether somebody is in the seat now.
func (r *reminding) holds(team *org.Team) func(turn) bool {
	return func(t turn) bool {
		seats := map[seat][]org.Seat{asEM: team.EMs, asPM: team.PMs}[t.seat]
		return slices.ContainsFunc(seats, func(s org.Seat) bool { return s.Person == t.person && s.Holds(r.now) })
	}
}

// instead lists who is reminded in the turn: whose it is, or who stands in for them
// while they are away and may know of the finding.
func (r *reminding) instead(f *finding.Finding, team *org.Team, t turn) (to []string, why string) {
	there := r.dir.StandIns(t.person, r.now)
	if len(there) == 0 {
		return nil, "is away, and nobody stands in"
	}
	for _, person := range there {
		p, known := r.dir.Person(person)
		switch {
		case !known || p.Bot:
			why = "is no person"
		case person == f.Actor:
			why = "is whose act it is about, and is told of it in a letter of their own"
		case r.leads(person, team):
			why = "stands in, and leads more than this team"
		case t.seat == asOwner && person != t.person && !team.MemberAt(person, r.now):
			why = "stands in, and is not of the team"
		default:
			to = append(to, person)
		}
	}
	if len(to) > 0 {
		return to, ""
	}
	if there[0] != t.person {
		return nil, fmt.Sprintf("is away; %s %s", strings.Join(there, ", "), why)
	}
	return nil, why
}

// letters parts the nudges that are due by person: one message a person and day
// with the gravest and oldest first. What does not fit waits for the next working
// day.
func letters(due []nudge, sent sentBefore, now time.Time) (out [][]nudge, rest []quiet) {
	for len(due) > 0 {
		n := slices.IndexFunc(due, func(d nudge) bool { return d.to != due[0].to })
		if n < 0 {
			n = len(due)
		}
		mine := due[:n]
		due = due[n:]
		if sent.wasTold(mine[0].to, mine[0].day(now)) {
			rest = append(rest, withheld(mine, "was told of something else today; this waits for the next working day")...)
			continue
		}
		why := fmt.Sprintf("is told of %d others today, which is as many as one message holds; this waits for the next working day", mostInReminder)
		rest = append(rest, withheld(mine[min(mostInReminder, n):], why)...)
		out = append(out, mine[:min(mostInReminder, n)])
	}
	return out, rest
}

func withheld(list []nudge, why string) []quiet {
	var out []quiet
	for _, n := range list {
		out = append(out, quiet{about: n.about, team: n.team, to: n.to, why: why})
	}
	return out
}

// day is today for the team.
func (n *nudge) day(now time.Time) time.Time { return now.In(n.team.Location) }
