package daemon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

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
