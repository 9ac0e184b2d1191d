package config

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// organisation reads the org file, if one is named, into what a directory is
// made of. A file that cannot be read leaves none: people who could not be read
// would only be missed everywhere else.
func (l *loader) organisation() {
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
		l.mistakes = append(l.mistakes, m...)
		return
	}
	r := orgReader{loader: l, file: f, parts: &organisation{file: f, byID: map[string]int{}}}
	r.people(file.People)
	r.teams(file)
	r.absences(file.Absences)
	if !r.incomplete {
		l.cfg.parts = r.parts
	}
}

// directory makes the directory of what the org file and the teams' files said.
func (l *loader) directory() {
	parts := l.cfg.parts
	if parts == nil {
		return
	}
	directory, uses, found := parts.assemble(nil)
	for _, m := range found {
		l.mistakes = append(l.mistakes, parts.placed(m))
	}
	l.cfg.Directory, l.cfg.Calendars = directory, uses
}

// orgReader turns an org file into what a directory is made of.
type orgReader struct {
	*loader
	file  *yamlfile.File
	parts *organisation
	// incomplete says that there are people who could not be read.
	incomplete bool
}

// entry is the path to an entry of the list under key; where one stands alone in
// place of the list, to that.
func (r *orgReader) entry(key string, i int) []any {
	if r.file.Len(key) == 0 {
		return []any{key}
	}
	return []any{key, i}
}

func (r *orgReader) people(list peopleList) {
	for i, e := range list {
		path := r.entry("people", i)
		if e.file != "" {
			r.peopleFile(e.file, path)
			continue
		}
		r.addPerson(r.person(path, e), written{file: r.file, path: path})
	}
}

// addPerson adds somebody, once.
func (r *orgReader) addPerson(p org.Person, at place) {
	if i, twice := r.parts.byID[p.ID]; twice && p.ID != "" {
		r.mistakes = append(r.mistakes, yamlfile.Mistake{
			Place: at.of("", "id"), Text: fmt.Sprintf("id %q stands twice", p.ID),
			Hint: fmt.Sprintf("it first stands at %s: give each person an id of their own", r.parts.peopleAt[i].of("", "id")),
		})
		return
	}
	r.parts.byID[p.ID] = len(r.parts.people)
	r.parts.people = append(r.parts.people, p)
	r.parts.peopleAt = append(r.parts.peopleAt, at)
}

func (r *orgReader) person(path []any, e personEntry) org.Person {
	p := org.Person{ID: e.ID, Name: cmp.Or(e.Name, e.ID), Emails: e.Email, Bot: e.Bot, Delegate: e.Delegate, Accounts: accounts(e.Jira, e.Linear), Slack: r.slackMember(path, e.Slack), Mutes: e.Mute.names}
	for _, m := range e.Manager {
		p.Managers = append(p.Managers, org.Line{Manager: m.Manager, Span: span(m.From, m.To)})
	}
	p.Roles = r.roles(path, e)
	return p
}

func accounts(jira, linear []string) map[string][]string {
	out := map[string][]string{}
	for tracker, ids := range map[Tracker][]string{Jira: jira, Linear: linear} {
		if len(ids) > 0 {
			out[string(tracker)] = ids
		}
	}
	return out
}

func (r *orgReader) roles(path []any, e personEntry) []org.Tenure {
	in := func(steps ...any) []any { return append(path[:len(path):len(path)], steps...) }
	if e.Role != "" && len(e.Roles) > 0 {
		r.mistake(r.file, "move it into roles", "role and roles stand side by side", in("role")...)
	}
	if e.Role == "" {
		for key, written := range map[string]day{"from": e.From, "to": e.To} {
			if written != "" {
				r.mistake(r.file, "add role: and what they were, or move it into roles", key+" says how long a role was held, but there is no role here", in(key)...)
			}
		}
	}
	var out []org.Tenure
	if e.Role != "" {
		r.checkRole(e.Role, in("role"))
		out = append(out, org.Tenure{Role: org.Role(e.Role), Span: span(e.From, e.To)})
	}
	for n, t := range e.Roles {
		r.checkRole(t.Role, in("roles", n, "role"))
		out = append(out, org.Tenure{Role: org.Role(t.Role), Span: span(t.From, t.To)})
	}
	return out
}

func (r *orgReader) checkRole(role string, path []any) {
	if near := meantRole(role); near != "" {
		r.mistake(r.file, fmt.Sprintf("did you mean %q?", near), closeToRole(role), path...)
	}
}

func closeToRole(role string) string {
	return fmt.Sprintf("%q is close to a role that fairlead knows, but not the same", role)
}

// meantRole is the known role that was probably misspelt. Other unknown ones are
// the organisation's own. Short words are taken as they are: a "po" is no slip
// of "pm".
func meantRole(role string) string {
	const short = 4
	known := make([]string, 0, len(org.Roles()))
	for _, k := range org.Roles() {
		known = append(known, string(k))
	}
	near := yamlfile.Suggest(role, known)
	if near == role || len(role) <= short && !strings.EqualFold(near, role) {
		return ""
	}
	return near
}

func (r *orgReader) absences(list absenceList) {
	for i, a := range list {
		path := r.entry("absences", i)
		if !a.calendar.isZero() {
			if c, ok := r.calendar(r.file, a.calendar, path); ok {
				r.parts.calendars = append(r.parts.calendars, calendarUse{calendarSource: c, purpose: forAbsences})
			}
			continue
		}
		r.parts.absences = append(r.parts.absences, org.Absence{Person: a.Person, Delegate: a.Delegate, Span: span(a.From, a.To)})
		r.parts.absencesAt = append(r.parts.absencesAt, written{file: r.file, path: path})
	}
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
