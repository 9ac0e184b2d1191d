package simulator

import "time"

// growthSpring is how Growth got to where the story begins. In summer it made pages
// for a campaign, without cycles: see summer.
var growthSpring = spring{
	day: time.Wednesday,
	goals: []string{
		"", "Launch the new welcome letters", "Of 100 trials 52 come back on the second day, not 44", "TBD", "Twelve campaigns ready by the end of July",
	},
	aim: Draft{
		Type: TypeInitiative, Title: "Trials that come back: second day from 44 % to 52 %",
		Description: "Of 100 trials 44 come back on the second day. We want 52 before summer.",
	},
	themes: []theme{
		{
			name: "welcome", first: 1, last: 3, opened: -14, lead: "noor", aimless: true, problem: "Trials do not come back on the second day", epic: "A reason to come back tomorrow",
			why:      "Of 100 trials 56 are seen once. In interviews people said that they meant to come back and forgot.",
			features: []string{"Welcome letter by what people want to do", "A first task for tomorrow", "Continue on the phone", "Quiet hours for letters"},
			tasks:    []string{"Move letters to the new templates", "Measure the second day", "Remove the old tour"},
			bugs:     []string{"Letter greets people by their address", "Unsubscribe link needs a sign-in"},
		}, {
			name: "answers", first: 3, last: 4, opened: -13, lead: "thandi", problem: "Half of the questions are asked twice", epic: "Answers that are found",
			why:      "Support answers 300 questions a week, half of them with a link to the same ten pages.",
			features: []string{"Answers beside the form", "Search that understands typing errors"},
			tasks:    []string{"Rewrite the ten most read answers"},
			bugs:     []string{"Search finds archived answers"},
		},
	},
	gaps: []gap{
		{"Confetti after the first task", -13, time.Thursday, -11, byDrop, "bao", 1},
		{"Weekly quote on the start page", -12, time.Tuesday, -10, byDrop, "elif", 1},
		{"Profile pictures from the web", -12, time.Wednesday, -9, byDone, "oskar", 1},
		{"Badges for early birds", -11, time.Monday, -8, byNeed, "thandi", 2},
		{"Invite the whole address book", -10, time.Tuesday, -8, byDrop, "mateo", 2},
		{"Start page for every country", -9, time.Wednesday, -6, byLink, "bao", 3},
		{"Greeting cards for teams", -5, time.Wednesday, -1, byDone, "oskar", 5},
		{"Polls in a project", -4, time.Tuesday, -1, byDrop, "mateo", 5},
		{"Sounds for finished tasks", -8, time.Tuesday, -6, byDone, "elif", 3},
	},
	told: []episode{
		{dated, -11, time.Thursday, "Letters for the spring fair", "oskar", 8},
		{aroundTheEM, -9, time.Tuesday, "Trial figures for two investors", "thandi", 0},
		{backAndForth, -8, time.Monday, "Price test in three countries", "mateo", 0},
		{dated, -7, time.Monday, "Campaign for the summer sale", "bao", 7},
		{hurried, -6, time.Thursday, "Sign-up mails wait for hours", "elif", 4},
		{nobodys, -6, time.Friday, "Say which campaign ends when", "thandi", 12},
	},
	upkeep: "Pages that load in two seconds",
	keeps:  []string{"Shrink the pictures of %s", "Fewer scripts on %s"},
	of:     []string{"the start page", "the price page", "the tour", "the blog", "the sign-up"},
}
