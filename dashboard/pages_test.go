package dashboard_test

import (
	"bytes"
	"flag"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
	"github.com/fairlead-dev/fairlead/finding"
)

var update = flag.Bool("update", false, "write the golden files anew")

// written are the elements that our templates write, with their attributes.
var written = map[string][]string{
	"html": {"lang"}, "head": nil, "meta": {"charset", "name", "content"}, "title": nil, "link": {"rel", "href", "type"}, "script": {"src", "defer"}, "body": {"class"},
	"a": {"class", "href", "rel", "aria-current", "download"}, "div": {"class", "aria-hidden", "data-field", "data-part", "data-words", "id"}, "header": {"class"}, "nav": {"aria-label"}, "main": {"id", "tabindex"}, "section": {"class", "aria-label", "id", "role"},
	"ul": {"class", "aria-label"}, "ol": {"class", "reversed"}, "li": {"class", "data-week", "data-field"}, "p": {"class", "role", "data-says"}, "h1": nil, "h2": {"class"}, "h3": nil, "b": nil, "br": nil, "bdi": nil, "code": nil, "pre": {"class", "aria-hidden"},
	"span": {"class", "role", "id", "data-says", "aria-hidden", "hidden"}, "time": {"datetime"}, "dl": {"class"}, "dt": nil, "dd": nil, "figure": {"class", "id", "data-top", "data-running"}, "figcaption": nil,
	"details": {"class", "open"}, "summary": nil, "table": {"class"}, "caption": nil, "thead": nil, "tbody": nil, "tr": {"class", "data-week"}, "th": {"scope", "class"}, "td": {"class"},
	"svg": {"class", "viewbox", "preserveaspectratio", "role", "aria-label", "aria-hidden"}, "path": {"class", "d"}, "line": {"class", "x1", "x2", "y1", "y2"}, "rect": {"class", "x", "y", "width", "height"},
	"circle": {"cx", "cy", "r"}, "text": {"class", "x", "y", "dx", "dy"}, "tspan": nil,
	"form": {"class", "method", "action", "data-breadth", "data-preview"}, "fieldset": {"class"}, "legend": nil, "label": {"class", "for"}, "input": {"class", "id", "type", "name", "value", "required", "maxlength", "min", "max", "checked", "autocomplete", "autofocus", "spellcheck", "autocapitalize", "inputmode", "placeholder", "aria-describedby", "aria-invalid"},
	"select": {"class", "id", "name", "aria-label", "aria-describedby", "aria-invalid"}, "optgroup": {"label"}, "option": {"value", "selected"}, "textarea": {"class", "id", "name", "required", "maxlength", "aria-describedby", "aria-invalid", "rows", "wrap", "spellcheck", "autocapitalize", "autocomplete", "placeholder"}, "button": {"class", "name", "value", "aria-pressed", "formaction", "formnovalidate"},
}

// parsed reads a page and checks that every element and attribute is one of ours,
// and that no link leads anywhere but to a page of ours or the web.
func parsed(t testing.TB, page []byte) *html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attributes, ours := written[n.Data]
		if !ours {
			t.Errorf("element %q is not ours", n.Data)
		}
		for _, a := range n.Attr {
			if !slices.Contains(attributes, strings.ToLower(a.Key)) {
				t.Errorf("attribute %s=%.60q of %s is not ours", a.Key, a.Val, n.Data)
			}
			if slices.Contains([]string{"href", "src", "action", "formaction"}, a.Key) && !leadsSomewhereGood(a.Val) {
				t.Errorf("%s of %s leads to %.80q", a.Key, n.Data, a.Val)
			}
		}
	}
	return root
}

func leadsSomewhereGood(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	if u.Host != "" {
		return (u.Scheme == "https" || u.Scheme == "http") && u.User == nil
	}
	return u.Scheme == "" && (strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") || strings.HasPrefix(address, "#"))
}

// text is what a reader reads below a node.
func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func first(root *html.Node, element string) *html.Node {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == element {
			return n
		}
	}
	return nil
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// hostilePaths are the pages to look at as everybody who may.
func hostilePaths(d *dashboardtest.Data) []string {
	out := []string{
		"/", "/teams", "/teams/payments", "/teams/payments/agreements", "/teams/payments/agreements/feature-without-problem", "/teams/payments/reports/2026-W46", "/teams/payments/reports/2026-W46?for=em",
		"/rules/feature-without-problem", "/findings", "/findings?state=any", "/findings?team=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&rule=%3Cimg+src=x+onerror=alert(1)%3E&severity=%22onload=x&age=%3Cb%3E&state=%3Cstyle%3E",
		benchOf + "/change", benchOf + "/revisions", "/agreements/no-accountable-owner/change", "/agreements/no-accountable-owner/revisions",
		"/waivers", "/agreements", "/experiments", "/experiments/new", "/reports", "/reports/2026-W46", "/data", "/trail", "/%3Cscript%3Ealert(1)%3C/script%3E",
	}
	d.Judged.Each(dashboard.Query{Sees: everything}, func(f *finding.Finding) bool {
		out = append(out, "/findings/"+string(f.ID))
		return true
	})
	for _, e := range d.Trying {
		out = append(out, "/experiments/"+url.PathEscape(e.ID))
	}
	return out
}

func TestHostileTextsStayTexts(t *testing.T) {
	d := dashboardtest.Hostile()
	h := served(d)
	shown := 0
	for _, who := range []dashboard.Viewer{dashboardtest.Lee, dashboardtest.Omar, dashboardtest.Dana, dashboardtest.Pat, dashboardtest.None, {Person: "mina", Name: `<script>alert(1)</script>`}} {
		for _, path := range append(hostilePaths(d), benchOf+"/agreement.yaml") {
			w := ask(t, h, who, "GET", path)
			if w.Code == http.StatusInternalServerError {
				t.Fatalf("%s for %s: %s", path, who.Person, w.Body)
			}
			if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
				continue
			}
			root := parsed(t, w.Body.Bytes())
			if scripts := strings.Count(w.Body.String(), "<script"); scripts > 3 {
				t.Errorf("%s has %d scripts", path, scripts)
			}
			shown += strings.Count(w.Body.String(), "&lt;script&gt;")
			for _, r := range text(root) {
				if unicode.Is(unicode.Cc, r) || r >= '\u202a' && r <= '\u202e' {
					t.Fatalf("%s for %s shows the character %U", path, who.Person, r)
				}
			}
			if t.Failed() {
				t.Fatalf("that was %s for %s", path, who.Person)
			}
		}
	}
	if shown < 20 {
		t.Errorf("hostile texts were shown %d times only: do they still reach the pages?", shown)
	}
}

// What a form brought back is text too.
func TestHostileFormsStayTexts(t *testing.T) {
	h := served(dashboardtest.Hostile())
	for _, text := range []string{`</textarea><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "\x00\u202e{{.}}"} {
		v := url.QueryEscape(text)
		for _, c := range []struct{ path, form string }{
			{named.Replace("/findings/TEAM/waive"), "scope=" + v + "&reason=" + v + "&until=" + v}, {named.Replace("/findings/TEAM/waive"), "scope=finding&reason=" + v + "&until=2026-12-01"},
			{named.Replace("/findings/TEAM/answer"), "reason=" + strings.Repeat(v, 500)}, {"/experiments", "team=payments&name=" + v + "&hypothesis=" + v + "&measure=" + v + "&expect=" + v + "&start=" + v + "&end=" + v},
			{"/waivers/w-1/renew", "reason=" + v + "&until=" + v}, {benchOf + "/change", everyField(v) + "&do=save&reason="}, {benchOf + "/change", everyField(v) + "&do=preview"},
			{benchOf + "/change", everyField(v) + "&do=text"}, {benchOf + "/preview", everyField(v)}, {benchOf + "/revisions/1", "reason=" + v}, {benchOf + "/change", "base=1&do=save&reason=" + v + "&promise=" + v},
		} {
			w := ask(t, h, dashboardtest.Lee, "POST", c.path, c.form)
			if w.Code != 200 && w.Code != 422 && w.Code != 409 {
				t.Errorf("%s: %d", c.path, w.Code)
			}
			parsed(t, w.Body.Bytes())
		}
	}
}

// everyField fills in the whole form of the workbench.
func everyField(v string) string {
	var out []string
	for _, name := range []string{
		"base", "off", "because", "promise", "ask", "stage", "tell", "review_on", "remind.after", "remind.comment", "settings.min_chars", "settings.depth", "settings.problem_links", "unit.settings.depth",
		"except.labels", "except.projects", "pin", "pin_all", "when", "reason",
	} {
		out = append(out, name+"="+v)
	}
	return strings.Join(out, "&")
}

var hashes = regexp.MustCompile(`/assets/[0-9a-f]{12}/`)

func TestGoldenPages(t *testing.T) {
	for _, s := range shots {
		t.Run(s.name, func(t *testing.T) {
			w := ask(t, served(s.story()), s.who, s.method(), s.path, s.sent()...)
			parsed(t, w.Body.Bytes())
			golden(t, s.name+".html", hashes.ReplaceAll(w.Body.Bytes(), []byte("/assets/HASH/")))
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run the test with -update to write it)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; look at what -update changes", path)
	}
}

// Every page opens with one sentence.
func TestEveryPageOpensWithItsSentence(t *testing.T) {
	h := served(dashboardtest.Story())
	for _, c := range []struct {
		path string
		who  dashboard.Viewer
		want string
	}{
		{"/", dashboardtest.Lee, "Payments: 5 open exceptions, 2 fewer than at the end of last week."},
		{"/", dashboardtest.Omar, "Your two teams: 4 open exceptions, 2 fewer than at the end of last week."},
		{"/", dashboardtest.Dana, "The organisation: 10 open exceptions, 5 fewer than at the end of last week."},
		{"/", dashboardtest.Pat, "You stand in no team at the moment."},
		{"/teams", dashboardtest.Mina, "You are in 1 team."},
		{"/teams", dashboardtest.Dana, "4 teams, none of them yours."},
		{"/teams/payments", dashboardtest.Mina, "Payments: 5 open exceptions, 2 fewer than at the end of last week."},
		{"/teams/search", dashboardtest.Dana, "Search is told together with other teams."},
		{"/findings", dashboardtest.Mina, "5 open findings."},
		{"/findings", dashboardtest.Lee, "7 open findings."},
		{"/findings", dashboardtest.Dana, "No open findings."},
		{"/findings?rule=feature-without-problem&age=2w", dashboardtest.Lee, "1 open finding about “a feature is committed and no problem stands behind it”, open for two weeks or more."},
		{"/findings?state=settled", dashboardtest.Lee, "2 settled findings."},
		{"/findings/" + string(dashboardtest.BulkExport), dashboardtest.Mina, "It entered the sprint on Tuesday without a word about the problem it solves."},
		{"/waivers", dashboardtest.Lee, "1 waiver holds; the next one ends on 4 December."},
		{"/waivers", dashboardtest.Omar, "Nothing is waived at the moment."},
		{"/agreements", dashboardtest.Lee, "The organisation has 27 agreements in force."},
		{"/teams/payments/agreements", dashboardtest.Lee, "Payments has 26 agreements in force."},
		{"/experiments", dashboardtest.Lee, "1 experiment is running."},
		{"/experiments/co-written-sprint-goals", dashboardtest.Lee, "Co-written sprint goals: moved as expected so far."},
		{"/reports", dashboardtest.Lee, "Weekly reports, and how this week's looks so far."},
		{"/reports", dashboardtest.Pat, "There is no report yet."},
		{"/data", dashboardtest.Pat, "1 of 2 sources was not read as it should be."},
		{"/trail", dashboardtest.Pat, "The latest change that is for you to see: 30 September at 08:00."},
		{"/nowhere", dashboardtest.Lee, "There is nothing at this address"},
	} {
		w := ask(t, h, c.who, "GET", c.path)
		h1 := first(parsed(t, w.Body.Bytes()), "h1")
		if h1 == nil {
			t.Errorf("%s for %s has no sentence", c.path, c.who.Person)
			continue
		}
		if got := text(h1); got != c.want {
			t.Errorf("%s for %s opens with %q, want %q", c.path, c.who.Person, got, c.want)
		}
	}
}

// Every link on every page leads to a page that the viewer may open, and every form
// to a route.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	for _, who := range []dashboard.Viewer{dashboardtest.Lee, dashboardtest.Mina, dashboardtest.Omar, dashboardtest.Dana, dashboardtest.Pat} {
		t.Run(who.Person, func(t *testing.T) {
			h := served(dashboardtest.Story())
			seen := map[string]bool{"/": true}
			for todo := []string{"/"}; len(todo) > 0; todo = todo[1:] {
				w := ask(t, h, who, "GET", todo[0])
				if w.Code != http.StatusOK {
					t.Errorf("%s: %d", todo[0], w.Code)
				}
				if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
					continue
				}
				for _, next := range links(t, w.Body.Bytes()) {
					if !seen[next] && len(seen) < 1500 {
						seen[next] = true
						todo = append(todo, next)
					}
				}
			}
			if len(seen) < 20 {
				t.Errorf("only %d pages were found", len(seen))
			}
		})
	}
}

// links are the pages of ours that a page leads to; it checks that its forms go to
// routes.
func links(t *testing.T, page []byte) []string {
	t.Helper()
	var out []string
	for n := range parsed(t, page).Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "a" || n.Data == "link" || n.Data == "script":
			address := attr(n, "href") + attr(n, "src")
			if strings.HasPrefix(address, "/") {
				out = append(out, address)
			}
		case n.Data == "form":
			checkForm(t, strings.ToUpper(attr(n, "method")), attr(n, "action"))
		case n.Data == "button" && attr(n, "formaction") != "":
			checkForm(t, "POST", attr(n, "formaction"))
		}
	}
	return out
}

func checkForm(t *testing.T, method, action string) {
	t.Helper()
	if action == "/sign-out" {
		return // whoever signs people in answers it
	}
	mux := http.NewServeMux()
	for _, r := range dashboard.Routes() {
		mux.Handle(r.Method+" "+r.Pattern, http.NotFoundHandler())
	}
	r, err := http.NewRequest(method, action, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, pattern := mux.Handler(r); pattern == "" {
		t.Errorf("a form goes to %s %s, which no route answers", method, action)
	}
}

// Every form that changes something carries the token against forgery.
func TestFormsCarryTheToken(t *testing.T) {
	h := served(dashboardtest.Story())
	forms := 0
	for _, path := range []string{"/findings/" + string(dashboardtest.BulkExport), "/waivers", "/experiments/new", benchOf + "/change", benchOf + "/revisions"} {
		for n := range parsed(t, ask(t, h, dashboardtest.Lee, "GET", path).Body.Bytes()).Descendants() {
			if n.Type != html.ElementNode || n.Data != "form" || attr(n, "method") != "post" {
				continue
			}
			forms++
			carried := false
			for c := range n.Descendants() {
				carried = carried || c.Data == "input" && attr(c, "name") == dashboard.FormTokenField && attr(c, "value") == "token-1"
			}
			if !carried {
				t.Errorf("%s: the form to %s carries no token", path, attr(n, "action"))
			}
		}
	}
	if forms < 12 {
		t.Errorf("%d forms were found, want at least 12", forms)
	}
}
