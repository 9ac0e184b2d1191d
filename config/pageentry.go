package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// PageEntry is an entry that people wrote on pages instead of into a file.
type PageEntry struct {
	Number int64  // of the revision; 0: it is not kept yet
	Page   string // on which page it was written: "agreements", "experiments"
	Team   string // team id; empty: the organisation
	By     string // person id
	Text   string // the entry as a file would hold it, without the dash before it
}

// pagePlaces is how the names of places on pages begin.
var pagePlaces = []string{"agreements page, ", "experiments page, "}

// Name is what stands in place of a file's name: agreements page, revision 12 by lee.
func (e *PageEntry) Name() string {
	if e.Number == 0 {
		return e.Page + " page, not saved yet"
	}
	return fmt.Sprintf("%s page, revision %d by %s", e.Page, e.Number, e.By)
}

// OnPage reports whether something was written on a page, where lines and columns
// tell people nothing.
func OnPage(p yamlfile.Place) bool {
	return slices.ContainsFunc(pagePlaces, func(begin string) bool { return strings.HasPrefix(p.File, begin) })
}

// ReadAgreement reads an agreement that was written on a page, and holds it against
// what the configuration allows, as one in a file would be.
func (c *Config) ReadAgreement(e PageEntry) (Agreement, error) {
	var entry agreementEntry
	f, mistakes := e.read(&entry)
	if mistakes == nil {
		mistakes = entry.senseless(f, nil)
	}
	a := entry.agreement(e.Team, f, nil)
	if mistakes == nil {
		mistakes = c.nowhereToComment(&a)
	}
	return a, mistakes.Err()
}

// ReadExperiment is ReadAgreement for an experiment.
func (c *Config) ReadExperiment(e PageEntry) (Experiment, error) {
	var entry experimentEntry
	f, mistakes := e.read(&entry)
	if mistakes == nil {
		mistakes = entry.backwards(f, nil)
	}
	out := entry.experiment(e.Team, f, nil)
	for i := range c.Experiments {
		if o := &c.Experiments[i]; mistakes == nil && o.Team == out.Team && o.Name == out.Name {
			mistakes = yamlfile.Mistakes{out.Mistake("choose another name", fmt.Sprintf("an experiment %q%s stands at %s", out.Name, ofTeam(out.Team), o.Place("name")), "name")}
		}
	}
	return out, mistakes.Err()
}

func (e *PageEntry) read(into any) (*yamlfile.File, yamlfile.Mistakes) {
	f, mistakes := yamlfile.Parse(e.Name(), []byte(e.Text))
	if mistakes == nil {
		mistakes = f.Decode(into)
	}
	return f, mistakes
}

// WithAgreed is a copy of the configuration with agreements and experiments in place
// of its own.
func (c *Config) WithAgreed(agreements []Agreement, experiments []Experiment) *Config {
	out := *c
	out.Agreements, out.Experiments = agreements, experiments
	out.sortAgreed()
	return &out
}

// AgreementAt reads the agreement that stands at a place of a file's list.
func AgreementAt(f *yamlfile.File, i int) (Agreement, error) {
	var entry agreementEntry
	if !f.DecodeAt(&entry, "agreements", i) {
		return Agreement{}, f.Mistake("", "this is no agreement", "agreements", i)
	}
	return entry.agreement("", f, []any{"agreements", i}), nil
}
