package dashboard

import (
	"context"
	"slices"
)

// What a form carries to show that a page of the viewer's own session sent it:
// the value of FormTokenOf in this field, or in this header where a script sends
// it. Whoever signs people in refuses a change without it.
const (
	FormTokenField  = "form_token"
	FormTokenHeader = "X-Form-Token"
)

type formTokenKey struct{}

// WithFormToken is the context of a request whose answer may hold forms.
func WithFormToken(ctx context.Context, token string) context.Context {
	return context.WithValue(ctx, formTokenKey{}, token)
}

// FormTokenOf is what every form of the answer carries in a hidden field; empty
// where a token of the API made the request.
func FormTokenOf(ctx context.Context) string {
	token, _ := ctx.Value(formTokenKey{}).(string)
	return token
}

// Scope is what a token of the API may be used for, within what its person may.
type Scope string

// The scopes.
const (
	ScopeRead      Scope = "read"
	ScopeAnswer    Scope = "answer"    // answer and waive findings
	ScopeConfigure Scope = "configure" // change agreements and the configuration
	ScopeMetrics   Scope = "metrics"   // read what fairlead tells of itself, and nothing else
)

// Scopes lists all of them.
func Scopes() []Scope { return []Scope{ScopeRead, ScopeAnswer, ScopeConfigure, ScopeMetrics} }

type scopesKey struct{}

// WithScopes is the context of a request that may do no more than the scopes.
func WithScopes(ctx context.Context, scopes []Scope) context.Context {
	return context.WithValue(ctx, scopesKey{}, scopes)
}

// Allows reports whether the request may do what the scope names, as far as
// Access goes: always from a page, and from a token of the API if it has the scope.
func Allows(ctx context.Context, s Scope) bool {
	scopes, limited := ctx.Value(scopesKey{}).([]Scope)
	return !limited || slices.Contains(scopes, s)
}

// hasScope reports whether a token of the API made the request, and has the scope.
func hasScope(ctx context.Context, s Scope) bool {
	scopes, limited := ctx.Value(scopesKey{}).([]Scope)
	return limited && slices.Contains(scopes, s)
}
