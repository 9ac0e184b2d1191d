package reports

import (
	"context"
	"errors"
	"time"
)

// Channel is a way a report leaves by: one folder, one Slack channel, one
// mailbox. Every child of this folder is one; reporttest checks what they all
// promise: delivering the same again changes nothing, delivering a correction
// replaces what was delivered where the medium can, and an error means that
// nothing half-written is left or that the next attempt finishes it. A Channel
// is safe for concurrent use.
type Channel interface {
	// Name says where reports go, in words for an operator and without secrets.
	Name() string
	// Deliver brings the report there. It calls record after each step that
	// cannot be taken back, and goes on only once that is stored: after a crash
	// the next attempt begins with the latest receipt recorded. An error is a
	// Refusal when only a person can mend it, and a Delay when the other side
	// says when to come back; any other is worth another attempt.
	Deliver(ctx context.Context, d Delivery, record func(Receipt) error) (Receipt, error)
	// Preview is exactly what Deliver would send, and to whom, in the channel's
	// own form. It sends and changes nothing.
	Preview(d Delivery) (Preview, error)
}

// Preview is what a channel would send.
type Preview struct {
	To    []string // addresses, channels or paths, for people
	Parts []Part
}

// Part is one piece of what would be sent.
type Part struct {
	Name    string // message.json, mail.eml, a file's path
	Type    string // media type
	Content []byte
}

// Delivery is a report on its way to one channel.
type Delivery struct {
	// ID is the same for every attempt at one report, week and channel, and
	// different for all others. It holds letters, digits and hyphens only.
	ID     string
	Report Report
	// At is when the first attempt was made, so that a repeated message repeats
	// its date.
	At time.Time
	// Earlier is the latest receipt recorded; zero at first.
	Earlier Receipt
	// Unsure says that an attempt began whose outcome nobody knows: the message
	// may have arrived. The channel finds out, or repeats it in a way that
	// recipients see once.
	Unsure bool
}

// Receipt is what a channel needs to find again what it delivered.
type Receipt struct {
	Place string // where to find it, for people; without secrets
	Ref   string // the channel's own note of how far it came
	// Digest is of what was delivered, to notice a correction; empty until all is.
	Digest string
}

// Refusal is an error that another attempt does not mend: the channel does not
// exist, the token was revoked, the mailbox is not there.
type Refusal struct { //nolint:errname // the word of the documents
	Err error
	Fix string // what to do, in a sentence
	// Unsure says that it may have arrived all the same, which only a person can
	// find out: it is not sent again until one says so.
	Unsure bool
}

func (r *Refusal) Error() string { return r.Err.Error() + "\n\t" + r.Fix }
func (r *Refusal) Unwrap() error { return r.Err }

// Delay is an error that says when another attempt may be made.
type Delay struct { //nolint:errname // the word of the documents
	Err   error
	After time.Duration
}

func (d *Delay) Error() string { return d.Err.Error() }
func (d *Delay) Unwrap() error { return d.Err }

// IsRefusal reports whether only a person can mend it.
func IsRefusal(err error) bool {
	var r *Refusal
	return errors.As(err, &r)
}
