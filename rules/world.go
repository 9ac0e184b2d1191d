package rules

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync/atomic"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Work is what an evaluation reads; stores implement it. Ticket is asked from
// several goroutines at once, also while Tickets yields.
type Work interface {
	// Tickets yields every ticket, each once. A non-nil error ends the sequence.
	Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error]
	// Ticket finds one ticket of a source. When there is none the error says so:
	// it is ErrNotStored or has a method NotFound() bool that gives true.
	Ticket(ctx context.Context, source string, ref ticket.Ref) (ticket.Ticket, error)
	// Sprints lists every sprint.
	Sprints(ctx context.Context) ([]ticket.Sprint, error)
}

// Several is work that finds many tickets of a source at once, much faster than one
// after the other. Those that are not stored are left out. It is asked as Ticket is.
type Several interface {
	TicketsByID(ctx context.Context, source string, ids []string) iter.Seq2[ticket.Ticket, error]
}

// ErrNotStored says that no ticket is stored under the reference.
var ErrNotStored error = notStoredError{}

type notStoredError struct{}

func (notStoredError) Error() string  { return "no such ticket is stored" }
func (notStoredError) NotFound() bool { return true }

func absent(err error) bool {
	var told interface{ NotFound() bool }
	return errors.As(err, &told) && told.NotFound()
}

// world is everything one evaluation reads, as of one moment.
type world struct {
	ctx     context.Context //nolint:containedctx // lives for one Check; facts that CEL calls cannot take one
	work    Work
	dir     *org.Directory
	peopled bool // the directory knows somebody
	now     time.Time
	sprints map[string]*sprint // by source and id
	above   *recent[found]
	kinds   *recent[kindFound]
	owners  *org.Owners
	people  map[knownAs]*person // by account, once asked for
	named   map[string]*person  // by id in the directory
	teams   map[*org.Team]*team
	bulk    interface {
		Bulk(who ticket.AccountKey, at time.Time, most int) bool
	}
	emails interface {
		Of(tracker string, a ticket.Account) string
	}
	// unread is there while tickets are judged before all are read; see early.
	unread *unread
	// noted notes what the answers depend on; nil where nobody wants to know. dated
	// tells when what is written in the directory changes, and remembers is how far
	// back bulk changes are known: both are asked only beside it.
	noted     *noted
	dated     *org.Dates
	remembers time.Duration
	// overview is what is told across tickets.
	overview *overview
	// faults keeps the first fault of the store. Facts cannot return one, so that
	// it is kept here and ends the evaluation.
	faults *faults
}

// faults keeps the first of several errors.
type faults struct{ err atomic.Pointer[error] }

func (f *faults) first() error {
	if err := f.err.Load(); err != nil {
		return *err
	}
	return nil
}

func (f *faults) keep(err error) { f.err.CompareAndSwap(nil, &err) }

func newWorld(ctx context.Context, w Work, dir *org.Directory, now time.Time) (*world, error) {
	sprints, err := w.Sprints(ctx)
	if err != nil {
		return nil, fmt.Errorf("read sprints: %w", err)
	}
	wd := &world{
		faults: &faults{}, ctx: ctx, work: w, dir: dir, peopled: len(dir.People()) > 0, now: now.UTC(),
		sprints: make(map[string]*sprint, len(sprints)),
		above:   newRecent[found](recentTickets), kinds: newRecent[kindFound](recentKinds),
		owners: dir.Owners(), people: map[knownAs]*person{}, named: map[string]*person{}, teams: map[*org.Team]*team{},
	}
	for _, s := range sprints {
		wd.sprints[name(s.Source, s.ID)] = &sprint{Sprint: s, w: wd, at: wd.now}
	}
	return wd, nil
}

// sprint finds a sprint of a source; nil when there is none.
func (w *world) sprint(source, id string) *sprint {
	if w.noted != nil {
		w.noted.asks(askedSprint(source, id))
	}
	return w.sprints[source+"\x00"+id] // name, without allocating
}

// name joins parts into a key that no other parts give.
func name(parts ...string) string { return strings.Join(parts, "\x00") }

// as is the ticket as of now, or nil when it did not exist yet.
func (w *world) as(t ticket.Ticket) *workTicket { return w.show(&t, &workTicket{}) }

// show is as for one whose memory is used again.
func (w *world) show(t *ticket.Ticket, in *workTicket) *workTicket {
	if w.noted != nil {
		w.turns(t.TellsAfter(w.now))
	}
	if *in = (workTicket{Ticket: *t, w: w, now: w.now}); !in.RewindTo(w.now) {
		return nil
	}
	return in
}

// found is a ticket that was looked up, and when what is known of it changes.
type found struct {
	*workTicket
	turns time.Time
}

// kindFound is the same of its kind alone.
type kindFound struct {
	ticket.Kind
	turns time.Time
}

// apart is the same world with memories of its own, for another goroutine. Only
// what was gathered before is shared, and nobody changes that any more.
func (w *world) apart() *world {
	out := *w
	out.sprints = make(map[string]*sprint, len(w.sprints))
	for key, s := range w.sprints {
		out.sprints[key] = &sprint{Sprint: s.Sprint, w: &out, at: s.at}
	}
	out.above, out.kinds, out.owners = newRecent[found](recentTickets), newRecent[kindFound](recentKinds), w.dir.Owners()
	out.people, out.named, out.teams = map[knownAs]*person{}, map[string]*person{}, map[*org.Team]*team{}
	if w.noted != nil {
		out.noted = &noted{}
	}
	out.overview = w.overview.apart(&out)
	return &out
}

// ticket is another ticket of the source as of now, or nil when none is stored
// or it did not exist yet.
func (w *world) ticket(source string, r ticket.Ref) *workTicket {
	if r.IsZero() || w.faults.first() != nil {
		return nil
	}
	key := refIn{source, r}
	w.asksFor(source, r)
	if f, ok := w.above.get(key); ok {
		w.turns(f.turns)
		return f.workTicket
	}
	stored, err := w.work.Ticket(w.ctx, source, r)
	switch {
	case err == nil:
		return w.foundAt(key, stored)
	case !absent(err):
		w.faults.keep(fmt.Errorf("read ticket %s%s of %s: %w", r.Key, r.ID, source, err))
		return nil
	}
	w.above.put(key, found{})
	return nil
}

// foundAt remembers what was looked up.
func (w *world) foundAt(key refIn, stored ticket.Ticket) *workTicket {
	f := found{}
	if w.noted != nil {
		f.turns = stored.TellsAfter(w.now)
	}
	f.workTicket = w.as(stored)
	w.above.put(key, f)
	return f.workTicket
}

// worthTogether is from how many tickets on they are looked up at once.
const worthTogether = 8

// several yields tickets of a source that are looked up at once, where the work can;
// those that are not yielded are left to whoever looks them up one by one.
func (w *world) several(source string, ids []string) iter.Seq[ticket.Ticket] {
	return func(yield func(ticket.Ticket) bool) {
		work, can := w.work.(Several)
		if !can || len(ids) < worthTogether || w.faults.first() != nil {
			return
		}
		for stored, err := range work.TicketsByID(w.ctx, source, ids) {
			if err != nil {
				w.faults.keep(fmt.Errorf("read tickets of %s: %w", source, err))
				return
			}
			if !yield(stored) {
				return
			}
		}
	}
}

// together is the tickets that are there, by id.
func (w *world) together(source string, ids []string) map[string]*workTicket {
	out := make(map[string]*workTicket, len(ids))
	for stored := range w.several(source, ids) {
		if t := w.as(stored); t != nil {
			w.asksFor(source, ticket.Ref{ID: t.ID, Key: t.Key})
			out[t.ID] = t
		}
	}
	return out
}

// fetch looks up at once what each of the tickets refers to, for who asks for one after
// the other then.
func (w *world) fetch(tickets []*workTicket, refers func(*workTicket) ticket.Ref) {
	wanted := map[string]map[string]ticket.Ref{} // by source and id
	for _, t := range tickets {
		r := refers(t)
		if _, known := w.above.get(refIn{t.Source, r}); known || r.ID == "" {
			continue
		}
		if wanted[t.Source] == nil {
			wanted[t.Source] = map[string]ticket.Ref{}
		}
		wanted[t.Source][r.ID] = r
	}
	for source, refs := range wanted {
		if len(refs) > recentTickets {
			continue // they would not be kept
		}
		for stored := range w.several(source, sortedKeys(refs)) {
			if r, asked := refs[stored.ID]; asked {
				w.foundAt(refIn{source, r}, stored)
			}
		}
	}
}

// kindOf is the kind of the stored ticket as of now, or told when none is
// stored.
func (w *world) kindOf(source string, r ticket.Ref, told ticket.Kind) ticket.Kind {
	key := refIn{source, r}
	w.asksFor(source, r)
	known, ok := w.kinds.get(key)
	w.turns(known.turns)
	if !ok {
		if t := w.ticket(source, r); t != nil {
			known.Kind = t.Kind
		}
		if f, kept := w.above.get(key); kept {
			known.turns = f.turns
		}
		w.kinds.put(key, known)
	}
	if known.Kind == "" {
		return told
	}
	return known.Kind
}

// owner is the team that owned the ticket, as it stands in t, at the moment; nil
// when none did.
func (w *world) owner(t *ticket.Ticket, at time.Time) *org.Team {
	return w.ownerOf(org.Work{JiraProject: t.Project, JiraComponents: t.Components, JiraBoards: t.Boards, LinearTeam: t.Team}, at)
}

func (w *world) ownerOf(work org.Work, at time.Time) *org.Team {
	return w.owners.At(work, at)
}

// How many tickets, and kinds of tickets, each goroutine keeps. Parents and epics of
// tickets read one after the other are few; a ticket takes some kilobytes.
const (
	recentTickets = 2048
	recentKinds   = 32_768
)

// recent keeps what was looked up lately: up to twice its size in two
// generations, of which the older is dropped whole.
type recent[V any] struct {
	size       int
	young, old map[refIn]V
}

// refIn is a reference within a source.
type refIn struct {
	source string
	ticket.Ref
}

func newRecent[V any](size int) *recent[V] {
	return &recent[V]{size: size, young: map[refIn]V{}}
}

func (r *recent[V]) get(key refIn) (V, bool) {
	v, ok := r.young[key]
	if !ok {
		if v, ok = r.old[key]; ok {
			r.put(key, v)
		}
	}
	return v, ok
}

func (r *recent[V]) put(key refIn, v V) {
	if len(r.young) >= r.size {
		r.old, r.young = r.young, make(map[refIn]V, r.size)
	}
	r.young[key] = v
}
