package browsertest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/dashboard/browsertest"
)

var chromium browsertest.Chromium

func TestMain(m *testing.M) {
	code := m.Run()
	chromium.Stop()
	os.Exit(code)
}

// faulty serves a page with the body, under a policy as strict as the dashboard's.
func faulty(t *testing.T, body string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/crooked.js" {
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = io.WriteString(w, `console.warn("odd"); nowhere();`)
			return
		}
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src data:; style-src 'unsafe-inline'")
		_, _ = io.WriteString(w, `<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>A page</title><link rel="icon" href="data:,"></head><body><main><h1>A page</h1>`+body+`</main></body></html>`)
	}))
	t.Cleanup(s.Close)
	return s
}

// A close look is only worth something if it sees what it should.
func TestWhatIsWrongIsSeen(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"a script that the policy refuses", "<script>0</script>", "the policy refused script-src-elem inline"},
		{"a warning in the console", `<script src="/crooked.js"></script>`, "console: warning: odd"},
		{"an exception", `<script src="/crooked.js"></script>`, "console: exception: Uncaught"},
		{"something that cannot be loaded", `<img src="http://127.0.0.1:1/none.png" alt="">`, "the policy refused img-src"},
		{"text that is hard to read", `<p style="color: #aaa; background: #fff">pale</p>`, "color-contrast"}, //nolint:misspell // CSS
		{"a field without a label", "<input>", "(label)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tab := chromium.Tab(t, faulty(t, c.body).URL)
			tab.Open("/")
			if seen := strings.Join(append(tab.Axe(), tab.Troubles()...), "\n"); !strings.Contains(seen, c.want) {
				t.Errorf("seen is %q, want %q in it", seen, c.want)
			}
		})
	}
}

func TestNothingIsSeenOnAPageThatIsInOrder(t *testing.T) {
	tab := chromium.Tab(t, faulty(t, "<p>in order</p>").URL)
	tab.Look("in order", "/")
	tab.Says("in order")
}

func TestFormsAreFilledInAsTheyRead(t *testing.T) {
	tab := chromium.Tab(t, faulty(t, `<form action="/"><label for="a">Why?</label><textarea id="a" name="a">before</textarea><label>Until <input type="date" name="d"></label>
		<label>Team <select name="s"><option value="p">Payments</option><option value="c">Core</option></select></label><button>Send</button></form>`).URL)
	tab.Open("/")
	tab.Fill("Why?", "because")
	tab.Fill("Until", "2026-12-01")
	tab.Fill("Team", "Core")
	if got := tab.Value("Why?"); got != "because" {
		t.Errorf("the field holds %q", got)
	}
	tab.Follow("Send")
	if got, want := tab.At(), "/?a=because&d=2026-12-01&s=c"; got != want {
		t.Errorf("sent is %q, want %q", got, want)
	}
}
