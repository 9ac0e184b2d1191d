package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/signin"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// SignInLink lets a person in once.
type SignInLink struct {
	Person  string    `json:"person"`
	Link    string    `json:"link"`
	Expires time.Time `json:"expires"`
}

// SignInLink makes a link that lets a person in once, within 15 minutes.
func (f *Fairlead) SignInLink(ctx context.Context, person string) (SignInLink, error) {
	d := &f.cfg().Dashboard
	ways := signInConfig(d)
	switch {
	case d.Listen == "":
		return SignInLink{}, requestError{"there is no dashboard to sign in to", "add dashboard: with listen: 127.0.0.1:8080 to the configuration"}
	case !ways.Local && (ways.OIDC != nil || ways.Proxy != nil):
		return SignInLink{}, requestError{"people do not sign in with links here", "add local: true to sign_in under dashboard, or sign in the way that is configured"}
	case d.URL == "":
		return SignInLink{}, requestError{"nothing says where people open the dashboard", "write url under dashboard"}
	}
	if err := f.mayEnter(person); err != nil {
		return SignInLink{}, err
	}
	link, expires, err := signin.NewLink(ctx, f.store, d.URL, person, f.clock.Now())
	return SignInLink{person, link, expires}, err
}

// mayEnter refuses a person whom the dashboard would show nothing.
func (f *Fairlead) mayEnter(person string) error {
	if _, err := f.personNamed(person, "--person"); err != nil {
		return err
	}
	if !dashboard.AccessOf(f.cfg().Directory, dashboard.Viewer{Person: person}, f.clock.Now()).Known() {
		return requestError{fmt.Sprintf("%s has no place in the organisation today, so the dashboard shows them nothing", person), "look at their roles and teams in the org file"}
	}
	return nil
}

// SignOutEverywhere ends every session of the person. Tokens of the API are
// revoked one by one.
func (f *Fairlead) SignOutEverywhere(ctx context.Context, person string) error {
	if _, err := f.personNamed(person, "--person"); err != nil {
		return err
	}
	_, err := f.store.NextEpoch(ctx, person)
	return err
}

// APIToken is what may be shown of a token of the API.
type APIToken struct {
	ID      string    `json:"id"`
	Person  string    `json:"person"`
	Name    string    `json:"name,omitempty"`
	Scopes  []string  `json:"scopes"`
	Made    time.Time `json:"made"`
	Expires time.Time `json:"expires"`
	Expired bool      `json:"expired,omitempty"`
	// Token is the token itself, only where it was just made: nobody can show it
	// again.
	Token string `json:"token,omitempty"`
}

// longestAPIToken is how long a token of the API may be good for.
const longestAPIToken = 366 * 24 * time.Hour

// NewAPIToken makes a token with which a program acts for a person.
func (f *Fairlead) NewAPIToken(ctx context.Context, person, name string, scopes []string, lasts time.Duration) (APIToken, error) {
	if err := f.mayEnter(person); err != nil {
		return APIToken{}, err
	}
	if lasts <= 0 || lasts > longestAPIToken {
		return APIToken{}, requestError{"a token is good for 1 to 366 days", "make another when it is over"}
	}
	scopes, err := scopesNamed(scopes)
	if err != nil {
		return APIToken{}, err
	}
	token, hash := signin.NewAPIToken()
	now := f.clock.Now()
	kept := store.APIToken{ID: hash[:8], Hash: hash, Person: person, Name: name, Scopes: scopes, Made: now, Expires: now.Add(lasts)}
	if err := f.store.AddAPIToken(ctx, kept); err != nil {
		return APIToken{}, err
	}
	shown := shownAPIToken(kept, now)
	shown.Token = token
	return shown, nil
}

// scopesNamed refuses a scope that there is not, and puts them in order.
func scopesNamed(named []string) ([]string, error) {
	known := APIScopes()
	for _, one := range named {
		if slices.Contains(known, one) {
			continue
		}
		hint := "choose of " + strings.Join(known, ", ")
		if near := yamlfile.Suggest(one, known); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return nil, requestError{fmt.Sprintf("%q is no scope", one), hint}
	}
	if len(named) == 0 {
		return nil, requestError{"a token without a scope may do nothing", "choose of " + strings.Join(known, ", ")}
	}
	return slices.DeleteFunc(known, func(one string) bool { return !slices.Contains(named, one) }), nil
}

// APIScopes lists what a token of the API may be used for.
func APIScopes() []string {
	var out []string
	for _, one := range dashboard.Scopes() {
		out = append(out, string(one))
	}
	return out
}

func shownAPIToken(t store.APIToken, now time.Time) APIToken {
	return APIToken{ID: t.ID, Person: t.Person, Name: t.Name, Scopes: t.Scopes, Made: t.Made, Expires: t.Expires, Expired: !now.Before(t.Expires)}
}

// APITokens lists the tokens of the API, oldest first.
func (f *Fairlead) APITokens(ctx context.Context) ([]APIToken, error) {
	kept, err := f.store.APITokens(ctx)
	if err != nil {
		return nil, err
	}
	out := []APIToken{}
	for _, t := range kept {
		out = append(out, shownAPIToken(t, f.clock.Now()))
	}
	return out, nil
}

// RevokeAPIToken takes a token of the API away, from now on.
func (f *Fairlead) RevokeAPIToken(ctx context.Context, id string) error {
	err := f.store.RevokeAPIToken(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return requestError{fmt.Sprintf("no token has the id %q", id), "fairlead dashboard api-token list shows those there are"}
	}
	return err
}
