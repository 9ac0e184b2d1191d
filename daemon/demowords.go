package daemon

import (
	"context"
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/finding"
)

// demoWord is what somebody in the demo's story says about something that was
// noticed.
type demoWord struct {
	at    string // 2026-06-03 10:12, in UTC
	by    string
	rule  string
	about string // the title of a ticket, or the key of what else it is about
	does  demoDeed
	why   string
	until string // of a waiver
}

type demoDeed int

const (
	demoAnswers demoDeed = iota
	demoWaives
	demoTakesBack
	demoUseful
	demoNotUseful
)

// demoWords are told in order of time.
var demoWords = []demoWord{}

func (w *demoWord) moment() time.Time {
	at, err := time.Parse("2006-01-02 15:04", w.at)
	if err != nil {
		panic(err) // they stand in this file
	}
	return at
}

// say says it as the command line and the pages do.
func (w *demoWord) say(ctx context.Context, f *Fairlead) error {
	id, err := w.meant(ctx, f)
	if err != nil {
		return err
	}
	who := Speaker{By: w.by}
	switch w.does {
	case demoAnswers, demoTakesBack:
		_, err = f.Answer(ctx, AnswerRequest{Finding: string(id), Reason: w.why, TakeBack: w.does == demoTakesBack, Speaker: who})
	case demoWaives:
		var plan WaiverPlan
		if plan, err = f.PlanWaiver(ctx, WaiveRequest{Finding: string(id), Until: w.until, Reason: w.why, Speaker: who}); err == nil {
			_, err = f.Waive(ctx, plan)
		}
	case demoUseful, demoNotUseful:
		vote := dashboard.Useful
		if w.does == demoNotUseful {
			vote = dashboard.NotUseful
		}
		err = (&pages{f: f}).Vote(ctx, dashboard.Viewer{Person: w.by}, id, vote)
	}
	return wrapped(fmt.Sprintf("say what %s says on %s", w.by, w.at), err)
}

// meant finds the latest finding it is about.
func (w *demoWord) meant(ctx context.Context, f *Fairlead) (finding.ID, error) {
	b, err := f.readLedger(ctx)
	if err != nil {
		return "", err
	}
	var found *finding.Finding
	for i := range b.findings {
		e := &b.findings[i]
		if e.Rule == w.rule && (e.Subject.Title == w.about || e.Subject.Key == w.about) && (found == nil || e.OpenSince().After(found.OpenSince())) {
			found = e
		}
	}
	if found == nil {
		return "", fmt.Errorf("the demo's story has %s speak on %s of what %s noticed about %q, and it noticed nothing", w.by, w.at, w.rule, w.about)
	}
	return found.ID, nil
}
