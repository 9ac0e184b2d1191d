package jira_test

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/connectors/jira/replay"
	"github.com/fairlead-dev/fairlead/ticket"
)

// granted answers mypermissions; what is listed is not held.
func granted(missing ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var out []string
		for _, key := range strings.Split(r.URL.Query().Get("permissions"), ",") {
			out = append(out, fmt.Sprintf(`%q:{"key":%q,"havePermission":%t}`, key, key, !slices.Contains(missing, key)))
		}
		status(200, `{"permissions":{`+strings.Join(out, ",")+`}}`)(w, r)
	}
}

var wordy = answers{
	"GET /rest/api/2/mypermissions": granted(),
	"GET /rest/api/2/priority":      `[{"id":"1","name":"Höchste"},{"id":"10007","name":"Vielleicht"}]`,
	"GET /rest/api/2/issueLinkType": `{"issueLinkTypes":[{"name":"Blocks","inward":"is blocked by","outward":"blocks"},{"name":"Mag","inward":"wird gemocht von","outward":"mag"}]}`,
}

func inspect(t *testing.T, kind jira.Deployment, told answers, change ...func(*jira.Options)) (connectors.Inspection, error) {
	t.Helper()
	all := answers{}
	for _, some := range []answers{wordy, told} {
		for k, v := range some {
			all[k] = v
		}
	}
	src, err := jira.New(options(newStub(t, all).URL, kind, change...))
	if err != nil {
		t.Fatal(err)
	}
	return src.Inspect(t.Context())
}

func TestASiteInOrder(t *testing.T) {
	got, err := inspect(t, jira.Cloud, answers{"GET /rest/api/2/myself": status(200, emptySite["GET /rest/api/2/myself"].(string),
		"Date", "Thu, 01 Jan 2026 00:00:42 GMT", "X-RateLimit-Limit", "350", "X-RateLimit-Remaining", "349")})
	if err != nil {
		t.Fatal(err)
	}
	if got.Who.ID != "acc-reader" || got.Zone != "Europe/Berlin" || len(got.Missing) != 0 {
		t.Errorf("got %+v", got)
	}
	if got.ClockSkew != 42*time.Second {
		t.Errorf("clock skew %v, want 42s", got.ClockSkew)
	}
	if want := "349 of 350 requests left"; got.Limit != want {
		t.Errorf("limit %q, want %q", got.Limit, want)
	}
	if want := map[string]string{
		"sprint": "Sprint (customfield_10020)", "epic": "Epic Link (customfield_10014)",
		"estimate": "Story point estimate (customfield_10016), Story Points (customfield_10030)",
	}; !reflect.DeepEqual(got.Fields, want) {
		t.Errorf("fields %v, want %v", got.Fields, want)
	}
	for _, want := range []connectors.Word{
		{Sort: "type", Text: "Geschichte", Means: "feature", Mapped: true}, {Sort: "type", Text: "Leitstern", Means: "goal", Mapped: true},
		{Sort: "status", Text: "Zurückgestellt", Means: "backlog", Mapped: true}, {Sort: "status", Text: "Closed", Means: "done", Mapped: true},
		{Sort: "priority", Text: "Höchste", Means: "urgent", Mapped: true}, {Sort: "priority", Text: "Vielleicht", Means: "none"},
		{Sort: "link", Text: "is blocked by", Means: "blocked-by", Mapped: true}, {Sort: "link", Text: "mag", Means: "other"},
	} {
		if !slices.Contains(got.Words, want) {
			t.Errorf("missing %+v in %+v", want, got.Words)
		}
	}
}

func TestWhatASiteTellsOfItsLimits(t *testing.T) {
	for _, c := range []struct {
		name    string
		headers []string
		want    string
	}{
		{"nothing", nil, ""},
		{"a bucket on Data Center", []string{"X-RateLimit-Limit", "10", "X-RateLimit-Remaining", "4", "X-RateLimit-FillRate", "2", "X-RateLimit-Interval-Seconds", "1"},
			"4 of 10 requests left, 2 more every 1 s"},
		{"a window that is nearly used up", []string{"X-RateLimit-Limit", "350", "X-RateLimit-Remaining", "7", "X-RateLimit-Reset", "2026-01-01T00:01Z", "X-RateLimit-NearLimit", "true"},
			"7 of 350 requests left, whole again at 2026-01-01T00:01Z, close to the limit"},
		{"only what is left", []string{"X-RateLimit-Remaining", "7", "X-RateLimit-NearLimit", "false"}, "7 requests left"},
	} {
		got, err := inspect(t, jira.Cloud, answers{"GET /rest/api/2/myself": status(200, emptySite["GET /rest/api/2/myself"].(string), c.headers...)})
		if err != nil || got.Limit != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, got.Limit, err, c.want)
		}
	}
}

func TestAnOperatorsLineMapsAWord(t *testing.T) {
	got, err := inspect(t, jira.Cloud, answers{"GET /rest/api/2/status": `[{"id":"1","name":"Zen"},{"id":"2","name":"zen"},{"id":"3","name":"Limbo"}]`}, func(o *jira.Options) {
		o.Mapping = connectors.Mapping{Statuses: map[string]ticket.Category{"ZEN": ticket.Started}, Links: map[string]ticket.LinkKind{"mag": ticket.Relates}}
	})
	if err != nil {
		t.Fatal(err)
	}
	var statuses []connectors.Word
	for _, w := range got.Words {
		if w.Sort == "status" {
			statuses = append(statuses, w)
		}
	}
	want := []connectors.Word{{Sort: "status", Text: "Zen", Means: "started", Mapped: true}, {Sort: "status", Text: "Limbo", Means: "todo"}}
	if !reflect.DeepEqual(statuses, want) || !slices.Contains(got.Words, connectors.Word{Sort: "link", Text: "mag", Means: "relates", Mapped: true}) {
		t.Errorf("got %+v, want %+v", got.Words, want)
	}
}

func TestLabelsInUseAreToldWithWhatTheyMean(t *testing.T) {
	labelled := func(rest string, labels ...string) string {
		return fmt.Sprintf(`{"issues":[{"id":"1","key":"PAY-1","fields":{"labels":["%s"]}}],%s}`, strings.Join(labels, `","`), rest)
	}
	for _, c := range []struct {
		name string
		kind jira.Deployment
		told answers
		want []string
	}{
		{"on Data Center", jira.DataCenter, answers{"GET /rest/api/2/search": labelled(`"total":1`, "ux", "retro-action", "ux")}, []string{"retro-action", "ux"}},
		{"on Cloud, whose pages may be short", jira.Cloud, answers{"GET /rest/api/2/search/jql": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Query().Get("nextPageToken") {
			case "":
				status(200, `{"issues":[],"nextPageToken":"two"}`)(w, r)
			case "two":
				status(200, labelled(`"nextPageToken":"three"`, "ux"))(w, r)
			default:
				status(200, labelled(`"isLast":true`, "Retro-Action"))(w, r)
			}
		})}, []string{"Retro-Action", "ux"}},
		{"where searching is not allowed", jira.Cloud, answers{"GET /rest/api/2/search/jql": status(403, "")}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := inspect(t, c.kind, c.told, func(o *jira.Options) {
				o.Mapping = connectors.Mapping{Labels: map[string]ticket.Kind{"retro-action": ticket.ActionItem}}
			})
			if err != nil {
				t.Fatal(err)
			}
			var labels []string
			for _, w := range got.Words {
				if w.Sort != "label" {
					continue
				}
				labels = append(labels, w.Text)
				if mapped := strings.EqualFold(w.Text, "retro-action"); w.Mapped != mapped || (w.Means == "action-item") != mapped {
					t.Errorf("%+v, want it mapped: %v", w, mapped)
				}
			}
			if !slices.Equal(labels, c.want) {
				t.Errorf("labels %q, want %q", labels, c.want)
			}
		})
	}
}

func TestWhatAnAccountMayNotDo(t *testing.T) {
	for _, c := range []struct {
		name string
		kind jira.Deployment
		told answers
		want []string
	}{
		{"nothing is missing", jira.DataCenter, nil, nil},
		{"tickets may not be browsed", jira.Cloud, answers{"GET /rest/api/2/mypermissions": granted("BROWSE_PROJECTS")},
			[]string{"PAY: Browse Projects (BROWSE_PROJECTS) is not granted: none of its tickets can be read"}},
		{"watchers may not be seen", jira.Cloud, answers{"GET /rest/api/2/mypermissions": granted("VIEW_VOTERS_AND_WATCHERS")},
			[]string{"PAY: View Voters and Watchers (VIEW_VOTERS_AND_WATCHERS) is not granted: nobody is known to follow"}},
		{"users may not be looked up", jira.DataCenter, answers{"GET /rest/api/2/mypermissions": granted("USER_PICKER")},
			[]string{"everywhere: Browse Users (USER_PICKER) is not granted: past assignees"}},
		{"the question is not answered", jira.Cloud, answers{"GET /rest/api/2/mypermissions": status(403, "")}, []string{"PAY: the site does not tell which permissions"}},
		{"the project is hidden", jira.Cloud, answers{"GET /rest/api/2/project/PAY": status(404, "")}, []string{"PAY: the site does not know this project"}},
		{"lists are hidden", jira.Cloud, answers{"GET /rest/api/2/priority": status(403, ""), "GET /rest/api/2/status": status(403, "")},
			[]string{"/rest/api/2/status is not shown", "/rest/api/2/priority is not shown"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := inspect(t, c.kind, c.told)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Missing) != len(c.want) {
				t.Fatalf("got %q, want %q", got.Missing, c.want)
			}
			for i, want := range c.want {
				if !strings.Contains(got.Missing[i], want) {
					t.Errorf("got %q, want %q in it", got.Missing[i], want)
				}
			}
		})
	}
}

func TestClocksThatAgree(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"": 0, "soon": 0, "Thu, 01 Jan 2026 00:00:00 GMT": 0,
		"Wed, 31 Dec 2025 23:58:00 GMT": -2 * time.Minute, "Thu, 01 Jan 2026 01:00:00 GMT": time.Hour,
	} {
		got, err := inspect(t, jira.Cloud, answers{"GET /rest/api/2/myself": status(200, `{"accountId":"x"}`, "Date", header)}, func(o *jira.Options) {
			o.Clock = &clock{at: time.Date(2026, 1, 1, 0, 0, 0, 700e6, time.UTC)}
		})
		if want > 0 {
			want -= 700 * time.Millisecond
		}
		if err != nil || got.ClockSkew != want {
			t.Errorf("%q: got %v, %v, want %v", header, got.ClockSkew, err, want)
		}
	}
}

func TestFaultsWhileInspectingAndExploringAreErrors(t *testing.T) {
	for _, path := range []string{"/rest/api/2/myself", "/rest/api/2/mypermissions", "/rest/api/2/status", "/rest/api/2/priority", "/rest/api/2/issueLinkType", "/rest/api/2/search/jql"} {
		_, err := inspect(t, jira.Cloud, answers{"GET " + path: status(500, "oops")})
		checkTold(t, err, path, "500 Internal Server Error")
	}
	_, err := inspect(t, jira.Cloud, answers{"GET /rest/api/2/myself": `{"accountId":null}`})
	checkTold(t, err, "took the request for a stranger's")
	for _, path := range []string{"/rest/api/2/myself", "/rest/api/2/project/search", "/rest/agile/1.0/board", "/rest/api/2/search/jql"} {
		s := newStub(t, answers{"GET /rest/api/2/project/search": `{"isLast":true,"values":[{"key":"PAY"}]}`, "GET " + path: status(500, "oops")})
		src, err := jira.New(options(s.URL, jira.Cloud))
		if err != nil {
			t.Fatal(err)
		}
		_, err = src.Explore(t.Context())
		checkTold(t, err, path, "500 Internal Server Error")
	}
}

func TestRealSitesInspected(t *testing.T) {
	for _, c := range replay.Captures() {
		got, err := source(t, replay.New(t, c)).Inspect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sorts := map[string]int{}
		for _, w := range got.Words {
			sorts[w.Sort]++
			if w.Text == "" || (w.Means == "") != (w.Sort == "label" && !w.Mapped) {
				t.Errorf("%s: %+v", c.File, w)
			}
		}
		if sorts["type"] == 0 || sorts["status"] == 0 || len(got.Missing) != 0 {
			t.Errorf("%s: words %v, missing %q", c.File, sorts, got.Missing)
		}
		t.Logf("%s: %v, fields %v", c.File, sorts, got.Fields)
	}
}
