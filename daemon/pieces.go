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

func (p *piece) turn() store.Lease { return store.Lease{Name: fmt.Sprint("check, part ", p.Part)} }

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

func sentPiece(p rules.Piece, holding map[finding.LookKey]bool) ([]byte, error) {
	made := madePiece{SentPiece: p.Sent(), Holding: slices.Collect(maps.Keys(holding))}
	for i := range made.Seen {
		body, err := store.EncodeFinding(nil, &finding.Finding{Seen: made.Seen[i]})
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

// evaluate is the evaluation at a moment by the rules, nil for all, with the help of
// others where there are any.
func (f *Fairlead) evaluate(ctx context.Context, w rules.Work, at time.Time, only []string) (rules.Outcome, error) {
	alone := func() (rules.Outcome, error) { return f.bookOf(only).Check(ctx, w, f.cfg().Directory, at) }
	n, err := f.judges(ctx)
	if err != nil || n < 2 || f.filesName == "" {
		return alone()
	}
	t := together{f: f, s: f.store.(store.Shared), plan: division{At: at, Only: only}} //nolint:forcetypeassert // there is a queue beside it
	out, err := t.check(ctx, w, n)
	if errors.Is(err, errApart) {
		f.log.Info("nobody else finished a part of the check: it is made in one place", zap.Error(err))
		return alone()
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
	if f.queue == nil {
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
}

// check makes the check with the help of up to so many in all.
func (t *together) check(ctx context.Context, w rules.Work, most int) (rules.Outcome, error) {
	asked, err := t.holder(ctx)
	if err != nil {
		return rules.Outcome{}, err
	}
	t.mine = piece{Name: rand.Text(), Of: most, Terms: t.f.termsName(), Asked: asked}
	defer func() { t.clear(ctx, most) }()
	if err := t.gather(ctx, most); err != nil {
		return rules.Outcome{}, err
	}
	if t.plan.Cut, err = t.s.Cut(ctx, len(t.plan.Parts)); err != nil {
		return rules.Outcome{}, err
	}
	defer t.s.Uncut(ctx, t.plan.Cut)
	body, err := json.Marshal(t.plan)
	if err != nil {
		return rules.Outcome{}, err
	}
	if err := t.s.Lay(ctx, t.mine.Name, body, pieceKept); err != nil {
		return rules.Outcome{}, err
	}
	seen := map[finding.LookKey]bool{}
	own, err := t.make(ctx, seen)
	if err != nil {
		return rules.Outcome{}, err
	}
	return t.join(ctx, w, own, seen)
}

// holder is who has the turn of checks; empty for nobody.
func (t *together) holder(ctx context.Context) (string, error) {
	held, err := t.s.Leases(ctx)
	for _, h := range held {
		if h.Lease == checkTurn {
			return h.Holder, err
		}
	}
	return "", err
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
func (t *together) make(ctx context.Context, seen map[finding.LookKey]bool) (rules.Piece, error) {
	f := t.f
	w := partSeer{portion{f.work(), t.s, t.plan.Cut, t.at}, seen}
	return f.bookOf(t.plan.Only).CheckShare(ctx, w, f.cfg().Directory, t.plan.At, rules.Share{Part: t.at, Of: len(t.plan.Parts), Others: t})
}

// join waits for all other parts and joins them.
func (t *together) join(ctx context.Context, w rules.Work, own rules.Piece, seen map[finding.LookKey]bool) (rules.Outcome, error) {
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
			seen[key] = true
		}
		all = append(all, made.Received())
	}
	if seer, is := w.(partSeer); is {
		maps.Copy(seer.seen, seen)
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
	held, err := t.s.Leases(ctx)
	if err != nil {
		return false, err
	}
	is := func(l store.Lease, holder string) bool {
		return slices.ContainsFunc(held, func(h store.Held) bool { return h.Lease == l && (holder == "" || h.Holder == holder) })
	}
	p := piece{Part: part}
	return !is(checkTurn, t.mine.Asked) || part > 0 && !is(p.turn(), ""), nil
}

// clear takes away what lies of the check; what stays goes by itself.
func (t *together) clear(ctx context.Context, most int) {
	end, done := context.WithTimeout(context.WithoutCancel(ctx), storePatience)
	defer done()
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
	t := together{f: f, s: s, mine: *p}
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
	seen := map[finding.LookKey]bool{}
	made, err := t.make(ctx, seen)
	if err != nil {
		return err
	}
	if body, err = sentPiece(made, seen); err != nil {
		return err
	}
	return t.s.Lay(ctx, t.mine.laid("noticed"), body, pieceKept)
}

// termsName names by which agreements and people this process checks.
func (f *Fairlead) termsName() string { return fmt.Sprint(f.filesName, " ", f.terms().latest) }

// portion is the part of the work that this process is shown.
type portion struct {
	work
	shared store.Shared
	cut    store.Cut
	part   int
}

// Tickets implements rules.Work.
func (p portion) Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error] {
	return p.among(p.shared.Portion(ctx, p.cut, p.part))
}
