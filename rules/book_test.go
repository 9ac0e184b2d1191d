package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

func TestAgreementsLieOverOneAnother(t *testing.T) {
	b := book(t, three(t),
		rules.Agreement{Rule: "feature-without-problem", Settings: map[string]any{"min_chars": 120, "depth": uint64(2)}, Stage: rules.Remind, Promise: "We say why"},
		rules.Agreement{Rule: "feature-without-problem", Team: "payments", Settings: map[string]any{"min_chars": int64(40), "committed_statuses": []any{"Selected"}}, Ask: "Why {subject.key}?", ReviewOn: "2027-01-15"},
		rules.Agreement{Rule: "work-without-sprint-goal", Team: "core", Off: true},
		rules.Agreement{Rule: "assigned-bypassing-em", Off: true},
		rules.Agreement{Rule: "assigned-bypassing-em", Team: "core", Settings: map[string]any{"grace": "2 days"}},
	)
	for _, c := range []struct{ team, want string }{
		{"payments", "feature-without-problem(committed_statuses=[Selected] team, depth=2 organisation, min_chars=40 team), work-without-sprint-goal()"},
		{"core", "assigned-bypassing-em(grace=48 hours team), feature-without-problem(depth=2 organisation, min_chars=120 organisation)"},
		{"", "feature-without-problem(depth=2 organisation, min_chars=120 organisation), work-without-sprint-goal()"},
		{"nobody knows this team", "feature-without-problem(depth=2 organisation, min_chars=120 organisation), work-without-sprint-goal()"},
	} {
		var all []string
		for _, a := range b.InForce(c.team) {
			var own []string
			for _, s := range a.Settings {
				if s.From != rules.FromCatalog {
					own = append(own, fmt.Sprintf("%s=%v %s", s.Name, s.Value, s.From))
				}
			}
			all = append(all, a.Rule.ID+"("+strings.Join(own, ", ")+")")
		}
		if got := strings.Join(all, ", "); got != c.want {
			t.Errorf("team %q has\n%s\nwant\n%s", c.team, got, c.want)
		}
	}
	a := b.InForce("payments")[0]
	if a.Promise != "We say why" || a.Ask != "Why {subject.key}?" || a.Stage != rules.Remind || a.ReviewOn != "2027-01-15" || a.From != rules.FromTeam {
		t.Errorf("adopted = %+v", a)
	}
}

func TestHowPeopleAreRemindedIsLaidOverAsWell(t *testing.T) {
	days := func(n int) *int { return &n }
	yes, no := true, false
	b := book(t, three(t),
		rules.Agreement{Rule: "feature-without-problem", Stage: rules.Remind, Remind: rules.Reminding{After: days(3), Comment: &yes}, Pin: rules.Pin{Names: []string{"remind.comment"}}},
		rules.Agreement{Rule: "feature-without-problem", Team: "payments", Remind: rules.Reminding{After: days(0)}},
		rules.Agreement{Rule: "work-without-sprint-goal", Team: "core", Remind: rules.Reminding{Comment: &no}},
	)
	for _, c := range []struct {
		team, rule string
		after      int
		comment    bool
	}{
		{"payments", "feature-without-problem", 0, true},
		{"core", "feature-without-problem", 3, true},
		{"core", "work-without-sprint-goal", 1, false},
		{"payments", "work-without-sprint-goal", 1, false},
	} {
		for _, a := range b.InForce(c.team) {
			if a.Rule.ID == c.rule && (a.RemindAfter != c.after || a.RemindComment != c.comment) {
				t.Errorf("%s of %s: after %d working days, with a comment: %v; want %d and %v", c.rule, c.team, a.RemindAfter, a.RemindComment, c.after, c.comment)
			}
		}
	}
	var said []string
	for _, v := range b.InForce("payments")[slices.Index(b.RulesOf("payments"), "feature-without-problem")].Values() {
		if strings.HasPrefix(v.Name, "remind.") {
			said = append(said, fmt.Sprintf("%s=%s %s %v", v.Name, v.Words, v.From, v.Pinned))
		}
	}
	if got, want := strings.Join(said, ", "), "remind.after=0 team false, remind.comment=true organisation true"; got != want {
		t.Errorf("values = %s, want %s", got, want)
	}
}

func TestACommentThatTellsMoreThanTheAudienceIsRefused(t *testing.T) {
	yes, no := true, false
	for name, c := range map[string]struct {
		agreements []rules.Agreement
		want       string
	}{
		"what the team may see":        {[]rules.Agreement{{Rule: "feature-without-problem", Remind: rules.Reminding{Comment: &yes}}}, ""},
		"what only the EM may see":     {[]rules.Agreement{{Rule: "assigned-bypassing-em", Remind: rules.Reminding{Comment: &yes}}}, "are for the EM alone"},
		"what a team told fewer of":    {[]rules.Agreement{{Rule: "feature-without-problem", Team: "core", Tell: "em", Remind: rules.Reminding{Comment: &yes}}}, "are for the EM alone"},
		"no comment is always allowed": {[]rules.Agreement{{Rule: "assigned-bypassing-em", Remind: rules.Reminding{Comment: &no}}}, ""},
		"a pinned comment": {[]rules.Agreement{
			{Rule: "feature-without-problem", Remind: rules.Reminding{Comment: &no}, Pin: rules.Pin{Names: []string{"remind"}}},
			{Rule: "feature-without-problem", Team: "core", Remind: rules.Reminding{Comment: &yes}},
		}, "pinned remind.comment"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := rules.NewBook(three(t), c.agreements, teams)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("err = %v, want %q", err, c.want)
			}
		})
	}
}

func TestWhatATeamAgreedIsWhatItsFindingsSay(t *testing.T) {
	work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{{Key: "PAY-1", Kind: "feature", Category: "started", Description: "h2. Why\nBecause refunds take a day and people ask."}}})
	short := rules.Agreement{Rule: "feature-without-problem", Team: "payments", Promise: "We say why in {settings.min_chars} characters", Ask: "Why {subject.key}?"}
	for chars, want := range map[int]string{42: "", 43: "We say why in 43 characters|Why PAY-1?"} {
		short.Settings = map[string]any{"min_chars": chars}
		got := ""
		if out := check(t, book(t, three(t), short), work, dir, now); len(out.Seen) > 0 {
			got = out.Seen[0].Promise + "|" + out.Seen[0].Ask
		}
		if got != want {
			t.Errorf("with %d characters: %q, want %q", chars, got, want)
		}
	}
}

func TestWhatIsWrongWithAgreementsIsToldAtOnce(t *testing.T) {
	text := []byte(`agreements:
  - {rule: feature-without-problm, team: payment}
  - rule: assigned-bypassing-em
    team: payments
    stage: remnid
    settings: {grace: 48, windw: 2 days, leaders: director, bulk_changes: 2.5}
    ask: "Why {subject.kee}?"
    promise: "{ticket.key}"
  - {rule: work-without-sprint-goal}
  - {rule: work-without-sprint-goal}
`)
	f, mistakes := yamlfile.Parse("agreements.yaml", text)
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	at := func(n int) func(hint, text string, path ...any) yamlfile.Mistake {
		return func(hint, text string, path ...any) yamlfile.Mistake {
			return f.Mistake(hint, text, append([]any{"agreements", n}, path...)...)
		}
	}
	_, err := rules.NewBook(three(t), []rules.Agreement{
		{Rule: "feature-without-problm", Team: "payment", Mistake: at(0)},
		{Rule: "assigned-bypassing-em", Team: "payments", Stage: "remnid", Ask: "Why {subject.kee}?", Promise: "{ticket.key}", Mistake: at(1),
			Settings: map[string]any{"grace": int64(48), "windw": "2 days", "leaders": "director", "bulk_changes": 2.5}},
		{Rule: "work-without-sprint-goal", Mistake: at(2)},
		{Rule: "work-without-sprint-goal", Mistake: at(3)},
	}, teams)
	if err == nil {
		t.Fatal("they were accepted")
	}
	golden(t, "testdata/agreements.golden", err.Error()+"\n")
}

func TestAnAgreementWithoutAFileIsNamedByItsTeam(t *testing.T) {
	_, err := rules.NewBook(three(t), []rules.Agreement{{Rule: "nope", Team: "payments"}}, teams)
	if err == nil || !strings.HasPrefix(err.Error(), `agreement of team "payments": unknown rule "nope"`) {
		t.Errorf("err = %v", err)
	}
}

func TestTwoRulesOfOneIDAreRefused(t *testing.T) {
	twice := append(three(t), three(t)[0])
	if _, err := rules.NewBook(twice, nil, teams); err == nil || !strings.Contains(err.Error(), "two rules have the id") {
		t.Errorf("err = %v", err)
	}
	if _, err := rules.NewBook([]rules.Rule{{ID: "made-up"}}, nil, teams); err == nil {
		t.Error("a rule that was not parsed was accepted")
	}
}

func TestARuleThatShipsSwitchedOffIsSwitchedOnByAgreement(t *testing.T) {
	off := parse(t, small("ticket.in_flight", "on: false"))
	work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{{Key: "PAY-1", Category: "started"}, {Key: "CORE-1", Core: true, Category: "started"}}})
	for _, c := range []struct {
		agreed []rules.Agreement
		want   string
	}{
		{nil, ""},
		{[]rules.Agreement{{Rule: "small", Team: "core"}}, "small CORE-1"},
		{[]rules.Agreement{{Rule: "small"}}, "small CORE-1, small PAY-1"},
		{[]rules.Agreement{{Rule: "small"}, {Rule: "small", Team: "core", Off: true}}, "small PAY-1"},
	} {
		if got := noticed(check(t, book(t, []rules.Rule{off}, c.agreed...), work, dir, now)); got != c.want {
			t.Errorf("%+v: noticed %q, want %q", c.agreed, got, c.want)
		}
	}
}

func TestSettingsAreReadInTheirUnit(t *testing.T) {
	text := small(`settings.share > 0.29 && settings.share < 0.31 && settings.wait == duration("336h") && settings.count == 3 && settings.factor == 2.5 && settings.word == "x"`,
		"settings:", "  share: {type: percent, default: 30 %, help: h}", "  wait: {type: duration, default: 2 weeks, help: h}", "  count: {type: integer, default: 3, help: h}",
		"  factor: {type: number, default: 2.5, help: h}", "  word: {type: text, default: x, help: h}")
	r := parse(t, text)
	work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{{Key: "PAY-1"}}})
	if got := noticed(check(t, book(t, []rules.Rule{r}), work, dir, now)); got != "small PAY-1" {
		t.Errorf("noticed %q", got)
	}
	for name, wrong := range map[string][]any{
		"share": {30, "30", "101 %", "-1 %", "NaN %", "a %"}, "wait": {14, "14", "14 moons", "-2 days", "1e9 weeks", "99999999999999999999 weeks", true},
		"count": {2.5, "3", "3 days"}, "factor": {"2.5", true}, "word": {5, []any{"x"}},
	} {
		for _, v := range wrong {
			if _, err := rules.NewBook([]rules.Rule{r}, []rules.Agreement{{Rule: "small", Settings: map[string]any{name: v}}}, teams); err == nil {
				t.Errorf("%s: %v was accepted", name, v)
			}
		}
	}
	if v, ok := r.Setting("wait"); !ok || v.Default != 14*24*time.Hour {
		t.Errorf("wait = %+v", v)
	}
}
