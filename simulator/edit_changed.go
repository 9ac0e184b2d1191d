package simulator

import (
	"slices"
)

// changed is the item for a field whose value went from before to after, none
// when it did not move.
func changed[T comparable](f Field, before, after T) []Item {
	if before == after {
		return nil
	}
	return []Item{{f, before, after}}
}

func listChanged(f Field, before, after []string) []Item {
	if slices.Equal(before, after) {
		return nil
	}
	return []Item{{f, before, after}}
}

func sameNumber(a, b *float64) bool {
	return a == b || (a != nil && b != nil && *a == *b)
}

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return slices.Compact(s)
}
