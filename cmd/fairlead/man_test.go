package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

var manInto = flag.String("man", "", "a folder to write the manual pages into")

// TestEveryCommandHasAManualPage writes them, into the folder that is asked for. It is a
// test so that what turns Markdown into troff is no part of the program.
func TestEveryCommandHasAManualPage(t *testing.T) {
	into := *manInto
	if into == "" {
		into = t.TempDir()
	}
	if err := os.MkdirAll(into, 0o755); err != nil {
		t.Fatal(err)
	}
	root := newRoot(&app{})
	root.DisableAutoGenTag = true
	commands := 0
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Hidden || c.Name() == "help" {
			return
		}
		commands++
		c.Long = manText(c.Long)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	// Its date is SOURCE_DATE_EPOCH where that is set.
	header := &doc.GenManHeader{Title: "FAIRLEAD", Section: "1", Source: "fairlead", Manual: "fairlead"}
	if err := doc.GenManTree(root, header, into); err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(filepath.Join(into, "fairlead*.1"))
	if err != nil || len(pages) < commands {
		t.Errorf("%d pages for %d commands, %v", len(pages), commands, err)
	}
	page, err := os.ReadFile(filepath.Join(into, "fairlead-run.1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{".SH SYNOPSIS", `\fB--deliver\fP`, "fairlead run --week 2026-W46"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page of fairlead run has no %q:\n%s", want, page)
		}
	}
}

// manText keeps signs from being taken for Markdown.
func manText(text string) string {
	return strings.NewReplacer("*", `\*`, "_", `\_`, "<", `\<`, "`", "\\`").Replace(text)
}
