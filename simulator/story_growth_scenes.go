package simulator

import "time"

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

	// A signal that the team talked about before it was planned.
	t.says(t.on(10, time.Monday, 11, 40), "elif", "gap Answer a comment by e-mail", "Twelve people asked for it; most of them on the train. Plain text would do.")

	t.growthErrands(c)
	t.growthRequests(c)
}

// growthErrands are two urgent bugs. Camila heard of one in time, and of the
// other when it was over.
func (t *Teller) growthErrands(c *crew) {
	for _, e := range []struct {
		title string
		begun time.Time
		heard time.Time
		text  string
	}{
		{"Sign-up button is hidden on small phones", t.on(6, time.Wednesday, 10, 20), t.on(6, time.Thursday, 9, 45), "Thank you. I moved the summary to next week."},
		{"Confirmation mails do not reach Turkish addresses", t.on(9, time.Thursday, 10, 10), t.on(10, time.Tuesday, 11, 5), "Thank you both. Call me for the next one, even at night."},
	} {
		d := like(c.bug, Draft{Title: e.title, Description: "Three customers wrote to us this morning.", Priority: Urgent})
		t.at(e.begun.Add(-50*time.Minute), func() { t.keys[e.title] = t.w.As("priya").Create(d) })
		t.at(e.begun, func() {
			t.w.As("elif").Together(t.key(e.title), func(a Actor) {
				a.Assign(t.key(e.title), "elif")
				a.Plan(t.key(e.title), c.sprintAt(e.begun))
				a.Move(t.key(e.title), c.states.doing)
			})
		})
		t.says(e.begun.Add(4*time.Hour), "thandi", e.title, "Found it together, the fix is in review.")
		t.says(e.heard, "camila", e.title, e.text)
		t.at(e.heard.Add(time.Hour), func() { t.w.As("elif").Move(t.key(e.title), c.states.done) })
	}
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
			t.w.As("camila").Plan(t.key(name), c.sprints[r.week/2])
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
