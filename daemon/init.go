package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Login says how to reach a site that no configuration names yet.
type Login struct {
	Jira       string // address of a Jira site; empty for Linear
	Linear     string // Linear workspace; empty for Jira
	User       string // Jira: whose token it is; empty for a personal access token
	Deployment string // Jira: cloud or data-center; empty: told by the address
	TokenEnv   string // environment variable that will hold the token
	Token      config.Secret
}

// Space is a Jira project or a Linear team that init can choose.
type Space = connectors.Space

// NewSite is a site that is being set up.
type NewSite struct {
	Login  Login
	Spaces []Space // all there are
	Chosen []Space // those to read, in the order of Spaces

	source config.Source
	zone   string            // of the account, if it is one
	words  []connectors.Word // of the site, in so far as it told
	open   Options
}

// OpenSite signs in to a site and lists what it has. Nothing is written. What is
// wrong with the login is said in words for whoever typed it.
func OpenSite(ctx context.Context, l Login, o Options) (*NewSite, error) {
	if o.Clock == nil {
		o.Clock = SystemClock{}
	}
	c, err := l.check()
	if err != nil {
		return nil, err
	}
	src, err := explorer(c, o)
	if err != nil {
		return nil, err
	}
	asked, ok := src.(connectors.Explorer)
	if !ok {
		return nil, errors.New("this kind of site cannot be asked what it has\n\twrite the configuration by hand: see examples/fairlead.yaml")
	}
	found, err := asked.Explore(ctx)
	if err != nil {
		return nil, err
	}
	if len(found.Spaces) == 0 {
		return nil, fmt.Errorf("%s shows this account no %s\n\tgrant it permission to browse them, see docs/connectors.md", src.Name(), l.spaceNoun())
	}
	return &NewSite{Login: l, Spaces: found.Spaces, source: c, open: o}, nil
}

// explorer is the source of a site before anything in it is chosen.
func explorer(c config.Source, o Options) (connectors.Source, error) {
	if c.Tracker != config.Jira {
		return trackers[c.Tracker](c, opening{Options: o})
	}
	return jira.NewSite(jiraOptions(c, opening{Options: o}))
}

func (l Login) spaceNoun() string {
	if l.Linear != "" {
		return "teams"
	}
	return "projects"
}

// check reads the login as the configuration it will become.
func (l Login) check() (config.Source, error) {
	if l.Jira == "" && l.Linear == "" {
		return config.Source{}, errors.New("no site is named\n\tgive the address of a Jira site, like https://acme.atlassian.net, or a Linear workspace")
	}
	site := &NewSite{Login: l}
	if l.Linear == "" {
		site.Chosen = []Space{{Key: "ANY"}} // a configuration names one; none is asked for
	}
	cfg, err := loadDraft(map[string]string{mainName: "sources:\n" + site.entry()}, []*NewSite{site})
	var found yamlfile.Mistakes
	if errors.As(err, &found) {
		return config.Source{}, inWords(found)
	}
	if err != nil {
		return config.Source{}, err
	}
	c := cfg.Sources[0]
	c.Projects, c.Teams = nil, nil
	return c, nil
}

// CheckAddress says what is wrong with the address of a login's site while nothing
// else of it is known, and whether it is Jira Cloud, where accounts go by e-mail
// addresses.
func CheckAddress(l Login) (cloud bool, err error) {
	l.User, l.TokenEnv, l.Token = "", "TOKEN", config.NewSecret("not asked for yet")
	if l.Linear == "" {
		l.User = "somebody@example.com"
	}
	c, err := l.check()
	return c.Deployment == config.Cloud, err
}

// inWords is what is wrong without its place: the file is not written yet.
func inWords(found yamlfile.Mistakes) error {
	var all []error
	for _, m := range found {
		text := m.Text
		if m.Hint != "" {
			text += "\n\t" + m.Hint
		}
		all = append(all, errors.New(text))
	}
	return errors.Join(all...)
}

// Choose takes the projects or teams with these keys, without regard to case;
// without any, a Linear workspace is read whole.
func (s *NewSite) Choose(keys []string) error {
	var known []string
	for _, sp := range s.Spaces {
		known = append(known, sp.Key)
	}
	if len(keys) == 0 && s.Login.Linear == "" {
		return fmt.Errorf("no project is named\n\tchoose from %s", strings.Join(known, ", "))
	}
	s.Chosen = nil
	for _, key := range keys {
		if !slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, key) }) {
			return fmt.Errorf("%q is none of the %s that this account may see\n\t%s", key, s.Login.spaceNoun(), nearest(key, known))
		}
	}
	for _, sp := range s.Spaces {
		if len(keys) == 0 || slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, sp.Key) }) {
			s.Chosen = append(s.Chosen, sp)
		}
	}
	return nil
}

func nearest(key string, known []string) string {
	if near := yamlfile.Suggest(key, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "choose from " + strings.Join(known, ", ")
}

// Learn asks the site for its words and time zone, which make the draft better.
// Without them the draft is as good as fairlead's defaults.
func (s *NewSite) Learn(ctx context.Context) error {
	c := s.source
	for _, sp := range s.Chosen {
		if s.Login.Linear == "" {
			c.Projects = append(c.Projects, sp.Key)
		} else {
			c.Teams = append(c.Teams, sp.Key)
		}
	}
	src, err := trackers[c.Tracker](c, opening{Options: s.open})
	if err != nil {
		return err
	}
	if err := s.lookCloser(ctx, src); err != nil {
		return err
	}
	asked, ok := src.(connectors.Inspector)
	if !ok {
		return nil
	}
	seen, err := asked.Inspect(ctx)
	if err != nil {
		return err
	}
	s.words, s.zone = seen.Words, seen.Zone
	return nil
}

// spacesSeenWhole is how many projects a site can have for its first listing to
// tell leads, boards and assignees of them all.
const spacesSeenWhole = 50

// lookCloser asks for boards and assignees of what was chosen on a large site.
func (s *NewSite) lookCloser(ctx context.Context, src connectors.Source) error {
	asked, ok := src.(connectors.Explorer)
	if !ok || len(s.Spaces) <= spacesSeenWhole || len(s.Chosen) == len(s.Spaces) {
		return nil
	}
	found, err := asked.Explore(ctx)
	if err != nil {
		return err
	}
	for i := range s.Chosen {
		for _, sp := range found.Spaces {
			if sp.Key == s.Chosen[i].Key {
				s.Chosen[i] = sp
			}
		}
	}
	return nil
}
