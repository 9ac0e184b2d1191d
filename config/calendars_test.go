package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/calendar"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// acmePeople are whom the calendars of the tests speak of.
const acmePeople = `
people:
  - {id: lee, name: Lee Park, email: lee@acme.example}
  - {id: jo, name: Jo Brandt-Øst, email: [jo@acme.example, brandt@acme.example]}
  - {id: mina, name: Mina Osei}
  - {id: max, name: Max}
  - {id: a1, name: Kim Doe}
  - {id: a2, name: Kim Doe, email: kim2@acme.example}
  - {id: may, name: May Lin, delegate: mina}
`

// read is the calendar of the text.
func read(t *testing.T, text string) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// told is what was left, as line: why.
func told(left []CalendarLeft) string {
	var out []string
	for _, l := range left {
		out = append(out, l.Why)
	}
	return strings.Join(out, "; ")
}

func TestWhoIsAwayByACalendar(t *testing.T) {
	const several, nobody = "it names more than one person", "it names nobody whom the org file knows"
	by := func(emails ...string) string {
		out := "ORGANIZER:mailto:" + emails[0] //nolint:misspell // the standard spells it so
		for _, e := range emails[1:] {
			out += "\nATTENDEE:mailto:" + e
		}
		return out
	}
	for _, c := range []struct{ name, title, more, want, why string }{
		{"a name and a colon", "Lee Park: vacation", "", "lee", ""},
		{"a name in another case, with a dash", "LEE  PARK - Urlaub", "", "lee", ""},
		{"a name at the end", "Vacation Lee Park", "", "lee", ""},
		{"a name in brackets", "Parental leave (Mina Osei)", "", "mina", ""},
		{"a name of letters and marks", "Jo Brandt-Øst off", "", "jo", ""},
		{"an id at the beginning", "lee away", "", "lee", ""},
		{"an id alone", "lee", "", "lee", ""},
		{"an id behind a colon", "OOO: lee", "", "lee", ""},
		{"an id in brackets", "vacation (mina)", "", "mina", ""},
		{"a name of one word", "Max: sick", "", "max", ""},
		{"an address", "OOO brandt@acme.example until Friday", "", "jo", ""},
		{"an address in angles", "OOO <Brandt@acme.example>", "", "jo", ""},
		{"two in a list", "Lee Park, mina: offsite", "", "lee mina", ""},
		{"two with and", "Lee Park and Mina Osei", "", "lee mina", ""},
		{"two with a plus", "lee + jo", "", "jo lee", ""},
		{"one who is away and one who covers, in brackets", "Lee Park: vacation (cover: Mina Osei)", "", "lee", ""},
		{"one before the colon counts alone", "Lee Park: vacation with Mina Osei", "", "lee", ""},
		{"one who is away and one who covers", "Lee Park away, Mina Osei covers", "", "", several},
		{"two and something else", "Lee Park and jo away", "", "", several},
		{"a name that two people have", "Kim Doe: vacation", "", "", "two people have the name that it names"},
		{"a word that is also an id", "Trip in May", "", "", nobody},
		{"a word that is also an id, in the middle", "Company - may be late", "", "", nobody},
		{"a part of a name", "Park: vacation", "", "", nobody},
		{"a name inside another word", "Leeds: vacation", "", "", nobody},
		{"nobody", "Vacation", "", "", nobody},
		{"who organises it", "Out of office", by("lee@acme.example"), "lee", ""},
		{"who is invited by nobody known", "Out of office", by("office@acme.example", "kim2@acme.example"), "a2", ""},
		{"who organises and is invited", "Out of office", by("LEE@acme.example", "lee@acme.example", "guest@else.example"), "lee", ""},
		{"who organises with another invited", "Out of office", by("lee@acme.example", "jo@acme.example"), "", several},
		{"who organises, another invited who declined", "Out of office", by("lee@acme.example") + "\nATTENDEE;PARTSTAT=DECLINED:mailto:jo@acme.example", "lee", ""},
		{"the title goes before who organises", "Mina Osei: vacation", by("lee@acme.example"), "mina", ""},
		{"what is tentative", "Lee Park: vacation", "STATUS:TENTATIVE", "", "it is tentative"},
		{"a beginning that is none", "Lee Park: vacation", "DTSTART:x\nSTATUS:CONFIRMED\nRRULE:x", "", "its rule"},
	} {
		t.Run(c.name, func(t *testing.T) {
			event := entry(c.title, "20260706", "20260725", c.more)
			cfg := organised(t, acmePeople+"absences: away.ics\n", "away.ics", ics(event))
			var got []string
			for _, a := range cfg.Directory.Absences() {
				got = append(got, a.Person)
				if !a.From.Equal(on("2026-07-06").Add(-12*time.Hour)) || !a.To.Equal(on("2026-07-25").Add(-12*time.Hour)) {
					t.Errorf("%s is away from %s to %s", a.Person, a.From, a.To)
				}
			}
			slices.Sort(got)
			use := cfg.Calendars[0]
			if strings.Join(got, " ") != c.want || !strings.Contains(told(use.Left), c.why) || (c.why == "") != (len(use.Left) == 0) {
				t.Errorf("away: %q, told %q, want %q, told %q", got, told(use.Left), c.want, c.why)
			}
			if use.For != "absences" || use.Name != "away.ics" || use.Where.Line != 10 || use.Feed != -1 || !use.Read || use.Entries != min(len(got), 1) {
				t.Errorf("the use is %+v", use)
			}
		})
	}
}

func TestWhoStandsInByACalendar(t *testing.T) {
	for _, c := range []struct{ name, title, description, person, delegate, why string }{
		{"nobody", "Lee Park: vacation", "", "lee", "", ""},
		{"by the description", "Lee Park: vacation", `Back soon\nDelegate: Mina Osei\nBye`, "lee", "mina", ""},
		{"by the title", "lee away (delegate: jo)", "", "lee", "jo", ""},
		{"by an address", "Lee Park: vacation", "delegate: jo@acme.example", "lee", "jo", ""},
		{"nobody known", "Lee Park: vacation", "delegate: Zoe", "lee", "", "its delegate is nobody else whom the org file knows"},
		{"themselves", "Lee Park: vacation", "delegate: lee", "lee", "", "its delegate is nobody else"},
		{"two", "Lee Park: vacation", "delegate: jo and mina", "lee", "", "its delegate is nobody else"},
		{"the standing delegate", "May Lin: vacation", "", "may", "mina", ""},
		{"another than the standing delegate", "May Lin: vacation", "delegate: lee", "may", "lee", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := organised(t, acmePeople+"absences: [away.ics]\n", "away.ics", ics(entry(c.title, "20260706", "20260725", "DESCRIPTION:"+c.description)))
			all := cfg.Directory.Absences()
			if len(all) != 1 || all[0].Person != c.person || all[0].Delegate != c.delegate || !strings.Contains(told(cfg.Calendars[0].Left), c.why) {
				t.Errorf("absences %+v, told %q", all, told(cfg.Calendars[0].Left))
			}
		})
	}
}

func TestAbsencesFromSeveralPlaces(t *testing.T) {
	cfg := organised(t, acmePeople+"absences: [{person: lee, from: 2026-01-05, to: 2026-01-09}, a.ics, {calendar: b.ics}, {address_file: cal}, \"${ABSENCES}\"]\n",
		"a.ics", ics(entry("jo", "20260706", "20260707", "RRULE:FREQ=DAILY;COUNT=5")), "b.ics", ics(entry("mina", "20260801", "20260802")), "cal", "https://other.example/c.ics\n")
	var got []string
	for _, a := range cfg.Directory.Absences() {
		got = append(got, fmt.Sprintf("%s %s %s", a.Person, a.From.Format(time.DateOnly), a.To.Format(time.DateOnly)))
	}
	want := []string{"lee 2026-01-05 2026-01-10", "jo 2026-07-06 2026-07-11", "mina 2026-08-01 2026-08-02"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	var names []string
	for _, f := range cfg.Feeds {
		names = append(names, f.Name+" "+f.Where.String())
	}
	if want := []string{"the address in cal org.yaml:10:102", "${ABSENCES} org.yaml:10:108"}; !slices.Equal(names, want) {
		t.Errorf("feeds %q, want %q", names, want)
	}
	for _, name := range []string{"a.ics", "b.ics", "cal"} {
		if !slices.Contains(cfg.Files, name) {
			t.Errorf("%s is not watched", name)
		}
	}
}

const feedOrg = acmePeople + `
week: {holidays: "${ABSENCES}"}
teams: [{id: payments, em: lee}, {id: core}]
absences: ${ABSENCES}
`

const feedTeam = "rituals:\n  - {name: retro, every: 2 weeks, evidence: {calendar: \"${ABSENCES}\"}}\n"

func TestFeedsAreFilledInLater(t *testing.T) {
	cfg := organised(t, feedOrg, "teams/payments.yaml", feedTeam)
	if len(cfg.Feeds) != 1 || cfg.Feeds[0].Address.Reveal() != "https://cal.acme.example/s3cr3t/basic.ics" || cfg.Feeds[0].Name != "${ABSENCES}" {
		t.Fatalf("feeds: %+v", cfg.Feeds)
	}
	payments, _ := cfg.Directory.Team("payments")
	if r := payments.Rituals[0].Evidence; !r.Calendar || r.Unread == "" || r.Held != nil {
		t.Errorf("before it is read the evidence is %+v", r)
	}
	if n := len(cfg.Calendars); n != 3 || cfg.Calendars[0].Read || cfg.Calendars[2].For != "retro of payments" {
		t.Errorf("%d uses: %+v", n, cfg.Calendars)
	}
	text := ics(entry("Lee Park: vacation", "20260706", "20260725"), entry("Payments RETRO", "20260710", "20260711", "RRULE:FREQ=WEEKLY;COUNT=2"))
	with := cfg.WithFeeds([]Reading{{Calendar: read(t, text), Trouble: "it did not answer"}})
	payments, _ = with.Directory.Team("payments")
	r := payments.Rituals[0].Evidence
	if len(r.Held) != 2 || !r.Held[1].Equal(on("2026-07-17").Add(-12*time.Hour)) || r.Unread != "it did not answer" {
		t.Errorf("the evidence became %+v", r)
	}
	if got := with.Directory.ActingEMs(payments, on("2026-07-10")); got != nil {
		t.Errorf("while lee is away %v acts", got)
	}
	if payments.Calendar.Works(on("2026-07-10")) || !payments.Calendar.Works(on("2026-07-27")) {
		t.Error("the entries are days off")
	}
	if before, _ := cfg.Directory.Team("payments"); len(cfg.Directory.Absences()) > 0 || !before.Calendar.Works(on("2026-07-10")) || before.Rituals[0].Evidence.Held != nil {
		t.Error("the configuration itself was changed")
	}
	if w := with.Calendars; len(w) != 3 || w[0].For != "holidays" || !w[0].Read || w[0].Entries != 2 || w[1].For != "absences" || w[1].Entries != 1 || told(w[1].Left) != "it names nobody whom the org file knows" {
		t.Errorf("uses: %+v", w)
	}
	if plain := (&Config{}).WithFeeds(nil); plain.Directory != nil {
		t.Errorf("a configuration without an org file became %+v", plain)
	}
}

func TestHolidaysByACalendar(t *testing.T) {
	cfg := organised(t, "people: []\nteams: [{id: x, week: {holidays: [2026-05-01, de.ics]}}, {id: y, week: {holidays: de.ics}}]\n", "de.ics", ics(
		entry("Easter", "20260403", "20260407"), entry("Unity Day", "20251003", "20251004", "RRULE:FREQ=YEARLY"),
		entry("Party", "20260612T100000", "20260612T120000"), entry("Perhaps", "20260615", "20260616", "STATUS:TENTATIVE")))
	x, _ := cfg.Directory.Team("x")
	for day, off := range map[string]bool{
		"2026-05-01": true, "2026-04-03": true, "2026-04-06": true, "2026-04-07": false, "2026-10-02": false, "2031-10-03": true, "2026-06-12": false, "2026-06-15": false,
	} {
		if x.Calendar.Holidays[day] != off {
			t.Errorf("%s is a day off: %v, want %v", day, !off, off)
		}
	}
	y, _ := cfg.Directory.Team("y")
	if y.Calendar.Holidays["2026-05-01"] || !y.Calendar.Holidays["2026-04-03"] {
		t.Errorf("the other team has %v", slices.Sorted(maps.Keys(y.Calendar.Holidays)))
	}
	if use := cfg.Calendars[0]; len(cfg.Calendars) != 2 || use.For != "holidays" || use.Entries != 2 || told(use.Left) != "it is no whole day; it is tentative" {
		t.Errorf("uses: %+v", cfg.Calendars)
	}
}

func TestPublicAddressesMayStandInAFile(t *testing.T) {
	for _, address := range []string{
		"https://www.officeholidays.com/ics/germany", "https://www.gov.uk/bank-holidays/england-and-wales.ics",
		"https://calendar.google.com/calendar/ical/en.german%23holiday%40group.v.calendar.google.com/public/basic.ics",
	} {
		cfg := organised(t, "week: {holidays: \""+address+"\"}\n")
		if len(cfg.Feeds) != 1 || cfg.Feeds[0].Address.Reveal() != address || strings.Contains(cfg.Feeds[0].Name, "/") {
			t.Errorf("%s became %+v", address, cfg.Feeds)
		}
	}
}

func TestRituals(t *testing.T) {
	cfg := organised(t, "people: [{id: lee}]\nteams: [{id: payments, em: lee}]\n", "cal.ics", ics(entry("Payments review with Lee", "20260710T090000Z", "20260710T100000Z")), "teams/payments.yaml", `
rituals:
  - {name: retro, every: 2 weeks, evidence: {label: retro}, since: 2026-03-01}
  - {name: demo, every: 1 month, evidence: {title: Demo, update: true}}
  - {name: review, every: 1 quarter, evidence: {calendar: ../cal.ics, title: payments  REVIEW}}
  - {name: 1-1, every: 5 days, evidence: {calendar: ../cal.ics}}
`)
	payments, _ := cfg.Directory.Team("payments")
	const aDay = 24 * time.Hour
	want := []org.Ritual{
		{Name: "retro", Every: 14 * aDay, Evidence: org.Trace{Label: "retro"}, Since: on("2026-03-01").Add(-aDay / 2)},
		{Name: "demo", Every: 31 * aDay, Evidence: org.Trace{Title: "Demo", Update: true}},
		{Name: "review", Every: 92 * aDay, Evidence: org.Trace{Title: "payments  REVIEW", Calendar: true, Held: []time.Time{on("2026-07-10").Add(-3 * time.Hour)}}},
		{Name: "1-1", Every: 5 * aDay, Evidence: org.Trace{Calendar: true}},
	}
	if len(payments.Rituals) != len(want) {
		t.Fatalf("got %+v", payments.Rituals)
	}
	for i, w := range want {
		if got := payments.Rituals[i]; fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", w) {
			t.Errorf("got  %+v\nwant %+v", got, w)
		}
	}
	if u := cfg.Calendars; len(u) != 2 || u[0].For != "review of payments" || u[0].Entries != 1 || u[1].Entries != 0 {
		t.Errorf("uses: %+v", u)
	}
}

func TestMistakesInRituals(t *testing.T) {
	for name, test := range map[string]struct{ ritual, at, text, hint string }{
		"no evidence":                    {"{name: retro, every: 2 weeks}", "2:5", `"evidence" is missing`, "add evidence"},
		"evidence of nothing":            {"{name: retro, every: 2 weeks, evidence: {update: false}}", "2:45", "nothing is named that would show", "add one of label"},
		"a cadence in other words":       {"{name: retro, every: fortnight, evidence: {label: retro}}", "2:26", `"fortnight" is not written as it is read here`, "write it like 2 weeks"},
		"a cadence of none":              {"{name: retro, every: 0 weeks, evidence: {label: retro}}", "2:26", `"0 weeks"`, "write it like 2 weeks"},
		"a calendar that does not exist": {"{name: retro, every: 2 weeks, evidence: {calendar: no.ics}}", "2:56", "the file does not exist", "begins at the folder of teams/payments.yaml"},
		"a private address":              {"{name: retro, every: 2 weeks, evidence: {calendar: \"https://c.example/private-s3cr3t/a.ics\"}}", "2:56", "looks like one that only few", "${NAME}"},
		"two of one name":                {"{name: retro, every: 2 weeks, evidence: {label: a}}\n  - {name: retro, every: 1 week, evidence: {label: b}}", "3:12", `ritual "retro" of team payments stands twice`, "it first stands at teams/payments.yaml:2:12"},
		"a key misspelt":                 {"{name: retro, every: 2 weeks, evidence: {lable: retro}}", "2:46", `unknown key "lable"`, `did you mean "label"?`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loadOrg("people: [{id: lee}]\nteams: [{id: payments, em: lee}]\n", "teams/payments.yaml", "rituals:\n  - "+test.ritual+"\n")
			var m yamlfile.Mistakes
			if !errors.As(err, &m) || len(m) != 1 || m[0].String() != "teams/payments.yaml:"+test.at || !strings.Contains(m[0].Text, test.text) || !strings.Contains(m[0].Hint, test.hint) {
				t.Errorf("got %v, want at %s: %s … %s", err, test.at, test.text, test.hint)
			}
			if strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("a secret is shown: %v", err)
			}
		})
	}
}

func TestAnAddressIsNeverShown(t *testing.T) {
	cfg := organised(t, feedOrg, "teams/payments.yaml", feedTeam)
	if text := fmt.Sprintf("%v %+v %#v", cfg, *cfg, cfg.Feeds); strings.Contains(text, "s3cr3t") {
		t.Errorf("it is shown: %s", text)
	}
}
