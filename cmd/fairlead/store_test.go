package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/store/redis/redistest"
)

// TestAStoreMovesToRedis copies the demonstration's store and works with the copy:
// everything is told as before, and doctor looks at the server.
func TestAStoreMovesToRedis(t *testing.T) {
	dir := t.TempDir()
	if got := run(t, nil, "demo", "--dir", dir); got.code != exitFine {
		t.Fatalf("demo: %s", got.err)
	}
	path := filepath.Join(dir, "fairlead.yaml")
	server := redistest.Start(t)
	from, to := "sqlite:"+filepath.Join(dir, "fairlead.db"), "redis://"+server.Addr
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no store is named", nil, exitUsage, "name both stores, with --from and --to"},
		{"only looking", []string{"--from", from, "--to", to, "--dry-run"}, exitFine, "Nothing was written."},
		{"copying", []string{"--from", from, "--to", to}, exitFine, "both stores hold the same.\nNow write store: " + to},
		{"copying again", []string{"--from", from, "--to", to}, exitFine, "Both stores still hold the same."},
		{"looking again", []string{"--from", from, "--to", to, "--dry-run"}, exitFine, "A complete copy is already in"},
		{"the other way", []string{"--from", to, "--to", from}, exitError, "the target is not empty"},
		{"as JSON", []string{"--from", from, "--to", to, "--format", "json"}, exitFine, `"sha256": "`},
	} {
		got := run(t, nil, append([]string{"store", "copy", "-c", path}, c.args...)...)
		if got.code != c.code || !strings.Contains(got.out+got.err, c.want) {
			t.Errorf("%s: code %d\n%s%s\nwant %q", c.name, got.code, got.out, got.err, c.want)
		}
	}
	before := run(t, nil, "findings", "list", "-c", path)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte("store: sqlite:./fairlead.db"), []byte("store: "+to), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	after := run(t, nil, "findings", "list", "-c", path)
	if before.code != exitFine || before.out == "" || after.out != before.out {
		t.Errorf("findings are told differently from Redis:\n%s%s\nwant\n%s%s", after.out, after.err, before.out, before.err)
	}
	wantStoreExamined(t, server, path)
}

func wantStoreExamined(t *testing.T, server *redistest.Server, path string) {
	t.Helper()
	server.Do("CONFIG", "SET", "appendonly", "no")
	got := run(t, nil, "doctor", "-c", path)
	for _, want := range []string{"Store\n", "keys begin with {fairlead", "! it keeps no append-only file"} {
		if got.code != exitError || !strings.Contains(got.out, want) {
			t.Errorf("doctor does not say %q:\n%s%s", want, got.out, got.err)
		}
	}
	if !strings.Contains(got.err, "the store is in danger") {
		t.Errorf("the log does not warn: %s", got.err)
	}
	server.Do("DEL", "{fairlead}:head")
	server.Do("HSET", "{fairlead}:head", "store", "another", "format", "1")
	if got := run(t, nil, "doctor", "-c", path); got.code != exitError || !strings.Contains(got.err, "another fairlead has begun a store") {
		t.Errorf("doctor on half a store: code %d\n%s%s", got.code, got.out, got.err)
	}
}
