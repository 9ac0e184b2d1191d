package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestProfilesAreToldOnThisMachineOnly(t *testing.T) {
	for _, c := range []struct{ name, at, want string }{
		{"every address", ":6060", "on this machine only"},
		{"every address, written out", "0.0.0.0:6060", "on this machine only"},
		{"an address of the network", "192.0.2.7:6060", "on this machine only"},
		{"a name, which may lead anywhere", "localhost:6060", "on this machine only"},
		{"no port", "127.0.0.1", "no address and port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path, env := tinySite(t)
			got := run(t, env, "serve", "-c", path, "--pprof", c.at)
			if got.code != exitUsage || !strings.Contains(got.err, c.want) {
				t.Errorf("exit code %d, %s, want %d and %q", got.code, got.err, exitUsage, c.want)
			}
		})
	}
}

func TestProfilesAreTold(t *testing.T) {
	closed, address, err := profiling(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer closed()
	for _, c := range []struct {
		name, path, host string
		want             int
		text             string
	}{
		{"the list", "/debug/pprof/", "", http.StatusOK, "goroutine"},
		{"what the memory holds", "/debug/pprof/heap?debug=1", "", http.StatusOK, "heap profile"},
		{"what goroutines do", "/debug/pprof/goroutine?debug=2", "", http.StatusOK, "TestProfilesAreTold"},
		{"nothing else", "/metrics", "", http.StatusNotFound, ""},
		{"to a browser that was led here", "/debug/pprof/heap", "evil.example", http.StatusForbidden, "alone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+c.path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			if c.host != "" {
				req.Host = c.host
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			text, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != c.want || !strings.Contains(string(text), c.text) {
				t.Errorf("status %d, %v, %.200s, want %d and %q", resp.StatusCode, err, text, c.want, c.text)
			}
		})
	}
}
