package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/connectors/linear"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/file"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/sqlite"
	"github.com/fairlead-dev/fairlead/ticket"
)

// trackers makes the source of each kind of tracker: a new vendor is a folder
// and a line here.
var trackers = map[config.Tracker]func(config.Source, Options) (connectors.Source, error){
	config.Jira:   openJira,
	config.Linear: openLinear,
}

func openSources(configured []config.Source, o Options) ([]connectors.Source, error) {
	out := make([]connectors.Source, 0, len(configured))
	for _, c := range configured {
		src, err := trackers[c.Tracker](c, o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Where, err)
		}
		out = append(out, src)
	}
	return out, nil
}

func openJira(c config.Source, o Options) (connectors.Source, error) {
	deployment := jira.Cloud
	if c.Deployment == config.DataCenter {
		deployment = jira.DataCenter
	}
	return jira.New(jira.Options{
		Name: c.Name, URL: c.URL, Deployment: deployment, User: c.User, Token: c.Token.Reveal(),
		Projects: c.Projects, Mapping: mappingOf(c.Mapping), Base: o.Base, Clock: o.Clock,
	})
}

func openLinear(c config.Source, o Options) (connectors.Source, error) {
	return linear.New(linear.Options{
		Name: c.Name, URL: c.URL, Workspace: c.Workspace, Token: c.Token.Reveal(), Teams: c.Teams,
		Mapping: mappingOf(c.Mapping), Transport: &connectors.Transport{Base: o.Base, Clock: o.Clock, Limited: linear.Limited},
	})
}

func mappingOf(m config.Mapping) connectors.Mapping {
	return connectors.Mapping{
		Types: m.Types, Labels: m.Labels, Statuses: m.Statuses, Links: m.Links, Priorities: m.Priorities, Fields: m.Fields,
	}
}

// outlet is a channel and who reads what arrives there.
type outlet struct {
	reports.Channel
	reader finding.Audience
}

func openChannels(configured []config.Report) ([]outlet, error) {
	out := make([]outlet, 0, len(configured))
	for _, c := range configured {
		formats := make([]reports.Format, len(c.Formats))
		for i, name := range c.Formats {
			formats[i] = reports.Format(name)
		}
		ch, err := file.New(c.Folder, formats...)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Where, err)
		}
		out = append(out, outlet{ch, finding.Audience(c.For)})
	}
	return out, nil
}

func openStore(ctx context.Context, c config.Store) (store.Store, error) {
	s, err := sqlite.Open(ctx, c.File)
	if err != nil {
		return nil, fmt.Errorf("%w\n\t%s", err, storeFix(err))
	}
	return s, nil
}

// storeFix says what can be done about a store that does not open.
func storeFix(err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return "let the account that runs fairlead read and write this file and its folder, or name another file: store: sqlite:./fairlead.db"
	}
	return "the configuration names the file: store: sqlite:./fairlead.db"
}

// work is the store as the rules read it: only what comes from a configured
// source, and what is not stored is said in the rules' own words.
type work struct {
	store.Store
	configured func(source string) bool
}

func (f *Fairlead) work() work { return work{f.store, f.configured} }

// Tickets yields the tickets of configured sources.
func (w work) Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		for t, err := range w.Store.Tickets(ctx) {
			if (err != nil || w.configured(t.Source)) && !yield(t, err) {
				return
			}
		}
	}
}

// Ticket finds one ticket; rules.ErrNotStored when there is none.
func (w work) Ticket(ctx context.Context, source string, ref ticket.Ref) (ticket.Ticket, error) {
	t, err := w.Store.Ticket(ctx, source, ref)
	if errors.Is(err, store.ErrNotFound) {
		return t, rules.ErrNotStored
	}
	return t, err
}
