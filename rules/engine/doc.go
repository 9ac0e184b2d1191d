// Package engine evaluates checked CEL expressions as Go closures.
//
// The expression is compiled once. Where the types of its parts are texts,
// numbers, moments or nouns of ours, the closures hand these on as they are, and
// nothing is allocated; everything else (maps, dyn, unsigned numbers, bytes) takes
// a slow lane of cel-go's own values and operations, so that both lanes give what
// cel-go's interpreter gives, errors included. Every loop is counted, and an
// evaluation that runs on is stopped.
//
// The package knows nothing of tickets: nouns, facts and functions come from a
// Library. Parsing and type checking stay with cel-go.
package engine
