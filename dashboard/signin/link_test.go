package signin

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
)

func TestALinkLetsSomebodyInOnce(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser()
	first := b.get("/teams/payments?weeks=12")
	first.expect(t, "a visitor", 200, "fairlead dashboard token --person")
	if got, want := first.Request.URL.RequestURI(), "/sign-in?next=%2Fteams%2Fpayments%3Fweeks%3D12"; got != want {
		t.Errorf("the visitor is at %s, want %s", got, want)
	}
	link := s.link("mina")
	for range 3 { // as mail programs do
		s.browser().get(link).expect(t, "the link's page", 200, "This link lets you in once.")
	}
	a := b.follow(link, "/teams/payments?weeks=12")
	if got := a.Header.Get("X-Page"); got != "/teams/payments?weeks=12" {
		t.Errorf("after signing in the browser is at %q, %s", got, a.title())
	}
	if got := b.sees("/"); got.Person != "mina" || got.Name != "Mina Osei" || got.Admin || got.Form == "" || len(got.Scopes) != len(dashboard.Scopes()) {
		t.Errorf("the page sees %+v", got)
	}
	if got := s.signedIn("lee").sees("/"); !got.Admin {
		t.Errorf("the admin is %+v", got)
	}
	s.browser().follow(link, "/").expect(t, "the same link again", 403, "This link lets nobody in any more")
	token, _ := url.Parse(link)
	s.silent(token.Query().Get("t"), b.cookie("session"))
}

func TestALinkIsGoodFor15Minutes(t *testing.T) {
	s := newSite(t, nil)
	early, late := s.link("mina"), s.link("mina")
	s.pass(15*time.Minute - time.Second)
	s.browser().follow(early, "/").expect(t, "a second before", 200, `"mina"`)
	s.pass(time.Second)
	s.browser().follow(late, "/").expect(t, "after 15 minutes", 403, "lets nobody in any more")
}

func TestTwoClicksAtOnceGiveOneSession(t *testing.T) {
	s := newSite(t, nil)
	link := s.link("mina")
	at, _ := url.Parse(link)
	var wg sync.WaitGroup
	got := make(chan int, 8)
	for range cap(got) {
		b := s.browser().stays()
		wg.Go(func() { got <- b.post("/sign-in/token", url.Values{"t": {at.Query().Get("t")}}).StatusCode })
	}
	wg.Wait()
	close(got)
	in := 0
	for status := range got {
		if status == http.StatusSeeOther {
			in++
		} else if status != http.StatusForbidden {
			t.Errorf("status %d, want 303 or 403", status)
		}
	}
	if in != 1 {
		t.Errorf("%d were let in, want 1", in)
	}
}

func TestALinkForNobodyLetsNobodyIn(t *testing.T) {
	s := newSite(t, nil)
	for _, person := range []string{"eve", "pat"} {
		b := s.browser()
		b.follow(s.link(person), "/").expect(t, person, 403, "Ask Lee Park to look at the people and teams.")
		if b.cookie("session") != "" {
			t.Errorf("%s has a session", person)
		}
	}
	for _, token := range []string{"", "x", strings.Repeat("A", 100_000)} {
		s.browser().post("/sign-in/token", url.Values{"t": {token}}).expect(t, "no token", 403, "lets nobody in any more")
	}
}

func TestWithoutLinksThereAreNone(t *testing.T) {
	s := newSite(t, func(c *Config, _ *site) { c.Local = false })
	link := s.link("mina")
	s.browser().get(link).expect(t, "its page", 404, "There are no sign-in links here")
	s.browser().follow(link, "/").expect(t, "its button", 404, "There are no sign-in links here")
}

func TestSigningInInVainIsLimited(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser()
	for i := range attemptsAtOnce {
		b.post("/sign-in/token", url.Values{"t": {"x"}}).expect(t, "within the allowance", 403, "")
		if i%10 == 0 {
			s.signedIn("mina") // which takes nothing from it
		}
	}
	a := b.post("/sign-in/token", url.Values{"t": {"x"}})
	a.expect(t, "beyond it", 429, "That was too often")
	if a.Header.Get("Retry-After") == "" {
		t.Error("it does not say when to try again")
	}
	link := s.link("mina")
	b.follow(link, "/").expect(t, "also with a link", 429, "")
	s.pass(attemptEvery)
	b.follow(link, "/").expect(t, "with the link a little later", 200, `"mina"`)
}
