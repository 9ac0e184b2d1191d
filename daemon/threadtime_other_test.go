//go:build !linux

package daemon

import "time"

// onOneThread does it; how long a thread worked for it is only told on Linux.
func onOneThread(do func()) time.Duration {
	do()
	return 0
}

// processTime is only told on Linux.
func processTime() time.Duration { return 0 }
