package connectors

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
)

// Unreachable says in plain words why a request got no answer, and what to do
// about it where that follows from the cause; fix is empty where it does not.
// The errors of net/http hold the whole address and speak to programmers.
func Unreachable(err error) (said, fix string) {
	if sending := (*url.Error)(nil); errors.As(err, &sending) {
		err = sending.Err
	}
	at := place(err)
	switch name := (*net.DNSError)(nil); {
	case errors.As(err, &name) && name.IsNotFound:
		return fmt.Sprintf("no machine is known by the name %q", name.Name),
			"check the spelling of the address; a name inside the company may need its network or VPN"
	case errors.As(err, &name):
		return fmt.Sprintf("the name %q could not be looked up just now", name.Name), "check this machine's network and its name server"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing takes connections" + at + " (connection refused)", ""
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "no route leads" + strings.Replace(at, " at ", " to ", 1) + " from this machine", ""
	case errors.Is(err, context.DeadlineExceeded), timedOut(err):
		return "no answer came in time" + at, ""
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed before an answer came" + at, ""
	}
	return spoken(err)
}

// spoken explains what answered in another language than was expected.
func spoken(err error) (said, fix string) {
	text, notTLS := err.Error(), tls.RecordHeaderError{}
	certificate := (*tls.CertificateVerificationError)(nil)
	switch {
	case strings.Contains(text, "HTTP response to HTTPS client"), // what http.Client makes of the next
		errors.As(err, &notTLS) && string(notTLS.RecordHeader[:]) == "HTTP/":
		return "http is spoken there, not https", "write the address with http://, or ask for the one with https"
	case errors.As(err, &notTLS):
		return "what answers there does not speak https", "check the port, and whether the address begins with http or https"
	case errors.As(err, &certificate):
		return "its certificate is not trusted here: " + strings.TrimPrefix(certificate.Err.Error(), "x509: "),
			"check the name in the address, and that this machine trusts who signed the site's certificate"
	case strings.Contains(text, "malformed HTTP"),
		strings.Contains(text, "readLoopPeekFailLocked"): // what net/http says of words that come before it asked
		return "what answers there is no web server", "check the port in the address"
	}
	return text, ""
}

func timedOut(err error) bool {
	waiting := net.Error(nil)
	return errors.As(err, &waiting) && waiting.Timeout()
}

// place is where the connection was to go, or nothing when that is not told.
func place(err error) string {
	dialling := (*net.OpError)(nil)
	if errors.As(err, &dialling) && dialling.Addr != nil {
		return " at " + dialling.Addr.String()
	}
	return ""
}
