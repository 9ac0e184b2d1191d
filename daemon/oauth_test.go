package daemon_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/fairlead-dev/fairlead/daemon"
	"github.com/fairlead-dev/fairlead/simulator"
)

// atlassian leads the hosts of Atlassian's platform and of the site to one
// server, and nobody else anywhere.
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

// platform is a simulated Jira Cloud behind Atlassian's gateway.
type platform struct {
	atlassian
	world  *simulator.World
	before func(*http.Request) // told of each request
}

func newPlatform(t *testing.T, change func(*simulator.Options)) *platform {
	t.Helper()
	world, story := simulator.Story(7, date(2026, time.November, 16, 8))
	o := story.Cloud
	o.PageCap = 20
	o.OAuth = simulator.OAuth{ClientID: "app", ClientSecret: "hush-app-secret", Refresh: "hush-refresh-0", Life: time.Hour}
	if change != nil {
		change(&o)
	}
	p := &platform{world: world, before: func(*http.Request) {}}
	site := world.JiraCloud(o)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.before(r)
		site.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.server = server.URL
	return p
}

const (
	byApplication = "client_id: app, client_secret: \"${SECRET}\", refresh_token_file: refresh"
	byToken       = "user: fairlead@acme.example, token: \"${TOKEN}\""
)

// open opens fairlead on the site with one way of signing in.
func (p *platform) open(t *testing.T, dir, login, refresh string, log *zap.Logger) *daemon.Fairlead {
	t.Helper()
	_, story := simulator.Story(7, date(2026, time.November, 16, 8))
	files := story.Files(simulator.Addresses{})
	files["fairlead.yaml"] = "sources:\n  - {jira: \"https://acme.atlassian.net\", " + login + ", projects: [PAY]}\norg: org.yaml\n"
	files["refresh"] = refresh + "\n"
	return openAt(t, dir, files, map[string]string{"SECRET": "hush-app-secret", "TOKEN": story.Cloud.Token},
		daemon.Options{Clock: &stillClock{date(2026, time.November, 16, 8)}, Base: p, Log: log})
}

func TestAnOAuthApplicationReadsJiraCloudThoughItsTokenRunsOutOnTheWay(t *testing.T) {
	dir := t.TempDir()
	p := newPlatform(t, nil)
	searches := 0
	p.before = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/search/jql") {
			if searches++; searches == 3 {
				p.world.Advance(2 * time.Hour) // every access token ends
			}
		}
	}
	results, err := p.open(t, dir, byApplication, "hush-refresh-0", nil).Sync(t.Context(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := results[0]; r.Source != "jira acme.atlassian.net" || r.Tickets != len(p.world.Issues("PAY")) || len(r.Gaps) != 0 {
		t.Errorf("read %+v, want all %d tickets without a gap", r, len(p.world.Issues("PAY")))
	}
	all := ticketsIn(t, filepath.Join(dir, "fairlead.yaml"))
	for i := range all {
		if !strings.HasPrefix(all[i].URL, "https://acme.atlassian.net/browse/PAY-") {
			t.Errorf("%s is at %s", all[i].Key, all[i].URL)
		}
	}
	kept, err := os.ReadFile(filepath.Join(dir, "refresh"))
	if err != nil || len(all) == 0 || searches < 4 || strings.Contains(string(kept), "refresh-0") || strings.TrimSpace(string(kept)) == "" {
		t.Errorf("%d tickets after %d searches, the file holds %q, %v", len(all), searches, kept, err)
	}
}

func TestTwoSourcesOfOneApplicationShareItsTokens(t *testing.T) {
	dir := t.TempDir()
	p := newPlatform(t, nil)
	exchanges := 0
	p.before = func(r *http.Request) {
		if r.URL.Path == "/oauth/token" {
			exchanges++
		}
	}
	second := byApplication + ", projects: [PAY]}\n  - {jira: \"https://acme.atlassian.net\", name: again, " + byApplication
	results, err := p.open(t, dir, second, "hush-refresh-0", nil).Sync(t.Context(), nil, nil)
	if err != nil || len(results) != 2 || exchanges != 1 {
		t.Errorf("%+v, %v after %d exchanges, want two sources and one exchange", results, err, exchanges)
	}
}

func TestWhatAnOperatorIsToldWhenAnApplicationMayNotRead(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(*simulator.Options)
		refresh string
		want    []string
	}{
		{"a refresh token that was used", nil, "hush-refresh-old", []string{
			"jira acme.atlassian.net: POST https://auth.atlassian.com/oauth/token: status 403 invalid_grant", "authorise the application once more, as docs/connectors.md tells",
		}},
		{"a secret that was changed", func(o *simulator.Options) { o.OAuth.ClientSecret = "another" }, "hush-refresh-0", []string{
			"status 401 access_denied", "check client_id and client_secret against the application's page at https://developer.atlassian.com/console/myapps",
		}},
		{"a grant for another site", func(o *simulator.Options) { o.Site = "https://other.atlassian.net" }, "hush-refresh-0", []string{
			"the OAuth grant does not cover https://acme.atlassian.net; it covers https://other.atlassian.net", "chooses it on Atlassian's page",
		}},
		{"too few scopes", func(o *simulator.Options) { o.OAuth.Scopes = []string{"read:jira-user"} }, "hush-refresh-0", []string{
			"GET https://api.atlassian.com/ex/jira/", "scope does not match", "give the token the scopes read:jira-work and read:jira-user",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, p := t.TempDir(), newPlatform(t, c.change)
			var log bytes.Buffer
			logger := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewDevelopmentEncoderConfig()), zapcore.AddSync(&log), zap.DebugLevel))
			f := p.open(t, dir, byApplication, c.refresh, logger)
			_, err := f.Sync(t.Context(), nil, nil)
			if err == nil {
				t.Fatal("it read all the same")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("err = %v\nwant it to say %q", err, want)
				}
			}
			seen, doctored := f.Doctor(t.Context(), daemon.DoctorRequest{})
			if doctored != nil {
				t.Fatal(doctored)
			}
			var page strings.Builder
			if err := seen.Text(&page); err != nil || seen.Wrong == 0 {
				t.Errorf("%d things are wrong, %v", seen.Wrong, err)
			}
			if told := err.Error() + page.String() + log.String(); strings.Contains(told, "hush-") || strings.Contains(told, "access-") {
				t.Errorf("a secret is shown:\n%s", told)
			}
		})
	}
}

func TestASyncGoesOnOnceTheApplicationIsAuthorisedAgain(t *testing.T) {
	dir, p := t.TempDir(), newPlatform(t, nil)
	f := p.open(t, dir, byApplication, "hush-refresh-old", nil)
	if _, err := f.Sync(t.Context(), nil, nil); err == nil {
		t.Fatal("it read with a token of no use")
	}
	if err := os.WriteFile(filepath.Join(dir, "refresh"), []byte("hush-refresh-0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if results, err := f.Sync(t.Context(), nil, nil); err != nil || results[0].Tickets == 0 {
		t.Errorf("read %+v, %v, want it to go on without a restart", results, err)
	}
}

func TestAnAPITokenWithScopesReadsJiraCloud(t *testing.T) {
	for _, c := range []struct {
		name   string
		scopes []string
		want   string // what doctor says is missing
	}{
		{"with all that it needs", simulator.JiraScopes(), ""},
		{"without sprints", simulator.JiraScopes()[:4], "! permission missing: the scope read:sprint:jira-software is not granted"},
		{"without boards", append(simulator.JiraScopes()[:2:2], simulator.JiraScopes()[4]), "! permission missing: the scopes read:board-scope:jira-software and read:project:jira are not both granted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlatform(t, func(o *simulator.Options) { o.TokenScopes = c.scopes })
			f := p.open(t, t.TempDir(), byToken, "", nil)
			results, err := f.Sync(t.Context(), nil, nil)
			if err != nil || results[0].Tickets != len(p.world.Issues("PAY")) || (len(results[0].Gaps) == 0) != (c.want == "") {
				t.Fatalf("read %+v, %v, want all %d tickets", results, err, len(p.world.Issues("PAY")))
			}
			seen, err := f.Doctor(t.Context(), daemon.DoctorRequest{})
			if err != nil {
				t.Fatal(err)
			}
			var page strings.Builder
			if err := seen.Text(&page); err != nil {
				t.Fatal(err)
			}
			if got := page.String(); !strings.Contains(got, c.want) || c.want == "" && strings.Contains(got, "permission missing") {
				t.Errorf("want %q in\n%s", c.want, got)
			}
		})
	}
}
