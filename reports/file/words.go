package file

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// inWords puts what can stand in the way of writing into words for an operator.
// The name of a file that was not finished would only lead astray.
func inWords(dir string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("write into %s: %w\n\tlet the account that runs fairlead write into this folder, or name another as file:FOLDER", dir, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("write into %s: %w\n\tmake room there and report the week again; what stood there before is whole", dir, err)
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("write into %s: %w\n\ta file stands where a folder should be: move it away, or name another as file:FOLDER", dir, err)
	}
	return fmt.Errorf("write into %s: %w", dir, err)
}
