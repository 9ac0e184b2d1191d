package reports

import (
	"cmp"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
)

// ReminderInputs is all that a reminder is made from.
type ReminderInputs struct {
	// Team whose finding it is, Week the running one in its zone, and when the
	// reminder is made.
	Team Team
	Week org.Week
	Now  time.Time
	// Finding it is about, judged, and its agreement.
	Finding   finding.Finding
	Agreement Agreement
	// Reader is who gets it: the audience of the finding.
	Reader finding.Audience
	// Answer says in a sentence how to say that it was done on purpose; empty: in
	// the ticket.
	Answer string
	// Link is the address of a page that shows more; may be empty. FindingPages: see
	// Inputs.
	Link, FindingPages string
}

// BuildReminder makes one short message about one finding: what was agreed, what
// was seen, the ask, and how to answer.
func BuildReminder(in ReminderInputs) Report {
	v := newView(Inputs{Team: in.Team, Week: in.Week, Now: in.Now, Agreements: []Agreement{in.Agreement}, FindingPages: in.FindingPages})
	v.asOf = in.Now
	item := v.openItem(&in.Finding)
	r := Report{
		Version: Version, Kind: Reminder, For: string(in.Finding.ID), Week: v.week(), Made: in.Now.UTC().Truncate(time.Second), Reader: reader(in.Reader),
		Team:    TeamName{ID: clean(in.Team.ID, nameLength), Name: teamName(in.Team), Zone: v.loc.String()},
		Settled: noItems(), New: List{Items: []Item{item}}, Reopened: noItems(), AgedOut: noItems(),
		StillOpen: StillOpen{Weeks: []string{}, Lines: []Line{}}, Shipped: Shipped{Items: []ShippedItem{}}, Data: []string{}, Link: safeURL(in.Link),
		Counts: Counts{Open: 1},
	}
	r.Week.Running = false // a reminder is about a moment
	r.Title = "A reminder for " + isolated(r.Team.Name)
	r.Headline = sentence(textSubject(item) + " is still open")
	r.Why = joined("Was it done on purpose? "+cmp.Or(proseSentence(in.Answer), "Say so, with a sentence why, and it closes."),
		"You get this because "+isolated(r.Team.Name)+" agreed to be reminded, at most once a week for each matter.")
	return r
}
