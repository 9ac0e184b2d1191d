package daemon

import (
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/store"
)

// The outbox knows three things of reminders: which turn of a finding is taken in
// a week and by which message, a person's message of a day, and the one comment
// on a ticket.
const (
	reminderReports = "reminder "              // what all of them begin with
	turnReport      = reminderReports + "of "  // and the finding's id
	messageReport   = reminderReports + "for " // and the person's id and the day
	commentReport   = reminderReports + "on "  // and the finding's id
)

// turnChannel begins the channel of a turn, which is none: nothing goes there.
const turnChannel = "turn:"

func (t turn) channel() string { return turnChannel + string(t.seat) + " " + t.person }

// withoutTurns leaves out the entries that are no deliveries.
func withoutTurns(all []store.Delivery) []store.Delivery {
	return slices.DeleteFunc(all, func(d store.Delivery) bool { return strings.HasPrefix(d.Channel, turnChannel) })
}

func turnKey(id finding.ID, week org.Week, t turn) store.DeliveryKey {
	return store.DeliveryKey{Report: turnReport + string(id), Week: week.String(), Channel: t.channel()}
}

// messageName is the report of a person's message of a day.
func messageName(person string, day time.Time) string {
	return messageReport + person + " " + day.Format(time.DateOnly)
}

// messageTo is whom a message is for and on which day, by its name; empty for
// other reports.
func messageTo(name string) (person, day string) {
	rest, is := strings.CutPrefix(name, messageReport)
	at := strings.LastIndexByte(rest, ' ')
	if !is || at < 0 {
		return "", ""
	}
	return rest[:at], rest[at+1:]
}

// commentKey is of the one comment that a finding's ticket ever gets.
func commentKey(f *finding.Finding) store.DeliveryKey {
	return store.DeliveryKey{Report: commentReport + string(f.ID), Week: "once", Channel: commentsOn(f.Subject.Source)}
}

// commentsOn names the channel of a source's comments.
func commentsOn(source string) string { return "comment:" + source }

// sentBefore is what of the outbox concerns reminders, by report.
type sentBefore map[string][]store.Delivery

func sentReminders(all []store.Delivery) sentBefore {
	out := sentBefore{}
	for _, d := range all {
		if strings.HasPrefix(d.Report, reminderReports) {
			out[d.Report] = append(out[d.Report], d)
		}
	}
	return out
}

// used reports whether the turn of the week was taken: by this person, or by
// somebody who was in the seat before them. A turn that belongs to a message is
// taken if that may have arrived.
func (s sentBefore) used(id finding.ID, week org.Week, t turn, holds func(turn) bool) bool {
	return slices.ContainsFunc(s[turnReport+string(id)], func(d store.Delivery) bool {
		if d.Week != week.String() || d.State != store.Delivered && !s.arrived(d.Ref) {
			return false
		}
		as, person, _ := strings.Cut(strings.TrimPrefix(d.Channel, turnChannel), " ")
		before := turn{seat(as), person}
		return before == t || before.seat == t.seat && (t.seat == asOwner || !holds(before))
	})
}

// arrived reports whether the message of that name is delivered.
func (s sentBefore) arrived(message string) bool {
	return slices.ContainsFunc(s[message], func(d store.Delivery) bool { return d.State == store.Delivered })
}

// wasTold reports whether a message of the day has reached the person.
func (s sentBefore) wasTold(person string, day time.Time) bool {
	for name, all := range s {
		if to, _ := messageTo(name); to != person {
			continue
		}
		for _, d := range all {
			if d.State == store.Delivered && (name == messageName(person, day) || sameDay(d.Delivered.In(day.Location()), day)) {
				return true
			}
		}
	}
	return false
}

func sameDay(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }

// unsure lists the messages to a person of earlier days that may have arrived and
// may not: they come before any other.
func (s sentBefore) unsure(person string, day time.Time) []store.Delivery {
	var out []store.Delivery
	for name, all := range s {
		if to, on := messageTo(name); to == person && on != day.Format(time.DateOnly) {
			for _, d := range all {
				if d.State == store.Pending && d.Sending {
					out = append(out, d)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b store.Delivery) int { return strings.Compare(a.Report, b.Report) })
	return out
}

// planned reports whether one of the nudge's turns of the week belongs to the
// message.
func (s sentBefore) planned(n *nudge, message string) bool {
	return slices.ContainsFunc(s[turnReport+string(n.about.ID)], func(d store.Delivery) bool { return d.Ref == message })
}

// underWay reports whether the message has arrived, or may have, or is held by
// somebody who is sending it.
func (s sentBefore) underWay(message string, now time.Time) bool {
	return slices.ContainsFunc(s[message], func(d store.Delivery) bool {
		return d.State == store.Delivered || d.Sending || d.Holder != "" && d.Until.After(now)
	})
}
