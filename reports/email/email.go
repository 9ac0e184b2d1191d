// Package email is the report channel to one mailbox: the report as HTML and as
// plain text with its pictures inside, sent through an SMTP server. One channel
// is one recipient, so that each gets what they may see and nobody learns who
// else gets one. It leaves to others what becomes of a mail once a server took
// it: queueing there, DKIM signatures, bounces.
//
// The same delivery makes the same bytes, Message-ID and date included: a mail
// that had to be repeated, since nobody knew whether the first arrived, shows
// once in programs that mind the Message-ID. What was sent cannot be taken
// back, so a correction is not sent.
package email

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/fairlead-dev/fairlead/reports"
)

// Security is how the connection to the server is protected.
type Security string

// The ways. AUTH needs one of the first two.
const (
	StartTLS Security = "starttls" // begins readable and must be upgraded; the usual one, on port 587
	TLS      Security = "tls"      // from the first byte on, on port 465
	None     Security = "none"     // readable for everybody on the way
)

// Options say through which server mail goes, and to whom.
type Options struct {
	// Server is host:port.
	Server string
	// Security; empty: StartTLS.
	Security Security
	// User and Password for AUTH; without a user the server is not asked for it.
	User, Password string
	// From is the sender, as mails write it: Fairlead <fairlead@acme.example>.
	From string
	// To is the one address that mail goes to.
	To string
	// ToName is who that is, for people; may be empty.
	ToName string
	// Unsubscribe holds mailto: and https: addresses by which the recipient gets
	// no more mail; an https one must take a POST (RFC 8058).
	Unsubscribe []string
	// Roots are who may have signed the server's certificate; nil: whom this
	// machine trusts.
	Roots *x509.CertPool
	// Timeout bounds one attempt; 0: one minute.
	Timeout time.Duration
}

// Channel sends reports to one mailbox. The password stands behind a function,
// where no way of printing the channel finds it.
type Channel struct {
	host, port  string
	security    Security
	user        string
	password    func() string
	from, to    mail.Address
	unsubscribe []string
	roots       *x509.CertPool
	timeout     time.Duration
}

var _ reports.Channel = (*Channel)(nil)

// New makes a channel, or says everything that is wrong with the options.
func New(o Options) (*Channel, error) {
	c := &Channel{
		security: cmp.Or(o.Security, StartTLS), user: o.User, password: func() string { return o.Password },
		roots: o.Roots, timeout: cmp.Or(o.Timeout, time.Minute), unsubscribe: o.Unsubscribe,
	}
	var all []error
	var err error
	c.host, c.port, err = server(o.Server)
	all = append(all, err, c.checkSecurity(o))
	from, err := mail.ParseAddress(o.From)
	if err != nil {
		all = append(all, fmt.Errorf("sender %q is no address\n\twrite it like Fairlead <fairlead@acme.example>", reports.Heard(o.From)))
	} else {
		c.from = *from
	}
	c.to = mail.Address{Name: o.ToName, Address: o.To}
	for _, a := range []*mail.Address{&c.from, &c.to} {
		a.Name = personName(a.Name)
		if a.Address != "" || a == &c.to {
			all = append(all, checkAddress(a.Address))
		}
	}
	for _, u := range o.Unsubscribe {
		all = append(all, checkUnsubscribe(u))
	}
	if err := errors.Join(all...); err != nil {
		return nil, fmt.Errorf("e-mail: %w", err)
	}
	return c, nil
}

func server(s string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(s)
	if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n == 0 || host == "" {
		return "", "", fmt.Errorf("mail server %q is not host:port\n\twrite it like mail.acme.example:587", reports.Heard(s))
	}
	return host, port, nil
}

func (c *Channel) checkSecurity(o Options) error {
	switch {
	case c.security != StartTLS && c.security != TLS && c.security != None:
		return fmt.Errorf("no security %q for a mail server\n\tuse starttls, tls or none", reports.Heard(string(c.security)))
	case c.security == None && (o.User != "" || o.Password != ""):
		return errors.New("a password would travel readable for everybody on the way\n\tuse starttls or tls, or leave user and password out")
	case o.User != "" && o.Password == "":
		return fmt.Errorf("user %q has no password\n\tname one, or leave the user out", reports.Heard(o.User))
	case o.User == "" && o.Password != "":
		return errors.New("a password without a user\n\tname the user that the mail server knows")
	}
	return nil
}

// checkAddress wants local@domain and nothing that could end a line or an
// address in a header or a command.
func checkAddress(s string) error {
	local, domain, _ := cutLast(s, "@")
	odd := strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`<>()[],;:\"`, r) || r == unicode.ReplacementChar
	})
	if local == "" || domain == "" || len(s) > 254 || odd || strings.Contains(local, "@") {
		return fmt.Errorf("%q is no address that mail can go to\n\twrite it like dana@acme.example", reports.Heard(s))
	}
	if _, err := mail.ParseAddress(s); err != nil {
		return fmt.Errorf("%q is no address that mail can go to\n\twrite it like dana@acme.example", reports.Heard(s))
	}
	return nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func checkUnsubscribe(s string) error {
	u, err := url.Parse(s)
	odd := strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>,`, r) })
	if err != nil || odd || len(s) > 500 || u.Scheme != "mailto" && (u.Scheme != "https" || u.Host == "") {
		return errors.New("an address to unsubscribe by begins with neither mailto: nor https://\n\twrite it like mailto:fairlead@acme.example?subject=unsubscribe")
	}
	return nil
}

// personName makes a name fit for a header: one line, at most 80 characters.
func personName(s string) string { return reports.Shortened(reports.Heard(s), 80) }

// Name is the address as the configuration writes it.
func (c *Channel) Name() string { return "email:" + c.to.Address }

// Preview is the mail as it would be sent, and its two texts as people read them.
func (c *Channel) Preview(d reports.Delivery) (reports.Preview, error) {
	l, err := c.compose(d)
	if err != nil {
		return reports.Preview{}, err
	}
	to := c.to.Address
	if c.to.Name != "" {
		to = c.to.Name + " <" + to + ">"
	}
	return reports.Preview{To: []string{to}, Parts: []reports.Part{
		{Name: "mail.eml", Type: "message/rfc822", Content: l.bytes},
		{Name: "mail.txt", Type: "text/plain; charset=utf-8", Content: l.mail.Text},
		{Name: "mail.html", Type: "text/html; charset=utf-8", Content: l.mail.HTML},
	}}, nil
}
