package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

const oneSource = "sources: [{jira: https://j.acme.example, token: \"${JIRA_TOKEN}\", projects: [PAY]}]\norg: org.yaml\n"

// feeds is the environment of the tests with calendars.
var feeds = environ(map[string]string{
	"JIRA_TOKEN": "s3cr3t-jira", "ABSENCES": "https://cal.acme.example/s3cr3t/basic.ics\n", "EMPTY": " ", "HTTP": "http://cal.acme.example/s3cr3t.ics",
	"WEBCAL": "webcal://cal.acme.example/s3cr3t.ics", "TWO": "https://a.example/s3cr3t b", "NONE": "s3cr3t",
})

// loadOrg loads an org file with files beside it: name, content, name, content.
func loadOrg(orgYAML string, more ...string) (*Config, error) {
	fsys := fstest.MapFS{"fairlead.yaml": {Data: []byte(oneSource)}, "org.yaml": {Data: []byte(orgYAML)}}
	for i := 0; i+1 < len(more); i += 2 {
		fsys[more[i]] = &fstest.MapFile{Data: []byte(more[i+1])}
	}
	if _, teams := fsys["teams/payments.yaml"]; teams {
		fsys["fairlead.yaml"].Data = append(fsys["fairlead.yaml"].Data, "teams: teams/*.yaml\n"...)
	}
	return LoadFS(fsys, "fairlead.yaml", feeds)
}

func organised(t *testing.T, orgYAML string, more ...string) *Config {
	t.Helper()
	cfg, err := loadOrg(orgYAML, more...)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// on is noon of a day in UTC.
func on(day string) time.Time {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return at.Add(12 * time.Hour)
}

// ics is a calendar of these events.
func ics(events ...string) string {
	return "BEGIN:VCALENDAR\n" + strings.Join(append([]string{""}, events...), "") + "END:VCALENDAR\n"
}

// entry is an event of whole days, the last one not included.
func entry(summary, from, to string, more ...string) string {
	return "BEGIN:VEVENT\nSUMMARY:" + summary + "\nDTSTART:" + from + "\nDTEND:" + to + "\n" + strings.Join(append(more, ""), "\n") + "END:VEVENT\n"
}

func TestMistakesInAnOrgFile(t *testing.T) {
	const people = "people: [{id: lee}, {id: mina}, {id: ci, bot: true}]\n"
	header := "id,name,email,jira,linear,role,from,to,manager,bot\n"
	for name, test := range map[string]struct {
		org  string
		more []string
		at   string // file:line:column
		text string
		hint string
	}{
		"two EMs at one time":                     {people + "teams: [{id: x, em: [lee, mina]}]", nil, "org.yaml:2:27", `team "x" has two EMs at one time: "lee" and "mina"`, "acting: true"},
		"teams that are parts of each other":      {people + "teams:\n  - {id: x, part_of: y}\n  - {id: y, part_of: z}\n  - {id: z, part_of: x}", nil, "org.yaml:3:22", "in a circle: x → y → z → x", "take that part_of out"},
		"a team that is part of a team misspelt":  {people + "teams: [{id: payments}, {id: refunds, part_of: paymets}]", nil, "org.yaml:2:48", `no team has the id "paymets"`, `did you mean "payments"?`},
		"reporting lines in a circle":             {"people: [{id: lee, manager: mina}, {id: mina, manager: lee}]", nil, "org.yaml:1:29", "in a circle: lee → mina → lee", "wrong way round"},
		"a team that ends before it begins":       {people + "teams: [{id: x, from: 2026-02-01, to: 2026-01-01}]", nil, "org.yaml:2:39", "ends before it begins", "after the beginning"},
		"a seat while there is no such team":      {people + "teams: [{id: x, to: 2026-01-31, members: [mina, {person: lee, from: 2026-02-01}]}]", nil, "org.yaml:2:49", `"lee" has a seat in team "x" only while`, "correct the days"},
		"an ownership that ends before it begins": {people + "teams: [{id: x, owns: [{jira: {projects: A}}, {jira: {projects: B}, from: 2026-02-01, to: 2026-01-01}]}]", nil, "org.yaml:2:47", "ends before it begins", "after the beginning"},
		"a bot as EM":                                 {people + "teams: [{id: x, em: ci}]", nil, "org.yaml:2:21", `"ci" is a bot and cannot be an EM`, "name a person"},
		"somebody who stands in for themselves":       {people + "absences: [{person: lee, from: 2026-01-01, delegate: lee}]", nil, "org.yaml:2:54", `"lee" cannot stand in for themselves`, "name somebody else"},
		"a standing delegate misspelt":                {"people: [{id: lee, delegate: mian}, {id: mina}]", nil, "org.yaml:1:30", `nobody has the id "mian"`, `did you mean "mina"?`},
		"a week of nine days":                         {people + "week: {days: 9}", nil, "org.yaml:2:14", "is too large: at most 7", ""},
		"a week that begins on no day":                {people + "teams: [{id: x, week: {starts: moonday}}]", nil, "org.yaml:2:32", `"moonday" is not one of monday`, `did you mean "monday"?`},
		"a holiday that is no day":                    {people + "week: {holidays: [2026-12-25, 26.12.2026]}", nil, "org.yaml:2:31", `"26.12.2026" is no day`, "write it like 2026-12-25"},
		"a calendar that does not exist":              {people + "week: {holidays: nowhere.ics}", nil, "org.yaml:2:18", "the file does not exist", "begins at the folder of org.yaml"},
		"a calendar that is none":                     {people + "absences: a.ics", []string{"a.ics", "<html>\n"}, "a.ics:1:1", "this is no calendar", "iCalendar export"},
		"a calendar that ends in the middle":          {people + "absences: [a.ics]", []string{"a.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n"}, "a.ics:2:1", "ends in the middle: VEVENT is never closed", "the rest is missing"},
		"an empty calendar":                           {people + "absences: a.ics", []string{"a.ics", ""}, "a.ics", "nothing is written in it", "iCalendar export"},
		"a private address in the file":               {people + "absences: https://calendar.example.com/ical/me/private-s3cr3t/basic.ics", nil, "org.yaml:2:11", "looks like one that only few may know", "${NAME}"},
		"an address with a long part":                 {people + "absences: [https://cal.example/s3cr3t0123456789abcdef.ics]", nil, "org.yaml:2:12", "looks like one that only few may know", "address_file"},
		"an address with a query":                     {people + "absences: {calendar: \"https://cal.example/a.ics?key=s3cr3t\"}", nil, "org.yaml:2:22", "looks like one that only few may know", "address_file"},
		"an address with a password":                  {people + "week: {holidays: \"https://me:s3cr3t@cal.example/a.ics\"}", nil, "org.yaml:2:18", "looks like one that only few may know", "${NAME}"},
		"an address over http":                        {people + "week: {holidays: http://cal.example/a.ics}", nil, "org.yaml:2:18", "the address is not reached over https", "beginning with https://"},
		"an address of webcal":                        {people + "week: {holidays: webcal://cal.example/a.ics}", nil, "org.yaml:2:18", "the address begins with webcal", "https:// in its place"},
		"a variable that is not set":                  {people + "absences: ${NOWHERE}", nil, "org.yaml:2:11", "NOWHERE is not set", "export NOWHERE=https://"},
		"a variable that is empty":                    {people + "absences: ${EMPTY}", nil, "org.yaml:2:11", "EMPTY is empty", "https address"},
		"a variable with an address over http":        {people + "absences: ${HTTP}", nil, "org.yaml:2:11", "HTTP is not reached over https", "beginning with https://"},
		"a variable with an address of webcal":        {people + "absences: ${WEBCAL}", nil, "org.yaml:2:11", "WEBCAL begins with webcal", "https:// in its place"},
		"a variable with two words":                   {people + "absences: ${TWO}", nil, "org.yaml:2:11", "TWO holds more than an address", "on one line"},
		"a variable without an address":               {people + "absences: ${NONE}", nil, "org.yaml:2:11", "NONE is no web address", "beginning with https://"},
		"an address between the braces":               {people + "absences: ${https://cal.example/s3cr3t.ics}", nil, "org.yaml:2:11", "this names no environment variable", "${NAME}"},
		"an address file that does not exist":         {people + "absences: [{address_file: secrets/cal}]", nil, "org.yaml:2:27", "the file does not exist", "begins at the folder"},
		"an address file with a token":                {people + "absences: {address_file: cal}", []string{"cal", "s3cr3t"}, "org.yaml:2:26", "the file is no web address", "beginning with https://"},
		"a person who is only a word":                 {"people: [lee, {id: mina}]", nil, "org.yaml:1:10", "this is no person and names no CSV file", "{id: lee}"},
		"a CSV file that does not exist":              {"people: people.csv", nil, "org.yaml:1:9", "the file does not exist", "begins at the folder of org.yaml"},
		"a CSV file with a row that is too short":     {"people: p.csv", []string{"p.csv", header + "lee,Lee Park,lee@acme.example\n"}, "p.csv:2:1", "this row has 3 fields, the first line has 10", "is a separator missing"},
		"a quote inside a field":                      {"people: [p.csv]", []string{"p.csv", "id,name\nlee,Lee \"the lead\" Park\n"}, "p.csv:2:9", "a quote stands inside a field", "write a quote inside it twice"},
		"a quote that is never closed":                {"people: p.csv", []string{"p.csv", "id,name\nlee,\"Lee Park\nmina,Mina\n"}, "p.csv:2:1", "is never closed", "put the whole field in quotes"},
		"no names of columns":                         {"people: p.csv", []string{"p.csv", "lee,Lee Park\nmina,Mina Osei\n"}, "p.csv:1:1", `names no column "id"`, "begin the file with"},
		"a column misspelt":                           {"people: p.csv", []string{"p.csv", "id,e-mail\nlee,lee@acme.example\n"}, "p.csv:1:4", `unknown column "e-mail"`, `did you mean "email"?`},
		"a column of something else":                  {"people: p.csv", []string{"p.csv", "id;salary\nlee;1\n"}, "p.csv:1:4", `unknown column "salary"`, "take the column out"},
		"a column twice":                              {"people: p.csv", []string{"p.csv", "id,name,name\nlee,Lee,Park\n"}, "p.csv:1:9", `column "name" stands twice`, "keep one"},
		"a column without a name":                     {"people: p.csv", []string{"p.csv", "id,,name\nlee,,Lee\n"}, "p.csv:1:4", "this column has no name", "take the column out"},
		"a row without an id":                         {"people: p.csv", []string{"p.csv", "id,name\n,Lee Park\n"}, "p.csv:2:1", "this row has no id", "short id"},
		"a day written otherwise":                     {"people: p.csv", []string{"p.csv", "id,role,from\nlee,em,31.1.2026\n"}, "p.csv:2:8", `"31.1.2026" is not a date`, "write it like 2026-01-31"},
		"a role that ends before it begins in a row":  {"people: p.csv", []string{"p.csv", "id,role,from,to\nlee,qa,,\nlee,engineer,2026-02-01,2026-01-01\n"}, "p.csv:3:25", "ends before it begins", "after the beginning"},
		"a day without a role":                        {"people: p.csv", []string{"p.csv", "id,role,from\nlee,,2026-01-31\n"}, "p.csv:2:6", "there is no role here", "add the role"},
		"a role misspelt":                             {"people: p.csv", []string{"p.csv", "id,role\nlee,tech-laed\n"}, "p.csv:2:5", `"tech-laed" is close to a role`, `did you mean "tech-lead"?`},
		"a manager who is nobody":                     {"people: p.csv", []string{"p.csv", "id,name,manager\nlee,Lee,\nmina,Mina Ōsei,lea\n"}, "p.csv:3:16", `nobody has the id "lea"`, `did you mean "lee"?`},
		"neither true nor false":                      {"people: p.csv", []string{"p.csv", "id,bot\nlee,perhaps\n"}, "p.csv:2:5", `"perhaps" is neither true nor false`, "write true or false"},
		"two people of one id in one file":            {"people: p.csv", []string{"p.csv", "id,name\nsam,Sam Holt\nsam,Sam Smith\n"}, "p.csv:3:5", `"sam" is also called "Sam Holt"`, "an id of their own"},
		"one person in two files":                     {"people: [{id: sam}, p.csv]", []string{"p.csv", "id,name\nlee,Lee\nsam,Sam Holt\n"}, "p.csv:3:1", `id "sam" stands twice`, "first stands at org.yaml:1:15"},
		"an e-mail of two people of two files":        {"people: [{id: sam, email: s@acme.example}, p.csv]", []string{"p.csv", "id,email\nlee,S@acme.example\n"}, "p.csv:2:5", `"s@acme.example" belongs to both "sam" and "lee"`, "leave it with"},
		"a CSV file that is not UTF-8":                {"people: p.csv", []string{"p.csv", "id,name\nlee,L\xe9e\n"}, "p.csv:2:1", "this is not UTF-8 text", "save the file as CSV in UTF-8"},
		"an empty CSV file":                           {"people: p.csv", []string{"p.csv", "\n"}, "p.csv:1:1", "nothing is written in this file", "begin the file with"},
		"an absence without a person":                 {people + "absences: [{from: 2026-01-01}]", nil, "org.yaml:2:12", `"person" is missing`, "add person:"},
		"an absence of nobody beside a calendar":      {people + "absences: [a.ics, {person: le, from: 2026-01-01}]", []string{"a.ics", ics()}, "org.yaml:2:28", `nobody has the id "le"`, `did you mean "lee"?`},
		"an EM who is in no list, with people in CSV": {"people: p.csv\nteams: [{id: x, em: leee}]", []string{"p.csv", "id\nlee\n"}, "org.yaml:2:21", `nobody has the id "leee"`, `did you mean "lee"?`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loadOrg(test.org+"\n", test.more...)
			var m yamlfile.Mistakes
			if !errors.As(err, &m) || len(m) != 1 {
				t.Fatalf("got %d mistakes, want 1: %v", len(m), err)
			}
			if m[0].String() != test.at || !strings.Contains(m[0].Text, test.text) || !strings.Contains(m[0].Hint, test.hint) {
				t.Errorf("got\n%v\nwant %s: %s … %s", m[0], test.at, test.text, test.hint)
			}
			if strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("a secret is shown:\n%v", err)
			}
		})
	}
}

func TestPeopleFromCSV(t *testing.T) {
	const comma = `id,name,email,jira,linear,role,from,to,manager,bot,delegate
lee,Lee Park,lee@acme.example,lpark,,em,,,,,ana

ana,"Soto, Ana",ana@acme.example;soto@acme.example,,u-ana,engineer,,2026-03-31,lee,no,
ana,,,,,tech-lead,2026-04-01,,dana,,
ana,,ana@acme.example,,,qa,2026-04-01,,dana,FALSE,
dana,Dana Ruiz,,,,director,,,,,
ci,Robot,,ci-bot,,,,,,TRUE,
,,,,,,,,,,
`
	const semicolon = "\ufeff" + `ID;Name;Email;Jira;Linear;Role;From;To;Manager;Bot;Delegate
lee;Lee Park;lee@acme.example;lpark;;em;;;;;ana
;;;;;;;;;;
ana;Soto, Ana;"ana@acme.example;soto@acme.example";;u-ana;engineer;;2026-03-31;lee;no;
ana;;;;;tech-lead;2026-04-01;;dana;;
ana;;ana@acme.example;;;qa;2026-04-01;;dana;FALSCH;
dana;Dana Ruiz;;;;director;;;;;
ci;Robot;;ci-bot;;;;;;WAHR;
`
	for name, text := range map[string]string{"with commas": comma, "as a spreadsheet writes it": strings.ReplaceAll(semicolon, "\n", "\r\n"), "with tabs": strings.ReplaceAll(strings.Replace(comma, `"Soto, Ana"`, `"Soto@ Ana"`, 1), ",", "\t")} {
		t.Run(name, func(t *testing.T) {
			cfg := organised(t, "people: people.csv\nteams: [{id: x, em: lee, members: [ana]}]\nabsences: [{person: lee, from: 2026-07-01, to: 2026-07-31}]\n", "people.csv", text)
			d := cfg.Directory
			if len(d.People()) != 4 || !slices.Contains(cfg.Files, "people.csv") {
				t.Fatalf("people %+v of files %q", d.People(), cfg.Files)
			}
			ana, _ := d.Person("ana")
			if strings.ReplaceAll(ana.Name, "@", ",") != "Soto, Ana" || !slices.Equal(ana.Emails, []string{"ana@acme.example", "soto@acme.example"}) || ana.Accounts["linear"][0] != "u-ana" {
				t.Errorf("ana is %+v", ana)
			}
			if before, after := d.RolesAt("ana", on("2026-03-31")), d.RolesAt("ana", on("2026-04-01")); !slices.Equal(before, []org.Role{org.Engineer}) || !slices.Equal(after, []org.Role{org.QA, org.TechLead}) {
				t.Errorf("ana was %v, then %v", before, after)
			}
			if !d.Manages("lee", "ana", on("2026-03-31")) || d.Manages("lee", "ana", on("2026-04-01")) || !d.Manages("dana", "ana", on("2026-04-01")) {
				t.Error("ana reports to lee until March and to dana from April on")
			}
			if p, ok := d.Resolve("jira", "ci-bot", ""); !ok || !p.Bot || len(p.Roles) > 0 {
				t.Errorf("the robot is %+v", p)
			}
			x, _ := d.Team("x")
			if got := d.ActingEMs(x, on("2026-07-15")); !slices.Equal(got, []string{"ana"}) {
				t.Errorf("while lee is away %v acts, want the standing delegate", got)
			}
			if at := cfg.PersonPlace("ana"); at.String() != "people.csv:4:1" {
				t.Errorf("ana stands at %s", at)
			}
		})
	}
}

func TestManyRowsWithMistakesAreNotAllTold(t *testing.T) {
	_, err := loadOrg("people: p.csv\n", "p.csv", "id,name\n"+strings.Repeat("lee\n", 10_000))
	var m yamlfile.Mistakes
	if !errors.As(err, &m) || len(m) != mostRowMistakes {
		t.Errorf("got %d mistakes, want %d", len(m), mostRowMistakes)
	}
}

const teamsOfAcme = `
people: [{id: lee}, {id: ana}, {id: dana}, {id: mina}]
week: {days: 5, holidays: [2026-12-25, company.ics]}
teams:
  - id: shop
    under: dana
    timezone: Europe/Berlin
    week: {starts: sunday, holidays: [2026-10-03]}
  - {id: payments, part_of: shop, em: [lee, {person: ana, from: 2026-07-01, to: 2026-07-31, acting: true}], members: mina, to: 2026-08-31, owns: {jira: {projects: PAY}}}
  - {id: checkout, part_of: shop, under: lee, week: {days: 4}, owns: [{linear: {teams: CHK}}, {jira: {projects: [PAY]}, from: 2026-09-01}]}
  - {id: core, week: {holidays: 2026-06-01}}
  - {id: rest}
`

func TestTeamsThatArePartOfOthers(t *testing.T) {
	d := organised(t, teamsOfAcme, "company.ics", ics(entry("Summer break", "20260810", "20260815"))).Directory
	for _, c := range []struct {
		team, under, zone string
		works, off        []string
	}{
		{"shop", "dana", "Europe/Berlin", []string{"2026-07-05", "2026-12-24", "2026-08-10"}, []string{"2026-07-03", "2026-07-04", "2026-10-03"}},
		{"payments", "dana", "Europe/Berlin", []string{"2026-07-05"}, []string{"2026-07-04", "2026-10-03"}},
		{"checkout", "lee", "Europe/Berlin", []string{"2026-07-05", "2026-07-08"}, []string{"2026-07-09", "2026-07-04"}},
		{"core", "", "UTC", []string{"2026-07-03", "2026-12-25"}, []string{"2026-07-05", "2026-06-01"}},
		{"rest", "", "UTC", []string{"2026-07-03", "2026-08-17"}, []string{"2026-07-05", "2026-12-25", "2026-08-10", "2026-08-14"}},
	} {
		team, ok := d.Team(c.team)
		if !ok || team.Under != c.under || team.Location.String() != c.zone {
			t.Errorf("%s is under %q in %v, want %q in %s", c.team, team.Under, team.Location, c.under, c.zone)
		}
		for _, day := range c.works {
			if !team.Calendar.Works(on(day)) {
				t.Errorf("%s does not work on %s", c.team, day)
			}
		}
		for _, day := range c.off {
			if team.Calendar.Works(on(day)) {
				t.Errorf("%s works on %s", c.team, day)
			}
		}
	}
}

func TestOwnershipAndSeatsOfAReorganisation(t *testing.T) {
	d := organised(t, teamsOfAcme, "company.ics", ics()).Directory
	for _, c := range []struct{ day, want string }{{"2026-08-31", "payments"}, {"2026-09-01", "checkout"}} {
		if team, ok := d.OwnerAt(org.Work{JiraProject: "PAY"}, on(c.day)); !ok || team.ID != c.want {
			t.Errorf("on %s PAY belongs to %+v, want %s", c.day, team, c.want)
		}
	}
	payments, _ := d.Team("payments")
	for _, c := range []struct {
		day  string
		want []string
	}{{"2026-06-30", []string{"lee"}}, {"2026-07-31", []string{"ana", "lee"}}, {"2026-08-01", []string{"lee"}}, {"2026-09-01", nil}} {
		if got := d.ActingEMs(payments, on(c.day)); !slices.Equal(got, c.want) {
			t.Errorf("on %s %v acts, want %v", c.day, got, c.want)
		}
	}
	if payments.MemberAt("mina", on("2026-09-01")) || !payments.MemberAt("mina", on("2026-08-31")) {
		t.Error("mina's seat ends with the team")
	}
}

func TestPlacesOfTeams(t *testing.T) {
	cfg := organised(t, teamsOfAcme, "company.ics", ics())
	for _, c := range []struct{ team, key, word, want string }{
		{"checkout", "owns", "PAY", "org.yaml:10:114"},
		{"core", "id", "", "org.yaml:11:10"},
		{"nobody", "id", "", ""},
	} {
		if got := cfg.TeamPlace(c.team, c.key, c.word).String(); got != c.want {
			t.Errorf("%s of %s stands at %q, want %q", c.word, c.team, got, c.want)
		}
	}
	if got := cfg.PersonPlace("mina").String(); got != "org.yaml:2:49" {
		t.Errorf("mina stands at %s", got)
	}
}

// The fake file system must not hide that folders are no files.
func TestAFolderIsNoPeopleFile(t *testing.T) {
	dir := t.TempDir()
	writeAll(t, dir, map[string]string{"fairlead.yaml": oneSource, "org.yaml": "people: people.csv\n", "people.csv/x": ""})
	_, err := Load(filepath.Join(dir, "fairlead.yaml"), feeds)
	if err == nil || !strings.Contains(err.Error(), "this is a folder, not a file") || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("err = %v", err)
	}
}

func writeAll(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLocalesOfTeams(t *testing.T) {
	cfg := organised(t, `teams:
  - {id: all, locale: de}
  - {id: payments, part_of: all}
  - {id: growth, part_of: all, locale: en-US}
  - {id: core}
`)
	for id, want := range map[string]string{"all": "de", "payments": "de", "growth": "en-US", "core": ""} {
		if team, ok := cfg.Directory.Team(id); !ok || team.Locale != want {
			t.Errorf("locale of %s = %q, want %q", id, team.Locale, want)
		}
	}
	_, err := loadOrg("teams:\n  - {id: core, locale: de-DE}\n")
	if err == nil || !strings.Contains(err.Error(), "org.yaml:2:24") || !strings.Contains(err.Error(), `"de-DE"`) {
		t.Errorf("err = %v, want one that names the place and quotes de-DE", err)
	}
}
