// Package dashboard serves the pages of fairlead: trends to look at, findings to
// talk about, agreements to read. It shows what others worked out and decides who
// may see it; it judges no ticket, knows no tracker, no store and no clock. What it
// reads, and what it asks to be changed, are the small interfaces it declares.
package dashboard

import "context"

// Viewer is who looks at a page. The zero Viewer is nobody.
type Viewer struct {
	Person string // person id of the directory; empty for somebody it does not know
	Name   string // what to call them
	Admin  bool   // may configure
}

// IsZero reports that nobody is signed in.
func (v Viewer) IsZero() bool { return v == Viewer{} }

type viewerKey struct{}

// WithViewer is the context of a request that the viewer makes. Whoever signs
// people in sets it before a handler of this package is called.
func WithViewer(ctx context.Context, v Viewer) context.Context {
	return context.WithValue(ctx, viewerKey{}, v)
}

// ViewerOf is who makes the request; nobody where no one is signed in.
func ViewerOf(ctx context.Context) Viewer {
	v, _ := ctx.Value(viewerKey{}).(Viewer)
	return v
}
