package daemon_test

import "testing"

// notInShort leaves a test that reads and writes a great deal to a run that is not short:
// smaller ones go the same ways.
func notInShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes long; a run without -short makes it")
	}
}
