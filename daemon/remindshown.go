package daemon

import (
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
)

// Reminded is what was sent, or would be, and why other things are not. Texts are
// fit for a terminal.
type Reminded struct {
	At       time.Time         `json:"at"`
	Messages []ReminderMessage `json:"messages"`
	Comments []ReminderComment `json:"comments"`
	Withheld []Withheld        `json:"withheld"`
}

// ReminderMessage is one message to one person.
type ReminderMessage struct {
	To        string          `json:"to"`
	Name      string          `json:"name"`
	Channel   string          `json:"channel"`
	Findings  []RemindedAbout `json:"findings"`
	Delivered bool            `json:"delivered"`
	Trouble   string          `json:"trouble,omitempty"` // why it did not arrive

	report string
}

// RemindedAbout is what somebody is reminded of.
type RemindedAbout struct {
	ID    finding.ID `json:"id"`
	Rule  string     `json:"rule"`
	Team  string     `json:"team"`
	Key   string     `json:"key"`
	Title string     `json:"title,omitempty"`
	Since time.Time  `json:"open_since"`
}

// ReminderComment is one comment on a ticket.
type ReminderComment struct {
	RemindedAbout
	Source  string `json:"source"`
	Place   string `json:"place,omitempty"`   // its address, once it stands there
	Trouble string `json:"trouble,omitempty"` // why it does not

	report string
}

// Withheld is what nobody, or somebody, is not reminded of now.
type Withheld struct {
	RemindedAbout
	To  string `json:"to,omitempty"` // empty: it concerns everybody
	Why string `json:"why"`
}

// shown is the decision in words.
func (r *reminders) shown(f *Fairlead) Reminded {
	out := Reminded{At: r.now, Messages: []ReminderMessage{}, Comments: []ReminderComment{}, Withheld: []Withheld{}}
	for _, o := range r.unclear {
		if len(o.list) > 0 {
			out.Messages = append(out.Messages, f.messageShown(o.Report, o.list))
		}
	}
	for _, list := range r.letters {
		out.Messages = append(out.Messages, f.messageShown(messageName(list[0].to, list[0].day(r.now)), list))
	}
	for i := range r.comments {
		c := &r.comments[i]
		out.Comments = append(out.Comments, ReminderComment{RemindedAbout: aboutShown(c.about), Source: rules.OneLine(c.source.Name), report: commentKey(c.about).Report})
	}
	for _, q := range r.rest {
		out.Withheld = append(out.Withheld, Withheld{RemindedAbout: aboutShown(q.about), To: rules.OneLine(q.to), Why: q.why})
	}
	return out
}

func (f *Fairlead) messageShown(report string, list []nudge) ReminderMessage {
	channel, _ := f.reach(list[0].to)
	m := ReminderMessage{To: rules.OneLine(list[0].to), Name: f.nameOf(list[0].to), Channel: rules.OneLine(channel), report: report}
	for _, n := range list {
		m.Findings = append(m.Findings, aboutShown(n.about))
	}
	return m
}

func aboutShown(f *finding.Finding) RemindedAbout {
	return RemindedAbout{ID: f.ID, Rule: f.Rule, Team: f.Team, Key: rules.OneLine(f.Subject.Key), Title: rules.OneLine(f.Subject.Title), Since: f.OpenSince()}
}

// note adds what came of it.
func (r *Reminded) note(sent, said []outcome) {
	for _, o := range sent {
		for i := range r.Messages {
			if m := &r.Messages[i]; m.report == o.Report {
				m.Delivered, m.Trouble = o.State == store.Delivered, troubleOf(o)
			}
		}
	}
	for _, o := range said {
		for i := range r.Comments {
			if c := &r.Comments[i]; c.report == o.Report {
				c.Place, c.Trouble = o.Place, troubleOf(o)
			}
		}
	}
}

func troubleOf(o outcome) string {
	if o.err == nil {
		return ""
	}
	return o.err.Error()
}
