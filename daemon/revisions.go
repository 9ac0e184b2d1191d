package daemon

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// subject is what a revision is of: a later one of the same takes its place.
type subject struct {
	kind       store.RevisionKind
	team, name string
}

func subjectOf(r *store.Revision) subject { return subject{r.Kind, r.Team, r.Name} }

// latestOf is the number of the latest revision of the subject; 0 when there is none.
func (t *terms) latestOf(of subject) int64 {
	for _, r := range slices.Backward(t.revisions) {
		if subjectOf(&r) == of {
			return r.Number
		}
	}
	return 0
}

// latestOf are the latest revisions of each subject, oldest first.
func latestOf(all []store.Revision) []store.Revision {
	last := map[subject]int64{}
	for i := range all {
		last[subjectOf(&all[i])] = all[i].Number
	}
	var out []store.Revision
	for i := range all {
		if last[subjectOf(&all[i])] == all[i].Number {
			out = append(out, all[i])
		}
	}
	return out
}

// entryOf is a revision as an entry of the configuration.
func entryOf(r *store.Revision) config.PageEntry {
	page := "agreements"
	if r.Kind == store.OfExperiment {
		page = "experiments"
	}
	return config.PageEntry{Number: r.Number, Page: page, Team: r.Team, By: rules.OneLine(r.By), Text: r.Text}
}

// layer is a revision that was read: what it lays over what the files say. One of the
// three is set.
type layer struct {
	store.Revision
	place      string // in place of a file's name
	rule       *rules.Rule
	agreement  *config.Agreement
	experiment *config.Experiment
}

// layerOf reads a revision by what the files say.
func layerOf(files *config.Config, r *store.Revision) (layer, error) {
	e := entryOf(r)
	l := layer{Revision: *r, place: e.Name()}
	var err error
	switch r.Kind {
	case store.OfRule:
		var rule rules.Rule
		rule, err = rules.Parse(e.Name(), []byte(r.Text))
		l.rule = &rule
		if err == nil && rule.ID != r.Name {
			err = errors.New("it holds the rule " + rule.ID)
		}
	case store.OfExperiment:
		var x config.Experiment
		x, err = files.ReadExperiment(e)
		l.experiment = &x
	default:
		var a config.Agreement
		a, err = files.ReadAgreement(e)
		l.agreement = &a
		if err == nil && a.Rule != r.Name {
			err = errors.New("it holds an agreement on " + a.Rule)
		}
	}
	return l, err
}

// laid lays the latest revisions over what the files say. One that does not fit keeps
// nothing else from holding: it is left out. The error is a mistake of ours or of the
// files.
func laid(files *config.Config, base []rules.Rule, all []store.Revision) (*terms, error) {
	out := &terms{latest: lastNumber(all), revisions: all, files: files, base: base}
	var layers []layer
	leave := func(r *store.Revision, err error) { out.left = append(out.left, leftOut{*r, inOneSentence(err)}) }
	for _, r := range latestOf(all) {
		if r.Text == "" || r.Kind == store.OfFiles {
			continue
		}
		l, err := layerOf(files, &r)
		if err != nil {
			leave(&r, err)
			continue
		}
		layers = append(layers, l)
	}
	var err error
	for {
		if out.cfg, out.book, err = over(files, base, layers); err == nil {
			break
		}
		before := len(layers)
		layers = slices.DeleteFunc(layers, func(l layer) bool {
			mine := mistakesAt(err, l.place)
			if len(mine) > 0 {
				leave(&l.Revision, mine)
			}
			return len(mine) > 0
		})
		if len(layers) == before {
			layers = oneByOne(files, base, layers, leave)
		}
		if len(layers) == 0 {
			if out.cfg, out.book, err = over(files, base, nil); err != nil {
				return nil, err
			}
			break
		}
	}
	out.layers = layers
	slices.SortFunc(out.left, func(a, b leftOut) int { return cmp.Compare(a.Number, b.Number) })
	return out, nil
}

// oneByOne finds the layers that go together, the earlier first, where the mistakes
// stand in files: what a file says since goes before what was said on a page.
func oneByOne(files *config.Config, base []rules.Rule, layers []layer, leave func(*store.Revision, error)) []layer {
	var out []layer
	for i := range layers {
		tried := append(slices.Clip(out), layers[i])
		if _, _, err := over(files, base, tried); err != nil {
			leave(&layers[i].Revision, err)
			continue
		}
		out = tried
	}
	return out
}

// over is what holds with the layers over what the files say. The error holds every
// mistake.
func over(files *config.Config, base []rules.Rule, layers []layer) (*config.Config, *rules.Book, error) {
	all, agreements, experiments := base, slices.Clone(files.Agreements), slices.Clone(files.Experiments)
	for _, l := range layers {
		switch {
		case l.rule != nil:
			all = withRule(all, *l.rule)
		case l.agreement != nil:
			if i := slices.IndexFunc(agreements, func(a config.Agreement) bool { return a.Team == l.Team && a.Rule == l.Name }); i >= 0 {
				agreements[i] = *l.agreement
			} else {
				agreements = append(agreements, *l.agreement)
			}
		default:
			experiments = append(experiments, *l.experiment)
		}
	}
	cfg := files.WithAgreed(agreements, experiments)
	book, err := rules.NewBook(all, agreementsOf(cfg), teamIDs(cfg))
	if err != nil {
		return nil, nil, err
	}
	if err := checkTrends(cfg, book); err != nil {
		return nil, nil, err
	}
	return cfg, book, nil
}

// mistakesAt are those of an error that stand in the place.
func mistakesAt(err error, place string) yamlfile.Mistakes {
	var all, out yamlfile.Mistakes
	if errors.As(err, &all) {
		for _, m := range all {
			if m.File == place {
				out = append(out, m)
			}
		}
	}
	return out
}

// inOneSentence tells mistakes without their places, as far as they fit a line.
func inOneSentence(err error) string {
	var all yamlfile.Mistakes
	if !errors.As(err, &all) {
		return rules.Paragraph(err.Error())
	}
	var out []string
	for _, m := range all {
		if text := rules.OneLine(m.Text); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return rules.Paragraph(strings.Join(out, "; "))
}

// leftNotes say which revisions do not hold, and what to do about it.
func (t *terms) leftNotes() []string {
	var out []string
	for i := range t.left {
		l := &t.left[i]
		e := entryOf(&l.Revision)
		out = append(out, fmt.Sprintf("what was said on the %s about %s of %s does not hold: %s; save it there once more, as it should be now, or go back to an earlier revision",
			e.Name(), rules.OneLine(l.Name), whose(rules.OneLine(l.Team)), l.why))
	}
	return out
}
