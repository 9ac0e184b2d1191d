package connectors

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Hint is what a webhook's delivery says to look at. It is never taken for the
// truth about a ticket: the API is asked.
type Hint struct {
	ID      string   // of the delivery; the same when the tracker sends it again
	Tickets []string // ids of tickets that something happened to
	Deleted bool     // the one ticket was deleted
}

// Signed reports whether sum, in hex, is the HMAC-SHA256 of the body as it came,
// compared in constant time. An empty secret signs nothing.
func Signed(secret []byte, sum string, body []byte) bool {
	got, err := hex.DecodeString(sum)
	if len(secret) == 0 || err != nil {
		return false
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	return hmac.Equal(got, mac.Sum(nil))
}

// Refresh reads the hinted tickets from the tracker and stores them as they are
// there; what the tracker does not hold any more is removed. The cursor stays
// where it is, so that the next sync looks at everything all the same.
func Refresh(ctx context.Context, src Holder, store Inventory, ids []string) (Reconciled, error) {
	r := reconciliation{source: src, store: store}
	r.done.Source = src.Name()
	if err := r.remove(ctx, ids); err != nil {
		return r.done, fmt.Errorf("look at what a webhook told of: %w", err)
	}
	return r.done, nil
}
