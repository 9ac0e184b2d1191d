// Package api is the JSON that /api/v1 of the dashboard speaks: what is answered,
// and what is sent. It holds types alone; who gets what is decided in dashboard.
// docs/openapi.json is made from these types and their comments.
//
// Fields are only ever added within v1, so whoever reads them leaves alone what
// they do not know. Times are RFC 3339 in UTC, days are YYYY-MM-DD, weeks are ISO
// weeks like 2026-W46. What is not known is missing, or null in a series; it is
// never zero. Names, titles and reasons are text from people and trackers.
package api

import "time"

// Page tells which part of a list this is.
type Page struct {
	// Total is how much there is on all pages.
	Total int `json:"total"`
	// Next is the address of the next page; missing on the last one.
	Next string `json:"next,omitempty"`
}

// Problem says what stands in the way (RFC 9457).
type Problem struct {
	// Type is about:blank: the status says which kind it is.
	Type string `json:"type,omitempty"`
	// Title is what happened, in a few words.
	Title string `json:"title"`
	// Status is that of the answer.
	Status int `json:"status"`
	// Detail is a plain sentence or two: why, and what to do.
	Detail string `json:"detail"`
	// Errors are what is wrong with single parameters or fields.
	Errors []FieldError `json:"errors,omitempty"`
}

// FieldError is what is wrong with one parameter or field.
type FieldError struct {
	// Field is its name.
	Field string `json:"field"`
	// Text is what to do about it.
	Text string `json:"text"`
	// Line and Column say where in the condition of a rule, from 1; missing where it is about the field as a whole.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
}

// Done says that something was kept. It shows in other answers within moments.
type Done struct {
	// Done is what was done: answered, taken-back, waived, renewed, ended, voted, begun, ended-early, withdrawn, agreed or rolled-back.
	Done string `json:"done" jsonschema:"enum=answered,enum=taken-back,enum=waived,enum=renewed,enum=ended,enum=voted,enum=begun,enum=ended-early,enum=withdrawn,enum=agreed,enum=rolled-back"`
	// Self is the address of what it was done to.
	Self string `json:"self"`
}

// Reasoned is why something is done.
type Reasoned struct {
	// Reason is a sentence for whoever reads this later, of at most 2000 characters.
	Reason string `json:"reason" jsonschema:"minLength=1,maxLength=2000"`
}

// Waive leaves something alone for a while.
type Waive struct {
	// Covers is what: finding, ticket, or label: and one of the finding's labels.
	Covers string `json:"covers" jsonschema:"minLength=1,maxLength=300"`
	// Reason is a sentence for whoever reads this later, of at most 2000 characters.
	Reason string `json:"reason" jsonschema:"minLength=1,maxLength=2000"`
	// Until is the last day on which it holds, in the zone of the finding's team, at most a year away.
	Until string `json:"until" jsonschema:"format=date"`
}

// Renew lets a waiver hold on.
type Renew struct {
	// Reason is a sentence for whoever reads this later, of at most 2000 characters.
	Reason string `json:"reason" jsonschema:"minLength=1,maxLength=2000"`
	// Until is the last day on which it holds, in the zone of the first of the viewer's teams, at most a year away.
	Until string `json:"until" jsonschema:"format=date"`
}

// Vote is what somebody thinks of a finding.
type Vote struct {
	// Vote is useful, not-useful, or empty to take an earlier one back.
	Vote string `json:"vote" jsonschema:"enum=,enum=useful,enum=not-useful"`
}

// Breadth is what a waiver would cover.
type Breadth struct {
	// Open is how many open findings it would hold back, of those that the viewer sees.
	Open int `json:"open"`
	// Allowed says that the viewer may give it.
	Allowed bool `json:"allowed"`
	// Text tells it in a sentence, and why it may not be given where that is so.
	Text string `json:"text"`
}

// Source is a tracker, and how well it could be read.
type Source struct {
	// Name is as it stands in findings.
	Name string `json:"name"`
	// LastRead is when it was last read to the end; missing when it never was.
	LastRead time.Time `json:"last_read,omitzero"`
	// Stale says that its findings are frozen until it can be read again.
	Stale bool `json:"stale"`
	// Gaps are what the tracker should have told and did not.
	Gaps []string `json:"gaps"`
	// Close is the closer look, for who configures.
	Close *SourceClose `json:"close,omitempty"`
}

// SourceClose is a closer look at a source.
type SourceClose struct {
	// Tickets is how many are stored.
	Tickets int `json:"tickets"`
	// TookSeconds is how long the latest reading took.
	TookSeconds float64 `json:"took_seconds,omitzero"`
	// Trouble is what stands in the way of reading it.
	Trouble string `json:"trouble,omitempty"`
	// RequestsLeft and RequestsOf are of the tracker's allowance; missing where it does not say.
	RequestsLeft *int `json:"requests_left,omitempty"`
	RequestsOf   *int `json:"requests_of,omitempty"`
	// Resets is when the allowance is whole again.
	Resets time.Time `json:"resets,omitzero"`
	// Unmapped are words of the tracker that have no meaning yet, the most frequent first.
	Unmapped []Unmapped `json:"unmapped"`
}

// Unmapped is a word of a tracker that has no meaning yet.
type Unmapped struct {
	What    string `json:"what"`
	Word    string `json:"word"`
	Tickets int    `json:"tickets"`
}

// Health is what the numbers rest on. What is missing is not for the viewer.
type Health struct {
	Sources []Source `json:"sources"`
	// Deliveries are those that the viewer looks after, the latest due first.
	Deliveries []Delivery `json:"deliveries"`
	// Close is for who configures.
	Close *HealthClose `json:"close,omitempty"`
}

// HealthClose is what an operator has to look after.
type HealthClose struct {
	// Counted is when tickets were counted last, and with them people and unowned;
	// missing while they are counted for the first time.
	Counted time.Time `json:"counted,omitzero"`
	// People are accounts that the directory does not know, at most 200.
	People []Stranger `json:"people"`
	// Unowned is work that no team looks after, at most 200.
	Unowned []Unowned `json:"unowned"`
	// Stopped are rules that could not be evaluated.
	Stopped []Stopped `json:"stopped"`
	// Silent are rules that fell silent because they noticed far more than usual.
	Silent []Silent `json:"silent"`
}

// Stranger is an account that the directory does not know.
type Stranger struct {
	Source  string `json:"source"`
	Name    string `json:"name"`
	Account string `json:"account"`
	Tickets int    `json:"tickets"`
}

// Unowned is work that no team looks after.
type Unowned struct {
	Source  string `json:"source"`
	What    string `json:"what"`
	Tickets int    `json:"tickets"`
}

// Stopped is a rule that could not be evaluated.
type Stopped struct {
	Rule string `json:"rule"`
	Why  string `json:"why"`
}

// Silent is a rule that fell silent.
type Silent struct {
	Rule  string    `json:"rule"`
	Since time.Time `json:"since"`
	// New is how many findings it would have opened at once.
	New int `json:"new"`
}

// Delivery is a report on its way, or arrived.
type Delivery struct {
	// Report is whose, and for which reader.
	Report string `json:"report"`
	// Team is missing for the organisation.
	Team    string `json:"team,omitempty"`
	Week    string `json:"week"`
	Channel string `json:"channel"`
	// State is pending, delivered, refused, missed or silent.
	State     string    `json:"state"`
	Due       time.Time `json:"due"`
	Delivered time.Time `json:"delivered,omitzero"`
	// NotBefore is when it is tried again.
	NotBefore time.Time `json:"not_before,omitzero"`
	Attempts  int       `json:"attempts"`
	Trouble   string    `json:"trouble,omitempty"`
}

// Entry is a line of the audit trail.
type Entry struct {
	At time.Time `json:"at"`
	// By is the id of who did it; missing for fairlead itself.
	By string `json:"by,omitempty"`
	// ByName is what to call them.
	ByName string `json:"by_name,omitempty"`
	What   string `json:"what"`
	Why    string `json:"why,omitempty"`
	// Finding is the id of the one it is about.
	Finding string `json:"finding,omitempty"`
	Team    string `json:"team,omitempty"`
	Rule    string `json:"rule,omitempty"`
	// Configuring says that it is about how fairlead is set up.
	Configuring bool `json:"configuring,omitempty"`
}

// Trail is a page of the audit trail, the latest first, as far as it is for the viewer.
type Trail struct {
	Entries []Entry `json:"entries"`
	// Next is the address of the next page; missing at the end of the trail. A page may hold fewer entries than were asked for and still have a next one.
	Next string `json:"next,omitempty"`
}
