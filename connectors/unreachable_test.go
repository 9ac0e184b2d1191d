package connectors_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/fairlead-dev/fairlead/connectors"
)

// get asks the address and gives the error.
func request(t *testing.T, address string) error {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := new(http.Transport).RoundTrip(req)
	if err == nil {
		_ = reply.Body.Close()
		t.Fatalf("%s answered", address)
	}
	return err
}

// greeting is a server that is no web server: it says hello and hangs up.
func greeting(t *testing.T, hello string) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte(hello))
			_ = c.Close()
		}
	}()
	return l.Addr().String()
}

func TestUnreachableSpeaksPlainly(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	t.Cleanup(plain.Close)
	t.Cleanup(secure.Close)
	for _, c := range []struct {
		name      string
		err       error
		said, fix string
	}{
		{"a port where nothing listens", request(t, closed.URL), "nothing takes connections at 127.0.0.1:", ""},
		{"https where http is spoken", request(t, strings.Replace(plain.URL, "http:", "https:", 1)), "http is spoken there, not https", "http://"},
		{"https where something else is spoken", request(t, "https://"+greeting(t, "SSH-2.0-OpenSSH_9.2\r\n")), "does not speak https", "check the port"},
		{"http where something else is spoken", request(t, "http://"+greeting(t, "SSH-2.0-OpenSSH_9.2\r\n")), "no web server", "check the port"},
		{"a certificate nobody here trusts", request(t, secure.URL), "certificate is not trusted here: certificate signed by unknown authority", "signed the site's certificate"},
		{
			"a name that does not exist", &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "acme.invalid", Server: "10.0.0.1:53", IsNotFound: true}},
			`no machine is known by the name "acme.invalid"`, "spelling",
		},
		{"a name server that is away", &net.DNSError{Err: "server misbehaving", Name: "acme.example"}, `the name "acme.example" could not be looked up`, "name server"},
		{"no route", &net.OpError{Op: "dial", Addr: &net.TCPAddr{IP: net.IPv4(10, 1, 2, 3), Port: 443}, Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)}, "no route leads to 10.1.2.3:443", ""},
		{"no answer in time", context.DeadlineExceeded, "no answer came in time", ""},
		{"a reset connection", &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, "closed before an answer came", ""},
		{"anything else stays as it is", errors.New("the demo reaches only its own"), "the demo reaches only its own", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			said, fix := connectors.Unreachable(c.err)
			if !strings.Contains(said, c.said) || !strings.Contains(fix, c.fix) || (c.fix == "") != (fix == "") {
				t.Errorf("%v:\ngot  %q, %q\nwant %q, %q", c.err, said, fix, c.said, c.fix)
			}
			for _, jargon := range []string{"dial tcp", "lookup ", "x509", "tls:", "net/http", "10.0.0.1:53"} {
				if strings.Contains(said, jargon) {
					t.Errorf("%q speaks to programmers: %q", said, jargon)
				}
			}
		})
	}
}
