package daemon

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/dashboard/browsertest"
	"github.com/fairlead-dev/fairlead/dashboard/signin/signintest"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/simulator"
)

var chromium browsertest.Chromium

func TestMain(m *testing.M) {
	code := m.Run()
	chromium.Stop()
	os.Exit(code)
}

// open is the demo's company with everything read and checked, and its dashboard
// served as fairlead serve does, to people who sign in at a login provider.
type open struct {
	*Fairlead
	t        *testing.T
	dir, url string

	mu    sync.Mutex
	sent  int      // forms that browsers sent
	wrong []string // what is not in order with what browsers sent
}

func openHouse(t *testing.T) *open {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	o := &open{t: t, dir: t.TempDir(), url: "http://localhost:" + port}
	accounts := map[string]signintest.Account{"eve": {Email: "eve@elsewhere.example"}}
	for _, name := range []string{"lee", "sam", "mina", "dana"} {
		accounts[name] = signintest.Account{Email: name + "@acme.example"}
	}
	provider := signintest.New(t, o.url, accounts)
	world, story := simulator.Story(demoSeed, demoEnd())
	network, stop, err := stage(t.Context(), world, story)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	files := story.Files(demoSites)
	files["fairlead.yaml"] = strings.Replace(files["fairlead.yaml"], "  listen: 127.0.0.1:8080\n  admins: [nkechi]\n", fmt.Sprintf(
		"  listen: %s\n  url: %s\n  admins: dana\n  sign_in:\n    local: true\n    oidc: {issuer: %s, client_id: %s, client_secret: \"${CLIENT}\", name: Acme login}\n",
		l.Addr(), o.url, provider.Issuer, signintest.ClientID), 1)
	if err := writeDemo(o.dir, files); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(filepath.Join(o.dir, "fairlead.yaml"), func(name string) (string, bool) { return signintest.ClientSecret, name == "CLIENT" })
	if err != nil {
		t.Fatal(err)
	}
	if o.Fairlead, err = Open(t.Context(), cfg, Options{Clock: worldClock{world}, Base: onlyTo(network)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	if _, err := o.Run(t.Context(), "last", nil); err != nil {
		t.Fatal(err)
	}
	h, err := o.dashboardHandler(t.Context(), l.Addr().String(), o.url, "")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(o.watched(h))
	_ = server.Listener.Close()
	server.Listener = l
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(o.inOrder)
	return o
}

// watched notes what browsers send that is not in order: a report that the policy
// refused something, a form that does not say where it comes from.
func (o *open) watched(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		switch origin := r.Header.Get("Origin"); {
		case r.URL.Path == "/csp-report":
			o.wrong = append(o.wrong, "a browser reports that the policy refused something")
		case r.Method == http.MethodPost && origin != o.url:
			o.wrong = append(o.wrong, fmt.Sprintf("the form to %s comes from the origin %q", r.URL.Path, origin))
		case r.Method == http.MethodPost:
			o.sent++
		}
		o.mu.Unlock()
		h.ServeHTTP(w, r)
	})
}

func (o *open) inOrder() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, w := range o.wrong {
		o.t.Error(w)
	}
}

// visitor opens a page in a browser of their own and signs in at the login provider.
func (o *open) visitor(name, page string) *browsertest.Tab {
	o.t.Helper()
	p := chromium.Tab(o.t, o.url)
	p.See(browsertest.Wide, "light")
	p.Open(page)
	p.Says("Sign in to fairlead")
	o.login(p, name)
	return p
}

func (o *open) login(p *browsertest.Tab, name string) {
	o.t.Helper()
	p.Follow("Sign in with Acme login")
	p.Fill("Username:", name)
	p.Fill("Password:", signintest.Password)
	p.Follow("Login")
}

// openFindings are pages of findings about the keys' team that everybody in it sees.
func (o *open) openFindings(team string) []finding.Finding {
	o.t.Helper()
	b, err := o.readLedger(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	var out []finding.Finding
	for _, e := range b.findings {
		if e.Team == team && e.State == finding.Open && e.Audience == finding.ForTeam && o.told(&e) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b finding.Finding) int { return strings.Compare(a.Subject.Key, b.Subject.Key) })
	return out
}

func pageOf(e finding.Finding) string { return "/findings/" + string(e.ID) }

// An EM's Monday: the report's link leads through sign-in to its page, and from there
// to everything that can be said. What is said is there after a reload, and for
// others.
func TestAWalkThroughTheDashboard(t *testing.T) {
	o := openHouse(t)
	all := o.openFindings("payments")
	if len(all) < 3 {
		t.Fatalf("only %d findings are open", len(all))
	}
	lee := chromium.Tab(t, o.url)
	o.followReport(lee)
	filter(lee)
	sam := o.visitor("sam", pageOf(all[0]))
	answer(lee, sam, &all[0])
	waive(lee, sam, &all[1])
	o.vote(lee, sam, &all[2])
	lee.Follow("Overview")
	lee.Says("Payments: 3 open exceptions")

	mina := o.visitor("mina", pageOf(all[0]))
	mina.Says("we agreed on it with Sam on Monday")
	mina.Offers("Take the answer back", false)
	mina.Open("/teams/growth")
	mina.Says("This page is not for you to see")
	dana := o.visitor("dana", "/")
	dana.Says("The organisation")
	dana.SaysNot("PAY-")

	lee.FollowTo("Sign out", "/signed-out") // by way of the provider
	lee.Says("You are signed out")
	lee.LookHere("signed-out")
	lee.Open("/findings")
	lee.Says("Sign in to fairlead")
	if o.sent < 5 {
		t.Errorf("browsers sent %d forms only", o.sent)
	}
}

// followReport opens the report as the channel delivered it and follows its link.
func (o *open) followReport(lee *browsertest.Tab) {
	lee.See(browsertest.Wide, "light")
	lee.Open("file://" + filepath.Join(o.dir, "reports", "payments", "2026-W46.html"))
	lee.Follow("Open this week's page")
	lee.Says("Sign in to fairlead")
	lee.LookHere("sign-in")
	o.login(lee, "lee")
	if got, want := lee.At(), "/teams/payments/reports/2026-W46"; got != want {
		o.t.Fatalf("the report's link leads to %s, want %s", got, want)
	}
	lee.Says("Payments, week 46", "5 open exceptions", "Lee Park")
	lee.Follow("as the EM gets it")
	lee.Says("PAY-102")
}

func filter(lee *browsertest.Tab) {
	lee.Follow("Findings")
	before := lee.At()
	lee.Fill("with", "severity warn")
	lee.Follow("Show")
	lee.Says("with severity warn.")
	lee.Reload()
	lee.Says("with severity warn.")
	lee.IsAt("severity=warn")
	lee.Follow("Take away: severity warn")
	lee.SaysNot("with severity warn.")
	lee.IsAt(before)
}

func answer(lee, sam *browsertest.Tab, e *finding.Finding) {
	lee.Follow(e.Subject.Key)
	lee.Press("It was done on purpose")
	lee.LookHere("answer")
	lee.Fill("Why?", "we agreed on it with Sam on Monday")
	lee.Follow("Answer")
	for _, shown := range []*browsertest.Tab{lee, sam} {
		shown.Reload()
		shown.Says("we agreed on it with Sam on Monday", "Lee Park", "Done on purpose")
		shown.Offers("Take the answer back", true)
	}
}

func waive(lee, sam *browsertest.Tab, e *finding.Finding) {
	const why = "the vendor answers in December"
	lee.Open(pageOf(*e))
	lee.Press("Leave it alone for a while")
	lee.Press("Everything about " + e.Subject.Key)
	lee.Press("This finding alone")
	lee.Fill("Up to and with", "2026-12-04")
	lee.Fill("Why?", why)
	lee.LookHere("waive")
	lee.Follow("See what this covers")
	lee.Says("Nothing is saved yet", e.Subject.Key, why)
	lee.LookHere("waive-covers")
	sam.Open("/waivers")
	sam.SaysNot(why)
	lee.Follow("Waive")
	for _, shown := range []*browsertest.Tab{lee, sam} {
		shown.Open("/waivers")
		shown.Says("1 waiver holds", e.Subject.Key, why, "Lee Park", "4 December")
	}
}

func (o *open) vote(lee, sam *browsertest.Tab, e *finding.Finding) {
	sam.Open(pageOf(*e))
	sam.Follow("Useful")
	sam.Reload()
	sam.Offers("Take my vote back", true)
	lee.Open(pageOf(*e))
	lee.Offers("Take my vote back", false)
	if useful, _, err := o.store.CountVotes(o.t.Context(), e.Rule); err != nil || useful != 1 {
		o.t.Errorf("%d votes, %v, want one", useful, err)
	}
}

// What is told to those who do not get in, and how it looks.
func TestTheDoorOfTheDashboard(t *testing.T) {
	o := openHouse(t)
	eve := o.visitor("eve", "/")
	eve.Says("There is nothing for you to see here yet", "Ask Dana Ruiz")
	eve.LookHere("not-in-the-directory")
	made, err := o.SignInLink(t.Context(), "mina")
	if err != nil {
		t.Fatal(err)
	}
	mina := chromium.Tab(t, o.url)
	mina.Look("link", made.Link)
	mina.Says("This link lets you in once")
	mina.Follow("Sign in")
	mina.Says("Mina Osei", "Payments: 5 open exceptions")
	late := chromium.Tab(t, o.url)
	late.Open(made.Link)
	late.Follow("Sign in")
	late.Says("This link lets nobody in any more")
	late.LookHere("link-used")
}

// Everything can be read, and said, without JavaScript.
func TestAWalkWithoutScripts(t *testing.T) {
	o := openHouse(t)
	made, err := o.SignInLink(t.Context(), "lee")
	if err != nil {
		t.Fatal(err)
	}
	lee := chromium.Tab(t, o.url)
	lee.WithoutScripts()
	lee.See(browsertest.Wide, "light")
	lee.Open(made.Link)
	lee.Follow("Sign in")
	for _, step := range []struct{ follow, says string }{
		{"Overview", "Payments: 5 open exceptions"},
		{"Teams", "Who looks after what"},
		{"Payments", "How the work flows"},
		{"Findings", "open findings."},
		{"Agreements", "agreements in force"},
		{"Payments", "Payments has"},
		{"Experiments", "Co-written sprint goals"},
		{"Co-written sprint goals", "Hypothesis"},
		{"Reports", "Weekly reports"},
		{"Week 46", "Payments, week 46"},
		{"Data", "jira acme"},
		{"The audit trail: who changed what, when and why", "The trail"},
	} {
		lee.Follow(step.follow)
		lee.Says(step.says)
	}
	lee.Open("/teams/payments")
	lee.Press("The numbers as a table")
	lee.Says("Week open settled")
	e := o.openFindings("payments")[0]
	lee.Open(pageOf(e))
	lee.Press("It was done on purpose")
	lee.Fill("Why?", "written without a script")
	lee.Follow("Answer")
	lee.Says("written without a script")
}
