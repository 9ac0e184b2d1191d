package dashboard_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
	"github.com/fairlead-dev/fairlead/finding"
)

// pages follows the next links of a list of findings, and gives the ids of each page.
func pages(t *testing.T, h http.Handler, who dashboard.Viewer, target string) (out [][]string, last api.Findings) {
	t.Helper()
	for target != "" {
		if len(out) > 100 {
			t.Fatal("the list has no end")
		}
		c := call(t, h, who, "GET", target, "")
		last = api.Findings{}
		c.into(&last)
		var ids []string
		for _, f := range last.Findings {
			ids = append(ids, f.ID)
		}
		out = append(out, ids)
		target = last.Next
		if want := "<" + target + `>; rel="next"`; target != "" && c.Header().Get("Link") != want {
			t.Errorf("the link is %q, want %q", c.Header().Get("Link"), want)
		}
	}
	return out, last
}

func TestPagesTogetherAreTheListAsOnItsPage(t *testing.T) {
	h := served(dashboardtest.Story())
	for _, narrowed := range []string{"", "state=any", "state=any&team=payments", "rule=feature-without-problem", "severity=warn&age=1w", "team=.", "state=settled&team=payments&rule=decision-not-recorded"} {
		for _, role := range roles[2:] {
			whole, _ := pages(t, h, role.Viewer, "/api/v1/findings?limit=200&"+narrowed)
			all := slices.Concat(whole...)
			byThree, last := pages(t, h, role.Viewer, "/api/v1/findings?limit=3&"+narrowed)
			if got := slices.Concat(byThree...); !slices.Equal(got, all) || last.Total != len(all) {
				t.Errorf("%s, %q: page by page %q of %d, at once %q", role.name, narrowed, got, last.Total, all)
			}
			for _, page := range byThree[:len(byThree)-1] {
				if len(page) != 3 {
					t.Errorf("a page that is not the last holds %d", len(page))
				}
			}
			exported := ask(t, h, role.Viewer, "GET", "/findings.json?"+narrowed).Body.String()
			if n := strings.Count(exported, `{"id":`); n != len(all) {
				t.Errorf("%s, %q: the page exports %d, the API lists %d", role.name, narrowed, n, len(all))
			}
			for _, id := range all {
				if !strings.Contains(exported, `"id":"`+id+`"`) {
					t.Errorf("%s, %q: the page does not show %s", role.name, narrowed, id)
				}
			}
		}
	}
}

// A list that changes between two pages gives nothing twice, and leaves nothing out
// that was there all the time.
func TestAPageBeginsWhereTheLastOneEndedThoughTheListChanged(t *testing.T) {
	story := dashboardtest.Story()
	h := served(story)
	var first api.Findings
	call(t, h, dashboardtest.Lee, "GET", "/api/v1/findings?limit=3", "").into(&first)
	whole, _ := pages(t, h, dashboardtest.Lee, "/api/v1/findings")
	before := slices.Concat(whole...)
	var rest []finding.Finding
	story.Judged.Each(dashboard.Query{Sees: func(string, finding.Audience) bool { return true }}, func(f *finding.Finding) bool {
		if string(f.ID) != before[0] && string(f.ID) != before[2] { // the one the page ends with is gone as well
			rest = append(rest, *f)
		}
		return true
	})
	story.Judged = dashboard.NewLedger(rest, func(*finding.Finding) bool { return true }, dashboardtest.Now, "story-2")
	after, _ := pages(t, h, dashboardtest.Lee, first.Next)
	got := slices.Concat(after...)
	for _, id := range before[3:] {
		if !slices.Contains(got, id) {
			t.Errorf("%s is left out", id)
		}
	}
	for _, id := range before[:3] {
		if slices.Contains(got, id) {
			t.Errorf("%s comes twice", id)
		}
	}
}

func TestOtherListsHavePagesToo(t *testing.T) {
	h := served(dashboardtest.Story())
	for _, list := range []string{"teams", "rules", "agreements", "teams/payments/agreements", "waivers", "experiments", "reports", "trail"} {
		read := func(query string) (out []any) {
			for target := "/api/v1/" + list + query; target != ""; {
				var page map[string]any
				call(t, h, dashboardtest.Lee, "GET", target, "").into(&page)
				target, _ = page["next"].(string)
				name := list[strings.LastIndex(list, "/")+1:]
				if name == "trail" {
					name = "entries"
				}
				items, _ := page[name].([]any)
				if query != "?limit=200" && len(items) > 2 {
					t.Errorf("a page of %s holds %d", list, len(items))
				}
				out = append(out, items...)
			}
			return out
		}
		whole, byTwo := read("?limit=200"), read("?limit=2")
		if len(whole) == 0 || fmt.Sprint(whole) != fmt.Sprint(byTwo) {
			t.Errorf("%s at once:\n%v\nby two:\n%v", list, whole, byTwo)
		}
	}
}

func TestWhatAQueryDoesNotMeanIsRefusedWithASuggestion(t *testing.T) {
	h := served(dashboardtest.Story())
	var first api.Findings
	call(t, h, dashboardtest.Lee, "GET", "/api/v1/findings?limit=2", "").into(&first)
	next, err := url.Parse(first.Next)
	if err != nil {
		t.Fatal(err)
	}
	cursor := next.Query().Get("cursor")
	for _, c := range []struct{ target, field, says string }{
		{"/findings?tem=payments", "tem", `Did you mean "team"?`},
		{"/findings?sort=age", "sort", "There are team, rule, severity, state, age, limit and cursor."},
		{"/findings?severity=warning", "severity", "There are high, warn and info."},
		{"/findings?state=opened", "state", `Did you mean "open"?`},
		{"/findings?age=3d", "age", "is not known"},
		{"/findings?team=paymnts", "team", `Did you mean "payments"?`},
		{"/findings?rule=feature-without-problems", "rule", `Did you mean "feature-without-problem"?`},
		{"/findings?team=payments&team=core", "team", "twice"},
		{"/findings?team=", "team", "It is empty"},
		{"/findings?limit=0", "limit", "no whole number from 1 to 200"},
		{"/findings?limit=201", "limit", "no whole number from 1 to 200"},
		{"/findings?limit=many", "limit", `"many" is no whole number`},
		{"/findings?limit=1e2", "limit", "no whole number"},
		{"/findings?team=%zz", "", "name=value"},
		{"/findings?team=a;b", "", "name=value"},
		{"/findings?team=" + strings.Repeat("x", 201), "team", "at most 200 bytes"},
		{"/findings?team=%ff", "team", "text of at most"},
		{"/findings?cursor=x", "cursor", "not one that was given out"},
		{"/findings?cursor=" + "eyJvZiI6IngiLCJhZnRlciI6IngifQ", "cursor", "another list"},
		{"/findings?state=any&cursor=" + cursor, "cursor", "another list"},
		{"/teams?cursor=" + cursor, "cursor", "another list"},
		{"/teams/payments?limit=2", "limit", "this address takes none"},
		{"/trends?measure=opne", "measure", `Did you mean "open"?`},
		{"/trends?measure=open:feature-without-problms", "measure", `Did you mean "open:feature-without-problem"?`},
		{"/trends?weeks=105", "weeks", "from 1 to 104"},
		{"/trends?measure=open" + strings.Repeat("&measure=open", 8), "measure", "8 times at most"},
		{"/reports?team=paymnts", "team", `Did you mean "payments"?`},
		{"/findings/TEAM/breadth?covers=labels", "covers", "is nothing that a waiver of this finding covers"},
		{"/teams/payments/reports/2026-W46?for=pm", "for", "is not known"},
	} {
		p := call(t, h, dashboardtest.Lee, "GET", "/api/v1"+named.Replace(c.target), "").refused(http.StatusBadRequest)
		if len(p.Errors) != 1 || p.Errors[0].Field != c.field || !strings.Contains(p.Errors[0].Text, c.says) {
			t.Errorf("%.80s: %+v, want %q about %q", c.target, p, c.says, c.field)
		}
	}
}

func TestAnAnswerThatSomebodyHasIsNotSentAgain(t *testing.T) {
	story := dashboardtest.Story()
	h := served(story)
	for _, target := range []string{"/findings", "/findings/TEAM", "/teams", "/rules/date-imposed", "/waivers", "/trends", "/data", "/trail", "/teams/payments/reports/2026-W46", "/openapi.json"} {
		target = "/api/v1" + named.Replace(target)
		w := call(t, h, dashboardtest.Lee, "GET", target, "")
		tag := w.Header().Get("ETag")
		if !strings.HasPrefix(tag, `"`) || len(tag) < 20 || w.Header().Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%s: the tag is %s, %s", target, tag, w.Header().Get("Cache-Control"))
		}
		for _, held := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			again := call(t, h, dashboardtest.Lee, "GET", target, "", "If-None-Match", held)
			if again.Code != http.StatusNotModified || again.Body.Len() > 0 || again.Header().Get("ETag") != tag {
				t.Errorf("%s with %s: %d, %d bytes", target, held, again.Code, again.Body.Len())
			}
		}
		if again := call(t, h, dashboardtest.Lee, "GET", target, "", "If-None-Match", `"other"`); again.Code != http.StatusOK {
			t.Errorf("%s with another tag: %d", target, again.Code)
		}
		// A strong tag is of these very bytes: zipped they have another.
		zipped := call(t, h, dashboardtest.Lee, "GET", target, "", "Accept-Encoding", "gzip")
		if got := zipped.Header(); got.Get("ETag") == tag || got.Get("Content-Encoding") != "gzip" || !strings.Contains(strings.Join(got.Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("%s zipped: %v", target, got)
		}
		if call(t, h, dashboardtest.Lee, "GET", target, "", "Accept-Encoding", "gzip", "If-None-Match", tag).Code != http.StatusOK {
			t.Errorf("%s: what is held plain is taken for what is held zipped", target)
		}
	}
	lists := map[string]string{}
	for _, role := range roles[2:] {
		tag := call(t, h, role.Viewer, "GET", "/api/v1/findings", "").Header().Get("ETag")
		if other, same := lists[tag]; same && role.name != "a director" && role.name != "an admin" {
			t.Errorf("%s and %s have the same tag", role.name, other)
		}
		lists[tag] = role.name
	}
	before := call(t, h, dashboardtest.Lee, "GET", "/api/v1/findings", "").Header().Get("ETag")
	story.Judged = dashboard.NewLedger(nil, func(*finding.Finding) bool { return true }, dashboardtest.Now, "story-2")
	if w := call(t, h, dashboardtest.Lee, "GET", "/api/v1/findings", "", "If-None-Match", before); w.Code != http.StatusOK {
		t.Errorf("another ledger: %d", w.Code)
	}
}

func TestTheTrailOfTheAPIIsThatOfThePage(t *testing.T) {
	h := served(dashboardtest.Story())
	for _, role := range roles[2:] {
		var trail api.Trail
		call(t, h, role.Viewer, "GET", "/api/v1/trail?limit=200", "").into(&trail)
		page := text(parsed(t, ask(t, h, role.Viewer, "GET", "/trail").Body.Bytes()))
		for _, e := range trail.Entries {
			if !strings.Contains(page, e.What) {
				t.Errorf("%s: the page does not tell %+v", role.name, e)
			}
			if e.Configuring != (role.name == "an admin" && e.Configuring) {
				t.Errorf("%s is told of %+v", role.name, e)
			}
		}
	}
}

// FuzzQuery sends whatever somebody may write behind the question mark.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{"", "team=payments&limit=2", "state=any&age=1w&severity=high", "cursor=eyJvZiI6IngiLCJhZnRlciI6IngifQ", "team=.&team=", "limit=-1", "%zz", "a=b;c", "team=%00", "rule=\xff", "LIMIT=2", "limit=2#x"} {
		f.Add(s)
	}
	story := dashboardtest.Story()
	h := served(story)
	r := httptest.NewRequest(http.MethodGet, "/api/v1/findings?limit=2", http.NoBody)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r.WithContext(dashboard.WithViewer(r.Context(), dashboardtest.Mina)))
	if _, query, ok := strings.Cut(w.Body.String(), "cursor="); ok {
		cursor, _, _ := strings.Cut(query, "\\u0026")
		f.Add("limit=2&cursor=" + cursor)
	}
	access := dashboard.AccessOf(story.Dir, dashboardtest.Mina, dashboardtest.Now)
	f.Fuzz(func(t *testing.T, raw string) {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/findings", http.NoBody)
		r.URL.RawQuery = raw
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(dashboard.WithViewer(context.Background(), dashboardtest.Mina)))
		c := called{w, t}
		switch w.Code {
		case http.StatusOK:
			var out api.Findings
			c.into(&out)
			if len(out.Findings) > 200 || out.Total < len(out.Findings) {
				t.Errorf("%q: %d of %d", raw, len(out.Findings), out.Total)
			}
			for _, one := range out.Findings {
				if !access.SeesAudience(one.Team, finding.Audience(one.Audience)) {
					t.Errorf("%q shows %+v", raw, one)
				}
			}
			q, err := url.ParseQuery(raw)
			for name, values := range q {
				if len(values) != 1 || !slices.ContainsFunc(append(dashboard.Filters(), dashboard.Listing...), func(p dashboard.Param) bool { return p.Name == name }) {
					t.Errorf("%q passed with %q", raw, name)
				}
			}
			if err != nil {
				t.Errorf("%q passed: %v", raw, err)
			}
		case http.StatusRequestURITooLong, http.StatusBadRequest:
			c.refused(w.Code)
		default:
			t.Errorf("%q: %d %s", raw, w.Code, w.Body)
		}
	})
}
