package email

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

const (
	testUser = "fairlead"
	password = "hunter2-but-longer"
)

// postOffice is a mail server in this process that can be told what to do
// wrong.
type postOffice struct {
	addr  string
	roots *x509.CertPool

	mu    sync.Mutex
	mails []arrived

	// What goes wrong: each is an answer to the step it is named after.
	mail, rcpt, auth, data *smtp.SMTPError
	drop                   bool // hang up instead of answering that the mail was taken
	ways                   []string
}

type arrived struct {
	from, to string
	utf8     bool
	bytes    []byte
}

// trouble makes something go wrong.
type kind struct {
	tls      bool // from the first byte on
	noTLS    bool
	noUTF8   bool
	insecure bool // AUTH is offered on a readable connection
}

func newPostOffice(t *testing.T, k kind) *postOffice {
	t.Helper()
	certificate, roots := certificate(t)
	p := &postOffice{roots: roots, ways: []string{sasl.Plain}}
	s := smtp.NewServer(p)
	s.Domain, s.ErrorLog, s.EnableSMTPUTF8, s.AllowInsecureAuth = "mail.acme.example", quiet{}, !k.noUTF8, k.insecure
	conf := &tls.Config{Certificates: []tls.Certificate{certificate}}
	if !k.noTLS && !k.tls {
		s.TLSConfig = conf
	}
	l := listen(t)
	p.addr = l.Addr().String()
	if k.tls {
		l = tls.NewListener(l, conf)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { _, _ = s.Close(), l.Close(); <-done }) // closed at once, it may not serve yet
	return p
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// set changes what goes wrong.
func (p *postOffice) set(change func(p *postOffice)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

func (p *postOffice) all() []arrived {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]arrived{}, p.mails...)
}

func (p *postOffice) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{office: p, conn: c}, nil
}

type session struct {
	office *postOffice
	conn   *smtp.Conn
	mail   arrived
}

func (s *session) Reset()        { s.mail = arrived{} }
func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string { return s.office.ways }

func (s *session) Auth(way string) (sasl.Server, error) {
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	if s.office.auth != nil {
		return nil, s.office.auth
	}
	check := func(name, word string) error {
		if name != testUser || word != password {
			return smtp.ErrAuthFailed
		}
		return nil
	}
	switch way {
	case sasl.Login:
		return &loginServer{check: check}, nil
	case scram:
		return &scramServer{}, nil
	}
	return sasl.NewPlainServer(func(_, name, word string) error { return check(name, word) }), nil
}

// loginServer asks for the name, then for the word.
type loginServer struct {
	check func(name, word string) error
	name  *string
	asked bool
}

func (l *loginServer) Next(said []byte) (challenge []byte, done bool, err error) {
	switch {
	case !l.asked:
		l.asked = true
		return []byte("Username:"), false, nil
	case l.name == nil:
		name := string(said)
		l.name = &name
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(*l.name, string(said))
}

func refused(e *smtp.SMTPError) error {
	if e == nil {
		return nil
	}
	return e
}

func (s *session) Mail(from string, o *smtp.MailOptions) error {
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	s.mail = arrived{from: from, utf8: o.UTF8}
	return refused(s.office.mail)
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	s.mail.to = to
	return refused(s.office.rcpt)
}

func (s *session) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	if s.office.data != nil {
		return s.office.data
	}
	s.mail.bytes = body
	s.office.mails = append(s.office.mails, s.mail)
	if s.office.drop {
		s.office.drop = false
		return errors.Join(s.conn.Conn().Close(), errors.New("gone"))
	}
	return nil
}

// certificate is one for 127.0.0.1 that signs itself.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	shape := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.acme.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, shape, shape, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certPEM)
	return pair, roots
}
