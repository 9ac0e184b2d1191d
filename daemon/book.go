package daemon

import (
	"errors"
	"fmt"
	"os"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// bookOf resolves what every team has agreed. All mistakes in rule files and
// agreements are reported at once.
func bookOf(cfg *config.Config) (*rules.Book, error) {
	all, mistakes := rulesOf(cfg)
	var found yamlfile.Mistakes
	if mistakes != nil && !errors.As(mistakes, &found) {
		return nil, mistakes
	}
	book, err := rules.NewBook(all, agreementsOf(cfg), teamIDs(cfg))
	var more yamlfile.Mistakes
	if err != nil && !errors.As(err, &more) {
		return nil, err
	}
	if found = append(found, more...); len(found) > 0 {
		return nil, found
	}
	return book, nil
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
		case err != nil:
			return nil, err
		default:
			all = append(all, rule)
		}
	}
	return all, found.Err()
}

func agreementsOf(cfg *config.Config) []rules.Agreement {
	out := make([]rules.Agreement, len(cfg.Agreements))
	for i, a := range cfg.Agreements {
		out[i] = rules.Agreement{
			Rule: a.Rule, Team: a.Team, Promise: a.Promise, Settings: a.Settings, Ask: a.Ask,
			Tell: finding.Audience(a.Tell), Stage: rules.Stage(a.Stage), ReviewOn: a.ReviewOn, Off: a.Off, Because: a.Because,
			Remind: rules.Reminding{After: a.RemindAfter, Comment: a.RemindComment},
			Except: rules.Exceptions{Labels: a.ExceptLabels, Projects: a.ExceptProjects},
			Pin:    rules.Pin{All: a.PinAll, Names: a.Pin}, Mistake: a.Mistake,
		}
	}
	return out
}

func teamIDs(cfg *config.Config) []string {
	var out []string
	for _, t := range cfg.Directory.Teams() {
		out = append(out, t.ID)
	}
	return out
}
