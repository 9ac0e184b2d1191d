package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// foretold is a block of docs/scale.md with what a command printed.
var foretold = regexp.MustCompile("(?s)```text\n\\$ fairlead (scale[^\n]*)\n.*?```")

func TestTheForetoldFiguresAreCurrent(t *testing.T) {
	if testing.Short() {
		t.Skip("it reckons for a while; go generate does it too")
	}
	const path = "../../docs/scale.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	blocks := 0
	got := foretold.ReplaceAllStringFunc(string(text), func(block string) string {
		blocks++
		command := foretold.FindStringSubmatch(block)[1]
		out := run(t, nil, strings.Fields(command)...)
		if out.code != exitFine {
			t.Fatalf("fairlead %s: %s", command, out.err)
		}
		return "```text\n$ fairlead " + command + "\n" + out.out + "```"
	})
	if blocks < 3 {
		t.Errorf("%d commands are shown, want 3", blocks)
	}
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got != string(text) {
		t.Errorf("%s is not current: run go generate ./cmd/fairlead", path)
	}
}

func TestScaleTellsAllMistakesAtOnce(t *testing.T) {
	out := run(t, nil, "scale", "--teams", "0", "--tracker", "trello", "--weeks", "99")
	if out.code != exitUsage {
		t.Errorf("exit code %d, want %d", out.code, exitUsage)
	}
	for _, want := range []string{"teams: 0", `"trello"`, "weeks: 99"} {
		if !strings.Contains(out.err, want) {
			t.Errorf("%q is not in %q", want, out.err)
		}
	}
}
