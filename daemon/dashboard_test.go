package daemon

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/simulator"
)

// company is the demo's company with traces, over a network that a test may spoil.
func company(t *testing.T, traces *Traces, log *zap.Logger, spoil func(http.RoundTripper) http.RoundTripper) *Fairlead {
	t.Helper()
	world, story := simulator.Story(demoSeed, demoEnd())
	network, stop, err := stage(t.Context(), world, story)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	dir := t.TempDir()
	if err := writeDemo(dir, story.Files(demoSites)); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(filepath.Join(dir, "fairlead.yaml"), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(t.Context(), cfg, Options{Clock: worldClock{world}, Base: spoil(onlyTo(network)), Log: log, Traces: traces.Provider()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// toldStory is the demo's company with everything read and checked, kept for the
// tests that look at its pages.
func toldStory(t *testing.T) *Fairlead {
	t.Helper()
	f := company(t, nil, nil, func(network http.RoundTripper) http.RoundTripper { return network })
	if _, err := f.Run(t.Context(), "last", nil); err != nil {
		t.Fatal(err)
	}
	return f
}

// reader looks at the pages as one person.
type reader struct {
	t    *testing.T
	at   string
	http *http.Client
}

func (f *Fairlead) seenBy(t *testing.T, person string) *reader {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	h, err := f.dashboardHandler(t.Context(), "127.0.0.1:0", "http://"+server.Listener.Addr().String(), person)
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = h
	server.Start()
	t.Cleanup(server.Close)
	jar, _ := cookiejar.New(nil)
	return &reader{t, server.URL, &http.Client{Jar: jar}}
}

func (r *reader) get(path string) (status int, page string) {
	r.t.Helper()
	resp, err := r.http.Get(r.at + path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

var formToken = regexp.MustCompile(`name="form_token" value="([^"]+)"`)

// send fills in the form for an action on the page where it stands.
func (r *reader) send(page, action string, fields url.Values) (status int, shown string) {
	r.t.Helper()
	_, text := r.get(page)
	token := formToken.FindStringSubmatch(text)
	if token == nil {
		r.t.Fatalf("%s has no form", page)
	}
	fields.Set("form_token", html.UnescapeString(token[1]))
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.at+action, strings.NewReader(fields.Encode()))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", r.at)
	resp, err := r.http.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

func openAbout(t *testing.T, f *Fairlead, key string) finding.Finding {
	t.Helper()
	b, err := f.readLedger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range b.findings {
		if e.Subject.Key == key && e.State == finding.Open {
			return e
		}
	}
	t.Fatalf("nothing is open about %s", key)
	return finding.Finding{}
}

func TestTheDashboardShowsEverybodyWhatIsTheirs(t *testing.T) {
	f := toldStory(t)
	forTheEM := openAbout(t, f, "PAY-102")
	forTheTeam := openAbout(t, f, "PAY-61")
	week := "2026-W46"
	for _, c := range []struct {
		name, person, path string
		status             int
		says, saysNot      string
	}{
		{"the EM sees the team's week at once", "lee", "/", 200, "Payments: 5 open exceptions", ""},
		{"the EM sees the finding for the EM alone", "lee", "/findings/" + string(forTheEM.ID), 200, "PAY-102", ""},
		{"the PM does not, and is not told that it is there", "sam", "/findings/" + string(forTheEM.ID), 404, "", "PAY-102"},
		{"an engineer does not either", "mina", "/findings/" + string(forTheEM.ID), 404, "", "PAY-102"},
		{"an engineer sees what is the team's", "mina", "/findings/" + string(forTheTeam.ID), 200, "PAY-61", ""},
		{"a director sees no finding", "dana", "/findings/" + string(forTheTeam.ID), 404, "", "PAY-61"},
		{"a director sees sums", "dana", "/", 200, "", "PAY-"},
		{"nobody sees another team's week", "mina", "/teams/growth", 403, "", "GRO-"},
		{"a team's report of the archive", "mina", "/teams/payments/reports/" + week, 200, "5 open exceptions", ""},
		{"the EM's report is the EM's", "lee", "/teams/payments/reports/" + week + "?for=em", 200, "PAY-102", ""},
		{"the EM's report is nobody else's", "mina", "/teams/payments/reports/" + week + "?for=em", 403, "", "PAY-102"},
		{"a week that nobody knows", "lee", "/teams/payments/reports/2019-W01", 404, "", ""},
		{"experiments with what has come of them", "lee", "/experiments", 200, "Co-written sprint goals", ""},
		{"the trail", "lee", "/trail", 200, "opened", ""},
		{"the list for programs", "lee", "/api/v1/findings", 200, string(forTheEM.ID), ""},
		{"the list for programs holds back as well", "mina", "/api/v1/findings", 200, string(forTheTeam.ID), string(forTheEM.ID)},
		{"data health", "lee", "/data", 200, "jira acme", ""},
		{"ready", "lee", "/readyz", 200, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, page := f.seenBy(t, c.person).get(c.path)
			if status != c.status || !strings.Contains(page, c.says) || c.saysNot != "" && strings.Contains(page, c.saysNot) {
				t.Errorf("%s gets %d, want %d, with %q and without %q:\n%.1500s", c.path, status, c.status, c.says, c.saysNot, page)
			}
		})
	}
}

func TestWhatIsSaidOnAPageCountsEverywhere(t *testing.T) {
	f := toldStory(t)
	lee, e := f.seenBy(t, "lee"), openAbout(t, f, "PAY-61")
	page := "/findings/" + string(e.ID)
	if status, shown := lee.send(page, page+"/answer", url.Values{"reason": {"agreed with Sam on Monday"}}); status != 200 || !strings.Contains(shown, "agreed with Sam on Monday") {
		t.Fatalf("%d: %.2000s", status, shown)
	}
	if _, home := lee.get("/"); !strings.Contains(home, "Payments: 4 open exceptions") {
		t.Errorf("the overview still says otherwise: %.1200s", home)
	}
	shown, err := f.Show(t.Context(), string(e.ID))
	if err != nil || shown[0].State != string(finding.Answered) {
		t.Errorf("the command line shows %+v, %v, want it answered", shown, err)
	}
	if status, _ := lee.send(page, page+"/vote", url.Values{"vote": {"useful"}}); status != 200 {
		t.Errorf("the vote gets %d", status)
	}
	if useful, _, err := f.store.CountVotes(t.Context(), e.Rule); err != nil || useful != 1 {
		t.Errorf("%d votes, %v, want one", useful, err)
	}
}

func TestWhatAnotherProcessSaysShowsOnThePages(t *testing.T) {
	f := toldStory(t)
	data := &pages{f: f}
	before, err := data.Ledger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e := openAbout(t, f, "PAY-61")
	if _, err := f.Answer(t.Context(), AnswerRequest{Finding: string(e.ID), Reason: "agreed", Speaker: Speaker{By: "lee"}}); err != nil {
		t.Fatal(err)
	}
	data.looked = time.Time{} // a second later
	after, err := data.Ledger(t.Context())
	if err != nil || after.Version == before.Version {
		t.Errorf("version %q after %q, %v, want another", after.Version, before.Version, err)
	}
}

func TestPlacesInTheTrailHoldWhenMoreIsSaid(t *testing.T) {
	f := toldStory(t)
	data := &pages{f: f}
	whole, _, err := data.Trail(t.Context(), "", 10_000)
	if err != nil {
		t.Fatal(err)
	}
	var paged int
	for from, ok := "", true; ok; ok = from != "" {
		part, next, err := data.Trail(t.Context(), from, 7)
		if err != nil {
			t.Fatal(err)
		}
		for i := range part {
			if part[i] != whole[paged+i] {
				t.Fatalf("entry %d is %+v, want %+v", paged+i, part[i], whole[paged+i])
			}
		}
		paged, from = paged+len(part), next
	}
	if paged != len(whole) {
		t.Errorf("%d entries by pages, %d at once", paged, len(whole))
	}
	for _, forged := range []string{"x", "-1.-1", "9223372036854775807.9", "1.999999999999999999999", strings.Repeat("9", 200)} {
		if _, _, err := data.Trail(context.Background(), forged, 5); err != nil {
			t.Errorf("%q: %v", forged, err)
		}
	}
}

func TestWhereReportsLinkTo(t *testing.T) {
	for _, c := range []struct {
		name, dashboard string
		reader          finding.Audience
		want            string
	}{
		{"no dashboard has no page", "", finding.ForTeam, ""},
		{"what only this machine can open is no use to others", "{}", finding.ForTeam, ""},
		{"a team's", "{url: \"http://localhost:8080\"}", finding.ForTeam, "http://localhost:8080/teams/payments/reports/2026-W46"},
		{"the EM's", "{url: \"http://localhost:8080\"}", finding.ForEM, "http://localhost:8080/teams/payments/reports/2026-W46?for=em"},
		{"that of EM and PM", "{url: \"http://localhost:8080\"}", finding.ForEMPM, "http://localhost:8080/teams/payments/reports/2026-W46?for=em-pm"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := withDashboard(t, t.TempDir(), c.dashboard, &handClock{monday})
			if got := f.linkTo(reportPath("payments", "2026-W46", c.reader)); got != c.want {
				t.Errorf("it links to %q, want %q", got, c.want)
			}
		})
	}
}
