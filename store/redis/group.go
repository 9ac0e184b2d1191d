package redis

import (
	"encoding/binary"
	"net/url"
	"strings"
)

// group is the keys that have to change together: everything that belongs to
// one source, or everything else. They share a hash tag, so a Cluster keeps them
// in one slot.
type group struct {
	base string // the hash tag in its braces
	// known says that the group was there before: if it is not now, it is lost.
	known bool
}

func (g group) key(name string) string { return g.base + ":" + name }

// keys are what scripts are given (ops.lua).
func (g group) keys() []string { return []string{g.key("head"), g.key("none")} }

// main is the group of everything but tickets and sprints.
func (s *Store) main() group { return group{"{" + s.prefix + "}", true} }

// of is the group of a source. Braces in its name would make another hash tag.
func (s *Store) of(source string) group {
	name := strings.ReplaceAll(url.QueryEscape(source), "%2F", "/")
	_, known := s.sources.Load(source)
	return group{"{" + s.prefix + ":" + name + "}", known}
}

// joined makes one name out of several, whatever signs they hold.
func joined(parts ...string) string {
	var out []byte
	for _, p := range parts {
		out = binary.AppendUvarint(out, uint64(len(p)))
		out = append(out, p...)
	}
	return string(out)
}
