package daemon

import (
	"context"
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
)

// KeptRecords is one kind of record: how long it is kept, and what is stored of it.
type KeptRecords struct {
	Kind string `json:"kind"` // as the configuration's retention has it
	// Days is for how many it is kept; 0: as long as the store.
	Days   int       `json:"days"`
	Stored int       `json:"stored"`
	Oldest time.Time `json:"oldest,omitzero"` // of those stored
}

// note counts one that is stored.
func (k *KeptRecords) note(at time.Time) {
	if k.Stored++; k.Oldest.IsZero() || at.Before(k.Oldest) {
		k.Oldest = at.UTC()
	}
}

// examineRetention tells it of every kind that the configuration's retention is about.
func (f *Fairlead) examineRetention(ctx context.Context) ([]KeptRecords, error) {
	keep := f.cfg().Retention
	var out []KeptRecords
	for _, of := range []struct {
		kind string
		keep time.Duration
		look func(context.Context, *KeptRecords) error
	}{
		{"runs", keep.Runs, f.storedRuns},
		{"deliveries", keep.Deliveries, f.storedDeliveries},
		{"findings", keep.Findings, f.storedFindings},
		{"snapshots", keep.Snapshots, f.storedSnapshots},
		{"trail", keep.Trail, f.storedTrail},
	} {
		one := KeptRecords{Kind: of.kind, Days: int(of.keep / (24 * time.Hour))}
		if err := of.look(ctx, &one); err != nil {
			return nil, fmt.Errorf("look how old the %s are: %w", of.kind, err)
		}
		out = append(out, one)
	}
	return out, nil
}

func (f *Fairlead) storedRuns(ctx context.Context, k *KeptRecords) error {
	all, err := allRuns(f.store, ctx)
	for i := range all {
		k.note(all[i].Started)
	}
	return err
}

func (f *Fairlead) storedDeliveries(ctx context.Context, k *KeptRecords) error {
	all, err := allDeliveries(f.store, ctx)
	for i := range all {
		k.note(all[i].Due)
	}
	return err
}

// storedFindings are those that ended, by when they did.
func (f *Fairlead) storedFindings(ctx context.Context, k *KeptRecords) error {
	all, err := f.store.Outlines(ctx)
	for i := range all {
		if e := &all[i]; e.State != finding.Open {
			k.note(e.Spans[len(e.Spans)-1].To)
		}
	}
	return err
}

func (f *Fairlead) storedSnapshots(ctx context.Context, k *KeptRecords) error {
	all, err := allSnapshots(f.store, ctx)
	for i := range all {
		if week, wrong := org.ParseWeek(all[i].Week, time.UTC); wrong == nil {
			k.note(week.Start)
		}
	}
	return err
}

// storedTrail is what people said and changed.
func (f *Fairlead) storedTrail(ctx context.Context, k *KeptRecords) error {
	words, err := f.store.Words(ctx)
	if err != nil {
		return err
	}
	for i := range words {
		k.note(words[i].At)
	}
	all, err := f.store.Revisions(ctx)
	for i := range all {
		k.note(all[i].At)
	}
	return err
}

// keptWords name each kind, and what is told of its oldest.
var keptWords = map[string][2]string{
	"runs":       {"records of runs", "began on"},
	"deliveries": {"deliveries", "was due on"},
	"findings":   {"findings that ended", "ended on"},
	"snapshots":  {"weeks in numbers", "began on"},
	"trail":      {"words and revisions", "is of"},
}

func (p *examinationPrinter) retention(all []KeptRecords) {
	if len(all) > 0 {
		p.heading("How long records are kept")
	}
	for _, k := range all {
		of := keptWords[k.Kind]
		term := "as long as the store"
		if k.Days > 0 {
			term = fmt.Sprintf("for %d days", k.Days)
		}
		if k.Stored == 0 {
			p.say(markFine, "%s: %s (%s); none is stored", k.Kind, term, of[0])
			continue
		}
		p.say(markFine, "%s: %s (%s); %d stored, the oldest %s %s", k.Kind, term, of[0], k.Stored, of[1], k.Oldest.Format(time.DateOnly))
	}
}
