package dashboard

import (
	"context"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Workbench is where agreements and rules are changed on pages. Whether the viewer
// may is decided before it is asked.
type Workbench interface {
	// Draft is what the team itself, or for an empty id the organisation, has said
	// of the rule so far: what the form begins with. ErrNotFound when there is no
	// such team or rule.
	Draft(ctx context.Context, team, rule string) (AgreementDraft, error)
	// Preview tells what the draft would have noticed. It gives up with ctx, and
	// itself after a while. A draft that says something that cannot be is told by
	// Mistakes, one that takes too long by a Refusal.
	Preview(ctx context.Context, d AgreementDraft) (Preview, error)
	// Text is the draft as it would stand in a file, and which file that would be.
	Text(ctx context.Context, d AgreementDraft) (DraftText, error)
	// SaveAgreement makes the draft what holds. ErrChanged says that somebody saved
	// another since the draft was begun; Mistakes what cannot be in it.
	SaveAgreement(ctx context.Context, by Viewer, d AgreementDraft, why string) error
	// RollBack makes what an earlier revision said hold again, as a revision of its own. To
	// the number 0: what the files say.
	RollBack(ctx context.Context, by Viewer, team, rule string, to int64, why string) error
}

// AgreementDraft is an agreement as somebody wrote it into the form. What is empty
// stays as the organisation agreed it, or else as shipped.
type AgreementDraft struct {
	Team, Rule string
	// Base is the number of the revision that the draft was begun from; 0 when
	// there was none.
	Base int64

	Off            bool
	Because        string
	Promise        string
	Ask            string
	Stage          string
	Tell           string
	ReviewOn       ticket.Date
	RemindAfter    string            // working days
	RemindComment  string            // yes, no
	Settings       map[string]string // as written, by name
	ExceptLabels   []string
	ExceptProjects []string
	PinAll         bool     // only the organisation's
	Pins           []string // what the organisation holds fast

	// When is the condition of the rule, for everybody; empty: as the rule has it. Only who
	// configures may save another.
	When string
}

// DraftText is a draft as a file would hold it.
type DraftText struct {
	File  string // where it belongs, as people would name it: teams/payments.yaml
	Text  string // YAML of the whole entry
	Patch string // unified diff against that file; empty where it cannot be made
}

// Mistakes are everything that cannot be in a draft.
//
//nolint:errname // the same word as in files
type Mistakes []Mistake

func (m Mistakes) Error() string {
	if len(m) == 0 {
		return "no mistakes"
	}
	return m[0].Text
}

// Mistake is one of them.
type Mistake struct {
	Field        string // of the form: promise, settings.min_chars, when; empty: the whole
	Line, Column int    // in the condition, from 1; 0 when it is about the field as a whole
	Text         string // what stands in the way
	Hint         string // what to do
}

// Preview is what a draft would have noticed over the last weeks.
type Preview struct {
	Weeks  []PreviewWeek // oldest first; the last is the time since the last week's end
	Raised int
	Open   int
	// Samples are some of them for a person to look at, what is open first.
	Samples []Sample
	// Today is the same of what holds today; nil when the rule is not in force.
	Today *Preview
	// More and Fewer are what only the draft, and what only today's notices.
	More, Fewer         int
	MoreSamples         []Sample
	FewerSamples        []Sample
	MoreOpen, FewerOpen int
	Stopped             string // why it could not be evaluated at some of the moments
	Untold              string // what of the past is judged by what is known today
}

// PreviewWeek is how findings moved in one week.
type PreviewWeek struct {
	Week                 string // 2026-W46; "now" for the last
	Opened, Closed, Open int
}

// Sample is something that would have been noticed.
type Sample struct {
	Key, Title, URL string // of the ticket or other subject; untrusted text
	Team            string // team id
	Tell            finding.Audience
	Text            string // the reason, in words
	Since           time.Time
	Open            bool
}
