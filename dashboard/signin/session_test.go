package signin

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/org"
)

func TestASessionOutlivesRestartsAndIsSharedByReplicas(t *testing.T) {
	s := newSite(t, nil)
	b := s.signedIn("mina")
	s.open(nil)
	if got := b.sees("/"); got.Person != "mina" {
		t.Errorf("after a restart the page sees %+v, want mina", got)
	}
	s.open(func(c *Config, _ *site) { c.Key = []byte(strings.ToUpper(testKey)) })
	if got := b.sees("/"); got.Person != "" {
		t.Errorf("with another key the page sees %+v, want nobody", got)
	}
}

func TestCookiesAreKeptToTheHostAndFromScripts(t *testing.T) {
	s := newSite(t, nil)
	s.now = s.now.Truncate(time.Second)
	link, _ := url.Parse(s.link("mina"))
	a := s.browser().stays().post("/sign-in/token", url.Values{"t": {link.Query().Get("t")}})
	set := a.Header.Values("Set-Cookie")
	if len(set) != 1 {
		t.Fatalf("%d cookies are set, want 1: %q", len(set), set)
	}
	for _, part := range []string{"__Host-fairlead-session=", "; Path=/", "; Max-Age=86400", "; HttpOnly", "; Secure", "; SameSite=Lax"} {
		if !strings.Contains(set[0], part) {
			t.Errorf("%q lacks %s", set[0], part)
		}
	}
	if strings.Contains(set[0], "Domain") || strings.Contains(set[0], "mina") {
		t.Errorf("%q shows too much", set[0])
	}
	on, _ := url.Parse("http://127.0.0.1:8080")
	if c := cookiesAt(on); c.secure || c.prefix != "fairlead-8080-" {
		t.Errorf("on plain http cookies are %+v", c)
	}
}

func TestASessionEnds(t *testing.T) {
	for _, c := range []struct {
		name  string
		after []time.Duration // between two looks
		want  string          // who is seen at the last
	}{
		{"not while it is used", slices.Repeat([]time.Duration{7 * time.Hour}, 3), "mina"},
		{"when it lasted a day, though it is used", append(slices.Repeat([]time.Duration{7 * time.Hour}, 3), 3*time.Hour), ""},
		{"a second before that it does not", append(slices.Repeat([]time.Duration{7 * time.Hour}, 3), 3*time.Hour-time.Second), "mina"},
		{"when nobody uses it for a third of that", []time.Duration{time.Hour, 8 * time.Hour}, ""},
		{"a second before that it does not either", []time.Duration{time.Hour, 8*time.Hour - time.Second}, "mina"},
		{"when it is used a little now and then, counted from the last", slices.Repeat([]time.Duration{10 * time.Minute}, 60), "mina"},
		{"when a clock went back by far", []time.Duration{-time.Hour}, ""},
		{"not for a clock that differs a little", []time.Duration{-time.Minute}, "mina"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, nil)
			s.now = s.now.Truncate(time.Second)
			b := s.signedIn("mina")
			for i, d := range c.after {
				s.pass(d)
				got, want := b.sees("/").Person, "mina"
				if i == len(c.after)-1 {
					want = c.want
				}
				if got != want {
					t.Errorf("after step %d the page sees %q, want %q", i+1, got, want)
				}
			}
		})
	}
}

func TestATamperedCookieIsNoSession(t *testing.T) {
	s := newSite(t, nil)
	good := s.signedIn("mina").cookie("session")
	raw, err := base64.RawURLEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	other := newSealer([]byte(strings.ToUpper(testKey)), "session")
	attempts := newSealer([]byte(testKey), "attempt")
	now := s.clock().Unix()
	forged := session{ID: "x", Person: "lee", How: byLink, Begun: now, Seen: now}
	tampered := map[string]string{
		"empty": "", "cut short": good[:len(good)-1], "cut in half": good[:len(good)/2], "longer": good + "A", "no base64": "!" + good,
		"padded": good + "==", "very long": strings.Repeat("A", 1<<14), "of another key": sealed(t, other, forged),
		"of another cookie": sealed(t, attempts, forged), "in plain": base64.RawURLEncoding.EncodeToString([]byte(`{"p":"lee"}`)),
	}
	for i := range raw {
		flipped := slices.Clone(raw)
		flipped[i] ^= 1 << (i % 8)
		tampered["flipped "+string(rune('a'+i%26))+strings.Repeat("'", i/26)] = base64.RawURLEncoding.EncodeToString(flipped)
	}
	for name, value := range tampered {
		b := s.browser().stays()
		b.setCookie("session", value)
		if a := b.get("/"); a.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: status %d, want to be asked to sign in", name, a.StatusCode)
		}
	}
	if b := s.browser(); true {
		b.setCookie("session", good)
		if got := b.sees("/"); got.Person != "mina" {
			t.Errorf("the cookie itself shows %+v: this test shows nothing", got)
		}
	}
	// One beside ours, which a neighbouring host may have set.
	r := s.browser().request("GET", "/", nil, "Cookie", "__Host-fairlead-session="+good+"; __Host-fairlead-session="+good)
	if a := s.browser().stays().do(r); a.StatusCode != http.StatusSeeOther {
		t.Errorf("two cookies of one name: status %d, want to be asked to sign in", a.StatusCode)
	}
}

func sealed(t *testing.T, s sealer, v any) string {
	t.Helper()
	text, err := s.seal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestSessionsThatLackSomethingDoNotCount(t *testing.T) {
	s := newSite(t, nil)
	now := s.clock().Unix()
	whole := session{ID: "x", Person: "mina", How: byLink, Begun: now, Seen: now}
	for name, change := range map[string]func(*session){
		"no id": func(o *session) { o.ID = "" }, "nobody": func(o *session) { o.Person = "" }, "no way": func(o *session) { o.How = "" },
		"a way that is not offered": func(o *session) { o.How = byProxy }, "another provider": func(o *session) { o.How = byProvider("https://l.example") },
		"seen before it began": func(o *session) { o.Seen-- }, "an epoch to come": func(o *session) { o.Epoch = 1 },
		"from the future": func(o *session) { o.Begun += 1e6; o.Seen += 1e6 }, "": func(*session) {},
	} {
		one := whole
		change(&one)
		b := s.browser()
		b.setCookie("session", sealed(t, newSealer([]byte(testKey), "session"), one))
		if got, want := b.sees("/").Person, ""; got != want && name != "" || got == "" && name == "" {
			t.Errorf("%s: the page sees %q", name, got)
		}
	}
}

func TestSigningInAlwaysBeginsANewSession(t *testing.T) {
	s := newSite(t, nil)
	b := s.signedIn("mina")
	before := b.cookie("session")
	b.follow(s.link("lee"), "/")
	if got := b.sees("/"); got.Person != "lee" {
		t.Errorf("the page sees %+v, want lee", got)
	}
	old := s.browser()
	old.setCookie("session", before)
	if got := old.sees("/"); got.Person != "" {
		t.Errorf("the session before still shows %+v", got)
	}
}

func TestSigningOut(t *testing.T) {
	s := newSite(t, nil)
	b, elsewhere, other := s.signedIn("mina"), s.signedIn("mina"), s.signedIn("lee")
	copied := b.cookie("session")
	b.post("/sign-out", nil).expect(t, "without the form's token", 403, "This page is from an earlier session")
	b.post("/sign-out", url.Values{"form_token": {b.sees("/").Form}}).expect(t, "signing out", 200, "You are signed out")
	if b.cookie("session") != "" {
		t.Error("the cookie is still there")
	}
	thief := s.browser()
	thief.setCookie("session", copied)
	if got := thief.sees("/"); got.Person != "" {
		t.Errorf("a copy of the cookie still shows %+v", got)
	}
	b.post("/sign-out", nil).expect(t, "signing out again", 200, "You are signed out")
	if got := elsewhere.sees("/"); got.Person != "mina" {
		t.Errorf("the other browser shows %+v, want mina still", got)
	}
	third := s.signedIn("mina")
	third.post("/sign-out/everywhere", url.Values{"form_token": {third.sees("/").Form}}).expect(t, "signing out everywhere", 200, "You are signed out")
	if got := elsewhere.sees("/"); got.Person != "" {
		t.Errorf("the other browser still shows %+v", got)
	}
	if got := other.sees("/"); got.Person != "lee" {
		t.Errorf("somebody else's browser shows %+v, want lee", got)
	}
	if got := s.signedIn("mina").sees("/"); got.Person != "mina" {
		t.Errorf("signed in again the page sees %+v", got)
	}
}

func TestRolesAreLookedUpAtEveryRequest(t *testing.T) {
	s := newSite(t, nil)
	b := s.signedIn("lee")
	if got := b.sees("/"); !got.Admin {
		t.Errorf("the page sees %+v, want an admin", got)
	}
	s.open(func(c *Config, _ *site) { c.Admins = nil })
	if got := b.sees("/"); got.Person != "lee" || got.Admin {
		t.Errorf("the page sees %+v, want no admin any more", got)
	}
	over := org.Span{To: s.clock()}
	dir, _ := org.New([]org.Person{{ID: "lee", Name: "Lee Park", Roles: []org.Tenure{{Role: org.EM, Span: over}}}}, nil, nil)
	s.dir = dir
	a := b.get("/")
	a.expect(t, "who left", 403, "You are signed in as Lee Park, who has no place in the organisation today.")
	if !strings.Contains(a.body, "Ask whoever runs fairlead") {
		t.Errorf("without admins it says %q", a.body)
	}
	b.post("/sign-out", url.Values{"form_token": {hidden(a.body, "form_token")}}).expect(t, "signing out from there", 200, "You are signed out")
	s.dir, _ = org.New(nil, nil, nil)
	s.signedInAs("lee").get("/").expect(t, "who is in no directory", 403, "does not find you there")
}

// signedInAs makes the session itself, for who could not sign in.
func (s *site) signedInAs(person string) *browser {
	now := s.clock().Unix()
	b := s.browser()
	b.setCookie("session", sealed(s.t, newSealer([]byte(testKey), "session"), session{ID: "y", Person: person, How: byLink, Begun: now, Seen: now}))
	return b
}

func TestWhenTheStoreDoesNotAnswerNobodyGetsIn(t *testing.T) {
	s := newSite(t, nil)
	b := s.signedIn("mina")
	link := s.link("lee")
	_ = s.store.Close()
	b.get("/").expect(t, "a page", 503, "fairlead cannot look up sessions right now")
	b.get("/api/v1/findings").expect(t, "the API", 503, `"status":503`)
	b.get("/", "Authorization", "Bearer fairlead_x").expect(t, "a token", 503, `"status":503`)
	b.follow(link, "/").expect(t, "a link", 503, "fairlead cannot look up sessions right now")
	if !strings.Contains(s.logged(), "sessions cannot be looked up") {
		t.Errorf("the log says nothing of it:\n%s", s.logged())
	}
}

// sealedOnce is a session of mina's that was sealed with testKey some day: the
// fuzzer's processes have to agree on it, and sealing is never the same twice.
const sealedOnce = "-sOTq0-F-zQkQrhM9LxwOLMCDMBi7plYaPcKb2UjCHzf4pTVE_3fVeov74BtuJCVaB66zqVOotBAEeOPBV7-8f-F2gW2qHhuW_CjS6I"

func FuzzSealedCookies(f *testing.F) {
	s := newSealer([]byte(testKey), "session")
	for _, seed := range []string{"", sealedOnce, sealedOnce[:40], sealedOnce + "A", "====", strings.Repeat("A", 5000)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cookie string) {
		var one session
		if s.open(cookie, &one) != (cookie == sealedOnce) {
			t.Errorf("%q opens as %+v; only what was sealed should, and that should", cookie, one)
		}
	})
}
