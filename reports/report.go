package reports

import (
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// Version is the version of the JSON form. It grows when a field changes its
// meaning or goes away; new fields leave it as it is.
const Version = 1

// Report is a team's week, worded and cut to one screen, ready to be laid out.
// All text in it is free of control characters and of anything that could turn
// the direction of the words around it; it still has to be escaped for the
// format it is put in.
type Report struct {
	// Version of this form.
	Version int `json:"version"`
	// Kind: team, organisation, leader or reminder.
	Kind Kind `json:"kind"`
	// Team whose week it is; of the organisation the id is empty.
	Team TeamName `json:"team"`
	// Week reported on.
	Week Week `json:"week"`
	// Made is when the report was made.
	Made time.Time `json:"made"`
	// For is the person id of the leader a letter is to, or the id of the finding a reminder is about; empty in other reports.
	For string `json:"for,omitempty"`
	// Reader the report is meant for: team, em-pm, em, org or leader.
	Reader finding.Audience `json:"reader"`
	// Title names team and week.
	Title string `json:"title"`
	// Headline is the one sentence to read: how many exceptions are open, and the change against the week before.
	Headline string `json:"headline"`
	// InFlight is the sentence about the tickets in flight; empty when none were counted in the week.
	InFlight string `json:"in_flight,omitempty"`
	// Notes tell what limits the picture: a week still running, a source not read.
	Notes []string `json:"notes,omitempty"`
	// Trend is how much was open over twelve weeks, as the picture draws it; absent where fewer than three weeks are known.
	Trend *Trend `json:"trend,omitempty"`
	// Counts are the numbers behind the headline.
	Counts Counts `json:"counts"`
	// Agenda is for the EM and PM's next talk; in the pair's report only.
	Agenda []Topic `json:"agenda,omitempty"`
	// Mirror holds the sentences for the leader this report is for.
	Mirror []MirrorItem `json:"mirror,omitempty"`
	// MoreMirror is how many sentences are left out.
	MoreMirror int `json:"more_mirror,omitempty"`
	// Letters hold what only this reader sees.
	Letters []Letter `json:"letters,omitempty"`
	// Settled lists what was open and no longer is, longest open first.
	Settled List `json:"settled"`
	// New lists what opened for the first time, most severe first.
	New List `json:"new"`
	// Reopened lists what had been closed and opened again.
	Reopened List `json:"reopened"`
	// Conditions are what is open in most teams: of the organisation rather than of this team.
	Conditions []Condition `json:"conditions,omitempty"`
	// StillOpen has a line for each agreement with open exceptions, new ones counted.
	StillOpen StillOpen `json:"still_open"`
	// AgedOut lists what left its rule's window unanswered.
	AgedOut List `json:"aged_out"`
	// Teams is the table of the organisation's report.
	Teams *Teams `json:"teams,omitempty"`
	// Shipped is the spotlight: what was finished, who built it, why it mattered.
	Shipped Shipped `json:"shipped"`
	// Slips are worth acknowledging: work that moved later.
	Slips []Slip `json:"slips,omitempty"`
	// MoreSlips is how many of them are not listed.
	MoreSlips int `json:"more_slips,omitempty"`
	// Numbers are the week's flow in sentences.
	Numbers []Number `json:"numbers,omitempty"`
	// Experiments that run, or ended in the week.
	Experiments []Trial `json:"experiments,omitempty"`
	// MoreExperiments is how many of them are not listed.
	MoreExperiments int `json:"more_experiments,omitempty"`
	// Retro is the question for the next ritual.
	Retro *Retro `json:"retro,omitempty"`
	// Ending are the waivers that end within two weeks.
	Ending []Ending `json:"ending,omitempty"`
	// MoreEnding is how many of them are not listed.
	MoreEnding int `json:"more_ending,omitempty"`
	// Data says what the report rests on.
	Data []string `json:"data"`
	// Sources are those that the team's tickets are read from.
	Sources []Source `json:"sources,omitempty"`
	// Why tells the reader why they got this and how to change it.
	Why string `json:"why"`
	// Link is the address of a page that shows more.
	Link string `json:"link,omitempty"`
}

// TeamName names a team and its zone.
type TeamName struct {
	// ID of the team.
	ID string `json:"id"`
	// Name for people.
	Name string `json:"name"`
	// Zone that dates and weeks are told in, as in the IANA database.
	Zone string `json:"zone"`
}

// Week is an ISO week as it passed in the team's zone.
type Week struct {
	// ID is the ISO form: 2026-W46.
	ID string `json:"id"`
	// Start of the week, inclusive.
	Start time.Time `json:"start"`
	// End of the week, exclusive.
	End time.Time `json:"end"`
	// Days for people: "9–15 November".
	Days string `json:"days"`
	// Running is set when the report was made before the week had ended.
	Running bool `json:"running"`
}

// Counts are the numbers of a report. Those about exceptions add up: Open is
// LastWeek with New and Reopened added; Settled, AgedOut, Answered and Waived taken away. They
// cover what the whole team may see; letters are counted apart.
type Counts struct {
	// Open at the end of the week, or when the report was made.
	Open int `json:"open"`
	// LastWeek is how many were open when the week before ended; absent when nobody looked then.
	LastWeek *int `json:"last_week,omitempty"`
	// New ones, never open before.
	New int `json:"new"`
	// Reopened ones, closed before the week.
	Reopened int `json:"reopened"`
	// Settled ones, open when the week began.
	Settled int `json:"settled"`
	// AgedOut ones, open when the week began.
	AgedOut int `json:"aged_out"`
	// Answered ones, done on purpose, open when the week began.
	Answered int `json:"answered"`
	// Waived ones, open when the week began.
	Waived int `json:"waived"`
	// Passing ones opened and closed within the week; in none of the other numbers.
	Passing int `json:"passing"`
	// Flight counts the tickets in flight; absent when none were counted in the week.
	Flight *Flight `json:"flight,omitempty"`
}

// Flight counts tickets, never people.
type Flight struct {
	// InFlight is how many tickets were in flight.
	InFlight int `json:"in_flight"`
	// Clear is how many of them had no open exception.
	Clear int `json:"clear"`
}

// Source is a tracker and how fresh what was read from it is.
type Source struct {
	// Name of the source, the same as in subjects.
	Name string `json:"name"`
	// LastRead is when it was last read to the end; absent when it never was.
	LastRead *time.Time `json:"last_read,omitempty"`
	// Stale is set while its findings are frozen.
	Stale bool `json:"stale"`
}

// List is some items and how many more there are.
type List struct {
	// Items, most important first.
	Items []Item `json:"items"`
	// More is how many are not listed.
	More int `json:"more"`
	// Passing is how many opened and closed the same way within the week.
	Passing int `json:"passing,omitempty"`
	// Apart is how many are neither listed nor in More, because a condition of the whole organisation tells of them.
	Apart int `json:"apart,omitempty"`
}

// Condition is an agreement with open exceptions in most teams that have it.
type Condition struct {
	// Rule of the agreement.
	Rule string `json:"rule"`
	// Promise of the agreement.
	Promise string `json:"promise"`
	// Teams with open exceptions.
	Teams int `json:"teams"`
	// Of is how many teams have the agreement.
	Of int `json:"of"`
	// Here is how many exceptions are open in this team.
	Here int `json:"here"`
	// Text tells it in a sentence or two.
	Text string `json:"text"`
}

// Item is one exception.
type Item struct {
	// ID of the finding, the same for as long as it lives.
	ID finding.ID `json:"id"`
	// Rule that noticed it.
	Rule string `json:"rule"`
	// Severity: info, warn or high.
	Severity finding.Severity `json:"severity"`
	// Subject it is about.
	Subject Subject `json:"subject"`
	// Promise is what the team agreed on.
	Promise string `json:"promise,omitempty"`
	// Reason is what was seen.
	Reason string `json:"reason,omitempty"`
	// Ask is the one thing to do.
	Ask string `json:"ask,omitempty"`
	// OpenSince is when the stretch began that this item tells of.
	OpenSince time.Time `json:"open_since"`
	// ClosedAt is when that stretch ended; absent while it is open.
	ClosedAt *time.Time `json:"closed_at,omitempty"`
	// Age in words: "open for 2 weeks".
	Age string `json:"age"`
	// Concerns holds keys of other tickets that it is about.
	Concerns []string `json:"concerns,omitempty"`
	// ConcernsMore is how many of those are not listed.
	ConcernsMore int `json:"concerns_more,omitempty"`
	// Page is the address of the finding's own page; absent where it has none.
	Page string `json:"page,omitempty"`
}

// Subject is what an item is about.
type Subject struct {
	// Kind: ticket, sprint, area, role, team, ritual or plan.
	Kind finding.SubjectKind `json:"kind"`
	// Source it was read from.
	Source string `json:"source"`
	// Key people know it by.
	Key string `json:"key"`
	// Title, cut to about 120 characters.
	Title string `json:"title,omitempty"`
	// URL to look at it; absent when the tracker's address was not plain http or https.
	URL string `json:"url,omitempty"`
}

// StillOpen is the table of agreements with open exceptions.
type StillOpen struct {
	// Weeks are the twelve week ids that each trend runs over, oldest first.
	Weeks []string `json:"weeks"`
	// Lines, most open first.
	Lines []Line `json:"lines"`
	// MoreLines is how many agreements are not listed.
	MoreLines int `json:"more_lines"`
	// MoreOpen is how many open exceptions those have.
	MoreOpen int `json:"more_open"`
	// Gap says why earlier weeks of some lines cannot be told; empty when all can.
	Gap string `json:"gap,omitempty"`
}

// Line is one agreement with open exceptions.
type Line struct {
	// Rule of the agreement.
	Rule string `json:"rule"`
	// Promise of the agreement.
	Promise string `json:"promise"`
	// Trend is how many were open at the end of each week; null where that cannot be told: nobody had looked yet, or history does not say.
	Trend []*int `json:"trend"`
	// Now is how many are open, new ones counted.
	Now int `json:"now"`
	// Items that are open and not listed as new or reopened, oldest first.
	Items []Item `json:"items"`
	// More is how many of those are not listed.
	More int `json:"more"`
}

// Letter is a section for a narrower audience than the team.
type Letter struct {
	// Audience it is for: em or em-pm.
	Audience finding.Audience `json:"audience"`
	// Heading above it.
	Heading string `json:"heading"`
	// Opening sentence.
	Opening string `json:"opening"`
	// Open exceptions, most severe first.
	Open List `json:"open"`
	// Settled within the week.
	Settled List `json:"settled"`
	// AgedOut within the week.
	AgedOut List `json:"aged_out"`
}
