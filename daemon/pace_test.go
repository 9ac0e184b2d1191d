package daemon_test

import (
	"testing"

	"github.com/fairlead-dev/fairlead/daemon"
)

// withoutRace leaves a test that reads and writes a great deal to a run without the race
// detector: smaller ones go the same ways under it.
func withoutRace(t *testing.T) {
	t.Helper()
	if daemon.UnderRace {
		t.Skip("left to a run without the race detector: .ci/run makes one")
	}
}
