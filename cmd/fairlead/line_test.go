package main

import (
	"encoding/json"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/daemon"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/simulator"
)

// acme is a configuration of a simulated site whose story ends last Monday,
// with agreements of the organisation and of one team. The site was read.
type acme struct {
	t    *testing.T
	path string
	env  map[string]string
}

func newAcme(t *testing.T, agreements string) *acme {
	t.Helper()
	end := org.WeekOf(time.Now(), time.UTC).Start.Add(8 * time.Hour)
	world, story := simulator.Story(7, end)
	options := story.Cloud
	options.Token = "tok-3f9a-do-not-show"
	server := httptest.NewServer(world.JiraCloud(options))
	t.Cleanup(server.Close)
	files := story.Files(simulator.Addresses{JiraCloud: server.URL, JiraDataCenter: server.URL, Linear: server.URL})
	files["fairlead.yaml"] = "sources:\n  - {jira: \"" + server.URL + "\", deployment: cloud, name: jira acme, user: " + options.User +
		", token: \"${TOKEN}\", projects: [PAY]}\norg: org.yaml\nteams: agreed/*.yaml\nreports:\n  - to: file:./reports\n" + agreements
	files["agreed/payments.yaml"] = "agreements:\n  - rule: feature-without-problem\n    ask: Why?\n    except: {labels: [spike]}\n    review_on: 2020-01-31\n"
	files["own/short.yaml"] = "id: short-title\nscope: ticket\ntitle: The title says little\npromise: Titles say what it is about\n" +
		"message: \"{ticket.key} has a short title.\"\nask: Say more.\nseverity: info\naudience: team\nsettings: {most: {type: integer, default: 30, unit: characters, help: how long a short title is}}\n" +
		"when: ticket.in_flight && size(ticket.title) <= settings.most\n"
	a := &acme{t: t, path: filepath.Join(writeFiles(t, files), "fairlead.yaml"), env: map[string]string{"TOKEN": "tok-3f9a-do-not-show"}}
	a.fine("sync", "-q")
	return a
}

// fine runs a command that must go well.
func (a *acme) fine(args ...string) string {
	a.t.Helper()
	got := run(a.t, a.env, append(args, "-c", a.path)...)
	if got.code != exitFine {
		a.t.Fatalf("%q: exit code %d\n%s%s", args, got.code, got.out, got.err)
	}
	return got.out
}

// refused runs a command line that has to change.
func (a *acme) refused(want string, args ...string) {
	a.t.Helper()
	got := run(a.t, a.env, append(args, "-c", a.path)...)
	if got.code != exitUsage || !strings.Contains(got.err, want) || got.out != "" {
		a.t.Errorf("%q: exit code %d, want %d and %q\n%s%s", args, got.code, exitUsage, want, got.out, got.err)
	}
}

func (a *acme) says(out string, want ...string) {
	a.t.Helper()
	for _, w := range want {
		if !strings.Contains(out, w) {
			a.t.Errorf("it says\n%swant %q", out, w)
		}
	}
}

func decoded[T any](t *testing.T, out string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return v
}

func TestAgreementsAreShownWithWhereTheyComeFrom(t *testing.T) {
	a := newAcme(t, "agreements:\n  - rule: feature-without-problem\n    settings: {min_chars: 120}\n    pin: [settings.min_chars]\n"+
		"  - {rule: assigned-bypassing-em, off: true, because: we look at this by hand}\n")
	a.says(a.fine("agreements", "show", "--team", "payments"),
		"Payments\n", "\nfeature-without-problem\n", "  ask                    Why? (team, ", "payments.yaml:3:10)", "  settings.min_chars     120 (organisation, ", "fairlead.yaml:9:27, pinned)",
		"  except.labels          [spike] (team, ", "  review_on              2020-01-31 (team, ", "the day has come to look at this agreement again",
		"more values as shipped", "\nAs shipped\n", "\nOff\n  assigned-bypassing-em, because we look at this by hand (organisation, ", "fairlead.yaml:11:40)")
	a.says(a.fine("agreements", "show"), "The whole organisation\n", "settings.min_chars     120 (organisation")
	one := a.fine("agreements", "show", "--team", "payments", "--rule", "feature-without-problem")
	a.says(one, "  settings.depth         4 (shipped)\n")
	if strings.Contains(one, "assigned") {
		t.Errorf("one rule was asked for:\n%s", one)
	}
	shown := decoded[struct {
		Team  string
		Rules []struct {
			Rule      string
			On        bool
			ReviewDue bool `json:"review_due"`
			Values    []struct{ Name, Value, From, Where string }
		}
	}](t, a.fine("agreements", "show", "--team", "payments", "--rule", "feature-without-problem", "--format", "json"))
	if shown.Team != "payments" || len(shown.Rules) != 1 || !shown.Rules[0].On || !shown.Rules[0].ReviewDue || len(shown.Rules[0].Values) < 8 {
		t.Errorf("shown = %+v", shown)
	}
	a.refused(`no team has the id "payment"`, "agreements", "show", "--team", "payment")
	a.refused(`did you mean "feature-without-problem"?`, "agreements", "show", "--rule", "feature-without-problm")
	a.refused(`takes no arguments, got "payments"`, "agreements", "show", "payments")
	if got := run(t, a.env, "__complete", "agreements", "show", "-c", a.path, "--rule", "feature-w"); !strings.Contains(got.out, "feature-without-problem\n") {
		t.Errorf("completes to %q", got.out)
	}
}

func TestAPinnedValueThatATeamOverridesIsAMistake(t *testing.T) {
	a := newAcme(t, "")
	dir := writeFiles(t, map[string]string{
		"fairlead.yaml": "sources:\n  - {jira: \"http://127.0.0.1:1\", deployment: data-center, token: \"${TOKEN}\", projects: [PAY]}\norg: org.yaml\nteams: payments.yaml\n" +
			"agreements:\n  - {rule: feature-without-problem, stage: report, pin: [stage]}\n",
		"org.yaml":      tinyOrg,
		"payments.yaml": "agreements:\n  - rule: feature-without-problem\n    stage: watch\n  - rule: assigned-bypassing-em\n    tell: team\n",
	})
	a.path = filepath.Join(dir, "fairlead.yaml")
	for _, command := range [][]string{{"config", "check"}, {"check"}, {"agreements", "show"}, {"rules", "list"}} {
		got := run(t, a.env, append(command, "-c", a.path)...)
		if got.code != exitUsage {
			t.Errorf("%q: exit code %d\n%s", command, got.code, got.out)
		}
		a.says(got.err, "payments.yaml:3:12: the organisation has pinned stage of feature-without-problem to report\n\t    stage: watch\n",
			"take it out here; whoever keeps ", "fairlead.yaml:6:57 can lift the pin",
			"payments.yaml:5:11: findings of assigned-bypassing-em name people, so that only the EM alone may be told", "leave it at em, or tell fewer people")
	}
}

func TestPastWeeksAreLookedAtAndRebuilt(t *testing.T) {
	a := newAcme(t, "")
	day := time.Now().UTC().AddDate(0, 0, -21).Format(time.DateOnly)
	look := a.fine("check", "--as-of", day)
	a.says(look, "As of "+day+" 23:59 UTC: ", "This was only a look; the ledger stays as it is.")
	now := decoded[struct{ Open, Tickets int }](t, a.fine("check", "--as-of", "now", "--format", "json"))
	rebuilt := a.fine("backfill", "--weeks", "20")
	a.says(rebuilt, "20 weeks rebuilt, for ", " rules:\n", " opened", "work-without-sprint-goal trackers keep no whole history")
	again := a.fine("backfill", "--weeks", "20")
	a.says(again, "There is no week to rebuild")
	checked := decoded[struct{ Open, Opened, Tickets int }](t, a.fine("check", "--format", "json"))
	if checked.Open != now.Open || checked.Tickets != now.Tickets || checked.Open == 0 {
		t.Errorf("check found %+v, the look as of now %+v", checked, now)
	}
	since := regexp.MustCompile(`, since .*`) // the ledger knows that now
	if after := since.ReplaceAllString(a.fine("check", "--as-of", day), ""); after != since.ReplaceAllString(look, "") || strings.Contains(look, ", since") {
		t.Errorf("after the check the same look says\n%s\nbefore it\n%s", after, look)
	}
	a.refused(`"soon" is not a moment`, "check", "--as-of", "soon")
	a.refused("has not come yet", "check", "--as-of", "2999-01-01")
	a.refused("choose from 1 to 104", "backfill", "--weeks", "0")
}

func TestRulesAreListedShownAndTried(t *testing.T) {
	a := newAcme(t, "rules: own/*.yaml\nagreements:\n  - {rule: assigned-bypassing-em, off: true, because: by hand}\n")
	a.says(a.fine("rules", "list"), "feature-without-problem", "told to team", "assigned-bypassing-em            high  told to em     off", "short-title")
	a.says(a.fine("rules", "show", "short-title"), "short-title: The title says little\n", "It fires for each ticket where\n  ticket.in_flight && size(ticket.title) <= settings.most\n",
		"  most (integer): 30 characters\n    how long a short title is\n", "In force for ", "0 tests; fairlead rules try short-title")
	a.says(a.fine("rules", "show", "assigned-bypassing-em"), "Off for payments, because by hand\n", "past weeks from history: yes.")
	if all := decoded[[]struct{ ID string }](t, a.fine("rules", "list", "--format", "json")); len(all) < 4 {
		t.Errorf("%d rules", len(all))
	}
	a.refused("takes one RULE", "rules", "show")
	a.refused(`did you mean "short-title"?`, "rules", "show", "short-titel")

	a.says(a.fine("rules", "try", "short-title", "--team", "payments"), "short-title in the work of payments, since ", "would have raised ", " open now.\n", "  week       opened closed   open\n", "  now  ", "Some of it, what is open first")
	a.says(a.fine("rules", "try", "short-title", "--set", "most=60"), "most is 60 here, and 30 today", "Today's agreement would have raised ", "The change raises ", "Only with the change")
	a.says(a.fine("rules", "try", "assigned-bypassing-em", "--weeks", "4"), "today it is off for payments, because by hand")
	own := filepath.Join(filepath.Dir(a.path), "own", "short.yaml")
	tried := decoded[struct {
		Rule   string
		Raised int
		Weeks  []struct{ Week string }
	}](t, a.fine("rules", "try", "--file", own, "--weeks", "4", "--format", "json"))
	if tried.Rule != "short-title" || tried.Raised == 0 || len(tried.Weeks) != 5 {
		t.Errorf("tried = %+v", tried)
	}
	a.refused("name one rule, or a file with --file", "rules", "try")
	a.refused("most: \"long\" is not a whole number\n\twrite it without a unit", "rules", "try", "short-title", "--set", "most=long")
	a.refused("short-title is not silent", "rules", "unmute", "short-title")
	a.refused(`has no command "tyr"`, "rules", "tyr")
}

func TestFindingsAreExplained(t *testing.T) {
	a := newAcme(t, "rules: own/*.yaml\n")
	a.fine("check")
	open := decoded[struct {
		Findings []struct{ ID, Rule, Key string }
	}](t, a.fine("check", "--as-of", "now", "--format", "json"))
	if len(open.Findings) == 0 {
		t.Fatal("nothing is open: the test shows nothing")
	}
	one := open.Findings[0]
	a.says(a.fine("explain", one.ID), one.Rule+": ", one.Key, "finding "+one.ID, "We agreed: ", "Open since ", "As of ", "✓ ", "It is noticed: ")
	all := decoded[[]struct {
		Finding struct{ ID string }
		Rows    []struct {
			About string
			Holds bool
			When  []struct{ Text, Value string }
		}
	}](t, a.fine("explain", one.ID[:8], "--format", "json"))
	if len(all) != 1 || all[0].Finding.ID != one.ID || len(all[0].Rows) == 0 || len(all[0].Rows[0].When) == 0 {
		t.Errorf("explained = %+v", all)
	}
	a.says(a.fine("explain", "--why-not", "short-title", "PAY-1"), "short-title: The title says little", "PAY-1, of payments", "size(ticket.title) <= settings.most", "settings.most: 30")
	a.refused("name one finding", "explain")
	a.refused(`there is no finding "PAY-99999"`, "explain", "PAY-99999")
	a.refused(`no ticket "PAY-99999" is stored`, "explain", "--why-not", "short-title", "PAY-99999")
	a.refused(`did you mean "short-title"?`, "explain", "--why-not", "short-titel", "PAY-1")
}

func TestWhatACheckSays(t *testing.T) {
	var out strings.Builder
	describeCheck(&out, daemon.CheckResult{
		Tickets: 900, Open: 131, Opened: 90,
		Muted:   []daemon.MutedRule{{Rule: "feature-without-problem", New: 90, Usual: 4.4, Held: 1}},
		Loud:    []daemon.LoudRule{{Rule: "work-without-goal", Source: "jira acme", Open: 41}, {Rule: "ritual-missed", Open: 31}},
		Stopped: map[string]string{"b": "too many steps", "a": "too many steps"},
	})
	want := `900 tickets checked: 131 exceptions open, 90 new, 0 settled
  feature-without-problem is silent: 90 new at once, where 4 a week are usual; 1 finding is kept back
	have a look with fairlead rules try feature-without-problem, then fairlead rules unmute feature-without-problem
  work-without-goal: 41 open in jira acme since the first look
	if that is more than expected, look at some with fairlead rules try work-without-goal and at the mapping with fairlead doctor --mapping
  ritual-missed: 31 open since the first look
	if that is more than expected, look at some with fairlead rules try ritual-missed and at the mapping with fairlead doctor --mapping
  a could not be evaluated; its findings are frozen
	too many steps
  b could not be evaluated; its findings are frozen
	too many steps
`
	if out.String() != want {
		t.Errorf("it says\n%swant\n%s", out.String(), want)
	}
}
