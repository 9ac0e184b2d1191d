package signin

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

// throughProxy is a site behind a proxy on this machine.
func throughProxy(t *testing.T, from string) *site {
	t.Helper()
	return newSite(t, func(c *Config, _ *site) {
		c.Local = false
		c.Proxy = &Proxy{Header: "X-Forwarded-Email", From: []netip.Prefix{netip.MustParsePrefix(from)}}
	})
}

const forwarded = "X-Forwarded-Email"

func TestAProxyNamesWhoIsThere(t *testing.T) {
	s := throughProxy(t, "127.0.0.0/8")
	b := s.browser()
	got := b.sees("/", forwarded, "Mina@acme.example")
	if got.Person != "mina" || got.Admin || got.Form == "" {
		t.Errorf("the page sees %+v, want mina", got)
	}
	b.post("/findings", url.Values{"form_token": {got.Form}}, forwarded, "mina@acme.example").expect(t, "a change", 200, "mina")
	b.post("/findings", nil, forwarded, "mina@acme.example").expect(t, "a change without the token", 403, "Nothing was changed")
	if first := b.cookie("session"); true {
		b.sees("/", forwarded, "mina@acme.example")
		if b.cookie("session") != first {
			t.Error("each request begins another session")
		}
	}
	if now := b.sees("/", forwarded, "lee@acme.example"); now.Person != "lee" || !now.Admin {
		t.Errorf("when somebody else sits there the page sees %+v, want lee", now)
	}
	b.post("/findings", url.Values{"form_token": {got.Form}}, forwarded, "lee@acme.example").expect(t, "a form of the one before", 403, "Nothing was changed")
	b.stays().get("/").expect(t, "without the header", 303, "")
	b.stays().get("/sign-in").expect(t, "its sign-in page", 200, "A proxy signs people in here")
	b.get("/", forwarded, "eve@elsewhere.example").expect(t, "whom the directory does not know", 403, "Ask Lee Park")
	b.get("/", forwarded, "pat@acme.example").expect(t, "who left", 403, "Pat Roe, who has no place")
	b.post("/sign-out", url.Values{"form_token": {b.sees("/", forwarded, "lee@acme.example").Form}}, forwarded, "lee@acme.example").
		expect(t, "signing out", 200, "The proxy before fairlead still knows you")
}

func TestTheHeaderCountsForNothingFromElsewhere(t *testing.T) {
	s := throughProxy(t, "10.0.0.0/8")
	b := s.browser().stays()
	for _, headers := range [][]string{
		{forwarded, "lee@acme.example"},
		{forwarded, "lee@acme.example", "X-Forwarded-For", "10.0.0.1"},
		{forwarded, "lee@acme.example", "X-Real-Ip", "10.0.0.1", "Forwarded", "for=10.0.0.1", "Via", "1.1 10.0.0.1"},
		{forwarded, "lee@acme.example", forwarded, "mina@acme.example"},
	} {
		b.get("/", headers...).expect(t, strings.Join(headers, " "), 303, "")
	}
	if b.cookie("session") != "" {
		t.Error("there is a session")
	}
}

func TestAHeaderThatIsNotOneAddressIsRefused(t *testing.T) {
	s := throughProxy(t, "127.0.0.1/32")
	for name, headers := range map[string][]string{
		"two headers":          {forwarded, "lee@acme.example", forwarded, "mina@acme.example"},
		"twice the same":       {forwarded, "lee@acme.example", forwarded, "lee@acme.example"},
		"in another case":      {forwarded, "lee@acme.example", "x-forwarded-EMAIL", "mina@acme.example"},
		"a list":               {forwarded, "lee@acme.example,mina@acme.example"},
		"a list with a space":  {forwarded, "lee@acme.example mina@acme.example"},
		"a list with ;":        {forwarded, "lee@acme.example;mina"},
		"a name beside it":     {forwarded, "Lee <lee@acme.example>"},
		"in quotes":            {forwarded, `"lee@acme.example"`},
		"no address":           {forwarded, "lee"},
		"empty":                {forwarded, ""},
		"longer than any":      {forwarded, strings.Repeat("a", 300) + "@acme.example"},
		"two signs of address": {forwarded, "lee@acme@example"},
	} {
		b := s.browser()
		b.get("/", headers...).expect(t, name, 400, "It is not clear who you are")
		if b.cookie("session") != "" {
			t.Errorf("%s: there is a session", name)
		}
	}
	b := s.browser()
	b.get("/api/v1/findings", forwarded, "lee").expect(t, "the API", 400, `"status":400`)
}

func TestWhereAProxyConnectsFrom(t *testing.T) {
	p := &Proxy{Header: forwarded, From: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::1/128")}}
	for remote, want := range map[string]bool{
		"10.1.2.3:40000": true, "[::ffff:10.1.2.3]:40000": true, "11.1.2.3:40000": false, "[2001:db8::1]:1": true, "[2001:db8::2]:1": false, "[2001:db8::1%eth0]:1": true,
		"": false, "@": false, "10.1.2.3": false, "proxy:80": false, "[::]:80": false, "0.0.0.0:80": false,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = remote
		r.Header.Set(forwarded, "lee@acme.example")
		if _, got, err := p.vouches(r); got != want || err != nil {
			t.Errorf("from %q it counts: %v, %v, want %v", remote, got, err, want)
		}
	}
	if _, got, _ := (*Proxy)(nil).vouches(httptest.NewRequest(http.MethodGet, "/", nil)); got {
		t.Error("no proxy vouches for somebody")
	}
}

func TestASessionOfTheProxyEndsWithIt(t *testing.T) {
	s := throughProxy(t, "127.0.0.1/32")
	b := s.browser()
	b.sees("/", forwarded, "lee@acme.example")
	s.open(nil) // links only
	b.stays().get("/").expect(t, "without the proxy", 303, "")
}

func TestLinksMayStandBesideAProxy(t *testing.T) {
	s := newSite(t, func(c *Config, _ *site) {
		c.Proxy = &Proxy{Header: forwarded, From: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
	})
	if got := s.signedIn("mina").sees("/"); got.Person != "mina" {
		t.Errorf("with a link the page sees %+v, want mina", got)
	}
}

func FuzzForwardedHeader(f *testing.F) {
	for _, seed := range []string{"lee@acme.example", "a@b,c@d", " lee@acme.example ", "@", "\"a\"@b"} {
		f.Add(seed)
	}
	p := &Proxy{Header: forwarded, From: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}}
	f.Fuzz(func(t *testing.T, value string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header[forwarded] = []string{value}
		email, ok, err := p.vouches(r)
		if ok && (err != nil || strings.Count(email, "@") != 1 || strings.ContainsAny(email, " ,;\t\r\n<>\"")) {
			t.Errorf("%q names %q, %v", value, email, err)
		}
	})
}

func TestAnAllowanceFillsAgain(t *testing.T) {
	now := time.Date(2026, 11, 9, 8, 0, 0, 0, time.UTC)
	l := newLimiter()
	const one, neighbour, other = "[2001:db8::1]:1", "[2001:db8::2]:9", "192.0.2.1:1"
	for i := range attemptsAtOnce {
		if !l.take(one, now) {
			t.Fatalf("attempt %d is refused, want %d", i+1, attemptsAtOnce)
		}
	}
	if l.take(one, now) || l.take(neighbour, now) {
		t.Error("one more is let through, of the address or its network")
	}
	if !l.take(other, now) || !l.take("nowhere", now) {
		t.Error("another address is refused")
	}
	l.giveBack(one, now)
	if !l.take(neighbour, now) {
		t.Error("what was given back is not there")
	}
	if l.take(one, now.Add(attemptEvery-time.Millisecond)) {
		t.Error("another is let through too early")
	}
	if !l.take(one, now.Add(attemptEvery)) {
		t.Error("another is refused when its time has come")
	}
	l.giveBack(other, now)
	l.giveBack(other, now)
	if got := l.of(network(other), now).left; got != attemptsAtOnce {
		t.Errorf("%v are left, want no more than %d", got, attemptsAtOnce)
	}
}

func TestWhoTriedIsForgottenInTime(t *testing.T) {
	now := time.Date(2026, 11, 9, 8, 0, 0, 0, time.UTC)
	l := newLimiter()
	at := func(i int) string {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 1).String()
	}
	for i := range peersKnown {
		l.take(at(i), now)
	}
	for range attemptsAtOnce {
		l.take("192.0.2.1:1", now.Add(attemptEvery)) // all others have theirs again
	}
	if len(l.peers) != 1 {
		t.Errorf("%d addresses are remembered, want 1", len(l.peers))
	}
	for i := range 2 * peersKnown {
		l.take(at(i), now.Add(attemptEvery))
	}
	if len(l.peers) > peersKnown {
		t.Errorf("%d addresses are remembered, want %d at the most", len(l.peers), peersKnown)
	}
}
