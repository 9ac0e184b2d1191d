package jira

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

func TestReadCursor(t *testing.T) {
	projects := []string{"CORE", "PAY"}
	for _, c := range []struct {
		name   string
		stored string
		gap    string
		from   string // begin of the window; empty: everything
		token  string
	}{
		{"nothing stored", "", "", "", ""},
		{"between passes", `{"v":1,"projects":["CORE","PAY"],"since":"2026-03-02T12:00:00Z"}`, "", "2026-03-02T11:55:00Z", ""},
		{"inside a pass", `{"v":1,"projects":["CORE","PAY"],"since":"2026-03-02T12:00:00Z","window":{"from":"2026-01-01T00:00:00Z","token":"abc"}}`,
			"", "2026-01-01T00:00:00Z", "abc"},
		{"inside the very first pass", `{"v":2,"projects":["CORE","PAY"],"since":"2026-03-02T12:00:00Z","window":{"token":"abc"}}`, "", "", "abc"},
		{"a project was added", `{"v":1,"projects":["PAY"],"since":"2026-03-02T12:00:00Z","window":{"token":"abc"}}`, allAgain, "", ""},
		{"a project was taken away", `{"v":1,"projects":["CORE","OLD","PAY"],"since":"2026-03-02T12:00:00Z","window":{"token":"abc"}}`, "", "2026-03-02T11:55:00Z", ""},
		{"an empty site was read", `{"v":1,"projects":["CORE","PAY"]}`, "", "", ""},
		{"not ours", `hello`, allAgain, "", ""},
		{"cut off", `{"v":1,"projects":["CORE"`, allAgain, "", ""},
		{"of a version to come", `{"v":3,"projects":["CORE","PAY"],"since":"2026-03-02T12:00:00Z"}`, allAgain, "", ""},
		{"an offset that cannot be", `{"v":1,"projects":["CORE","PAY"],"since":"2026-03-02T12:00:00Z","window":{"start":-4}}`, allAgain, "", ""},
		{"a time that cannot be", `{"v":1,"projects":["CORE","PAY"],"since":"0000-03-02T12:00:00Z"}`, allAgain, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, gap := readCursor(connectors.Cursor(c.stored), projects, 5*time.Minute)
			from := ""
			if !got.Window.From.IsZero() {
				from = got.Window.From.Format(time.RFC3339)
			}
			if gap != c.gap || from != c.from || got.Window.Token != c.token {
				t.Errorf("got gap %q, from %q, token %q, want %q, %q, %q", gap, from, got.Window.Token, c.gap, c.from, c.token)
			}
			again, gap := readCursor(got.text(), projects, 5*time.Minute)
			if gap != "" || again.text() != got.text() {
				t.Errorf("written and read again: %s, want %s", again.text(), got.text())
			}
		})
	}
}

func TestTheWatermarkComesFromTheTickets(t *testing.T) {
	at := func(s string) issue {
		return issue{Fields: map[string]json.RawMessage{"updated": json.RawMessage(s)}}
	}
	c := cursor{Since: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
	c.advance(byUpdate, []issue{at(`"2026-03-02T13:00:00.000+0100"`), at(`"2026-03-02T11:00:00.000+0000"`), at(`"soon"`), at(`null`), {}})
	if want := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC); !c.Since.Equal(want) {
		t.Errorf("got %v, want %v", c.Since, want)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	m := newMemory(3)
	list := func(ids ...string) []issue {
		var out []issue
		for _, id := range ids {
			out = append(out, issue{ID: text(id), Fields: map[string]json.RawMessage{"updated": json.RawMessage(`"2026-03-02T11:00:00Z"`)}})
		}
		return out
	}
	for _, c := range []struct {
		in   []issue
		want int
	}{
		{list("1", "2", "3"), 3}, {list("3", "2"), 0}, {list("4"), 1}, {list("1"), 1}, {list("4", "3"), 0}, {list("2"), 1},
	} {
		if got := len(m.only(c.in)); got != c.want {
			t.Errorf("%d were new, want %d", got, c.want)
		}
	}
	if len(m.seen) > 3 {
		t.Errorf("%d tickets are remembered, want at most 3", len(m.seen))
	}
	newer := issue{ID: "2", Fields: map[string]json.RawMessage{"updated": json.RawMessage(`"2026-03-02T11:00:01Z"`)}}
	if got := len(m.only([]issue{newer})); got != 1 {
		t.Error("a ticket that was updated since is held back")
	}
}
