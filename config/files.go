package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// files is where configuration is read from.
type files interface {
	Open(name string) (fs.File, error)
	Stat(name string) (fs.FileInfo, error)
	Glob(pattern string) ([]string, error)
}

// disk is the real file system. Unlike an fs.FS it takes absolute paths and
// paths that lead upwards.
type disk struct{}

func (disk) Open(name string) (fs.File, error)     { return os.Open(name) }
func (disk) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }
func (disk) Glob(pattern string) ([]string, error) { return filepath.Glob(pattern) }

// tree is an fs.FS.
type tree struct{ fs.FS }

func (t tree) Open(name string) (fs.File, error)     { return t.FS.Open(slashed(name)) }
func (t tree) Stat(name string) (fs.FileInfo, error) { return fs.Stat(t.FS, slashed(name)) }
func (t tree) Glob(pattern string) ([]string, error) {
	return fs.Glob(t.FS, slashed(pattern))
}

// slashed is a path as an fs.FS wants it, whose root is /.
func slashed(path string) string { return strings.TrimPrefix(filepath.ToSlash(path), "/") }

// read reads a file, a little more than the most a YAML file may hold.
func (l *loader) read(name string) ([]byte, error) { return l.readUpTo(name, yamlfile.MaxSize) }

// readUpTo reads a file, a little more than the bytes it may have.
func (l *loader) readUpTo(name string, most int64) ([]byte, error) {
	l.noteFile(name)
	f, err := l.files.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	l.cfg.watched.noteRead(name, info)
	return io.ReadAll(io.LimitReader(f, most+1))
}

func (l *loader) noteFile(name string) {
	if !slices.Contains(l.cfg.Files, name) {
		l.cfg.Files = append(l.cfg.Files, name)
	}
}

// beside is a path written in a file, seen from the process.
func beside(file, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(filepath.Dir(file), path)
}

// expand finds the files that one entry of a list names, which stands at path
// in f.
func (l *loader) expand(f *yamlfile.File, pattern string, path ...any) []string {
	full := beside(f.Name(), pattern)
	if !strings.ContainsAny(pattern, "*?[") {
		return []string{full}
	}
	found, err := l.files.Glob(full)
	if err != nil {
		l.mistake(f, "use * for any part of a name and ? for one character", fmt.Sprintf("%q is no pattern", pattern), path...)
		return nil
	}
	l.cfg.watched.patterns = append(l.cfg.watched.patterns, asMatched{full, found})
	if len(found) == 0 {
		l.mistake(f, "looked for "+full, fmt.Sprintf("no file matches %q", pattern), path...)
	}
	return found
}

// expandAll is expand for the text, or each of the list, under key.
func (l *loader) expandAll(f *yamlfile.File, key string) (found []namedFile) {
	for i, pattern := range f.Texts(key) {
		path := []any{key, i}
		if pattern == "" {
			continue // said as a mistake of shape
		}
		for _, name := range l.expand(f, pattern, path...) {
			found = append(found, namedFile{name: name, by: f, path: path})
		}
	}
	return found
}

// namedFile is a file and where it was named.
type namedFile struct {
	name string
	by   *yamlfile.File
	path []any
}

// parse reads and parses a file that was named somewhere. Nil when it cannot be.
func (l *loader) parse(n namedFile) *yamlfile.File {
	text, err := l.read(n.name)
	if err != nil {
		l.mistake(n.by, l.searched(n, err), reason(err), n.path...)
		return nil
	}
	f, mistakes := yamlfile.Parse(n.name, text)
	if len(mistakes) > 0 {
		l.mistakes = append(l.mistakes, mistakes...)
		return nil
	}
	return f
}

// searched says where a file that cannot be read was looked for, or what to do
// about the main one, whose name the operator gave.
func (l *loader) searched(n namedFile, err error) string {
	switch {
	case n.by != nil:
		// What is written may be a token in the wrong place: it is not repeated.
		return "a relative path begins at the folder of " + n.by.Name()
	case errors.Is(err, syscall.EISDIR):
		return "name the file in it, such as " + filepath.Join(n.name, "fairlead.yaml")
	case errors.Is(err, fs.ErrNotExist):
		return "name another with --config, or begin one with fairlead init"
	}
	return "let the account that runs fairlead read it, or name another with --config"
}

// reason says why a file cannot be read, without its path, which stands beside it.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "the file does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "the file may not be read by this process"
	case errors.Is(err, syscall.EISDIR):
		return "this is a folder, not a file"
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Sprintf("the file cannot be read: %v", err)
}
