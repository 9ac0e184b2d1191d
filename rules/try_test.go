package rules_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
)

// weeksBefore are the ends of so many weeks, and now.
func weeksBefore(now time.Time, n int) []time.Time {
	var out []time.Time
	for i := n; i >= 0; i-- {
		out = append(out, now.AddDate(0, 0, -7*i))
	}
	return out
}

// inFlightFor is a rule with a setting: in flight for so many days.
func inFlightFor(t *testing.T) rules.Rule {
	t.Helper()
	return parse(t, small("ticket.in_flight && has(ticket.started) && now - ticket.started > settings.grace", "settings: {grace: {type: duration, default: 1 day, help: h}}"))
}

// tried is work that was begun and finished so many days ago; 0: not finished.
func tried(key string, begun, done int) rules.TestTicket {
	t := rules.TestTicket{Key: key, Created: "200 days ago", Changes: []rules.TestChange{{At: fmt.Sprintf("%d days ago", begun), By: "mina", Field: "status", To: "started"}}}
	if done > 0 {
		t.Changes = append(t.Changes, rules.TestChange{At: fmt.Sprintf("%d days ago", done), By: "mina", Field: "status", To: "done"})
	}
	return t
}

func TestATryTellsWhatWouldHaveBeenRaised(t *testing.T) {
	work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{
		tried("PAY-1", 20, 10), // seen 14 days ago only
		tried("PAY-2", 9, 0),   // seen since 7 days ago
		tried("PAY-3", 3, 0),   // seen now
		tried("PAY-4", 12, 8),  // came and went between two looks
		{Key: "CORE-1", Core: true, Category: "started"},
	}})
	r := inFlightFor(t)
	b := book(t, []rules.Rule{r})
	all := func(*finding.Seen) bool { return true }
	p, err := b.Try(t.Context(), work, dir, "small", all, weeksBefore(now, 3))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range p.Moments {
		got = append(got, fmt.Sprintf("%.0f: +%d -%d =%d", now.Sub(m.At).Hours()/24, m.Opened, m.Closed, m.Open))
	}
	if want := []string{"21: +1 -0 =1", "14: +1 -0 =2", "7: +1 -1 =2", "0: +1 -0 =3"}; !reflect.DeepEqual(got, want) {
		t.Errorf("moments %q, want %q", got, want)
	}
	if len(p.Findings) != 4 || p.Open() != 3 || p.Stopped != nil {
		t.Errorf("%d raised, %d open, %v, want 4 and 3", len(p.Findings), p.Open(), p.Stopped)
	}
	if got := keysIn(p.Samples(10)); got != "PAY-3 PAY-2 CORE-1 PAY-1" {
		t.Errorf("samples %s, want what is open first, the latest first", got)
	}
	if got := keysIn(p.Samples(1)); got != "PAY-3" {
		t.Errorf("one sample: %s", got)
	}
	core, err := b.Try(t.Context(), work, dir, "small", func(s *finding.Seen) bool { return s.Team == "core" }, weeksBefore(now, 3))
	if err != nil || keysIn(core.Findings) != "CORE-1" {
		t.Errorf("of core: %s raised, %v, want CORE-1 alone", keysIn(core.Findings), err)
	}
}

func keysIn(all []finding.Finding) string {
	var keys []string
	for _, f := range all {
		keys = append(keys, f.Subject.Key)
	}
	return strings.Join(keys, " ")
}

func TestAChangedRuleIsHeldAgainstTodays(t *testing.T) {
	work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{tried("PAY-1", 20, 10), tried("PAY-2", 9, 0), tried("PAY-3", 3, 0)}})
	r := inFlightFor(t)
	all := func(*finding.Seen) bool { return true }
	look := func(agreed ...rules.Agreement) *rules.Preview {
		p, err := book(t, []rules.Rule{r}, agreed...).Try(t.Context(), work, dir, "small", all, weeksBefore(now, 3))
		if err != nil {
			t.Fatal(err)
		}
		return &p
	}
	today := look(rules.Agreement{Rule: "small", Settings: map[string]any{"grace": "5 days"}})
	changed := look(rules.Variant([]rules.Agreement{{Rule: "small", Settings: map[string]any{"grace": "5 days"}}}, &r, "", map[string]any{"grace": 8 * 24 * time.Hour})...)
	d := changed.Against(today)
	if keysIn(d.More) != "" || keysIn(d.Fewer) != "PAY-1" || d.MoreOpen != 0 || d.FewerOpen != 0 {
		t.Errorf("more %s, fewer %s, %+v", keysIn(d.More), keysIn(d.Fewer), d)
	}
	back := today.Against(changed)
	if keysIn(back.More) != "PAY-1" || keysIn(back.Fewer) != "" {
		t.Errorf("the other way round: more %s, fewer %s", keysIn(back.More), keysIn(back.Fewer))
	}
	loose := look(rules.Agreement{Rule: "small", Settings: map[string]any{"grace": "1 day"}})
	if d := loose.Against(changed); keysIn(d.More) != "PAY-3 PAY-1" || d.MoreOpen != 1 || d.FewerOpen != 0 {
		t.Errorf("more %s, %+v", keysIn(d.More), d)
	}
}

func TestAVariantPutsARuleInForceAsChanged(t *testing.T) {
	r := parse(t, small("ticket.in_flight", "on: false", "settings: {grace: {type: wait, default: 48h, help: h}, share: {type: percent, default: 30 %, help: h}, words: {type: list, default: [a], help: h}, n: {type: integer, default: 1, help: h}}"))
	other := parse(t, strings.Replace(small("true"), "id: small", "id: other", 1))
	agreed := []rules.Agreement{
		{Rule: "small", Off: true, Pin: rules.Pin{All: true}},
		{Rule: "small", Team: "core", Off: true},
		{Rule: "other", Team: "core", Off: true},
	}
	set := map[string]any{"share": 0.125, "words": []string{"x, y", "3"}, "n": int64(7), "grace": rules.Wait{Days: 3}}
	for _, c := range []struct{ team, want string }{
		{"", "core payments "},
		{"core", "core"},
		{"payments", "payments"},
	} {
		b := book(t, []rules.Rule{r, other}, rules.Variant(agreed, &r, c.team, set)...)
		var on []string
		for _, team := range []string{"core", "payments", ""} {
			if b.Has(team, "small") {
				on = append(on, team)
			}
			if b.Has("core", "other") {
				t.Error("another rule was switched on")
			}
		}
		if got := strings.Join(on, " "); got != c.want {
			t.Errorf("for %q it is on for %q, want %q", c.team, got, c.want)
		}
		for _, a := range b.Standing(on[0]) {
			for _, s := range a.Settings {
				if want := map[string]string{"share": "12.5 %", "words": `["x, y", "3"]`, "n": "7", "grace": "3 working days"}[s.Name]; a.Rule.ID == "small" && s.Words() != want {
					t.Errorf("%s = %s, want %s", s.Name, s.Words(), want)
				}
			}
		}
	}
	if !agreed[0].Off || !agreed[0].Pin.All || !agreed[1].Off {
		t.Error("the agreements given were changed")
	}
}

func TestSettingsOnACommandLineAreRefusedInWords(t *testing.T) {
	r := inFlightFor(t)
	bare := parse(t, small("true"))
	for _, c := range []struct {
		r          rules.Rule
		text, want string
	}{
		{r, "grace", "\"grace\" sets nothing\n\twrite NAME=VALUE, for example grace=24h"},
		{r, "graec=2 days", "unknown setting \"graec\" of small\n\tdid you mean \"grace\"?"},
		{r, "grace=2", "grace: 2 has no unit"},
		{bare, "grace=2 days", "unknown setting \"grace\" of small\n\tsmall has no settings"},
	} {
		if _, _, err := c.r.ReadSetting(c.text); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: err = %v, want %s", c.text, err, c.want)
		}
	}
	if name, v, err := r.ReadSetting(" grace = 36h"); name != "grace" || v != 36*time.Hour || err != nil {
		t.Errorf("%s = %v, %v", name, v, err)
	}
}

func TestARuleThatStopsIsTold(t *testing.T) {
	remarks := make([]rules.TestRemark, 500)
	for i := range remarks {
		remarks[i] = rules.TestRemark{At: "3 days ago", By: "mina"}
	}
	work, dir, now := build(t, rules.Test{Tickets: []rules.TestTicket{{Key: "PAY-1", Comments: remarks}}})
	costly := parse(t, small("ticket.comments.all(a, ticket.comments.all(b, ticket.comments.all(c, a.at == b.at || c.at == a.at)))"))
	p, err := book(t, []rules.Rule{costly}).Try(t.Context(), work, dir, "small", func(*finding.Seen) bool { return true }, weeksBefore(now, 1))
	if err != nil || p.Stopped == nil || !strings.Contains(p.Stopped.Error(), "steps") {
		t.Errorf("stopped = %v, %v", p.Stopped, err)
	}
}

// Whatever somebody types after --set is taken or refused in words, and what is
// taken is written so that it can be typed again.
func FuzzASettingIsTakenOrRefused(f *testing.F) {
	for _, seed := range []string{"12", "30 %", "3 working days", "[a, b", "a, b", "true", "-1e999", "\x1b[31m", "[\"1\", {}]", "99999999999999999999 weeks"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, typ := range rules.SettingTypes() {
			s := rules.Setting{Name: "s", Type: typ}
			v, err := s.Read(text)
			if err != nil {
				if !strings.Contains(err.Error(), "\n\t") {
					t.Errorf("%s: %q is refused without a remedy: %v", typ, text, err)
				}
				continue
			}
			again := rules.AdoptedSetting{Setting: s, Value: v}
			if _, err := s.Read(again.Words()); err != nil {
				t.Errorf("%s: %q became %q, which is refused: %v", typ, text, again.Words(), err)
			}
		}
	})
}
