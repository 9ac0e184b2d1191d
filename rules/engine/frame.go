package engine

import (
	"errors"
	"time"

	"cel.dev/cel-go/common/types/ref"
)

// MaxSteps bounds one evaluation. A step is an operator, a fact or a round within a
// loop; a function is ten; text that is looked through counts by its length, and lists
// and maps that are made by their entries.
const MaxSteps = 1_000_000

// ErrSteps ends an evaluation that runs on. No || or && takes it away.
var ErrSteps = errors.New("more steps than an evaluation may take")

// ErrMissing is what an error wraps that says that a fact is not there.
var ErrMissing = errors.New("has no value here")

// How many variables of a kind a frame holds.
const (
	maxNouns = 4
	maxLists = 2
	maxDepth = 8 // loops within loops; the language allows fewer
)

// Frame holds the variables of one evaluation and counts its steps. A frame
// serves one evaluation at a time, and any number one after the other.
type Frame struct {
	Nouns [maxNouns]Noun // nil: the variable is not there
	Lists [maxLists]List
	Now   time.Time
	It    ref.Val // a variable of whatever type; nil: it is not there

	// Until is lowered to the earliest moment after Now at which anything that was
	// evaluated may turn out otherwise by the passing of time alone, in nanoseconds
	// since 1970; nil: nobody wants to know.
	Until *int64
	// Dated is the first moment after another at which what is dated in a directory
	// changes, zero for none; nil: that may be at any moment.
	Dated func(time.Time) time.Time

	steps  int
	locals [maxDepth]local
}

// local is the variable of a loop, in the field of its representation.
type local struct {
	noun Noun
	text string
	val  ref.Val

	cursor cursor
}

// spend counts steps.
func (f *Frame) spend(n int) error {
	f.steps += n
	if f.steps > MaxSteps {
		return ErrSteps
	}
	return nil
}

// Source says where a frame holds a variable.
type Source struct {
	kind  sourceKind
	index int
}

type sourceKind int

const (
	fromNouns sourceKind = iota
	fromLists
	fromNow
	fromIt
)

// NounAt is the noun at the index of Frame.Nouns.
func NounAt(index int) Source { return Source{fromNouns, index} }

// ListAt is the list at the index of Frame.Lists.
func ListAt(index int) Source { return Source{fromLists, index} }

// Now is Frame.Now.
func Now() Source { return Source{kind: fromNow} }

// It is Frame.It.
func It() Source { return Source{kind: fromIt} }
