package dashboard

import "testing"

func TestATokenAllowsNoMoreThanItsScopes(t *testing.T) {
	page := WithFormToken(t.Context(), "f-1")
	reading := WithScopes(t.Context(), []Scope{ScopeRead})
	nothing := WithScopes(t.Context(), nil)
	for _, s := range Scopes() {
		if !Allows(page, s) {
			t.Errorf("a page may not %s", s)
		}
		if got, want := Allows(reading, s), s == ScopeRead; got != want {
			t.Errorf("a token that reads may %s: %v, want %v", s, got, want)
		}
		if Allows(nothing, s) {
			t.Errorf("a token without scopes may %s", s)
		}
	}
	if got := FormTokenOf(page); got != "f-1" {
		t.Errorf("the form token is %q, want f-1", got)
	}
	if got := FormTokenOf(reading); got != "" {
		t.Errorf("a token's request has the form token %q, want none", got)
	}
}
