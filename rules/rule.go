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
	When      string  // the condition, in CEL
	Having    string  // a condition on everything that one finding tells together
	Happened  string  // expression for when what a state tells of came about; empty for a state that lasts
	Promise   string  // what a team agrees to, in words
	Message   string  // the plain reason of a finding, with {expressions}
	Ask       string  // the one thing asked for, with {expressions}
	Mirror    *Mirror // for rules about a leader's act; nil for all others
	Severity  finding.Severity
	Audience  finding.Audience
	Why       string // why it matters, for people
	Replays   Replay // whether past weeks can be computed from history
	// ReplayNote says what of a past week is judged by what is known today.
	ReplayNote string
	Tests      []Test
	// ReplacesShipped says that it stands in place of the shipped rule of its id.
	ReplacesShipped bool

	code *code
	text string // of its file
}

// Replay says whether past weeks can be computed from history.
type Replay string

// The ways in which a past week can be looked at again: as it was, in part, or
// not at all, because trackers keep no history of what the rule looks at.
const (
	ReplayYes    Replay = "yes"
	ReplayPartly Replay = "partly"
	ReplayNo     Replay = "no"
)

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
	rows     *language // what the condition speaks of
	when     *program
	// subjectFirst says that the condition asks for the subject, so that the
	// grouping is evaluated before it.
	subjectFirst bool
	groupBy      *program // nil: the ticket itself, or what the scope names
	having       *program // nil: one row is enough
	happened     *program // when what a state tells of came about; nil but for states that age
	window       *program // nil for rules about a state that lasts
	bulkChanges  *program // nil: ticket.HandWork
	promise      *template
	message      *template
	ask          *template
	mirrorTo     *program  // nil: no mirror
	mirror       *template // nil: no mirror
	evidence     []evidence
}

// evidence is one fact to show.
type evidence struct {
	fact    string
	each    *program // nil: shown once
	value   *program
	at, url *program // nil: none
}

// programs lists every compiled expression of the rule.
func (c *code) programs() []*program {
	out := []*program{c.when, c.groupBy, c.having, c.happened, c.window, c.bulkChanges, c.mirrorTo}
	for _, t := range []*template{c.promise, c.message, c.ask, c.mirror} {
		if t != nil {
			for _, p := range t.pieces {
				out = append(out, p.program)
			}
		}
	}
	for _, e := range c.evidence {
		out = append(out, e.each, e.value, e.at, e.url)
	}
	return slices.DeleteFunc(out, func(p *program) bool { return p == nil })
}

// Scope is what a rule's condition looks at, one by one.
type Scope struct {
	Name string
	Help string
	vars []variable
	// event says that it is something that happened: such rules have a window.
	event bool
	// item is the variable that the condition looks at where it is not a ticket.
	item string
}

// Scopes lists the scopes a rule can have.
func Scopes() []Scope {
	work := variable{"ticket", ticketType, "the ticket looked at"}
	return []Scope{
		{Name: "ticket", Help: "every ticket, epics, projects and initiatives included, as it stands now", vars: []variable{work}},
		{Name: "assignment", Help: "every change of an assignee within the rule's window, the one made while creating the ticket included", event: true, item: "assignment",
			vars: []variable{{"assignment", assignmentType, "the change of assignee looked at"}, work}},
		{Name: "change", Help: "every change of a ticket within the rule's window, an estimate or due date set while creating it included", event: true, item: "change",
			vars: []variable{{"change", changeType, "the change looked at"}, work}},
		{Name: "sprint", Help: "every sprint and cycle", item: "sprint",
			vars: []variable{{"sprint", sprintType, "the sprint looked at"}}},
		{Name: "goal", Help: "every goal: goal-like tickets, and the goal texts of sprints and cycles", item: "goal",
			vars: []variable{{"goal", goalType, "the goal looked at"}}},
		{Name: "area", Help: "every area of the work: component, project, epic or label", item: "area",
			vars: []variable{{"area", areaType, "the area looked at"}}},
		{Name: "role", Help: "every EM and PM of a team, and every owner of an epic, project or initiative in flight, each in that role", item: "role",
			vars: []variable{{"role", roleType, "the person in a role looked at"}}},
		{Name: "team", Help: "every team", item: "team",
			vars: []variable{{"team", teamType, "the team looked at"}}},
	}
}

// itemType is the type of what the condition looks at.
func (s Scope) itemType() *cel.Type {
	if s.item == "" || s.event {
		return ticketType
	}
	return s.vars[0].typ
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

func changesVar() variable {
	return variable{"changes", cel.ListType(changeType), "the changes the finding tells together, oldest first"}
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
