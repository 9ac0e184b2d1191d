package config

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// SignIn is how people sign in. With none of it they do so with local links.
type SignIn struct {
	OIDC  OIDC
	Proxy ProxySignIn
	Local bool
}

// OIDC is an OpenID Connect provider; zero: none.
type OIDC struct {
	Issuer       string // as written: it has to be the provider's own word
	ClientID     string
	ClientSecret Secret   // zero: a public client
	Name         string   // what people call the provider
	Scopes       []string // beside openid, email and profile
	PersonClaim  string   // empty: people are found by e-mail
	// AcceptUnverifiedEmail says that an address counts that the provider does
	// not call verified.
	AcceptUnverifiedEmail bool
	GroupsClaim           string
	AdminGroup            string // empty: no group makes an admin
}

// ProxySignIn is a reverse proxy that names people in a header; zero: none.
type ProxySignIn struct {
	Header string         // in canonical form
	From   []netip.Prefix // where it connects from
}

func (r dashboardReader) signIn() SignIn {
	has := func(key string) bool { return r.file.Has("dashboard", "sign_in", key) }
	if has("oidc") && has("proxy") {
		r.refuse("keep one of them; local may stand beside either", "people would sign in at a provider and at a proxy", "sign_in", "proxy")
	}
	s := SignIn{OIDC: r.oidc(), Proxy: r.proxy()}
	r.file.DecodeAt(&s.Local, "dashboard", "sign_in", "local")
	if r.file.Has("dashboard", "sign_in") && !has("oidc") && !has("proxy") && !s.Local {
		r.refuse("add oidc:, proxy: or local: true", "nobody could sign in", "sign_in")
	}
	return s
}

func (r dashboardReader) oidc() OIDC {
	var e oidcEntry
	if !r.file.DecodeAt(&e, "dashboard", "sign_in", "oidc") {
		return OIDC{}
	}
	r.issuer(e.Issuer)
	if e.GroupsClaim != "" && e.AdminGroup == "" {
		r.refuse("add admin_group: and the group whose members are admins, or leave groups_claim out",
			"no group makes anybody an admin", "sign_in", "oidc", "groups_claim")
	}
	if e.PersonClaim != "" && e.AcceptUnverifiedEmail {
		r.refuse("leave it out", "people are found by "+e.PersonClaim+", and their e-mail address is not looked at", "sign_in", "oidc", "accept_unverified_email")
	}
	return OIDC{
		Issuer: e.Issuer, ClientID: e.ClientID, ClientSecret: r.secret("sign_in", "oidc", "client_secret"),
		Name: cmp.Or(e.Name, hostOf(e.Issuer)), Scopes: orNil(e.Scopes), PersonClaim: e.PersonClaim,
		AcceptUnverifiedEmail: e.AcceptUnverifiedEmail, GroupsClaim: cmp.Or(e.GroupsClaim, "groups"), AdminGroup: e.AdminGroup,
	}
}

// issuer refuses what cannot be a provider's address.
func (r dashboardReader) issuer(written string) {
	const example = "write it like https://login.acme.example"
	at := []any{"sign_in", "oidc", "issuer"}
	u, err := url.Parse(written)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.ContainsAny(written, " ${}"):
		r.refuse(example, "this is no web address", at...)
	case u.User != nil:
		r.refuse("take them out", "the address holds a user or a password", at...)
	case strings.Contains(u.Path, "/.well-known/"):
		r.refuse("drop everything from /.well-known on", "this is the address of a document, not of the provider", at...)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		r.refuse("drop everything from the "+firstOf(u)+" on", "a provider's address has nothing after its path", at...)
	case u.Scheme == "http" && !IsLoopback(u.Hostname()):
		r.refuse("write https://", "who somebody is must not come over an unencrypted line", at...)
	}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

var (
	headerName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9-]+$`) })
	// ordinaryHeaders are set by browsers, so that they say nothing of a proxy.
	ordinaryHeaders = []string{"Host", "Cookie", "Authorization", "Origin", "Referer", "User-Agent", "From"}
)

func (r dashboardReader) proxy() ProxySignIn {
	var e proxyEntry
	if !r.file.DecodeAt(&e, "dashboard", "sign_in", "proxy") {
		return ProxySignIn{}
	}
	p := ProxySignIn{Header: textproto.CanonicalMIMEHeaderKey(cmp.Or(e.Header, "X-Forwarded-Email"))}
	switch {
	case !headerName().MatchString(p.Header):
		r.refuse("write it like X-Forwarded-Email", fmt.Sprintf("%q is no name of a header", e.Header), "sign_in", "proxy", "header")
	case slices.Contains(ordinaryHeaders, p.Header):
		r.refuse("write the one that your proxy sets, like X-Forwarded-Email", fmt.Sprintf("browsers send %s themselves", p.Header), "sign_in", "proxy", "header")
	}
	for i, written := range e.From {
		if from, ok := r.network(written, i); ok {
			p.From = append(p.From, from)
		}
	}
	if len(e.From) == 0 {
		r.refuse("write the proxy's address, like 10.1.2.3, or its network, like 10.0.0.0/8", "no address is named, so the header would count from nowhere", "sign_in", "proxy", "from")
	}
	return p
}

// network reads an address or a network that the proxy connects from.
func (r dashboardReader) network(written string, i int) (netip.Prefix, bool) {
	path := []any{"sign_in", "proxy", "from", i}
	if r.text(path[:3]...) != "" {
		path = path[:3] // one text in place of a list
	}
	prefix, err := netip.ParsePrefix(written)
	if addr, single := netip.ParseAddr(written); single == nil {
		prefix, err = netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()), nil
		if addr.Zone() != "" {
			err = fmt.Errorf("zone %s", addr.Zone())
		}
	}
	switch {
	case err != nil:
		r.refuse("write it like 10.1.2.3 or 10.0.0.0/8; host names are not looked up", fmt.Sprintf("%q is no address and no network", written), path...)
	case prefix.Addr().Is4In6():
		r.refuse("write the IPv4 network itself, like 10.0.0.0/8", fmt.Sprintf("%q holds an IPv4 network in IPv6 form", written), path...)
	case prefix.Bits() == 0:
		r.refuse("name the proxy's own address or network", fmt.Sprintf("%q is everywhere: anybody could say who they are", written), path...)
	case prefix != prefix.Masked():
		r.refuse("write "+prefix.Masked().String(), fmt.Sprintf("%q has more address than its mask takes", written), path...)
	default:
		return prefix, true
	}
	return netip.Prefix{}, false
}
