package daemon

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

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
