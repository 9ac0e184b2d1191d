package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// spot is where an entry stands.
type spot struct {
	file *yamlfile.File
	path []any
}

// Place is the position of something within the entry: Place("guardrail",
// "measure").
func (s spot) Place(path ...any) yamlfile.Place {
	if s.file == nil {
		return yamlfile.Place{}
	}
	return s.file.Place(append(s.path[:len(s.path):len(s.path)], path...)...)
}

// Mistake is a mistake at the place within the entry.
func (s spot) Mistake(hint, text string, path ...any) yamlfile.Mistake {
	return yamlfile.Mistake{Place: s.Place(path...), Text: text, Hint: hint}
}

// Experiment is what a team, or the whole organisation, tries out. Whether its
// measures exist and what it expects can be read is for those who know to say.
type Experiment struct {
	Name       string
	Hypothesis string
	Team       string // team id; empty: every team
	Measure    string
	Expect     string
	Guardrail  Guardrail
	Start, End ticket.Date // days in the team's zone, both included

	spot
}

// Guardrail is a number that an experiment must leave alone; zero: none.
type Guardrail struct{ Measure, Expect string }

// Prometheus is where outside numbers are asked for; without a URL nowhere.
type Prometheus struct {
	URL      string // without a slash at the end
	Token    Secret // bearer; zero: none
	User     string // of basic authentication; empty: none
	Password Secret
	Where    yamlfile.Place
}

// OutsideNumber is a number that comes from elsewhere.
type OutsideNumber struct {
	Name  string
	Query string // PromQL with $team and $week in it
	Unit  string
	Help  string
	Team  string   // id of the team in whose file it stands; empty: the organisation's
	Teams []string // ids of the teams it is told of, as written

	spot
}

// takeExperiments adds what a team tries out; the organisation for "".
func (l *loader) takeExperiments(f *yamlfile.File, team string) {
	for i, e := range entries[experimentEntry](f, "experiments") {
		path := []any{"experiments", i}
		what := fmt.Sprintf("experiment %q", e.Name)
		if team != "" {
			what += " of team " + team
		}
		if !l.once(what, f, append(path, "name")...) {
			continue
		}
		if backwards := e.backwards(f, path); backwards != nil {
			l.mistakes = append(l.mistakes, backwards...)
			continue
		}
		l.cfg.Experiments = append(l.cfg.Experiments, e.experiment(team, f, path))
	}
}

// experiment is the entry, which stands at the path, as the team's; as the
// organisation's for "".
func (e *experimentEntry) experiment(team string, f *yamlfile.File, path []any) Experiment {
	return Experiment{
		Name: e.Name, Hypothesis: e.Hypothesis, Team: team, Measure: e.Measure, Expect: e.Expect,
		Guardrail: Guardrail(e.Guardrail), Start: ticket.Date(e.Start), End: ticket.Date(e.End), spot: spot{f, path},
	}
}

// backwards refuses an experiment that ends before it begins.
func (e *experimentEntry) backwards(f *yamlfile.File, path []any) yamlfile.Mistakes {
	if e.End >= e.Start {
		return nil
	}
	return yamlfile.Mistakes{f.Mistake("name a later day; a few weeks are needed before anything can be said",
		fmt.Sprintf("it ends before it begins on %s", e.Start), append(path[:len(path):len(path)], "end")...)}
}

// takeNumbers adds outside numbers of a team; of the organisation for "".
func (l *loader) takeNumbers(f *yamlfile.File, team string) {
	for i, e := range entries[numberEntry](f, "numbers") {
		path := []any{"numbers", i}
		if !l.once(fmt.Sprintf("number %q%s", e.Name, ofTeam(team)), f, append(path, "name")...) {
			continue
		}
		if team != "" && len(e.Teams) > 0 {
			l.mistake(f, "leave teams out, or move the number into fairlead.yaml", "a number in a team's file is told of that team alone", append(path, "teams")...)
			continue
		}
		l.cfg.Numbers = append(l.cfg.Numbers, OutsideNumber{
			Name: e.Name, Query: e.Query, Unit: e.Unit, Help: e.Help, Team: team, Teams: e.Teams, spot: spot{f, path},
		})
	}
}

func ofTeam(team string) string {
	if team == "" {
		return ""
	}
	return " of team " + team
}

func (l *loader) takePrometheus(f *yamlfile.File) {
	if !f.Has("prometheus") || !l.once("prometheus", f, "prometheus") {
		return
	}
	var e prometheusEntry
	if !f.DecodeAt(&e, "prometheus") {
		return // its shape was found wrong already
	}
	r := sourceReader{loader: l, file: f, path: []any{"prometheus"}}
	p := Prometheus{URL: r.address("url", e.URL), User: e.User, Where: f.Place("prometheus")}
	p.Token = r.oneSecret("token", string(e.Token), e.TokenFile)
	p.Password = r.oneSecret("password", string(e.Password), e.PasswordFile)
	switch {
	case !p.Token.IsZero() && (e.User != "" || !p.Password.IsZero()):
		r.refuse("user", "a token and a user with a password stand side by side", "keep one of them")
	case e.User != "" && p.Password.IsZero() && !r.wrong:
		r.refuse("user", "a password is missing beside the user", "add password: ${NAME}, or password_file")
	case e.User == "" && !p.Password.IsZero():
		r.refuse("", "a user is missing beside the password", "add user: and whose password it is")
	}
	if !r.wrong {
		l.cfg.Prometheus = p
	}
}

// oneSecret reads a secret from the environment variable named or the file, of
// which one may be given.
func (r *sourceReader) oneSecret(key, ref, file string) Secret {
	switch {
	case ref != "" && file != "":
		r.refuse(key+"_file", "it is given twice, by "+key+" and by "+key+"_file", "keep one of them")
	case ref != "":
		return r.secretFromEnv(key, reference(ref).variable())
	case file != "":
		secret, ok := r.fileSecret(r.file, file, append(slices.Clone(r.path), key+"_file")...)
		r.wrong = r.wrong || !ok
		return secret
	}
	return Secret{}
}

// finishNumbers looks whether numbers, teams and the place to ask go together.
func (l *loader) finishNumbers() {
	for i := range l.cfg.Numbers {
		n := &l.cfg.Numbers[i]
		if _, placed := l.placed["prometheus"]; !placed {
			l.mistakes = append(l.mistakes, n.Mistake("add prometheus: with the url of the server to fairlead.yaml", "there is nowhere to ask for this number", "query"))
		}
		for k, team := range n.Teams {
			if slices.Contains(l.teamIDs, team) || l.org == nil && len(l.mistakes) > 0 {
				continue
			}
			hint := "write the id of one that is there: " + strings.Join(l.teamIDs, ", ")
			if near := yamlfile.Suggest(team, l.teamIDs); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			path := []any{"teams", k}
			if n.file.Len(append(n.path[:len(n.path):len(n.path)], "teams")...) == 0 {
				path = path[:1] // one team, written without a list
			}
			l.mistakes = append(l.mistakes, n.Mistake(hint, fmt.Sprintf("no team has the id %q", team), path...))
		}
	}
}
