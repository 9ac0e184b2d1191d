package daemon

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/store"
)

func TestHowAPersonIsReached(t *testing.T) {
	slack := config.Slack{Token: config.NewSecret("xoxb-1")}
	mail := config.Mail{Server: "smtp.acme.example:587"}
	both := org.Person{ID: "lee", Slack: "U012AB3CD", Emails: []string{"Lee@acme.example", "old@acme.example"}}
	for _, c := range []struct {
		name           string
		person         org.Person
		cfg            config.Config
		channel, wrong string
	}{
		{"a direct message goes before e-mail", both, config.Config{Slack: slack, Mail: mail}, "slack:U012AB3CD", ""},
		{"e-mail where there is no Slack", both, config.Config{Mail: mail}, "email:lee@acme.example", ""},
		{"e-mail where their Slack is not known", org.Person{ID: "lee", Emails: both.Emails}, config.Config{Slack: slack, Mail: mail}, "email:lee@acme.example", ""},
		{"nothing is configured", both, config.Config{}, "", "neither mail nor slack"},
		{"nothing is known", org.Person{ID: "lee"}, config.Config{Slack: slack, Mail: mail}, "", "no address"},
		{"nobody of that id", org.Person{ID: "sam"}, config.Config{Mail: mail}, "", `nobody in the org file has the id "lee"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, mistakes := org.New([]org.Person{c.person}, nil, nil)
			if mistakes != nil {
				t.Fatal(mistakes)
			}
			c.cfg.Directory = dir
			channel, why := configured(&c.cfg, nil, &Fairlead{}).reach("lee")
			if channel != c.channel || (why == "") != (c.wrong == "") || !strings.Contains(why, c.wrong) {
				t.Errorf("reached at %q (%q), want %q (%q)", channel, why, c.channel, c.wrong)
			}
		})
	}
}

func TestAMessageIsForTheNarrowestOfItsAudiences(t *testing.T) {
	team := &org.Team{ID: "payments", Name: "Payments", Location: berlin}
	core := &org.Team{ID: "core", Name: "Core", Location: berlin}
	one := func(id string, team *org.Team, audience finding.Audience) nudge {
		f := seen(called(id), to(audience), func(f *finding.Finding) { f.Reason, f.Ask = "It is so.", "Is it?" })
		return nudge{about: &f, team: team, week: org.WeekOf(tuesdayTen, berlin), to: "lee", said: rules.Adopted{Rule: rules.Rule{ID: f.Rule}, Stage: rules.Remind, Tell: audience, Promise: "We say why"}}
	}
	r := reminderReport([]nudge{one("f1", team, finding.ForTeam)}, tuesdayTen, "")
	if r.Kind != reports.Reminder || r.Reader != finding.ForTeam || len(r.New.Items) != 1 || !strings.Contains(r.Why, "fairlead answer f1") {
		t.Errorf("one: %+v", r)
	}
	r = reminderReport([]nudge{one("f1", team, finding.ForTeam), one("f2", team, finding.ForEM), one("f3", core, finding.ForEMPM)}, tuesdayTen, "")
	if r.Reader != finding.ForEM || len(r.New.Items) != 3 || r.Headline != "Three matters are still open." || !strings.Contains(r.Title, "Payments, Core") {
		t.Errorf("three: reader %s, %d items, %q, %q", r.Reader, len(r.New.Items), r.Headline, r.Title)
	}
	var page strings.Builder
	if err := reports.Text(&page, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"we say why", "It is so.", "Is it?", "Bulk export"} {
		if strings.Count(page.String(), want) < 3 {
			t.Errorf("the page tells %q fewer than three times:\n%s", want, page.String())
		}
	}
}

// Three processes with one store remind side by side.
func TestReplicasRemindOnce(t *testing.T) {
	s := newWorkshop(t, simulator.Options{}, remindOfFeatures)
	for n := range 7 {
		s.feature(fmt.Sprint("Feature ", n), []string{"mina", "jo"}[n%2])
	}
	for _, at := range []string{"2026-10-30 09:00", "2026-10-30 09:10", "2026-11-02 09:00"} {
		s.on(at)
		s.look()
		var all sync.WaitGroup
		for range 3 {
			f := s.open()
			for range 2 {
				all.Go(func() {
					if _, err := f.Remind(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
	}
	same(t, "mina", s.letters("mina"), []string{"Fri 30 Oct 09:00 PAY-1 PAY-3 PAY-5 PAY-7", "Mon 2 Nov 09:00 PAY-1 PAY-3 PAY-5 PAY-7"})
	same(t, "jo", s.letters("jo"), []string{"Fri 30 Oct 09:00 PAY-2 PAY-4 PAY-6", "Mon 2 Nov 09:00 PAY-2 PAY-4 PAY-6"})
	if n := len(s.arrived["email:mina@acme.example"]) + len(s.arrived["email:jo@acme.example"]); n != 4 {
		t.Errorf("%d messages arrived, want 4", n)
	}
	for n := range 7 {
		if got := s.notes(fmt.Sprint("PAY-", n+1)); len(got) != 1 {
			t.Errorf("PAY-%d has %d comments, want one", n+1, len(got))
		}
	}
}

func TestMoreThanFitsIsToldOnTheNextDays(t *testing.T) {
	s := newWorkshop(t, simulator.Options{}, remindOfFeatures)
	for n := range 12 {
		s.feature(fmt.Sprint("Feature ", n), "mina")
	}
	for day := 29; day <= 31; day++ {
		s.on(fmt.Sprintf("2026-10-%d 11:00", day))
		s.mustRound()
	}
	for day := 2; day <= 6; day++ {
		s.on(fmt.Sprintf("2026-11-%02d 09:00", day))
		s.mustRound()
	}
	same(t, "mina", s.letters("mina"), []string{
		"Thu 29 Oct 11:00 PAY-1 PAY-10 PAY-11 PAY-12 PAY-2", "Fri 30 Oct 11:00 PAY-3 PAY-4 PAY-5 PAY-6 PAY-7",
		"Mon 2 Nov 09:00 PAY-1 PAY-10 PAY-11 PAY-12 PAY-2", "Tue 3 Nov 09:00 PAY-3 PAY-4 PAY-5 PAY-6 PAY-7", "Wed 4 Nov 09:00 PAY-8 PAY-9",
	})
}

func TestTheNextRoundBeginsWhenPeopleMayBeReminded(t *testing.T) {
	s := newWorkshop(t, simulator.Options{}, remindOfFeatures)
	s.f.cfg().Sync.Every = 24 * time.Hour
	for at, want := range map[string]time.Duration{
		"2026-10-28T10:00": 23 * time.Hour, "2026-10-28T08:59": time.Minute, "2026-10-30T17:00": 24 * time.Hour, "2026-11-01T12:00": 21 * time.Hour,
	} {
		moment, err := time.ParseInLocation("2006-01-02T15:04", at, berlin)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.f.pauseBefore(moment); got != want {
			t.Errorf("at %s the next round is in %v, want %v", at, got, want)
		}
	}
}

// fairlead serve reminds people beside its other work.
func TestServeReminds(t *testing.T) {
	s := newWorkshop(t, simulator.Options{}, remindOfFeatures)
	s.feature("Bulk export", "mina")
	s.on("2026-10-30 09:00")
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	arrived := make(chan struct{})
	s.trouble["email:mina@acme.example"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error {
		close(arrived)
		return nil
	}
	s.f.clock = pausedClock{s.f.clock}
	go func() { ended <- s.f.Serve(ctx) }()
	<-arrived
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
	same(t, "mina", s.letters("mina"), []string{"Fri 30 Oct 09:00 PAY-1"})
}

// pausedClock is one on which a pause lasts until the end.
type pausedClock struct{ Clock }

func (pausedClock) Sleep(ctx context.Context, _ time.Duration) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestAWorkingDayOpensAtNine(t *testing.T) {
	team := &org.Team{Location: berlin, Calendar: org.Calendar{Location: berlin, Holidays: map[string]bool{"2027-03-29": true}}}
	for at, want := range map[string]string{
		"2026-10-23T12:00": "2026-10-26T09:00", // over the end of summer time
		"2027-03-26T09:00": "2027-03-30T09:00", // over its beginning, and a holiday
		"2026-10-26T08:59": "2026-10-26T09:00",
		"2026-10-26T09:00": "2026-10-27T09:00",
	} {
		moment, err := time.ParseInLocation("2006-01-02T15:04", at, berlin)
		if err != nil {
			t.Fatal(err)
		}
		if got := opens(team, moment).In(berlin).Format("2006-01-02T15:04"); got != want {
			t.Errorf("after %s a working day opens at %s, want %s", at, got, want)
		}
	}
}

// A reminder by Slack goes to the person alone, once, also when Slack's answer is
// lost: fairlead finds the message that it has posted.
func TestRemindersBySlackAreDirectMessages(t *testing.T) {
	s := newWorkshop(t, simulator.Options{}, remindOfFeatures)
	s.feature("Bulk <!channel> export @here", "mina")
	s.slack = simulator.NewSlack(simulator.SlackOptions{Token: "xoxb-of-the-workshop", Start: time.Date(2026, time.October, 29, 10, 30, 0, 0, time.UTC)})
	id := s.slack.AddPerson("Mina", "mina@acme.example")
	server := httptest.NewServer(simulator.Faulty(s.slack, simulator.Fault{
		Match: simulator.PathHas("chat.postMessage"), Times: 1, Do: simulator.LoseAnswer,
	}))
	t.Cleanup(server.Close)
	s.write("slack-token", "xoxb-of-the-workshop\n")
	s.write("org.yaml", strings.Replace(workshopOrg, "email: mina@acme.example", "email: mina@acme.example, slack: "+id, 1))
	text, err := os.ReadFile(filepath.Join(s.dir, "fairlead.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	s.write("fairlead.yaml", string(text)+"slack: {token_file: slack-token, url: \""+server.URL+"/api/\"}\n")
	s.f = s.open()
	for _, at := range []string{"2026-10-29 11:30", "2026-10-29 11:40", "2026-10-29 12:30", "2026-10-30 09:00"} {
		s.on(at)
		_, _ = s.round() // the lost answer is trouble
	}
	got := slices.DeleteFunc(s.slack.Messages("mina@acme.example"), func(m simulator.SlackMessage) bool { return m.Thread != "" })
	if len(got) != 1 || len(got[0].Pings) > 0 || !strings.Contains(string(got[0].Blocks)+got[0].Text, "PAY-1") {
		t.Fatalf("mina has %d messages, want one that pings nobody", len(got))
	}
	if n := len(s.slack.Messages("general")); n > 0 {
		t.Errorf("%d messages in #general, want none", n)
	}
	for _, d := range s.entries() {
		if d.State != store.Delivered {
			t.Errorf("the outbox says %+v, want all delivered", d)
		}
	}
}

func TestNoSecretOfAChannelIsInWhatARoundOfRemindersTells(t *testing.T) {
	s := newWorkshop(t, simulator.Options{}, remindOfFeatures)
	s.feature("Something", "mina")
	s.on("2026-10-30 09:00")
	s.look()
	s.trouble["email:mina@acme.example"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error {
		return errors.New("535 secret-of-the-workshop is no password")
	}
	told, err := s.f.Remind(t.Context())
	if err == nil || !strings.Contains(err.Error(), "is no password") || len(told.Messages) != 1 || !strings.Contains(told.Messages[0].Trouble, "is no password") {
		t.Fatalf("it tells %+v, %v, want what stood in the way", told, err)
	}
	for where, text := range map[string]string{"the error": err.Error(), "the outcome": fmt.Sprintf("%+v", told)} {
		if strings.Contains(text, "secret-of-the-workshop") {
			t.Errorf("%s shows the secret:\n%s", where, text)
		}
	}
}
