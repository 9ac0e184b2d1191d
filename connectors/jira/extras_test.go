package jira_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/ticket"
)

const (
	watched   = `"watches":{"watchCount":2},"status":{"id":"3","name":"In Progress","statusCategory":{"key":"indeterminate"}}`
	follower  = `{"watchCount":2,"watchers":[{"name":"sam","displayName":"Sam"},{"name":"lee","displayName":"Lee"},{}]}`
	linkedOut = `{"field":"RemoteIssueLink","fieldtype":"jira","to":"10100","toString":"This issue links to \"Runbook\""}`
)

func TestWatchersOfWorkThatHasNotEnded(t *testing.T) {
	both := []ticket.Account{{ID: "lee", Name: "Lee"}, {ID: "sam", Name: "Sam"}}
	for _, c := range []struct {
		name, fields string
		want         []ticket.Account
		asked        int
	}{
		{"are asked for", watched, both, 1},
		{"are not where nobody is counted", strings.Replace(watched, "2", "0", 1), nil, 0},
		{"are not where the work has ended", `"watches":{"watchCount":2},"status":{"id":"6","name":"Closed","statusCategory":{"key":"done"}}`, nil, 0},
		{"are not where Jira tells no count", `"summary":"x"`, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStub(t, answers{"GET /rest/api/2/search": oneIssue(dated + "," + c.fields), "GET /rest/api/2/issue/100/watchers": follower})
			ps, err := pull(t, options(s.URL, jira.DataCenter), "")
			if err != nil {
				t.Fatal(err)
			}
			if got := tickets(ps)[0].Watchers; !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if n := len(s.asked("/rest/api/2/issue/100/watchers")); n != c.asked {
				t.Errorf("asked %d times, want %d", n, c.asked)
			}
		})
	}
}

// many is a search that finds n watched issues.
func many(n int) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf(`{"id":"%d","key":"PAY-%d","fields":{%s,%s}}`, 100+i, i+1, dated, watched))
	}
	return fmt.Sprintf(`{"total":%d,"isLast":true,"issues":[%s]}`, n, strings.Join(out, ","))
}

func TestWatchersThatAreNotShown(t *testing.T) {
	s := newStub(t, answers{"GET /rest/api/2/search": many(4), "GET /rest/api/2/issue/100/watchers": status(403, "")})
	ps, err := pull(t, options(s.URL, jira.DataCenter), "")
	if err != nil || len(tickets(ps)) != 4 {
		t.Fatalf("%d tickets, err = %v", len(tickets(ps)), err)
	}
	if n := len(s.asked("/rest/api/2/issue/")); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	if got := gaps(ps); strings.Count(got, "\n") != 0 || !strings.HasPrefix(got, "PAY: who watches tickets is not shown to this account") {
		t.Errorf("gaps: %q, want one line", got)
	}
}

func TestWatchersOfATicketThatIsGone(t *testing.T) {
	ps, err := pull(t, options(newStub(t, answers{"GET /rest/api/2/search": many(1)}).URL, jira.DataCenter), "")
	if err != nil || gaps(ps) != "" || len(tickets(ps)) != 1 {
		t.Errorf("got %+v, %v", ps, err)
	}
}

func TestAPassSpendsOnlySoMuchOnExtras(t *testing.T) {
	for _, c := range []struct {
		name  string
		most  int
		asked int
		gap   string
	}{
		{"as much as allowed", 3, 3, "7 requests were left out"},
		{"nothing at all when switched off", -1, 0, ""},
		{"everything by default", 0, 10, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStub(t, answers{"GET /rest/api/2/search": many(10)})
			ps, err := pull(t, options(s.URL, jira.DataCenter, func(o *jira.Options) { o.MostExtras = c.most }), "")
			if err != nil {
				t.Fatal(err)
			}
			if n := len(s.asked("/rest/api/2/issue/")); n != c.asked {
				t.Errorf("%d requests, want %d", n, c.asked)
			}
			if got := gaps(ps); !strings.Contains(got, c.gap) || c.gap == "" && got != "" {
				t.Errorf("gaps: %q, want %q", got, c.gap)
			}
		})
	}
}

func TestRemoteLinks(t *testing.T) {
	const links = `[{"id":1,"object":{"title":"Runbook","url":"https://wiki.acme.example/runbook"}},{"id":2,"object":{"title":"Runbook","url":" https://wiki.acme.example/runbook "}},
		{"id":3,"object":{"title":"Trap","url":"javascript:alert(1)"}},{"id":4,"object":{"title":"Nowhere"}},{"id":5,"object":{"title":"Design","url":"http://design.acme.example"}}]`
	want := []ticket.Paper{{Title: "Design", URL: "http://design.acme.example"}, {Title: "Runbook", URL: "https://wiki.acme.example/runbook"}}
	for _, c := range []struct {
		name, fields, log string
		want              []ticket.Paper
		asked             int
	}{
		{"are asked for where the history tells of one", `"summary":"x"`, logOf(linkedOut), want, 1},
		{"also under their new name", `"summary":"x"`, logOf(strings.Replace(linkedOut, "RemoteIssueLink", "RemoteWorkItemLink", 1)), want, 1},
		{"are not where it does not", `"summary":"x"`, logOf(`{"field":"Link","to":"PAY-2","toString":"This issue blocks PAY-2"}`), nil, 0},
		{"are not where the work has ended", `"status":{"id":"6","name":"Closed","statusCategory":{"key":"done"}}`, logOf(linkedOut), nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStub(t, answers{"GET /rest/api/2/search": oneIssue(dated+","+c.fields, `,"changelog":`+c.log), "GET /rest/api/2/issue/100/remotelink": links})
			ps, err := pull(t, options(s.URL, jira.DataCenter), "")
			if err != nil {
				t.Fatal(err)
			}
			if got := tickets(ps)[0].Papers; !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if n := len(s.asked("/rest/api/2/issue/100/remotelink")); n != c.asked {
				t.Errorf("asked %d times, want %d", n, c.asked)
			}
		})
	}
}

func TestAttachmentsArePapersByNameAndAddress(t *testing.T) {
	const files = `"attachment":[{"id":"1","filename":"Design v2.pdf","content":"https://jira.acme.example/secure/attachment/1/Design+v2.pdf","size":9},
		{"id":"2","filename":"Trap","content":"javascript:alert(1)"},{"id":"3","filename":"Nowhere"},
		{"id":"1","filename":"Design v2.pdf","content":"https://jira.acme.example/secure/attachment/1/Design+v2.pdf"}]`
	want := []ticket.Paper{{Title: "Design v2.pdf", URL: "https://jira.acme.example/secure/attachment/1/Design+v2.pdf"}}
	if got := only(t, files, "", nil).Papers; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	s := newStub(t, answers{"GET /rest/api/2/search": oneIssue(dated + `,"attachment":"none"`)})
	ps, err := pull(t, options(s.URL, jira.DataCenter), "")
	if err != nil || !strings.Contains(gaps(ps), `the field "attachment" could not be read`) {
		t.Errorf("gaps: %q, %v", gaps(ps), err)
	}
	for _, r := range s.asked("/") {
		if strings.Contains(r.Path, "/attachment/") {
			t.Errorf("%s was asked for", r.Path)
		}
	}
}

func TestAttachmentsToldByTheGatewayLieAtTheSite(t *testing.T) {
	s := newStub(t, onPlatform(answers{"GET /rest/api/2/search/jql": oneIssue(dated +
		`,"attachment":[{"id":"1","filename":"Design","content":"https://api.atlassian.com` + through + `/rest/api/3/attachment/content/1"}]`)}))
	ps, err := pull(t, withOAuth(t, s), "")
	if err != nil {
		t.Fatal(err)
	}
	if got := tickets(ps)[0].Papers; len(got) != 1 || got[0].URL != site+"/rest/api/3/attachment/content/1" {
		t.Errorf("got %+v", got)
	}
}

func TestFaultsWhileAskingForExtras(t *testing.T) {
	for _, what := range []string{"watchers", "remotelink"} {
		s := newStub(t, answers{
			"GET /rest/api/2/search":             oneIssue(dated+","+watched, `,"changelog":`+logOf(linkedOut)),
			"GET /rest/api/2/issue/100/watchers": follower, "GET /rest/api/2/issue/100/" + what: status(500, "oops"),
		})
		ps, err := pull(t, options(s.URL, jira.DataCenter), "")
		checkTold(t, err, "/rest/api/2/issue/100/"+what, "500 Internal Server Error")
		if len(tickets(ps)) != 0 {
			t.Errorf("%s: a ticket came without them", what)
		}
	}
}

func TestReleases(t *testing.T) {
	got := only(t, `"fixVersions":[{"id":"2","name":"2.0","released":false,"releaseDate":"2026-03-01"},{"id":"1","name":"1.9","released":true},{"id":"3","name":"x","releaseDate":"soon"}]`, "", nil)
	want := []ticket.Release{{ID: "1", Name: "1.9", Released: true}, {ID: "2", Name: "2.0", Due: "2026-03-01"}, {ID: "3", Name: "x"}}
	if !reflect.DeepEqual(got.Releases, want) {
		t.Errorf("got %+v, want %+v", got.Releases, want)
	}
}

func TestWhatCommentsSayIsKeptOnlyWhereAllowed(t *testing.T) {
	const fields = `"comment":{"total":1,"comments":[{"id":"1","body":"see [~sam]"}]}`
	if got := only(t, fields, "", nil).Comments[0]; got.Text != "" || len(got.Mentions) != 1 {
		t.Errorf("got %+v, want no text", got)
	}
	got := only(t, fields, "", nil, func(o *jira.Options) { o.CommentText = true }).Comments[0]
	if got.Text != "see [~sam]" || len(got.Mentions) != 1 {
		t.Errorf("got %+v, want the text", got)
	}
}

func TestWhatStandsAboveAnEpic(t *testing.T) {
	told := answers{"GET /rest/api/2/field": `[{"id":"customfield_5","name":"Parent Link","schema":{"custom":"com.atlassian.jpo:jpo-custom-field-parent"}},
		{"id":"customfield_6","name":"Epic Link","schema":{"custom":"com.pyxis.greenhopper.jira:gh-epic-link"}}]`}
	for _, c := range []struct {
		name, fields string
		want         ticket.Ref
	}{
		{"a key on Data Center", `"customfield_5":"INIT-1"`, ticket.Ref{Key: "INIT-1"}},
		{"an object on Cloud", `"customfield_5":{"hasEpicLinkFieldDependency":false,"showField":true,"data":{"id":77,"key":"INIT-1"}}`, ticket.Ref{ID: "77", Key: "INIT-1"}},
		{"an issue", `"customfield_5":{"id":"77","key":"INIT-1"}`, ticket.Ref{ID: "77", Key: "INIT-1"}},
		{"only how the field may be edited", `"customfield_5":{"hasEpicLinkFieldDependency":false,"showField":false}`, ticket.Ref{}},
		{"nothing", `"customfield_5":null`, ticket.Ref{}},
		{"an epic comes first", `"customfield_5":"INIT-1","customfield_6":"PAY-9"`, ticket.Ref{Key: "PAY-9"}},
		{"Jira's own parent comes first", `"customfield_5":"INIT-1","parent":{"id":"8","key":"PAY-8"}`, ticket.Ref{ID: "8", Key: "PAY-8"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := only(t, c.fields, "", told).Parent; got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
	moved := only(t, `"customfield_5":"INIT-2"`, logOf(`{"field":"Parent Link","fieldtype":"custom","from":"77","fromString":"INIT-1","to":"78","toString":"INIT-2"}`), told)
	if c := moved.History[0]; c.Field != ticket.FieldParent || c.To[0].ID != "78" || c.To[0].Text != "INIT-2" {
		t.Errorf("got %+v, want a change of the parent", c)
	}
}
