package scale

import (
	"fmt"
	"time"
)

// Costs are what was measured of fairlead itself: each says by which command.
// docs/performance.md holds the figures with the machine.
type Costs struct {
	// Rules is how many rules look at each ticket: as many as are shipped and on.
	Rules int `json:"rules"`
	// Judge is a core's time for one ticket and rule: facts, condition and findings.
	//	go test ./rules -run '^$' -bench Check/catalog
	Judge time.Duration `json:"judge"`
	// Readings is how often a check reads the tickets; most of them once.
	Readings int `json:"readings"`
	// Read is a replica's time to read one ticket out of the store.
	//	go test ./store/redis -run '^$' -bench ReadAll
	Read time.Duration `json:"read"`
	// Serve is the time of a server of Redis to hand out one ticket.
	Serve time.Duration `json:"serve"`
	// AlteredEach is what a ticket that was altered takes in a check of such tickets alone,
	// with what depends on it, and Remembered what each ticket takes that was not. Both
	// are supposed.
	AlteredEach time.Duration `json:"altered_each"`
	Remembered  time.Duration `json:"remembered"`
	// Report is a core's time to make one team's report for one channel.
	//	go test ./daemon -run '^$' -bench Edition
	Report time.Duration `json:"report"`
	// Slack is how many requests it takes to deliver a report to a channel, and
	// PerMinute how many messages a workspace takes in a minute from one application.
	Slack     int `json:"slack_requests"`
	PerMinute int `json:"slack_messages_per_minute"`
	// Mails are how many e-mails a team's report is, and Mail how long one takes.
	Mails int           `json:"mails_per_team"`
	Mail  time.Duration `json:"mail"`
	// FindingsPerTeam are open or past findings kept of a team.
	FindingsPerTeam int `json:"findings_per_team"`
}

// Measured are the costs as they were last measured, and what is documented by or
// supposed of Slack and mail servers.
func Measured() Costs {
	return Costs{
		Rules: 28, Judge: 1200 * time.Nanosecond, Readings: 1, Read: 20 * time.Microsecond, Serve: 3 * time.Microsecond,
		AlteredEach: 2 * time.Millisecond, Remembered: 500 * time.Nanosecond,
		Report: 20 * time.Millisecond, Slack: 3, PerMinute: 300, Mails: 2, Mail: 500 * time.Millisecond, FindingsPerTeam: 200,
	}
}

// mistakes finds costs that nothing can be reckoned with.
func (c *Costs) mistakes() []string {
	var out []string
	for _, one := range []struct {
		name string
		n    int64
		most int64
	}{
		{"costs.rules", int64(c.Rules), 1_000}, {"costs.judge", int64(c.Judge), int64(time.Second)}, {"costs.readings", int64(c.Readings), 100},
		{"costs.read", int64(c.Read), int64(time.Second)}, {"costs.serve", int64(c.Serve), int64(time.Second)}, {"costs.altered_each", int64(c.AlteredEach), int64(time.Second)}, {"costs.remembered", int64(c.Remembered), int64(time.Second)}, {"costs.report", int64(c.Report), int64(time.Minute)},
		{"costs.slack_requests", int64(c.Slack), 100}, {"costs.slack_messages_per_minute", int64(c.PerMinute), 1_000_000},
		{"costs.mails_per_team", int64(c.Mails), 1_000}, {"costs.mail", int64(c.Mail), int64(time.Minute)}, {"costs.findings_per_team", int64(c.FindingsPerTeam), 1_000_000},
	} {
		if one.n < 0 || one.n > one.most || one.n == 0 && one.name == "costs.slack_messages_per_minute" {
			out = append(out, fmt.Sprintf("%s: %d is out of range\n\tchoose up to %d", one.name, one.n, one.most))
		}
	}
	return out
}

// What the product does, which its tests hold to the code it stands for.
const (
	// RequestsAtOnce is how many requests one site has to answer at a time, over all
	// replicas.
	RequestsAtOnce = 4
	// SourcesAtOnce is how many sources a replica reads at a time.
	SourcesAtOnce = 4
	// DeliveriesAtOnce is how many deliveries of a kind a replica makes at a time.
	DeliveriesAtOnce = 4
	// AnotherTry is how long after a reconciliation that ended early the next is made.
	AnotherTry = time.Hour
	// MadeUpFor is how many past weeks the first check looks at.
	MadeUpFor = 12
	// Overlap is how far behind the last pass the next one begins.
	Overlap = 5 * time.Minute
)
