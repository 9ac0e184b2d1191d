package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (s *Slack) uploadURL(c slackCall) (obj, slackError) {
	size, err := strconv.Atoi(c.arg("length"))
	if c.arg("filename") == "" || err != nil || size < 1 {
		return nil, wrong("invalid_arguments")
	}
	f := &slackFile{id: s.id("F"), name: c.arg("filename"), alt: c.arg("alt_txt"), size: size}
	s.files[f.id] = f
	return obj{"upload_url": "http://" + c.host + "/upload/" + f.id, "file_id": f.id}, slackError{}
}

// upload takes a file's content, as a form or plain.
func (s *Slack) upload(w http.ResponseWriter, r *http.Request) {
	f := s.files[strings.TrimPrefix(r.URL.Path, "/upload/")]
	if f == nil || f.shared {
		http.NotFound(w, r)
		return
	}
	body := io.Reader(r.Body)
	if part, _, err := r.FormFile("file"); err == nil {
		body = part
	}
	content, err := io.ReadAll(io.LimitReader(body, 10<<20))
	if err != nil || len(content) != f.size {
		http.Error(w, "the length is not the one that was announced", http.StatusBadRequest)
		return
	}
	f.content = content
	_, _ = io.WriteString(w, "OK - "+strconv.Itoa(len(content)))
}

// completeUpload shares uploaded files in a message of their own.
func (s *Slack) completeUpload(c slackCall) (obj, slackError) {
	var asked []struct{ ID, Title string }
	if err := json.Unmarshal([]byte(c.arg("files")), &asked); err != nil || len(asked) == 0 {
		return nil, wrong("invalid_arguments")
	}
	var files []*slackFile
	for _, a := range asked {
		f := s.files[a.ID]
		if f == nil || f.content == nil || f.shared {
			return nil, wrong("file_not_found")
		}
		f.title = a.Title
		files = append(files, f)
	}
	if id := c.arg("channel_id"); id != "" {
		ch := s.find(id)
		switch {
		case ch == nil || ch.id != id:
			return nil, wrong("channel_not_found")
		case !ch.member && ch.direct == "":
			return nil, wrong("not_in_channel")
		case ch.archived:
			return nil, wrong("is_archived")
		case c.arg("thread_ts") != "" && ch.message(c.arg("thread_ts")) == nil:
			return nil, wrong("invalid_thread_ts")
		}
		s.put(ch, &slackMessage{text: c.arg("initial_comment"), thread: c.arg("thread_ts"), files: files})
	}
	out := []obj{}
	for _, f := range files {
		f.shared = true
		out = append(out, obj{"id": f.id, "title": f.title})
	}
	return obj{"files": out}, slackError{}
}

// deleteFile takes a file away, and the messages that held nothing else.
func (s *Slack) deleteFile(c slackCall) (obj, slackError) {
	f := s.files[c.arg("file")]
	if f == nil {
		return nil, wrong("file_not_found")
	}
	delete(s.files, f.id)
	for _, ch := range s.channels {
		for _, m := range ch.messages {
			m.files = slices.DeleteFunc(m.files, func(o *slackFile) bool { return o == f })
		}
		ch.messages = slices.DeleteFunc(ch.messages, func(m *slackMessage) bool { return m.text == "" && m.blocks == nil && len(m.files) == 0 })
	}
	return obj{}, slackError{}
}

// webhook takes a message by an incoming webhook, which answers in words.
func (s *Slack) webhook(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Text     string
		Blocks   json.RawMessage
		Metadata json.RawMessage
	}
	refuse := func(code int, word string) { http.Error(w, word, code) }
	at := slices.IndexFunc(s.channels, func(c *slackChannel) bool { return c.hook != "" && c.hook == r.URL.Path })
	if at < 0 {
		refuse(http.StatusNotFound, "no_service")
		return
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&in); err != nil {
		refuse(http.StatusBadRequest, "invalid_payload")
		return
	}
	ch := s.channels[at]
	e := checkSlackMessage(in.Text, in.Blocks, in.Metadata)
	switch {
	case ch.archived:
		refuse(http.StatusGone, "channel_is_archived")
	case e.word != "":
		refuse(http.StatusBadRequest, e.word)
	default:
		s.put(ch, &slackMessage{text: in.Text, blocks: in.Blocks, hook: true, pings: slackPings(in.Text, in.Blocks, false)})
		_, _ = io.WriteString(w, "ok")
	}
}
