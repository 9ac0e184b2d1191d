package config

import (
	"reflect"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/ticket"
)

// readAgain reads an agreement from its own text, as a page's and as one of a team's
// file.
func readAgain(t *testing.T, a *Agreement) Agreement {
	t.Helper()
	text := a.Text()
	got, err := (&Config{}).ReadAgreement(PageEntry{Number: 7, Page: "agreements", Team: a.Team, By: "lee", Text: text})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	got.Where, got.file, got.path = a.Where, nil, nil
	return got
}

func TestAnAgreementIsReadAsItWasWritten(t *testing.T) {
	after, comment := 0, false
	full := Agreement{
		Rule: "feature-without-problem", Team: "payments", Promise: "Every feature says: which problem it solves", Because: "it's\nours", Ask: "- which?",
		Stage: "remind", Tell: "team", ReviewOn: "2027-01-31", RemindAfter: &after, RemindComment: &comment,
		Settings:     map[string]any{"headings": []any{"Problem", "no", "12", "a, b", "x]"}, "min_chars": uint64(120), "share": "30 %", "wait": "3 working days", "exact": true, "text": "true", "factor": 2.5},
		ExceptLabels: []string{"q4", "[x]", "*"}, ExceptProjects: []string{"OPS"}, Pin: []string{"stage", "settings.min_chars"},
	}
	if got := readAgain(t, &full); !reflect.DeepEqual(got, full) {
		t.Errorf("got %+v\nwant %+v\n%s", got, full, full.Text())
	}
	off := full
	off.Off, off.PinAll, off.Pin = true, true, nil
	want := Agreement{Rule: full.Rule, Team: full.Team, Promise: full.Promise, Because: full.Because, Off: true, PinAll: true}
	if got := readAgain(t, &off); !reflect.DeepEqual(got, want) {
		t.Errorf("switched off: got %+v\nwant %+v", got, want)
	}
}

func TestAnExperimentIsReadAsItWasWritten(t *testing.T) {
	want := Experiment{Name: "Goals: written together", Hypothesis: "If # then", Team: "payments", Measure: "throughput", Expect: "up by 30%",
		Guardrail: Guardrail{"wip", "not up"}, Start: "2026-11-02", End: "2026-12-13"}
	got, err := (&Config{}).ReadExperiment(PageEntry{Number: 3, Page: "experiments", Team: "payments", By: "lee", Text: want.Text()})
	got.spot = spot{}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func TestWhatIsWrongOnAPageSaysWhichRevisionOfWhom(t *testing.T) {
	for _, c := range []struct{ name, text, says string }{
		{"an unknown key", "rule: x\nsettngs: {}\n", `did you mean "settings"?`},
		{"off and tuned", "rule: x\noff: true\nstage: watch\n", "stage has no meaning where the rule is off"},
		{"no YAML", "rule: [x\n", "agreements page, revision 12 by lee"},
		{"a comment that nothing allows", "rule: x\nremind: {comment: true}\n", "no source allows comments"},
		{"nothing", "", "nothing is written"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := Config{Sources: []Source{{}}}
			_, err := cfg.ReadAgreement(PageEntry{Number: 12, Page: "agreements", By: "lee", Text: c.text})
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "agreements page, revision 12 by lee:") {
				t.Errorf("err = %v, want it to say %q", err, c.says)
			}
		})
	}
}

func FuzzAnAgreementComesBackAsItWasWritten(f *testing.F) {
	for _, s := range []string{"plain", "a: b", "# c", "x\ny", "- rule: other", "}\n---\nrule: y", "*a", "!!binary x", "\x00\x01\u202e", "'\"\\", "yes", "0x1f", "1e3", "~", "\u2028", "\U0001F680", "\xff", " lead", "a #b"} {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, promise, label, setting string) {
		valid := func(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
		a := Agreement{Rule: "feature-without-problem", Team: "payments", Promise: promise, Because: label, Ask: setting}
		if label != "" {
			a.ExceptLabels = []string{label}
		}
		a.Settings = map[string]any{"text": setting, "list": []any{label, promise}}
		want := a
		want.Promise, want.Because, want.Ask = valid(promise), valid(label), valid(setting)
		want.Settings = map[string]any{"text": valid(setting), "list": []any{valid(label), valid(promise)}}
		if label != "" {
			want.ExceptLabels = []string{valid(label)}
		}
		text := a.Text()
		if got := readAgain(t, &a); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v\nwant %+v\n%s", got, want, text)
		}
		e := Experiment{Name: "n" + promise, Hypothesis: label, Measure: "m" + setting, Expect: "e" + label, Start: "2026-11-02", End: ticket.Date("2026-12-13")}
		got, err := (&Config{}).ReadExperiment(PageEntry{Number: 1, Page: "experiments", Text: e.Text()})
		if len([]rune(e.Name)) <= 80 && (err != nil || got.Name != valid(e.Name) || got.Hypothesis != valid(label)) {
			t.Errorf("got %+v, %v\n%s", got, err, e.Text())
		}
	})
}
