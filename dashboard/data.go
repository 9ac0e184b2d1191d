package dashboard

import (
	"context"
	"errors"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
)

// ErrNotFound says that there is nothing of the name asked for.
var ErrNotFound = errors.New("there is no such thing")

// ErrNotYet says that what was asked for is still being put together, and will be
// there in a minute or two.
var ErrNotYet = errors.New("it is still being put together")

// Data is everything that pages read. All of it is safe for concurrent use, and
// what is handed out is never changed afterwards.
type Data interface {
	DirectoryReader
	LedgerReader
	TrendReader
	AgreementReader
	TicketReader
	TrailReader
	VoteReader
	ExperimentReader
	ReportReader
	HealthReader
}

// DirectoryReader knows people and teams.
type DirectoryReader interface {
	Directory() *org.Directory
}

// LedgerReader has the judged ledger at hand: it is asked at nearly every request.
type LedgerReader interface {
	Ledger(ctx context.Context) (*Ledger, error)
}

// TrendReader has the weekly snapshots at hand: it is asked at most requests.
type TrendReader interface {
	Trends(ctx context.Context) (*Trends, error)
}

// AgreementReader knows what is agreed.
type AgreementReader interface {
	Book() *rules.Book
	// Revisions lists how agreements changed, latest first.
	Revisions(ctx context.Context) ([]Revision, error)
	// AgreementsIn says where agreements are managed when that is not here, for
	// people: a file or a repository. Empty: here.
	AgreementsIn() string
}

// Revision is a change of an agreement.
type Revision struct {
	// Number counts the changes made on pages, in their order; 0: it came from a file.
	Number int64
	Team   string // team id; empty for the organisation
	Rule   string
	At     time.Time
	By     string // person id; empty when it came from a file
	Text   string // what changed, in words
	Why    string
}

// TicketReader finds a ticket with its history; ErrNotFound when it is not stored.
type TicketReader interface {
	Ticket(ctx context.Context, source string, ref ticket.Ref) (ticket.Ticket, error)
}

// TrailReader tells who changed what, when and why.
type TrailReader interface {
	// Trail lists entries latest first, at most so many, from where an earlier
	// page ended; next is where this one does, empty at the end of the trail.
	Trail(ctx context.Context, from string, most int) (entries []Entry, next string, err error)
	// TrailOf lists everything that happened to one finding, oldest first.
	TrailOf(ctx context.Context, id finding.ID) ([]Entry, error)
	// Waivers lists all waivers, also those that have ended.
	Waivers(ctx context.Context) ([]finding.Waiver, error)
}

// Entry is a line of the audit trail.
type Entry struct {
	At      time.Time
	By      string     // person id; empty for fairlead itself
	What    string     // what was done, in words: "answered: done on purpose"
	Why     string     // untrusted text
	Finding finding.ID // which finding it is about; empty when none
	Team    string     // whose; empty for the organisation
	Rule    string
	// Configuring says that it is about how fairlead is set up.
	Configuring bool
}

// Vote is what somebody thinks of a finding.
type Vote string

// The votes.
const (
	NoVote    Vote = ""
	Useful    Vote = "useful"
	NotUseful Vote = "not-useful"
)

// Votes are counts of what people think; whose vote is whose is never told.
type Votes struct{ Useful, NotUseful int }

// VoteReader counts votes.
type VoteReader interface {
	// VotesOn counts the votes on all findings of a rule.
	VotesOn(ctx context.Context, rule string) (Votes, error)
	// VoteOf is what a person said of a finding.
	VoteOf(ctx context.Context, id finding.ID, person string) (Vote, error)
}

// ExperimentReader knows the experiments.
type ExperimentReader interface {
	// Experiments lists all, those that began last first, each with what has come
	// of it up to now.
	Experiments(ctx context.Context) ([]Experiment, error)
	// ExperimentsIn says where experiments are managed when that is not here, for
	// people: a file or a repository. Empty: here.
	ExperimentsIn() string
	// Measures lists what an experiment can be about, in the order to offer it.
	Measures() []Measure
}

// Measure is a number that an experiment can be about.
type Measure struct {
	Name, Label string
	// Group is what several that stand together have in common; empty for those of
	// the work itself.
	Group string
}

// Experiment is a process change with a prediction, and what has come of it.
type Experiment struct {
	ID         string // stands in addresses
	Name       string
	Hypothesis string
	Team       string // team id; empty: every team
	Measure    string // its name in snapshots
	Label      string // what the measure counts, for people
	Expect     string // "down by half"
	Guardrail  string // what is to be left alone, in words; empty when nothing
	Start, End ticket.Date
	Verdict    string // moved as expected, moved the other way, not moved, too little data
	Running    bool   // the verdict is how it looks so far
	Text       string // what has come of it, in a sentence or two
	Guarded    string // what has come of the guardrail; empty when there is none
	// Before and After are the weeks that were compared; zero while there are none.
	Before, After Compared
	// KeptIn is the place in a file where it stands; empty where it was begun here.
	KeptIn string
	// Ended says that somebody ended it before its last day; nil when nobody has.
	Ended *EndedEarly
}

// EndedEarly is how an experiment came to end before the day that was planned.
type EndedEarly struct {
	At      time.Time
	By      string // person id
	Why     string // untrusted text
	Planned ticket.Date
}

// Compared is one of two stretches of weeks.
type Compared struct {
	First, Last string // ISO weeks
	Known       int    // of how many weeks the number is known
	Mean        float64
}

// ReportKey says which report is meant.
type ReportKey struct {
	Team   string // team id; empty for the organisation
	Week   string // 2026-W46
	Reader finding.Audience
}

// ReportReader has the archive of weekly reports, and makes the one of a week that
// still runs as a preview.
type ReportReader interface {
	// ReportWeeks lists the weeks of which a team has a report, the latest first;
	// the first is the week that runs. The empty team is the organisation.
	ReportWeeks(ctx context.Context, team string) ([]string, error)
	// Report makes the report; ErrNotFound when the week has none, ErrNotYet while it
	// is put together for the first time.
	Report(ctx context.Context, key ReportKey) (reports.Report, error)
}

// HealthReader tells what the data rest on.
type HealthReader interface {
	// Sources says how fresh each source is; it is asked at every request.
	Sources() []Source
	// Health looks closer.
	Health(ctx context.Context) (Health, error)
	// Ready says why requests cannot be answered yet; nil when they can.
	Ready(ctx context.Context) error
}

// Source is a tracker and how well it could be read. Nothing of it holds a secret.
type Source struct {
	Name     string    // as it stands in subjects
	LastRead time.Time // zero: never
	Stale    bool      // its findings are frozen
	Gaps     []string  // what the tracker should have told and did not
}

// Health is what the data rest on, for those who run fairlead.
type Health struct {
	Sources    []SourceHealth
	People     []Stranger
	Unowned    []Unowned
	Stopped    []Stopped
	Silent     []finding.Mute
	Deliveries []Delivery // latest due first
	Queue      *Queue     // of processes that share the store; nil where one does everything
	// Counted is when tickets were counted last, and with them People and Unowned;
	// zero while they are being counted for the first time.
	Counted time.Time
}

// Queue is how the work stands that processes share.
type Queue struct {
	Scheduler string // who keeps the schedule; empty: nobody just now
	Processes int
	Kinds     []QueueKind
	Troubled  []QueuedTrouble
}

// QueueKind counts the jobs of a kind.
type QueueKind struct {
	Kind                             string
	Waiting, Running, Again, GivenUp int
}

// QueuedTrouble is a job that something stood in the way of.
type QueuedTrouble struct {
	Kind, About, Why, Do string // Why may hold a tracker's words
	GivenUp              bool
	Tried                int
}

// SourceHealth is a source seen more closely.
type SourceHealth struct {
	Source
	Tickets  int
	Took     time.Duration // the latest reading
	Trouble  string        // what stands in the way; empty when nothing does
	Left, Of int           // of how many requests so many are left; Of is zero when the tracker does not say
	Resets   time.Time
	Unmapped []Unmapped
}

// Unmapped is a word of the tracker that has no meaning yet.
type Unmapped struct {
	What    string // "issue type", "status"
	Word    string // untrusted text
	Tickets int
}

// Stranger is an account that the directory does not know.
type Stranger struct {
	Source  string
	Name    string // untrusted text
	Account string
	Tickets int
}

// Unowned is work that no team looks after.
type Unowned struct {
	Source  string
	What    string // "Jira project OPS"
	Tickets int
}

// Stopped is a rule that could not be evaluated.
type Stopped struct{ Rule, Why string }

// Delivery is a report on its way, or arrived.
type Delivery struct {
	Report    string // whose, and for which reader
	Team      string // team id; empty for the organisation
	Week      string
	Channel   string
	State     string // pending, delivered, refused, missed, silent
	Due       time.Time
	Delivered time.Time
	NotBefore time.Time
	Attempts  int
	Trouble   string // without secrets; empty when nothing stood in the way
}
