package linear

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/fairlead-dev/fairlead/connectors"
)

// issuer is a token endpoint that rotates refresh tokens.
type issuer struct {
	server *httptest.Server
	mu     sync.Mutex
	good   string // the refresh token that is good now
	issued int
	answer func(w http.ResponseWriter) bool
	accept func(access string) // told of every access token issued
}

func newIssuer(t *testing.T, f *fake) *issuer {
	i := &issuer{good: "refresh-0", accept: func(access string) { f.mu.Lock(); f.token = "Bearer " + access; f.mu.Unlock() }}
	i.server = httptest.NewServer(i)
	t.Cleanup(i.server.Close)
	return i
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.answer != nil && i.answer(w) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if r.PostFormValue("grant_type") != "refresh_token" || r.PostFormValue("client_id") != "app" ||
		r.PostFormValue("client_secret") != "app-secret" || r.PostFormValue("refresh_token") != i.good {
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(obj{"error": "invalid_grant", "error_description": "not " + r.PostFormValue("refresh_token")})
		return
	}
	i.issued++
	i.good = fmt.Sprintf("refresh-%d", i.issued)
	access := fmt.Sprintf("access-%d", i.issued)
	i.accept(access)
	_ = json.NewEncoder(w).Encode(obj{"access_token": access, "token_type": "Bearer", "expires_in": 86399, "refresh_token": i.good, "scope": "read issues:create"})
}

// kept is where an operator keeps refresh tokens.
type kept struct {
	tokens []string
	full   error
}

func (k *kept) store(token string) error {
	if k.full != nil {
		return k.full
	}
	k.tokens = append(k.tokens, token)
	return nil
}

func (i *issuer) oauth(k *kept) func(*Options) {
	return func(o *Options) {
		o.Token = ""
		o.OAuth = &OAuth{ClientID: "app", ClientSecret: "app-secret", RefreshToken: i.good, Store: k.store, URL: i.server.URL}
	}
}

func TestARefreshTokenIsExchangedOnceAndTheNewOneKept(t *testing.T) {
	f := newWorkspace(t, 60)
	i, k := newIssuer(t, f), &kept{}
	m := newMemory()
	syncOnce(t, f.source(t, i.oauth(k)), m)
	if len(m.tickets) != 62 || i.issued != 1 || strings.Join(k.tokens, " ") != "refresh-1" {
		t.Errorf("%d tickets, %d exchanges, kept %q, want 62, one and refresh-1", len(m.tickets), i.issued, k.tokens)
	}
}

func TestAnAccessTokenThatRunsOutIsExchangedInTheMiddle(t *testing.T) {
	f := newWorkspace(t, 90)
	i, k := newIssuer(t, f), &kept{}
	f.before = func(op string, n int) {
		if op == "Issues" && n == 2 {
			f.token = "Bearer none yet"
		}
	}
	m := newMemory()
	syncOnce(t, f.source(t, func(o *Options) { i.oauth(k)(o); o.PageSize = 30 }), m)
	if len(m.tickets) != 92 || i.issued != 2 || strings.Join(k.tokens, " ") != "refresh-1 refresh-2" {
		t.Errorf("%d tickets, %d exchanges, kept %q, want 92, two and both", len(m.tickets), i.issued, k.tokens)
	}
}

func TestManyAtOnceShareOneExchange(t *testing.T) {
	f := newWorkspace(t, 5)
	i, k := newIssuer(t, f), &kept{}
	s := f.source(t, i.oauth(k))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := s.Fetch(t.Context(), []string{"issue-00001"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if i.issued != 1 {
		t.Errorf("%d exchanges, want 1", i.issued)
	}
}

func TestAnExchangeThatDoesNotWorkSaysWhatToDo(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*issuer, *fake, *kept)
		want   []string
		tries  int // exchanges that were answered well
	}{
		{"a refresh token that was used", func(i *issuer, _ *fake, _ *kept) { i.good = "another" },
			[]string{"invalid_grant", "not (token)", "authorise the application once more"}, 0},
		{"a wrong client", func(i *issuer, _ *fake, _ *kept) {
			i.answer = func(w http.ResponseWriter) bool {
				return status(w, 401, "application/json", `{"error":"invalid_client","error_description":"app-secret is wrong"}`)
			}
		}, []string{"invalid_client (token) is wrong", "check the client id and the client secret"}, 0},
		{"a page for people", func(i *issuer, _ *fake, _ *kept) {
			i.answer = func(w http.ResponseWriter) bool { return status(w, 200, "text/html", "<html>") }
		}, []string{"status 200 and no tokens", "check the address"}, 0},
		{"no tokens at all", func(i *issuer, _ *fake, _ *kept) {
			i.answer = func(w http.ResponseWriter) bool { return status(w, 200, "application/json", "{}") }
		}, []string{"status 200"}, 0},
		{"a place that takes no token", func(_ *issuer, _ *fake, k *kept) { k.full = errors.New("disk full, refresh-1 lost") },
			[]string{"could not be kept: disk full, (token) lost", "make its place writable"}, 1},
		{"access tokens that are never good", func(i *issuer, _ *fake, _ *kept) { i.accept = func(string) {} },
			[]string{"Authentication required"}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newWorkspace(t, 3)
			i, k := newIssuer(t, f), &kept{}
			s := f.source(t, i.oauth(k))
			tt.change(i, f, k)
			_, err := connectors.Sync(t.Context(), s, newMemory(), nil)
			if err == nil {
				t.Fatal("the pass went through")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error = %q\nwant it to say %q", err, want)
				}
			}
			for _, secret := range []string{"refresh-", "app-secret", "access-"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("a secret stands in %q", err)
				}
			}
			if i.issued != tt.tries {
				t.Errorf("%d exchanges, want %d", i.issued, tt.tries)
			}
		})
	}
}

func TestARefreshTokenThatCouldNotBeKeptIsOfferedAgain(t *testing.T) {
	f := newWorkspace(t, 3)
	i, k := newIssuer(t, f), &kept{full: errors.New("disk full")}
	s := f.source(t, i.oauth(k))
	if _, err := connectors.Sync(t.Context(), s, newMemory(), nil); err == nil {
		t.Fatal("the pass went through")
	}
	k.full = nil
	syncOnce(t, s, newMemory())
	if i.issued != 1 || strings.Join(k.tokens, " ") != "refresh-1" {
		t.Errorf("%d exchanges, kept %q, want one and refresh-1", i.issued, k.tokens)
	}
}

func TestOAuthThatCannotWorkIsRefused(t *testing.T) {
	whole := OAuth{ClientID: "app", ClientSecret: "app-secret", RefreshToken: "refresh-0", Store: (&kept{}).store}
	for name, change := range map[string]func(*Options){
		"a token beside it":  func(o *Options) { o.Token = goodToken },
		"no client id":       func(o *Options) { o.OAuth.ClientID = "" },
		"no client secret":   func(o *Options) { o.OAuth.ClientSecret = "" },
		"no refresh token":   func(o *Options) { o.OAuth.RefreshToken = "" },
		"no place to keep":   func(o *Options) { o.OAuth.Store = nil },
		"an address of none": func(o *Options) { o.OAuth.URL = "https://app-secret@/" },
	} {
		given := whole
		o := Options{OAuth: &given}
		if _, err := New(o); err != nil {
			t.Fatalf("whole: %v", err)
		}
		change(&o)
		if _, err := New(o); err == nil || strings.Contains(err.Error(), "secret@") || strings.Contains(err.Error(), "refresh-0") {
			t.Errorf("%s: err = %v", name, err)
		}
	}
}

func TestNoWayOfPrintingShowsOAuthsSecrets(t *testing.T) {
	o := OAuth{ClientID: "app", ClientSecret: "app-secret", RefreshToken: "refresh-0", Store: (&kept{}).store}
	s, err := New(Options{OAuth: &o})
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprintf("%v %+v %#v %s %d %v %+v %#v %+v", o, o, o, o, o, Options{OAuth: &o}, &o, s, s.client)
	if strings.Contains(shown, "app-secret") || strings.Contains(shown, "refresh-0") {
		t.Errorf("printing shows a secret: %s", shown)
	}
}

func FuzzTokenReply(f *testing.F) {
	f.Add(200, `{"access_token":"a","refresh_token":"r","scope":"read,write"}`)
	f.Add(200, `{"access_token":"a","scope":["read"]}`)
	f.Add(400, `{"error":"invalid_grant","error_description":"app-secret"}`)
	f.Add(200, `[]`)
	f.Fuzz(func(t *testing.T, code int, text string) {
		g := newGrant("linear acme", OAuth{ClientID: "app", ClientSecret: "app-secret", RefreshToken: "refresh-0"}, nil)
		err := g.adopt(code, []byte(text))
		if (err == nil) != (g.access != "") {
			t.Errorf("err = %v with access token %q", err, g.access)
		}
		if err != nil && strings.Contains(err.Error(), "app-secret") {
			t.Errorf("a secret stands in %v", err)
		}
		if g.o.RefreshToken == "" {
			t.Error("the refresh token was lost")
		}
	})
}
