package rules

import (
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules/engine"
)

// teamFunctions are what can be asked of teams, their plans and their areas.
func teamFunctions() []function {
	return slices.Concat(seatFunctions(), workFunctions(), planFunctions(), areaFunctions())
}

func seatFunctions() []function {
	people := cel.ListType(personType)
	return []function{
		{
			name: "ems", member: true, usage: "team.ems(at)", args: []*cel.Type{teamType, cel.TimestampType}, result: people,
			help: "Who counted as EM of the team at the moment: its EM, and who stood in for one who was away. Empty when it had none, and when its EM was away and nobody stood in.",
			call: engine.AtNow(engine.Of2(func(t *team, at time.Time) list[*person] {
				return t.leads(t.EMs, t.w.dir.ActingEMs, at)
			}), 1, true),
		},
		{
			name: "pms", member: true, usage: "team.pms(at)", args: []*cel.Type{teamType, cel.TimestampType}, result: people,
			help: "The same of its PMs.",
			call: engine.AtNow(engine.Of2(func(t *team, at time.Time) list[*person] {
				return t.leads(t.PMs, t.w.dir.ActingPMs, at)
			}), 1, true),
		},
		{
			name: "engineers", member: true, usage: "team.engineers(at)", args: []*cel.Type{teamType, cel.TimestampType}, result: people,
			help: "The members of the team who were engineers at the moment.",
			call: engine.AtNow(engine.Of2(func(t *team, at time.Time) list[*person] { return t.engineers(at) }), 1, true),
		},
		{
			name: "mentions", member: true, usage: "text.mentions(people)", args: []*cel.Type{cel.StringType, people}, result: cel.BoolType,
			help: "The text names one of the people: by a word of their name, by their id in the org file or by an account of theirs, each as whole words and without regard to case.",
			call: engine.Of2(func(s string, who list[*person]) bool { return mentionsOne(s, who) }),
		},
	}
}

func workFunctions() []function {
	tickets := cel.ListType(ticketType)
	return []function{
		{
			name: "finished", member: true, usage: "team.finished(window)", args: []*cel.Type{teamType, cel.DurationType}, result: tickets,
			help: "The tickets that the team finished in the window, a year at most, the latest first; epics, projects, goals and sub-tasks aside.",
			call: engine.Of2(func(t *team, window time.Duration) list[*workTicket] { return t.finished(window) }),
		},
		{
			name: "opened", member: true, usage: "team.opened(window)", args: []*cel.Type{teamType, cel.DurationType}, result: tickets,
			help: "The epics and projects that were created for the team in the window, a year at most.",
			call: engine.Of2(func(t *team, window time.Duration) list[*workTicket] { return t.opened(window) }),
		},
		{
			name: "share_of_container", member: true, usage: "ticket.share_of_container(least)", args: []*cel.Type{ticketType, cel.IntType}, result: cel.DoubleType,
			help: "The part of the estimates below its epic or project that the ticket holds, from 0 to 1. 0 when it has no estimate, stands below none, or fewer than so many tickets there have one.",
			call: engine.Of2(func(t *workTicket, least int) float64 { return t.shareOfContainer(least) }),
		},
		{
			name: "labelled", member: true, usage: "ticket.labelled(words)", args: []*cel.Type{ticketType, cel.ListType(cel.StringType)}, result: cel.BoolType,
			help: "One of its labels, or the tracker's own word for what it is, is one of the words, without regard to case and to what stands between the parts of a word. A label in a group is written group/label, and the last part is enough.",
			call: engine.Of2(func(t *workTicket, words []string) bool { return t.labelled(words) }),
		},
		{
			name: "label_among", member: true, usage: "label.label_among(words)", args: []*cel.Type{cel.StringType, cel.ListType(cel.StringType)}, result: cel.BoolType,
			help: "The label is one of the words, in the sense of labelled.",
			call: engine.Of2(labelAmong),
		},
		{
			name: "share", usage: "share(part, all)", args: []*cel.Type{cel.IntType, cel.IntType}, result: cel.DoubleType,
			help: "The part of all, from 0 to 1; 0 of nothing.",
			call: engine.Of2(share),
		},
	}
}

// leads lists who counted in the seats at the moment. Somebody away still counts
// beside who stands in.
func (t *team) leads(seats []org.Seat, acting func(*org.Team, time.Time) []string, at time.Time) []*person {
	ids := acting(t.Team, at)
	if len(ids) == 0 {
		return nil
	}
	for _, s := range seats {
		if s.Holds(at) {
			ids = append(ids, s.Person)
		}
	}
	slices.Sort(ids)
	var out []*person
	for _, id := range slices.Compact(ids) {
		out = append(out, t.w.byID(id))
	}
	return out
}

func (t *team) engineers(at time.Time) []*person {
	var out []*person
	for _, s := range t.Members {
		if p := t.w.byID(s.Person); s.Holds(at) && !p.bot && isEngineer(p, at) &&
			!slices.ContainsFunc(out, func(o *person) bool { return o.id == p.id }) {
			out = append(out, p)
		}
	}
	return out
}

// mentionsOne reports whether the text names one of the people. A single letter, as
// in "J. Park", names nobody.
func mentionsOne(text string, who []*person) bool {
	var wanted [][]string
	for _, p := range who {
		for _, word := range wordsIn(p.name) {
			if len([]rune(word)) > 1 {
				wanted = append(wanted, []string{word})
			}
		}
		wanted = append(wanted, wordLists(append([]string{p.id}, p.accounts()...))...)
	}
	return matches(text, wanted)
}

// accounts are the ids that trackers know the person by.
func (p *person) accounts() []string {
	known, _ := p.w.dir.Person(p.id)
	var out []string
	for _, tracker := range sortedKeys(known.Accounts) {
		out = append(out, known.Accounts[tracker]...)
	}
	return out
}

func (t *workTicket) labelled(words []string) bool {
	return labelAmong(t.RawType, words) || slices.ContainsFunc(t.Labels, func(l string) bool { return labelAmong(l, words) })
}

// labelAmong compares words of letters and digits, so that Action_Item is among
// action-item; of a label in a group the last part is enough.
func labelAmong(label string, words []string) bool {
	wanted := wordLists(words)
	like := func(s string) bool {
		have := wordsIn(s)
		return slices.ContainsFunc(wanted, func(w []string) bool { return slices.Equal(w, have) })
	}
	return like(label) || like(label[strings.LastIndex(label, "/")+1:])
}

func share(part, all int64) float64 {
	if all == 0 {
		return 0
	}
	return float64(part) / float64(all)
}
