package daemon

import (
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func TestEveryLineOfARunNamesIt(t *testing.T) {
	p := newPost(t, toFolder(t.TempDir()))
	lines, seen := observer.New(zapcore.InfoLevel)
	p.log = zap.New(lines)
	if _, err := p.Sync(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := p.reportOnce(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	begun := map[string]bool{}
	for _, line := range seen.All() {
		name, _ := line.ContextMap()["run"].(string)
		kind, _, _ := strings.Cut(name, "-")
		begun[kind] = true
		if want := map[string]string{"source read": runSync, "report delivered": runReport}[line.Message]; want != "" && want != kind {
			t.Errorf("%q is of the run %q, want of a %s", line.Message, name, want)
		}
	}
	if !begun[runSync] || len(begun) < 2 {
		t.Errorf("the runs are %v, want a sync and what delivers", begun)
	}
}
