// Package reports makes a team's week into something worth opening: built pure
// from the ledger, then rendered as plain text, Markdown, JSON and an HTML page
// that is an e-mail as well. It decides what a reader may see and how it is
// worded; it neither judges tickets nor knows a tracker, a store or a clock.
//
// Each child is one channel a report leaves by; reporttest is what all of them
// promise.
package reports

import (
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/trends"
)

// Inputs is all that a team's report is made from.
type Inputs struct {
	Team Team
	// Week is the week reported on, in the team's zone.
	Week org.Week
	// Now is when the report is made: the end of the last evaluation. Before the
	// week's end the report says that the week is still running; after it, only
	// what was so within the week counts.
	Now time.Time
	// Reader is who reads: ForTeam the team's channel, ForEMPM the pair, ForEM
	// the EM. What the reader may not see is not even counted. Anything else is
	// treated like ForTeam.
	Reader finding.Audience
	// Findings is the whole ledger of the team, in any order.
	Findings []finding.Finding
	// Flights are the team's evaluations of the last 13 weeks, in any order; the first
	// and the last of them will do.
	Flights []finding.Flight
	// Agreements are those in force. Findings of a rule without one, or of one in
	// stage Watch, are left out.
	Agreements []Agreement
	// Sources says how well each source of the team's tickets could be read.
	Sources []Health
	// Silent are the rules that fell silent: what opened since is recorded and not
	// told yet.
	Silent []finding.Mute
	// Widespread are the rules of which something is open in most teams, by rule
	// id: they are told in a line each, as conditions of the organisation.
	Widespread map[string]finding.Spread
	// Link is the address of a page that shows more; may be empty. FindingPages is
	// what the address of a finding's page begins with, before its id; empty where
	// findings have none.
	Link, FindingPages string
	// People is how many people the team had at the end of the week: members, EM
	// and PM, each once. Of fewer than five no numbers are told.
	People int
	// Waivers are all that were given; the Findings are judged by them already. They
	// tell which are about to end.
	Waivers []finding.Waiver
	// Names are those of people by id, to say who gave a waiver.
	Names map[string]string
	// Snapshots are the team's weeks in numbers, the reported one and at least
	// twelve before it, in any order.
	Snapshots []trends.Snapshot
	// Trials are the team's experiments, in any order.
	Trials []TrialInput
	// Finished is the work that the team finished in the week, and Slipped what
	// moved later in it, in any order: see Work. FinishedMore and SlippedMore are what
	// TellFinished and TellSlipped left out of them.
	Finished                  []Finished
	Slipped                   []Slipped
	FinishedMore, SlippedMore int
}

// TrialInput is an experiment and what has come of it by the end of the week.
type TrialInput struct {
	Name, Hypothesis string
	// Began is the beginning of its first day in the team's zone, Ends that of the
	// day after its last.
	Began, Ends time.Time
	// Early says that it was ended before the day that was planned.
	Early bool
	// Sentence tells what has come of it so far. Verdict is empty while it runs.
	Sentence, Verdict string
	// Flow is set where its number is of the flow of work rather than of findings.
	Flow bool
}

// Team names the team a report is for.
type Team struct {
	ID   string
	Name string
	// Location is the zone that dates are told in; nil stands for UTC.
	Location *time.Location
	// Locale is how its readers write dates, one of Locales; empty: DefaultLocale.
	Locale string
}

// Agreement is a rule that the team adopted, in its own words.
type Agreement struct {
	Rule    string // rule id
	Promise string // "Every feature says which problem it solves"
	Stage   string // one of the stages; empty counts as StageReport
	// Trouble says why the rule could not be evaluated last time; empty when it
	// could.
	Trouble string
	// Tell is who is told now; empty: as the findings say. The narrower of both
	// counts, so that nobody is told what an EM has just taken back.
	Tell finding.Audience
	// Known is from when on the end of a week can be told; zero: ever since
	// somebody looked. NoHistory says that trackers keep no whole history of what
	// the rule looks at, so that the time before cannot be told at all.
	Known     time.Time
	NoHistory bool
}

// The stages of an agreement. Findings of one that is only watched are recorded,
// not reported.
const (
	StageWatch  = "watch"
	StageReport = "report"
	StageRemind = "remind"
)

// Health is how well a source could be read.
type Health struct {
	// Name is the source's name as it stands in findings: "jira acme.atlassian.net".
	Name string
	// LastRead is when it was last read to the end; zero when it never was.
	LastRead time.Time
	// Stale is set while its findings are frozen.
	Stale bool
	// Gaps are what the tracker should have told and did not.
	Gaps []string
}
