package browsertest

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Tab is where one person looks at pages; it has cookies of its own.
type Tab struct {
	t       testing.TB
	ctx     context.Context
	site    string // where its pages are
	axeCore string // its source

	mu        sync.Mutex
	documents map[string]bool // addresses that were opened as pages
	troubles  []string
}

// Tab opens a tab in which pages of the site are looked at until the test ends. What
// its console said by then that is not in order fails the test.
func (c *Chromium) Tab(t testing.TB, site string) *Tab {
	t.Helper()
	path, axe := tools(t)
	c.once.Do(func() { c.start(path) })
	if c.err != nil {
		t.Fatalf("Chromium does not start: %v", c.err)
	}
	ctx, cancel := chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext())
	tab := &Tab{t: t, ctx: ctx, site: site, axeCore: axe, documents: map[string]bool{}}
	t.Cleanup(func() {
		for _, trouble := range tab.Troubles() {
			t.Error(trouble)
		}
		cancel()
	})
	if err := chromedp.Listen(ctx, tab.listen); err != nil {
		t.Fatal(err)
	}
	tell(tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: refusals})
	return tab
}

// refusals tells the console what the policy refused.
const refusals = `document.addEventListener("securitypolicyviolation", (e) => console.error("the policy refused", e.violatedDirective, e.blockedURI));`

// listen notes what is not in order.
func (p *Tab) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if e.Type == network.ResourceTypeDocument {
			p.documents[e.Request.URL] = true
		}
	case *runtime.EventExceptionThrown:
		p.note(e.ExceptionDetails.URL, "exception", e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var said []string
			for _, a := range e.Args {
				said = append(said, strings.Trim(string(a.Value), `"`))
			}
			p.note("", string(e.Type), strings.Join(said, " "))
		}
	case *cdplog.EventEntryAdded:
		// A page that says why it is not shown has a status that says so too.
		if (e.Entry.Level == cdplog.EntryLevelError || e.Entry.Level == cdplog.EntryLevelWarning) && (e.Entry.Source != cdplog.EntrySourceNetwork || !p.documents[e.Entry.URL]) {
			p.note(e.Entry.URL, string(e.Entry.Level), e.Entry.Text)
		}
	}
}

func (p *Tab) note(at, what, text string) {
	if at == "" || strings.HasPrefix(at, p.site) {
		p.troubles = append(p.troubles, fmt.Sprintf("console: %s: %s %s", what, text, at))
	}
}

// Troubles are what the console said so far that is not in order; they are told once.
func (p *Tab) Troubles() []string {
	eval[int](p, "0") // what comes before the answer has been told
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.troubles
	p.troubles = nil
	return out
}

// do runs steps in the tab.
func (p *Tab) do(doing string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, done := context.WithTimeout(p.ctx, patience)
	defer done()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v", doing, err)
	}
}

// tell sends the browser a command.
func tell[P, R any](p *Tab, command cdp.Command[P, R], params P) {
	p.t.Helper()
	p.do(command.Method, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	}))
}

// eval is the value of an expression in the page.
func eval[T any](p *Tab, expression string) T {
	p.t.Helper()
	ctx, done := context.WithTimeout(p.ctx, patience)
	defer done()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%.80s: %v", expression, err)
	}
	return v
}

// WithoutScripts switches JavaScript off for the pages that are opened from now on.
func (p *Tab) WithoutScripts() {
	p.t.Helper()
	tell(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// Open opens a page of the site, or a whole address.
func (p *Tab) Open(address string) {
	p.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = p.site + address
	}
	p.do("open "+address, chromedp.Navigate(address))
}

// Reload loads the page anew.
func (p *Tab) Reload() { p.t.Helper(); p.do("reload", chromedp.Reload()) }

// At is the path and query of the page.
func (p *Tab) At() string {
	p.t.Helper()
	u, err := url.Parse(eval[string](p, "location.href"))
	if err != nil {
		p.t.Fatal(err)
	}
	return u.RequestURI()
}

// IsAt sees to it that the path and query hold the text.
func (p *Tab) IsAt(text string) {
	p.t.Helper()
	if at := p.At(); !strings.Contains(at, text) {
		p.t.Fatalf("the page is %s, want %q in it", at, text)
	}
}

// Text is what can be read on the page at the moment.
func (p *Tab) Text() string {
	p.t.Helper()
	return strings.Join(strings.Fields(eval[string](p, "document.body.innerText")), " ")
}

// Says sees to it that the page can be read to say all of the texts.
func (p *Tab) Says(texts ...string) {
	p.t.Helper()
	shown := p.Text()
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			p.t.Fatalf("%s does not say %q: %.1500s", p.At(), text, shown)
		}
	}
}

// SaysNot sees to it that the page says none of the texts.
func (p *Tab) SaysNot(texts ...string) {
	p.t.Helper()
	shown := p.Text()
	for _, text := range texts {
		if strings.Contains(shown, text) {
			p.t.Fatalf("%s says %q: %.1500s", p.At(), text, shown)
		}
	}
}

// Becomes waits until the page says the text without being loaded anew.
func (p *Tab) Becomes(text string) {
	p.t.Helper()
	quoted, _ := json.Marshal(text)
	eval[bool](p, fmt.Sprintf(`new Promise((done, fail) => {
		const until = performance.now() + 30000, look = () => document.body.innerText.replace(/\s+/g, " ").includes(%s) ? done(true)
			: performance.now() > until ? fail("the page never says " + %[1]s) : setTimeout(look, 20);
		look();
	})`, quoted))
}

//go:embed find.js
var findJS string

// found is an element that somebody means.
type found struct {
	X, Y   float64
	Error  string
	Kind   string // of a field
	Covers string // what lies over it
}

func (p *Tab) find(what, name string) found {
	p.t.Helper()
	w, _ := json.Marshal(what)
	n, _ := json.Marshal(name)
	f := eval[found](p, fmt.Sprintf("(%s)(%s, %s)", strings.TrimSpace(findJS), w, n))
	if f.Error != "" {
		p.t.Fatalf("%s: %s: %.1500s", p.At(), f.Error, p.Text())
	}
	return f
}

// Follow clicks on the link or button that says so and waits for the page it leads
// to.
func (p *Tab) Follow(name string) {
	p.t.Helper()
	f := p.find("control", name)
	loaded := chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.MouseClickXY(f.X, f.Y))
	p.do("follow "+name, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := loaded(ctx, t)
		return chromedp.Void{}, err
	})
}

// FollowTo is Follow where one page after the other leads on by itself, until the path
// is reached.
func (p *Tab) FollowTo(name, path string) {
	p.t.Helper()
	ctx, done := context.WithTimeout(p.ctx, patience)
	defer done()
	loads := chromedp.Events(ctx, page.LoadEventFired)
	p.Press(name)
	for _, err := range loads {
		if err != nil {
			p.t.Fatalf("%s leads to %s and not to %s: %v", name, p.At(), path, err)
		}
		if at, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.pathname")); err == nil && at == path {
			return
		}
	}
}

// Press clicks on something that leads to no other page: a button, a choice, the
// summary of details.
func (p *Tab) Press(name string) {
	p.t.Helper()
	f := p.find("control", name)
	p.do("press "+name, chromedp.MouseClickXY(f.X, f.Y))
}

// Fill clicks on a label and puts the text into its field, in place of what is there.
func (p *Tab) Fill(label, text string) {
	p.t.Helper()
	switch f := p.find("field", label); {
	case f.Kind == "date" || strings.HasPrefix(f.Kind, "select"):
		quoted, _ := json.Marshal(text)
		eval[bool](p, fmt.Sprintf(`(() => {
			const field = window.browsertestField, option = [...field.options || []].find((o) => o.text.trim().replace(/ \(\d+\)$/, "") === %s);
			if (field.options && !option) throw new Error("no option says " + %[1]s);
			field.value = option ? option.value : %[1]s;
			field.dispatchEvent(new Event("input", {bubbles: true}));
			field.dispatchEvent(new Event("change", {bubbles: true}));
			return true;
		})()`, quoted))
	default:
		p.do("fill "+label, chromedp.MouseClickXY(f.X, f.Y))
		if !eval[bool](p, `document.activeElement === window.browsertestField && (window.browsertestField.select(), true)`) {
			p.t.Fatalf("%s: a click on %q does not lead into its field", p.At(), label)
		}
		tell(p, input.InsertText, input.InsertTextParams{Text: text})
	}
}

// Value is what stands in the field of a label.
func (p *Tab) Value(label string) string {
	p.t.Helper()
	p.find("field", label)
	return eval[string](p, "window.browsertestField.value")
}

// Clicks lists what can be clicked on, as it reads.
func (p *Tab) Clicks() []string {
	p.t.Helper()
	return eval[[]string](p, fmt.Sprintf("(%s)('all', '')", strings.TrimSpace(findJS)))
}

// Offers sees to it that something can be clicked on, or cannot.
func (p *Tab) Offers(name string, want bool) {
	p.t.Helper()
	if all := p.Clicks(); slices.Contains(all, name) != want {
		p.t.Errorf("%s offers %q: %v, want %v; it offers %q", p.At(), name, !want, want, all)
	}
}
