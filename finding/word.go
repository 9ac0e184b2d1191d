package finding

import "time"

// Word is what a person said about findings. Words are only ever added, so that
// all of them together are the trail of who said what when and why; what holds
// at a moment is worked out from them by Judge.
type Word struct {
	// ID tells words apart. A waiver is known by the id of the word that gave it.
	ID   string
	Kind WordKind
	// By is the person id of who said it.
	By     string
	At     time.Time
	Reason string
	// Finding is what an answer is about.
	Finding ID
	// Waiver is which waiver a renewal or an end is of.
	Waiver string
	// Scope and Expires are what a waiver covers, and up to when, exclusive; a
	// renewal sets Expires anew.
	Scope   Scope
	Expires time.Time
}

// WordKind says what a person did.
type WordKind string

// The kinds of word.
const (
	AnsweredSo WordKind = "answered"   // done on purpose, with a reason
	TookBack   WordKind = "taken-back" // the answer holds no longer
	WaivedFor  WordKind = "waived"
	RenewedFor WordKind = "renewed"
	EndedEarly WordKind = "ended" // the waiver holds no longer
)

// Scope is what a waiver covers: one finding, everything about one ticket, or
// what a rule notices about tickets with a label. Exactly one is set.
type Scope struct {
	Finding ID
	Ticket  TicketScope
	Rule    string // together with Label
	Label   string // in any case
}

// TicketScope names a ticket of a source by its id; Key is what people call it.
type TicketScope struct{ Source, ID, Key string }
