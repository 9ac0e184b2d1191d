package slack

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

// active is what a page must not hold: scripts, handlers, frames, and anything
// that is fetched.
var active = regexp.MustCompile(`(?i)<(script|iframe|object|embed|link|base|form|svg|meta http-equiv)\b|<[^>]*\son[a-z]+\s*=|\ssrc="(?:[^d]|d[^a])|url\(|@import|href="(?:[^h]|h[^t])`)

func TestThePageFetchesAndRunsNothing(t *testing.T) {
	for _, c := range reporttest.Cases() {
		var b bytes.Buffer
		m := NewMessage(build(c.Inputs))
		pictures, err := somePicture(build(c.Inputs))
		if err != nil {
			t.Fatal(err)
		}
		pictures[0].Alt = `"><script>alert(1)</script>`
		m.Picture = &pictures[0]
		if err := PreviewPage(&b, m); err != nil {
			t.Fatal(err)
		}
		if found := active.FindString(b.String()); found != "" {
			t.Errorf("%s: the page holds %q", c.Name, found)
		}
		if !strings.Contains(b.String(), ": dark) {") || !strings.Contains(b.String(), `src="data:image/png;base64,`) {
			t.Errorf("%s: the page is not whole", c.Name)
		}
	}
	for _, text := range []string{`<script>`, `<a onclick="x">`, `<img src="https://x">`, `<a href="javascript:x">`, `url(x)`} {
		if !active.MatchString(text) {
			t.Errorf("%s passes", text)
		}
	}
}
