package signin

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
)

func TestWhereTheDashboardMayListen(t *testing.T) {
	const url = "https://fairlead.acme.example"
	proxy := &Proxy{Header: forwarded, From: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for _, c := range []struct {
		name, addr string
		signIn     Config
		want       string // part of the error; empty: none
	}{
		{"this machine needs nothing", "127.0.0.1:8080", Config{}, ""},
		{"nor by its other addresses", "127.8.9.10:8080", Config{}, ""},
		{"nor in IPv6", "[::1]:8080", Config{}, ""},
		{"nor in IPv6 form", "[::ffff:127.0.0.1]:8080", Config{}, ""},
		{"nor by name", "LocalHost:0", Config{Guest: "lee"}, ""},
		{"all addresses are others' too", ":8080", Config{URL: url}, "nobody has to sign in"},
		{"in IPv6 as well", "[::]:8080", Config{URL: url}, "nobody has to sign in"},
		{"in IPv4 as well", "0.0.0.0:8080", Config{URL: url}, "listen at 127.0.0.1:8080"},
		{"a name may be anything", "fairlead:8080", Config{URL: url}, "nobody has to sign in"},
		{"so may a name that looks like it", "localhost.acme.example:8080", Config{URL: url}, "nobody has to sign in"},
		{"with a provider", ":8080", Config{URL: url, OIDC: &OIDC{}}, ""},
		{"with a proxy", "10.0.0.7:8080", Config{URL: url, Proxy: proxy}, ""},
		{"with links", ":8080", Config{URL: url, Local: true}, ""},
		{"not where others can listen", ":8080", Config{URL: "http://127.0.0.1:8080", Local: true}, "does not begin with https://"},
		{"not with a guest", ":8080", Config{URL: url, Local: true, Guest: "lee"}, "everybody who reaches it would be lee"},
		{"no address", "8080", Config{}, "is no address to listen at"},
	} {
		err := CheckListen(c.addr, c.signIn)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", c.name, err, c.want)
		}
	}
}

func TestWhatCannotWorkIsRefusedAtOnce(t *testing.T) {
	good := Config{URL: "https://fairlead.acme.example", Key: []byte(testKey), Lasts: time.Hour}
	for name, change := range map[string]func(*Config){
		"": func(*Config) {}, "no address": func(c *Config) { c.URL = "" }, "plain http": func(c *Config) { c.URL = "http://fairlead.acme.example" },
		"a short key": func(c *Config) { c.Key = c.Key[:31] }, "no time": func(c *Config) { c.Lasts = 0 }, "no web address": func(c *Config) { c.URL = "ftp://f" },
	} {
		c := good
		change(&c)
		_, err := New(c, Surroundings{Log: zap.NewNop()})
		if (err == nil) != (name == "") || err != nil && strings.Contains(err.Error(), testKey[:31]) {
			t.Errorf("%q: err = %v", name, err)
		}
	}
}

// pipes is a network in this process, whose time a test can pass.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	c, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (p pipes) Close() error { return nil }
func (pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p pipes) dial() net.Conn {
	ours, theirs := net.Pipe()
	p <- theirs
	return ours
}

func TestSlowRequestsAreCutOff(t *testing.T) {
	const head = "POST / HTTP/1.1\r\nHost: f\r\nContent-Length: 10\r\n"
	for _, c := range []struct {
		name, sends, then string
		within            time.Duration
	}{
		{"headers that do not come", "", "", headersWithin},
		{"headers that do not end", head, "X-Slow: 1\r\n", headersWithin},
		{"a body that does not come", head + "\r\n", "a", requestWithin},
		{"a connection that nothing comes over again", "GET / HTTP/1.1\r\nHost: f\r\n\r\n", "", idleAtMost},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := make(pipes)
				server := Server(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
				go func() { _ = server.Serve(network) }()
				conn := network.dial()
				begun := time.Now()
				go func() {
					for _, part := range []string{c.sends, c.then} {
						if _, err := io.WriteString(conn, part); err != nil {
							return
						}
					}
				}()
				_, _ = io.Copy(io.Discard, bufio.NewReader(conn)) // until the server ends it
				if took := time.Since(begun); took > c.within+time.Second || took < c.within-time.Second {
					t.Errorf("it was cut off after %s, want %s", took, c.within)
				}
				close(network) // first: the server waits until it stops listening
				_ = server.Close()
			})
		})
	}
}

func TestHeadersThatAreTooLargeAreRefused(t *testing.T) {
	network := make(pipes)
	server := Server(http.NotFoundHandler())
	go func() { _ = server.Serve(network) }()
	t.Cleanup(func() { close(network); _ = server.Close() })
	conn := network.dial()
	go func() { _, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: f\r\nX: "+strings.Repeat("x", 64<<10)) }()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.Contains(line, "431") {
		t.Errorf("the answer is %q, %v, want 431", line, err)
	}
}
