package rules

import (
	"fmt"
	"slices"
	"time"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
)

// Mirror is the sentence that a rule about a leader's act has for that leader
// alone. It tells what the EM reads, as seen from the other side.
type Mirror struct {
	To      string // expression for whose act it is: a person, or a list of people
	Message string // with {expressions}
}

type fileMirror struct {
	To      string `json:"to" jsonschema:"required,minLength=1" jsonschema_description:"CEL expression for whose act it is: a person, or a list of people. Who is no leader, or not in the directory, gets nothing; nor does anybody where it was several."`
	Message string `json:"message" jsonschema:"required,minLength=1" jsonschema_description:"What that leader alone reads: fact first, about the work, with an easy way out. {expressions} over the facts."`
}

// leadersSetting is the setting that says which roles count as leadership, in the
// rules that have it.
const leadersSetting = "leaders"

// mirror compiles the sentence for the leader.
func (p *parser) mirror(l *language, f *fileMirror, c *code) *Mirror {
	if f == nil {
		return nil
	}
	c.mirrorTo = p.expression(l, f.To, nil, "mirror", "to")
	if c.mirrorTo != nil && !personal(c.mirrorTo.typ) {
		p.mistake("give a person or a list of people, for example change.actor", "this gives "+typeWords(c.mirrorTo.typ), "mirror", "to")
	}
	c.mirror = p.template(l, f.Message, "mirror", "message")
	return &Mirror{To: f.To, Message: f.Message}
}

func personal(t *cel.Type) bool {
	return t.IsExactType(personType) || t.IsExactType(cel.ListType(personType))
}

// mirror gives whose act the finding tells of and the sentence for them; nothing
// where that is nobody, several, or no leader.
func (t *teller) mirror(rows []row) (actor, sentence string) {
	c := t.adopted.Rule.code
	if c.mirrorTo == nil || t.err != nil {
		return "", ""
	}
	to, err := c.mirrorTo.value(t.frame)
	if err != nil {
		t.fail(err)
		return "", ""
	}
	who := people(to)
	if len(who) == 0 || slices.ContainsFunc(who, func(p *person) bool { return p.Identity() != who[0].Identity() }) {
		return "", ""
	}
	if !who[0].led(actedAt(who[0], rows, t.frame.now), t.leaders()) {
		return "", ""
	}
	return who[0].id, t.fill(c.mirror)
}

// leaders are the roles that count as leadership by the team's agreement; nil
// where the rule leaves that to the catalog.
func (t *teller) leaders() []string {
	list, _ := t.frame.settings.values[leadersSetting].([]string)
	return list
}

// led reports whether somebody whom the directory knows was a leader then.
func (p *person) led(at time.Time, leaders []string) bool {
	return p.id != "" && !p.bot && slices.ContainsFunc(p.roles(at), func(r org.Role) bool {
		if leaders == nil {
			return r.Side() == org.Leadership
		}
		return among(string(r), leaders)
	})
}

// actedAt is when the person last did something of what is told; otherwise now.
func actedAt(p *person, rows []row, now time.Time) time.Time {
	for _, r := range slices.Backward(rows) {
		var by *person
		switch item := r.item.(type) {
		case *change:
			by, _ = item.of.w.maybe(item.of.Tracker, item.Actor)
		case *assignment:
			by, _ = item.of.w.maybe(item.of.Tracker, item.Actor)
		}
		if by != nil && by.Identity() == p.Identity() {
			return r.at
		}
	}
	p.w.turnsWithPeople()
	return now
}

// labelsOf are the labels of the ticket that a finding is about, sorted.
func labelsOf(subject any, about finding.Subject) []string {
	if g, ok := subject.(*goal); ok && g.ticket != nil {
		subject = g.ticket
	}
	t, ok := subject.(*workTicket)
	if !ok || about.Kind != finding.AboutTicket || len(t.Labels) == 0 {
		return nil
	}
	return slices.Sorted(slices.Values(t.Labels))
}

// checkMirror looks at what a test expects of the sentence.
func (p *parser) checkMirror(r *Rule, t *Test, i int) {
	for n, e := range t.Expect {
		if e.Mirror != nil && r.Mirror == nil && !p.salvaged {
			p.mistake("leave it out, or add mirror to the rule", fmt.Sprintf("the rule %s has no mirror sentence", r.ID), "tests", i, "expect", n, "mirror")
		}
	}
}
