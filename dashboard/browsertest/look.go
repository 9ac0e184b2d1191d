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
		p.look(name, width, "light")
		p.See(width, "dark")
		p.look(name, width, "dark")
	}
	p.See(Wide, "light")
}

// LookHere is Look at what is on the screen now, as somebody has come to it.
func (p *Tab) LookHere(name string) {
	p.t.Helper()
	for _, width := range []int64{Narrow, Wide} {
		for _, scheme := range []string{"dark", "light"} {
			p.See(width, scheme)
			p.look(name, width, scheme)
		}
	}
}

// Glance is a shorter Look: with axe-core narrow and light, and whether it fits at
// both widths.
func (p *Tab) Glance(name, path string) {
	p.t.Helper()
	p.See(Narrow, "light")
	p.Open(path)
	p.inspect(name, Narrow, "light")
	p.See(Wide, "light")
	p.fits(name, Wide)
}

// drawn waits for charts to be as wide as there is room for, and in the colours of
// the moment.
const drawn = `(async () => {
	const accent = () => getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
	const late = () => [...document.querySelectorAll("figure.plotted")].some((f) => f.plot.width !== Math.max(200, f.clientWidth) || f.plot.series[1].stroke() !== accent());
	while (late()) await new Promise((next) => setTimeout(next, 10));
	return true;
})()`

// look inspects the page and takes its picture.
func (p *Tab) look(name string, width int64, scheme string) {
	p.t.Helper()
	p.inspect(name, width, scheme)
	if *pictures != "" {
		p.picture(fmt.Sprintf("%s-%d-%s.png", name, width, scheme))
	}
}

// inspect looks for what is wrong with the page as it is on the screen, which See has
// set.
func (p *Tab) inspect(name string, width int64, scheme string) {
	p.t.Helper()
	p.fits(name, width)
	at, rules := fmt.Sprintf("%s, %d wide, %s", name, width, scheme), everything
	if scheme == "dark" {
		rules = colours // the rest is the same as in the light
	}
	for _, finding := range p.axe(rules) {
		p.t.Errorf("%s: %s", at, finding)
	}
	for _, trouble := range p.Troubles() {
		p.t.Errorf("%s: %s", at, trouble)
	}
}

// fits sees to it that nobody has to scroll sideways.
func (p *Tab) fits(name string, width int64) {
	p.t.Helper()
	eval[bool](p, drawn)
	if wide := eval[int64](p, "document.documentElement.scrollWidth"); wide > width {
		p.t.Errorf("%s: the page is %d wide in a window of %d, through %s", name, wide, width, eval[string](p, widest))
	}
}

// widest names the innermost element that reaches farthest to the right, past what
// scrolls for itself.
const widest = `(() => {
	const reach = (el) => el.getBoundingClientRect().right;
	const all = [...document.querySelectorAll("body *")].filter((el) => el.checkVisibility() && !el.closest(".scroll, .rail ul") && reach(el) > innerWidth);
	const inner = all.filter((el) => !all.some((other) => other !== el && el.contains(other)));
	return inner.slice(0, 3).map((el) => "<" + el.tagName.toLowerCase() + ' class="' + el.className + '">: ' + el.textContent.trim().slice(0, 40)).join("; ");
})()`

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

// What axe-core is asked to look for: WCAG 2.2 AA and what it takes for good practice,
// or of that only what has to do with colours.
const (
	everything = `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`
	colours    = `{type: "rule", values: ["color-contrast", "link-in-text-block"]}` //nolint:misspell // its names
)

// Axe is what axe-core finds on the page.
func (p *Tab) Axe() []string {
	p.t.Helper()
	return p.axe(everything)
}

func (p *Tab) axe(rules string) []string {
	p.t.Helper()
	if !eval[bool](p, "!!window.axe") {
		p.do("load axe-core", chromedp.Evaluate[chromedp.Void](p.axeCore))
	}
	var found []struct {
		ID, Help string
		Nodes    []struct {
			Target         json.RawMessage
			FailureSummary string
		}
	}
	answer := eval[string](p, `axe.run(document, {runOnly: `+rules+`, resultTypes: ["violations"], preload: false}).then((r) =>
		JSON.stringify(r.violations.map((v) => ({ID: v.id, Help: v.help, Nodes: v.nodes.map((n) => ({Target: n.target, FailureSummary: n.failureSummary}))}))))`)
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
