package simulator

import "time"

// paymentsSpring is how Payments got to where the story begins.
var paymentsSpring = spring{
	sprint: "Payments Sprint", first: 11, day: time.Monday, hour: 10,
	goals: []string{
		"", "TBD", "Receipts for 8 of 10 countries without a question to support", "Ship the phone checkout before the sale",
		"TBD", "One shopper in twelve leaves the phone checkout, not one in eight", "Nine of ten disputes are answered on the day they come",
	},
	aim: Draft{
		Type: "Objective", Title: "A summer sale without a queue: 300 orders a minute",
		Description: "Last year the checkout stood still for forty minutes. This year it takes 300 orders a minute.",
	},
	themes: []theme{
		{
			name: "receipts", first: 1, last: 3, opened: -14, aimless: true, problem: "Shoppers ask support for a receipt they can use", epic: "Receipts that accountants accept",
			why:      "Sixty questions a week are about a receipt: no VAT number, the wrong name, no copy for the second buyer.",
			features: []string{"VAT number on the receipt", "Receipt in the buyer's language", "Send the receipt to somebody else", "One receipt for a split order"},
			tasks:    []string{"Move receipts to the new template engine", "Keep receipts for ten years"},
			bugs:     []string{"Receipt of a gift shows the price", "Second page of a long receipt is blank"},
		}, {
			name: "phone", first: 3, last: 5, opened: -11, problem: "One shopper in eight leaves the checkout on a phone", epic: "A checkout that fits a phone",
			why:      "On phones the address form is three screens long and the keyboard covers the button. One in eight gives up there.",
			features: []string{"Address from the postcode", "Pay button above the keyboard", "Remember the address on this phone", "Wallets first on small screens", "Checkout in one column"},
			tasks:    []string{"Load test with 300 orders a minute", "Switch off the old phone pages", "Second acquirer as a fallback"},
			bugs:     []string{"Back button empties the basket", "Card scanner reads the security code twice", "Double payment after a lost connection"},
		}, {
			name: "disputes", first: 6, opened: -6, problem: "Disputes are answered a day too late", epic: "Disputes answered in time",
			why:      "One dispute in five is lost because the answer comes after the deadline, and each costs us forty.",
			features: []string{"Collect the papers of a dispute by itself", "Remind before a dispute's deadline"},
			tasks:    []string{"Read dispute files every hour"},
			bugs:     []string{"Dispute of a refunded order stays open"},
		},
	},
	gaps: []gap{
		{"Stickers on the receipt", -13, time.Monday, -11, byDrop, "farid", 1},
		{"Share an order with friends", -13, time.Tuesday, -10, byLink, "mina", 1},
		{"Pay with points of a partner", -13, time.Wednesday, -9, byDrop, "jo", 1},
		{"Seasonal themes for the checkout", -12, time.Tuesday, -10, byDone, "tomas", 1},
		{"Vouchers by text message", -12, time.Thursday, -8, byLink, "aiko", 1},
		{"Order again with one tap", -11, time.Tuesday, -9, bySection, "mina", 2},
		{"Countdown on the payment page", -11, time.Wednesday, -8, byDrop, "farid", 2},
		{"Chat window in the checkout", -10, time.Tuesday, -7, byLink, "jo", 2},
		{"Sale badge beside the total", -7, time.Tuesday, -6, byDone, "tomas", 4},
		{"Bundle price in the basket", -7, time.Wednesday, -5, byLink, "aiko", 4},
		{"Queue number for busy minutes", -6, time.Monday, -5, byDone, "farid", 4},
		{"Invoices for clubs", -3, time.Wednesday, -1, bySection, "farid", 6},
		{"Delivery slots at checkout", -3, time.Tuesday, -2, bySection, "mina", 6},
	},
	told: []episode{
		{aroundTheEM, -12, time.Wednesday, "Figures on failed cards for the board", "jo", 0},
		{nobodys, -12, time.Friday, "Agree on who may change the sprint", "tomas", 19},
		{dated, -11, time.Tuesday, "Receipts for the Austrian shops", "aiko", 7},
		{backAndForth, -10, time.Monday, "Receipts by post for two customers", "farid", 0},
		{nobodys, -10, time.Friday, "Write down when a ticket is ready", "mina", 11},
		{dated, -8, time.Wednesday, "Terms of the sale for merchants", "jo", 6},
		{steered, -8, time.Tuesday, "Allow 300 orders a minute at the acquirer", "tomas", 0},
		{aroundTheEM, -7, time.Tuesday, "Stand-by plan for the sale weekend", "aiko", 0},
		{hurried, -7, time.Thursday, "Baskets lose their discount", "mina", 4},
		{outOfSprint, -7, time.Wednesday, "Raise the limits of ten merchants", "farid", 6},
		{aroundTheEM, -7, time.Thursday, "Refund figures of last year's sale", "farid", 0},
		{outOfSprint, -6, time.Tuesday, "Answer the card scheme's letter", "aiko", 5},
		{hurried, -6, time.Wednesday, "Double bookings on the first day of the sale", "jo", 3},
		{steered, -6, time.Monday, "Status page for the sale", "mina", 0},
		{nobodys, -4, time.Friday, "Say no to a date before we have read the ticket", "jo", 5},
	},
	beside: true,
	upkeep: "Nothing older than two versions",
	keeps:  []string{"Update the client of %s", "Rotate the keys of %s"},
	of:     []string{"the first acquirer", "the second acquirer", "the card scheme", "the bank feed", "the fraud check", "the address service", "the mail sender"},
}
