package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"github.com/fairlead-dev/fairlead/reports"
)

// progress is the channel's own note of how far a delivery came; it stands in
// Receipt.Ref.
type progress struct {
	Channel string `json:"channel,omitempty"` // id
	// Posts that stand in Slack, the message first; without a TS one is not known
	// to be there.
	Posts   []posted `json:"posts,omitempty"`
	Picture *shared  `json:"picture,omitempty"`
	// Bare says why the picture is not there.
	Bare string `json:"bare,omitempty"`
	// Unsure is set while a post may have arrived that Posts does not know of,
	// Looked once Slack was asked and did not know of it either.
	Unsure bool `json:"unsure,omitempty"`
	Looked bool `json:"looked,omitempty"`
	// Gone is set when a person deleted the message: it is not posted again.
	Gone bool `json:"gone,omitempty"`
}

type posted struct {
	TS     string `json:"ts,omitempty"`
	Digest string `json:"digest,omitempty"`
}

type shared struct {
	ID     string `json:"id"`
	Digest string `json:"digest"`
}

// delivery is one attempt.
type delivery struct {
	c      *Channel
	d      reports.Delivery
	m      Message
	record func(reports.Receipt) error
	progress
}

// Deliver posts, changes or completes the report's messages, one step after the
// other, each recorded before the next.
func (c *Channel) Deliver(ctx context.Context, d reports.Delivery, record func(reports.Receipt) error) (reports.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return d.Earlier, fmt.Errorf("post to %s: %w", c.label, err)
	}
	m, err := c.message(d.Report)
	if err != nil {
		return d.Earlier, err
	}
	if d.Earlier.Digest == m.digest() {
		return d.Earlier, nil
	}
	a := &delivery{c: c, d: d, m: m, record: record}
	if d.Earlier.Ref != "" {
		if err := json.Unmarshal([]byte(d.Earlier.Ref), &a.progress); err != nil {
			return d.Earlier, fmt.Errorf("post to %s: the note of the last attempt cannot be read: %w", c.label, err)
		}
	}
	deliver := a.byBot
	if c.webhook != nil {
		deliver = a.byWebhook
	}
	if err := deliver(ctx); err != nil {
		return a.receipt(""), fmt.Errorf("post to %s: %w", c.label, err)
	}
	done := a.receipt(m.digest())
	return done, record(done)
}

// receipt is what is known by now; with a digest everything is done.
func (a *delivery) receipt(digest string) reports.Receipt {
	ref, err := json.Marshal(a.progress)
	if err != nil {
		panic(err) // strings and booleans
	}
	place := a.c.label
	switch {
	case a.c.webhook != nil:
		place += ", delivery " + a.d.ID // which message that is, a webhook does not learn
	case len(a.Posts) > 0 && a.Posts[0].TS != "":
		place += ", message " + a.Posts[0].TS
	}
	switch {
	case a.Gone:
		place += " (somebody deleted it there, and it stays so)"
	case a.Bare != "":
		place += " (without its picture: " + a.Bare + ")"
	}
	return reports.Receipt{Place: place, Ref: string(ref), Digest: digest}
}

func (a *delivery) note() error { return a.record(a.receipt("")) }

func (a *delivery) byBot(ctx context.Context) error {
	if a.Gone {
		return nil
	}
	if err := a.resolve(ctx); err != nil {
		return err
	}
	if a.d.Unsure || a.Unsure {
		if err := a.look(ctx); err != nil {
			return err
		}
	}
	err := a.post(ctx)
	if errors.Is(err, errGone) {
		a.Gone = true
		return nil
	}
	return err
}

// errGone says that a person deleted the message that everything hangs on.
var errGone = errors.New("the message was deleted in Slack")

func (a *delivery) post(ctx context.Context) error {
	for i, p := range a.m.posts() {
		if err := a.step(ctx, i, p); err != nil {
			return err
		}
	}
	if err := a.withdraw(ctx); err != nil {
		return err
	}
	return a.picture(ctx)
}

// step brings one message to what it should say.
func (a *delivery) step(ctx context.Context, i int, p Post) error {
	for len(a.Posts) <= i {
		a.Posts = append(a.Posts, posted{})
	}
	at := &a.Posts[i]
	switch {
	case at.TS != "" && at.Digest == p.digest():
		return nil
	case at.TS != "":
		return a.change(ctx, i, p)
	}
	if a.Unsure { // what was looked for is not there: from here on it may be again
		a.Looked = false
		if err := a.note(); err != nil {
			return err
		}
	}
	options := append(a.options(i, p), slack.MsgOptionPost())
	if i > 0 {
		options = append(options, slack.MsgOptionTS(a.Posts[0].TS))
	}
	channel, ts, err := a.c.api.PostMessageContext(ctx, a.where(), options...)
	if err != nil {
		return a.lost(err, i)
	}
	if ts == "" {
		return a.lost(errNoStamp, i)
	}
	a.Channel, *at = cmp.Or(a.Channel, channel), posted{TS: ts, Digest: p.digest()}
	a.Unsure, a.Looked = false, false
	return a.note()
}

var errNoStamp = errors.New("the answer names no message")

// where is the channel to post to: its id once that is known.
func (a *delivery) where() string { return cmp.Or(a.Channel, a.c.label) }

// options are what a post holds and how Slack is to take it: nothing is looked
// for in its text and nothing unfolds.
func (a *delivery) options(part int, p Post) []slack.MsgOption {
	return []slack.MsgOption{
		slack.MsgOptionText(p.Text, false), // escaped already
		slack.MsgOptionBlocks(p.Blocks...),
		slack.MsgOptionMetadata(p.metadata(a.d.ID, part)),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
		slack.MsgOptionDisableMarkdown(),
		slack.MsgOptionParse(false),
		slack.MsgOptionLinkNames(false),
	}
}

// change edits a message in place, which may be repeated safely.
func (a *delivery) change(ctx context.Context, i int, p Post) error {
	_, _, _, err := a.c.api.UpdateMessageContext(ctx, a.Channel, a.Posts[i].TS, a.options(i, p)...)
	switch word := slackWord(err); {
	case word == "message_not_found" && i == 0:
		return errGone
	case word == "message_not_found":
		// Somebody deleted this part of the thread; it stays so.
	case err != nil:
		return a.c.inWords(err)
	}
	a.Posts[i].Digest = p.digest()
	return a.note()
}

// withdraw deletes what a correction no longer says.
func (a *delivery) withdraw(ctx context.Context) error {
	for want := len(a.m.posts()); len(a.Posts) > want; {
		last := a.Posts[len(a.Posts)-1]
		if last.TS != "" {
			_, _, err := a.c.api.DeleteMessageContext(ctx, a.Channel, last.TS)
			if err != nil && slackWord(err) != "message_not_found" {
				return a.c.inWords(err)
			}
		}
		a.Posts = a.Posts[:len(a.Posts)-1]
		if err := a.note(); err != nil {
			return err
		}
	}
	return nil
}

// lost notes that a post may have arrived, unless Slack said that it did not.
func (a *delivery) lost(err error, part int) error {
	if part > 0 && slackWord(err) == "thread_not_found" {
		return errGone
	}
	said := a.c.inWords(err)
	if refusedClearly(err) {
		return said
	}
	a.Unsure, a.Looked = true, false
	return errors.Join(fmt.Errorf("%w; whether the message arrived is not known, so Slack is asked before the next attempt", said), a.note())
}

// secondLook is how long to wait before Slack is asked again whether it knows of
// a message: it may take a moment until history tells of one.
const secondLook = 45 * time.Second

// look asks Slack what arrived. What is not there is looked for a second time,
// a while later, before it is posted again.
func (a *delivery) look(ctx context.Context) error {
	if err := a.find(ctx); err != nil {
		return err
	}
	if a.complete() {
		a.Unsure, a.Looked = false, false
		return nil
	}
	a.Unsure = true
	if a.Looked {
		return nil
	}
	a.Looked = true
	if err := a.note(); err != nil {
		return err
	}
	return reports.Later(errors.New("an attempt ended without a word whether it arrived, and Slack does not show it yet; it is looked for once more before it is sent again"), secondLook)
}

// complete reports whether everything that is to stand there is there.
func (a *delivery) complete() bool {
	for i := range a.m.posts() {
		if i >= len(a.Posts) || a.Posts[i].TS == "" {
			return false
		}
	}
	return a.m.Picture == nil || a.Picture != nil || a.Bare != ""
}
