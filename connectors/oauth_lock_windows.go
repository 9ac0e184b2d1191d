package connectors

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// asItIs asks for nothing: no file changes hands on Windows, where in general only
// administrators make links.
const asItIs = 0

// tryLock takes the file's lock, which ends with its last handle, also when the
// process is killed. It reports false where somebody else has it.
func tryLock(f *os.File) (held bool, err error) {
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{})
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION), errors.Is(err, windows.ERROR_IO_PENDING):
		return false, nil
	}
	return false, err
}

// giveTo does nothing: on Windows a new file takes its folder's permissions.
func giveTo(*os.File, fs.FileInfo) {}
