package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// SlackScopes are those that an app of ours is given, as docs/channels.md lists them.
func SlackScopes() []string {
	return []string{"chat:write", "chat:write.public", "channels:read", "channels:history", "groups:read", "groups:history",
		"im:write", "im:history", "users:read", "users:read.email", "files:write"}
}

// SlackOptions say who may ask a workspace, and for what. The zero value grants
// SlackScopes to the token xoxb-demo.
type SlackOptions struct {
	// Token is the bot's; empty: xoxb-demo.
	Token string
	// Scopes of the bot; nil: SlackScopes.
	Scopes []string
	// Start is the workspace's clock when it opens; it moves on by a second with
	// each message. Zero: 16 November 2026, 8:00 UTC.
	Start time.Time
}

// Slack is a workspace that speaks Slack's Web API below /api/, takes uploads,
// and has incoming webhooks. Messages are checked against Slack's own types and
// against the limits that its documentation names, and refused as Slack refuses
// them. It is safe for concurrent use.
type Slack struct {
	o SlackOptions

	mu       sync.Mutex
	channels []*slackChannel
	people   []slackPerson
	files    map[string]*slackFile
	clock    time.Time
	last     int
	hidden   int // how many of the latest messages history does not tell yet
	revoked  string
	frozen   bool // messages cannot be edited
}

type slackChannel struct {
	id, name string
	private  bool
	member   bool // whether the bot is
	archived bool
	locked   bool // only some may post
	direct   string
	hook     string
	messages []*slackMessage
}

type slackPerson struct{ id, name, email string }

type slackMessage struct {
	ts, thread string
	text       string
	blocks     json.RawMessage
	metadata   json.RawMessage
	edited     bool
	files      []*slackFile
	pings      []string
	hook       bool // came by an incoming webhook
}

type slackFile struct {
	id, name, title, alt string
	size                 int
	content              []byte
	shared               bool
}

// NewSlack opens a workspace with the public channel #general, which the bot is in.
func NewSlack(o SlackOptions) *Slack {
	o.Token = cmp.Or(o.Token, "xoxb-demo")
	if o.Scopes == nil {
		o.Scopes = SlackScopes()
	}
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC)
	}
	s := &Slack{o: o, clock: o.Start, files: map[string]*slackFile{}}
	s.AddChannel("general")
	return s
}

func (s *Slack) id(kind string) string {
	s.last++
	return fmt.Sprintf("%s%08d", kind, s.last)
}

// AddChannel makes a public channel with the bot in it; its id is returned.
func (s *Slack) AddChannel(name string) string { return s.add(&slackChannel{name: name, member: true}) }

// AddPrivate makes a private channel with the bot in it.
func (s *Slack) AddPrivate(name string) string {
	return s.add(&slackChannel{name: name, member: true, private: true})
}

func (s *Slack) add(c *slackChannel) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.id = s.id("C")
	s.channels = append(s.channels, c)
	return c.id
}

// AddPerson makes a member of the workspace.
func (s *Slack) AddPerson(name, email string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := slackPerson{id: s.id("U"), name: name, email: email}
	s.people = append(s.people, p)
	return p.id
}

// change does something to a channel, known by id or name.
func (s *Slack) change(channel string, do func(c *slackChannel)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.find(channel); c != nil {
		do(c)
	}
}

// Archive archives a channel.
func (s *Slack) Archive(channel string) {
	s.change(channel, func(c *slackChannel) { c.archived = true })
}

// Leave takes the bot out of a channel.
func (s *Slack) Leave(channel string) { s.change(channel, func(c *slackChannel) { c.member = false }) }

// Lock lets only administrators post in a channel.
func (s *Slack) Lock(channel string) { s.change(channel, func(c *slackChannel) { c.locked = true }) }

// Remove deletes a message as a person would.
func (s *Slack) Remove(channel, ts string) {
	s.change(channel, func(c *slackChannel) {
		c.messages = slices.DeleteFunc(c.messages, func(m *slackMessage) bool { return m.ts == ts })
	})
}

// Hook makes an incoming webhook for a channel; its path is returned, which is
// its secret too.
func (s *Slack) Hook(channel string) string {
	path := ""
	s.change(channel, func(c *slackChannel) {
		c.hook = "/services/T00000001/B00000001/" + strings.ReplaceAll(uuid("hook", c.id), "-", "")[:24]
		path = c.hook
	})
	return path
}

// Unhook takes a channel's incoming webhook away.
func (s *Slack) Unhook(channel string) { s.change(channel, func(c *slackChannel) { c.hook = "" }) }

// Revoke ends the token; from then on every request is answered with the error:
// token_revoked, invalid_auth, account_inactive …
func (s *Slack) Revoke(why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = why
}

// Lag lets history not tell the latest n messages, until it is asked for 0.
func (s *Slack) Lag(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hidden = n
}

// Freeze forbids to edit messages, as a workspace may.
func (s *Slack) Freeze() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frozen = true
}

// SlackMessage is a message as people see it.
type SlackMessage struct {
	TS, Thread string // Thread is the message it answers; empty at the top
	Text       string
	Blocks     json.RawMessage
	Metadata   json.RawMessage
	Edited     bool
	Files      []SlackFile
	// Pings are who is called: channel, here, everyone, or ids.
	Pings []string
}

// SlackFile is a file that was shared.
type SlackFile struct {
	Name, Title, Alt string
	Content          []byte
}

// Messages are those in a channel, known by id or name, threads included, in the
// order they were written; a person's e-mail address stands for the bot's
// direct messages to them.
func (s *Slack) Messages(channel string) []SlackMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.find(channel)
	if c == nil {
		return nil
	}
	var out []SlackMessage
	for _, m := range c.messages {
		one := SlackMessage{TS: m.ts, Thread: m.thread, Text: m.text, Blocks: m.blocks, Metadata: m.metadata, Edited: m.edited, Pings: m.pings}
		for _, f := range m.files {
			one.Files = append(one.Files, SlackFile{Name: f.name, Title: f.title, Alt: f.alt, Content: f.content})
		}
		out = append(out, one)
	}
	return out
}

func (s *Slack) find(channel string) *slackChannel {
	for _, c := range s.channels {
		if c.id == channel || c.name != "" && (c.name == channel || "#"+c.name == channel) || c.direct != "" && s.emailOf(c.direct) == channel {
			return c
		}
	}
	return nil
}

func (s *Slack) emailOf(id string) string {
	for _, p := range s.people {
		if p.id == id {
			return p.email
		}
	}
	return ""
}

// ServeHTTP implements http.Handler.
func (s *Slack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/"):
		s.api(w, r, strings.TrimPrefix(r.URL.Path, "/api/"))
	case strings.HasPrefix(r.URL.Path, "/upload/"):
		s.upload(w, r)
	case strings.HasPrefix(r.URL.Path, "/services/"):
		s.webhook(w, r)
	default:
		http.NotFound(w, r)
	}
}

// LoseAnswer lets a request do what it does and drops the connection instead of
// answering.
func LoseAnswer(next http.Handler) http.Handler {
	return rewritten(func(http.ResponseWriter, *answer) { panic(http.ErrAbortHandler) })(next)
}
