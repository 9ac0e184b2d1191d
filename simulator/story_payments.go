package simulator

import "time"

// payments tells the story of the Payments team, on Jira Cloud.
func (t *Teller) payments() {
	t.w.AddSpace(Space{Key: "PAY", Name: "Payments", Lead: "lee", Statuses: ScrumStatuses()})
	t.w.AddBoard("PAY", "Payments board", false)
	t.w.AddBoard("PAY", "Payments support", true)
	c := &crew{
		space: "PAY", em: always("lee"), pm: "sam", engineers: []string{"mina", "jo", "tomas", "aiko", "farid"},
		states:  states{"Backlog", "Selected for Development", "In Progress", "In Review", "Done", "Won't Do"},
		problem: Draft{Space: "PAY", Type: TypeProblem, Priority: Medium},
		feature: Draft{Space: "PAY", Type: TypeStory, Priority: Medium, Components: []string{"Checkout"}},
		bug:     Draft{Space: "PAY", Type: TypeBug, Priority: High},
		task:    Draft{Space: "PAY", Type: TypeTask, Priority: Medium},
		solves:  "solves", goal: "payments goal", part: "Ledger", rare: paymentsLedger,
	}
	t.before(c, &paymentsSpring)
	t.sprintsOf(c, t.on(1, time.Monday, 10, 0), sprintNames("Payments Sprint", 18, 7), map[int]string{
		1: "Refunds a support agent can finish without asking an engineer",
		2: "8 of 9 failed direct debits are retried without anybody looking",
		3: "First ten merchants see their payout a day earlier",
		4: "Shoppers who leave after a declined card: from four of ten to three",
		5: "TBD",
		6: "Refunds under a minute for 9 of 10 customers",
		7: "Settlement reports arrive before 7:00 for all 900 merchants",
	})
	t.late(c, 1, t.on(2, time.Wednesday, 10, 30), "Nine of ten refunds need no engineer")
	t.late(c, 5, t.on(9, time.Wednesday, 15, 30), "The 200 smallest merchants are paid a day earlier")
	t.paymentsGoal(c)
	for _, th := range paymentsThemes {
		t.theme(c, th)
	}
	t.running(c, paymentsRunning)
	for _, g := range paymentsGaps {
		t.gap(c, g)
	}
	t.paymentsScenes(c)
}

// paymentsGoal is what the team works for.
func (t *Teller) paymentsGoal(c *crew) {
	founded := t.on(beforeTheStory, time.Monday, 8, 15)
	t.at(founded, func() {
		t.keys[c.goal] = t.w.As("sam").Create(Draft{
			Space: "PAY", Type: "Objective", Title: "Money moves without a ticket: manual cases from 40 to 10 a day", Status: c.states.doing,
			Description: "Forty times a day somebody moves money by hand for a shopper or a merchant. We want ten by December.",
			Assignee:    "sam", Due: t.date(19, time.Thursday),
		})
	})
	t.says(founded.Add(7*time.Hour), "lee", c.goal, "Read with the team. Half of the forty are refunds, so that comes first.")
	t.news(c, c.goal, "sam", founded, t.end)
}

func sprintNames(prefix string, first, n int) []string {
	var out []string
	for i := range n {
		out = append(out, prefix+" "+itoa(first+i))
	}
	return out
}

var paymentsThemes = []theme{
	{
		name: "refunds", first: 1, last: 2, problem: "Support spends six hours a week on manual refunds", epic: "Refunds without tickets",
		why:      "Agents cannot refund a part of an order. They write to us, we run a script, the shopper waits two days on average.",
		features: []string{"Partial refunds from the order page", "Refund reasons the shopper can read", "Refund to a new card when the old one has expired", "Refund status in the shopper's account"},
		tasks:    []string{"Move refund jobs off the nightly batch"},
		bugs:     []string{"Refund of a split payment books the wrong half", "Refund e-mail shows yesterday's date after midnight"},
	}, {
		name: "debits", first: 2, last: 3, problem: "One in nine direct debits fails and nobody retries it", epic: "Direct debits that recover",
		why:      "Most failed debits would succeed three days later, after pay day. Today somebody has to notice and press a button.",
		features: []string{"Retry failed direct debits after pay day", "Tell the customer before the second attempt", "Pause a mandate from the account page"},
		tasks:    []string{"Replace the SEPA file parser"},
		bugs:     []string{"Mandate reference is cut after 30 characters", "Debits on a bank holiday are counted twice"},
	}, {
		name: "payouts", first: 3, problem: "Small merchants wait three days for their money", epic: "Payouts a day earlier",
		why:      "Merchants under ten thousand a month name slow payouts as the first reason to leave. Two banks already offer same-day transfer.",
		features: []string{"Daily payouts for merchants in good standing", "Payout calendar on the merchant page", "Choose the payout day", "Show why a payout is on hold"},
		tasks:    []string{"Reconcile payouts against the bank's camt.053 file"},
		bugs:     []string{"Payout on 31 October is dated 1 November", "Negative balance shows as a payout of -0.00"},
	}, {
		name: "declines", first: 4, problem: "Shoppers give up when a card is declined without a reason", epic: "Declines in plain words",
		why:      "Four of ten shoppers leave after the first declined card. The page says 'error 51' where it could say 'try another card'.",
		features: []string{"Say what to do after a declined card", "Offer another way to pay after a decline", "Remember the way to pay that worked"},
		tasks:    []string{"Map acquirer codes to our own reasons", "Translate decline reasons into six languages"},
		bugs:     []string{"Decline page loops back to the basket", "Wallet payments report a decline as success in the log"},
	}, {
		name: "reports", first: 5, problem: "Accountants rebuild our settlement report by hand", epic: "Settlement reports that add up", opened: 5,
		why:      "The fees in the report are rounded per line. Every accountant who checks the sum finds a difference of a few cents and calls.",
		features: []string{"Fees in the settlement report to the cent", "Settlement report before 7:00", "One report for several shops"},
		tasks:    []string{"Store settlement lines with four decimals"},
		bugs:     []string{"Report misses refunds made after 23:00", "CSV opens with broken umlauts in spreadsheets"},
	}, {
		// The stories of this epic have no problem behind them: one finding, not
		// three. It was begun as one piece, and led to no goal.
		name: "wallet", epic: "Saved wallets for returning shoppers", without: true, aimless: true, early: true, opened: 6, first: 5,
		features: []string{"Pay with a saved wallet", "Manage saved wallets in the account"},
		tasks:    []string{"Wallet sandbox for the test suite"},
	}, {
		name: paymentsUpkeep, epic: "A checkout that stays up: 99.95 %", without: true, first: 1,
		tasks: []string{"Rotate the acquirer's signing key", "Dashboards for debit outcomes", "Load test the payout run with a million lines", "Archive reports after ten years"},
	},
}

// paymentsLedger is the part that Aiko alone knew for a long time, by who did
// what in it. From the fifth sprint on others join her.
var paymentsLedger = map[string]string{
	"Move refund jobs off the nightly batch": "aiko", "Refund of a split payment books the wrong half": "aiko", "Replace the SEPA file parser": "aiko",
	"Debits on a bank holiday are counted twice": "aiko", "Reconcile payouts against the bank's camt.053 file": "aiko", "Payout on 31 October is dated 1 November": "aiko",
	"Negative balance shows as a payout of -0.00": "aiko", "Mandate reference is cut after 30 characters": "aiko", "Refund e-mail shows yesterday's date after midnight": "aiko",
	"Store settlement lines with four decimals": "jo", "Report misses refunds made after 23:00": "farid", "CSV opens with broken umlauts in spreadsheets": "jo",
}

var paymentsGaps = []gap{
	{"Gift cards with a picture", 1, time.Tuesday, 3, byLink, "jo", 1},
	{"Dark checkout theme", 1, time.Wednesday, 2, byDrop, "farid", 1},
	{"Small change for a good cause", 1, time.Monday, 4, byDrop, "mina", 1},
	{"Loyalty points at checkout", 2, time.Monday, 5, byLink, "aiko", 1},
	{"One-page checkout for tablets", 2, time.Thursday, 5, byDrop, "mina", 1},
	{"Pay by phone number", 2, time.Tuesday, 7, byLink, "jo", 1},
	{"Basket sharing by link", 3, time.Wednesday, 5, byDone, "jo", 2},
	{"Split a payment between two cards", 4, time.Tuesday, 8, byLink, "farid", 2},
	{"Tip jar for delivery orders", 5, time.Tuesday, 7, byDrop, "tomas", 3},
	{"Order notes for the merchant", 6, time.Wednesday, 9, bySection, "aiko", 3},
	{"Instalments for orders over 200", 9, time.Tuesday, 11, byLink, "mina", 5},
	{hostileTitle, 11, time.Wednesday, 0, "", "tomas", 6},
	{"Save a basket as a template", 11, time.Tuesday, 12, byDrop, "aiko", 6},
	{"Bulk export of settlement lines", 12, time.Tuesday, 0, "", "farid", 6},
}

var paymentsRunning = []running{
	{"reports", "Download all reports of a year"}, {"reports", "Fee changes marked in the report"},
	{"payouts", "Payout forecast for the next seven days"}, {"declines", "Offer a direct debit after the second decline"},
	{"wallet", "Recover a wallet after a new phone"}, {"wallet", "Choose the wallet for small amounts"},
	{"payouts", "Payout limits per support agent"}, {"declines", "Explain bank holidays when a payment waits"},
	{paymentsUpkeep, "Move card tokens to the new vault"}, {paymentsUpkeep, "Delete test merchants in the sandbox"}, {paymentsUpkeep, "Upgrade the payment page framework"},
	{paymentsUpkeep, "Alert when an acquirer answers slowly"}, {paymentsUpkeep, "Runbook for a failed payout run"}, {paymentsUpkeep, "Load figures for the Black Friday week"},
}

// hostileTitle is what a merchant typed into a form and somebody pasted: markup
// for a web page, a right-to-left override, and Slack's own signs. The demo
// shows that none of it does anything.
const hostileTitle = "Merchant names as typed: <script>alert(\"paid\")</script> *Café* <!channel> <https://example.com|refund> \u202eefac"
