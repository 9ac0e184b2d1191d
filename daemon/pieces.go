package daemon

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// A check reads all tickets, twice, and judges them. Where several processes share a
// store each of them reads and judges a part. The process whose turn the check is asks the
// others, cuts the tickets as they stand into as many parts as there are processes that
// come, and makes the first. What is told across tickets the parts tell one another through
// the store. It alone joins what all noticed and moves the ledger on. When a part does not
// come to its end, the whole is made in one place.

const (
	// worthSharing is from how many tickets on a check is made in pieces.
	worthSharing = 20_000
	// pieceKept is how long something lies ready for the other parts.
	pieceKept = 10 * time.Minute
	// pieceAwaited is how long it is said at most that a check goes on.
	pieceAwaited = 24 * time.Hour
	// pieceAsked is how often a part looks whether it is there.
	pieceAsked = 10 * time.Millisecond
	// pieceWatched is how often a part that waits looks whether the others go on.
	pieceWatched = time.Second
)

// piece is a part of a check that somebody asked for.
type piece struct {
	Name  string `json:"name"` // of the check
	Part  int    `json:"part"`
	Of    int    `json:"of"`    // as many as could help
	Terms string `json:"terms"` // by which agreements
	Asked string `json:"asked"` // who holds the turn of the check
}

func (p *piece) turn() store.Lease {
	return store.Lease{Name: fmt.Sprintf("check %s, part %d", p.Name, p.Part)}
}

// goesOn is where something lies as long as the check goes on.
func (p *piece) goesOn() string { return p.Name + "/goes on" }

// laid is where something of the piece lies.
func (p *piece) laid(what string) string { return fmt.Sprint(p.Name, "/", what, "/", p.Part) }

// division is how a check is divided, once it is known who helps.
type division struct {
	At    time.Time
	Only  []string // rules that are looked at; nil: all
	Parts []int    // that came: the part of each place in the cut
	Cut   store.Cut
}

// madePiece is what a part noticed, and which parts of sources hold its tickets.
type madePiece struct {
	rules.SentPiece
	Noticed [][]byte // what was seen, as findings are stored: much faster to read
	Holding []finding.LookKey
}

func sentPiece(p rules.Piece, holding map[finding.LookKey]bool, at time.Time) ([]byte, error) {
	made := madePiece{SentPiece: p.Sent(), Holding: slices.Collect(maps.Keys(holding))}
	opens := []finding.Span{{From: at}} // nothing is stored that was never open
	for i := range made.Seen {
		body, err := store.EncodeFinding(nil, &finding.Finding{Seen: made.Seen[i], State: finding.Open, LastSeen: at, Spans: opens})
		if err != nil {
			return nil, err
		}
		made.Noticed = append(made.Noticed, body)
	}
	made.Seen = nil
	return json.Marshal(made)
}

func receivedPiece(body []byte) (madePiece, error) {
	var made madePiece
	if err := json.Unmarshal(body, &made); err != nil {
		return made, fmt.Errorf("read a part of the check: %w", err)
	}
	for _, one := range made.Noticed {
		f, err := store.DecodeFinding(one)
		if err != nil {
			return made, fmt.Errorf("read a part of the check: %w", err)
		}
		made.Seen = append(made.Seen, f.Seen)
	}
	return made, nil
}

// nameOfFiles names what the files say; empty where they are not all, since calendars at
// addresses may have been read at different moments.
func (f *Fairlead) nameOfFiles() string {
	if len(f.cfg().Feeds) > 0 {
		return ""
	}
	sum := sha256.New()
	fmt.Fprintln(sum, ReadVersion())
	for _, name := range f.cfg().Files {
		text, err := os.ReadFile(name)
		if err != nil {
			return ""
		}
		fmt.Fprintf(sum, "%d %s", len(text), text)
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// checkPast is an evaluation at a moment by the rules, nil for all, with the help of
// others where there are any.
func (f *Fairlead) checkPast(ctx context.Context, at time.Time, only []string) (rules.Outcome, error) {
	out, err := f.withHelp(ctx, at, only, func(*together, *rules.Outcome) error { return nil })
	if errors.Is(err, errApart) {
		return f.bookOf(only).Check(ctx, f.work(), f.cfg().Directory, at)
	}
	return out, err
}

// checkWithHelp is an evaluation of now with the help of others, which leaves nothing for
// the next; errApart where there are none.
func (f *Fairlead) checkWithHelp(ctx context.Context, b *books, now time.Time) (evaluated, error) {
	out := evaluated{gone: map[ticketKey]bool{}, fresh: map[finding.LookKey]bool{}}
	var err error
	out.Outcome, err = f.withHelp(ctx, now, nil, func(t *together, noticed *rules.Outcome) error {
		for key := range t.holding {
			if _, before := b.looks[key]; !before {
				out.fresh[key] = true
			}
		}
		return t.lookFor(ctx, b, noticed, now, &out)
	})
	return out, err
}

// lookFor finds the tickets that findings are about and that nobody noticed anything of.
func (t *together) lookFor(ctx context.Context, b *books, noticed *rules.Outcome, now time.Time, out *evaluated) error {
	seen := map[finding.ID]bool{}
	for i := range noticed.Seen {
		seen[noticed.Seen[i].ID] = true
	}
	s := &seer{books: b, now: now}
	s.prepare(func(e *finding.Finding) bool { return seen[e.ID] })
	ids := map[string]map[string]bool{}
	ask := func(source, id string) {
		if ids[source] == nil {
			ids[source] = map[string]bool{}
		}
		ids[source][id] = true
	}
	for key := range s.missing {
		ask(key.source, key.id)
	}
	for key := range s.subjects {
		ask(key.Source, key.Part)
	}
	for source, of := range ids {
		for found, err := range t.Named(ctx, source, slices.Sorted(maps.Keys(of))) {
			if err != nil {
				return err
			}
			s.note(&found)
		}
	}
	out.subjects = s.subjects
	return t.f.confirmGone(ctx, s.missing, out.gone)
}

// withHelp evaluates at a moment by the rules, nil for all, with the help of others, and
// does something more while the moment lasts. errApart says that there is nobody, or that
// it is not worth their while.
func (f *Fairlead) withHelp(ctx context.Context, at time.Time, only []string, then func(*together, *rules.Outcome) error) (rules.Outcome, error) {
	n, err := f.judges(ctx)
	if err != nil {
		return rules.Outcome{}, err
	}
	if n < 2 {
		return rules.Outcome{}, errApart
	}
	t := together{f: f, s: f.store.(store.Shared), plan: division{At: at, Only: only}, holding: map[finding.LookKey]bool{}} //nolint:forcetypeassert // there is a queue beside it
	out, err := t.check(ctx, n, then)
	if errors.Is(err, errApart) {
		f.log.Info("nobody else finished a part of the check: it is made in one place", zap.Error(err))
	}
	return out, err
}

// bookOf is the book with these rules alone; nil: all of them.
func (f *Fairlead) bookOf(only []string) *rules.Book {
	if only == nil {
		return f.book()
	}
	return f.book().Only(func(_, rule string) bool { return slices.Contains(only, rule) })
}

// judges is in how many pieces a check is worth making.
func (f *Fairlead) judges(ctx context.Context) (int, error) {
	if f.queue == nil || f.filesName == "" || f.held.Lease != checkTurn {
		return 1, nil
	}
	tickets := 0
	for _, src := range f.sources {
		n, err := f.store.Count(ctx, src.Name())
		if err != nil {
			return 1, err
		}
		tickets += n
	}
	if tickets < f.queue.worth {
		return 1, nil
	}
	if f.queue.working {
		return f.queue.processes(), nil
	}
	return f.queue.processes() + 1, nil
}

// errApart says that a check cannot be made together.
var errApart = errors.New("a part of the check is missing")

// together is a check that several processes make.
type together struct {
	f    *Fairlead
	s    store.Shared
	mine piece
	plan division
	at   int // this part's place in the plan
	// holding are the parts of sources that hold the tickets, as far as they were seen.
	holding map[finding.LookKey]bool
}

// check makes the check with the help of up to so many in all.
func (t *together) check(ctx context.Context, most int, then func(*together, *rules.Outcome) error) (out rules.Outcome, err error) {
	t.mine = piece{Name: rand.Text(), Of: most, Terms: t.f.termsName(), Asked: t.f.held.Holder}
	defer func() { t.clear(ctx, most) }()
	if err := t.s.Lay(ctx, t.mine.goesOn(), []byte{1}, pieceAwaited); err != nil {
		return out, err
	}
	if err := t.gather(ctx, most); err != nil {
		return out, err
	}
	if t.plan.Cut, err = t.s.Cut(ctx, len(t.plan.Parts)); err != nil {
		return out, err
	}
	defer t.s.Uncut(ctx, t.plan.Cut)
	body, err := json.Marshal(t.plan)
	if err != nil {
		return out, err
	}
	if err := t.s.Lay(ctx, t.mine.Name, body, pieceKept); err != nil {
		return out, err
	}
	own, err := t.make(ctx)
	if err != nil {
		return out, err
	}
	if out, err = t.join(ctx, own); err != nil {
		return out, err
	}
	return out, then(t, &out)
}

// gather asks others for help and waits for those that come at once.
func (t *together) gather(ctx context.Context, most int) error {
	for i := 1; i < most; i++ {
		p := t.mine
		p.Part = i
		if _, err := t.f.queue.put(ctx, job{Kind: pieceJob, Piece: &p}); err != nil {
			return fmt.Errorf("%w: %w", errApart, err)
		}
	}
	came := map[int]bool{}
	until := time.Now().Add(pieceComing)
	for len(came) < most-1 && time.Now().Before(until) {
		for i := 1; i < most; i++ {
			p := t.mine
			p.Part = i
			body, err := t.s.Laid(ctx, p.laid("came"))
			if err != nil {
				return err
			}
			if body != nil {
				came[i] = true
			}
		}
		if err := t.f.clock.Sleep(ctx, pieceAsked); err != nil {
			return err
		}
	}
	if len(came) == 0 {
		return fmt.Errorf("%w: nobody came", errApart)
	}
	t.plan.Parts = append([]int{0}, slices.Sorted(maps.Keys(came))...)
	return nil
}

// make makes this process's part.
func (t *together) make(ctx context.Context) (rules.Piece, error) {
	f := t.f
	w := portion{f.work(), t}
	return f.bookOf(t.plan.Only).CheckShare(ctx, w, f.cfg().Directory, t.plan.At, rules.Share{Part: t.at, Of: len(t.plan.Parts), Others: t})
}

// join waits for all other parts and joins them.
func (t *together) join(ctx context.Context, own rules.Piece) (rules.Outcome, error) {
	bodies, err := t.others(ctx, "noticed")
	if err != nil {
		return rules.Outcome{}, err
	}
	all := []rules.Piece{own}
	for at, body := range bodies {
		if at == t.at {
			continue
		}
		made, err := receivedPiece(body)
		if err != nil {
			return rules.Outcome{}, err
		}
		for _, key := range made.Holding {
			t.holding[key] = true
		}
		all = append(all, made.Received())
	}
	return rules.Joined(all), nil
}

// Swap implements rules.Others.
func (t *together) Swap(ctx context.Context, round string, told []byte) ([][]byte, error) {
	if err := t.s.Lay(ctx, t.mine.laid(round), told, pieceKept); err != nil {
		return nil, err
	}
	return t.others(ctx, round)
}

// Named implements rules.Others.
func (t *together) Named(ctx context.Context, source string, ids []string) iter.Seq2[ticket.Ticket, error] {
	return t.s.Named(ctx, t.plan.Cut, source, ids)
}

// others waits for what every other part tells in a round, by place in the plan.
func (t *together) others(ctx context.Context, round string) ([][]byte, error) {
	out := make([][]byte, len(t.plan.Parts))
	for at, part := range t.plan.Parts {
		if at == t.at {
			continue
		}
		p := t.mine
		p.Part = part
		var err error
		if out[at], err = t.await(ctx, p.laid(round), part); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// await waits for what a part lays somewhere, as long as the part is being made, and
// the check goes on.
func (t *together) await(ctx context.Context, laid string, part int) ([]byte, error) {
	looked, gone := time.Now(), false
	for {
		body, err := t.s.Laid(ctx, laid)
		switch {
		case err != nil:
			return nil, err
		case body != nil:
			return body, nil
		case gone:
			return nil, fmt.Errorf("%w: whoever made part %d ended", errApart, part+1)
		}
		if time.Since(looked) > pieceWatched {
			looked = time.Now()
			if gone, err = t.gone(ctx, part); err != nil {
				return nil, err
			}
			continue // it may have told just before
		}
		if err := t.f.clock.Sleep(ctx, pieceAsked); err != nil {
			return nil, err
		}
	}
}

// gone reports whether nobody makes the part any more, or nobody waits for it.
func (t *together) gone(ctx context.Context, part int) (bool, error) {
	goesOn, err := t.s.Laid(ctx, t.mine.goesOn())
	if err != nil || goesOn == nil {
		return goesOn == nil, err
	}
	held, err := t.s.Leases(ctx)
	if err != nil {
		return false, err
	}
	is := func(l store.Lease, holder string) bool {
		return slices.ContainsFunc(held, func(h store.Held) bool { return h.Lease == l && (holder == "" || h.Holder == holder) })
	}
	p := t.mine
	p.Part = part
	return !is(checkTurn, t.mine.Asked) || part > 0 && !is(p.turn(), ""), nil
}

// clear takes away what lies of the check; what stays goes by itself.
func (t *together) clear(ctx context.Context, most int) {
	end, done := context.WithTimeout(context.WithoutCancel(ctx), storePatience)
	defer done()
	_ = t.s.Lay(end, t.mine.goesOn(), nil, 0)
	_ = t.s.Lay(end, t.mine.Name, nil, 0)
	for i := range most {
		p := t.mine
		p.Part = i
		for _, what := range []string{"came", "gathered", "groups", "noticed"} {
			_ = t.s.Lay(end, p.laid(what), nil, 0)
		}
	}
}

// doPiece makes a piece that another process asked for, and lays it ready. One that
// nobody waits for any more is left.
func (f *Fairlead) doPiece(ctx context.Context, p *piece) error {
	f, err := f.steady(ctx)
	if err != nil {
		return err
	}
	s, is := f.store.(store.Shared)
	if !is || p.Terms != f.termsName() {
		f.log.Info("a piece of a check is left to whoever asked for it: agreements or people are configured differently here")
		return nil
	}
	t := together{f: f, s: s, mine: *p, holding: map[finding.LookKey]bool{}}
	if gone, err := t.gone(ctx, 0); err != nil || gone {
		return err
	}
	err = t.help(ctx)
	if errors.Is(err, errApart) {
		f.log.Info("a piece of a check is left: it is made elsewhere", zap.Error(err))
		return nil
	}
	return err
}

// help makes a part once it is known how the check is divided.
func (t *together) help(ctx context.Context) error {
	if err := t.s.Lay(ctx, t.mine.laid("came"), []byte{1}, pieceKept); err != nil {
		return err
	}
	body, err := t.await(ctx, t.mine.Name, 0)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, &t.plan); err != nil {
		return fmt.Errorf("read how a check is divided: %w", err)
	}
	if t.at = slices.Index(t.plan.Parts, t.mine.Part); t.at < 0 {
		return nil // it came too late
	}
	t.f.reached(stepOf(pieceJob))
	made, err := t.make(ctx)
	if err != nil {
		return err
	}
	if body, err = sentPiece(made, t.holding, t.plan.At); err != nil {
		return err
	}
	return t.s.Lay(ctx, t.mine.laid("noticed"), body, pieceKept)
}

// termsName names by which agreements and people this process checks.
func (f *Fairlead) termsName() string { return fmt.Sprint(f.filesName, " ", f.terms().latest) }

// portion is the part of the work that this process is shown.
type portion struct {
	work
	t *together
}

// Tickets implements rules.Work.
func (p portion) Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		for one, err := range p.among(p.t.s.Portion(ctx, p.t.plan.Cut, p.t.at)) {
			if part := partOf(&one); part != "" {
				p.t.holding[finding.LookKey{Source: one.Source, Part: part}] = true
			}
			if !yield(one, err) {
				return
			}
		}
	}
}
