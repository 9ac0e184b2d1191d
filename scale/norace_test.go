//go:build !race

package scale

// underRace says that the race detector is on, which makes what reckons slow.
const underRace = false
