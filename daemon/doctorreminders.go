package daemon

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/store"
)

// ReminderTrouble is what stands in the way of reminders to one address, or of
// comments on one source's tickets.
type ReminderTrouble struct {
	Channel string `json:"channel"`
	Waiting int    `json:"waiting"` // how many did not get through
	Said    string `json:"said"`    // what stood in the way last
	Since   string `json:"since"`   // RFC 3339: since when
}

// remindersExamined is how far back doctor looks: a reminder is of a week.
const remindersExamined = aWeek

// examineReminders tells of each address and each source once, as long as nothing
// has got through since.
func (f *Fairlead) examineReminders(ctx context.Context, now time.Time) ([]ReminderTrouble, error) {
	all, err := f.store.Deliveries(ctx, now.Add(-remindersExamined))
	if err != nil {
		return nil, err
	}
	all = withoutTurns(slices.DeleteFunc(all, func(d store.Delivery) bool { return !isReminder(d.DeliveryKey) }))
	slices.SortStableFunc(all, func(a, b store.Delivery) int { return a.Due.Compare(b.Due) })
	byChannel := map[string]*ReminderTrouble{}
	for _, d := range all {
		switch {
		case d.State == store.Delivered:
			delete(byChannel, d.Channel)
		case d.Attempts == 0 || d.Trouble == "":
		case byChannel[d.Channel] == nil:
			byChannel[d.Channel] = &ReminderTrouble{Channel: d.Channel, Waiting: 1, Said: d.Trouble, Since: stampOf(d.Due)}
		default:
			t := byChannel[d.Channel]
			t.Waiting++
			t.Said = d.Trouble
		}
	}
	var out []ReminderTrouble
	for _, t := range byChannel {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b ReminderTrouble) int { return strings.Compare(a.Channel, b.Channel) })
	return out, nil
}

// saidOf reports whether the trouble is one that a source's missing permissions
// tell of already.
func (e *Examination) saidOf(t ReminderTrouble) bool {
	return slices.ContainsFunc(e.Sources, func(s ExaminedSource) bool {
		return t.Channel == commentsOn(s.Name) && slices.ContainsFunc(s.Missing, func(m string) bool { return strings.Contains(m, "comment") })
	})
}

func (p *examinationPrinter) reminders(all []ReminderTrouble) {
	if len(all) > 0 {
		p.heading("Reminders")
	}
	for _, t := range all[:min(len(all), mostShown)] {
		if source, is := strings.CutPrefix(t.Channel, "comment:"); is {
			p.say(markWrong, "no comment can be left on tickets of %s", shown(source))
		} else {
			p.say(markWrong, "reminders do not reach %s", shown(t.Channel))
		}
		p.quote(t.Said)
	}
	p.more(len(all))
}
