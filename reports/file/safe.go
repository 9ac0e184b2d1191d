package file

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// longestName leaves room for an extension in the 255 bytes that most file
// systems grant a name.
const longestName = 120

// safe turns an id into one part of a path. Different ids give different names,
// also where a file system does not tell capitals apart; no name is hidden,
// leads elsewhere, or is one that Windows keeps for a device. A byte that may
// not stand for itself is written as _ and two hexadecimal digits.
func safe(id string) string {
	var b strings.Builder
	for i := 0; i < len(id); i++ {
		c := id[i]
		if plain(c) || c == 'W' && isWeek(id) {
			b.WriteByte(c)
			continue
		}
		b.WriteString("_" + hex.EncodeToString([]byte{c}))
	}
	name := b.String()
	switch {
	case name == "":
		return "_"
	case len(name) > longestName:
		sum := sha256.Sum256([]byte(id))
		return name[:longestName-34] + "__" + hex.EncodeToString(sum[:16])
	case isDevice(name):
		return "__" + name
	}
	return name
}

func plain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-'
}

// isWeek reports whether an id has the ISO form of a week, 2026-W46.
func isWeek(id string) bool {
	if len(id) != len("2026-W46") || id[4:6] != "-W" {
		return false
	}
	return strings.Trim(id[:4]+id[6:], "0123456789") == ""
}

func isDevice(name string) bool {
	switch name {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(name) == 4 && (strings.HasPrefix(name, "com") || strings.HasPrefix(name, "lpt")) && name[3] >= '0' && name[3] <= '9'
}
