//go:build race

package jira_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain leaves all but the contract to a run without the race detector, which would
// take ten minutes for what no second goroutine has a part in.
func TestMain(m *testing.M) {
	flag.Parse()
	if run := flag.Lookup("test.run"); run.Value.String() == "" {
		_ = run.Value.Set("KeepsTheContract")
	}
	os.Exit(m.Run())
}
