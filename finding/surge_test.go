package finding_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	. "github.com/fairlead-dev/fairlead/finding"
)

// opened are so many findings of the rule that opened on the day; until is when
// they settled, 0 where they are open.
func openedOn(n, on, until int) []Finding {
	var out []Finding
	for i := range n {
		s := seen(ID(fmt.Sprint(on, " ", i)), "")
		f := Finding{Seen: s, State: Open, LastSeen: day(on), Spans: []Span{stretch(on, until, "")}}
		if until != 0 {
			f.State, f.Spans[0].End = Settled, Settled
		}
		out = append(out, f)
	}
	return out
}

func join(all ...[]Finding) []Finding {
	var out []Finding
	for _, f := range all {
		out = append(out, f...)
	}
	return out
}

func TestGuard(t *testing.T) {
	const now = 100
	knownSince := func(since, live int) func(*Finding) Known {
		return func(*Finding) Known { return Known{Since: day(since), Live: day(live)} }
	}
	for _, c := range []struct {
		name        string
		ledger      []Finding
		since, live int
		mutes       []Mute
		want        []Mute
	}{
		{name: "an empty ledger"},
		{name: "thirty new ones are not too many", ledger: openedOn(30, 99, 0), since: 1, live: 50},
		{
			name: "thirty-one are, where none is usual", ledger: openedOn(31, 99, 0), since: 1, live: 50,
			want: []Mute{{Rule: "rule", At: day(now), From: day(93), New: 31}},
		},
		{name: "the same number a day over a week ago is no news", ledger: openedOn(31, 93, 0), since: 1, live: 50},
		{
			name: "three times the usual is still usual", since: 1, live: 50,
			ledger: join(openedOn(36, 99, 0), openedOn(60, 80, 90), openedOn(84, 60, 61)), // 144 in twelve weeks
		},
		{
			name: "one more is not", since: 1, live: 50,
			ledger: join(openedOn(37, 99, 0), openedOn(60, 80, 90), openedOn(84, 60, 61)),
			want:   []Mute{{Rule: "rule", At: day(now), From: day(93), New: 37, Usual: 12}},
		},
		{
			name: "what settled within the week is not counted as new", since: 1, live: 50,
			ledger: join(openedOn(30, 99, 0), openedOn(40, 97, 98)),
		},
		{name: "a backlog at the first look is not sudden", ledger: openedOn(400, 99, 0), since: 20, live: 99},
		{name: "nor is what a replay found in the weeks before", ledger: openedOn(400, 95, 0), since: 20, live: 99},
		{name: "with one week to compare with nothing is usual", ledger: openedOn(400, 99, 0), since: 80, live: 85},
		{
			name: "with two weeks something is", ledger: join(openedOn(400, 99, 0), openedOn(4, 80, 90)), since: 79, live: 85,
			want: []Mute{{Rule: "rule", At: day(now), From: day(93), New: 400, Usual: 2}},
		},
		{
			name: "the backlog is no part of what is usual", ledger: join(openedOn(400, 99, 0), openedOn(300, 72, 0)), since: 72, live: 72,
			want: []Mute{{Rule: "rule", At: day(now), From: day(93), New: 400, Usual: 0}},
		},
		{
			name: "a rule that is silent stays so while most is open", ledger: openedOn(31, 95, 0), since: 1, live: 50,
			mutes: []Mute{{Rule: "rule", At: day(96), From: day(89), New: 50}},
		},
		{
			name: "also after a week", ledger: openedOn(31, 80, 0), since: 1, live: 50,
			mutes: []Mute{{Rule: "rule", At: day(81), From: day(74), New: 50}},
		},
		{
			name: "it speaks again when most has gone", ledger: join(openedOn(30, 95, 0), openedOn(20, 94, 96)), since: 1, live: 50,
			mutes: []Mute{{Rule: "rule", At: day(96), From: day(89), New: 50}},
			want:  []Mute{{Rule: "rule", At: day(96), From: day(89), New: 50, Lifted: day(now)}},
		},
		{
			name: "it speaks again when what is left is three times the usual", ledger: openedOn(36, 95, 0), since: 1, live: 50,
			mutes: []Mute{{Rule: "rule", At: day(96), From: day(89), New: 90, Usual: 12}},
			want:  []Mute{{Rule: "rule", At: day(96), From: day(89), New: 90, Usual: 12, Lifted: day(now)}},
		},
		{
			name: "what a person confirmed is not sudden any more", ledger: openedOn(90, 95, 0), since: 1, live: 50,
			mutes: []Mute{{Rule: "rule", At: day(96), From: day(89), New: 90, Lifted: day(97), Confirmed: true}},
		},
		{
			name: "what comes after a confirmation is", ledger: join(openedOn(90, 95, 0), openedOn(31, 98, 0)), since: 1, live: 50,
			mutes: []Mute{{Rule: "rule", At: day(96), From: day(89), New: 90, Lifted: day(97), Confirmed: true}},
			want:  []Mute{{Rule: "rule", At: day(now), From: day(97), New: 31}},
		},
		{
			name: "of several mutes the latest counts", ledger: openedOn(90, 95, 0), since: 1, live: 50,
			mutes: []Mute{{Rule: "rule", At: day(96), From: day(89), Lifted: day(97), Confirmed: true}, {Rule: "rule", At: day(20), From: day(13)}},
		},
		{
			name: "a mute of another rule mutes nothing here", ledger: openedOn(31, 99, 0), since: 1, live: 50,
			mutes: []Mute{{Rule: "other", At: day(96), From: day(89)}},
			want:  []Mute{{Rule: "rule", At: day(now), From: day(93), New: 31}},
		},
		{name: "what nobody has looked at yet cannot be sudden", ledger: openedOn(31, 99, 0), since: 1, live: -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			known := knownSince(c.since, c.live)
			if c.live < 0 {
				known = func(*Finding) Known { return Known{Since: day(c.since)} }
			}
			if got := Guard(c.ledger, known, c.mutes, day(now)); !reflect.DeepEqual(got, c.want) {
				t.Errorf("mutes %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestAMuteHoldsBackWhatOpenedSince(t *testing.T) {
	m := Mute{Rule: "rule", At: day(96), From: day(89)}
	lifted := m
	lifted.Lifted = day(97)
	old, fresh := openedOn(1, 89, 0)[0], openedOn(1, 90, 0)[0]
	again := fresh
	again.Spans = []Span{stretch(10, 20, Settled), stretch(90, 0, "")}
	other := fresh
	other.Rule = "other"
	for _, c := range []struct {
		name string
		m    Mute
		f    Finding
		want bool
	}{
		{"what was open before is told", m, old, false},
		{"what opened since is not", m, fresh, true},
		{"nor what opened again since", m, again, true},
		{"another rule speaks", m, other, false},
		{"a lifted mute holds nothing", lifted, fresh, false},
	} {
		if got := c.m.Holds(&c.f); got != c.want {
			t.Errorf("%s: held back = %v, want %v", c.name, got, c.want)
		}
	}
}

func TestWidespread(t *testing.T) {
	in := func(rule, team string, a Audience) Finding {
		f := openedOn(1, 10, 20)[0]
		f.Rule, f.Team, f.Audience = rule, team, a
		return f
	}
	all := func(rule string, a Audience, teams ...string) []Finding {
		var out []Finding
		for _, team := range teams {
			out = append(out, in(rule, team, a), in(rule, team, a))
		}
		return out
	}
	five := []string{"a", "b", "c", "d", "e"}
	for _, c := range []struct {
		name   string
		ledger []Finding
		teams  []string
		at     int
		want   map[string]Spread
	}{
		{"three of five teams", all("rule", ForTeam, "a", "b", "c"), five, 15, map[string]Spread{"rule": {3, 5}}},
		{"all of five", all("rule", ForOrg, five...), five, 15, map[string]Spread{"rule": {5, 5}}},
		{"all of four are too few to speak of an organisation", all("rule", ForTeam, five[:4]...), five[:4], 15, map[string]Spread{}},
		{"two of five are not most", all("rule", ForTeam, "a", "b"), five, 15, map[string]Spread{}},
		{"half is not most", all("rule", ForTeam, "a", "b", "c"), append(five, "f"), 15, map[string]Spread{}},
		{"what only EMs see stays with them", all("rule", ForEM, five...), five, 15, map[string]Spread{}},
		{"nor what only the pair sees", all("rule", ForEMPM, five...), five, 15, map[string]Spread{}},
		{"what was settled by then does not count", all("rule", ForTeam, five...), five, 20, map[string]Spread{}},
		{"what was not open yet does not count", all("rule", ForTeam, five...), five, 9, map[string]Spread{}},
		{"teams without the agreement do not count", all("rule", ForTeam, "x", "y", "z"), five, 15, map[string]Spread{}},
		{"what is kept back does not count", all("kept back", ForTeam, five...), five, 15, map[string]Spread{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := func(f *Finding) bool { return f.Rule != "kept back" }
			adopted := map[string][]string{"rule": c.teams, "kept back": c.teams}
			if got := Widespread(OpenTeams(c.ledger, told, day(c.at)), adopted); !reflect.DeepEqual(got, c.want) {
				t.Errorf("widespread %v, want %v", got, c.want)
			}
		})
	}
}

func TestLooksAreFoundByWhatAFindingIsAbout(t *testing.T) {
	cell := Look{LookKey: LookKey{Source: "jira acme", Rule: "rule", Team: "payments"}, Since: day(1), Live: day(2)}
	looks := LooksOf([]Look{cell, {LookKey: LookKey{Source: "jira acme"}, Until: day(3)}})
	s := seen("a", "")
	if _, ok := looks.Of(&s); ok {
		t.Error("work of no team was looked at for payments")
	}
	s.Team = "payments"
	if got, ok := looks.Of(&s); !ok || got != cell {
		t.Errorf("look = %+v, %v", got, ok)
	}
	if until := looks[LookKey{Source: "jira acme"}].Until; !until.Equal(day(3).UTC()) || until.Sub(day(0)) != 3*24*time.Hour {
		t.Errorf("looked at until %v", until)
	}
}
