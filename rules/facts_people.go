package rules

import (
	"slices"
	"time"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules/engine"
	"github.com/fairlead-dev/fairlead/ticket"
)

// person is somebody in the org directory, or a tracker account that the
// directory does not know.
type person struct {
	id      string // id in the directory; empty when it does not know the account
	name    string
	bot     bool
	off     bool   // the tracker says that the account is switched off
	account string // tracker and account id, to tell strangers apart
	w       *world
}

func (p *person) Identity() string {
	if p.id != "" {
		return p.id
	}
	return p.account
}

// knownAs is an account as one ticket tells of it.
type knownAs struct {
	tracker string
	ticket.Account
}

// person looks the account up, once.
func (w *world) person(tracker string, a ticket.Account) *person {
	key := knownAs{tracker, a}
	if w.noted != nil && a.ID != "" && a.Email == "" {
		w.noted.people |= peopleOf(accountOf(tracker, a))
	}
	p := w.people[key]
	if p == nil {
		p = w.lookUp(tracker, a)
		if !w.waits() { // it may be somebody else by the address
			w.people[key] = p
		}
	}
	return p
}

func (w *world) lookUp(tracker string, a ticket.Account) *person {
	p, known := w.dir.Resolve(tracker, a.ID, "")
	if !known {
		a.Email = w.emails.Of(tracker, a)
		p, known = w.dir.Resolve(tracker, a.ID, a.Email)
	}
	if !known {
		return &person{name: a.Name, bot: a.Bot, off: a.Inactive, account: name("", tracker, a.ID, a.Email), w: w}
	}
	return &person{id: p.ID, name: p.Name, bot: p.Bot || a.Bot, off: a.Inactive, w: w}
}

// maybe is person, missing when the account is nobody.
func (w *world) maybe(tracker string, a ticket.Account) (*person, bool) {
	if a.IsZero() {
		return nil, false
	}
	return w.person(tracker, a), true
}

// byID is the person of the directory.
func (w *world) byID(id string) *person {
	p := w.named[id]
	if p == nil {
		known, _ := w.dir.Person(id)
		p = &person{id: id, name: known.Name, bot: known.Bot, w: w}
		w.named[id] = p
	}
	return p
}

func personFacts() noun {
	type P = *person
	return noun{typ: personType, help: "Somebody: a person of the org directory, or a tracker account the directory does not know.", facts: []fact{
		always("id", cel.StringType, "id in the org directory; empty when it does not know the account", func(p P) string { return p.id }),
		always("name", cel.StringType, "name; written by anyone", func(p P) string { return p.name }),
		always("known", cel.BoolType, "the org directory knows the account", func(p P) bool { return p.id != "" }),
		always("bot", cel.BoolType, "automation, by the directory or by the tracker", func(p P) bool { return p.bot }),
		always("inactive", cel.BoolType, "the tracker says that the account is switched off; known only for now", func(p P) bool { return p.off }),
		always("left", cel.BoolType, "every role written down for the person has ended, and no team has a seat for them", func(p P) bool { return p.left() }),
		always("stranger", cel.BoolType, "the org directory knows people, and not this account", func(p P) bool { return p.stranger() }),
		always("away", cel.BoolType, "the person is on an absence that is known", func(p P) bool { return p.away() }),
		sometimes("back", cel.TimestampType, "when the person's last absence ended; missing when none has", func(p P) (time.Time, bool) { return p.back() }),
	}}
}

func peopleFunctions() []function {
	textList, people := cel.ListType(cel.StringType), cel.ListType(personType)
	return []function{
		{
			name: "em_of", usage: "em_of(ticket, at)", args: []*cel.Type{ticketType, cel.TimestampType}, result: people,
			help: "Who counted as EM of the ticket at the moment: the EM of the team that owned it then, and who stood in for one who was away. " +
				"Empty when no team owned it, when the team had no EM, and when its EM was away and nobody stood in.",
			call: engine.AtNow(engine.Of2(func(t *workTicket, at time.Time) list[*person] { return emOf(t, at) }), 1, false),
		},
		{
			name: "took_part", usage: "took_part(ticket, people, before)", args: []*cel.Type{ticketType, people, cel.TimestampType}, result: cel.BoolType,
			help: "One of the people created the ticket, changed it, commented, was mentioned or was made assignee no later than the moment, or watches it now " +
				"(trackers do not tell since when).",
			call: engine.AtNow(engine.Of3(func(t *workTicket, who list[*person], before time.Time) bool { return tookPart(t, who, before) }), 2, false),
		},
		{
			name: "took_part", usage: "took_part(ticket, person, before)", args: []*cel.Type{ticketType, personType, cel.TimestampType}, result: cel.BoolType,
			help: "The same of one person.",
			call: engine.AtNow(engine.Of3(func(t *workTicket, p *person, before time.Time) bool { return tookPart(t, alone(p), before) }), 2, false),
		},
		{
			name: "role", usage: "role(person, at)", args: []*cel.Type{personType, cel.TimestampType}, result: textList,
			help: "The roles the person held at the moment; EM and PM are also held through a team that names them so. Empty for who is not known.",
			call: engine.AtNow(engine.Of2(func(p *person, at time.Time) []string { return wordList(p.roles(at)) }), 1, true),
		},
		{
			name: "has_role", usage: "has_role(person, roles, at)", args: []*cel.Type{personType, textList, cel.TimestampType}, result: cel.BoolType,
			help: "The person held one of the roles at the moment. EM and PM are also held through a team that names them so.",
			call: engine.AtNow(engine.Of3(hasRole), 2, true),
		},
		{
			name: "side_of", usage: "side_of(person, at)", args: []*cel.Type{personType, cel.TimestampType}, result: textList,
			help: "Where the person's roles stood at the moment: engineering, product, leadership. A member of a team whose roles stand on no side " +
				"is taken for an engineer; empty for everybody else without such a role.",
			call: engine.AtNow(engine.Of2(sidesOf), 1, true),
		},
		{
			name: "is_engineer", usage: "is_engineer(person, at)", args: []*cel.Type{personType, cel.TimestampType}, result: cel.BoolType,
			help: "The person was an engineer, tech lead, QA or contractor at the moment, or a member of a team whose roles stand on no side " +
				"(none, or one of the organisation's own).",
			call: engine.AtNow(engine.Of2(isEngineer), 1, true),
		},
		{
			name: "reports_to", usage: "reports_to(person, boss, at)", args: []*cel.Type{personType, personType, cel.TimestampType}, result: cel.BoolType,
			help: "The boss was the person's direct manager at the moment: by a reporting line, or where none is written down as EM of their team.",
			call: engine.AtNow(engine.Of3(reportsTo), 2, true),
		},
		{
			name: "handed_back", usage: "handed_back(assignment, until)", args: []*cel.Type{assignmentType, cel.TimestampType}, result: cel.BoolType,
			help: "The ticket went back, after the assignment and no later than the moment, to who had it before: to nobody, where nobody had.",
			call: engine.Of2(handedBack),
		},
	}
}

// emOf lists who counted as EM of the ticket at the moment.
func emOf(t *workTicket, at time.Time) []*person {
	return t.w.emsOf(t.ownerAt(at), at)
}

// emsOf is emOf for the team that owned the work.
func (w *world) emsOf(team *org.Team, at time.Time) []*person {
	if team == nil {
		return nil
	}
	var out []*person
	for _, id := range w.dir.EMsAt(team, at) {
		out = append(out, w.byID(id))
	}
	return out
}

func tookPart(t *workTicket, who []*person, before time.Time) bool {
	for part := range t.Parts() {
		if part.At.After(before) {
			continue
		}
		if t.w.person(t.Tracker, part.Account).among(who) {
			return true
		}
	}
	return false
}

// alone is the person as a list; null is nobody.
func alone(p *person) []*person {
	if p == nil {
		return nil
	}
	return []*person{p}
}

// among reports whether the person is one of the others, by whatever account.
func (p *person) among(others []*person) bool {
	return slices.ContainsFunc(others, func(o *person) bool { return o.Identity() == p.Identity() })
}

func hasRole(p *person, names []string, at time.Time) bool {
	return slices.ContainsFunc(p.roles(at), func(r org.Role) bool { return among(string(r), names) })
}

// roles lists what somebody was at the moment; nothing for who is not known.
func (p *person) roles(at time.Time) []org.Role {
	if p == nil || p.id == "" {
		return nil
	}
	return p.w.dir.RolesAt(p.id, at)
}

func sidesOf(p *person, at time.Time) []string {
	var out []string
	for _, r := range p.roles(at) {
		if s := r.Side(); s != org.NoSide {
			out = append(out, string(s))
		}
	}
	if len(out) == 0 && isEngineer(p, at) {
		out = append(out, string(org.Engineering))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// isEngineer leaves EMs out: they stand on engineering's side, but are not who
// work is handed to past an EM. A member of a team whose roles stand on no side
// (none, or one of the organisation's own) is taken for an engineer.
func isEngineer(p *person, at time.Time) bool {
	elsewhere := false
	for _, r := range p.roles(at) {
		if r != org.EM && r.Side() == org.Engineering {
			return true
		}
		elsewhere = elsewhere || r == org.EM || r.Side() != org.NoSide
	}
	if elsewhere || p == nil || p.id == "" {
		return false
	}
	return slices.ContainsFunc(p.w.dir.Teams(), func(t org.Team) bool { return t.MemberAt(p.id, at) })
}

func reportsTo(p, boss *person, at time.Time) bool {
	if p == nil || boss == nil || p.id == "" || boss.id == "" {
		return false
	}
	return boss.w.dir.Manages(boss.id, p.id, at)
}

// wordList gives roles as texts.
func wordList[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}
