package simulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/simulator"
)

// workspace serves a Slack and asks it as the app.
type workspace struct {
	*simulator.Slack
	url string
}

func newWorkspace(t *testing.T, o simulator.SlackOptions) workspace {
	t.Helper()
	s := simulator.NewSlack(o)
	return workspace{s, serve(t, s, "", "").url}
}

// call asks the Web API and tells the error word; empty when all went well.
func (w workspace) call(t *testing.T, method string, args ...string) (map[string]any, string) {
	t.Helper()
	form := url.Values{"token": {"xoxb-demo"}}
	for i := 0; i+1 < len(args); i += 2 {
		form.Set(args[i], args[i+1])
	}
	resp, err := http.PostForm(w.url+"/api/"+method, form)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	word, _ := out["error"].(string)
	if out["ok"] != (word == "") {
		t.Errorf("%s answered %v", method, out)
	}
	return out, word
}

func repeated(n int, block string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(block+",", n), ",") + "]"
}

const divider = `{"type":"divider"}`

func section(text string) string {
	return `{"type":"section","text":{"type":"mrkdwn","text":"` + text + `","verbatim":true}}`
}

func rich(element string) string {
	return `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[` + element + `]}]}]`
}

func TestSlackRefusesWhatSlackRefuses(t *testing.T) {
	w := newWorkspace(t, simulator.SlackOptions{})
	x := func(n int) string { return strings.Repeat("x", n) }
	header := func(n int) string { return `[{"type":"header","text":{"type":"plain_text","text":"` + x(n) + `"}}]` }
	context := func(n int) string {
		return `[{"type":"context","elements":` + repeated(n, `{"type":"mrkdwn","text":"x"}`) + `}]`
	}
	fields := func(n, long int) string {
		return `[{"type":"section","fields":` + repeated(n, `{"type":"plain_text","text":"`+x(long)+`"}`) + `}]`
	}
	button := func(n int) string {
		return `[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"` + x(n) + `"}}]}]`
	}
	for _, c := range []struct{ name, blocks, want string }{
		{"fifty blocks", repeated(50, divider), ""},
		{"fifty-one blocks", repeated(51, divider), "invalid_blocks"},
		{"a section of 3,000 characters", "[" + section(x(3000)) + "]", ""},
		{"a section of 3,001 characters", "[" + section(x(3001)) + "]", "invalid_blocks"},
		{"an empty section", "[" + section("") + "]", "invalid_blocks"},
		{"a section without anything", `[{"type":"section"}]`, "invalid_blocks"},
		{"a header of 150 characters", header(150), ""},
		{"a header of 151 characters", header(151), "invalid_blocks"},
		{"a header of 150 wide characters", `[{"type":"header","text":{"type":"plain_text","text":"` + strings.Repeat("漢", 150) + `"}}]`, ""},
		{"a header in markup", `[{"type":"header","text":{"type":"mrkdwn","text":"x"}}]`, "invalid_blocks"},
		{"ten elements of context", context(10), ""},
		{"eleven elements of context", context(11), "invalid_blocks"},
		{"ten fields", fields(10, 10), ""},
		{"eleven fields", fields(11, 10), "invalid_blocks"},
		{"a field of 2,001 characters", fields(1, 2001), "invalid_blocks"},
		{"a button of 75 characters", button(75), ""},
		{"a button of 76 characters", button(76), "invalid_blocks"},
		{"two blocks of one id", repeated(2, `{"type":"divider","block_id":"a"}`), "invalid_blocks"},
		{"a block of no known type", `[{"type":"sectoin","text":{"type":"mrkdwn","text":"x"}}]`, "invalid_blocks"},
		{"a field of no known name", `[{"type":"divider","colour":"red"}]`, "invalid_blocks"},
		{"plain text that is verbatim", `[{"type":"section","text":{"type":"plain_text","text":"x","verbatim":true}}]`, "invalid_blocks"},
		{"a rich text", rich(`{"type":"text","text":"x","style":{"bold":true}},{"type":"link","url":"https://acme.example/","text":"y"}`), ""},
		{"a rich text without words", rich(`{"type":"text","text":""}`), "invalid_blocks"},
		{"a rich text without elements", rich(``), "invalid_blocks"},
		{"a link that is none", rich(`{"type":"link","url":"javascript:alert(1)","text":"y"}`), "invalid_blocks"},
		{"a link without an address", rich(`{"type":"link","text":"y"}`), "invalid_blocks"},
		{"a style of no known name", rich(`{"type":"text","text":"x","style":{"blink":true}}`), "invalid_blocks"},
		{"no list", `{"type":"divider"}`, "invalid_blocks"},
		{"no JSON", `[{`, "invalid_blocks_format"},
		{"too much altogether", "[" + section(x(3000)) + strings.Repeat(","+section(x(3000)), 4) + "]", "msg_blocks_too_long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := len(w.Messages("general"))
			out, word := w.call(t, "chat.postMessage", "channel", "#general", "text", "x", "blocks", c.blocks)
			if word != c.want {
				t.Errorf("answered %q, want %q: %v", word, c.want, out)
			}
			if posted := len(w.Messages("general")) > before; posted != (c.want == "") {
				t.Errorf("posted: %v", posted)
			}
		})
	}
}

func TestSlackChecksTextAndMetadata(t *testing.T) {
	w := newWorkspace(t, simulator.SlackOptions{})
	for _, c := range []struct{ name, arg, value, want string }{
		{"forty thousand characters", "text", strings.Repeat("x", 40_000), ""},
		{"one more", "text", strings.Repeat("x", 40_001), "msg_too_long"},
		{"nothing", "text", "", "no_text"},
		{"metadata", "metadata", `{"event_type":"fairlead_report","event_payload":{"part":0}}`, ""},
		{"metadata without a type", "metadata", `{"event_payload":{}}`, "invalid_metadata_schema"},
		{"metadata with more", "metadata", `{"event_type":"a","event_payload":{},"more":1}`, "invalid_metadata_schema"},
		{"a type that is none", "metadata", `{"event_type":"a b","event_payload":{}}`, "invalid_metadata_format"},
		{"too much metadata", "metadata", `{"event_type":"a","event_payload":{"a":"` + strings.Repeat("x", 17<<10) + `"}}`, "metadata_too_large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if out, word := w.call(t, "chat.postMessage", "channel", "#general", "text", "x", c.arg, c.value); word != c.want {
				t.Errorf("answered %q, want %q: %v", word, c.want, out)
			}
		})
	}
}

func TestSlackSaysWhatIsWrongWithAChannelOrAToken(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(w workspace)
		scopes []string
		args   []string
		want   string
	}{
		{"no such channel", nil, nil, []string{"channel", "#nowhere"}, "channel_not_found"},
		{"an archived channel", func(w workspace) { w.Archive("general") }, nil, nil, "is_archived"},
		{"a channel for some", func(w workspace) { w.Lock("general") }, nil, nil, "restricted_action"},
		{"a channel without the app", func(w workspace) { w.Leave("general") }, []string{"chat:write"}, nil, "not_in_channel"},
		{"a public channel without the app", func(w workspace) { w.Leave("general") }, nil, nil, ""},
		{"a scope that is missing", nil, []string{"files:write"}, nil, "missing_scope"},
		{"a token that ended", func(w workspace) { w.Revoke("token_revoked") }, nil, nil, "token_revoked"},
		{"another token", nil, nil, []string{"token", "xoxb-other"}, "invalid_auth"},
		{"no token", nil, nil, []string{"token", ""}, "not_authed"},
		{"a thread that is none", nil, nil, []string{"thread_ts", "1.1"}, "thread_not_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorkspace(t, simulator.SlackOptions{Scopes: c.scopes})
			if c.change != nil {
				c.change(w)
			}
			if out, word := w.call(t, "chat.postMessage", append([]string{"channel", "#general", "text", "x"}, c.args...)...); word != c.want {
				t.Errorf("answered %q, want %q: %v", word, c.want, out)
			}
		})
	}
}

func TestSlackTellsWhoIsCalled(t *testing.T) {
	for _, c := range []struct{ name, text, blocks, want string }{
		{"nobody", "a &lt;!channel&gt; @channel", "", ""},
		{"everybody, in the text", "<!channel> and <!here|here>", "", "[!channel !here]"},
		{"a person", "<@U012ABC>", "", "[@U012ABC]"},
		{"everybody, in a section", "x", "[" + section("<!everyone>") + "]", "[!everyone]"},
		{"a section that looks for names", "x", `[{"type":"section","text":{"type":"mrkdwn","text":"hi @here"}}]`, "[here]"},
		{"words in rich text", "x", rich(`{"type":"text","text":"<!channel> @here"}`), ""},
		{"everybody, in rich text", "x", rich(`{"type":"broadcast","range":"channel"}`), "[channel]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorkspace(t, simulator.SlackOptions{})
			if _, word := w.call(t, "chat.postMessage", "channel", "general", "text", c.text, "blocks", c.blocks); word != "" {
				t.Fatal(word)
			}
			got := ""
			if pings := w.Messages("general")[0].Pings; len(pings) > 0 {
				got = fmt.Sprint(pings)
			}
			if got != c.want {
				t.Errorf("calls %s, want %s", got, c.want)
			}
		})
	}
}

func TestSlackPagesHistoryAndKeepsThreadsApart(t *testing.T) {
	w := newWorkspace(t, simulator.SlackOptions{})
	var first, id string
	for n := range 5 {
		out, _ := w.call(t, "chat.postMessage", "channel", "general", "text", fmt.Sprint(n), "metadata", `{"event_type":"a","event_payload":{"n":1}}`)
		id = out["channel"].(string)
		if first == "" {
			first = out["ts"].(string)
		}
	}
	w.call(t, "chat.postMessage", "channel", "general", "text", "answer", "thread_ts", first)
	var got []string
	cursor := ""
	for range 3 {
		out, word := w.call(t, "conversations.history", "channel", id, "limit", "2", "cursor", cursor)
		if word != "" {
			t.Fatal(word)
		}
		for _, m := range out["messages"].([]any) {
			if m.(map[string]any)["metadata"] != nil {
				t.Error("metadata is told though nobody asked")
			}
			got = append(got, m.(map[string]any)["text"].(string))
		}
		cursor = out["response_metadata"].(map[string]any)["next_cursor"].(string)
	}
	if fmt.Sprint(got) != "[4 3 2 1 0]" || cursor != "" {
		t.Errorf("history is %v, then %q", got, cursor)
	}
	out, _ := w.call(t, "conversations.replies", "channel", id, "ts", first, "include_all_metadata", "true")
	if m := out["messages"].([]any); len(m) != 2 || m[0].(map[string]any)["metadata"] == nil {
		t.Errorf("the thread is %v", m)
	}
	w.Lag(5)
	if out, _ := w.call(t, "conversations.history", "channel", id); len(out["messages"].([]any)) != 1 {
		t.Errorf("lagging history is %v", out)
	}
	if _, word := w.call(t, "conversations.history", "channel", "#general"); word != "channel_not_found" {
		t.Errorf("history by name answered %q", word)
	}
}

func TestSlackEditsDeletesAndForbids(t *testing.T) {
	w := newWorkspace(t, simulator.SlackOptions{})
	out, _ := w.call(t, "chat.postMessage", "channel", "general", "text", "<!channel> one")
	id, ts := out["channel"].(string), out["ts"].(string)
	if _, word := w.call(t, "chat.update", "channel", id, "ts", ts, "text", "two"); word != "" {
		t.Fatal(word)
	}
	if m := w.Messages("general"); len(m) != 1 || m[0].Text != "two" || !m[0].Edited || m[0].Pings != nil {
		t.Errorf("after the edit there is %+v", m)
	}
	w.Freeze()
	if _, word := w.call(t, "chat.update", "channel", id, "ts", ts, "text", "three"); word != "edit_window_closed" {
		t.Errorf("a frozen workspace answered %q", word)
	}
	if _, word := w.call(t, "chat.delete", "channel", id, "ts", ts); word != "" || len(w.Messages("general")) != 0 {
		t.Errorf("delete answered %q and left %v", word, w.Messages("general"))
	}
	if _, word := w.call(t, "chat.update", "channel", id, "ts", ts, "text", "x"); word != "message_not_found" {
		t.Errorf("an update of nothing answered %q", word)
	}
}

func TestSlackTakesFilesInThreeSteps(t *testing.T) {
	w := newWorkspace(t, simulator.SlackOptions{})
	out, _ := w.call(t, "chat.postMessage", "channel", "general", "text", "x")
	id, ts := out["channel"].(string), out["ts"].(string)
	up, word := w.call(t, "files.getUploadURLExternal", "filename", "a.png", "length", "3", "alt_txt", "words")
	if word != "" {
		t.Fatal(word)
	}
	file := up["file_id"].(string)
	done := func() string {
		_, word := w.call(t, "files.completeUploadExternal", "files", `[{"id":"`+file+`","title":"A"}]`, "channel_id", id, "thread_ts", ts)
		return word
	}
	if word := done(); word != "file_not_found" {
		t.Errorf("before the upload it answered %q", word)
	}
	for content, want := range map[string]int{"toolong": http.StatusBadRequest, "PNG": http.StatusOK} {
		resp, err := http.Post(up["upload_url"].(string), "application/octet-stream", strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%q answered %d, want %d", content, resp.StatusCode, want)
		}
	}
	if word := done(); word != "" {
		t.Errorf("after the upload it answered %q", word)
	}
	if word := done(); word != "file_not_found" {
		t.Errorf("a second time it answered %q", word)
	}
	if m := w.Messages("general"); len(m) != 2 || m[1].Thread != ts || len(m[1].Files) != 1 || string(m[1].Files[0].Content) != "PNG" {
		t.Errorf("there is %+v", m)
	}
	if _, word := w.call(t, "files.delete", "file", file); word != "" || len(w.Messages("general")) != 1 {
		t.Errorf("delete answered %q and left %+v", word, w.Messages("general"))
	}
}

func TestSlackFindsPeopleAndChannels(t *testing.T) {
	w := newWorkspace(t, simulator.SlackOptions{})
	w.AddPrivate("secret")
	w.AddPerson("Dana", "dana@acme.example")
	user, _ := w.call(t, "users.lookupByEmail", "email", "DANA@acme.example")
	id := user["user"].(map[string]any)["id"].(string)
	one, _ := w.call(t, "conversations.open", "users", id)
	two, _ := w.call(t, "conversations.open", "users", id)
	if fmt.Sprint(one["channel"]) != fmt.Sprint(two["channel"]) {
		t.Errorf("opened %v, then %v", one, two)
	}
	if _, word := w.call(t, "users.lookupByEmail", "email", "eve@evil.example"); word != "users_not_found" {
		t.Errorf("answered %q", word)
	}
	for kinds, want := range map[string]int{"": 1, "public_channel,private_channel": 2, "private_channel": 1} {
		if out, _ := w.call(t, "conversations.list", "types", kinds); len(out["channels"].([]any)) != want {
			t.Errorf("of %q there are %v", kinds, out)
		}
	}
	w.Leave("secret")
	if _, word := w.call(t, "chat.postMessage", "channel", "#secret", "text", "x"); word != "channel_not_found" {
		t.Errorf("a private channel without the app answered %q", word)
	}
}

func TestSlackTakesIncomingWebhooks(t *testing.T) {
	w := newWorkspace(t, simulator.SlackOptions{})
	hook := w.Hook("general")
	post := func(body string) string {
		resp, err := http.Post(w.url+hook, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		words, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(resp.StatusCode, " ", strings.TrimSpace(string(words)))
	}
	for body, want := range map[string]string{
		`{"text":"x"}`: "200 ok", `{}`: "400 no_text", `{`: "400 invalid_payload", `{"blocks":[{"type":"header"}]}`: "400 invalid_blocks",
	} {
		if got := post(body); got != want {
			t.Errorf("%s answered %q, want %q", body, got, want)
		}
	}
	w.Archive("general")
	if got := post(`{"text":"x"}`); got != "410 channel_is_archived" {
		t.Errorf("an archived channel answered %q", got)
	}
	w.Unhook("general")
	if got := post(`{"text":"x"}`); got != "404 no_service" {
		t.Errorf("no webhook answered %q", got)
	}
	if n := len(w.Messages("general")); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
}
