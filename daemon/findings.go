package daemon

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
)

// ListRequest says which findings to list; what is empty narrows nothing.
type ListRequest struct {
	Team     string
	Rule     string
	State    string // one of FindingStates; empty: open
	Severity string // info, warn or high
	Since    string // a day, which stands for its beginning in UTC, or a moment: what opened or closed since
}

// FindingStates lists the states findings can be listed by, the default first.
func FindingStates() []string {
	return []string{"open", "settled", "answered", "waived", "aged-out", "withdrawn", "all"}
}

// Severities lists the severities, gravest first.
func Severities() []string {
	return []string{string(finding.High), string(finding.Warn), string(finding.Info)}
}

// Listed is a finding in a list. Texts are fit for a terminal.
type Listed struct {
	Noticed
	State    string    `json:"state"`
	Severity string    `json:"severity"`
	Ask      string    `json:"ask,omitempty"`
	Labels   []string  `json:"labels,omitempty"`
	First    time.Time `json:"first_seen"`
	Last     time.Time `json:"last_seen"`
	Closed   time.Time `json:"closed,omitzero"` // when it was last open; zero while it is
	Weeks    int       `json:"weeks"`           // for how many it has been open, begun ones counted; 0 when it is not
	// Kept says that it is told to nobody yet, because its rule is silent.
	Kept bool `json:"kept_back,omitempty"`
}

// Findings lists the ledger as it is told now: the gravest first, of those the
// oldest first.
func (f *Fairlead) Findings(ctx context.Context, ask ListRequest) ([]Listed, error) {
	b, err := f.readLedger(ctx)
	if err != nil {
		return nil, err
	}
	wanted, err := f.filter(&b, &ask)
	if err != nil {
		return nil, err
	}
	now, kept, out := f.now(), keptBack(b.silent()), []Listed{}
	for i := range b.findings {
		if e := &b.findings[i]; wanted(e) {
			out = append(out, listed(e, now, e.State == finding.Open && kept(e)))
		}
	}
	slices.SortFunc(out, func(a, b Listed) int {
		return cmp.Or(cmp.Compare(finding.Severity(b.Severity).Rank(), finding.Severity(a.Severity).Rank()), a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// filter reads what is asked for.
func (f *Fairlead) filter(b *books, ask *ListRequest) (func(*finding.Finding) bool, error) {
	state := cmp.Or(ask.State, FindingStates()[0])
	if !slices.Contains(FindingStates(), state) {
		return nil, requestError{fmt.Sprintf("findings have no state %q", rules.OneLine(state)), "choose " + list(FindingStates(), "or")}
	}
	if ask.Severity != "" && !slices.Contains(Severities(), ask.Severity) {
		return nil, requestError{fmt.Sprintf("there is no severity %q", rules.OneLine(ask.Severity)), "choose " + list(Severities(), "or")}
	}
	if ask.Team != "" {
		if _, err := f.teamsNamed(ask.Team); err != nil {
			return nil, err
		}
	}
	if _, known := f.book().Rule(ask.Rule); ask.Rule != "" && !known && !slices.ContainsFunc(b.noticed, func(e finding.Finding) bool { return e.Rule == ask.Rule }) {
		return nil, unknownRule(f.book(), ask.Rule)
	}
	since, err := f.sinceNamed(ask.Since)
	if err != nil {
		return nil, err
	}
	return func(e *finding.Finding) bool {
		return (state == "all" || string(e.State) == state) && (ask.Team == "" || e.Team == ask.Team) && (ask.Rule == "" || e.Rule == ask.Rule) &&
			(ask.Severity == "" || string(e.Severity) == ask.Severity) && !lastMove(e).Before(since)
	}, nil
}

// sinceNamed is a moment from which on things are asked for: a day stands for its
// beginning.
func (f *Fairlead) sinceNamed(name string) (time.Time, error) {
	if name == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, name); err == nil {
		return day, nil
	}
	return f.MomentNamed(name)
}

// lastMove is when the finding last opened or closed.
func lastMove(e *finding.Finding) time.Time {
	last := e.Spans[len(e.Spans)-1]
	return later(last.From, last.To)
}

func listed(e *finding.Finding, now time.Time, kept bool) Listed {
	out := Listed{
		Noticed: noticed(e), State: string(e.State), Severity: string(e.Severity), Ask: rules.Paragraph(e.Ask), First: e.FirstSeen(), Last: e.LastSeen,
		Closed: e.Spans[len(e.Spans)-1].To, Weeks: e.Streak(now), Kept: kept,
	}
	for _, l := range e.Labels {
		out.Labels = append(out.Labels, rules.OneLine(l))
	}
	return out
}

// ListedHeader names the columns of Record.
func ListedHeader() []string {
	return []string{"id", "state", "severity", "team", "rule", "kind", "source", "key", "title", "labels", "reason", "ask", "first_seen", "open_since", "closed", "last_seen", "weeks", "url"}
}

// Record is the finding as a row of a table for spreadsheets. Text that a
// spreadsheet would take for a formula stands behind an apostrophe.
func (l *Listed) Record() []string {
	row := []string{
		string(l.ID), l.State, l.Severity, l.Team, l.Rule, l.Kind, l.Source, l.Key, l.Title, strings.Join(l.Labels, ", "), l.Reason, l.Ask,
		stampText(l.First), stampText(l.Since), stampText(l.Closed), stampText(l.Last), fmt.Sprint(l.Weeks), l.URL,
	}
	for i, cell := range row {
		row[i] = NoFormula(cell)
	}
	return row
}

// NoFormula keeps a spreadsheet from computing a cell that anybody may have
// written: https://owasp.org/www-community/attacks/CSV_Injection.
func NoFormula(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func stampText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
