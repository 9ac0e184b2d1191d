package daemon

// storyCase is what the demo's story has for a rule: what it fires on in the
// twelve weeks, and what comes near without it. Tickets go by their title, all
// else by its key.
type storyCase struct {
	tells  string
	rule   string
	fires  []string
	others bool // it fires on more than what is named
	never  []string
	// told is what keeps a replay from telling the same as who looked at the time.
	told string
}

var storyCases = []storyCase{
	{
		tells: "the EM of Platform is away for a week and nobody stands in; in week 11 somebody does, and two days of the PM of Growth are too few",
		rule:  "absence-without-cover", fires: []string{"EM of Platform"}, never: []string{"PM of Growth"},
	}, {
		tells: "one action of a retro is nobody's and one is past its date; the one with an owner and a date is done in time",
		rule:  "agreement-without-follow-through",
		fires: []string{"Ask the acquirer for a second test account", "Write to support before a release, not after"},
		never: []string{"Say in each ticket who tests it"},
	}, {
		tells: "nothing of the wallets is out after three weeks; payouts had something in one, and the vault is exactly as large as one piece may be",
		rule:  "all-or-nothing", fires: []string{"Saved wallets for returning shoppers"},
		never: []string{"Payouts a day earlier", "Move card tokens to the new vault"},
	}, {
		tells: "a director hands out work past the EM; not where the EM, or who stood in, joined, where it was handed back, where there was no EM, and where another EM did it",
		rule:  "assigned-bypassing-em",
		fires: []string{
			"Pull card fees out of the monthly invoice", "Answers for the acquirer's audit", "Numbers for the board: refunds by country",
			"Traffic figures for the data centre contract", "Estimate for moving the search cluster",
			"List of the fifty largest trials for sales", "Sign-up figures for the investor letter",
		},
		never: []string{
			"Chargeback letters for two large merchants", "Explain the September fee change to merchants", "Referral bonus is paid twice for joint accounts",
			"Certificate of the partner gateway ends on Friday", "Log retention for the German customers", "Checklist for the new office network",
			"Second language for the conference page", "Slides about activation for the offsite", "Retire the staging copy of ledger",
		},
	}, {
		tells: "an AI assistant that nobody needs yet; the AI summary stands below a problem",
		rule:  "buzzword-driven", fires: []string{"AI assistant for merchants"}, never: []string{"AI summary of what changed since the last visit"},
	}, {
		tells: "a date that only the PM knew; another was talked through on the same day",
		rule:  "date-imposed", fires: []string{"Swiss VAT on our fees"}, never: []string{"Terms for business cards"},
		told: "who comments watches from then on, which trackers tell no time of",
	}, {
		tells: "planned work is dropped without a word; not where somebody wrote one, or wrote why a date moved",
		rule:  "decision-not-recorded",
		fires: []string{"Colours for log levels", "Tip jar for delivery orders", "Save a basket as a template"},
		never: []string{"Emoji reactions on tasks", "Browser extension", "Chat commands for deploys", "Restore report for the auditors"},
	}, {
		tells: "an urgent bug of which the EM hears five days later; of the others within a day",
		rule:  "em-out-of-the-loop", fires: []string{"Confirmation mails do not reach Turkish addresses"},
		never: []string{"Sign-up button is hidden on small phones", "Time-out while reading the exchange rate feed"},
		told:  "an EM who comments watches from then on, which trackers tell no time of",
	}, {
		tells: "a size that goes back and forth three times; another is settled after two",
		rule:  "estimate-ping-pong", fires: []string{"Usage figures per service"}, never: []string{"One naming scheme for clusters"},
	}, {
		tells: "after a summer of campaign pages Growth has finished nothing else; the other teams do all sorts of work",
		rule:  "feature-factory", fires: []string{"Growth"}, never: []string{"Payments", "Platform"},
	}, {
		tells: "features come into the sprint without a problem, those of one epic told as one; a linked problem or a customer's need is enough",
		rule:  "feature-without-problem", others: true,
		fires: []string{"Bulk export of settlement lines", "Saved wallets for returning shoppers", "Self-service database users", "Referral bonus for both sides"},
		never: []string{"Pay with a saved wallet", "Partial refunds from the order page", "Export a project as PDF", "Jobs survive a restart"},
		told:  "a description has no history",
	}, {
		tells: "a sprint is to ship a calendar; shipping links is to change a number, and that says enough",
		rule:  "goal-is-a-deliverable", fires: []string{"Core 45"}, never: []string{"Cycle 3"},
		told: "the goal of a sprint has no history",
	}, {
		tells: "three goals have no number until somebody adds one; half and ten are numbers too",
		rule:  "goal-without-measure", fires: []string{"Payments Sprint 18", "Cycle 2", "Core 45"},
		never: []string{"Cycle 4", "Core 41", "Payments Sprint 20", "Money moves without a ticket: manual cases from 40 to 10 a day"},
		told:  "the goal of a sprint has no history",
	}, {
		tells: "a director steers a ticket twice and the EM hears of it later; the second time the EM was in the middle of it",
		rule:  "leadership-in-execution", fires: []string{"Fee table for the Nordic banks"}, never: []string{"Smaller batches in the payout run"},
	}, {
		tells: "somebody left and his work under way stayed his; what had not begun was handed over before",
		rule:  "no-accountable-owner", fires: []string{"Voucher figures for the tax audit"}, never: []string{"Remove the old voucher table"},
	}, {
		tells: "sprints come near without a goal; others have one in time, and so has the fourth quarter",
		rule:  "planning-snuck-up", fires: []string{"Payments Sprint 22", "Core 42", "Cycle 2", "Data centre move 1"},
		never: []string{"Payments Sprint 20", "Core 44", "Cycle 6", "Q4 2026"},
		told:  "the goal of a sprint has no history",
	}, {
		tells: "the audit comes between a team and its retro; updates are written all the time",
		rule:  "ritual-missed", fires: []string{"Retro"}, never: []string{"Project updates"},
	}, {
		tells: "engineering hears of most projects of Growth when work begins, until week six; elsewhere engineers lead the epics",
		rule:  "roadmap-by-decree", fires: []string{"Growth"}, never: []string{"Payments", "Platform"},
	}, {
		tells: "another team writes more into work under way; where the owner answered the next morning nothing fires",
		rule:  "scope-changed-over-the-owner", fires: []string{"Slow down mail jobs when the sender complains"},
		never: []string{"Route alerts of the growth services to their channel", "Fee table for the Nordic banks", "Smaller batches in the payout run"},
	}, {
		tells: "a rating becomes a feature at once; a survey was talked about first",
		rule:  "signal-as-mandate", fires: []string{"Badges for finished projects"}, never: []string{"Answer a comment by e-mail"},
	}, {
		tells: "one person alone does the ledger until others join; seven tickets are too few to say so of the backups, and many work on the checkout",
		rule:  "single-point-of-failure", fires: []string{"Ledger"}, never: []string{"Backups", "Checkout"},
	}, {
		tells: "nobody writes why it slipped again; moved twice with a word each time is fine",
		rule:  "slip-unacknowledged", others: true, // work of Growth for a night, from the end of a cycle to the next morning
		fires: []string{"Pay by phone number", "Preview environments for every branch", "Keyboard shortcuts overview"},
		never: []string{"Restore report for the auditors", "Split a payment between two cards"},
	}, {
		tells: "the PM plans a feature that nobody in engineering has seen; mostly the EM sits beside",
		rule:  "spec-over-the-wall", fires: []string{"Instalments for orders over 200", "Share a task outside the team"},
		never: []string{"Bulk export of settlement lines", "Public project pages"},
		told:  "who is assigned watches from then on, which trackers tell no time of",
	}, {
		tells: "the lead of one epic writes nothing; the others write every ten days",
		rule:  "stale-communication", fires: []string{"A queue that forgets nothing"}, never: []string{"Payouts a day earlier", "The first project in five minutes"},
	}, {
		tells: "somebody begins what stands in no sprint; an incident is over within a day, and other work is added to the sprint",
		rule:  "work-outside-sprint", fires: []string{"Delete test merchants in the sandbox"},
		never: []string{"Time-out while reading the exchange rate feed", "Numbers for the board: refunds by country"},
	}, {
		tells: "epics that lead nowhere, and work in sprints without a goal; a goal of the sprint or above the epic is enough",
		rule:  "work-without-goal", others: true,
		fires: []string{"Saved wallets for returning shoppers", "Out of the old data centre"},
		never: []string{"Payouts a day earlier", "Queue depth on the team dashboards", "A checkout that stays up: 99.95 %"},
		told:  "the goal of a sprint has no history",
	}, {
		tells: "sprints begin without a goal; the others have one in time",
		rule:  "work-without-sprint-goal", fires: []string{"Payments Sprint 22", "Core 42", "Cycle 2", "Data centre move 1"},
		never: []string{"Payments Sprint 19", "Core 43", "Cycle 5"},
		told:  "the goal of a sprint has no history",
	},
}
