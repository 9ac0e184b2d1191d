package simulator

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"sync"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// slackTypes is the JSON Schema of Slack's own types; slacktypes/generate.sh made
// it. What it does not know, lengths above all, is checked in code.
//
//go:embed slacktypes/schema.json
var slackTypes []byte

var slackSchema = sync.OnceValue(func() *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(slackTypes))
	if err != nil {
		panic(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("slack.json", doc); err != nil {
		panic(err)
	}
	return c.MustCompile("slack.json")
})

// What a message may hold, by docs.slack.dev/reference/block-kit and the pages of
// the methods.
const (
	mostSlackBlocks   = 50
	longestSlackText  = 40_000
	largestMetadata   = 16 << 10
	longestSection    = 3000
	longestHeader     = 150
	longestField      = 2000
	mostFields        = 10
	mostContext       = 10
	mostActions       = 25
	longestButton     = 75
	longestSlackURL   = 3000
	longestAlt        = 2000
	longestBlockID    = 255
	longestSlackValue = 2000
	// largestBlocks is in characters of JSON. It is not documented; messages from
	// about 13,200 on are refused (slackapi/bolt-js issue 2509).
	largestBlocks = 13_000
)

// checkSlackMessage says what Slack would find wrong.
func checkSlackMessage(text string, blocks, metadata json.RawMessage) slackError {
	switch {
	case text == "" && len(blocks) == 0:
		return wrong("no_text")
	case utf8.RuneCountInString(text) > longestSlackText:
		return wrong("msg_too_long")
	case len(metadata) > largestMetadata:
		return wrong("metadata_too_large")
	case utf8.RuneCount(blocks) > largestBlocks:
		return wrong("msg_blocks_too_long")
	}
	if e := checkSlackTypes(blocks, metadata); e.word != "" {
		return e
	}
	if len(blocks) == 0 {
		return slackError{}
	}
	var all []obj
	if err := json.Unmarshal(blocks, &all); err != nil {
		return wrong("invalid_blocks_format")
	}
	var messages []string
	if len(all) > mostSlackBlocks {
		messages = append(messages, fmt.Sprintf("[ERROR] no more than %d items allowed [json-pointer:/blocks]", mostSlackBlocks))
	}
	ids := map[string]bool{}
	for n, b := range all {
		l := lengths{at: fmt.Sprintf("/blocks/%d", n)}
		l.block(b, ids)
		messages = append(messages, l.messages...)
	}
	if len(messages) > 0 {
		return wrong("invalid_blocks", messages...)
	}
	return slackError{}
}

var eventType = regexp.MustCompile(`^[A-Za-z0-9_]+$`)

// checkSlackTypes checks structure, against Slack's own types.
func checkSlackTypes(blocks, metadata json.RawMessage) slackError {
	for name, part := range map[string]json.RawMessage{"blocks": blocks, "metadata": metadata} {
		if len(part) == 0 {
			continue
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(part))
		if err != nil {
			return wrong("invalid_" + name + "_format")
		}
		if err := slackSchema().Validate(map[string]any{name: value}); err != nil {
			return wrong(map[string]string{"blocks": "invalid_blocks", "metadata": "invalid_metadata_schema"}[name], err.Error())
		}
		if m, is := value.(map[string]any); is && name == "metadata" {
			if kind, _ := m["event_type"].(string); !eventType.MatchString(kind) {
				return wrong("invalid_metadata_format", "event_type")
			}
		}
	}
	return slackError{}
}

// lengths checks the limits of one block.
type lengths struct {
	at       string
	messages []string
}

func (l *lengths) say(format string, args ...any) {
	l.messages = append(l.messages, "[ERROR] "+fmt.Sprintf(format, args...)+" [json-pointer:"+l.at+"]")
}

// between wants a text of 1 to most characters.
func (l *lengths) between(what, text string, most int) {
	if n := utf8.RuneCountInString(text); n < 1 || n > most {
		l.say("%s must be between 1 and %d characters, not %d", what, most, n)
	}
}

func (l *lengths) block(b obj, ids map[string]bool) {
	if id, is := b["block_id"].(string); is {
		if len(id) > longestBlockID || ids[id] {
			l.say("block_id is too long or not unique")
		}
		ids[id] = true
	}
	switch b["type"] {
	case "header":
		l.between("header text", textOf(b["text"]), longestHeader)
	case "section":
		l.section(b)
	case "context":
		l.context(b)
	case "actions":
		l.elements(b, 1, mostActions)
	case "image":
		l.between("alt_text", str(b["alt_text"]), longestAlt)
		l.optional("title", b["title"], longestAlt)
	case "rich_text":
		l.rich(b)
	}
}

func (l *lengths) section(b obj) {
	fields, _ := b["fields"].([]any)
	if b["text"] == nil && len(fields) == 0 {
		l.say("a section needs text or fields")
	}
	l.optional("section text", b["text"], longestSection)
	if len(fields) > mostFields {
		l.say("no more than %d fields", mostFields)
	}
	for _, f := range fields {
		l.between("field", textOf(f), longestField)
	}
	if b["accessory"] != nil {
		l.element(b["accessory"])
	}
}

func (l *lengths) context(b obj) {
	l.elements(b, 1, mostContext)
	elements, _ := b["elements"].([]any)
	for _, e := range elements {
		if o, is := e.(obj); is && o["type"] != "image" {
			l.between("context text", textOf(o), longestSection)
		}
	}
}

func (l *lengths) elements(b obj, fewest, most int) {
	elements, _ := b["elements"].([]any)
	if len(elements) < fewest || len(elements) > most {
		l.say("between %d and %d elements, not %d", fewest, most, len(elements))
	}
	for _, e := range elements {
		l.element(e)
	}
}

func (l *lengths) element(v any) {
	e, _ := v.(obj)
	switch e["type"] {
	case "button":
		l.between("button text", textOf(e["text"]), longestButton)
		if len(str(e["url"])) > longestSlackURL || len(str(e["value"])) > longestSlackValue || len(str(e["action_id"])) > longestBlockID {
			l.say("a button's url, value or action_id is too long")
		}
	case "image":
		l.between("alt_text", str(e["alt_text"]), longestAlt)
	}
}

func (l *lengths) optional(what string, v any, most int) {
	if v != nil {
		l.between(what, textOf(v), most)
	}
}

// rich looks into a rich text: no empty text, no link that is none.
func (l *lengths) rich(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			l.rich(e)
		}
	case obj:
		switch kind := v["type"]; {
		case kind == "text" && str(v["text"]) == "":
			l.say("a text element must hold at least 1 character")
		case kind == "link" && !webAddress(str(v["url"])):
			l.say("invalid url")
		case v["elements"] != nil:
			if elements, _ := v["elements"].([]any); len(elements) == 0 {
				l.say("%v needs elements", kind)
			}
			l.rich(v["elements"])
		}
	}
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= longestSlackURL && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" || err == nil && u.Scheme == "mailto"
}

func textOf(v any) string {
	o, _ := v.(obj)
	return str(o["text"])
}

func str(v any) string {
	s, _ := v.(string)
	return s
}
