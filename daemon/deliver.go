package daemon

import (
	"context"
	"errors"
	"fmt"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
)

// Written is one report that was delivered.
type Written struct {
	Team  string `json:"team"`
	Week  string `json:"week"`
	For   string `json:"for"`
	Place string `json:"place"`
}

// deliver brings every team's report of the week to every configured channel. A
// report that cannot be delivered does not hold up the others.
func (f *Fairlead) deliver(ctx context.Context, weekName string) ([]Written, error) {
	var out []Written
	var all []error
	teams := f.cfg.Directory.Teams()
	for i := range teams {
		week, err := f.weekNamed(weekName, teams[i].Location)
		if err != nil {
			return nil, err
		}
		if !teams[i].Existed.Meets(org.Span{From: week.Start, To: week.End}) {
			continue // it had ended before, or was not there yet
		}
		for _, to := range f.channels {
			place, err := f.deliverOne(ctx, &teams[i], week, to)
			if err != nil {
				all = append(all, fmt.Errorf("report of %s: %w", teams[i].ID, err))
				continue
			}
			out = append(out, Written{Team: teams[i].ID, Week: week.String(), For: string(to.reader), Place: place})
		}
	}
	return out, errors.Join(all...)
}

func (f *Fairlead) deliverOne(ctx context.Context, team *org.Team, week org.Week, to outlet) (place string, err error) {
	r, err := f.buildReport(ctx, team, week, to.reader)
	if err != nil {
		return "", err
	}
	receipt, err := to.Deliver(ctx, reports.Delivery{Report: r}, func(reports.Receipt) error { return nil })
	return receipt.Place, err
}
