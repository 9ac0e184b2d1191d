//go:build !race

package daemon

// UnderRace says that the race detector is on, which makes everything several times as
// slow.
const UnderRace = false
