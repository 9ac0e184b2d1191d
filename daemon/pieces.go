package daemon

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
)

// A check reads all tickets and judges them by what each team has agreed; the judging is
// most of it, and where several processes share a store they judge teams side by side. The
// process whose turn the check is asks the others for pieces, makes the first itself, and
// those that nobody has begun. It alone moves the ledger on. All pieces have to have
// seen the same tickets, by the same agreements: otherwise the whole is made in
// one place.

const (
	// worthSharing is from how many tickets on a check is made in pieces.
	worthSharing = 1000
	// pieceKept is how long a piece lies ready for whoever asked for it.
	pieceKept = 10 * time.Minute
	// pieceAsked is how often that one asks for it.
	pieceAsked = 50 * time.Millisecond
)

// piece is a part of a check that somebody asked for.
type piece struct {
	Name  string    `json:"name"` // of the check
	Part  int       `json:"part"`
	Of    int       `json:"of"`
	At    time.Time `json:"at"`
	Terms string    `json:"terms"` // by which agreements
}

func (p *piece) turn() store.Lease { return store.Lease{Name: fmt.Sprint("check, part ", p.Part)} }

// laid is where the piece lies when it is made.
func (p *piece) laid() string { return fmt.Sprint(p.Name, "/", p.Part) }

// madePiece is a piece, and which tickets it saw.
type madePiece struct {
	rules.SentPiece
	Version string
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

// evaluate is the evaluation at a moment, with the help of others where there are any.
func (f *Fairlead) evaluate(ctx context.Context, w rules.Work, at time.Time) (rules.Outcome, error) {
	n := f.judges(ctx)
	name := f.filesName
	if n < 2 || name == "" {
		return f.book().Check(ctx, w, f.cfg().Directory, at)
	}
	shared := f.store.(store.Shared) //nolint:forcetypeassert // there is a queue beside it
	out, err := f.together(ctx, shared, w, piece{Name: rand.Text(), Of: n, At: at, Terms: fmt.Sprint(name, " ", f.terms().latest)})
	if errors.Is(err, errApart) {
		f.log.Info("tickets changed while they were checked side by side: they are checked in one place")
		return f.book().Check(ctx, w, f.cfg().Directory, at)
	}
	return out, err
}

// judges is in how many pieces a check is worth making.
func (f *Fairlead) judges(ctx context.Context) int {
	if f.queue == nil {
		return 1
	}
	tickets := 0
	for _, src := range f.sources {
		n, err := f.store.Count(ctx, src.Name())
		if err != nil {
			return 1
		}
		tickets += n
	}
	if tickets < worthSharing {
		return 1
	}
	return min(f.queue.processes(), len(f.cfg().Directory.Teams()))
}

// errApart says that pieces of a check do not fit together.
var errApart = errors.New("pieces saw different tickets")

// together makes a check with the help of others.
func (f *Fairlead) together(ctx context.Context, s store.Shared, w rules.Work, all piece) (rules.Outcome, error) {
	if err := s.Lay(ctx, all.Name, []byte{1}, pieceKept); err != nil {
		return rules.Outcome{}, err
	}
	defer func() {
		end, done := context.WithTimeout(context.WithoutCancel(ctx), storePatience)
		defer done()
		_ = s.Lay(end, all.Name, nil, 0) // or it goes by itself
	}()
	for i := 1; i < all.Of; i++ {
		p := all
		p.Part = i
		if _, err := f.queue.put(ctx, job{Kind: pieceJob, Piece: &p}); err != nil {
			f.log.Debug("a piece of the check is made here", zap.Error(err))
		}
	}
	var pieces []rules.Piece
	var version string
	for i := range all.Of {
		p := all
		p.Part = i
		made, err := f.pieceOf(ctx, s, w, &p)
		if err != nil {
			return rules.Outcome{}, err
		}
		if version == "" {
			version = made.Version
		}
		if made.Version != version || made.Version == "" {
			return rules.Outcome{}, errApart
		}
		pieces = append(pieces, made.Received())
	}
	return rules.Joined(pieces), nil
}

// pieceOf is a piece as another process made it, or made here when none has begun.
func (f *Fairlead) pieceOf(ctx context.Context, s store.Shared, w rules.Work, p *piece) (madePiece, error) {
	for p.Part > 0 {
		held, err := s.Leases(ctx)
		if err != nil {
			return madePiece{}, err
		}
		body, err := s.Laid(ctx, p.laid())
		if err != nil {
			return madePiece{}, err
		}
		if body != nil {
			var made madePiece
			err := json.Unmarshal(body, &made)
			_ = s.Lay(ctx, p.laid(), nil, 0) // or it goes by itself
			return made, err
		}
		if !slices.ContainsFunc(held, func(h store.Held) bool { return h.Lease == p.turn() }) {
			break
		}
		if err := f.clock.Sleep(ctx, pieceAsked); err != nil {
			return madePiece{}, err
		}
	}
	return f.makePiece(ctx, s, w, p)
}

// makePiece judges. A piece without a version saw tickets change.
func (f *Fairlead) makePiece(ctx context.Context, s store.Shared, w rules.Work, p *piece) (madePiece, error) {
	before, err := s.Version(ctx)
	if err != nil {
		return madePiece{}, err
	}
	made, err := f.book().CheckShare(ctx, w, f.cfg().Directory, p.At, rules.Share{Part: p.Part, Of: p.Of})
	if err != nil {
		return madePiece{}, err
	}
	after, err := s.Version(ctx)
	if before != after {
		after = ""
	}
	return madePiece{made.Sent(), after}, err
}

// doPiece makes a piece that another process asked for, and lays it ready. One that
// nobody waits for any more is left.
func (f *Fairlead) doPiece(ctx context.Context, p *piece) error {
	f, err := f.steady(ctx)
	if err != nil {
		return err
	}
	s, is := f.store.(store.Shared)
	if !is || p.Terms != fmt.Sprint(f.filesName, " ", f.terms().latest) {
		f.log.Info("a piece of a check is left to whoever asked for it: agreements or people are configured differently here")
		return nil
	}
	wanted, err := s.Laid(ctx, p.Name)
	if err != nil || wanted == nil {
		return err
	}
	made, err := f.makePiece(ctx, s, f.work(), p)
	if err != nil {
		return err
	}
	body, err := json.Marshal(made)
	if err != nil {
		return err
	}
	return s.Lay(ctx, p.laid(), body, pieceKept)
}
