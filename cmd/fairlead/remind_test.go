package main

import (
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/daemon"
)

func TestRemindersAreLookedAtBeforeTheyAreSent(t *testing.T) {
	a := newAcme(t, "agreements:\n  - {rule: work-without-sprint-goal, stage: remind}\n  - {rule: feature-without-problem, stage: remind}\n  - {rule: work-without-goal, stage: remind}\n  - {rule: decision-not-recorded, stage: remind}\n")
	a.fine("check")
	out := a.fine("remind", "--dry-run") // without mail and slack nobody can be reached, at whatever time this runs
	a.says(out, "Nobody is to be reminded of anything now.\n", "\nNot now:\n", "open since ")
	seen := decoded[daemon.Reminded](t, a.fine("remind", "--dry-run", "--format", "json"))
	if len(seen.Messages) != 0 || len(seen.Withheld) == 0 || seen.Withheld[0].Why == "" || seen.Withheld[0].ID == "" {
		t.Errorf("seen = %+v", seen)
	}
	if out := a.fine("remind"); out != "Nobody is to be reminded of anything now.\n" {
		t.Errorf("remind says %q", out)
	}
	a.refused(`takes no arguments`, "remind", "lee")
}

func TestRemindersAreTold(t *testing.T) {
	about := daemon.RemindedAbout{ID: "83b1", Rule: "no-accountable-owner", Team: "payments", Key: "PAY-1", Title: "Bulk export", Since: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	message := daemon.ReminderMessage{To: "lee", Name: "Lee Park", Channel: "slack:U012AB3CD", Findings: []daemon.RemindedAbout{about}}
	delivered, troubled := message, message
	delivered.Delivered, troubled.Trouble = true, "550"
	r := &daemon.Reminded{
		Messages: []daemon.ReminderMessage{message, delivered, troubled},
		Comments: []daemon.ReminderComment{{RemindedAbout: about, Source: "jira", Place: "https://acme.example/browse/PAY-1"}, {RemindedAbout: about, Source: "jira", Trouble: "403"}},
		Withheld: []daemon.Withheld{{RemindedAbout: about, To: "sam", Why: "has muted reminders"}, {RemindedAbout: about, Why: "waived"}},
	}
	for dry, want := range map[bool][]string{
		true: {
			"Lee Park (lee) would be reminded at slack:U012AB3CD of:\n", "  83b1  PAY-1 \"Bulk export\", no-accountable-owner, open since 2 November 2026\n",
			"A comment would be left on PAY-1 in jira.\n", "Not now:\n", "    sam: has muted reminders\n", "    waived\n",
		},
		false: {
			"Lee Park (lee) waits to be reminded, which is tried again later, at slack:U012AB3CD of:\n", "Lee Park (lee) was reminded at", "Lee Park (lee) could not be reminded at",
			"A comment was left on PAY-1: https://acme.example/browse/PAY-1\n", "No comment could be left on PAY-1 in jira; it is tried again.\n",
		},
	} {
		var out strings.Builder
		describeReminded(&out, r, dry)
		for _, w := range want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("dry run %v: it says\n%swant %q", dry, out.String(), w)
			}
		}
	}
}
