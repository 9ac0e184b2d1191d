package reports

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// heardLength is how much of another machine's words is repeated, in characters.
const heardLength = 300

// Heard makes what another machine answered fit for an error: one clean line,
// with every one of the secrets taken out, as it is and as servers and
// libraries may repeat it encoded.
func Heard(s string, secrets ...string) string {
	return clean(Without(s, secrets...), heardLength)
}

// Without takes secrets out of a text.
func Without(s string, secrets ...string) string {
	var forms []string
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		forms = append(forms, secret, url.QueryEscape(secret), url.PathEscape(secret), fmt.Sprintf("%q", secret))
		for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
			forms = append(forms, enc.EncodeToString([]byte(secret)))
		}
	}
	// The longest first: a form may hold another one.
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	for _, f := range forms {
		s = strings.ReplaceAll(s, f, "…")
	}
	return s
}

// Unanswered says in plain words why a request got no answer. The errors of the
// standard library hold whole addresses, which may be secrets, and speak to
// programmers. An ended context stays what it is.
func Unanswered(err error) error {
	sending := (*url.Error)(nil)
	if errors.As(err, &sending) {
		err = sending.Err
	}
	name, certificate, notTLS := (*net.DNSError)(nil), (*tls.CertificateVerificationError)(nil), tls.RecordHeaderError{}
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.As(err, &name) && name.IsNotFound:
		return fmt.Errorf("no machine is known by the name %q", name.Name)
	case errors.As(err, &name):
		return fmt.Errorf("the name %q could not be looked up just now", name.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("nothing takes connections there (connection refused)")
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return errors.New("no route leads there from this machine")
	case errors.As(err, &certificate):
		return fmt.Errorf("its certificate is not trusted here: %s", clean(strings.TrimPrefix(certificate.Err.Error(), "x509: "), heardLength))
	case errors.As(err, &notTLS), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		return errors.New("what answers there does not speak TLS")
	case errors.Is(err, context.DeadlineExceeded), timedOut(err):
		return errors.New("no answer came in time")
	}
	return broken(err)
}

// Unsent reports whether nothing of a request can have arrived: no connection
// came about, or not to whom it should.
func Unsent(err error) bool {
	dialling, name, certificate := (*net.OpError)(nil), (*net.DNSError)(nil), (*tls.CertificateVerificationError)(nil)
	return errors.As(err, &dialling) && dialling.Op == "dial" || errors.As(err, &name) || errors.As(err, &certificate)
}

// broken is the rest: a connection that ended, or words of a library, which are
// not told since nobody knows what they hold.
func broken(err error) error {
	switch {
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return errors.New("the connection was closed before an answer came")
	}
	return errors.New("no answer that could be understood came")
}

func timedOut(err error) bool {
	waiting := net.Error(nil)
	return errors.As(err, &waiting) && waiting.Timeout()
}

// longestDelay keeps what another machine asks for within reason.
const longestDelay = 6 * time.Hour

// Later is an error that may pass, with the wait that the other side asked for;
// none is asked for with zero, and a very long one is cut.
func Later(err error, after time.Duration) error {
	if after <= 0 {
		return err
	}
	return &Delay{Err: err, After: min(after, longestDelay)}
}
