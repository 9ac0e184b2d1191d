package simulator

import (
	"slices"
	"strconv"
	"strings"
)

// told are the messages of a channel that history tells of yet.
func (s *Slack) told(ch *slackChannel) []*slackMessage {
	return ch.messages[:max(0, len(ch.messages)-s.hidden)]
}

func (s *Slack) history(c slackCall) (obj, slackError) {
	ch, e := s.readable(c)
	if e.word != "" {
		return nil, e
	}
	var found []*slackMessage
	for _, m := range slices.Backward(s.told(ch)) { // the newest first
		if m.thread == "" && c.covers(m.ts) {
			found = append(found, m)
		}
	}
	return s.page(found, c)
}

func (s *Slack) replies(c slackCall) (obj, slackError) {
	ch, e := s.readable(c)
	if e.word != "" {
		return nil, e
	}
	parent := ch.message(c.arg("ts"))
	if parent == nil {
		return nil, wrong("thread_not_found")
	}
	var found []*slackMessage
	for _, m := range s.told(ch) {
		if (m == parent || m.thread == parent.ts) && c.covers(m.ts) {
			found = append(found, m)
		}
	}
	return s.page(found, c)
}

// covers reports whether a message lies within what is asked for.
func (c slackCall) covers(ts string) bool {
	at, _ := strconv.ParseFloat(ts, 64)
	if oldest, err := strconv.ParseFloat(c.arg("oldest"), 64); err == nil && (at < oldest || at == oldest && !c.yes("inclusive")) {
		return false
	}
	if latest, err := strconv.ParseFloat(c.arg("latest"), 64); err == nil && (at > latest || at == latest && !c.yes("inclusive")) {
		return false
	}
	return true
}

// page cuts what was found; a cursor is where the next page begins.
func (s *Slack) page(found []*slackMessage, c slackCall) (obj, slackError) {
	from, to, next, e := c.cut(len(found))
	if e.word != "" {
		return nil, e
	}
	messages := []obj{}
	for _, m := range found[from:to] {
		messages = append(messages, m.wire(c.yes("include_all_metadata")))
	}
	return obj{"messages": messages, "has_more": next != "", "response_metadata": obj{"next_cursor": next}}, slackError{}
}

func (c slackCall) cut(n int) (from, to int, next string, e slackError) {
	limit := 100
	if l := c.arg("limit"); l != "" {
		var err error
		if limit, err = strconv.Atoi(l); err != nil || limit < 1 || limit > 999 {
			return 0, 0, "", wrong("invalid_limit")
		}
	}
	if cursor := c.arg("cursor"); cursor != "" {
		at, is := strings.CutPrefix(cursor, "next:")
		var err error
		if from, err = strconv.Atoi(at); !is || err != nil || from > n {
			return 0, 0, "", wrong("invalid_cursor")
		}
	}
	if to = min(n, from+limit); to < n {
		next = "next:" + strconv.Itoa(to)
	}
	return from, to, next, slackError{}
}

func (s *Slack) list(c slackCall) (obj, slackError) {
	kinds := c.arg("types")
	var seen []*slackChannel
	for _, ch := range s.channels {
		asked := strings.Contains(kinds, "private_channel") && ch.private && ch.member && s.granted("groups:read") ||
			(kinds == "" || strings.Contains(kinds, "public_channel")) && !ch.private && ch.direct == "" && s.granted("channels:read")
		if asked && (!ch.archived || !c.yes("exclude_archived")) {
			seen = append(seen, ch)
		}
	}
	from, to, next, e := c.cut(len(seen))
	if e.word != "" {
		return nil, e
	}
	out := []obj{}
	for _, ch := range seen[from:to] {
		out = append(out, ch.wire())
	}
	return obj{"channels": out, "response_metadata": obj{"next_cursor": next}}, slackError{}
}

func (ch *slackChannel) wire() obj {
	return obj{"id": ch.id, "name": ch.name, "is_channel": !ch.private && ch.direct == "", "is_private": ch.private,
		"is_member": ch.member, "is_archived": ch.archived, "is_im": ch.direct != ""}
}

func (s *Slack) info(c slackCall) (obj, slackError) {
	ch := s.find(c.arg("channel"))
	if ch == nil || ch.id != c.arg("channel") || ch.private && !ch.member {
		return nil, wrong("channel_not_found")
	}
	return obj{"channel": ch.wire()}, slackError{}
}

func (s *Slack) join(c slackCall) (obj, slackError) {
	ch := s.find(c.arg("channel"))
	switch {
	case ch == nil || ch.id != c.arg("channel") || ch.private:
		return nil, wrong("channel_not_found")
	case ch.archived:
		return nil, wrong("is_archived")
	}
	ch.member = true
	return obj{"channel": ch.wire()}, slackError{}
}

func (s *Slack) lookupByEmail(c slackCall) (obj, slackError) {
	for _, p := range s.people {
		if p.email != "" && strings.EqualFold(p.email, c.arg("email")) {
			return obj{"user": obj{"id": p.id, "name": p.name, "profile": obj{"email": p.email}}}, slackError{}
		}
	}
	return nil, wrong("users_not_found")
}

// open is the direct conversation with one person.
func (s *Slack) open(c slackCall) (obj, slackError) {
	id := c.arg("users")
	if s.emailOf(id) == "" {
		return nil, wrong("user_not_found")
	}
	for _, ch := range s.channels {
		if ch.direct == id {
			return obj{"channel": obj{"id": ch.id}}, slackError{}
		}
	}
	ch := &slackChannel{id: s.id("D"), direct: id, member: true}
	s.channels = append(s.channels, ch)
	return obj{"channel": obj{"id": ch.id}}, slackError{}
}
