package daemon

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
)

// berlin is where the team of these tests works.
var berlin = mustZone("Europe/Berlin")

func mustZone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// tuesdayTen is a working morning: 17 November 2026, 10:00 in Berlin.
var tuesdayTen = time.Date(2026, time.November, 17, 9, 0, 0, 0, time.UTC)

func since(at time.Time) org.Span { return org.Span{From: at} }
func until(at time.Time) org.Span { return org.Span{To: at} }
func allTime(people ...string) []org.Seat {
	var out []org.Seat
	for _, p := range people {
		out = append(out, org.Seat{Person: p})
	}
	return out
}

// paymentsOffice is the organisation of these tests: lee leads payments, sam is its PM,
// mina and jo are in it; kim leads core, dana leads all.
func paymentsOffice(t *testing.T, change func(*org.Team), absences ...org.Absence) *org.Directory {
	t.Helper()
	director := []org.Tenure{{Role: org.Director}}
	people := []org.Person{
		{ID: "lee", Emails: []string{"lee@acme.example"}}, {ID: "sam", Emails: []string{"sam@acme.example"}},
		{ID: "mina", Emails: []string{"mina@acme.example"}}, {ID: "jo"}, {ID: "kim"}, {ID: "ana"},
		{ID: "dana", Roles: director}, {ID: "hush", Mutes: []string{"reminders"}}, {ID: "ci", Bot: true},
	}
	team := org.Team{
		ID: "payments", Name: "Payments", EMs: allTime("lee"), PMs: allTime("sam"), Members: allTime("mina", "jo", "hush"), Location: berlin,
		Calendar: org.Calendar{Holidays: map[string]bool{"2026-11-19": true}},
	}
	if change != nil {
		change(&team)
	}
	dir, mistakes := org.New(people, []org.Team{team, {ID: "core", EMs: allTime("kim"), Location: berlin}}, absences)
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	return dir
}

// seen is an open finding of payments that concerns the whole team.
func seen(change ...func(*finding.Finding)) finding.Finding {
	f := finding.Finding{
		Seen: finding.Seen{
			ID: "f1", Rule: "feature-without-problem", Team: "payments", Audience: finding.ForTeam, Severity: finding.Warn,
			Subject: finding.Subject{Kind: finding.AboutTicket, Source: "jira", ID: "1", Key: "PAY-1", Title: "Bulk export"},
		},
		State: finding.Open, Spans: []finding.Span{{From: tuesdayTen.Add(-7 * 24 * time.Hour)}},
	}
	for _, c := range change {
		c(&f)
	}
	return f
}

func to(audience finding.Audience) func(*finding.Finding) {
	return func(f *finding.Finding) { f.Audience = audience }
}

func opened(ago time.Duration) func(*finding.Finding) {
	return func(f *finding.Finding) { f.Spans = []finding.Span{{From: tuesdayTen.Add(-ago)}} }
}

func called(id string) func(*finding.Finding) {
	return func(f *finding.Finding) { f.ID = finding.ID(id) }
}

// told writes down who is reminded of what, and for whom, and why others are not.
func told(due []nudge, rest []quiet) string {
	var out []string
	for _, n := range due {
		var whose []string
		for _, t := range n.whose {
			whose = append(whose, string(t.seat)+" "+t.person)
		}
		out = append(out, fmt.Sprintf("%s of %s as %s", n.to, n.about.ID, strings.Join(whose, "+")))
	}
	for _, q := range rest {
		out = append(out, strings.TrimSpace(fmt.Sprintf("not %s", q.to))+": "+q.why)
	}
	return strings.Join(out, "; ")
}

// reminder is what these tests decide with, the agreement in the stage remind.
func reminder(dir *org.Directory, ledger ...finding.Finding) *reminding {
	return &reminding{
		ledger: ledger, dir: dir, now: tuesdayTen,
		agreed: func(_, rule string) (rules.Adopted, bool) {
			return rules.Adopted{Rule: rules.Rule{ID: rule}, On: true, Stage: rules.Remind, Tell: finding.ForTeam, RemindAfter: 1}, true
		},
		frozen: func(*finding.Finding) string { return "" },
		silent: func(*finding.Finding) bool { return false },
		owner:  func(*finding.Finding) owner { return owner{person: "mina"} },
		reach:  func(string) (string, string) { return "email", "" },
	}
}

func TestWhoIsRemindedOfWhat(t *testing.T) {
	const day = 24 * time.Hour
	away := func(who, delegate string) org.Absence {
		return org.Absence{Person: who, Delegate: delegate, Span: since(tuesdayTen.Add(-day))}
	}
	for _, c := range []struct {
		name     string
		of       finding.Finding
		team     func(*org.Team)
		absences []org.Absence
		change   func(*reminding)
		want     string
	}{
		{name: "what concerns the team goes to whose ticket it is", of: seen(), want: "mina of f1 as owner mina"},
		{name: "a ticket of nobody goes to the EM", of: seen(),
			change: func(r *reminding) { r.owner = func(*finding.Finding) owner { return owner{} } }, want: "lee of f1 as em lee"},
		{name: "a ticket of somebody of another team goes to the EM", of: seen(),
			change: func(r *reminding) { r.owner = func(*finding.Finding) owner { return owner{person: "kim"} } }, want: "lee of f1 as em lee"},
		{name: "a ticket of a leader goes to the EM", of: seen(), team: func(t *org.Team) { t.Members = append(t.Members, org.Seat{Person: "dana"}) },
			change: func(r *reminding) { r.owner = func(*finding.Finding) owner { return owner{person: "dana"} } }, want: "lee of f1 as em lee"},
		{name: "a ticket of automation goes to the EM", of: seen(),
			change: func(r *reminding) { r.owner = func(*finding.Finding) owner { return owner{person: "ci"} } }, want: "lee of f1 as em lee"},
		{name: "a ticket of somebody who left the team goes to the EM", of: seen(),
			team: func(t *org.Team) { t.Members = []org.Seat{{Person: "mina", Span: until(tuesdayTen.Add(-day))}} }, want: "lee of f1 as em lee"},
		{name: "what is for the EM goes to the EM", of: seen(to(finding.ForEM)), want: "lee of f1 as em lee"},
		{name: "what is for EM and PM goes to both", of: seen(to(finding.ForEMPM)), want: "lee of f1 as em lee; sam of f1 as pm sam"},
		{name: "two EMs get one each", of: seen(to(finding.ForEM)), team: func(t *org.Team) { t.EMs[0].Acting = true; t.EMs = append(t.EMs, org.Seat{Person: "kim"}) },
			want: "kim of f1 as em kim; lee of f1 as em lee"},
		{name: "who is EM and PM gets one", of: seen(to(finding.ForEMPM)), team: func(t *org.Team) { t.PMs = allTime("lee") }, want: "lee of f1 as em lee+pm lee"},
		{name: "what the agreement now tells to fewer goes to fewer", of: seen(), change: func(r *reminding) { agreedTell(r, finding.ForEM) }, want: "lee of f1 as em lee"},
		{name: "an EM who is away is stood in for", of: seen(to(finding.ForEM)), absences: []org.Absence{away("lee", "ana")}, want: "ana of f1 as em lee"},
		{name: "an EM who is away without a delegate gets none", of: seen(to(finding.ForEM)), absences: []org.Absence{away("lee", "")}, want: "not lee: is away, and nobody stands in"},
		{name: "a leader who stands in gets none", of: seen(to(finding.ForEM)), absences: []org.Absence{away("lee", "dana")},
			want: "not lee: is away; dana stands in, and leads more than this team"},
		{name: "a leader in the seat gets it", of: seen(to(finding.ForEM)), team: func(t *org.Team) { t.EMs = allTime("dana") }, want: "dana of f1 as em dana"},
		{name: "whoever did it gets none", of: seen(to(finding.ForEM), func(f *finding.Finding) { f.Actor = "lee" }),
			want: "not lee: is whose act it is about, and is told of it in a letter of their own"},
		{name: "an owner who is away is stood in for by somebody of the team", of: seen(), absences: []org.Absence{away("mina", "jo")}, want: "jo of f1 as owner mina"},
		{name: "an owner who is away is not stood in for by others", of: seen(), absences: []org.Absence{away("mina", "kim")},
			want: "not mina: is away; kim stands in, and is not of the team"},
		{name: "who muted reminders gets none", of: seen(), change: func(r *reminding) { r.owner = func(*finding.Finding) owner { return owner{person: "hush"} } },
			want: "not hush: has muted reminders"},
		{name: "who cannot be reached gets none", of: seen(), change: func(r *reminding) { r.reach = func(string) (string, string) { return "", "has no address" } },
			want: "not mina: has no address"},
		{name: "a team without an EM has nobody to tell", of: seen(to(finding.ForEM)), team: func(t *org.Team) { t.EMs = nil }, want: "not: the team has nobody in the seat that it is for"},
		{name: "what no team owns goes to nobody", of: seen(func(f *finding.Finding) { f.Team = "" }), want: "not: no team owns it"},
		{name: "a team that is no more is told nothing", of: seen(), team: func(t *org.Team) { t.Existed = until(tuesdayTen.Add(-day)) }, want: "not: its team is no more"},
		{name: "what is answered", of: seen(func(f *finding.Finding) { f.State = finding.Answered }), want: "not: answered: it was done on purpose"},
		{name: "what is waived", of: seen(func(f *finding.Finding) { f.State = finding.Waived }), want: "not: waived"},
		{name: "what is settled", of: seen(func(f *finding.Finding) { f.State = finding.Settled }), want: ""},
		{name: "what a silent rule noticed", of: seen(), change: func(r *reminding) { r.silent = func(*finding.Finding) bool { return true } },
			want: "not: its rule is silent until somebody has had a look at it"},
		{name: "what is frozen", of: seen(), change: func(r *reminding) { r.frozen = func(*finding.Finding) string { return "jira was not read" } }, want: "not: jira was not read"},
		{name: "a ticket that is gone", of: seen(), change: func(r *reminding) { r.owner = func(*finding.Finding) owner { return owner{gone: true} } }, want: "not: its ticket is gone"},
		{name: "an agreement that only reports", of: seen(), change: func(r *reminding) { agreedStage(r, rules.Report) }, want: ""},
		{name: "an agreement that is no more", of: seen(), change: func(r *reminding) {
			r.agreed = func(string, string) (rules.Adopted, bool) { return rules.Adopted{}, false }
		}, want: ""},
		{name: "what opened a moment ago", of: seen(opened(time.Hour)), want: "not: too soon: people have until Wednesday 18 November 09:00 to mend it first"},
		{name: "what opened a working day ago, to the minute", of: seen(opened(day)), want: "mina of f1 as owner mina"},
		{name: "what opened a working day ago, less a minute", of: seen(opened(day - time.Minute)), want: "not: too soon: people have until Tuesday 17 November 10:01 to mend it first"},
		{name: "what opened on Friday afternoon", of: seen(opened(3*day + 19*time.Hour)), want: "mina of f1 as owner mina"},
		{name: "what opened on Saturday", of: seen(opened(3 * day)), want: "mina of f1 as owner mina"},
		{name: "what opened a moment ago, where people are told at once", of: seen(opened(time.Minute)), change: func(r *reminding) { agreedAfter(r, 0) }, want: "mina of f1 as owner mina"},
		{name: "what opened again a moment ago", of: seen(func(f *finding.Finding) {
			f.Spans = []finding.Span{{From: tuesdayTen.Add(-20 * day), To: tuesdayTen.Add(-10 * day), End: finding.Settled}, {From: tuesdayTen.Add(-time.Hour)}}
		}), want: "not: too soon: people have until Wednesday 18 November 09:00 to mend it first"},
		{name: "one minute before nine", of: seen(), change: onTheClock("2026-11-17T08:59"), want: "not: reminders leave on working days between 9:00 and 17:00, and it is Tuesday 08:59 for the team"},
		{name: "nine", of: seen(), change: onTheClock("2026-11-17T09:00"), want: "mina of f1 as owner mina"},
		{name: "one minute before five", of: seen(), change: onTheClock("2026-11-17T16:59"), want: "mina of f1 as owner mina"},
		{name: "five", of: seen(), change: onTheClock("2026-11-17T17:00"), want: "not: reminders leave on working days between 9:00 and 17:00, and it is Tuesday 17:00 for the team"},
		{name: "Saturday", of: seen(), change: onTheClock("2026-11-21T10:00"), want: "not: reminders leave on working days between 9:00 and 17:00, and it is Saturday 10:00 for the team"},
		{name: "a holiday", of: seen(), change: onTheClock("2026-11-19T10:00"), want: "not: reminders leave on working days between 9:00 and 17:00, and it is Thursday 10:00 for the team"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := reminder(paymentsOffice(t, c.team, c.absences...), c.of)
			if c.change != nil {
				c.change(r)
			}
			if got := told(r.nudges()); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// onTheClock is a moment on the clock in Berlin.
func onTheClock(local string) func(*reminding) {
	moment, err := time.ParseInLocation("2006-01-02T15:04", local, berlin)
	if err != nil {
		panic(err)
	}
	return func(r *reminding) { r.now = moment.UTC() }
}

func changeAgreed(r *reminding, change func(*rules.Adopted)) {
	before := r.agreed
	r.agreed = func(team, rule string) (rules.Adopted, bool) {
		a, ok := before(team, rule)
		change(&a)
		return a, ok
	}
}

func agreedTell(r *reminding, a finding.Audience) {
	changeAgreed(r, func(said *rules.Adopted) { said.Tell = a })
}

func agreedStage(r *reminding, s rules.Stage) {
	changeAgreed(r, func(said *rules.Adopted) { said.Stage = s })
}

func agreedAfter(r *reminding, days int) {
	changeAgreed(r, func(said *rules.Adopted) { said.RemindAfter = days })
}

func TestAFindingIsToldOnceAWeek(t *testing.T) {
	turnOf := func(week, as string, state store.DeliveryState) store.Delivery {
		return store.Delivery{DeliveryKey: store.DeliveryKey{Report: "reminder of f1", Week: week, Channel: "turn:" + as}, State: state}
	}
	for _, c := range []struct {
		name string
		of   finding.Finding
		team func(*org.Team)
		sent store.Delivery
		want string
	}{
		{"told this week", seen(), nil, turnOf("2026-W47", "owner mina", store.Delivered), "not mina: was reminded this week"},
		{"told last week", seen(), nil, turnOf("2026-W46", "owner mina", store.Delivered), "mina of f1 as owner mina"},
		{"on its way", seen(), nil, turnOf("2026-W47", "owner mina", store.Pending), "mina of f1 as owner mina"},
		{"another finding was", seen(called("f2")), nil, turnOf("2026-W47", "owner mina", store.Delivered), "mina of f2 as owner mina"},
		{"the ticket changed hands since", seen(), nil, turnOf("2026-W47", "owner jo", store.Delivered), "not mina: was reminded this week"},
		{"the EM's turn is not the PM's", seen(to(finding.ForEMPM)), nil, turnOf("2026-W47", "em lee", store.Delivered), "sam of f1 as pm sam; not lee: was reminded this week"},
		{"the seat changed hands since", seen(to(finding.ForEM)), nil, turnOf("2026-W47", "em kim", store.Delivered), "not lee: was reminded this week"},
		{"the other EM was", seen(to(finding.ForEM)), func(t *org.Team) { t.EMs[0].Acting = true; t.EMs = append(t.EMs, org.Seat{Person: "kim"}) },
			turnOf("2026-W47", "em kim", store.Delivered), "lee of f1 as em lee; not kim: was reminded this week"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := reminder(paymentsOffice(t, c.team), c.of)
			r.sent = sentReminders([]store.Delivery{c.sent, {DeliveryKey: store.DeliveryKey{Report: "payments team", Week: "2026-W47"}, State: store.Delivered}})
			if got := told(r.nudges()); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestWeeksOfRemindersAreTheTeams(t *testing.T) {
	// Monday 00:30 in Kiritimati is Sunday in UTC: another week.
	kiritimati := mustZone("Pacific/Kiritimati")
	r := reminder(paymentsOffice(t, func(team *org.Team) { team.Location = kiritimati }), seen(opened(30*24*time.Hour)))
	r.now = time.Date(2026, time.November, 22, 20, 0, 0, 0, time.UTC) // Monday 10:00 there
	due, _ := r.nudges()
	if len(due) != 1 || due[0].week.String() != "2026-W48" || due[0].day(r.now).Format(time.DateOnly) != "2026-11-23" {
		t.Errorf("got %+v, want one of 2026-W48 on 23 November", due)
	}
}

func TestOnePersonGetsOneMessageADay(t *testing.T) {
	var ledger []finding.Finding
	for n := range 8 {
		ledger = append(ledger, seen(called(fmt.Sprint("f", n)), opened(time.Duration(100+n)*24*time.Hour)))
	}
	ledger[3].Severity = finding.High
	ledger[4].Severity = finding.Info
	ledger = append(ledger, seen(called("e"), to(finding.ForEM)))
	slices.Reverse(ledger)
	r := reminder(paymentsOffice(t, nil), ledger...)
	due, rest := r.nudges()
	if len(rest) > 0 {
		t.Fatalf("withheld: %s", told(nil, rest))
	}
	messages, waiting := letters(due, nil, r.now)
	var got []string
	for _, m := range messages {
		var ids []string
		for _, n := range m {
			ids = append(ids, string(n.about.ID))
		}
		got = append(got, m[0].to+": "+strings.Join(ids, " "))
	}
	if want := []string{"lee: e", "mina: f3 f7 f6 f5 f2"}; !slices.Equal(got, want) {
		t.Errorf("messages = %q, want %q: the gravest first, then the oldest", got, want)
	}
	if len(waiting) != 3 || waiting[0].about.ID != "f1" || !strings.Contains(waiting[0].why, "next working day") {
		t.Errorf("waiting: %s", told(nil, waiting))
	}
	sent := sentReminders([]store.Delivery{{DeliveryKey: store.DeliveryKey{Report: messageName("mina", tuesdayTen), Week: "2026-W47", Channel: "email:mina"}, State: store.Delivered}})
	messages, waiting = letters(due, sent, r.now)
	if len(messages) != 1 || messages[0][0].to != "lee" || len(waiting) != 8 {
		t.Errorf("%d messages and %d waiting after mina was told, want lee's alone and 8", len(messages), len(waiting))
	}
}
