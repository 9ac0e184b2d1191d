package trends

// Permuted is the exact test alone.
var Permuted = permuted
