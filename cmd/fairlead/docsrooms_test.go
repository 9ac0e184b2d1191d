package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Who looks for where a line lives finds every folder of the code in the table.
func TestTheArchitectureNamesEveryFolder(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(repository, "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	rooms := map[string]bool{}
	for _, path := range goFiles(t) {
		rel, err := filepath.Rel(repository, path)
		if err != nil {
			t.Fatal(err)
		}
		if room, _, inRoom := strings.Cut(filepath.ToSlash(rel), "/"); inRoom {
			rooms[room] = true
		}
	}
	if len(rooms) < 12 {
		t.Errorf("only %d folders were found", len(rooms))
	}
	for room := range rooms {
		if !strings.Contains(string(page), "| `"+room+"/`") {
			t.Errorf("docs/architecture.md does not say what %s/ is for", room)
		}
	}
}
