package slack

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/fairlead-dev/fairlead/reports"
)

// resolve finds the conversation with a person, which asking for opens.
func (a *delivery) resolve(ctx context.Context) error {
	switch {
	case a.Channel != "":
	case channelID.MatchString(a.c.label):
		a.Channel = a.c.label
	case memberID.MatchString(a.c.label):
		return a.open(ctx, a.c.label)
	case isAddress(a.c.label):
		user, err := a.c.api.GetUserByEmailContext(ctx, a.c.label)
		if err != nil {
			return a.c.inWords(err)
		}
		return a.open(ctx, user.ID)
	}
	return nil
}

func (a *delivery) open(ctx context.Context, member string) error {
	direct, _, _, err := a.c.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{member}})
	if err != nil {
		return a.c.inWords(err)
	}
	a.Channel = direct.ID
	return nil
}

const (
	clockSkew = 10 * time.Minute // by which our clock may be ahead of Slack's
	pageSize  = 200
	mostPages = 50
)

// find asks Slack for the messages of this delivery by their metadata.
func (a *delivery) find(ctx context.Context) error {
	if a.Channel == "" {
		if err := a.named(ctx); err != nil {
			return a.unasked(err)
		}
	}
	if len(a.Posts) == 0 || a.Posts[0].TS == "" {
		if err := a.findMain(ctx); err != nil {
			return a.unasked(err)
		}
	}
	if len(a.Posts) == 0 || a.Posts[0].TS == "" {
		return nil
	}
	err := a.findThread(ctx)
	if slackWord(err) == "thread_not_found" {
		return nil // the next step meets it again, and knows what to do
	}
	return a.unasked(err)
}

// named finds the id of a channel by its name: history wants that.
func (a *delivery) named(ctx context.Context) error {
	p := &slack.GetConversationsParameters{Limit: pageSize, Types: []string{"public_channel", "private_channel"}}
	for range mostPages {
		channels, next, err := a.c.api.GetConversationsContext(ctx, p)
		if err != nil {
			return err
		}
		for i := range channels {
			if "#"+channels[i].Name == a.c.label {
				a.Channel = channels[i].ID
				return nil
			}
		}
		if next == "" {
			break
		}
		p.Cursor = next
	}
	return slack.SlackErrorResponse{Err: "channel_not_found"}
}

func (a *delivery) findMain(ctx context.Context) error {
	from := a.d.At.Add(-clockSkew)
	p := &slack.GetConversationHistoryParameters{
		ChannelID: a.Channel, Oldest: strconv.FormatInt(from.Unix(), 10) + ".000000", Limit: pageSize, Inclusive: true, IncludeAllMetadata: true,
	}
	for range mostPages {
		page, err := a.c.api.GetConversationHistoryContext(ctx, p)
		if err != nil {
			return err
		}
		for i := range page.Messages {
			a.recognise(&page.Messages[i].Msg)
		}
		if page.ResponseMetaData.NextCursor == "" {
			return nil
		}
		p.Cursor = page.ResponseMetaData.NextCursor
	}
	return errTooMany
}

var errTooMany = errors.New("more was written in the channel since than can be looked through")

func (a *delivery) findThread(ctx context.Context) error {
	p := &slack.GetConversationRepliesParameters{ChannelID: a.Channel, Timestamp: a.Posts[0].TS, Limit: pageSize, IncludeAllMetadata: true}
	for range mostPages {
		messages, _, next, err := a.c.api.GetConversationRepliesContext(ctx, p)
		if err != nil {
			return err
		}
		for i := range messages {
			a.recognise(&messages[i].Msg)
		}
		if next == "" {
			return nil
		}
		p.Cursor = next
	}
	return errTooMany
}

// recognise takes a message for ours if it says so.
func (a *delivery) recognise(m *slack.Msg) {
	for i := range m.Files {
		digest, is := strings.CutPrefix(strings.TrimSuffix(m.Files[i].Name, ".png"), "fairlead-"+a.d.ID+"-")
		if is && a.Picture == nil {
			a.Picture = &shared{ID: m.Files[i].ID, Digest: digest}
		}
	}
	payload := m.Metadata.EventPayload
	part, numbered := payload["part"].(float64)
	if m.Metadata.EventType != eventType || payload["delivery"] != a.d.ID || !numbered || part < 0 || part > 99 {
		return
	}
	for len(a.Posts) <= int(part) {
		a.Posts = append(a.Posts, posted{})
	}
	if at := &a.Posts[int(part)]; at.TS == "" {
		digest, _ := payload["digest"].(string)
		*at = posted{TS: m.Timestamp, Digest: digest}
	}
}

// unasked says that Slack could not be asked what arrived. Where only a person
// can mend that, it is theirs to decide too: sent again it might stand there
// twice, and not sent not at all.
func (a *delivery) unasked(err error) error {
	if err == nil {
		return nil
	}
	said := err
	if !errors.Is(err, errTooMany) {
		said = a.c.inWords(err)
		if !reports.IsRefusal(said) {
			return said
		}
	}
	fix := ""
	if refusal := (*reports.Refusal)(nil); errors.As(said, &refusal) {
		said, fix = refusal.Err, refusal.Fix+"; or "
	}
	a.Unsure, a.Looked = false, false
	err = &reports.Refusal{
		Err: fmt.Errorf("it may have arrived: an attempt ended without a word, and Slack cannot be asked: %w", said),
		Fix: fix + "look there whether the report has arrived, and only if it has not, send it again with fairlead deliveries retry",
	}
	return errors.Join(err, a.note())
}
