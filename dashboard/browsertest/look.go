package browsertest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// AxeVersion is the version of axe-core that pages are looked at with; the Makefile
// fetches it.
const AxeVersion = "4.14.1"

// Wide and Narrow are the widths in pixels that pages are looked at with.
const (
	Wide   = 1280
	Narrow = 360
)

// See sets what the pages are seen with: a window's width, light or dark.
func (p *Tab) See(width int64, scheme string) {
	p.t.Helper()
	p.do("resize", chromedp.EmulateViewport(width, 900))
	tell(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}, //nolint:misspell // CSS
	}})
}

// Look opens the page and takes a close look at it: wide and narrow, light and dark,
// with axe-core, for what does not fit; with -pictures it takes a picture each time.
// The tab sees it wide and light afterwards.
func (p *Tab) Look(name, path string) {
	p.t.Helper()
	for _, width := range []int64{Narrow, Wide} {
		p.See(width, "light")
		p.Open(path)
		p.LookAt(name, width, "light")
		p.See(width, "dark")
		p.LookAt(name, width, "dark")
	}
	p.See(Wide, "light")
}

// LookHere is Look at what is on the screen now, as somebody has come to it.
func (p *Tab) LookHere(name string) {
	p.t.Helper()
	for _, width := range []int64{Narrow, Wide} {
		for _, scheme := range []string{"dark", "light"} {
			p.See(width, scheme)
			p.LookAt(name, width, scheme)
		}
	}
}

// drawn waits for charts to be as wide as there is room for.
const drawn = `(async () => {
	const late = () => [...document.querySelectorAll("figure.plotted")].some((f) => f.plot.width !== Math.max(200, f.clientWidth));
	while (late()) await new Promise((next) => setTimeout(next, 10));
	return true;
})()`

// LookAt looks at the page as it is on the screen, which See has set.
func (p *Tab) LookAt(name string, width int64, scheme string) {
	p.t.Helper()
	eval[bool](p, drawn)
	at := fmt.Sprintf("%s, %d wide, %s", name, width, scheme)
	if wide := eval[int64](p, "document.documentElement.scrollWidth"); wide > width {
		p.t.Errorf("%s: the page is %d wide", at, wide)
	}
	for _, finding := range p.Axe() {
		p.t.Errorf("%s: %s", at, finding)
	}
	for _, trouble := range p.Troubles() {
		p.t.Errorf("%s: %s", at, trouble)
	}
	if *pictures != "" {
		p.picture(fmt.Sprintf("%s-%d-%s.png", name, width, scheme))
	}
}

func (p *Tab) picture(name string) {
	p.t.Helper()
	picture, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatalf("%s: %v", name, err)
	}
	if err := os.WriteFile(filepath.Join(*pictures, name), picture, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// Axe is what axe-core finds on the page against WCAG 2.2 AA and what it takes for
// good practice.
func (p *Tab) Axe() []string {
	p.t.Helper()
	if !eval[bool](p, "!!window.axe") {
		p.do("load axe-core", chromedp.Evaluate[chromedp.Void](p.axe))
	}
	var found []struct {
		ID, Help string
		Nodes    []struct {
			Target         json.RawMessage
			FailureSummary string
		}
	}
	answer := eval[string](p, `axe.run(document, {
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"], preload: false,
	}).then((r) => JSON.stringify(r.violations.map((v) => ({ID: v.id, Help: v.help, Nodes: v.nodes.map((n) => ({Target: n.target, FailureSummary: n.failureSummary}))}))))`)
	if err := json.Unmarshal([]byte(answer), &found); err != nil {
		p.t.Fatal(err)
	}
	var out []string
	for _, f := range found {
		for _, n := range f.Nodes[:min(3, len(f.Nodes))] {
			out = append(out, fmt.Sprintf("axe-core: %s (%s) at %s: %s", f.Help, f.ID, n.Target, strings.Join(strings.Fields(n.FailureSummary), " ")))
		}
	}
	return out
}
