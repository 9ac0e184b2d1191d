package config

import (
	"io/fs"
	"slices"
	"time"
)

// asRead is how a file was when it was opened for reading. A ConfigMap or a
// checkout that swaps a link shows as other times, since the link is followed.
type asRead struct {
	name    string
	size    int64
	changed time.Time
}

// asMatched is what a pattern took in.
type asMatched struct {
	pattern string
	found   []string
}

// watched is what a configuration was read from, so that a change can be noticed.
type watched struct {
	from     files
	read     []asRead
	patterns []asMatched
}

func (w *watched) noteRead(name string, info fs.FileInfo) {
	w.read = append(w.read, asRead{name, info.Size(), info.ModTime()})
}

// Outdated reports whether any file that the configuration was read from is another
// one now, is gone, or has company that a pattern takes in. It looks at times
// and sizes and reads nothing; a change while the configuration was being read counts.
func (c *Config) Outdated() bool {
	w := &c.watched
	other := func(f asRead) bool {
		info, err := w.from.Stat(f.name)
		return err != nil || info.Size() != f.size || !info.ModTime().Equal(f.changed)
	}
	grown := func(p asMatched) bool {
		found, err := w.from.Glob(p.pattern)
		return err != nil || !slices.Equal(found, p.found)
	}
	return slices.ContainsFunc(w.read, other) || slices.ContainsFunc(w.patterns, grown)
}
