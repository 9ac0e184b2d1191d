package simulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// stamp is the next message's name: the moment it was written.
func (s *Slack) stamp() string {
	s.clock = s.clock.Add(time.Second)
	s.last++
	return fmt.Sprintf("%d.%06d", s.clock.Unix(), s.last)
}

// draft reads and checks a message.
func (s *Slack) draft(c slackCall) (*slackMessage, slackError) {
	m := &slackMessage{text: c.arg("text"), thread: c.arg("thread_ts")}
	if b := c.arg("blocks"); b != "" {
		m.blocks = json.RawMessage(b)
	}
	if md := c.arg("metadata"); md != "" {
		m.metadata = json.RawMessage(md)
	}
	if e := checkSlackMessage(m.text, m.blocks, m.metadata); e.word != "" {
		return nil, e
	}
	m.pings = slackPings(m.text, m.blocks, c.yes("link_names") || c.arg("parse") == "full")
	return m, slackError{}
}

func (s *Slack) postMessage(c slackCall) (obj, slackError) {
	ch, e := s.writable(c)
	if e.word != "" {
		return nil, e
	}
	m, e := s.draft(c)
	if e.word != "" {
		return nil, e
	}
	if m.thread != "" && ch.message(m.thread) == nil {
		return nil, wrong("thread_not_found")
	}
	return s.put(ch, m), slackError{}
}

func (s *Slack) put(ch *slackChannel, m *slackMessage) obj {
	m.ts = s.stamp()
	ch.messages = append(ch.messages, m)
	return obj{"channel": ch.id, "ts": m.ts, "message": m.wire(true)}
}

func (ch *slackChannel) message(ts string) *slackMessage {
	for _, m := range ch.messages {
		if m.ts == ts {
			return m
		}
	}
	return nil
}

// own finds a message of the bot by channel id and name.
func (s *Slack) own(c slackCall) (*slackChannel, *slackMessage, slackError) {
	ch := s.find(c.arg("channel"))
	if ch == nil || ch.id != c.arg("channel") {
		return nil, nil, wrong("channel_not_found")
	}
	m := ch.message(c.arg("ts"))
	switch {
	case m == nil:
		return nil, nil, wrong("message_not_found")
	case m.hook:
		return nil, nil, wrong("cant_update_message")
	case ch.archived:
		return nil, nil, wrong("is_archived")
	}
	return ch, m, slackError{}
}

func (s *Slack) updateMessage(c slackCall) (obj, slackError) {
	ch, m, e := s.own(c)
	if e.word != "" {
		return nil, e
	}
	if s.frozen {
		return nil, wrong("edit_window_closed")
	}
	next, e := s.draft(c)
	if e.word != "" {
		return nil, e
	}
	m.text, m.blocks, m.pings, m.edited = next.text, next.blocks, nil, true // an edit calls nobody
	if next.metadata != nil {
		m.metadata = next.metadata
	}
	return obj{"channel": ch.id, "ts": m.ts, "text": m.text}, slackError{}
}

func (s *Slack) deleteMessage(c slackCall) (obj, slackError) {
	ch, m, e := s.own(c)
	if e.word != "" {
		return nil, e
	}
	ch.messages = slices.DeleteFunc(ch.messages, func(o *slackMessage) bool { return o == m })
	return obj{"channel": ch.id, "ts": m.ts}, slackError{}
}

func (s *Slack) permalink(c slackCall) (obj, slackError) {
	ch := s.find(c.arg("channel"))
	if ch == nil || ch.message(c.arg("message_ts")) == nil {
		return nil, wrong("message_not_found")
	}
	return obj{"channel": ch.id, "permalink": "https://acme.slack.com/archives/" + ch.id + "/p" + c.arg("message_ts")}, slackError{}
}

// wire is the message as the API tells it.
func (m *slackMessage) wire(metadata bool) obj {
	o := obj{"type": "message", "ts": m.ts, "text": m.text, "bot_id": "B00000000", "user": "U00000000"}
	if m.thread != "" {
		o["thread_ts"] = m.thread
	}
	if m.blocks != nil {
		o["blocks"] = m.blocks
	}
	if metadata && m.metadata != nil {
		o["metadata"] = m.metadata
	}
	if m.edited {
		o["edited"] = obj{"user": "U00000000", "ts": m.ts}
	}
	if len(m.files) > 0 {
		var files []obj
		for _, f := range m.files {
			files = append(files, obj{"id": f.id, "name": f.name, "title": f.title, "mimetype": "image/png", "size": f.size})
		}
		o["files"], o["subtype"] = files, "file_share"
	}
	return o
}
