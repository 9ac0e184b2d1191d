package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store/redis/redistest"
)

// stores are the kinds of store that the tests below are about: each gives a place
// that holds nothing, as the configuration names it.
var stores = map[string]func(t *testing.T) string{
	"sqlite": func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "fairlead.db") },
	"redis":  func(t *testing.T) string { return "redis://" + redistest.Start(t).Addr },
}

// TestWhatServesIsBackedUpRestoredAndErased goes the way that docs/data-care.md tells,
// from the command line, while fairlead serve works.
func TestWhatServesIsBackedUpRestoredAndErased(t *testing.T) {
	for kind, empty := range stores {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			at := empty(t)
			path := storySite(t, "store: "+at+"\nreports:\n  - to: file:./reports\n")
			backup := backUpWhileServing(t, path)
			did := func(code int, want string, args ...string) result {
				t.Helper()
				got := run(t, nil, append(args, "-c", path)...)
				if got.code != code || !strings.Contains(got.out+got.err, want) {
					t.Fatalf("%q: exit code %d, want %d and %q:\n%s%s", args, got.code, code, want, got.out, got.err)
				}
				return got
			}
			wasTold, wasFound := examined(t, path), did(exitFine, "", "findings", "list", "--format", "json").out
			if !strings.Contains(wasFound, "feature-without-problem") {
				t.Fatalf("there is nothing to lose:\n%s", wasFound)
			}
			did(exitError, "the store is not empty", "restore", backup)
			if now := did(exitFine, "", "findings", "list", "--format", "json").out; now != wasFound {
				t.Error("a restore that was refused changed what there was")
			}

			to := empty(t)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, bytes.ReplaceAll(text, []byte(at), []byte(to)), 0o600); err != nil {
				t.Fatal(err)
			}
			did(exitFine, "holds what the backup holds", "restore", backup)
			if now := did(exitFine, "", "findings", "list", "--format", "json").out; now != wasFound {
				t.Errorf("findings are others than before:\n%s\nwant\n%s", now, wasFound)
			}
			if now := examined(t, path); !reflect.DeepEqual(now, wasTold) {
				t.Errorf("doctor tells otherwise than before:\n%v\nwant\n%v", now, wasTold)
			}

			wantErased(t, path, did)
		})
	}
}

// backUpWhileServing gives the last backup that was made while fairlead serve read the
// trackers, checked, wrote reports, and people answered.
func backUpWhileServing(t *testing.T, path string) string {
	t.Helper()
	var said bytes.Buffer
	serving := exec.Command(os.Args[0], "serve", "-c", path) //nolint:gosec // this very program
	serving.Env, serving.Stderr = append(os.Environ(), asProgram+"=1", hastened+"=1"), &said
	if err := serving.Start(); err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- serving.Wait() }()
	t.Cleanup(func() { _ = serving.Process.Kill() })
	file := filepath.Join(t.TempDir(), "backup.db")
	while := 0 // backups that were made while something was still written
	answered, before := false, ""
	for deadline := time.Now().Add(2 * time.Minute); ; {
		if time.Now().After(deadline) {
			t.Fatalf("it is not quiet after two minutes:\n%s", &said)
		}
		if reports, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "reports", "*")); len(reports) > 0 && !answered {
			answered = answerOne(t, path)
		}
		got := run(t, nil, "backup", file, "--force", "--format", "json", "-c", path)
		if got.code != exitFine && !strings.Contains(got.err, "quieter moment") && !strings.Contains(got.err, "nothing to back up") {
			t.Fatalf("backup: %s", got.err)
		}
		var made struct{ Parts json.RawMessage }
		if got.code == exitFine {
			if err := json.Unmarshal([]byte(got.out), &made); err != nil {
				t.Fatalf("%v: %s", err, got.out)
			}
		}
		holds := string(made.Parts)
		if answered && holds != "" && holds == before {
			break // nothing more is written for now
		}
		if before = holds; holds != "" {
			while++
		}
	}
	t.Logf("%d backups while it wrote", while)
	if err := serving.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-over; err != nil {
		t.Fatalf("serve ended with %v:\n%s", err, &said)
	}
	return file
}

// answerOne answers a finding that is open; false where there is none yet.
func answerOne(t *testing.T, path string) bool {
	t.Helper()
	var all []struct{ ID string }
	listed := run(t, nil, "findings", "list", "--format", "json", "-c", path)
	if err := json.Unmarshal([]byte(listed.out), &all); err != nil || len(all) == 0 {
		return false
	}
	got := run(t, nil, "answer", all[0].ID, "--by", "mina", "--reason", "Mina Osei wrote it into the plan", "-c", path)
	return got.code == exitFine
}

// examined is what doctor tells, without what is of the moment and of the place.
func examined(t *testing.T, path string) map[string]any {
	t.Helper()
	got := run(t, nil, "doctor", "--format", "json", "-c", path)
	var told map[string]any
	if err := json.Unmarshal([]byte(got.out), &told); err != nil {
		t.Fatalf("%v:\n%s%s", err, got.out, got.err)
	}
	for _, of := range []string{"at", "store", "queue"} {
		delete(told, of)
	}
	sources, _ := told["sources"].([]any)
	for _, s := range sources {
		if one, is := s.(map[string]any); is {
			delete(one, "clock_ahead_seconds")
			delete(one, "limit")
		}
	}
	if len(sources) == 0 || told["retention"] == nil {
		t.Fatalf("doctor tells too little:\n%s", got.out)
	}
	return told
}

// wantErased takes somebody out, first only to see what that would do.
func wantErased(t *testing.T, path string, did func(code int, want string, args ...string) result) {
	t.Helper()
	traces := []string{"mina osei", "712020:b953a7ec-21af-5b84-8ac4-02cec4ce0a4f"}
	found := func() (out []string) {
		file := filepath.Join(t.TempDir(), "look.db")
		did(exitFine, "", "backup", file) // plain bytes, whatever the store
		all, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range traces {
			if bytes.Contains(bytes.ToLower(all), []byte(one)) {
				out = append(out, one)
			}
		}
		return out
	}
	did(exitUsage, "nothing was changed", "person", "erase", "mina")
	dry := did(exitFine, "Nothing was written.", "person", "erase", "mina", "--dry-run")
	if got := found(); len(got) != len(traces) {
		t.Errorf("after only looking, %q are left of %q", got, traces)
	}
	done := did(exitFine, "stands where mina was named", "person", "erase", "mina", "--yes")
	counts := func(r result) string { before, _, _ := strings.Cut(r.out, "\n\n"); return before }
	if counts(done) != counts(dry) {
		t.Errorf("it did\n%s\nand had said\n%s", counts(done), counts(dry))
	}
	if got := found(); len(got) > 0 {
		t.Errorf("%q are left of the person", got)
	}
	did(exitFine, "Nothing told of mina", "person", "erase", "mina", "--yes")
}
