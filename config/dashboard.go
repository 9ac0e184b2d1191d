package config

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Dashboard is where the pages are served, and to whom.
type Dashboard struct {
	Listen string // host:port; empty: nowhere
	// URL is where people open it, without a trailing slash. It is empty where the
	// port is only known once it is listened at.
	URL          string
	Admins       []string // person ids
	SignIn       SignIn
	SessionKey   Secret // zero: one is kept in the store
	SessionLasts time.Duration
	// AgreementsOnPages says that agreements, conditions and experiments are changed
	// on pages, over what the files say.
	AgreementsOnPages bool
	Where             yamlfile.Place
}

const (
	dashboardListen = "127.0.0.1:8080"
	sessionLasts    = 24 * time.Hour
	// agreementsOnPages is the word for pages in place of files.
	agreementsOnPages = "pages"
	// shortestKey is what half of a 256-bit key in hex takes, or any good
	// password manager's longest.
	shortestKey = 32
)

func (l *loader) takeDashboard(f *yamlfile.File) {
	if !f.Has("dashboard") || !l.once("dashboard", f, "dashboard") {
		return
	}
	r := dashboardReader{l, f}
	l.cfg.Dashboard = Dashboard{
		Listen: r.listen(), Admins: orNil(f.Texts("dashboard", "admins")), SignIn: r.signIn(),
		SessionKey: r.sessionKey(), SessionLasts: r.sessionLasts(), AgreementsOnPages: r.text("agreements") == agreementsOnPages, Where: f.Place("dashboard"),
	}
	r.url()
	l.dashboardFile = f
}

// orNil is nil for an empty list.
func orNil(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

// dashboardReader reads the dashboard's part of a file.
type dashboardReader struct {
	*loader
	file *yamlfile.File
}

func (r dashboardReader) refuse(hint, text string, path ...any) {
	r.mistake(r.file, hint, text, append([]any{"dashboard"}, path...)...)
}

func (r dashboardReader) text(path ...any) string {
	return r.file.Text(append([]any{"dashboard"}, path...)...)
}

func (r dashboardReader) listen() string {
	written := cmp.Or(r.text("listen"), dashboardListen)
	host, port, err := net.SplitHostPort(written)
	if n, wrong := strconv.Atoi(port); err != nil || wrong != nil || n < 0 || n > 65535 || strings.ContainsAny(host, "/ ") {
		r.refuse("write it like "+dashboardListen, "this is no address to listen at", "listen")
		return ""
	}
	if !IsLoopback(host) && !r.file.Has("dashboard", "sign_in") {
		r.refuse("add sign_in: with oidc, proxy or local, or listen at "+net.JoinHostPort("127.0.0.1", port),
			"others than this machine could open the dashboard, and nobody has to sign in", "listen")
	}
	return written
}

// IsLoopback reports whether only this machine reaches a host to listen at.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// url finds where people open the dashboard, which decides whether cookies can be
// kept from plain HTTP.
func (r dashboardReader) url() {
	d := &r.cfg.Dashboard
	host, port, err := net.SplitHostPort(d.Listen)
	written := r.text("url")
	switch {
	case written != "":
		d.URL = r.origin(written, "the address is not encrypted, and sign-in is worth nothing where others can listen", "url")
	case err != nil: // said at listen
	case !IsLoopback(host) && r.file.Has("dashboard", "sign_in"):
		r.refuse("add url: https://fairlead.acme.example, with the name that people open", "nothing says where people open the dashboard")
	case port != "0":
		d.URL = "http://" + d.Listen
	}
}

// origin reads a web address that ends with its host. Plain http is only for this
// machine. What is written may hold a password and is not repeated.
func (r dashboardReader) origin(written, unencrypted string, path ...any) string {
	const example = "write it like https://fairlead.acme.example"
	u, err := url.Parse(strings.TrimSpace(written))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.ContainsAny(u.Host, " ${}"):
		r.refuse(example, "this is no web address", path...)
	case u.User != nil:
		r.refuse("take them out", "the address holds a user or a password", path...)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		r.refuse(example+"; give the dashboard a host of its own", "the address goes on after the host", path...)
	case u.Scheme == "http" && !IsLoopback(u.Hostname()):
		r.refuse("write https:// and let a reverse proxy with TLS stand before it", unencrypted, path...)
	default:
		return u.Scheme + "://" + strings.ToLower(u.Host)
	}
	return ""
}

func (r dashboardReader) sessionKey() Secret {
	key := r.secret("session_key")
	if n := len(key.Reveal()); n > 0 && n < shortestKey {
		r.refuse("make one with: openssl rand -hex 32", fmt.Sprintf("this key has %d characters, which somebody could guess", n), "session_key")
		return Secret{}
	}
	return key
}

func (r dashboardReader) sessionLasts() time.Duration {
	var written period
	if !r.file.DecodeAt(&written, "dashboard", "session_lasts") {
		return sessionLasts
	}
	lasts, _ := written.duration()
	if lasts < time.Hour || lasts > 30*24*time.Hour {
		r.refuse("write between 1h and 30d; 24h suits most", fmt.Sprintf("%q is no time for this", string(written)), "session_lasts")
	}
	return lasts
}

// secret reads the environment variable that is named at the path below
// dashboard; none when nothing stands there.
func (r dashboardReader) secret(path ...any) Secret {
	var to secretReference
	if !r.file.DecodeAt(&to, append([]any{"dashboard"}, path...)...) {
		return Secret{}
	}
	name := reference(to).variable()
	value, set := r.env(name)
	switch value = strings.TrimSpace(value); {
	case !set:
		r.refuse("set it before fairlead starts: export "+name+"=…", fmt.Sprintf("the environment variable %s is not set", name), path...)
	case value == "":
		r.refuse("put the secret into it", fmt.Sprintf("the environment variable %s is empty", name), path...)
	default:
		return NewSecret(value)
	}
	return Secret{}
}

// finishDashboard looks whether the admins are people.
func (l *loader) finishDashboard() {
	if l.dashboardFile == nil || l.cfg.Directory == nil {
		return // without a directory its mistakes are told
	}
	var known []string
	for _, p := range l.cfg.Directory.People() {
		known = append(known, p.ID)
	}
	for i, id := range l.cfg.Dashboard.Admins {
		if id == "" || slices.Contains(known, id) {
			continue
		}
		hint := "write the id of somebody in the org file"
		if near := yamlfile.Suggest(id, known); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		} else if len(known) == 0 {
			hint = "there are no people yet: name a file with people and teams under org"
		}
		path := []any{"dashboard", "admins", i}
		if l.dashboardFile.Text("dashboard", "admins") != "" {
			path = path[:2]
		}
		l.mistake(l.dashboardFile, hint, fmt.Sprintf("nobody has the id %q", id), path...)
	}
}
