package simulator_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/simulator"
)

func TestJiraTakesCommentsAsItsDocumentSays(t *testing.T) {
	doc := openAPI(t, "specs/jira-cloud-openapi.json")
	const template = "/rest/api/3/issue/{issueIdOrKey}/comment"
	w, s := storyCloud(t)
	priya := personNamed(t, w, "priya")
	body := `{"body":"As [~accountid:` + priya.AccountID() + `] said, not as \\[~accountid:x\\] did.","properties":[{"key":"fairlead","value":{"note":"n1"}}]}`
	code, _, text := s.ask(t, http.MethodPost, "/rest/api/2/issue/PAY-4/comment", body)
	if code != http.StatusCreated {
		t.Fatalf("answered %d: %s", code, text)
	}
	keeps(t, doc, http.MethodPost, template, code, text)
	issue, _ := w.Issue("PAY-4")
	c := issue.Comments[len(issue.Comments)-1]
	if c.By.Handle != "fairlead" || len(c.Mentioned) != 1 || c.Mentioned[0] != priya {
		t.Errorf("written by %s, mentioning %v; want fairlead and the one who is mentioned", c.By.Handle, c.Mentioned)
	}
	code, _, text = s.ask(t, http.MethodGet, "/rest/api/2/issue/PAY-4/comment?expand=properties&orderBy=-created", "")
	keeps(t, doc, http.MethodGet, template, code, text)
	var page struct {
		Comments []struct {
			Body       string
			Properties []struct {
				Key   string
				Value map[string]string
			}
		}
	}
	if err := json.Unmarshal(text, &page); err != nil {
		t.Fatal(err)
	}
	if first := page.Comments[0]; len(first.Properties) != 1 || first.Properties[0].Value["note"] != "n1" || first.Body != c.Body {
		t.Errorf("the newest comment is told as %+v", first)
	}
}

func TestJiraRefusesComments(t *testing.T) {
	schema := openAPI(t, "specs/jira-cloud-openapi.json").Components.Schemas["ErrorCollection"].Value
	w, c := simulator.Story(46, storyEnd)
	c.Cloud.Denied = []string{"ADD_COMMENTS"}
	denied := serve(t, w.JiraCloud(c.Cloud), c.Cloud.User, c.Cloud.Token)
	c.Cloud.Denied = nil
	open := serve(t, w.JiraCloud(c.Cloud), c.Cloud.User, c.Cloud.Token)
	for _, r := range []struct {
		name, key, body string
		at              site
		want            int
	}{
		{"an account without the permission", "PAY-4", `{"body":"x"}`, denied, http.StatusBadRequest},
		{"an unknown ticket", "PAY-9999", `{"body":"x"}`, open, http.StatusNotFound},
		{"an empty comment", "PAY-4", `{"body":" "}`, open, http.StatusBadRequest},
		{"one that is too long", "PAY-4", `{"body":"` + strings.Repeat("x", 32768) + `"}`, open, http.StatusBadRequest},
		{"no JSON", "PAY-4", `{`, open, http.StatusBadRequest},
		{"a property without a key", "PAY-4", `{"body":"x","properties":[{"value":1}]}`, open, http.StatusBadRequest},
	} {
		t.Run(r.name, func(t *testing.T) {
			code, _, text := r.at.ask(t, http.MethodPost, "/rest/api/2/issue/"+r.key+"/comment", r.body)
			if code != r.want {
				t.Errorf("answered %d, want %d: %s", code, r.want, text)
			}
			if err := schema.VisitJSON(decoded(t, text)); err != nil {
				t.Errorf("%v\n%s", err, text)
			}
		})
	}
}

const createComment = `mutation Comment($input: CommentCreateInput!) {
	commentCreate(input: $input) { success lastSyncId comment { id url body createdAt issue { id identifier } } }
}`

// connectorsQuery is a document that the product sends.
func connectorsQuery(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../connectors/linear/queries/" + name + ".graphql")
	if err != nil {
		t.Skip("the connector's queries are not beside the simulator")
	}
	return string(text)
}

func TestLinearTakesCommentsAsItsSchemaSays(t *testing.T) {
	schema := linearSchema(t)
	w, c := simulator.Story(46, storyEnd)
	s := serve(t, w.Linear(c.Tracker), "", c.Tracker.Token)
	key := w.Issues("GRO")[20].Key
	input := map[string]any{
		"id": "5f3f2a52-7f1c-4c39-8a7e-3f1f0a1b2c3d", "issueId": key, "doNotSubscribeToIssue": true,
		"body": "@priya and https://linear.app/acme/profiles/fairlead, \\*plain\\*",
	}
	walkQuery(t, schema, s, createComment, map[string]any{"input": input})
	issue, _ := w.Issue(key)
	made := issue.Comments[len(issue.Comments)-1]
	if made.UUID() != input["id"] || len(made.Mentioned) != 2 {
		t.Errorf("kept as %s, mentioning %v; want %s and the two", made.UUID(), made.Mentioned, input["id"])
	}
	code, _, reply := s.query(t, createComment, map[string]any{"input": input})
	if code != http.StatusBadRequest || reply["errors"] == nil {
		t.Errorf("the same id again was answered with %d %v", code, reply)
	}
	walkQuery(t, schema, s, connectorsQuery(t, "commentleft"), map[string]any{"id": made.UUID()})
	input["id"] = "5f3f2a52-7f1c-4c39-8a7e-3f1f0a1b2c3e"
	walkQuery(t, schema, s, connectorsQuery(t, "comment"), map[string]any{"input": input})
}

func TestLinearRefusesComments(t *testing.T) {
	w, c := simulator.Story(46, storyEnd)
	s := serve(t, w.Linear(c.Tracker), "", c.Tracker.Token)
	c.Tracker.Denied = []string{"write"}
	reading := serve(t, w.Linear(c.Tracker), "", c.Tracker.Token)
	key := w.Issues("GRO")[20].Key
	for _, r := range []struct {
		name  string
		at    site
		input map[string]any
		want  string
	}{
		{"a key that only reads", reading, map[string]any{"issueId": key, "body": "x"}, "FORBIDDEN"},
		{"an unknown issue", s, map[string]any{"issueId": "GRO-9999", "body": "x"}, "INPUT_ERROR"},
		{"an empty comment", s, map[string]any{"issueId": key, "body": ""}, "INVALID_INPUT"},
		{"an id that is none", s, map[string]any{"issueId": key, "body": "x", "id": "n1"}, "INVALID_INPUT"},
		{"an unknown field", s, map[string]any{"issueId": key, "body": "x", "mood": 1}, "INVALID_INPUT"},
	} {
		t.Run(r.name, func(t *testing.T) {
			if _, _, reply := r.at.query(t, createComment, map[string]any{"input": r.input}); code(reply) != r.want {
				t.Errorf("answered %v, want %s", reply, r.want)
			}
		})
	}
}

func TestWikiMarkupIsSeen(t *testing.T) {
	for text, live := range map[string]bool{
		"plain words, dashed-and_joined, 3 * 4": false,
		"[~accountid:712020:x]":                 true,
		`\[~accountid:712020:x\]`:               false,
		`\\[~accountid:712020:x]`:               true, // the first backslash keeps the second from escaping
		`\[\[~lee\]\]`:                          false,
		"{code}rm -rf{code}":                    true,
		`\{code\}`:                              false,
		"[a page|https://evil.example]":         true,
		"see https://evil.example":              true,
		"!picture.png!":                         true,
		"h1. Loud":                              true,
		"*bold*":                                true,
		`\*bold\*`:                              false,
		"|a|b|":                                 true,
		"----":                                  true,
		"a\\\\b":                                true,
	} {
		if got := simulator.WikiMarkup(text); (len(got) > 0) != live {
			t.Errorf("WikiMarkup(%q) = %q, want some: %v", text, got, live)
		}
	}
}

func personNamed(t *testing.T, w *simulator.World, handle string) *simulator.Person {
	t.Helper()
	p, ok := w.Person(handle)
	if !ok {
		t.Fatalf("the story has no %s", handle)
	}
	return p
}
