package jira_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
)

const (
	site    = "https://acme.atlassian.net"
	cloudID = "11223344-a1b2"
	through = "/ex/jira/" + cloudID
)

// atlassian leads to one server whatever Atlassian's hosts and the site are
// asked, and refuses all others.
type atlassian struct{ server string }

func (a atlassian) RoundTrip(r *http.Request) (*http.Response, error) {
	switch r.URL.Host {
	case "acme.atlassian.net", "api.atlassian.com", "auth.atlassian.com":
	default:
		return nil, fmt.Errorf("nobody should ask %s", r.URL.Host)
	}
	out := r.Clone(r.Context())
	out.URL.Scheme, out.URL.Host = "http", strings.TrimPrefix(a.server, "http://")
	return http.DefaultTransport.RoundTrip(out)
}

// onPlatform moves a site's answers below the gateway's path, and adds what the
// platform itself tells.
func onPlatform(told answers) answers {
	out := answers{
		"POST /oauth/token":                     `{"access_token":"access-1","refresh_token":"refresh-1","scope":"read:jira-work"}`,
		"GET /oauth/token/accessible-resources": `[{"id":"other","url":"https://other.atlassian.net"},{"id":"` + cloudID + `","url":"https://ACME.atlassian.net"}]`,
		"GET /_edge/tenant_info":                `{"cloudId":"` + cloudID + `"}`,
	}
	for _, some := range []answers{emptySite, told} {
		for name, answer := range some {
			method, path, _ := strings.Cut(name, " ")
			if strings.HasPrefix(path, "/rest/") {
				out[method+" "+through+path] = answer
				if out[name] == nil {
					out[name] = status(401, `{"code":401,"message":"no token that is known here"}`)
				}
				continue
			}
			out[name] = answer
		}
	}
	return out
}

// pocket is where a test keeps its refresh token.
type pocket struct{ token string }

func (p *pocket) Place() string { return "the pocket" }

func (p *pocket) Renew(_ context.Context, exchange func(string) (string, error)) error {
	next, err := exchange(p.token)
	if err == nil {
		p.token = next
	}
	return err
}

// withOAuth reads the site as an OAuth application.
func withOAuth(t *testing.T, s *stub, change ...func(*jira.Options)) jira.Options {
	t.Helper()
	o := options(site, jira.Cloud)
	o.User, o.Token, o.Name, o.Base = "", "", "", atlassian{s.URL}
	g, err := connectors.NewGrant(jira.Application(site, "app", "app-secret", &pocket{"refresh-0"}), o.Base)
	if err != nil {
		t.Fatal(err)
	}
	o.OAuth = g
	for _, f := range change {
		f(&o)
	}
	return o
}

// withScopes reads the site with an API token that has scopes.
func withScopes(s *stub) jira.Options {
	return options(site, jira.Cloud, func(o *jira.Options) { o.Name, o.Base = "", atlassian{s.URL} })
}

const sprintOfSeven = `"customfield_10020":[{"id":7,"name":"Seven","state":"active","goal":"","boardId":3}]`

func TestThroughTheGatewayEverythingKeepsTheSitesOwnAddress(t *testing.T) {
	for name, how := range map[string]func(*stub) jira.Options{
		"an OAuth application":     func(s *stub) jira.Options { return withOAuth(t, s) },
		"an API token with scopes": withScopes,
	} {
		t.Run(name, func(t *testing.T) {
			s := newStub(t, onPlatform(answers{"GET /rest/api/2/search/jql": oneIssue(dated + "," + sprintOfSeven)}))
			src, err := jira.New(how(s))
			if err != nil {
				t.Fatal(err)
			}
			ps, err := pages(t.Context(), src, "")
			if err != nil {
				t.Fatal(err)
			}
			if src.Name() != "jira acme.atlassian.net" {
				t.Errorf("the source is called %q", src.Name())
			}
			if got := tickets(ps)[0].URL; got != site+"/browse/PAY-1" {
				t.Errorf("the ticket is at %s", got)
			}
			if got := ps[len(ps)-1].Sprints[0].URL; !strings.HasPrefix(got, site+"/secure/RapidBoard.jspa") {
				t.Errorf("the sprint is at %s", got)
			}
			if got := gaps(ps); got != "" {
				t.Errorf("gaps: %s", got)
			}
			if n := len(s.asked("/rest/")); n > 1 { // an API token is shown to the site once
				t.Errorf("%d requests went to the site itself", n)
			}
			if n := len(s.asked("/oauth/token/accessible")) + len(s.asked("/_edge/")); n != 1 {
				t.Errorf("the way was looked for %d times, want once", n)
			}
		})
	}
}

func TestWhatAnOAuthGrantDoesNotCover(t *testing.T) {
	for _, c := range []struct {
		name      string
		resources any
		want      []string
	}{
		{"another site", `[{"id":"x","url":"https://other.atlassian.net"},{"id":"x","url":"https://other.atlassian.net"}]`,
			[]string{"does not cover https://acme.atlassian.net; it covers https://other.atlassian.net\n", "authorise the application once more", "write one of the sites covered"}},
		{"nothing", `[]`, []string{"it covers no site"}},
		{"a trap", `[{"id":"x","url":"https://acme.atlassian.net@evil.example"},{"id":"x","url":"://"}]`, []string{"does not cover"}},
		{"an id that is none", `[{"id":"../../evil","url":"https://acme.atlassian.net"}]`, []string{"an id that is none"}},
		{"the platform refuses", status(403, `{"code":403,"message":"no access-1 today"}`), []string{"answered 403 Forbidden: no", "authorise the application once more"}},
		{"a page", status(200, "<html>"), []string{"something else than expected", "a proxy or a sign-in page"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := onPlatform(nil)
			told["GET /oauth/token/accessible-resources"] = c.resources
			s := newStub(t, told)
			_, err := pull(t, withOAuth(t, s), "")
			checkTold(t, err, append(c.want, "jira acme.atlassian.net: ")...)
			if n := len(s.asked("/ex/")) + len(s.asked("/rest/")); n != 0 {
				t.Errorf("%d requests were made all the same", n)
			}
		})
	}
}

func TestATokenThatCannotBeHadStopsEverything(t *testing.T) {
	told := onPlatform(nil)
	told["POST /oauth/token"] = status(403, `{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}`)
	s := newStub(t, told)
	_, err := pull(t, withOAuth(t, s), "")
	checkTold(t, err, "jira acme.atlassian.net: POST https://auth.atlassian.com/oauth/token", "invalid_grant", "authorise the application once more", "the pocket")
	if len(s.asked("/")) != 1 {
		t.Errorf("asked %d times, want once", len(s.asked("/")))
	}
	sent := s.asked("/oauth/token")[0]
	if got := sent.Header.Get("Content-Type"); got != "application/json" || !strings.Contains(string(sent.Body), `"refresh_token":"refresh-0"`) {
		t.Errorf("sent %s as %s, want JSON", sent.Body, got)
	}
}

var noScope = status(401, `{"code":401,"message":"Unauthorized; scope does not match"}`) //nolint:misspell // Atlassian's spelling

func TestAScopeThatIsMissing(t *testing.T) {
	for _, c := range []struct {
		name    string
		without string
		err     string // of a pass
		gap     string
		missing string // what Inspect tells
	}{
		{"for people", "GET /rest/api/2/myself", "scope does not match\n\tgive the token the scopes read:jira-work and read:jira-user", "", ""},
		{"for tickets", "GET /rest/api/2/project/PAY", "scope does not match\n\tgive the token the scopes read:jira-work and read:jira-user", "", "the scope read:jira-work is not granted"},
		{"for boards", "GET /rest/agile/1.0/board", "", "/rest/agile/1.0 is not shown to this account", "the scopes read:board-scope:jira-software and read:project:jira are not both granted"},
		{"for sprints", "GET /rest/agile/1.0/board/3/sprint", "", "/rest/agile/1.0/board/3/sprint is not shown to this account", "the scope read:sprint:jira-software is not granted"},
		{"none", "GET /nowhere", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := onPlatform(answers{
				"GET /rest/agile/1.0/board": `{"isLast":true,"values":[{"id":3,"name":"PAY board","type":"scrum"}]}`, "GET /rest/agile/1.0/board/3/sprint": `{"isLast":true,"values":[]}`,
				"GET /rest/api/2/mypermissions": granted(), "GET /rest/api/2/priority": `[]`, "GET /rest/api/2/issueLinkType": `{"issueLinkTypes":[]}`,
			})
			method, path, _ := strings.Cut(c.without, " ")
			told[method+" "+through+path] = noScope
			s := newStub(t, told)
			o := withOAuth(t, s)
			ps, err := pull(t, o, "")
			if c.err != "" {
				checkTold(t, err, c.err, "GET https://api.atlassian.com"+through+path)
			} else if err != nil {
				t.Fatal(err)
			}
			if got := gaps(ps); !strings.Contains(got, c.gap) || c.gap == "" && got != "" {
				t.Errorf("gaps: %q, want %q", got, c.gap)
			}
			if n := len(s.asked("/oauth/token")) - len(s.asked("/oauth/token/accessible")); n != 1 {
				t.Errorf("%d exchanges of tokens, want one: no new token mends a scope", n)
			}
			if c.name == "for people" {
				return
			}
			src, err := jira.New(o)
			if err != nil {
				t.Fatal(err)
			}
			seen, err := src.Inspect(t.Context())
			if got := strings.Join(seen.Missing, "\n"); err != nil || !strings.Contains(got, c.missing) || c.missing == "" && got != "" {
				t.Errorf("missing: %q, %v, want %q", got, err, c.missing)
			}
		})
	}
}

func TestAnAPITokenThatNobodyKnowsIsShownToTheGatewayOnce(t *testing.T) {
	for _, c := range []struct {
		name   string
		tenant any
		asked  int // requests to the gateway in two passes
	}{
		{"the gateway does not know it either", `{"cloudId":"` + cloudID + `"}`, 1},
		{"the site does not tell its id", status(404, ""), 0},
		{"the site tells nonsense", `{"cloudId":"../evil"}`, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := onPlatform(answers{"GET /rest/api/2/myself": status(401, `{"code":401,"message":"no such token"}`)})
			told["GET /_edge/tenant_info"] = c.tenant
			told["GET /rest/api/2/myself"] = status(401, `{"errorMessages":["Client must be authenticated to access this resource."]}`)
			s := newStub(t, told)
			src, err := jira.New(withScopes(s))
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				_, err := pages(t.Context(), src, "")
				checkTold(t, err, "GET https://acme.atlassian.net/rest/api/2/myself", "Client must be authenticated", "check user (the account's e-mail) and token")
			}
			if n := len(s.asked("/ex/")); n != c.asked {
				t.Errorf("%d requests to the gateway, want %d", n, c.asked)
			}
			for _, r := range s.asked("/_edge") {
				if r.Header.Get("Authorization") != "" {
					t.Error("the token was shown where none is wanted")
				}
			}
		})
	}
}

func TestATokenWithScopesThatLacksOneSaysSo(t *testing.T) {
	s := newStub(t, onPlatform(answers{"GET /rest/api/2/myself": noScope}))
	_, err := pull(t, withScopes(s), "")
	checkTold(t, err, "GET https://api.atlassian.com"+through+"/rest/api/2/myself", "scope does not match", "an API token by making a new one")
}

func TestWaysOfSigningInThatCannotWork(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*jira.Options)
		want   string
	}{
		{"OAuth beside a token", func(o *jira.Options) { o.Token = "x" }, "leave user and token out"},
		{"OAuth beside a user", func(o *jira.Options) { o.User = "x" }, "leave user and token out"},
		{"OAuth for Data Center", func(o *jira.Options) { o.Deployment = jira.DataCenter }, "a personal access token"},
		{"the gateway in the site's place", func(o *jira.Options) { o.URL = "https://api.atlassian.com/ex/jira/1" }, "give the site's own"},
	} {
		o := withOAuth(t, newStub(t, nil))
		c.change(&o)
		if _, err := jira.New(o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: err = %v, want %q", c.name, err, c.want)
		}
	}
}

func TestAnInterruptWhileLookingForTheWayEndsThePass(t *testing.T) {
	s := newStub(t, onPlatform(nil))
	ctx, stop := context.WithCancel(t.Context())
	stop()
	src, err := jira.New(withOAuth(t, s))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pages(ctx, src, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want that it was stopped", err)
	}
}

func TestGovernmentCloudHasAPlatformOfItsOwn(t *testing.T) {
	for address, want := range map[string]string{
		"https://acme.atlassian.net":            "https://auth.atlassian.com/oauth/token",
		"https://acme.atlassian-us-gov-mod.net": "https://auth.atlassian-us-gov-mod.com/oauth/token",
	} {
		if got := jira.Application(address, "app", "secret", &pocket{}).URL; got != want {
			t.Errorf("%s: tokens come from %s, want %s", address, got, want)
		}
	}
}
