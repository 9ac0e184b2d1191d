package reporttest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
)

// NormalWeek is a week as most are: a little new, more settled, some still open.
func NormalWeek() reports.Inputs {
	in := payments()
	in.Findings = []finding.Finding{
		because("It entered the sprint on Tuesday without one.", about(problem, "PAY-231", "Bulk export", "2026-11-10 23:45")),
		because("It has been in flight since 20 October and names none.", about(problem, "PAY-212", "Saved cards", "2026-10-21 23:45")),
		because("Its due date moved from 30 October to 20 November.", about(decision, "PAY-166", "Invoices in two languages", "2026-10-29 23:45")),
		because("It left sprint 22 on 14 October.", about(decision, "PAY-159", "Retry webhooks sooner", "2026-10-15 23:45")),
		because("7 tickets are in flight in it.", aboutSprint("Sprint 24", "2026-11-02 23:45",
			"PAY-201", "PAY-204", "PAY-209", "PAY-212", "PAY-215", "PAY-231", "PAY-233")),

		until("2026-11-12 23:45", finding.Settled, about(problem, "PAY-198", "Partial refunds", "2026-10-28 23:45")),
		until("2026-11-10 23:45", finding.Settled, aboutSprint("Sprint 23", "2026-11-03 23:45", "PAY-180", "PAY-198")),
		until("2026-11-13 23:45", finding.Settled, about(problem, "PAY-220", "Card on file for teams", "2026-11-05 23:45")),
		until("2026-11-11 23:45", finding.Settled, about(decision, "PAY-203", "Drop the old ledger export", "2026-11-06 23:45")),
	}
	in.Findings = append(in.Findings, earlier()...)
	everythingElse(&in)
	return in
}

// earlier are findings settled before the week: they draw the trend.
func earlier() []finding.Finding {
	var out []finding.Finding
	for n, stretch := range []struct{ rule, from, to string }{
		{problem, "2026-08-18 23:45", "2026-10-07 23:45"},
		{problem, "2026-08-20 23:45", "2026-09-23 23:45"},
		{problem, "2026-08-25 23:45", "2026-10-14 23:45"},
		{problem, "2026-08-25 23:45", "2026-09-30 23:45"},
		{problem, "2026-09-02 23:45", "2026-10-22 23:45"},
		{decision, "2026-09-08 23:45", "2026-10-21 23:45"},
		{decision, "2026-09-22 23:45", "2026-11-04 23:45"},
		{goal, "2026-10-06 23:45", "2026-10-19 23:45"},
	} {
		key := fmt.Sprintf("PAY-%d", 101+n)
		out = append(out, until(stretch.to, finding.Settled, about(stretch.rule, key, "Earlier work", stretch.from)))
	}
	return out
}

// FirstReport is a week with nothing before it.
func FirstReport() reports.Inputs {
	in := NormalWeek()
	in.Flights = in.Flights[:1]
	in.Findings, in.Snapshots = in.Findings[:5], in.Snapshots[:1]
	for i := range in.Findings {
		in.Findings[i].Spans = []finding.Span{{From: at("2026-11-15 23:45")}}
	}
	in.Findings[1].Severity, in.Findings[2].Severity = finding.High, finding.Info
	return in
}

// QuietWeek has nothing open and had nothing open the week before.
func QuietWeek() reports.Inputs {
	in := payments()
	in.Findings = []finding.Finding{
		until("2026-11-03 23:45", finding.Settled, about(problem, "PAY-198", "Partial refunds", "2026-10-20 23:45")),
	}
	in.Flights = flights(in.Week, 38, 38)
	return in
}

// StaleSource is a normal week with one tracker that cannot be read, one with
// gaps, and a rule that could not be evaluated; and it is still running.
func StaleSource() reports.Inputs {
	in := NormalWeek()
	in.Now = at("2026-11-15 18:05")
	in.Agreements = append([]reports.Agreement{}, in.Agreements...)
	in.Agreements[2].Trouble = "comments are not read from Linear"
	in.Flights = append(in.Flights, finding.Flight{Team: "payments", At: at("2026-11-15 18:00"), InFlight: 41, Clear: 36})
	in.Sources = []reports.Health{
		{Name: jira, LastRead: at("2026-11-15 17:58"), Gaps: []string{
			"the history of PAY-12 ends after 100 changes", "comments of PAY-77", "the sprint with id 348", "comments of PAY-78", "comments of PAY-79",
		}},
		{Name: "linear acme", LastRead: at("2026-11-13 14:02"), Stale: true},
		{Name: "linear labs", Stale: true},
	}
	return in
}

// Crowded is a week with n findings of four rules.
func Crowded(n int) reports.Inputs {
	in := payments()
	rules := []string{problem, decision, goal, imposed}
	severities := []finding.Severity{finding.Info, finding.Warn, finding.High}
	for i := range n {
		from := in.Week.Before(i % 15).Start.Add(time.Duration(i%160) * time.Hour).In(Berlin).Format("2006-01-02 15:04")
		key := fmt.Sprintf("PAY-%d", 1000+i)
		f := because("It has waited for a while.", about(rules[i%len(rules)], key, fmt.Sprintf("Piece of work number %d", i), from))
		f.Severity = severities[i%len(severities)]
		if i%11 == 3 {
			f = until("2026-11-12 12:00", finding.Settled, f)
		}
		in.Findings = append(in.Findings, f)
	}
	in.Flights = flights(in.Week, 2310, 480)
	crowdedWork(&in, n)
	in.Link = "https://fairlead.acme.example/teams/payments/reports/2026-W46"
	return in
}

// HostileTitles are texts that try to be more than text.
func HostileTitles() []string {
	return []string{
		`<script>alert(1)</script><img src=x onerror=alert(2)>`,
		`"><a href="https://evil.example">Click</a> style="position:fixed" <style>*{display:none}</style>`,
		"\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07link\x1b]8;;\x07 \u009b2J\a\b\x00 \x7f",
		"invoice\u202Egpj.exe \u2066isolated\u2069 \u200Fmark \u061C \u200B\u2060zero",
		"first line\r\n## Settled\n\n- PAY-1 everything\u2028is fine\u0085here",
		"[click](https://evil.example) ![x](https://evil.example/p.png) <https://evil.example> `code` **bold** ~~gone~~ | cell",
		"@channel <!channel> @everyone #1234 www.evil.example mail me@evil.example https://evil.example/a?b=c&d",
		`javascript:alert(1) data:text/html,<b> &lt;b&gt; &#x3c;b&#x3e; {{.Why}} ${7*7} =cmd|' /C calc'!A0`,
		"שלום עולם تقرير 123 (abc)",
		"結合テスト " + strings.Repeat("漢字", 70) + " 終",
		"Z" + strings.Repeat("\u0301\u0302\u0303", 200) + "algo 👩‍👩‍👧‍👦 family",
		strings.Repeat("A", 10_000),
		"\xff\xfe broken \xc3 utf-8 \ufffe\uffff",
		"1. not a list", "- nor this", "=== nor a heading", "    nor code",
		"",
	}
}

// HostileURLs are addresses that must not become links.
func HostileURLs() []string {
	return []string{
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "//evil.example/x",
		"https://acme.example@evil.example/", "https://", "http:evil", "file:///etc/passwd", " https://acme.example/", "https://acme.example/\x00",
		"https://acme.example/" + strings.Repeat("a", 5000), "https://ac\u202eme.example/", "ftp://acme.example/", "mailto:a@b.example",
	}
}

// Hostile is a week in which every text that people write was written by
// somebody with bad intentions.
func Hostile() reports.Inputs {
	in := payments()
	titles, urls := HostileTitles(), HostileURLs()
	rules := []string{problem, decision, goal, imposed}
	for i, title := range titles {
		f := about(rules[i%len(rules)], fmt.Sprintf("PAY-%d", i+1), title, "2026-11-10 12:00")
		f.Reason, f.Ask, f.Severity = titles[(i+1)%len(titles)], titles[(i+2)%len(titles)], finding.Warn
		f.Tickets = []string{f.Subject.Key, titles[(i+3)%len(titles)], "PAY-900"}
		f.Subject.URL = urls[i%len(urls)]
		switch {
		case i%4 == 1:
			f = again("2026-11-11 12:00", until("2026-11-01 12:00", finding.Settled, opened("2026-10-20 12:00", f)))
		case i%4 == 2:
			f = opened("2026-09-20 12:00", f)
		case i%8 == 3:
			f = until("2026-11-12 12:00", finding.Settled, opened("2026-10-20 12:00", f))
		}
		in.Findings = append(in.Findings, f)
	}
	in.Findings[0].Subject.URL = `https://acme.example/browse/PAY-1?a="><script>&b=(x)` + "`'|"
	in.Team.Name = "Pay<b>ments</b> \u202E[x](https://evil.example) \x1b[1m"
	in.Agreements = append([]reports.Agreement{}, in.Agreements...)
	in.Agreements[0].Promise = `Every <i>feature</i> says | which [problem](https://evil.example) it solves`
	in.Sources = []reports.Health{{Name: "jira <u>evil</u>.example", LastRead: at("2026-11-15 23:40"), Gaps: titles[2:9]}}
	in.Link, in.FindingPages = urls[0], urls[0]
	hostileWork(&in)
	return in
}

func opened(from string, f finding.Finding) finding.Finding {
	f.Spans = []finding.Span{{From: at(from)}}
	return f
}

// ForTheEM is a normal week as the EM reads it.
func ForTheEM() reports.Inputs {
	in := NormalWeek()
	in.Reader, in.FindingPages = finding.ForEM, pagesOfFindings
	in.Findings = append(in.Findings, narrow()...)
	return in
}

// ForThePair is a normal week as EM and PM read it together.
func ForThePair() reports.Inputs {
	in := ForTheEM()
	in.Reader = finding.ForEMPM
	return in
}

// narrow are findings that the team's channel never hears of.
func narrow() []finding.Finding {
	return []finding.Finding{
		seenBy(finding.ForEM, because("PAY-224 was assigned to someone in your team on Wednesday by a person outside your chain, and you had not yet been part of the ticket.",
			about(assigned, "PAY-224", "Chargeback letters", "2026-11-11 23:45"))),
		until("2026-11-12 23:45", finding.Settled, seenBy(finding.ForEM, about(assigned, "PAY-219", "Payout report", "2026-11-04 23:45"))),
		until("2026-11-13 23:45", finding.AgedOut, seenBy(finding.ForEM, about(assigned, "PAY-190", "Limits by country", "2026-10-30 23:45"))),
		seenBy(finding.ForEMPM, because("PAY-228 was given the date 1 December, and nobody from engineering had been part of it by then.",
			about(imposed, "PAY-228", "Year-end statements", "2026-11-06 23:45"))),
	}
}

// ClockChange is the week of 25 October 2026, in which Berlin's Sunday has 25
// hours, one of them twice; the next week begins an hour later by UTC.
func ClockChange() reports.Inputs {
	in := payments()
	in.Week = org.WeekOf(at("2026-10-20 12:00"), Berlin)
	in.Now = at("2026-10-26 08:55")
	in.Flights = flights(in.Week, 41, 38)
	in.Sources = []reports.Health{{Name: jira, LastRead: at("2026-10-25 23:40")}}
	secondHour := time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC) // 02:30 for the second time
	lastMinute := time.Date(2026, 10, 25, 22, 59, 0, 0, time.UTC)
	f := func(key string, from time.Time) finding.Finding {
		return because("It names none.", about(problem, key, "Work around the change", from.In(Berlin).Format("2006-01-02 15:04")))
	}
	early, late, next := f("PAY-1", secondHour), f("PAY-2", lastMinute), f("PAY-3", lastMinute.Add(time.Minute))
	early.Spans[0].From = secondHour
	in.Findings = []finding.Finding{early, late, next,
		until("2026-10-25 12:00", finding.Settled, f("PAY-4", at("2026-10-18 12:00")))}
	return in
}

// pagesOfFindings is what the addresses of findings' pages begin with.
const pagesOfFindings = "https://fairlead.acme.example/findings/"

// EveryEnding is a week in which findings end, return and pass in every way.
func EveryEnding() reports.Inputs {
	in := payments()
	in.Link, in.FindingPages = "https://fairlead.acme.example/teams/payments", pagesOfFindings
	in.Findings = []finding.Finding{
		because("It names none.", about(problem, "PAY-1", "Long open", "2025-12-01 12:00")),
		until("2026-11-10 12:00", finding.AgedOut, about(decision, "PAY-2", "Dropped from the sprint", "2026-10-27 12:00")),
		because("It names none.", again("2026-11-12 12:00", until("2026-11-03 12:00", finding.Settled, about(problem, "PAY-3", "Came back", "2026-10-20 12:00")))),
		because("It names none.", again("2026-11-12 12:00", until("2026-11-10 12:00", finding.AgedOut, about(problem, "PAY-4", "Flapped", "2026-10-20 12:00")))),
		until("2026-11-12 12:00", finding.Settled, about(goal, "PAY-5", "Came and went", "2026-11-10 12:00")),
		until("2026-11-12 12:00", finding.AgedOut, about(decision, "PAY-6", "Came and aged", "2026-11-10 12:00")),
		because("Its priority was lowered.", again("2026-11-13 12:00", until("2026-11-09 12:00", finding.AgedOut, about(decision, "PAY-7", "Aged, then back", "2026-11-09 06:00")))),
		about("no-accountable-owner", "PAY-8", "Only watched", "2026-11-10 12:00"),
		about("switched-off", "PAY-9", "No longer agreed", "2026-11-10 12:00"),
	}
	return in
}

// FewTickets is a small team's week: one finding, eight tickets in flight.
func FewTickets() reports.Inputs {
	in := payments()
	in.Findings = []finding.Finding{because("It names none.", about(problem, "PAY-1", "Bulk export", "2026-11-10 12:00"))}
	in.Flights = flights(in.Week, 8, 7)
	return in
}

// MostTeams is a normal week in which the problem behind a feature is missing in
// most teams.
func MostTeams() reports.Inputs {
	in := NormalWeek()
	in.Widespread = map[string]finding.Spread{problem: {Open: 12, Teams: 15}, imposed: {Open: 9, Teams: 15}}
	return in
}

// KeptBack is a week, as the EM reads it, in which one rule suddenly noticed far
// more than usual.
func KeptBack() reports.Inputs {
	in := ForTheEM()
	for n := range 6 {
		in.Findings = append(in.Findings, about(decision, fmt.Sprintf("PAY-%d", 301+n), "Moved in bulk", "2026-11-13 23:45"))
	}
	in.Silent = []finding.Mute{{Rule: decision, At: at("2026-11-13 23:45"), From: at("2026-11-06 23:45"), New: 84, Usual: 2}}
	return in
}

// WithoutHistory is a normal week in which the goal of a sprint is known only
// since the week began, and one agreement was made two weeks before.
func WithoutHistory() reports.Inputs {
	in := NormalWeek()
	in.Agreements = slices.Clone(in.Agreements)
	for i := range in.Agreements {
		switch a := &in.Agreements[i]; a.Rule {
		case goal:
			a.Known, a.NoHistory = at("2026-11-09 00:00"), true
		case decision:
			a.Known = at("2026-10-26 00:00")
		}
	}
	return in
}
