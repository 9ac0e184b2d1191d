// Package browsertest looks at pages in a real browser as people do: it clicks on
// what is written on a button, fills in the field under a label, reads what is
// shown. It listens all the while for what people do not see, as errors in the
// console and what the policy refused, and takes a close look at a page, wide and
// narrow, light and dark, with axe-core. It is for tests only.
package browsertest

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// pictures is where Look leaves a picture of what it looked at; empty: nowhere.
var pictures = flag.String("pictures", "", "take a picture of every page and put it into the folder")

// patience is how long one step may take on a busy machine.
const patience = time.Minute

// Chromium is one browser that the tests of a package share. It starts with the first
// tab, and ends with Stop.
type Chromium struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

// Stop ends the browser, if it was started.
func (c *Chromium) Stop() {
	if c.stop != nil {
		c.stop()
	}
}

func (c *Chromium) start(path string) {
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path)}
	for _, name := range []string{
		"headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync",
		"disable-dev-shm-usage", "hide-scrollbars",
	} {
		options = append(options, chromedp.Flag(name, true))
	}
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	c.ctx, c.stop, c.err = ctx, func() { cancel(); end() }, chromedp.Do(ctx)
}

func need(t testing.TB, missing string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
}

// tools are what a test looks at pages with: where Chromium is, and the source of
// axe-core. Without them the test is skipped; with CI=true it fails.
func tools(t testing.TB) (chromium, axe string) {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			chromium = path
			break
		}
	}
	source, err := os.ReadFile(filepath.Join(root(t), "dist", "axe-core-"+AxeVersion+".min.js"))
	switch {
	case chromium == "":
		need(t, "Chromium is not installed")
	case err != nil:
		need(t, "axe-core is not there: make axe fetches it from npm")
	}
	return chromium, string(source)
}

// root is the folder of the repository, which holds go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no folder above has a go.mod")
		}
		dir = filepath.Dir(dir)
	}
}
