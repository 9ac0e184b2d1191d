package connectortest

import "testing"

// Every is at which of the places where something can go wrong it does: at each of them,
// and at one in five where a run is to be short.
func Every() int {
	if testing.Short() {
		return 5
	}
	return 1
}
