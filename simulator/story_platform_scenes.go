package simulator

import (
	"fmt"
	"time"
)

func (t *Teller) platformScenes(c *crew) {
	t.aroundEM(c, "Traffic figures for the data centre contract", 6, time.Tuesday, "luca")
	t.aroundEM(c, "Estimate for moving the search cluster", 10, time.Tuesday, "hyejin")

	// Nkechi was away without a delegate in week 8: Dana acted as EM.
	t.aroundEM(c, "Certificate of the partner gateway ends on Friday", 8, time.Wednesday, "piotr")

	// In week 11 Ananya stood in for Nkechi and answered.
	stood := t.aroundEM(c, "Log retention for the German customers", 11, time.Wednesday, "sefa")
	t.at(stood.Add(3*time.Hour), func() {
		t.w.As("ananya").Comment(t.key("Log retention for the German customers"), "Seen, I moved the alert work behind this one.")
	})
	// Assigned while creating it; Nkechi joined the day after.
	born := "Checklist for the new office network"
	when := t.on(9, time.Thursday, 18, 30)
	t.at(when, func() {
		t.keys[born] = t.w.As("dana").Create(like(c.task, Draft{Title: born, Description: "Needed before the move on the 27th.", Assignee: "luca"}))
	})
	t.at(when.Add(16*time.Hour), func() { t.w.As("nkechi").Estimate(t.key(born), 2) })
	t.platformErrands(c)
}

// platformErrands are work that others wrote into, and numbers that went back
// and forth.
func (t *Teller) platformErrands(c *crew) {
	// Growth wrote more into work that was under way, and heard nothing for a week.
	throttle := like(c.task, Draft{Title: "Slow down mail jobs when the sender complains", Description: t.brief()})
	t.errand(c, errand{Draft: throttle, by: "ruth", who: "hyejin", begun: t.on(7, time.Tuesday, 10, 15), lasts: 13 * 24 * time.Hour})
	t.at(t.on(7, time.Wednesday, 15, 10), func() {
		t.w.As("camila").Describe(t.key(throttle.Title), "Needed for the invitations: per recipient domain, with a list of exceptions and a page that shows both.")
	})
	t.says(t.on(8, time.Wednesday, 10, 40), "hyejin", throttle.Title, "I only saw the new text today. The page is a ticket of its own, next sprint.")

	// Here who worked on it answered the next morning.
	routing := like(c.task, Draft{Title: "Route alerts of the growth services to their channel", Description: t.brief()})
	t.errand(c, errand{Draft: routing, by: "ruth", who: "sefa", begun: t.on(9, time.Tuesday, 11, 0), lasts: 9 * 24 * time.Hour})
	t.at(t.on(9, time.Wednesday, 16, 30), func() {
		t.w.As("thandi").Describe(t.key(routing.Title), "One channel for warnings and one for pages, please. Names are in the comment.")
	})
	t.says(t.on(9, time.Thursday, 9, 50), "sefa", routing.Title, "Two channels it is, no extra work.")

	// Twice later, each time with a word about it.
	late := "CORE Restore report for the auditors"
	for _, d := range []struct {
		when time.Time
		due  string
		why  string
	}{
		{t.on(11, time.Thursday, 14, 0), t.date(12, time.Tuesday), "The auditors would like it on Tuesday; that should work."},
		{t.on(12, time.Monday, 16, 0), t.date(12, time.Friday), "The rehearsal runs again on Wednesday, the report comes two days later. The auditors know."},
		{t.on(12, time.Thursday, 15, 30), t.date(13, time.Wednesday), "One database was left out of the rehearsal. Wednesday, and I told them why."},
	} {
		t.at(d.when, func() {
			t.w.As("hyejin").Due(t.key(late), d.due)
			t.w.As("hyejin").Comment(t.key(late), d.why)
		})
	}

	// A size that changed hands, and one that was settled sooner.
	for _, d := range []Draft{{Title: "Usage figures per service"}, {Title: "One naming scheme for clusters"}} {
		t.at(t.on(5, time.Friday, 13, 0), func() {
			t.keys[d.Title] = t.w.As("ruth").Create(like(c.task, Draft{Title: d.Title, Description: t.brief()}))
		})
	}
	t.estimates(t.on(6, time.Monday, 14, 0), "Usage figures per service", estimate{"sefa", 8}, estimate{"ruth", 3}, estimate{"sefa", 8}, estimate{"ruth", 5})
	t.estimates(t.on(6, time.Monday, 15, 0), "One naming scheme for clusters", estimate{"sefa", 5}, estimate{"ruth", 2}, estimate{"sefa", 3})
	t.at(t.on(8, time.Thursday, 11, 0), func() {
		t.w.As("ruth").Comment(t.key("Usage figures per service"), "Sefa showed me why: nobody meters two of the services. We drop it until they do.")
		t.w.As("ruth").Move(t.key("Usage figures per service"), c.states.dropped)
	})
}

// platformImport is a bulk import by a leader: the backlog of a team that was
// dissolved, moved over in a few minutes.
func (t *Teller) platformImport(c *crew) {
	start := t.on(4, time.Tuesday, 18, 2)
	services := []string{
		"billing-gateway", "catalog", "coupon-service", "address-check", "exchange-rates", "fraud-ratings", "image-proxy",
		"ledger", "mail-sender", "merchant-portal", "order-history", "pdf-maker", "search-index",
	}
	n := 0
	for _, s := range services {
		for _, chore := range []string{"Retire the staging copy of %s", "Write down who owns %s"} {
			title := fmt.Sprintf(chore, s)
			name, when := "import "+title, start.Add(time.Duration(n)*5*time.Second)
			who := c.engineers[n%len(c.engineers)]
			t.at(when, func() {
				t.keys[name] = t.w.As("dana").Create(like(c.task, Draft{Title: title, Labels: []string{"from-infra"}, Description: "From the backlog of the Infrastructure team."}))
			})
			t.at(when.Add(5*time.Minute), func() { t.w.As("dana").Assign(t.key(name), who) })
			if n%3 == 0 {
				t.at(t.about(start, 4+n), func() { t.w.As(c.em(start)).Move(t.key(name), c.states.dropped) })
			}
			n++
		}
	}
}
