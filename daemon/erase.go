package daemon

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// EraseRequest says who is to be taken out of the store.
type EraseRequest struct {
	ID string // a person's id from the org file, or an account's id
	// More by which they are known, for whoever the org file tells no more of.
	Names, Emails, Accounts []string
	DryRun                  bool
}

// EraseResult is what names the person: in a dry run what would be changed,
// otherwise what was.
type EraseResult struct {
	ID        string `json:"id"`
	As        string `json:"as,omitempty"` // what stands in their place
	DryRun    bool   `json:"dry_run,omitempty"`
	Accounts  int    `json:"accounts"`
	InOrg     bool   `json:"in_org"` // the org file tells of them
	Tickets   int    `json:"tickets"`
	Sprints   int    `json:"sprints"`
	Findings  int    `json:"findings"`
	Words     int    `json:"words"`
	Revisions int    `json:"revisions"`
	Votes     int    `json:"votes"`
	Runs      int    `json:"runs"`
	// What is taken away and not only reworded.
	Deliveries int `json:"deliveries"`
	Tokens     int `json:"tokens"` // sign-in links, sign-outs and API tokens
}

// Nothing says that the store does not tell of the person.
func (r *EraseResult) Nothing() bool {
	return r.Tickets+r.Sprints+r.Findings+r.Words+r.Revisions+r.Votes+r.Runs+r.Deliveries+r.Tokens == 0
}

// Erase takes what is known of a person out of the configured store. Somebody without
// a name stays in their place, so that the history of work is still told. It may be
// stopped at any moment and run again.
func Erase(ctx context.Context, cfg *config.Config, ask EraseRequest) (res EraseResult, err error) {
	s, err := openStore(ctx, cfg.Store)
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := unfinishedCopy(ctx, s); err != nil {
		return res, err
	}
	e := &eraser{store: s, res: EraseResult{ID: ask.ID, DryRun: ask.DryRun}}
	if strings.TrimSpace(ask.ID) == "" {
		return res, errors.New("name the person: an id from the org file, or an account's id")
	}
	if err := e.know(ctx, cfg, ask); err != nil {
		return res, err
	}
	if err := e.run(ctx); err != nil {
		return e.res, fmt.Errorf("erase %s: %w", ask.ID, err)
	}
	return e.res, nil
}

type eraser struct {
	store store.Store
	whom  *known
	res   EraseResult
}

// know collects by what the person is known: the org file's words, and what trackers
// say of the accounts.
func (e *eraser) know(ctx context.Context, cfg *config.Config, ask EraseRequest) error {
	salt := rand.Text() // of a dry run, which keeps nothing
	if !ask.DryRun {
		var err error
		if salt, err = e.store.SharedSecret(ctx, erasingSalt, salt); err != nil {
			return err
		}
	}
	w := &known{as: pseudonym(salt, ask.ID), accounts: map[string]bool{}}
	e.whom, e.res.As = w, w.as
	w.ids = append(w.ids, ask.ID)
	accounts, names, emails := slices.Clone(ask.Accounts), slices.Clone(ask.Names), slices.Clone(ask.Emails)
	if p, ok := cfg.Directory.Person(ask.ID); ok {
		e.res.InOrg = true
		names, emails = append(names, p.Name), append(emails, p.Emails...)
		for _, ids := range p.Accounts {
			accounts = append(accounts, ids...)
		}
		if p.Slack != "" {
			w.ids = append(w.ids, p.Slack)
		}
	} else {
		accounts = append(accounts, ask.ID)
	}
	for _, id := range accounts {
		w.accounts[id] = true
	}
	for t, err := range e.store.Tickets(ctx) {
		if err != nil {
			return err
		}
		eachAccount(&t, func(a *ticket.Account) {
			if a.ID == "" || !w.accounts[a.ID] && !(a.Email != "" && slices.ContainsFunc(emails, func(m string) bool { return strings.EqualFold(m, a.Email) })) {
				return
			}
			w.accounts[a.ID] = true
			names, emails = appendNew(names, a.Name), appendNew(emails, a.Email)
		})
	}
	w.ids = append(w.ids, w.accountIDs()...)
	w.learn(names, emails)
	e.res.Accounts = len(w.accounts)
	if ask.DryRun {
		return nil
	}
	for _, id := range w.accountIDs() { // first, so that a sync that runs meanwhile knows
		if _, err := e.store.SharedSecret(ctx, markerOf(salt, id), w.as); err != nil {
			return err
		}
	}
	return nil
}

func appendNew(all []string, one string) []string {
	if one == "" || slices.Contains(all, one) {
		return all
	}
	return append(all, one)
}

// run rewords part after part. Tickets come last, those with an account of the
// person at the very end: they tell by which names they are known, also to whoever
// runs it again after it was stopped.
func (e *eraser) run(ctx context.Context) error {
	for _, part := range []func(context.Context) error{
		e.said, e.ledger, e.votes, e.runs, e.deliveries, e.signIns, e.sprints,
		func(ctx context.Context) error { return e.tickets(ctx, false) },
		func(ctx context.Context) error { return e.tickets(ctx, true) },
	} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	scrubbed, ok := e.store.(store.Scrubber)
	if e.res.DryRun || !ok {
		return nil
	}
	return scrubbed.Scrub(ctx)
}

// amend is the store's Amend, but for a dry run.
func (e *eraser) amend(ctx context.Context, a store.Amendment) error {
	if e.res.DryRun {
		return nil
	}
	return e.store.Amend(ctx, a)
}

func (e *eraser) said(ctx context.Context) error {
	a := store.Amendment{Ungathered: true}
	words, err := e.store.Words(ctx)
	if err != nil {
		return err
	}
	for _, w := range words {
		if was := w; e.whom.reword(&w) {
			w.ID, w.Kind, w.Finding, w.Waiver, w.Scope = was.ID, was.Kind, was.Finding, was.Waiver, was.Scope
			a.Words = append(a.Words, w)
		}
	}
	revisions, err := e.store.Revisions(ctx)
	if err != nil {
		return err
	}
	for _, r := range revisions {
		if was := r; e.whom.reword(&r) {
			r.Kind, r.Team, r.Name = was.Kind, was.Team, was.Name
			a.Revisions = append(a.Revisions, r)
		}
	}
	e.res.Words, e.res.Revisions = len(a.Words), len(a.Revisions)
	return e.amend(ctx, a)
}

func (e *eraser) ledger(ctx context.Context) error {
	all, err := e.store.Findings(ctx)
	if err != nil {
		return err
	}
	var changed []finding.Finding
	for _, f := range all {
		if was := f; e.whom.reword(&f) {
			f.ID, f.Rule, f.Team = was.ID, was.Rule, was.Team
			f.Subject.Source, f.Subject.ID = was.Subject.Source, was.Subject.ID
			changed = append(changed, f)
		}
	}
	e.res.Findings = len(changed)
	if e.res.DryRun {
		return nil
	}
	for part := range slices.Chunk(changed, copyBatch) {
		if err := e.store.SaveCheck(ctx, store.Check{Findings: part}); err != nil {
			return err
		}
	}
	return nil
}

func (e *eraser) votes(ctx context.Context) error {
	all, err := e.store.Votes(ctx)
	if err != nil {
		return err
	}
	for _, v := range all {
		if !slices.Contains(e.whom.ids, v.Person) {
			continue
		}
		if e.res.Votes++; e.res.DryRun {
			continue
		}
		if err := e.store.Vote(ctx, v.Finding, v.Rule, e.whom.as, &v.Useful, v.At); err != nil {
			return err
		}
		if err := e.store.Vote(ctx, v.Finding, v.Rule, v.Person, nil, v.At); err != nil {
			return err
		}
	}
	return nil
}

func (e *eraser) runs(ctx context.Context) error {
	all, err := allRuns(e.store, ctx)
	if err != nil {
		return err
	}
	for _, r := range all {
		was := r
		r.Gaps = slices.Clone(r.Gaps)
		if !e.whom.reword(&r) {
			continue
		}
		r.ID, r.Kind, r.Source = was.ID, was.Kind, was.Source
		if e.res.Runs++; e.res.DryRun {
			continue
		}
		if err := e.store.SaveRun(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// deliveries takes away what went to the person, or names them as a place.
func (e *eraser) deliveries(ctx context.Context) error {
	all, err := allDeliveries(e.store, ctx)
	if err != nil {
		return err
	}
	var a store.Amendment
	for _, d := range all {
		if key := d.DeliveryKey; e.whom.reword(&d) || e.whom.amongWords(key.Report) || e.whom.amongWords(key.Channel) {
			a.NoDeliveries = append(a.NoDeliveries, key)
		}
	}
	e.res.Deliveries = len(a.NoDeliveries)
	return e.amend(ctx, a)
}

func (e *eraser) signIns(ctx context.Context) error {
	var a store.Amendment
	tokens, err := e.store.Tokens(ctx)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if slices.Contains(e.whom.ids, t.Person) {
			a.NoTokens = append(a.NoTokens, t.Hash)
		}
	}
	epochs, err := e.store.Epochs(ctx)
	if err != nil {
		return err
	}
	for _, one := range epochs {
		if slices.Contains(e.whom.ids, one.Person) {
			a.NoEpochs = append(a.NoEpochs, one.Person)
		}
	}
	api, err := e.store.APITokens(ctx)
	if err != nil {
		return err
	}
	for _, t := range api {
		if is := t.Person; !slices.Contains(e.whom.ids, is) && !e.whom.reword(&t) {
			continue
		}
		if e.res.Tokens++; e.res.DryRun {
			continue
		}
		if err := e.store.RevokeAPIToken(ctx, t.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	e.res.Tokens += len(a.NoTokens) + len(a.NoEpochs)
	return e.amend(ctx, a)
}

func (e *eraser) sprints(ctx context.Context) error {
	all, err := e.store.Sprints(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		was := s
		if !e.whom.reword(&s) {
			continue
		}
		s.Source, s.ID = was.Source, was.ID
		if e.res.Sprints++; e.res.DryRun {
			continue
		}
		if err := e.save(ctx, s.Source, nil, []ticket.Sprint{s}); err != nil {
			return err
		}
	}
	return nil
}

func (e *eraser) tickets(ctx context.Context, own bool) error {
	var changed []ticket.Ticket
	flush := func() error {
		for _, t := range changed {
			if err := e.saveTicket(ctx, t); err != nil {
				return fmt.Errorf("ticket %s: %w", t.Key, err)
			}
		}
		changed = changed[:0]
		return nil
	}
	for t, err := range e.store.Tickets(ctx) {
		if err != nil {
			return err
		}
		mine := false
		eachAccount(&t, func(a *ticket.Account) { mine = mine || e.whom.accounts[a.ID] })
		if mine != own || !e.whom.rewordTicket(&t) {
			continue
		}
		if e.res.Tickets++; e.res.DryRun {
			continue
		}
		if changed = append(changed, t); len(changed) == copyBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// saveTicket stores a ticket in other words. Whoever holds its key keeps it.
func (e *eraser) saveTicket(ctx context.Context, t ticket.Ticket) error {
	if t.Key == "" {
		return e.save(ctx, t.Source, []ticket.Ticket{t}, nil)
	}
	holder, err := e.store.Ticket(ctx, t.Source, ticket.Ref{Key: t.Key})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := e.save(ctx, t.Source, []ticket.Ticket{t}, nil); err != nil || holder.ID == t.ID {
		return err
	}
	return giveKey(ctx, e.store, t.Source, t.Key, holder)
}

// save leaves the cursor as it is.
func (e *eraser) save(ctx context.Context, source string, tickets []ticket.Ticket, sprints []ticket.Sprint) error {
	cursor, err := e.store.Cursor(ctx, source)
	if err == nil {
		_, err = e.store.SavePage(ctx, source, tickets, sprints, cursor)
	}
	return err
}
