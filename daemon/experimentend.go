package daemon

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// EndExperiment makes today, in the zone of whoever tries it, the last day of an
// experiment that was begun on a page.
func (p *pages) EndExperiment(ctx context.Context, by dashboard.Viewer, id, reason string) error {
	w, x, err := p.writerOf(ctx, by, id, reason)
	if err != nil {
		return err
	}
	today := ticket.Date(w.now().In(p.zoneOf(x.Team)).Format(time.DateOnly))
	switch {
	case x.Start > today:
		return &dashboard.Refusal{Field: "reason", Text: "It has not begun yet: withdraw it where it is not to begin."}
	case x.End != "" && x.End <= today:
		return &dashboard.Refusal{Field: "reason", Text: fmt.Sprintf("Its last day is %s: there is nothing to end.", x.End)}
	}
	x.End = today
	return w.add(ctx, experimentSubject(x), x.Text())
}

// WithdrawExperiment takes back an experiment that was begun on a page. One whose last
// day has passed stays: what came of it is known.
func (p *pages) WithdrawExperiment(ctx context.Context, by dashboard.Viewer, id, reason string) error {
	w, x, err := p.writerOf(ctx, by, id, reason)
	if err != nil {
		return err
	}
	if over := x.End.In(p.zoneOf(x.Team)); !over.IsZero() && w.now().After(over.AddDate(0, 0, 1)) || w.terms().endedEarly(x) != nil {
		return &dashboard.Refusal{Field: "reason", Text: "It is over, and what came of it stays."}
	}
	return w.add(ctx, experimentSubject(x), "")
}

// writerOf is a writer with a reason, and the experiment of the id as it stands on a
// page.
func (p *pages) writerOf(ctx context.Context, by dashboard.Viewer, id, reason string) (*revisionWriter, *config.Experiment, error) {
	w, err := p.writerBecause(ctx, by, reason)
	if err != nil {
		return nil, nil, err
	}
	all := w.terms().cfg.Experiments
	i := slices.IndexFunc(all, func(x config.Experiment) bool { return experimentID(&x) == id })
	if i < 0 {
		return nil, nil, fmt.Errorf("experiment %q: %w", id, dashboard.ErrNotFound)
	}
	x := all[i]
	if where := w.terms().keptIn(&x); where != "" {
		return nil, nil, &dashboard.Refusal{Field: "reason", Text: fmt.Sprintf("It is kept in %s: change it there.", where)}
	}
	return w, &x, nil
}

func experimentSubject(x *config.Experiment) subject {
	return subject{store.OfExperiment, x.Team, experimentID(x)}
}

// keptIn is where the experiment stands in a file, for people; empty where it was
// begun on a page.
func (t *terms) keptIn(x *config.Experiment) string {
	of := experimentSubject(x)
	if slices.ContainsFunc(t.layers, func(l layer) bool { return l.experiment != nil && subjectOf(&l.Revision) == of }) {
		return ""
	}
	return t.shortPlace(x.Place("name"))
}

// endedEarly tells how an experiment that was begun on a page came to end before its
// last day; nil where it did not.
func (t *terms) endedEarly(x *config.Experiment) *dashboard.EndedEarly {
	of, before := experimentSubject(x), ""
	var out *dashboard.EndedEarly
	for i := range t.revisions {
		r := &t.revisions[i]
		if subjectOf(r) != of {
			continue
		}
		out = nil
		if endsEarlier(before, r) {
			was, _ := readExperiment(before, r)
			out = &dashboard.EndedEarly{At: r.At, By: r.By, Why: r.Why, Planned: was.End}
		}
		before = r.Text
	}
	return out
}

// endsEarlier reports whether a revision of an experiment has an earlier last day than
// the text before it, and nothing else that is different.
func endsEarlier(before string, r *store.Revision) bool {
	was, err := readExperiment(before, r)
	is, err2 := readExperiment(r.Text, r)
	if err != nil || err2 != nil || before == "" || r.Text == "" {
		return false
	}
	earlier := is.End != "" && (was.End == "" || is.End < was.End)
	was.End = is.End
	return earlier && was.Text() == is.Text()
}

// readExperiment reads a text that a revision of an experiment holds, or held before.
func readExperiment(text string, r *store.Revision) (config.Experiment, error) {
	e := entryOf(r)
	e.Text = text
	return (&config.Config{}).ReadExperiment(e)
}
