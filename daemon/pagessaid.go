package daemon

import (
	"context"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/finding"
)

// Answer implements dashboard.Changes, as do all methods below.
func (p *pages) Answer(ctx context.Context, by dashboard.Viewer, id finding.ID, reason string) error {
	return p.answer(ctx, AnswerRequest{Finding: string(id), Reason: reason, Speaker: Speaker{By: by.Person}})
}

// TakeBack takes an answer back.
func (p *pages) TakeBack(ctx context.Context, by dashboard.Viewer, id finding.ID, reason string) error {
	return p.answer(ctx, AnswerRequest{Finding: string(id), Reason: reason, TakeBack: true, Speaker: Speaker{By: by.Person}})
}

func (p *pages) answer(ctx context.Context, ask AnswerRequest) error {
	defer p.changed(ctx)
	_, err := p.f.Answer(ctx, ask)
	return refusal("reason", err)
}

// Waive gives a waiver.
func (p *pages) Waive(ctx context.Context, by dashboard.Viewer, scope finding.Scope, reason string, expires time.Time) error {
	defer p.changed(ctx)
	b, err := p.forWaivers(ctx)
	if err != nil {
		return err
	}
	who, err := p.f.speaker(Speaker{By: by.Person})
	if err != nil {
		return refusal("", err)
	}
	if err := p.f.notWaivedYet(&b, scope); err != nil {
		return refusal("until", err)
	}
	_, err = p.f.give(ctx, &b, finding.Word{Kind: finding.WaivedFor, By: who, Reason: reason, Scope: scope, Expires: expires})
	return refusal("until", err)
}

// Renew makes a waiver hold for longer.
func (p *pages) Renew(ctx context.Context, by dashboard.Viewer, waiver, reason string, expires time.Time) error {
	defer p.changed(ctx)
	return refusal("until", p.change(ctx, RenewRequest{ID: waiver, Reason: reason, end: expires, Speaker: Speaker{By: by.Person}}, p.f.renewal))
}

// EndWaiver ends a waiver at once.
func (p *pages) EndWaiver(ctx context.Context, by dashboard.Viewer, waiver, reason string) error {
	defer p.changed(ctx)
	return refusal("reason", p.change(ctx, RenewRequest{ID: waiver, Reason: reason, Speaker: Speaker{By: by.Person}}, p.f.ending))
}

func (p *pages) change(ctx context.Context, ask RenewRequest, wanted waiverChange) error {
	b, err := p.forWaivers(ctx)
	if err == nil {
		_, _, _, err = p.f.changeIn(ctx, &b, ask, wanted)
	}
	return err
}

// Vote keeps what somebody thinks of a finding.
func (p *pages) Vote(ctx context.Context, by dashboard.Viewer, id finding.ID, vote dashboard.Vote) error {
	e, err := p.f.store.Finding(ctx, id)
	if err != nil {
		return err
	}
	var useful *bool
	if vote != dashboard.NoVote {
		is := vote == dashboard.Useful
		useful = &is
	}
	return p.f.store.Vote(ctx, id, e.Rule, by.Person, useful, p.f.now())
}
