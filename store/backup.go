package store

import "context"

// Copier is a store that can write everything it holds as of one moment into a file
// of its own form, while others work with it.
type Copier interface {
	// WriteCopy fills the file, which is there and empty.
	WriteCopy(ctx context.Context, path string) error
}

// Emptier is a store that can be emptied where it is.
type Emptier interface {
	// Empty takes everything away. The store is to be closed afterwards.
	Empty(ctx context.Context) error
}

// Scrubber is a store whose files may still hold what was taken away.
type Scrubber interface {
	// Scrub makes them hold only what is stored.
	Scrub(ctx context.Context) error
}
