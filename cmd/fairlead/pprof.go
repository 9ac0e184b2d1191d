package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"time"
)

// profiling answers at the address with what Go tells of the running process, until
// closed is called. A profile shows what lies in memory, so that only who is on this
// machine may ask for one.
func profiling(ctx context.Context, at string) (closed func(), address string, err error) {
	if err := loopback(at); err != nil {
		return nil, "", err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", at)
	if err != nil {
		return nil, "", usageError{fmt.Errorf("--pprof %s: %w\n\tchoose a free address of this machine", at, err)}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("POST /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	server := &http.Server{Handler: onlyByAddress(mux), ReadHeaderTimeout: 5 * time.Second} // a profile may take minutes to write
	go func() { _ = server.Serve(l) }()                                                     // ends with an error when it is closed
	return func() { _ = server.Close() }, l.Addr().String(), nil
}

// loopback refuses an address that others than this machine could reach.
func loopback(at string) error {
	host, _, err := net.SplitHostPort(at)
	if err != nil {
		return usageError{fmt.Errorf("--pprof %q: that is no address and port\n\tgive one of this machine, like 127.0.0.1:6060", at)}
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return usageError{fmt.Errorf("--pprof %s: profiles show what lies in memory, so they are told on this machine only\n\tgive 127.0.0.1 or [::1] and a port, like 127.0.0.1:6060; from elsewhere, go through ssh -L or kubectl port-forward", at)}
	}
	return nil
}

// onlyByAddress refuses what a browser was led to by a foreign name.
func onlyByAddress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, errNotByName.Error(), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

var errNotByName = errors.New("profiles are told to 127.0.0.1, [::1] and localhost alone")
