package store

import (
	"errors"
	"time"
)

// ErrLost says that somebody else has taken a delivery over since it was claimed.
var ErrLost = errors.New("another process has taken it over")

// DeliveryKey says which report of which week goes where. There is exactly one
// delivery for each.
type DeliveryKey struct {
	Report  string // "payments team", "payments em", "organisation", "reminder 83b1…": whose, and for which reader
	Week    string // 2026-W46
	Channel string // as the channel names itself, for example slack:#payments
}

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states.
const (
	Pending   DeliveryState = "pending"   // due, or to be tried again
	Delivered DeliveryState = "delivered" // arrived, and recorded
	Refused   DeliveryState = "refused"   // waits for a person to mend what stands in the way
	Missed    DeliveryState = "missed"    // too late to be caught up
	Silent    DeliveryState = "silent"    // whoever it is for has muted it
)

// Delivery is an entry of the outbox. Times are UTC.
type Delivery struct {
	DeliveryKey
	State DeliveryState
	Due   time.Time // when the schedule asked for it
	// Holder is who works on it, and Until up to when nobody else may; after it
	// whoever held it is taken for dead.
	Holder string
	Until  time.Time
	// Sending is set before a message leaves and cleared once the outcome is
	// recorded: found set, nobody knows whether it arrived.
	Sending   bool
	Attempts  int
	First     time.Time // when the first attempt was made
	NotBefore time.Time // when the next attempt may be made; zero: at once
	Delivered time.Time // when it was recorded as delivered
	// Place, Ref and Digest are the channel's receipt.
	Place, Ref, Digest string
	Trouble            string // what stood in the way last, without secrets; empty when nothing did
}

// Snapshot is a week of a team in numbers, kept so that later changes to teams
// and findings do not rewrite it. Values are by measure; one that is missing is
// not known, which is not zero.
type Snapshot struct {
	Team   string // team id; empty for the organisation
	Week   string // 2026-W46, in the team's zone
	Taken  time.Time
	Values map[string]float64
}
