package signin

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// CheckListen refuses to listen at an address that others than this machine
// reach unless people have to sign in there. Its error says what to do.
func CheckListen(addr string, signIn Config) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("%q is no address to listen at: write it like 127.0.0.1:8080", addr)
	}
	if isLoopback(host) {
		return nil
	}
	switch {
	case signIn.Guest != "":
		return fmt.Errorf("the dashboard is not shown at %s: everybody who reaches it would be %s without signing in\n\tlisten at 127.0.0.1:%s", addr, signIn.Guest, port)
	case signIn.OIDC == nil && signIn.Proxy == nil && !signIn.Local:
		return fmt.Errorf("the dashboard is not shown at %s: others than this machine reach it, and nobody has to sign in\n"+
			"\tadd sign_in under dashboard in the configuration, or listen at 127.0.0.1:%s", addr, port)
	case !strings.HasPrefix(signIn.URL, "https://"):
		return fmt.Errorf("the dashboard is not shown at %s: others than this machine reach it, and url does not begin with https://\n"+
			"\tlet a reverse proxy with TLS stand before it and write its address to url under dashboard, or listen at 127.0.0.1:%s", addr, port)
	}
	return nil
}

// isLoopback reports whether only this machine reaches the host.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// What a server waits for. Pages answer in milliseconds; exports may be read
// over a slow line.
const (
	headersWithin = 5 * time.Second
	requestWithin = 15 * time.Second
	answerWithin  = time.Minute
	idleAtMost    = 2 * time.Minute
	headersAtMost = 32 << 10
	// bodyAtMost bounds what a form may send; a rule is the largest, at some
	// kilobytes.
	bodyAtMost = 1 << 20
)

// Server is an HTTP server whose time and memory a slow or large request cannot
// use up. Who listens for it is left to the caller.
func Server(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headersWithin, ReadTimeout: requestWithin, WriteTimeout: answerWithin,
		IdleTimeout: idleAtMost, MaxHeaderBytes: headersAtMost,
	}
}
