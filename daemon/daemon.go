// Package daemon joins the stages: it makes sources, store, rules and channels
// from a configuration and runs data through them, one way: trackers, store,
// rules, ledger, reports. It is the only place that knows every vendor, and the
// only one that reads a clock.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/trends"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Fairlead is a configuration, opened. On a store in a file one process runs syncs
// and checks at a time; what people say may come from others meanwhile. Several that share
// a Redis take turns.
type Fairlead struct {
	holding *holding
	pinned  *terms // for a run; nil: what holds now
	// memory is what a check takes over from the one before; nil: nothing.
	memory  *memory
	store   store.Store
	sources []connectors.Source
	hooks   map[string]hook // by path
	feeds   *feeds
	outside trends.Outsider      // nil: no outside numbers
	asked   map[string]time.Time // when an outside number that is not known was last asked for
	log     *zap.Logger
	clock   Clock
	traces  tracing
	// queue is there while this process works with others, and filesName says by
	// which configuration it does; empty: not so that pieces of checks fit together.
	queue     *queue
	filesName string
	held      store.Held // the turn that it has, for one job
	posting
}

// Options are what the surroundings give.
type Options struct {
	Log   *zap.Logger // nil: no log
	Clock Clock       // nil: the machine's clock
	// Base carries every request to a tracker; nil: the network as it is.
	Base http.RoundTripper
	// Traces make spans of what is done; nil: none.
	Traces trace.TracerProvider
}

// Open makes everything the configuration asks for. Whatever can be wrong with
// the configuration is found before the store is opened or anything is sent.
func Open(ctx context.Context, cfg *config.Config, o Options) (*Fairlead, error) {
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.Clock == nil {
		o.Clock = machineClock(cfg)
	}
	all, book, err := rulesAndBook(cfg)
	if err != nil {
		return nil, err
	}
	f := &Fairlead{holding: newHolding(cfg, all, book), asked: map[string]time.Time{}, log: o.Log.With(zap.String("component", "daemon")), clock: o.Clock}
	f.traces = tracesInto(o.Traces, o.Clock)
	if err := checkTrends(cfg, book); err != nil {
		return nil, err
	}
	sites := newSites(o.Base, o.Clock, f.traces)
	if f.sources, err = openSources(cfg.Sources, o, sites, func(source string) connectors.Meter { return metered{f, source} }); err != nil {
		return nil, err
	}
	if f.outside, err = openOutside(cfg.Prometheus, o.Base); err != nil {
		return nil, err
	}
	f.posting = newPosting(cfg, o.Base, o.Clock)
	if err := f.openChannels(); err != nil {
		return nil, err
	}
	if f.hooks, err = hooksOf(cfg.Sources); err != nil {
		return nil, err
	}
	if f.store, err = openStore(ctx, cfg.Store); err != nil {
		return nil, err
	}
	sites.shareWith(f.store)
	if err := errors.Join(unfinishedCopy(ctx, f.store), f.setClock(ctx)); err != nil {
		return nil, errors.Join(err, f.store.Close())
	}
	f.warnOfStore(ctx)
	if len(cfg.Feeds) > 0 { // what is known of them until they are fetched
		f.feeds = newFeeds(cfg, webCalendars{o.Base}, o.Log)
		f.readingFeeds(f.feeds.readings())
	}
	if err := f.renew(ctx); err != nil {
		return nil, errors.Join(err, f.store.Close())
	}
	return f, nil
}

// machineClock is the machine's clock; where several machines share a store, set by
// the store's.
func machineClock(cfg *config.Config) Clock {
	if cfg.Store.Redis != nil {
		return &sharedClock{own: SystemClock{}}
	}
	return SystemClock{}
}

// Close ends the use of the store; what was stored stays.
func (f *Fairlead) Close() error {
	f.holding.behind.Wait()
	return f.store.Close()
}

// Summary is what a configuration without mistakes holds.
type Summary struct {
	Sources    int `json:"sources"`
	People     int `json:"people"`
	Teams      int `json:"teams"`
	Rules      int `json:"rules"`
	Agreements int `json:"agreements"` // in force for work that no team owns, as shipped and as the organisation agreed
	// Notes are worth knowing and no mistakes: what is left out that reports
	// would be poorer without.
	Notes []string `json:"notes,omitempty"`
}

// Verify finds whatever can be wrong with a configuration without opening or
// sending anything.
func Verify(cfg *config.Config) (Summary, error) {
	all, book, err := rulesAndBook(cfg)
	if err != nil {
		return Summary{}, err
	}
	if err := checkTrends(cfg, book); err != nil {
		return Summary{}, err
	}
	if _, err := hooksOf(cfg.Sources); err != nil {
		return Summary{}, err
	}
	tried := Fairlead{holding: newHolding(cfg, all, book), clock: SystemClock{}, posting: newPosting(cfg, nil, SystemClock{})}
	if err := tried.openChannels(); err != nil {
		return Summary{}, err
	}
	return Summary{
		Sources: len(cfg.Sources), People: len(cfg.Directory.People()), Teams: len(cfg.Directory.Teams()),
		Rules: len(all), Agreements: len(book.InForce("")), Notes: notesOn(cfg.Directory),
	}, nil
}

// notesOn says what the directory leaves out.
func notesOn(dir *org.Directory) []string {
	teams := dir.Teams()
	if len(teams) == 0 {
		return []string{"there is no team yet, so nobody gets a report: name a file with people and teams under org, such as examples/org.yaml"}
	}
	var out []string
	for i := range teams {
		if len(teams[i].EMs) == 0 {
			out = append(out, fmt.Sprintf("team %s has no EM: rules about its EM notice nothing, and what is for the EM alone reaches nobody; add em: and a person's id to it in the org file", teams[i].ID))
		}
	}
	return out
}

// IsConfigMistake reports whether the configuration has to change before it can
// work.
func IsConfigMistake(err error) bool {
	var m yamlfile.Mistakes
	return errors.As(err, &m)
}

// SchemaKinds lists the files whose JSON Schema can be printed, the main one
// first.
func SchemaKinds() []string { return append(config.Kinds(), "rule") }

// Schema is the JSON Schema of one of fairlead's files.
func Schema(kind string) ([]byte, error) {
	if kind == "rule" {
		return rules.SchemaJSON()
	}
	schema, err := config.Schema(kind)
	if err != nil {
		return nil, fmt.Errorf("there is no schema of %q: choose one of %q", kind, SchemaKinds())
	}
	return schema, nil
}
