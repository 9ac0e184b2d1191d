package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// FuzzPeopleFile looks for CSV files that make reading panic, give a mistake
// without a place in a file, or people whom a directory cannot hold.
func FuzzPeopleFile(f *testing.F) {
	for _, text := range []string{
		"id,name,email,jira,linear,role,from,to,manager,bot\nlee,Lee Park,lee@acme.example,,,em,,,,\n", "id;role;from;to\nmina;engineer;;2026-08-31\nmina;tech-lead;2026-09-01;\n",
		"id\tname\nlee\t\"a\n\"\"b\"\n", "\ufeffid,bot\r\nci,TRUE\r\n,,\r\n", "id,name\nlee,\"x", "id,manager\na,b\nb,a\n", "id,from\na,0000-01-01\n", "id\n\x00\n", "name\n", "id,email\na,x;y;x\nb,X\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cfg, err := loadOrg("people: p.csv\n", "p.csv", text)
		if err == nil {
			for _, p := range cfg.Directory.People() {
				if at := cfg.PersonPlace(p.ID); p.ID == "" || p.Name == "" || at.File != "p.csv" || at.Line < 2 {
					t.Errorf("%+v stands at %v", p, at)
				}
			}
			return
		}
		var mistakes yamlfile.Mistakes
		if !errors.As(err, &mistakes) {
			t.Fatalf("got %T", err)
		}
		for _, m := range mistakes {
			if m.File != "p.csv" || m.Line > 1+strings.Count(text, "\n") || m.Text == "" || m.Hint == "" {
				t.Errorf("no such place: %v: %s, %s", m.Place, m.Text, m.Hint)
			}
		}
	})
}

// FuzzCalendarFile looks for a calendar that breaks the directory it is for.
func FuzzCalendarFile(f *testing.F) {
	for _, title := range []string{"Lee Park: vacation", "lee, jo", "OOO <jo@acme.example> (delegate: mina)", "Kim Doe", "\\,;:\\n- & and"} {
		f.Add(ics(entry(title, "20260706", "20260725")), title)
		f.Add(ics(entry("x", "20260706T090000", "20260706T100000", "RRULE:FREQ=WEEKLY", "ATTENDEE:mailto:lee@acme.example", "DESCRIPTION:delegate: jo")), title)
	}
	f.Fuzz(func(t *testing.T, text, title string) {
		all := acmePeople + "week: {holidays: a.ics}\nteams: [{id: payments, em: lee}]\nabsences: [a.ics, b.ics]\n"
		cfg, err := loadOrg(all, "a.ics", text, "b.ics", ics(entry(strings.ReplaceAll(title, "\n", " "), "20260706", "20260725")),
			"teams/payments.yaml", "rituals: [{name: lee, every: 1 week, evidence: {calendar: ../a.ics}}]\n")
		if err != nil {
			var mistakes yamlfile.Mistakes
			if !errors.As(err, &mistakes) || cfg != nil {
				t.Fatalf("got %T and %v", err, cfg)
			}
			return
		}
		for _, a := range cfg.Directory.Absences() {
			if _, known := cfg.Directory.Person(a.Person); !known || !a.From.Before(a.To) || a.Delegate == a.Person {
				t.Errorf("absence %+v", a)
			}
		}
	})
}
