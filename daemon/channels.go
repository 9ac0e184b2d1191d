package daemon

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/email"
	"github.com/fairlead-dev/fairlead/reports/file"
	"github.com/fairlead-dev/fairlead/reports/slack"
	"github.com/fairlead-dev/fairlead/reports/webhook"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// media makes the channel of each kind of place: a new vendor is a folder and a
// line here.
var media = map[config.Medium]medium{
	config.ToFile:    {open: openFile, atOnce: 2, timeout: time.Minute, again: rewrites},
	config.ToSlack:   {open: openSlack, atOnce: 4, timeout: 2 * time.Minute, again: slackAgain},
	config.ToEmail:   {open: openEmail, atOnce: 4, timeout: 2 * time.Minute, again: sentAgain, shared: true, newEachTime: true},
	config.ToWebhook: {open: openWebhook, atOnce: 4, timeout: time.Minute, again: sentAgain},
}

// medium is what holds for all channels of a kind.
type medium struct {
	open    func(at *route, o senders) (reports.Channel, error)
	atOnce  int           // how many may be delivered to at a time
	timeout time.Duration // of one attempt
	again   func(at *route) again
	// shared says that all channels of the kind hang by one server, so that where
	// one does not answer the others do not either.
	shared bool
	// newEachTime says that what a person has sent once more, after it had arrived,
	// is known by a name of its own: programs take one that they know for a
	// repetition, and show nothing.
	newEachTime bool
}

// again is what delivering a second time does.
type again int

const (
	// repeats: the reader gets it twice, so that only a person has it sent again.
	repeats again = iota
	// replaces: what was delivered is corrected in its place, when somebody asks.
	replaces
	// follows: what was delivered is corrected whenever the report changed.
	follows
)

func rewrites(*route) again { return follows }

func sentAgain(*route) again { return repeats }

// slackAgain is what an app can do, and an incoming webhook cannot.
func slackAgain(at *route) again {
	if at.from.Address.IsZero() {
		return replaces
	}
	return repeats
}

// senders is what channels are opened with.
type senders struct {
	cfg  *config.Config
	base http.RoundTripper // carries requests; nil: the network as it is
	now  func() time.Time
}

func openFile(at *route, _ senders) (reports.Channel, error) {
	formats := make([]reports.Format, len(at.from.Formats))
	for i, name := range at.from.Formats {
		formats[i] = reports.Format(name)
	}
	return file.New(at.from.Folder, formats...)
}

func openSlack(at *route, o senders) (reports.Channel, error) {
	if !at.from.Address.IsZero() {
		return slack.New(slack.Options{WebhookURL: at.from.Address.Reveal(), Base: o.base})
	}
	return slack.New(slack.Options{Token: o.cfg.Slack.Token.Reveal(), Channel: at.from.Room, URL: o.cfg.Slack.URL, Base: o.base})
}

func openEmail(at *route, o senders) (reports.Channel, error) {
	m := o.cfg.Mail
	return email.New(email.Options{
		Server: m.Server, Security: email.Security(m.Security), User: m.User, Password: m.Password.Reveal(),
		From: m.From.String(), To: at.address(), ToName: at.person.Name, Unsubscribe: m.Unsubscribe,
	})
}

func openWebhook(at *route, o senders) (reports.Channel, error) {
	return webhook.New(webhook.Options{
		URL: at.from.Address.Reveal(), Secret: at.from.Secret.Reveal(), Name: strings.TrimPrefix(at.channel, "webhook:"), Base: o.base, Now: o.now,
	})
}

// switchboard keeps the channels that were opened.
type switchboard struct {
	senders
	media map[config.Medium]medium
	mu    sync.Mutex
	open  map[string]reports.Channel
}

func newSwitchboard(cfg *config.Config, base http.RoundTripper, clock Clock) *switchboard {
	return &switchboard{senders: senders{cfg, base, clock.Now}, media: media, open: map[string]reports.Channel{}}
}

// channel is where a route leads.
func (s *switchboard) channel(at *route) (reports.Channel, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := at.channel + "\n" + strings.Join(at.from.Formats, "\n") // one folder may hold other forms for other readers
	if c, known := s.open[name]; known {
		return c, nil
	}
	kind, known := s.media[at.from.Medium]
	if !known {
		return nil, fmt.Errorf("%s: this fairlead has no channel of the kind %q", at.from.Where, at.from.Medium)
	}
	c, err := kind.open(at, s.senders)
	if err != nil {
		text, hint, _ := strings.Cut(err.Error(), "\n\t")
		return nil, yamlfile.Mistakes{{Place: at.from.Where, Text: text, Hint: hint}}
	}
	s.open[name] = c
	return c, nil
}

// posting is all that deliveries need beside the store.
type posting struct {
	switchboard *switchboard
	lanes       *lanes
	meters      *meters
	onStep      func(step string) // of tests
}

func newPosting(cfg *config.Config, base http.RoundTripper, clock Clock) posting {
	return posting{switchboard: newSwitchboard(cfg, base, clock), lanes: newLanes(), meters: newMeters()}
}

// reached tells a test how far a delivery has come.
func (p *posting) reached(name string) {
	if p.onStep != nil {
		p.onStep(name)
	}
}

// openChannels opens every channel that a report may go to now, so that what is
// wrong with one is found before anything is sent. Those of people who come
// later are opened when they are needed.
func (f *Fairlead) openChannels() error {
	routes, err := f.routes(f.clock.Now())
	if err != nil {
		return err
	}
	for i := range routes {
		if _, err := f.switchboard.channel(&routes[i]); err != nil {
			return err
		}
	}
	return nil
}

// secrets are those of the configuration.
func (f *Fairlead) secrets() []config.Secret {
	out := []config.Secret{f.cfg().Slack.Token, f.cfg().Mail.Password, f.cfg().Prometheus.Token, f.cfg().Prometheus.Password}
	for i := range f.cfg().Reports {
		out = append(out, f.cfg().Reports[i].Secret)
		if !f.cfg().Reports[i].AddressWritten {
			out = append(out, f.cfg().Reports[i].Address)
		}
	}
	for i := range f.cfg().Sources {
		out = append(out, f.cfg().Sources[i].Token, f.cfg().Sources[i].WebhookSecret, f.cfg().Sources[i].OAuth.ClientSecret)
	}
	return out
}
