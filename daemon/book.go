package daemon

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// rulesAndBook reads all rules that there are, and resolves what every team has agreed
// by what the files say. All mistakes in rule files and agreements are reported at once.
func rulesAndBook(cfg *config.Config) ([]rules.Rule, *rules.Book, error) {
	all, mistakes := rulesOf(cfg)
	var found yamlfile.Mistakes
	if mistakes != nil && !errors.As(mistakes, &found) {
		return nil, nil, mistakes
	}
	book, err := rules.NewBook(all, agreementsOf(cfg), teamIDs(cfg))
	var more yamlfile.Mistakes
	if err != nil && !errors.As(err, &more) {
		return nil, nil, err
	}
	if found = append(found, more...); len(found) > 0 {
		return nil, nil, found
	}
	return all, book, nil
}

// rulesOf reads the catalog and the rule files of the configuration. Rules that
// could be read are returned even when others could not.
func rulesOf(cfg *config.Config) ([]rules.Rule, error) {
	all, err := rules.Catalog()
	if err != nil {
		return nil, fmt.Errorf("the built-in catalog: %w", err)
	}
	var found yamlfile.Mistakes
	for _, path := range cfg.RuleFiles {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read rule: %w", err)
		}
		rule, err := rules.Parse(path, text)
		var more yamlfile.Mistakes
		switch {
		case errors.As(err, &more):
			found = append(found, more...)
			continue
		case err != nil:
			return nil, err
		}
		again := slices.ContainsFunc(all, func(r rules.Rule) bool { return r.ID == rule.ID && r.ReplacesShipped })
		switch {
		case !rule.ReplacesShipped || again: // a second of one id is told with the agreements
			all = append(all, rule)
		case !ships(rule.ID):
			found = append(found, notShipped(path, text, &rule))
		default:
			all = withRule(all, rule)
		}
	}
	return all, found.Err()
}

// ships reports whether a rule of the id is in the catalog.
func ships(id string) bool {
	all, _ := rules.Catalog() // read before, by whoever has a rule
	return slices.ContainsFunc(all, func(r rules.Rule) bool { return r.ID == id })
}

func notShipped(path string, text []byte, r *rules.Rule) yamlfile.Mistake {
	f, _ := yamlfile.Parse(path, text)
	return f.Mistake("leave replaces_shipped out, or write the id of the rule that it stands in place of", fmt.Sprintf("no rule with the id %q ships", r.ID), "replaces_shipped")
}

// withRule is all with the rule in place of the first of its id, or beside them.
func withRule(all []rules.Rule, rule rules.Rule) []rules.Rule {
	i := slices.IndexFunc(all, func(r rules.Rule) bool { return r.ID == rule.ID })
	if i < 0 {
		return append(slices.Clip(all), rule)
	}
	out := slices.Clone(all)
	out[i] = rule
	return out
}

func agreementsOf(cfg *config.Config) []rules.Agreement {
	out := make([]rules.Agreement, len(cfg.Agreements))
	for i := range cfg.Agreements {
		out[i] = *agreementOf(&cfg.Agreements[i])
	}
	return out
}

func agreementOf(a *config.Agreement) *rules.Agreement {
	return &rules.Agreement{
		Rule: a.Rule, Team: a.Team, Promise: a.Promise, Settings: a.Settings, Ask: a.Ask,
		Tell: finding.Audience(a.Tell), Stage: rules.Stage(a.Stage), ReviewOn: a.ReviewOn, Off: a.Off, Because: a.Because,
		Remind: rules.Reminding{After: a.RemindAfter, Comment: a.RemindComment},
		Except: rules.Exceptions{Labels: a.ExceptLabels, Projects: a.ExceptProjects},
		Pin:    rules.Pin{All: a.PinAll, Names: a.Pin}, Mistake: a.Mistake,
	}
}

func teamIDs(cfg *config.Config) []string {
	var out []string
	for _, t := range cfg.Directory.Teams() {
		out = append(out, t.ID)
	}
	return out
}
