package config

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
)

// TestTheDashboardsInTheDocsLoad reads every block of docs/sign-in.md.
func TestTheDashboardsInTheDocsLoad(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "sign-in.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := block.FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 4 {
		t.Fatalf("%d blocks were found, want at least 4", len(blocks))
	}
	for _, b := range blocks {
		fsys := fstest.MapFS{"fairlead.yaml": {Data: []byte(oneSource + b[2])}, "org.yaml": {Data: []byte("people: [{id: lee}]\n")}}
		cfg, err := LoadFS(fsys, "fairlead.yaml", environ(map[string]string{"JIRA_TOKEN": "t", "OIDC_CLIENT_SECRET": "s"}))
		if err != nil || cfg.Dashboard.Listen == "" {
			t.Errorf("%s\n%v", b[2], err)
		}
	}
}
