package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/store"
)

// CopyRequest says which store to copy and where to; both as the configuration's
// store is written.
type CopyRequest struct {
	From, To string
	DryRun   bool // only count, and look whether the target can take it
	Clock    Clock
	Progress func(CopyProgress) // nil: nobody watches
}

// CopyProgress is how far a copy is.
type CopyProgress struct {
	Doing string // copying or verifying
	Part  string // what of the store
	Done  int
	Total int // 0: not known
}

// CopyResult is what was copied, and that both stores hold the same.
type CopyResult struct {
	From     string       `json:"from"`
	To       string       `json:"to"`
	DryRun   bool         `json:"dry_run,omitempty"`
	Resumed  bool         `json:"resumed,omitempty"`  // an earlier copy was gone on with
	Finished bool         `json:"finished,omitempty"` // an earlier copy was complete: it was only verified
	Parts    []CopiedPart `json:"parts"`
}

// CopiedPart is one part of a store, the same in both.
type CopiedPart struct {
	Name   string `json:"name"`
	Count  int    `json:"count"`
	SHA256 string `json:"sha256,omitempty"` // of everything in it; empty in a dry run
}

// copyRun is the id of the record that a target keeps of what it was filled from.
// While the run has not ended, the copy is not complete.
const copyRun = "copy"

// CopyStore copies everything that one store holds to another that is empty, or
// that holds the beginning of the same copy. It may be stopped at any moment and
// goes on where it was. At the end both are read and compared.
func CopyStore(ctx context.Context, cfg *config.Config, ask CopyRequest) (res CopyResult, err error) {
	if ask.Clock == nil {
		ask.Clock = SystemClock{}
	}
	from, to, err := openBoth(ctx, cfg, ask)
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, from.Close(), to.Close()) }()
	c := &copier{from: from, to: to, ask: ask, batch: copyBatch}
	res, err = c.run(ctx)
	if err != nil {
		return res, fmt.Errorf("copy %s to %s: %w", ask.From, ask.To, err)
	}
	return res, nil
}

func openBoth(ctx context.Context, cfg *config.Config, ask CopyRequest) (from, to store.Store, err error) {
	if strings.TrimSpace(ask.From) == strings.TrimSpace(ask.To) {
		return nil, nil, fmt.Errorf("%s would be copied onto itself: name another store with --to", ask.From)
	}
	if err := present(ask.From, cfg); err != nil {
		return nil, nil, err
	}
	open := func(flag, written string) (store.Store, error) {
		at, err := cfg.StoreAt(written)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", flag, err)
		}
		return openStore(ctx, at)
	}
	if from, err = open("--from", ask.From); err != nil {
		return nil, nil, err
	}
	if to, err = open("--to", ask.To); err != nil {
		return nil, nil, errors.Join(err, from.Close())
	}
	return from, to, nil
}

// copier copies from one store to another.
type copier struct {
	from, to store.Store
	ask      CopyRequest
	batch    int
	record   store.Run // the target's record of this copy; Gaps are the parts that are done
}

// copyBatch is how much is written at once.
const copyBatch = 500

func (c *copier) run(ctx context.Context) (CopyResult, error) {
	res := CopyResult{From: c.ask.From, To: c.ask.To, DryRun: c.ask.DryRun}
	known, err := c.begun(ctx)
	if err != nil {
		return res, err
	}
	if c.ask.DryRun {
		res.Resumed, res.Finished = known && c.record.Ended.IsZero(), known && !c.record.Ended.IsZero()
		res.Parts, err = c.counts(ctx)
		return res, err
	}
	switch {
	case known && !c.record.Ended.IsZero():
		res.Finished = true
	case known:
		res.Resumed = true
		err = c.copyParts(ctx)
	default:
		c.record = store.Run{ID: copyRun, Kind: store.RunCopy, Source: c.ask.From, Started: c.ask.Clock.Now()}
		if err = c.to.SaveRun(ctx, c.record); err == nil {
			err = c.copyParts(ctx)
		}
	}
	if err != nil {
		return res, err
	}
	if res.Parts, err = c.verify(ctx); err != nil || res.Finished {
		return res, err
	}
	c.record.Ended = c.ask.Clock.Now()
	return res, c.to.SaveRun(ctx, c.record)
}

// begun looks what the target holds: nothing, or a copy of the same store that was
// begun. Anything else is refused.
func (c *copier) begun(ctx context.Context) (bool, error) {
	runs, err := c.to.Runs(ctx, store.RunCopy, 1)
	if err != nil {
		return false, err
	}
	if len(runs) > 0 && runs[0].Source == c.ask.From {
		c.record = runs[0]
		return true, nil
	}
	if len(runs) > 0 {
		return false, fmt.Errorf("the target holds a copy of %s: name that with --from, or an empty target with --to", runs[0].Source)
	}
	holds, err := c.holds(ctx)
	if err == nil && len(holds) > 0 {
		err = fmt.Errorf("the target is not empty: it holds %s\n\tname an empty one with --to; for Redis, another prefix will do", strings.Join(holds, ", "))
	}
	return false, err
}

// holds names what the target holds.
func (c *copier) holds(ctx context.Context) (out []string, err error) {
	for _, p := range copyParts {
		n, err := p.count(ctx, c.to)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			out = append(out, fmt.Sprintf("%s (%d)", p.name, n))
		}
	}
	return out, nil
}

func (c *copier) counts(ctx context.Context) (out []CopiedPart, err error) {
	for _, p := range copyParts {
		n, err := p.count(ctx, c.from)
		if err != nil {
			return nil, err
		}
		out = append(out, CopiedPart{Name: p.name, Count: n})
	}
	return out, nil
}

func (c *copier) copyParts(ctx context.Context) error {
	for _, p := range copyParts {
		if slices.Contains(c.record.Gaps, p.name) {
			continue
		}
		if err := p.copy(ctx, c); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		c.record.Gaps = append(c.record.Gaps, p.name)
		if err := c.to.SaveRun(ctx, c.record); err != nil {
			return err
		}
	}
	return nil
}

func (c *copier) tell(doing, part string, done, total int) {
	if c.ask.Progress != nil {
		c.ask.Progress(CopyProgress{Doing: doing, Part: part, Done: done, Total: total})
	}
}

// errDiffer says that two stores hold something different after a copy.
var errDiffer = errors.New("the two differ")

// verify reads both stores and compares.
func (c *copier) verify(ctx context.Context) (out []CopiedPart, err error) {
	var differ []string
	for _, p := range copyParts {
		n, sum, err := p.digest(ctx, c, c.from)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		copied, same, err := p.digest(ctx, c, c.to)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		switch {
		case n != copied:
			differ = append(differ, fmt.Sprintf("%s (%d and %d)", p.name, n, copied))
		case sum != same:
			differ = append(differ, p.name+" (in content)")
		}
		out = append(out, CopiedPart{Name: p.name, Count: n, SHA256: sum})
	}
	if len(differ) > 0 {
		return nil, fmt.Errorf("%w in %s: something was written to one of them since the copy began\n\t"+
			"stop every fairlead that uses either, empty the target and copy again", errDiffer, strings.Join(differ, ", "))
	}
	return out, nil
}

// unfinishedCopy refuses a store that a copy has filled only in part: working with
// it would lose what is still missing.
func unfinishedCopy(ctx context.Context, s store.Store) error {
	runs, err := s.Runs(ctx, store.RunCopy, 1)
	if err != nil || len(runs) == 0 || !runs[0].Ended.IsZero() {
		return err
	}
	if file, restoring := strings.CutPrefix(runs[0].Source, ofBackup); restoring {
		return fmt.Errorf("the store holds the beginning of what the backup %s holds\n\tcomplete it: fairlead restore %s", file, file)
	}
	return fmt.Errorf("the store holds the beginning of a copy of %s\n\tcomplete it: fairlead store copy --from %s --to this store", runs[0].Source, runs[0].Source)
}

// endOfTime is after everything that a store holds.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
