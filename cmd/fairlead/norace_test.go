//go:build !race

package main

// underRace says that the race detector is on, which makes what reckons slow.
const underRace = false
