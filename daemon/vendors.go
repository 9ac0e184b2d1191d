package daemon

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net/http"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/connectors/linear"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/redis"
	"github.com/fairlead-dev/fairlead/store/sqlite"
	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// trackers makes the source of each kind of tracker: a new vendor is a folder
// and a line here.
var trackers = map[config.Tracker]func(config.Source, opening) (connectors.Source, error){
	config.Jira:   openJira,
	config.Linear: openLinear,
}

// opening is what sources are opened with; its Base carries their requests.
type opening struct {
	Options
	grants *grants
}

func openSources(configured []config.Source, o Options, all *sites, told func(source string) connectors.Meter) ([]connectors.Source, error) {
	out := make([]connectors.Source, 0, len(configured))
	with := opening{Options: o, grants: newGrants(all, o.Clock)}
	for _, c := range configured {
		with.Base = all.carrier(c.URL, told(c.Name))
		src, err := trackers[c.Tracker](c, with)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Where, err)
		}
		out = append(out, src)
	}
	return out, nil
}

func openJira(c config.Source, o opening) (connectors.Source, error) {
	opts := jiraOptions(c, o)
	if !c.OAuth.IsZero() {
		var err error
		if opts.OAuth, err = o.grants.of(c.OAuth, func(id, secret string, kept connectors.RefreshTokens) connectors.OAuth {
			return jira.Application(c.URL, id, secret, kept)
		}); err != nil {
			return nil, err
		}
	}
	return jira.New(opts)
}

// jiraOptions are a Jira source's options but for OAuth.
func jiraOptions(c config.Source, o opening) jira.Options {
	deployment := jira.Cloud
	if c.Deployment == config.DataCenter {
		deployment = jira.DataCenter
	}
	return jira.Options{
		Name: c.Name, URL: c.URL, Deployment: deployment, User: c.User, Token: c.Token.Reveal(),
		Projects: c.Projects, Mapping: mappingOf(c.Mapping), CommentText: c.CommentText, WriteComments: c.WriteComments,
		Base: o.Base, Clock: o.Clock,
	}
}

func openLinear(c config.Source, o opening) (connectors.Source, error) {
	var grant *connectors.Grant
	if !c.OAuth.IsZero() {
		var err error
		if grant, err = o.grants.of(c.OAuth, linear.Application); err != nil {
			return nil, err
		}
	}
	return linear.New(linear.Options{
		Name: c.Name, URL: c.URL, Workspace: c.Workspace, Token: c.Token.Reveal(), OAuth: grant, Teams: c.Teams,
		Mapping: mappingOf(c.Mapping), CommentText: c.CommentText, WriteComments: c.WriteComments,
		Transport: &connectors.Transport{Base: o.Base, Clock: o.Clock, Limited: linear.Limited}, Clock: o.Clock,
	})
}

// hookReaders are, by tracker, how a webhook's delivery is checked and read.
var hookReaders = map[config.Tracker]func(secret []byte, h http.Header, body []byte, now time.Time) (connectors.Hint, error){
	config.Jira: func(secret []byte, h http.Header, body []byte, _ time.Time) (connectors.Hint, error) {
		return jira.ReadHook(secret, h, body)
	},
	config.Linear: linear.ReadHook,
}

// hooksOf are the webhooks that the configuration expects, by path. Two sources
// whose names give one path are a mistake, since only one would be heard.
func hooksOf(configured []config.Source) (map[string]hook, error) {
	out := map[string]hook{}
	for _, c := range configured {
		if c.WebhookSecret.IsZero() {
			continue
		}
		path, read, secret := hookPath(c.Name), hookReaders[c.Tracker], c.WebhookSecret
		if other, taken := out[path]; taken {
			return nil, yamlfile.Mistakes{{
				Place: c.Where, Text: fmt.Sprintf("the webhooks of %q and %q would both arrive at %s", other.source, c.Name, path),
				Hint: "give one of the sources another name",
			}}
		}
		out[path] = hook{source: c.Name, read: func(h http.Header, body []byte, now time.Time) (connectors.Hint, error) {
			return read([]byte(secret.Reveal()), h, body, now)
		}}
	}
	return out, nil
}

func mappingOf(m config.Mapping) connectors.Mapping {
	return connectors.Mapping{
		Types: m.Types, Labels: m.Labels, Statuses: m.Statuses, Links: m.Links, Priorities: m.Priorities, Fields: m.Fields,
	}
}

// openStore opens a file, or a Redis.
func openStore(ctx context.Context, c config.Store) (store.Store, error) {
	if c.Redis != nil {
		return openRedis(ctx, c.Redis)
	}
	s, err := sqlite.Open(ctx, c.File)
	if err != nil {
		return nil, fmt.Errorf("%w\n\t%s", err, storeFix(err))
	}
	return s, nil
}

func openRedis(ctx context.Context, c *config.Redis) (store.Store, error) {
	at, err := redisAddress(c)
	if err != nil {
		return nil, err
	}
	return redis.Open(ctx, redis.Options{Address: at, Prefix: c.Prefix})
}

// redisAddress is where a Redis is, with what it takes to get in.
func redisAddress(c *config.Redis) (redis.Address, error) {
	at := redis.Address{
		Hosts: c.Hosts, Master: c.Master, Cluster: c.Cluster, Database: c.Database, User: c.User, Password: c.Password.Reveal(),
		SentinelUser: c.SentinelUser, SentinelPassword: c.SentinelPassword.Reveal(),
	}
	if !c.TLS {
		return at, nil
	}
	at.TLS = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: c.ServerName}
	if len(c.CA) > 0 {
		at.TLS.RootCAs = x509.NewCertPool()
		at.TLS.RootCAs.AppendCertsFromPEM(c.CA)
	}
	if len(c.Certificate) > 0 {
		own, err := tls.X509KeyPair(c.Certificate, []byte(c.Key.Reveal()))
		if err != nil {
			return at, fmt.Errorf("%s: certificate and key do not fit together: %w", c.Where, err)
		}
		at.TLS.Certificates = []tls.Certificate{own}
	}
	return at, nil
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
	return w.among(w.Store.Tickets(ctx))
}

// among yields those of the tickets that are of configured sources.
func (w work) among(all iter.Seq2[ticket.Ticket, error]) iter.Seq2[ticket.Ticket, error] {
	return func(yield func(ticket.Ticket, error) bool) {
		for t, err := range all {
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
