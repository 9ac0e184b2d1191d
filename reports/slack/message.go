package slack

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/slack-go/slack"

	"github.com/fairlead-dev/fairlead/reports"
)

// Message is a report as it stands in Slack.
type Message struct {
	Main   Post
	Thread []Post
	// Picture is shared in the thread; nil: none.
	Picture *reports.Picture
}

// Post is one message.
type Post struct {
	// Text is what notifications and readers of screens tell; it is escaped.
	Text   string
	Blocks []slack.Block
}

// NewMessage lays a report out: at most twelve lines of a phone, and everything
// else in the thread.
func NewMessage(r reports.Report) Message {
	sections := details(r)
	if m, fits := whole(r, sections); fits {
		return m
	}
	m := Message{Main: front(r, "Details are in the thread.")}
	for i, blocks := range packed(sections) {
		m.Thread = append(m.Thread, Post{Text: escaped(fmt.Sprintf("%s: details, part %d", title(r), i+1)), Blocks: blocks})
	}
	return m
}

// newLoneMessage is a message that can have no thread.
func newLoneMessage(r reports.Report) Message {
	if m, fits := whole(r, details(r)); fits {
		return m
	}
	more := "There is more than fits here."
	if r.Link != "" {
		more = "There is more on the page."
	}
	return Message{Main: front(r, more)}
}

// posts are the messages in the order in which they are written.
func (m Message) posts() []Post { return append([]Post{m.Main}, m.Thread...) }

// eventType marks our messages among those of a channel.
const eventType = "fairlead_report"

// metadata lets a message be found again: which delivery, which of its parts,
// and what stands in it.
func (p Post) metadata(delivery string, part int) slack.SlackMetadata {
	return slack.SlackMetadata{EventType: eventType, EventPayload: map[string]any{"delivery": delivery, "part": part, "digest": p.digest()}}
}

// digest is of what the post says.
func (p Post) digest() string {
	data, err := json.Marshal(struct {
		Text   string
		Blocks []slack.Block
	}{p.Text, p.Blocks})
	if err != nil {
		return "" // encoded says so before anything is posted
	}
	return sum(data)
}

func sum(data []byte) string {
	all := sha256.Sum256(data)
	return hex.EncodeToString(all[:8])
}

// digest is of the whole message, the picture included.
func (m Message) digest() string {
	var b bytes.Buffer
	for _, p := range m.posts() {
		b.WriteString(p.digest() + " ")
	}
	b.WriteString(m.pictureDigest())
	return sum(b.Bytes())
}

func (m Message) pictureDigest() string {
	if m.Picture == nil {
		return ""
	}
	return sum(append([]byte(m.Picture.Alt), m.Picture.PNG...))
}

// fileName is what the picture is called in Slack: unlike metadata, it can be
// seen in a thread after a crash.
func (m Message) fileName(delivery string) string {
	return "fairlead-" + delivery + "-" + m.pictureDigest() + ".png"
}

// encoded are the posts as they are sent, for people: with metadata where the
// way they go can carry it.
func (m Message) encoded(delivery string, marked bool) ([][]byte, error) {
	var out [][]byte
	for i, p := range m.posts() {
		form := struct {
			Text     string               `json:"text"`
			Blocks   []slack.Block        `json:"blocks"`
			Metadata *slack.SlackMetadata `json:"metadata,omitempty"`
		}{Text: p.Text, Blocks: p.Blocks}
		if marked {
			md := p.metadata(delivery, i)
			form.Metadata = &md
		}
		data, err := json.MarshalIndent(form, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("message %d: %w", i+1, err)
		}
		out = append(out, append(data, '\n'))
	}
	return out, nil
}

// list makes one JSON array of several values.
func list(values [][]byte) []byte {
	return append(append([]byte("[\n"), bytes.Join(values, []byte(",\n"))...), "]\n"...)
}
