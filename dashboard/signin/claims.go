package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// identity is who somebody is to the provider.
type identity struct {
	person  string // of the configured claim
	email   string
	groups  []string
	idToken string
}

// identity trades a code for who came back with it.
func (p *provider) identity(ctx context.Context, code string, a attempt, now func() time.Time) (identity, error) {
	f, err := p.find(ctx, now())
	if err != nil {
		return identity{}, err
	}
	ctx = p.context(ctx)
	tokens, err := f.login.Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return identity{}, err
	}
	raw, _ := tokens.Extra("id_token").(string)
	if raw == "" {
		return identity{}, errors.New("the provider sent no ID token")
	}
	token, err := f.Verifier(&oidc.Config{ClientID: p.ClientID, Now: now}).Verify(ctx, raw)
	if err != nil {
		return identity{}, err
	}
	told, err := p.checked(token, tokens, a)
	if err != nil {
		return identity{}, err
	}
	if p.lacks(told) {
		if told, err = f.more(ctx, told, token.Subject, tokens); err != nil {
			return identity{}, err
		}
	}
	who, err := p.who(told)
	who.idToken = raw
	return who, err
}

// checked holds an ID token against what only we know of this sign-in, and gives
// its claims.
func (p *provider) checked(token *oidc.IDToken, tokens *oauth2.Token, a attempt) (claims, error) {
	told := claims{}
	if err := token.Claims(&told); err != nil {
		return nil, fmt.Errorf("read the ID token: %w", err)
	}
	switch {
	case a.Nonce == "" || subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(a.Nonce)) != 1:
		return nil, errors.New("the ID token was made for another sign-in")
	case told["azp"] != nil && told.text("azp") != p.ClientID, told["azp"] == nil && len(token.Audience) > 1:
		return nil, errors.New("the ID token was made for another client")
	case token.Subject == "":
		return nil, errNoPerson
	}
	if token.AccessTokenHash != "" {
		if err := token.VerifyAccessToken(tokens.AccessToken); err != nil {
			return nil, err
		}
	}
	return told, nil
}

// lacks reports whether the claims leave out what the provider may tell when it
// is asked for more.
func (p *provider) lacks(told claims) bool {
	if p.AdminGroup != "" && told[p.GroupsClaim] == nil {
		return true
	}
	if p.PersonClaim != "" {
		return told[p.PersonClaim] == nil
	}
	return told["email"] == nil || told["email_verified"] == nil
}

// more adds what the provider tells about the same person when it is asked. What
// is signed goes before that; an address and whether it is verified are taken
// from one place, the signed one where it has both.
func (f *found) more(ctx context.Context, told claims, subject string, tokens *oauth2.Token) (claims, error) {
	if f.UserInfoEndpoint() == "" {
		return told, nil
	}
	info, err := f.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return nil, fmt.Errorf("ask the provider for more: %w", err)
	}
	if info.Subject != subject {
		return nil, errors.New("the provider told about somebody else")
	}
	all := claims{}
	if err := info.Claims(&all); err != nil {
		return nil, fmt.Errorf("read what the provider told: %w", err)
	}
	email, verified := all["email"], all["email_verified"]
	maps.Copy(all, told)
	if email != nil && (told["email"] == nil || told["email_verified"] == nil) {
		all["email"], all["email_verified"] = email, verified
	}
	return all, nil
}

// who reads the claims.
func (p *provider) who(told claims) (identity, error) {
	who := identity{email: told.text("email"), groups: told.texts(p.GroupsClaim)}
	if p.PersonClaim != "" {
		who.person = told.text(p.PersonClaim)
		if who.person == "" {
			return identity{}, errNoPerson
		}
		return who, nil
	}
	switch {
	case who.email == "":
		return identity{}, errNoPerson
	case !p.AcceptUnverifiedEmail && !told.yes("email_verified"):
		return identity{}, errUnverified
	}
	return who, nil
}

// claims are what a provider says about somebody.
type claims map[string]any

func (c claims) text(name string) string {
	text, _ := c[name].(string)
	return text
}

// texts is a list of texts, or one alone.
func (c claims) texts(name string) []string {
	if one := c.text(name); one != "" {
		return []string{one}
	}
	var out []string
	list, _ := c[name].([]any)
	for _, one := range list {
		if text, ok := one.(string); ok {
			out = append(out, text)
		}
	}
	return out
}

// yes takes true also as a text, as some providers write it.
func (c claims) yes(name string) bool { return c[name] == true || c[name] == "true" }
