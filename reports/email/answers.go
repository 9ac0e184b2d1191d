package email

import (
	"errors"
	"fmt"
	"net/textproto"
	"time"

	"github.com/fairlead-dev/fairlead/reports"
)

// greylisted is how long to stay away from a server that takes no mail from
// somebody it does not know yet (RFC 6647 finds minutes to an hour in use).
const greylisted = 6 * time.Minute

// busy is how long to stay away from a server that closes.
const busy = 2 * time.Minute

// inWords makes of what did not work an error for an operator: a Refusal where
// only a person can mend it, with the server's own words.
func (c *Channel) inWords(at step, err error) error {
	var reply *textproto.Error
	switch {
	case errors.Is(err, errNoStartTLS):
		return &reports.Refusal{Err: fmt.Errorf("%s:%s does not offer STARTTLS, and nothing was sent", c.host, c.port),
			Fix: "use security tls, often on port 465, or another server; security none lets everybody on the way read reports"}
	case errors.Is(err, errNoAuth):
		return &reports.Refusal{Err: fmt.Errorf("%s:%s: %w", c.host, c.port, errNoAuth),
			Fix: "leave user and password out if this server takes mail without, or ask whoever runs it for the port to send by, usually 587"}
	case errors.Is(err, errUTF8):
		return &reports.Refusal{Err: err, Fix: "use an address of plain letters, or a server that offers SMTPUTF8"}
	case errors.As(err, &reply):
		return c.answered(at, reply)
	case at == handing:
		return fmt.Errorf("the mail was handed over, but %w; whether the server took it is not known, so it is sent again with the same Message-ID",
			reports.Unanswered(err))
	case errors.Is(err, errEndless):
		return fmt.Errorf("%s:%s: %w", c.host, c.port, errEndless)
	}
	return fmt.Errorf("%s:%s: %w (%s)", c.host, c.port, reports.Unanswered(err), at)
}

// answered judges a reply by its first digit (RFC 5321, 4.2.1): 4 may pass, 5
// stays.
func (c *Channel) answered(at step, reply *textproto.Error) error {
	password := c.password()
	said := fmt.Errorf("the mail server answered %d to %s: %q", reply.Code, at,
		reports.Heard(reply.Msg, password, "\x00"+c.user+"\x00"+password))
	switch {
	case reply.Code >= 500:
		return &reports.Refusal{Err: said, Fix: c.fix(at, reply.Code)}
	case reply.Code == 421:
		return reports.Later(said, busy)
	case at == recipient || at == content || at == handing:
		return reports.Later(said, greylisted)
	}
	return said
}

// fix says what a person can do about a refusal.
func (c *Channel) fix(at step, code int) string {
	switch {
	case code == 530 || code == 538:
		return "give user and password of an account that may send, and a connection with starttls or tls"
	case at == proving:
		return fmt.Sprintf("check user %q and its password; some servers want a password made for programs", reports.Heard(c.user))
	case at == greeting || at == upgrading:
		return "ask whoever runs the mail server to let this machine send"
	case at == sender:
		return fmt.Sprintf("let this account send as %s, or set another sender", c.from.Address)
	case at == recipient && code == 552:
		return fmt.Sprintf("the mailbox of %s is full: ask its owner to make room", c.to.Address)
	case at == recipient:
		return fmt.Sprintf("check the address %s; if it is right, ask whoever runs its mail to take mail from %s", c.to.Address, c.from.Address)
	}
	return "ask whoever runs the mail server what stands against this mail: its size, or the sender's SPF and DKIM"
}
