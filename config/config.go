// Package config reads fairlead.yaml with everything it names: included files,
// the people and teams, the teams' own agreements. It reports every mistake of
// every file at once, each with its position, and gives a Config only when there
// is none.
//
// It knows shapes and what cannot be combined, but no rule, tracker client or
// channel: whether a rule exists or a setting fits is for those who know to say,
// with the places a Config keeps. Custom rule files are found here and read
// there. Nothing here reads the clock, and nothing but the files and the
// environment variables they name.
package config

import (
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Config is a configuration without mistakes. Its file paths are relative to the
// process's directory, or absolute.
type Config struct {
	Sources []Source
	// Directory is never nil; empty without an org file. Calendars at addresses
	// are not in it: see Feeds and WithFeeds.
	Directory   *org.Directory
	Feeds       []Feed
	Calendars   []CalendarUse // what came of every calendar, feeds included
	Agreements  []Agreement   // of the organisation first, then of the teams
	Experiments []Experiment  // of the organisation first, then of the teams
	Prometheus  Prometheus
	Numbers     []OutsideNumber
	RuleFiles   []string // custom rules, in the order named
	Reports     []Report
	Store       Store
	Redis       RedisAccess
	Sync        Sync
	Retention   Retention
	Webhooks    Webhooks
	Metrics     Metrics
	Slack       Slack
	Mail        Mail
	Dashboard   Dashboard
	// AgreedIn is the file that holds what a team agreed, by team id; what the
	// organisation did under "". A team without a file is not in it.
	AgreedIn map[string]string
	// Files are all files that were read, token files included.
	Files []string

	watched watched       // for Outdated
	parts   *organisation // what Directory is made of; nil without an org file
}

// Webhooks is where the trackers' webhooks are received.
type Webhooks struct {
	Listen string // host:port; empty: nowhere
	Where  yamlfile.Place
}

// Metrics is where fairlead serve tells its metrics.
type Metrics struct {
	Listen string // host:port; empty: nowhere
	Where  yamlfile.Place
}

// Tracker is what kind of source it is.
type Tracker string

// The trackers.
const (
	Jira   Tracker = "jira"
	Linear Tracker = "linear"
)

// Deployment is what kind of Jira a site runs.
type Deployment string

// The deployments.
const (
	Cloud      Deployment = "cloud"
	DataCenter Deployment = "data-center"
)

// Source is one tracker to read.
type Source struct {
	Name       string // unique; by default the tracker and its host or workspace
	Tracker    Tracker
	URL        string     // the Jira site without a trailing slash, or Linear's GraphQL endpoint
	Workspace  string     // Linear only
	Deployment Deployment // Jira only; never empty there
	User       string     // Jira only; never empty on Cloud, but for OAuth
	Token      Secret
	Projects   []string // Jira only: keys, at least one
	Teams      []string // Linear only: keys; none means all
	Mapping    Mapping
	// CommentText says that the operator allows keeping what comments say.
	CommentText bool
	// WriteComments says that the operator allows leaving comments.
	WriteComments bool
	OAuth         OAuth // Linear and Jira Cloud only; without it Token is set
	// WebhookSecret is what the tracker signs its webhooks with; zero: none.
	WebhookSecret Secret

	Where yamlfile.Place
}

// OAuth is what access tokens are fetched with. Either all is set or nothing.
type OAuth struct {
	ClientID     string
	ClientSecret Secret
	// RefreshFile holds the refresh token; whoever uses it up writes the next
	// one there. It is none of Config.Files, since it changes by itself.
	RefreshFile string
}

// IsZero reports that the source does not sign in with OAuth.
func (o OAuth) IsZero() bool {
	return o.ClientID == "" && o.ClientSecret.IsZero() && o.RefreshFile == ""
}

// Mapping is what a tracker's own words mean, beyond the defaults. Keys are
// written as in the file.
type Mapping struct {
	Types      map[string]ticket.Kind
	Labels     map[string]ticket.Kind
	Statuses   map[string]ticket.Category
	Links      map[string]ticket.LinkKind
	Priorities map[string]ticket.Priority
	Fields     map[string]string // "estimate" to the field's name or id
}

// Agreement is what a team, or the organisation, says about one rule. Zero
// values leave the rule's own default.
type Agreement struct {
	Rule     string
	Team     string // team id; empty: the whole organisation
	Promise  string
	Settings map[string]any // as read: string, int64, uint64, float64, bool, []any, map[string]any
	Ask      string
	Tell     string      // em, em-pm, team, org or empty
	Stage    string      // watch, report, remind or empty
	ReviewOn ticket.Date // a day in UTC
	// RemindAfter is in working days; nil, as RemindComment: nothing is said.
	RemindAfter   *int
	RemindComment *bool
	Off           bool
	Because       string
	// ExceptLabels and ExceptProjects name tickets that are not looked at.
	ExceptLabels   []string
	ExceptProjects []string
	PinAll         bool     // no team changes anything
	Pin            []string // what no team changes

	Where yamlfile.Place

	file *yamlfile.File
	path []any
}

// Place is the position of something within the agreement: Place("rule"),
// Place("settings", "min_chars").
func (a Agreement) Place(path ...any) yamlfile.Place {
	if a.file == nil {
		return a.Where
	}
	return a.file.Place(append(a.path[:len(a.path):len(a.path)], path...)...)
}

// Mistake is a mistake at the place within the agreement.
func (a Agreement) Mistake(hint, text string, path ...any) yamlfile.Mistake {
	return yamlfile.Mistake{Place: a.Place(path...), Text: text, Hint: hint}
}

// Store is where tickets and findings are kept.
type Store struct {
	File  string         // an SQLite file; it may not exist yet; empty for Redis
	Redis *Redis         // nil for a file
	Where yamlfile.Place // without a line when it is the default

	calendars string // where copies of calendars are kept; empty: beside the file
}
