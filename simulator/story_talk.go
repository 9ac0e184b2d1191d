package simulator

import (
	"strings"
	"time"
)

var remarks = []string{
	"I looked at the numbers from last month: about one in twelve runs into this.",
	"Agreed with support that we tell them before it goes out.",
	"Works on staging. I would like a second pair of eyes on the migration.",
	"@{pm} is the wording in the second step what you had in mind?",
	"Half of this is already in the old code path, I will reuse it.",
	"The flaky part was the clock in the test, not the code.",
	"Paired on this in the afternoon, the rest is straightforward.",
	"Two cases are missing: an empty list, and a customer with two currencies.",
	"@{mate} could you review this one before lunch tomorrow?",
	"Let us keep the flag for a week and then take it out.",
	"Measured before and after: 840 ms down to 310 ms at the median.",
	"Documented the steps in the handbook, linked from the runbook.",
	"This turned out smaller than we thought.",
	"Waiting for the answer from the bank, they promised it for Thursday.",
	"We talked about this in planning; the smaller version is enough for now.",
	"Rolled out to ten per cent, nothing unusual in the logs.",
}

// talk plans up to most comments, at least least, in the days after from.
func (t *Teller) talk(c *crew, name string, from time.Time, least, most int) {
	for range least + t.rng.IntN(most-least+1) {
		when := t.about(from, t.rng.IntN(4)).Add(30 * time.Minute)
		by, mate := pick(t.rng, c.engineers), pick(t.rng, c.engineers)
		if t.rng.IntN(4) == 0 {
			by = c.pm
		}
		text := naming(c, mate, pick(t.rng, remarks))
		t.at(when, func() {
			if i, ok := t.w.Issue(t.key(name)); ok && when.After(i.Created) {
				t.w.As(by).Comment(i.Key, text)
			}
		})
	}
}

// said is one of the texts, with the crew's names filled in.
func (t *Teller) said(c *crew, texts []string) string {
	return naming(c, pick(t.rng, c.engineers), pick(t.rng, texts))
}

func naming(c *crew, mate, text string) string {
	return strings.NewReplacer("{pm}", c.pm, "{mate}", mate).Replace(text)
}

// delays say why work was carried over.
var delays = []string{
	"Goes with us into the next sprint: the review took longer than we thought, two days are left.",
	"Not done in time. The smaller half is live, the rest waits for an answer from the bank.",
	"Monday and Tuesday went into the incident. Still worth doing, only later.",
	"@{mate} and I looked at it again: one more case than we knew, three days should do.",
}

// farewells say why work is not done after all.
var farewells = []string{
	"We looked at the figures together and let this go: too few would use it.",
	"Dropped after the talk with support. They would rather have the search fixed first.",
	"Not now. @{mate} found that the old way covers most of it; we ask again in spring.",
}

var briefs = []string{
	"Scope as discussed in planning. Design is in the shared folder.",
	"First version only; the rest comes when we see how it is used.",
	"See the notes of the kick-off. Needs a check by legal before it goes live.",
	"Behind a flag, for ten customers at first.",
}

func (t *Teller) brief() string { return pick(t.rng, briefs) }

func (t *Teller) describe(title string) string {
	return title + ".\n\n" + t.brief() + "\n\nDone when it is live for everybody and support knows about it."
}

var reasons = []string{
	"Support copies these figures by hand into a spreadsheet twice a week, and in August two customers were billed wrongly because of it.",
	"Seven of the ten largest customers asked for this in their reviews; two of them named it as the reason they still keep their old tool.",
	"New people need four days until they can do this alone, and most of the questions in the channel are about this one step.",
	"When the nightly run is late nobody notices before nine, and by then the first customers have seen yesterday's balances.",
}

// problemSection is a description that says which problem the work solves, in
// the tracker's markup.
func (t *Teller) problemSection(c *crew) string {
	heading := "h2. "
	if c.linear {
		heading = "## "
	}
	return heading + "Problem\n\n" + pick(t.rng, reasons) + "\n\n" + heading + "Scope\n\n" + t.brief()
}
