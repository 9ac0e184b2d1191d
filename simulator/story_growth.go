package simulator

import (
	"fmt"
	"time"
)

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
		solves:  "relates to", linear: true, goal: "growth goal",
	}
	t.before(c, &growthSpring)
	t.sprintsOf(c, t.on(1, time.Wednesday, 0, 0), make([]string, 7), map[int]string{
		1: "Of 100 trials 60 reach their first project",
		3: "Ship invite links: accepted within a day from 31 % to 45 %",
		4: "Half as many people leave on the price page without an answer",
		5: "41 of 100 new teams come back in week four",
		6: "Week-four retention of new teams from 38 % to 42 %",
		7: "Win back 40 of the teams that left in summer",
	})
	t.late(c, 2, t.on(3, time.Thursday, 15, 0), "Nobody asks support how to invite a colleague")
	t.growthGoals(c)
	t.summer(c)
	for _, th := range growthThemes {
		t.theme(c, th)
	}
	t.running(c, growthRunning)
	for _, g := range growthGaps {
		t.gap(c, g)
	}
	t.growthScenes(c)
}

// growthGoals are those of two quarters; the second is there long before the
// first one ends.
func (t *Teller) growthGoals(c *crew) {
	for _, g := range []struct {
		name, title, about string
		due                string
	}{
		{"trials goal", "Trials that arrive: 60 of 100 create a project by September", "Of 100 trials 48 create a project. We want 60 by the end of the quarter.", t.date(6, time.Wednesday)},
		{c.goal, "Teams that stay: week-four retention 45 % by December", "Of 100 new teams 38 still work with us after four weeks. We want 45 by the end of the year.", t.date(19, time.Thursday)},
	} {
		founded := t.on(beforeTheStory, time.Monday, 8, 30)
		t.at(founded, func() {
			t.keys[g.name] = t.w.As("dana").Create(Draft{
				Space: "GRO", Type: TypeInitiative, Title: g.title, Status: c.states.doing, Description: g.about, Assignee: "noor", Due: g.due,
			})
		})
		t.news(c, g.name, "noor", founded, t.end)
	}
	t.at(t.on(6, time.Wednesday, 17, 0), func() {
		t.w.As("noor").Report(t.key("trials goal"), "onTrack", "58 of 100, two short of it and ten more than in spring. We stop here and turn to week four.")
		t.w.As("noor").Move(t.key("trials goal"), c.states.done)
	})
}

// summer is what the team made before the story: pages for a campaign, one after
// the other, and nothing else.
func (t *Teller) summer(c *crew) {
	n := 0
	for _, page := range []string{"Landing page for %s", "Welcome letter for %s", "Price box for %s"} {
		for _, whom := range []string{"schools", "architects", "clubs", "law firms", "bakeries", "choirs", "publishers"} {
			title, who := fmt.Sprintf(page, whom), c.engineers[n%len(c.engineers)]
			begun := t.about(t.on(-3+n/6, time.Monday, 0, 0), n%3)
			t.at(begun.Add(-time.Hour), func() {
				t.keys[title] = t.w.As("noor").Create(like(c.feature, Draft{Title: title, Description: t.brief(), Assignee: who}))
			})
			t.at(begun, func() { t.w.As(who).Move(t.key(title), c.states.doing) })
			t.at(t.about(begun, 2), func() { t.w.As(who).Move(t.key(title), c.states.done) })
			n++
		}
	}
}

var growthThemes = []theme{
	{
		name: "first project", goal: "trials goal", lead: "noor", first: 1, last: 2, problem: "Half of the trials never create a project", epic: "The first project in five minutes",
		why:      "52 of 100 trials end on the empty start page. In interviews people said that they did not know what a project is for.",
		features: []string{"Start from an example project", "Three questions instead of an empty page", "Import a spreadsheet as a project"},
		tasks:    []string{"Track each step of the first session"},
		bugs:     []string{"Example project has dates in the past", "Import stops at a formula"},
	}, {
		name: "invites", goal: "trials goal", lead: "noor", first: 2, last: 3, problem: "Invited colleagues do not find their way in", epic: "Invitations that arrive",
		why:      "Of 100 invitations 31 are accepted within a day. Support answers four questions about them every day.",
		features: []string{"Invite by link", "Say who invited you and to what", "Remind an invited colleague once", "See who has not joined yet"},
		tasks:    []string{"Expire invitations after 30 days"},
		bugs:     []string{"Invitation link opens the wrong workspace", "Guests are counted as seats"},
	}, {
		name: "prices", lead: "noor", first: 3, problem: "People leave the price page with a question", epic: "A price page without questions",
		why:      "Chat logs of August: the three most frequent questions are about seats, yearly payment and what happens after the trial.",
		features: []string{"Price for my team size", "What happens after the trial, in one picture", "Switch to yearly payment by yourself"},
		tasks:    []string{"One source for prices in all languages"},
		bugs:     []string{"Price page rounds yen to cents", "Yearly discount is shown twice"},
	}, {
		name: "week four", lead: "noor", first: 4, problem: "Teams stop coming back in the third week", epic: "A reason to come back in week three",
		why:      "Retention falls from 61 to 38 per cent between day 14 and day 28. Teams with a weekly summary stay twice as often.",
		features: []string{"Weekly summary for the whole team", "Pick up where you stopped", "Show what changed since the last visit"},
		tasks:    []string{"Summary mails in the reader's time zone", "Measure retention by kind of team"},
		bugs:     []string{"Summary counts archived tasks", "Last visit is lost after signing in anew"},
	}, {
		name: "return", lead: "bao", first: 5, problem: "Teams that left do not hear what is new for them", epic: "Worth another look", opened: 6,
		why:      "In summer 310 teams left. 190 of them named something that exists by now.",
		features: []string{"Come back with all data in place", "One letter about what you missed"},
		tasks:    []string{"List of teams by reason for leaving", "Consent check for letters"},
		bugs:     []string{"Reactivated teams lose their avatars"},
	}, {
		name: growthUpkeep, epic: "Start page under two seconds", without: true, lead: "elif", first: 1,
		tasks: []string{"Clean up abandoned trials", "Move invitation mails to the new sender", "Retire the old price table"},
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
	{"Product tour for administrators", 9, time.Monday, 11, byNeed, "oskar", 5},
	{"Answer a comment by e-mail", 10, time.Tuesday, 11, byLink, "bao", 5},
	{"Share a task outside the team", 11, time.Thursday, 0, "", "mateo", 6},
	{"Referral bonus for both sides", 12, time.Tuesday, 0, "", "thandi", 6},
}

var growthRunning = []running{
	{"return", "Say which data is kept for how long"}, {"return", "Ask leaving teams one question"},
	{"week four", "Weekly summary in chat"}, {"week four", "AI summary of what changed since the last visit"},
	{"prices", "Prices in local currency"}, {"return", "The letter in Spanish and Turkish"},
	{growthUpkeep, "Remove the old onboarding code"}, {growthUpkeep, "Events with one naming scheme"}, {growthUpkeep, "Speed of the start page on slow phones"},
	{growthUpkeep, "Check all mails in dark mode"}, {growthUpkeep, "Cookie banner with fewer words"},
}
