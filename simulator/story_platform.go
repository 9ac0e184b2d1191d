package simulator

import (
	"strconv"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

// platform tells the story of the Platform team, on Jira Data Center. Its EM
// changed after the third week.
func (t *Teller) platform() {
	t.w.AddSpace(Space{Key: "CORE", Name: "Platform", Lead: "nkechi", Statuses: []State{
		{Name: "Open", Category: Unstarted}, {Name: "Selected", Category: Unstarted}, {Name: "In Progress", Category: InProgress},
		{Name: "Code Review", Category: InProgress}, {Name: "Closed", Category: Completed}, {Name: "Rejected", Category: Canceled},
	}})
	t.w.AddBoard("CORE", "Platform sprints", false)
	handover := t.on(4, time.Monday, 0, 0)
	c := &crew{
		space: "CORE", pm: "ruth", engineers: []string{"piotr", "ananya", "luca", "hyejin", "sefa"},
		em: func(at time.Time) string {
			switch away := t.on(8, time.Monday, 0, 0); {
			case at.Before(handover):
				return "gregor"
			case !at.Before(away) && at.Before(away.AddDate(0, 0, 7)):
				return "ananya" // she is no EM; somebody has to plan
			}
			return "nkechi"
		},
		states:  states{"Open", "Selected", "In Progress", "Code Review", "Closed", "Rejected"},
		problem: Draft{Space: "CORE", Type: TypeTask, Priority: Medium, Labels: []string{"problem"}},
		feature: Draft{Space: "CORE", Type: "New Feature", Priority: Medium},
		bug:     Draft{Space: "CORE", Type: TypeBug, Priority: High},
		task:    Draft{Space: "CORE", Type: TypeTask, Priority: Low},
		solves:  "solves", part: "Backups", rare: platformBackups,
	}
	t.before(c, &platformSpring)
	t.sprintsOf(c, t.on(1, time.Monday, 11, 0), sprintNames("Core", 41, 7), map[int]string{
		1: "Builds under ten minutes for every service",
		2: "-",
		3: "Evening deploys that need a person: from eleven to none",
		4: "Nine services can be restored from last night in less than 60 minutes",
		5: "Ship the on-call calendar",
		6: "Jobs of three teams survive a restart",
		7: "Two teams run on the new queue",
	})
	t.late(c, 2, t.on(3, time.Thursday, 15, 20), "Half of the evening deploys need nobody at a keyboard")
	t.late(c, 5, t.on(9, time.Thursday, 10, 40), "Half of the pages of September would not have paged")
	for _, th := range platformThemes {
		t.theme(c, th)
	}
	t.running(c, platformRunning)
	for _, g := range platformGaps {
		t.gap(c, g)
	}
	t.platformMigration(c)
	t.platformScenes(c)
	t.platformImport(c)
}

// platformMigration is a small sprint beside the usual one, whose goal nobody
// has written yet.
func (t *Teller) platformMigration(c *crew) {
	start := t.on(11, time.Wednesday, 9, 30)
	s := t.w.AddSprint("CORE", "Data centre move 1", "TBD", start, start.AddDate(0, 0, 21))
	t.at(start, func() { t.w.StartSprint(s) })
	// The epic leads to no goal, and for now neither does its sprint.
	epic := "Out of the old data centre"
	t.at(t.on(10, time.Friday, 9, 30), func() {
		t.keys[epic] = t.w.As("ruth").Create(Draft{Space: "CORE", Type: TypeEpic, Title: epic, Assignee: "luca", Description: "The contract ends with the year."})
	})
	t.at(start.Add(time.Hour), func() { t.w.As("luca").Move(t.key(epic), c.states.doing) })
	t.news(c, epic, "luca", start, t.end)
	for n, title := range []string{"Label the racks that stay", "Move the build machines", "Test the fall-back line"} {
		name, who := "move "+title, c.engineers[n]
		t.at(t.on(10, time.Friday, 10, 10*n), func() {
			t.keys[name] = t.w.As("ruth").Create(like(c.task, Draft{Title: title, Description: t.brief(), Parent: t.key(epic)}))
		})
		t.at(t.on(11, time.Monday, 13, 10*n), func() {
			t.w.As("nkechi").Plan(t.key(name), s)
			t.w.As("nkechi").Assign(t.key(name), who)
		})
		t.at(t.about(start, 1+2*n), func() { t.w.As(who).Move(t.key(name), c.states.doing) })
	}
}

var platformThemes = []theme{
	{
		name: "builds", first: 1, last: 2, problem: "Engineers wait twenty minutes for a build", epic: "Builds under ten minutes",
		why:      "Measured in July: a median of 19 minutes, and people start something else while they wait. Half of it is downloading what did not change.",
		features: []string{"Shared build cache for all services", "Run only the tests a change can touch"},
		tasks:    []string{"Upgrade the build machines", "Delete pipelines of retired services"},
		bugs:     []string{"Cache key ignores the compiler version", "Cancelled builds keep their machine"},
	}, {
		name: "deploys", first: 2, last: 3, problem: "Deploys after 18:00 need somebody at a keyboard", epic: "Deploys that look after themselves",
		why:      "Since spring eleven evening deploys were watched by hand, because a failed one stays half done.",
		features: []string{"Roll back by itself when errors rise", "Deploy windows per service", "Show who is affected by a roll-out"},
		tasks:    []string{"Health checks for the last nine services", "Remove the old deploy script"},
		bugs:     []string{"Roll-back leaves the feature flag on", "Canary gets no traffic in Osaka"},
	}, {
		name: "restore", first: 3, problem: "Nobody knows how long a restore takes", epic: "Restores we have practised",
		why:      "The last restore of a customer's data took nine hours. The runbook describes a cluster that no longer exists.",
		features: []string{"Restore one customer without the others", "Restore rehearsal every month"},
		tasks:    []string{"Encrypt backups with per-customer keys", "Write the restore runbook anew", "Backups to a second region"},
		bugs:     []string{"Backup of empty schemas is reported as a failure", "Restore skips the search index"},
	}, {
		name: "paging", first: 4, problem: "Two of three pages at night need nobody", epic: "Nights without needless pages",
		why:      "In September 41 pages went out between 22:00 and 6:00. 27 of them went away before anybody had opened the laptop.",
		features: []string{"Hold a page for three minutes when it may pass", "Group pages of one cause", "Weekly list of the noisiest alerts"},
		tasks:    []string{"Move alerts into the repositories of their services", "On-call calendar in one place"},
		bugs:     []string{"Escalation ignores the public holiday", "Alert text is cut in the phone app"},
	}, {
		name: "queue", first: 5, quiet: 10, problem: "Jobs get lost when a worker restarts", epic: "A queue that forgets nothing", opened: 5,
		why:      "About thirty jobs a day vanish when workers restart for a deploy. Growth re-sends them by hand every Monday.",
		features: []string{"Jobs survive a restart", "See what a job is waiting for", "Retry with a pause that grows"},
		tasks:    []string{"Double-write jobs to both queues", "Measure the queue under a full day's load", "Migrate the mail jobs"},
		bugs:     []string{"A job with a future date runs at once", "Worker count goes negative in the dashboard"},
	},
}

// platformBackups are Hye-jin's so far: too few to say that they rest with her.
var platformBackups = map[string]string{
	"Restore one customer without the others": "hyejin", "Restore rehearsal every month": "hyejin", "Encrypt backups with per-customer keys": "hyejin",
	"Write the restore runbook anew": "hyejin", "Backups to a second region": "hyejin", "Backup of empty schemas is reported as a failure": "hyejin",
	"Restore skips the search index": "hyejin",
}

var platformGaps = []gap{
	{"Service templates for Go", 1, time.Tuesday, 3, byLink, "luca", 1},
	{"Colours for log levels", 1, time.Monday, 2, byDrop, "sefa", 1},
	{"Portal for service owners", 1, time.Thursday, 5, byLink, "piotr", 1},
	{"Status page for internal services", 1, time.Wednesday, 6, byLink, "hyejin", 1},
	{"Nightly copy of staging", 2, time.Tuesday, 4, byDone, "ananya", 1},
	{"Chat commands for deploys", 3, time.Tuesday, 6, byDrop, "hyejin", 2},
	{"Preview environments for every branch", 4, time.Wednesday, 7, byLink, "luca", 2},
	{"Cost report per team", 7, time.Tuesday, 9, bySection, "piotr", 4},
	{"Secrets rotation from the portal", 9, time.Wednesday, 11, byLink, "sefa", 5},
	{"Feature flags with an end date", 10, time.Tuesday, 11, byLink, "ananya", 5},
	{"Service map drawn from traffic", 11, time.Tuesday, 0, "", "hyejin", 6},
	{"Self-service database users", 12, time.Monday, 0, "", "piotr", 6},
}

var platformRunning = []running{
	{"queue", "Queue depth on the team dashboards"}, {"queue", "Move report jobs to the new queue"},
	{"restore", "Restore report for the auditors"}, {"paging", "Quiet hours for staging"},
	{"queue", "Pause all queues from one place"}, {"", "Patch the ingress controllers"}, {"", "Replace the expiring root certificate"},
	{"", "Shrink the oldest database volumes"}, {"", "Remove Python 3.9 from the base images"}, {"", "Review of firewall rules"},
}
