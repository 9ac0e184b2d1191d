package config

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// linearAPI is where Linear answers when nothing else is said.
const linearAPI = "https://api.linear.app/graphql"

func (l *loader) takeSources(f *yamlfile.File) {
	for i, e := range entries[sourceEntry](f, "sources") {
		r := sourceReader{loader: l, file: f, entry: e, path: []any{"sources", i}}
		if s, ok := r.read(); ok && l.once(fmt.Sprintf("source %q", s.Name), f, r.path...) {
			l.cfg.Sources = append(l.cfg.Sources, s)
		}
	}
}

// sourceReader turns one entry of sources into a Source.
type sourceReader struct {
	*loader
	file  *yamlfile.File
	entry sourceEntry
	path  []any
	wrong bool
}

// refuse reports a mistake at the entry's key; an empty key is the entry itself.
func (r *sourceReader) refuse(key, text, hint string) {
	r.wrong = true
	path := slices.Clone(r.path)
	if key != "" {
		path = append(path, key)
	}
	r.mistake(r.file, hint, text, path...)
}

// unless reports a key that has no meaning for the tracker.
func (r *sourceReader) unless(written bool, key, text, hint string) {
	if written {
		r.refuse(key, text, hint)
	}
}

func (r *sourceReader) read() (Source, bool) {
	s := Source{Name: r.entry.Name, User: r.entry.User, Mapping: mapping(r.entry.Mapping), Where: r.file.Place(r.path...)}
	switch {
	case r.entry.Jira == "" && r.entry.Linear == "":
		r.refuse("", "this source names no tracker", "add jira: https://acme.atlassian.net, or linear: and the workspace")
	case r.entry.Jira != "" && r.entry.Linear != "":
		r.refuse("linear", "one source cannot be both jira and linear", "make two entries of it, each with its own dash")
	case r.entry.Jira != "":
		r.jira(&s)
	default:
		r.linear(&s)
	}
	s.WriteComments = r.entry.WriteComments
	s.CommentText, s.WebhookSecret = r.entry.CommentText, r.named("webhook_secret", r.entry.WebhookSecret)
	if s.OAuth = r.oauth(s.Deployment); !r.withOAuth() {
		s.Token = r.token()
	}
	return s, !r.wrong
}

func (r *sourceReader) jira(s *Source) {
	site := r.site()
	s.Tracker, s.URL = Jira, site
	s.Name = cmp.Or(s.Name, "jira "+withoutScheme(site))
	s.Deployment = cmp.Or(Deployment(r.entry.Deployment), deploymentOf(site))
	s.Projects = r.entry.Projects
	r.unless(len(r.entry.Teams) > 0, "teams", "a Jira source has no teams", "name Jira projects with projects: [PAY]")
	r.unless(r.entry.URL != "", "url", "url is for Linear", "the site's address already stands at jira")
	if len(s.Projects) == 0 {
		r.refuse("", "no project is named", "add projects: [PAY, CORE]; a whole site is more than fairlead reads at once")
	}
	if found := notJiraKeys(r.file, s.Projects, append(slices.Clone(r.path), "projects")...); len(found) > 0 {
		r.wrong = true
		r.mistakes = append(r.mistakes, found...)
	}
	r.jiraUser(s)
}

// jiraUser holds the user against what the site wants. What is written may be
// anything, a token in the wrong place too: it is not repeated.
func (r *sourceReader) jiraUser(s *Source) {
	const cloud = "if this is no Cloud site, add deployment: data-center"
	switch {
	case r.withOAuth():
		r.unless(s.User != "", "user", "an OAuth application needs no user", "leave it out: the application acts for whoever authorised it")
	case strings.Contains(s.User, "${"):
		r.refuse("user", "only the token is taken from the environment", "write the user itself")
	case s.Deployment == Cloud && s.User == "":
		r.refuse("", "Jira Cloud wants to know whose token it is", "add user: and the e-mail address of the account; "+cloud)
	case s.Deployment == Cloud && !eMail().MatchString(s.User):
		r.refuse("user", "this is no e-mail address, and Jira Cloud knows accounts by theirs", "write the one of the account that made the token; "+cloud)
	}
}

// eMail is the least that an e-mail address looks like.
var eMail = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[^@\s]+@[^@\s]+$`) })

func (r *sourceReader) linear(s *Source) {
	s.Tracker, s.Workspace, s.Teams = Linear, r.entry.Linear, r.entry.Teams
	s.URL = linearAPI
	s.Name = cmp.Or(s.Name, "linear "+s.Workspace)
	r.checkWorkspace()
	if r.entry.URL != "" {
		s.URL = r.address("url", r.entry.URL)
	}
	r.unless(len(r.entry.Projects) > 0, "projects", "a Linear source has no projects to choose", "name Linear teams by their keys: teams: [PAY]")
	r.unless(r.entry.User != "", "user", "Linear needs no user", "leave it out: the API key says whose it is")
	r.unless(r.entry.Deployment != "", "deployment", "deployment is for Jira", "leave it out")
}

// mapping takes over a mapping; an empty section is nil.
func mapping(e mappingEntry) Mapping {
	m := Mapping{
		Types: convert[ticket.Kind](e.Types), Labels: convert[ticket.Kind](e.Labels), Statuses: convert[ticket.Category](e.Statuses),
		Links: convert[ticket.LinkKind](e.Links), Priorities: convert[ticket.Priority](e.Priorities),
	}
	if e.Fields.Estimate != "" {
		m.Fields = map[string]string{"estimate": e.Fields.Estimate}
	}
	return m
}

func convert[To, From ~string](in map[string]From) map[string]To {
	if len(in) == 0 {
		return nil
	}
	out := make(map[string]To, len(in))
	for _, k := range slices.Sorted(maps.Keys(in)) {
		out[k] = To(in[k])
	}
	return out
}
