package simulator

import "time"

// platformSpring is how Platform got to where the story begins.
var platformSpring = spring{
	sprint: "Core", first: 34, day: time.Monday, hour: 11,
	goals: []string{
		"-", "", "All clusters but one run a version that is patched", "Deliver what the sale needs",
		"No server is needed by hand on the sale's first day: zero pages", "One request is found in the logs in two minutes, not in sixty", "tbd",
	},
	aim: Draft{
		Type: "Objective", Title: "Nobody is woken for a known cause: from 30 nights to 10",
		Description: "In spring somebody was woken on thirty nights for something that had happened before. Ten by autumn.",
	},
	themes: []theme{
		{
			name: "clusters", first: 1, last: 3, opened: -14, aimless: true, problem: "Half of the clusters run a version that nobody patches", epic: "Clusters that are patched",
			why:      "Seven of thirteen clusters are two versions behind, and since March there are no patches for them.",
			features: []string{"Upgrade a cluster with one command", "Show the version of every cluster", "Drain a machine without a pager"},
			tasks:    []string{"Upgrade the test clusters", "Upgrade the seven old clusters", "Remove the pinned drivers"},
			bugs:     []string{"Drained machine takes new work", "Upgrade forgets the labels"},
		}, {
			name: "load", first: 4, last: 5, opened: -8, problem: "The sale takes three times what we can serve", epic: "Room for the sale",
			why:      "Last year the database stood at its limit for forty minutes. This year three times as many are expected.",
			features: []string{"Grow before the load comes", "Turn features off one by one", "Load test of everything together"},
			tasks:    []string{"Double the read replicas", "Rehearse the fall-back", "Call list for the weekend"},
			bugs:     []string{"Autoscaler counts cancelled jobs", "Replica lag is shown in the wrong unit"},
		}, {
			name: "logs", first: 5, opened: -6, problem: "Finding one request in the logs takes an hour", epic: "One request, one search",
			why:      "Each service writes its own format. Who looks for a request opens four tools and guesses by time.",
			features: []string{"One id through all services", "Search logs by order number"},
			tasks:    []string{"One format for all services", "Keep logs for thirty days"},
			bugs:     []string{"Log lines of one second are swapped"},
		},
	},
	gaps: []gap{
		{"Dark mode for the deploy page", -13, time.Tuesday, -11, byDrop, "sefa", 1},
		{"Graph of all dependencies", -13, time.Wednesday, -8, byLink, "luca", 1},
		{"Wiki inside the portal", -12, time.Monday, -9, byDrop, "piotr", 1},
		{"Notebook servers for everybody", -12, time.Wednesday, -10, byDone, "hyejin", 1},
		{"Badges for service owners", -11, time.Tuesday, -8, byDrop, "ananya", 2},
		{"Terminal in the browser", -10, time.Wednesday, -7, byLink, "luca", 2},
		{"Switch for read-only mode", -7, time.Tuesday, -5, bySection, "piotr", 4},
		{"Second dashboard for the sale", -7, time.Thursday, -6, byDone, "sefa", 4},
		{"Service catalogue with pictures", -5, time.Wednesday, -1, byDone, "luca", 5},
		{"Sandboxes that delete themselves", -2, time.Tuesday, -1, byLink, "ananya", 6},
	},
	told: []episode{
		{nobodys, -11, time.Friday, "Decide who answers in the help channel", "luca", 16},
		{aroundTheEM, -10, time.Tuesday, "Costs of the old clusters by month", "ananya", 0},
		{backAndForth, -9, time.Monday, "Move the artefact store", "sefa", 0},
		{writtenInto, -8, time.Tuesday, "Queue for campaign mails", "hyejin", 0},
		{aroundTheEM, -8, time.Thursday, "Sizing of the sale for the cloud contract", "luca", 0},
		{steered, -7, time.Monday, "Reserve machines for the sale", "piotr", 0},
		{hurried, -7, time.Wednesday, "Certificates end in the night before the sale", "sefa", 5},
		{outOfSprint, -7, time.Tuesday, "Open the firewall for the second acquirer", "hyejin", 6},
		{outOfSprint, -6, time.Wednesday, "Clean the full disks of the log servers", "luca", 4},
		{hurried, -6, time.Tuesday, "Search is slow since the upgrade", "piotr", 3},
		{dated, -9, time.Thursday, "Access for the auditors", "ananya", 8},
		{nobodys, -4, time.Friday, "Practise the call list twice a year", "sefa", 6},
	},
	upkeep: "Nothing that only one person can start",
	keeps:  []string{"Write down how to start %s", "Restart %s without a person"},
	of:     []string{"the message bus", "the search index", "the image store", "the scheduler", "the gateway", "the metrics", "the mail relay"},
	also:   (*Teller).platformGuest,
}

// platformGuest is somebody from elsewhere who helped with the sale, in a type of
// ticket that nobody else uses.
func (t *Teller) platformGuest(c *crew) {
	trial, when := "Compare two ways to grow the database", t.on(-8, time.Monday, 11, 20)
	t.at(when, func() {
		t.keys[trial] = t.w.As("ewa").Create(like(c.task, Draft{Type: "Spike", Title: trial, Description: t.brief(), Parent: t.key("load")}))
	})
	t.at(when.Add(20*time.Minute), func() {
		t.w.As("gregor").Plan(t.key(trial), c.sprintAt(when))
		t.w.As("gregor").Assign(t.key(trial), "ewa")
	})
	t.at(when.Add(2*time.Hour), func() { t.w.As("ewa").Move(t.key(trial), c.states.doing) })
	t.at(t.on(-7, time.Thursday, 15, 0), func() { t.w.As("ewa").Move(t.key(trial), c.states.done) })
}
