package reports

import (
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// Kind says what a report is about.
type Kind string

// The kinds of report.
const (
	OfTeam         Kind = "team"         // a team's week
	OfOrganisation Kind = "organisation" // aggregates across teams; names nobody
	ToLeader       Kind = "leader"       // the mirror sentences of one leader, for that leader alone
	Reminder       Kind = "reminder"     // a nudge about one finding
)

// Shipped is what was finished in the week.
type Shipped struct {
	// Items are the most telling ones first: those whose purpose is known.
	Items []ShippedItem `json:"items"`
	// More is how many finished tickets are not listed.
	More int `json:"more"`
}

// ShippedItem is a ticket that was finished: what, who built it, and why it mattered.
type ShippedItem struct {
	// Subject that was finished.
	Subject Subject `json:"subject"`
	// Builders are the names of those who built it, in alphabetical order; empty where nobody is known.
	Builders []string `json:"builders,omitempty"`
	// Why it mattered: words of the problem or goal it leads to; empty when nothing says so.
	Why string `json:"why,omitempty"`
	// Purpose is the problem or goal those words are of.
	Purpose *Subject `json:"purpose,omitempty"`
}

// Slip is work that moved later and may need support.
type Slip struct {
	// Subject that slipped.
	Subject Subject `json:"subject"`
	// Text says how often, and whether anybody wrote why.
	Text string `json:"text"`
}

// Trial is an experiment: a process change with a prediction.
type Trial struct {
	// Name of the experiment.
	Name string `json:"name"`
	// Text tells since when it runs and what has come of it so far.
	Text string `json:"text"`
	// Verdict: moved as expected, moved the other way, not moved, too little data; empty while it runs.
	Verdict string `json:"verdict,omitempty"`
	// Began on this day, YYYY-MM-DD in the team's zone.
	Began string `json:"began"`
}

// Trend is how many exceptions were open at the end of each of twelve weeks.
type Trend struct {
	// Weeks are their ids, oldest first.
	Weeks []string `json:"weeks"`
	// Open at the end of each week; null where that cannot be told.
	Open []*int `json:"open"`
	// Marks are the weeks in which something began that may have changed it.
	Marks []Mark `json:"marks,omitempty"`
}

// Mark is something that began in a week: an experiment.
type Mark struct {
	// Week in which it began.
	Week string `json:"week"`
	// Text names it.
	Text string `json:"text"`
}

// Number is a flow number with its comparison and its size. Numbers start
// conversations; they are never about one person.
type Number struct {
	// Measure by its stable name: cycle-time-median, throughput, …
	Measure string `json:"measure"`
	// Text tells it in a sentence, with comparison and size.
	Text string `json:"text"`
	// Value in the measure's unit; absent when it is not known.
	Value *float64 `json:"value,omitempty"`
	// Before is the value of the week before; absent when it is not known.
	Before *float64 `json:"before,omitempty"`
}

// Retro is the question for this week's ritual, and the standing one.
type Retro struct {
	// Question for the next retro, about something of this week.
	Question string `json:"question,omitempty"`
	// Starters are at most three neutral conversation starters drawn from the week.
	Starters []string `json:"starters,omitempty"`
	// Standing is the question every report closes with.
	Standing string `json:"standing"`
}

// Topic is one point of the agenda for the EM and PM's next talk.
type Topic struct {
	// Text of the point: what to talk about, and why now.
	Text string `json:"text"`
	// Subjects it is about, at most five.
	Subjects []Subject `json:"subjects,omitempty"`
}

// Ending is a waiver that is about to end.
type Ending struct {
	// Text says what it covers, until when, why, and what happens then.
	Text string `json:"text"`
	// Expires is when it ends.
	Expires time.Time `json:"expires"`
	// Covers is how many open exceptions it holds back now.
	Covers int `json:"covers"`
}

// TeamRow is a team in the organisation's report.
type TeamRow struct {
	// Team it is about; of several teams told together the id is empty.
	Team TeamName `json:"team"`
	// Open exceptions that whole teams may see, at the end of the week.
	Open int `json:"open"`
	// LastWeek is how many were open a week before; absent when nobody looked then.
	LastWeek *int `json:"last_week,omitempty"`
	// Trend is how many were open at the end of each of twelve weeks; null where that cannot be told.
	Trend []*int `json:"trend"`
	// Flight counts the tickets in flight; absent when they were not counted or are too few to tell.
	Flight *Flight `json:"flight,omitempty"`
}

// Teams is the organisation's table.
type Teams struct {
	// Weeks are the twelve week ids that each trend runs over, oldest first.
	Weeks []string `json:"weeks"`
	// Rows, ordered by name; of many teams those with the most open.
	Rows []TeamRow `json:"rows"`
	// More is how many groups are not listed.
	More int `json:"more,omitempty"`
	// MoreOpen is how many open exceptions those have.
	MoreOpen int `json:"more_open,omitempty"`
	// Hidden says which teams are told together, or not at all, and why; empty when all are told.
	Hidden string `json:"hidden,omitempty"`
}

// MirrorItem is the sentence that only the leader it is about receives.
type MirrorItem struct {
	// ID of the finding.
	ID finding.ID `json:"id"`
	// Subject it is about.
	Subject Subject `json:"subject"`
	// Text is the mirror sentence.
	Text string `json:"text"`
}
