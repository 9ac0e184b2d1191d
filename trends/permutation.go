package trends

import (
	"math"
	"slices"
)

// permuted is the exact one-sided permutation test of the difference of two means
// (Fisher, The Design of Experiments, 1935; Pitman, "Significance tests which may
// be applied to samples from any populations", 1937): of all ways to deal the
// values out into two groups of these sizes, the part in which the second group's
// mean is at most, or at least, what it is. Small values say that chance alone
// seldom does as much.
//
// Nothing is drawn at random. Since the sizes are fixed, means order as sums do,
// and the sums of all groups are counted by halves: each half of the values has at
// most 4096 groups, by size and in order.
func permuted(before, after []float64) (down, up float64) {
	all := slices.Concat(before, after)
	observed := sum(after)
	tolerance := margin * max(1, math.Abs(observed), spread(all))
	half := len(all) / 2
	left, right := sumsBySize(all[:half]), sumsBySize(all[half:])
	var atMost, atLeast, total float64
	for k, some := range left {
		rest := len(after) - k
		if rest < 0 || rest >= len(right) {
			continue
		}
		total += float64(len(some)) * float64(len(right[rest]))
		atMost += float64(pairsUpTo(some, right[rest], observed+tolerance))
		atLeast += float64(len(some))*float64(len(right[rest])) - float64(pairsUpTo(some, right[rest], observed-tolerance))
	}
	return atMost / total, atLeast / total
}

// mostWeeks is how many weeks a side are compared at most: with them the sums of
// halves stay few.
const mostWeeks = 12

// sumsBySize are the sums of all groups of the values, by how many values they
// have, in order.
func sumsBySize(values []float64) [][]float64 {
	out := make([][]float64, len(values)+1)
	for group := range 1 << len(values) {
		n, s := 0, 0.0
		for i, v := range values {
			if group>>i&1 == 1 {
				n, s = n+1, s+v
			}
		}
		out[n] = append(out[n], s)
	}
	for _, sums := range out {
		slices.Sort(sums)
	}
	return out
}

// pairsUpTo counts the pairs of one value of each list whose sum is not above the
// limit. Both lists are in order.
func pairsUpTo(a, b []float64, limit float64) int {
	n, j := 0, len(b)
	for _, x := range a {
		for j > 0 && x+b[j-1] > limit {
			j--
		}
		n += j
	}
	return n
}

func sum(values []float64) float64 {
	s := 0.0
	for _, v := range values {
		s += v
	}
	return s
}

func mean(values []float64) float64 { return sum(values) / float64(len(values)) }

func spread(values []float64) float64 { return slices.Max(values) - slices.Min(values) }
