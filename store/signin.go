package store

import (
	"context"
	"time"
)

// SignIns is what sign-in keeps. Of every token there is only the hash: what is
// stored lets nobody in.
type SignIns interface {
	// AddToken keeps the hash of a token that lets somebody in once, until it
	// expires. A hash that is there already is an error.
	AddToken(ctx context.Context, hash, person string, expires time.Time) error
	// TakeToken uses a token up and says whose it was; empty when there is none of
	// the hash, or no longer. Of several who take one at once, one gets it.
	TakeToken(ctx context.Context, hash string, now time.Time) (person string, err error)

	// Spend notes that an id is used up, to be remembered at least until the
	// moment given, and says whether it was not so before. Of several who spend
	// one at once, one is the first.
	Spend(ctx context.Context, id string, now, until time.Time) (first bool, err error)
	// Spent says whether an id is used up.
	Spent(ctx context.Context, id string) (bool, error)

	// Epoch counts how often somebody was signed out everywhere.
	Epoch(ctx context.Context, person string) (int, error)
	// NextEpoch begins the next one and gives its number.
	NextEpoch(ctx context.Context, person string) (int, error)

	// SharedSecret gives what is kept under the name; where nothing is, it keeps
	// fresh first. All who share the store get the same.
	SharedSecret(ctx context.Context, name, fresh string) (string, error)

	// AddAPIToken keeps a token of the API; an id or a hash that is there already
	// is an error.
	AddAPIToken(ctx context.Context, t APIToken) error
	// APITokenOwner says whose a token is and what it may be used for; the person
	// is empty when there is none of the hash, or no longer.
	APITokenOwner(ctx context.Context, hash string, now time.Time) (person string, scopes []string, err error)
	// APITokens lists all of them, those that expired too, oldest first.
	APITokens(ctx context.Context) ([]APIToken, error)
	// RevokeAPIToken takes a token away for good; ErrNotFound when there is none
	// of the id.
	RevokeAPIToken(ctx context.Context, id string) error
}

// APIToken lets a program act for a person within its scopes. Times are UTC.
type APIToken struct {
	ID      string // what people call it by; no secret
	Hash    string
	Person  string   // person id
	Name    string   // what it is for
	Scopes  []string // read, answer, configure, metrics
	Made    time.Time
	Expires time.Time
}
