package daemon

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// tryLine has two teams, and work of both.
func tryLine(t *testing.T) *line {
	t.Helper()
	short := feature("jira", "PAY-2", monday.Add(-2*aWeek))
	short.Description = "h2. Why\nBecause refunds take a day and people ask for them every week, say support."
	l := newLine(t, &fakeSource{name: "jira", tickets: []ticket.Ticket{
		feature("jira", "PAY-1", monday.Add(-5*aWeek)), short, feature("jira", "CORE-1", monday.Add(-3*aWeek)),
	}})
	l.organise(
		org.Team{ID: "payments", Owns: org.Ownership{JiraProjects: []string{"PAY"}}},
		org.Team{ID: "core", Owns: org.Ownership{JiraProjects: []string{"CORE"}}})
	l.sync()
	return l
}

// withAgreements puts agreements into the configuration.
func (l *line) withAgreements(agreements ...config.Agreement) {
	l.t.Helper()
	l.cfg().Agreements = agreements
	l.agreed(shipped(l.t, "feature-without-problem"), agreementsOf(l.cfg())...)
}

func (l *line) try(ask TryRequest) TryResult {
	l.t.Helper()
	if ask.Weeks == 0 {
		ask.Weeks = 6
	}
	r, err := l.Try(l.t.Context(), ask)
	if err != nil {
		l.t.Fatal(err)
	}
	return r
}

func TestARuleIsTriedBeforeItIsSwitchedOn(t *testing.T) {
	l := tryLine(t)
	l.withAgreements(config.Agreement{Rule: "feature-without-problem", Off: true, Because: "not yet"})
	before := l.record()
	r := l.try(TryRequest{Rule: "feature-without-problem"})
	if r.Raised != 3 || r.Open != 3 || r.Today != nil || len(r.Off) != 3 || r.Off[0].Because != "not yet" {
		t.Errorf("tried: %+v, want three raised where it is off today", r)
	}
	if len(r.Weeks) != 7 || r.Weeks[0].Week != "2026-W41" || r.Weeks[1] != (TryWeek{"2026-W42", r.Weeks[1].At, 1, 0, 1}) || r.Weeks[6].Week != "now" || r.Weeks[6].Open != 3 {
		t.Errorf("weeks = %+v", r.Weeks)
	}
	if got := keysOf(r.Samples); got != "CORE-1 PAY-1 PAY-2" {
		t.Errorf("samples %s", got)
	}
	if one := l.try(TryRequest{Rule: "feature-without-problem", Team: "core"}); one.Raised != 1 || keysOf(one.Samples) != "CORE-1" || len(one.Off) != 1 {
		t.Errorf("of core: %+v", one)
	}
	if after := l.record(); after != before {
		t.Errorf("what is stored changed from\n%s\nto\n%s", before, after)
	}
}

func TestAChangedSettingIsComparedWithTodays(t *testing.T) {
	l := tryLine(t)
	l.withAgreements(config.Agreement{Rule: "feature-without-problem", Settings: map[string]any{"min_chars": uint64(60)}, PinAll: true})
	r := l.try(TryRequest{Rule: "feature-without-problem", Set: []string{"min_chars=200"}})
	if !slices.Equal(r.Changed, []TriedSetting{{Name: "min_chars", Tried: "200", Today: "60"}}) || r.Raised != 3 {
		t.Errorf("tried: %+v", r)
	}
	if d := r.Today; d == nil || d.Raised != 2 || d.Open != 2 || d.More != 1 || d.Fewer != 0 || d.MoreOpen != 1 || keysOf(d.MoreSamples) != "PAY-2" {
		t.Errorf("against today: %+v, want PAY-2 alone to be new", r.Today)
	}
	if core := l.try(TryRequest{Rule: "feature-without-problem", Set: []string{"min_chars=200"}, Team: "core"}); core.Today == nil || core.Today.More+core.Today.Fewer != 0 {
		t.Errorf("of core: %+v", core.Today)
	}
	for _, c := range []struct {
		ask  TryRequest
		want string
	}{
		{TryRequest{Rule: "feature-without-problm", Weeks: 6}, `did you mean "feature-without-problem"?`},
		{TryRequest{Rule: "feature-without-problem", Set: []string{"min_chars=many"}, Weeks: 6}, `min_chars: "many" is not a whole number`},
		{TryRequest{Rule: "feature-without-problem", Set: []string{"mni_chars=3"}, Weeks: 6}, `did you mean "min_chars"?`},
		{TryRequest{Rule: "feature-without-problem", Team: "growth", Weeks: 6}, `no team has the id "growth"`},
		{TryRequest{Rule: "feature-without-problem"}, "0 weeks cannot be looked at"},
		{TryRequest{File: "no-such.yaml", Weeks: 6}, "the rule file cannot be read"},
	} {
		if _, err := l.Try(t.Context(), c.ask); !IsRequestMistake(err) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: err = %v, want %s", c.ask, err, c.want)
		}
	}
}

func TestARuleFileIsTriedBeforeItIsConfigured(t *testing.T) {
	l := tryLine(t)
	l.withAgreements()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const body = "scope: ticket\ntitle: t\npromise: p\nmessage: m\nask: a\nseverity: info\naudience: team\nreplay: partly\nreplay_note: Its inputs are new.\nwhen: ticket.in_flight && ticket.key != 'PAY-1'\n"
	own := write("own.yaml", "id: my-own\n"+body)
	r := l.try(TryRequest{File: own})
	if r.Rule != "my-own" || r.Raised != 2 || r.Today != nil || r.Untold != "Its inputs are new." || len(r.Off) != 0 {
		t.Errorf("tried: %+v, want a rule that is not in force yet", r)
	}
	instead := write("instead.yaml", "id: feature-without-problem\n"+body)
	if r := l.try(TryRequest{Rule: "feature-without-problem", File: instead}); r.Raised != 2 || r.Today == nil || r.Today.Fewer != 1 || keysOf(r.Today.FewerSamples) != "PAY-1" {
		t.Errorf("tried in place of the shipped rule: %+v", r)
	}
	if _, err := l.Try(t.Context(), TryRequest{Rule: "other", File: own, Weeks: 6}); !IsRequestMistake(err) || !strings.Contains(err.Error(), `holds the rule "my-own"`) {
		t.Errorf("err = %v", err)
	}
	wrong := write("wrong.yaml", strings.Replace("id: my-own\n"+body, "in_flight", "in_flght", 1))
	if _, err := l.Try(t.Context(), TryRequest{File: wrong, Weeks: 6}); !IsConfigMistake(err) || !strings.Contains(err.Error(), "wrong.yaml:11:14") {
		t.Errorf("err = %v, want a mistake with its place", err)
	}
}

func TestAgreementsShowWhereTheyComeFrom(t *testing.T) {
	dir, mistakes := org.New(nil, []org.Team{{ID: "payments", Name: "Payments"}, {ID: "core", Name: "Core"}}, nil)
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	cfg := &config.Config{Directory: dir, Agreements: []config.Agreement{
		{Rule: "feature-without-problem", Settings: map[string]any{"min_chars": uint64(120)}, Pin: []string{"settings.min_chars"}, Where: at("fairlead.yaml", 9)},
		{Rule: "assigned-bypassing-em", Team: "core", Off: true, Because: "one \x1b[31mteam"},
		{Rule: "feature-without-problem", Team: "payments", Stage: "remind", ReviewOn: "2026-11-16", Where: at("payments.yaml", 2)},
	}}
	for _, c := range []struct {
		day time.Time
		due bool
	}{{monday.Add(-9 * time.Hour), false}, {monday.Add(-8 * time.Hour), true}} {
		shown, err := Agreements(t.Context(), cfg, "payments", "feature-without-problem", c.day)
		if err != nil || shown.Name != "Payments" || len(shown.Rules) != 1 {
			t.Fatalf("shown = %+v, %v", shown, err)
		}
		if shown.Rules[0].ReviewDue != c.due {
			t.Errorf("on %v a review is due = %v", c.day, shown.Rules[0].ReviewDue)
		}
		values := map[string]ValueShown{}
		for _, v := range shown.Rules[0].Values {
			values[v.Name] = v
		}
		for name, want := range map[string]ValueShown{
			"settings.min_chars": {"settings.min_chars", "120", "organisation", "fairlead.yaml:9:1", true},
			"stage":              {"stage", "remind", "team", "payments.yaml:2:1", false},
			"settings.depth":     {"settings.depth", "4", "shipped", "", false},
			"off":                {"off", "false", "shipped", "", false},
		} {
			if values[name] != want {
				t.Errorf("%s = %+v, want %+v", name, values[name], want)
			}
		}
	}
	core, err := Agreements(t.Context(), cfg, "core", "assigned-bypassing-em", monday)
	if err != nil || core.Rules[0].On || core.Rules[0].Because != "one team" {
		t.Errorf("core = %+v, %v", core, err)
	}
	if _, err := Agreements(t.Context(), cfg, "growth", "", monday); !IsRequestMistake(err) {
		t.Errorf("err = %v", err)
	}
	if _, err := Agreements(t.Context(), cfg, "", "nope", monday); !IsRequestMistake(err) {
		t.Errorf("err = %v", err)
	}
	all, err := Agreements(t.Context(), cfg, "", "", monday)
	if err != nil || len(all.Rules) < 3 || all.Name != "The whole organisation" {
		t.Errorf("all = %+v, %v", all, err)
	}
	shown, err := RulesShown(t.Context(), cfg, "assigned-bypassing-em")
	if err != nil || len(shown) != 1 || !slices.Equal(shown[0].InForce, []string{"payments"}) || shown[0].Off[0] != (RuleOff{"core", "one team"}) || !shown[0].Unowned {
		t.Errorf("rule = %+v, %v", shown, err)
	}
	if !strings.Contains(shown[0].When, "\n") || len(shown[0].Settings) == 0 {
		t.Errorf("rule = %+v, want its condition as it is written and its settings", shown[0])
	}
	catalog, err := rules.Catalog()
	if every, shownErr := RulesShown(t.Context(), cfg, ""); err != nil || shownErr != nil || len(every) != len(catalog) {
		t.Errorf("%d rules, %v, want %d", len(every), shownErr, len(catalog))
	}
	if _, err := RulesShown(t.Context(), cfg, "nope"); !IsRequestMistake(err) {
		t.Errorf("err = %v", err)
	}
}

func at(file string, line int) yamlfile.Place {
	return yamlfile.Place{File: file, Line: line, Column: 1}
}
