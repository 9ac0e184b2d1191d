package daemon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"iter"
	"math"
	"os"
	"slices"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// copyPart is one part of a store. A part may be copied again over its beginning.
type copyPart struct {
	name   string
	count  func(context.Context, store.Store) (int, error)
	copy   func(context.Context, *copier) error
	digest func(context.Context, *copier, store.Store) (n int, sum string, err error)
}

// copyParts are all parts, in the order in which they are copied: moves follow
// their findings.
var copyParts = []copyPart{
	ticketPart,
	listPart("sprints", store.Store.Sprints, copySprints),
	listPart("findings", store.Store.Findings, func(ctx context.Context, c *copier, all []finding.Finding) error {
		return c.to.SaveCheck(ctx, store.Check{Findings: all})
	}),
	listPart("moves", allMoves, func(ctx context.Context, c *copier, all []finding.Transition) error {
		return c.to.SaveCheck(ctx, store.Check{Transitions: all})
	}),
	listPart("flights", allFlights, func(ctx context.Context, c *copier, all []finding.Flight) error {
		return c.to.SaveCheck(ctx, store.Check{Flights: all})
	}),
	listPart("looks", store.Store.Looks, func(ctx context.Context, c *copier, all []finding.Look) error {
		return c.to.SaveCheck(ctx, store.Check{Looks: all})
	}),
	listPart("mutes", store.Store.Mutes, func(ctx context.Context, c *copier, all []finding.Mute) error {
		return c.to.SaveCheck(ctx, store.Check{Mutes: all})
	}),
	listPart("runs", allRuns, each(func(ctx context.Context, c *copier, r store.Run) error { return c.to.SaveRun(ctx, r) })),
	listPart("words", store.Store.Words, each(func(ctx context.Context, c *copier, w finding.Word) error { return c.to.AddWord(ctx, w) })),
	listPart("revisions", store.Store.Revisions, copyRevisions),
	listPart("votes", store.Store.Votes, each(func(ctx context.Context, c *copier, v store.Vote) error {
		return c.to.Vote(ctx, v.Finding, v.Rule, v.Person, &v.Useful, v.At)
	})),
	listPart("deliveries", allDeliveries, each(copyDelivery)),
	listPart("snapshots", allSnapshots, func(ctx context.Context, c *copier, all []store.Snapshot) error { return c.to.SaveSnapshots(ctx, all) }),
	listPart("sign-in tokens", store.Store.Tokens, copyTokens),
	listPart("ids used up", store.Store.AllSpent, each(func(ctx context.Context, c *copier, one store.SpentID) error {
		_, err := c.to.Spend(ctx, one.ID, ticket.Ticket{}.Updated, one.Until)
		return err
	})),
	listPart("epochs", store.Store.Epochs, each(copyEpoch)),
	listPart("secrets", store.Store.Secrets, each(copySecret)),
	listPart("API tokens", store.Store.APITokens, copyAPITokens),
}

// listPart is a part that is read whole. What it holds fits into memory: only
// tickets do not.
func listPart[T any](name string, list func(store.Store, context.Context) ([]T, error), save func(context.Context, *copier, []T) error) copyPart {
	return copyPart{
		name: name,
		count: func(ctx context.Context, s store.Store) (int, error) {
			all, err := list(s, ctx)
			return len(all), err
		},
		copy: func(ctx context.Context, c *copier) error {
			all, err := list(c.from, ctx)
			if err != nil {
				return err
			}
			done := 0
			for part := range slices.Chunk(all, c.batch) {
				if err := save(ctx, c, part); err != nil {
					return err
				}
				done += len(part)
				c.tell("copying", name, done, len(all))
			}
			return nil
		},
		digest: func(ctx context.Context, c *copier, s store.Store) (int, string, error) {
			all, err := list(s, ctx)
			h := sha256.New()
			for i := range all {
				fmt.Fprintf(h, "%#v\n", all[i]) // every field, every byte
			}
			c.tell("verifying", name, len(all), len(all))
			return len(all), sumOf(h), err
		},
	}
}

func sumOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// each saves one after the other.
func each[T any](save func(context.Context, *copier, T) error) func(context.Context, *copier, []T) error {
	return func(ctx context.Context, c *copier, all []T) error {
		for _, one := range all {
			if err := save(ctx, c, one); err != nil {
				return err
			}
		}
		return nil
	}
}

// bySource saves what is ordered by source, source by source.
func bySource[T any](all []T, of func(*T) string) iter.Seq2[string, []T] {
	return func(yield func(string, []T) bool) {
		for len(all) > 0 {
			name := of(&all[0])
			n := slices.IndexFunc(all, func(one T) bool { return of(&one) != name })
			if n < 0 {
				n = len(all)
			}
			if !yield(name, all[:n]) {
				return
			}
			all = all[n:]
		}
	}
}

// copySprints keeps the target's cursors, which tickets came with.
func copySprints(ctx context.Context, c *copier, all []ticket.Sprint) error {
	for name, sprints := range bySource(all, func(s *ticket.Sprint) string { return s.Source }) {
		cursor, err := c.to.Cursor(ctx, name)
		if err == nil {
			_, err = c.to.SavePage(ctx, name, nil, sprints, cursor)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func allMoves(s store.Store, ctx context.Context) (all []finding.Transition, err error) { //nolint:revive // the shape of a store's methods
	findings, err := s.Findings(ctx)
	if err != nil {
		return nil, err
	}
	for i := range findings {
		moves, err := s.Transitions(ctx, findings[i].ID)
		if err != nil {
			return nil, err
		}
		all = append(all, moves...)
	}
	return all, nil
}

func allFlights(s store.Store, ctx context.Context) (all []finding.Flight, err error) { //nolint:revive // the shape of a store's methods
	return ofAll(ctx, s.FlightTeams, func(ctx context.Context, team string) ([]finding.Flight, error) {
		return s.Flights(ctx, team, finding.Flight{}.At, endOfTime)
	})
}

func allSnapshots(s store.Store, ctx context.Context) ([]store.Snapshot, error) { //nolint:revive // the shape of a store's methods
	const last = "\U0010ffff" // after every week
	return ofAll(ctx, s.SnapshotTeams, func(ctx context.Context, team string) ([]store.Snapshot, error) {
		return s.Snapshots(ctx, team, "", last)
	})
}

// allRuns leaves out the records of a copy and of a backup, which only the target has.
func allRuns(s store.Store, ctx context.Context) ([]store.Run, error) { //nolint:revive // the shape of a store's methods
	kinds := func(ctx context.Context) ([]store.RunKind, error) {
		all, err := s.RunKinds(ctx)
		return slices.DeleteFunc(all, func(k store.RunKind) bool { return k == store.RunCopy || k == store.RunBackup }), err
	}
	return ofAll(ctx, kinds, func(ctx context.Context, kind store.RunKind) ([]store.Run, error) {
		return s.Runs(ctx, kind, math.MaxInt32)
	})
}

func allDeliveries(s store.Store, ctx context.Context) ([]store.Delivery, error) { //nolint:revive // the shape of a store's methods
	return s.Deliveries(ctx, store.Delivery{}.Due)
}

// ofAll joins what there is of each name.
func ofAll[N, T any](ctx context.Context, names func(context.Context) ([]N, error), of func(context.Context, N) ([]T, error)) (all []T, err error) {
	list, err := names(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range list {
		part, err := of(ctx, name)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return all, nil
}

// copyDelivery takes the target's delivery, or begins it, and stores it as it is.
func copyDelivery(ctx context.Context, c *copier, d store.Delivery) error {
	const holder = "copy"
	_, taken, err := c.to.Take(ctx, d.DeliveryKey, holder, endOfTime, endOfTime)
	if errors.Is(err, store.ErrNotFound) {
		_, taken, err = c.to.Claim(ctx, store.Delivery{DeliveryKey: d.DeliveryKey, State: store.Pending, Due: d.Due}, holder, endOfTime, endOfTime)
	}
	if err == nil && !taken {
		err = fmt.Errorf("somebody else works on the delivery to %s", d.Channel)
	}
	if err != nil {
		return err
	}
	return c.to.SaveDelivery(ctx, holder, d)
}

// copyRevisions goes on after those that are there: numbers count in both alike. What
// was kept long enough has left gaps, which stay.
func copyRevisions(ctx context.Context, c *copier, all []store.Revision) error {
	there, err := c.to.Revisions(ctx)
	if err != nil {
		return err
	}
	type thing struct {
		kind       store.RevisionKind
		team, name string
	}
	latest := map[thing]int64{}
	var skipped []int64 // of a copy that was stopped
	for _, r := range there {
		if r.Name == keptLongEnough {
			skipped = append(skipped, r.Number)
			continue
		}
		latest[thing{r.Kind, r.Team, r.Name}] = r.Number
	}
	if err := c.to.Amend(ctx, store.Amendment{NoRevisions: skipped}); err != nil {
		return err
	}
	last, err := c.to.LatestRevision(ctx)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.Number <= last {
			continue
		}
		if err := skipRevisions(ctx, c.to, last+1, r.Number); err != nil {
			return err
		}
		last = r.Number
		of := thing{r.Kind, r.Team, r.Name}
		kept, err := c.to.AddRevision(ctx, r, latest[of])
		if err != nil {
			return err
		}
		latest[of] = kept.Number
	}
	return nil
}

// keptLongEnough is the name of a revision that stands for a while where one is gone.
// No rule and no experiment has such a name: theirs have no spaces.
const keptLongEnough = "kept long enough"

// skipRevisions uses up the numbers from the first to before the next.
func skipRevisions(ctx context.Context, to store.Store, first, next int64) error {
	var gone []int64
	after := int64(0)
	for n := first; n < next; n++ {
		kept, err := to.AddRevision(ctx, store.Revision{Kind: store.OfExperiment, Name: keptLongEnough}, after)
		if err != nil {
			return err
		}
		after = kept.Number
		gone = append(gone, after)
	}
	if len(gone) == 0 {
		return nil
	}
	return to.Amend(ctx, store.Amendment{NoRevisions: gone})
}

func copyTokens(ctx context.Context, c *copier, all []store.Token) error {
	there, err := c.to.Tokens(ctx)
	if err != nil {
		return err
	}
	for _, t := range all {
		if slices.Contains(there, t) {
			continue
		}
		if err := c.to.AddToken(ctx, t.Hash, t.Person, t.Expires); err != nil {
			return err
		}
	}
	return nil
}

func copyAPITokens(ctx context.Context, c *copier, all []store.APIToken) error {
	there, err := c.to.APITokens(ctx)
	if err != nil {
		return err
	}
	for _, t := range all {
		if slices.ContainsFunc(there, func(one store.APIToken) bool { return one.ID == t.ID && one.Hash == t.Hash }) {
			continue
		}
		if err := c.to.AddAPIToken(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

func copyEpoch(ctx context.Context, c *copier, e store.PersonEpoch) error {
	n, err := c.to.Epoch(ctx, e.Person)
	for err == nil && n < e.Epoch {
		n, err = c.to.NextEpoch(ctx, e.Person)
	}
	return err
}

func copySecret(ctx context.Context, c *copier, one store.Secret) error {
	kept, err := c.to.SharedSecret(ctx, one.Name, one.Text)
	if err == nil && kept != one.Text {
		err = fmt.Errorf("the target has another secret %s", one.Name)
	}
	return err
}

// present refuses a file that is not there: opening it would make one.
func present(written string, cfg *config.Config) error {
	at, err := cfg.StoreAt(written)
	if err != nil {
		return fmt.Errorf("--from: %w", err)
	}
	if at.Redis != nil {
		return nil
	}
	if _, err := os.Stat(at.File); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--from: there is no file %s", at.File)
	}
	return nil
}
