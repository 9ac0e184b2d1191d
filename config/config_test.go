package config

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

func larger(t *testing.T) *Config {
	t.Helper()
	cfg, err := LoadFS(examples(t), "larger/fairlead.yaml", tokens)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestSourcesAreFilledIn(t *testing.T) {
	cfg := larger(t)
	if len(cfg.Sources) != 2 {
		t.Fatalf("got %d sources, want 2", len(cfg.Sources))
	}
	jira, linear := cfg.Sources[0], cfg.Sources[1]
	for _, check := range []struct {
		what      string
		got, want any
	}{
		{"a Data Center source's name", jira.Name, "jira jira.acme.example/tracker"},
		{"its deployment", jira.Deployment, DataCenter},
		{"its address", jira.URL, "https://jira.acme.example/tracker"},
		{"its token", jira.Token.Reveal(), "s3cr3t"},
		{"its types", jira.Mapping.Types["Discovery"], ticket.Problem},
		{"its estimate field", jira.Mapping.Fields["estimate"], "Story Points"},
		{"its place", jira.Where.String(), "larger/fairlead.yaml:3:5"},
		{"a Linear source's name", linear.Name, "linear acme"},
		{"its address", linear.URL, "https://api.linear.app/graphql"},
		{"its token", linear.Token.Reveal(), "s3cr3t-linear"},
		{"its tracker", linear.Tracker, Linear},
		{"its workspace", linear.Workspace, "acme"},
		{"the store", cfg.Store.File, filepath.FromSlash("larger/fairlead.db")},
		{"the report's folder", cfg.Reports[0].Folder, filepath.FromSlash("larger/reports")},
	} {
		if check.got != check.want {
			t.Errorf("%s: got %v, want %v", check.what, check.got, check.want)
		}
	}
	if !slices.Equal(linear.Teams, []string{"GRO"}) || !slices.Equal(jira.Projects, []string{"PAY", "CORE"}) {
		t.Errorf("got teams %v and projects %v", linear.Teams, jira.Projects)
	}
}

func TestRemindersAndCommentsAreAllowedWhereWritten(t *testing.T) {
	cfg := larger(t)
	for _, a := range cfg.Agreements {
		asked := a.Rule == "slip-unacknowledged"
		if (a.RemindAfter != nil) != asked || (a.RemindComment != nil) != asked || asked && (*a.RemindAfter != 2 || !*a.RemindComment) {
			t.Errorf("%s: got %v and %v", a.Rule, a.RemindAfter, a.RemindComment)
		}
	}
	for _, s := range cfg.Sources {
		if s.WriteComments != (s.Tracker == Jira) {
			t.Errorf("%s: comments are allowed: %v", s.Name, s.WriteComments)
		}
	}
}

func TestAgreementsKnowTheirPlaces(t *testing.T) {
	cfg := larger(t)
	if len(cfg.Agreements) != 5 || cfg.Agreements[0].Team != "" {
		t.Fatalf("got %v", cfg.Agreements)
	}
	a := cfg.Agreements[1]
	if a.Team != "payments" || a.Rule != "feature-without-problem" || a.ReviewOn != "2027-01-15" || a.Stage != "report" {
		t.Errorf("got %+v", a)
	}
	if n, ok := a.Settings["min_chars"].(uint64); !ok || n != 120 {
		t.Errorf("min_chars is %T %[1]v, want 120", a.Settings["min_chars"])
	}
	if !slices.Equal(a.ExceptLabels, []string{"spike"}) || !slices.Equal(a.ExceptProjects, []string{"PAY-120"}) || cfg.Agreements[2].Tell != "em" {
		t.Errorf("got %+v and %+v", a, cfg.Agreements[2])
	}
	if org := cfg.Agreements[0]; org.PinAll || !slices.Equal(org.Pin, []string{"settings.min_chars"}) {
		t.Errorf("pinned: %v %q", org.PinAll, org.Pin)
	}
	for path, want := range map[string]string{"rule": "3:11", "settings": "5:15", "except": "8:13", "review_on": "9:16"} {
		if got := a.Place(path).String(); got != "larger/teams/payments.yaml:"+want {
			t.Errorf("%s stands at %s, want %s", path, got, want)
		}
	}
	m := a.Mistake("did you mean \"min_chars\"?", "unknown setting", "settings", "committed_statuses", 0)
	if m.Line != 5 || m.Column != 53 || m.Place.Text == "" {
		t.Errorf("got %+v", m)
	}
	off := cfg.Agreements[4]
	if !off.Off || off.Because == "" {
		t.Errorf("got %+v", off)
	}
}

func TestPeopleAndTeamsAsOfADay(t *testing.T) {
	d := larger(t).Directory
	at := func(day string) time.Time {
		when, err := time.Parse(time.DateTime, day)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for name, check := range map[string]struct{ got, want bool }{
		"a role is not held before its first day": {d.HoldsRole("sam", at("2026-02-28 23:59:59"), org.PM), false},
		"a role is held on its last day":          {d.HoldsRole("jo", at("2026-08-31 23:59:59"), org.Engineer), true},
		"and not on the day after":                {d.HoldsRole("jo", at("2026-09-01 00:00:00"), org.Engineer), false},
		"a team's em needs no role":               {d.HoldsRole("lee", at("2026-01-01 00:00:00"), org.EM), true},
		"a reporting line ends":                   {d.Manages("ana", "jo", at("2026-09-01 00:00:00")), false},
		"and another begins":                      {d.Manages("lee", "jo", at("2026-09-01 00:00:00")), true},
		"without a line the em manages":           {d.Manages("lee", "mina", at("2026-09-01 00:00:00")), true},
	} {
		if check.got != check.want {
			t.Errorf("%s: got %v", name, check.got)
		}
	}
	payments, _ := d.Team("payments")
	if got := d.ActingEMs(payments, at("2026-07-24 12:00:00")); !slices.Equal(got, []string{"ana"}) {
		t.Errorf("while lee is away %v acts, want ana", got)
	}
	if p, ok := d.Resolve("jira", "CI-bot", ""); !ok || !p.Bot {
		t.Errorf("the build robot is %+v", p)
	}
	if got := payments.Location.String(); got != "Europe/Berlin" {
		t.Errorf("payments' weeks begin in %s", got)
	}
	core, ok := d.Owner(org.Work{JiraProject: "X", JiraBoards: []string{"12"}})
	if !ok || core.ID != "core" || core.Location != time.UTC {
		t.Errorf("board 12 belongs to %+v", core)
	}
}

func TestWhatIsLeftOut(t *testing.T) {
	cfg, err := loadText(source("jira: https://Acme.atlassian.net/", "user: me@acme.example", "token: ${JIRA_TOKEN}", "projects: PAY") + "reports: [{to: file:out}]\n")
	if err != nil {
		t.Fatal(err)
	}
	s := cfg.Sources[0]
	if s.Name != "jira acme.atlassian.net" || s.Deployment != Cloud || s.URL != "https://acme.atlassian.net" {
		t.Errorf("got %+v", s)
	}
	if cfg.Store.File != "fairlead.db" || len(cfg.Directory.People()) != 0 || !slices.Equal(cfg.Reports[0].Formats, []string{"html"}) {
		t.Errorf("got %+v", cfg)
	}
}

func TestPathsAreReadFromTheFileThatNamesThem(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("etc/fairlead.yaml", "include: ../shared/jira.yaml\n")
	write("shared/jira.yaml", "sources: [{jira: https://j.acme.example, token_file: token, projects: [A]}]\nreports: [{to: file:out}]\nrules: [rules/*.yaml]\n")
	write("shared/token", "s3cr3t")
	write("shared/rules/b.yaml", "")
	write("shared/rules/a.yaml", "")
	cfg, err := Load(filepath.Join(dir, "etc", "fairlead.yaml"), tokens)
	if err != nil {
		t.Fatal(err)
	}
	rules := []string{filepath.Join(dir, "shared/rules/a.yaml"), filepath.Join(dir, "shared/rules/b.yaml")}
	if cfg.Reports[0].Folder != filepath.Join(dir, "shared/out") || !slices.Equal(cfg.RuleFiles, rules) || cfg.Store.File != filepath.Join(dir, "etc/fairlead.db") {
		t.Errorf("got %+v", cfg)
	}
	files := []string{"etc/fairlead.yaml", "shared/jira.yaml", "shared/token"}
	for i, f := range cfg.Files {
		if f != filepath.Join(dir, files[i]) {
			t.Errorf("file %d is %s, want %s", i, f, files[i])
		}
	}
}
