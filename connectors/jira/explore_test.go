package jira_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/ticket"
)

func unchosen(o *jira.Options) { o.Projects = nil }

func explore(t *testing.T, s *stub, kind jira.Deployment, change ...func(*jira.Options)) connectors.Catalogue {
	t.Helper()
	src, err := jira.NewSite(options(s.URL, kind, change...))
	if err != nil {
		t.Fatal(err)
	}
	got, err := src.Explore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

const lastTickets = `{"isLast":true,"total":3,"issues":[{"id":"1","fields":{"assignee":{"accountId":"mina","displayName":"Mina"}}},{"id":"2","fields":{"assignee":null}},
	{"id":"3","fields":{"assignee":{"accountId":"lee","displayName":"Lee"}}},{"id":"4","fields":{"assignee":{"accountId":"mina","displayName":"Mina"}}}]}`

var mina, lee = ticket.Account{ID: "mina", Name: "Mina"}, ticket.Account{ID: "lee", Name: "Lee"}

func TestWhatACloudSiteHasToChooseFrom(t *testing.T) {
	s := newStub(t, answers{
		"GET /rest/api/2/project/search": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			status(200, map[string]string{
				"0": `{"isLast":false,"values":[{"key":"PAY","name":"Payments","lead":{"accountId":"lee","displayName":"Lee"}}]}`,
				"1": `{"isLast":true,"values":[{"key":"CORE","name":"Core"}]}`,
			}[r.URL.Query().Get("startAt")])(w, r)
		}),
		"GET /rest/agile/1.0/board": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("projectKeyOrId") == "CORE" {
				status(403, "")(w, r)
				return
			}
			status(200, `{"isLast":true,"values":[{"id":3,"name":"Payments board","type":"scrum"},{"id":4,"name":"Support","type":"kanban"}]}`)(w, r)
		}),
		"GET /rest/api/2/search/jql": lastTickets,
	})
	got := explore(t, s, jira.Cloud, unchosen)
	want := connectors.Catalogue{
		Spaces: []connectors.Space{
			{Key: "CORE", Name: "Core", Assignees: []ticket.Account{mina, lee}},
			{Key: "PAY", Name: "Payments", Lead: lee, Boards: []string{"Payments board (scrum)", "Support (kanban)"}, Assignees: []ticket.Account{mina, lee}},
		},
		People: []ticket.Account{lee, mina},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if q := query(t, s.asked("/rest/api/2/search/jql")[0].Path); q.Get("jql") != `project in ("PAY") ORDER BY updated DESC` || q.Get("maxResults") != "100" {
		t.Errorf("assignees were asked for with %v", q)
	}
}

func TestWhatADataCenterHasToChooseFrom(t *testing.T) {
	s := newStub(t, answers{
		"GET /rest/api/2/project": `[{"key":"PAY","name":"Payments","lead":{"name":"lee","displayName":"Lee"}},{"key":"CORE","name":"Core"}]`,
		"GET /rest/api/2/search":  lastTickets,
	})
	got := explore(t, s, jira.DataCenter, unchosen)
	if len(got.Spaces) != 2 || got.Spaces[1].Lead != lee || len(got.Spaces[0].Assignees) != 2 {
		t.Errorf("got %+v", got)
	}
	if q := query(t, s.asked("/rest/api/2/project?")[0].Path); q.Get("expand") != "lead" {
		t.Errorf("projects were asked for with %v", q)
	}
	if got := explore(t, s, jira.DataCenter); len(got.Spaces) != 1 || got.Spaces[0].Key != "PAY" {
		t.Errorf("got %+v, want only the project of the source", got)
	}
}

func TestAVastSiteIsNotLookedIntoWhole(t *testing.T) {
	var values []string
	for i := range 300 {
		values = append(values, fmt.Sprintf(`{"key":"P%d","name":"Project %d"}`, i, i))
	}
	s := newStub(t, answers{"GET /rest/api/2/project/search": `{"isLast":true,"values":[` + strings.Join(values, ",") + `]}`})
	if got := explore(t, s, jira.Cloud, unchosen); len(got.Spaces) != 300 {
		t.Errorf("%d projects, want all", len(got.Spaces))
	}
	if n := len(s.asked("/")); n > 110 {
		t.Errorf("%d requests to list 300 projects", n)
	}
}

func TestASiteWithoutProjectsIsNotRead(t *testing.T) {
	s := newStub(t, nil)
	src, err := jira.NewSite(options(s.URL, jira.Cloud, unchosen))
	if err != nil {
		t.Fatal(err)
	}
	_, err = pages(t.Context(), src, "")
	checkTold(t, err, "name at least one project")
	_, err = held(t, src)
	checkTold(t, err, "name at least one project")
	_, err = src.Fetch(t.Context(), []string{"1"})
	checkTold(t, err, "name at least one project")
	if n := len(s.asked("/")); n != 0 {
		t.Errorf("%d requests were made", n)
	}
}
