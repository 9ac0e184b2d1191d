package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/slack-go/slack"

	"github.com/fairlead-dev/fairlead/reports"
)

// byWebhook posts through an incoming webhook, which answers with ok and tells
// nothing of what stands in the channel: no correction, no thread, no question
// after a crash.
func (a *delivery) byWebhook(ctx context.Context) error {
	if len(a.Posts) > 0 {
		return nil // delivered; a correction cannot be
	}
	if a.d.Unsure {
		return a.undecided(errors.New("an attempt ended without a word"))
	}
	off := false
	err := slack.PostWebhookCustomHTTPContext(ctx, a.c.webhook(), a.c.client, &slack.WebhookMessage{
		Text: a.m.Main.Text, Blocks: &slack.Blocks{BlockSet: a.m.Main.Blocks}, UnfurlLinks: &off, UnfurlMedia: &off,
	})
	var status slack.StatusCodeError
	switch {
	case err == nil:
		a.Posts = []posted{{Digest: a.m.Main.digest()}}
		return nil
	case refusedClearly(err) && errors.As(err, &status):
		return a.c.unhooked(status.Code)
	case refusedClearly(err):
		return a.c.inWords(err)
	}
	return a.undecided(a.c.inWords(err))
}

// undecided leaves it to a person: posted again it might stand there twice, and
// not posted not at all. It is noted, so that an attempt that somebody asks for
// then is made.
func (a *delivery) undecided(why error) error {
	return errors.Join(&reports.Refusal{
		Err:    fmt.Errorf("it may have arrived: %w, and an incoming webhook cannot be asked", why),
		Fix:    "look in the channel whether the report has arrived, and only if it has not, send it again with fairlead deliveries retry; a bot token lets fairlead look itself",
		Unsure: true,
	}, a.note())
}

// unhooked says what is wrong with a webhook by its status.
func (c *Channel) unhooked(code int) error {
	said := fmt.Errorf("the webhook answered %d %s", code, http.StatusText(code))
	fix := "make a new webhook in the app's settings and use its address"
	switch code {
	case http.StatusGone:
		fix = "the channel of the webhook is archived: bring it back, or make a webhook for another one"
	case http.StatusForbidden:
		fix = "let the app post in the channel of the webhook, or make a webhook for another one"
	case http.StatusBadRequest:
		fix = "this is a mistake in fairlead: please report it, with the message that fairlead report --to slack --dry-run shows"
	}
	return &reports.Refusal{Err: said, Fix: fix}
}
