package dashboard

import (
	"cmp"
	"net/url"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
)

// item is a finding in a list.
type item struct {
	Href     string
	Key      string
	Title    string
	Reason   string
	Severity finding.Severity
	State    finding.State
	StateIs  string
	Rule     string
	RuleHref string
	Promise  string
	Team     string
	Age      string
	Since    time.Time
	Day      string
	Audience string // empty where the whole team sees it
}

func (v *visit) items(l *Ledger, all []*finding.Finding) []item {
	out := make([]item, len(all))
	for i, f := range all {
		out[i] = v.item(l, f)
	}
	return out
}

func (v *visit) item(l *Ledger, f *finding.Finding) item {
	t, _ := v.dir.Team(f.Team)
	state := l.StateOf(f)
	return item{
		Href: findingHref(f.ID), Key: clean(f.Subject.Key), Title: reports.Clean(f.Subject.Title, titleLength), Reason: reports.Clean(f.Reason, textLength),
		Severity: f.Severity, State: state, StateIs: stateIs(state), Rule: v.ruleTitle(f.Rule), RuleHref: "/rules/" + pathEscape(f.Rule),
		Promise: reports.Clean(f.Promise, titleLength), Team: v.teamName(f.Team), Age: lasted(ageOf(f, v.now)), Since: f.OpenSince(), Day: v.clock(t).day(f.OpenSince()),
		Audience: audienceIs(f.Audience),
	}
}

// stateIs is what a state is called.
func stateIs(s finding.State) string {
	if s == Watched {
		return "watched"
	}
	return cmp.Or(stateWords[s], clean(string(s)))
}

// audienceIs says who else is told, where that is not the whole team.
func audienceIs(a finding.Audience) string {
	switch a {
	case finding.ForEM:
		return "told to the EM alone"
	case finding.ForEMPM:
		return "told to EM and PM"
	}
	return ""
}

func (v *visit) ruleTitle(id string) string {
	if r, ok := v.s.Data.Book().Rule(id); ok {
		return reports.Clean(r.Title, titleLength)
	}
	return clean(id)
}

func findingHref(id finding.ID) string { return "/findings/" + pathEscape(string(id)) }

func queryEscape(s string) string { return url.QueryEscape(s) }
