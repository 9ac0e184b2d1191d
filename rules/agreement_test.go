package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// placed gives agreements places as a file would, one on each line of it.
func placed(agreed ...rules.Agreement) []rules.Agreement {
	for i := range agreed {
		agreed[i].Mistake = func(hint, text string, path ...any) yamlfile.Mistake {
			where := make([]string, len(path))
			for n, p := range path {
				where[n] = fmt.Sprint(p)
			}
			return yamlfile.Mistake{Place: yamlfile.Place{File: strings.Join(where, "."), Line: i + 1, Column: 1}, Text: text, Hint: hint}
		}
	}
	return agreed
}

func TestWhatTheOrganisationPinnedNoTeamChanges(t *testing.T) {
	const rule = "feature-without-problem"
	chars := func(n int) map[string]any { return map[string]any{"min_chars": n} }
	for _, c := range []struct {
		name      string
		org, team rules.Agreement
		want      string // place and beginning of the mistake; empty: fine
	}{
		{"nothing is pinned", rules.Agreement{Settings: chars(120)}, rules.Agreement{Settings: chars(40), Stage: rules.Watch}, ""},
		{"a pinned setting", rules.Agreement{Settings: chars(120), Pin: rules.Pin{Names: []string{"settings.min_chars"}}}, rules.Agreement{Settings: chars(40)},
			"settings.min_chars:2:1: the organisation has pinned settings.min_chars of feature-without-problem to 120"},
		{"another setting than the pinned", rules.Agreement{Pin: rules.Pin{Names: []string{"settings.min_chars"}}}, rules.Agreement{Settings: map[string]any{"depth": 2}}, ""},
		{"a setting that ships and is pinned", rules.Agreement{Pin: rules.Pin{Names: []string{"settings.min_chars"}}}, rules.Agreement{Settings: chars(40)},
			"settings.min_chars:2:1: the organisation has pinned settings.min_chars of feature-without-problem to 80"},
		{"all settings pinned by one word", rules.Agreement{Pin: rules.Pin{Names: []string{"settings"}}}, rules.Agreement{Settings: map[string]any{"depth": 2}},
			"settings.depth:2:1: the organisation has pinned settings.depth of feature-without-problem to 4"},
		{"the same value again", rules.Agreement{Settings: chars(120), Pin: rules.Pin{All: true}}, rules.Agreement{Settings: map[string]any{"min_chars": uint64(120)}}, ""},
		{"switched off where it is pinned on", rules.Agreement{Pin: rules.Pin{Names: []string{"off"}}}, rules.Agreement{Off: true},
			"off:2:1: the organisation keeps feature-without-problem on for every team"},
		{"switched on where it is pinned off", rules.Agreement{Off: true, Pin: rules.Pin{All: true}}, rules.Agreement{},
			"rule:2:1: the organisation has switched feature-without-problem off for every team"},
		{"a stage under a pin of everything", rules.Agreement{Pin: rules.Pin{All: true}}, rules.Agreement{Stage: rules.Watch},
			"stage:2:1: the organisation has pinned stage of feature-without-problem to report"},
		{"a review day that was left empty", rules.Agreement{Pin: rules.Pin{All: true}}, rules.Agreement{ReviewOn: "2027-01-15"},
			"review_on:2:1: the organisation has pinned review_on of feature-without-problem, and left it empty"},
		{"an exception", rules.Agreement{Except: rules.Exceptions{Labels: []string{"spike"}}, Pin: rules.Pin{All: true}}, rules.Agreement{Except: rules.Exceptions{Labels: []string{"chore"}}},
			"except.labels:2:1: the organisation has pinned the exceptions of feature-without-problem"},
		{"who is told", rules.Agreement{Tell: finding.ForEMPM, Pin: rules.Pin{Names: []string{"tell"}}}, rules.Agreement{Tell: finding.ForTeam},
			"tell:2:1: the organisation has pinned tell of feature-without-problem to em-pm"},
		{"words under a pin of the stage", rules.Agreement{Pin: rules.Pin{Names: []string{"stage"}}}, rules.Agreement{Promise: "We say why", Ask: "Why?"}, ""},
		{"nothing to pin", rules.Agreement{Pin: rules.Pin{Names: []string{"settings.min_char"}}}, rules.Agreement{},
			`pin.0:1:1: "settings.min_char" is nothing that can be pinned in feature-without-problem`},
		{"a team that pins", rules.Agreement{}, rules.Agreement{Pin: rules.Pin{All: true}}, "pin:2:1: only the organisation can pin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.org.Rule, c.team.Rule, c.team.Team = rule, rule, "payments"
			_, err := rules.NewBook(catalog(t), placed(c.org, c.team), teams)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("err = %v, want none", err)
			case c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)):
				t.Errorf("err = %v, want %s", err, c.want)
			}
		})
	}
}

func TestAPinSaysWhereItStands(t *testing.T) {
	_, err := rules.NewBook(catalog(t), placed(
		rules.Agreement{Rule: "feature-without-problem", Pin: rules.Pin{All: true}},
		rules.Agreement{Rule: "feature-without-problem", Team: "core", Stage: rules.Watch, Off: false},
	), teams)
	if err == nil || !strings.Contains(err.Error(), "whoever keeps pin:1:1 can lift the pin") {
		t.Errorf("err = %v", err)
	}
}

func TestARuleThatNamesPeopleIsToldToNobodyElse(t *testing.T) {
	const named, open = "assigned-bypassing-em", "feature-without-problem"
	for _, c := range []struct {
		rule string
		tell finding.Audience
		want string
	}{
		{named, finding.ForEM, ""},
		{named, finding.ForEMPM, "only the EM alone may be told"},
		{named, finding.ForTeam, "only the EM alone may be told"},
		{named, finding.ForOrg, "only the EM alone may be told"},
		{open, finding.ForEM, ""},
		{open, finding.ForEMPM, ""},
		{open, finding.ForTeam, ""},
		{open, finding.ForOrg, ""},
		{open, "teem", `did you mean "team"?`},
	} {
		for _, team := range []string{"", "payments"} {
			_, err := rules.NewBook(catalog(t), []rules.Agreement{{Rule: c.rule, Team: team, Tell: c.tell}}, teams)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s told to %s by %q: err = %v, want %q", c.rule, c.tell, team, err, c.want)
			}
		}
	}
}

func TestFindingsAreToldToWhomTheTeamAgreed(t *testing.T) {
	work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{{Key: "PAY-1", Kind: "feature", Category: "started"}, {Key: "CORE-1", Core: true, Kind: "feature", Category: "started"}}})
	out := check(t, book(t, three(t), rules.Agreement{Rule: "feature-without-problem", Team: "core", Tell: finding.ForEM}), work, dir, now)
	got := map[string]finding.Audience{}
	for _, s := range out.Seen {
		got[s.Subject.Key] = s.Audience
	}
	if got["CORE-1"] != finding.ForEM || got["PAY-1"] != finding.ForTeam {
		t.Errorf("told to %v", got)
	}
	// What only the EM sees touches nothing that the team is told.
	if f := out.Flights[0]; f.Team != "core" || f.Clear != 1 {
		t.Errorf("flight = %+v, want CORE-1 clear", f)
	}
}

func TestExceptedTicketsAreNotLookedAt(t *testing.T) {
	labelled := func(labels ...string) rules.TestTicket {
		return rules.TestTicket{Key: "PAY-1", Kind: "feature", Category: "started", Labels: labels}
	}
	for _, c := range []struct {
		name      string
		ticket    rules.TestTicket
		org, team rules.Exceptions
		want      string
	}{
		{"another label", labelled("refunds"), rules.Exceptions{Labels: []string{"spike"}}, rules.Exceptions{}, "feature-without-problem PAY-1"},
		{"a label of the organisation, in other letters", labelled("SPIKE"), rules.Exceptions{Labels: []string{"spike"}}, rules.Exceptions{Labels: []string{"chore"}}, ""},
		{"a label of the team beside one of the organisation", labelled("chore"), rules.Exceptions{Labels: []string{"spike"}}, rules.Exceptions{Labels: []string{"Chore"}}, ""},
		{"the project", labelled(), rules.Exceptions{}, rules.Exceptions{Projects: []string{"pay"}}, ""},
		{"another project", labelled(), rules.Exceptions{}, rules.Exceptions{Projects: []string{"OPS"}}, "feature-without-problem PAY-1"},
		{"the epic it stands below", rules.TestTicket{Key: "PAY-1", Kind: "feature", Category: "started", Parent: "PAY-9"}, rules.Exceptions{Projects: []string{"PAY-9"}}, rules.Exceptions{}, ""},
		{"what else holds it", rules.TestTicket{Key: "PAY-1", Kind: "feature", Category: "started", In: []string{"launch-3f2a"}}, rules.Exceptions{Projects: []string{"launch-3f2a"}}, rules.Exceptions{}, ""},
		{"nothing is no exception", labelled(""), rules.Exceptions{Labels: []string{""}, Projects: []string{""}}, rules.Exceptions{}, "feature-without-problem PAY-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{c.ticket}})
			b := book(t, three(t),
				rules.Agreement{Rule: "feature-without-problem", Except: c.org},
				rules.Agreement{Rule: "feature-without-problem", Team: "payments", Except: c.team})
			if got := noticed(check(t, b, work, dir, now)); got != c.want {
				t.Errorf("noticed %q, want %q", got, c.want)
			}
		})
	}
}

func TestWhatAFindingWouldBeAboutIsExceptedAsWell(t *testing.T) {
	work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{
		{Key: "PAY-1", Kind: "container", Category: "started", Labels: []string{"discovery"}},
		{Key: "PAY-2", Kind: "feature", Category: "started", Parent: "PAY-1"},
	}})
	agreed := rules.Agreement{Rule: "feature-without-problem"}
	if got, want := noticed(check(t, book(t, three(t), agreed), work, dir, now)), "feature-without-problem PAY-1"; got != want {
		t.Fatalf("noticed %q, want %q", got, want)
	}
	agreed.Except.Labels = []string{"discovery"}
	if got := noticed(check(t, book(t, three(t), agreed), work, dir, now)); got != "" {
		t.Errorf("noticed %q, want nothing about an epic that is excepted", got)
	}
}

func TestEveryValueSaysWhereItCameFrom(t *testing.T) {
	b, err := rules.NewBook(catalog(t), placed(
		rules.Agreement{Rule: "feature-without-problem", Settings: map[string]any{"min_chars": 120}, Stage: rules.Remind, Pin: rules.Pin{Names: []string{"stage"}}, Except: rules.Exceptions{Labels: []string{"spike"}}},
		rules.Agreement{Rule: "feature-without-problem", Team: "payments", Settings: map[string]any{"depth": 2}, Ask: "Why?", Except: rules.Exceptions{Projects: []string{"OPS", "a, b"}}},
		rules.Agreement{Rule: "assigned-bypassing-em", Off: true, Because: "we look at this by hand"},
		rules.Agreement{Rule: "assigned-bypassing-em", Team: "core", Settings: map[string]any{"grace": "3 working days"}, ReviewOn: "2027-01-15"},
		rules.Agreement{Rule: "work-without-sprint-goal", Team: "payments", Off: true, Because: "no sprints yet"},
	), teams)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, team := range []string{"payments", "core", ""} {
		for _, a := range b.Standing(team) {
			if a.Rule.ID != "feature-without-problem" && a.From == rules.FromCatalog {
				continue
			}
			fmt.Fprintf(&all, "team %q: %s %s\n", team, a.Rule.ID, a.Because)
			for _, v := range a.Values() {
				if v.From == rules.FromCatalog && !v.Pinned {
					continue
				}
				pinned := ""
				if v.Pinned {
					pinned = ", pinned"
				}
				fmt.Fprintf(&all, "  %s: %s (%s, %s%s)\n", v.Name, v.Words, v.From, v.Where, pinned)
			}
		}
	}
	golden(t, "testdata/values.golden", all.String())
}

func TestASettingReadsWhatItWrites(t *testing.T) {
	for _, r := range catalog(t) {
		for _, s := range r.Settings {
			value, err := s.Read(s.Words())
			if err != nil {
				t.Errorf("%s.%s: %s is not read back: %v", r.ID, s.Name, s.Words(), err)
				continue
			}
			again := rules.AdoptedSetting{Setting: s, Value: value}
			if again.Words() != s.Words() {
				t.Errorf("%s.%s: %s became %s", r.ID, s.Name, s.Words(), again.Words())
			}
		}
	}
}

func TestASettingIsReadFromACommandLine(t *testing.T) {
	r := parse(t, small("true", "settings:",
		"  word: {type: text, default: x, help: h}", "  count: {type: integer, default: 3, help: h}", "  share: {type: percent, default: 30 %, help: h}",
		"  span: {type: duration, default: 48h, help: h}", "  grace: {type: wait, default: 48h, help: h}", "  words: {type: list, default: [], help: h}",
		"  flag: {type: boolean, default: true, help: h}", "  factor: {type: number, default: 2.5, help: h}"))
	for _, c := range []struct{ name, text, want, mistake string }{
		{"word", "12", "12", ""},
		{"word", "", "", ""},
		{"count", "12", "12", ""},
		{"count", "twelve", "", `"twelve" is not a whole number`},
		{"share", "45 %", "45 %", ""},
		{"share", "12.5%", "12.5 %", ""},
		{"share", "45", "", "45 is not a percentage"},
		{"span", "3 weeks", "21 days", ""},
		{"span", "90 minutes", "90 minutes", ""},
		{"span", "48", "", "48 has no unit"},
		{"grace", "3 working days", "3 working days", ""},
		{"words", "[a, b c]", "[a, b c]", ""},
		{"words", "a, b c", "[a, b c]", ""},
		{"words", "a", "[a]", ""},
		{"words", "", "[]", ""},
		{"words", `["1", x]`, `["1", x]`, ""},
		{"words", "[a", "", `"[a" is not a list`},
		{"flag", "false", "false", ""},
		{"flag", "no", "", `"no" is neither true nor false`},
		{"factor", "0.5", "0.5", ""},
	} {
		s, _ := r.Setting(c.name)
		v, err := s.Read(c.text)
		if c.mistake != "" {
			if err == nil || !strings.Contains(err.Error(), c.mistake) {
				t.Errorf("%s=%s: err = %v, want %s", c.name, c.text, err, c.mistake)
			}
			continue
		}
		got := rules.AdoptedSetting{Setting: s, Value: v}
		if err != nil || got.Words() != c.want {
			t.Errorf("%s=%s: %q, %v, want %q", c.name, c.text, got.Words(), err, c.want)
		}
	}
}
