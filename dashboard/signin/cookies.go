package signin

import (
	"net/http"
	"net/url"
	"time"
)

// cookies names and sets the cookies of one address.
type cookies struct {
	prefix string
	secure bool
}

// cookiesAt keeps cookies for exactly this host and from plain http where the
// address has https. On plain http, which is this machine alone, browsers differ
// on whether they take such cookies; there the port tells apart what else runs.
func cookiesAt(u *url.URL) cookies {
	if u.Scheme == "https" {
		return cookies{"__Host-fairlead-", true}
	}
	return cookies{"fairlead-" + u.Port() + "-", false}
}

// The cookies there are.
const (
	sessionCookie = "session"
	attemptCookie = "attempt" // while somebody is at the provider
	hintCookie    = "hint"    // the provider's ID token, for signing out there
)

func (c cookies) set(w http.ResponseWriter, name, value string, lasts time.Duration) {
	c.write(w, name, value, max(1, int(lasts/time.Second)))
}

func (c cookies) clear(w http.ResponseWriter, name string) { c.write(w, name, "", -1) }

func (c cookies) write(w http.ResponseWriter, name, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{
		Name: c.prefix + name, Value: value, Path: "/", MaxAge: maxAge,
		Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// get is the value of a cookie; empty when there is none, or several: then
// somebody else has put one beside ours.
func (c cookies) get(r *http.Request, name string) string {
	all := r.CookiesNamed(c.prefix + name)
	if len(all) != 1 {
		return ""
	}
	return all[0].Value
}
