package api

import "time"

// Draft is what somebody says of an agreement. What is missing stays as the
// organisation agreed it, or else as it ships. Of texts 500 characters can be saved,
// 2000 of a setting and of because, and 200 entries of a list.
type Draft struct {
	// Base is the number of the revision that the draft begins from; 0 where there is none.
	Base int64 `json:"base" jsonschema:"minimum=0"`
	// Off says that nobody looks.
	Off bool `json:"off,omitempty"`
	// Because says why it is off, or why it is as it is.
	Because string `json:"because,omitempty"`
	Promise string `json:"promise,omitempty"`
	Ask     string `json:"ask,omitempty"`
	// Stage is watch, report or remind.
	Stage string `json:"stage,omitempty"`
	// Tell says who sees findings with names: em, em-pm, team or org.
	Tell string `json:"tell,omitempty"`
	// ReviewOn is the day to talk about it again.
	ReviewOn string `json:"review_on,omitempty"`
	// RemindAfter is how many working days something is open before people are reminded.
	RemindAfter string `json:"remind_after,omitempty"`
	// RemindComment is yes or no: whether one comment is left on the ticket.
	RemindComment string `json:"remind_comment,omitempty"`
	// Settings are values by name, each as a file would hold it: 120, 30 %, 3 working days, [one, two].
	Settings map[string]string `json:"settings,omitempty"`
	// ExceptLabels and ExceptProjects are what it does not look at, beside what the organisation leaves out.
	ExceptLabels   []string `json:"except_labels,omitempty"`
	ExceptProjects []string `json:"except_projects,omitempty"`
	// PinAll and Pins are what no team says otherwise; the organisation's alone.
	PinAll bool     `json:"pin_all,omitempty"`
	Pins   []string `json:"pins,omitempty"`
	// When is the condition of the rule, for everybody, in CEL; missing: it stays as it is. Only who configures may save another.
	When string `json:"when,omitempty"`
}

// AgreementDraft is what a team itself, or the organisation, has said of a rule.
type AgreementDraft struct {
	Rule string `json:"rule"`
	Self string `json:"self"`
	// Team is missing for the organisation.
	Team string `json:"team,omitempty"`
	// Managed says where agreements are kept when that is not here; nothing can be saved here then.
	Managed string `json:"managed,omitempty"`
	Draft   Draft  `json:"draft"`
}

// TryDraft asks what a draft would notice, or how a file would hold it.
type TryDraft struct {
	Draft Draft `json:"draft"`
}

// SaveDraft makes a draft what holds.
type SaveDraft struct {
	Draft Draft `json:"draft"`
	// Reason is a sentence for whoever reads this later, of at most 2000 characters.
	Reason string `json:"reason" jsonschema:"minLength=1,maxLength=2000"`
}

// DraftText is a draft as a file would hold it.
type DraftText struct {
	// File is where it belongs.
	File string `json:"file"`
	// YAML is the whole entry.
	YAML string `json:"yaml"`
	// Patch is a unified diff against the file; missing where there is none to be made.
	Patch string `json:"patch,omitempty"`
}

// Preview is what a draft would have noticed. What is missing is not for the viewer.
type Preview struct {
	// Text tells it in a sentence.
	Text string `json:"text"`
	// Compared holds it against what holds today.
	Compared string `json:"compared,omitempty"`
	// Numbers are missing where they are not told to the viewer.
	Numbers *PreviewNumbers `json:"numbers,omitempty"`
	// Samples are some of what would have been noticed, what is open first.
	Samples []Sample `json:"samples"`
	// MoreSamples are some of what only the draft notices, and FewerSamples of what only today's agreement does.
	MoreSamples  []Sample `json:"more_samples"`
	FewerSamples []Sample `json:"fewer_samples"`
	// Hidden says what is not shown, and why.
	Hidden string `json:"hidden,omitempty"`
	// Stopped is why it could not be evaluated at some of the moments.
	Stopped string `json:"stopped,omitempty"`
	// Untold is what of the past is judged by what is known today.
	Untold string `json:"untold,omitempty"`
}

// PreviewNumbers are how much a draft would have noticed.
type PreviewNumbers struct {
	Raised int `json:"raised"`
	Open   int `json:"open"`
	// Weeks are the oldest first; the last is the one that runs.
	Weeks []PreviewWeek `json:"weeks"`
	// Today are the same of what holds today; missing where nobody looks for it.
	Today *PreviewToday `json:"today,omitempty"`
}

// PreviewToday is how much what holds today noticed, and how far the draft is from that.
type PreviewToday struct {
	Raised int           `json:"raised"`
	Open   int           `json:"open"`
	Weeks  []PreviewWeek `json:"weeks"`
	// More is what only the draft notices, Fewer what only today's agreement does; of all that are open now, MoreOpen are so only by the draft and FewerOpen only today.
	More      int `json:"more"`
	Fewer     int `json:"fewer"`
	MoreOpen  int `json:"more_open"`
	FewerOpen int `json:"fewer_open"`
}

// PreviewWeek is how findings moved in one week.
type PreviewWeek struct {
	Week   string `json:"week"`
	Opened int    `json:"opened"`
	Closed int    `json:"closed"`
	// Open is how many were open at its end.
	Open int `json:"open"`
}

// Sample is something that would have been noticed.
type Sample struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
	Team  string `json:"team,omitempty"`
	// Tell says who would see it.
	Tell string `json:"tell"`
	Text string `json:"text"`
	// Since is when it was noticed.
	Since time.Time `json:"since,omitzero"`
	Open  bool      `json:"open"`
}

// Revisions is a page of how an agreement changed, the latest first.
type Revisions struct {
	Revisions []Revision `json:"revisions"`
	Page
}
