package reports

import "context"

// Channel is a way a report leaves by. Every child of this folder is one;
// reporttest checks what they all promise: delivering the same report again
// changes nothing, delivering it changed replaces what was delivered for that
// team, week and reader, and an error means that nothing half-written is left.
// A Channel is safe for concurrent use.
type Channel interface {
	// Name says where reports go, in words for an operator and without secrets.
	Name() string
	// Deliver brings the report there and says where it can be found.
	Deliver(ctx context.Context, r Report) (place string, err error)
}
