//go:build unix

package rules_test

import (
	"syscall"
	"time"
)

// processor is how much processor time this process has used: on a machine that
// does other work it says more than the time that passed.
func processor() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
