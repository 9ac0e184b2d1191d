//go:build !windows

package connectors

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// asItIs opens what stands under a name and nothing that it leads to, and does
// not wait for the other end of a pipe.
const asItIs = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// tryLock takes the file's lock, which ends with its last handle, also when the
// process is killed. It reports false where somebody else has it.
func tryLock(f *os.File) (held bool, err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, syscall.EWOULDBLOCK), errors.Is(err, syscall.EINTR):
		return false, nil
	}
	return false, err
}

// giveTo gives a file that we made the owner of another, where we may.
func giveTo(made *os.File, about fs.FileInfo) {
	if who, ok := about.Sys().(*syscall.Stat_t); ok {
		_ = made.Chown(int(who.Uid), int(who.Gid)) // only root may; others own both files already
	}
}
