package file

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path"
)

// temporary begins the names of files that are not finished yet.
const temporary = ".tmp-"

// replace writes a file whole or not at all: beside its place first, then
// renamed over it. A file that holds the same already is left untouched, its
// time included. Paths cannot leave root, not even through symbolic links.
func replace(root *os.Root, c content) (err error) {
	same, err := holds(root, c)
	if same || err != nil {
		return err
	}
	dir := path.Dir(c.path)
	if err := root.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	name := path.Join(dir, temporary+rand.Text())
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreMissing(root.Remove(name)))
		}
	}()
	if err := write(root, name, c); err != nil {
		return err
	}
	return root.Rename(name, c.path)
}

// write makes a new file and waits until the disk has it: renamed before that,
// a crash could leave an empty file in place of a good one.
func write(root *os.Root, name string, c content) (err error) {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, c.mode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(c.data); err != nil {
		return err
	}
	return f.Sync()
}

func holds(root *os.Root, c content) (bool, error) {
	data, err := root.ReadFile(c.path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return bytes.Equal(data, c.data), err
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
