package store

import "context"

// Inspector is a store that can tell how safe what it keeps is.
type Inspector interface {
	// Inspect looks at the server behind the store and changes nothing.
	Inspect(ctx context.Context) (Inspection, error)
}

// Inspection is how a store's server looks. All are sentences.
type Inspection struct {
	About   []string // what it is
	Notes   []string // worth knowing, or what cannot be told
	Dangers []string // what can lose something that was acknowledged, or stops fairlead, and what to do
}
