package calendar

import (
	_ "embed"
	"strings"
	"time"
)

// windows are Windows' names of time zones with a zone of the time zone
// database each, as Outlook and Exchange write them.
//
//go:embed windows.txt
var windows string

// zones finds the time zones that a file names.
type zones struct {
	local   *time.Location            // of times that name no zone
	aliases map[string]string         // the file's own names
	known   map[string]*time.Location // looked up before; nil: there is none
}

func newZones() *zones {
	return &zones{local: time.UTC, aliases: map[string]string{}, known: map[string]*time.Location{}}
}

// floating says where times are that name no zone.
func (z *zones) floating(name string) {
	if loc, ok := z.of(strings.TrimSpace(name)); ok {
		z.local = loc
	}
}

// maxAliases bounds the zones that one file may describe.
const maxAliases = 1_000

func (z *zones) alias(id, name string) {
	if id != "" && len(z.aliases) < maxAliases {
		z.aliases[id] = strings.TrimSpace(name)
	}
}

// of is the zone of the name: one of the time zone database, one that ends with
// such a name, one of Windows, or one that the file explains by another.
func (z *zones) of(name string) (*time.Location, bool) {
	if name == "" {
		return z.local, true
	}
	loc, looked := z.known[name]
	if !looked {
		loc = z.find(name)
		if len(z.known) < maxAliases {
			z.known[name] = loc
		}
	}
	return loc, loc != nil
}

func (z *zones) find(name string) *time.Location {
	for _, candidate := range []string{name, z.aliases[name], fromWindows(name)} {
		if loc := load(candidate); loc != nil {
			return loc
		}
	}
	// /freeassociation.sourceforge.net/Europe/Berlin
	for rest := name; ; {
		_, after, found := strings.Cut(rest, "/")
		if !found {
			return nil
		}
		if loc := load(after); loc != nil && strings.Contains(after, "/") {
			return loc
		}
		rest = after
	}
}

// load is the zone of the database; "Local" is none, since it would change with
// the machine.
func load(name string) *time.Location {
	if name == "" || name == "Local" || len(name) > 64 {
		return nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

func fromWindows(name string) string {
	for line := range strings.Lines(windows) {
		if theirs, ours, ok := strings.Cut(strings.TrimSpace(line), " = "); ok && theirs == name {
			return ours
		}
	}
	return ""
}
