// Package store says what a store must promise. Each child is one kind of
// store; storetest is what all of them keep. Stores import nouns only: what a
// connector or a report asks of them is declared where it is asked.
package store

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/ticket"
)

// ErrNotFound says that nothing is stored under the name asked for.
var ErrNotFound = errors.New("not stored")

// Store keeps tickets, cursors, the ledger and the record of runs. It is safe
// for concurrent use; every method commits wholly or not at all. Times are kept
// to the microsecond and come back in UTC; empty lists come back as nil.
type Store interface {
	// Cursor is where the source's last stored page ended; empty at first.
	Cursor(ctx context.Context, source string) (string, error)
	// SavePage stores tickets, sprints and the cursor together, and says how
	// many tickets were new or different. A ticket that the tracker updated
	// earlier than the stored one is older news and is left alone. A ticket
	// whose key was held by another id takes the key over. A ticket or sprint
	// without an id or of another source is refused, and with it the page.
	SavePage(ctx context.Context, source string, tickets []ticket.Ticket, sprints []ticket.Sprint, cursor string) (changed int, err error)

	// Compare holds what the tracker holds now against what is stored of the
	// source: stale are the ids of tickets that are not stored, or stored with
	// another key or an earlier update; gone are stored and not present. Both
	// come sorted and name each id once, however often it is told; of several
	// tellings the latest update counts. A key or an update that is not told is
	// not compared, and a ticket told without an id is an error. It
	// needs no more memory for many tickets than for few beyond the two lists,
	// and changes nothing. An error of the sequence ends it.
	Compare(ctx context.Context, source string, present iter.Seq2[[]ticket.Present, error]) (stale, gone []string, err error)
	// Remove takes tickets away that their tracker no longer holds, in one
	// step, and says how many were there. A ticket that is saved again later is
	// back as if it had never been away.
	Remove(ctx context.Context, source string, ids []string) (removed int, err error)
	// Count says how many tickets of the source are stored.
	Count(ctx context.Context, source string) (int, error)
	// Altered tells which tickets were stored otherwise or removed since a position
	// that it gave before; a ticket whose key another took over counts as well. It is
	// not known for an empty position, one that another opening of a store gave, and
	// one so long ago that the store has forgotten. Who reads tickets after a position
	// was given sees all that happened up to it, and perhaps more, which is then told
	// the next time too.
	Altered(ctx context.Context, since string) (Alterations, error)

	// Tickets yields every ticket, ordered by source and id, read from one
	// consistent moment. A non-nil error ends the sequence.
	Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error]
	// Ticket finds one ticket of a source by id or, without one, by key; ErrNotFound when
	// there is none.
	Ticket(ctx context.Context, source string, ref ticket.Ref) (ticket.Ticket, error)
	// TicketsByID yields the tickets of a source that have these ids, in no certain order;
	// those that are not stored are left out. A non-nil error ends the sequence.
	TicketsByID(ctx context.Context, source string, ids []string) iter.Seq2[ticket.Ticket, error]
	// Sprints lists every sprint, ordered by source and id.
	Sprints(ctx context.Context) ([]ticket.Sprint, error)

	// Findings lists the whole ledger, ordered by id. What is open was last seen as it
	// is stored, or by a sighting that was stored since.
	Findings(ctx context.Context) ([]finding.Finding, error)
	// Outlines is Findings, in outline: see finding.Finding.Outline.
	Outlines(ctx context.Context) ([]finding.Finding, error)
	// Finding reads one entry of the ledger; finding.ErrNotFound when there is none.
	Finding(ctx context.Context, id finding.ID) (finding.Finding, error)
	// LedgerMark is the mark of the check that was stored last; empty when none was. As
	// long as it is the same, nothing of what checks store has changed.
	LedgerMark(ctx context.Context) (string, error)
	// SaveCheck stores the outcome of one evaluation in one step. Saving the
	// same again changes nothing. A finding that was never open is refused, and so
	// is one that people's words lie over: they are kept by themselves.
	SaveCheck(ctx context.Context, c Check) error
	// Transitions lists what happened to one finding, oldest first; moves that
	// changed nothing (stayed, frozen) are not kept.
	Transitions(ctx context.Context, id finding.ID) ([]finding.Transition, error)
	// Looks lists what was looked at from when to when, ordered by source, part,
	// rule and team.
	Looks(ctx context.Context) ([]finding.Look, error)
	// Mutes lists the rules that fell silent, ordered by rule and then by when,
	// also those that speak again.
	Mutes(ctx context.Context) ([]finding.Mute, error)
	// Flights lists the flights of a team's evaluations in [from, to), oldest first.
	Flights(ctx context.Context, team string, from, to time.Time) ([]finding.Flight, error)
	// FlightEnds is the first and the last of them; both the same where there is
	// one, and nil where there is none.
	FlightEnds(ctx context.Context, team string, from, to time.Time) (first, last *finding.Flight, err error)

	// SaveRun records a run; saving the same ID again replaces it.
	SaveRun(ctx context.Context, r Run) error
	// Runs lists the runs of a kind, newest first, at most limit.
	Runs(ctx context.Context, kind RunKind, limit int) ([]Run, error)

	// AddWord keeps what a person said. The same word again changes nothing;
	// another with its id is an error.
	AddWord(ctx context.Context, w finding.Word) error
	// Words lists everything people said, oldest first; words of one moment in the
	// order in which they were kept.
	Words(ctx context.Context) ([]finding.Word, error)
	// WordsSince lists the words that were kept after the one of the id, in the order in
	// which they were; all of them for an empty id, and none for one that is not there.
	WordsSince(ctx context.Context, id string) ([]finding.Word, error)
	// WordsAbout lists, as Words does, what was said about a finding itself, and all
	// that was said about waivers, whatever they cover.
	WordsAbout(ctx context.Context, id finding.ID) ([]finding.Word, error)
	// LastWord is the id of the word that was kept last; empty when there is none. It
	// takes no longer for many words than for few.
	LastWord(ctx context.Context) (string, error)

	// Vote keeps what a person thinks of a finding of a rule, in place of what they
	// thought before; nil takes it back.
	Vote(ctx context.Context, id finding.ID, rule, person string, useful *bool, at time.Time) error
	// VoteOf is what a person thinks of a finding; nil when they have not said.
	VoteOf(ctx context.Context, id finding.ID, person string) (*bool, error)
	// CountVotes counts what people think of the findings of a rule.
	CountVotes(ctx context.Context, rule string) (useful, not int, err error)

	// Claim takes a delivery to work on it until the moment given, exclusively,
	// and makes it when there is none of its key, with the state, due moment and
	// trouble given. It gives the delivery as it now stands; claimed is false when
	// it is not pending, not to be tried before a later moment, or held by somebody
	// else whose time has not run out. Whoever claims has a name of their own for
	// each attempt: who claims again under one name gets it again.
	Claim(ctx context.Context, d Delivery, holder string, now, until time.Time) (stored Delivery, claimed bool, err error)
	// Take is Claim for a delivery that is there, whatever its state and however
	// soon after the last attempt; ErrNotFound when there is none. It is for what
	// a person asks for, and for corrections.
	Take(ctx context.Context, key DeliveryKey, holder string, now, until time.Time) (stored Delivery, taken bool, err error)
	// SaveDelivery stores a delivery that the holder still holds, even after its
	// time when nobody took it over; ErrLost otherwise, also for an empty holder. A
	// delivery saved without a Holder is let go.
	SaveDelivery(ctx context.Context, holder string, d Delivery) error
	// Delivery reads one entry of the outbox; ErrNotFound when there is none.
	Delivery(ctx context.Context, key DeliveryKey) (Delivery, error)
	// Deliveries lists the outbox from a due moment on, latest due first; those of
	// one moment by report, week and channel.
	Deliveries(ctx context.Context, from time.Time) ([]Delivery, error)

	// SaveSnapshots stores snapshots in place of those of the same team and week.
	// A value that is no number, or infinite, is refused, and with it all of them.
	SaveSnapshots(ctx context.Context, all []Snapshot) error
	// Snapshots lists a team's snapshots from one week to another, both included,
	// oldest first; weeks are compared as ISO words. No values come back as nil.
	Snapshots(ctx context.Context, team, from, to string) ([]Snapshot, error)

	Revisions
	// SaveGathered keeps what was gathered in place of all parts of that name.
	SaveGathered(ctx context.Context, g Gathered) error
	// Gathered reads one part; ErrNotFound when there is none.
	Gathered(ctx context.Context, name, part string) (at time.Time, body []byte, err error)

	SignIns
	Contents
	Amender

	// Close ends the use of the store; what was committed stays.
	Close() error
}

// Check is the outcome of one evaluation, or of several.
type Check struct {
	// Mark names this check among all others; empty: it is given a name.
	Mark     string
	Findings []finding.Finding // those to store again
	// Sightings are stored in place of those of the same rule and source, once those
	// there were are taken away where Unsighted says so. Who takes them away stores
	// whatever is open with when it was last seen.
	Sightings   []finding.Sighting
	Unsighted   bool
	Transitions []finding.Transition
	// Undone are stored transitions that turn out not to have been; they are
	// taken away before Transitions are stored. One that is not there is no error.
	Undone  []finding.Transition
	Flights []finding.Flight
	// Looks are stored in place of those of the same key, once those of the keys
	// in Unlooked are taken away: nobody looks there any more.
	Looks    []finding.Look
	Unlooked []finding.LookKey
	Mutes    []finding.Mute // a mute of the same rule and moment replaces the first
}

// RunKind says what a run did.
type RunKind string

// The kinds of run.
const (
	RunSync      RunKind = "sync"
	RunReconcile RunKind = "reconcile"
	RunCheck     RunKind = "check"
	RunReport    RunKind = "report"
	// RunCopy records that the store was filled from another.
	RunCopy RunKind = "copy"
	// RunBackup is the record that a backup keeps of itself: its parts, counted and
	// summed up.
	RunBackup RunKind = "backup"
	// RunCalendar has one record a calendar: its latest fetch.
	RunCalendar RunKind = "calendar"
)

// Run is the record of one piece of work. Times are UTC.
type Run struct {
	ID      string
	Kind    RunKind
	Source  string // for a sync or a reconciliation: the source; otherwise empty
	Started time.Time
	Ended   time.Time
	Error   string // what went wrong, without secrets; empty when all went well
	Tickets int    // tickets read or checked
	Changes int    // history entries read
	Changed int    // tickets that were new, different or removed; findings that moved
	Gaps    []string
}
