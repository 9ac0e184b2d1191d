//go:build !race

package connectortest

// Every is at which of the places where something can go wrong it does: at each of them.
const Every = 1
