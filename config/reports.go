package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Medium is a kind of channel.
type Medium string

// The media.
const (
	ToFile    Medium = "file"
	ToSlack   Medium = "slack"
	ToEmail   Medium = "email"
	ToWebhook Medium = "webhook"
)

// Media lists every medium.
func Media() []Medium { return []Medium{ToFile, ToSlack, ToEmail, ToWebhook} }

// What a report is about.
const (
	OfTeam         = "team"
	OfOrganisation = "organisation"
	OfLeader       = "leader"
)

// The circles of people that e-mail can go to.
const (
	TheEM      = "em"
	ThePM      = "pm"
	TheMembers = "members"
	TheLeaders = "leaders"
)

func circles() []string { return []string{TheEM, ThePM, TheMembers, TheLeaders} }

// Report is one place that weekly reports go to, and when.
type Report struct {
	Medium Medium
	// Channel names the place in the store and to people. It holds no secret and
	// stays the same wherever the configuration lies: file:reports,
	// slack:#payments, slack:${NAME}, email:em.
	Channel string
	Folder  string   // of file: where files are written
	Formats []string // of file: html, markdown, text, json; at least one
	Room    string   // of slack: #channel or a channel's id; empty with Address
	// Address is that of an incoming webhook of Slack, or of a webhook.
	// AddressWritten says that it stands in the file for all to see.
	Address        Secret
	AddressWritten bool
	Secret         Secret // of webhook: what requests are signed with
	Email          string // of email: an address, a person's id, or em, pm, members, leaders

	Of    string   // what it is about: team, organisation or leader
	For   string   // who reads it: team, em-pm, em; empty: as each reader may
	Teams []string // ids; none means every team
	Own   bool     // written by the team itself
	When  When
	Where yamlfile.Place
}

// IsCircle reports whether the e-mail goes to whoever holds a seat.
func (r Report) IsCircle() bool { return slices.Contains(circles(), r.Email) }

// reportUse is an entry as written.
type reportUse struct {
	reportEntry
	file *yamlfile.File
	path []any
	team string // whose own it is; empty: the organisation's
}

func (l *loader) takeReports(f *yamlfile.File) {
	for i, e := range entries[reportEntry](f, "reports") {
		l.reports = append(l.reports, reportUse{reportEntry: e, file: f, path: []any{"reports", i}})
	}
}

// takeTeamReport adds where a team wants its own report.
func (l *loader) takeTeamReport(f *yamlfile.File, team string) {
	var e teamReportEntry
	if f.DecodeAt(&e, "report") {
		l.reports = append(l.reports, reportUse{reportEntry: e.asEntry(), file: f, path: []any{"report"}, team: team})
	}
}

// finishReports reads where reports go once it is known who is who.
func (l *loader) finishReports() {
	for _, use := range l.reports {
		r := reportReader{loader: l, reportUse: use}
		r.read()
	}
}

// reportReader turns one entry into a Report for each of its targets.
type reportReader struct {
	*loader
	reportUse
	wrong bool
}

// at is the path to something in the entry.
func (r *reportReader) at(steps ...any) []any {
	return append(r.path[:len(r.path):len(r.path)], steps...)
}

// refuse reports a mistake at the path.
func (r *reportReader) refuse(text, hint string, path ...any) {
	r.wrong = true
	r.mistake(r.file, hint, text, path...)
}

func (r *reportReader) read() {
	before := len(r.mistakes)
	when := r.when(r.file, r.reportEntry, r.path...)
	r.checkTeams()
	r.wrong = len(r.mistakes) > before
	kinds := map[Medium]bool{}
	for i, to := range r.To {
		path := r.inList(r.file, i, r.at("to")...)
		report, ok := r.target(to, path)
		kinds[report.Medium] = true
		if !ok {
			continue
		}
		report.When, report.Teams, report.Own, report.Where = when, r.teams(), r.team != "", r.file.Place(path...)
		if !r.wrong && r.once(r.what(report), r.file, path...) {
			r.cfg.Reports = append(r.cfg.Reports, report)
		}
	}
	r.without(r.Secret != "" && !kinds[ToWebhook], "secret", "it signs the requests of webhook:, and none is named here")
	r.without(len(r.Formats) > 0 && !kinds[ToFile], "formats", "they are for file:, and none is named here; every other channel has a form of its own")
}

// without reports a key that has no meaning here.
func (r *reportReader) without(written bool, key, why string) {
	if written {
		r.refuse(key+" has no meaning here: "+why, "leave it out", r.at(key)...)
	}
}

// what says which report it is, to notice one that stands twice.
func (r *reportReader) what(t Report) string {
	whose := cmp.Or(strings.Join(t.Teams, ", "), t.Of)
	return fmt.Sprintf("a report of %s for %s to %q", whose, cmp.Or(t.For, "whoever reads it"), t.Channel)
}

// teams are whose reports the entry is about.
func (r *reportReader) teams() []string {
	if r.team != "" {
		return []string{r.team}
	}
	return r.Teams
}

func (r *reportReader) checkTeams() {
	for i, id := range r.Teams {
		if slices.Contains(r.teamIDs, id) || r.unknown() {
			continue
		}
		hint := "write the id of a team in the org file"
		if near := yamlfile.Suggest(id, r.teamIDs); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		r.refuse(fmt.Sprintf("no team has the id %q", id), hint, r.inList(r.file, i, r.at("teams")...)...)
	}
}

// unknown reports that people and teams could not be read, so that nothing can be
// said about who is missing.
func (r *reportReader) unknown() bool { return r.org != nil && r.cfg.Directory == nil }

// about settles what the report is about and who reads it.
func (r *reportReader) about(t *Report) {
	t.Of, t.For = r.Of, r.For
	switch {
	case t.Of == "" && t.For == "org":
		t.Of = OfOrganisation
	case t.Of == "" && (t.For == "leader" || t.Email == TheLeaders):
		t.Of = OfLeader
	}
	t.Of = cmp.Or(t.Of, OfTeam)
	reader := map[string]string{OfOrganisation: "org", OfLeader: "leader"}[t.Of]
	switch {
	case t.Of == OfTeam && (t.For == "org" || t.For == "leader"):
		r.refuse(fmt.Sprintf("a team's report is not for %q", t.For), "choose team, em-pm or em, or take of: out", r.at("for")...)
	case t.Of != OfTeam && t.For != "" && t.For != reader:
		r.refuse(fmt.Sprintf("a report of the %s is not for %q", t.Of, t.For), "take for: out", r.at("for")...)
	case t.Of != OfTeam && len(r.Teams) > 0:
		r.refuse(fmt.Sprintf("a report of the %s is not of single teams", t.Of), "take teams: out", r.at("teams")...)
	case t.Of == OfLeader && t.Medium != ToEmail:
		r.refuse("what is for one leader goes to nobody else", "write to: email:leaders, or email: and the leader's id", r.at("to")...)
	}
	if t.Of != OfTeam {
		t.For = ""
	} else if t.For == "" && t.Medium != ToEmail {
		t.For = OfTeam
	}
}
