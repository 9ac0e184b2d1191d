package yamlfile

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Suggest finds the known word that was probably meant: the nearest, if it is
// near. It is empty when nothing is.
func Suggest(word string, known []string) string {
	w := fold(word)
	best, bestAt := "", len([]rune(w))/5+2
	if len(w) > 100 || w == "" {
		return ""
	}
	for _, k := range known {
		if d := distance(w, fold(k)); d < bestAt {
			best, bestAt = k, d
		}
	}
	return best
}

// distance is the number of typing slips between two words; two letters that
// changed places count as one slip.
func distance(a, b string) int {
	d := levenshtein.ComputeDistance(a, b)
	if d == 2 && swapped(a, b) {
		return 1
	}
	return d
}

func swapped(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) != len(y) {
		return false
	}
	for i := 0; i+1 < len(x); i++ {
		if x[i] != y[i] {
			return x[i] == y[i+1] && x[i+1] == y[i] && string(x[i+2:]) == string(y[i+2:])
		}
	}
	return false
}

// fold makes spellings alike that people mix up: case, and the marks between words.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '-', '_', ' ', '.':
			return -1
		}
		return r
	}, strings.ToLower(s))
}
