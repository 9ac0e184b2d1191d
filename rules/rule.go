package rules

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sync"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/finding"
)

// Rule is something that can be noticed. Make one with Parse; a Rule made
// otherwise cannot be evaluated.
type Rule struct {
	ID        string
	FaultLine string // which of the catalog's fault lines it watches
	Title     string
	Scope     string // what the condition looks at, one by one: see Scopes
	GroupBy   string // expression for what a finding is about; empty: the ticket itself
	On        bool   // in force unless a team says otherwise
	Settings  []Setting
	When      string // the condition, in CEL
	Promise   string // what a team agrees to, in words
	Message   string // the plain reason of a finding, with {expressions}
	Ask       string // the one thing asked for, with {expressions}
	Severity  finding.Severity
	Audience  finding.Audience
	Why       string // why it matters, for people
	Replay    string // whether past weeks can be computed from history
	Tests     []Test

	code *code
}

// Setting finds a setting by name.
func (r *Rule) Setting(name string) (Setting, bool) {
	i := slices.IndexFunc(r.Settings, func(s Setting) bool { return s.Name == name })
	if i < 0 {
		return Setting{}, false
	}
	return r.Settings[i], true
}

// code is what a rule's expressions were compiled to.
type code struct {
	tuning   *language // what speaks of the settings alone: promise, window
	findings *language // what message, ask and evidence speak
	when     *program
	// subjectFirst says that the condition asks for the subject, so that the
	// grouping is evaluated before it.
	subjectFirst bool
	groupBy      *program // nil: the ticket itself
	window       *program // nil for rules about a state
	bulkChanges  *program // nil: defaultBulk
	promise      *template
	message      *template
	ask          *template
	evidence     []evidence
}

// evidence is one fact to show.
type evidence struct {
	fact    string
	each    *program // nil: shown once
	value   *program
	at, url *program // nil: none
}

// Scope is what a rule's condition looks at, one by one.
type Scope struct {
	Name string
	Help string
	vars []variable
	// event says that it is something that happened: such rules have a window.
	event bool
}

// Scopes lists the scopes a rule can have.
func Scopes() []Scope {
	work := variable{"ticket", ticketType, "the ticket looked at"}
	return []Scope{
		{Name: "ticket", Help: "every ticket, epics, projects and initiatives included, as it stands now", vars: []variable{work}},
		{Name: "assignment", Help: "every change of an assignee within the rule's window", event: true,
			vars: []variable{{"assignment", assignmentType, "the change of assignee looked at"}, work}},
	}
}

func scopeNamed(name string) (Scope, bool) {
	all := Scopes()
	i := slices.IndexFunc(all, func(s Scope) bool { return s.Name == name })
	if i < 0 {
		return Scope{}, false
	}
	return all[i], true
}

// subjectVar and ticketsVar are what a finding's words may speak of beside the
// scope's own variables.
func subjectVar(t *cel.Type) variable {
	return variable{"subject", t, "what the finding is about"}
}

func ticketsVar() variable {
	return variable{"tickets", cel.ListType(ticketType), "the tickets the finding concerns"}
}

//go:embed catalog/*.yaml
var catalogFiles embed.FS

// Catalog is every rule that ships, ordered by id. An error is a mistake of ours.
func Catalog() ([]Rule, error) {
	rules, err := catalog()
	return slices.Clone(rules), err
}

var catalog = sync.OnceValues(func() ([]Rule, error) {
	files, err := fs.Glob(catalogFiles, "catalog/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	var rules []Rule
	for _, file := range files {
		text, err := fs.ReadFile(catalogFiles, file)
		if err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		r, err := Parse(file, text)
		if err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		if want := path.Base(file); r.ID+".yaml" != want {
			return nil, fmt.Errorf("catalog: %s holds the rule %q", want, r.ID)
		}
		rules = append(rules, r)
	}
	return rules, nil
})
