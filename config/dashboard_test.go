package config

import (
	"errors"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

const longKey = "0123456789abcdef0123456789abcdef"

// withDashboard loads a configuration whose dashboard has the lines.
func withDashboard(lines string) (*Config, error) {
	text := oneSource + "dashboard:\n"
	for line := range strings.Lines(lines) {
		text += "  " + line
	}
	fsys := fstest.MapFS{
		"fairlead.yaml": {Data: []byte(text + "\n")},
		"org.yaml":      {Data: []byte("people: [{id: lee}, {id: mina}]\nteams: [{id: payments, em: lee}]\n")},
	}
	return LoadFS(fsys, "fairlead.yaml", environ(map[string]string{
		"JIRA_TOKEN": "t", "KEY": longKey, "SHORT": "s3cr3t-short", "EMPTY": " ", "CLIENT": "s3cr3t-client\n",
	}))
}

func TestTheDashboardIsReadWhole(t *testing.T) {
	for _, c := range []struct {
		name, lines string
		want        Dashboard
	}{
		{"nothing said is this machine alone", "admins: lee",
			Dashboard{Listen: "127.0.0.1:8080", URL: "http://127.0.0.1:8080", Admins: []string{"lee"}, SessionLasts: 24 * time.Hour}},
		{"agreements on pages", "agreements: pages",
			Dashboard{Listen: "127.0.0.1:8080", URL: "http://127.0.0.1:8080", SessionLasts: 24 * time.Hour, AgreementsOnPages: true}},
		{"agreements in files, as when nothing is said", "agreements: files",
			Dashboard{Listen: "127.0.0.1:8080", URL: "http://127.0.0.1:8080", SessionLasts: 24 * time.Hour}},
		{"a port that is not known yet has no address", "listen: \"[::1]:0\"", Dashboard{Listen: "[::1]:0", SessionLasts: 24 * time.Hour}},
		{"a provider", "listen: :8080\nurl: https://Fairlead.acme.example/\nadmins: [lee, mina]\nsession_key: ${KEY}\nsession_lasts: 14d\n" +
			"sign_in:\n  oidc: {issuer: https://login.acme.example/tenant/, client_id: f, client_secret: \"${CLIENT}\", scopes: groups, admin_group: admins}\n  local: true",
			Dashboard{
				Listen: ":8080", URL: "https://fairlead.acme.example", Admins: []string{"lee", "mina"}, SessionKey: NewSecret(longKey), SessionLasts: 14 * 24 * time.Hour,
				SignIn: SignIn{Local: true, OIDC: OIDC{
					Issuer: "https://login.acme.example/tenant/", ClientID: "f", ClientSecret: NewSecret("s3cr3t-client"), Name: "login.acme.example",
					Scopes: []string{"groups"}, GroupsClaim: "groups", AdminGroup: "admins",
				}},
			}},
		{"a provider of this machine, with claims of its own", "url: http://localhost:8080\nsign_in: {oidc: {issuer: http://127.0.0.1:9998, client_id: f, name: Acme, person_claim: uid, groups_claim: roles, admin_group: root}}",
			Dashboard{Listen: "127.0.0.1:8080", URL: "http://localhost:8080", SessionLasts: 24 * time.Hour, SignIn: SignIn{OIDC: OIDC{
				Issuer: "http://127.0.0.1:9998", ClientID: "f", Name: "Acme", PersonClaim: "uid", GroupsClaim: "roles", AdminGroup: "root",
			}}}},
		{"a proxy", "listen: 0.0.0.0:80\nurl: https://f.acme.example:8443\nsign_in: {proxy: {from: [10.0.0.0/8, 192.0.2.7, \"2001:db8::/32\", \"::ffff:192.0.2.8\"]}}",
			Dashboard{Listen: "0.0.0.0:80", URL: "https://f.acme.example:8443", SessionLasts: 24 * time.Hour, SignIn: SignIn{Proxy: ProxySignIn{
				Header: "X-Forwarded-Email", From: []netip.Prefix{
					netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("192.0.2.8/32"),
				}}}}},
		{"a proxy with a header of its own", "sign_in: {proxy: {header: remote-email, from: 127.0.0.1}}",
			Dashboard{Listen: "127.0.0.1:8080", URL: "http://127.0.0.1:8080", SessionLasts: 24 * time.Hour, SignIn: SignIn{Proxy: ProxySignIn{
				Header: "Remote-Email", From: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}}}},
		{"local links beyond this machine", "listen: :8080\nurl: https://f.acme.example\nsign_in: {local: true}",
			Dashboard{Listen: ":8080", URL: "https://f.acme.example", SessionLasts: 24 * time.Hour, SignIn: SignIn{Local: true}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, err := withDashboard(c.lines)
			if err != nil {
				t.Fatal(err)
			}
			got := cfg.Dashboard
			if got.Where.String() != "fairlead.yaml:3:1" {
				t.Errorf("it stands at %s, want fairlead.yaml:3:1", got.Where)
			}
			got.Where = yamlfile.Place{}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got\n%+v, want\n%+v", got, c.want)
			}
		})
	}
}

func TestWithoutADashboardThereIsNone(t *testing.T) {
	cfg, err := LoadFS(fstest.MapFS{
		"fairlead.yaml": {Data: []byte(oneSource + "dashboard:\n")}, "org.yaml": {Data: []byte("people: [{id: lee}]\n")},
	}, "fairlead.yaml", environ(map[string]string{"JIRA_TOKEN": "t"}))
	if err != nil || cfg.Dashboard.Listen != "" {
		t.Errorf("it listens at %q, %v; want nowhere", cfg.Dashboard.Listen, err)
	}
}

func TestMistakesOfTheDashboard(t *testing.T) {
	const oidc, open = "sign_in: {oidc: {issuer: https://l.example, client_id: f", "listen: :8080\nurl: https://f.acme.example\n"
	for _, c := range []struct{ name, lines, want string }{
		{"beyond this machine without sign-in", "listen: 0.0.0.0:8080", `fairlead.yaml:4:11: others than this machine could open the dashboard`},
		{"every address is beyond this machine", "listen: :8080", "listen at 127.0.0.1:8080"},
		{"a name is beyond this machine", "listen: fairlead.local:8080", "nobody has to sign in"},
		{"no address to listen at", "listen: \"8080\"", "this is no address to listen at"},
		{"nothing says where people open it", "listen: :8080\nsign_in: {local: true}", "nothing says where people open the dashboard"},
		{"plain http beyond this machine", "listen: :8080\nurl: http://f.acme.example\nsign_in: {local: true}", "fairlead.yaml:5:8: the address is not encrypted"},
		{"an address with a path", "url: https://acme.example/fairlead", "the address goes on after the host"},
		{"an address with a password", "url: https://me:hunter2@acme.example", "holds a user or a password"},
		{"no web address", "url: fairlead.acme.example", "this is no web address"},
		{"another web address", "url: ftp://fairlead.acme.example", "this is no web address"},
		{"an admin who is nobody", "admins: [mina, le]", `fairlead.yaml:4:18: nobody has the id "le"`},
		{"an admin who is nearly somebody", "admins: lea", `did you mean "lee"?`},
		{"a key that somebody could guess", "session_key: ${SHORT}", "this key has 12 characters"},
		{"a key that is not set", "session_key: ${OTHER}", "the environment variable OTHER is not set"},
		{"a key that is empty", "session_key: ${EMPTY}", "the environment variable EMPTY is empty"},
		{"the key itself", "session_key: hunter2hunter2hunter2hunter2hunter2", "put it into an environment variable"},
		{"sessions that never end", "session_lasts: 365d", `fairlead.yaml:4:18: "365d" is no time for this`},
		{"nobody could sign in", "sign_in: {local: false}", "nobody could sign in"},
		{"a provider and a proxy", oidc + "}, proxy: {from: 10.0.0.1}}", "at a provider and at a proxy"},
		{"a provider without a client", "sign_in: {oidc: {issuer: https://l.example}}", `"client_id"`},
		{"a provider that is no address", "sign_in: {oidc: {issuer: login, client_id: f}}", "this is no web address"},
		{"a provider without encryption", "sign_in: {oidc: {issuer: http://l.example, client_id: f}}", "must not come over an unencrypted line"},
		{"a provider's document", "sign_in: {oidc: {issuer: https://l.example/.well-known/openid-configuration, client_id: f}}", "address of a document"},
		{"a provider with a query", "sign_in: {oidc: {issuer: \"https://l.example?tenant=1\", client_id: f}}", "drop everything from the ? on"},
		{"a provider with a password", "sign_in: {oidc: {issuer: \"https://a:hunter2@l.example\", client_id: f}}", "holds a user or a password"},
		{"a client's secret that is not set", oidc + ", client_secret: \"${OTHER}\"}}", "the environment variable OTHER is not set"},
		{"groups without an admin group", oidc + ", groups_claim: roles}}", "no group makes anybody an admin"},
		{"an address that nobody looks at", oidc + ", person_claim: uid, accept_unverified_email: true}}", "people are found by uid"},
		{"a misspelt key", oidc + ", groups_clam: roles}}", `did you mean "groups_claim"?`},
		{"a proxy from nowhere", "sign_in: {proxy: {header: X-Email}}", `"from"`},
		{"a proxy from an empty list", "sign_in: {proxy: {from: []}}", "the header would count from nowhere"},
		{"a proxy from everywhere", open + "sign_in: {proxy: {from: [10.0.0.0/8, 0.0.0.0/0]}}", "anybody could say who they are"},
		{"a proxy by its name", "sign_in: {proxy: {from: proxy.internal}}", `"proxy.internal" is no address and no network`},
		{"a network that is not one", "sign_in: {proxy: {from: 10.1.2.3/8}}", "write 10.0.0.0/8"},
		{"an IPv4 network in IPv6 form", "sign_in: {proxy: {from: \"::ffff:10.0.0.0/104\"}}", "write the IPv4 network itself"},
		{"an address with a zone", "sign_in: {proxy: {from: \"fe80::1%eth0\"}}", "is no address and no network"},
		{"a header that browsers send", "sign_in: {proxy: {header: from, from: 10.0.0.1}}", "browsers send From themselves"},
		{"no name of a header", "sign_in: {proxy: {header: \"X Email\", from: 10.0.0.1}}", "is no name of a header"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := withDashboard(c.lines)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("err = %v, want %q in it", err, c.want)
			}
			if err != nil && (strings.Contains(err.Error(), "s3cr3t") || strings.Contains(err.Error(), "hunter2")) {
				t.Errorf("a secret is shown: %v", err)
			}
		})
	}
}

func TestMistakesOfTheDashboardComeAtOnce(t *testing.T) {
	_, err := withDashboard("listen: localhost\nurl: f\nadmins: [le]\nsession_lasts: 1m\nsession_key: ${OTHER}\nsign_in: {oidc: {issuer: x, client_id: f}, proxy: {from: all}}")
	var all yamlfile.Mistakes
	if !errors.As(err, &all) || len(all) != 8 {
		t.Errorf("%d mistakes, want 8:\n%v", len(all), err)
	}
}

func TestTheDashboardStandsOnce(t *testing.T) {
	_, err := LoadFS(fstest.MapFS{
		"fairlead.yaml": {Data: []byte(oneSource + "include: more.yaml\ndashboard: {listen: 127.0.0.1:1}\n")},
		"more.yaml":     {Data: []byte("dashboard: {listen: 127.0.0.1:2}\n")}, "org.yaml": {Data: []byte("people: [{id: lee}]\n")},
	}, "fairlead.yaml", environ(map[string]string{"JIRA_TOKEN": "t"}))
	if err == nil || !strings.Contains(err.Error(), "dashboard stands twice") {
		t.Errorf("err = %v, want that it stands twice", err)
	}
}
