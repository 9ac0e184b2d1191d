package signin

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
)

//go:embed pages.html
var pagesHTML string

var pages = template.Must(template.New("pages").Parse(pagesHTML))

// say is what somebody is told: what happened, and what to do.
type say struct {
	Title string
	Lines []string
}

// pageData is what the template shows.
type pageData struct {
	say
	Kind   string // sign in, link, signed out, or empty for words alone
	Styles []string
	Icon   string

	Provider string // what people call it; empty: there is none
	Local    bool
	Next     string

	Token     string // of a link
	FormToken string // for signing out; empty: nobody is signed in

	Elsewhere, ElsewhereName string // where the provider signs out
}

// What is said where there is nothing to add.
var (
	notSignedIn = say{"You are not signed in", []string{"Your session may have ended. Open the dashboard again, sign in, and repeat what you did; nothing was changed."}}
	foreignForm = say{"This came from another site", []string{"Nothing was changed. Open the dashboard itself and do it there."}}
	staleForm   = say{"This page is from an earlier session", []string{"Nothing was changed. Go back, load the page again, and repeat what you did."}}
	tryLater    = say{"fairlead cannot look up sessions right now", []string{"Nothing was changed. Try again in a minute; whoever runs fairlead finds more in its log."}}
	usedLink    = say{"This link lets nobody in any more", []string{"A link works once and for 15 minutes. Ask whoever gave it to you for another."}}
	noLinks     = say{"There are no sign-in links here", []string{"Sign in the way this dashboard offers, from its first page."}}
	noProvider  = say{"There is no login provider here", []string{"Sign in the way this dashboard offers, from its first page."}}
	startAgain  = say{"Signing in came to nothing", []string{"That happens when it takes long, or in two tabs at once. Start again from the first page; whoever runs fairlead finds more in its log."}}
	unverified  = say{"Your e-mail address is not verified", []string{"The login provider does not say that the address is yours. Verify it there and sign in again, or ask whoever runs fairlead."}}
	signedOut   = say{"You are signed out", []string{"This browser is signed in to fairlead no longer."}}
	wrongToken  = say{"This token does not count", []string{"It is unknown, revoked or expired. Make one with: fairlead dashboard api-token create"}}
	narrowToken = say{"This token may not do that", []string{"Its scopes do not hold it. Make one with --scope read, answer, configure or metrics."}}
	tooOften    = say{"That was too often", []string{"Wait a minute before you sign in again."}}

	tokenOfNobody = say{"The token's person may see nothing here", []string{"The directory does not know them, or no longer."}}
)

func providerSilent(name string) say {
	return say{"The login provider does not answer", []string{name + " could not be reached. Try again in a minute; whoever runs fairlead finds more in its log."}}
}

func providerRefused(name, code string) say {
	return say{"The login provider let nobody in", []string{fmt.Sprintf("%s answered %q. Try again, or ask whoever runs it.", name, code)}}
}

func claimless(name string) say {
	return say{"The login provider did not say who you are", []string{name + " sent nothing that fairlead could look you up by. Whoever runs fairlead finds in docs/sign-in.md what it has to send."}}
}

func oddHeader(name string) say {
	return say{"It is not clear who you are", []string{"The proxy before fairlead sent more, or something else, than one e-mail address in " + name + ". Whoever runs it finds more in fairlead's log."}}
}

// unknown is told to somebody who signed in and is not in the directory.
func (s *SignIn) unknown(one session) say {
	line := "fairlead shows its pages to the people in its directory, and does not find you there"
	if p, known := s.Directory().Person(one.Person); known {
		line = fmt.Sprintf("You are signed in as %s, who has no place in the organisation today", nameOf(p))
	}
	return say{"There is nothing for you to see here yet", []string{line + ".", "Ask " + s.whomToAsk() + " to look at the people and teams."}}
}

// whomToAsk names the admins, where there are any.
func (s *SignIn) whomToAsk() string {
	var names []string
	for _, id := range s.cfg.Admins {
		if p, known := s.Directory().Person(id); known {
			names = append(names, nameOf(p))
		}
	}
	if len(names) == 0 {
		return "whoever runs fairlead"
	}
	return strings.Join(names, " or ")
}

func (s *SignIn) showSignIn(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.URL.Query().Get("next"))
	one, ok, err := s.session(r, s.Now())
	if err != nil {
		s.outOfOrder(w, r, err)
		return
	}
	if ok && one.How != byProxy && s.mayEnter(s.viewer(one.Person, one.Group)) {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return
	}
	data := pageData{Kind: "sign in", say: say{Title: "Sign in to fairlead"}, Local: s.cfg.Local, Next: next}
	if s.cfg.OIDC != nil {
		data.Provider = cmp.Or(s.cfg.OIDC.Name, s.cfg.OIDC.Issuer)
	}
	if s.cfg.Proxy != nil {
		data.Lines = []string{"A proxy signs people in here, and it did not say who you are. Open " + s.cfg.URL + " itself."}
	}
	s.page(w, http.StatusOK, data)
}

func (s *SignIn) tooMany(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", fmt.Sprint(int(time.Minute/time.Second)))
	s.refuse(w, r, http.StatusTooManyRequests, tooOften)
}

// forProgram reports whether a program rather than a person reads the answer.
func forProgram(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || hasBearer(r) ||
		strings.Contains(r.Header.Get("Accept"), "json") && !strings.Contains(r.Header.Get("Accept"), "html")
}

// refuse says why not: to a person with a page, to a program as RFC 9457 has it.
func (s *SignIn) refuse(w http.ResponseWriter, r *http.Request, status int, why say) {
	if !forProgram(r) {
		data := pageData{say: why}
		if one, ok, err := s.session(r, s.Now()); status == http.StatusForbidden && err == nil && ok {
			data.FormToken = s.forms.of(one.ID)
		}
		s.page(w, status, data)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"title": why.Title, "status": status, "detail": strings.Join(why.Lines, " ")}) // whoever does not listen any more needs no answer
}

// policy lets the pages of this package do nothing but look as they should and
// send their own forms.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *SignIn) page(w http.ResponseWriter, status int, data pageData) {
	data.Styles, data.Icon = s.cfg.Styles, s.cfg.Icon
	var b bytes.Buffer
	if err := pages.Execute(&b, struct {
		pageData
		FormTokenField string
	}{data, dashboard.FormTokenField}); err != nil {
		panic(err) // the template and its data are part of this package
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // whoever does not listen any more needs no answer
}
