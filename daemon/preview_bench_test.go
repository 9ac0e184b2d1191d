package daemon

import (
	"testing"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/rules"
)

// BenchmarkPreview tries a draft on everything that is stored: at first, when what holds
// today has to be tried too, and then at every letter that somebody types.
func BenchmarkPreview(b *testing.B) {
	f := benchmarked(b)
	all, err := rules.Catalog()
	if err != nil {
		b.Fatal(err)
	}
	f.holding = newHolding(f.cfg(), all, f.book())
	p := &pages{f: f}
	draft, err := f.drafted(dashboard.AgreementDraft{Team: "team-003", Rule: featureRule, Settings: map[string]string{"min_chars": "200"}})
	if err != nil {
		b.Fatal(err)
	}
	now := f.now()
	for name, kept := range map[string]func() *previews{"at first": func() *previews { return &previews{} }, "typing": func() *previews { return &p.tried }} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				t := &draftTrial{drafted: draft, f: f, zone: p.zoneOf("team-003"), kept: kept(), mark: pageMark{hour: now}}
				t.moments = append(weekEndsIn(t.zone, now, previewWeeks), t.kept.at(t.mark, now))
				if _, err := t.preview(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
