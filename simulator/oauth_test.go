package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/simulator"
)

var throughGateway = "/ex/jira/" + simulator.CloudID("https://acme.atlassian.net")

var application = simulator.OAuth{ClientID: "app", ClientSecret: "hush", Refresh: "first", Life: time.Hour}

// grant asks for an access token with a form, or with JSON.
func (s site) grant(t *testing.T, asJSON bool, fields map[string]string) (int, map[string]any) {
	t.Helper()
	form := url.Values{}
	for k, v := range fields {
		form.Set(k, v)
	}
	body, kind := form.Encode(), "application/x-www-form-urlencoded"
	if asJSON {
		text, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		body, kind = string(text), "application/json"
	}
	resp, err := http.Post(s.url+"/oauth/token", kind, strings.NewReader(body)) //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var reply map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&reply); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, reply
}

func TestARefreshTokenIsGoodOnce(t *testing.T) {
	w := small()
	for name, c := range map[string]struct {
		handler http.Handler
		asJSON  bool
		works   func(site) int
		refused int // status for a refresh token that is no good
	}{
		"Linear": {w.Linear(simulator.Options{Token: "key", OAuth: application}), false, func(s site) int {
			code, _, _ := s.query(t, "query { viewer { id } }", nil)
			return code
		}, http.StatusBadRequest},
		"Jira Cloud": {w.JiraCloud(simulator.Options{Token: "key", OAuth: application}), true, func(s site) int {
			if code, _, _ := s.ask(t, "GET", "/rest/api/3/myself", ""); code != http.StatusUnauthorized {
				t.Errorf("without the gateway it answered %d", code)
			}
			code, _, _ := s.ask(t, "GET", throughGateway+"/rest/api/3/myself", "")
			return code
		}, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, c.handler, "", "wrong")
			if code := c.works(s); code != http.StatusUnauthorized {
				t.Errorf("a wrong token answered %d", code)
			}
			ask := map[string]string{"grant_type": "refresh_token", "refresh_token": "first", "client_id": "app", "client_secret": "hush"}
			code, reply := s.grant(t, c.asJSON, ask)
			if code != http.StatusOK || reply["refresh_token"] == "first" || reply["expires_in"] != 3600.0 {
				t.Fatalf("answered %d %v", code, reply)
			}
			s.token = reply["access_token"].(string)
			if code := c.works(s); code != http.StatusOK {
				t.Errorf("the new token answered %d", code)
			}
			if code, again := s.grant(t, c.asJSON, ask); code != c.refused || again["error"] != "invalid_grant" {
				t.Errorf("the used refresh token answered %d %v", code, again)
			}
			w.Advance(time.Hour)
			if code := c.works(s); code != http.StatusUnauthorized {
				t.Errorf("an expired token answered %d", code)
			}
			ask["refresh_token"] = reply["refresh_token"].(string)
			if code, _ := s.grant(t, c.asJSON, ask); code != http.StatusOK {
				t.Errorf("the second refresh token answered %d", code)
			}
			ask["client_secret"] = "guess"
			if code, _ := s.grant(t, c.asJSON, ask); code != http.StatusUnauthorized {
				t.Errorf("a wrong secret answered %d", code)
			}
		})
	}
}

func TestLinearsProjectsTellMilestonesMembersAndHealth(t *testing.T) {
	w := simulator.NewWorld(storyEnd)
	for _, handle := range []string{"ann", "bo"} {
		w.AddPerson(simulator.Person{Handle: handle, Name: handle})
	}
	w.AddSpace(simulator.Space{Key: "L", Name: "L", Statuses: simulator.LinearStatuses()})
	p := w.As("ann").Create(simulator.Draft{Space: "L", Type: simulator.TypeProject, Title: "P"})
	beta := w.AddMilestone(p, "Beta", "2026-01-01")
	i := w.As("ann").Create(simulator.Draft{Space: "L", Title: "I", Container: p})
	w.As("ann").SetMilestone(i, beta)
	w.As("ann").Join(p, "bo")
	w.As("ann").Report(p, "atRisk", "Behind.")
	w.As("ann").Attach(i, "Design", "https://design.acme.example/1")
	w.As("ann").Attach(p, "Plan", "https://wiki.acme.example/plan")

	schema, s := linearSchema(t), serve(t, w.Linear(simulator.Options{}), "", "")
	const query = `query {
		projects(first: 2) { nodes { health healthUpdatedAt members(first: 2) { nodes { name } } lastUpdate { body health }
			externalLinks(first: 2) { nodes { label url } }
			projectMilestones(first: 2) { nodes { name targetDate status issues(first: 2) { nodes { identifier } } } } } }
		issues(first: 2) { nodes { projectMilestone { name } attachments(first: 2) { nodes { id title url } }
			history(first: 3) { nodes { toProjectMilestone { name } attachmentId } } } } }`
	walkQuery(t, schema, s, query, nil)
	_, _, reply := s.query(t, query, nil)
	text, err := json.Marshal(reply)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"health":"atRisk"`, `"members":{"nodes":[{"name":"bo"}]}`, `"name":"Beta","status":"overdue","targetDate":"2026-01-01"`,
		`"projectMilestone":{"name":"Beta"}`, `"toProjectMilestone":{"name":"Beta"}`, `"title":"Design","url":"https://design.acme.example/1"`,
		`"label":"Plan"`, `"identifier":"L-1"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the reply lacks %s: %s", want, text)
		}
	}
}

func TestTheGatewayTellsWhatATokenIsGoodFor(t *testing.T) {
	w := small()
	only := application
	only.Scopes = []string{"read:jira-user", "read:board-scope:jira-software", "read:sprint:jira-software"}
	s := serve(t, w.JiraCloud(simulator.Options{Token: "key", OAuth: only}), "", "")
	_, reply := s.grant(t, true, map[string]string{"grant_type": "refresh_token", "refresh_token": "first", "client_id": "app", "client_secret": "hush"})
	s.token = reply["access_token"].(string)
	code, _, text := s.ask(t, "GET", "/oauth/token/accessible-resources", "")
	if code != http.StatusOK || !strings.Contains(string(text), `"url":"https://acme.atlassian.net"`) || !strings.Contains(string(text), simulator.CloudID("https://acme.atlassian.net")) {
		t.Errorf("resources: %d %s", code, text)
	}
	for path, want := range map[string]int{
		"/rest/api/2/myself": 200, "/rest/agile/1.0/board": 401, "/rest/api/2/project/A": 401, "/rest/api/2/serverInfo": 200,
	} {
		code, _, text := s.ask(t, "GET", throughGateway+path, "")
		if code != want || (want == 401) != strings.Contains(string(text), "scope does not match") {
			t.Errorf("%s answered %d %s, want %d", path, code, text, want)
		}
	}
	s.token = "guess"
	for _, path := range []string{throughGateway + "/rest/api/2/myself", "/oauth/token/accessible-resources"} {
		if code, _, text := s.ask(t, "GET", path, ""); code != 401 || strings.Contains(string(text), "scope") {
			t.Errorf("a guess at %s answered %d %s", path, code, text)
		}
	}
}

func TestATokenWithScopesIsGoodOnlyAtTheGateway(t *testing.T) {
	s := serve(t, small().JiraCloud(simulator.Options{User: "me@acme.example", Token: "key", TokenScopes: simulator.JiraScopes()}), "me@acme.example", "key")
	if code, _, _ := s.ask(t, "GET", "/rest/api/2/myself", ""); code != http.StatusUnauthorized {
		t.Errorf("the site answered %d", code)
	}
	if code, _, text := s.ask(t, "GET", "/_edge/tenant_info", ""); code != http.StatusOK || !strings.Contains(string(text), simulator.CloudID("https://acme.atlassian.net")) {
		t.Errorf("the site tells %d %s of itself", code, text)
	}
	if code, _, _ := s.ask(t, "GET", throughGateway+"/rest/api/2/project/A", ""); code != http.StatusOK {
		t.Errorf("the gateway answered %d", code)
	}
}

func TestJiraTellsOfAttachmentsAndOfWhatIsArchived(t *testing.T) {
	doc := openAPI(t, "specs/jira-cloud-openapi.json")
	w, s := storyCloud(t)
	key := w.Issues("PAY")[20].Key
	w.As("priya").AddFile(key, "design.pdf")
	code, _, text := s.ask(t, "GET", "/rest/api/2/issue/"+key+"?expand=changelog", "")
	keeps(t, doc, "GET", "/rest/api/3/issue/{issueIdOrKey}", code, text)
	for _, want := range []string{`"filename":"design.pdf"`, "/rest/api/3/attachment/content/", `"field":"Attachment"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the issue lacks %s", want)
		}
	}
	w.As("priya").Archive(key)
	search := "/rest/api/2/search/jql?jql=project=PAY+AND+key=" + key
	if found := s.get(t, search)["issues"].([]any); len(found) != 0 {
		t.Errorf("a search finds what is archived: %v", found)
	}
	if code, _, text := s.ask(t, "GET", "/rest/api/2/issue/"+key, ""); code != http.StatusOK || !strings.Contains(string(text), `"archiveddate":"`) {
		t.Errorf("asked for alone it answers %d %.200s", code, text)
	}
	w.As("priya").Restore(key)
	if found := s.get(t, search)["issues"].([]any); len(found) != 1 {
		t.Errorf("a search finds %v once it is restored", found)
	}
}
