package dashboard_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
)

//go:generate go test -run ^TestTheExamplesOfTheDocsWork$ -update .

const apiDocs = "../docs/api.md"

// example is a command of the docs and what it says comes of it.
var example = regexp.MustCompile("(?s)```sh\n(curl [^`]*)\n```\n\n```json\n(.*?)\n?```")

var operationsTable = regexp.MustCompile(`(?s)(<!-- operations: [^\n]*-->\n).*?(<!-- end -->)`)

func TestTheExamplesOfTheDocsWork(t *testing.T) {
	text, err := os.ReadFile(apiDocs)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text)
	h := served(dashboardtest.Story())
	n := 0
	got = example.ReplaceAllStringFunc(got, func(block string) string {
		n++
		m := example.FindStringSubmatch(block)
		return "```sh\n" + m[1] + "\n```\n\n```json\n" + carriedOut(t, h, m[1]) + "\n```"
	})
	got = operationsTable.ReplaceAllString(got, "${1}"+strings.ReplaceAll(operationsOf(), "$", "$$")+"${2}")
	if *update {
		if err := os.WriteFile(apiDocs, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if commands := strings.Count(string(text), "\ncurl "); n < 7 || n != commands {
		t.Errorf("%d examples are carried out of %d", n, commands)
	}
	if got != string(text) {
		t.Errorf("%s is not what comes of its examples (run go generate ./dashboard and look at the diff); got:\n%s", apiDocs, got)
	}
}

// carriedOut makes the request of a command as the token of the docs would, and gives
// the answer as jq shows it.
func carriedOut(t *testing.T, h http.Handler, command string) string {
	t.Helper()
	method, target, body := http.MethodGet, "", ""
	header := http.Header{}
	words := shellWords(command)
	for i := 1; i < len(words); i++ {
		switch w := words[i]; {
		case w == "-s":
		case w == "|":
			i = len(words)
		case w == "-X":
			i++
			method = words[i]
		case w == "-d":
			i++
			body = words[i]
		case w == "-H":
			i++
			name, value, _ := strings.Cut(words[i], ": ")
			header.Set(name, value)
		case strings.HasPrefix(w, "https://fairlead.acme.example/"):
			target = strings.TrimPrefix(w, "https://fairlead.acme.example")
		default:
			t.Fatalf("the test does not know %q of %s", w, command)
		}
	}
	if header.Get("Authorization") != "Bearer fairlead_x" {
		t.Errorf("the example shows no token: %s", command)
	}
	w := byToken(h, dashboardtest.Lee, []dashboard.Scope{dashboard.ScopeRead, dashboard.ScopeAnswer, dashboard.ScopeConfigure}, method, target, body)
	checkDescribed(t, method, target, body, http.Header{"Content-Type": {"application/json"}}, w)
	if body != "" && header.Get("Content-Type") != "application/json" {
		t.Errorf("the example would be refused: %s", command)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, bytes.TrimSpace(w.Body.Bytes()), "", "  "); err != nil {
		t.Fatalf("%s: %d %s", command, w.Code, w.Body)
	}
	return unescaped.Replace(out.String())
}

// unescaped is how jq shows what Go escapes for browsers.
var unescaped = strings.NewReplacer(`\u0026`, "&", `\u003c`, "<", `\u003e`, ">")

var shellVariables = strings.NewReplacer("$FAIRLEAD_TOKEN", "fairlead_x", "$FAIRLEAD", "https://fairlead.acme.example")

// shellWords parts a command as a shell does that is asked for nothing clever.
func shellWords(command string) []string {
	var out []string
	quoted := regexp.MustCompile(`'[^']*'|"[^"]*"|[^\s'"]+`)
	for _, w := range quoted.FindAllString(strings.ReplaceAll(command, "\\\n", " "), -1) {
		if w[0] != '\'' {
			w = shellVariables.Replace(w)
		}
		out = append(out, strings.Trim(w, `'"`))
	}
	return out
}

func operationsOf() string {
	var b strings.Builder
	b.WriteString("| operation | for | scope | what |\n|---|---|---|---|\n")
	for _, op := range dashboard.Operations() {
		scope := "`" + string(dashboard.ScopeOf(op.Route)) + "`"
		if op.Who == dashboard.Anyone {
			scope = "none"
		}
		fmt.Fprintf(&b, "| `%s %s` | %s | %s | %s |\n", op.Method, strings.TrimPrefix(op.Pattern, "/api/v1"), op.Who, scope, strings.TrimSuffix(op.Shows, ", as JSON"))
	}
	return b.String()
}
