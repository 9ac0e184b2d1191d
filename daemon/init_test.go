package daemon

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/ticket"
)

// twoSites are a Jira site and a Linear workspace as they look after the choice.
func twoSites() []*NewSite {
	mina := ticket.Account{ID: "557058:m", Name: "Mina Osei", Email: "mina@acme.example"}
	return []*NewSite{
		{
			Login:  Login{Jira: "https://acme.atlassian.net", User: "fairlead@acme.example", TokenEnv: "JIRA_TOKEN", Token: config.NewSecret("t0ken-never-written")},
			source: config.Source{Tracker: config.Jira}, zone: "Europe/Berlin",
			words: []connectors.Word{
				{Sort: "type", Text: "Story", Means: "feature", Mapped: true}, {Sort: "type", Text: "Discovery", Means: "task"},
				{Sort: "status", Text: "Parked: later", Means: "backlog"}, {Sort: "label", Text: "ux", Means: "task"},
			},
			Chosen: []Space{{
				Key: "PAY", Name: "Payments", Boards: []string{"PAY board (scrum)"},
				Lead:      ticket.Account{ID: "557058:l", Name: "Lee Park", Email: "lee@acme.example"},
				Assignees: []ticket.Account{mina, {ID: "bot", Name: "CI", Bot: true}, {ID: "gone", Name: "Ex", Inactive: true}},
			}},
		},
		{
			Login:  Login{Linear: "acme", TokenEnv: "LINEAR_TOKEN", Token: config.NewSecret("t0ken-never-written")},
			source: config.Source{Tracker: config.Linear},
			Chosen: []Space{{Key: "GRO", Name: "Growth", Assignees: []ticket.Account{
				{ID: "u-1", Name: "Mina O.", Email: "Mina@acme.example"}, {ID: "u-2", Name: "null"},
			}}},
		},
	}
}

// loaded is the configuration in the folder, with some token in every variable.
func loaded(t *testing.T, dir string) *config.Config {
	t.Helper()
	cfg, err := config.Load(filepath.Join(dir, mainName), func(string) (string, bool) { return "some-token", true })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(cfg); err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestWhatInitWritesIsAConfiguration(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	written, err := WriteConfiguration(dir, twoSites())
	if err != nil {
		t.Fatal(err)
	}
	if len(written) != 4 || written[0] != filepath.Join(dir, "fairlead.yaml") {
		t.Errorf("written = %q, want four files, the main one first", written)
	}
	cfg := loaded(t, dir)
	if len(cfg.Sources) != 2 || cfg.Sources[0].Projects[0] != "PAY" || cfg.Sources[1].Teams[0] != "GRO" {
		t.Errorf("sources = %+v", cfg.Sources)
	}
	m := cfg.Sources[0].Mapping
	if m.Types["Discovery"] != ticket.Task || m.Statuses["Parked: later"] != ticket.Backlog || len(m.Types) != 1 || len(m.Labels) != 0 {
		t.Errorf("mapping = %+v, want the two words nobody knows", m)
	}
	mina, ok := cfg.Directory.Resolve("linear", "u-1", "")
	if again, _ := cfg.Directory.Resolve("jira", "557058:m", ""); !ok || again.ID != mina.ID {
		t.Errorf("two accounts of one address are %q and %q, want one person", mina.ID, again.ID)
	}
	if _, ok := cfg.Directory.Resolve("jira", "gone", ""); ok {
		t.Error("an account that is switched off was taken over")
	}
	if bot, ok := cfg.Directory.Resolve("jira", "bot", ""); !ok || !bot.Bot {
		t.Errorf("the bot is %+v", bot)
	}
	team, ok := cfg.Directory.Team("payments")
	if !ok || team.Location.String() != "Europe/Berlin" || len(team.Members) != 1 || len(team.EMs) != 0 {
		t.Errorf("team = %+v, want one member, no EM that a human did not write", team)
	}
	for _, path := range written {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "t0ken") {
			t.Errorf("%s holds the token", path)
		}
	}
}

func TestIdsKeepTheLettersOfNames(t *testing.T) {
	ids := taken{}
	for name, want := range map[string]string{"Tomás Rivera": "tomas-rivera", "Zoë O’Neil": "zoe-oneil", "名前": "person", "Łukasz": "ukasz"} {
		if got := ids.slug(name, "person"); got != want {
			t.Errorf("%s becomes %q, want %q", name, got, want)
		}
	}
}

func TestInitOverwritesNothing(t *testing.T) {
	for _, there := range []string{"fairlead.yaml", "org.yaml", "teams/other.yaml"} {
		t.Run(there, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "odd[name]")
			path := filepath.Join(dir, filepath.FromSlash(there))
			if err := writeOne(path, "mine\n"); err != nil {
				t.Fatal(err)
			}
			_, err := WriteConfiguration(dir, twoSites())
			if err == nil || !strings.Contains(err.Error(), "--dir") {
				t.Errorf("err = %v, want a refusal that says what to do", err)
			}
			text, err := os.ReadFile(path)
			if err != nil || string(text) != "mine\n" {
				t.Errorf("the file became %q, %v", text, err)
			}
			var files int
			for _, pattern := range []string{"*.yaml", "teams/*.yaml"} {
				found, err := filepath.Glob(filepath.Join(globLiteral(dir), pattern))
				if err != nil {
					t.Fatal(err)
				}
				files += len(found)
			}
			if files != 1 {
				t.Errorf("%d files are there, want the one that was", files)
			}
		})
	}
}

func TestChoosing(t *testing.T) {
	for _, c := range []struct {
		name  string
		login Login
		keys  []string
		want  string // keys chosen, or part of the refusal
	}{
		{"by key, without regard to case", Login{Jira: "x"}, []string{"core", "PAY"}, "CORE PAY"},
		{"nothing of a Jira site", Login{Jira: "x"}, nil, "choose from CORE, PAY"},
		{"nothing of Linear means all", Login{Linear: "x"}, nil, "CORE PAY"},
		{"a slip of the finger", Login{Jira: "x"}, []string{"PYA"}, `did you mean "PAY"?`},
		{"something else", Login{Linear: "x"}, []string{"MARKETING"}, "none of the teams"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &NewSite{Login: c.login, Spaces: []Space{{Key: "CORE"}, {Key: "PAY"}}}
			err := s.Choose(c.keys)
			got := strings.Join(keysOfSpaces(s.Chosen), " ")
			if err != nil {
				got = err.Error()
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q in it", got, c.want)
			}
		})
	}
}

func TestALoginIsCheckedBeforeAnythingIsSent(t *testing.T) {
	secret := config.NewSecret("s3cr3t")
	for _, c := range []struct {
		name  string
		login Login
		want  string
	}{
		{"a page instead of a site", Login{Jira: "https://acme.atlassian.net/browse/PAY-1", User: "a@b.example", TokenEnv: "T", Token: secret}, "write https://acme.atlassian.net"},
		{"no scheme", Login{Jira: "acme.atlassian.net", User: "a@b.example", TokenEnv: "T", Token: secret}, "https://acme.atlassian.net"},
		{"Cloud without a user", Login{Jira: "https://acme.atlassian.net", TokenEnv: "T", Token: secret}, "whose token it is"},
		{"no token", Login{Linear: "acme", TokenEnv: "T", Token: config.NewSecret("")}, "is empty"},
		{"an address instead of a workspace", Login{Linear: "https://linear.app/acme/team", TokenEnv: "T", Token: secret}, "linear: acme"},
		{"nothing at all", Login{TokenEnv: "T", Token: secret}, "no site is named"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := OpenSite(t.Context(), c.login, Options{Base: onlyTo(nil)})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("err = %v, want %q in it", err, c.want)
			}
			if err != nil && (strings.Contains(err.Error(), "s3cr3t") || strings.Contains(err.Error(), "fairlead-init")) {
				t.Errorf("a secret or a file nobody wrote is shown: %v", err)
			}
		})
	}
}

// redirected brings what is meant for Linear's own address to the simulated one.
type redirected struct{ http.RoundTripper }

func (r redirected) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Host == "api.linear.app" {
		req = req.Clone(req.Context())
		req.URL.Scheme, req.URL.Host, req.Host = "http", strings.TrimPrefix(demoSites.Linear, "http://"), ""
	}
	return r.RoundTripper.RoundTrip(req)
}

// The whole way against the simulated trackers: sign in, choose, learn, write,
// load.
func TestInitOnSimulatedTrackers(t *testing.T) {
	world, story := simulator.Story(demoSeed, demoEnd())
	network := map[string]string{}
	for host, site := range map[string]http.Handler{
		demoSites.JiraCloud: world.JiraCloud(story.Cloud), demoSites.JiraDataCenter: world.JiraDataCenter(story.DataCenter), demoSites.Linear: world.Linear(story.Tracker),
	} {
		address, stop, err := serve(t.Context(), site)
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		network[strings.TrimPrefix(host, "http://")] = address
	}
	for _, c := range []struct {
		name  string
		login Login
	}{
		{"Jira Cloud", Login{Jira: demoSites.JiraCloud, Deployment: "cloud", User: story.Cloud.User, Token: config.NewSecret(story.Cloud.Token), TokenEnv: "T"}},
		{"Jira Data Center", Login{Jira: demoSites.JiraDataCenter, User: story.DataCenter.User, Token: config.NewSecret(story.DataCenter.Token), TokenEnv: "T"}},
		{"Linear", Login{Linear: "acme", Token: config.NewSecret(story.Tracker.Token), TokenEnv: "T"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			site, err := OpenSite(t.Context(), c.login, Options{Base: redirected{onlyTo(network)}, Clock: worldClock{world}})
			if err != nil {
				t.Fatal(err)
			}
			if err := site.Choose([]string{site.Spaces[0].Key}); err != nil {
				t.Fatal(err)
			}
			if err := site.Learn(t.Context()); err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if _, err := WriteConfiguration(dir, []*NewSite{site}); err != nil {
				t.Fatal(err)
			}
			cfg := loaded(t, dir)
			asDoctorSees(t, cfg, c.login.Token, site.open)
			if len(cfg.Directory.Teams()) != 1 || len(cfg.Directory.People()) == 0 || len(site.words) == 0 {
				t.Errorf("%d teams, %d people, %d words, want some of each", len(cfg.Directory.Teams()), len(cfg.Directory.People()), len(site.words))
			}
		})
	}
}

// asDoctorSees reads nothing, so that the one thing wrong is that nothing was read.
func asDoctorSees(t *testing.T, cfg *config.Config, token config.Secret, o Options) {
	t.Helper()
	cfg.Sources[0].Token = token
	f, err := Open(t.Context(), cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	e := examined(t, f)
	if s := e.Sources[0]; s.Trouble != "" || s.Account.ID == "" || len(s.Known) == 0 || e.Wrong != 1+len(s.Missing) {
		t.Errorf("the doctor sees\n%s", textOf(t, &e))
	}
}

// Names are other people's words: whatever they hold, the files load and hold
// the same.
func FuzzNamesComeBackFromTheFiles(f *testing.F) {
	for _, name := range []string{
		"Mina Osei", "", "null", "~", "12", "yes", "O'Neil \"Ana\"", "x: y # z", "- {id: evil}", "a\nb: c", "\u202eright", "\u0085\u2028\ufeff", "\x00\x1b[2J",
		"${JIRA_TOKEN}", "*anchor", "&a !!str |", "Zoë 😀 名前", "\xff\xfe", `back\slash`, "\t", "]}", strings.Repeat("é", 2000),
	} {
		f.Add(name, name, "a@b.example")
	}
	f.Fuzz(func(t *testing.T, name, id, email string) {
		sites := twoSites()[:1]
		sites[0].Chosen[0].Name = name
		sites[0].Chosen[0].Boards = []string{name}
		sites[0].Chosen[0].Lead = ticket.Account{ID: id, Name: name, Email: email}
		sites[0].words = append(sites[0].words, connectors.Word{Sort: "status", Text: name, Means: "todo"})
		dir := t.TempDir()
		if _, err := WriteConfiguration(dir, sites); err != nil {
			t.Fatal(err)
		}
		cfg := loaded(t, dir)
		if len(cfg.Directory.Teams()) != 1 || len(cfg.Sources) != 1 {
			t.Fatalf("%d teams, %d sources, want one of each", len(cfg.Directory.Teams()), len(cfg.Sources))
		}
		if got, want := cfg.Directory.Teams()[0].Name, valid(name); want != "" && got != want {
			t.Errorf("the team is called %q, want %q", got, want)
		}
		if id == "" {
			return
		}
		who, ok := cfg.Directory.Resolve("jira", valid(id), "")
		if !ok {
			t.Fatalf("nobody has the account %q", valid(id))
		}
		known := strings.EqualFold(valid(id), "557058:m") || strings.EqualFold(valid(id), "bot") || strings.ToLower(valid(email)) == "mina@acme.example"
		if got, want := who.Name, valid(name); !known && want != "" && got != want {
			t.Errorf("the person is called %q, want %q", got, want)
		}
	})
}
