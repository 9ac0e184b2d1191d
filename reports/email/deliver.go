package email

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/wneessen/go-mail/smtp"

	"github.com/fairlead-dev/fairlead/reports"
)

// Deliver sends the report, unless it was sent before. Sending is one step: the
// server either says that it took the mail, or that it did not, or is not heard
// of again; in the last case the next attempt sends the same bytes.
func (c *Channel) Deliver(ctx context.Context, d reports.Delivery, record func(reports.Receipt) error) (reports.Receipt, error) {
	if d.Earlier.Digest != "" {
		return d.Earlier, nil
	}
	l, err := c.compose(d)
	if err != nil {
		return d.Earlier, err
	}
	if err := c.send(ctx, l); err != nil {
		return d.Earlier, fmt.Errorf("mail to %s: %w", c.to.Address, err)
	}
	sum := sha256.Sum256(l.bytes)
	done := reports.Receipt{Place: c.to.Address + ", Message-ID <" + l.id + ">", Ref: l.id, Digest: hex.EncodeToString(sum[:])}
	return done, record(done)
}

func (c *Channel) send(ctx context.Context, l letter) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	attempt, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	at, err := c.talk(attempt, l)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case attempt.Err() != nil:
		err = attempt.Err()
	}
	return c.inWords(at, err)
}

// step is how far a conversation with the server came.
type step string

const (
	dialling  step = "connect"
	greeting  step = "greeting"
	upgrading step = "STARTTLS"
	proving   step = "AUTH"
	sender    step = "MAIL FROM"
	recipient step = "RCPT TO"
	content   step = "DATA"
	handing   step = "end of DATA" // from here on nobody knows whether the server took it
)

// talk is the whole conversation; the step is the one that did not work.
func (c *Channel) talk(ctx context.Context, l letter) (step, error) {
	conn, err := c.dial(ctx)
	if err != nil {
		return dialling, err
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	server, err := smtp.NewClient(conn, c.host)
	if err != nil {
		return greeting, err
	}
	if at, err := c.introduce(server); err != nil {
		return at, err
	}
	at, err := c.hand(server, l)
	if err == nil {
		_ = server.Quit() // it has the mail already
	}
	return at, err
}

// mostSaid bounds what a server may say in one conversation.
const mostSaid = 1 << 20

// reluctant is a connection that stops listening to a server without end.
type reluctant struct {
	net.Conn
	left int
}

var errEndless = errors.New("it says more than a mail server has to say")

func (r *reluctant) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errEndless
	}
	n, err := r.Conn.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}

func (c *Channel) dial(ctx context.Context) (net.Conn, error) {
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(c.host, c.port))
	if err != nil {
		return nil, err
	}
	conn := net.Conn(&reluctant{Conn: raw, left: mostSaid})
	if c.security != TLS {
		return conn, nil
	}
	protected := tls.Client(conn, c.tls())
	if err := protected.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return protected, nil
}

func (c *Channel) tls() *tls.Config {
	return &tls.Config{ServerName: c.host, RootCAs: c.roots, MinVersion: tls.VersionTLS12}
}

var (
	errNoStartTLS = errors.New("the mail server does not offer STARTTLS")
	errNoAuth     = errors.New("the mail server offers no way to authenticate that is known here")
)

// introduce says hello, protects the connection and proves who we are.
func (c *Channel) introduce(server *smtp.Client) (step, error) {
	if err := server.Hello(hostname()); err != nil {
		return greeting, err
	}
	if c.security == StartTLS {
		if offered, _ := server.Extension("STARTTLS"); !offered {
			return upgrading, errNoStartTLS
		}
		if err := server.StartTLS(c.tls()); err != nil {
			return upgrading, err
		}
	}
	if c.user == "" {
		return proving, nil
	}
	auth, err := c.auth(server)
	if err != nil {
		return proving, err
	}
	return proving, server.Auth(auth)
}

// hostname is how this machine introduces itself, when it is called something
// that may stand in a command.
func hostname() string {
	name, err := os.Hostname()
	if err != nil || name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "localhost"
	}
	return name
}

// auth picks the strongest way that the server offers. The connection is
// protected by then: New allows no password otherwise.
func (c *Channel) auth(server *smtp.Client) (smtp.Auth, error) {
	state, err := server.GetTLSConnectionState()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoAuth, err)
	}
	_, line := server.Extension("AUTH")
	offered := map[string]bool{}
	for _, way := range strings.Fields(strings.ToUpper(line)) {
		offered[way] = true
	}
	switch password := c.password(); {
	case offered["SCRAM-SHA-256-PLUS"]:
		return smtp.ScramSHA256PlusAuth(c.user, password, state), nil
	case offered["SCRAM-SHA-256"]:
		return smtp.ScramSHA256Auth(c.user, password), nil
	case offered["SCRAM-SHA-1-PLUS"]:
		return smtp.ScramSHA1PlusAuth(c.user, password, state), nil
	case offered["SCRAM-SHA-1"]:
		return smtp.ScramSHA1Auth(c.user, password), nil
	case offered["CRAM-MD5"]:
		return smtp.CRAMMD5Auth(c.user, password), nil
	case offered["PLAIN"]:
		return smtp.PlainAuth("", c.user, password, c.host, false), nil
	case offered["LOGIN"]:
		return smtp.LoginAuth(c.user, password, c.host, false), nil
	}
	return nil, errNoAuth
}

// hand gives the mail to the server.
func (c *Channel) hand(server *smtp.Client, l letter) (step, error) {
	if c.needsUTF8() {
		if offered, _ := server.Extension("SMTPUTF8"); !offered {
			return sender, errUTF8
		}
	}
	server.SkipSMTPUTF8(!c.needsUTF8())
	if err := server.Mail("<" + c.from.Address + ">"); err != nil {
		return sender, err
	}
	if err := server.Rcpt("<" + c.to.Address + ">"); err != nil {
		return recipient, err
	}
	w, err := server.Data()
	if err != nil {
		return content, err
	}
	if _, err := w.Write(l.bytes); err != nil {
		return content, err // without its end a server takes no mail
	}
	return handing, w.Close()
}
