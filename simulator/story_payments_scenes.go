package simulator

import "time"

// paymentsScenes are the moments the rules look at, those about authority first.
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
	t.paymentsErrands(c)
	t.paymentsRetros(c)
	t.paymentsOddities(c)
}

// paymentsErrands are work that somebody outside the team, or the PM alone, had
// a hand in.
func (t *Teller) paymentsErrands(c *crew) {
	// Dana steered it twice, Jo answered, and Lee heard of it a week later.
	fees := like(c.task, Draft{Title: "Fee table for the Nordic banks", Description: t.brief()})
	t.errand(c, errand{Draft: fees, by: "sam", who: "jo", begun: t.on(5, time.Thursday, 9, 50), lasts: 8 * 24 * time.Hour})
	t.at(t.on(5, time.Friday, 18, 5), func() { t.w.As("dana").Prioritise(t.key(fees.Title), High) })
	t.at(t.on(6, time.Tuesday, 18, 40), func() { t.w.As("dana").Due(t.key(fees.Title), t.date(6, time.Friday)) })
	t.says(t.on(6, time.Wednesday, 9, 30), "jo", fees.Title, "Friday works if the Danish rates come today.")
	t.says(t.on(7, time.Tuesday, 10, 0), "lee", fees.Title, "Seen. Dana and I talked: next time it comes through the two of us.")

	// Here Lee was in the middle of it.
	batch := like(c.task, Draft{Title: "Smaller batches in the payout run", Description: t.brief()})
	t.errand(c, errand{Draft: batch, by: "sam", who: "tomas", begun: t.on(9, time.Tuesday, 9, 20), lasts: 8 * 24 * time.Hour})
	t.at(t.on(9, time.Wednesday, 17, 10), func() { t.w.As("dana").Prioritise(t.key(batch.Title), High) })
	t.says(t.on(9, time.Wednesday, 17, 50), "lee", batch.Title, "Agreed with Dana, it goes before the calendar.")
	t.at(t.on(9, time.Thursday, 18, 20), func() { t.w.As("dana").Due(t.key(batch.Title), t.date(10, time.Friday)) })
	t.says(t.on(9, time.Friday, 9, 10), "tomas", batch.Title, "Next Friday is fine.")

	// A date that Sam promised; engineering read it five days later.
	vat := "Swiss VAT on our fees"
	t.at(t.on(4, time.Tuesday, 11, 15), func() {
		t.keys[vat] = t.w.As("sam").Create(like(c.task, Draft{Title: vat, Description: "The tax office wants it on every invoice.", Due: t.date(9, time.Friday)}))
	})
	t.says(t.on(5, time.Monday, 14, 0), "mina", vat, "Half of it is in the invoice service already. The date holds if we get a test account.")
	t.at(t.on(8, time.Thursday, 15, 0), func() { t.w.As("mina").Move(t.key(vat), c.states.done) })

	// Another one, that was talked about on the same day.
	terms := "Terms for business cards"
	t.at(t.on(8, time.Tuesday, 10, 5), func() {
		t.keys[terms] = t.w.As("sam").Create(like(c.task, Draft{Title: terms, Description: "From 1 December on.", Due: t.date(14, time.Monday)}))
	})
	t.says(t.on(8, time.Tuesday, 16, 30), "farid", terms, "Two days of work. I wrote the steps down in the handbook.")

	// As large as one piece may be.
	t.estimates(t.on(11, time.Wednesday, 10, 20), "PAY Move card tokens to the new vault", estimate{"tomas", 13})

	// In fashion, and let go again.
	assistant := "AI assistant for merchants"
	t.at(t.on(9, time.Wednesday, 17, 30), func() {
		t.keys[assistant] = t.w.As("sam").Create(like(c.feature, Draft{Title: assistant, Description: t.brief()}))
	})
	t.at(t.on(11, time.Thursday, 16, 0), func() {
		t.w.As("sam").Comment(t.key(assistant), "Nobody could say what merchants would ask it. We read a month of their mails first.")
		t.w.As("sam").Move(t.key(assistant), c.states.dropped)
	})
}

// paymentsRetros are held on the last day of a sprint, all but one, and what was
// agreed there.
func (t *Teller) paymentsRetros(c *crew) {
	for n, sprint := range []string{"18", "19", "20", "", "22", "23"} {
		name, held := "retro "+sprint, t.on(2*n+2, time.Friday, 14, 0)
		if sprint == "" {
			continue // the audit came between
		}
		t.at(held, func() {
			t.keys[name] = t.w.As("lee").Create(Draft{Space: "PAY", Title: "Retro of Payments Sprint " + sprint, Labels: []string{"retro"}, Description: "What we keep, what we change, what we try."})
		})
		t.at(held.Add(time.Hour), func() { t.w.As("lee").Move(t.key(name), c.states.done) })
	}
	action := func(week int, d Draft) {
		d.Space, d.Labels, d.Description = "PAY", []string{"retro-action"}, "From the retro."
		t.at(t.on(week, time.Friday, 14, 50), func() { t.keys[d.Title] = t.w.As("lee").Create(d) })
	}
	// Kept.
	ready := "Say in each ticket who tests it"
	action(2, Draft{Title: ready, Assignee: "jo", Due: t.date(4, time.Thursday)})
	t.at(t.on(4, time.Wednesday, 16, 20), func() { t.w.As("jo").Move(t.key(ready), c.states.done) })

	// Nobody's for ten days.
	access := "Ask the acquirer for a second test account"
	action(4, Draft{Title: access})
	t.at(t.on(6, time.Monday, 9, 40), func() {
		t.w.As("lee").Together(t.key(access), func(a Actor) {
			a.Assign(t.key(access), "tomas")
			a.Due(t.key(access), t.date(7, time.Wednesday))
		})
	})
	t.at(t.on(7, time.Tuesday, 11, 0), func() { t.w.As("tomas").Move(t.key(access), c.states.done) })

	// Done, but a week late.
	support := "Write to support before a release, not after"
	action(10, Draft{Title: support, Assignee: "farid", Due: t.date(11, time.Thursday)})
	t.says(t.on(12, time.Thursday, 16, 10), "farid", support, "It is in the release checklist now, and support has seen it.")
	t.at(t.on(12, time.Thursday, 16, 11), func() { t.w.As("farid").Move(t.key(support), c.states.done) })
}

// paymentsOddities are what real trackers hold besides the usual.
func (t *Teller) paymentsOddities(c *crew) {
	// By somebody who left, by nobody, and moved by nobody.
	t.at(t.on(1, time.Thursday, 9, 40), func() {
		t.keys["ivo's"] = t.w.As("ivo").Create(like(c.task, Draft{Title: "Remove the old voucher table", Description: t.brief(), Assignee: "ivo"}))
		t.w.As("ivo").Comment(t.key("ivo's"), "The last reader is gone since August.")
	})
	t.at(t.on(2, time.Friday, 16, 0), func() { t.w.As("lee").Assign(t.key("ivo's"), "farid") })
	// Under way when he left, and his for two weeks more.
	report := like(c.task, Draft{Title: "Voucher figures for the tax audit", Description: t.brief()})
	t.errand(c, errand{Draft: report, by: "sam", who: "ivo", begun: t.on(2, time.Wednesday, 10, 30)})
	t.at(t.on(4, time.Tuesday, 10, 40), func() { t.w.As("lee").Assign(t.key(report.Title), "farid") })
	t.at(t.on(4, time.Friday, 15, 0), func() { t.w.As("farid").Move(t.key(report.Title), c.states.done) })

	t.at(t.on(4, time.Monday, 3, 30), func() {
		t.keys["no creator"] = t.w.As("").Create(like(c.bug, Draft{Title: "Time-out while reading the exchange rate feed", Description: "Raised by the monitoring rule."}))
		t.w.As("").Prioritise(t.key("no creator"), Urgent)
	})
	t.at(t.on(4, time.Monday, 9, 15), func() {
		t.w.As("lee").Assign(t.key("no creator"), "mina")
		t.w.As("mina").Move(t.key("no creator"), c.states.doing)
	})
	t.at(t.on(4, time.Tuesday, 8, 55), func() { t.w.As("mina").Move(t.key("no creator"), c.states.done) })
	t.at(t.on(4, time.Tuesday, 9, 0), func() { t.w.As("").Label(t.key("no creator"), "monitoring") })
}
