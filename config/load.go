package config

import (
	"cmp"
	"fmt"
	"io/fs"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/calendar"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Load reads the configuration that begins at path. env looks up an environment
// variable, as os.LookupEnv does. The error is yamlfile.Mistakes and holds every
// mistake of every file.
func Load(path string, env func(string) (string, bool)) (*Config, error) {
	return load(disk{}, path, env)
}

// LoadFS is Load from a file system, whose paths are relative and use slashes.
func LoadFS(fsys fs.FS, path string, env func(string) (string, bool)) (*Config, error) {
	return load(tree{fsys}, path, env)
}

func load(from files, path string, env func(string) (string, bool)) (*Config, error) {
	l := loader{
		files: from, env: env, cfg: &Config{AgreedIn: map[string]string{}, watched: watched{from: from}}, main: filepath.Clean(path),
		placed: map[string]yamlfile.Place{}, calendars: map[string]*calendar.Calendar{},
		applications: map[string]string{},
	}
	l.include(namedFile{name: l.main})
	l.organisation()
	l.teamFiles()
	l.directory()
	l.finishReports()
	l.finish()
	if err := l.mistakes.Sorted().Err(); err != nil {
		return nil, err
	}
	return l.cfg, nil
}

// loader collects a Config and everything wrong on the way.
type loader struct {
	files    files
	env      func(string) (string, bool)
	cfg      *Config
	mistakes yamlfile.Mistakes

	main     string
	open     []string                  // files being included, outermost first
	included []string                  // files included so far
	placed   map[string]yamlfile.Place // by what may stand only once: where it stands

	calendarFolder string // empty: nothing is said

	applications map[string]string // by file with refresh tokens: whose they are

	dashboardFile *yamlfile.File // where the dashboard stands; nil: nowhere

	org       *namedFile
	teams     []namedFile
	calendars map[string]*calendar.Calendar // by file; nil: it cannot be read

	reports      []reportUse // in the order they stand
	slackWritten bool        // also where it has mistakes
	mailWritten  bool

	teamIDs []string // ids of the teams in the org file, also where that has mistakes
}

// mistake reports a mistake at the path in f; without f it is about path itself.
func (l *loader) mistake(f *yamlfile.File, hint, text string, path ...any) {
	if f == nil {
		l.mistakes = append(l.mistakes, yamlfile.Mistake{Place: yamlfile.Place{File: l.main}, Text: text, Hint: hint})
		return
	}
	l.mistakes = append(l.mistakes, f.Mistake(hint, text, path...))
}

// once notes that something stands at the path, and reports it when it stood
// elsewhere before. It tells whether this is the first.
func (l *loader) once(what string, f *yamlfile.File, path ...any) bool {
	at := f.Place(path...)
	if first, twice := l.placed[what]; twice {
		l.mistake(f, fmt.Sprintf("it first stands at %s: keep one of them", first), what+" stands twice", path...)
		return false
	}
	l.placed[what] = at
	return true
}

// include reads one file with the main file's keys and then those it includes.
func (l *loader) include(n namedFile) {
	if !l.mayInclude(n) {
		return
	}
	l.included = append(l.included, n.name)
	l.open = append(l.open, n.name)
	defer func() { l.open = l.open[:len(l.open)-1] }()
	f := l.parse(n)
	if f == nil {
		return
	}
	if f.Empty() {
		l.mistake(f, "begin with sources: and the tracker to read, or see examples/fairlead.yaml", "nothing is written in this file")
		return
	}
	l.mistakes = append(l.mistakes, f.Decode(&mainFile{})...)
	l.take(f)
}

func (l *loader) mayInclude(n namedFile) bool {
	if i := slices.Index(l.open, n.name); i >= 0 {
		l.mistake(n.by, "take one of the includes out", "includes run in a circle: "+strings.Join(append(slices.Clone(l.open[i:]), n.name), " → "), n.path...)
		return false
	}
	if slices.Contains(l.included, n.name) {
		l.mistake(n.by, "include it once, or leave it out of the pattern", n.name+" is included twice", n.path...)
		return false
	}
	return true
}

// take adds what a file holds. It goes entry by entry and leaves out those with
// mistakes of shape, so that these keep nothing else from being looked at.
func (l *loader) take(f *yamlfile.File) {
	l.takeSources(f)
	if f.Has("agreements") {
		l.agreedIn("", f.Name())
	}
	l.takeAgreements(f, "")
	l.takeReports(f)
	l.takeStore(f)
	l.takeRedis(f)
	l.takeWebhooks(f)
	l.takeMetrics(f)
	l.takeSlack(f)
	l.takeMail(f)
	l.takeDashboard(f)
	l.takeSync(f)
	l.takeRetention(f)
	l.takeExperiments(f, "")
	l.takeNumbers(f, "")
	l.takePrometheus(f)
	for _, n := range l.expandAll(f, "rules") {
		l.cfg.RuleFiles = append(l.cfg.RuleFiles, n.name)
		if info, err := l.files.Stat(n.name); err == nil { // whoever reads it says what is wrong
			l.cfg.watched.noteRead(n.name, info)
		}
	}
	if name := f.Text("org"); name != "" && l.once("org", f, "org") {
		l.org = &namedFile{name: beside(f.Name(), name), by: f, path: []any{"org"}}
	}
	l.teams = append(l.teams, l.expandAll(f, "teams")...)
	for _, n := range l.expandAll(f, "include") {
		l.include(n)
	}
}

// entries yields those entries of the list under key that have no mistakes of
// shape, with their places in the list.
func entries[T any](f *yamlfile.File, key string) iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		for i := range f.Len(key) {
			var entry T
			if f.DecodeAt(&entry, key, i) && !yield(i, entry) {
				return
			}
		}
	}
}

// finish checks what only the whole can tell and fills what was left out.
func (l *loader) finish() {
	if len(l.cfg.Sources) == 0 && len(l.mistakes) == 0 {
		l.mistake(nil, "add sources: with the tracker to read, or see examples/fairlead.yaml", "there is no source of tickets")
	}
	l.agreedIn("", l.main)
	l.finishStore()
	l.finishSync()
	l.finishRetention()
	l.finishWebhooks()
	l.finishNumbers()
	l.finishComments()
	if l.cfg.Directory == nil && len(l.mistakes) == 0 {
		l.cfg.Directory, _ = org.New(nil, nil, nil)
	}
	l.finishDashboard()
	l.cfg.sortAgreed()
	slices.SortStableFunc(l.cfg.Numbers, func(a, b OutsideNumber) int { return cmp.Compare(a.Team, b.Team) })
}

// sortAgreed puts what is the organisation's first.
func (c *Config) sortAgreed() {
	slices.SortStableFunc(c.Agreements, func(a, b Agreement) int { return cmp.Compare(a.Team, b.Team) })
	slices.SortStableFunc(c.Experiments, func(a, b Experiment) int { return cmp.Compare(a.Team, b.Team) })
}
