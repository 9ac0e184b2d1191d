// Package slack is the report channel to one Slack channel or to one person
// there: a message that fits a phone, the details in its thread, the picture
// beside them. With a bot token a correction changes the messages in place, and
// after a crash Slack is asked what arrived, so that a report stands there once.
// An incoming webhook can do neither; it gets the message without a thread.
//
// What people wrote stands in rich text and plain text, which Slack does not
// parse: nothing in a ticket becomes a mention, a link or formatting.
package slack

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/fairlead-dev/fairlead/reports"
)

// Options say who posts, and where. Either Token or WebhookURL is set.
type Options struct {
	// Token of the app's bot: xoxb-…
	Token string
	// WebhookURL of an incoming webhook, which posts to one channel.
	WebhookURL string
	// Channel is #name, an id like C0123ABCD or, for a direct message, a person's
	// member id like U0123ABCD or their e-mail address. With a webhook it only
	// names the channel.
	Channel string
	// URL of the Web API; empty: Slack's.
	URL string
	// Base sends the requests; nil: http.DefaultTransport.
	Base http.RoundTripper
	// Timeout bounds one request; 0: 30 seconds.
	Timeout time.Duration
}

// Channel posts to one place. Token and webhook stand behind functions, where no
// way of printing the channel finds them.
type Channel struct {
	label    string // #payments, an id, an address; for people
	api      *slack.Client
	client   *http.Client
	webhook  func() string // nil with a token
	secret   func() string
	pictures func(reports.Report) ([]reports.Picture, error)
}

var _ reports.Channel = (*Channel)(nil)

// New makes a channel, or says what is wrong with the options.
func New(o Options) (*Channel, error) {
	client := &http.Client{
		Transport:     o.Base,
		Timeout:       cmp.Or(o.Timeout, 30*time.Second),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // it would take the token along
	}
	c := &Channel{client: client, label: o.Channel, pictures: pictures, secret: func() string { return cmp.Or(o.Token, o.WebhookURL) }}
	switch {
	case o.Token == "" && o.WebhookURL == "":
		return nil, errors.New("slack: neither a token nor a webhook\n\tname the bot token of an app (docs/channels.md says how to make one)")
	case o.Token != "" && o.WebhookURL != "":
		return nil, errors.New("slack: both a token and a webhook\n\tleave the webhook out: the token can do more")
	case o.WebhookURL != "":
		return c, c.setWebhook(o)
	}
	return c, c.setToken(o)
}

func (c *Channel) setToken(o Options) error {
	switch {
	case strings.HasPrefix(o.Token, "xapp-"), strings.HasPrefix(o.Token, "http"), strings.ContainsFunc(o.Token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return errors.New("slack: that is no bot token\n\ta bot token begins with xoxb-; it stands under OAuth & Permissions of the app")
	case !fitChannel(o.Channel):
		return fmt.Errorf("slack: no channel %q\n\twrite #payments, an id like C0123ABCD or, for a direct message, a person's member id like U0123ABCD or their e-mail address", reports.Heard(o.Channel))
	}
	base := cmp.Or(o.URL, slack.APIURL)
	if u, err := url.Parse(base); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("slack: the address of the Web API is none\n\tleave it out for Slack itself")
	}
	c.api = slack.New(o.Token, slack.OptionHTTPClient(c.client), slack.OptionAPIURL(strings.TrimSuffix(base, "/")+"/"))
	return nil
}

func (c *Channel) setWebhook(o Options) error {
	u, err := url.Parse(o.WebhookURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return errors.New("slack: the address of the webhook is none\n\tit looks like https://hooks.slack.com/services/…")
	}
	if o.Channel != "" && !fitChannel(o.Channel) {
		return fmt.Errorf("slack: no channel %q\n\twrite the name of the channel that the webhook posts to, like #payments", reports.Heard(o.Channel))
	}
	sum := sha256.Sum256([]byte(o.WebhookURL))
	c.label = cmp.Or(o.Channel, "webhook "+hex.EncodeToString(sum[:4]))
	c.webhook = func() string { return o.WebhookURL }
	return nil
}

var (
	channelName = regexp.MustCompile(`^#[^\s#<>&@|,:\x00-\x1f\x7f]{1,80}$`)
	channelID   = regexp.MustCompile(`^[CGD][A-Z0-9]{6,20}$`)
	memberID    = regexp.MustCompile(`^[UW][A-Z0-9]{6,20}$`)
)

func fitChannel(s string) bool {
	return channelName.MatchString(s) || channelID.MatchString(s) || memberID.MatchString(s) || isAddress(s)
}

func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

// Name is the channel as the configuration writes it.
func (c *Channel) Name() string { return "slack:" + c.label }

// Preview is what would be posted: the message, its thread, and a page that
// shows both roughly as Slack does.
func (c *Channel) Preview(d reports.Delivery) (reports.Preview, error) {
	m, err := c.message(d.Report)
	if err != nil {
		return reports.Preview{}, err
	}
	p := reports.Preview{To: []string{c.label}}
	add := func(name, kind string, content []byte) {
		p.Parts = append(p.Parts, reports.Part{Name: name, Type: kind, Content: content})
	}
	posts, err := m.encoded(d.ID, c.webhook == nil)
	if err != nil {
		return reports.Preview{}, err
	}
	add("message.json", "application/json", posts[0])
	if len(posts) > 1 {
		add("thread.json", "application/json", list(posts[1:]))
	}
	if m.Picture != nil {
		add(m.fileName(d.ID), "image/png", m.Picture.PNG)
	}
	var page strings.Builder
	if err := PreviewPage(&page, m); err != nil {
		return reports.Preview{}, err
	}
	add("message.html", "text/html; charset=utf-8", []byte(page.String()))
	return p, nil
}

// message lays the report out; a webhook takes no thread and no picture.
func (c *Channel) message(r reports.Report) (Message, error) {
	m := NewMessage(r)
	if c.webhook != nil {
		return newLoneMessage(r), nil
	}
	all, err := c.pictures(r)
	if err != nil {
		return Message{}, fmt.Errorf("picture of %s, %s: %w", r.Team.ID, r.Week.ID, err)
	}
	if len(all) > 0 {
		m.Picture = &all[0]
	}
	return m, nil
}

// pictures are those of the mail, of which Slack shows the first.
func pictures(r reports.Report) ([]reports.Picture, error) {
	m, err := reports.NewMail(r)
	return m.Pictures, err
}
