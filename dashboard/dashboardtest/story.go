package dashboardtest

import (
	"fmt"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/trends"
)

// Now is the moment the story is told at: a Wednesday in Berlin.
var Now = at("2026-11-18 10:00")

// Jira is the source of most of the story.
const Jira = "jira acme.atlassian.net"

// The people a page is looked at by.
var (
	Lee  = dashboard.Viewer{Person: "lee", Name: "Lee Park"}               // EM of Payments
	Sam  = dashboard.Viewer{Person: "sam", Name: "Sam Holt"}               // PM of Payments
	Mina = dashboard.Viewer{Person: "mina", Name: "Mina Osei"}             // in Payments
	Omar = dashboard.Viewer{Person: "omar", Name: "Omar Haddad"}           // EM of Core and of Search
	Dana = dashboard.Viewer{Person: "dana", Name: "Dana Ruiz"}             // director
	Pat  = dashboard.Viewer{Person: "pat", Name: "Pat Quinn", Admin: true} // runs fairlead, in no team
	Eve  = dashboard.Viewer{Person: "eve", Name: "Eve"}                    // whom the directory does not know
	None = dashboard.Viewer{}                                              // not signed in
)

// at is a moment by Berlin's clocks.
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, reporttest.Berlin)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// Story is an organisation of four teams, told by hand. Each call makes it anew.
func Story() *Data {
	dir := directory()
	d := &Data{
		Dir: dir, Judged: dashboard.NewLedger(findings(), told, Now, "story-1"), Weekly: dashboard.NewTrends(snapshots(dir, 53), "story-1"),
		Tickets: []ticket.Ticket{bulkExport()}, Entries: entries(), Given: waivers(), Weeks: []string{"2026-W47", "2026-W46", "2026-W45", "2026-W44", "2026-W43"},
		Voted:     map[string]dashboard.Votes{problem: {Useful: 17, NotUseful: 4}, decision: {Useful: 2}},
		Trying:    experiments(),
		ToMeasure: []dashboard.Measure{{Name: trends.Open, Label: "Open exceptions"}, {Name: trends.OfRule(trends.Open, goal), Label: "Sprints without a goal"}, {Name: trends.CycleMedian, Label: "Cycle time, median"}, {Name: trends.Throughput, Label: "Tickets finished"}},
		State:     health(),
		Changed: []dashboard.Revision{
			{Number: 4, Rule: owner, At: at("2026-11-02 08:30"), By: "pat", Text: "stage (as before) → watch", Why: "to see for a month how much it would be"},
			{Number: 3, Team: "payments", Rule: problem, At: at("2026-10-22 16:40"), By: "sam", Text: "review_on (as before) → 2027-01-15", Why: "to see after the holidays whether it helped"},
			{Number: 2, Team: "payments", Rule: problem, At: at("2026-10-20 11:15"), By: "lee", Text: "min_chars 80 → 120", Why: "two words were too easy to write"},
			{Number: 1, Team: "payments", Rule: problem, At: at("2026-09-21 09:30"), By: "lee", Text: "promise (as before) → Every feature we start says which problem it solves", Why: "the shipped words are not ours"},
			{Rule: decision, At: at("2026-09-14 09:00"), Text: "stage watch → report", Why: "after four weeks of watching"},
		},
	}
	d.TeamReport = teamReport
	d.agreements("payments")
	return d
}

// The rules that the story is told with.
const (
	problem  = "feature-without-problem"
	goal     = "work-without-sprint-goal"
	decision = "decision-not-recorded"
	assigned = "assigned-bypassing-em"
	imposed  = "date-imposed"
	nogoal   = "work-without-goal"
	slip     = "slip-unacknowledged"
	owner    = "no-accountable-owner"
)

func directory() *org.Directory {
	person := func(id, name string, role org.Role) org.Person {
		return org.Person{ID: id, Name: name, Emails: []string{id + "@acme.example"}, Roles: []org.Tenure{{Role: role}}}
	}
	seats := func(ids ...string) []org.Seat {
		var out []org.Seat
		for _, id := range ids {
			out = append(out, org.Seat{Person: id})
		}
		return out
	}
	people := []org.Person{
		person("lee", "Lee Park", org.EM), person("sam", "Sam Holt", org.PM), person("mina", "Mina Osei", org.Engineer), person("jo", "Jo Lindqvist", org.Engineer),
		person("ana", "Ana Prieto", org.Engineer), person("tom", "Tom Becker", org.QA), person("omar", "Omar Haddad", org.EM), person("ida", "Ida Nyström", org.PM),
		person("kai", "Kai Tanaka", org.Engineer), person("liv", "Liv Moen", org.Engineer), person("noa", "Noa Levi", org.Engineer), person("raj", "Raj Mehta", org.TechLead),
		person("bea", "Bea Klein", org.Engineer), person("max", "Max Weiss", org.Engineer), person("una", "Una Byrne", org.EM), person("gil", "Gil Stone", org.Engineer),
		person("eli", "Eli Novak", org.Engineer), person("fay", "Fay Chen", org.PM), person("dana", "Dana Ruiz", org.Director), person("pat", "Pat Quinn", org.Engineer),
	}
	teams := []org.Team{
		{ID: "payments", Name: "Payments", EMs: seats("lee"), PMs: seats("sam"), Members: seats("mina", "jo", "ana", "tom"), Under: "dana", Location: reporttest.Berlin, Owns: org.Ownership{JiraProjects: []string{"PAY"}}},
		{ID: "core", Name: "Core platform", EMs: seats("omar"), PMs: seats("ida"), Members: seats("kai", "liv", "noa", "raj"), Under: "dana", Location: reporttest.Berlin, Owns: org.Ownership{JiraProjects: []string{"CORE"}}},
		{ID: "search", Name: "Search", EMs: seats("omar"), Members: seats("bea", "max"), Under: "dana", Location: reporttest.Berlin, Owns: org.Ownership{JiraProjects: []string{"SEA"}}},
		{ID: "mobile", Name: "Mobile", EMs: seats("una"), PMs: seats("fay"), Members: seats("gil", "eli"), Under: "dana", Location: reporttest.Berlin, Owns: org.Ownership{JiraProjects: []string{"MOB"}}},
	}
	d, mistakes := org.New(people, teams, nil)
	if len(mistakes) > 0 {
		panic(fmt.Sprint(mistakes))
	}
	return d
}

// agreements is what was agreed, in files and on pages, and what of it stands in files.
func (d *Data) agreements(own string) {
	catalog, err := rules.Catalog()
	if err != nil {
		panic(err)
	}
	b := benched{
		said: map[whose]dashboard.AgreementDraft{}, past: map[int64]dashboard.AgreementDraft{}, number: 4, moment: Now.Add(-time.Hour),
		files: map[whose]dashboard.AgreementDraft{
			{"", decision}:           {Promise: "Decisions leave a trace", Stage: "remind"},
			{"", owner}:              {Stage: "watch"},
			{"", slip}:               {PinAll: true},
			{own, "buzzword-driven"}: {Off: true, Because: "we talk about this in planning anyway"},
		},
	}
	for w, draft := range b.files {
		draft.Team, draft.Rule = w.team, w.rule
		b.files[w], b.said[w] = draft, draft
	}
	was := dashboard.AgreementDraft{Team: own, Rule: problem, Base: 1, Promise: "Every feature we start says which problem it solves", Settings: map[string]string{"min_chars": "80"}}
	longer := was
	longer.Base, longer.Settings = 2, map[string]string{"min_chars": "120"}
	again := longer
	again.Base, again.ReviewOn = 3, "2027-01-15"
	for _, draft := range []dashboard.AgreementDraft{was, longer, again} {
		b.past[draft.Base] = draft
	}
	b.said[whose{own, problem}] = again
	watched := dashboard.AgreementDraft{Base: 4, Rule: owner, Stage: "watch"}
	b.said[whose{"", owner}], b.past[4] = watched, watched
	for _, t := range d.Dir.Teams() {
		b.teamsAre = append(b.teamsAre, t.ID)
	}
	d.bench = b
	if d.Agreed, err = rules.NewBook(catalog, nil, b.teamsAre); err != nil {
		panic(err)
	}
	if d.Agreed, err = d.bookWith(again); err != nil {
		panic(err)
	}
}

func told(f *finding.Finding) bool { return f.Rule != owner }

var promises = map[string]string{
	problem: "Every feature we start says which problem it solves", goal: "Every sprint has a goal", decision: "Decisions leave a trace",
	assigned: "Work reaches an engineer through their EM", imposed: "Dates are set together with those who do the work", nogoal: "Work belongs to a goal",
	slip: "Slips are talked about", owner: "Work in flight has an owner",
}

var asks = map[string]string{
	problem: "Which problem is it? Link it, or write two sentences.", goal: "What would be different for a customer when this sprint is over?",
	decision: "Why was it decided? Write it where the ticket is.", assigned: "If that was agreed, say so and it closes. If not, it may be worth a word with each other.",
	imposed: "Does the date hold? Answer in the ticket, whichever way.", nogoal: "Which goal does it serve? Link it, or say that it serves none.",
	slip: "What does it need? A comment is enough.", owner: "Who looks after it?",
}

type told1 struct {
	team, rule, key, title, reason string
	severity                       finding.Severity
	audience                       finding.Audience
	from, to                       string
	end                            finding.State
}

func (s told1) finding() finding.Finding {
	subject := finding.Subject{Kind: finding.AboutTicket, Source: Jira, ID: "id-" + s.key, Key: s.key, Title: s.title, URL: "https://acme.atlassian.net/browse/" + s.key}
	f := finding.Finding{
		Seen: finding.Seen{
			ID: finding.MakeID(s.rule, subject, ""), Rule: s.rule, Team: s.team, Subject: subject, Promise: promises[s.rule], Reason: s.reason, Ask: asks[s.rule], Severity: s.severity,
			Audience: s.audience, Tickets: []string{s.key}, Labels: []string{"q4"},
			Evidence: []finding.Evidence{{Fact: "entered the sprint", Value: "Sprint 24", At: at(s.from).Add(-2 * time.Hour), URL: subject.URL}, {Fact: "linked problems", Value: "none"}},
		},
		State: finding.Open, LastSeen: Now, Spans: []finding.Span{{From: at(s.from)}},
	}
	if s.to != "" {
		f.State, f.Spans[0].To, f.Spans[0].End = s.end, at(s.to), s.end
	}
	return f
}

// BulkExport is the finding that pages about one are tried on.
var BulkExport = finding.MakeID(problem, finding.Subject{Kind: finding.AboutTicket, Source: Jira, ID: "id-PAY-231"}, "")

// ForTheEMAlone is one that only Lee may see.
var ForTheEMAlone = finding.MakeID(assigned, finding.Subject{Kind: finding.AboutTicket, Source: Jira, ID: "id-PAY-224"}, "")

// OfCore is a finding of another team than Payments.
var OfCore = finding.MakeID(decision, finding.Subject{Kind: finding.AboutTicket, Source: Jira, ID: "id-CORE-88"}, "")

func findings() []finding.Finding {
	all := []told1{
		{"payments", problem, "PAY-231", "Bulk export", "It entered the sprint on Tuesday without a word about the problem it solves.", finding.Warn, finding.ForTeam, "2026-11-10 09:30", "", ""},
		{"payments", problem, "PAY-219", "Invoice templates", "It has been in the sprint for three weeks and links no problem.", finding.Warn, finding.ForTeam, "2026-10-27 10:00", "", ""},
		{"payments", decision, "PAY-201", "SEPA instant", "Its due date moved from 2 to 20 November and nobody wrote why.", finding.Info, finding.ForTeam, "2026-10-30 14:00", "", ""},
		{"payments", decision, "PAY-188", "Retry failed refunds", "It left the sprint on Thursday and nobody wrote why.", finding.Info, finding.ForTeam, "2026-11-12 16:00", "", ""},
		{"payments", nogoal, "PAY-240", "Currency rounding", "It has been in flight for nine days and leads to no goal.", finding.Info, finding.ForTeam, "2026-11-09 08:00", "", ""},
		{"payments", assigned, "PAY-224", "Chargeback hotfix", "It was assigned to someone in the team on Wednesday by a person outside the chain, and the EM had not been part of it.", finding.High, finding.ForEM, "2026-11-11 15:20", "", ""},
		{"payments", imposed, "PAY-228", "Partner settlement report", "A due date was set on Friday, and nobody from engineering had been part of it.", finding.Warn, finding.ForEMPM, "2026-11-13 11:00", "", ""},
		{"payments", owner, "PAY-244", "Ledger clean-up", "It is in flight and nobody is assigned.", finding.Warn, finding.ForTeam, "2026-11-16 09:00", "", ""},
		{"payments", slip, "PAY-166", "Dispute inbox", "It moved for the third time.", finding.Warn, finding.ForTeam, "2026-10-05 09:00", "", finding.Waived},
		{"payments", problem, "PAY-198", "Refund reasons", "It had no problem behind it.", finding.Warn, finding.ForTeam, "2026-10-28 10:00", "2026-11-12 12:00", finding.Settled},
		{"payments", goal, "PAY-190", "Partial refunds", "The sprint had no goal.", finding.Warn, finding.ForTeam, "2026-10-19 10:00", "2026-11-03 12:00", finding.Settled},
		{"payments", decision, "PAY-175", "Old ledger API", "It was cancelled and nobody wrote why.", finding.Info, finding.ForTeam, "2026-09-21 10:00", "2026-10-02 09:00", finding.Answered},
		{"core", decision, "CORE-88", "Message bus upgrade", "It was cancelled on Monday and nobody wrote why.", finding.Info, finding.ForTeam, "2026-11-16 10:00", "", ""},
		{"core", problem, "CORE-91", "Feature flags v2", "It was started and no problem stands behind it.", finding.Warn, finding.ForTeam, "2026-11-03 10:00", "", ""},
		{"core", slip, "CORE-40", "Single sign-on for partners", "It was carried over twice and nobody has written about it.", finding.Warn, finding.ForTeam, "2026-10-12 10:00", "", ""},
		{"search", nogoal, "SEA-12", "Synonyms", "It has been in flight for six days and leads to no goal.", finding.Info, finding.ForTeam, "2026-11-12 10:00", "", ""},
		{"mobile", problem, "MOB-7", "Widgets", "It was started and no problem stands behind it.", finding.Warn, finding.ForTeam, "2026-11-04 10:00", "", ""},
	}
	out := make([]finding.Finding, len(all))
	for i, one := range all {
		out[i] = one.finding()
		if one.end == finding.Waived {
			out[i].State = finding.Waived
		}
	}
	return out
}

// snapshots are so many weeks of every team, the last one running: numbers that
// rise and fall as in a real team, and the same at every call.
func snapshots(dir *org.Directory, weeks int) []trends.Snapshot {
	last := org.WeekOf(Now, reporttest.Berlin)
	now := map[string]map[string]int{
		"payments": {problem: 2, decision: 2, nogoal: 1}, "core": {decision: 1, problem: 1, slip: 1}, "search": {nogoal: 1}, "mobile": {problem: 1},
	}
	var out []trends.Snapshot
	for i, t := range dir.Teams() {
		for n := range weeks {
			w := last.Before(n)
			s := trends.Snapshot{Team: t.ID, Week: w.String(), Taken: w.End.UTC(), Values: map[string]float64{}}
			for k, rule := range []string{problem, goal, decision, nogoal, slip} {
				v := float64(now[t.ID][rule] + (n*(k+2)/5+i*k+n*n%3)%5*min(n, 3)/3)
				s.Values[trends.OfRule(trends.Open, rule)] = v
				s.Values[trends.Open] += v
				s.Values[trends.OfRule(trends.Settled, rule)] = float64((n + k + i) % 3)
				s.Values[trends.Settled] += float64((n + k + i) % 3)
			}
			flight := float64(28 + (n*7+i*11)%17)
			s.Values[trends.InFlight], s.Values[trends.Clear] = flight, max(0, flight-s.Values[trends.Open])
			s.Values[trends.Throughput], s.Values[trends.CycleMedian], s.Values[trends.Cycle85] = float64(9+(n*5+i)%7), 3+float64((n*3+i)%5)/2, 9+float64((n*2+i)%7)
			s.Values[trends.BugsIn], s.Values[trends.BugsOut] = float64(2+n%4), float64(1+(n+1)%4)
			s.Values[trends.CarriedOver], s.Values[trends.CarriedOverOf] = float64(3+n%4), 24
			s.Values[trends.AwarenessHours], s.Values[trends.AwarenessOf] = float64(6+n%9), 4
			out = append(out, s)
		}
	}
	return out
}

func bulkExport() ticket.Ticket {
	account := func(name string) ticket.Account { return ticket.Account{ID: "acc-" + name, Name: name} }
	change := func(when, who string, field ticket.Field, from, to string) ticket.Change {
		return ticket.Change{ID: when, At: at(when), Actor: account(who), Field: field, From: []ticket.Value{{Text: from}}, To: []ticket.Value{{Text: to}}}
	}
	t := ticket.Ticket{
		Source: Jira, Tracker: "jira", ID: "id-PAY-231", Key: "PAY-231", URL: "https://acme.atlassian.net/browse/PAY-231", Title: "Bulk export", Kind: ticket.Feature, RawType: "Story",
		Status: "In progress", Category: ticket.Started, Creator: account("Sam Holt"), Assignee: account("Mina Osei"), Project: "PAY", Labels: []string{"q4"},
		Created: at("2026-11-02 09:12"), Updated: at("2026-11-17 16:40"), Started: at("2026-11-11 10:05"),
		Comments: []ticket.Comment{{ID: "c1", Author: account("Jo Lindqvist"), Created: at("2026-11-13 14:22"), Text: "How large do these exports get? I would like to stream them."}},
		History: []ticket.Change{
			change("2026-11-03 11:00", "Sam Holt", ticket.FieldPriority, "Medium", "High"), change("2026-11-10 07:30", "Sam Holt", ticket.FieldSprint, "", "Sprint 24"),
			change("2026-11-10 13:45", "Lee Park", ticket.FieldAssignee, "", "Mina Osei"), change("2026-11-11 10:05", "Mina Osei", ticket.FieldStatus, "To do", "In progress"),
			change("2026-11-17 16:40", "Sam Holt", ticket.FieldDescription, "120", "180"),
		},
	}
	t.Normalise()
	return t
}

func entries() []dashboard.Entry {
	waived := finding.MakeID(slip, finding.Subject{Kind: finding.AboutTicket, Source: Jira, ID: "id-PAY-166"}, "")
	answered := finding.MakeID(decision, finding.Subject{Kind: finding.AboutTicket, Source: Jira, ID: "id-PAY-175"}, "")
	return []dashboard.Entry{
		{At: at("2026-11-16 09:30"), What: "opened", Finding: OfCore, Team: "core", Rule: decision},
		{At: at("2026-11-11 15:20"), What: "opened", Finding: ForTheEMAlone, Team: "payments", Rule: assigned},
		{At: at("2026-11-10 09:30"), What: "opened", Finding: BulkExport, Team: "payments", Rule: problem},
		{At: at("2026-11-06 17:00"), By: "lee", What: "waived until 2026-12-04", Why: "the vendor answers in December", Finding: waived, Team: "payments", Rule: slip},
		{At: at("2026-10-20 11:15"), By: "lee", What: "changed the agreement: min_chars 80 → 120", Why: "two words were too easy to write", Team: "payments", Rule: problem},
		{At: at("2026-10-02 09:00"), By: "sam", What: "answered: done on purpose", Why: "the API has no users left", Finding: answered, Team: "payments", Rule: decision},
		{At: at("2026-09-30 08:00"), By: "pat", What: "made a token with the scope read", Configuring: true},
	}
}

func waivers() []finding.Waiver {
	scope := finding.Scope{Finding: finding.MakeID(slip, finding.Subject{Kind: finding.AboutTicket, Source: Jira, ID: "id-PAY-166"}, "")}
	return []finding.Waiver{
		{ID: "w-1", Scope: scope, By: "lee", Reason: "the vendor answers in December", Holds: []finding.Span{{From: at("2026-11-06 17:00"), To: at("2026-12-05 00:00")}}, Renewals: 1},
		{ID: "w-2", Scope: finding.Scope{Rule: problem, Label: "spike"}, By: "lee", Reason: "spikes answer a question of their own", Holds: []finding.Span{{From: at("2026-06-01 09:00"), To: at("2026-09-01 00:00")}}},
	}
}

func experiments() []dashboard.Experiment {
	return []dashboard.Experiment{
		{
			ID: "co-written-sprint-goals", Name: "Co-written sprint goals", Hypothesis: "If EM and PM write the goal together, less work starts without one.", Team: "payments",
			Measure: trends.OfRule(trends.Open, goal), Label: "Sprints without a goal", Expect: "down by half", Guardrail: "Tickets finished: not down by more than 20%", Start: "2026-10-12", End: "2026-12-18",
			Verdict: "moved as expected", Running: true, Text: "Sprints without a goal, a week on average: 2.4 → 0.8, over 5 weeks each. It moved as expected (down by half) so far.",
			Guarded: "Tickets finished, which was to be left alone: 11 → 12. It was.",
			Before:  dashboard.Compared{First: "2026-W37", Last: "2026-W41", Known: 5, Mean: 2.4}, After: dashboard.Compared{First: "2026-W42", Last: "2026-W46", Known: 5, Mean: 0.8},
		},
		{
			ID: "demo-every-friday", Name: "A demo every Friday", Hypothesis: "What is shown every week gets a problem written down earlier.", Measure: trends.Open, Label: "Open exceptions", Expect: "down by a quarter",
			Start: "2026-06-01", End: "2026-08-28", Verdict: "not moved", Text: "Open exceptions, a week on average: 21 → 20, over 12 weeks each. It has not moved by more than chance may do (down by a quarter was expected).",
			Before: dashboard.Compared{First: "2026-W11", Last: "2026-W22", Known: 12, Mean: 21}, After: dashboard.Compared{First: "2026-W23", Last: "2026-W34", Known: 12, Mean: 20},
		},
		{ID: "pairing-on-estimates", Name: "Pairing on estimates", Hypothesis: "Estimates move less when two people give them.", Team: "search", Measure: trends.CycleMedian, Label: "Cycle time, median", Expect: "down by 1",
			Start: "2026-11-09", End: "2027-01-29", Verdict: "too little data", Running: true, Text: "Four weeks more before we can say."},
	}
}

func health() dashboard.Health {
	return dashboard.Health{
		Sources: []dashboard.SourceHealth{
			{Source: dashboard.Source{Name: Jira, LastRead: at("2026-11-18 09:45")}, Tickets: 4213, Took: 42 * time.Second, Left: 812, Of: 1000, Resets: at("2026-11-18 11:00"),
				Unmapped: []dashboard.Unmapped{{What: "issue type", Word: "Spike", Tickets: 31}, {What: "status", Word: "Waiting for legal", Tickets: 4}}},
			{Source: dashboard.Source{Name: "linear acme", LastRead: at("2026-11-13 14:02"), Stale: true, Gaps: []string{"comments of archived projects"}}, Tickets: 611, Trouble: "the tracker answered 401: the token was revoked"},
		},
		People:  []dashboard.Stranger{{Source: Jira, Name: "Ana P.", Account: "557058:1f", Tickets: 12}, {Source: "linear acme", Name: "contractor@agency.example", Account: "b7c1", Tickets: 3}},
		Counted: Now.Add(-30 * time.Minute),
		Unowned: []dashboard.Unowned{{Source: Jira, What: "Jira project OPS", Tickets: 87}},
		Stopped: []dashboard.Stopped{{Rule: "feature-factory", Why: "the setting max_share is above 100 %"}},
		Silent:  []finding.Mute{{Rule: "stale-communication", At: at("2026-11-09 08:00"), From: at("2026-11-02 08:00"), New: 64, Usual: 5}},
		Queue: &dashboard.Queue{
			Scheduler: "fairlead-0, process 1, K4VX2QPA", Processes: 2,
			Kinds: []dashboard.QueueKind{{Kind: "sync", Waiting: 1, Running: 1, GivenUp: 1}, {Kind: "deliver", Again: 1}},
			Troubled: []dashboard.QueuedTrouble{
				{Kind: "sync", About: "linear acme", Why: "503 <b>Service Unavailable</b>", Do: "the next round of the schedule asks for it anew", GivenUp: true, Tried: 5},
				{Kind: "deliver", About: "payments, 2026-W46, to slack:#payments", Why: "Redis does not answer", Do: "it is tried again by itself", Tried: 1},
			},
		},
		Deliveries: []dashboard.Delivery{
			{Report: "payments team", Team: "payments", Week: "2026-W46", Channel: "slack:#payments", State: "delivered", Due: at("2026-11-16 09:00"), Delivered: at("2026-11-16 09:00"), Attempts: 1},
			{Report: "payments em", Team: "payments", Week: "2026-W46", Channel: "email:lee@acme.example", State: "delivered", Due: at("2026-11-16 09:00"), Delivered: at("2026-11-16 09:01"), Attempts: 2},
			{Report: "core team", Team: "core", Week: "2026-W46", Channel: "slack:#core", State: "refused", Due: at("2026-11-16 09:00"), Attempts: 1, Trouble: "the channel does not exist: invite the bot, or correct the name"},
			{Report: "organisation", Week: "2026-W46", Channel: "email:leads@acme.example", State: "pending", Due: at("2026-11-16 09:00"), NotBefore: at("2026-11-18 10:20"), Attempts: 4, Trouble: "the mail server did not answer"},
		},
	}
}

// teamReport is the week of reporttest, with the name and the week asked for.
func teamReport(key dashboard.ReportKey) reports.Report {
	if key.Reader == finding.ForOrg {
		return reports.BuildOrg(reporttest.Organisation())
	}
	in := reporttest.NormalWeek()
	in.Reader = key.Reader
	if key.Reader == finding.ForOrg {
		in.Reader = finding.ForTeam
	}
	if w, err := org.ParseWeek(key.Week, reporttest.Berlin); err == nil && key.Week == "2026-W47" {
		in.Week, in.Now = w, Now
	}
	return reports.Build(in)
}
