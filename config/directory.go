package config

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// directory reads the org file, if one is named.
func (l *loader) directory() {
	if l.org == nil {
		return
	}
	f := l.parse(*l.org)
	if f == nil {
		return
	}
	for i := range f.Len("teams") {
		l.teamIDs = append(l.teamIDs, f.Text("teams", i, "id"))
	}
	var file orgFile
	if m := f.Decode(&file); len(m) > 0 {
		// People that could not be read would only be missed everywhere else.
		l.mistakes = append(l.mistakes, m...)
		return
	}
	r := orgReader{loader: l, file: f}
	r.build(file)
}

// orgReader turns an org file into a directory.
type orgReader struct {
	*loader
	file *yamlfile.File
}

func (r *orgReader) build(file orgFile) {
	people := make([]org.Person, len(file.People))
	ids := make([]string, len(file.People))
	for i, p := range file.People {
		people[i], ids[i] = r.person(i, p), p.ID
	}
	teams := make([]org.Team, len(file.Teams))
	for i, t := range file.Teams {
		teams[i] = r.team(i, t)
	}
	absences := make([]org.Absence, len(file.Absences))
	for i, a := range file.Absences {
		absences[i] = org.Absence{Person: a.Person, Delegate: a.Delegate, Span: span(a.From, a.To)}
	}
	directory, found := org.New(people, teams, absences)
	for _, m := range found {
		r.report(m, ids)
	}
	r.cfg.Directory = directory
}

// report places a mistake that org found, and suggests whom was meant.
func (r *orgReader) report(m org.Mistake, ids []string) {
	place := r.file.Place(r.written(m.At)...)
	if m.Word != "" {
		place = r.file.PlaceOf(m.Word, m.At...)
		if near := yamlfile.Suggest(m.Word, ids); near != "" {
			m.Hint = fmt.Sprintf("did you mean %q?", near)
		}
	}
	r.mistakes = append(r.mistakes, yamlfile.Mistake{Place: place, Text: m.Text, Hint: m.Hint})
}

// written turns org's path to a role into that of the short form, which has
// role, from and to beside the person's id.
func (r *orgReader) written(at []any) []any {
	if len(at) == 5 && at[2] == "roles" && !r.file.Has(at[:3]...) {
		return []any{at[0], at[1], at[4]}
	}
	return at
}

func (r *orgReader) person(i int, e personEntry) org.Person {
	p := org.Person{ID: e.ID, Name: cmp.Or(e.Name, e.ID), Emails: e.Email, Bot: e.Bot, Accounts: map[string][]string{}}
	for tracker, accounts := range map[Tracker][]string{Jira: e.Jira, Linear: e.Linear} {
		if len(accounts) > 0 {
			p.Accounts[string(tracker)] = accounts
		}
	}
	for _, m := range e.Manager {
		p.Managers = append(p.Managers, org.Line{Manager: m.Manager, Span: span(m.From, m.To)})
	}
	p.Roles = r.roles(i, e)
	return p
}

func (r *orgReader) roles(i int, e personEntry) []org.Tenure {
	if e.Role != "" && len(e.Roles) > 0 {
		r.mistake(r.file, "move it into roles", "role and roles stand side by side", "people", i, "role")
	}
	if e.Role == "" {
		for key, written := range map[string]day{"from": e.From, "to": e.To} {
			if written != "" {
				r.mistake(r.file, "add role: and what they were, or move it into roles", key+" says how long a role was held, but there is no role here", "people", i, key)
			}
		}
	}
	var out []org.Tenure
	if e.Role != "" {
		r.checkRole(e.Role, "people", i, "role")
		out = append(out, org.Tenure{Role: org.Role(e.Role), Span: span(e.From, e.To)})
	}
	for n, t := range e.Roles {
		r.checkRole(t.Role, "people", i, "roles", n, "role")
		out = append(out, org.Tenure{Role: org.Role(t.Role), Span: span(t.From, t.To)})
	}
	return out
}

// checkRole refuses a role that is probably a known one misspelt. Other unknown
// ones are the organisation's own. Short words are taken as they are: a "po" is
// no slip of "pm".
func (r *orgReader) checkRole(role string, path ...any) {
	const short = 4
	known := make([]string, 0, len(org.Roles()))
	for _, k := range org.Roles() {
		known = append(known, string(k))
	}
	near := yamlfile.Suggest(role, known)
	if near == "" || near == role || len(role) <= short && !strings.EqualFold(near, role) {
		return
	}
	r.mistake(r.file, fmt.Sprintf("did you mean %q?", near), fmt.Sprintf("%q is close to a role that fairlead knows, but not the same", role), path...)
}

func (r *orgReader) team(i int, e teamEntry) org.Team {
	r.mistakes = append(r.mistakes, notJiraKeys(r.file, e.Owns.Jira.Projects, "teams", i, "owns", "jira", "projects")...)
	return org.Team{
		ID: e.ID, Name: cmp.Or(e.Name, e.ID), Under: e.Under,
		EMs: seats(e.EM), PMs: seats(e.PM), Members: seats(e.Members),
		Owns: org.Ownership{
			JiraProjects: e.Owns.Jira.Projects, JiraComponents: e.Owns.Jira.Components, JiraBoards: e.Owns.Jira.Boards,
			LinearTeams: e.Owns.Linear.Teams,
		},
		Location: r.location(i, e.Timezone),
	}
}

func seats(list seatList) []org.Seat {
	out := make([]org.Seat, len(list))
	for i, s := range list {
		out[i] = org.Seat{Person: s.Person, Span: span(s.From, s.To)}
	}
	return out
}

// span is from the beginning of the first day to the end of the last, in UTC.
func span(from, to day) org.Span {
	s := org.Span{From: from.begin()}
	if end := to.begin(); !end.IsZero() {
		s.To = end.AddDate(0, 0, 1)
	}
	return s
}

// begin is midnight in UTC; the zero time for no day.
func (d day) begin() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{} // only when empty: the schema has checked the form
	}
	return t
}

// zones are the names of the time zone database's zones, for suggestions
// (zone.tab of release 2025b, public domain).
//
//go:embed zones.txt
var zones string

// location is the team's zone. "Local" is refused: it would change with the
// machine.
func (r *orgReader) location(i int, name string) *time.Location {
	if name == "" {
		return time.UTC
	}
	loc, err := time.LoadLocation(name)
	if err == nil && name != "Local" {
		return loc
	}
	hint := "write the name of a city's zone, like Europe/Berlin, or UTC"
	if near := nearZone(name); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	r.mistake(r.file, hint, fmt.Sprintf("there is no time zone %q", name), "teams", i, "timezone")
	return time.UTC
}

// nearZone finds a zone by a slip in its name or by its city alone.
func nearZone(name string) string {
	known := strings.Fields(zones)
	if near := yamlfile.Suggest(name, known); near != "" {
		return near
	}
	cities := make([]string, len(known))
	for i, z := range known {
		cities[i] = z[strings.LastIndexByte(z, '/')+1:]
	}
	if city := yamlfile.Suggest(name[strings.LastIndexByte(name, '/')+1:], cities); city != "" {
		return known[slices.Index(cities, city)]
	}
	return ""
}
