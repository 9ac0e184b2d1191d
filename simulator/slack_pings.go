package simulator

import (
	"encoding/json"
	"regexp"
)

// control are the sequences of Slack's markup that call somebody.
var control = regexp.MustCompile(`<(!channel|!here|!everyone|!subteam\^[A-Z0-9]+|@[UW][A-Z0-9]+)[|>]`)

// spoken are words that call somebody where Slack is asked to look for them.
var spoken = regexp.MustCompile(`(?:^|[^\w])@(channel|here|everyone)\b`)

// slackPings finds whom a message calls; parsed: as with parse=full or
// link_names.
func slackPings(text string, blocks json.RawMessage, parsed bool) []string {
	p := &pings{}
	p.markup(text, parsed)
	var all any
	if len(blocks) > 0 && json.Unmarshal(blocks, &all) == nil {
		p.walk(all)
	}
	return p.found
}

type pings struct{ found []string }

func (p *pings) markup(text string, parsed bool) {
	for _, m := range control.FindAllStringSubmatch(text, -1) {
		p.found = append(p.found, m[1])
	}
	if !parsed {
		return
	}
	for _, m := range spoken.FindAllStringSubmatch(text, -1) {
		p.found = append(p.found, m[1])
	}
}

func (p *pings) walk(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			p.walk(e)
		}
	case obj:
		switch v["type"] {
		case "mrkdwn":
			verbatim, _ := v["verbatim"].(bool)
			p.markup(str(v["text"]), !verbatim)
		case "broadcast":
			p.found = append(p.found, str(v["range"]))
		case "user":
			p.found = append(p.found, str(v["user_id"]))
		case "usergroup":
			p.found = append(p.found, str(v["usergroup_id"]))
		}
		for _, e := range v {
			p.walk(e)
		}
	}
}
