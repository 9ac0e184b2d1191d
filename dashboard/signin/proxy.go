package signin

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"unicode"
)

// vouches reads the proxy's header: whose e-mail address it names, and whether
// it counts. It counts only where the connection itself comes from the proxy; no
// header says where that is. A header that names several, or no address, is an
// error: something before the proxy may have put it there.
func (p *Proxy) vouches(r *http.Request) (email string, vouched bool, err error) {
	if p == nil || !p.sends(r.RemoteAddr) {
		return "", false, nil
	}
	values := r.Header.Values(p.Header)
	if len(values) == 0 {
		return "", false, nil
	}
	if len(values) > 1 {
		return "", false, fmt.Errorf("%s came %d times", p.Header, len(values))
	}
	email = strings.TrimSpace(values[0])
	odd := func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(",;<>\"", r)
	}
	if len(email) > 254 || strings.Count(email, "@") != 1 || strings.ContainsFunc(email, odd) {
		return "", false, fmt.Errorf("%s holds something else than one e-mail address", p.Header)
	}
	return email, true, nil
}

// sends reports whether a connection comes from the proxy.
func (p *Proxy) sends(remote string) bool {
	addr := peer(remote)
	return addr.IsValid() && slices.ContainsFunc(p.From, func(from netip.Prefix) bool { return from.Contains(addr) })
}
