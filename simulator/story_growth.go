package simulator

import "time"

// growth tells the story of the Growth team, on Linear. Its cycles begin on
// Wednesdays.
func (t *Teller) growth() {
	t.w.AddSpace(Space{Key: "GRO", Name: "Growth", Lead: "camila", Statuses: LinearStatuses(), TimeZone: "Europe/Berlin"})
	c := &crew{
		space: "GRO", em: always("camila"), pm: "noor", engineers: []string{"oskar", "thandi", "bao", "elif", "mateo"},
		states:  states{"Backlog", "Todo", "In Progress", "In Review", "Done", "Canceled"},
		problem: Draft{Space: "GRO", Labels: []string{"problem"}, Status: "Backlog"},
		feature: Draft{Space: "GRO", Labels: []string{"feature"}, Status: "Backlog"},
		bug:     Draft{Space: "GRO", Labels: []string{"bug"}, Status: "Triage"},
		task:    Draft{Space: "GRO", Labels: []string{"chore"}, Status: "Backlog"},
		solves:  "relates to", linear: true,
	}
	t.sprintsOf(c, t.on(1, time.Wednesday, 0, 0), make([]string, 7), map[int]string{
		1: "More trials reach their first project",
		2: "",
		3: "Invited colleagues accept within a day: from 31 % to 45 %",
		4: "Half as many people leave on the price page without an answer",
		5: "wip",
		6: "Week-four retention of new teams from 38 % to 42 %",
		7: "Win back 40 of the teams that left in summer",
	})
	t.at(t.on(3, time.Thursday, 15, 0), func() { t.w.SetGoal(c.sprints[1], "Nobody asks support how to invite a colleague") })
	t.at(t.on(0, time.Monday, 9, 30), func() {
		t.keys["growth goal"] = t.w.As("dana").Create(Draft{
			Space: "GRO", Type: TypeInitiative, Title: "Teams that stay: week-four retention 45 % by December", Status: "In Progress",
			Description: "Of 100 new teams 38 still work with us after four weeks. We want 45 by the end of the year.", Assignee: "noor",
		})
	})
	for n, th := range growthThemes {
		t.theme(c, th, 1+n)
	}
	t.running(c, growthRunning)
	for _, g := range growthGaps {
		t.gap(c, g)
	}
	t.growthScenes(c)
}

var growthThemes = []theme{
	{
		name: "first project", problem: "Half of the trials never create a project", epic: "The first project in five minutes",
		why:      "52 of 100 trials end on the empty start page. In interviews people said that they did not know what a project is for.",
		features: []string{"Start from an example project", "Three questions instead of an empty page", "Import a spreadsheet as a project"},
		tasks:    []string{"Track each step of the first session", "Clean up abandoned trials"},
		bugs:     []string{"Example project has dates in the past", "Import stops at a formula"},
	}, {
		name: "invites", problem: "Invited colleagues do not find their way in", epic: "Invitations that arrive",
		why:      "Of 100 invitations 31 are accepted within a day. Support answers four questions about them every day.",
		features: []string{"Invite by link", "Say who invited you and to what", "Remind an invited colleague once", "See who has not joined yet"},
		tasks:    []string{"Move invitation mails to the new sender", "Expire invitations after 30 days"},
		bugs:     []string{"Invitation link opens the wrong workspace", "Guests are counted as seats"},
	}, {
		name: "prices", problem: "People leave the price page with a question", epic: "A price page without questions",
		why:      "Chat logs of August: the three most frequent questions are about seats, yearly payment and what happens after the trial.",
		features: []string{"Price for my team size", "What happens after the trial, in one picture", "Switch to yearly payment by yourself"},
		tasks:    []string{"One source for prices in all languages", "Retire the old price table"},
		bugs:     []string{"Price page rounds yen to cents", "Yearly discount is shown twice"},
	}, {
		name: "week four", problem: "Teams stop coming back in the third week", epic: "A reason to come back in week three",
		why:      "Retention falls from 61 to 38 per cent between day 14 and day 28. Teams with a weekly summary stay twice as often.",
		features: []string{"Weekly summary for the whole team", "Pick up where you stopped", "Show what changed since the last visit"},
		tasks:    []string{"Summary mails in the reader's time zone", "Measure retention by kind of team"},
		bugs:     []string{"Summary counts archived tasks", "Last visit is lost after signing in anew"},
	}, {
		name: "return", problem: "Teams that left do not hear what is new for them", epic: "Worth another look", opened: 6,
		why:      "In summer 310 teams left. 190 of them named something that exists by now.",
		features: []string{"Come back with all data in place", "One letter about what you missed"},
		tasks:    []string{"List of teams by reason for leaving", "Consent check for letters"},
		bugs:     []string{"Reactivated teams lose their avatars"},
	},
}

var growthGaps = []gap{
	{"Emoji reactions on tasks", 1, time.Thursday, 3, byDrop, "bao", 1},
	{"Team avatars", 1, time.Wednesday, 2, byDone, "elif", 1},
	{"Landing page for agencies", 1, time.Wednesday, 4, byNeed, "oskar", 1},
	{"Templates by industry", 1, time.Friday, 6, byLink, "thandi", 1},
	{"Badges for finished projects", 2, time.Monday, 5, byDrop, "mateo", 1},
	{"Public project pages", 3, time.Tuesday, 6, byLink, "thandi", 2},
	{"Browser extension", 4, time.Tuesday, 8, byDrop, "bao", 2},
	{"Keyboard shortcuts overview", 6, time.Wednesday, 9, bySection, "elif", 3},
	{"Product tour for administrators", 9, time.Monday, 12, byNeed, "oskar", 5},
	{"Answer a comment by e-mail", 10, time.Tuesday, 12, byLink, "bao", 5},
	{"Share a task outside the team", 11, time.Thursday, 0, "", "mateo", 6},
	{"Referral bonus for both sides", 12, time.Tuesday, 0, "", "thandi", 6},
}

var growthRunning = []running{
	{"return", "Say which data is kept for how long"}, {"return", "Ask leaving teams one question"},
	{"week four", "Weekly summary in chat"}, {"week four", "Goals of the week on the start page"},
	{"prices", "Prices in local currency"}, {"first project", "Example projects in Spanish and Turkish"},
	{"", "Remove the old onboarding code"}, {"", "Events with one naming scheme"}, {"", "Speed of the start page on slow phones"},
	{"", "Check all mails in dark mode"}, {"", "Cookie banner with fewer words"},
}

func (t *Teller) growthScenes(c *crew) {
	t.aroundEM(c, "List of the fifty largest trials for sales", 5, time.Wednesday, "elif")
	t.aroundEM(c, "Sign-up figures for the investor letter", 11, time.Wednesday, "bao")

	// Camila was mentioned, and answered the day after.
	asked := t.aroundEM(c, "Second language for the conference page", 8, time.Tuesday, "oskar")
	t.at(asked.Add(10*time.Minute), func() {
		t.w.As("dana").Comment(t.key("Second language for the conference page"), "@camila this cannot wait for the next cycle, I am sorry.")
	})
	// Created by Dana for Mateo; Camila put it into the cycle herself.
	born, when := "Slides about activation for the offsite", t.on(10, time.Monday, 17, 45)
	t.at(when, func() {
		t.keys[born] = t.w.As("dana").Create(like(c.task, Draft{Title: born, Description: "Ten minutes, numbers only.", Assignee: "mateo", Status: "Todo"}))
	})
	t.at(when.Add(15*time.Hour), func() { t.w.As("camila").Plan(t.key(born), c.sprints[4]) })

	t.growthRequests(c)
}

// growthRequests are what customers ask for, and what arrives by itself.
func (t *Teller) growthRequests(c *crew) {
	for _, r := range []struct {
		week     int
		title    string
		customer string
		need     string
	}{
		{2, "Export a project as PDF", "Hollis & Byrne", "Our clients do not sign in anywhere. We send them paper."},
		{6, "Calendar view by quarter", "Nordlicht Optik", "We plan by quarter and print the month views side by side."},
		{9, "Sign in with the company account", "Casa Verde", "Our administrator resets forty passwords a month."},
	} {
		name := "need " + r.title
		t.at(t.about(t.on(r.week, time.Tuesday, 0, 0), 0), func() {
			d := like(c.feature, Draft{Title: r.title, Description: t.brief(), Status: c.states.backlog})
			d.Integration = "Intercom"
			t.keys[name] = t.w.As("").Create(d)
			t.w.As("priya").Need(t.key(name), r.customer, r.need)
		})
		t.at(t.about(t.on(r.week+1, time.Wednesday, 0, 0), 0), func() {
			t.w.As("camila").Plan(t.key(name), c.sprints[(r.week+2)/2])
			t.w.As("elif").Assign(t.key(name), "elif")
			t.w.As("elif").Move(t.key(name), c.states.doing)
		})
		t.at(t.about(t.on(r.week+3, time.Monday, 0, 0), 0), func() { t.w.As("elif").Move(t.key(name), c.states.done) })
	}
	t.at(t.on(2, time.Monday, 8, 5), func() {
		t.keys["old idea"] = t.w.As("noor").Create(like(c.task, Draft{Title: "Ideas from the spring survey", Description: t.brief()}))
	})
	t.at(t.on(5, time.Friday, 17, 0), func() { t.w.As("noor").Archive(t.key("old idea")) })
}
