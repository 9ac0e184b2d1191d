package connectors

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"
)

// TokenFile keeps a refresh token in a file that only its owner may read. A file
// of the same name ending in .lock stands beside it and is locked during an
// exchange, since the file itself is replaced: two processes that used one token
// would have to be authorised anew.
type TokenFile struct {
	Path  string
	Clock Clock // passes the time while somebody else has the lock
}

var _ RefreshTokens = TokenFile{}

// Place implements RefreshTokens.
func (f TokenFile) Place() string { return f.Path }

// Renew implements RefreshTokens.
func (f TokenFile) Renew(ctx context.Context, exchange func(stored string) (next string, err error)) (err error) {
	if f.Path, err = filepath.EvalSymlinks(f.Path); err != nil {
		return withoutPath(err)
	}
	unlock, err := f.lock(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	stored, about, err := f.read()
	if err != nil {
		return err
	}
	if err := f.rehearse(stored, about); err != nil {
		return err
	}
	next, err := exchange(stored)
	if err != nil || next == stored {
		return err
	}
	return f.replace(next, about)
}

// unfit is what keeps a file from being used, with the remedy for just that.
type unfit struct{ said, fix string }

// Error implements error.
func (u *unfit) Error() string { return u.said }

// rehearse stores a token where it is stored already: that shows, before it is
// spent, that the next one can be stored in the same way.
func (f TokenFile) rehearse(stored string, about fs.FileInfo) error {
	if stored == "" {
		return nil // there is nothing to spend
	}
	if err := f.replace(stored, about); err != nil {
		return &unfit{
			said: "another refresh token cannot take its place: " + err.Error(),
			fix:  "make it writable, with its folder, and see that there is room; in a container mount the folder, not the file",
		}
	}
	return nil
}

// tokenFileLimit bounds what is read of a file that should hold a token.
const tokenFileLimit = 64 << 10

// read gives the token and whose file holds it. What cannot be a token is not
// touched, since it is somebody's file that was named by mistake.
func (f TokenFile) read() (token string, about fs.FileInfo, err error) {
	file, err := os.OpenFile(f.Path, os.O_RDONLY|asItIs, 0)
	if err != nil {
		return "", nil, withoutPath(err)
	}
	defer func() { _ = file.Close() }() // only read
	if about, err = file.Stat(); err != nil {
		return "", nil, withoutPath(err)
	}
	if !about.Mode().IsRegular() {
		return "", nil, &unfit{"it is no plain file", onlyTheToken}
	}
	text, err := io.ReadAll(io.LimitReader(file, tokenFileLimit+1))
	if token = strings.TrimSpace(string(text)); len(text) > tokenFileLimit || strings.ContainsFunc(token, unicode.IsControl) {
		return "", nil, &unfit{"the file holds more than a refresh token", onlyTheToken}
	}
	return token, about, withoutPath(err)
}

const onlyTheToken = "name a file that holds the refresh token in one line and nothing else"

// replace replaces the file, whole or not at all. It keeps the owner of the one
// that was read, so that a command run as root does not lock out the account that
// runs fairlead, nor gives what it read to anybody else.
func (f TokenFile) replace(token string, about fs.FileInfo) error {
	temp, err := os.CreateTemp(filepath.Dir(f.Path), ".fairlead-*") // made anew, never through a link, with mode 0600
	if err != nil {
		return withoutPath(err)
	}
	defer func() { _ = os.Remove(temp.Name()) }() // gone already when all went well
	giveTo(temp, about)
	_, err = temp.WriteString(token + "\n")
	if err = errors.Join(err, temp.Sync(), temp.Close()); err == nil {
		err = os.Rename(temp.Name(), f.Path)
	}
	if err == nil {
		settle(filepath.Dir(f.Path))
	}
	return withoutPath(err)
}

// settle makes a rename outlive a power cut, on systems that can be asked to.
func settle(folder string) {
	if d, err := os.Open(folder); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// lookAgain is how long to wait before asking for the lock again.
const lookAgain = 50 * time.Millisecond

// lock waits until nobody else holds the lock.
func (f TokenFile) lock(ctx context.Context) (unlock func() error, err error) {
	file, err := f.openLock()
	if err != nil {
		return nil, err
	}
	for {
		held, err := tryLock(file)
		if err == nil && held {
			return file.Close, nil // which gives the lock back
		}
		if err == nil {
			err = f.Clock.Sleep(ctx, lookAgain)
		}
		if err != nil {
			return nil, errors.Join(withoutPath(err), file.Close())
		}
	}
}

// openLock opens the lock and makes it where there is none. Only one that it made
// does it give to the token's owner: who may write the folder could otherwise put
// a link to any file there and have root hand that over.
func (f TokenFile) openLock() (*os.File, error) {
	name := f.Path + ".lock"
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err == nil {
		if about, err := os.Lstat(f.Path); err == nil {
			giveTo(file, about)
		}
		return file, nil
	}
	if !errors.Is(err, fs.ErrExist) {
		return nil, withoutPath(err)
	}
	if about, err := os.Lstat(name); err == nil && about.Mode()&fs.ModeSymlink != 0 {
		return nil, &unfit{"its lock " + filepath.Base(name) + " is a link", "remove that link; fairlead makes the lock itself"}
	}
	file, err = os.OpenFile(name, os.O_RDWR|asItIs, 0)
	return file, withoutPath(err)
}

// withoutPath is what went wrong with a file, whose name stands beside it.
func withoutPath(err error) error {
	if at := (*os.PathError)(nil); errors.As(err, &at) {
		return at.Err
	}
	if moved := (*os.LinkError)(nil); errors.As(err, &moved) {
		return moved.Err
	}
	return err
}
