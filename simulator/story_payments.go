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
		solves:  "solves",
	}
	t.sprintsOf(c, t.on(1, time.Monday, 10, 0), sprintNames("Payments Sprint", 18, 7), map[int]string{
		1: "Refunds a support agent can finish without asking an engineer",
		3: "First ten merchants see their payout a day earlier",
		4: "Card declines explained in words a shopper understands",
		5: "TBD",
		7: "Settlement reports arrive before 7:00 for all merchants",
	})
	t.paymentsGoals(c)
	for n, th := range paymentsThemes {
		t.theme(c, th, min(1+n, 5))
	}
	t.running(c, paymentsRunning)
	for _, g := range paymentsGaps {
		t.gap(c, g)
	}
	t.paymentsScenes(c)
}

// paymentsGoals are written down late, as happens.
func (t *Teller) paymentsGoals(c *crew) {
	t.at(t.on(4, time.Tuesday, 16, 10), func() {
		t.w.SetGoal(c.sprints[1], "Failed direct debits are retried without anybody looking")
	})
	t.at(t.on(12, time.Thursday, 11, 20), func() {
		t.w.SetGoal(c.sprints[5], "Refunds under a minute for 9 of 10 customers")
	})
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
		name: "refunds", problem: "Support spends six hours a week on manual refunds", epic: "Refunds without tickets",
		why:      "Agents cannot refund a part of an order. They write to us, we run a script, the shopper waits two days on average.",
		features: []string{"Partial refunds from the order page", "Refund reasons the shopper can read", "Refund to a new card when the old one has expired", "Refund status in the shopper's account"},
		tasks:    []string{"Move refund jobs off the nightly batch", "Rotate the acquirer's signing key"},
		bugs:     []string{"Refund of a split payment books the wrong half", "Refund e-mail shows yesterday's date after midnight"},
	}, {
		name: "debits", problem: "One in nine direct debits fails and nobody retries it", epic: "Direct debits that recover",
		why:      "Most failed debits would succeed three days later, after pay day. Today somebody has to notice and press a button.",
		features: []string{"Retry failed direct debits after pay day", "Tell the customer before the second attempt", "Pause a mandate from the account page"},
		tasks:    []string{"Replace the SEPA file parser", "Dashboards for debit outcomes"},
		bugs:     []string{"Mandate reference is cut after 30 characters", "Debits on a bank holiday are counted twice"},
	}, {
		name: "payouts", problem: "Small merchants wait three days for their money", epic: "Payouts a day earlier",
		why:      "Merchants under ten thousand a month name slow payouts as the first reason to leave. Two banks already offer same-day transfer.",
		features: []string{"Daily payouts for merchants in good standing", "Payout calendar on the merchant page", "Choose the payout day", "Show why a payout is on hold"},
		tasks:    []string{"Reconcile payouts against the bank's camt.053 file", "Load test the payout run with a million lines"},
		bugs:     []string{"Payout on 31 October is dated 1 November", "Negative balance shows as a payout of -0.00"},
	}, {
		name: "declines", problem: "Shoppers give up when a card is declined without a reason", epic: "Declines in plain words",
		why:      "Four of ten shoppers leave after the first declined card. The page says 'error 51' where it could say 'try another card'.",
		features: []string{"Say what to do after a declined card", "Offer another way to pay after a decline", "Remember the way to pay that worked"},
		tasks:    []string{"Map acquirer codes to our own reasons", "Translate decline reasons into six languages"},
		bugs:     []string{"Decline page loops back to the basket", "Wallet payments report a decline as success in the log"},
	}, {
		name: "reports", problem: "Accountants rebuild our settlement report by hand", epic: "Settlement reports that add up", opened: 5,
		why:      "The fees in the report are rounded per line. Every accountant who checks the sum finds a difference of a few cents and calls.",
		features: []string{"Fees in the settlement report to the cent", "Settlement report before 7:00", "One report for several shops"},
		tasks:    []string{"Store settlement lines with four decimals", "Archive reports after ten years"},
		bugs:     []string{"Report misses refunds made after 23:00", "CSV opens with broken umlauts in spreadsheets"},
	}, {
		// The stories of this epic have no problem behind them: one finding, not three.
		name: "wallet", epic: "Saved wallets for returning shoppers", without: true, opened: 6,
		features: []string{"Pay with a saved wallet", "Manage saved wallets in the account"},
		tasks:    []string{"Wallet sandbox for the test suite"},
	},
}

var paymentsGaps = []gap{
	{"Gift cards with a picture", 1, time.Tuesday, 3, byLink, "jo", 1},
	{"Dark checkout theme", 1, time.Wednesday, 2, byDrop, "farid", 1},
	{"Invoice as a separate page", 1, time.Tuesday, 4, bySection, "tomas", 1},
	{"Small change for a good cause", 1, time.Monday, 4, byDrop, "mina", 1},
	{"Currency switch in the header", 1, time.Thursday, 6, byLink, "aiko", 1},
	{"Loyalty points at checkout", 2, time.Monday, 5, byLink, "aiko", 1},
	{"One-page checkout for tablets", 2, time.Thursday, 6, byDrop, "mina", 1},
	{"Pay by phone number", 2, time.Tuesday, 7, byLink, "jo", 1},
	{"Basket sharing by link", 3, time.Wednesday, 5, byDone, "jo", 2},
	{"Split a payment between two cards", 4, time.Tuesday, 8, byLink, "farid", 2},
	{"Tip jar for delivery orders", 5, time.Tuesday, 7, byDrop, "tomas", 3},
	{"Order notes for the merchant", 6, time.Wednesday, 9, byLink, "aiko", 3},
	{"Instalments for orders over 200", 9, time.Tuesday, 12, byLink, "mina", 5},
	{"Receipt in the shopper's language", 10, time.Monday, 12, byLink, "jo", 5},
	{hostileTitle, 10, time.Wednesday, 0, "", "tomas", 6},
	{"Save a basket as a template", 11, time.Tuesday, 12, byDrop, "aiko", 6},
	{"Bulk export of settlement lines", 12, time.Tuesday, 0, "", "farid", 6},
}

var paymentsRunning = []running{
	{"reports", "Download all reports of a year"}, {"reports", "Fee changes marked in the report"},
	{"payouts", "Payout forecast for the next seven days"}, {"debits", "Mandates signed on the phone"},
	{"wallet", "Recover a wallet after a new phone"}, {"wallet", "Choose the wallet for small amounts"},
	{"refunds", "Refund limits per support agent"}, {"declines", "Explain bank holidays when a payment waits"},
	{"", "Move card tokens to the new vault"}, {"", "Delete test merchants in the sandbox"}, {"", "Upgrade the payment page framework"},
	{"", "Alert when an acquirer answers slowly"}, {"", "Runbook for a failed payout run"}, {"", "Load figures for the Black Friday week"},
}

// hostileTitle is what a merchant typed into a form and somebody pasted: markup
// for a web page, a right-to-left override, and Slack's own signs. The demo
// shows that none of it does anything.
const hostileTitle = "Merchant names as typed: <script>alert(\"paid\")</script> *Café* <!channel> <https://example.com|refund> \u202eefac"

// paymentsScenes are the moments the rules about authority look at.
func (t *Teller) paymentsScenes(c *crew) {
	// Assigned around the EM, and nobody from the team's chain ever joined.
	t.aroundEM(c, "Pull card fees out of the monthly invoice", 3, time.Wednesday, "aiko")
	t.aroundEM(c, "Answers for the acquirer's audit", 7, time.Thursday, "farid")
	t.aroundEM(c, "Numbers for the board: refunds by country", 12, time.Wednesday, "mina")

	// Lee took part the next morning.
	joined := t.aroundEM(c, "Chargeback letters for two large merchants", 9, time.Tuesday, "jo")
	t.at(joined.Add(19*time.Hour), func() {
		t.w.As("lee").Comment(t.key("Chargeback letters for two large merchants"), "Talked with Dana: fine for this week, we move the calendar work to @tomas.")
	})
	// Aiko had it before and has it again within the day.
	handed := t.on(11, time.Tuesday, 15, 5)
	back := "Explain the September fee change to merchants"
	t.at(handed.AddDate(0, 0, -6), func() {
		t.keys[back] = t.w.As("sam").Create(like(c.task, Draft{Title: back, Description: t.brief(), Assignee: "aiko"}))
	})
	t.at(handed, func() { t.w.As("dana").Assign(t.key(back), "jo") })
	t.at(handed.Add(5*time.Hour), func() { t.w.As("jo").Assign(t.key(back), "aiko") })

	// The EM of another team helps out: not a leader.
	other := "Referral bonus is paid twice for joint accounts"
	t.at(t.on(11, time.Thursday, 17, 20), func() {
		t.keys[other] = t.w.As("camila").Create(like(c.bug, Draft{Title: other, Description: "Found while testing referrals. Steps are in the comments."}))
		t.w.As("camila").Assign(t.key(other), "tomas")
	})
	t.paymentsOddities(c)
}

// paymentsOddities are what real trackers hold besides the usual.
func (t *Teller) paymentsOddities(c *crew) {
	// By somebody who left, by nobody, and moved by nobody.
	t.at(t.on(1, time.Thursday, 9, 40), func() {
		t.keys["ivo's"] = t.w.As("ivo").Create(like(c.task, Draft{Title: "Remove the old voucher table", Description: t.brief(), Assignee: "ivo"}))
		t.w.As("ivo").Comment(t.key("ivo's"), "The last reader is gone since August.")
	})
	t.at(t.on(2, time.Friday, 16, 0), func() { t.w.As("lee").Assign(t.key("ivo's"), "farid") })
	t.at(t.on(4, time.Monday, 3, 30), func() {
		t.keys["no creator"] = t.w.As("").Create(like(c.bug, Draft{Title: "Time-out while reading the exchange rate feed", Description: "Raised by the monitoring rule."}))
		t.w.As("").Prioritise(t.key("no creator"), Urgent)
	})
	t.at(t.on(4, time.Monday, 9, 15), func() {
		t.w.As("lee").Assign(t.key("no creator"), "mina")
		t.w.As("mina").Move(t.key("no creator"), c.states.doing)
	})
	t.at(t.on(4, time.Tuesday, 15, 45), func() { t.w.As("mina").Move(t.key("no creator"), c.states.done) })
	t.at(t.on(4, time.Tuesday, 15, 50), func() { t.w.As("").Label(t.key("no creator"), "monitoring") })
}

// aroundEM plans a ticket that Dana assigns to an engineer without the EM, and
// gives the moment of it.
func (t *Teller) aroundEM(c *crew, title string, week int, day time.Weekday, who string) time.Time {
	when := t.on(week, day, 14, 5+len(title)%40)
	t.at(when.Add(-49*time.Hour), func() {
		t.keys[title] = t.w.As(c.pm).Create(like(c.task, Draft{Title: title, Description: t.brief()}))
	})
	t.at(when, func() { t.w.As("dana").Assign(t.key(title), who) })
	t.at(when.Add(70*time.Minute), func() { t.w.As(who).Move(t.key(title), c.states.doing) })
	t.at(when.Add(28*time.Hour), func() { t.w.As(who).Comment(t.key(title), "First figures are in the sheet.") })
	t.at(when.AddDate(0, 0, 6), func() { t.w.As(who).Move(t.key(title), c.states.done) })
	return when
}
