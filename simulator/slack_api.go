package simulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// slackCall is one request to the Web API.
type slackCall struct {
	host string
	args url.Values
}

func (c slackCall) arg(name string) string { return c.args.Get(name) }

// yes reads a boolean as Slack does.
func (c slackCall) yes(name string) bool { return c.arg(name) == "1" || c.arg(name) == "true" }

// slackMethod answers a call; scopes are those of which one is needed.
type slackMethod struct {
	scopes []string
	do     func(s *Slack, c slackCall) (obj, slackError)
}

// slackError is Slack's word for what is wrong; empty: nothing.
type slackError struct {
	word     string
	messages []string // details, as in response_metadata
	needed   string
}

func wrong(word string, messages ...string) slackError {
	return slackError{word: word, messages: messages}
}

var slackMethods = map[string]slackMethod{
	"auth.test":                    {nil, (*Slack).authTest},
	"chat.postMessage":             {[]string{"chat:write"}, (*Slack).postMessage},
	"chat.update":                  {[]string{"chat:write"}, (*Slack).updateMessage},
	"chat.delete":                  {[]string{"chat:write"}, (*Slack).deleteMessage},
	"chat.getPermalink":            {nil, (*Slack).permalink},
	"conversations.history":        {[]string{"channels:history", "groups:history", "im:history"}, (*Slack).history},
	"conversations.replies":        {[]string{"channels:history", "groups:history", "im:history"}, (*Slack).replies},
	"conversations.list":           {[]string{"channels:read", "groups:read"}, (*Slack).list},
	"conversations.info":           {[]string{"channels:read", "groups:read"}, (*Slack).info},
	"conversations.join":           {[]string{"channels:join"}, (*Slack).join},
	"conversations.open":           {[]string{"im:write"}, (*Slack).open},
	"users.lookupByEmail":          {[]string{"users:read.email"}, (*Slack).lookupByEmail},
	"files.getUploadURLExternal":   {[]string{"files:write"}, (*Slack).uploadURL},
	"files.completeUploadExternal": {[]string{"files:write"}, (*Slack).completeUpload},
	"files.delete":                 {[]string{"files:write"}, (*Slack).deleteFile},
}

func (s *Slack) api(w http.ResponseWriter, r *http.Request, name string) {
	if err := r.ParseForm(); err != nil {
		s.answer(w, nil, wrong("invalid_form_data"))
		return
	}
	c := slackCall{host: r.Host, args: r.Form}
	method, known := slackMethods[name]
	switch word := s.admit(r, c); {
	case word != "":
		s.answer(w, nil, wrong(word))
	case !known:
		s.answer(w, nil, wrong("unknown_method"))
	case !s.granted(method.scopes...):
		s.answer(w, nil, slackError{word: "missing_scope", needed: strings.Join(method.scopes, ",")})
	default:
		result, e := method.do(s, c)
		s.answer(w, result, e)
	}
}

// admit says why the token is not good; empty when it is.
func (s *Slack) admit(r *http.Request, c slackCall) string {
	token := c.arg("token")
	if bearer, is := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); is {
		token = bearer
	}
	switch {
	case token == "":
		return "not_authed"
	case token != s.o.Token:
		return "invalid_auth"
	}
	return s.revoked
}

// granted reports whether one of the scopes was given.
func (s *Slack) granted(scopes ...string) bool {
	return len(scopes) == 0 || slices.ContainsFunc(scopes, func(scope string) bool { return slices.Contains(s.o.Scopes, scope) })
}

func (s *Slack) answer(w http.ResponseWriter, result obj, e slackError) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if result == nil {
		result = obj{}
	}
	result["ok"] = e.word == ""
	if e.word != "" {
		result["error"] = e.word
	}
	if e.needed != "" {
		result["needed"], result["provided"] = e.needed, strings.Join(s.o.Scopes, ",")
	}
	if len(e.messages) > 0 {
		result["response_metadata"] = obj{"messages": e.messages}
		result["errors"] = e.messages
	}
	_ = json.NewEncoder(w).Encode(result)
}

func (s *Slack) authTest(slackCall) (obj, slackError) {
	return obj{"url": "https://acme.slack.com/", "team": "Acme", "team_id": "T00000001", "user": "fairlead", "user_id": "U00000000", "bot_id": "B00000000"}, slackError{}
}

// writable finds the channel to post into, known by id or name.
func (s *Slack) writable(c slackCall) (*slackChannel, slackError) {
	ch := s.find(c.arg("channel"))
	switch {
	case ch == nil, ch.private && !ch.member: // of which the bot knows nothing
		return nil, wrong("channel_not_found")
	case ch.archived:
		return nil, wrong("is_archived")
	case ch.locked:
		return nil, wrong("restricted_action")
	case !ch.member && ch.direct == "" && !s.granted("chat:write.public"):
		return nil, wrong("not_in_channel")
	}
	return ch, slackError{}
}

// readable finds the channel to read, known by id alone.
func (s *Slack) readable(c slackCall) (*slackChannel, slackError) {
	ch := s.find(c.arg("channel"))
	if ch == nil || ch.id != c.arg("channel") || ch.private && !ch.member {
		return nil, wrong("channel_not_found")
	}
	scope := "channels:history"
	switch {
	case ch.direct != "":
		scope = "im:history"
	case ch.private:
		scope = "groups:history"
	}
	switch {
	case !s.granted(scope):
		return nil, slackError{word: "missing_scope", needed: scope}
	case !ch.member && ch.direct == "":
		return nil, wrong("not_in_channel")
	}
	return ch, slackError{}
}
