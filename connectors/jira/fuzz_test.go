package jira

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// fuzzedPass is a pass over a site with the usual custom fields, as far as
// translating tickets needs one.
func fuzzedPass(t testing.TB) *pass {
	s := &Source{name: "jira fuzz", base: "https://acme.example", deployment: Cloud, projects: []string{"PAY"}}
	c := &catalog{mapping: shipped(t), fields: siteFields{
		known: true, sprint: []string{"customfield_1"}, epic: []string{"customfield_2"}, estimates: []string{"customfield_3"}, parent: []string{"customfield_4"},
	}}
	return &pass{
		source: s, site: s.base, catalog: c, sprints: newSprints(s, s.base), users: newUsers(nil), known: newMemory(8), extras: newExtras(s),
	}
}

func FuzzIssue(f *testing.F) {
	for _, s := range []string{
		`{"id":"1","key":"PAY-1","fields":{"summary":"x","created":"2026-01-05T10:00:00.000+0100","updated":"2026-01-06T10:00:00.000+0100","labels":["a"],
			"issuetype":{"name":"Story"},"status":{"name":"Open","statusCategory":{"key":"new"}},"parent":{"id":"2","key":"PAY-2"},"customfield_3":5,
			"customfield_1":["S@1[id=1,state=CLOSED,name=a,startDate=<null>]"],"issuelinks":[{"type":{"inward":"is blocked by"},"inwardIssue":{"key":"PAY-3"}}],
			"comment":{"total":2,"comments":[{"id":1,"author":null,"body":"[~x]"}]}},
			"changelog":{"total":1,"histories":[{"id":"7","created":1767582001000,"items":[{"field":"status","from":"1","fromString":"Open","to":"3","toString":"Done"}]}]}}`,
		`{"id":1,"key":"","fields":null}`, `{"fields":{"labels":[null],"components":[null],"issuelinks":[null,{}],"comment":{"comments":[{}]}}}`,
		`{"id":"2","key":"A-1","fields":{"customfield_1":[[]],"priority":3,"duedate":7}}`,
		`{"id":"3","key":"A-2","fields":{"customfield_4":{"data":{"id":7,"key":"I-1"}},"fixVersions":[{"id":1,"name":"2.0","releaseDate":"2026-03-01"},null],"watches":{"watchCount":-1}}}`,
		`{"id":"4","key":"A-3","fields":{"customfield_4":[1],"fixVersions":{},"watches":"many"}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var iss issue
		if json.Unmarshal(text, &iss) != nil {
			return
		}
		p := fuzzedPass(t)
		var hs []history
		if iss.Changelog != nil {
			hs = iss.Changelog.Histories
		}
		r := reader{issue: &iss}
		for _, sp := range p.sprintsIn(&r) {
			p.sprints.meet(sp)
		}
		tellsOfRemoteLinks(hs)
		p.ended(&iss)
		got := p.ticket(&iss, hs)
		checkTicket(t, got, hs)
		if again := p.ticket(&iss, hs); !reflect.DeepEqual(got, again) {
			t.Errorf("read twice:\n%+v\n%+v", got, again)
		}
		got.AsOf(got.Updated)
		page := p.page([]ticket.Ticket{got}, 0)
		if strings.ContainsAny(strings.Join(page.Gaps, ""), "\n\r\x1b") {
			t.Errorf("a gap holds control characters: %q", page.Gaps)
		}
	})
}

func checkTicket(t *testing.T, got ticket.Ticket, hs []history) {
	t.Helper()
	items := 0
	for _, h := range hs {
		items += len(h.Items)
	}
	told := 0
	for _, c := range got.History {
		if c.Field != ticket.FieldKind {
			told++
		}
	}
	if told > items {
		t.Errorf("%d changes from %d items", told, items)
	}
	if got.Kind == "" || got.Category == "" || got.Priority == "" {
		t.Errorf("kind %q, category %q, priority %q", got.Kind, got.Category, got.Priority)
	}
	again := got
	again.Normalise()
	if !reflect.DeepEqual(got, again) {
		t.Errorf("not normalised:\n%+v\n%+v", got, again)
	}
}

func FuzzChangelog(f *testing.F) {
	f.Add([]byte(`[{"id":"1","created":"2026-01-05T10:00:00.000+0100","author":{"name":"a"},"items":[{"field":"Link","to":"PAY-2","toString":"This issue blocks PAY-2"},
		{"field":"labels","fromString":"a b","toString":""},{"field":"Sprint","fieldtype":"custom","fieldId":"customfield_1","to":"1, 2","toString":"x, y"}]}]`))
	f.Add([]byte(`[{"id":5,"created":5,"items":[{"field":"project","from":"1","to":"2"},{"field":"Key","fromString":"-","toString":"A-B-1"}]},{"items":[{}]}]`))
	f.Add([]byte(`[{"items":[{"field":"duedate","to":"2026-01-31 00:00:00.0"},{"fieldId":"description","toString":"x"},{"field":"resolution","toString":"Duplicate"}]}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var hs []history
		if json.Unmarshal(text, &hs) != nil {
			return
		}
		p := fuzzedPass(t)
		iss := &issue{ID: "1", Key: "PAY-1"}
		changes := p.history(&ticket.Ticket{}, &reader{issue: iss}, hs)
		items := 0
		for _, h := range hs {
			items += len(h.Items)
		}
		if len(changes) != items {
			t.Errorf("%d changes from %d items", len(changes), items)
		}
		for _, c := range changes {
			if c.Field == "" || c.ID == "" {
				t.Errorf("a change without field or id: %+v", c)
			}
			if c.Field == ticket.FieldDescription && (len(c.To) > 0 && c.To[0].Text != "" || len(c.From) > 0 && c.From[0].Text != "") {
				t.Errorf("a description's words are kept: %+v", c)
			}
		}
	})
}

func FuzzSprint(f *testing.F) {
	for _, s := range []string{
		`null`, `[7]`, `["S@1[id=348,rapidViewId=<null>,state=CLOSED,name=a, b [c],startDate=<null>,endDate=2013-01-21T05:43:39.089Z,completeDate=x,sequence=1]"]`,
		`{"id":1,"goal":null,"boardId":"x"}`, `["S@1[name=id=5]"]`, `["[id=1,name="]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := decodeSprints(raw)
		for _, s := range list {
			n := s.noun("jira x", "https://acme.example")
			if n.ID == "" || n.State == "" {
				t.Errorf("%q: a sprint without id or state: %+v (%v)", raw, n, err)
			}
		}
	})
}

func FuzzSprintText(f *testing.F) {
	f.Add("Sprint 8", "CLOSED")
	f.Add("a,state=ACTIVE,name=b]", "FUTURE")
	f.Add(",startDate=2020-01-01T00:00:00Z,", "ACTIVE")
	f.Fuzz(func(t *testing.T, name, state string) {
		if strings.ContainsAny(state, ",[]=") {
			return
		}
		s, err := parseSprint("S@1[id=348,rapidViewId=12,state=" + state + ",name=" + name + ",startDate=<null>,endDate=<null>,completeDate=<null>,sequence=1]")
		if err != nil || s.ID != "348" || s.Board != "12" || s.State != state || s.Name != name {
			t.Errorf("name %q in state %q: got %+v, %v", name, state, s, err)
		}
		if !s.Start.IsZero() || !s.End.IsZero() || !s.Complete.IsZero() {
			t.Errorf("name %q poses as a date: %+v", name, s)
		}
	})
}

func FuzzTime(f *testing.F) {
	for _, s := range []string{"2026-01-06T10:00:00.000+0100", "1492070429", "<null>", "-1", "2026-01-06", "9999-12-31T23:59:59-2400"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parseTime(s)
		if err != nil {
			return
		}
		if _, err := got.MarshalJSON(); err != nil || got.Location() != time.UTC {
			t.Errorf("%q became %v: %v", s, got, err)
		}
	})
}

func FuzzLinkText(f *testing.F) {
	for _, s := range [][2]string{{"PAY-3", "This issue blocks PAY-3"}, {"", ""}, {"PAY-3", "this issue"}, {"EE-2", "此问题 is blocked by EE-2"}, {"K-1", "This issueK-1"}} {
		f.Add(s[0], s[1])
	}
	p := fuzzedPass(f)
	tr := translator{pass: p, ticket: &ticket.Ticket{Links: []ticket.Link{{Phrase: "is blocked by", Target: ticket.Ref{Key: "EE-2"}}}}}
	f.Fuzz(func(t *testing.T, key, words string) {
		got := tr.link(key, words)
		if len(got) != 1 || got[0].ID != key || got[0].Norm == "" {
			t.Fatalf("%q %q: got %+v", key, words, got)
		}
		if phrase := got[0].Text; !strings.Contains(words, phrase) || phrase != strings.TrimSpace(phrase) {
			t.Errorf("%q %q: got the phrase %q", key, words, phrase)
		}
	})
}

func FuzzCursor(f *testing.F) {
	for _, s := range []string{"", "{}", `{"v":1,"projects":["PAY"],"since":"2026-03-02T12:00:00Z","window":{"start":5,"last":"9"}}`, `{"v":1,"projects":["PAY"],"window":{"from":"9999-12-31T23:59:59Z"}}`, `null`} {
		f.Add(s)
	}
	holding := cursor{Version: cursorVersion, Projects: []string{"PAY"}, Window: &window{Token: "x"}}
	holding.hold([]issue{{ID: "1", Key: "PAY-1", Fields: map[string]json.RawMessage{"updated": json.RawMessage(`"2026-03-02T12:00:00Z"`)}}})
	f.Add(string(holding.text()))
	holding.Held.tell(1, map[string][]history{"1": {{ID: "7"}}})
	f.Add(string(holding.text()))
	f.Fuzz(func(t *testing.T, s string) {
		c, _ := readCursor(connectors.Cursor(s), []string{"PAY"}, time.Minute)
		if c.done() || c.Window != nil && c.Window.Start < 0 {
			t.Fatalf("%q: got %+v", s, c)
		}
		if c.Held != nil && (c.Held.Told > c.Held.tickets() || c.Held.tickets() == 0) {
			t.Fatalf("%q: holds %+v", s, c.Held)
		}
		again, gap := readCursor(c.text(), []string{"PAY"}, time.Minute)
		if gap != "" || again.text() != c.text() {
			t.Errorf("%q: written %s, read %s", s, c.text(), again.text())
		}
	})
}

func FuzzRemoteLinks(f *testing.F) {
	for _, s := range []string{
		`[{"object":{"title":"Runbook","url":"https://wiki.acme.example"}}]`, `[{"object":{"url":"javascript:alert(1)"}},null,{}]`, `[{"object":{"url":"http://%zz"}}]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var links []remoteLink
		if json.Unmarshal(text, &links) != nil {
			return
		}
		for _, p := range papers(links) {
			if !strings.HasPrefix(strings.ToLower(p.URL), "http") || strings.ContainsAny(p.URL, "\n\r") {
				t.Errorf("%q is not for a browser to open", p.URL)
			}
		}
	})
}
