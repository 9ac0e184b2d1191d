package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// examples is the examples folder in memory, with the token files that the
// larger one names.
func examples(t *testing.T) fstest.MapFS {
	t.Helper()
	root := os.DirFS(filepath.Join("..", "examples"))
	fsys := fstest.MapFS{"larger/secrets/jira-token": {Data: []byte("s3cr3t\n")}, "larger/secrets/prometheus-token": {Data: []byte("s3cr3t\n")},
		"redis/secrets/redis": {Data: []byte("s3cr3t\n")}, "redis/secrets/sentinel": {Data: []byte("s3cr3t\n")}}
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(root, path)
		fsys[path] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fsys
}

func TestEveryExampleIsReadWithoutAMistake(t *testing.T) {
	fsys := examples(t)
	var read []string
	for path := range fsys {
		if filepath.Base(path) != "fairlead.yaml" {
			continue
		}
		cfg, err := LoadFS(fsys, path, tokens)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		read = append(read, cfg.Files...)
	}
	for path := range fsys {
		if filepath.Base(path) == "CODEOWNERS" {
			continue // for whoever keeps the repository; a test of the docs looks at it
		}
		if !slices.Contains(read, path) {
			t.Errorf("examples/%s is named by no example", path)
		}
	}
}

func TestTheSmallestExampleHasTenLinesAtMost(t *testing.T) {
	if n := strings.Count(string(examples(t)["fairlead.yaml"].Data), "\n"); n > 10 {
		t.Errorf("it has %d lines", n)
	}
}

// Everything a file may hold stands in some example, so that the examples cannot
// fall behind.
func TestExamplesShowEveryKeyOfTheirFiles(t *testing.T) {
	fsys := examples(t)
	var text strings.Builder
	for _, f := range fsys {
		text.Write(f.Data)
	}
	for _, shape := range []any{mainFile{}, orgFile{}, teamFile{}, sourceEntry{}, agreementEntry{}, experimentEntry{}, numberEntry{}} {
		for pair := yamlfile.SchemaOf(shape).Properties.Oldest(); pair != nil; pair = pair.Next() {
			if slices.Contains([]string{"name", "deployment", "url", "rules", "team", "client_id", "client_secret", "refresh_token_file", "webhook_secret"}, pair.Key) {
				continue // seldom needed, or written by whoever adds a rule
			}
			if !strings.Contains(text.String(), pair.Key+":") {
				t.Errorf("no example shows %s", pair.Key)
			}
		}
	}
}
