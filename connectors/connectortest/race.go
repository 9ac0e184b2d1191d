//go:build race

package connectortest

// Every is at which of the places where something can go wrong it does: at one in so
// many under the race detector, which makes each of them several times as slow.
const Every = 5
