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
var demoWords = []demoWord{
	{at: "2026-06-02 08:40", by: "sam", rule: aboutProblem, about: "Seasonal themes for the checkout", does: demoAnswers, why: "A partner pays for these and takes them back in September. We knew that there is no problem of ours behind them."},
	{at: "2026-06-03 09:15", by: "gregor", rule: aboutProblem, about: "Notebook servers for everybody", does: demoAnswers, why: "A trial that we give two weeks. Then it says what it is for, or it goes."},
	{at: "2026-06-10 13:05", by: "lee", rule: aboutProblem, about: "Pay with points of a partner", does: demoWaives, until: "2026-06-17", why: "The contract is signed on Wednesday. Until then nobody can say whose problem it solves."},
	{at: "2026-06-11 07:50", by: "mina", rule: aboutNoGoal, about: "Order again with one tap", does: demoNotUseful},
	{at: "2026-06-16 09:20", by: "gregor", rule: aboutProblem, about: "Notebook servers for everybody", does: demoTakesBack, why: "The two weeks are over, and nobody could say what it is for."},
	{at: "2026-06-17 15:30", by: "camila", rule: aboutProblem, about: "Badges for early birds", does: demoWaives, until: "2026-06-26", why: "Hollis & Byrne asked for it on the phone. Noor writes it down when she is back."},
	{at: "2026-07-07 16:10", by: "lee", rule: aboutAroundEM, about: "Stand-by plan for the sale weekend", does: demoAnswers, why: "Dana called me before. I was on the train and asked her to assign it herself."},
	{at: "2026-07-08 07:30", by: "sam", rule: "goal-is-a-deliverable", about: "Payments Sprint 14", does: demoUseful},
	{at: "2026-07-08 10:00", by: "gregor", rule: "em-out-of-the-loop", about: "Certificates end in the night before the sale", does: demoUseful},
	{at: "2026-07-09 11:25", by: "farid", rule: "work-outside-sprint", about: "Raise the limits of ten merchants", does: demoNotUseful},
	{at: "2026-07-14 08:05", by: "ruth", rule: "goal-is-a-deliverable", about: "Core 37", does: demoAnswers, why: "During the sale delivering was the goal. It changes back with the next sprint."},
	{at: "2026-08-25 12:15", by: "noor", rule: "roadmap-by-decree", about: "Growth", does: demoUseful},
	{at: "2026-09-01 08:20", by: "mina", rule: aboutProblem, about: "Small change for a good cause", does: demoUseful},
	{at: "2026-09-01 09:45", by: "jo", rule: aboutProblem, about: "Gift cards with a picture", does: demoUseful},
	{at: "2026-09-03 14:00", by: "oskar", rule: aboutProblem, about: "Team avatars", does: demoNotUseful},
	{at: "2026-09-08 12:30", by: "luca", rule: aboutProblem, about: "Portal for service owners", does: demoUseful},
	{at: "2026-09-15 09:10", by: "nkechi", rule: aboutProblem, about: "Nightly copy of staging", does: demoWaives, until: "2026-09-25", why: "Three teams wait for it, and each for another reason. We sort that out on the 24th."},
	{at: "2026-09-29 15:20", by: "sam", rule: aboutProblem, about: "Split a payment between two cards", does: demoUseful},
	{at: "2026-10-06 07:55", by: "aiko", rule: "single-point-of-failure", about: "Ledger", does: demoUseful},
	{at: "2026-10-13 08:30", by: "sam", rule: "decision-not-recorded", about: "Tip jar for delivery orders", does: demoAnswers, why: "Said in the demo with everybody there: restaurants want tips in their own till."},
	{at: "2026-10-20 10:40", by: "lee", rule: "ritual-missed", about: "Retro", does: demoAnswers, why: "The audit took the afternoon. We hold the next one a week earlier."},
	{at: "2026-10-27 12:50", by: "camila", rule: "em-out-of-the-loop", about: "Confirmation mails do not reach Turkish addresses", does: demoUseful},
	{at: "2026-11-10 09:30", by: "lee", rule: "work-outside-sprint", about: "Delete test merchants in the sandbox", does: demoWaives, until: "2026-11-25", why: "The auditors use the sandbox until the 25th. It goes on in between, whenever they are not in it."},
	{at: "2026-11-10 14:45", by: "nkechi", rule: aboutNoGoal, about: "Out of the old data centre", does: demoWaives, until: "2027-01-31", why: "The contract ends with the year, and that is goal enough. In January we look whether anything is left."},
	{at: "2026-11-11 08:15", by: "tomas", rule: aboutProblem, about: "Saved wallets for returning shoppers", does: demoUseful},
}

// Rules that people speak of most.
const (
	aboutProblem  = "feature-without-problem"
	aboutNoGoal   = "work-without-goal"
	aboutAroundEM = "assigned-bypassing-em"
)

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
