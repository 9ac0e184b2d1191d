package api

import "time"

// Findings is a page of a list: what is open first, the gravest first, the oldest first.
type Findings struct {
	// AsOf is the moment people's answers and waivers were judged at.
	AsOf     time.Time `json:"as_of"`
	Findings []Finding `json:"findings"`
	Page
}

// Finding is something noticed about one piece of work.
type Finding struct {
	ID string `json:"id"`
	// Self is the address of the finding with its evidence.
	Self string `json:"self"`
	// State is open, watched (told to nobody yet), answered, waived, settled, aged-out or withdrawn.
	State string `json:"state" jsonschema:"enum=open,enum=watched,enum=answered,enum=waived,enum=settled,enum=aged-out,enum=withdrawn"`
	// Severity is high, warn or info.
	Severity string `json:"severity" jsonschema:"enum=high,enum=warn,enum=info"`
	// Team is whose work it is; empty when no team owns it.
	Team string `json:"team"`
	Rule string `json:"rule"`
	// Kind says what it is about: a ticket, or something else.
	Kind string `json:"kind"`
	// Key is what people call that.
	Key   string `json:"key"`
	Title string `json:"title"`
	// URL leads to it in its tracker.
	URL     string `json:"url,omitempty"`
	Promise string `json:"promise"`
	Reason  string `json:"reason"`
	Ask     string `json:"ask"`
	// Audience says who is told: em, em-pm, team or org.
	Audience  string    `json:"audience" jsonschema:"enum=em,enum=em-pm,enum=team,enum=org"`
	FirstSeen time.Time `json:"first_seen"`
	// OpenSince is when its latest stretch began.
	OpenSince time.Time `json:"open_since"`
	LastSeen  time.Time `json:"last_seen"`
	// WeeksOpen counts begun weeks of the stretch that lasts; 0 when it is over.
	WeeksOpen int `json:"weeks_open"`
}

// FindingDetail is a finding with what it rests on, and what people said to it.
type FindingDetail struct {
	Finding
	// Labels are those of its ticket.
	Labels []string `json:"labels"`
	// Evidence is what made the rule fire.
	Evidence []Evidence `json:"evidence"`
	// Spans are the stretches in which it was open, oldest first.
	Spans []Span `json:"spans"`
	// Trail is everything that happened to it, oldest first.
	Trail []Entry `json:"trail"`
	// Vote is what the viewer said of it; missing when nothing.
	Vote string `json:"vote,omitempty"`
	// Changes says that the viewer may answer and waive it.
	Changes bool `json:"changes"`
}

// Evidence is a fact that made a rule fire.
type Evidence struct {
	Fact  string    `json:"fact"`
	Value string    `json:"value"`
	At    time.Time `json:"at,omitzero"`
	URL   string    `json:"url,omitempty"`
}

// Span is a stretch in which a finding was open.
type Span struct {
	From time.Time `json:"from"`
	// To is missing while it lasts.
	To time.Time `json:"to,omitzero"`
	// End says how it ended: answered, settled, aged-out or withdrawn.
	End string `json:"end,omitempty"`
}

// Waivers is a page of a list, those that end last first.
type Waivers struct {
	Waivers []Waiver `json:"waivers"`
	Page
}

// Waiver leaves something alone for a while.
type Waiver struct {
	ID     string `json:"id"`
	Covers Covers `json:"covers"`
	Reason string `json:"reason"`
	// By is the id of who gave it.
	By string `json:"by"`
	// ByName is what to call them.
	ByName string    `json:"by_name"`
	Given  time.Time `json:"given"`
	// Until is when it ends or ended, exclusive.
	Until time.Time `json:"until"`
	// Holds says that it does now.
	Holds    bool `json:"holds"`
	Renewals int  `json:"renewals"`
	// HeldBack is how many findings it holds back now, of those that the viewer sees.
	HeldBack int `json:"held_back"`
	// Changes says that the viewer may renew and end it.
	Changes bool `json:"changes"`
}

// Covers is what a waiver covers: a finding, everything about a ticket, or a rule on tickets with a label.
type Covers struct {
	Finding string `json:"finding,omitempty"`
	Source  string `json:"source,omitempty"`
	Ticket  string `json:"ticket,omitempty"`
	Rule    string `json:"rule,omitempty"`
	Label   string `json:"label,omitempty"`
}
